/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/actor.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Copy clean text, cut on a character border. */
static void
label_set(struct actor *a, const char *text)
{
	struct slice rest = slice_str(text);
	struct slice before;
	uint32_t c;
	size_t len = 0;

	while (rest.len > 0) {
		before = rest;
		if (!text_get_char(&rest, &c) || c < 0x20 || c == 0x7f) {
			break;
		}
		if (len + (before.len - rest.len) >= sizeof(a->label)) {
			break;
		}
		memcpy(a->label + len, before.p, before.len - rest.len);
		len += before.len - rest.len;
	}
	a->label[len] = '\0';
}

void
actor_system(struct actor *out, const char *job)
{
	*out = (struct actor){.kind = ACTOR_SYSTEM};
	label_set(out, job);
}

void
actor_operator(struct actor *out, const struct id *id, const char *name)
{
	*out = (struct actor){.kind = ACTOR_OPERATOR, .id = *id};
	label_set(out, name);
}

void
actor_person(struct actor *out, const struct id *session, const char *phone)
{
	size_t len = strlen(phone);
	size_t i;

	*out = (struct actor){.kind = ACTOR_PERSON, .id = *session};
	if (len >= ACTOR_LABEL_SIZE) {
		len = ACTOR_LABEL_SIZE - 1;
	}
	/* "+79161234567" becomes "+791*******67". */
	for (i = 0; i < len; i++) {
		bool shown = i < 4 || i + 2 >= len;

		out->label[i] = '*';
		if (shown) {
			out->label[i] = phone[i];
		}
	}
	out->label[len] = '\0';
}

const char *
actor_kind_name(enum actor_kind kind)
{
	static const char *const names[ACTOR_KIND_MAX_] = {
	    [ACTOR_NONE] = "none",
	    [ACTOR_SYSTEM] = "system",
	    [ACTOR_OPERATOR] = "operator",
	    [ACTOR_PERSON] = "person",
	};

	return (unsigned)kind < ACTOR_KIND_MAX_ ? names[kind] : "none";
}

void
actor_text(const struct actor *a, char out[ACTOR_TEXT_SIZE])
{
	char id[ID_TEXT_SIZE];

	switch (a->kind) {
	case ACTOR_OPERATOR:
		id_text(&a->id, OPERATOR_PREFIX, id);
		break;
	case ACTOR_PERSON:
		id_text(&a->id, SESSION_PREFIX, id);
		break;
	case ACTOR_NONE:
	case ACTOR_SYSTEM:
	case ACTOR_KIND_MAX_:
		(void)snprintf(out, ACTOR_TEXT_SIZE, "system:%s", a->label);
		return;
	}
	(void)snprintf(out, ACTOR_TEXT_SIZE, "%s:%s %s",
	    actor_kind_name(a->kind), id, a->label);
}
