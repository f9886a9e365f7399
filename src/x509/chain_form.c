/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What RFC 5280 4 demands of those who issue and a certificate can be seen
 * to break.  Path validation does not need it; a certificate that breaks it
 * was made by a CA that does not keep the rules.
 */
#include "x509/chain_priv.h"

#include "x509/cert.h"
#include "x509/name.h"

/* One certificate and its place. */
struct formed {
	struct chain *c;
	const struct cert *cert;
	const struct ext_list *exts;
	bool is_ca;
	bool is_anchor;
	enum chain_rules rules;
};

static bool
is_critical(const struct formed *f, enum ext_kind kind)
{
	const struct ext *x = ext_find(f->exts, kind);

	return x != NULL && x->critical;
}

static bool
is_uncritical(const struct formed *f, enum ext_kind kind)
{
	const struct ext *x = ext_find(f->exts, kind);

	return x != NULL && !x->critical;
}

static bool
aki_critical(const struct formed *f)
{
	return is_critical(f, EXT_AKI);
}

static bool
is_self_signed(const struct formed *f)
{
	return chain_self_issued(f->cert) &&
	       chain_signed_by(f->c, f->cert, f->cert) == ERR_OK;
}

/* Only a CA's own, self-signed certificate may leave it out. */
static bool
aki_missing(const struct formed *f)
{
	const struct ext *x = ext_find(f->exts, EXT_AKI);

	return (x == NULL || !x->u.aki.has_key_id) && !is_self_signed(f);
}

static bool
serial_zero(const struct formed *f)
{
	struct slice serial = cert_serial(f->cert);

	return !f->is_anchor && serial.len == 1 && serial.p[0] == 0;
}

static bool
ski_critical(const struct formed *f)
{
	return is_critical(f, EXT_SKI);
}

static bool
ski_missing(const struct formed *f)
{
	return f->is_ca && ext_find(f->exts, EXT_SKI) == NULL;
}

static bool
aia_critical(const struct formed *f)
{
	return is_critical(f, EXT_AIA);
}

static bool
freshest_critical(const struct formed *f)
{
	return is_critical(f, EXT_FRESHEST_CRL);
}

static bool
basic_uncritical(const struct formed *f)
{
	return f->is_ca && is_uncritical(f, EXT_BASIC_CONSTRAINTS);
}

static bool
length_alone(const struct formed *f)
{
	const struct ext *bc = ext_find(f->exts, EXT_BASIC_CONSTRAINTS);
	const struct ext *ku = ext_find(f->exts, EXT_KEY_USAGE);

	return bc != NULL && bc->u.basic.path_len >= 0 &&
	       (!bc->u.basic.ca ||
		   (ku != NULL && (ku->u.key_usage & KU_CERT_SIGN) == 0));
}

static bool
issues_without_ca(const struct formed *f)
{
	return !f->is_ca && ext_has_key_usage(f->exts, KU_CERT_SIGN);
}

static bool
subject_missing(const struct formed *f)
{
	return f->is_ca && name_num_attrs(cert_subject(f->cert)) == 0;
}

static bool
san_uncritical(const struct formed *f)
{
	const struct ext *x = ext_find(f->exts, EXT_SAN);

	return name_num_attrs(cert_subject(f->cert)) == 0 &&
	       (x == NULL || !x->critical);
}

static bool
san_malformed(const struct formed *f)
{
	const struct ext *x = ext_find(f->exts, EXT_SAN);

	for (size_t i = 0; x != NULL && i < x->u.names.num; i++) {
		if (!chain_name_fits(&x->u.names.list[i])) {
			return true;
		}
	}
	return false;
}

static bool
constraints_misplaced(const struct formed *f)
{
	return !f->is_ca && ext_find(f->exts, EXT_NAME_CONSTRAINTS) != NULL;
}

/* The baseline requirements (7.1.2.5.2) allow it to be left so. */
static bool
constraints_uncritical(const struct formed *f)
{
	return f->rules != CHAIN_RULES_WEB &&
	       is_uncritical(f, EXT_NAME_CONSTRAINTS);
}

static bool
policy_constraints_uncritical(const struct formed *f)
{
	return is_uncritical(f, EXT_POLICY_CONSTRAINTS);
}

static bool
inhibit_uncritical(const struct formed *f)
{
	return is_uncritical(f, EXT_INHIBIT_ANY_POLICY);
}

/* The text follows the subject of the certificate. */
static const struct {
	bool (*is_broken)(const struct formed *f);
	const char *rule;
	const char *clause;
	const char *text;
} rules[] = {
    {aki_critical, "chain.aki.critical", "RFC 5280 4.2.1.1",
	"its authority key identifier is critical, which it must not be"},
    {aki_missing, "chain.aki.missing", "RFC 5280 4.2.1.1",
	"it does not name its issuer's key: there is no authority key "
	"identifier"},
    {serial_zero, "chain.serial", "RFC 5280 4.1.2.2",
	"its serial number is zero, which says nothing"},
    {ski_critical, "chain.ski.critical", "RFC 5280 4.2.1.2",
	"its subject key identifier is critical, which it must not be"},
    {ski_missing, "chain.ski.missing", "RFC 5280 4.2.1.2",
	"it is a CA's and has no subject key identifier"},
    {aia_critical, "chain.aia.critical", "RFC 5280 4.2.2.1",
	"its authority information access is critical, which it must not be"},
    {freshest_critical, "chain.freshest_crl.critical", "RFC 5280 4.2.1.15",
	"its freshest CRL is critical, which it must not be"},
    {basic_uncritical, "chain.basic_constraints.critical", "RFC 5280 4.2.1.9",
	"it is a CA's and its basic constraints are not critical"},
    {length_alone, "chain.basic_constraints.length", "RFC 5280 4.2.1.9",
	"it limits the path below it and may not issue"},
    {issues_without_ca, "chain.key_usage.ca", "RFC 5280 4.2.1.3",
	"its key usage has keyCertSign and it is not a CA"},
    {subject_missing, "chain.subject.empty", "RFC 5280 4.1.2.6",
	"it is a CA's and has no subject"},
    {san_uncritical, "chain.san.critical", "RFC 5280 4.2.1.6",
	"it has no subject, and no critical alternative name instead"},
    {san_malformed, "chain.san.form", "RFC 5280 4.2.1.6",
	"an alternative name has not the form of its kind"},
    {constraints_misplaced, "chain.name_constraints.place", "RFC 5280 4.2.1.10",
	"it constrains names and is not a CA's"},
    {constraints_uncritical, "chain.name_constraints.critical",
	"RFC 5280 4.2.1.10", "its name constraints are not critical"},
    {policy_constraints_uncritical, "chain.policy_constraints.critical",
	"RFC 5280 4.2.1.11", "its policy constraints are not critical"},
    {inhibit_uncritical, "chain.inhibit_any_policy.critical",
	"RFC 5280 4.2.1.14", "its inhibitAnyPolicy is not critical"},
};

enum err
chain_check_form(struct chain *c, size_t i)
{
	const struct cert *cert = c->path[i];
	struct formed f = {
	    .c = c,
	    .cert = cert,
	    .exts = cert_exts(cert),
	    .is_ca = cert_is_ca(cert),
	    .is_anchor = chain_is_anchor(c, i),
	    .rules = c->req->rules,
	};

	/* Before version 3 there is nowhere to say any of it. */
	if (cert_version(cert) < 3 && f.is_anchor) {
		return ERR_OK;
	}
	for (size_t r = 0; r < ARRAY_LEN(rules); r++) {
		if (rules[r].is_broken(&f)) {
			return chain_fail(c, i, ERR_FORMAT, rules[r].rule,
			    rules[r].clause, "%s", rules[r].text);
		}
	}
	return ERR_OK;
}
