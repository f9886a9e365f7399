/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_VERIFY_ROOTS_H
#define SURGUCH_CLI_CMD_VERIFY_ROOTS_H
/* verify --roots: a chain's root from a mirror, when it is wanted. */
#include "base/err.h"
#include "base/slice.h"
#include "trust/demand.h"
#include "x509/chain.h"

struct verify_roots;

/* Of a mirror's address or directory; its lists are Microsoft's, or signed
 * under the certificates of the file anchor (NULL: none more).
 * verify_roots_close() in every case. */
ATTR_MUST_USE enum err verify_roots_open(const char *source, const char *anchor,
    struct verify_roots **out, struct errinfo *ei);
void verify_roots_close(struct verify_roots *r); /* NULL is fine */

/* Roots that any certificate of the question may end at, fetched; add() gets
 * each.  Each is told of on standard error. */
ATTR_MUST_USE enum err verify_roots_add(struct verify_roots *r,
    const struct chain_request *req,
    enum err (*add)(void *arg, struct slice der, struct errinfo *ei), void *arg,
    struct errinfo *ei);
/* A path that is good otherwise: bad when the disallowed list means one of its
 * certificates. */
ATTR_MUST_USE enum err verify_roots_judge(
    struct verify_roots *r, struct chain_verdict *v, struct errinfo *ei);

#endif
