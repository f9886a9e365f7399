/* SPDX-License-Identifier: Apache-2.0 */
/* Who stands above whom, and what their present lists say. */
#include "ca/root_crl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "ca/root_crl_priv.h"
#include "ca/shard.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/crl_next.h"
#include "x509/ext.h"
#include "x509/name_match.h"

enum err
root_crls_new(const struct root_crls_options *o, struct root_crls **out,
    struct errinfo *ei)
{
	struct root_crls *r = calloc(1, sizeof(*r));

	if (r == NULL) {
		return err_nomem(ei);
	}
	r->o = *o;
	(void)pthread_mutex_init(&r->lock, NULL);
	(void)pthread_mutex_init(&r->taking, NULL);
	*out = r;
	return ERR_OK;
}

void
root_crls_free(struct root_crls *r)
{
	if (r == NULL) {
		return;
	}
	for (size_t i = 0; i < r->num_issuers; i++) {
		struct issuer *s = r->issuers[i];

		if (s->shared != NULL) {
			shared_crl_release(s->shared);
		}
		crl_free(s->crl);
		cert_free(s->cert);
		free(s);
	}
	(void)pthread_mutex_destroy(&r->lock);
	(void)pthread_mutex_destroy(&r->taking);
	free(r);
}

/* --- who stands above whom ------------------------------------------------ */

/* "…/crl/NAME.crl" of a distribution point, if it is one of the addresses that
 * this centre serves. */
static bool
file_of_uri(struct slice uri, char out[ROOT_CRL_FILE_SIZE])
{
	static const char dir[] = "/crl/", end[] = ".crl";
	size_t at = uri.len;

	while (at > 0 && uri.p[at - 1] != '/') {
		at--;
	}
	if (at < sizeof(dir) - 1 || uri.len - at >= ROOT_CRL_FILE_SIZE ||
	    uri.len - at < sizeof(end) ||
	    memcmp(uri.p + at - (sizeof(dir) - 1), dir, sizeof(dir) - 1) != 0 ||
	    memcmp(uri.p + uri.len - (sizeof(end) - 1), end, sizeof(end) - 1) !=
		0 ||
	    uri.p[at] == '.') {
		return false;
	}
	memcpy(out, uri.p + at, uri.len - at);
	out[uri.len - at] = '\0';
	return true;
}

/* Where those who hold this certificate look for the list. */
static void
find_file(const struct cert *cert, char out[ROOT_CRL_FILE_SIZE])
{
	const struct ext *x = ext_find(cert_exts(cert), EXT_CRL_POINTS);

	for (size_t i = 0; x != NULL && i < x->u.points.num; i++) {
		const struct general_names *full = &x->u.points.list[i].full;

		for (size_t k = 0; k < full->num; k++) {
			if (full->list[k].kind == GN_URI &&
			    file_of_uri(full->list[k].value, out)) {
				return;
			}
		}
	}
	out[0] = '\0';
}

/* Once for several CAs under one key. */
static enum err
add_issuer(struct root_crls *r, struct slice der, const struct cert *below,
    size_t *out, struct errinfo *ei)
{
	struct issuer *s = calloc(1, sizeof(*s));
	enum err e = s == NULL ? err_nomem(ei) : cert_parse(der, &s->cert, ei);

	if (e == ERR_OK) {
		e = sha256_of(cert_spki(s->cert), s->key, ei);
	}
	for (*out = 0; e == ERR_OK && *out < r->num_issuers; (*out)++) {
		struct issuer *other = r->issuers[*out];

		if (memcmp(other->key, s->key, sizeof(s->key)) != 0 ||
		    !name_same(
			cert_subject(other->cert), cert_subject(s->cert))) {
			continue;
		}
		if (other->file[0] == '\0') {
			find_file(below, other->file);
		}
		break;
	}
	if (e == ERR_OK && *out == r->num_issuers) {
		ensure(r->num_issuers < ROOT_CRL_ISSUERS_MAX);
		find_file(below, s->file);
		r->issuers[r->num_issuers++] = s;
		return ERR_OK;
	}
	if (s != NULL) {
		cert_free(s->cert);
	}
	free(s);
	return e;
}

static enum err
add_link(struct root_crls *r, struct below *b, const struct slice *chain,
    struct errinfo *ei)
{
	struct link *link = &b->links[b->num_links];
	struct cert *cert = NULL;
	struct slice serial;
	enum err e = cert_parse(chain[0], &cert, ei);

	if (e == ERR_OK) {
		e = add_issuer(r, chain[1], cert, &link->issuer, ei);
	}
	if (e == ERR_OK) {
		serial = cert_serial(cert);
		memcpy(link->serial, serial.p, serial.len);
		link->serial_len = serial.len;
		link->not_after = cert_not_after(cert);
		b->num_links++;
	}
	cert_free(cert);
	return e;
}

enum err
root_crls_add(struct root_crls *r, const char *name, const struct slice *chain,
    size_t num, struct errinfo *ei)
{
	struct below *b = &r->below[r->num_below];
	enum err e = ERR_OK;

	if (num > ROOT_CRL_LEVELS_MAX || r->num_below == CA_AUTHORITIES_MAX) {
		return err_set(ei, ERR_LIMIT, "root_crl.levels", NULL,
		    "the chain of %s has %zu certificates; at most %d are read",
		    name, num, (int)ROOT_CRL_LEVELS_MAX);
	}
	*b = (struct below){.num_links = 0};
	(void)snprintf(b->name, sizeof(b->name), "%s", name);
	for (size_t i = 0; e == ERR_OK && i + 1 < num; i++) {
		e = add_link(r, b, &chain[i], ei);
	}
	r->num_below += e == ERR_OK;
	return e;
}

/* --- what a list says ----------------------------------------------------- */

static struct slice
link_serial(const struct link *l)
{
	return slice_make(l->serial, l->serial_len);
}

bool
root_crl_look_up(const struct root_crls *r, const struct below *b,
    size_t issuer, const struct crl *crl, struct root_revoked *out)
{
	for (size_t i = 0; i < b->num_links; i++) {
		const struct link *l = &b->links[i];
		const struct issuer *s = r->issuers[l->issuer];
		const struct crl *of = l->issuer == issuer ? crl : s->crl;
		const struct crl_entry *entry =
		    of != NULL ? crl_find(of, link_serial(l)) : NULL;

		if (entry != NULL) {
			*out = (struct root_revoked){
			    .at = entry->revoked_at,
			    .reason = entry->reason,
			    .number = crl_next_number(of),
			};
			memcpy(out->file, s->file, sizeof(out->file));
			return true;
		}
	}
	return false;
}

/* A list of our own CA must never be written over. */
bool
root_crl_is_served(const struct root_crls *r, const struct issuer *s)
{
	struct crl_shard shard;

	for (size_t i = 0; i < r->num_below; i++) {
		if (shard_of_file(s->file, r->below[i].name, &shard)) {
			return false;
		}
	}
	return s->file[0] != '\0';
}

/* --- what is asked -------------------------------------------------------- */

bool
root_crls_revoked(
    struct root_crls *r, const char *name, struct root_revoked *out)
{
	bool revoked = false;

	(void)pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < r->num_below; i++) {
		const struct below *b = &r->below[i];

		if (b->is_revoked && strcmp(b->name, name) == 0) {
			revoked = true;
			if (out != NULL) {
				*out = b->revoked;
			}
		}
	}
	(void)pthread_mutex_unlock(&r->lock);
	return revoked;
}

enum err
root_crls_check(struct root_crls *r, const char *name, struct errinfo *ei)
{
	struct root_revoked x;
	char at[TIME_TEXT_SIZE];

	if (!root_crls_revoked(r, name, &x)) {
		return ERR_OK;
	}
	time_text(x.at, at);
	return err_set(ei, ERR_STATE, "ca.revoked", "RFC 5280 6.1.3",
	    "%s was revoked at its root on %s (%s): nothing is issued under "
	    "it, another CA must take over",
	    name, at, revocation_reason_name(x.reason));
}

struct shared_crl *
root_crls_file(struct root_crls *r, const char *file)
{
	struct shared_crl *found = NULL;

	for (size_t i = 0; found == NULL && i < r->num_issuers; i++) {
		const struct issuer *s = r->issuers[i];

		if (strcmp(s->file, file) != 0 || !root_crl_is_served(r, s)) {
			continue;
		}
		(void)pthread_mutex_lock(&r->lock);
		found = s->shared;
		if (found != NULL) {
			found->refs++;
		}
		(void)pthread_mutex_unlock(&r->lock);
	}
	return found;
}

size_t
root_crls_num(const struct root_crls *r)
{
	return r->num_issuers;
}

bool
root_crls_facts(struct root_crls *r, size_t i, struct root_crl_facts *out)
{
	const struct issuer *s;
	bool there;

	ensure(i < r->num_issuers);
	s = r->issuers[i];
	(void)pthread_mutex_lock(&r->lock);
	there = s->shared != NULL;
	if (there) {
		*out = (struct root_crl_facts){
		    .number = s->shared->facts.number,
		    .this_update = s->shared->facts.this_update,
		    .next_update = s->shared->facts.next_update,
		};
		memcpy(out->file, s->file, sizeof(out->file));
	}
	(void)pthread_mutex_unlock(&r->lock);
	return there;
}
