/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_TEMPLATE_H
#define SURGUCH_PROFILE_TEMPLATE_H
/*
 * A profile and a CA's identity precompiled to DER, so that a certificate
 * costs copying: per certificate only serial, dates, subject, key, key ids,
 * alternative names, identificationKind and the lengths change.
 *
 * Immutable after template_new(); may be used by several threads.  The
 * profile and the identity must outlive it.
 */
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct ca_identity;
struct issue_values;
struct profile;
struct template;

enum {
	SERIAL_SIZE = 19
};

/*
 * ERR_POLICY: the profile and the CA do not fit ("template.self_signed": a
 * self-signing profile with a CA that has a certificate, or the reverse;
 * "template.sig_alg"; "template.urls": the profile puts addresses into
 * certificates and the CA has none; "template.path_len").
 */
ATTR_MUST_USE enum err template_new(const struct profile *p,
    const struct ca_identity *ca, struct template **out, struct errinfo *ei);
void template_free(struct template *t);

/*
 * A serial from random octets: exactly SERIAL_SIZE octets, positive, the
 * first one 40..7F, so 150 random bits remain.
 */
void serial_make(const uint8_t random[SERIAL_SIZE], uint8_t out[SERIAL_SIZE]);

/*
 * Append the whole TBSCertificate to *tbs.  v->not_before and v->not_after
 * must be resolved (profile_resolve_times()).  serial: 19 or 20 octets,
 * unsigned big-endian, the first not zero, and below 80h when there are 20:
 * serial_make() gives such.  Values that the profile does not allow are
 * refused here with the field's name (ERR_POLICY "template.*"), and whatever
 * slips through is lint's to find: never sign without lint_tbs().
 */
ATTR_MUST_USE enum err template_build(const struct template *t,
    const struct issue_values *v, struct slice serial, struct buf *tbs,
    struct errinfo *ei);

#endif
