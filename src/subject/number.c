/* SPDX-License-Identifier: Apache-2.0 */
#include "subject/number.h"

#include <stdint.h>
#include <string.h>

#include "base/text.h"

/* One kind of number.  All but КПП and telephones are digits with a sum. */
struct number {
	const char *field;
	const char *title; /* for people, in messages */
	const char *rules; /* rule prefix: "subject.snils" */
	size_t len;
	const char *first; /* allowed first digits, NULL: any */
	bool (*sum_fits)(const char *digits);
};

static unsigned
digit(const char *digits, size_t i)
{
	return (unsigned)(digits[i] - '0');
}

static bool
snils_sum_fits(const char *digits)
{
	unsigned sum = 0;

	/* The last number given out without a check number. */
	if (memcmp(digits, "001001998", 9) <= 0) {
		return true;
	}
	for (unsigned i = 0; i < 9; i++) {
		sum += digit(digits, i) * (9 - i);
	}
	return sum % 101 % 100 == digit(digits, 9) * 10 + digit(digits, 10);
}

/* The sums of all ИНН digits use a tail of one row of weights. */
static bool
inn_digit_fits(const char *digits, size_t at)
{
	static const unsigned weights[] = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};
	const unsigned *w = weights + (ARRAY_LEN(weights) - at);
	unsigned sum = 0;

	for (size_t i = 0; i < at; i++) {
		sum += digit(digits, i) * w[i];
	}
	return sum % 11 % 10 == digit(digits, at);
}

static bool
inn10_sum_fits(const char *digits)
{
	return inn_digit_fits(digits, 9);
}

static bool
inn12_sum_fits(const char *digits)
{
	return inn_digit_fits(digits, 10) && inn_digit_fits(digits, 11);
}

/* All digits but the last, mod (their number less one), last digit of it. */
static bool
ogrn_digit_fits(const char *digits, size_t at)
{
	unsigned rest = 0;

	for (size_t i = 0; i < at; i++) {
		rest = (rest * 10 + digit(digits, i)) % (unsigned)(at - 1);
	}
	return rest % 10 == digit(digits, at);
}

static bool
ogrn_sum_fits(const char *digits)
{
	return ogrn_digit_fits(digits, 12);
}

static bool
ogrnip_sum_fits(const char *digits)
{
	return ogrn_digit_fits(digits, 14);
}

static const struct number snils = {
    "snils", "SNILS", "subject.snils", 11, NULL, snils_sum_fits};
static const struct number inn10 = {"organisation_inn",
    "INN of an organisation", "subject.organisation_inn", 10, NULL,
    inn10_sum_fits};
static const struct number inn12 = {
    "inn", "INN of a person", "subject.inn", 12, NULL, inn12_sum_fits};
static const struct number ogrn = {
    "ogrn", "OGRN", "subject.ogrn", 13, "15", ogrn_sum_fits};
static const struct number ogrnip = {
    "ogrnip", "OGRNIP", "subject.ogrnip", 15, "3", ogrnip_sum_fits};

/*
 * The messages say what is wrong but not the number itself: they may end in a
 * log, and a СНИЛС is personal data.
 */
static enum err
wrong(struct errinfo *ei, const struct number *n, const char *what,
    const char *text)
{
	char rule[ERRINFO_RULE];

	(void)snprintf(rule, sizeof(rule), "%s.%s", n->rules, what);
	(void)err_set(ei, ERR_FORMAT, rule, NULL, "%s: %s", n->title, text);
	return err_object(ei, ERR_FORMAT, n->field);
}

static bool
is_filler(uint32_t c)
{
	/* space, no-break spaces, hyphens and the en dash */
	return c == ' ' || c == 0xa0 || c == 0x202f || c == '-' ||
	       c == 0x2010 || c == 0x2011 || c == 0x2013;
}

/*
 * Keep the digits, drop the fillers and the characters of `also`.  False at
 * any other character; *out_len counts all digits, even those beyond size.
 */
static bool
keep_digits(
    struct slice in, const char *also, char *out, size_t size, size_t *out_len)
{
	size_t len = 0;
	uint32_t c;

	while (in.len > 0) {
		if (!text_get_char(&in, &c)) {
			return false;
		}
		if (c >= '0' && c <= '9') {
			if (len + 1 < size) {
				out[len] = (char)c;
			}
			len++;
			continue;
		}
		if (!is_filler(c) &&
		    (c == 0 || c > 0x7e || strchr(also, (int)c) == NULL)) {
			return false;
		}
	}
	out[len < size ? len : size - 1] = '\0';
	*out_len = len;
	return true;
}

enum {
	DIGITS_SIZE = 24
};

static enum err
number_normalise(
    const struct number *n, struct slice in, char *out, struct errinfo *ei)
{
	char digits[DIGITS_SIZE];
	char text[96];
	size_t len;

	if (!keep_digits(in, "", digits, sizeof(digits), &len)) {
		return wrong(ei, n, "digits",
		    "only digits, spaces and hyphens belong into it");
	}
	if (len != n->len) {
		(void)snprintf(text, sizeof(text),
		    "%zu digits were given, it has %zu", len, n->len);
		return wrong(ei, n, "length", text);
	}
	if (strspn(digits, "0") == len) {
		return wrong(ei, n, "zeros", "nobody has a number of zeros");
	}
	if (n->first != NULL && strchr(n->first, digits[0]) == NULL) {
		(void)snprintf(text, sizeof(text),
		    "its first digit is one of \"%s\"; another begins "
		    "a number of another kind",
		    n->first);
		return wrong(ei, n, "first", text);
	}
	if (!n->sum_fits(digits)) {
		return wrong(ei, n, "checksum",
		    "the check digits do not fit the others; compare it with "
		    "the document");
	}
	memcpy(out, digits, len + 1);
	return ERR_OK;
}

enum err
snils_normalise(struct slice in, char out[SNILS_SIZE], struct errinfo *ei)
{
	return number_normalise(&snils, in, out, ei);
}

enum err
inn10_normalise(struct slice in, char out[INN10_SIZE], struct errinfo *ei)
{
	return number_normalise(&inn10, in, out, ei);
}

enum err
inn12_normalise(struct slice in, char out[INN12_SIZE], struct errinfo *ei)
{
	return number_normalise(&inn12, in, out, ei);
}

enum err
ogrn_normalise(struct slice in, char out[OGRN_SIZE], struct errinfo *ei)
{
	return number_normalise(&ogrn, in, out, ei);
}

enum err
ogrnip_normalise(struct slice in, char out[OGRNIP_SIZE], struct errinfo *ei)
{
	return number_normalise(&ogrnip, in, out, ei);
}

static bool
kpp_char_fits(size_t at, char c)
{
	if (c >= '0' && c <= '9') {
		return true;
	}
	/* The fifth and sixth say why it was given: letters are possible. */
	return (at == 4 || at == 5) && c >= 'A' && c <= 'Z';
}

enum err
kpp_normalise(struct slice in, char out[KPP_SIZE], struct errinfo *ei)
{
	static const struct number kpp = {
	    "kpp", "KPP", "subject.kpp", 9, NULL, NULL};
	char kept[KPP_SIZE] = {0};
	size_t len = 0;
	uint32_t c;

	while (in.len > 0) {
		if (!text_get_char(&in, &c)) {
			return wrong(ei, &kpp, "digits",
			    "digits and Latin capitals belong into it");
		}
		if (is_filler(c)) {
			continue;
		}
		if (len < 9 && (c > 0x7e || !kpp_char_fits(len, (char)c))) {
			return wrong(ei, &kpp, "digits",
			    "it is four digits, two digits or Latin "
			    "capitals, three digits");
		}
		if (len < 9) {
			kept[len] = (char)c;
		}
		len++;
	}
	if (len != 9) {
		return wrong(ei, &kpp, "length", "it has nine characters");
	}
	if (strspn(kept, "0") == len) {
		return wrong(ei, &kpp, "zeros", "nobody has a KPP of zeros");
	}
	memcpy(out, kept, sizeof(kept));
	return ERR_OK;
}

enum err
phone_normalise(struct slice in, char out[PHONE_SIZE], struct errinfo *ei)
{
	static const struct number phone = {
	    "phone", "telephone", "subject.phone", 11, NULL, NULL};
	char digits[DIGITS_SIZE];
	const char *national = digits;
	size_t len;

	if (!keep_digits(in, "+().", digits, sizeof(digits), &len)) {
		return wrong(ei, &phone, "digits",
		    "only digits, spaces, hyphens, dots, brackets and a plus "
		    "belong into it");
	}
	if (len == 11 && (digits[0] == '7' || digits[0] == '8')) {
		national = digits + 1;
	} else if (len != 10 || digits[0] != '9') {
		return wrong(ei, &phone, "length",
		    "it is 11 digits that begin with 7 or 8, or 10 that "
		    "begin with 9");
	}
	if (national[0] == '0') {
		return wrong(ei, &phone, "first", "no area code begins with 0");
	}
	(void)snprintf(out, PHONE_SIZE, "+7%.10s", national);
	return ERR_OK;
}

bool
phone_can_sms(const char *phone)
{
	return strlen(phone) == PHONE_SIZE - 1 &&
	       strncmp(phone, "+79", 3) == 0 &&
	       text_is_digits(slice_str(phone + 1));
}

void
snils_text(const char *number, char out[SNILS_TEXT_SIZE])
{
	ensure(strlen(number) == SNILS_SIZE - 1);
	(void)snprintf(out, SNILS_TEXT_SIZE, "%.3s-%.3s-%.3s %.2s", number,
	    number + 3, number + 6, number + 9);
}
