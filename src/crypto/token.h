/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_TOKEN_H
#define SURGUCH_CRYPTO_TOKEN_H
/*
 * A person's tokens behind a PKCS#11 module (OASIS PKCS#11 2.40, GOST by the
 * numbers of Rutoken's public headers): seen, logged in to, and what lies on
 * them.  An *active* token makes keys and signs; a *passive* one is memory
 * behind a PIN, for data objects.
 *
 * A module may hang and a token may be pulled out at any moment, so every call
 * here runs on a thread of the module's own and is waited for TOKEN_WAIT_MS
 * (crypto/pkcs11.h says the same of a CA's key).  Any thread may call; one
 * call goes on at a time, and tokens_list() does not wait for it.
 *
 * What every function may answer besides its own:
 * ERR_NOTFOUND "token.absent"  it is not there, or was pulled out
 *                              (errinfo.object "medium")
 * ERR_AGAIN "key.module", "key.hung", "key.thread", "key.busy"
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

struct privkey;

enum {
	TOKEN_LABEL_SIZE = 33,  /* 32 bytes of CK_TOKEN_INFO */
	TOKEN_MODEL_SIZE = 17,  /* 16 */
	TOKEN_SERIAL_SIZE = 17, /* 16 */
	TOKEN_ID_MAX = 32,      /* CKA_ID */
	TOKEN_SPEC_SIZE = 20,
	TOKEN_NAME_SIZE = 128, /* of a folder, a file, a key */
};

enum token_pin {
	TOKEN_PIN_OK,
	TOKEN_PIN_LOW,    /* wrong tries since the last right one */
	TOKEN_PIN_LAST,   /* one more wrong try locks it */
	TOKEN_PIN_LOCKED, /* only the administrator's PIN helps */
	TOKEN_PIN_UNSET,
	TOKEN_PIN_MAX_
};

struct token_seen {
	char label[TOKEN_LABEL_SIZE]; /* clean UTF-8, may be empty */
	char model[TOKEN_MODEL_SIZE];
	char serial[TOKEN_SERIAL_SIZE];
	bool active; /* it makes keys of its own */
	bool writable;
	bool factory; /* the PIN is known to be the maker's */
	enum token_pin pin;
	unsigned tries_left;       /* 0: the module does not say */
	unsigned pin_min, pin_max; /* bytes */
};

struct tokens; /* a module */
struct token;  /* one that is open */

/*
 * The module at an absolute path, which is copied.  It is loaded by the first
 * call that needs it, on the module's thread, and as long as that fails every
 * call tries anew: its file may be put there later.  So each function here may
 * also answer ERR_UNSUPPORTED "library.load", "pkcs11.version".
 * ERR_FORMAT "library.path": the path is not absolute, or too long.
 */
ATTR_MUST_USE enum err tokens_new(
    const char *path, struct tokens **out, struct errinfo *ei);
void tokens_free(struct tokens *m); /* NULL allowed; its tokens before it */

/* What is there now; while another call is under way, what was there before
 * it.  At most max. */
ATTR_MUST_USE enum err tokens_list(struct tokens *m, struct token_seen *out,
    size_t max, size_t *out_num, struct errinfo *ei);

/* By its serial number; borrows m.  Nobody is logged in. */
ATTR_MUST_USE enum err token_open(struct tokens *m, const char *serial,
    struct token **out, struct errinfo *ei);
void token_free(struct token *t); /* NULL allowed; logs out */
ATTR_MUST_USE enum err token_look(
    struct token *t, struct token_seen *out, struct errinfo *ei);

/*
 * The person's PIN.  With spend_last false one that might be the last try is
 * not tried: ERR_POLICY "token.pin.last".  ERR_CRYPTO "token.pin" (wrong;
 * look again how many are left), "token.pin.locked"; ERR_STATE
 * "token.pin.unset".
 */
ATTR_MUST_USE enum err token_login(
    struct token *t, struct slice pin, bool spend_last, struct errinfo *ei);
/* ERR_FORMAT "token.pin.length"; those of token_login(). */
ATTR_MUST_USE enum err token_set_pin(
    struct token *t, struct slice old, struct slice new, struct errinfo *ei);

/* Bytes of the token's own generator, to which seed was given if it takes
 * any.  ERR_UNSUPPORTED "token.random" when it has none. */
ATTR_MUST_USE enum err token_random(struct token *t, struct slice seed,
    uint8_t *out, size_t len, struct errinfo *ei);

/* --- data objects: files in folders --------------------------------------- */

/* CKO_DATA: application = folder, label = name.  Private ones are there only
 * for whoever is logged in.  ERR_NOTFOUND "token.file". */
ATTR_MUST_USE enum err token_file_read(struct token *t, const char *folder,
    const char *name, size_t max, struct secret *out, struct errinfo *ei);
/* The new one is there before the old one goes.  ERR_LIMIT "token.full". */
ATTR_MUST_USE enum err token_file_write(struct token *t, const char *folder,
    const char *name, struct slice content, bool private, struct errinfo *ei);
ATTR_MUST_USE enum err token_file_remove(
    struct token *t, const char *folder, const char *name, struct errinfo *ei);
/* The folders that have a file of this name: names of TOKEN_NAME_SIZE. */
ATTR_MUST_USE enum err token_folders(struct token *t, const char *name,
    char (*out)[TOKEN_NAME_SIZE], size_t max, size_t *out_num,
    struct errinfo *ei);

/* --- key pairs -------------------------------------------------------------
 */

struct token_pair {
	uint8_t id[TOKEN_ID_MAX]; /* CKA_ID */
	size_t id_len;
	char label[TOKEN_NAME_SIZE]; /* clean UTF-8, may be empty */
	char spec[TOKEN_SPEC_SIZE];  /* as privkey_generate() has it */
	struct buf spki;
	struct buf cert; /* of the same CKA_ID; empty: none */
};
void token_pairs_clear(struct token_pair *pairs, size_t num);

/*
 * The public halves that are there, of kinds that we know, with their
 * certificates; needs no login.  The caller clears them.
 */
ATTR_MUST_USE enum err token_pairs(struct token *t, struct token_pair *out,
    size_t max, size_t *out_num, struct errinfo *ei);

/*
 * Make a pair under this id, logged in; when the token has one of the id
 * already (it was pulled out before it could say so) that one is taken.  What
 * the token says of the private half is checked: sensitive and never
 * extractable from its birth, made there.  ERR_UNSUPPORTED "key.spec" when the
 * token makes no such keys; ERR_CONFLICT "key.exists" when the one of the id
 * is of another kind; ERR_POLICY "token.key.leaky": the token would give
 * it out, and the pair is destroyed.
 */
ATTR_MUST_USE enum err token_make_pair(struct token *t, struct slice id,
    const char *label, const char *spec, struct buf *out_spki,
    struct errinfo *ei);

/* The certificate beside the pair of this id, in the place of others. */
ATTR_MUST_USE enum err token_cert_write(struct token *t, struct slice id,
    const char *label, struct slice der, struct errinfo *ei);

/*
 * The private half, logged in; borrows t.  Each signature is verified before
 * it is given out; the order in which a token writes the halves of GOST
 * signatures is learned from the first, and one that fits in no order is
 * ERR_CRYPTO "key.signature".  ERR_AGAIN "key.absent".
 */
ATTR_MUST_USE enum err token_privkey(struct token *t, struct slice id,
    struct slice spki, struct privkey **out, struct errinfo *ei);

#endif
