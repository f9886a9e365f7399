/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_AUDIT_LIST_H
#define SURGUCH_STORE_AUDIT_LIST_H
/*
 * Reading the audit, the newest record first, a page at a time along an
 * index: that of the object where one is named, else that of time.  The rest
 * of a filter is looked at row by row, and never at more than AUDIT_LOOK rows
 * for one page: a page may be short, or empty, and still have another after
 * it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/id.h"

struct rows;
struct store;

/* Of a writer's id as it is shown. */
#define AUDIT_WRITER_PREFIX "aud"

enum {
	AUDIT_LOOK_PAGES = 40,
	AUDIT_LOOK = AUDIT_LOOK_PAGES * PAGE_ROWS_MAX,
	/* "aud_", 26 characters, ".", at most 20 digits */
	AUDIT_RECORD_TEXT_SIZE = ID_TEXT_SIZE + 1 + 20,
};

/* A record of the audit, as the page's cursor and for people:
 * "aud_06d3k7....17", the writer and its number. */
struct audit_record_name {
	struct id writer;
	uint64_t number;
};
void audit_record_text(
    const struct audit_record_name *r, char out[AUDIT_RECORD_TEXT_SIZE]);
/* False unless it is exactly such a text. */
ATTR_MUST_USE bool audit_record_parse(
    const char *text, struct audit_record_name *out);

/* NULL and 0: does not matter. */
struct audit_filter {
	const char *object; /* exactly: "crt_..." */
	const char *actor;  /* how it begins: "operator:op_..." */
	const char *action; /* how it begins: "certificate." */
	int64_t since;      /* this second or later */
};

/* A record; texts are the page's. */
struct audit_row {
	struct audit_record_name name;
	int64_t at;
	const char *actor;
	const char *action;
	const char *object; /* "" for none */
	const char *detail; /* JSON, or NULL */
};

struct audit_page {
	struct audit_row at[PAGE_ROWS_MAX];
	size_t num;
	bool more; /* there may be more, after: */
	struct audit_record_name next;
	struct rows *rows[AUDIT_LOOK_PAGES];
	size_t num_rows;
};

/* The page after a record (NULL: from the newest on).  ERR_NOTFOUND
 * "list.after" when there is no such record.  Clear the page in every case. */
ATTR_MUST_USE enum err audit_list(struct store *s, const struct audit_filter *f,
    const struct audit_record_name *after, struct audit_page *out,
    struct errinfo *ei);
void audit_page_clear(struct audit_page *p);

#endif
