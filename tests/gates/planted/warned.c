/* SPDX-License-Identifier: Apache-2.0 */
/* For the compiler: a name that hides another. */
int planted_shadow(int n);

int
planted_shadow(int n)
{
	for (int i = 0; i < 3; i++) {
		int n = i;

		(void)n;
	}
	return n;
}
