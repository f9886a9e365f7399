/* SPDX-License-Identifier: Apache-2.0 */
#include "api/order.h"

#include "base/text.h"
#include "ca/authority.h"
#include "ca/page_orders.h"

enum {
	AGENT_HEX = 2 * PAGE_ORDER_ID,
	RECORD_MAX = 256
};

enum err
order_check_key(struct call *c)
{
	if (c->api->page_orders != NULL) {
		return ERR_OK;
	}
	return err_set(c->ei, ERR_STATE, "orders.none", NULL,
	    "this centre has no key for page orders: page_orders in "
	    "surguch.conf");
}

enum err
order_take_agent(struct call *c, uint8_t out[PAGE_ORDER_ID])
{
	const char *agent;
	enum err e = json_get_text(c->body, "agent", AGENT_HEX, &agent, c->ei);

	if (e == ERR_OK && !text_unhex(slice_str(agent), out, PAGE_ORDER_ID)) {
		e = err_object(c->ei,
		    err_set(c->ei, ERR_FORMAT, "json.field.id", NULL,
			"an agent's id has %d hexadecimal digits",
			(int)AGENT_HEX),
		    "agent");
	}
	return e;
}

/* Told before it is given: no audit, no act.  The agent's own log names the
 * same number. */
static enum err
put_on_record(
    struct call *c, struct slice order, const struct order_about *about)
{
	struct buf detail = BUF_INIT(RECORD_MAX);
	struct page_order given;
	struct json_writer w;
	enum err e = page_order_parse(order, &given, c->ei);

	if (e == ERR_OK) {
		json_writer_init(&w, &detail);
		json_open_object(&w, NULL);
		json_put_text(
		    &w, "operation", page_operation_name(given.operation));
		json_put_hex(&w, "order", given.nonce);
		json_put_hex(&w, "agent", given.agent);
		json_close(&w);
		e = json_writer_end(&w, c->ei);
	}
	if (e == ERR_OK) {
		e = registry_ordered(c->api->registry, &c->actor, about->action,
		    about->prefix, about->id, buf_cstr(&detail), c->ei);
	}
	buf_clear(&detail);
	return e;
}

enum err
order_send(struct call *c, const struct page_order *order,
    const struct order_about *about)
{
	const struct authority *a = page_orders_authority(c->api->page_orders);
	struct buf signed_order = BUF_INIT(PAGE_ORDER_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	int64_t not_after = 0;
	enum err e = page_orders_sign(c->api->page_orders, order, &signed_order,
	    &cert, &not_after, c->ei);

	if (e == ERR_OK) {
		e = put_on_record(c, buf_slice(&signed_order), about);
	}
	if (e == ERR_OK) {
		call_answer_begin(c);
		json_put_base64(&c->w, "order", buf_slice(&signed_order));
		json_open_array(&c->w, "chain");
		json_put_base64(&c->w, NULL, buf_slice(&cert));
		for (size_t i = 0; i < authority_num_chain(a); i++) {
			json_put_base64(&c->w, NULL, authority_chain(a, i));
		}
		json_close(&c->w);
		json_put_time(&c->w, "expires_at", not_after);
		e = call_answer_end(c, 201, NULL);
	}
	if (e == ERR_OK) {
		call_send(c, 201);
	}
	buf_clear(&signed_order);
	buf_clear(&cert);
	return e;
}
