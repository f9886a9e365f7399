/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_NAME_MATCH_H
#define SURGUCH_X509_NAME_MATCH_H
/*
 * Comparing distinguished names as RFC 5280 7.1 wants it: RDN by RDN in
 * order, text by its characters without regard to case, string type, and
 * blanks at the ends or repeated inside; values that are no text by their
 * bytes.  Case is that of Latin and Cyrillic letters.
 */
#include <stdbool.h>

struct name;

bool name_same(const struct name *a, const struct name *b);
/* The RDNs of `root` stand, in order, at the front of n: n is within that
 * subtree (RFC 5280 4.2.1.10).  An empty root holds everything. */
bool name_within(const struct name *n, const struct name *root);

#endif
