/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WORDS_H
#define SURGUCH_AGENT_WORDS_H
/*
 * What the agent says to its person, in both languages: one table.  Names of
 * the cabinet's page («Реестр», «Контейнер») are the same here.
 */

enum language {
	LANGUAGE_RU,
	LANGUAGE_EN,
	LANGUAGE_MAX_
};

enum word {
	/* Names of lines. */
	WORD_CENTRE,
	WORD_SITE,
	WORD_FOR_WHOM,
	WORD_KEY,
	WORD_MEDIUM,
	WORD_FROM_MEDIUM,
	WORD_TO_MEDIUM,
	WORD_CONTAINER,
	WORD_CERTIFICATE,
	WORD_VALID_UNTIL,
	WORD_DOCUMENT,
	WORD_SIZE,
	WORD_SHA256,
	WORD_TEXT,
	WORD_REGISTRY,
	WORD_CODE,
	/* What is asked, and the button or word that agrees. */
	WORD_PAIR,
	WORD_PAIR_YES,
	WORD_PAIR_NOTE,
	WORD_MAKE_KEY,
	WORD_MAKE_KEY_YES,
	WORD_NO_PASSWORD,
	WORD_NO_PASSWORD_YES,
	WORD_NO_PASSWORD_NOTE,
	WORD_ACQUAINT,
	WORD_ACQUAINT_YES,
	WORD_INSTALL,
	WORD_INSTALL_YES,
	WORD_AUTHORITIES,
	WORD_AUTHORITIES_YES,
	WORD_AUTHORITIES_NOTE,
	WORD_ROOT,
	WORD_ROOT_YES,
	WORD_ROOT_NOTE,
	WORD_COPY,
	WORD_COPY_YES,
	WORD_CHECK,
	WORD_CHECK_YES,
	WORD_ARCHIVE,
	WORD_ARCHIVE_YES,
	WORD_ARCHIVE_NOTE,
	WORD_CHANGE_PASSWORD,
	WORD_CHANGE_PASSWORD_YES,
	WORD_REFUSE,
	/* The password window. */
	WORD_NEW_PASSWORD, /* ends in a space: a label follows */
	WORD_PASSWORD_OF,  /* likewise */
	WORD_PASSWORD,
	WORD_PASSWORD_OK,
	WORD_CANCEL,
	WORD_PASSWORD_AGAIN,
	WORD_PASSWORDS_DIFFER,
	WORD_PASSWORD_WRONG,
	/* The PIN's. */
	WORD_TOKEN, /* ends in a space: a name follows */
	WORD_PIN,
	WORD_PIN_WRONG,
	WORD_PIN_LEFT, /* a number follows */
	WORD_PIN_LEFT_ONE,
	WORD_PIN_LOW,
	WORD_PIN_FACTORY, /* it follows */
	WORD_NO_WAY_BACK,
	WORD_PIN_LAST,
	WORD_PIN_LAST_YES,
	WORD_PIN_NEW,
	WORD_PIN_NEW_RULE, /* two numbers follow */
	WORD_PIN_UNFIT,
	WORD_PINS_DIFFER,
	WORD_PIN_CHANGE,
	WORD_PIN_CHANGE_YES,
	WORD_LATER,
	WORD_MAX_
};

/* UTF-8, one line, no markup. */
const char *word_in(enum language language, enum word word);

/* A kind of key as people say it ("ГОСТ Р 34.10-2012, 256 бит"); one that is
 * not known here as it is. */
const char *word_of_key(enum language language, const char *spec);

/* "ru" or "en"; LANGUAGE_MAX_ for anything else. */
enum language language_named(const char *name);
/* As LC_ALL, LC_MESSAGES and LANG say; Russian where they name no language. */
enum language language_of_environment(void);

#endif
