/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_FORM_JSON_H
#define SURGUCH_API_FORM_JSON_H
/* How forms and applications look in answers; desk and cabinet share it. */
#include "api/call.h"

struct application;
struct form;
struct form_list;

/* {"forms": [...]}: each row with its state and its one next action (A3).
 * Sends the answer. */
ATTR_MUST_USE enum err form_list_send(
    struct call *c, const struct form_list *list);
/* Members of a form's object, for people who may see it whole. */
void form_put(struct call *c, const struct form *f);
/* "rows": what is to be checked (A4), and "support": whom to ask. */
ATTR_MUST_USE enum err form_put_rows(struct call *c, const struct form *f);
/* Members of an application's object. */
void application_put(struct call *c, const struct application *a);

#endif
