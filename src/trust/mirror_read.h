/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_MIRROR_READ_H
#define SURGUCH_TRUST_MIRROR_READ_H
/*
 * A mirror (trust/mirror.h) as whoever passes it on must see it: whole, and
 * each file of it verified.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/mirror.h"

struct trust_mirror_taker {
	/* One file, by the name that Windows asks for, in lower case.  Both
	 * are borrowed for the call; what it says ends the reading. */
	enum err (*take)(void *arg, const char *name, struct slice bytes,
	    struct errinfo *ei);
	void *arg;
};

/*
 * Read the lists, judge them, and hand over what belongs to them: the lists in
 * their cabinets, the stores, and the certificate of each root that is listed,
 * in DER.  *out says what there is; what changed it cannot know.  Of the rules,
 * anchors, now, old and strict count.  ERR_NOTFOUND "mirror.list" (no list of
 * roots), "mirror.certificate" (one that is listed is not there); ERR_FORMAT
 * "mirror.certificate", "mirror.kind", "mirror.store"; what trust_judge() tells
 * of a list that is refused.
 */
ATTR_MUST_USE enum err trust_mirror_read(const struct trust_source *from,
    const struct trust_mirror_rules *rules,
    const struct trust_mirror_taker *taker, struct trust_mirror_report *out,
    struct errinfo *ei);

/* Is it the name of a certificate's file, 40 digits and ".crt" in any case of
 * letters? */
bool trust_mirror_is_cert(const char *name);
/* One that no list names (any more), of such a name: DER, appended, if it is
 * the one that its name says.  ERR_FORMAT "mirror.certificate". */
ATTR_MUST_USE enum err trust_mirror_read_cert(const struct trust_source *from,
    const char *name, struct buf *out, struct errinfo *ei);

#endif
