/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the CA/Browser Forum's baseline requirements for TLS servers demand
 * beyond RFC 5280, as far as a certificate shows it.  Public suffixes are not
 * looked up: a wildcard needs two labels behind it, no more.
 */
#include "x509/chain_priv.h"

#include "base/host.h"
#include "crypto/pubkey.h"
#include "x509/cert.h"
#include "x509/chain_text.h"
#include "x509/name.h"

struct seen {
	const struct cert *cert;
	const struct ext_list *exts;
	bool is_leaf;
	bool is_root; /* an anchor issued by itself */
};

static bool
leaf_is_ca(const struct seen *s)
{
	return s->is_leaf && (cert_is_ca(s->cert) ||
				 ext_has_key_usage(s->exts, KU_CERT_SIGN));
}

static bool
version_old(const struct seen *s)
{
	return cert_version(s->cert) != 3;
}

static bool
san_missing(const struct seen *s)
{
	return s->is_leaf && ext_find(s->exts, EXT_SAN) == NULL;
}

static bool
san_critical(const struct seen *s)
{
	const struct ext *x = ext_find(s->exts, EXT_SAN);

	return s->is_leaf && x != NULL && x->critical &&
	       name_num_attrs(cert_subject(s->cert)) > 0;
}

static bool
wildcard_wide(const struct seen *s)
{
	const struct ext *x = ext_find(s->exts, EXT_SAN);

	for (size_t i = 0; s->is_leaf && x != NULL && i < x->u.names.num; i++) {
		const struct general_name *gn = &x->u.names.list[i];

		if (gn->kind == GN_DNS && chain_text_is_wildcard(gn->value) &&
		    !domain_valid(chain_text_after(gn->value, 2))) {
			return true;
		}
	}
	return false;
}

/* An address stands in the common name as text, a host as it is. */
static bool
is_text_of(const struct general_name *gn, struct slice cn)
{
	struct buf ip = BUF_INIT(64);
	bool same;

	if (gn->kind != GN_IP) {
		return gn->kind == GN_DNS && slice_eq(gn->value, cn);
	}
	ip_put(&ip, gn->value);
	same = slice_eq(buf_slice(&ip), cn);
	buf_clear(&ip);
	return same;
}

static bool
common_name_alone(const struct seen *s)
{
	const struct ext *x = ext_find(s->exts, EXT_SAN);
	const struct name *subject = cert_subject(s->cert);
	struct buf cn = BUF_INIT(NAME_VALUE_MAX);
	bool found = false;

	if (!s->is_leaf || name_find(subject, OID_CN) == NULL) {
		return false;
	}
	if (name_get_utf8(subject, OID_CN, &cn)) {
		for (size_t i = 0; x != NULL && i < x->u.names.num; i++) {
			found = found ||
				is_text_of(&x->u.names.list[i], buf_slice(&cn));
		}
	}
	buf_clear(&cn);
	return !found;
}

static bool
purposes_missing(const struct seen *s)
{
	return s->is_leaf && ext_find(s->exts, EXT_EXT_KEY_USAGE) == NULL;
}

static bool
purposes_critical(const struct seen *s)
{
	const struct ext *x = ext_find(s->exts, EXT_EXT_KEY_USAGE);

	return s->is_leaf && x != NULL && x->critical;
}

static bool
purposes_any(const struct seen *s)
{
	return s->is_leaf && ext_has_purpose(s->exts, OID_ANY_EKU);
}

static bool
root_has_purposes(const struct seen *s)
{
	return s->is_root && ext_find(s->exts, EXT_EXT_KEY_USAGE) != NULL;
}

static bool
root_aki_wrong(const struct seen *s)
{
	const struct ext *aki = ext_find(s->exts, EXT_AKI);
	const struct ext *ski = ext_find(s->exts, EXT_SKI);

	return s->is_root && aki != NULL &&
	       (!aki->u.aki.has_key_id || aki->u.aki.issuer.num > 0 ||
		   aki->u.aki.serial.len > 0 || ski == NULL ||
		   !slice_eq(aki->u.aki.key_id, ski->u.octets));
}

static bool
rsa_odd_size(const struct seen *s)
{
	struct pubkey *key = NULL;
	bool odd = false;

	if (pubkey_parse(cert_spki(s->cert), &key, NULL) == ERR_OK) {
		odd = pubkey_alg(key) == KEY_RSA && pubkey_bits(key) % 8 != 0;
	}
	pubkey_free(key);
	return odd;
}

static const struct {
	bool (*is_broken)(const struct seen *s);
	const char *rule;
	const char *clause;
	const char *text;
} rules[] = {
    {version_old, "chain.web.version", "CABF BR 7.1.1",
	"it is not of version 3"},
    {leaf_is_ca, "chain.web.ca", "CABF BR 7.1.2.7.8",
	"a server's certificate must not be a CA's"},
    {san_missing, "chain.web.san", "CABF BR 7.1.2.7.12",
	"it has no alternative names"},
    {san_critical, "chain.web.san.critical", "CABF BR 7.1.2.7.12",
	"its alternative names are critical beside a subject"},
    {wildcard_wide, "chain.web.wildcard", "CABF BR 3.2.2.6",
	"its wildcard takes in a whole top-level domain"},
    {common_name_alone, "chain.web.common_name", "CABF BR 7.1.4.3",
	"its common name is not, letter for letter, one of its alternative "
	"names"},
    {purposes_missing, "chain.web.purpose", "CABF BR 7.1.2.7.6",
	"it does not say what it is for"},
    {purposes_critical, "chain.web.purpose.critical", "CABF BR 7.1.2.7.6",
	"its extended key usage is critical"},
    {purposes_any, "chain.web.purpose.any", "CABF BR 7.1.2.7.10",
	"it is for any purpose"},
    {root_has_purposes, "chain.web.root.purpose", "CABF BR 7.1.2.1.2",
	"it is a root and names purposes"},
    {root_aki_wrong, "chain.web.root.aki", "CABF BR 7.1.2.1.3",
	"it is a root and its authority key identifier is not its own key "
	"identifier alone"},
    {rsa_odd_size, "chain.web.rsa", "CABF BR 6.1.5",
	"its RSA modulus is not a whole number of octets"},
};

enum err
chain_check_web(struct chain *c, size_t i)
{
	struct seen s = {
	    .cert = c->path[i],
	    .exts = cert_exts(c->path[i]),
	    .is_leaf = i == 0,
	    .is_root = chain_is_anchor(c, i) && chain_self_issued(c->path[i]),
	};

	for (size_t r = 0; r < ARRAY_LEN(rules); r++) {
		if (rules[r].is_broken(&s)) {
			return chain_fail(c, i, ERR_FORMAT, rules[r].rule,
			    rules[r].clause, "%s", rules[r].text);
		}
	}
	return ERR_OK;
}
