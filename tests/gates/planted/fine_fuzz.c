/* SPDX-License-Identifier: Apache-2.0 */
/* A parser without a fault. */
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	volatile uint8_t seen = size > 0 ? data[0] : 0;

	return seen & 0;
}
