/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl certificate: list, show, find, recent, revoke, hold, release. */
#include <string.h>

#include "api/cert_change.h"
#include "api/list_json.h"
#include "base/clock.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/list.h"
#include "ca/publish.h"
#include "ca/recent.h"
#include "ca/revoke.h"
#include "crypto/hash.h"
#include "registry/registry.h"
#include "roles/front_verbs.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/pem.h"

enum {
	SUBJECT_MAX = 64 * 1024,
};

/* --- lists ------------------------------------------------------------------
 */

static enum err
put_rows(struct verb_call *v, const struct certificate_page *p)
{
	char id[ID_TEXT_SIZE], until[TIME_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < p->num; i++) {
		const struct certificate_row *row = &p->at[i];
		struct buf subject = BUF_INIT(SUBJECT_MAX);

		id_text(&row->id, CERTIFICATE_PREFIX, id);
		time_text(row->not_after, until);
		e = certificate_row_subject(row, &subject, v->ei);
		buf_printf(v->out, "%s  %-7s  %s  %-16s  %-20s  %s\n", id,
		    row->status, until, row->ca, row->profile,
		    buf_cstr(&subject));
		buf_clear(&subject);
	}
	if (e == ERR_OK && p->more) {
		id_text(&p->next, CERTIFICATE_PREFIX, id);
		buf_printf(v->out, "more: --after %s\n", id);
	}
	return e;
}

static enum err
put_page(struct verb_call *v, const struct certificate_page *p)
{
	struct json_writer w;
	enum err e;

	if (!verb_wants_json(v)) {
		return put_rows(v, p);
	}
	json_writer_init(&w, v->out);
	json_open_object(&w, NULL);
	e = certificate_page_put(&w, p, v->ei);
	json_close(&w);
	buf_add_u8(v->out, '\n');
	return e != ERR_OK ? e : json_writer_end(&w, v->ei);
}

static enum err
list_verb(struct verb_call *v)
{
	struct certificate_filter f = {
	    .ca = verb_option(v, "ca"),
	    .profile = verb_option(v, "profile"),
	    .status = verb_option(v, "status"),
	};
	struct certificate_page page = {0};
	const struct id *after = NULL;
	struct id person, last;
	enum err e = verb_id(v, "person", PERSON_PREFIX, &person, &f.person);

	if (e == ERR_OK) {
		e = verb_time(v, "ends-after", &f.ends_after);
	}
	if (e == ERR_OK) {
		e = verb_time(v, "ends-before", &f.ends_before);
	}
	if (e == ERR_OK) {
		e = verb_id(v, "after", CERTIFICATE_PREFIX, &last, &after);
	}
	if (e == ERR_OK) {
		e = certificate_list(v->o->store, &f, after, &page, v->ei);
	}
	if (e == ERR_OK) {
		e = put_page(v, &page);
	}
	certificate_page_clear(&page);
	return e;
}

/* --- one --------------------------------------------------------------------
 */

/* Hex as programs print it, with colons or spaces between; the number of
 * octets, or 0 when it is none or too long.  An odd digit stands first. */
static size_t
read_hex(const char *text, uint8_t *out, size_t size)
{
	char digits[2 * SHA256_SIZE + 2] = "0";
	size_t num = 1, odd;

	for (; *text != '\0'; text++) {
		if (*text == ':' || *text == ' ') {
			continue;
		}
		if (num + 1 >= sizeof(digits)) {
			return 0;
		}
		digits[num++] = *text;
	}
	digits[num] = '\0';
	odd = num % 2; /* the 0 in front is not needed */
	num = (num - odd) / 2;
	return num <= size && text_unhex(slice_str(digits + odd), out, num)
		   ? num
		   : 0;
}

/* In any of our CAs: a serial does not tell whose it is. */
static enum err
find_serial(
    struct verb_call *v, struct slice serial, struct certificate_page *out)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && out->num == 0 && i < ca_num(v->o->ca);
	     i++) {
		certificate_page_clear(out);
		e = certificate_by_serial(v->o->store,
		    authority_name(ca_at(v->o->ca, i)), serial, out, v->ei);
	}
	return e;
}

/* By its serial number or its SHA-256. */
static enum err
find_one(struct verb_call *v, const char *text, struct certificate_page *out)
{
	uint8_t bytes[SHA256_SIZE];
	size_t len = read_hex(text, bytes, sizeof(bytes));

	if (len == 0) {
		return err_set(v->ei, ERR_FORMAT, "certificate.name", NULL,
		    "neither a certificate's id (crt_...), nor a serial "
		    "number or SHA-256 in hex digits");
	}
	if (len == SHA256_SIZE) {
		return certificate_by_sha256(
		    v->o->store, slice_make(bytes, len), out, v->ei);
	}
	return find_serial(v, slice_make(bytes, len), out);
}

static enum err
find_verb(struct verb_call *v)
{
	struct certificate_page page = {0};
	enum err e = find_one(v, verb_word(v, 0), &page);

	if (e == ERR_OK) {
		e = put_page(v, &page);
	}
	certificate_page_clear(&page);
	return e;
}

/* By id, serial or SHA-256. */
static enum err
get_one(struct verb_call *v, const char *text, struct certificate *out)
{
	struct certificate_page page = {0};
	struct id id;
	enum err e = ERR_OK;

	if (!id_parse(slice_str(text), CERTIFICATE_PREFIX, &id)) {
		e = find_one(v, text, &page);
		if (e == ERR_OK && page.num == 0) {
			e = err_set(v->ei, ERR_NOTFOUND, "certificate.none",
			    NULL, "there is no such certificate");
		} else if (e == ERR_OK) {
			id = page.at[0].id;
		}
		certificate_page_clear(&page);
	}
	return e != ERR_OK ? e : certificate_get(v->o->ca, &id, out, v->ei);
}

static void
put_pem(struct buf *out, struct slice der)
{
	pem_put(out, PEM_CERTIFICATE, der);
}

static enum err
show_verb(struct verb_call *v)
{
	struct certificate_page page = {0};
	struct certificate c;
	uint8_t hash[SHA256_SIZE];
	enum err e = get_one(v, verb_word(v, 0), &c);

	if (e != ERR_OK) {
		return e;
	}
	e = sha256_of(c.der, hash, v->ei);
	if (e == ERR_OK) {
		e = certificate_by_sha256(
		    v->o->store, slice_make(hash, sizeof(hash)), &page, v->ei);
	}
	if (e == ERR_OK) {
		e = put_page(v, &page);
	}
	if (e == ERR_OK && !verb_wants_json(v)) {
		put_pem(v->out, c.der);
	}
	certificate_page_clear(&page);
	certificate_clear(&c);
	return e;
}

/* --- recent ----------------------------------------------------------------
 */

static enum err
put_recent(void *arg, struct slice cert, struct errinfo *ei)
{
	struct buf *out = arg;

	put_pem(out, cert);
	return buf_err(out, ei);
}

/* certificate recent PROFILE NUM: for surguchctl profile replay.  A line with
 * the CA's name, its certificate, and the last issued, the newest first. */
static enum err
recent_verb(struct verb_call *v)
{
	const char *profile = verb_word(v, 0);
	const char *name = verb_option(v, "ca");
	const struct authority *a = name != NULL
					? ca_by_name(v->o->ca, name)
					: ca_for_profile(v->o->ca, profile);
	uint64_t num;

	if (a == NULL) {
		return err_set(v->ei, ERR_NOTFOUND, "certificate.ca", NULL,
		    name != NULL ? "there is no CA of this name"
				 : "no CA issues under this profile");
	}
	if (!text_to_u64(slice_str(verb_word(v, 1)), &num) || num == 0 ||
	    num > CA_RECENT_MAX) {
		return err_set(v->ei, ERR_FORMAT, "certificate.last", NULL,
		    "how many is a number from 1 to %d", CA_RECENT_MAX);
	}
	buf_printf(v->out, "ca %s\n", authority_name(a));
	put_pem(v->out, cert_der(authority_cert(a)));
	return ca_recent(a, profile, (size_t)num, put_recent, v->out, v->ei);
}

/* --- ending, and on hold ------------------------------------------------ */

static enum err
read_comment(struct verb_call *v, struct revocation *out)
{
	out->comment = verb_option(v, "comment");
	if (out->comment != NULL &&
	    (strlen(out->comment) > CERT_COMMENT_MAX ||
		!text_is_clean(slice_str(out->comment)))) {
		return err_set(v->ei, ERR_FORMAT, "revocation.comment", NULL,
		    "a comment is one line of at most %d bytes",
		    CERT_COMMENT_MAX);
	}
	return ERR_OK;
}

static enum err
read_revocation(struct verb_call *v, struct revocation *out)
{
	const char *reason;
	enum err e = verb_needed(v, "reason", &reason);

	if (e == ERR_OK) {
		e = revocation_reason_parse(
		    slice_str(reason), &out->reason, v->ei);
	}
	return e;
}

static enum err
put_changed(struct verb_call *v, const struct certificate *c,
    enum cert_event event, int64_t now)
{
	char id[ID_TEXT_SIZE], at[TIME_TEXT_SIZE];
	struct json_writer w;

	if (!verb_wants_json(v)) {
		id_text(&c->id, CERTIFICATE_PREFIX, id);
		time_text(now, at);
		buf_printf(
		    v->out, "%s  %s  %s\n", id, cert_change_status(event), at);
		return ERR_OK;
	}
	json_writer_init(&w, v->out);
	json_open_object(&w, NULL);
	cert_change_put(&w, c, event, now);
	json_close(&w);
	buf_add_u8(v->out, '\n');
	return json_writer_end(&w, v->ei);
}

static enum err
submit_change(struct verb_call *v, const struct certificate *c,
    enum cert_event event, const struct revocation *r)
{
	int64_t now = clock_utc_sec(v->o->clock);
	struct unit u;
	enum err e;

	unit_init(&u);
	e = cert_change_add(v->o->ca, &u, event, c, r, now, v->ei);
	if (e == ERR_OK) {
		e = cert_change_tell(
		    v->o->registry, &u, event, c, LANG_RU, v->ei);
	}
	if (e == ERR_OK) {
		e = ca_submit_change(v->o->ca, &u, c, v->ei);
	}
	unit_clear(&u);
	if (e == ERR_OK) {
		publisher_kick(v->o->publisher);
		e = put_changed(v, c, event, now);
	}
	return e;
}

static enum err
change(struct verb_call *v, enum cert_event event)
{
	char actor[ACTOR_TEXT_SIZE];
	struct revocation r = {.actor = actor};
	struct certificate c;
	enum err e = get_one(v, verb_word(v, 0), &c);

	if (e != ERR_OK) {
		return e;
	}
	actor_text(&v->actor, actor);
	e = read_comment(v, &r);
	if (e == ERR_OK && event == CERT_EV_REVOKE) {
		e = read_revocation(v, &r);
	}
	if (e == ERR_OK) {
		e = submit_change(v, &c, event, &r);
	}
	certificate_clear(&c);
	return e;
}

static enum err
revoke_verb(struct verb_call *v)
{
	return change(v, CERT_EV_REVOKE);
}

static enum err
hold_verb(struct verb_call *v)
{
	return change(v, CERT_EV_HOLD);
}

static enum err
release_verb(struct verb_call *v)
{
	return change(v, CERT_EV_RELEASE);
}

/* --- the table
 * --------------------------------------------------------------------- */

static const char *const list_options[] = {"ca", "profile", "status", "person",
    "ends-after", "ends-before", "after", NULL};
static const char *const revoke_options[] = {"reason", "comment", NULL};
static const char *const hold_options[] = {"comment", NULL};
static const char *const recent_options[] = {"ca", NULL};

const struct verb verbs_certificate[] = {
    {"certificate", "list", SCOPE_CERTIFICATES_READ, 0, list_options,
	list_verb},
    {"certificate", "find", SCOPE_CERTIFICATES_READ, 1, NULL, find_verb},
    {"certificate", "show", SCOPE_CERTIFICATES_READ, 1, NULL, show_verb},
    {"certificate", "recent", SCOPE_CERTIFICATES_READ, 2, recent_options,
	recent_verb},
    {"certificate", "revoke", SCOPE_CERTIFICATES_REVOKE, 1, revoke_options,
	revoke_verb},
    {"certificate", "hold", SCOPE_CERTIFICATES_REVOKE, 1, hold_options,
	hold_verb},
    {"certificate", "release", SCOPE_CERTIFICATES_REVOKE, 1, NULL,
	release_verb},
    {0},
};
