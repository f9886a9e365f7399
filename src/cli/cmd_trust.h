/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_TRUST_H
#define SURGUCH_CLI_CMD_TRUST_H
/* What the commands of `surguch trust` share: a list, its certificates, who
 * may have signed it, and which of its roots are meant. */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "cli/cli.h"
#include "trust/anchors.h"
#include "trust/file.h"
#include "trust/judge.h"
#include "trust/rows.h"

enum {
	TRUST_OPTIONS = 8,
	TRUST_OUT_MAX = 64 * 1024 * 1024,
};

/* The words of the command line that all of them know. */
struct trust_words {
	const char *certs;      /* --certs: where certificates lie */
	const char *anchor;     /* --anchor: a root more that signs lists */
	const char *use;        /* --use */
	const char *trusted_at; /* --trusted-at */
	const char *name;       /* --name */
	const char *thumbprint; /* --thumbprint */
	bool old;               /* --old */
	bool strict;            /* --strict */
};

/* Fills that many places. */
void trust_options(struct trust_words *w, struct cli_option out[TRUST_OPTIONS]);

/* A file with everything that is judged about it. */
struct trust_case {
	struct trust_file file;
	struct trust_file more; /* of --certs */
	bool has_more;
	struct trust_anchors anchors;
	int64_t now;
	struct trust_filter filter;
	uint8_t sha1[20]; /* that the filter may borrow */
	/* Of each part that is a list. */
	struct trust_judgement judged[TRUST_PARTS_MAX];
};

/* Reads and judges; what is refused is told by trust_case_verdict().
 * trust_case_clear() in every case. */
ATTR_MUST_USE enum err trust_case_open(struct trust_case *c, const char *path,
    const struct trust_words *w, struct errinfo *ei);
void trust_case_clear(struct trust_case *c);
/* ERR_OK, or why the first list that was refused is. */
ATTR_MUST_USE enum err trust_case_verdict(
    const struct trust_case *c, struct errinfo *ei);
/* The roots of a part, filtered; trust_rows_clear(). */
ATTR_MUST_USE enum err trust_case_rows(const struct trust_case *c,
    const struct trust_part *part, struct trust_rows *out, struct errinfo *ei);
/* The first part that has roots; ERR_NOTFOUND "trust.roots". */
ATTR_MUST_USE enum err trust_case_roots(const struct trust_case *c,
    const struct trust_part **out, struct errinfo *ei);
/* What is to be known though nothing is refused, on standard error. */
void trust_case_warn(const struct trust_case *c);

#endif
