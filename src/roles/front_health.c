/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_health.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "ca/authority.h"
#include "ca/root_crl.h"
#include "os/file.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/pem.h"

enum {
	/* A CA, what stands above it, its responder; and TLS. */
	CERTIFICATES_MAX = CA_AUTHORITIES_MAX * 4 + 1,
	MIB = 1024 * 1024
};

struct health {
	struct health_options o;
	pthread_mutex_t lock; /* held for a whole look */
	int64_t looked_ms;
	bool looked;
	struct readiness last;
	struct health_certificate tls;
	struct health_certificate own[CERTIFICATES_MAX];
	size_t num_own;
};

/* --- certificates
 * ------------------------------------------------------------- */

static void
note_certificate(
    struct health *h, const char *kind, const char *name, struct slice der)
{
	struct health_certificate *c = &h->own[h->num_own];
	struct cert *cert = NULL;

	if (h->num_own == CERTIFICATES_MAX ||
	    cert_parse(der, &cert, NULL) != ERR_OK) {
		return;
	}
	c->kind = kind;
	(void)snprintf(c->name, sizeof(c->name), "%s", name);
	c->not_after = cert_not_after(cert);
	h->num_own++;
	cert_free(cert);
}

static void
note_chain(struct health *h, const struct authority *a)
{
	size_t num = authority_num_chain(a);

	for (size_t i = 0; i < num; i++) {
		note_certificate(h,
		    i == 0         ? "ca"
		    : i + 1 == num ? "root"
				   : "upper",
		    authority_name(a), authority_chain(a, i));
	}
}

/* The chain's first block is the server's own. */
void
health_serves(struct health *h, struct slice tls_chain)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);

	ensure(pthread_mutex_lock(&h->lock) == 0);
	h->num_own = 0;
	h->looked = false;
	if (pem_get(&tls_chain, PEM_CERTIFICATE, &der, NULL) == ERR_OK) {
		note_certificate(h, "tls", "api", buf_slice(&der));
	}
	h->tls = h->num_own > 0 ? h->own[0] : (struct health_certificate){0};
	ensure(pthread_mutex_unlock(&h->lock) == 0);
	buf_clear(&der);
}

/* --- what is looked at
 * ----------------------------------------------------------- */

static void
look_at_store(struct health *h, struct readiness *out)
{
	struct errinfo why = {0};
	struct rows *r = NULL;

	if (store_failed(h->o.store)) {
		readiness_add(out, "the database failed; front must restart");
	} else if (store_held(h->o.store, &why)) {
		readiness_add(out, "the database is held: %s", why.rule);
	} else if (store_query(h->o.store, ST_META_GET, &r, &why,
		       V_TEXT("none")) != ERR_OK) {
		readiness_add(
		    out, "the database does not answer: %s", why.rule);
	}
	rows_free(r);
}

static void
look_at_signer(struct health *h, const char *ca, const char *kind,
    struct signer_client *client, struct readiness *out)
{
	struct signer_info info;
	struct errinfo why = {0};

	signer_info_init(&info);
	if (signer_probe(client, HEALTH_SIGNER_MS, &info, &why) != ERR_OK) {
		readiness_add(out, "the %s of %s does not answer: %s", kind, ca,
		    why.rule);
	} else if (!info.ready) {
		readiness_add(out, "the %s of %s has no certificate", kind, ca);
	} else if (info.ocsp) {
		note_certificate(
		    h, "ocsp", info.name, slice_make(info.cert, info.cert_len));
	}
	signer_info_clear(&info);
}

/* Where another CA has taken over the centre does its work. */
static void
look_at_root(struct health *h, const struct authority *a, struct readiness *out)
{
	if (root_crls_revoked(ca_roots(h->o.ca), authority_name(a), NULL) &&
	    authority_is_missed(h->o.ca, a)) {
		readiness_add(out,
		    "%s is revoked at its root, and no CA issues in its place",
		    authority_name(a));
	}
}

static void
look_at_disk(const char *dir, struct readiness *out)
{
	uint64_t left;

	if (disk_left(dir, &left, NULL) != ERR_OK) {
		readiness_add(out, "the disk of %s cannot be looked at", dir);
	} else if (left < HEALTH_DISK_MIN) {
		readiness_add(out, "the disk of %s is full: %u MiB are left",
		    dir, (unsigned)(left / MIB));
	}
}

static void
look(struct health *h)
{
	struct readiness *out = &h->last;

	memset(out, 0, sizeof(*out));
	h->own[0] = h->tls;
	h->num_own = h->tls.kind != NULL ? 1 : 0;
	look_at_store(h, out);
	for (size_t i = 0; i < ca_num(h->o.ca); i++) {
		struct authority *a = ca_at(h->o.ca, i);

		note_chain(h, a);
		look_at_root(h, a, out);
		look_at_signer(
		    h, authority_name(a), "signer", authority_signer(a), out);
		if (authority_ocsp(a) != NULL) {
			look_at_signer(h, authority_name(a), "responder",
			    authority_ocsp(a), out);
		}
	}
	for (size_t i = 0; i < HEALTH_DIRS_MAX && h->o.dirs[i] != NULL; i++) {
		look_at_disk(h->o.dirs[i], out);
	}
}

/* Under the lock. */
static void
look_if_due(struct health *h)
{
	int64_t now = clock_mono_ms(h->o.clock);

	if (!h->looked || now - h->looked_ms >= HEALTH_KEEP_MS) {
		look(h);
		h->looked = true;
		h->looked_ms = clock_mono_ms(h->o.clock);
	}
}

void
health_look(void *arg, struct readiness *out)
{
	struct health *h = arg;

	ensure(pthread_mutex_lock(&h->lock) == 0);
	look_if_due(h);
	*out = h->last;
	ensure(pthread_mutex_unlock(&h->lock) == 0);
}

void
health_certificates(struct health *h, health_certificate_fn *fn, void *arg)
{
	ensure(pthread_mutex_lock(&h->lock) == 0);
	look_if_due(h);
	for (size_t i = 0; i < h->num_own; i++) {
		fn(arg, &h->own[i]);
	}
	ensure(pthread_mutex_unlock(&h->lock) == 0);
}

enum err
health_new(
    const struct health_options *o, struct health **out, struct errinfo *ei)
{
	struct health *h = calloc(1, sizeof(*h));

	if (h == NULL) {
		return err_nomem(ei);
	}
	h->o = *o;
	ensure(pthread_mutex_init(&h->lock, NULL) == 0);
	*out = h;
	return ERR_OK;
}

void
health_free(struct health *h)
{
	if (h != NULL) {
		(void)pthread_mutex_destroy(&h->lock);
		free(h);
	}
}
