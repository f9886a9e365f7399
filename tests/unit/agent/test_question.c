/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked, from the agent to whoever shows it. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "agent/question.h"
#include "base/bounds.h"
#include "base/text.h"

/* The text of the n-th part of a kind; empty when there is none. */
static struct slice
part_of(struct slice bytes, enum question_kind kind, size_t n)
{
	struct slice parts = question_parts(bytes);
	struct question_part part;

	while (question_next(&parts, &part)) {
		if (part.kind == kind && n-- == 0) {
			return part.text;
		}
	}
	return SLICE_EMPTY;
}

static void
test_goes_and_comes(void **state)
{
	struct slice bytes;
	struct question q;
	size_t size;

	(void)state;
	for (int l = 0; l < LANGUAGE_MAX_; l++) {
		struct errinfo ei = {0};

		question_init(
		    &q, (enum language)l, WORD_ACQUAINT, WORD_ACQUAINT_YES);
		question_line(&q, WORD_SITE, slice_str("https://ca.example"));
		question_line(&q, WORD_CENTRE, SLICE_EMPTY);
		question_quote(&q, slice_str("first\nsecond"));
		question_quote(&q, SLICE_EMPTY);
		question_note(&q, WORD_NO_PASSWORD_NOTE);
		assert_ok(question_done(&q, &bytes, &ei), &ei);
		assert_ok(question_check(bytes, &ei), &ei);
		assert_ok(question_size(bytes, &size, &ei), &ei);
		assert_int_equal(size + QUESTION_HEAD_SIZE, bytes.len);
		assert_true(slice_eq_str(part_of(bytes, QUESTION_HEADING, 0),
		    word_in((enum language)l, WORD_ACQUAINT)));
		assert_true(slice_eq_str(
		    part_of(bytes, QUESTION_VALUE, 0), "https://ca.example"));
		assert_true(slice_eq_str(
		    part_of(bytes, QUESTION_QUOTE, 0), "first\nsecond\n"));
		question_clear(&q);
	}
}

/* What came from outside cannot become a part, a line, or other writing. */
static void
test_hostile(void **state)
{
	static const char evil[] = "V\x01\n\x1b[2J\xe2\x80\xae\xff N";
	struct errinfo ei = {0};
	struct slice bytes;
	struct question q;

	(void)state;
	question_init(&q, LANGUAGE_EN, WORD_COPY, WORD_COPY_YES);
	question_line(&q, WORD_FOR_WHOM, slice_make(evil, sizeof(evil) - 1));
	question_quote(&q, slice_make(evil, sizeof(evil) - 1));
	assert_ok(question_done(&q, &bytes, &ei), &ei);
	assert_ok(question_check(bytes, &ei), &ei);
	assert_true(slice_eq_str(part_of(bytes, QUESTION_VALUE, 0),
	    "V\\x01\\x0a\\x1b[2J\\xe2\\x80\\xae\\xff N"));
	question_clear(&q);
}

/* A text that is to be signed is there in full: one long line, and as large
 * and as hostile as it may be. */
static void
test_whole_text(void **state)
{
	uint8_t *text = malloc(AGENT_TEXT_MAX);
	struct errinfo ei = {0};
	struct slice bytes, shown;
	struct question q;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', AGENT_TEXT_MAX);
	memcpy(text + AGENT_TEXT_MAX - 4, "END.", 4);
	question_init(&q, LANGUAGE_RU, WORD_ACQUAINT, WORD_ACQUAINT_YES);
	question_quote(&q, slice_make(text, AGENT_TEXT_MAX));
	assert_ok(question_done(&q, &bytes, &ei), &ei);
	shown = part_of(bytes, QUESTION_QUOTE, 0);
	assert_int_equal(shown.len, AGENT_TEXT_MAX + 1);
	assert_memory_equal(shown.p + AGENT_TEXT_MAX - 4, "END.", 4);
	question_clear(&q);

	memset(text, 0x1b, AGENT_TEXT_MAX);
	question_init(&q, LANGUAGE_RU, WORD_ACQUAINT, WORD_ACQUAINT_YES);
	question_quote(&q, slice_make(text, AGENT_TEXT_MAX));
	assert_ok(question_done(&q, &bytes, &ei), &ei);
	assert_ok(question_check(bytes, &ei), &ei);
	/* Two of them are too much: said, not cut off. */
	question_quote(&q, slice_make(text, AGENT_TEXT_MAX));
	assert_int_equal(question_done(&q, &bytes, &ei), ERR_LIMIT);
	question_clear(&q);
	free(text);
}

/* Each cut and each changed octet of the frame is seen. */
static void
test_damaged(void **state)
{
	struct errinfo ei = {0};
	struct slice bytes;
	struct question q;
	uint8_t *copy;

	(void)state;
	question_init(&q, LANGUAGE_EN, WORD_CHECK, WORD_CHECK_YES);
	question_line(&q, WORD_SITE, slice_str("https://ca.example"));
	assert_ok(question_done(&q, &bytes, &ei), &ei);
	for (size_t len = 0; len < bytes.len; len++) {
		assert_int_not_equal(
		    question_check(slice_make(bytes.p, len), NULL), ERR_OK);
	}
	copy = slice_dup(bytes);
	assert_non_null(copy);
	for (size_t i = 0; i < QUESTION_HEAD_SIZE + 5; i++) {
		copy[i] ^= 0x80;
		assert_int_not_equal(
		    question_check(slice_make(copy, bytes.len), NULL), ERR_OK);
		copy[i] ^= 0x80;
	}
	free(copy);
	question_clear(&q);
}

/* Every word is there in both languages, and can be shown as it is. */
static void
test_words(void **state)
{
	(void)state;
	for (int w = 0; w < WORD_MAX_; w++) {
		for (int l = 0; l < LANGUAGE_MAX_; l++) {
			const char *text =
			    word_in((enum language)l, (enum word)w);

			assert_true(text_is_clean(slice_str(text)));
		}
	}
	assert_int_equal(language_named("ru"), LANGUAGE_RU);
	assert_int_equal(language_named("en"), LANGUAGE_EN);
	assert_int_equal(language_named("de"), LANGUAGE_MAX_);
}

static void
test_language_of_environment(void **state)
{
	static const struct {
		const char *all;
		const char *lang;
		enum language want;
	} cases[] = {
	    {"", "", LANGUAGE_RU},
	    {"", "C.UTF-8", LANGUAGE_RU},
	    {"", "POSIX", LANGUAGE_RU},
	    {"", "ru_RU.UTF-8", LANGUAGE_RU},
	    {"", "en_US.UTF-8", LANGUAGE_EN},
	    {"", "de_DE.UTF-8", LANGUAGE_EN},
	    {"en_GB.UTF-8", "ru_RU.UTF-8", LANGUAGE_EN},
	};

	(void)state;
	assert_int_equal(setenv("LC_MESSAGES", "", 1), 0);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_int_equal(setenv("LC_ALL", cases[i].all, 1), 0);
		assert_int_equal(setenv("LANG", cases[i].lang, 1), 0);
		assert_int_equal(language_of_environment(), cases[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_goes_and_comes),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_whole_text),
	    cmocka_unit_test(test_damaged),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_language_of_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
