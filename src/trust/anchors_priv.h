/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_ANCHORS_PRIV_H
#define SURGUCH_TRUST_ANCHORS_PRIV_H
/* The built-in roots; of trust/anchors*.c only. */
#include "base/slice.h"

extern const struct slice trust_microsoft[]; /* certificates, DER */
extern const size_t trust_num_microsoft;

#endif
