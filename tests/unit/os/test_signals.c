/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <signal.h>
#include <unistd.h>

#include "os/file.h"
#include "os/signals.h"
#include "os/socket.h"

static void
none_is_lost(void **state)
{
	struct pollfd none = {.fd = -1};
	struct errinfo ei;
	unsigned set = 99;

	(void)state;
	assert_ok(signals_catch(&ei), &ei);
	assert_ok(signals_wait(&none, 1, 0, &set, &ei), &ei);
	assert_int_equal(set, 0);
	/* Came while nobody waited. */
	assert_int_equal(raise(SIGHUP), 0);
	assert_int_equal(raise(SIGTERM), 0);
	assert_ok(signals_wait(&none, 1, -1, &set, &ei), &ei);
	while (set != (SIGNAL_RELOAD | SIGNAL_STOP)) {
		unsigned more;

		assert_ok(signals_wait(&none, 1, 5000, &more, &ei), &ei);
		assert_int_not_equal(more, 0);
		set |= more;
	}
	assert_ok(signals_wait(&none, 1, 0, &set, &ei), &ei);
	assert_int_equal(set, 0);
}

static void
hears_descriptors_too(void **state)
{
	struct pollfd p;
	struct errinfo ei;
	unsigned set;
	int pair[2];

	(void)state;
	assert_ok(socket_pair(pair, &ei), &ei);
	assert_int_equal(write(pair[0], "x", 1), 1);
	p = (struct pollfd){.fd = pair[1], .events = POLLIN};
	assert_ok(signals_wait(&p, 1, -1, &set, &ei), &ei);
	assert_int_equal(set, 0);
	assert_int_equal(p.revents, POLLIN);
	/* Nobody reads any more: no SIGPIPE kills us. */
	fd_close(pair[1]);
	assert_int_equal(write(pair[0], "x", 1), -1);
	fd_close(pair[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(none_is_lost),
	    cmocka_unit_test(hears_descriptors_too),
	};

	return cmocka_run_group_tests_name("signals", tests, NULL, NULL);
}
