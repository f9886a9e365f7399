/* SPDX-License-Identifier: Apache-2.0 */
#include "container/pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "container/container_priv.h"
#include "container/storage.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "os/random.h"

enum {
	PAIRS_MAX = 64,
	NAME_BYTES = 16,
	ID_BYTES = (CONTAINER_ID_SIZE - 1) / 2,
};

static const char pair_prefix[] = "pair:";
static const char file_prefix[] = "file:";
static const char meta_name[] = "meta.json";

/* --- places ----------------------------------------------------------------
 */

static void
put_place(char out[PAIR_PLACE_SIZE], const char *prefix, const char *name)
{
	(void)snprintf(out, PAIR_PLACE_SIZE, "%s%s", prefix, name);
}

static void
place_of_id(struct slice id, char out[PAIR_PLACE_SIZE])
{
	struct buf hex = BUF_INIT(2 * TOKEN_ID_MAX + 1);

	text_hex(&hex, id);
	put_place(out, pair_prefix, buf_cstr(&hex));
	buf_clear(&hex);
}

enum err
pair_place_new(bool pair, char out[PAIR_PLACE_SIZE], struct errinfo *ei)
{
	uint8_t bytes[NAME_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	if (e == ERR_OK) {
		place_of_id(slice_make(bytes, sizeof(bytes)), out);
	}
	if (e == ERR_OK && !pair) {
		memcpy(out, file_prefix, sizeof(file_prefix) - 1);
	}
	return e;
}

/* What stands behind a prefix; NULL: another sort of place. */
static const char *
name_in(const char *place, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(place, prefix, len) == 0 ? place + len : NULL;
}

static bool
id_in(const char *place, uint8_t out[TOKEN_ID_MAX], size_t *out_len)
{
	const char *hex = name_in(place, pair_prefix);

	*out_len = hex != NULL ? strlen(hex) / 2 : 0;
	return *out_len > 0 && *out_len <= TOKEN_ID_MAX &&
	       text_unhex(slice_str(hex), out, *out_len);
}

static enum err
none(const char *place, struct errinfo *ei)
{
	return err_object(ei,
	    err_set(ei, ERR_NOTFOUND, "container.none", NULL,
		"there is no such key container on the token"),
	    place);
}

/* --- what there is ----------------------------------------------------------
 */

static enum err
put_info(const struct token_pair *pair, struct container_info *out,
    struct errinfo *ei)
{
	struct container_info info = {.form = CONTAINER_PAIR,
	    .stays = true,
	    .has_cert = pair->cert.len > 0};
	struct buf hex = BUF_INIT(CONTAINER_ID_SIZE);
	uint8_t sha[SHA256_SIZE];
	enum err e = sha256_of(buf_slice(&pair->spki), sha, ei);

	if (e == ERR_OK) {
		text_hex(&hex, slice_make(sha, ID_BYTES));
		(void)snprintf(info.id, sizeof(info.id), "%s", buf_cstr(&hex));
		(void)snprintf(
		    info.label, sizeof(info.label), "%s", pair->label);
		(void)snprintf(info.spec, sizeof(info.spec), "%s", pair->spec);
		*out = info;
	}
	buf_clear(&hex);
	return e;
}

static enum err
add_entry(struct container_entry *list, size_t *num, const char *place,
    struct errinfo *ei)
{
	list[*num].name = slice_dup_str(slice_str(place));
	return list[*num].name != NULL ? ERR_OK : err_nomem(ei);
}

static enum err
list_pairs(struct token *t, struct container_entry *list, size_t *num,
    struct errinfo *ei)
{
	struct token_pair pairs[PAIRS_MAX];
	char place[PAIR_PLACE_SIZE];
	size_t num_pairs = 0;
	enum err e = token_pairs(t, pairs, PAIRS_MAX, &num_pairs, ei);

	for (size_t i = 0; i < num_pairs && e == ERR_OK; i++) {
		place_of_id(slice_make(pairs[i].id, pairs[i].id_len), place);
		e = add_entry(list, num, place, ei);
		if (e == ERR_OK) {
			e = put_info(&pairs[i], &list[(*num)++].info, ei);
		}
	}
	token_pairs_clear(pairs, num_pairs);
	return e;
}

static enum err
list_files(struct token *t, struct container_entry *list, size_t *num,
    struct errinfo *ei)
{
	char(*names)[TOKEN_NAME_SIZE] = calloc(PAIRS_MAX, sizeof(*names));
	char place[PAIR_PLACE_SIZE];
	size_t num_names = 0;
	enum err e = names == NULL ? err_nomem(ei)
				   : token_folders(t, meta_name, names,
					 PAIRS_MAX, &num_names, ei);

	for (size_t i = 0; i < num_names && e == ERR_OK; i++) {
		struct container_entry *entry = &list[*num];

		put_place(place, file_prefix, names[i]);
		e = add_entry(list, num, place, ei);
		if (e == ERR_OK) {
			(*num)++;
			/* One that cannot be read is listed with the reason. */
			if (pair_peek(t, place, &entry->info, NULL,
				&entry->problem) == ERR_OK) {
				entry->problem = (struct errinfo){0};
			}
		}
	}
	free(names);
	return e;
}

enum err
pair_list(struct token *t, struct container_entry **out, size_t *out_num,
    struct errinfo *ei)
{
	struct container_entry *list =
	    calloc((size_t)2 * PAIRS_MAX, sizeof(*list));
	size_t num = 0;
	enum err e;

	if (list == NULL) {
		return err_nomem(ei);
	}
	e = list_pairs(t, list, &num, ei);
	if (e == ERR_OK) {
		e = list_files(t, list, &num, ei);
	}
	if (e != ERR_OK) {
		container_list_free(list, num);
		return e;
	}
	*out = list;
	*out_num = num;
	return ERR_OK;
}

/* The pair of this id; the caller clears it. */
static enum err
find_pair(struct token *t, const char *place, struct token_pair *out,
    struct errinfo *ei)
{
	struct token_pair pairs[PAIRS_MAX];
	char other[PAIR_PLACE_SIZE];
	size_t num = 0;
	enum err e = token_pairs(t, pairs, PAIRS_MAX, &num, ei);
	bool found = false;

	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		place_of_id(slice_make(pairs[i].id, pairs[i].id_len), other);
		if (!found && strcmp(other, place) == 0) {
			found = true;
			*out = pairs[i];
		} else {
			token_pairs_clear(&pairs[i], 1);
		}
	}
	return e != ERR_OK || found ? e : none(place, ei);
}

static enum err
peek_files(struct token *t, const char *name, struct container_info *out,
    struct buf *out_cert, struct errinfo *ei)
{
	struct storage *at = NULL;
	enum err e = storage_token(t, name, &at, ei);

	if (e == ERR_OK) {
		e = container_peek_in(at, out, ei);
	}
	if (e == ERR_OK && out_cert != NULL) {
		e = container_peek_cert_in(at, out_cert, ei);
	}
	storage_free(at);
	return e;
}

enum err
pair_peek(struct token *t, const char *place, struct container_info *out,
    struct buf *out_cert, struct errinfo *ei)
{
	const char *name = name_in(place, file_prefix);
	struct token_pair pair;
	enum err e;

	if (name != NULL) {
		return peek_files(t, name, out, out_cert, ei);
	}
	e = find_pair(t, place, &pair, ei);
	if (e != ERR_OK) {
		return e;
	}
	e = put_info(&pair, out, ei);
	if (e == ERR_OK && out_cert != NULL) {
		buf_add(out_cert, buf_slice(&pair.cert));
		e = buf_err(out_cert, ei);
	}
	token_pairs_clear(&pair, 1);
	return e;
}

/* --- open ones
 * ---------------------------------------------------------------- */

static enum err
open_pair(struct token *t, const char *place, struct container **out,
    struct errinfo *ei)
{
	struct container *c = NULL;
	struct token_pair pair;
	enum err e = find_pair(t, place, &pair, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = container_new_take(NULL, &c, ei);
	if (e == ERR_OK) {
		e = put_info(&pair, &c->meta.info, ei);
	}
	if (e == ERR_OK) {
		memcpy(c->pair_id, pair.id, pair.id_len);
		c->pair_id_len = pair.id_len;
		buf_add(&c->cert, buf_slice(&pair.cert));
		e = buf_err(&c->cert, ei);
	}
	if (e == ERR_OK) {
		e = token_privkey(t, slice_make(pair.id, pair.id_len),
		    buf_slice(&pair.spki), &c->key, ei);
	}
	token_pairs_clear(&pair, 1);
	if (e != ERR_OK) {
		container_free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

enum err
container_pair_install(
    struct container *c, struct slice der, struct errinfo *ei)
{
	enum err e =
	    token_cert_write(c->token, slice_make(c->pair_id, c->pair_id_len),
		c->meta.info.label, der, ei);

	if (e == ERR_OK) {
		c->meta.info.has_cert = true;
	}
	return e;
}

static enum err
make_pair(struct token *t, const char *place, const struct container_options *o,
    struct container **out, struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	uint8_t id[TOKEN_ID_MAX];
	size_t id_len;
	enum err e;

	if (o->key != NULL || !id_in(place, id, &id_len)) {
		return err_set(ei, ERR_UNSUPPORTED, "token.import", NULL,
		    "an active token makes its keys itself; a ready one is "
		    "not put into it");
	}
	e = token_make_pair(
	    t, slice_make(id, id_len), o->label, o->spec, &spki, ei);
	buf_clear(&spki);
	return e != ERR_OK ? e : open_pair(t, place, out, ei);
}

static enum err
make_files(struct token *t, const char *name, const struct container_options *o,
    struct container **out, struct errinfo *ei)
{
	static const char *const names[] = {"meta.json", "cert.der", "key.p8"};
	struct storage *at = NULL;
	enum err e = storage_token(t, name, &at, ei);

	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		storage_remove(at, names[i]);
	}
	return container_create_in(at, o, out, ei);
}

/* The container has the token, or nobody has it. */
static enum err
settle(
    struct token *take, enum err e, struct container *c, struct container **out)
{
	if (e != ERR_OK) {
		token_free(take);
		return e;
	}
	c->token = take;
	*out = c;
	return ERR_OK;
}

enum err
pair_create(struct token *take, const char *place,
    const struct container_options *options, struct container **out,
    struct errinfo *ei)
{
	const char *name = name_in(place, file_prefix);
	struct container *c = NULL;
	enum err e = name != NULL ? make_files(take, name, options, &c, ei)
				  : make_pair(take, place, options, &c, ei);

	return settle(take, e, c, out);
}

enum err
pair_open(struct token *take, const char *place, struct slice password,
    struct container **out, struct errinfo *ei)
{
	const char *name = name_in(place, file_prefix);
	struct storage *at = NULL;
	struct container *c = NULL;
	enum err e;

	if (name == NULL) {
		e = open_pair(take, place, &c, ei);
	} else {
		e = storage_token(take, name, &at, ei);
		if (e == ERR_OK) {
			e = container_open_in(at, password, &c, ei);
		}
	}
	return settle(take, e, c, out);
}
