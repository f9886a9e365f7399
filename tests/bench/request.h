/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BENCH_REQUEST_H
#define SURGUCH_BENCH_REQUEST_H
/* Certificate requests for the benches. */
#include "base/buf.h"
#include "base/err.h"

/* The i-th request, with a new key of this kind and a subject of its own:
 * DER is added to *out. */
ATTR_MUST_USE enum err request_make(
    const char *key_spec, long i, struct buf *out, struct errinfo *ei);

#endif
