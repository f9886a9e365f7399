/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_LIST_JSON_H
#define SURGUCH_API_LIST_JSON_H
/*
 * Pages of lists as JSON, the same over the API and from surguchctl: members
 * of an object that the caller has opened.  "next" is there when another page
 * may follow, and is what that one is asked for with.
 */
#include "base/err.h"
#include "json/writer.h"

struct audit_page;
struct certificate_page;
struct certificate_row;
struct record;
struct record_kind;

/* {"certificates": [...], "next"} */
ATTR_MUST_USE enum err certificate_page_put(struct json_writer *w,
    const struct certificate_page *p, struct errinfo *ei);
/* {"records": [...], "next"} */
void audit_page_put(struct json_writer *w, const struct audit_page *p);

/* A person or an organisation: members of an object that the caller has
 * opened.  data is the kind's (registry/record.h). */
void record_put(struct json_writer *w, const struct record_kind *kind,
    const struct record *row, const void *data);

/* A certificate's subject on one clean line. */
ATTR_MUST_USE enum err certificate_row_subject(
    const struct certificate_row *row, struct buf *out, struct errinfo *ei);

#endif
