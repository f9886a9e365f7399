/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_ACCREDITATION_H
#define SURGUCH_PROFILE_ACCREDITATION_H
/*
 * The centre's accreditation, as surguch.conf has it.  It alone lifts the lock
 * on the word "qualified", and only for what it names:
 *
 *	accreditation = {
 *		number = "1024";
 *		from = "2026-02-01"; until = "2029-01-31";  # the last day
 *		class = "КС2";             # the highest that is confirmed
 *		tool = "..."; tool_document = "...";        # issuerSignTool
 *		ca = "..."; ca_document = "...";
 *		owner_tools = ["..."];     # that subjectSignTool may name
 *	};
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "conf/conf.h"

enum {
	ACCREDITATION_NUMBER_SIZE = 65,
	/* 200 characters, and 100 of a document (facts 3.2) */
	ACCREDITATION_TOOL_SIZE = 401,
	ACCREDITATION_DOCUMENT_SIZE = 201,
	ACCREDITATION_OWNER_TOOLS_MAX = 16,
};

struct accreditation {
	char number[ACCREDITATION_NUMBER_SIZE]; /* "": there is none */
	int64_t from;   /* UTC seconds, the first that counts */
	int64_t until;  /* the last */
	unsigned class; /* 1 КС1 ... 6 КА1: the arc under 1.2.643.100.113 */
	char tool[ACCREDITATION_TOOL_SIZE];
	char tool_document[ACCREDITATION_DOCUMENT_SIZE];
	char ca[ACCREDITATION_TOOL_SIZE];
	char ca_document[ACCREDITATION_DOCUMENT_SIZE];
	char owner_tools[ACCREDITATION_OWNER_TOOLS_MAX]
			[ACCREDITATION_TOOL_SIZE];
	size_t num_owner_tools;
};

/* The members of the group, for the table of whoever reads the whole file. */
extern const struct conf_setting accreditation_settings[];

/* From that group, checked against the table; it may be absent.  What the
 * table cannot say goes into the report. */
void accreditation_take(struct conf_cursor c, struct conf_report *report,
    struct accreditation *out);
/*
 * The group alone, from a file whose other settings are somebody else's to
 * check.  ERR_SYS, ERR_NOTFOUND; ERR_FORMAT "conf.*".
 */
ATTR_MUST_USE enum err accreditation_load(
    const char *path, struct accreditation *out, struct errinfo *ei);
ATTR_MUST_USE enum err accreditation_parse(struct slice text, const char *file,
    struct accreditation *out, struct errinfo *ei);

/* Is there one?  NULL is none. */
bool accreditation_given(const struct accreditation *a);
/* Does it hold at this time (UTC seconds)? */
bool accreditation_holds(const struct accreditation *a, int64_t now);

#endif
