/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that stays where it is. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "os/memory.h"

/* As the kernel counts, in KiB. */
static unsigned long
locked(void)
{
	struct buf text = BUF_INIT(16384);
	struct errinfo ei = {0};
	unsigned long kib;
	const char *line;
	FILE *f = fopen("/proc/self/status", "r");
	uint8_t *room = buf_grow(&text, 8192);
	size_t n;

	assert_non_null(f);
	assert_non_null(room);
	n = fread(room, 1, 8192, f);
	(void)fclose(f);
	buf_cut(&text, n);
	assert_ok(buf_err(&text, &ei), &ei);
	line = strstr(buf_cstr(&text), "VmLck:");
	assert_non_null(line);
	kib = strtoul(line + strlen("VmLck:"), NULL, 10);
	buf_clear(&text);
	return kib;
}

static unsigned kept;

static void
keep(void *p, size_t len)
{
	kept++;
	assert_true(memory_keep(p, len));
}

static void
test_keep(void **state)
{
	uint8_t *big = malloc(100000);
	struct secret s = SECRET_EMPTY, none = SECRET_EMPTY;
	struct errinfo ei = {0};
	const unsigned long before = locked();

	(void)state;
	assert_non_null(big);
	(void)before;
	assert_true(memory_keep(big + 5000, 90000));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	/* Sanitizers make nothing of it. */
	assert_true(locked() >= before + 88);
#endif
	secret_set_keeper(keep);
	assert_ok(secret_copy(&s, SLICE_LIT("PIN"), &ei), &ei);
	assert_int_equal(kept, 1);
	/* Nothing is nothing to keep. */
	assert_ok(secret_copy(&none, SLICE_EMPTY, &ei), &ei);
	assert_int_equal(kept, 1);
	secret_set_keeper(NULL);
	secret_clear(&s);
	secret_clear(&none);
	free(big);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
