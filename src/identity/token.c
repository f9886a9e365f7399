/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/token.h"

#include <string.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "os/random.h"

enum {
	TOKEN_MAX = 128
};

enum err
token_new(const char *prefix, char *out, size_t size, struct errinfo *ei)
{
	struct buf b = BUF_INIT(TOKEN_MAX);
	uint8_t bytes[TOKEN_RANDOM_BYTES];
	enum err err;

	ensure(size == strlen(prefix) + TOKEN_TEXT_LEN + 1);
	err = random_bytes(bytes, sizeof(bytes), ei);
	if (err == ERR_OK) {
		buf_add_str(&b, prefix);
		text_base64url(&b, slice_make(bytes, sizeof(bytes)));
		err = buf_err(&b, ei);
	}
	if (err == ERR_OK) {
		ensure(b.len + 1 == size);
		memcpy(out, b.p, b.len);
		out[b.len] = '\0';
	}
	secret_wipe(bytes, sizeof(bytes));
	buf_wipe(&b);
	return err;
}

bool
token_is(const char *prefix, struct slice token)
{
	struct slice head;

	return slice_get_bytes(&token, strlen(prefix), &head) &&
	       slice_eq_str(head, prefix) && token.len == TOKEN_TEXT_LEN &&
	       text_is_base64url(token);
}

enum err
token_hash(struct slice token, uint8_t out[TOKEN_HASH_SIZE], struct errinfo *ei)
{
	return sha256_of(token, out, ei);
}
