/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_PROMOTER_H
#define SURGUCH_TRUSTD_PROMOTER_H
/*
 * The only part of the server that writes to mirrors: a process of its own,
 * forked before there are threads and before the server gives up its right to
 * write.  It hears nothing but numbers (which act, on which mirrors of its
 * settings, by which list), and does what `surguch trust mirror` and
 * `mirror-back` do: it verifies everything before anything is replaced, and
 * never goes back to an older list by taking one over.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "trust/mirror.h"

struct promoter;

/*
 * The child has its own copy of this process's memory, so everything is
 * borrowed only by it.
 */
struct promoter_work {
	const char *const *dirs; /* of the mirrors, by their numbers */
	size_t num;
	const struct trust_mirror_rules *rules; /* all but now */
	/* Called in the child before it hears anything: its walls. */
	enum err (*confine)(
	    const struct promoter_work *work, struct errinfo *ei);
	bool insecure_no_landlock;
};
ATTR_MUST_USE enum err promoter_start(const struct promoter_work *work,
    struct promoter **out, struct errinfo *ei);
/* Tell it to end, and wait.  NULL is fine. */
void promoter_stop(struct promoter *p);

enum {
	PROMOTER_NUMBER_MAX = 64, /* octets */
};

/* Any thread; one act at a time.  number: the sequence number of the list of
 * roots that was looked at, at most PROMOTER_NUMBER_MAX; another one is not
 * taken over.  Errors: trust_mirror_sync(), trust_mirror_back(); ERR_LIMIT
 * "promoter.number"; ERR_SYS "promoter.gone" when the process has ended, as it
 * does when it cannot be confined. */
ATTR_MUST_USE enum err promoter_take_over(struct promoter *p, size_t from,
    size_t to, struct slice number, struct trust_mirror_report *out,
    struct errinfo *ei);
ATTR_MUST_USE enum err promoter_back(struct promoter *p, size_t ring,
    struct trust_mirror_report *out, struct errinfo *ei);

#endif
