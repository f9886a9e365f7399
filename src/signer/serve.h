/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_SERVE_H
#define SURGUCH_SIGNER_SERVE_H
/*
 * The signer's loop: take all questions that wait, at most SIGNER_BATCH_MAX,
 * work them, make the journal durable once, answer all.  A lone question does
 * not wait for company.
 *
 * The peer is front, a sibling: a message that is malformed, of no legal type
 * or with descriptors that it should not have ends the process, and the
 * parent starts another.
 *
 * A key that is locked is opened over a socket of its own (ipc/unlock_msg.h).
 * Who comes there is a client: what is malformed ends its connection only, and
 * one that says nothing is dropped for the next.
 */
#include <sys/types.h>

#include "base/err.h"

struct engine;
struct instance;

struct serve_options {
	int channel;
	const char *role;     /* "signer", "ocsp" */
	const char *instance; /* its name */
	const char *dir;      /* where crl.der and the key are kept */
	struct instance *of;  /* the engine's; its certificate may change */
	int unlock;           /* listener; -1: there is none */
	uid_t unlocks;        /* besides root, may unlock it */
};

/* Says hello and serves until a signal says stop or the channel closes (both
 * ERR_OK), or until it must end. */
ATTR_MUST_USE enum err serve(
    struct engine *e, const struct serve_options *o, struct errinfo *ei);

#endif
