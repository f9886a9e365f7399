/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CA_CRL_H
#define SURGUCH_CLI_CA_CRL_H
/*
 * The root's revocation list in a ceremony.  Each is made of the one before,
 * which lies in the signer's directory (crl.der): what a root has revoked stays
 * on its list, and the signer refuses one that leaves an entry out.
 */
#include "base/buf.h"
#include "base/err.h"
#include "cli/ca_rite.h"

/*
 * The step "crl", at the root's machine: revoke what the file says, and sign
 * the next list, which goes into the exchange directory as root.crl.
 *
 * ERR_STATE "ceremony.missing" (no certificate of the root, or a file of the
 * plan is not there), "ceremony.last_crl" (the list before is not there);
 * ERR_NOTFOUND "ceremony.serial" (the root did not issue that); ERR_POLICY
 * "ceremony.self" (a root cannot revoke itself), "ceremony.future";
 * ERR_CONFLICT "ceremony.revoked" (the list before has another date).
 */
ATTR_MUST_USE enum err ca_crl_step(struct rite *r, struct errinfo *ei);

/* The same by a signer that runs, with nothing new on the list. */
ATTR_MUST_USE enum err ca_crl_again(
    struct rite *r, struct keyroom_signer *by, struct errinfo *ei);

/*
 * At the centre: the root's certificate and the list that came, where they are
 * served.  A newer list that is there already stays.  Errors of
 * crl_next_check() and of centre_publish_root().
 */
ATTR_MUST_USE enum err ca_crl_publish(
    struct rite *r, struct slice root, struct errinfo *ei);

#endif
