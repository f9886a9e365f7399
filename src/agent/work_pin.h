/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WORK_PIN_H
#define SURGUCH_AGENT_WORK_PIN_H
/* What is remembered of tokens' PINs while the agent runs: no PIN, but of
 * which token its person does not want to hear any more that it has the
 * factory's. */
#include "base/err.h"

struct pins;

ATTR_MUST_USE enum err pins_new(struct pins **out, struct errinfo *ei);
void pins_free(struct pins *p); /* NULL allowed */

#endif
