/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_LIST_H
#define SURGUCH_CA_LIST_H
/*
 * Lists of certificates, a page at a time, each read along an index (design
 * rule 10).  One of the wishes of a filter picks the index, in this order:
 * person; an ended status; the end; the CA; else the age.  The others are
 * looked at row by row, and never at more than CERTIFICATES_LOOK rows for one
 * page: a page may be short, or empty, and still have another after it.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/id.h"
#include "base/slice.h"

struct rows;
struct store;

enum {
	CERTIFICATES_LOOK_PAGES = 20,
	CERTIFICATES_LOOK = CERTIFICATES_LOOK_PAGES * PAGE_ROWS_MAX,
};

/* NULL and 0: does not matter. */
struct certificate_filter {
	const struct id *person;
	const char *ca;
	const char *profile;
	const char *status;  /* "good", "hold", "revoked" */
	int64_t ends_after;  /* notAfter is this or later, UTC seconds */
	int64_t ends_before; /* notAfter is before this */
};

/* A row; slices and texts are the page's. */
struct certificate_row {
	struct id id;
	const char *ca;
	struct slice serial; /* INTEGER content */
	struct slice sha256;
	struct slice subject; /* DER */
	int64_t not_before;
	int64_t not_after;
	const char *profile;
	bool has_application;
	struct id application;
	bool has_person;
	struct id person;
	int64_t issued_at;
	const char *status;
	int64_t status_at;
};

/* The oldest first, or, where the end picks the index, the first to end. */
struct certificate_page {
	struct certificate_row at[PAGE_ROWS_MAX];
	size_t num;
	bool more;      /* there may be more, after: */
	struct id next; /* the last certificate that was looked at */
	struct rows *rows[CERTIFICATES_LOOK_PAGES];
	size_t num_rows;
};

/*
 * The page after a certificate (NULL: the first).  ERR_FORMAT "list.status";
 * ERR_NOTFOUND "list.after" when there is no such certificate.  Clear the
 * page in every case.
 */
ATTR_MUST_USE enum err certificate_list(struct store *s,
    const struct certificate_filter *f, const struct id *after,
    struct certificate_page *out, struct errinfo *ei);
/* As a page of none or one: by SHA-256 of the DER; by CA and serial. */
ATTR_MUST_USE enum err certificate_by_sha256(struct store *s,
    struct slice sha256, struct certificate_page *out, struct errinfo *ei);
ATTR_MUST_USE enum err certificate_by_serial(struct store *s, const char *ca,
    struct slice serial, struct certificate_page *out, struct errinfo *ei);
/* All that a phone's forms ever had, form by form, after one of them (NULL: the
 * first page).  ERR_NOTFOUND "list.after". */
ATTR_MUST_USE enum err certificates_of_phone(struct store *s, const char *phone,
    const struct id *after, struct certificate_page *out, struct errinfo *ei);
/* Is this one of them?  ERR_NOTFOUND "certificate.none". */
ATTR_MUST_USE enum err certificate_check_phone(struct store *s,
    const struct id *id, const char *phone, struct errinfo *ei);
void certificate_page_clear(struct certificate_page *p);

#endif
