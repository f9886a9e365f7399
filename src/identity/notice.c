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
notices_set_courier(struct notices *n, const uint8_t key[32])
{
	(void)pthread_mutex_lock(&n->lock);
	memcpy(n->key, key, sizeof(n->key));
	n->has_key = true;
	(void)pthread_mutex_unlock(&n->lock);
}

static enum err
courier_key(
    struct notices *n, uint8_t out[COURIER_KEY_SIZE], struct errinfo *ei)
{
	bool has;

	(void)pthread_mutex_lock(&n->lock);
	has = n->has_key;
	memcpy(out, n->key, COURIER_KEY_SIZE);
	(void)pthread_mutex_unlock(&n->lock);
	return has ? ERR_OK
		   : err_set(ei, ERR_AGAIN, "notice.courier", NULL,
			 "the part of the centre that sends messages has "
			 "not started yet");
}

enum err
notice_add(struct notices *n, struct unit *u, const struct notice *what,
    struct errinfo *ei)
{
	uint8_t key[COURIER_KEY_SIZE];
	struct buf sealed = BUF_INIT(COURIER_SEALED_MAX);
	int64_t now = clock_utc_sec(n->clock);
	struct id row;
	char area[SMS_AREA_SIZE];
	enum err e = id_new(n->clock, &row, ei);

	if (e == ERR_OK) {
		e = courier_key(n, key, ei);
	}
	if (e == ERR_OK) {
		e = message_seal(
		    &(struct message_letter){
			.courier = key,
			.outbox = &row,
			.phone = what->phone,
			.lang = what->lang,
			.message = what->message,
			.values = {.what = what->what, .centre = n->centre},
		    },
		    &sealed, ei);
	}
	if (e == ERR_OK) {
		sms_area(what->phone, area);
		unit_add(u, ST_OUTBOX_INSERT, EXPECT(1), V_ID(&row),
		    V_TEXT("sms"), V_TEXT(message_name(what->message)),
		    V_TEXT(what->phone), V_BLOB(buf_slice(&sealed)),
		    V_ID(&what->about), V_INT(now),
		    V_INT(now + NOTICE_LIFE_SEC), V_INT(now), V_TEXT(area),
		    V_INT(MESSAGE_RANK_ANYBODY), V_NULL);
	}
	buf_clear(&sealed);
	return e;
}
