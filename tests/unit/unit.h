/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_UNIT_H
#define SURGUCH_TESTS_UNIT_H
/* What every unit test includes first: cmocka wants these in this order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

/* Assert that a call succeeded; on failure the errinfo is printed. */
#define assert_ok(call, ei)                                                    \
	do {                                                                   \
		enum err e_ = (call);                                          \
		if (e_ != ERR_OK) {                                            \
			print_error("%s: %s [%s] %s\n", err_name(e_),          \
			    (ei)->rule, (ei)->object, (ei)->text);             \
		}                                                              \
		assert_int_equal(e_, ERR_OK);                                  \
	} while (0)

/* Assert that a call was refused, in this way and by this rule. */
#define assert_rule(call, kind, want, ei)                                      \
	do {                                                                   \
		assert_int_equal((call), (kind));                              \
		assert_string_equal((ei)->rule, (want));                       \
	} while (0)

/* Under valgrind, forty times as slow: do less of the same. */
static inline bool
is_slow_run(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "vgpreload") != NULL;
}

#endif
