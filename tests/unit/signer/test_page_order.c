/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's decisions about page orders. */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "house.h"
#include "x509/cert.h"
#include "x509/page_order.h"

static struct house house;
static struct kit kit;
static struct buf order = BUF_INIT(PAGE_ORDER_BYTES_MAX);
static const uint8_t agent[PAGE_ORDER_ID] = {1};
static const uint8_t application[PAGE_ORDER_ID] = {2};
static const uint8_t sha[PAGE_ORDER_SHA] = {3};

static int
set_up(void **state)
{
	(void)state;
	if (!house_begin(&house, &kit, "")) {
		return -1;
	}
	house_centre(&house, "origin = \"https://ca.example.ru\";\n"
			     "page_orders_per_day = 20;\n");
	kit.now += 60;
	kit_open(&kit, &house, "centre");
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	kit_close(&kit);
	house_close(&house);
	buf_clear(&order);
	return 0;
}

static struct page_order
wish(void)
{
	return (struct page_order){
	    .operation = PAGE_MAKE_KEY,
	    .agent = slice_make(agent, sizeof(agent)),
	    .application = slice_make(application, sizeof(application)),
	    .person = SLICE_LIT("Иванова Анна"),
	    .key_spec = SLICE_LIT("gost2012-256:A"),
	};
}

/* What was asked, and of its own: origin, nonce, times. */
static void
says_what_it_is_told(void **state)
{
	uint8_t nonces[2][PAGE_ORDER_ID];
	struct cert *signer = NULL;
	struct errinfo ei;

	(void)state;
	assert_ok(cert_parse(instance_cert(kit.in), &signer, &ei), &ei);
	for (int i = 0; i < 2; i++) {
		struct page_order w = wish(), got;
		int64_t not_after = 0;

		assert_ok(
		    engine_page_order(kit.engine, &w, &order, &not_after, &ei),
		    &ei);
		assert_ok(page_order_parse(buf_slice(&order), &got, &ei), &ei);
		assert_ok(
		    page_order_verify(buf_slice(&order), signer, &ei), &ei);
		assert_int_equal(got.operation, PAGE_MAKE_KEY);
		assert_true(slice_eq_str(got.origin, "https://ca.example.ru"));
		assert_true(slice_eq(got.agent, w.agent));
		assert_true(slice_eq(got.application, w.application));
		assert_true(slice_eq(got.person, w.person));
		assert_true(slice_eq(got.key_spec, w.key_spec));
		assert_int_equal(got.not_before, kit.now);
		assert_int_equal(got.not_after, kit.now + 300);
		assert_int_equal(got.not_after, not_after);
		memcpy(nonces[i], got.nonce.p, got.nonce.len);
	}
	assert_memory_not_equal(nonces[0], nonces[1], sizeof(nonces[0]));
	cert_free(signer);
}

static void
refuses_what_is_none(void **state)
{
	struct page_order w[] = {wish(), wish(), wish(), wish(), wish()};
	struct errinfo ei;
	int64_t not_after = 0;

	(void)state;
	w[0].key_spec = SLICE_EMPTY;
	w[1].person = SLICE_LIT("a\tb");
	w[2].agent.len = 1;
	w[3].certificate = slice_make(sha, sizeof(sha));
	w[4].operation = PAGE_ACQUAINT;
	for (size_t i = 0; i < ARRAY_LEN(w); i++) {
		assert_int_equal(engine_page_order(kit.engine, &w[i], &order,
				     &not_after, &ei),
		    ERR_POLICY);
		assert_string_equal(ei.rule, "order.fields");
	}
}

static void
other_keys_sign_none(void **state)
{
	struct page_order w = wish();
	struct kit issuing = {.now = kit.now};
	struct signer_ocsp m = {.num_singles = 1};
	struct errinfo ei;
	int64_t not_after = 0;

	(void)state;
	kit_open(&issuing, &house, "issuing");
	assert_int_equal(
	    engine_page_order(issuing.engine, &w, &order, &not_after, &ei),
	    ERR_STATE);
	assert_string_equal(ei.rule, "signer.kind");
	kit_close(&issuing);
	/* Nor does this key sign anything else. */
	assert_int_equal(engine_ocsp(kit.engine, &m, &order, &ei), ERR_STATE);
	assert_string_equal(ei.rule, "signer.kind");
}

/* Last: it uses up the day. */
static void
has_a_ceiling(void **state)
{
	struct page_order w = wish();
	struct errinfo ei;
	int64_t not_after = 0;
	enum err e = ERR_OK;
	int num = 0;

	(void)state;
	while (e == ERR_OK && num <= 20) {
		e = engine_page_order(kit.engine, &w, &order, &not_after, &ei);
		num += e == ERR_OK;
	}
	assert_true(num < 20);
	assert_int_equal(e, ERR_POLICY);
	assert_string_equal(ei.rule, "order.ceiling");
	kit.now += DAY_SEC;
	assert_ok(
	    engine_page_order(kit.engine, &w, &order, &not_after, &ei), &ei);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(says_what_it_is_told),
	    cmocka_unit_test(refuses_what_is_none),
	    cmocka_unit_test(other_keys_sign_none),
	    cmocka_unit_test(has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
