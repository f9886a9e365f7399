/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CMD_TRUST_FEED_H
#define SURGUCH_CLI_CMD_TRUST_FEED_H
/* Whose feed of a mirror is believed (trustfeed/sync.h). */
#include <stdint.h>

#include "base/err.h"
#include "fetch/fetch.h"
#include "trustfeed/sync.h"

struct feed_words {
	const char *key;    /* --feed-key, a file */
	const char *mirror; /* --feed-mirror; NULL: as the address says */
};

struct feed_reader {
	struct feed_terms terms; /* borrow the rest */
	struct feed_key *key;
	char mirror[FETCH_URL_MAX];
};

/*
 * Whose feed it is, is said by --feed-mirror or else by the address, which is
 * the server's with the mirror's prefix behind it; a directory does not say it.
 * The caller clears in every case.  ERR_LIMIT "mirror.address",
 * feed_key_parse(), file_read().
 */
ATTR_MUST_USE enum err feed_reader_open(struct feed_reader *r,
    const struct feed_words *w, const char *source, int64_t now,
    struct errinfo *ei);
void feed_reader_clear(struct feed_reader *r);

#endif
