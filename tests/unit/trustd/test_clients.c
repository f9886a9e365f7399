/* SPDX-License-Identifier: Apache-2.0 */
/* The table of clients: who is kept, who goes, in what order they are told. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "trustd/clients.h"

static void
note(struct clients *c, const char *address, size_t mirror, int64_t at)
{
	struct client x = {.mirror = mirror, .at = at, .status = 200};

	(void)snprintf(x.address, sizeof(x.address), "%s", address);
	(void)snprintf(x.file, sizeof(x.file), "file-%d", (int)(at % 1000));
	clients_note(c, &x);
}

static void
test_order(void **state)
{
	struct clients *c = NULL;
	struct client out[4];
	struct errinfo ei = {0};

	(void)state;
	assert_ok(clients_new(&c, &ei), &ei);
	assert_int_equal(clients_latest(c, out, 4), 0);
	note(c, "10.0.0.1", 0, 100);
	note(c, "10.0.0.2", 0, 101);
	note(c, "10.0.0.1", 1, 102);
	note(c, "10.0.0.1", 0, 103);
	assert_int_equal(clients_latest(c, out, 4), 3);
	assert_string_equal(out[0].address, "10.0.0.1");
	assert_int_equal(out[0].mirror, 0);
	assert_int_equal(out[0].times, 2);
	assert_string_equal(out[0].file, "file-103");
	assert_int_equal(out[1].mirror, 1);
	assert_int_equal(out[1].times, 1);
	assert_string_equal(out[2].address, "10.0.0.2");
	assert_int_equal(clients_latest(c, out, 1), 1);
	assert_int_equal(out[0].at, 103);
	clients_free(c);
	clients_free(NULL);
}

/* More clients than there is room for: the latest stay, each once. */
static void
test_full(void **state)
{
	enum {
		MANY = 4 * CLIENTS_MAX,
		LAST = 200
	};
	static struct client out[CLIENTS_MAX];
	struct clients *c = NULL;
	struct errinfo ei = {0};
	char address[CLIENT_ADDRESS_SIZE];
	size_t num;

	(void)state;
	assert_ok(clients_new(&c, &ei), &ei);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(
		    address, sizeof(address), "10.0.%d.%d", i / 256, i % 256);
		note(c, address, 0, 1000 + i);
	}
	num = clients_latest(c, out, CLIENTS_MAX);
	assert_true(num > CLIENTS_MAX - CLIENTS_MAX / 8);
	assert_true(num <= CLIENTS_MAX);
	for (size_t i = 0; i < num; i++) {
		assert_int_equal(out[i].times, 1);
		assert_true(i == 0 || out[i].at < out[i - 1].at);
	}
	for (int i = 0; i < LAST; i++) {
		assert_int_equal(out[i].at, 1000 + MANY - 1 - i);
	}
	clients_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
