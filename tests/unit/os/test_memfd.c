/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/file.h"
#include "os/memfd.h"

static void
sealed_bytes_arrive(void **state)
{
	struct errinfo ei;
	struct slice s;
	int fd;

	(void)state;
	assert_ok(memfd_of("t", SLICE_LIT("hello"), &fd, &ei), &ei);
	/* Nobody can change it any more, through any descriptor. */
	assert_int_equal(pwrite(fd, "x", 1, 0), -1);
	assert_int_equal(ftruncate(fd, 1), -1);
	assert_int_equal(ftruncate(fd, 100), -1);
	assert_ok(memfd_map(fd, 5, &s, &ei), &ei);
	fd_close(fd);
	assert_true(slice_eq_str(s, "hello"));
	memfd_unmap(s);
}

static void
empty_is_allowed(void **state)
{
	struct errinfo ei;
	struct slice s;
	int fd;

	(void)state;
	assert_ok(memfd_of("t", SLICE_EMPTY, &fd, &ei), &ei);
	assert_ok(memfd_map(fd, 5, &s, &ei), &ei);
	assert_int_equal(s.len, 0);
	memfd_unmap(s);
	fd_close(fd);
}

/* Each seal alone missing is one too few. */
static void
every_seal_is_needed(void **state)
{
	static const int all[] = {
	    F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE};
	struct errinfo ei;
	struct slice s;
	int fd;

	(void)state;
	for (size_t missing = 0; missing < ARRAY_LEN(all); missing++) {
		int seals = 0;

		for (size_t i = 0; i < ARRAY_LEN(all); i++) {
			seals |= i == missing ? 0 : all[i];
		}
		assert_ok(memfd_new("t", &fd, &ei), &ei);
		assert_int_equal(write(fd, "abc", 3), 3);
		/* F_SEAL_SEAL would forbid the others: it goes in with
		 * them. */
		assert_int_equal(fcntl(fd, F_ADD_SEALS, seals), 0);
		assert_int_equal(memfd_map(fd, 5, &s, &ei), ERR_DENIED);
		assert_string_equal(ei.rule, "memfd.seals");
		fd_close(fd);
	}
}

static void
other_files_and_sizes_are_refused(void **state)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct errinfo ei;
	struct slice s;

	(void)state;
	assert_int_equal(memfd_map(fd, 1 << 20, &s, &ei), ERR_DENIED);
	assert_int_equal(memfd_map(-1, 1 << 20, &s, &ei), ERR_DENIED);
	fd_close(fd);
	assert_ok(memfd_of("t", SLICE_LIT("hello"), &fd, &ei), &ei);
	assert_int_equal(memfd_map(fd, 4, &s, &ei), ERR_LIMIT);
	fd_close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sealed_bytes_arrive),
	    cmocka_unit_test(empty_is_allowed),
	    cmocka_unit_test(every_seal_is_needed),
	    cmocka_unit_test(other_files_and_sizes_are_refused),
	};

	return cmocka_run_group_tests_name("memfd", tests, NULL, NULL);
}
