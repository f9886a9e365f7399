/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/notify.h"

static char dir[64];

static int
make_dir(void **state)
{
	(void)state;
	(void)snprintf(dir, sizeof(dir), "/tmp/surguch-notify-XXXXXX");
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int
remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

/* What a manager that listens at `name` hears ('@': a name of the kernel's
 * own). */
static void
check_heard(const char *name)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	size_t len = strlen(name);
	char heard[64] = "";
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_true(fd >= 0 && len < sizeof(at.sun_path));
	memcpy(at.sun_path, name, len);
	if (name[0] == '@') {
		at.sun_path[0] = '\0';
	}
	assert_int_equal(
	    bind(fd, (const struct sockaddr *)&at,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
	    0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	service_notify("READY=1");
	assert_int_equal(recv(fd, heard, sizeof(heard) - 1, MSG_DONTWAIT), 7);
	assert_string_equal(heard, "READY=1");
	assert_int_equal(close(fd), 0);
}

static void
a_manager_hears(void **state)
{
	char name[108];

	(void)state;
	(void)snprintf(name, sizeof(name), "%s/s", dir);
	check_heard(name);
	assert_int_equal(unlink(name), 0);
	(void)snprintf(name, sizeof(name), "@surguch-test-%ld", (long)getpid());
	check_heard(name);
}

static void
nobody_need_listen(void **state)
{
	static const char *const names[] = {
	    "", "/", "relative", "@", "/nonexistent/socket"};
	char name[200];

	(void)state;
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	service_notify("READY=1");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_int_equal(setenv("NOTIFY_SOCKET", names[i], 1), 0);
		service_notify("READY=1");
	}
	memset(name, '/', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	service_notify("READY=1");
}

/* Only when it is this very file. */
static void
the_journal_is_known(void **state)
{
	struct stat st;
	char stream[64];

	(void)state;
	assert_int_equal(unsetenv("JOURNAL_STREAM"), 0);
	assert_false(service_has_journal());
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	(void)snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
	assert_true(service_has_journal());
	(void)snprintf(stream, sizeof(stream), "%llu:%llu",
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino + 1);
	assert_int_equal(setenv("JOURNAL_STREAM", stream, 1), 0);
	assert_false(service_has_journal());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_manager_hears),
	    cmocka_unit_test(nobody_need_listen),
	    cmocka_unit_test(the_journal_is_known),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
