/* SPDX-License-Identifier: Apache-2.0 */
#include "container/cryptopro.h"

#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "container/cryptopro_priv.h"
#include "crypto/cert_bits.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "os/file.h"

enum {
	FILE_MODE = 0600,
	DIR_MODE = 0700
};

struct cryptopro {
	struct cryptopro_info info;
	struct privkey *key;
	struct buf cert;
	bool reserve_used;
	struct errinfo why_reserve;
};

static const char *const names[CRYPTOPRO_FILES] = {
    [CRYPTOPRO_HEADER] = "header.key",
    [CRYPTOPRO_MASKS] = "masks.key",
    [CRYPTOPRO_PRIMARY] = "primary.key",
    [CRYPTOPRO_MASKS2] = "masks2.key",
    [CRYPTOPRO_PRIMARY2] = "primary2.key",
    [CRYPTOPRO_NAME] = "name.key",
};

const char *
cryptopro_file_name(enum cryptopro_file file)
{
	return names[file];
}

size_t
cryptopro_file_max(enum cryptopro_file file)
{
	return file == CRYPTOPRO_HEADER ? CRYPTOPRO_HEADER_MAX
					: CRYPTOPRO_FILE_MAX;
}

const struct cryptopro_info *
cryptopro_info(const struct cryptopro *c)
{
	return &c->info;
}

struct privkey *
cryptopro_privkey(struct cryptopro *c)
{
	return c->key;
}

struct slice
cryptopro_cert(const struct cryptopro *c)
{
	return buf_slice(&c->cert);
}

const struct errinfo *
cryptopro_reserve(const struct cryptopro *c)
{
	return c->reserve_used ? &c->why_reserve : NULL;
}

enum err
cryptopro_privkey_to_copy(
    struct cryptopro *c, struct privkey **out_borrowed, struct errinfo *ei)
{
	if (!c->info.exportable) {
		return err_set(ei, ERR_POLICY,
		    "container.cryptopro.not_exportable", NULL,
		    "whoever made the CryptoPro container marked its key as "
		    "one that does not leave it; use it where it lies, or get "
		    "a second certificate");
	}
	*out_borrowed = c->key;
	return ERR_OK;
}

void
cryptopro_free(struct cryptopro *c)
{
	if (c != NULL) {
		privkey_free(c->key);
		buf_clear(&c->cert);
		free(c);
	}
}

/* --- reading -------------------------------------------------------------- */

/* The header's outline and MAC, and what it tells. */
static enum err
read_header(const struct cryptopro_parts *parts, struct cp_header *h,
    struct cryptopro_info *out, struct errinfo *ei)
{
	struct slice content = SLICE_EMPTY, mac = SLICE_EMPTY;
	const char *spec;
	enum err e;

	if (parts->file[CRYPTOPRO_HEADER].len == 0) {
		return err_set(ei, ERR_NOTFOUND, "container.none", NULL,
		    "there is no header.key, so this is no CryptoPro "
		    "container");
	}
	if (cp_header_cut(parts->file[CRYPTOPRO_HEADER], &content, &mac,
		NULL) != ERR_OK) {
		return cp_damaged(ei, CRYPTOPRO_HEADER);
	}
	if ((e = cp_header_check(content, mac, NULL, ei)) != ERR_OK ||
	    (e = cp_content_parse(content, h, ei)) != ERR_OK) {
		return e;
	}
	spec = key_spec(h->alg, h->curve, 0);
	if (spec == NULL) {
		return err_set(ei, ERR_UNSUPPORTED, "key.parameters", NULL,
		    "the key is on a curve that is not known here");
	}
	*out = (struct cryptopro_info){
	    .has_password = (h->flags & CP_SOFT_PASSWORD) != 0,
	    .has_cert = h->cert.len != 0,
	    .exportable = (h->key_flags & CP_EXPORTABLE) != 0,
	    .has_second = h->has_second,
	};
	memcpy(out->spec, spec, strlen(spec) + 1);
	cp_name_parse(parts->file[CRYPTOPRO_NAME], out->name);
	return ERR_OK;
}

static enum err
check_password_given(const struct cryptopro_info *info, struct slice password,
    struct errinfo *ei)
{
	if (info->has_password && password.len == 0) {
		return err_set(ei, ERR_STATE, "container.password.needed", NULL,
		    "the CryptoPro container has a password");
	}
	if (!info->has_password && password.len != 0) {
		return err_set(ei, ERR_STATE, "container.password.none", NULL,
		    "a password was given, but the CryptoPro container has "
		    "none");
	}
	return ERR_OK;
}

/* The first copy, or the reserve when that is damaged. */
static enum err
open_key(struct cryptopro *c, const struct cp_header *h,
    const struct cryptopro_parts *parts, struct slice password,
    struct errinfo *ei)
{
	struct secret password4 = SECRET_EMPTY;
	struct slice form;
	enum err e = cp_password_find(h, password, &password4, ei);

	if (e != ERR_OK) {
		return e;
	}
	form = secret_slice(&password4);
	e = cp_key_open(h, parts, CRYPTOPRO_MASKS, CRYPTOPRO_PRIMARY, form,
	    &c->key, &c->why_reserve);
	if (e == ERR_CRYPTO && parts->file[CRYPTOPRO_PRIMARY2].len != 0) {
		c->reserve_used = true;
		e = cp_key_open(h, parts, CRYPTOPRO_MASKS2, CRYPTOPRO_PRIMARY2,
		    form, &c->key, NULL);
	}
	if (e != ERR_OK && ei != NULL) {
		*ei = c->why_reserve; /* the first copy's fault is the one */
	}
	/* Nothing but the key itself tells whether the password is right. */
	if (e == ERR_CRYPTO && password.len != 0 && h->password_mac.len == 0) {
		e = err_set(ei, ERR_CRYPTO, "container.password", NULL,
		    "the password of the CryptoPro container is wrong, or the "
		    "key in it is damaged");
	}
	secret_clear(&password4);
	return e;
}

static enum err
take_cert(struct cryptopro *c, struct slice cert, struct errinfo *ei)
{
	struct cert_bits bits;
	enum err e;

	if (cert.len == 0) {
		return ERR_OK;
	}
	if ((e = cert_bits_get(cert, &bits, ei)) != ERR_OK) {
		return e;
	}
	if (!privkey_matches(c->key, bits.spki)) {
		return err_set(ei, ERR_CONFLICT, "container.cert.key", NULL,
		    "the certificate in the CryptoPro container is of another "
		    "key");
	}
	buf_add(&c->cert, cert);
	return buf_err(&c->cert, ei);
}

enum err
cryptopro_open_parts(const struct cryptopro_parts *parts, struct slice password,
    struct cryptopro **out, struct errinfo *ei)
{
	struct cryptopro *c = calloc(1, sizeof(*c));
	struct cp_header h = {0};
	enum err e;

	if (c == NULL) {
		return err_nomem(ei);
	}
	buf_init(&c->cert, CERT_BYTES_MAX);
	if ((e = read_header(parts, &h, &c->info, ei)) == ERR_OK &&
	    (e = check_password_given(&c->info, password, ei)) == ERR_OK &&
	    (e = open_key(c, &h, parts, password, ei)) == ERR_OK &&
	    (e = take_cert(c, h.cert, ei)) == ERR_OK) {
		*out = c;
		return ERR_OK;
	}
	cryptopro_free(c);
	return e;
}

/* --- a folder ------------------------------------------------------------- */

struct folder {
	struct buf file[CRYPTOPRO_FILES];
	struct cryptopro_parts parts;
};

static void
folder_clear(struct folder *f)
{
	for (size_t i = 0; i < CRYPTOPRO_FILES; i++) {
		buf_wipe(&f->file[i]);
	}
}

bool
cryptopro_is_folder(const char *path)
{
	char file[PATH_TEXT_SIZE];

	return path_join(file, path, names[CRYPTOPRO_HEADER], NULL) == ERR_OK &&
	       file_exists(file);
}

/* Files that are missing stay empty; whoever needs one says so.  Their mode is
 * not asked for: on a removable disk there is none. */
static enum err
folder_read(const char *path, struct folder *f, struct errinfo *ei)
{
	char file[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (unsigned i = 0; i < CRYPTOPRO_FILES; i++) {
		buf_init(&f->file[i], cryptopro_file_max(i));
	}
	for (unsigned i = 0; e == ERR_OK && i < CRYPTOPRO_FILES; i++) {
		if ((e = path_join(file, path, names[i], ei)) == ERR_OK) {
			e = file_read(
			    file, cryptopro_file_max(i), &f->file[i], ei);
		}
		if (e == ERR_NOTFOUND) {
			e = ERR_OK;
		}
		f->parts.file[i] = buf_slice(&f->file[i]);
	}
	return e;
}

enum err
cryptopro_open(const char *path, struct slice password, struct cryptopro **out,
    struct errinfo *ei)
{
	struct folder f;
	enum err e = folder_read(path, &f, ei);

	if (e == ERR_OK) {
		e = cryptopro_open_parts(&f.parts, password, out, ei);
	}
	folder_clear(&f);
	return e;
}

enum err
cryptopro_peek(const char *path, struct cryptopro_info *out,
    struct buf *out_cert, struct errinfo *ei)
{
	struct cryptopro_info info = {0};
	struct cp_header h = {0};
	struct folder f;
	enum err e = folder_read(path, &f, ei);

	if (e == ERR_OK) {
		e = read_header(&f.parts, &h, &info, ei);
	}
	if (e == ERR_OK && out_cert != NULL) {
		buf_add(out_cert, h.cert);
		e = buf_err(out_cert, ei);
	}
	if (e == ERR_OK) {
		*out = info;
	}
	folder_clear(&f);
	return e;
}

/* --- its certificate ------------------------------------------------------
 */

static enum err
header_with_cert(
    struct slice header, struct slice cert, struct buf *out, struct errinfo *ei)
{
	struct slice content = SLICE_EMPTY, mac = SLICE_EMPTY;
	struct buf next = BUF_INIT(CRYPTOPRO_HEADER_MAX);
	uint8_t next_mac[GOST89_MAC_SIZE];
	struct cp_mac_kind kind;
	enum err e = cp_header_cut(header, &content, &mac, ei);

	if (e == ERR_OK &&
	    (e = cp_header_check(content, mac, &kind, ei)) == ERR_OK &&
	    (e = cp_content_put_cert(&next, content, cert, ei)) == ERR_OK &&
	    (e = cp_header_mac(kind.set, kind.meshing, buf_slice(&next),
		 next_mac, ei)) == ERR_OK) {
		cp_header_put(out, buf_slice(&next),
		    slice_make(next_mac, sizeof(next_mac)));
		e = buf_err(out, ei);
	}
	buf_clear(&next);
	return e;
}

enum err
cryptopro_put_cert(const char *path, struct slice cert, struct errinfo *ei)
{
	struct buf next = BUF_INIT(CRYPTOPRO_HEADER_MAX);
	struct cryptopro_info info;
	char file[PATH_TEXT_SIZE];
	struct folder f;
	struct cp_header h = {0};
	enum err e = folder_read(path, &f, ei);

	if (e == ERR_OK &&
	    (e = read_header(&f.parts, &h, &info, ei)) == ERR_OK &&
	    (e = header_with_cert(
		 f.parts.file[CRYPTOPRO_HEADER], cert, &next, ei)) == ERR_OK &&
	    (e = path_join(file, path, names[CRYPTOPRO_HEADER], ei)) ==
		ERR_OK) {
		e = file_write_atomic(file, buf_slice(&next), FILE_MODE, ei);
	}
	folder_clear(&f);
	buf_clear(&next);
	return e;
}

/* --- writing -------------------------------------------------------------- */

static enum err
check_options(const struct cryptopro_options *o, struct errinfo *ei)
{
	struct slice name = slice_str(o->name);
	struct cert_bits bits;
	enum err e;

	if (!text_is_clean(name) || name.len > CONTAINER_LABEL_MAX) {
		return err_set(ei, ERR_FORMAT, "container.label", NULL,
		    "a key container's label is 1 to %d bytes of text without "
		    "control characters",
		    CONTAINER_LABEL_MAX);
	}
	if (o->password.len == 0 && !o->insecure_no_password) {
		return err_set(ei, ERR_POLICY, "container.password.empty", NULL,
		    "a key container is not made without a password");
	}
	if (o->cert.len == 0) {
		return ERR_OK;
	}
	if ((e = cert_bits_get(o->cert, &bits, ei)) != ERR_OK) {
		return e;
	}
	if (!privkey_matches(o->key, bits.spki)) {
		return err_set(ei, ERR_CONFLICT, "container.cert.key", NULL,
		    "the certificate is of another key");
	}
	return ERR_OK;
}

static enum err
build_header(struct cp_header *h, struct slice password4, struct buf *out,
    struct errinfo *ei)
{
	uint8_t password_mac[GOST89_MAC_SIZE], mac[GOST89_MAC_SIZE];
	struct buf content = BUF_INIT(CRYPTOPRO_HEADER_MAX);
	enum err e = ERR_OK;

	if (password4.len != 0) {
		e = cp_password_mac(
		    h->sets.set[0], h->fp, password4, password_mac, ei);
		h->password_mac = slice_make(password_mac, GOST89_MAC_SIZE);
	}
	if (e == ERR_OK) {
		cp_content_put(&content, h);
		e = buf_err(&content, ei);
	}
	if (e == ERR_OK && (e = cp_header_mac(h->sets.set[0], false,
				buf_slice(&content), mac, ei)) == ERR_OK) {
		cp_header_put(
		    out, buf_slice(&content), slice_make(mac, sizeof(mac)));
	}
	buf_clear(&content);
	return e;
}

static enum err
build_all(const struct cryptopro_options *o, struct slice password4,
    struct buf out[CRYPTOPRO_FILES], struct errinfo *ei)
{
	const struct pubkey *pub = privkey_pubkey(o->key);
	struct slice bits = pubkey_bits_content(pub);
	struct slice point = SLICE_EMPTY;
	struct cp_header h = {
	    .flags = CP_RESERVE | (password4.len != 0 ? CP_SOFT_PASSWORD : 0),
	    .key_flags = CP_EXCHANGE | CP_DH_ALLOWED |
			 (o->exportable ? CP_EXPORTABLE : 0),
	    .alg = pubkey_alg(pub),
	    .curve = oid_find(pubkey_params(pub)),
	    .sets = {{GOST89_Z}, 1},
	    .cert = o->cert,
	};
	enum err e;

	/* First, because it refuses keys that are none of GOST's. */
	if ((e = cp_key_put(&h, o->key, password4, &out[CRYPTOPRO_MASKS],
		 &out[CRYPTOPRO_PRIMARY], ei)) != ERR_OK ||
	    (e = cp_key_put(&h, o->key, password4, &out[CRYPTOPRO_MASKS2],
		 &out[CRYPTOPRO_PRIMARY2], ei)) != ERR_OK ||
	    (e = der_get(&bits, DER_OCTET_STRING, &point, ei)) != ERR_OK) {
		return e;
	}
	h.fp = slice_make(point.p, CP_FP_SIZE);
	cp_name_put(&out[CRYPTOPRO_NAME], o->name);
	e = build_header(&h, password4, &out[CRYPTOPRO_HEADER], ei);
	for (size_t i = 0; e == ERR_OK && i < CRYPTOPRO_FILES; i++) {
		e = buf_err(&out[i], ei);
	}
	return e;
}

enum err
cryptopro_build(const struct cryptopro_options *o,
    struct buf out[CRYPTOPRO_FILES], struct errinfo *ei)
{
	struct secret password4 = SECRET_EMPTY;
	enum err e;

	for (unsigned i = 0; i < CRYPTOPRO_FILES; i++) {
		buf_init(&out[i], cryptopro_file_max(i));
	}
	if ((e = check_options(o, ei)) == ERR_OK &&
	    (e = cp_password_form(o->password, &password4, ei)) == ERR_OK) {
		e = build_all(o, secret_slice(&password4), out, ei);
	}
	secret_clear(&password4);
	return e;
}

static enum err
check_vacant(const char *path, struct errinfo *ei)
{
	char file[PATH_TEXT_SIZE];
	enum err e;

	for (size_t i = 0; i < CRYPTOPRO_FILES; i++) {
		if ((e = path_join(file, path, names[i], ei)) != ERR_OK) {
			return e;
		}
		if (file_exists(file)) {
			(void)err_set(ei, ERR_CONFLICT, "container.exists",
			    NULL,
			    "there is a %s already; a key is never "
			    "overwritten",
			    names[i]);
			return err_object(ei, ERR_CONFLICT, file);
		}
	}
	return ERR_OK;
}

/* Ours alone: none was there before. */
static void
remove_new(const char *path)
{
	char file[PATH_TEXT_SIZE];

	for (size_t i = 0; i < CRYPTOPRO_FILES; i++) {
		if (path_join(file, path, names[i], NULL) == ERR_OK) {
			(void)remove(file);
		}
	}
}

/* The header last: without one a folder is no container. */
static enum err
write_files(
    const char *path, struct buf files[CRYPTOPRO_FILES], struct errinfo *ei)
{
	char file[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = CRYPTOPRO_FILES; e == ERR_OK && i-- > 0;) {
		if ((e = path_join(file, path, names[i], ei)) == ERR_OK) {
			e = file_write_new(
			    file, buf_slice(&files[i]), FILE_MODE, ei);
		}
	}
	return e;
}

static enum err
read_back(
    const char *path, const struct cryptopro_options *o, struct errinfo *ei)
{
	struct cryptopro *c = NULL;
	enum err e = cryptopro_open(path, o->password, &c, ei);

	if (e == ERR_OK && (!privkey_matches(c->key, privkey_spki(o->key)) ||
			       c->reserve_used)) {
		e = err_set(ei, ERR_STORE, "container.cryptopro.read_back",
		    NULL, "what was written is read back as something else");
	}
	cryptopro_free(c);
	return e;
}

enum err
cryptopro_write(
    const char *path, const struct cryptopro_options *o, struct errinfo *ei)
{
	const bool dir_is_new = !file_exists(path);
	struct buf files[CRYPTOPRO_FILES];
	enum err e = cryptopro_build(o, files, ei);

	if (e == ERR_OK && (e = check_vacant(path, ei)) == ERR_OK &&
	    (e = dir_make(path, DIR_MODE, ei)) == ERR_OK &&
	    ((e = write_files(path, files, ei)) != ERR_OK ||
		(e = read_back(path, o, ei)) != ERR_OK)) {
		remove_new(path);
		if (dir_is_new) {
			(void)remove(path); /* unless something is in it */
		}
	}
	for (size_t i = 0; i < CRYPTOPRO_FILES; i++) {
		buf_wipe(&files[i]);
	}
	return e;
}
