/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_LIST_JSON_H
#define SURGUCH_API_LIST_JSON_H
/*
 * Pages of lists as JSON, the same over the API and from surguchctl: members
 * of an object that the caller has opened.  "next" is there when another page
 * may follow, and is what that one is asked for with.
 */
#include "base/err.h"
#include "registry/org.h"
#include "registry/person.h"
#include "json/writer.h"

struct audit_page;
struct certificate_page;
struct certificate_row;
struct phone_change_list;
struct record;
struct record_kind;
struct record_list;
struct record_matches;

/* {"certificates": [...], "next"} */
ATTR_MUST_USE enum err certificate_page_put(struct json_writer *w,
    const struct certificate_page *p, struct errinfo *ei);
/* {"records": [...], "next"} */
void audit_page_put(struct json_writer *w, const struct audit_page *p);

/* {"changes": [...], "next"} */
void phone_change_list_put(
    struct json_writer *w, const struct phone_change_list *l);

/* The data of a row, of whichever kind it is (registry/record.h). */
union record_data {
	struct org_data org;
	struct person_data person;
};
/* A person or an organisation: members of an object that the caller has
 * opened. */
void record_put(struct json_writer *w, const struct record_kind *kind,
    const struct record *row, const union record_data *data);
/* {list: [...]} */
void record_list_put(
    struct json_writer *w, const char *list, const struct record_list *l);
void record_matches_put(
    struct json_writer *w, const char *list, const struct record_matches *m);

/* A certificate's subject on one clean line. */
ATTR_MUST_USE enum err certificate_row_subject(
    const struct certificate_row *row, struct buf *out, struct errinfo *ei);

#endif
