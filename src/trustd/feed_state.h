/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_FEED_STATE_H
#define SURGUCH_TRUSTD_FEED_STATE_H
/* The files of a state for its feed, and as the server's own record keeps them
 * (trustd/feed.h). */
#include <stdbool.h>

#include "base/err.h"
#include "trustd/state.h"
#include "trustfeed/files.h"

struct json;
struct json_writer;

ATTR_MUST_USE enum err feed_state_files(
    const struct state *s, struct feed_files *out, struct errinfo *ei);
/* The same names with the same in them? */
bool feed_state_is(const struct state *s, const struct feed_files *f);
void feed_state_put(
    struct json_writer *w, const char *field, const struct feed_files *f);
/* Sizes are not kept: 0.  ERR_FORMAT "feed.record", json/json.h. */
ATTR_MUST_USE enum err feed_state_get(const struct json *obj, const char *field,
    struct feed_files *out, struct errinfo *ei);

#endif
