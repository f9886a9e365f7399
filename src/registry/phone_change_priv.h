/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_PHONE_CHANGE_PRIV_H
#define SURGUCH_REGISTRY_PHONE_CHANGE_PRIV_H
/* What asking for a change of a phone and its end by time share. */
#include "identity/messages.h"
#include "registry/form_priv.h"
#include "registry/phone_change.h"

/* Takes rows of PHONE_CHANGE_ROW, also when it fails. */
ATTR_MUST_USE enum err phone_change_list_read(
    struct rows *rows, struct phone_change_list *out, struct errinfo *ei);

/* The code of the old number's SMS, as a person types it; false for whatever is
 * none. */
ATTR_MUST_USE bool phone_code_typed(
    struct slice typed, uint8_t out[PHONE_CODE_BYTES]);

/* A message about the change to this number, and by mail (NULL: not), in the
 * unit; nothing where the centre sends none. */
ATTR_MUST_USE enum err phone_change_tell(struct registry *r, struct unit *u,
    const struct phone_change *c, const char *phone, const char *email,
    enum message message, const char *code, struct errinfo *ei);

/* Its end and the audit's record, in the unit: "phone_change.end" when it does
 * not wait any more. */
void phone_change_add_end(struct unit *u, const struct actor *actor,
    const struct phone_change *c, enum phone_change_state to,
    const char *action, const char *reason, int64_t now);

#endif
