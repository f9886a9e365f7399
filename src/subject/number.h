/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SUBJECT_NUMBER_H
#define SURGUCH_SUBJECT_NUMBER_H
/*
 * State numbers of people and organisations, and telephone numbers: checked
 * and brought to the one form that is stored, compared and certified.
 *
 * Input is what a person types: spaces (also no-break), hyphens and, in
 * telephones, brackets, dots and a plus are dropped; anything else is refused.
 * Output is written only on success and is NUL-terminated.
 *
 * Errors are ERR_FORMAT with rule "subject.<number>.<what>", where <what> is
 * digits (a character that does not belong), length, zeros, first (the first
 * digit says another kind of number) or checksum; errinfo.object is the name
 * of the field.  The sums are those of facts/gost-tokens-profile.md 4.
 */
#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

enum {
	SNILS_SIZE = 11 + 1,
	INN10_SIZE = 10 + 1,
	INN12_SIZE = 12 + 1,
	OGRN_SIZE = 13 + 1,
	OGRNIP_SIZE = 15 + 1,
	KPP_SIZE = 9 + 1,
	PHONE_SIZE = 12 + 1, /* "+7" and ten digits */
	SNILS_TEXT_SIZE = 14 + 1,
};

/* Field "snils".  Numbers up to 001-001-998 were given out without a check
 * number: for them it is not compared. */
ATTR_MUST_USE enum err snils_normalise(
    struct slice in, char out[SNILS_SIZE], struct errinfo *ei);
/* An organisation's ИНН, field "organisation_inn". */
ATTR_MUST_USE enum err inn10_normalise(
    struct slice in, char out[INN10_SIZE], struct errinfo *ei);
/* A person's ИНН, field "inn". */
ATTR_MUST_USE enum err inn12_normalise(
    struct slice in, char out[INN12_SIZE], struct errinfo *ei);
/* Field "ogrn"; begins with 1 or 5. */
ATTR_MUST_USE enum err ogrn_normalise(
    struct slice in, char out[OGRN_SIZE], struct errinfo *ei);
/* Field "ogrnip"; begins with 3. */
ATTR_MUST_USE enum err ogrnip_normalise(
    struct slice in, char out[OGRNIP_SIZE], struct errinfo *ei);
/* Field "kpp": four digits, two digits or Latin capitals, three digits.  No
 * check number exists. */
ATTR_MUST_USE enum err kpp_normalise(
    struct slice in, char out[KPP_SIZE], struct errinfo *ei);

/* Field "phone": eleven digits that begin with 7 or 8, or ten that begin with
 * 9; becomes "+7XXXXXXXXXX". */
ATTR_MUST_USE enum err phone_normalise(
    struct slice in, char out[PHONE_SIZE], struct errinfo *ei);
/* Whether an SMS may go to a normalised number: Russian mobile, "+79...". */
bool phone_can_sms(const char *phone);

/* "07500122105" as people read it: "075-001-221 05". */
void snils_text(const char *number, char out[SNILS_TEXT_SIZE]);

#endif
