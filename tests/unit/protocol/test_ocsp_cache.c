/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of OCSP answers, for how long, and what never is. */
#include "unit.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "http/ready.h"
#include "protocol/ocsp/cache.h"

enum {
	ANSWER_BYTES = 900,
	CAP = 256 * 1024,
	NOW = 1000,
	UNTIL = 1300,
	SIGNERS = 4,
	ROUNDS = 1000,
	ROUNDS_MAX = 100 * ROUNDS,
	SEEN_MIN = 10,
	LOOKS = 2000,
};

static const char ca, other_ca;
static struct ocsp_cache *cache;

static int
set_up(void **state)
{
	(void)state;
	return ocsp_cache_new(CAP, &cache, NULL) == ERR_OK ? 0 : -1;
}

static int
tear_down(void **state)
{
	(void)state;
	ocsp_cache_free(cache);
	return 0;
}

static struct ready *
answer(size_t len)
{
	static const uint8_t bytes[CAP * 2];
	static const struct ready_header headers[] = {
	    {"ETag", "\"0123456789abcdef0123456789abcdef\""},
	    {"Expires", "Sun, 06 Nov 1994 08:49:37 GMT"},
	    {"Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"},
	    {"Cache-Control", "max-age=300, public, no-transform"},
	};
	struct ready *r = NULL;
	struct errinfo ei;

	assert_true(len <= sizeof(bytes));
	assert_ok(ready_new(slice_make(bytes, len), "application/x", headers,
		      ARRAY_LEN(headers), &r, &ei),
	    &ei);
	return r;
}

static struct ocsp_key
key_of(uint32_t n, uint8_t serial[4])
{
	for (unsigned i = 0; i < 4; i++) {
		serial[i] = (uint8_t)(n >> (24 - 8 * i));
	}
	return (struct ocsp_key){&ca, HASH_SHA1, slice_make(serial, 4)};
}

static void
put(const struct ocsp_key *key, size_t len)
{
	struct ready *r = answer(len);

	ocsp_cache_put(
	    cache, key, ocsp_cache_ticket(cache, key), r, NOW, UNTIL);
	ready_unref(r);
}

static bool
has(const struct ocsp_key *key, int64_t now)
{
	struct ready *r = ocsp_cache_get(cache, key, now);

	ready_unref(r);
	return r != NULL;
}

static void
an_answer_is_for_its_ca_hash_and_serial(void **state)
{
	static const uint8_t long_serial[20] = {1, 2, 3, 4};
	uint8_t serial[4];
	struct ocsp_key key = key_of(0x01020304, serial), near;

	(void)state;
	assert_false(has(&key, NOW));
	put(&key, ANSWER_BYTES);
	assert_true(has(&key, NOW));
	near = key;
	near.ca = &other_ca;
	assert_false(has(&near, NOW));
	near = key;
	near.hash = HASH_SHA256;
	assert_false(has(&near, NOW));
	near = key;
	near.serial.len = 3;
	assert_false(has(&near, NOW));
	/* The same octets, and zeros after them. */
	near.serial = slice_make(long_serial, 5);
	assert_false(has(&near, NOW));
}

static void
it_is_given_from_and_until(void **state)
{
	uint8_t serial[4];
	struct ocsp_key key = key_of(7, serial);

	(void)state;
	put(&key, ANSWER_BYTES);
	assert_true(has(&key, UNTIL - 1));
	assert_false(has(&key, UNTIL));
	assert_int_equal(ocsp_cache_use(cache).entries, 0);
	put(&key, ANSWER_BYTES);
	/* The clock went back. */
	assert_false(has(&key, NOW - 1));
	put(&key, ANSWER_BYTES);
	put(&key, ANSWER_BYTES);
	assert_int_equal(ocsp_cache_use(cache).entries, 1);
}

static void
the_longest_unused_goes_first(void **state)
{
	uint8_t serial[4], first[4];
	struct ocsp_key kept = key_of(0, first);
	size_t most = 0;

	(void)state;
	put(&kept, ANSWER_BYTES);
	for (uint32_t n = 1; n < 2000; n++) {
		struct ocsp_key key = key_of(n, serial);
		struct ocsp_cache_use use;

		put(&key, ANSWER_BYTES);
		use = ocsp_cache_use(cache);
		assert_true(use.bytes <= CAP);
		most = use.entries > most ? use.entries : most;
		/* Asked for all the time, so it stays. */
		assert_true(has(&kept, NOW));
	}
	assert_in_range(most, CAP / (3 * ANSWER_BYTES), CAP / ANSWER_BYTES);
	kept = key_of(1, first);
	assert_false(has(&kept, NOW));
	kept = key_of(1999, first);
	assert_true(has(&kept, NOW));
	/* One that is larger than everything leaves the rest alone. */
	most = ocsp_cache_use(cache).entries;
	kept = key_of(5000, first);
	put(&kept, CAP);
	assert_false(has(&kept, NOW));
	assert_int_equal(ocsp_cache_use(cache).entries, most);
}

/* Sanitizers have an allocator and a count of their own. */
extern size_t __sanitizer_get_current_allocated_bytes(void)
    __attribute__((weak));

static size_t
allocated(void)
{
	return __sanitizer_get_current_allocated_bytes != NULL
		   ? __sanitizer_get_current_allocated_bytes()
		   : mallinfo2().uordblks;
}

/* The count is of real memory, not of answers alone. */
static void
the_maximum_is_what_the_allocator_gave(void **state)
{
	enum {
		LARGE = 8 * 1024 * 1024
	};
	size_t before = allocated();
	uint8_t serial[4];

	(void)state;
	ocsp_cache_free(cache);
	cache = NULL;
	assert_int_equal(ocsp_cache_new(LARGE, &cache, NULL), ERR_OK);
	for (uint32_t n = 0; n < LARGE / ANSWER_BYTES; n++) {
		struct ocsp_key key = key_of(n, serial);

		put(&key, ANSWER_BYTES);
	}
	if (allocated() == 0) {
		print_message("valgrind's allocator keeps no count\n");
		skip();
	}
	assert_in_range(allocated() - before, LARGE / 10 * 7, LARGE / 10 * 11);
}

static void
nothing_is_kept_in_no_memory(void **state)
{
	uint8_t serial[4];
	struct ocsp_key key = key_of(7, serial);

	(void)state;
	ocsp_cache_free(cache);
	cache = NULL;
	assert_int_equal(ocsp_cache_new(0, &cache, NULL), ERR_OK);
	put(&key, 1);
	assert_false(has(&key, NOW));
}

static void
a_change_drops_what_was_said_under_any_hash(void **state)
{
	uint8_t serial[4], other[4];
	struct ocsp_key sha1 = key_of(7, serial), sha256 = sha1;
	struct ocsp_key next = key_of(8, other);

	(void)state;
	sha256.hash = HASH_SHA256;
	put(&sha1, ANSWER_BYTES);
	put(&sha256, ANSWER_BYTES);
	put(&next, ANSWER_BYTES);
	ocsp_cache_forget(cache, &ca, sha1.serial);
	assert_false(has(&sha1, NOW));
	assert_false(has(&sha256, NOW));
	assert_true(has(&next, NOW));
	put(&sha1, ANSWER_BYTES);
	assert_true(has(&sha1, NOW));
}

/* Signed from what was read before the revocation, ready after it. */
static void
a_slow_answer_is_not_kept_after_a_change(void **state)
{
	uint8_t serial[4];
	struct ocsp_key key = key_of(7, serial);
	uint64_t ticket = ocsp_cache_ticket(cache, &key);
	struct ready *good = answer(ANSWER_BYTES);

	(void)state;
	ocsp_cache_forget(cache, &ca, key.serial);
	ocsp_cache_put(cache, &key, ticket, good, NOW, UNTIL);
	assert_false(has(&key, NOW));
	ready_unref(good);
	put(&key, ANSWER_BYTES);
	assert_true(has(&key, NOW));
	print_message("proves: I3\n");
}

/* --- the same with threads --------------------------------------------------
 */

static struct ready *answers[2]; /* good, revoked */
static atomic_uint revoked;      /* the "database" */
static atomic_bool go_on;

static void *
sign_all_the_time(void *arg)
{
	uint8_t serial[4];
	struct ocsp_key key = key_of(7, serial);

	(void)arg;
	while (atomic_load(&go_on)) {
		uint64_t ticket = ocsp_cache_ticket(cache, &key);
		struct ready *said = answers[atomic_load(&revoked)];

		for (volatile unsigned i = 0; i < 200; i++) {
			/* signing takes a while */
		}
		ocsp_cache_put(cache, &key, ticket, said, NOW, UNTIL);
	}
	return NULL;
}

static void
no_thread_keeps_good_after_the_end(void **state)
{
	pthread_t threads[SIGNERS];
	uint8_t serial[4];
	struct ocsp_key key = key_of(7, serial);
	unsigned seen = 0, wrong = 0;
	unsigned rounds = is_slow_run() ? ROUNDS / 10 : ROUNDS;

	(void)state;
	answers[0] = answer(ANSWER_BYTES);
	answers[1] = answer(ANSWER_BYTES);
	atomic_store(&revoked, 0);
	atomic_store(&go_on, true);
	for (unsigned i = 0; i < SIGNERS; i++) {
		assert_int_equal(
		    pthread_create(&threads[i], NULL, sign_all_the_time, NULL),
		    0);
	}
	/* A round in which no thread had its turn shows nothing: on a slow
	 * machine it takes more of them. */
	for (unsigned round = 0;
	     round < (seen < SEEN_MIN ? ROUNDS_MAX : rounds); round++) {
		struct ready *r = NULL;

		atomic_store(&revoked, 1);
		ocsp_cache_forget(cache, &ca, key.serial);
		for (unsigned look = 0; look < LOOKS && r == NULL; look++) {
			r = ocsp_cache_get(cache, &key, NOW);
			wrong += r == answers[0];
			ready_unref(r);
			if (r == NULL) {
				(void)sched_yield();
			}
		}
		seen += r != NULL;
		atomic_store(&revoked, 0);
		ocsp_cache_forget(cache, &ca, key.serial);
	}
	atomic_store(&go_on, false);
	for (unsigned i = 0; i < SIGNERS; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	assert_int_equal(wrong, 0);
	assert_true(seen >= SEEN_MIN);
	ready_unref(answers[0]);
	ready_unref(answers[1]);
}

#define EACH(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    EACH(an_answer_is_for_its_ca_hash_and_serial),
	    EACH(it_is_given_from_and_until),
	    EACH(the_longest_unused_goes_first),
	    EACH(the_maximum_is_what_the_allocator_gave),
	    EACH(nothing_is_kept_in_no_memory),
	    EACH(a_change_drops_what_was_said_under_any_hash),
	    EACH(a_slow_answer_is_not_kept_after_a_change),
	    EACH(no_thread_keeps_good_after_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
