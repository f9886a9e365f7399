/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The code that anybody types to object to a change of a phone: what is taken
 * for one is the same code when it is written plainly, in capitals, or as the
 * SMS shows it, and not when a character is added or missing.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "base/text.h"
#include "registry/phone_change_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_same(const char *text, const uint8_t code[PHONE_CODE_BYTES])
{
	uint8_t again[PHONE_CODE_BYTES];

	ensure(phone_code_typed(slice_str(text), again));
	ensure(memcmp(again, code, sizeof(again)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char plain[TEXT_BASE32_SIZE(PHONE_CODE_BYTES)];
	char other[2 * PHONE_CODE_SIZE];
	uint8_t code[PHONE_CODE_BYTES], again[PHONE_CODE_BYTES];

	if (!phone_code_typed(slice_make(data, size), code)) {
		return 0;
	}
	text_base32_array(code, sizeof(code), plain);
	check_same(plain, code);
	(void)snprintf(other, sizeof(other), "%.4s-%.4s-%.4s-%.4s", plain,
	    plain + 4, plain + 8, plain + 12);
	check_same(other, code);
	for (size_t i = 0; other[i] != '\0'; i++) {
		if (other[i] >= 'a' && other[i] <= 'z') {
			other[i] = (char)(other[i] - 'a' + 'A');
		}
	}
	check_same(other, code);
	(void)snprintf(other, sizeof(other), "%sa", plain);
	ensure(!phone_code_typed(slice_str(other), again));
	ensure(!phone_code_typed(slice_str(plain + 1), again));
	return 0;
}
