/* SPDX-License-Identifier: Apache-2.0 */
/* The private half on a person's token, as a privkey. */
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/privkey.h"
#include "crypto/privkey_priv.h"
#include "crypto/pubkey.h"
#include "crypto/token_priv.h"

enum {
	INPUT_MAX = 256, /* a digest, or a DigestInfo around one */
};

/*
 * GOST R 34.10-2012 defines the signature as r beside s; X.509 carries s || r,
 * each big-endian (RFC 9215 2).  What a token gives is not written down
 * anywhere, so it is found out.
 */
enum order {
	ORDER_UNKNOWN,
	ORDER_SR,    /* as X.509 has it */
	ORDER_RS,    /* the halves change places */
	ORDER_SR_LE, /* each half is little-endian */
	ORDER_RS_LE,
	ORDER_MAX_
};

struct pair_key {
	struct token *t;
	uint8_t id[TOKEN_ID_MAX];
	size_t id_len;
	struct pubkey *pub;
	pthread_mutex_t lock; /* of order */
	enum order order;
};

static void
arrange(enum order order, struct slice raw, struct buf *out)
{
	size_t half = raw.len / 2;
	bool swap = order == ORDER_RS || order == ORDER_RS_LE;
	bool turn = order == ORDER_SR_LE || order == ORDER_RS_LE;

	buf_reset(out);
	for (int i = 0; i < 2; i++) {
		const uint8_t *p = raw.p + ((i == 0) == swap ? half : 0);

		for (size_t k = 0; k < half; k++) {
			buf_add_u8(out, p[turn ? half - 1 - k : k]);
		}
	}
}

static enum err
misfit(struct errinfo *ei)
{
	return err_set(ei, ERR_CRYPTO, "key.signature", NULL,
	    "the token made a signature that does not fit its own key; it was "
	    "thrown away");
}

static enum err
settle(struct pair_key *k, enum sig_alg alg, struct slice digest,
    struct slice raw, struct buf *sig, struct errinfo *ei)
{
	enum order first = k->order == ORDER_UNKNOWN ? ORDER_SR : k->order;
	enum order last = k->order == ORDER_UNKNOWN ? ORDER_RS_LE : k->order;

	for (enum order o = first; o <= last; o++) {
		arrange(o, raw, sig);
		if (buf_err(sig, NULL) == ERR_OK &&
		    pubkey_verify_digest(
			k->pub, alg, digest, buf_slice(sig), NULL) == ERR_OK) {
			k->order = o;
			return ERR_OK;
		}
	}
	return misfit(ei);
}

/* As X.509 carries it, and right. */
static enum err
finish(struct pair_key *k, enum sig_alg alg, struct slice digest,
    struct slice raw, struct buf *out, struct errinfo *ei)
{
	enum key_alg kind = pubkey_alg(k->pub);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	enum err e = pkcs11_sign_output(kind, raw, &sig, ei);

	if (e == ERR_OK && (kind == KEY_GOST256 || kind == KEY_GOST512)) {
		ensure(pthread_mutex_lock(&k->lock) == 0);
		e = settle(k, alg, digest, raw, &sig, ei);
		ensure(pthread_mutex_unlock(&k->lock) == 0);
	} else if (e == ERR_OK && pubkey_verify_digest(k->pub, alg, digest,
				      buf_slice(&sig), NULL) != ERR_OK) {
		e = misfit(ei);
	}
	if (e == ERR_OK) {
		buf_add(out, buf_slice(&sig));
		e = buf_err(out, ei);
	}
	buf_clear(&sig);
	return e;
}

static enum err
key_sign(void *self, enum sig_alg alg, struct slice digest, struct buf *out_sig,
    struct errinfo *ei)
{
	struct pair_key *k = self;
	struct token_job *j = token_job_new(k->t->m, k->t, token_run_sign);
	struct buf input = BUF_INIT(INPUT_MAX);
	enum err e = ERR_OK;

	if (j != NULL) {
		memcpy(j->id, k->id, k->id_len);
		j->id_len = k->id_len;
		buf_init(&j->out, SIGNATURE_BYTES_MAX);
		e = pkcs11_sign_input(
		    pubkey_alg(k->pub), alg, digest, &j->mechanism, &input, ei);
	}
	if (j != NULL && e == ERR_OK) {
		e = secret_copy(&j->one, buf_slice(&input), ei);
	}
	buf_clear(&input);
	if (e == ERR_OK) {
		e = token_do(&j, TOKEN_WAIT_MS, ei);
	}
	if (e == ERR_OK) {
		e = finish(k, alg, digest, buf_slice(&j->out), out_sig, ei);
	}
	token_job_free(j);
	return e;
}

static void
key_free(void *self)
{
	struct pair_key *k = self;

	pubkey_free(k->pub);
	(void)pthread_mutex_destroy(&k->lock);
	free(k);
}

static const struct privkey_ops key_ops = {
    .sign = key_sign,
    .free = key_free,
    .foreign = true,
};

enum err
token_privkey(struct token *t, struct slice id, struct slice spki,
    struct privkey **out, struct errinfo *ei)
{
	struct pair_key *k = calloc(1, sizeof(*k));
	enum key_alg kind;
	enum err e;

	if (k == NULL) {
		return err_nomem(ei);
	}
	ensure(id.len > 0 && id.len <= TOKEN_ID_MAX);
	k->t = t;
	memcpy(k->id, id.p, id.len);
	k->id_len = id.len;
	ensure(pthread_mutex_init(&k->lock, NULL) == 0);
	e = pubkey_parse(spki, &k->pub, ei);
	kind = e == ERR_OK ? pubkey_alg(k->pub) : KEY_NONE;
	if (e == ERR_OK && kind != KEY_GOST256 && kind != KEY_GOST512 &&
	    kind != KEY_P256 && kind != KEY_P384 && kind != KEY_RSA) {
		e = err_set(ei, ERR_UNSUPPORTED, "key.algorithm", NULL,
		    "keys of this kind are not used on a person's token here");
	}
	if (e != ERR_OK) {
		key_free(k);
		return e;
	}
	return privkey_wrap_take(&key_ops, k, spki, out, ei);
}
