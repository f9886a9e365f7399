/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about what the extensions say.  That one is missing is another
 * rule's finding: here it is passed over. */
#include "profile/lint_priv.h"

static void
check_key_usage(struct lint *l)
{
	uint32_t want = l->x->key_usage;

	if (cert_key(l->cert)->alg.id == OID_RSA) {
		want |= l->x->rsa_key_usage;
	}
	if (l->ext != NULL && l->ext->u.key_usage != want) {
		lint_add(l, ERR_POLICY,
		    "the key usage is %03x, the profile's is %03x",
		    (unsigned)l->ext->u.key_usage, (unsigned)want);
	}
}

static bool
oids_equal(const struct slice *a, size_t num_a, const struct profile_oids *b)
{
	for (size_t i = 0; i < num_a && i < b->num; i++) {
		if (!slice_eq(a[i], b->slices[i])) {
			return false;
		}
	}
	return num_a == b->num;
}

static void
check_purposes(struct lint *l)
{
	if (l->ext != NULL && !oids_equal(l->ext->u.purposes.list,
				  l->ext->u.purposes.num, &l->x->purposes)) {
		lint_add(l, ERR_POLICY, "the purposes are not the profile's");
	}
}

/* RFC 3161 2.3: critical, and the only purpose. */
static void
check_time_stamping(struct lint *l)
{
	if (l->ext != NULL && ext_has_purpose(l->exts, OID_KP_TIMESTAMP) &&
	    (l->ext->u.purposes.num != 1 || !l->ext->critical)) {
		lint_add(l, ERR_CONFLICT,
		    "timeStamping is not critical, or not the only purpose");
	}
}

static void
check_basic(struct lint *l)
{
	if (l->ext != NULL && (l->ext->u.basic.ca != l->x->ca ||
				  l->ext->u.basic.path_len != l->x->path_len)) {
		lint_add(l, ERR_POLICY,
		    "cA or pathLenConstraint are not the profile's");
	}
}

/* RFC 5280 4.2.1.9: how many CAs may stand between. */
static void
check_path_len(struct lint *l)
{
	const struct ext_basic_constraints *b;

	if (l->ext == NULL || !l->ext->u.basic.ca || l->ca->self ||
	    l->ca->path_len < 0) {
		return;
	}
	b = &l->ext->u.basic;
	if (b->path_len < 0 || b->path_len >= l->ca->path_len) {
		lint_add(l, ERR_POLICY,
		    "the CA's pathLenConstraint %d leaves no room for this "
		    "CA below it",
		    l->ca->path_len);
	}
}

static void
check_policies(struct lint *l)
{
	struct slice oids[POLICIES_MAX];
	size_t num = 0;

	if (l->ext == NULL) {
		return;
	}
	while (num < l->ext->u.policies.num && num < POLICIES_MAX) {
		oids[num] = l->ext->u.policies.list[num].oid;
		num++;
	}
	if (!oids_equal(oids, num, &l->x->policies)) {
		lint_add(l, ERR_POLICY, "the policies are not the profile's");
	}
}

static void
check_policy_qualifiers(struct lint *l)
{
	for (size_t i = 0; l->ext != NULL && i < l->ext->u.policies.num; i++) {
		if (l->ext->u.policies.list[i].num_qualifiers > 0) {
			lint_add(l, ERR_POLICY,
			    "a policy has qualifiers, ours have none");
			return;
		}
	}
}

/* The word "qualified". */
static void
check_policy_classes(struct lint *l)
{
	for (size_t i = 0; l->ext != NULL && i < l->ext->u.policies.num; i++) {
		if (!l->p->claims &&
		    claims_class(l->ext->u.policies.list[i].oid)) {
			lint_add(l, ERR_DENIED,
			    "it names a class of a certified tool, and the "
			    "centre has no accreditation");
			return;
		}
	}
}

static struct slice
key_bits(const struct lint *l)
{
	return cert_key(l->cert)->bits;
}

static bool
is_key_id_of(struct lint *l, struct slice key_id)
{
	uint8_t want[KEY_ID_SIZE];
	struct errinfo ei = {0};

	if (key_id_of(key_bits(l), want, &ei) != ERR_OK) {
		lint_add(l, ei.kind, "the key id cannot be computed");
		return true;
	}
	return slice_eq(key_id, slice_make(want, sizeof(want)));
}

static void
check_ski(struct lint *l)
{
	if (l->ext != NULL && !is_key_id_of(l, l->ext->u.octets)) {
		lint_add(l, ERR_CONFLICT,
		    "the subject key id is not the hash of the key");
	}
}

static void
check_aki(struct lint *l)
{
	bool same;

	if (l->ext == NULL) {
		return;
	}
	same = l->ca->self
		   ? is_key_id_of(l, l->ext->u.aki.key_id)
		   : slice_eq(l->ext->u.aki.key_id, ca_identity_key_id(l->ca));
	if (!same) {
		lint_add(l, ERR_CONFLICT,
		    "the authority key id is not that of the CA's key");
	}
}

static void
check_aki_form(struct lint *l)
{
	if (l->ext != NULL &&
	    (l->ext->u.aki.issuer.num > 0 || l->ext->u.aki.serial.len > 0)) {
		lint_add(l, ERR_POLICY,
		    "the authority key id names issuer and serial: ours is "
		    "the key id alone");
	}
}

/* One distribution point for each address, nothing else in it. */
static bool
is_point(const struct dist_point *p, const char *url)
{
	return p->full.num == 1 && p->full.list[0].kind == GN_URI &&
	       slice_eq_str(p->full.list[0].value, url) &&
	       p->relative == NULL && !p->has_reasons && p->crl_issuer.num == 0;
}

/* The addresses of the list that covers the certificate, or of its delta. */
static void
check_points(struct lint *l)
{
	const struct ca_urls *urls = &l->ca->crl_urls;
	struct crl_shard shard =
	    crl_shard_of(cert_serial(l->cert), l->ca->crl_shards);
	char url[CA_SHARD_URL_SIZE];
	bool same;

	if (l->ext == NULL) {
		return;
	}
	shard.delta = l->rule->ext == EXT_FRESHEST_CRL;
	same = l->ext->u.points.num == urls->num;
	for (size_t i = 0; same && i < urls->num; i++) {
		ca_identity_crl_url(l->ca, i, shard, url);
		same = is_point(&l->ext->u.points.list[i], url);
	}
	if (!same) {
		lint_add(l, ERR_CONFLICT, "the CRL addresses are not the CA's");
	}
}

/* Counts the addresses of one method, and those of them that are ours. */
static bool
methods_equal(
    const struct ext_aia *aia, enum oid method, const struct ca_urls *urls)
{
	size_t num = 0;

	for (size_t i = 0; i < aia->num; i++) {
		const struct access_description *d = &aia->list[i];

		if (!slice_eq(d->method, oid_bytes(method))) {
			continue;
		}
		if (num == urls->num || d->location.kind != GN_URI ||
		    !slice_eq_str(d->location.value, urls->at[num])) {
			return false;
		}
		num++;
	}
	return num == urls->num;
}

static void
check_aia(struct lint *l)
{
	static const struct ca_urls none;
	const struct ca_urls *issuers =
	    l->x->aia_ca_issuers ? &l->ca->ca_issuers_urls : &none;
	const struct ca_urls *ocsp = l->x->aia_ocsp ? &l->ca->ocsp_urls : &none;

	if (l->ext == NULL) {
		return;
	}
	if (l->ext->u.aia.num != issuers->num + ocsp->num ||
	    !methods_equal(&l->ext->u.aia, OID_AD_CA_ISSUERS, issuers) ||
	    !methods_equal(&l->ext->u.aia, OID_AD_OCSP, ocsp)) {
		lint_add(l, ERR_CONFLICT,
		    "the addresses of issuer and OCSP are not the CA's");
	}
}

/* RFC 5280 4.2.1.3, 4.2.1.9: only a CA signs certificates. */
static void
check_usage_ca(struct lint *l)
{
	const struct ext *basic = ext_find(l->exts, EXT_BASIC_CONSTRAINTS);
	bool ca = basic != NULL && basic->u.basic.ca;

	if (l->ext != NULL &&
	    ((l->ext->u.key_usage & KU_CERT_SIGN) != 0) != ca) {
		lint_add(
		    l, ERR_CONFLICT, "keyCertSign and cA do not say the same");
	}
}

/* RFC 5280 4.2.1.12. */
static void
check_usage_purpose(struct lint *l)
{
	uint32_t sign = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
	uint32_t agree = KU_KEY_ENCIPHERMENT | KU_KEY_AGREEMENT;
	const struct {
		enum oid purpose;
		uint32_t usage;
	} needs[] = {
	    {OID_KP_SERVER, KU_DIGITAL_SIGNATURE | agree},
	    {OID_KP_CLIENT, KU_DIGITAL_SIGNATURE | KU_KEY_AGREEMENT},
	    {OID_KP_CODE, KU_DIGITAL_SIGNATURE},
	    {OID_KP_EMAIL, sign | agree},
	    {OID_KP_TIMESTAMP, sign},
	    {OID_KP_OCSP, sign},
	    {OID_KP_PAGE_ORDER, KU_DIGITAL_SIGNATURE},
	};

	for (size_t i = 0; l->ext != NULL && i < ARRAY_LEN(needs); i++) {
		if (ext_has_purpose(l->exts, needs[i].purpose) &&
		    (l->ext->u.key_usage & needs[i].usage) == 0) {
			lint_add(l, ERR_CONFLICT,
			    "no key usage serves the purpose %s",
			    oid_short_name(needs[i].purpose));
		}
	}
}

/* RFC 8813 3, RFC 8410 5. */
static void
check_usage_key(struct lint *l)
{
	enum oid alg = cert_key(l->cert)->alg.id;
	uint32_t encipher = KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT;

	if (l->ext != NULL && (alg == OID_EC || alg == OID_ED25519) &&
	    (l->ext->u.key_usage & encipher) != 0) {
		lint_add(
		    l, ERR_CONFLICT, "an elliptic curve key cannot encipher");
	}
}

const struct lint_rule lint_value_rules[] = {
    {"lint.key_usage.value", "RFC 5280 4.2.1.3", check_key_usage,
	EXT_KEY_USAGE},
    {"lint.key_usage.ca", "RFC 5280 4.2.1.9", check_usage_ca, EXT_KEY_USAGE},
    {"lint.key_usage.purpose", "RFC 5280 4.2.1.12", check_usage_purpose,
	EXT_KEY_USAGE},
    {"lint.key_usage.key", "RFC 8813 3", check_usage_key, EXT_KEY_USAGE},
    {"lint.ext_key_usage.value", "RFC 5280 4.2.1.12", check_purposes,
	EXT_EXT_KEY_USAGE},
    {"lint.ext_key_usage.time_stamping", "RFC 3161 2.3", check_time_stamping,
	EXT_EXT_KEY_USAGE},
    {"lint.basic_constraints.value", "RFC 5280 4.2.1.9", check_basic,
	EXT_BASIC_CONSTRAINTS},
    {"lint.basic_constraints.path", "RFC 5280 4.2.1.9", check_path_len,
	EXT_BASIC_CONSTRAINTS},
    {"lint.policies.value", "RFC 5280 4.2.1.4", check_policies, EXT_POLICIES},
    {"lint.policies.qualifiers", "RFC 5280 4.2.1.4", check_policy_qualifiers,
	EXT_POLICIES},
    {"lint.policies.class", "", check_policy_classes, EXT_POLICIES},
    {"lint.subject_key_id.value", "RFC 5280 4.2.1.2", check_ski, EXT_SKI},
    {"lint.authority_key_id.value", "RFC 5280 4.2.1.1", check_aki, EXT_AKI},
    {"lint.authority_key_id.form", "", check_aki_form, EXT_AKI},
    {"lint.crl_points.value", "RFC 5280 4.2.1.13", check_points,
	EXT_CRL_POINTS},
    {"lint.freshest_crl.value", "RFC 5280 4.2.1.15", check_points,
	EXT_FRESHEST_CRL},
    {"lint.aia.value", "RFC 5280 4.2.2.1", check_aia, EXT_AIA},
    {NULL, NULL, NULL, EXT_RAW},
};
