/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_DOCTOR_H
#define SURGUCH_CLI_DOCTOR_H
/*
 * `surguchctl doctor`: what is wrong with a centre, or soon will be.  Files
 * are looked at from here, with the centre running or not; signers, positions,
 * clocks and queues are asked of the running centre.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum err doctor_cmd(
    int argc, char **argv, const char *usage, struct errinfo *ei);

/* In the order of their weight; the command's exit code, as monitoring
 * systems want it. */
enum doctor_level {
	DOCTOR_OK,
	DOCTOR_WARNING,
	DOCTOR_CRITICAL,
	DOCTOR_UNKNOWN /* it could not be looked at */
};

enum {
	DOCTOR_TEXT = 512
};
/* The command of a finding that the running centre mends itself. */
#define DOCTOR_FIX "surguchctl doctor --fix"

struct finding {
	enum doctor_level level;
	char what[128];
	char text[DOCTOR_TEXT];
	char command[DOCTOR_TEXT]; /* what mends it; or "" */
	bool mended;
};

struct doctor {
	struct finding *at; /* owned */
	size_t num;
	int64_t now;
	bool fix;
	bool stale_crl; /* one that the running centre can make anew */
	bool due;       /* a certificate that it can renew */
	bool out_of_memory;
};

/* Add one; printf-like text. */
struct finding *doctor_find(struct doctor *d, enum doctor_level level,
    const char *what, const char *command, const char *fmt, ...)
    ATTR_PRINTF(5, 6);

/* doctor_files.c: modes and owners (mended with `fix`), room on the disk,
 * certificates and lists.  */
void doctor_files(struct doctor *d);

#endif
