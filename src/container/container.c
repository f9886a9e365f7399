/* SPDX-License-Identifier: Apache-2.0 */
#include "container/container.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "container/container_priv.h"
#include "container/cryptopro.h"
#include "container/pfx_file.h"
#include "container/storage.h"
#include "crypto/cert_bits.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "os/random.h"

static const char key_name[] = "key.p8";
static const char cert_name[] = "cert.der";
static const char meta_name[] = "meta.json";

enum {
	/* What a guess at a person's password should cost: about half a second
	 * of HMAC-Streebog, a third of SHA-256. */
	ITERATIONS_GOST = 100000,
	ITERATIONS = 600000
};

/* --- shared ------------------------------------------------------------- */

static enum err
sha256(struct slice s, uint8_t out[META_DIGEST], struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	enum err e = hash_of(HASH_SHA256, s, digest, ei);

	if (e == ERR_OK) {
		memcpy(out, digest, META_DIGEST);
	}
	return e;
}

/* Its medium was pulled out, which says nothing of the file. */
static bool
is_absent(const struct errinfo *ei)
{
	return ei != NULL && strcmp(ei->rule, "token.absent") == 0;
}

static enum err
damaged(struct errinfo *ei, const char *file)
{
	(void)err_set(ei, ERR_CRYPTO, "container.damaged", NULL,
	    "%s of the key container is damaged or missing; take the "
	    "container from a copy",
	    file);
	return err_object(ei, ERR_CRYPTO, file);
}

/* Both halves: check and MAC key (meta_priv.h). */
static enum err
derive(const struct meta *m, struct slice password, struct secret *out,
    struct errinfo *ei)
{
	return pbkdf2_sha256(password, slice_make(m->salt, META_SALT),
	    m->iterations, (size_t)2 * META_DIGEST, out, ei);
}

static struct slice
mac_half(const struct secret *derived)
{
	return slice_make(derived->p + META_DIGEST, META_DIGEST);
}

enum err
container_write_meta(struct storage *at, struct meta *m, struct slice mac_key,
    struct errinfo *ei)
{
	struct buf json = BUF_INIT(CONTAINER_META_MAX);
	enum err e;

	if (m->info.has_password &&
	    (e = meta_mac(m, mac_key, m->mac, ei)) != ERR_OK) {
		return e;
	}
	if ((e = meta_build(m, &json, ei)) == ERR_OK) {
		e = storage_write(at, meta_name, buf_slice(&json), ei);
	}
	buf_clear(&json);
	return e;
}

enum err
container_new_take(
    struct storage *at, struct container **out, struct errinfo *ei)
{
	struct container *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		storage_free(at);
		return err_nomem(ei);
	}
	c->at = at;
	buf_init(&c->cert, CERT_BYTES_MAX);
	*out = c;
	return ERR_OK;
}

void
container_free(struct container *c)
{
	if (c != NULL) {
		secret_clear(&c->mac_key);
		if (c->cryptopro != NULL) {
			cryptopro_free(c->cryptopro); /* with the key */
		} else {
			privkey_free(c->key);
		}
		buf_clear(&c->cert);
		storage_free(c->at);
		token_free(c->token);
		free(c);
	}
}

const struct container_info *
container_info(const struct container *c)
{
	return &c->meta.info;
}

const char *
container_form_name(enum container_form form)
{
	static const char *const names[CONTAINER_FORM_MAX_] = {
	    [CONTAINER_OURS] = "surguch",
	    [CONTAINER_CRYPTOPRO] = "cryptopro",
	    [CONTAINER_PAIR] = "token",
	    [CONTAINER_PFX] = "pfx",
	};

	return names[form];
}

struct privkey *
container_privkey(struct container *c)
{
	return c->key;
}

enum err
container_privkey_to_copy(
    struct container *c, struct privkey **out_borrowed, struct errinfo *ei)
{
	if (c->cryptopro != NULL) {
		return cryptopro_privkey_to_copy(
		    c->cryptopro, out_borrowed, ei);
	}
	if (c->meta.info.stays) {
		return err_set(ei, ERR_UNSUPPORTED, "key.not_exportable", NULL,
		    "the key was made by the token and cannot leave it");
	}
	*out_borrowed = c->key;
	return ERR_OK;
}

struct slice
container_cert(const struct container *c)
{
	return buf_slice(&c->cert);
}

/* --- making ------------------------------------------------------------- */

static enum err
check_options(const struct container_options *o, struct errinfo *ei)
{
	struct slice label = slice_str(o->label);

	if (!text_is_clean(label) || label.len > CONTAINER_LABEL_MAX) {
		return err_set(ei, ERR_FORMAT, "container.label", NULL,
		    "a key container's label is 1 to %d bytes of text without "
		    "control characters",
		    CONTAINER_LABEL_MAX);
	}
	if (o->password.len == 0 && !o->insecure_no_password) {
		return err_set(ei, ERR_POLICY, "container.password.empty", NULL,
		    "a key container is not made without a password");
	}
	if (strlen(o->spec) >= CONTAINER_SPEC_SIZE) {
		return err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
		    "there is no such kind of key");
	}
	return ERR_OK;
}

static enum err
check_vacant(struct storage *at, struct errinfo *ei)
{
	static const char *const names[] = {
	    key_name, cert_name, meta_name, container_key_next};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (storage_has(at, names[i])) {
			(void)err_set(ei, ERR_CONFLICT, "container.exists",
			    NULL,
			    "there is a %s already; a key is never "
			    "overwritten",
			    names[i]);
			return err_object(ei, ERR_CONFLICT, names[i]);
		}
	}
	return ERR_OK;
}

static enum err
new_meta(
    struct container *c, const struct container_options *o, struct errinfo *ei)
{
	struct container_info *info = &c->meta.info;
	struct buf hex = BUF_INIT(CONTAINER_ID_SIZE);
	uint8_t id[(CONTAINER_ID_SIZE - 1) / 2];
	enum err e;

	if ((e = random_bytes(id, sizeof(id), ei)) != ERR_OK) {
		return e;
	}
	text_hex(&hex, slice_make(id, sizeof(id)));
	if ((e = buf_err(&hex, ei)) != ERR_OK) {
		buf_clear(&hex);
		return e;
	}
	memcpy(info->id, buf_cstr(&hex), CONTAINER_ID_SIZE);
	buf_clear(&hex);
	memcpy(info->label, o->label, strlen(o->label) + 1);
	memcpy(info->spec, o->spec, strlen(o->spec) + 1);
	info->created = o->created;
	return ERR_OK;
}

enum err
container_protect(struct container *c, struct slice password,
    unsigned iterations, struct errinfo *ei)
{
	struct secret derived = SECRET_EMPTY;
	enum err e;

	c->meta.info.has_password = password.len != 0;
	c->meta.iterations = iterations != 0 ? iterations : ITERATIONS;
	secret_clear(&c->mac_key);
	if (!c->meta.info.has_password) {
		return ERR_OK;
	}
	if ((e = random_bytes(c->meta.salt, META_SALT, ei)) != ERR_OK ||
	    (e = derive(&c->meta, password, &derived, ei)) != ERR_OK) {
		return e;
	}
	memcpy(c->meta.check, derived.p, META_DIGEST);
	e = secret_copy(&c->mac_key, mac_half(&derived), ei);
	secret_clear(&derived);
	return e;
}

static unsigned
p8_iterations(const struct container *c, unsigned iterations)
{
	enum key_alg alg = privkey_alg(c->key);

	if (iterations != 0) {
		return iterations;
	}
	return alg == KEY_GOST256 || alg == KEY_GOST512 ? ITERATIONS_GOST
							: ITERATIONS;
}

enum err
container_write_key(struct container *c, const char *name,
    struct slice password, unsigned iterations, struct errinfo *ei)
{
	struct secret plain = SECRET_EMPTY;
	struct buf p8 = BUF_INIT(KEY_FILE_MAX);
	struct slice content;
	enum err e;

	if (password.len != 0) {
		e = privkey_to_p8(
		    c->key, password, p8_iterations(c, iterations), &p8, ei);
		content = buf_slice(&p8);
	} else {
		e = privkey_to_p8_insecure_plain(c->key, &plain, ei);
		content = secret_slice(&plain);
	}
	if (e == ERR_OK &&
	    (e = sha256(content, c->meta.key_sha, ei)) == ERR_OK) {
		e = storage_write_secret(c->at, name, content, ei);
	}
	secret_clear(&plain);
	buf_clear(&p8);
	return e;
}

/* A key that fails on the way has been nobody's yet, and is certainly
 * ours. */
static enum err
write_new(
    struct container *c, const struct container_options *o, struct errinfo *ei)
{
	enum err e;

	if ((e = storage_begin(c->at, ei)) != ERR_OK) {
		return e;
	}
	if ((e = storage_check(c->at, o->password.len != 0, ei)) == ERR_OK &&
	    (e = container_write_key(
		 c, key_name, o->password, o->iterations, ei)) == ERR_OK &&
	    (e = container_write_meta(
		 c->at, &c->meta, secret_slice(&c->mac_key), ei)) != ERR_OK) {
		storage_remove(c->at, meta_name);
		storage_remove(c->at, key_name);
	}
	if (e != ERR_OK) {
		storage_undo(c->at);
	}
	return e;
}

static enum err
new_key(
    struct container *c, const struct container_options *o, struct errinfo *ei)
{
	struct secret plain = SECRET_EMPTY;
	enum err e;

	if (o->key == NULL) {
		return privkey_generate(o->spec, &c->key, ei);
	}
	e = privkey_to_p8_insecure_plain(o->key, &plain, ei);
	if (e == ERR_OK) {
		e = privkey_from_p8(
		    secret_slice(&plain), SLICE_EMPTY, &c->key, ei);
	}
	secret_clear(&plain);
	return e;
}

enum err
container_create_in(struct storage *at, const struct container_options *options,
    struct container **out, struct errinfo *ei)
{
	struct container *c = NULL;
	enum err e;

	if ((e = check_options(options, ei)) != ERR_OK) {
		storage_free(at);
		return e;
	}
	if ((e = container_new_take(at, &c, ei)) != ERR_OK) {
		return e;
	}
	if ((e = new_meta(c, options, ei)) != ERR_OK ||
	    (e = container_protect(
		 c, options->password, options->iterations, ei)) != ERR_OK ||
	    (e = new_key(c, options, ei)) != ERR_OK ||
	    (e = check_vacant(at, ei)) != ERR_OK ||
	    (e = write_new(c, options, ei)) != ERR_OK) {
		container_free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

enum err
container_create(const char *path, const struct container_options *options,
    struct container **out, struct errinfo *ei)
{
	struct storage *at = NULL;
	enum err e = storage_folder(path, &at, ei);

	return e != ERR_OK ? e : container_create_in(at, options, out, ei);
}

/* --- opening ------------------------------------------------------------ */

static enum err
read_meta(struct storage *at, struct meta *out, struct errinfo *ei)
{
	struct buf json = BUF_INIT(CONTAINER_META_MAX);
	enum err e = storage_read(at, meta_name, CONTAINER_META_MAX, &json, ei);

	if (e == ERR_NOTFOUND && !is_absent(ei)) {
		(void)err_set(ei, ERR_NOTFOUND, "container.none", NULL,
		    "there is no key container in this folder");
		e = err_object(ei, ERR_NOTFOUND, storage_name(at));
	}
	if (e == ERR_OK) {
		e = meta_parse(buf_slice(&json), out, ei);
	}
	buf_clear(&json);
	return e;
}

/* cert.der is what meta.json says, or on the way to it. */
static enum err
read_cert(struct container *c, struct errinfo *ei)
{
	const struct meta *m = &c->meta;
	uint8_t *sha = c->cert_sha;
	enum err e;

	if (!storage_has(c->at, cert_name)) {
		return m->info.has_cert ? damaged(ei, cert_name) : ERR_OK;
	}
	if ((e = storage_read(
		 c->at, cert_name, CERT_BYTES_MAX, &c->cert, ei)) != ERR_OK ||
	    (e = sha256(buf_slice(&c->cert), sha, ei)) != ERR_OK) {
		return e;
	}
	if ((!m->info.has_cert || memcmp(sha, m->cert_sha, META_DIGEST) != 0) &&
	    (!m->has_next || memcmp(sha, m->next_sha, META_DIGEST) != 0)) {
		return damaged(ei, cert_name);
	}
	return ERR_OK;
}

static enum err
check_password(struct container *c, struct slice password, struct errinfo *ei)
{
	struct secret derived = SECRET_EMPTY;
	uint8_t mac[META_DIGEST];
	enum err e;

	if ((e = derive(&c->meta, password, &derived, ei)) != ERR_OK) {
		return e;
	}
	if (!secret_eq(slice_make(derived.p, META_DIGEST),
		slice_make(c->meta.check, META_DIGEST))) {
		e = err_set(ei, ERR_CRYPTO, "container.password", NULL,
		    "the password of the key container is wrong");
		goto out;
	}
	if ((e = meta_mac(&c->meta, mac_half(&derived), mac, ei)) != ERR_OK) {
		goto out;
	}
	if (!secret_eq(slice_make(mac, sizeof(mac)),
		slice_make(c->meta.mac, META_DIGEST))) {
		e = err_set(ei, ERR_CRYPTO, "container.changed", NULL,
		    "the password is right, but the key container was changed "
		    "by something that does not know it");
		goto out;
	}
	e = secret_copy(&c->mac_key, mac_half(&derived), ei);
out:
	secret_clear(&derived);
	return e;
}

static enum err
password_wanted(bool has, bool given, struct errinfo *ei)
{
	if (has && !given) {
		return err_set(ei, ERR_STATE, "container.password.needed", NULL,
		    "the key container has a password");
	}
	if (!has && given) {
		return err_set(ei, ERR_STATE, "container.password.none", NULL,
		    "a password was given, but the key container has none");
	}
	return ERR_OK;
}

/* What does not open now was not written by us under this password. */
static enum err
load_key(struct container *c, struct slice p8, struct slice password,
    struct errinfo *ei)
{
	struct cert_bits bits;
	enum err e;

	e = privkey_from_p8(p8, password, &c->key, ei);
	if (e == ERR_CRYPTO || e == ERR_FORMAT) {
		return damaged(ei, key_name);
	}
	if (e != ERR_OK || c->cert.len == 0) {
		return e;
	}
	if ((e = cert_bits_get(buf_slice(&c->cert), &bits, ei)) != ERR_OK) {
		return e;
	}
	return privkey_matches(c->key, bits.spki) ? ERR_OK
						  : damaged(ei, cert_name);
}

/* The one that meta.json means: while a password is changed there are two. */
enum err
container_read_key(
    struct container *c, struct secret *out, bool *out_next, struct errinfo *ei)
{
	const char *const names[] = {key_name, container_key_next};
	uint8_t sha[META_DIGEST];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		enum err e =
		    storage_read_secret(c->at, names[i], KEY_FILE_MAX, out, ei);

		if (e == ERR_NOTFOUND && !is_absent(ei)) {
			continue;
		}
		if (e != ERR_OK ||
		    (e = sha256(secret_slice(out), sha, ei)) != ERR_OK) {
			return e;
		}
		if (memcmp(sha, c->meta.key_sha, META_DIGEST) == 0) {
			*out_next = i != 0;
			return ERR_OK;
		}
		secret_clear(out);
	}
	return damaged(ei, key_name);
}

static enum err
open_files(struct container *c, struct slice password, struct errinfo *ei)
{
	struct secret p8 = SECRET_EMPTY;
	bool is_next = false;
	enum err e = container_read_key(c, &p8, &is_next, ei);

	if (e != ERR_OK) {
		return e;
	}
	if ((e = read_cert(c, ei)) != ERR_OK ||
	    (c->meta.info.has_password &&
		(e = check_password(c, password, ei)) != ERR_OK)) {
		goto out;
	}
	e = load_key(c, secret_slice(&p8), password, ei);
out:
	secret_clear(&p8);
	return e;
}

enum err
container_open_in(struct storage *at, struct slice password,
    struct container **out, struct errinfo *ei)
{
	struct container *c = NULL;
	enum err e;

	if ((e = container_new_take(at, &c, ei)) != ERR_OK) {
		return e;
	}
	if ((e = read_meta(at, &c->meta, ei)) != ERR_OK ||
	    (e = storage_check(at, c->meta.info.has_password, ei)) != ERR_OK ||
	    (e = password_wanted(
		 c->meta.info.has_password, password.len != 0, ei)) != ERR_OK ||
	    (e = open_files(c, password, ei)) != ERR_OK) {
		container_free(c);
		return e;
	}
	/* An interrupted change is settled by what is there. */
	c->meta.info.has_cert = c->cert.len != 0;
	c->meta.has_next = false;
	memcpy(c->meta.cert_sha, c->cert_sha, META_DIGEST);
	*out = c;
	return ERR_OK;
}

enum err
container_open(const char *path, struct slice password, struct container **out,
    struct errinfo *ei)
{
	struct storage *at = NULL;
	enum err e;

	if (cryptopro_is_folder(path)) {
		return container_foreign_open(path, password, out, ei);
	}
	if (pfx_file_is(path)) {
		return container_pfx_open(path, password, out, ei);
	}
	e = storage_folder(path, &at, ei);
	return e != ERR_OK ? e : container_open_in(at, password, out, ei);
}

enum err
container_peek_in(
    struct storage *at, struct container_info *out, struct errinfo *ei)
{
	struct meta m;
	enum err e = read_meta(at, &m, ei);

	if (e == ERR_OK) {
		*out = m.info;
	}
	return e;
}

enum err
container_peek(const char *path, struct container_info *out, struct errinfo *ei)
{
	struct storage *at = NULL;
	enum err e;

	if (cryptopro_is_folder(path)) {
		return container_foreign_peek(path, out, NULL, ei);
	}
	if (pfx_file_is(path)) {
		return container_pfx_peek(path, out, ei);
	}
	e = storage_folder(path, &at, ei);
	if (e == ERR_OK) {
		e = container_peek_in(at, out, ei);
	}
	storage_free(at);
	return e;
}

enum err
container_peek_cert_in(
    struct storage *at, struct buf *out_der, struct errinfo *ei)
{
	return storage_has(at, cert_name)
		   ? storage_read(at, cert_name, CERT_BYTES_MAX, out_der, ei)
		   : ERR_OK;
}

enum err
container_peek_cert(const char *path, struct buf *out_der, struct errinfo *ei)
{
	struct container_info info;
	struct storage *at = NULL;
	enum err e;

	if (cryptopro_is_folder(path)) {
		return container_foreign_peek(path, &info, out_der, ei);
	}
	if (pfx_file_is(path)) {
		return ERR_OK; /* nobody knows without the password */
	}
	e = storage_folder(path, &at, ei);
	if (e == ERR_OK) {
		e = container_peek_cert_in(at, out_der, ei);
	}
	storage_free(at);
	return e;
}

/* --- the certificate ---------------------------------------------------- */

/*
 * Three writes, each atomic.  After the first meta.json allows both the old
 * and the new cert.der, so a crash between any two leaves a container that
 * opens.
 */
static enum err
install(struct container *c, struct slice der, const uint8_t sha[META_DIGEST],
    struct errinfo *ei)
{
	struct meta m = c->meta;
	struct slice mac_key = secret_slice(&c->mac_key);
	enum err e;

	m.has_next = true;
	memcpy(m.next_sha, sha, META_DIGEST);
	if ((e = container_write_meta(c->at, &m, mac_key, ei)) != ERR_OK ||
	    (e = storage_write(c->at, cert_name, der, ei)) != ERR_OK) {
		return e;
	}
	m.has_next = false;
	m.info.has_cert = true;
	memcpy(m.cert_sha, sha, META_DIGEST);
	if ((e = container_write_meta(c->at, &m, mac_key, ei)) != ERR_OK) {
		return e;
	}
	c->meta = m;
	return ERR_OK;
}

/* Each form has its own way. */
static enum err
put_cert(struct container *c, struct slice der, const uint8_t sha[META_DIGEST],
    struct errinfo *ei)
{
	if (c->cryptopro != NULL) {
		return container_foreign_install(c, der, ei);
	}
	if (c->meta.info.form == CONTAINER_PFX) {
		return err_set(ei, ERR_UNSUPPORTED, "container.pfx.install",
		    NULL,
		    "nothing is written into a PFX file: copy its key to a "
		    "medium first");
	}
	return c->pair_id_len > 0 ? container_pair_install(c, der, ei)
				  : install(c, der, sha, ei);
}

enum err
container_install_cert(
    struct container *c, struct slice cert_der, struct errinfo *ei)
{
	struct buf copy = BUF_INIT(CERT_BYTES_MAX);
	uint8_t sha[META_DIGEST];
	struct cert_bits bits;
	enum err e;

	if ((e = cert_bits_get(cert_der, &bits, ei)) != ERR_OK) {
		return e;
	}
	if (!privkey_matches(c->key, bits.spki)) {
		return err_set(ei, ERR_CONFLICT, "container.cert.key", NULL,
		    "the certificate is of another key than the container's");
	}
	buf_add(&copy, cert_der);
	if ((e = buf_err(&copy, ei)) != ERR_OK ||
	    (e = sha256(cert_der, sha, ei)) != ERR_OK ||
	    (e = put_cert(c, cert_der, sha, ei)) != ERR_OK) {
		buf_clear(&copy);
		return e;
	}
	buf_clear(&c->cert);
	c->cert = copy;
	return ERR_OK;
}
