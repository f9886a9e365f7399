/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/key_owner.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "base/id.h"
#include "crypto/hash.h"
#include "der/oid.h"
#include "store/statement.h"
#include "store/store.h"
#include "x509/pool.h"
#include "x509/spki.h"

/* The stored hash is that of the bytes; nothing is appended when the key has
 * one form only. */
static enum err
other_form(struct slice spki, struct buf *out, struct errinfo *ei)
{
	struct pool pool;
	struct spki key;
	enum err e;

	pool_init(&pool);
	e = spki_get(&pool, &spki, &key, ei);
	if (e == ERR_OK && key.alg.params == ALG_PARAMS_GOST) {
		key.alg.digest = key.alg.digest.len > 0
				     ? SLICE_EMPTY
				     : oid_bytes(key.alg.id == OID_GOST256
						     ? OID_STREEBOG256
						     : OID_STREEBOG512);
		spki_put(&key, out);
		e = buf_err(out, ei);
	}
	pool_clear(&pool);
	return e;
}

static enum err
check_form(struct store *s, struct slice spki, const struct id *person,
    struct errinfo *ei)
{
	static const struct id nobody = {0};
	uint8_t hash[SHA256_SIZE];
	struct rows *r = NULL;
	size_t num;
	enum err e = sha256_of(spki, hash, ei);

	if (e == ERR_OK) {
		e = store_query(s, ST_CERTIFICATE_KEY_OF_OTHER, &r, ei,
		    V_BLOB(slice_make(hash, sizeof(hash))),
		    V_ID(person != NULL ? person : &nobody));
	}
	if (e != ERR_OK) {
		return e;
	}
	num = rows_num(r);
	rows_free(r);
	if (num > 0) {
		(void)err_set(ei, ERR_POLICY, "key.shared", NULL,
		    "this key is certified already, and not for this person as "
		    "far as the registry knows; make a new one");
		return err_object(ei, ERR_POLICY, "key");
	}
	return ERR_OK;
}

enum err
key_owner_check(struct store *s, struct slice spki, const struct id *person,
    struct errinfo *ei)
{
	struct buf other = BUF_INIT(SPKI_BYTES_MAX);
	enum err e = check_form(s, spki, person, ei);

	if (e == ERR_OK) {
		e = other_form(spki, &other, ei);
	}
	if (e == ERR_OK && other.len > 0) {
		e = check_form(s, buf_slice(&other), person, ei);
	}
	buf_clear(&other);
	return e;
}
