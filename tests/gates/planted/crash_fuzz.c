/* SPDX-License-Identifier: Apache-2.0 */
/* A parser that reads the byte behind "ab". */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	volatile uint8_t seen = 0;

	if (size >= 2 && data[0] == 'a' && data[1] == 'b') {
		seen = data[size];
	}
	return seen & 0;
}
