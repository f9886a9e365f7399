/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_SCRATCH_H
#define SURGUCH_TESTS_SCRATCH_H
/*
 * A directory of a test's own, and programs that it runs once.  They end the
 * test when something of them fails.
 */
#include "os/file.h"

/* In TMPDIR or /tmp, its name beginning with "surguch-NAME-". */
void scratch_open(const char *name, char out[PATH_TEXT_SIZE]);
void scratch_close(const char *dir); /* removes everything */

/* Run it to its end; its exit status, or -1 when a signal ended it. */
int scratch_run(
    const char *program, const char *const *argv, const char *const *envp);

#endif
