/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers Range and If-Modified-Since as a client sends them: two octets,
 * the body's length, and the header's text.  A part lies within the body; a
 * date, told again, is the same moment.
 */
#include <string.h>

#include "base/err.h"
#include "base/slice.h"
#include "http/date.h"
#include "http/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_range(const char *text, size_t len)
{
	size_t first = 0, part = 0;

	if (range_parse(text, len, &first, &part) == RANGE_PART) {
		ensure(part > 0 && part <= len && first <= len - part);
	} else {
		ensure(first == 0 && part == 0);
	}
}

static void
check_date(const char *text)
{
	char again[HTTP_DATE_SIZE];
	int64_t sec, back;

	if (http_date_parse(text, &sec) && sec >= 0) {
		http_date(sec, again);
		ensure(http_date_parse(again, &back) && back == sec);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = {data, size};
	uint16_t len;
	char text[256];

	if (!slice_get_u16(&s, &len) || s.len >= sizeof(text)) {
		return 0;
	}
	memset(text, 0, sizeof(text));
	if (s.len > 0) {
		memcpy(text, s.p, s.len);
	}
	check_range(text, len);
	check_date(text);
	return 0;
}
