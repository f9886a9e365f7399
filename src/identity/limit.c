/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/limit.h"

#include "base/buf.h"
#include "crypto/hash.h"
#include "store/store.h"

enum {
	KEEP_SEC = 2 * 86400
};

static enum err
bucket_of(const struct limit *l, struct slice key,
    uint8_t out[LIMIT_BUCKET_SIZE], struct errinfo *ei)
{
	struct buf b = BUF_INIT(4096);
	enum err err;

	buf_add_str(&b, "surguch limit 1");
	buf_add_u8(&b, 0);
	buf_add_str(&b, l->name);
	buf_add_u8(&b, 0);
	buf_add(&b, key);
	err = sha256_of_buf(&b, out, ei);
	buf_clear(&b);
	return err;
}

/* Windows begin at multiples of their length, before 1970 too. */
static int64_t
window_of(const struct limit *l, int64_t now_sec)
{
	int64_t rest = now_sec % l->window_sec;

	return now_sec - (rest < 0 ? rest + l->window_sec : rest);
}

enum err
limit_slot_init(const struct limit *l, struct slice key, int64_t now_sec,
    struct limit_slot *out, struct errinfo *ei)
{
	struct limit_slot slot = {0};
	enum err err;

	ensure(l->window_sec > 0 && l->parts <= LIMIT_PARTS_MAX);
	slot.window_at = window_of(l, now_sec);
	slot.ends_at = slot.window_at + l->window_sec * (1 + (int64_t)l->parts);
	slot.left = l->max;
	slot.room = l->max;
	err = bucket_of(l, key, slot.bucket, ei);
	if (err == ERR_OK) {
		*out = slot;
	}
	return err;
}

enum err
limit_look(struct store *s, const struct limit *l, struct slice key,
    int64_t now_sec, struct limit_slot *out, struct errinfo *ei)
{
	struct limit_slot slot;
	struct rows *rows = NULL;
	uint64_t before = 0;
	uint64_t now = 0;
	uint64_t used;
	enum err err;
	size_t i;

	err = limit_slot_init(l, key, now_sec, &slot, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = store_query(s, ST_LIMIT_USED, &rows, ei,
	    V_BLOB(slice_make(slot.bucket, sizeof(slot.bucket))),
	    V_INT(slot.window_at - l->window_sec * (int64_t)l->parts),
	    V_INT(LIMIT_PARTS_MAX + 1));
	if (err != ERR_OK) {
		return err;
	}
	for (i = 0; i < rows_num(rows); i++) {
		used = (uint64_t)rows_int(rows, i, 1);
		/* A clock that went back counts what it finds ahead, too. */
		if (rows_int(rows, i, 0) == slot.window_at) {
			now = used;
		} else {
			before += used;
		}
	}
	rows_free(rows);
	slot.room = before < l->max ? l->max - (unsigned)before : 0;
	slot.left = now < slot.room ? slot.room - (unsigned)now : 0;
	slot.used =
	    before + now < UINT32_MAX ? (unsigned)(before + now) : UINT32_MAX;
	*out = slot;
	return ERR_OK;
}

void
limit_add(struct unit *u, const struct limit_slot *slot)
{
	ensure(slot->left > 0);
	unit_add(u, ST_LIMIT_TAKE, EXPECT(1),
	    V_BLOB(slice_make(slot->bucket, sizeof(slot->bucket))),
	    V_INT(slot->window_at), V_INT(slot->ends_at), V_INT(slot->room));
}

void
limit_add_return(struct unit *u, const struct limit_slot *slot)
{
	unit_add(u, ST_LIMIT_RETURN, EXPECT_ANY,
	    V_BLOB(slice_make(slot->bucket, sizeof(slot->bucket))),
	    V_INT(slot->window_at));
}

enum err
limit_sweep(struct store *s, int64_t now_sec, struct errinfo *ei)
{
	struct unit u;
	enum err err;

	unit_init(&u);
	unit_add(&u, ST_LIMIT_PURGE, EXPECT_ANY, V_INT(now_sec - KEEP_SEC));
	err = store_submit(s, &u, NULL, ei);
	unit_clear(&u);
	return err;
}
