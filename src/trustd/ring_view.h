/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_RING_VIEW_H
#define SURGUCH_TRUSTD_RING_VIEW_H
/*
 * What an administrator is told of a mirror's directory: its lists with their
 * verdicts, what has changed since the state before, and what would change if
 * the state of another mirror were taken over.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "trust/file.h"
#include "trust/judge.h"
#include "trust/rows.h"

struct json_writer;

/* A directory, read whole. */
struct ring_view {
	struct trust_file file;
	struct trust_judgement judged[TRUST_PARTS_MAX]; /* of lists */
	const struct stl *roots; /* the list of roots; NULL: there is none */
	struct trust_rows rows;  /* its entries */
	struct errinfo why;      /* ERR_OK: it was read */
};

/* What cannot be read is told by why; ERR_NOMEM alone fails.
 * ring_view_clear() in every case. */
ATTR_MUST_USE enum err ring_view_read(const char *dir,
    const struct trust_policy *policy, struct ring_view *out,
    struct errinfo *ei);
void ring_view_clear(struct ring_view *v);

/* "lists": [...], "certificates", "missing", or "problem". */
void ring_view_put(struct json_writer *w, const struct ring_view *v);
/* field: {"since", "counts", "list"}, from one to the other; null when one of
 * them has no list of roots. */
ATTR_MUST_USE enum err ring_view_put_changes(struct json_writer *w,
    const char *field, const struct ring_view *before,
    const struct ring_view *after, struct errinfo *ei);

#endif
