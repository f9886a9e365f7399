/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key container with each allocation and each call to the disk failing in
 * turn: afterwards the folder holds the whole container or can be made anew,
 * and a container that was there before opens as it did.
 */
#include "crypto/support.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "container/container.h"
#include "crypto/privkey.h"
#include "failing/failing.h"
#include "os/file.h"

static const struct slice pass = {(const uint8_t *)"secret", 6};
static char folder[PATH_MAX];
static struct buf spki = BUF_INIT(SPKI_BYTES_MAX);

static enum err
create(struct errinfo *ei)
{
	struct container_options o = {
	    .spec = "p256",
	    .label = "test",
	    .password = pass,
	    .iterations = 1,
	};
	struct container *c = NULL;
	enum err e = container_create(folder, &o, &c, ei);

	if (e == ERR_OK) {
		buf_reset(&spki);
		buf_add(&spki, privkey_spki(container_privkey(c)));
		e = buf_err(&spki, ei);
	}
	container_free(c);
	return e;
}

static enum err
open_it(struct errinfo *ei)
{
	struct container *c = NULL;
	enum err e = container_open(folder, pass, &c, ei);

	if (e == ERR_OK) {
		assert_true(slice_eq(
		    privkey_spki(container_privkey(c)), buf_slice(&spki)));
	}
	container_free(c);
	return e;
}

static void
clean(void)
{
	static const char *const names[] = {"key.p8", "cert.der", "meta.json"};
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		assert_ok(path_join(path, folder, names[i], &ei), &ei);
		(void)unlink(path);
	}
	/* Nothing else was left lying about. */
	(void)rmdir(folder);
	assert_false(file_exists(folder));
}

static void
whole_or_not_there(enum err got)
{
	struct errinfo ei = {0};

	if (got != ERR_OK) {
		/* No remains hinder the next attempt. */
		assert_ok(create(&ei), &ei);
	}
	assert_ok(open_it(&ei), &ei);
	clean();
}

static void
memory_ends(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	assert_true(failing_each(FAILING_ALLOC, ERR_NOMEM, create,
			whole_or_not_there) > 10);
	assert_ok(create(&ei), &ei);
	assert_true(failing_each(FAILING_ALLOC, ERR_NOMEM, open_it, NULL) > 5);
	clean();
}

static void
the_disk_fails(void **state)
{
	(void)state;
	assert_true(failing_each(
			FAILING_FILE, ERR_OK, create, whole_or_not_there) >= 6);
}

static int
set_up(void **state)
{
	int failed = group_setup(state);

	(void)snprintf(folder, sizeof(folder), "%s", scratch("container"));
	return failed;
}

static int
tear_down(void **state)
{
	buf_clear(&spki);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memory_ends),
	    cmocka_unit_test(the_disk_fails),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
