/* SPDX-License-Identifier: Apache-2.0 */
#include "api/cert_change.h"

#include "base/text.h"
#include "ca/issue.h"
#include "ca/revoke.h"
#include "identity/notice.h"
#include "registry/form.h"

enum {
	WHAT_MAX = 512,
	SERIAL_SHOWN = 3 /* octets, from its end */
};

static const struct {
	enum cert_state state;
	const char *at; /* the member with the time */
	enum message message;
} changes[CERT_EVENT_MAX_] = {
    [CERT_EV_HOLD] = {CERT_HOLD, "held_at", MESSAGE_HELD},
    [CERT_EV_RELEASE] = {CERT_GOOD, "released_at", MESSAGE_RELEASED},
    [CERT_EV_REVOKE] = {CERT_REVOKED, "revoked_at", MESSAGE_REVOKED},
};

enum err
cert_change_add(const struct ca *ca, struct unit *u, enum cert_event event,
    const struct certificate *c, const struct revocation *r, int64_t now,
    struct errinfo *ei)
{
	switch (event) {
	case CERT_EV_HOLD:
		return ca_add_hold(ca, u, c, r, now, ei);
	case CERT_EV_RELEASE:
		return ca_add_release(u, c, r, now, ei);
	case CERT_EV_REVOKE:
	case CERT_EVENT_MAX_:
		break;
	}
	return ca_add_revocation(u, c, r, now, ei);
}

const char *
cert_change_status(enum cert_event event)
{
	ensure(event < CERT_EVENT_MAX_);
	return cert_state_name(changes[event].state);
}

void
cert_change_put(struct json_writer *w, const struct certificate *c,
    enum cert_event event, int64_t now)
{
	char id[ID_TEXT_SIZE];

	id_text(&c->id, CERTIFICATE_PREFIX, id);
	json_put_text(w, "id", id);
	json_put_text(w, "status", cert_change_status(event));
	json_put_time(w, changes[event].at, now);
}

void
cert_change_put_what(
    const struct form_row *row, const struct certificate *cert, struct buf *out)
{
	size_t shown =
	    cert->serial.len < SERIAL_SHOWN ? cert->serial.len : SERIAL_SHOWN;

	if (row != NULL && row->surname[0] != '\0') {
		buf_printf(out, "%s %s", row->surname, row->given_name);
	} else if (row != NULL) {
		buf_add_str(out, row->organisation_name);
	}
	buf_add_str(out, ", …");
	text_hex(
	    out, slice_make(cert->serial.p + cert->serial.len - shown, shown));
}

static enum err
add_notice(struct registry *r, struct unit *u, enum cert_event event,
    const struct certificate *cert, const struct form_row *row, enum lang lang,
    struct errinfo *ei)
{
	struct buf what = BUF_INIT(WHAT_MAX);
	enum err e;

	cert_change_put_what(row, cert, &what);
	e = buf_err(&what, ei);
	if (e == ERR_OK) {
		e = notice_add(r->notices, u,
		    &(struct notice){
			.phone = row->phone,
			.email = row->email,
			.lang = lang,
			.message = changes[event].message,
			.what = buf_cstr(&what),
			.about = cert->id,
		    },
		    ei);
	}
	buf_clear(&what);
	return e;
}

enum err
cert_change_tell(struct registry *r, struct unit *u, enum cert_event event,
    const struct certificate *cert, enum lang lang, struct errinfo *ei)
{
	struct form_list list;
	struct errinfo untold;
	enum err e =
	    form_row_get(r, FORM_ROW_CERTIFICATE, &cert->id, &list, ei);

	if (e != ERR_OK || list.num == 0 || r->notices == NULL) {
		if (e == ERR_OK) {
			form_list_clear(&list);
		}
		return e;
	}
	e = add_notice(r, u, event, cert, &list.at[0], lang, &untold);
	form_list_clear(&list);
	if (e == ERR_AGAIN) {
		return ERR_OK;
	}
	if (e != ERR_OK) {
		*ei = untold;
	}
	return e;
}
