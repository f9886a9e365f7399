/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CA_CENTRE_H
#define SURGUCH_CLI_CA_CENTRE_H
/*
 * The last step of a ceremony: the centre around its CAs, that is the
 * directories and secrets of front and courier, the API's certificate by one
 * of the CAs, and surguch.conf.
 */
#include "base/buf.h"
#include "cli/ca_plan.h"
#include "cli/ca_rite.h"

/* What is there stays; surguch.conf is written last and once.  ERR_FORMAT
 * "ceremony.centre" for a file that says nothing of a centre, ERR_STATE
 * "ceremony.missing" before the import. */
ATTR_MUST_USE enum err centre_step(struct rite *r, struct errinfo *ei);

/* The lines of `signers` in surguch.conf. */
void centre_put_signers(const struct ca_plan *p, struct buf *b);

#endif
