/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/revoke.h"

#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "ca/authority.h"
#include "ca/cert_state.h"
#include "ca/certificate_columns.h"
#include "ca/entries.h"
#include "ca/issue.h"
#include "ca/shard.h"
#include "profile/profile.h"
#include "store/store.h"
#include "x509/crl.h"
#include "json/writer.h"

static const struct {
	const char *name;
	enum crl_reason reason;
	bool subscriber; /* may end a subscriber's certificate */
} reasons[] = {
    {"unspecified", CRL_REASON_UNSPECIFIED, true},
    {"key_compromise", CRL_REASON_KEY_COMPROMISE, true},
    {"ca_compromise", CRL_REASON_CA_COMPROMISE, false},
    {"affiliation_changed", CRL_REASON_AFFILIATION_CHANGED, true},
    {"superseded", CRL_REASON_SUPERSEDED, true},
    {"cessation_of_operation", CRL_REASON_CESSATION, true},
    {"certificate_hold", CRL_REASON_HOLD, false},
    {"privilege_withdrawn", CRL_REASON_PRIVILEGE_WITHDRAWN, true},
};

enum err
revocation_reason_parse(
    struct slice name, enum crl_reason *out, struct errinfo *ei)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (!slice_eq_str(name, reasons[i].name)) {
			continue;
		}
		if (!reasons[i].subscriber) {
			(void)err_set(ei, ERR_UNSUPPORTED, "revocation.reason",
			    "RFC 5280 5.3.1",
			    "the reason %s does not end a subscriber's "
			    "certificate here",
			    reasons[i].name);
			return err_object(ei, ERR_UNSUPPORTED, "reason");
		}
		*out = reasons[i].reason;
		return ERR_OK;
	}
	(void)err_set(ei, ERR_FORMAT, "revocation.reason", "RFC 5280 5.3.1",
	    "not a reason; one of unspecified, key_compromise, "
	    "affiliation_changed, superseded, cessation_of_operation, "
	    "privilege_withdrawn is expected");
	return err_object(ei, ERR_FORMAT, "reason");
}

const char *
revocation_reason_name(enum crl_reason reason)
{
	for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
		if (reasons[i].reason == reason) {
			return reasons[i].name;
		}
	}
	return "unspecified";
}

/* What a query of one certificate came to; takes the rows. */
static enum err
take_certificate(
    enum err e, struct rows *r, struct certificate *out, struct errinfo *ei)
{
	if (e == ERR_NOTFOUND) {
		return err_set(ei, ERR_NOTFOUND, "certificate.none", NULL,
		    "there is no certificate with this id");
	}
	if (e != ERR_OK) {
		return e;
	}
	*out = (struct certificate){
	    .id = rows_id(r, 0, CERTIFICATE_ID),
	    .ca = rows_text(r, 0, CERTIFICATE_CA),
	    .serial = rows_blob(r, 0, CERTIFICATE_SERIAL),
	    .der = rows_blob(r, 0, CERTIFICATE_DER),
	    .not_before = rows_int(r, 0, CERTIFICATE_NOT_BEFORE),
	    .not_after = rows_int(r, 0, CERTIFICATE_NOT_AFTER),
	    .profile = rows_text(r, 0, CERTIFICATE_PROFILE),
	    .has_application = !rows_is_null(r, 0, CERTIFICATE_APPLICATION),
	    .application = rows_id(r, 0, CERTIFICATE_APPLICATION),
	    .issued_at = rows_int(r, 0, CERTIFICATE_ISSUED_AT),
	    .status = rows_text(r, 0, CERTIFICATE_STATUS),
	    .status_at = rows_int(r, 0, CERTIFICATE_STATUS_AT),
	    .rows = r,
	};
	return ERR_OK;
}

enum err
certificate_get(struct ca *ca, const struct id *id, struct certificate *out,
    struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e =
	    store_query_one(ca_store(ca), ST_CERTIFICATE_GET, &r, ei, V_ID(id));

	return take_certificate(e, r, out, ei);
}

enum err
certificate_find(struct ca *ca, const char *name, struct slice serial,
    struct certificate *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e = store_query_one(ca_store(ca), ST_CERTIFICATE_BY_SERIAL, &r,
	    ei, V_TEXT(name), V_BLOB(serial));

	return take_certificate(e, r, out, ei);
}

void
certificate_clear(struct certificate *c)
{
	rows_free(c->rows);
	c->rows = NULL;
}

/* What is written of a change, beside the certificate's own row. */
struct change {
	enum cert_event event;
	enum cert_state from;
	enum cert_state to;
	enum crl_reason reason; /* CRL_REASON_NONE for a release */
	bool listed;            /* a list says it, and when */
	int64_t at;             /* of the certificate's new state */
	int64_t ended_at;       /* when it stopped being good */
	struct crl_shard shard;
	struct buf entry;
	struct buf detail;
};

static enum err
write_detail(const struct certificate *c, struct change *x, struct errinfo *ei)
{
	struct json_writer w;

	json_writer_init(&w, &x->detail);
	json_open_object(&w, NULL);
	json_put_text(&w, "ca", c->ca);
	json_put_hex(&w, "serial", c->serial);
	if (x->listed) {
		json_put_time(&w, "revoked_at", x->ended_at);
	} else if (x->event == CERT_EV_REVOKE) {
		json_put_text(&w, "reason", revocation_reason_name(x->reason));
	}
	json_close(&w);
	return json_writer_end(&w, ei);
}

static enum err
prepare(const struct certificate *c, struct change *x, struct errinfo *ei)
{
	enum err e;

	x->from = cert_state_parse(c->status);
	if (x->from == CERT_STATE_MAX_) {
		return err_set(ei, ERR_INTERNAL, "certificate.status", NULL,
		    "the database has a certificate of the status %s",
		    c->status);
	}
	e = cert_state_next(x->from, x->event, &x->to, ei);
	if (e == ERR_OK) {
		e = shard_of_cert(c->der, &x->shard, ei);
	}
	/* What was signed while it was on hold must not become good by what
	 * comes after: the end stays where the hold began. */
	x->ended_at = x->from == CERT_HOLD && !x->listed ? c->status_at : x->at;
	if (e == ERR_OK) {
		/* RFC 5280 5.3.1: unspecified is said by saying nothing. */
		crl_entry_put(&x->entry, c->serial, x->ended_at,
		    x->reason == CRL_REASON_UNSPECIFIED ? CRL_REASON_NONE
							: x->reason);
		e = buf_err(&x->entry, ei);
	}
	return e == ERR_OK ? write_detail(c, x, ei) : e;
}

static void
add_row(struct unit *u, const struct certificate *c, const struct revocation *r,
    const struct change *x)
{
	if (x->to == CERT_GOOD) {
		unit_add(u, ST_REVOCATION_RELEASE, EXPECT(1), V_ID(&c->id));
	} else if (x->from == CERT_HOLD) {
		unit_add(u, ST_REVOCATION_FINISH, EXPECT(1), V_ID(&c->id),
		    V_INT(x->reason), V_INT(x->ended_at), V_TEXT(r->actor),
		    V_TEXT(r->comment), V_BLOB(buf_slice(&x->entry)));
	} else {
		unit_add(u, ST_REVOCATION_INSERT, EXPECT(1), V_ID(&c->id),
		    V_TEXT(c->ca), V_BLOB(c->serial), V_INT(c->not_after),
		    V_INT(x->reason), V_INT(x->ended_at), V_NULL,
		    V_TEXT(r->actor), V_TEXT(r->comment),
		    V_BLOB(buf_slice(&x->entry)));
	}
}

static void
add_rows(struct unit *u, const struct certificate *c,
    const struct revocation *r, struct change *x, int64_t now)
{
	char object[ID_TEXT_SIZE];

	unit_add(u, ST_CERTIFICATE_MOVE, EXPECT(1), V_ID(&c->id),
	    V_TEXT(c->status), V_TEXT(cert_state_name(x->to)), V_INT(x->at));
	add_row(u, c, r, x);
	/* A database that was put back may not have the row. */
	unit_add(u, ST_CRL_SHARD_ADD, EXPECT_ANY, V_TEXT(c->ca),
	    V_INT(shard_row(x->shard)));
	unit_add(u, ST_CRL_SHARD_TOUCH, EXPECT(1), V_TEXT(c->ca),
	    V_INT(shard_row(x->shard)));
	id_text(&c->id, CERTIFICATE_PREFIX, object);
	unit_audit(u, &(struct audit_event){
			  .at = now,
			  .actor = r->actor,
			  .action = cert_event_action(x->event),
			  .object = object,
			  .detail = buf_cstr(&x->detail),
		      });
}

static enum err
add_change(struct unit *u, const struct certificate *c,
    const struct revocation *r, struct change *x, int64_t now,
    struct errinfo *ei)
{
	enum err e;

	buf_init(&x->entry, AUDIT_DETAIL_MAX);
	buf_init(&x->detail, AUDIT_DETAIL_MAX);
	e = prepare(c, x, ei);
	if (e == ERR_OK) {
		add_rows(u, c, r, x, now);
	}
	buf_clear(&x->entry);
	buf_clear(&x->detail);
	return e;
}

enum err
ca_add_revocation(struct unit *u, const struct certificate *c,
    const struct revocation *r, int64_t now, struct errinfo *ei)
{
	struct change x = {
	    .event = CERT_EV_REVOKE, .reason = r->reason, .at = now};

	return add_change(u, c, r, &x, now, ei);
}

enum err
ca_add_hold(const struct ca *ca, struct unit *u, const struct certificate *c,
    const struct revocation *r, int64_t now, struct errinfo *ei)
{
	struct change x = {
	    .event = CERT_EV_HOLD, .reason = CRL_REASON_HOLD, .at = now};
	const struct profile *p = ca_profile(ca, c->profile);

	if (p == NULL || !profile_hold_allowed(p)) {
		return err_set(ei, ERR_POLICY, "certificate.no_hold", NULL,
		    "certificates of the profile %s are not put on hold "
		    "(\"hold\" in its file); they can be revoked",
		    c->profile);
	}
	return add_change(u, c, r, &x, now, ei);
}

enum err
ca_add_release(struct unit *u, const struct certificate *c,
    const struct revocation *r, int64_t now, struct errinfo *ei)
{
	struct change x = {
	    .event = CERT_EV_RELEASE, .reason = CRL_REASON_NONE, .at = now};

	return add_change(u, c, r, &x, now, ei);
}

enum err
ca_add_listed(struct unit *u, const struct certificate *c,
    const struct crl_entry *entry, const char *actor, int64_t now,
    struct errinfo *ei)
{
	const struct revocation r = {.actor = actor};
	struct change x = {
	    .event = entry->reason == CRL_REASON_HOLD ? CERT_EV_HOLD
						      : CERT_EV_REVOKE,
	    .reason = entry->reason == CRL_REASON_NONE ? CRL_REASON_UNSPECIFIED
						       : entry->reason,
	    .listed = true,
	    .at = entry->revoked_at,
	};

	return add_change(u, c, &r, &x, now, ei);
}

enum err
ca_submit_change(struct ca *ca, struct unit *u, const struct certificate *c,
    struct errinfo *ei)
{
	const struct authority *a = ca_by_name(ca, c->ca);
	enum err e;

	if (a != NULL) {
		entries_begin(authority_entries(a));
	}
	e = store_submit(ca_store(ca), u, NULL, ei);
	if (a != NULL) {
		entries_end(authority_entries(a), c->serial, e == ERR_OK);
	}
	/* Also when it is not known whether it was committed. */
	ca_changed(ca, c->ca, c->serial);
	/* Another hand was faster: it is no longer as it was read. */
	if (e == ERR_CONFLICT && ei != NULL &&
	    strcmp(ei->rule, "store.certificate.move") == 0) {
		e = err_set(ei, ERR_STATE, "certificate.changed", NULL,
		    "this certificate was revoked, held or released a moment "
		    "ago: look at it again");
	}
	return e;
}

enum err
ca_status(struct ca *ca, const char *authority, struct slice serial,
    struct status *out, struct errinfo *ei)
{
	struct status s = {.kind = STATUS_UNKNOWN};
	struct rows *r = NULL;
	enum err e = store_query(ca_store(ca), ST_CERTIFICATE_STATUS, &r, ei,
	    V_TEXT(authority), V_BLOB(serial));

	if (e != ERR_OK) {
		return e;
	}
	if (rows_num(r) > 0) {
		s.kind = STATUS_GOOD;
		if (strcmp(rows_text(r, 0, 0), "good") != 0) {
			s.kind = STATUS_REVOKED;
			s.revoked_at = rows_int(r, 0, 1);
			s.reason = (enum crl_reason)rows_int(r, 0, 2);
		}
	}
	rows_free(r);
	*out = s;
	return ERR_OK;
}
