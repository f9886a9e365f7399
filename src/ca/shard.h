/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_SHARD_H
#define SURGUCH_CA_SHARD_H
/*
 * The lists of a CA: the full one and its shards (x509/crl_shard.h), the delta
 * of each, their rows in the table crl_shard, their files.  A shard that there
 * once was is made for as long as its row is there, since certificates name it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "ipc/hello.h"
#include "x509/crl_shard.h"

struct store;

enum {
	SHARD_FILE_SIZE = HELLO_NAME_SIZE + CRL_SHARD_TEXT_SIZE + 4
};

/* The column `shard`: 0 is the full list; a delta's is below 0. */
int64_t shard_row(struct crl_shard s);
struct crl_shard shard_from_row(int64_t row);

/* The highest number of a CA's lists in the database; 0 when there is none. */
ATTR_MUST_USE enum err shard_last_number(
    struct store *s, const char *ca, uint64_t *out, struct errinfo *ei);

/* NAME.crl, NAME-K-of-N.crl; NAME.delta.crl, NAME-K-of-N.delta.crl. */
void shard_file(const char *ca, struct crl_shard s, char out[SHARD_FILE_SIZE]);
/* Is this the file of a list of that CA? */
bool shard_of_file(const char *file, const char *ca, struct crl_shard *out);

/* The list that a certificate names.  The full one where it names none. */
ATTR_MUST_USE enum err shard_of_cert(
    struct slice der, struct crl_shard *out, struct errinfo *ei);

#endif
