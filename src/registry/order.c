/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/order.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "profile/values.h"

enum {
	VERSION = 1
};

_Static_assert(1 + 3 + IDEM_ACCOUNT_MAX + IDEM_OPERATION_MAX +
		       (int)IDEMPOTENCY_KEY_MAX + IDEM_BODY_HASH_SIZE +
		       (int)sizeof(struct id) <=
		   VALUES_NOTE_MAX,
    "an order fits into a note");

static void
put_text(struct buf *out, struct slice text)
{
	buf_add_u8(out, (uint8_t)text.len);
	buf_add(out, text);
}

void
order_put(const struct order *o, struct buf *out)
{
	const struct idem_request *r = &o->request;

	buf_add_u8(out, VERSION);
	put_text(out, slice_str(r->account));
	put_text(out, slice_str(r->operation));
	put_text(out, r->key);
	buf_add(out, slice_make(r->body_sha256, sizeof(r->body_sha256)));
	buf_add(out, id_slice(&o->person));
}

static bool
get_bytes(struct slice *rest, struct slice *out)
{
	uint8_t len;

	return slice_get_u8(rest, &len) && slice_get_bytes(rest, len, out);
}

/* Into an array of this size, with a NUL. */
static bool
get_text(struct slice *rest, char *out, size_t size)
{
	struct slice text;

	if (!get_bytes(rest, &text) || text.len == 0 || text.len >= size ||
	    memchr(text.p, 0, text.len) != NULL || !text_is_utf8(text)) {
		return false;
	}
	memcpy(out, text.p, text.len);
	out[text.len] = '\0';
	return true;
}

bool
order_get(struct slice note, struct order_text *text, struct order *out)
{
	struct order o = {.request = {.account = text->account,
			      .operation = text->operation}};
	struct slice hash, person;
	uint8_t version;

	if (!slice_get_u8(&note, &version) || version != VERSION ||
	    !get_text(&note, text->account, sizeof(text->account)) ||
	    !get_text(&note, text->operation, sizeof(text->operation)) ||
	    !get_bytes(&note, &o.request.key) ||
	    idem_check(&o.request, NULL) != ERR_OK ||
	    !slice_get_bytes(&note, IDEM_BODY_HASH_SIZE, &hash) ||
	    !slice_get_bytes(&note, sizeof(o.person), &person) ||
	    note.len > 0 || !id_from_slice(person, &o.person)) {
		return false;
	}
	memcpy(o.request.body_sha256, hash.p, hash.len);
	*out = o;
	return true;
}
