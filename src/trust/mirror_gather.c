/* SPDX-License-Identifier: Apache-2.0 */
/* All that a mirror of a source would be, handed on and not written. */
#include "trust/certs.h"
#include "trust/mirror.h"
#include "trust/mirror_priv.h"

/* What an empty mirror has. */
static enum err
get_nothing(const void *arg, const char *name, size_t max, struct buf *out,
    struct errinfo *ei)
{
	(void)arg;
	(void)max;
	(void)out;
	return err_set(
	    ei, ERR_NOTFOUND, "mirror.file", NULL, "there is no %s", name);
}

static enum err
put_certs(const struct trust_certs *certs, const struct trust_sink *to,
    struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < trust_certs_num(certs); i++) {
		const struct trust_cert *c = trust_certs_at(certs, i);
		char name[MIRROR_NAME_SIZE];

		mirror_cert_name(slice_make(c->sha1, ROOT_SHA1), name);
		e = to->put(to->arg, name, c->der, ei);
	}
	return e;
}

static enum err
put_list(const struct mirror_list *l, enum trust_mirror_file which,
    const struct trust_sink *to, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (l->has_store) {
		e = to->put(to->arg, mirror_store_name(which),
		    buf_slice(&l->store), ei);
	}
	return e == ERR_OK ? to->put(to->arg, trust_mirror_name(which),
				 buf_slice(&l->cab), ei)
			   : e;
}

/* As they are written to a mirror: that of the roots last. */
static enum err
put_all(const struct mirror_plan *p, const struct trust_sink *to,
    struct errinfo *ei)
{
	enum err e = put_certs(p->certs, to, ei);

	for (unsigned i = MIRROR_FILES; e == ERR_OK && i > 0; i--) {
		if (p->lists[i - 1].there) {
			e = put_list(&p->lists[i - 1],
			    (enum trust_mirror_file)(i - 1), to, ei);
		}
	}
	return e;
}

enum err
trust_mirror_gather(const struct trust_source *source,
    const struct trust_mirror_rules *rules, const struct trust_sink *to,
    struct trust_mirror_report *out, struct errinfo *ei)
{
	const struct trust_source nothing = {get_nothing, NULL};
	struct mirror_plan p;
	enum err e;

	*out = (struct trust_mirror_report){.certs = 0};
	mirror_plan_init(&p);
	e = mirror_plan_make(&p, &nothing, source, rules, ei);
	if (e == ERR_OK) {
		mirror_report(&p, out);
		e = to->begin(to->arg, out, ei);
	}
	if (e == ERR_OK) {
		e = put_all(&p, to, ei);
	}
	mirror_plan_clear(&p);
	return e;
}
