/* SPDX-License-Identifier: Apache-2.0 */
/* The audit chain: hashing, going on, beginning. */
#include "store/audit.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "os/random.h"
#include "os/systime.h"
#include "store/audit_priv.h"
#include "store/backend.h"

enum {
	ENCODED_MAX = 3 * (AUDIT_TEXT_MAX + 4) + AUDIT_DETAIL_MAX + 256,
};

static const char domain[] = "surguch audit 1";
static const char writer_key[] = "audit.writer";

bool
audit_position_eq(
    const struct audit_position *a, const struct audit_position *b)
{
	return id_eq(&a->writer, &b->writer) && a->number == b->number &&
	       memcmp(a->hash, b->hash, sizeof(a->hash)) == 0;
}

static void
put_text(struct buf *b, const char *text)
{
	struct slice s = slice_str(text);

	buf_add_u32(b, (uint32_t)s.len);
	buf_add(b, s);
}

enum err
audit_hash(const struct audit_position *previous,
    const struct audit_event *event, uint8_t out[AUDIT_HASH_SIZE],
    struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	struct buf b = BUF_INIT(ENCODED_MAX);
	enum err err;

	buf_add(&b, SLICE_LIT(domain));
	buf_add(&b, slice_make(previous->hash, sizeof(previous->hash)));
	buf_add(&b, id_slice(&previous->writer));
	buf_add_u64(&b, previous->number + 1);
	buf_add_u64(&b, (uint64_t)event->at);
	put_text(&b, event->actor);
	put_text(&b, event->action);
	put_text(&b, event->object);
	buf_add_u8(&b, event->detail != NULL);
	if (event->detail != NULL) {
		put_text(&b, event->detail);
	}
	err = buf_err(&b, ei);
	if (err == ERR_OK) {
		err = hash_of(HASH_SHA256, buf_slice(&b), digest, ei);
	}
	if (err == ERR_OK) {
		memcpy(out, digest, AUDIT_HASH_SIZE);
	}
	buf_clear(&b);
	return err;
}

enum err
audit_next(struct audit_position *chain, const struct audit_event *event,
    struct value out[AUDIT_VALUES], struct errinfo *ei)
{
	uint8_t hash[AUDIT_HASH_SIZE];
	enum err err;

	err = audit_hash(chain, event, hash, ei);
	if (err != ERR_OK) {
		return err;
	}
	chain->number++;
	memcpy(chain->hash, hash, sizeof(hash));
	out[0] = V_ID(&chain->writer);
	out[1] = V_INT(chain->number);
	out[2] = V_INT(event->at);
	out[3] = V_TEXT(event->actor);
	out[4] = V_TEXT(event->action);
	out[5] = V_TEXT(event->object);
	out[6] = V_TEXT(event->detail);
	out[7] = V_BLOB(slice_make(chain->hash, sizeof(chain->hash)));
	return ERR_OK;
}

static enum err
load_writer(
    struct backend_conn *c, struct id *out, bool *out_found, struct errinfo *ei)
{
	const struct value name = V_TEXT(writer_key);
	struct rows *rows = NULL;
	enum err err;

	*out_found = false;
	err = c->ops->query(c, ST_META_GET, &name, 1, &rows, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (rows_num(rows) == 1) {
		if (id_from_slice(rows_blob(rows, 0, 0), out)) {
			*out_found = true;
		} else {
			err = err_set(ei, ERR_STORE, "store.corrupt", NULL,
			    "The audit writer's id is damaged.");
		}
	}
	rows_free(rows);
	return err;
}

enum err
audit_resume(
    struct backend_conn *c, struct audit_position *chain, struct errinfo *ei)
{
	const struct value writer = V_ID(&chain->writer);
	struct rows *rows = NULL;
	struct slice hash;
	enum err err;

	err = c->ops->query(c, ST_AUDIT_LAST, &writer, 1, &rows, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (rows_num(rows) == 1) {
		hash = rows_blob(rows, 0, 1);
		if (hash.len == sizeof(chain->hash)) {
			chain->number = (uint64_t)rows_int(rows, 0, 0);
			memcpy(chain->hash, hash.p, hash.len);
		} else {
			err = err_set(ei, ERR_STORE, "store.corrupt", NULL,
			    "The last audit record is damaged.");
		}
	}
	rows_free(rows);
	return err;
}

/* What a new chain says of the one before, so that its end is on record. */
static void
put_previous(struct buf *b, const struct audit_position *previous)
{
	char writer[ID_TEXT_SIZE];

	id_text(&previous->writer, "aud", writer);
	buf_printf(b, "{\"previous\":\"%s\",\"number\":%llu,\"hash\":\"",
	    writer, (unsigned long long)previous->number);
	text_hex(b, slice_make(previous->hash, sizeof(previous->hash)));
	buf_add_str(b, "\"}");
}

static enum err
write_begin(struct backend_conn *c, struct audit_position *chain,
    const struct audit_event *event, struct errinfo *ei)
{
	const struct value meta[] = {
	    V_TEXT(writer_key), V_BLOB(id_slice(&chain->writer))};
	struct value values[AUDIT_VALUES];
	enum err err;

	err =
	    c->ops->exec(c, ST_META_SET, EXPECT(1), meta, ARRAY_LEN(meta), ei);
	if (err == ERR_OK) {
		err = audit_next(chain, event, values, ei);
	}
	if (err == ERR_OK) {
		err = c->ops->exec(c, ST_AUDIT_INSERT, EXPECT(1), values,
		    ARRAY_LEN(values), ei);
	}
	return err;
}

enum err
audit_begin(struct backend_conn *c, const struct id *writer,
    struct audit_position *chain, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct audit_event event = {.actor = "system", .action = "audit.begin"};
	struct audit_position begun = {.writer = *writer};
	char object[ID_TEXT_SIZE];
	struct buf detail = BUF_INIT(AUDIT_DETAIL_MAX);
	enum err err;

	id_text(&begun.writer, "aud", object);
	event.at = clock_utc_sec(&clock);
	event.object = object;
	if (chain->number > 0) {
		put_previous(&detail, chain);
		event.detail = buf_cstr(&detail);
	}
	err = buf_err(&detail, ei);
	if (err == ERR_OK) {
		err = write_begin(c, &begun, &event, ei);
	}
	if (err == ERR_OK) {
		*chain = begun;
	}
	buf_clear(&detail);
	return err;
}

/* The first chain of a new database. */
static enum err
begin_first(
    struct backend_conn *c, struct audit_position *out, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct audit_position chain = {0};
	struct id writer;
	enum err err;

	err = id_new(&clock, &writer, ei);
	if (err == ERR_OK) {
		err = c->ops->begin(c, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	err = audit_begin(c, &writer, &chain, ei);
	if (err == ERR_OK) {
		err = c->ops->commit(c, ei);
	}
	if (err != ERR_OK) {
		c->ops->rollback(c);
		return err;
	}
	*out = chain;
	return ERR_OK;
}

enum err
audit_open(
    struct backend_conn *c, struct audit_position *out, struct errinfo *ei)
{
	struct audit_position chain = {0};
	bool found;
	enum err err;

	err = load_writer(c, &chain.writer, &found, ei);
	if (err == ERR_OK && found) {
		err = audit_resume(c, &chain, ei);
	}
	if (err != ERR_OK) {
		return err;
	}
	if (!found) {
		return begin_first(c, out, ei);
	}
	*out = chain;
	return ERR_OK;
}
