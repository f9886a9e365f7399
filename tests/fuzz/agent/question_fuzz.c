/* SPDX-License-Identifier: Apache-2.0 */
/* A question, as the window reads it. */
#include "agent/question.h"

#include "base/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_make(data, size);
	struct slice parts;
	struct question_part part;
	struct errinfo ei = {0};
	size_t shown = 0;

	if (question_check(bytes, &ei) != ERR_OK) {
		ensure(ei.rule[0] != '\0');
		return 0;
	}
	parts = question_parts(bytes);
	while (question_next(&parts, &part)) {
		ensure(text_is_utf8(part.text));
		shown++;
	}
	ensure(parts.len == 0 && shown >= 3);
	return 0;
}
