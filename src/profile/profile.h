/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_PROFILE_H
#define SURGUCH_PROFILE_PROFILE_H
/*
 * A profile: what one kind of certificate must and may contain.  Read from a
 * commented libconfig file (docs/man/surguch-profile.5, profiles/), checked
 * whole at load, immutable afterwards.
 *
 * The word "qualified": unless the centre's configuration holds its
 * accreditation (accreditation.h), a profile that claims anything is refused:
 * policies under
 * 1.2.643.100.113, signing tools not called «не сертифицировано», document
 * fields other than «отсутствует», or a type text other than
 * «Неквалифицированный (по форме приказа ФСБ № 795)» in a profile of the
 * qualified form.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"

struct accreditation;
struct ca_identity;
struct conf_report;
struct issue_values;
struct name;
struct profile;
struct subject_attrs;
struct pubkey;

enum profile_kind {
	PROFILE_END_ENTITY,
	PROFILE_CA, /* issuing CA */
	PROFILE_ROOT,
	PROFILE_OCSP,
	PROFILE_TIME_STAMPING,
	PROFILE_PAGE_ORDER,
	PROFILE_KIND_MAX_
};

/*
 * From the text of one file; `file` is only its name for messages.  Everything
 * wrong is reported at once: *report (conf/conf.h, may be NULL) gets a line
 * "file:line: text" for each, *ei the first.  accreditation may be NULL.
 * ERR_FORMAT "conf.*", ERR_POLICY "profile.qualified" for the lock.
 */
ATTR_MUST_USE enum err profile_parse(struct slice text, const char *file,
    const struct accreditation *accreditation, struct conf_report *report,
    struct profile **out, struct errinfo *ei);
/* The same of the file at path; ERR_SYS, ERR_NOTFOUND. */
ATTR_MUST_USE enum err profile_load(const char *path,
    const struct accreditation *accreditation, struct profile **out,
    struct errinfo *ei);
void profile_free(struct profile *p);

/* Borrowed; they die with the profile. */
const char *profile_name(const struct profile *p);
const char *profile_title_en(const struct profile *p);
/* «Тип сертификата»; "" when the profile names none. */
const char *profile_type_text(const struct profile *p);
/* SHA-256 of the file's bytes, 32 octets. */
struct slice profile_sha256(const struct profile *p);
enum profile_kind profile_kind(const struct profile *p);
bool profile_self_signed(const struct profile *p);
/* Certificates in 24 hours; the signer's own file may raise it. */
uint32_t profile_ceiling(const struct profile *p);
/* Whether certificates may be suspended (certificateHold). */
bool profile_hold_allowed(const struct profile *p);
/* Whether an operator or program may have one issued for a registered person
 * without a form and its approval (`direct` in the file). */
bool profile_direct(const struct profile *p);
/* Whether certificates say how their owner was identified. */
bool profile_certifies_identification(const struct profile *p);
/* Usual time of issue and the regulation's limit, for the page (A12). */
uint32_t profile_usual_seconds(const struct profile *p);
uint32_t profile_limit_seconds(const struct profile *p);
/* How long a certificate is valid when nobody asks for another end. */
uint32_t profile_days(const struct profile *p);

/* Is this key of an algorithm, parameter set and size that the profile takes,
 * and none that others can open?  ERR_FORMAT from the parser, ERR_POLICY
 * "profile.key" with what is allowed, ERR_CRYPTO of crypto/weak_key.h.  No
 * signature is checked. */
ATTR_MUST_USE enum err profile_check_spki(
    const struct profile *p, struct slice spki, struct errinfo *ei);
/* The same for a key that has been parsed already. */
ATTR_MUST_USE enum err profile_check_key(
    const struct profile *p, const struct pubkey *key, struct errinfo *ei);
/*
 * The subject of a request beside the registered one: nothing to say when the
 * profile ignores it, else ERR_POLICY "profile.request_subject" unless both
 * have the same attributes with the same texts, in any order.
 */
ATTR_MUST_USE enum err profile_check_request_subject(const struct profile *p,
    const struct name *requested, const struct subject_attrs *registered,
    struct errinfo *ei);
/* The spec of the first key the profile takes, as privkey_generate() wants
 * it ("gost2012-256:A"). */
const char *profile_key_spec(const struct profile *p);

/*
 * The validity to certify.  notBefore asked as 0 becomes now less the
 * profile's backdate (never before the CA's own notBefore); asked, it must
 * lie within CLOCK_SKEW_SEC of now.  notAfter asked as 0 becomes notBefore
 * plus the profile's life, cut at the CA's notAfter; asked, it must keep the
 * profile's maximum and the CA's end.  ERR_POLICY "profile.not_before",
 * "profile.not_after", "profile.ca_ended".
 */
ATTR_MUST_USE enum err profile_resolve_times(const struct profile *p,
    const struct ca_identity *ca, const struct issue_values *v, int64_t now,
    int64_t *out_not_before, int64_t *out_not_after, struct errinfo *ei);

/*
 * Early refusal, for front: the values against the profile without a CA:
 * attributes required, optional and forbidden, lengths, patterns, names,
 * identificationKind, key.  The errors name the field (errinfo.object is the
 * attribute's short name).  ERR_POLICY "profile.attr.missing",
 * "profile.attr.forbidden", "profile.attr.many", "profile.attr.length",
 * "profile.attr.pattern", "profile.san.*", "profile.identification_kind".
 */
ATTR_MUST_USE enum err profile_check_values(
    const struct profile *p, const struct issue_values *v, struct errinfo *ei);
/* The same without the key, for a caller who has checked that. */
ATTR_MUST_USE enum err profile_check_names(
    const struct profile *p, const struct issue_values *v, struct errinfo *ei);

#endif
