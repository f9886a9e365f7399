/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cert_stop.h"

#include <string.h>

#include "api/cert_change.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/publish.h"
#include "ca/revoke.h"
#include "crypto/hash.h"
#include "identity/otp.h"
#include "os/random.h"
#include "registry/form.h"
#include "registry/stop_text.h"
#include "store/store.h"

enum err
cert_stop_what(struct call *c, const struct certificate *cert, struct buf *out)
{
	struct form_list list;
	enum err e = form_row_get(
	    c->api->registry, FORM_ROW_CERTIFICATE, &cert->id, &list, c->ei);

	if (e == ERR_OK) {
		cert_change_put_what(
		    list.num > 0 ? &list.at[0] : NULL, cert, out);
		form_list_clear(&list);
		e = buf_err(out, c->ei);
	}
	return e;
}

static enum err
add_signature(struct call *c, struct unit *u, const struct certificate *cert,
    const struct stop_signature *s, int64_t now)
{
	uint8_t sha256[SHA256_SIZE];
	struct id id;
	enum err e = id_new(c->api->clock, &id, c->ei);

	if (e == ERR_OK) {
		e = sha256_of(s->text, sha256, c->ei);
	}
	if (e == ERR_OK && cert->has_application) {
		unit_add(u, ST_STATEMENT_INSERT, EXPECT(1), V_ID(&id),
		    V_ID(&cert->application), V_TEXT("stop"),
		    V_TEXT(STOP_TEXT_VERSION), V_BLOB(s->text),
		    V_BLOB(slice_make(sha256, sizeof(sha256))), V_BLOB(s->cms),
		    V_BLOB(
			slice_make(s->signer_sha256, sizeof(s->signer_sha256))),
		    V_INT(now));
	}
	return e;
}

/* The unit with all that belongs to it, and its answer. */
static enum err
make_unit(struct call *c, const struct certificate *cert,
    const struct revocation *r, const struct otp_proof *proof,
    const struct stop_signature *signature, struct unit *u)
{
	int64_t now = clock_utc_sec(c->api->clock);
	struct act act;
	enum err e = ca_add_revocation(u, cert, r, now, c->ei);

	if (e == ERR_OK && proof != NULL) {
		otp_add_use(u, proof);
	}
	if (e == ERR_OK && signature != NULL) {
		e = add_signature(c, u, cert, signature, now);
	}
	if (e == ERR_OK) {
		e = cert_change_tell(c->api->registry, u, CERT_EV_REVOKE, cert,
		    c->session.lang, c->ei);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		cert_change_put(&c->w, cert, CERT_EV_REVOKE, now);
		e = call_answer_end(c, 200, &act);
	}
	if (e == ERR_OK && act.ticket != NULL) {
		idem_add_done(u, act.ticket, &act.answer, now);
	}
	return e;
}

static enum err
send_ended(struct call *c, const struct certificate *cert)
{
	call_answer_begin(c);
	cert_change_put(&c->w, cert, CERT_EV_REVOKE, cert->status_at);
	return call_answer_send(c);
}

enum err
cert_stop(struct call *c, const struct certificate *cert, const char *reason,
    const char *actor, const struct otp_proof *proof,
    const struct stop_signature *signature)
{
	struct revocation r = {.actor = actor};
	struct unit u;
	enum err e;

	if (strcmp(cert->status, cert_state_name(CERT_REVOKED)) == 0) {
		return send_ended(c, cert);
	}
	e = revocation_reason_parse(slice_str(reason), &r.reason, c->ei);
	if (e != ERR_OK) {
		return e;
	}
	unit_init(&u);
	e = make_unit(c, cert, &r, proof, signature, &u);
	if (e == ERR_OK) {
		e = ca_submit_change(c->api->ca, &u, cert, c->ei);
	}
	unit_clear(&u);
	if (e == ERR_CONFLICT && strcmp(c->ei->rule, "store.otp.use") == 0) {
		return err_set(c->ei, ERR_DENIED, "otp.spent", NULL,
		    "This code was used a moment ago; ask for another.");
	}
	if (e == ERR_OK) {
		publisher_kick(c->api->publisher);
		call_send(c, 200);
	}
	return e;
}
