/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTFEED_SYNC_H
#define SURGUCH_TRUSTFEED_SYNC_H
/*
 * A mirror that is brought up to what another one's feed says, and to nothing
 * else.  Lists and certificates are verified as ever (trust/mirror.h); besides,
 * each file that is taken is the one that the feed names.
 */
#include <stdint.h>

#include "base/err.h"
#include "trust/mirror.h"
#include "trustfeed/document.h"
#include "trustfeed/key.h"

struct feed_terms {
	const struct feed_key *key;
	const char *mirror; /* whose feed it shall be; NULL: anybody's */
	int64_t now;
};

/*
 * Fetch a feed and its signature, verify, read and check it; on success
 * feed_document_clear() frees *out, and the text, if any is wanted, is
 * appended.  A feed whose signature does not fit is fetched once more, since it
 * may just have been signed anew.  ERR_NOTFOUND "feed.none";
 * feed_key_verify(), feed_document_parse(), feed_document_check(), and the
 * source's errors.
 */
ATTR_MUST_USE enum err feed_fetch(const struct trust_source *source,
    const struct feed_terms *terms, struct feed_document *out,
    struct buf *out_text, struct errinfo *ei);

/*
 * As trust_mirror_sync(), of a source that has a feed.  What is in the
 * directory already as the feed says is not fetched.  A store that differs is
 * replaced, though its list is the same.
 *
 * Where a file is not the one that the feed names, all is begun once more from
 * the feed, since the mirror may just have changed; then ERR_AGAIN "feed.file",
 * and nothing was changed.  The errors of feed_fetch(), feed_seen_check() and
 * trust_mirror_sync(); ERR_CONFLICT "file.locked".
 */
ATTR_MUST_USE enum err feed_sync(const char *dir,
    const struct trust_source *source, const struct feed_terms *terms,
    const struct trust_mirror_rules *rules, struct trust_mirror_report *out,
    struct errinfo *ei);

#endif
