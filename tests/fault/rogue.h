/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_FAULT_ROGUE_H
#define SURGUCH_TESTS_FAULT_ROGUE_H
/*
 * A front that was taken over: what it is made of, for the rogue_*.c files.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "crypto/privkey.h"
#include "ipc/frame.h"
#include "roles/settings.h"
#include "signer/message.h"

enum {
	ROGUE_CHANNELS_MAX = 8,
	ROGUE_KEYS_MAX = 8,
	OUTCOME_TEXT = 96,
};

/* One of front's inherited channels. */
struct channel {
	int fd;
	bool ocsp;
	const char *name;
	pid_t pid; /* who is at the other end */
	struct buf packet;
	struct frame answer; /* borrows from packet */
};

struct rogue_key {
	const char *spec;
	struct privkey *key;
};

struct rogue {
	const struct settings *settings;
	struct clock clock;
	FILE *out;
	struct channel channels[ROGUE_CHANNELS_MAX];
	size_t num_channels;
	struct rogue_key keys[ROGUE_KEYS_MAX];
	size_t num_keys;
	const char *group;
};

/* --- rogue_ask.c -------------------------------------------------------- */

/* What came of a question: "answered", "refused" and the rule, "restarted"
 * (the other end has ended and begun anew), or "silent". */
struct outcome {
	char got[OUTCOME_TEXT];
	char rule[ERRINFO_RULE];
};

/* One line of the result. */
void report(struct rogue *r, const char *probe, const char *on, const char *got,
    const char *rule);

/* Our hello to everybody, as front says it. */
void channels_open(struct rogue *r);
/* By its instance's name. */
struct channel *channel_of(struct rogue *r, const char *name);
/* Ask; the answer, if there is one, is in c->answer. */
struct outcome ask(struct channel *c, uint16_t type, struct slice body, int fd);
/* Any bytes as one packet; what happens next. */
struct outcome ask_raw(struct channel *c, struct slice packet);
/* A public key of ours, made at first asking. */
struct slice key_spki(struct rogue *r, const char *spec);
int64_t rogue_now(const struct rogue *r);
/* signer_info() of a channel; ends the program when it does not answer. */
void ask_info(struct channel *c, struct signer_info *out);

/* --- what is tried, by groups ------------------------------------------- */

void try_issue(struct rogue *r);   /* rogue_issue.c */
void try_ceiling(struct rogue *r); /* rogue_issue.c */
/* A certificate that may be: its serial into *serial. */
void issue_one(struct rogue *r, struct channel *c, struct buf *serial);
void try_crl(struct rogue *r);         /* rogue_crl.c */
void try_crl_ceiling(struct rogue *r); /* rogue_crl.c */
void try_ocsp(struct rogue *r);        /* rogue_ocsp.c */
void try_frames(struct rogue *r);      /* rogue_frames.c */
void try_profiles(struct rogue *r);    /* rogue_frames.c: what they are */
void try_reach(struct rogue *r);       /* rogue_reach.c: behind the walls */
void try_reach_bare(struct rogue *r);  /* rogue_reach.c: by the uid alone */

#endif
