/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a feed, and when it is signed; its signature.  What it tells
 * of real mirrors is in tests/e2e/trustd.test.mjs. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "http/http_priv.h"
#include "os/file.h"
#include "scratch/scratch.h"
#include "trustd/feed.h"
#include "trustd/state.h"

static const int64_t now = 1795000000;

/* A state of a file each for the letters, whose content is the letter. */
static struct state *
state_of(const char *letters)
{
	struct state *s = calloc(1, sizeof(*s));
	struct errinfo ei;

	assert_non_null(s);
	atomic_init(&s->refs, 1);
	buf_init(&s->roots, CAB_BYTES_MAX);
	s->num = strlen(letters);
	s->at = calloc(s->num + 1, sizeof(*s->at));
	assert_non_null(s->at);
	for (size_t i = 0; i < s->num; i++) {
		(void)snprintf(
		    s->at[i].name, sizeof(s->at[i].name), "%zu.crt", i);
		assert_ok(
		    sha256_of(slice_make(letters + i, 1), s->at[i].sha256, &ei),
		    &ei);
		s->at[i].size = 1;
		assert_ok(ready_new(slice_make(letters + i, 1), "text/plain",
			      NULL, 0, &s->at[i].ready, &ei),
		    &ei);
	}
	return s;
}

/* What it says, of a state that is signed now; the number in front. */
static long
say(struct feed_ring *r, const char *letters, int64_t at, char out[4096])
{
	struct state *s = state_of(letters);
	const char *number;
	struct errinfo ei;
	long n;

	assert_ok(feed_ring_sign(r, s, at, &ei), &ei);
	assert_non_null(s->feed.ready);
	assert_non_null(s->feed_sig.ready);
	assert_ptr_equal(state_find_any(s, "Changes.JSON"), &s->feed);
	assert_null(state_find(s, "changes.json"));
	assert_true(s->feed.size < 4096);
	memcpy(out, s->feed.ready->body, s->feed.size);
	out[s->feed.size] = '\0';
	number = strstr(out, "\"number\":");
	assert_non_null(number);
	n = strtol(number + 9, NULL, 10);
	state_unref(s);
	return n;
}

static void
numbers_grow_and_outlive_the_server(void **state)
{
	char dir[PATH_TEXT_SIZE], text[4096];
	struct feed *f = NULL;
	struct feed_ring *r = NULL;
	struct errinfo ei;
	char key[65];

	(void)state;
	scratch_open("feed", dir);
	assert_ok(feed_open(dir, &f, &ei), &ei);
	(void)snprintf(key, sizeof(key), "%s", feed_fingerprint(f));
	assert_int_equal(strlen(key), 64);
	assert_ok(feed_ring_new(f, "a/b", &r, &ei), &ei);
	assert_true(feed_ring_is_due(r, now));
	assert_int_equal(say(r, "ab", now, text), 1);
	assert_non_null(strstr(text, "\"changes\":null"));
	assert_non_null(strstr(text, "\"mirror\":\"a/b\""));
	/* The same again is the same number, with another date. */
	assert_int_equal(say(r, "ab", now + 60, text), 1);
	assert_int_equal(say(r, "axc", now + 61, text), 2);
	assert_non_null(
	    strstr(text, "\"since\":1,\"came\":[\"2.crt\"],\"went\":[],"
			 "\"changed\":[\"1.crt\"],\"roots\":null"));
	feed_ring_free(r);
	feed_free(f);

	assert_ok(feed_open(dir, &f, &ei), &ei);
	assert_string_equal(feed_fingerprint(f), key);
	assert_ok(feed_ring_new(f, "a/b", &r, &ei), &ei);
	assert_int_equal(say(r, "axc", now + 90, text), 2);
	assert_non_null(strstr(text, "\"came\":[\"2.crt\"]"));
	/* Back to what was there before is forward too. */
	assert_int_equal(say(r, "ab", now + 91, text), 3);
	assert_non_null(strstr(text, "\"went\":[\"2.crt\"]"));
	feed_ring_free(r);
	/* Another ring counts for itself. */
	assert_ok(feed_ring_new(f, "", &r, &ei), &ei);
	assert_int_equal(say(r, "ab", now, text), 1);
	feed_ring_free(r);
	feed_free(f);
	scratch_close(dir);
}

static void
signed_again_in_time(void **state)
{
	char dir[PATH_TEXT_SIZE], text[4096];
	struct feed *f = NULL;
	struct feed_ring *r = NULL;
	struct errinfo ei;

	(void)state;
	scratch_open("feed", dir);
	assert_ok(feed_open(dir, &f, &ei), &ei);
	assert_ok(feed_ring_new(f, "", &r, &ei), &ei);
	assert_int_equal(say(r, "a", now, text), 1);
	assert_false(feed_ring_is_due(r, now));
	assert_false(feed_ring_is_due(r, now + FEED_AGAIN_SEC - 1));
	assert_true(feed_ring_is_due(r, now + FEED_AGAIN_SEC));
	/* A clock that was set back. */
	assert_true(feed_ring_is_due(r, now - 1));
	feed_ring_free(r);
	feed_free(f);
	scratch_close(dir);
}

static void
a_record_that_is_damaged(void **state)
{
	static const char *const records[] = {
	    "",
	    "{}",
	    "{\"number\":0,\"since\":1,\"changes\":\"bnVsbA==\",\"files\":[]}",
	    "{\"number\":1,\"since\":-1,\"changes\":\"bnVsbA==\",\"files\":[]}",
	    "{\"number\":1,\"since\":1,\"changes\":\"?\",\"files\":[]}",
	    "{\"number\":1,\"since\":1,\"changes\":\"bnVsbA==\",\"files\":[1]}",
	    "{\"number\":1,\"since\":1,\"changes\":\"bnVsbA==\",\"files\":"
	    "[{\"name\":\"a\",\"sha256\":\"AA==\"}]}",
	    "{\"number\":1,\"since\":1,\"changes\":\"bnVsbA==\",\"files\":[],"
	    "\"more\":1}",
	};
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	struct feed *f = NULL;
	struct errinfo ei;

	(void)state;
	scratch_open("feed", dir);
	assert_ok(feed_open(dir, &f, &ei), &ei);
	assert_ok(path_join(path, dir, "feed-x.json", &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(records); i++) {
		struct feed_ring *r = NULL;

		assert_ok(
		    file_write_atomic(path, slice_str(records[i]), 0644, &ei),
		    &ei);
		if (feed_ring_new(f, "x", &r, &ei) == ERR_OK) {
			fail_msg("taken: %s", records[i]);
		}
		assert_null(r);
	}
	feed_free(f);
	scratch_close(dir);
}

static void
nothing_is_said_that_was_not_noted(void **state)
{
	char dir[PATH_TEXT_SIZE], text[4096];
	struct feed *f = NULL;
	struct feed_ring *r = NULL;
	struct state *s;
	struct errinfo ei;

	(void)state;
	scratch_open("feed", dir);
	assert_ok(feed_open(dir, &f, &ei), &ei);
	assert_ok(feed_ring_new(f, "x", &r, &ei), &ei);
	assert_int_equal(say(r, "a", now, text), 1);
	scratch_close(dir);
	s = state_of("ab");
	for (unsigned i = 0; i < 2; i++) {
		assert_int_not_equal(feed_ring_sign(r, s, now, &ei), ERR_OK);
		assert_null(s->feed.ready);
	}
	state_unref(s);
	assert_ok(dir_make(dir, 0700, &ei), &ei);
	assert_int_equal(say(r, "ab", now, text), 2);
	feed_ring_free(r);
	/* And it has been noted. */
	assert_ok(feed_ring_new(f, "x", &r, &ei), &ei);
	assert_int_equal(say(r, "abc", now, text), 3);
	feed_ring_free(r);
	feed_free(f);
	scratch_close(dir);
}

static int
set_up(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_grow_and_outlive_the_server),
	    cmocka_unit_test(signed_again_in_time),
	    cmocka_unit_test(a_record_that_is_damaged),
	    cmocka_unit_test(nothing_is_said_that_was_not_noted),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
