/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/trust.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/random.h"
#include "x509/cert.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	FILE_MAX = 4 * 1024 * 1024,
	FILE_MODE = 0600,
	DIR_MODE = 0700,
	ID_BYTES = (TRUST_ID_SIZE - 1) / 2,
	PORT_DIGITS = 5,
	PORT_MAX = 65535,
	PORT_HTTPS = 443,
};

static const char file_name[] = "centres.json";

/* --- origins ------------------------------------------------------------ */

static bool
is_host(struct slice s)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') &&
		    c != '-' && c != '.') {
			return false;
		}
	}
	return s.len > 0;
}

static bool
is_port(struct slice s)
{
	uint64_t n = 0;

	return s.len > 0 && s.len <= PORT_DIGITS && s.p[0] != '0' &&
	       text_to_u64(s, &n) && n <= PORT_MAX && n != PORT_HTTPS;
}

enum err
trust_check_origin(const char *origin, struct errinfo *ei)
{
	static const char scheme[] = "https://";
	const char *host = origin + sizeof(scheme) - 1;
	const char *colon;

	if (strlen(origin) < TRUST_ORIGIN_SIZE &&
	    strncmp(origin, scheme, sizeof(scheme) - 1) == 0) {
		colon = strchr(host, ':');
		if (colon == NULL
			? is_host(slice_str(host))
			: is_host(slice_make(host, (size_t)(colon - host))) &&
			      is_port(slice_str(colon + 1))) {
			return ERR_OK;
		}
	}
	return err_object(ei,
	    err_set(ei, ERR_FORMAT, "agent.origin", NULL,
		"a centre's address is https://HOST or https://HOST:PORT, as "
		"the browser shows it, in lower case and without a path"),
	    "origin");
}

/* --- reading ------------------------------------------------------------ */

static enum err
take_ca(struct centre_trust *c, struct slice der, struct errinfo *ei)
{
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	cert_free(cert);
	if (e == ERR_OK) {
		e = sha256_of(der, c->sha256, ei);
	}
	if (e == ERR_OK) {
		c->ca = slice_dup(der);
		c->ca_len = der.len;
		e = c->ca == NULL ? err_nomem(ei) : ERR_OK;
	}
	return e;
}

static enum err
take_one(struct trust *t, const struct json *from, struct errinfo *ei)
{
	static const char *const names[] = {"origin", "name", "id", "ca", NULL};
	struct centre_trust *c = &t->at[t->num];
	struct buf ca = BUF_INIT(CERT_BYTES_MAX);
	enum err e = json_only(from, names, ei);

	if (e == ERR_OK) {
		e = json_copy_text(
		    from, "origin", c->origin, sizeof(c->origin), ei);
	}
	if (e == ERR_OK) {
		e = trust_check_origin(c->origin, ei);
	}
	if (e == ERR_OK) {
		e = json_copy_text(from, "name", c->name, sizeof(c->name), ei);
	}
	if (e == ERR_OK) {
		e = json_copy_text(from, "id", c->id, sizeof(c->id), ei);
	}
	if (e == ERR_OK) {
		e = json_get_base64(from, "ca", &ca, ei);
	}
	if (e == ERR_OK) {
		e = take_ca(c, buf_slice(&ca), ei);
	}
	if (e == ERR_OK) {
		t->num++;
	}
	buf_clear(&ca);
	return e;
}

static enum err
take_all(struct trust *t, const struct json *root, struct errinfo *ei)
{
	static const char *const names[] = {"centres", NULL};
	const struct json *list = NULL, *one = NULL;
	enum err e = json_only(root, names, ei);

	if (e == ERR_OK) {
		e = json_get_array(
		    root, "centres", AGENT_CENTRES_MAX, &list, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < json_array_len(list); i++) {
		e = json_item_object(list, i, &one, ei);
		if (e == ERR_OK) {
			e = take_one(t, one, ei);
		}
	}
	return e;
}

enum err
trust_parse(struct slice text, struct trust **out, struct errinfo *ei)
{
	struct trust *t = calloc(1, sizeof(*t));
	struct json *root = NULL;
	enum err e;

	if (t == NULL) {
		return err_nomem(ei);
	}
	e = text.len == 0 ? ERR_OK : json_parse(text, FILE_MAX, &root, ei);
	if (e == ERR_OK && root != NULL) {
		e = take_all(t, root, ei);
	}
	json_free(root);
	if (e != ERR_OK) {
		trust_free(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

enum err
trust_load(const char *home, struct trust **out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, home, file_name, ei);

	if (e == ERR_OK && file_exists(path)) {
		e = file_check_secret_mode(path, ei);
		if (e == ERR_OK) {
			e = file_read(path, FILE_MAX, &text, ei);
		}
	}
	if (e == ERR_OK) {
		e = trust_parse(buf_slice(&text), out, ei);
	}
	buf_clear(&text);
	return e;
}

void
trust_free(struct trust *t)
{
	if (t == NULL) {
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(t->at); i++) {
		free(t->at[i].ca);
	}
	free(t);
}

const struct centre_trust *
trust_find(const struct trust *t, const char *origin)
{
	for (size_t i = 0; i < t->num; i++) {
		if (strcmp(t->at[i].origin, origin) == 0) {
			return &t->at[i];
		}
	}
	return NULL;
}

/* --- writing ------------------------------------------------------------ */

static void
put_one(struct json_writer *w, const struct centre_trust *c)
{
	json_open_object(w, NULL);
	json_put_text(w, "origin", c->origin);
	json_put_text(w, "name", c->name);
	json_put_text(w, "id", c->id);
	json_put_base64(w, "ca", slice_make(c->ca, c->ca_len));
	json_close(w);
}

/* All but the one of this origin, and `more` (may be NULL). */
static enum err
save(const char *home, const struct trust *t, const char *without,
    const struct centre_trust *more, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE];
	struct json_writer w;
	enum err e = path_join(path, home, file_name, ei);

	json_writer_init(&w, &text);
	json_open_object(&w, NULL);
	json_open_array(&w, "centres");
	for (size_t i = 0; i < t->num; i++) {
		if (strcmp(t->at[i].origin, without) != 0) {
			put_one(&w, &t->at[i]);
		}
	}
	if (more != NULL) {
		put_one(&w, more);
	}
	json_close(&w);
	json_close(&w);
	if (e == ERR_OK) {
		e = json_writer_end(&w, ei);
	}
	if (e == ERR_OK) {
		e = dir_make(home, DIR_MODE, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(path, buf_slice(&text), FILE_MODE, ei);
	}
	buf_clear(&text);
	return e;
}

static enum err
new_id(char out[TRUST_ID_SIZE], struct errinfo *ei)
{
	struct buf hex = BUF_INIT(TRUST_ID_SIZE);
	uint8_t bytes[ID_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	if (e == ERR_OK) {
		text_hex(&hex, slice_make(bytes, sizeof(bytes)));
		e = buf_err(&hex, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(out, TRUST_ID_SIZE, "%s", buf_cstr(&hex));
	}
	buf_clear(&hex);
	return e;
}

enum err
trust_put(const char *home, const char *origin, const char *name,
    struct slice ca, struct errinfo *ei)
{
	struct centre_trust c = {0};
	struct trust *t = NULL;
	enum err e = trust_check_origin(origin, ei);

	if (e == ERR_OK) {
		e = trust_load(home, &t, ei);
	}
	if (e == ERR_OK && t->num == AGENT_CENTRES_MAX &&
	    trust_find(t, origin) == NULL) {
		e = err_set(ei, ERR_LIMIT, "agent.centres", NULL,
		    "%d centres are trusted already; revoke one first",
		    (int)AGENT_CENTRES_MAX);
	}
	if (e == ERR_OK) {
		(void)snprintf(c.origin, sizeof(c.origin), "%s", origin);
		(void)snprintf(c.name, sizeof(c.name), "%s", name);
		e = new_id(c.id, ei);
	}
	if (e == ERR_OK) {
		e = take_ca(&c, ca, ei);
	}
	if (e == ERR_OK) {
		e = save(home, t, origin, &c, ei);
	}
	free(c.ca);
	trust_free(t);
	return e;
}

enum err
trust_remove(const char *home, const char *origin, struct errinfo *ei)
{
	struct trust *t = NULL;
	enum err e = trust_load(home, &t, ei);

	if (e == ERR_OK && trust_find(t, origin) == NULL) {
		e = err_set(ei, ERR_NOTFOUND, "agent.centre", NULL,
		    "%.200s is not among the centres that are trusted", origin);
	}
	if (e == ERR_OK) {
		e = save(home, t, origin, NULL, ei);
	}
	trust_free(t);
	return e;
}
