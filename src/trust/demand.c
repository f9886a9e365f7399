/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/demand.h"

#include <stdlib.h>

#include "base/bounds.h"
#include "crypto/hash.h"
#include "trust/disallowed.h"
#include "trust/mirror_priv.h"
#include "trust/root.h"
#include "x509/cert.h"

struct trust_demand {
	const struct trust_source *from;
	struct mirror_list roots;
	struct mirror_list disallowed; /* there only if the source has one */
};

enum err
trust_demand_open(const struct trust_source *from,
    const struct trust_mirror_rules *rules, struct trust_demand **out,
    struct errinfo *ei)
{
	struct trust_demand *d = calloc(1, sizeof(*d));
	enum err e;

	if (d == NULL) {
		return err_nomem(ei);
	}
	d->from = from;
	mirror_list_init(&d->roots);
	mirror_list_init(&d->disallowed);
	if ((e = mirror_get_checked(
		 from, MIRROR_ROOTS, rules, &d->roots, ei)) != ERR_OK ||
	    (e = mirror_need_roots(&d->roots, ei)) != ERR_OK ||
	    (e = mirror_get_checked(from, MIRROR_DISALLOWED, rules,
		 &d->disallowed, ei)) != ERR_OK) {
		trust_demand_free(d);
		return e;
	}
	*out = d;
	return ERR_OK;
}

void
trust_demand_free(struct trust_demand *d)
{
	if (d != NULL) {
		mirror_list_clear(&d->roots);
		mirror_list_clear(&d->disallowed);
		free(d);
	}
}

static bool
may_be_trusted(const struct root *r, const struct trust_wish *w)
{
	enum root_trust t = root_trusted(r, w->purpose, w->at);

	return t == ROOT_TRUSTED ||
	       (t == ROOT_NOT_BEFORE && w->issued_at < r->not_before.at);
}

enum err
trust_demand_roots(struct trust_demand *d, const struct cert *c,
    const struct trust_wish *wish,
    enum err (*take)(
	void *arg, struct slice der, struct slice sha1, struct errinfo *ei),
    void *arg, size_t *out_refused, struct errinfo *ei)
{
	const struct stl *l = &d->roots.list;
	uint8_t name[MD5_SIZE];
	enum err e = md5_of(cert_issuer_der(c), name, ei);

	for (size_t i = 0; e == ERR_OK && i < l->num; i++) {
		struct buf der = BUF_INIT(CERT_BYTES_MAX);
		struct root root;

		e = root_read(&l->entries[i], &root, ei);
		if (e != ERR_OK || !slice_eq(root.subject_md5,
				       slice_make(name, sizeof(name)))) {
			continue;
		}
		if (!may_be_trusted(&root, wish)) {
			if (out_refused != NULL) {
				(*out_refused)++;
			}
			continue;
		}
		e = mirror_get_cert(d->from, &root, &der, ei);
		if (e == ERR_OK) {
			e = take(arg, buf_slice(&der), root.sha1, ei);
		}
		buf_clear(&der);
	}
	return e;
}

enum err
trust_demand_disallowed(
    struct trust_demand *d, struct slice der, bool *out, struct errinfo *ei)
{
	const struct trust_cert *cert = NULL;
	struct trust_certs *certs = NULL;
	enum err e;

	*out = false;
	if (!d->disallowed.there) {
		return ERR_OK;
	}
	e = trust_certs_new(&certs, ei);
	if (e == ERR_OK) {
		e = trust_certs_add(certs, der, &cert, ei);
	}
	if (e == ERR_OK) {
		*out = trust_disallowed(&d->disallowed.list, cert) != NULL;
	}
	trust_certs_free(certs);
	return e;
}
