/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/notice.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/sms.h"
#include "ipc/courier_msg.h"
#include "os/random.h"
#include "store/store.h"

struct notices {
	const struct clock *clock;
	const char *centre;
	pthread_mutex_t lock;
	bool has_key;
	bool mail;
	uint8_t key[COURIER_KEY_SIZE];
};

enum err
notices_new(const struct clock *clock, const char *centre, struct notices **out,
    struct errinfo *ei)
{
	struct notices *n = calloc(1, sizeof(*n));

	if (n == NULL) {
		return err_nomem(ei);
	}
	n->clock = clock;
	n->centre = centre;
	(void)pthread_mutex_init(&n->lock, NULL);
	*out = n;
	return ERR_OK;
}

void
notices_free(struct notices *n)
{
	if (n != NULL) {
		(void)pthread_mutex_destroy(&n->lock);
		free(n);
	}
}

void
notices_set_courier(struct notices *n, const uint8_t key[32], bool mail)
{
	(void)pthread_mutex_lock(&n->lock);
	memcpy(n->key, key, sizeof(n->key));
	n->has_key = true;
	n->mail = mail;
	(void)pthread_mutex_unlock(&n->lock);
}

static enum err
courier_key(struct notices *n, uint8_t out[COURIER_KEY_SIZE], bool *out_mail,
    struct errinfo *ei)
{
	bool has;

	(void)pthread_mutex_lock(&n->lock);
	has = n->has_key;
	*out_mail = n->mail;
	memcpy(out, n->key, COURIER_KEY_SIZE);
	(void)pthread_mutex_unlock(&n->lock);
	return has ? ERR_OK
		   : err_set(ei, ERR_AGAIN, "notice.courier", NULL,
			 "the part of the centre that sends messages has "
			 "not started yet");
}

/* A row of the outbox.  A mail has no area: it costs nothing by number. */
static void
add_row(struct unit *u, const struct notice *what, enum courier_kind kind,
    const struct id *row, const struct buf *sealed, int64_t now)
{
	bool mail = kind == COURIER_MAIL;
	char area[SMS_AREA_SIZE];

	sms_area(what->phone, area);
	unit_add(u, ST_OUTBOX_INSERT, EXPECT(1), V_ID(row),
	    V_TEXT(mail ? "mail" : "sms"), V_TEXT(message_name(what->message)),
	    V_TEXT(mail ? what->email : what->phone), V_BLOB(buf_slice(sealed)),
	    V_ID(&what->about), V_INT(now), V_INT(now + NOTICE_LIFE_SEC),
	    V_INT(now), mail ? V_NULL : V_TEXT(area),
	    V_INT(MESSAGE_RANK_ANYBODY), V_NULL);
}

static enum err
add_one(struct notices *n, struct unit *u, const struct notice *what,
    const uint8_t key[COURIER_KEY_SIZE], enum courier_kind kind,
    struct errinfo *ei)
{
	struct buf sealed = BUF_INIT(COURIER_SEALED_MAX);
	struct id row;
	enum err e = id_new(n->clock, &row, ei);

	if (e == ERR_OK) {
		e = message_seal(
		    &(struct message_letter){
			.courier = key,
			.outbox = &row,
			.kind = kind,
			.to = kind == COURIER_MAIL ? what->email : what->phone,
			.lang = what->lang,
			.message = what->message,
			.values = {.code = what->code,
			    .what = what->what,
			    .when = what->when,
			    .where = what->where,
			    .centre = n->centre},
		    },
		    &sealed, ei);
	}
	if (e == ERR_OK) {
		add_row(u, what, kind, &row, &sealed, clock_utc_sec(n->clock));
	}
	buf_clear(&sealed);
	return e;
}

enum err
notice_add(struct notices *n, struct unit *u, const struct notice *what,
    struct errinfo *ei)
{
	uint8_t key[COURIER_KEY_SIZE];
	bool mail;
	enum err e = courier_key(n, key, &mail, ei);

	if (e == ERR_OK) {
		e = add_one(n, u, what, key, COURIER_SMS, ei);
	}
	if (e == ERR_OK && mail && what->email != NULL &&
	    what->email[0] != '\0' && message_has_mail(what->message)) {
		e = add_one(n, u, what, key, COURIER_MAIL, ei);
	}
	return e;
}
