/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_TOKEN_TOKEN_H
#define SURGUCH_TESTS_TOKEN_TOKEN_H
/*
 * A test double of a token, see README.md.  What is in it lies in a directory:
 *
 *	token       its description: a word and a value a line
 *	out         when it is there the token is not
 *	fail        what goes wrong at which call, once
 *	objects/N   an object: attributes as (type u64, length u32, bytes)
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <p11-kit/pkcs11.h>
#undef hash_alg /* its own names for its fields stay defined */

#include "base/buf.h"
#include "base/slice.h"
#include "os/file.h"

enum {
	TOKENS_MAX = 8,
	TEXT_SIZE = 64,
	OBJECTS_MAX = 512,
	OBJECT_BYTES_MAX = 65536,
	ATTRIBUTES_MAX = 32,
};

/* The PKCS#8 of a private key: never answered. */
#define CKA_TEST_KEY                   (CKA_VENDOR_DEFINED | 0x7e57UL)
#define CKK_GOSTR3410_512              0xD4321003UL
#define CKM_GOSTR3410_512_KEY_PAIR_GEN 0xD4321005UL
#define CKM_GOSTR3410_512              0xD4321006UL

struct token {
	char dir[PATH_TEXT_SIZE];
	char kind[TEXT_SIZE];   /* "ecp" or "lite" */
	char label[TEXT_SIZE];  /* CK_TOKEN_INFO: at most 32 bytes */
	char serial[TEXT_SIZE]; /* 16 */
	char pin[TEXT_SIZE];
	char so[TEXT_SIZE];
	char order[TEXT_SIZE]; /* of GOST signatures: "sr", "rs", "le", "bad" */
	char extractable[TEXT_SIZE]; /* "yes": keys are made badly */
	unsigned long tries, left;
	bool changed; /* the PIN has been */
};

struct object {
	CK_ATTRIBUTE at[ATTRIBUTES_MAX]; /* values owned */
	CK_ULONG num;
};

/* The directories of $SURGUCH_TEST_TOKENS, by name: slot ids are their places.
 */
size_t tokens_num(void);
/* Read as it is now.  False: no such slot. */
bool token_read(CK_SLOT_ID slot, struct token *out);
bool token_write(const struct token *t);
bool token_is_in(const struct token *t);
/* What `fail` says of this call: CKR_OK, what it is to answer, or, the token
 * having been pulled out at this moment, CKR_DEVICE_REMOVED. */
CK_RV token_fault(const struct token *t, const char *function);
/* One byte more in the file `sessions`: whoever counts them looks there. */
void token_count_session(const struct token *t);

bool is_active(const struct token *t);

/* Objects by their numbers, in order. */
size_t objects_list(const struct token *t, unsigned long out[OBJECTS_MAX]);
bool object_read(
    const struct token *t, unsigned long number, struct object *out);
/* A new one when *number is 0. */
bool object_write(
    const struct token *t, unsigned long *number, const struct object *o);
bool object_remove(const struct token *t, unsigned long number);
void object_clear(struct object *o);
const CK_ATTRIBUTE *object_find(const struct object *o, CK_ATTRIBUTE_TYPE type);
/* Replace or add; false when there is no room. */
bool object_put(
    struct object *o, CK_ATTRIBUTE_TYPE type, const void *p, size_t len);
bool object_put_bool(struct object *o, CK_ATTRIBUTE_TYPE type, bool v);
bool object_put_ulong(struct object *o, CK_ATTRIBUTE_TYPE type, CK_ULONG v);
bool object_is(const struct object *o, CK_ATTRIBUTE_TYPE type); /* CK_TRUE */
CK_ULONG object_ulong(const struct object *o, CK_ATTRIBUTE_TYPE type);

/* keys.c: CKR_... */
CK_RV keys_init(void);
CK_RV keys_make(const CK_MECHANISM *m, struct object *pub, struct object *priv);
CK_RV keys_sign(const struct token *t, const struct object *key,
    CK_MECHANISM_TYPE mechanism, struct slice data, struct buf *out);
bool keys_has_mechanism(CK_MECHANISM_TYPE type);
size_t keys_mechanisms(const CK_MECHANISM_TYPE **out);

#endif
