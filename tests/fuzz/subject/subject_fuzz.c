/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that a person may type into the subject's fields.  The first
 * byte chooses the field; what a normaliser gives it must take again and give
 * the same, and a failure must leave the output alone.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "subject/number.h"
#include "subject/region.h"
#include "subject/words.h"

static enum err
name_part(struct slice in, struct buf *out, struct errinfo *ei)
{
	return person_name_normalise("surname", in, out, ei);
}

static enum err
organisation(struct slice in, struct buf *out, struct errinfo *ei)
{
	return organisation_name_normalise("organisation_name", in, out, ei);
}

static enum err
place(struct slice in, struct buf *out, struct errinfo *ei)
{
	return line_normalise("street", PLACE_CHARS_MAX, in, out, ei);
}

static enum err
email(struct slice in, struct buf *out, struct errinfo *ei)
{
	return email_normalise("email", in, out, ei);
}

static enum err (*const texts[])(
    struct slice, struct buf *, struct errinfo *) = {
    name_part, organisation, place, email, region_normalise};
static enum err (*const numbers[])(struct slice, char *, struct errinfo *) = {
    snils_normalise, inn10_normalise, inn12_normalise, ogrn_normalise,
    ogrnip_normalise, kpp_normalise, phone_normalise};

static void
check_text(size_t which, struct slice in)
{
	struct buf once = BUF_INIT(4096);
	struct buf twice = BUF_INIT(4096);
	struct errinfo ei = {0};

	enum err err = texts[which](in, &once, &ei);
	bool normal = err == ERR_OK && slice_eq(buf_slice(&once), in);

	/* The predicates say the same without writing it down. */
	ensure(which != 0 ||
	       normal == person_name_valid(in, PERSON_NAME_CHARS_MAX));
	ensure(which != 2 || text_num_chars(in) > PLACE_CHARS_MAX ||
	       normal == line_valid(in));
	ensure(which != 3 || normal == email_valid(in));
	ensure(which != 4 || normal == region_valid(in));
	if (err == ERR_OK) {
		ensure(text_is_clean(buf_slice(&once)));
		ensure(texts[which](buf_slice(&once), &twice, &ei) == ERR_OK);
		ensure(slice_eq(buf_slice(&once), buf_slice(&twice)));
	} else {
		ensure(once.len == 0 && ei.rule[0] != '\0' &&
		       ei.object[0] != '\0');
	}
	buf_clear(&once);
	buf_clear(&twice);
}

static void
check_number(size_t which, struct slice in)
{
	char once[OGRNIP_SIZE] = "?";
	char twice[OGRNIP_SIZE] = "?";
	struct errinfo ei = {0};

	if (numbers[which](in, once, &ei) == ERR_OK) {
		ensure(numbers[which](slice_str(once), twice, &ei) == ERR_OK);
		ensure(strcmp(once, twice) == 0);
	} else {
		ensure(strcmp(once, "?") == 0 && ei.object[0] != '\0');
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	uint8_t which;

	if (!slice_get_u8(&in, &which)) {
		return 0;
	}
	which %= ARRAY_LEN(texts) + ARRAY_LEN(numbers);
	if (which < ARRAY_LEN(texts)) {
		check_text(which, in);
	} else {
		check_number(which - ARRAY_LEN(texts), in);
	}
	return 0;
}
