/* SPDX-License-Identifier: Apache-2.0 */
/* Operators and auditors: certificates and the audit as lists (I2, I4). */
#include <stdlib.h>
#include <string.h>

#include "api/call.h"
#include "api/list_json.h"
#include "api/routes.h"
#include "base/text.h"
#include "ca/issue.h"
#include "ca/list.h"
#include "crypto/hash.h"
#include "store/audit_list.h"

/* --- what the query names ---------------------------------------------- */

static enum err
bad_query(struct call *c, const char *name, const char *rule, const char *text)
{
	(void)err_set(c->ei, ERR_FORMAT, rule, NULL, "%s %s", name, text);
	return err_object(c->ei, ERR_FORMAT, name);
}

static enum err
query_time(struct call *c, const char *name, int64_t *out)
{
	const char *text = request_query(c->r, name);

	if (text == NULL || time_from_text(slice_str(text), out)) {
		return ERR_OK;
	}
	return bad_query(c, name, "query.time",
	    "is not a time of the form 2026-11-22T14:05:09Z");
}

static enum err
query_id(struct call *c, const char *name, const char *prefix, struct id *out,
    const struct id **out_ref)
{
	const char *text = request_query(c->r, name);

	if (text == NULL) {
		return ERR_OK;
	}
	if (!id_parse(slice_str(text), prefix, out)) {
		return bad_query(c, name, "query.id", "is no id of its kind");
	}
	*out_ref = out;
	return ERR_OK;
}

/* --- certificates -------------------------------------------------------- */

static enum err
send_page(struct call *c, const struct certificate_page *p)
{
	enum err e;

	call_answer_begin(c);
	e = certificate_page_put(&c->w, p, c->ei);
	return e != ERR_OK ? e : call_answer_send(c);
}

/* By its SHA-256: none or one. */
static enum err
list_sha256(struct call *c, const char *hex)
{
	struct certificate_page page = {0};
	uint8_t hash[SHA256_SIZE];
	enum err e;

	if (!text_unhex(slice_str(hex), hash, sizeof(hash))) {
		return bad_query(c, "sha256", "query.sha256",
		    "is not a SHA-256 in 64 hex digits");
	}
	e = certificate_by_sha256(
	    c->api->store, slice_make(hash, sizeof(hash)), &page, c->ei);
	if (e == ERR_OK) {
		e = send_page(c, &page);
	}
	certificate_page_clear(&page);
	return e;
}

/* By a CA and its serial: none or one. */
static enum err
list_serial(struct call *c, const char *hex, const char *ca)
{
	struct certificate_page page = {0};
	uint8_t serial[SERIAL_BYTES_MAX];
	size_t len = strlen(hex) / 2;
	enum err e;

	if (ca == NULL) {
		return bad_query(
		    c, "serial", "query.serial", "needs a ca beside it");
	}
	if (len == 0 || len > sizeof(serial) ||
	    !text_unhex(slice_str(hex), serial, len)) {
		return bad_query(c, "serial", "query.serial",
		    "is not a serial number in hex digits");
	}
	e = certificate_by_serial(
	    c->api->store, ca, slice_make(serial, len), &page, c->ei);
	if (e == ERR_OK) {
		e = send_page(c, &page);
	}
	certificate_page_clear(&page);
	return e;
}

static enum err
list_filtered(struct call *c)
{
	struct certificate_page page = {0};
	struct certificate_filter f = {
	    .ca = request_query(c->r, "ca"),
	    .profile = request_query(c->r, "profile"),
	    .status = request_query(c->r, "status"),
	};
	struct id person, after;
	bool has_after;
	enum err e = query_id(c, "person", PERSON_PREFIX, &person, &f.person);

	if (e == ERR_OK) {
		e = query_time(c, "ends_after", &f.ends_after);
	}
	if (e == ERR_OK) {
		e = query_time(c, "ends_before", &f.ends_before);
	}
	if (e == ERR_OK) {
		e = call_after(c, CERTIFICATE_PREFIX, &after, &has_after);
	}
	if (e == ERR_OK) {
		e = certificate_list(
		    c->api->store, &f, has_after ? &after : NULL, &page, c->ei);
	}
	if (e == ERR_OK) {
		e = send_page(c, &page);
	}
	certificate_page_clear(&page);
	return e;
}

static enum err
certificates(struct call *c)
{
	static const char *const names[] = {"ca", "profile", "status", "person",
	    "ends_after", "ends_before", "sha256", "serial", "after", NULL};
	const char *sha256 = request_query(c->r, "sha256");
	const char *serial = request_query(c->r, "serial");
	enum err e = call_only_query(c, names);

	if (e != ERR_OK) {
		return e;
	}
	if (sha256 != NULL) {
		return list_sha256(c, sha256);
	}
	if (serial != NULL) {
		return list_serial(c, serial, request_query(c->r, "ca"));
	}
	return list_filtered(c);
}

void
api_certificate_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_CERTIFICATES_READ, certificates);
}

/* --- the audit ------------------------------------------------------------ */

static enum err
audit(struct call *c)
{
	static const char *const names[] = {
	    "object", "actor", "action", "since", "after", NULL};
	struct audit_page *page = NULL;
	struct audit_filter f = {
	    .object = request_query(c->r, "object"),
	    .actor = request_query(c->r, "actor"),
	    .action = request_query(c->r, "action"),
	};
	const char *text = request_query(c->r, "after");
	struct audit_record_name after;
	enum err e = call_only_query(c, names);

	if (e == ERR_OK) {
		e = query_time(c, "since", &f.since);
	}
	if (e == ERR_OK && text != NULL && !audit_record_parse(text, &after)) {
		e = bad_query(c, "after", "query.after",
		    "is not the last record of the page before");
	}
	if (e == ERR_OK) {
		page = calloc(1, sizeof(*page));
		e = page == NULL ? err_nomem(c->ei) : ERR_OK;
	}
	if (e == ERR_OK) {
		e = audit_list(c->api->store, &f, text != NULL ? &after : NULL,
		    page, c->ei);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		audit_page_put(&c->w, page);
		e = call_answer_send(c);
	}
	if (page != NULL) {
		audit_page_clear(page);
		free(page);
	}
	return e;
}

void
api_audit_list(void *arg, const struct request *r, struct response *resp)
{
	call_desk(arg, r, resp, SCOPE_AUDIT_READ, audit);
}
