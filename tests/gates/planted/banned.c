/* SPDX-License-Identifier: Apache-2.0 */
/* For banned.h: a call that cannot be used safely. */
void planted_copy(char *to, const char *from);

void
planted_copy(char *to, const char *from)
{
	(void)strcpy(to, from);
}
