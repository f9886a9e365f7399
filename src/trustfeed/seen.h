/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTFEED_SEEN_H
#define SURGUCH_TRUSTFEED_SEEN_H
/*
 * The state that a mirror's feed told of last, kept in the directory that is
 * brought up to it (.feed), so that nobody takes it back to an earlier one.  It
 * counts for one key and one mirror of its server: whoever names another key or
 * mirror begins anew.
 */
#include "base/err.h"
#include "trustfeed/document.h"
#include "trustfeed/key.h"

#define FEED_SEEN ".feed"

/*
 * ERR_CONFLICT "feed.older" where a later state was seen, "feed.number" where
 * another state had this number; ERR_FORMAT and others where what was kept is
 * damaged: somebody has to look.
 */
ATTR_MUST_USE enum err feed_seen_check(const char *dir,
    const struct feed_key *key, const struct feed_document *d,
    struct errinfo *ei);
/* Durable when it returns; nothing is written where it is kept already. */
ATTR_MUST_USE enum err feed_seen_keep(const char *dir,
    const struct feed_key *key, const struct feed_document *d,
    struct errinfo *ei);

#endif
