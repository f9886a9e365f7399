/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_GATEWAY_PRIV_H
#define SURGUCH_COURIER_GATEWAY_PRIV_H
/* Shared by gateway.c, template.c and their tests. */
#include <stdbool.h>

#include "base/pattern.h"
#include "base/secret.h"
#include "courier/gateway.h"

enum {
	TEMPLATE_PARTS_MAX = 32,
	RENDERED_MAX = 32 * 1024,
};

enum place {
	PLACE_TEXT,
	PLACE_JSON,
	PLACE_PERCENT, /* URL and form */
};

enum part_kind {
	PART_LITERAL,
	PART_TO,
	PART_TO_DIGITS,
	PART_TEXT,
	PART_ID,
	PART_REPORT,
	PART_REPORT_URL,
	PART_SECRET,
};

struct part {
	enum part_kind kind;
	struct slice literal;
};

struct template
{
	struct part parts[TEMPLATE_PARTS_MAX];
	size_t num_parts;
	enum place place;
};

/*
 * Cut `text` (borrowed) at its placeholders.  NULL when it is good, else what
 * is wrong with it.  Braces around anything but a lower-case word are literal.
 */
const char *template_compile(
    struct template *t, const char *text, enum place place);
bool template_has(const struct template *t, enum part_kind kind);
void template_render(const struct template *t,
    const struct gateway_message *message, struct slice secret,
    struct buf *out);

/* What stands for {id} in "prefix{id}suffix", at the first place where it
 * fits; false when it does not, or is empty. */
bool pattern_find_id(
    const char *pattern, struct slice text, struct slice *out_id);
/* "2xx" or "202". */
bool status_fits(const char *pattern, unsigned status);

struct gateway_call {
	struct buf url;
	struct buf body;
	struct buf headers[8];
	size_t num_headers;
};

ATTR_MUST_USE enum err gateway_render(const struct gateway *gateway,
    const struct gateway_message *message, struct gateway_call *out,
    struct errinfo *ei);
void gateway_call_wipe(struct gateway_call *call);
void gateway_judge(const struct gateway *gateway, unsigned status,
    struct slice body, struct courier_result *out);

#endif
