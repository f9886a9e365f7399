/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "registry/registry_priv.h"

enum err
registry_init(struct registry *r, struct store *store,
    const struct clock *clock, struct slice data_key, struct errinfo *ei)
{
	if (data_key.len != REGISTRY_KEY_SIZE) {
		return err_set(ei, ERR_FORMAT, "registry.key", NULL,
		    "The key for personal data has %zu bytes and not %d.",
		    data_key.len, REGISTRY_KEY_SIZE);
	}
	*r = (struct registry){
	    .store = store,
	    .clock = clock,
	    .phone_cooling_hours = PHONE_COOLING_HOURS_DEFAULT,
	    .phone_page = "/phone",
	};
	return secret_copy(&r->data_key, data_key, ei);
}

void
registry_clear(struct registry *r)
{
	secret_clear(&r->data_key);
}

void
registry_audit(struct unit *u, const struct actor *actor, const char *action,
    const char *prefix, const struct id *object, const char *detail,
    int64_t now)
{
	char who[ACTOR_TEXT_SIZE];
	char text[ID_TEXT_SIZE];

	actor_text(actor, who);
	id_text(object, prefix, text);
	unit_audit(u, &(struct audit_event){
			  .at = now,
			  .actor = who,
			  .action = action,
			  .object = text,
			  .detail = detail,
		      });
}

void
act_add(struct unit *u, const struct act *act, int64_t now)
{
	if (act->ticket != NULL) {
		idem_add_done(u, act->ticket, &act->answer, now);
	}
}

bool
conflict_is(const struct errinfo *ei, const char *statement)
{
	static const char prefix[] = "store.";

	return ei->kind == ERR_CONFLICT &&
	       strncmp(ei->rule, prefix, sizeof(prefix) - 1) == 0 &&
	       strcmp(ei->rule + sizeof(prefix) - 1, statement) == 0;
}

enum err
registry_submit(
    struct registry *r, struct unit *u, const char *same, struct errinfo *ei)
{
	struct errinfo mine = {0};
	enum err err;

	err = store_submit(r->store, u, NULL, &mine);
	unit_clear(u);
	if (err == ERR_CONFLICT && same != NULL && conflict_is(&mine, same)) {
		return err_set(ei, ERR_CONFLICT, "registry.version", NULL,
		    "It was changed by somebody else in the meantime; read it "
		    "again and repeat the change.");
	}
	if (err != ERR_OK && ei != NULL) {
		*ei = mine;
	}
	return err;
}

enum err
reason_check(const char *reason, struct errinfo *ei)
{
	struct slice s = slice_str(reason);

	if (!text_is_clean(s) || text_num_chars(s) > REASON_CHARS_MAX) {
		return err_object(ei,
		    err_set(ei, ERR_FORMAT, "registry.reason", NULL,
			"A reason has 1 to %d characters on one line; the "
			"person reads it.",
			REASON_CHARS_MAX),
		    "reason");
	}
	return ERR_OK;
}

enum err
registry_ordered(struct registry *r, const struct actor *actor,
    const char *action, const char *prefix, const struct id *about,
    const char *order, struct errinfo *ei)
{
	struct unit u;

	unit_init(&u);
	registry_audit(
	    &u, actor, action, prefix, about, order, clock_utc_sec(r->clock));
	return registry_submit(r, &u, NULL, ei);
}

size_t
page_size(size_t max)
{
	return max < PAGE_ROWS_MAX ? max : PAGE_ROWS_MAX;
}

const struct id *
page_after(const struct id *after)
{
	static const struct id first = {{0}};

	return after != NULL ? after : &first;
}
