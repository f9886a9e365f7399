/* SPDX-License-Identifier: Apache-2.0 */
/*
 *	h = H(salt || password)
 *	c = constant, filled with zeros to a block of H
 *	ROUNDS times: c = H(c ^ 36.. || h || c ^ 5C.. || h), filled again
 *	key = H(H(c[32] ^ 36.. || salt || c[32] ^ 5C.. || password))
 */
#include "crypto/cpkdf.h"

#include <string.h>

#include "base/bounds.h"
#include "crypto/hash.h"

enum {
	BLOCK = 64,
	ROUNDS = 2000,
	ROUNDS_WITHOUT = 2,
	SALT_MAX = 64,
	CHAR_SIZE = 4
};

static enum err
hash_parts(const struct slice *parts, size_t num, uint8_t out[CPKDF_SIZE],
    struct errinfo *ei)
{
	uint8_t digest[HASH_SIZE_MAX];
	struct hasher *h = NULL;
	enum err e = hasher_new(HASH_STREEBOG256, &h, ei);

	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; i < num; i++) {
		if (parts[i].len != 0) {
			hasher_add(h, parts[i]);
		}
	}
	if ((e = hasher_end(h, digest, ei)) == ERR_OK) {
		memcpy(out, digest, CPKDF_SIZE);
	}
	hasher_free(h);
	secret_wipe(digest, sizeof(digest));
	return e;
}

/* What stands in memory meanwhile, so that it is wiped in one place. */
struct state {
	uint8_t h[CPKDF_SIZE];
	uint8_t c[BLOCK];
	uint8_t c36[BLOCK];
	uint8_t c5c[BLOCK];
};

static void
spread(struct state *s)
{
	for (size_t i = 0; i < BLOCK; i++) {
		s->c36[i] = s->c[i] ^ 0x36;
		s->c5c[i] = s->c[i] ^ 0x5c;
		s->c[i] = 0;
	}
}

static enum err
derive(struct state *s, struct slice password, struct slice salt,
    uint8_t out[CPKDF_SIZE], struct errinfo *ei)
{
	static const uint8_t start[] = "DENEFH028.760246785.IUEFHWUIO.EF";
	const struct slice h = slice_make(s->h, sizeof(s->h));
	const struct slice round[] = {
	    slice_make(s->c36, BLOCK), h, slice_make(s->c5c, BLOCK), h};
	const struct slice last[] = {slice_make(s->c36, CPKDF_SIZE), salt,
	    slice_make(s->c5c, CPKDF_SIZE), password};
	const struct slice first[] = {salt, password};
	const struct slice c = slice_make(s->c, CPKDF_SIZE);
	size_t rounds = password.len == 0 ? ROUNDS_WITHOUT : ROUNDS;
	enum err e = hash_parts(first, ARRAY_LEN(first), s->h, ei);

	memcpy(s->c, start, sizeof(start) - 1);
	for (size_t i = 0; e == ERR_OK && i < rounds; i++) {
		spread(s);
		e = hash_parts(round, ARRAY_LEN(round), s->c, ei);
	}
	if (e == ERR_OK) {
		spread(s);
		e = hash_parts(last, ARRAY_LEN(last), s->c, ei);
	}
	return e == ERR_OK ? hash_parts(&c, 1, out, ei) : e;
}

enum err
cpkdf(struct slice password4, struct slice salt, struct secret *out,
    struct errinfo *ei)
{
	struct state s = {0};
	struct secret key = SECRET_EMPTY;
	enum err e;

	if (password4.len > (size_t)CHAR_SIZE * PASSPHRASE_MAX ||
	    salt.len > SALT_MAX) {
		return err_set(ei, ERR_LIMIT, "kdf.limits", NULL,
		    "the password has more than %d characters", PASSPHRASE_MAX);
	}
	if ((e = secret_init(&key, CPKDF_SIZE, ei)) == ERR_OK &&
	    (e = derive(&s, password4, salt, key.p, ei)) == ERR_OK) {
		*out = key;
		key = SECRET_EMPTY;
	}
	secret_clear(&key);
	secret_wipe(&s, sizeof(s));
	return e;
}
