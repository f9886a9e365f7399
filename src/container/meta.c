/* SPDX-License-Identifier: Apache-2.0 */
#include "container/meta_priv.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	FORMAT = 1,
	HEX_MAX = 2 * META_DIGEST,
	CANONICAL_MAX = 4096
};

/* --- what is summed and signed -------------------------------------------- */

static void
put_field(struct buf *b, struct slice s)
{
	buf_add_u32(b, (uint32_t)s.len);
	buf_add(b, s);
}

/* Every value under its length, in one order, so that how the JSON is spelled
 * does not matter. */
static void
canonical(struct buf *b, const struct meta *m)
{
	const struct container_info *i = &m->info;

	put_field(b, SLICE_LIT("surguch container"));
	buf_add_u32(b, FORMAT);
	put_field(b, slice_str(i->id));
	put_field(b, slice_str(i->label));
	put_field(b, slice_str(i->spec));
	buf_add_u64(b, (uint64_t)i->created);
	buf_add_u8(b, i->has_password);
	put_field(b, slice_make(m->key_sha, META_DIGEST));
	put_field(b, slice_make(m->cert_sha, i->has_cert ? META_DIGEST : 0));
	put_field(b, slice_make(m->next_sha, m->has_next ? META_DIGEST : 0));
	if (i->has_password) {
		buf_add_u32(b, m->iterations);
		put_field(b, slice_make(m->salt, META_SALT));
		put_field(b, slice_make(m->check, META_DIGEST));
	}
}

enum err
meta_mac(const struct meta *m, struct slice mac_key, uint8_t out[META_DIGEST],
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(CANONICAL_MAX);
	enum err e;

	canonical(&b, m);
	if ((e = buf_err(&b, ei)) == ERR_OK) {
		e = hmac_sha256(mac_key, buf_slice(&b), out, ei);
	}
	buf_clear(&b);
	return e;
}

static enum err
meta_sum(const struct meta *m, uint8_t out[META_DIGEST], struct errinfo *ei)
{
	struct buf b = BUF_INIT(CANONICAL_MAX);
	uint8_t digest[HASH_SIZE_MAX];
	enum err e;

	canonical(&b, m);
	if (m->info.has_password) {
		put_field(&b, slice_make(m->mac, META_DIGEST));
	}
	if ((e = buf_err(&b, ei)) == ERR_OK &&
	    (e = hash_of(HASH_SHA256, buf_slice(&b), digest, ei)) == ERR_OK) {
		memcpy(out, digest, META_DIGEST);
	}
	buf_clear(&b);
	return e;
}

/* --- writing ------------------------------------------------------------ */

enum err
meta_build(const struct meta *m, struct buf *out, struct errinfo *ei)
{
	const struct container_info *i = &m->info;
	uint8_t sum[META_DIGEST];
	struct json_writer w;
	enum err e;

	if ((e = meta_sum(m, sum, ei)) != ERR_OK) {
		return e;
	}
	json_writer_init(&w, out);
	json_open_object(&w, NULL);
	json_put_int(&w, "format", FORMAT);
	json_put_text(&w, "id", i->id);
	json_put_text(&w, "label", i->label);
	json_put_text(&w, "key", i->spec);
	json_put_time(&w, "created", i->created);
	json_put_text(&w, "protection", i->has_password ? "password" : "none");
	json_put_hex(&w, "key_sha256", slice_make(m->key_sha, META_DIGEST));
	if (i->has_cert) {
		json_put_hex(
		    &w, "certificate", slice_make(m->cert_sha, META_DIGEST));
	}
	if (m->has_next) {
		json_put_hex(&w, "certificate_next",
		    slice_make(m->next_sha, META_DIGEST));
	}
	if (i->has_password) {
		json_put_int(&w, "iterations", m->iterations);
		json_put_hex(&w, "salt", slice_make(m->salt, META_SALT));
		json_put_hex(&w, "check", slice_make(m->check, META_DIGEST));
		json_put_hex(&w, "mac", slice_make(m->mac, META_DIGEST));
	}
	json_put_hex(&w, "sum", slice_make(sum, sizeof(sum)));
	json_close(&w);
	return json_writer_end(&w, ei);
}

/* --- reading ------------------------------------------------------------ */

static enum err
bad_field(struct errinfo *ei, const char *field, const char *what)
{
	(void)err_set(ei, ERR_FORMAT, "container.meta", NULL,
	    "meta.json of the key container: %s %s", field, what);
	return err_object(ei, ERR_FORMAT, field);
}

static enum err
get_hex(const struct json *obj, const char *field, uint8_t *out, size_t len,
    struct errinfo *ei)
{
	const char *text;
	enum err e;

	e = json_get_text(obj, field, HEX_MAX, &text, ei);
	if (e != ERR_OK) {
		return e;
	}
	if (!text_unhex(slice_str(text), out, len)) {
		return bad_field(ei, field, "is not the hex it should be");
	}
	return ERR_OK;
}

static enum err
get_optional_digest(const struct json *obj, const char *field, bool *out_has,
    uint8_t out[META_DIGEST], struct errinfo *ei)
{
	*out_has = json_has(obj, field);
	return *out_has ? get_hex(obj, field, out, META_DIGEST, ei) : ERR_OK;
}

static enum err
get_text(const struct json *obj, const char *field, char *out, size_t size,
    struct errinfo *ei)
{
	const char *text;
	enum err e;

	e = json_get_text(obj, field, size - 1, &text, ei);
	if (e != ERR_OK) {
		return e;
	}
	memcpy(out, text, strlen(text) + 1);
	return ERR_OK;
}

static enum err
get_info(const struct json *obj, struct container_info *out, struct errinfo *ei)
{
	const char *created, *protection;
	uint8_t id[(CONTAINER_ID_SIZE - 1) / 2];
	enum err e;

	if ((e = get_hex(obj, "id", id, sizeof(id), ei)) != ERR_OK ||
	    (e = get_text(obj, "id", out->id, sizeof(out->id), ei)) != ERR_OK ||
	    (e = get_text(obj, "label", out->label, sizeof(out->label), ei)) !=
		ERR_OK ||
	    (e = get_text(obj, "key", out->spec, sizeof(out->spec), ei)) !=
		ERR_OK ||
	    (e = json_get_text(obj, "created", TIME_TEXT_SIZE, &created, ei)) !=
		ERR_OK ||
	    (e = json_get_text(obj, "protection", TIME_TEXT_SIZE, &protection,
		 ei)) != ERR_OK) {
		return e;
	}
	if (!time_from_text(slice_str(created), &out->created)) {
		return bad_field(ei, "created", "is not a time");
	}
	out->has_password = strcmp(protection, "password") == 0;
	if (!out->has_password && strcmp(protection, "none") != 0) {
		return bad_field(
		    ei, "protection", "is neither password nor none");
	}
	return ERR_OK;
}

static enum err
get_protection(const struct json *obj, struct meta *m, struct errinfo *ei)
{
	static const char *const fields[] = {
	    "iterations", "salt", "check", "mac"};
	int64_t iterations;
	size_t i;
	enum err e;

	if (!m->info.has_password) {
		for (i = 0; i < ARRAY_LEN(fields); i++) {
			if (json_has(obj, fields[i])) {
				return bad_field(ei, fields[i],
				    "stands in a container without a "
				    "password");
			}
		}
		return ERR_OK;
	}
	if ((e = json_get_int(obj, "iterations", 1, KDF_ITERATIONS_MAX,
		 &iterations, ei)) != ERR_OK ||
	    (e = get_hex(obj, "salt", m->salt, META_SALT, ei)) != ERR_OK ||
	    (e = get_hex(obj, "check", m->check, META_DIGEST, ei)) != ERR_OK ||
	    (e = get_hex(obj, "mac", m->mac, META_DIGEST, ei)) != ERR_OK) {
		return e;
	}
	m->iterations = (unsigned)iterations;
	return ERR_OK;
}

static enum err
get_all(const struct json *obj, struct meta *m, struct errinfo *ei)
{
	static const char *const fields[] = {"format", "id", "label", "key",
	    "created", "protection", "key_sha256", "certificate",
	    "certificate_next", "iterations", "salt", "check", "mac", "sum",
	    NULL};
	uint8_t sum[META_DIGEST], want[META_DIGEST];
	int64_t format;
	enum err e;

	if ((e = json_only(obj, fields, ei)) != ERR_OK ||
	    (e = json_get_int(obj, "format", 1, INT32_MAX, &format, ei)) !=
		ERR_OK) {
		return e;
	}
	if (format != FORMAT) {
		return err_set(ei, ERR_UNSUPPORTED, "container.format", NULL,
		    "a key container of format %lld; this program knows %d",
		    (long long)format, FORMAT);
	}
	if ((e = get_info(obj, &m->info, ei)) != ERR_OK ||
	    (e = get_hex(obj, "key_sha256", m->key_sha, META_DIGEST, ei)) !=
		ERR_OK ||
	    (e = get_optional_digest(obj, "certificate", &m->info.has_cert,
		 m->cert_sha, ei)) != ERR_OK ||
	    (e = get_optional_digest(obj, "certificate_next", &m->has_next,
		 m->next_sha, ei)) != ERR_OK ||
	    (e = get_protection(obj, m, ei)) != ERR_OK ||
	    (e = get_hex(obj, "sum", sum, META_DIGEST, ei)) != ERR_OK ||
	    (e = meta_sum(m, want, ei)) != ERR_OK) {
		return e;
	}
	if (memcmp(sum, want, META_DIGEST) != 0) {
		(void)err_set(ei, ERR_CRYPTO, "container.damaged", NULL,
		    "meta.json of the key container is damaged; take the "
		    "container from a copy");
		return err_object(ei, ERR_CRYPTO, "meta.json");
	}
	return ERR_OK;
}

enum err
meta_parse(struct slice json, struct meta *out, struct errinfo *ei)
{
	struct json *root = NULL;
	struct meta m = {0};
	enum err e;

	e = json_parse(json, CONTAINER_META_MAX, &root, ei);
	if (e != ERR_OK) {
		return e;
	}
	e = get_all(root, &m, ei);
	json_free(root);
	if (e == ERR_OK) {
		*out = m;
	}
	return e;
}
