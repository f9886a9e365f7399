/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/weak_key.h"

#include <string.h>

#include "crypto/ossl_priv.h"
#include "crypto/pubkey.h"
#include "crypto/spki_priv.h"

enum {
	RSA_BITS_WEAK = 2048,
	EXPONENT_BITS_MAX = 256,
	SMALL_PRIMES_END = 752,
	/* CA/Browser Forum BR 6.1.1.3 asks for a hundred. */
	FERMAT_ROUNDS = 100,
	GENERATOR = 65537,
	ED25519_SIZE = 32
};

static enum err
weak(struct errinfo *ei, const char *rule, const char *what)
{
	return err_set(ei, ERR_CRYPTO, rule, NULL,
	    "%s, so others can find the private key; make a new one with "
	    "another program or device",
	    what);
}

/* What could be the smallest prime factor of an odd number. */
static bool
may_be_prime(BN_ULONG p)
{
	return p <= 5 || (p % 3 != 0 && p % 5 != 0);
}

/* A division of the whole modulus costs more than all that can be asked of its
 * rest, so each is by as many candidates at once as a word of BN_mod_word()'s
 * quick way holds. */
static bool
has_small_factor(const BIGNUM *n)
{
	for (BN_ULONG p = 3; p < SMALL_PRIMES_END;) {
		BN_ULONG first = p, product = 1, rest;

		for (; p < SMALL_PRIMES_END && product <= UINT32_MAX / p;
		     p += 2) {
			product *= may_be_prime(p) ? p : 1;
		}
		rest = BN_mod_word(n, product);
		for (BN_ULONG q = first; q < p; q += 2) {
			if (may_be_prime(q) && rest % q == 0) {
				return true;
			}
		}
	}
	return false;
}

/* Is `value` a power of 65537 modulo p? */
static bool
is_power(BN_ULONG value, BN_ULONG p)
{
	BN_ULONG power = 1;

	do {
		if (power == value) {
			return true;
		}
		power = power * (GENERATOR % p) % p;
	} while (power != 1);
	return false;
}

/*
 * The primes of the faulty library are k M + (65537^a mod M), M the product
 * of the first primes, so modulo each of those the modulus is a power of
 * 65537 (Nemec et al., "The Return of Coppersmith's Attack", 2017, 3.2).
 * Modulo the primes here few numbers are: a good modulus passes for one with
 * a chance of about 2^-27.
 */
static bool
has_roca_fingerprint(const BIGNUM *n)
{
	static const BN_ULONG primes[] = {11, 13, 17, 19, 37, 53, 61, 71, 73,
	    79, 97, 103, 107, 109, 127, 151, 157};

	for (size_t i = 0; i < ARRAY_LEN(primes); i++) {
		if (!is_power(BN_mod_word(n, primes[i]), primes[i])) {
			return false;
		}
	}
	return true;
}

/* root = floor(sqrt(n)), n > 0, by Newton's rule from above. */
static bool
square_root(BIGNUM *root, const BIGNUM *n, BN_CTX *ctx)
{
	BIGNUM *next;
	bool done = false;

	BN_CTX_start(ctx);
	next = BN_CTX_get(ctx);
	BN_zero(root);
	if (next == NULL || !BN_set_bit(root, (BN_num_bits(n) + 1) / 2)) {
		goto out;
	}
	for (;;) {
		if (!BN_div(next, NULL, n, root, ctx) ||
		    !BN_add(next, next, root) || !BN_rshift1(next, next)) {
			goto out;
		}
		if (BN_cmp(next, root) >= 0) {
			break;
		}
		if (BN_copy(root, next) == NULL) {
			goto out;
		}
	}
	done = true;
out:
	BN_CTX_end(ctx);
	return done;
}

/* Most numbers that are no squares are none modulo 64, 63, 65 or 11 either. */
static bool
may_be_square(const BIGNUM *v)
{
	static const BN_ULONG moduli[] = {64, 63, 65, 11};

	for (size_t i = 0; i < ARRAY_LEN(moduli); i++) {
		BN_ULONG m = moduli[i], rest = BN_mod_word(v, m), x = 0;

		while (x < m && x * x % m != rest) {
			x++;
		}
		if (x == m) {
			return false;
		}
	}
	return true;
}

struct fermat {
	BIGNUM *a;    /* from the root of n upwards */
	BIGNUM *gap;  /* a^2 - n */
	BIGNUM *step; /* 2 a + 1 */
	BIGNUM *root;
	BIGNUM *square;
};

static bool
fermat_start(struct fermat *f, const BIGNUM *n, BN_CTX *ctx)
{
	f->a = BN_CTX_get(ctx);
	f->gap = BN_CTX_get(ctx);
	f->step = BN_CTX_get(ctx);
	f->root = BN_CTX_get(ctx);
	f->square = BN_CTX_get(ctx);
	if (f->square == NULL || !square_root(f->a, n, ctx) ||
	    !BN_sqr(f->gap, f->a, ctx)) {
		return false;
	}
	/* Round up, unless n is a square itself. */
	if (BN_cmp(f->gap, n) < 0 &&
	    (!BN_add_word(f->a, 1) || !BN_sqr(f->gap, f->a, ctx))) {
		return false;
	}
	return BN_sub(f->gap, f->gap, n) && BN_lshift1(f->step, f->a) &&
	       BN_add_word(f->step, 1);
}

/* n = (a - b)(a + b): a few steps from its root when the primes are close. */
static enum err
check_close(const BIGNUM *n, struct errinfo *ei)
{
	BN_CTX *ctx = BN_CTX_new();
	struct fermat f;
	enum err e = ERR_NOMEM;

	if (ctx == NULL) {
		return err_nomem(ei);
	}
	BN_CTX_start(ctx);
	if (!fermat_start(&f, n, ctx)) {
		goto out;
	}
	for (int i = 0; i < FERMAT_ROUNDS; i++) {
		bool square = BN_is_zero(f.gap);

		if (!square && may_be_square(f.gap)) {
			if (!square_root(f.root, f.gap, ctx) ||
			    !BN_sqr(f.square, f.root, ctx)) {
				goto out;
			}
			square = BN_cmp(f.square, f.gap) == 0;
		}
		if (square) {
			e = weak(ei, "key.weak.close",
			    "the RSA modulus is made of two close primes");
			goto out;
		}
		if (!BN_add(f.gap, f.gap, f.step) || !BN_add_word(f.step, 2)) {
			goto out;
		}
	}
	e = ERR_OK;
out:
	BN_CTX_end(ctx);
	BN_CTX_free(ctx);
	return e == ERR_NOMEM ? err_nomem(ei) : e;
}

static enum err
check_modulus(const BIGNUM *n, struct errinfo *ei)
{
	if (has_small_factor(n)) {
		return weak(ei, "key.weak.factor",
		    "the RSA modulus has a small prime factor");
	}
	if (has_roca_fingerprint(n)) {
		return weak(ei, "key.weak.roca",
		    "the RSA modulus has the mark of the faulty generator of "
		    "CVE-2017-15361");
	}
	return check_close(n, ei);
}

static enum err
check_rsa(const struct spki *k, struct errinfo *ei)
{
	BIGNUM *n;
	enum err e;

	if (k->size < RSA_BITS_WEAK) {
		return err_set(ei, ERR_CRYPTO, "key.weak.size", NULL,
		    "an RSA modulus of %u bits; make a key of %d or more",
		    k->size, RSA_BITS_WEAK);
	}
	if (k->e.len > EXPONENT_BITS_MAX / 8) {
		return err_set(ei, ERR_CRYPTO, "key.weak.exponent", NULL,
		    "an RSA exponent of %zu octets, which hides what was "
		    "chosen; make a key with the usual 65537",
		    k->e.len);
	}
	n = BN_bin2bn(k->n.p, (int)k->n.len, NULL);
	if (n == NULL) {
		return err_nomem(ei);
	}
	e = check_modulus(n, ei);
	BN_free(n);
	return e;
}

/* The y coordinates of the eight points whose order divides 8, those below
 * 2^255 that stand for the same included; either sign. */
static enum err
check_ed25519(const struct spki *k, struct errinfo *ei)
{
#define FF_28                                                                  \
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"             \
	"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	static const char small[][ED25519_SIZE + 1] = {
	    "\x00",
	    "\x01",
	    "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
	    "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
	    "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f"
	    "\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
	    "\xec" FF_28 "\xff\xff\x7f",
	    "\xed" FF_28 "\xff\xff\x7f",
	    "\xee" FF_28 "\xff\xff\x7f",
	};
#undef FF_28
	uint8_t y[ED25519_SIZE];

	memcpy(y, k->point.p, sizeof(y));
	y[ED25519_SIZE - 1] &= 0x7f;
	for (size_t i = 0; i < ARRAY_LEN(small); i++) {
		if (memcmp(y, small[i], sizeof(y)) == 0) {
			return weak(ei, "key.weak.order",
			    "the Ed25519 key is a point of small order");
		}
	}
	return ERR_OK;
}

enum err
weak_key_check(const struct pubkey *k, struct errinfo *ei)
{
	struct spki outline;
	enum err e = spki_parse(pubkey_spki(k), &outline, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (outline.alg == KEY_RSA) {
		e = check_rsa(&outline, ei);
	} else if (outline.alg == KEY_ED25519) {
		e = check_ed25519(&outline, ei);
	}
	return crypto_done(e);
}
