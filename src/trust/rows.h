/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_ROWS_H
#define SURGUCH_TRUST_ROWS_H
/*
 * The roots of a part, whatever its form: what is said of each, and its
 * certificate, if that is at hand.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "trust/certs.h"
#include "trust/file.h"
#include "trust/root.h"

struct trust_row {
	struct root root; /* its properties, read */
	/* As it stands there; of a bare certificate without attributes. */
	struct stl_entry entry;
	const struct trust_cert *cert; /* NULL: not at hand */
};

struct trust_rows {
	struct trust_row *at; /* in the part's order */
	size_t num;
	bool said;      /* uses and dates are told; else only certificates */
	bool from_list; /* not from a store or certificates */
};

/*
 * Of a list of roots, a store or certificates; certificates are looked for in
 * the file's own and in `more` (NULL allowed).  Everything is borrowed from
 * these.  ERR_UNSUPPORTED "trust.rows" for a list that does not name roots;
 * ERR_FORMAT "trust.sha1" (a store's property 3), "trust.sha256" (the list's
 * property 98 is of another certificate), "root.*".
 */
ATTR_MUST_USE enum err trust_rows_of(const struct trust_file *f,
    const struct trust_part *part, const struct trust_certs *more,
    struct trust_rows *out, struct errinfo *ei);
void trust_rows_clear(struct trust_rows *r);

/* Those that the filter keeps, in place. */
struct trust_filter {
	struct slice purpose; /* OID content; empty: any */
	bool has_at;
	int64_t at;       /* trusted then, for that purpose */
	const char *name; /* within a name, in any case of letters; NULL */
	/* Thumbprints, SHA-1, one behind the other; empty: all. */
	struct slice sha1s;
};
void trust_rows_filter(struct trust_rows *r, const struct trust_filter *f);
/* The list's name of a root, else its certificate's; UTF-8, clean. */
struct buf;
void trust_row_name(const struct trust_row *row, struct buf *out);

#endif
