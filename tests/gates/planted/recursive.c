/* SPDX-License-Identifier: Apache-2.0 */
/* For clang-tidy: a function that calls itself. */
int planted_depth(int n);

int
planted_depth(int n)
{
	return n > 0 ? planted_depth(n - 1) + 1 : 0;
}
