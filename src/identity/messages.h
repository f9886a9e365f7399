/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IDENTITY_MESSAGES_H
#define SURGUCH_IDENTITY_MESSAGES_H
/*
 * The texts that the centre sends, one dictionary per language.  Every
 * message with a code names the act that the code allows (design rule 6).
 * Placeholders are {code}, {what}, {minutes}, {when}, {where}, {centre}; a
 * value is put in as it is, after refusing control characters.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"
#include "ipc/courier_msg.h"

enum lang {
	LANG_RU,
	LANG_EN,
	LANG_MAX_
};

enum message {
	MESSAGE_SIGNIN,           /* code, minutes */
	MESSAGE_CONFIRM_REQUEST,  /* what = owner of the certificate */
	MESSAGE_STOP_CERTIFICATE, /* what = owner and serial */
	MESSAGE_CHANGE_PHONE,
	MESSAGE_PHONE_CHANGED,  /* to the old phone; no code */
	MESSAGE_PHONE_CHANGING, /* to the old phone: when, where, code */
	MESSAGE_PHONE_CERTAIN,  /* to the old phone, which refused before: when
				 */
	MESSAGE_PHONE_SOON,     /* to both: when */
	MESSAGE_PHONE_DONE,     /* to the new phone; no code */
	MESSAGE_ISSUED,         /* what = owner; no code */
	MESSAGE_REVOKED,        /* what = owner; no code */
	MESSAGE_HELD,           /* what = owner; no code */
	MESSAGE_RELEASED,       /* what = owner; no code */
	MESSAGE_MAX_
};

/* Who is served last when money runs out (roles/front_guard.h). */
enum message_rank {
	MESSAGE_RANK_STRANGER, /* a number that stands in no form */
	MESSAGE_RANK_ANYBODY,
	MESSAGE_RANK_KNOWN, /* asked for in a session, or from a browser that
			     * signed in with this phone before */
};

struct message_values {
	const char *code; /* NULL where the message has none */
	const char *what;
	const char *minutes;
	const char *when;
	const char *where; /* the address of a page */
	const char *centre;
};

enum {
	MESSAGE_BYTES_MAX = 4096
};

/* "ru", "en", longer tags by their first part; anything else is LANG_RU. */
enum lang lang_from_slice(struct slice tag);
const char *lang_name(enum lang lang); /* "ru" */
/* The act's stable name ("signin", "request.confirm") for logs and tests. */
const char *message_name(enum message m);
/*
 * Append the finished text to `out` (which holds a code: wipe it).
 * ERR_FORMAT "message.value" when a value that the text needs is absent or
 * is not clean text.
 */
ATTR_MUST_USE enum err message_text(enum lang lang, enum message m,
    const struct message_values *v, struct buf *out, struct errinfo *ei);

/*
 * Does it go by mail too?  Then in other words, without any code: a code proves
 * that somebody holds the phone, and mail is read by others and kept.
 */
bool message_has_mail(enum message m);
/* Append the mail: its subject, which names nobody, a line end, its text.  No
 * code is put in, whatever *v holds.  Errors of message_text(); ERR_INTERNAL
 * where it has none. */
ATTR_MUST_USE enum err message_mail(enum lang lang, enum message m,
    const struct message_values *v, struct buf *out, struct errinfo *ei);

/* An SMS or a mail for one row of the outbox and one address, which nobody but
 * courier can put elsewhere.  courier: its public key. */
struct message_letter {
	const uint8_t *courier; /* COURIER_KEY_SIZE bytes */
	const struct id *outbox;
	enum courier_kind kind;
	const char *to;
	enum lang lang;
	enum message message;
	struct message_values values;
};
/* Append the letter's text, sealed; at most COURIER_SEALED_MAX bytes.  Errors
 * of message_text(). */
ATTR_MUST_USE enum err message_seal(
    const struct message_letter *l, struct buf *out, struct errinfo *ei);

#endif
