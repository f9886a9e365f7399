/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/id.h"
#include "base/sms.h"
#include "base/text.h"
#include "identity/actor.h"
#include "identity/messages.h"

static const struct message_values all = {
    .code = "1234 5678",
    .what = "Иванов И. И.",
    .minutes = "20",
    .when = "26.11.2026 14:05 UTC",
    .where = "https://ca.example.ru/phone",
    .centre = "УЦ",
};

static void
test_texts(void **state)
{
	struct buf b = BUF_INIT(MESSAGE_BYTES_MAX);
	struct errinfo ei = {0};
	unsigned m;
	unsigned l;

	(void)state;
	for (m = 0; m < MESSAGE_MAX_; m++) {
		for (l = 0; l < LANG_MAX_; l++) {
			buf_reset(&b);
			assert_ok(message_text((enum lang)l, (enum message)m,
				      &all, &b, &ei),
			    &ei);
			assert_true(text_is_clean(buf_slice(&b)));
			assert_null(strchr(buf_cstr(&b), '{'));
			/* Three parts of an SMS at most. */
			assert_true(text_num_chars(buf_slice(&b)) <= 201);
		}
	}
	buf_clear(&b);
}

/* Design rule 6: a code goes by SMS alone. */
static void
test_mails(void **state)
{
	static const enum message codes[] = {MESSAGE_SIGNIN,
	    MESSAGE_CONFIRM_REQUEST, MESSAGE_STOP_CERTIFICATE,
	    MESSAGE_CHANGE_PHONE};
	static const enum message notices[] = {
	    MESSAGE_PHONE_CHANGED, MESSAGE_ISSUED, MESSAGE_REVOKED};
	struct buf b = BUF_INIT(MESSAGE_BYTES_MAX);
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		assert_false(message_has_mail(codes[i]));
		assert_int_equal(message_mail(LANG_RU, codes[i], &all, &b, &ei),
		    ERR_INTERNAL);
	}
	for (size_t i = 0; i < ARRAY_LEN(notices); i++) {
		assert_true(message_has_mail(notices[i]));
	}
	for (unsigned m = 0; m < MESSAGE_MAX_; m++) {
		for (unsigned l = 0; l < LANG_MAX_; l++) {
			const char *text;

			if (!message_has_mail((enum message)m)) {
				continue;
			}
			buf_reset(&b);
			/* A text that asked for the code would fail. */
			assert_ok(message_mail((enum lang)l, (enum message)m,
				      &all, &b, &ei),
			    &ei);
			text = buf_cstr(&b);
			assert_null(strchr(text, '{'));
			assert_null(strstr(text, all.code));
			/* The subject names nobody. */
			assert_true(strchr(text, '\n') > text);
			assert_true(
			    strstr(text, all.what) == NULL ||
			    strstr(text, all.what) > strchr(text, '\n'));
			assert_non_null(strstr(text, all.centre));
			assert_null(strstr(text, "://"));
		}
	}
	buf_clear(&b);
}

static void
test_bad_values(void **state)
{
	struct message_values v = all;
	struct buf b = BUF_INIT(MESSAGE_BYTES_MAX);
	struct errinfo ei = {0};

	(void)state;
	v.what = "a\nb";
	assert_int_equal(
	    message_text(LANG_RU, MESSAGE_CONFIRM_REQUEST, &v, &b, &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.rule, "message.value");
	v = all;
	v.code = NULL;
	assert_int_equal(
	    message_text(LANG_RU, MESSAGE_SIGNIN, &v, &b, &ei), ERR_FORMAT);
	buf_clear(&b);
}

static void
test_lang(void **state)
{
	(void)state;
	assert_int_equal(lang_from_slice(SLICE_LIT("en")), LANG_EN);
	assert_int_equal(lang_from_slice(SLICE_LIT("en-GB")), LANG_EN);
	assert_int_equal(lang_from_slice(SLICE_LIT("ru")), LANG_RU);
	assert_int_equal(lang_from_slice(SLICE_LIT("enx")), LANG_RU);
	assert_int_equal(lang_from_slice(SLICE_EMPTY), LANG_RU);
}

static void
test_actor(void **state)
{
	struct actor a;
	struct id id = {{0}};
	char text[ACTOR_TEXT_SIZE];

	(void)state;
	actor_system(&a, "adopt");
	actor_text(&a, text);
	assert_string_equal(text, "system:adopt");
	actor_operator(&a, &id, "Мария\nroot");
	actor_text(&a, text);
	assert_string_equal(
	    text, "operator:op_00000000000000000000000000 Мария");
	/* Cut between characters: 63 bytes hold 31 letters of two. */
	actor_operator(&a, &id, "ЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖЖ");
	assert_int_equal(strlen(a.label), 62);
	assert_true(text_is_utf8(slice_str(a.label)));
	actor_person(&a, &id, "+79161234567");
	assert_string_equal(a.label, "+791******67");
}

/*
 * What each message of ours is paid for, in parts, with a short name of the
 * centre and a usual one of an owner.  A text that grows shows here.
 */
static void
test_parts(void **state)
{
	static const struct message_values values = {
	    .code = "1234 5678",
	    .what = "Иванов Иван Иванович",
	    .minutes = "20",
	    .when = "26.11.2026 14:05 UTC",
	    .where = "https://ca.example.ru/phone",
	    .centre = "УЦ Пример",
	};
	static const unsigned want[MESSAGE_MAX_][LANG_MAX_] = {
	    [MESSAGE_SIGNIN] = {1, 1},
	    [MESSAGE_CONFIRM_REQUEST] = {2, 2},
	    [MESSAGE_CHANGE_PHONE] = {2, 2},
	    [MESSAGE_PHONE_CHANGED] = {2, 2},
	    [MESSAGE_PHONE_CHANGING] = {3, 3},
	    [MESSAGE_PHONE_CERTAIN] = {3, 3},
	    [MESSAGE_PHONE_SOON] = {2, 2},
	    [MESSAGE_PHONE_DONE] = {1, 1},
	    [MESSAGE_ISSUED] = {2, 2},
	    [MESSAGE_REVOKED] = {1, 1},
	    [MESSAGE_HELD] = {1, 1},
	    [MESSAGE_RELEASED] = {1, 1},
	    [MESSAGE_STOP_CERTIFICATE] = {2, 2},
	};

	(void)state;
	for (unsigned m = 0; m < MESSAGE_MAX_; m++) {
		for (unsigned lang = 0; lang < LANG_MAX_; lang++) {
			struct buf out = BUF_INIT(MESSAGE_BYTES_MAX);
			struct errinfo ei = {0};
			unsigned parts;

			assert_ok(message_text((enum lang)lang, (enum message)m,
				      &values, &out, &ei),
			    &ei);
			parts = sms_size(buf_slice(&out)).parts;
			if (parts != want[m][lang]) {
				fail_msg("%s %s: %u parts of %s",
				    message_name((enum message)m),
				    lang_name((enum lang)lang), parts,
				    buf_cstr(&out));
			}
			buf_clear(&out);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_mails),
	    cmocka_unit_test(test_bad_values),
	    cmocka_unit_test(test_lang),
	    cmocka_unit_test(test_parts),
	    cmocka_unit_test(test_actor),
	};

	return cmocka_run_group_tests_name(
	    "identity/messages", tests, NULL, NULL);
}
