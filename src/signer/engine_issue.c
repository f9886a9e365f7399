/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "os/random.h"
#include "os/seam.h"
#include "profile/lint.h"
#include "profile/profile.h"
#include "profile/template.h"
#include "signer/engine_priv.h"
#include "x509/signed.h"

enum {
	/* Two equal draws of 150 bits do not happen; three mean that the
	 * generator is broken. */
	SERIAL_DRAWS = 3
};

/* Known already: the same bytes for the same request, and no for another. */
static enum err
replay(struct engine *e, const struct signer_issue_msg *m,
    const uint8_t request[VALUES_DIGEST_SIZE], struct buf *store,
    struct signer_issued *out, struct errinfo *ei)
{
	struct signer_issued found;
	struct signer_find find;
	enum err err;

	memcpy(find.idem, m->values.idem, sizeof(find.idem));
	err = engine_find(e, &find, store, &found, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (memcmp(found.request, request, VALUES_DIGEST_SIZE) != 0) {
		return err_set(ei, ERR_CONFLICT, "signer.idem", NULL,
		    "This idempotency key has been used for another request.");
	}
	*out = found;
	return ERR_OK;
}

/* A service speaks for the centre, so front does not choose its key: the
 * signer's own file names it. */
static enum err
check_service(const struct engine *e, const struct profile *p,
    const struct issue_values *v, struct errinfo *ei)
{
	const struct signer_settings *s = e->in->settings;
	const struct {
		enum profile_kind kind;
		const struct signer_keys *keys;
		const char *setting;
	} services[] = {
	    {PROFILE_OCSP, &s->responders, "responders"},
	    {PROFILE_TIME_STAMPING, &s->time_stampers, "time_stampers"},
	    {PROFILE_PAGE_ORDER, &s->page_orderers, "page_orderers"},
	};
	uint8_t hash[SHA256_SIZE];
	enum err err;

	for (size_t i = 0; i < ARRAY_LEN(services); i++) {
		if (profile_kind(p) != services[i].kind) {
			continue;
		}
		err = sha256_of(values_spki(v), hash, ei);
		if (err == ERR_OK &&
		    !signer_keys_hold(services[i].keys, hash)) {
			err = err_object(ei,
			    err_set(ei, ERR_POLICY, "signer.service_key", NULL,
				"The settings of signer %s do not name this "
				"key among the %s.",
				s->name, services[i].setting),
			    v->profile);
		}
		return err;
	}
	return ERR_OK;
}

/* The profile, if this instance may issue under it here and now. */
static enum err
choose_profile(struct engine *e, const struct issue_values *v, int64_t now,
    const struct instance_profile **out, struct errinfo *ei)
{
	const struct instance_profile *p;
	enum err err;

	if (e->in->settings->kind != SIGNER_KIND_CA) {
		return err_set(ei, ERR_STATE, "signer.kind", NULL,
		    "Signer %s issues no certificates.", e->in->settings->name);
	}
	p = instance_profile(e->in, v->profile);
	if (p == NULL && !e->in->ready) {
		return err_set(ei, ERR_STATE, "signer.new", NULL,
		    "Signer %s has no certificate of its own yet.",
		    e->in->settings->name);
	}
	if (p == NULL) {
		return err_object(ei,
		    err_set(ei, ERR_POLICY, "signer.profile", NULL,
			"Signer %s does not issue under this profile.",
			e->in->settings->name),
		    v->profile);
	}
	if (e->in->ca.self && !privkey_matches(e->in->key, values_spki(v))) {
		return err_set(ei, ERR_POLICY, "signer.self", NULL,
		    "A self-signed certificate is made for the signer's own "
		    "key only.");
	}
	err = check_service(e, p->profile, v, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (ledger_used(e->ledger, v->profile, now) >= p->ceiling) {
		return err_object(ei,
		    err_set(ei, ERR_POLICY, "signer.ceiling", NULL,
			"%llu certificates have been issued under this "
			"profile in 24 hours, which is its ceiling.",
			(unsigned long long)p->ceiling),
		    v->profile);
	}
	*out = p;
	return ERR_OK;
}

static enum err
draw_serial(
    const struct engine *e, uint8_t out[SERIAL_SIZE], struct errinfo *ei)
{
	uint8_t random[SERIAL_SIZE];
	enum err err;

	for (int i = 0; i < SERIAL_DRAWS; i++) {
		err = random_bytes(random, sizeof(random), ei);
		if (err != ERR_OK) {
			return err;
		}
		serial_make(random, out);
		if (!ledger_has_serial(
			e->ledger, slice_make(out, SERIAL_SIZE))) {
			return ERR_OK;
		}
	}
	return err_set(ei, ERR_INTERNAL, "signer.serial", NULL,
	    "The generator of random numbers repeats itself.");
}

/* Our own look at what profile and template made of the times: whatever they
 * think, this key does not back-date. */
static enum err
check_times(const struct issue_values *v, int64_t asked, int64_t now,
    struct errinfo *ei)
{
	if (asked != 0 &&
	    (asked < now - CLOCK_SKEW_SEC || asked > now + CLOCK_SKEW_SEC)) {
		return err_object(ei,
		    err_set(ei, ERR_POLICY, "signer.not_before", NULL,
			"The beginning that is asked for is more than %d s "
			"from the signer's clock.",
			(int)CLOCK_SKEW_SEC),
		    "notBefore");
	}
	if (v->not_after <= now || v->not_after <= v->not_before) {
		return err_object(ei,
		    err_set(ei, ERR_POLICY, "signer.not_after", NULL,
			"The certificate would have ended already."),
		    "notAfter");
	}
	return ERR_OK;
}

/* Values to checked to-be-signed bytes in e->tbs. */
static enum err
build(struct engine *e, const struct instance_profile *p,
    struct issue_values *v, struct slice serial, int64_t now,
    struct errinfo *ei)
{
	struct lint_report report;
	int64_t asked = v->not_before;
	enum err err;

	err = profile_check_values(p->profile, v, ei);
	if (err == ERR_OK) {
		err = profile_resolve_times(p->profile, &e->in->ca, v, now,
		    &v->not_before, &v->not_after, ei);
	}
	if (err == ERR_OK) {
		err = check_times(v, asked, now, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	buf_reset(&e->tbs);
	err = template_build(p->template, v, serial, &e->tbs, ei);
	if (err == ERR_OK) {
		err = buf_err(&e->tbs, ei);
	}
	if (err == ERR_OK && lint_tbs(p->profile, &e->in->ca, v,
				 buf_slice(&e->tbs), now, &report) != ERR_OK) {
		err = lint_report_err(&report, ei);
	}
	return err;
}

/* e->tbs to a certificate in e->cert. */
static enum err
sign(struct engine *e, struct errinfo *ei)
{
	enum err err = engine_sign(e, buf_slice(&e->tbs), &e->sig, ei);

	if (err != ERR_OK) {
		return err;
	}
	buf_reset(&e->cert);
	x509_assemble(
	    buf_slice(&e->tbs), e->in->sig_alg, buf_slice(&e->sig), &e->cert);
	return buf_err(&e->cert, ei);
}

static enum err
journal_it(struct engine *e, const struct signer_issue_msg *m,
    const uint8_t request[VALUES_DIGEST_SIZE], struct slice serial, int64_t now,
    struct buf *store, struct signer_issued *out, struct errinfo *ei)
{
	struct record_issue p = {
	    .at = m->at,
	    .not_after = m->values.not_after,
	    .serial = serial,
	    .cert = buf_slice(&e->cert),
	    .note = values_note(&m->values),
	};
	uint64_t number;
	enum err err;

	memcpy(p.idem, m->values.idem, sizeof(p.idem));
	memcpy(p.request, request, sizeof(p.request));
	memcpy(p.profile, m->values.profile, sizeof(p.profile));
	/* Before the journal: nothing may fail once it has the record. */
	buf_reset(store);
	buf_add(store, buf_slice(&e->cert));
	err = buf_err(store, ei);
	if (err == ERR_OK) {
		err = ledger_add_issue(e->ledger, now, &p, &number, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	*out = (struct signer_issued){
	    .number = number, .time = now, .cert = buf_slice(store)};
	memcpy(out->request, request, sizeof(out->request));
	return ERR_OK;
}

enum err
engine_issue(struct engine *e, struct signer_issue_msg *m, struct buf *store,
    struct signer_issued *out, struct errinfo *ei)
{
	const struct instance_profile *p = NULL;
	uint8_t request[VALUES_DIGEST_SIZE], serial[SERIAL_SIZE];
	int64_t now;
	enum err err;

	err = values_digest(&m->values, request, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = replay(e, m, request, store, out, ei);
	if (err != ERR_NOTFOUND) {
		return err;
	}
	err = engine_now(e, &now, ei);
	if (err == ERR_OK) {
		err = choose_profile(e, &m->values, now, &p, ei);
	}
	if (err == ERR_OK) {
		err = draw_serial(e, serial, ei);
	}
	if (err == ERR_OK) {
		err = build(e, p, &m->values,
		    slice_make(serial, sizeof(serial)), now, ei);
	}
	if (err == ERR_OK) {
		err = sign(e, ei);
	}
	if (err == ERR_OK) {
		seam("signer.built");
		err = journal_it(e, m, request,
		    slice_make(serial, sizeof(serial)), now, store, out, ei);
	}
	return err;
}
