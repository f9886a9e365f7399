/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about everything of a TBSCertificate but subject, key and
 * extensions. */
#include "profile/lint_priv.h"

#include <string.h>

#include "der/der.h"

enum {
	SERIAL_OCTETS_MIN = 19,
	SERIAL_OCTETS_MAX = 20,
	SERIAL_RUN_MAX = 8, /* equal octets in a row: 1 in 2^60 by chance */
};

static void
check_profile(struct lint *l)
{
	if (strcmp(l->v->profile, l->p->name) != 0) {
		lint_add(l, ERR_CONFLICT,
		    "the values are for another profile than %s", l->p->name);
	}
}

static void
check_size(struct lint *l)
{
	if (l->tbs.len > PROFILE_TBS_MAX) {
		lint_add(l, ERR_LIMIT,
		    "it has %zu bytes, more than any certificate needs",
		    l->tbs.len);
	}
}

static void
check_version(struct lint *l)
{
	if (cert_version(l->cert) != 3) {
		lint_add(l, ERR_FORMAT, "the version is %u, not 3",
		    cert_version(l->cert));
	}
}

/* That it is positive is the parser's rule. */
static void
check_serial_size(struct lint *l)
{
	size_t len = cert_serial(l->cert).len;

	if (len < SERIAL_OCTETS_MIN || len > SERIAL_OCTETS_MAX) {
		lint_add(l, ERR_POLICY,
		    "the serial has %zu octets, ours have 19 or 20", len);
	}
}

static void
check_serial_random(struct lint *l)
{
	struct slice serial = cert_serial(l->cert);
	size_t run = 1;

	for (size_t i = 1; i < serial.len; i++) {
		run = serial.p[i] == serial.p[i - 1] ? run + 1 : 1;
		if (run > SERIAL_RUN_MAX) {
			lint_add(l, ERR_CRYPTO,
			    "the serial was not drawn at random: it has more "
			    "than %d equal octets in a row",
			    SERIAL_RUN_MAX);
			return;
		}
	}
}

/* The AlgorithmIdentifier inside the TBS, exactly as the CA writes it. */
static bool
is_signed_with(struct lint *l, enum sig_alg alg)
{
	struct buf want = BUF_INIT(128);
	struct buf have = BUF_INIT(SPKI_BYTES_MAX);
	bool same;

	sig_alg_put(&want, alg);
	alg_id_put(cert_sig_alg(l->cert), &have);
	same = want.err == ERR_OK && have.err == ERR_OK &&
	       slice_eq(buf_slice(&want), buf_slice(&have));
	lint_drop(l, &want);
	lint_drop(l, &have);
	return same;
}

static void
check_signature_ca(struct lint *l)
{
	if (!is_signed_with(l, l->ca->sig_alg)) {
		lint_add(l, ERR_CONFLICT,
		    "the signature algorithm is not the CA's (%s)",
		    sig_alg_name(l->ca->sig_alg));
	}
}

static void
check_signature_profile(struct lint *l)
{
	for (unsigned i = SIG_NONE + 1; i < SIG_ALG_MAX_; i++) {
		if (!l->p->signature[i] && is_signed_with(l, (enum sig_alg)i)) {
			lint_add(l, ERR_POLICY,
			    "the profile is not signed with %s",
			    sig_alg_name((enum sig_alg)i));
		}
	}
}

static void
check_issuer(struct lint *l)
{
	struct slice want = l->ca->self ? cert_subject_der(l->cert)
					: ca_identity_subject(l->ca);

	if (!slice_eq(cert_issuer_der(l->cert), want)) {
		lint_add(l, ERR_CONFLICT,
		    "the issuer is not the CA's subject, byte for byte");
	}
}

/* 2050-01-01: from here on GeneralizedTime. */
static const int64_t generalized_from = 2524608000;

static bool
time_form_fits(int64_t sec, uint8_t tag)
{
	return tag ==
	       (sec < generalized_from ? DER_UTC_TIME : DER_GENERALIZED_TIME);
}

static void
check_time_form(struct lint *l)
{
	if (!time_form_fits(
		cert_not_before(l->cert), cert_not_before_tag(l->cert)) ||
	    !time_form_fits(
		cert_not_after(l->cert), cert_not_after_tag(l->cert))) {
		lint_add(l, ERR_FORMAT,
		    "dates through 2049 are UTCTime, later ones "
		    "GeneralizedTime");
	}
}

static void
check_time_order(struct lint *l)
{
	if (cert_not_after(l->cert) <= cert_not_before(l->cert)) {
		lint_add(l, ERR_FORMAT, "it ends before it begins");
	}
}

static void
check_life(struct lint *l)
{
	int64_t life = cert_not_after(l->cert) - cert_not_before(l->cert);

	if (life > (int64_t)l->p->max_days * DAY_SEC) {
		lint_add(l, ERR_POLICY,
		    "it lives longer than the profile's %u days",
		    (unsigned)l->p->max_days);
	}
}

static void
check_ca_end(struct lint *l)
{
	if (!l->ca->self && cert_not_after(l->cert) > l->ca->not_after) {
		lint_add(l, ERR_POLICY, "it would outlive its CA");
	}
}

static void
check_ca_start(struct lint *l)
{
	if (!l->ca->self && cert_not_before(l->cert) < l->ca->not_before) {
		lint_add(l, ERR_POLICY, "it begins before its CA");
	}
}

static void
check_clock(struct lint *l)
{
	int64_t from = cert_not_before(l->cert);

	if (from > l->now + CLOCK_SKEW_SEC ||
	    from < l->now - CLOCK_SKEW_SEC - l->p->backdate_sec) {
		lint_add(l, ERR_POLICY,
		    "notBefore is more than five minutes from the clock");
	}
}

static void
check_times_asked(struct lint *l)
{
	if (cert_not_before(l->cert) != l->v->not_before ||
	    cert_not_after(l->cert) != l->v->not_after) {
		lint_add(l, ERR_CONFLICT,
		    "the dates are not those that were decided");
	}
}

const struct lint_rule lint_body_rules[] = {
    {"lint.profile", "", check_profile, EXT_RAW},
    {"lint.size", "", check_size, EXT_RAW},
    {"lint.version", "RFC 5280 4.1.2.1", check_version, EXT_RAW},
    {"lint.serial.size", "RFC 5280 4.1.2.2", check_serial_size, EXT_RAW},
    {"lint.serial.random", "", check_serial_random, EXT_RAW},
    {"lint.signature.ca", "RFC 5280 4.1.2.3", check_signature_ca, EXT_RAW},
    {"lint.signature.profile", "", check_signature_profile, EXT_RAW},
    {"lint.issuer", "RFC 5280 4.1.2.4", check_issuer, EXT_RAW},
    {"lint.validity.form", "RFC 5280 4.1.2.5", check_time_form, EXT_RAW},
    {"lint.validity.order", "RFC 5280 4.1.2.5", check_time_order, EXT_RAW},
    {"lint.validity.length", "", check_life, EXT_RAW},
    {"lint.validity.ca_end", "", check_ca_end, EXT_RAW},
    {"lint.validity.ca_start", "", check_ca_start, EXT_RAW},
    {"lint.validity.clock", "", check_clock, EXT_RAW},
    {"lint.validity.asked", "", check_times_asked, EXT_RAW},
    {NULL, NULL, NULL, EXT_RAW},
};
