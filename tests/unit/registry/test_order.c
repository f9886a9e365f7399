/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/bounds.h"
#include "profile/values.h"
#include "registry/order.h"

static struct order
sample(void)
{
	return (struct order){
	    .request =
		{
		    .account = "operator:opr_1 Ёлкин",
		    .operation = "POST /v1/certificates",
		    .key = SLICE_LIT("0123456789abcdef"),
		    .body_sha256 = {1, 2, [31] = 3},
		},
	    .person = {{[0] = 4, [15] = 5}},
	};
}

static void
test_both_ways(void **state)
{
	struct buf note = BUF_INIT(VALUES_NOTE_MAX);
	struct order o = sample(), got;
	struct order_text text;

	(void)state;
	print_message("proves: I2\n");
	order_put(&o, &note);
	assert_true(order_get(buf_slice(&note), &text, &got));
	assert_string_equal(got.request.account, o.request.account);
	assert_string_equal(got.request.operation, o.request.operation);
	assert_true(slice_eq(got.request.key, o.request.key));
	assert_memory_equal(got.request.body_sha256, o.request.body_sha256,
	    sizeof(o.request.body_sha256));
	assert_true(id_eq(&got.person, &o.person));
	buf_clear(&note);
}

static void
test_longest(void **state)
{
	char account[IDEM_ACCOUNT_MAX], operation[IDEM_OPERATION_MAX];
	char key[IDEMPOTENCY_KEY_MAX];
	struct buf note = BUF_INIT(VALUES_NOTE_MAX);
	struct order o = sample(), got;
	struct order_text text;
	struct errinfo ei;

	(void)state;
	memset(account, 'a', sizeof(account));
	account[sizeof(account) - 1] = '\0';
	memset(operation, 'o', sizeof(operation));
	operation[sizeof(operation) - 1] = '\0';
	memset(key, 'k', sizeof(key));
	o.request.account = account;
	o.request.operation = operation;
	o.request.key = slice_make(key, sizeof(key));
	order_put(&o, &note);
	assert_ok(buf_err(&note, &ei), &ei);
	assert_true(order_get(buf_slice(&note), &text, &got));
	assert_string_equal(got.request.account, account);
	buf_clear(&note);
}

/* Cut anywhere, longer, or of another version: none of ours. */
static void
test_others(void **state)
{
	struct buf note = BUF_INIT(VALUES_NOTE_MAX);
	struct order o = sample(), got;
	struct order_text text;

	(void)state;
	order_put(&o, &note);
	for (size_t i = 0; i < note.len; i++) {
		assert_false(order_get(slice_make(note.p, i), &text, &got));
	}
	buf_add_u8(&note, 0);
	assert_false(order_get(buf_slice(&note), &text, &got));
	note.len--;
	assert_true(order_get(buf_slice(&note), &text, &got));
	note.p[0]++;
	assert_false(order_get(buf_slice(&note), &text, &got));
	note.p[0]--;
	note.p[2] = 0; /* in the account */
	assert_false(order_get(buf_slice(&note), &text, &got));
	note.p[2] = 0xff;
	assert_false(order_get(buf_slice(&note), &text, &got));
	buf_reset(&note);
	o.request.key = SLICE_LIT("short");
	order_put(&o, &note);
	assert_false(order_get(buf_slice(&note), &text, &got));
	buf_clear(&note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_both_ways),
	    cmocka_unit_test(test_longest),
	    cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests_name("registry/order", tests, NULL, NULL);
}
