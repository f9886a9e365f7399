/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "container/cp1251.h"
#include "container/cryptopro_priv.h"
#include "crypto/cpkdf.h"
#include "crypto/gost_masked.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "os/random.h"

enum {
	CHAR_SIZE = 4,
	SCALAR_MAX = 64,
	UTF16_FIRST = 0x10000 /* from there on two units a character */
};

enum err
cp_damaged(struct errinfo *ei, enum cryptopro_file file)
{
	(void)err_set(ei, ERR_CRYPTO, "container.damaged", NULL,
	    "%s of the CryptoPro container is damaged or missing; take the "
	    "container from a copy",
	    cryptopro_file_name(file));
	return err_object(ei, ERR_CRYPTO, cryptopro_file_name(file));
}

/* --- MACs ------------------------------------------------------------------
 */

enum err
cp_header_mac(enum gost89_set set, bool meshing, struct slice content,
    uint8_t out[GOST89_MAC_SIZE], struct errinfo *ei)
{
	static const uint8_t zeros[GOST89_KEY_SIZE];

	return gost89_mac(
	    set, meshing, slice_make(zeros, sizeof(zeros)), content, out, ei);
}

/*
 * Under either set of tables, with and without meshing: what others wrote down
 * of the form does not mesh, and RFC 4357 says that the parameter sets do.  It
 * has no key, so that to try them all gives nothing away.
 */
enum err
cp_header_check(struct slice content, struct slice mac,
    struct cp_mac_kind *out_kind, struct errinfo *ei)
{
	uint8_t want[GOST89_MAC_SIZE];

	for (unsigned i = 0; i < GOST89_SETS * 2; i++) {
		enum err e =
		    cp_header_mac(i / 2, i % 2 != 0, content, want, ei);

		if (e != ERR_OK && e != ERR_FORMAT) {
			return e;
		}
		if (e == ERR_OK && memcmp(want, mac.p, sizeof(want)) == 0) {
			if (out_kind != NULL) {
				*out_kind = (struct cp_mac_kind){
				    .set = i / 2, .meshing = i % 2 != 0};
			}
			return ERR_OK;
		}
	}
	return cp_damaged(ei, CRYPTOPRO_HEADER);
}

enum err
cp_password_mac(enum gost89_set set, struct slice fp, struct slice password4,
    uint8_t out[GOST89_MAC_SIZE], struct errinfo *ei)
{
	static const uint8_t zeros[2 * GOST89_BLOCK_SIZE];
	struct secret key = SECRET_EMPTY;
	enum err e = cpkdf(password4, fp, &key, ei);

	if (e == ERR_OK) {
		e = gost89_mac(set, false, secret_slice(&key),
		    slice_make(zeros, sizeof(zeros)), out, ei);
	}
	secret_clear(&key);
	return e;
}

static enum err
mask_mac(enum gost89_set set, struct slice mask, struct slice salt,
    uint8_t out[GOST89_MAC_SIZE], struct errinfo *ei)
{
	struct slice key =
	    slice_make(mask.p + mask.len - GOST89_KEY_SIZE, GOST89_KEY_SIZE);

	return gost89_mac(set, false, key, salt, out, ei);
}

/* --- the password ---------------------------------------------------------
 */

/* Each octet of text as a character. */
static void
widen(struct slice text, struct secret *out)
{
	for (size_t i = 0; i < text.len; i++) {
		out->p[i * CHAR_SIZE] = text.p[i];
	}
	out->len = text.len * CHAR_SIZE;
}

static void
put_unit(struct secret *out, uint32_t unit)
{
	out->p[out->len] = (uint8_t)(unit & 0xff);
	out->p[out->len + 1] = (uint8_t)(unit >> 8 & 0xff);
	out->len += CHAR_SIZE;
}

/* UTF-16, a unit each; octets where it is not UTF-8.  No more units than
 * octets. */
enum err
cp_password_form(struct slice password, struct secret *out, struct errinfo *ei)
{
	struct slice rest = password;
	uint32_t c;
	enum err e;

	if (password.len > PASSPHRASE_MAX) {
		return err_set(ei, ERR_LIMIT, "kdf.limits", NULL,
		    "the password is longer than %d bytes", PASSPHRASE_MAX);
	}
	if (password.len == 0) {
		*out = SECRET_EMPTY;
		return ERR_OK;
	}
	if ((e = secret_init(out, password.len * CHAR_SIZE, ei)) != ERR_OK) {
		return e;
	}
	if (!text_is_utf8(password)) {
		widen(password, out);
		return ERR_OK;
	}
	out->len = 0;
	while (text_get_char(&rest, &c)) {
		if (c >= UTF16_FIRST) {
			c -= UTF16_FIRST;
			put_unit(out, 0xd800 + (c >> 10));
			put_unit(out, 0xdc00 + (c & 0x3ff));
		} else {
			put_unit(out, c);
		}
	}
	return ERR_OK;
}

enum form {
	FORM_UTF16,
	FORM_UTF8,   /* an octet a character */
	FORM_CP1251, /* the same */
	FORMS
};

/* *out is empty when the password has no such form. */
static enum err
password_in(enum form form, struct slice password, struct secret *out,
    struct errinfo *ei)
{
	struct buf narrow = BUF_INIT(PASSPHRASE_MAX);
	enum err e = ERR_OK;

	if (form == FORM_UTF16) {
		return cp_password_form(password, out, ei);
	}
	if (form == FORM_UTF8) {
		buf_add(&narrow, password);
	} else if (!cp1251_from_utf8(password, &narrow)) {
		*out = SECRET_EMPTY;
	}
	if (narrow.len != 0 &&
	    (e = secret_init(out, narrow.len * CHAR_SIZE, ei)) == ERR_OK) {
		widen(buf_slice(&narrow), out);
	}
	buf_wipe(&narrow);
	return e;
}

static enum err
wrong_password(struct errinfo *ei)
{
	return err_set(ei, ERR_CRYPTO, "container.password", NULL,
	    "the password of the CryptoPro container is wrong");
}

static bool
password_fits(
    const struct cp_header *h, struct slice password4, enum err *out_err)
{
	uint8_t mac[GOST89_MAC_SIZE];

	for (size_t i = 0; i < h->sets.num; i++) {
		enum err e = cp_password_mac(
		    h->sets.set[i], h->fp, password4, mac, NULL);

		if (e != ERR_OK) {
			*out_err = e;
			return false;
		}
		if (secret_eq(slice_make(mac, sizeof(mac)), h->password_mac)) {
			return true;
		}
	}
	return false;
}

enum err
cp_password_find(const struct cp_header *h, struct slice password,
    struct secret *out, struct errinfo *ei)
{
	for (enum form form = FORM_UTF16; form < FORMS; form++) {
		struct secret s = SECRET_EMPTY;
		enum err e = password_in(form, password, &s, ei);

		if (e != ERR_OK) {
			return e;
		}
		/* Where nothing tells them apart, the usual one. */
		if (password.len == 0 || h->password_mac.len == 0 ||
		    (s.len != 0 && password_fits(h, secret_slice(&s), &e))) {
			*out = s;
			return ERR_OK;
		}
		secret_clear(&s);
		if (e != ERR_OK) {
			return err_set(ei, e, "container.cryptopro.mac", NULL,
			    "the password's MAC could not be computed");
		}
	}
	return wrong_password(ei);
}

/* --- the key --------------------------------------------------------------
 */

/* The public key's first bytes. */
static bool
fp_fits(struct privkey *k, struct slice fp)
{
	struct slice bits = pubkey_bits_content(privkey_pubkey(k)), point;

	return der_get(&bits, DER_OCTET_STRING, &point, NULL) == ERR_OK &&
	       slice_starts(point, fp);
}

static enum err
open_with(enum gost89_set set, const struct cp_header *h,
    const struct cp_masks *m, struct slice primary, struct slice kek,
    struct privkey **out, struct errinfo *ei)
{
	struct secret masked = SECRET_EMPTY;
	enum err e = gost89_ecb(set, kek, primary, false, &masked, ei);

	if (e == ERR_OK) {
		e = gost_unmask(
		    h->alg, h->curve, secret_slice(&masked), m->mask, out, ei);
	}
	secret_clear(&masked);
	return e;
}

static enum err
check_masks(const struct cp_header *h, const struct cp_masks *m,
    enum cryptopro_file file, struct errinfo *ei)
{
	uint8_t mac[GOST89_MAC_SIZE];

	for (size_t i = 0; i < h->sets.num; i++) {
		enum err e =
		    mask_mac(h->sets.set[i], m->mask, m->salt, mac, ei);

		if (e != ERR_OK) {
			return e;
		}
		if (memcmp(mac, m->mac.p, sizeof(mac)) == 0) {
			return ERR_OK;
		}
	}
	return cp_damaged(ei, file);
}

enum err
cp_key_open(const struct cp_header *h, const struct cryptopro_parts *parts,
    enum cryptopro_file masks_file, enum cryptopro_file primary_file,
    struct slice password4, struct privkey **out, struct errinfo *ei)
{
	const size_t len = gost_scalar_size(h->alg);
	struct secret kek = SECRET_EMPTY;
	struct privkey *k = NULL;
	struct cp_masks m;
	struct slice primary;
	enum err e;

	if (cp_masks_parse(parts->file[masks_file], len, &m, NULL) != ERR_OK) {
		return cp_damaged(ei, masks_file);
	}
	if (cp_primary_parse(parts->file[primary_file], len, &primary, NULL) !=
	    ERR_OK) {
		return cp_damaged(ei, primary_file);
	}
	if ((e = check_masks(h, &m, masks_file, ei)) != ERR_OK ||
	    (e = cpkdf(password4, slice_make(m.salt.p, CP_SALT_SIZE), &kek,
		 ei)) != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < h->sets.num; i++) {
		e = open_with(
		    h->sets.set[i], h, &m, primary, secret_slice(&kek), &k, ei);
		if (e == ERR_OK && fp_fits(k, h->fp)) {
			*out = k;
			k = NULL;
			break;
		}
		privkey_free(k);
		k = NULL;
		if (e == ERR_OK || e == ERR_CRYPTO) {
			e = cp_damaged(ei, primary_file);
		} else {
			break;
		}
	}
	secret_clear(&kek);
	return e;
}

static enum err
put_pair(const struct cp_header *h, const struct secret *masked,
    const struct secret *mask, struct slice password4, struct buf *out_masks,
    struct buf *out_primary, struct errinfo *ei)
{
	uint8_t salt[CP_SALT_SIZE], mac[GOST89_MAC_SIZE];
	struct cp_masks m = {secret_slice(mask), slice_make(salt, sizeof(salt)),
	    slice_make(mac, sizeof(mac))};
	struct secret kek = SECRET_EMPTY, sealed = SECRET_EMPTY;
	enum err e;

	if ((e = random_bytes(salt, sizeof(salt), ei)) == ERR_OK &&
	    (e = mask_mac(h->sets.set[0], m.mask, m.salt, mac, ei)) == ERR_OK &&
	    (e = cpkdf(password4, m.salt, &kek, ei)) == ERR_OK &&
	    (e = gost89_ecb(h->sets.set[0], secret_slice(&kek),
		 secret_slice(masked), true, &sealed, ei)) == ERR_OK) {
		cp_masks_put(out_masks, &m);
		cp_primary_put(out_primary, secret_slice(&sealed));
	}
	secret_clear(&kek);
	secret_clear(&sealed);
	return e;
}

enum err
cp_key_put(const struct cp_header *h, struct privkey *key,
    struct slice password4, struct buf *out_masks, struct buf *out_primary,
    struct errinfo *ei)
{
	struct secret masked = SECRET_EMPTY, mask = SECRET_EMPTY;
	enum err e = gost_mask(key, &masked, &mask, ei);

	if (e == ERR_OK) {
		e = put_pair(
		    h, &masked, &mask, password4, out_masks, out_primary, ei);
	}
	secret_clear(&masked);
	secret_clear(&mask);
	return e;
}
