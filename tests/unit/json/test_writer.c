/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "json/writer.h"

static void
every_kind_of_value_is_written_in_order(void **state)
{
	struct buf body = BUF_INIT(1024);
	struct json_writer w;
	struct errinfo ei;

	(void)state;
	json_writer_init(&w, &body);
	json_open_object(&w, NULL);
	json_put_text(&w, "t", "Ёж \"x\"\n\\</script>&");
	json_put_text(&w, "none", NULL);
	json_put_text_optional(&w, "left out", NULL);
	json_put_int(&w, "i", INT64_MIN);
	json_put_bool(&w, "b", false);
	json_put_time(&w, "at", 0);
	json_put_hex(&w, "h", SLICE_LIT("\x01\xff"));
	json_put_base64(&w, "d", SLICE_LIT("\x01\x02\x03\x04"));
	json_open_array(&w, "l");
	json_put_int(&w, NULL, 1);
	json_open_object(&w, NULL);
	json_close(&w);
	json_put_raw(&w, NULL, SLICE_LIT("{\"k\":2}"));
	json_close(&w);
	json_close(&w);
	assert_int_equal(json_writer_end(&w, &ei), ERR_OK);
	assert_string_equal(buf_cstr(&body),
	    "{\"t\":\"Ёж \\\"x\\\"\\n\\\\\\u003c/script\\u003e\\u0026\","
	    "\"none\":null,\"i\":-9223372036854775808,\"b\":false,"
	    "\"at\":\"1970-01-01T00:00:00Z\",\"h\":\"01ff\","
	    "\"d\":\"AQIDBA==\",\"l\":[1,{},{\"k\":2}]}");
	buf_clear(&body);
}

static void
misuse_and_overflow_stick(void **state)
{
	struct buf body = BUF_INIT(16);
	struct json_writer w;
	struct errinfo ei;

	(void)state;
	json_writer_init(&w, &body); /* not closed */
	json_open_object(&w, NULL);
	assert_int_equal(json_writer_end(&w, &ei), ERR_INTERNAL);

	buf_reset(&body);
	json_writer_init(&w, &body); /* no field inside an object */
	json_open_object(&w, NULL);
	json_put_int(&w, NULL, 1);
	json_close(&w);
	assert_int_equal(json_writer_end(&w, &ei), ERR_INTERNAL);

	buf_reset(&body);
	json_writer_init(&w, &body); /* a field inside a list */
	json_open_array(&w, NULL);
	json_put_int(&w, "x", 1);
	json_close(&w);
	assert_int_equal(json_writer_end(&w, &ei), ERR_INTERNAL);

	buf_reset(&body);
	json_writer_init(&w, &body); /* two outermost values */
	json_put_int(&w, NULL, 1);
	json_put_int(&w, NULL, 2);
	assert_int_equal(json_writer_end(&w, &ei), ERR_INTERNAL);

	buf_reset(&body);
	json_writer_init(&w, &body); /* one close too many */
	json_open_array(&w, NULL);
	json_close(&w);
	json_close(&w);
	assert_int_equal(json_writer_end(&w, &ei), ERR_INTERNAL);

	buf_reset(&body);
	json_writer_init(&w, &body);
	json_put_slice(&w, NULL, SLICE_LIT("\xff"));
	assert_int_equal(json_writer_end(&w, &ei), ERR_INTERNAL);

	buf_reset(&body);
	json_writer_init(&w, &body);
	json_put_text(&w, NULL, "longer than sixteen");
	assert_int_equal(json_writer_end(&w, &ei), ERR_LIMIT);
	buf_clear(&body);
}

static void
depth_has_an_end(void **state)
{
	struct buf body = BUF_INIT(1024);
	struct json_writer w;
	struct errinfo ei;

	(void)state;
	json_writer_init(&w, &body);
	for (int i = 0; i < JSON_DEPTH_MAX; i++) {
		json_open_array(&w, NULL);
	}
	for (int i = 0; i < JSON_DEPTH_MAX; i++) {
		json_close(&w);
	}
	assert_int_equal(json_writer_end(&w, &ei), ERR_OK);
	buf_reset(&body);
	json_writer_init(&w, &body);
	for (int i = 0; i < JSON_DEPTH_MAX + 1; i++) {
		json_open_array(&w, NULL);
	}
	for (int i = 0; i < JSON_DEPTH_MAX + 1; i++) {
		json_close(&w);
	}
	assert_int_equal(json_writer_end(&w, &ei), ERR_INTERNAL);
	buf_clear(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_kind_of_value_is_written_in_order),
	    cmocka_unit_test(misuse_and_overflow_stick),
	    cmocka_unit_test(depth_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
