/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_SEQ_H
#define SURGUCH_X509_SEQ_H
/* Small things that every parser of this folder does. */
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct asn1_text;
struct pool;

/*
 * How many elements stand in `content`, all well formed at this level.
 * ERR_FORMAT `rule` when there are none, ERR_LIMIT `rule` above max.
 */
ATTR_MUST_USE enum err seq_count(struct slice content, size_t max,
    const char *rule, size_t *out, struct errinfo *ei);
/*
 * Room for the members of a SEQUENCE OF: the caller says what it reads, and
 * gets zeroed memory of the pool for as many members as stand in `content`,
 * which it then takes from the front one by one.
 */
struct seq_array {
	size_t size; /* of what one member becomes */
	size_t max;
	const char *rule;
	void *at;
	size_t num;
};
/* Errors of seq_count() with a->max and a->rule. */
ATTR_MUST_USE enum err seq_array(struct pool *pool, struct slice content,
    struct seq_array *a, struct errinfo *ei);
/* The same for the SEQUENCE at the front of *s; *content gets its inside. */
ATTR_MUST_USE enum err seq_array_get(struct pool *pool, struct slice *s,
    struct slice *content, struct seq_array *a, struct errinfo *ei);
/* pool_copy() with an error. */
ATTR_MUST_USE enum err seq_copy(struct pool *pool, struct slice from,
    struct slice *out, struct errinfo *ei);
/* An OID's content: the table's own bytes when it is known, else a copy. */
ATTR_MUST_USE enum err seq_copy_oid(struct pool *pool, struct slice from,
    struct slice *out, struct errinfo *ei);
/* Takes an OID from the front, copied so. */
ATTR_MUST_USE enum err seq_get_oid(
    struct pool *pool, struct slice *s, struct slice *out, struct errinfo *ei);
/* One string of any type of asn1_text.h, ERR_FORMAT `rule` when its content
 * does not fit. */
ATTR_MUST_USE enum err seq_text(struct pool *pool, struct slice *s,
    const char *rule, struct asn1_text *out, struct errinfo *ei);
/* INTEGER that is not negative, its content copied. */
ATTR_MUST_USE enum err seq_positive(struct pool *pool, struct slice *s,
    const char *rule, struct slice *out, struct errinfo *ei);
/* Named bits, [n] IMPLICIT or universal by their content: at most num_bits,
 * without trailing zero bits (X.690 11.2.2). */
ATTR_MUST_USE enum err seq_named_bits(struct slice content, unsigned num_bits,
    const char *rule, uint32_t *out, struct errinfo *ei);
/* A tag [n] with DEFAULT FALSE, which DER writes only when TRUE. */
ATTR_MUST_USE enum err seq_flag(
    struct slice *s, uint8_t tag, bool *out, struct errinfo *ei);

#endif
