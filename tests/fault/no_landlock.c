/* SPDX-License-Identifier: Apache-2.0 */
/*
 * no-landlock PROGRAM [ARGUMENT...]: PROGRAM as on a kernel that has no
 * Landlock, whose first system call is answered ENOSYS.
 */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <seccomp.h>

int
main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (argc < 2 || filter == NULL ||
	    seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
		SCMP_SYS(landlock_create_ruleset), 0) != 0 ||
	    seccomp_load(filter) != 0) {
		(void)fputs("no-landlock: cannot filter\n", stderr);
		return 2;
	}
	seccomp_release(filter);
	(void)execv(argv[1], argv + 1);
	perror(argv[1]);
	return 2;
}
