/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/bounds.h"
#include "ipc/courier_msg.h"

static const struct courier_deliver deliver = {
    .outbox = {{1, 2, 3}},
    .kind = COURIER_SMS,
    .to = "+79161234567",
    .expires_sec = 1800000000,
    .report = "msg_1.secret",
    .avoid = "main spare",
    .sealed = {(const uint8_t *)"sealed", 6},
};

static void
messages_come_back_as_they_were(void **state)
{
	struct courier_key key = {.key = {9, 8, 7},
			       .ready = true,
			       .mail = true},
			   key2;
	struct courier_deliver deliver2;
	struct courier_result result = {.outbox = {{4}},
	    .outcome = COURIER_UNCLEAR,
	    .route = "spare",
	    .parts = 2,
	    .cost = 700,
	    .tries = {{"main", COURIER_RETRY}, {"spare", COURIER_UNCLEAR}},
	    .num_tries = 2,
	    .provider_id = "p-1",
	    .detail = "why"};
	struct courier_result result2;
	static const struct courier_routes routes = {
	    .at = {{.name = "main",
		       .delivered = {"1"},
		       .num_delivered = 1,
		       .failed = {"2", "16"},
		       .num_failed = 2,
		       .cool_until = 7},
		{.name = "spare"}},
	    .num = 2};
	static struct courier_routes routes2;
	struct buf b = BUF_INIT(4096);
	struct errinfo ei = {0};

	(void)state;
	courier_key_pack(&key, &b);
	assert_ok(courier_key_unpack(buf_slice(&b), &key2, &ei), &ei);
	assert_memory_equal(key.key, key2.key, sizeof(key.key));
	assert_true(key2.ready);
	assert_true(key2.mail);
	buf_reset(&b);
	courier_deliver_pack(&deliver, &b);
	assert_ok(courier_deliver_unpack(buf_slice(&b), &deliver2, &ei), &ei);
	assert_true(id_eq(&deliver.outbox, &deliver2.outbox));
	assert_string_equal(deliver2.to, deliver.to);
	assert_int_equal(deliver2.expires_sec, deliver.expires_sec);
	assert_true(slice_eq(deliver2.sealed, deliver.sealed));
	assert_string_equal(deliver2.report, deliver.report);
	assert_string_equal(deliver2.avoid, deliver.avoid);
	buf_reset(&b);
	courier_result_pack(&result, &b);
	assert_ok(courier_result_unpack(buf_slice(&b), &result2, &ei), &ei);
	assert_int_equal(result2.outcome, COURIER_UNCLEAR);
	assert_string_equal(result2.provider_id, "p-1");
	assert_string_equal(result2.detail, "why");
	assert_string_equal(result2.route, "spare");
	assert_int_equal(result2.parts, 2);
	assert_int_equal(result2.cost, 700);
	assert_int_equal(result2.num_tries, 2);
	assert_string_equal(result2.tries[0].route, "main");
	assert_int_equal(result2.tries[0].outcome, COURIER_RETRY);
	assert_int_equal(result2.tries[1].outcome, COURIER_UNCLEAR);
	buf_reset(&b);
	courier_routes_pack(&routes, &b);
	assert_ok(courier_routes_unpack(buf_slice(&b), &routes2, &ei), &ei);
	assert_memory_equal(&routes, &routes2, sizeof(routes));
	for (size_t len = 0; len < b.len; len++) {
		assert_int_equal(
		    courier_routes_unpack(slice_make(b.p, len), &routes2, &ei),
		    ERR_FORMAT);
	}
	buf_clear(&b);
}

static void
every_cut_and_every_extra_byte_is_refused(void **state)
{
	struct courier_deliver out = {.kind = COURIER_KIND_MAX_};
	struct buf b = BUF_INIT(4096);
	struct errinfo ei = {0};

	(void)state;
	courier_deliver_pack(&deliver, &b);
	for (size_t len = 0; len < b.len; len++) {
		assert_int_equal(
		    courier_deliver_unpack(slice_make(b.p, len), &out, &ei),
		    ERR_FORMAT);
	}
	buf_add_u8(&b, 0);
	assert_int_equal(
	    courier_deliver_unpack(buf_slice(&b), &out, &ei), ERR_FORMAT);
	assert_int_equal(out.kind, COURIER_KIND_MAX_);
	buf_clear(&b);
}

static void
values_out_of_range_are_refused(void **state)
{
	static const struct {
		struct courier_deliver m;
	} cases[] = {
	    {{.kind = 0, .to = "+7"}},
	    {{.kind = COURIER_KIND_MAX_, .to = "+7"}},
	    {{.kind = COURIER_SMS, .to = ""}},
	    {{.kind = COURIER_SMS, .to = "+7\n"}},
	    {{.kind = COURIER_SMS, .to = "+7", .expires_sec = -1}},
	};
	static uint8_t large[COURIER_SEALED_MAX + 1];
	struct courier_deliver m = deliver, out;
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(cases); i++) {
		struct buf b = BUF_INIT(65536);

		if (i < ARRAY_LEN(cases)) {
			m = cases[i].m;
		} else {
			m = deliver;
			m.sealed = slice_make(large, sizeof(large));
		}
		courier_deliver_pack(&m, &b);
		assert_int_equal(
		    courier_deliver_unpack(buf_slice(&b), &out, &ei),
		    ERR_FORMAT);
		buf_clear(&b);
	}
}

static void
the_context_binds_id_kind_and_address(void **state)
{
	struct id a = {{1}}, b = {{2}};
	struct buf one = BUF_INIT(256), two = BUF_INIT(256);

	(void)state;
	courier_seal_context(&a, COURIER_SMS, "+7916", &one);
	courier_seal_context(&a, COURIER_SMS, "+7917", &two);
	assert_false(slice_eq(buf_slice(&one), buf_slice(&two)));
	buf_reset(&two);
	courier_seal_context(&b, COURIER_SMS, "+7916", &two);
	assert_false(slice_eq(buf_slice(&one), buf_slice(&two)));
	buf_reset(&two);
	courier_seal_context(&a, COURIER_SMS, "+7916", &two);
	assert_true(slice_eq(buf_slice(&one), buf_slice(&two)));
	buf_clear(&one);
	buf_clear(&two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_come_back_as_they_were),
	    cmocka_unit_test(every_cut_and_every_extra_byte_is_refused),
	    cmocka_unit_test(values_out_of_range_are_refused),
	    cmocka_unit_test(the_context_binds_id_kind_and_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
