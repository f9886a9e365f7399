/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_TBS_FACTS_H
#define SURGUCH_PROFILE_TBS_FACTS_H
/*
 * What a TBSCertificate says, one fact for each leaf of its DER: the path by
 * the names of RFC 5280 ("subject.CN", "extensions.keyUsage.critical",
 * "extensions.certificatePolicies.0.0"), numbers below them, and type and
 * value in words.  Bytes that differ have facts that differ.
 */
#include "base/err.h"
#include "base/slice.h"
#include "profile/facts.h"

/* cert_parse_tbs()'s errors; facts_err(). */
ATTR_MUST_USE enum err tbs_facts(
    struct slice tbs, struct facts *out, struct errinfo *ei);

#endif
