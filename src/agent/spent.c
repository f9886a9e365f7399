/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/spent.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/text.h"
#include "os/file.h"
#include "x509/page_order.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	FILE_MAX = AGENT_SPENT_MAX * 128,
	FILE_MODE = 0600,
};

struct used {
	uint8_t nonce[PAGE_ORDER_ID];
	int64_t until;
};

struct spent {
	char path[PATH_TEXT_SIZE];
	pthread_mutex_t lock;
	struct used used[AGENT_SPENT_MAX];
	size_t num;
};

static enum err
take_one(struct spent *s, const struct json *from, struct errinfo *ei)
{
	struct used *u = &s->used[s->num];
	const char *nonce = NULL;
	enum err e =
	    json_get_text(from, "nonce", 2 * sizeof(u->nonce), &nonce, ei);

	if (e == ERR_OK) {
		e = json_get_int(from, "until", 0, INT64_MAX, &u->until, ei);
	}
	if (e == ERR_OK &&
	    !text_unhex(slice_str(nonce), u->nonce, sizeof(u->nonce))) {
		e = err_set(ei, ERR_FORMAT, "order.used", NULL,
		    "the list of used orders is damaged");
	}
	s->num += e == ERR_OK;
	return e;
}

static enum err
load(struct spent *s, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	const struct json *list = NULL, *one = NULL;
	struct json *root = NULL;
	enum err e;

	if (!file_exists(s->path)) {
		return ERR_OK;
	}
	e = file_read(s->path, FILE_MAX, &text, ei);
	if (e == ERR_OK) {
		e = json_parse(buf_slice(&text), FILE_MAX, &root, ei);
	}
	if (e == ERR_OK) {
		e = json_get_array(root, "used", AGENT_SPENT_MAX, &list, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_len(list); i++) {
		e = json_item_object(list, i, &one, ei);
		if (e == ERR_OK) {
			e = take_one(s, one, ei);
		}
	}
	json_free(root);
	buf_clear(&text);
	return e;
}

enum err
spent_open(const char *home, struct spent **out, struct errinfo *ei)
{
	struct spent *s = calloc(1, sizeof(*s));
	enum err e;

	if (s == NULL) {
		return err_nomem(ei);
	}
	if (pthread_mutex_init(&s->lock, NULL) != 0) {
		free(s);
		return err_nomem(ei);
	}
	e = path_join(s->path, home, "orders-used.json", ei);
	if (e == ERR_OK) {
		e = load(s, ei);
	}
	if (e != ERR_OK) {
		spent_free(s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
spent_free(struct spent *s)
{
	if (s != NULL) {
		(void)pthread_mutex_destroy(&s->lock);
		free(s);
	}
}

static void
forget_expired(struct spent *s, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->num; i++) {
		if (s->used[i].until >= now) {
			s->used[kept++] = s->used[i];
		}
	}
	s->num = kept;
}

static enum err
save(const struct spent *s, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	struct json_writer w;
	enum err e;

	json_writer_init(&w, &text);
	json_open_object(&w, NULL);
	json_open_array(&w, "used");
	for (size_t i = 0; i < s->num; i++) {
		json_open_object(&w, NULL);
		json_put_hex(&w, "nonce",
		    slice_make(s->used[i].nonce, sizeof(s->used[i].nonce)));
		json_put_int(&w, "until", s->used[i].until);
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = file_write_atomic(s->path, buf_slice(&text), FILE_MODE, ei);
	}
	buf_clear(&text);
	return e;
}

static enum err
use(struct spent *s, struct slice nonce, int64_t until, int64_t now,
    struct errinfo *ei)
{
	enum err e;

	forget_expired(s, now);
	for (size_t i = 0; i < s->num; i++) {
		if (memcmp(s->used[i].nonce, nonce.p, PAGE_ORDER_ID) == 0) {
			return err_set(ei, ERR_CONFLICT, "order.replayed", NULL,
			    "this order was used before");
		}
	}
	if (s->num == AGENT_SPENT_MAX) {
		return err_set(ei, ERR_LIMIT, "order.many", NULL,
		    "%d orders were used within a few minutes; wait a little",
		    (int)AGENT_SPENT_MAX);
	}
	memcpy(s->used[s->num].nonce, nonce.p, PAGE_ORDER_ID);
	s->used[s->num++].until = until;
	e = save(s, ei);
	if (e != ERR_OK) {
		s->num--;
	}
	return e;
}

enum err
spent_use(struct spent *s, struct slice nonce, int64_t until, int64_t now,
    struct errinfo *ei)
{
	enum err e;

	ensure(nonce.len == PAGE_ORDER_ID);
	(void)pthread_mutex_lock(&s->lock);
	e = use(s, nonce, until, now, ei);
	(void)pthread_mutex_unlock(&s->lock);
	return e;
}
