/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/wire.h"
#include "signer/message.h"

void
signer_page_order_pack(struct buf *b, const struct page_order *o)
{
	wire_put_u32(b, (uint32_t)o->operation);
	wire_put_bytes(b, o->agent);
	wire_put_bytes(b, o->application);
	wire_put_bytes(b, o->person);
	wire_put_bytes(b, o->key_spec);
	wire_put_bytes(b, o->document);
	wire_put_u64(b, o->document_size);
	wire_put_bytes(b, o->document_sha256);
	wire_put_bytes(b, o->certificate);
}

enum err
signer_page_order_unpack(
    struct slice body, struct page_order *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct page_order o = {0};
	enum err err;

	o.operation =
	    (enum page_operation)wire_get_below(&w, PAGE_OPERATION_MAX_);
	o.agent = wire_get_bytes(&w, PAGE_ORDER_ID);
	o.application = wire_get_bytes(&w, PAGE_ORDER_ID);
	o.person = wire_get_bytes(&w, PAGE_ORDER_TEXT_MAX);
	o.key_spec = wire_get_bytes(&w, PAGE_ORDER_TEXT_MAX);
	o.document = wire_get_bytes(&w, PAGE_ORDER_TEXT_MAX);
	o.document_size = wire_get_u64(&w);
	o.document_sha256 = wire_get_bytes(&w, PAGE_ORDER_SHA);
	o.certificate = wire_get_bytes(&w, PAGE_ORDER_SHA);
	if (!w.bad && o.operation == 0) {
		wire_bad(&w, "it orders nothing");
	}
	err = wire_end(&w, "page_order", ei);
	if (err == ERR_OK) {
		*out = o;
	}
	return err;
}

void
signer_page_order_done_pack(
    struct buf *b, const struct signer_page_order_done *m)
{
	wire_put_bytes(b, m->order);
	wire_put_i64(b, m->not_after);
}

enum err
signer_page_order_done_unpack(
    struct slice body, struct signer_page_order_done *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct signer_page_order_done m;
	enum err err;

	m.order = wire_get_bytes(&w, PAGE_ORDER_BYTES_MAX);
	m.not_after = wire_get_i64(&w);
	err = wire_end(&w, "page_order_done", ei);
	if (err == ERR_OK) {
		*out = m;
	}
	return err;
}
