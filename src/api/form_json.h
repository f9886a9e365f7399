/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_FORM_JSON_H
#define SURGUCH_API_FORM_JSON_H
/* How forms and applications look in answers; desk and cabinet share it. */
#include "api/call.h"
#include "registry/states.h"

struct application;
struct form;
struct form_list;
struct form_row;

/* A row of the list, an object in an array. */
void form_row_put(struct json_writer *w, const struct form_row *row);
/* {"forms": [...]}: each row with its state and its one next action (A3).
 * Sends the answer. */
ATTR_MUST_USE enum err form_list_send(
    struct call *c, const struct form_list *list);
/* A form, for people who may see it whole: its members, "rows": what is to be
 * checked (A4), and "support": whom to ask.  Sends the answer. */
ATTR_MUST_USE enum err form_send(struct call *c, const struct form *f);
/* Members of an application's object. */
void application_put(struct call *c, const struct application *a);
/* The application alone.  Sends the answer. */
ATTR_MUST_USE enum err application_send(
    struct call *c, const struct application *a);
/* The answer that only names the state reached.  With out_act it is made
 * before the commit, so that the idempotency record keeps it; NULL: after. */
ATTR_MUST_USE enum err application_answer(struct call *c, const struct id *id,
    enum app_state state, struct act *out_act);

#endif
