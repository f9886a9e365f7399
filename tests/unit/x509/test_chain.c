/* SPDX-License-Identifier: Apache-2.0 */
/* x509/chain: one fault a case, what must be said of it and of whom, and
 * near it what must pass. */
#include "unit.h"

#include <string.h>

#include "chain_kit.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "der/oid.h"
#include "x509/ext.h"

/* ---- the single certificate -------------------------------------------- */

static void
nothing(struct kit *k)
{
	(void)k;
}

static void
leaf_begins_now(struct kit *k)
{
	k->certs[KIT_LEAF].from = KIT_NOW;
}

static void
leaf_early(struct kit *k)
{
	k->certs[KIT_LEAF].from = KIT_NOW + 1;
}

static void
leaf_ends_now(struct kit *k)
{
	k->certs[KIT_LEAF].to = KIT_NOW;
}

static void
leaf_late(struct kit *k)
{
	k->certs[KIT_LEAF].to = KIT_NOW - 1;
}

static void
ca_late(struct kit *k)
{
	k->certs[KIT_CA].to = KIT_NOW - 1;
}

static void
root_late(struct kit *k)
{
	k->certs[KIT_ROOT].to = KIT_NOW - 1;
}

static void
leaf_forged(struct kit *k)
{
	k->certs[KIT_LEAF].issuer_key = k->keys[KIT_OTHER];
}

static void
ca_forged(struct kit *k)
{
	k->certs[KIT_CA].issuer_key = k->keys[KIT_OTHER];
}

static void
issuer_unknown(struct kit *k)
{
	k->certs[KIT_LEAF].issuer = "somebody";
}

static void
issuer_other_case(struct kit *k)
{
	k->certs[KIT_LEAF].issuer = "  CA ";
}

static void
self_signed(struct kit *k)
{
	k->certs[KIT_LEAF].issuer = "leaf";
	k->certs[KIT_LEAF].issuer_key = k->keys[KIT_LEAF];
}

static void
ca_no_ca(struct kit *k)
{
	k->req.rules = CHAIN_RULES_PATH;
	k->certs[KIT_CA].ca = false;
}

static void
ca_may_not_issue(struct kit *k)
{
	k->certs[KIT_CA].key_usage = KU_CRL_SIGN;
}

static void
ca_length_enough(struct kit *k)
{
	k->certs[KIT_ROOT].path_len = 1;
	k->certs[KIT_CA].path_len = 0;
}

static void
ca_length(struct kit *k)
{
	k->certs[KIT_ROOT].path_len = 0;
}

static void
depth_none(struct kit *k)
{
	k->req.has_depth_max = true;
	k->req.depth_max = 0;
}

static void
depth_one(struct kit *k)
{
	k->req.has_depth_max = true;
	k->req.depth_max = 1;
}

static void
root_version_1(struct kit *k)
{
	k->certs[KIT_ROOT].version_1 = true;
}

static void
ca_version_1(struct kit *k)
{
	k->req.rules = CHAIN_RULES_PATH;
	k->certs[KIT_CA].version_1 = true;
}

static void
unknown_ext(struct kit *k, bool critical)
{
	struct buf oid = BUF_INIT(OID_BYTES_MAX);

	assert_true(oid_encode("1.3.6.1.4.1.55555.1", &oid));
	kit_put_ext(kit_exts(k, KIT_CA), buf_slice(&oid), critical,
	    SLICE_LIT("\x05\0"));
	buf_clear(&oid);
}

static void
ca_unknown_ext(struct kit *k)
{
	unknown_ext(k, false);
}

static void
ca_unknown_critical(struct kit *k)
{
	unknown_ext(k, true);
}

static void
serial_zero(struct kit *k)
{
	k->certs[KIT_LEAF].serial = 0;
}

static void
serial_zero_path(struct kit *k)
{
	serial_zero(k);
	k->req.rules = CHAIN_RULES_PATH;
}

static void
root_serial_zero(struct kit *k)
{
	k->certs[KIT_ROOT].serial = 0;
}

static void
no_key_ids(struct kit *k)
{
	k->certs[KIT_LEAF].no_key_ids = true;
}

static void
basic_uncritical(struct kit *k)
{
	k->certs[KIT_CA].basic_uncritical = true;
}

static void
leaf_is_anchor(struct kit *k)
{
	k->certs[KIT_LEAF] = k->certs[KIT_ROOT];
	buf_init(&k->certs[KIT_LEAF].exts, KIT_EXTS);
	k->req.leaf_is_ca = true;
}

static void
leaf_no_ca(struct kit *k)
{
	k->req.leaf_is_ca = true;
}

static const struct kit_case singles[] = {
    {"as it is", nothing, KIT_GOOD},
    {"begins now", leaf_begins_now, KIT_GOOD},
    {"begins later", leaf_early, CHAIN_BAD, "chain.early", "RFC 5280 4.1.2.5",
	"CN=leaf"},
    {"ends now", leaf_ends_now, KIT_GOOD},
    {"ended", leaf_late, CHAIN_BAD, "chain.expired", "RFC 5280 4.1.2.5",
	"CN=leaf"},
    {"the ca ended", ca_late, CHAIN_BAD, "chain.expired", "RFC 5280 4.1.2.5",
	"CN=ca"},
    {"the root ended", root_late, CHAIN_BAD, "chain.expired",
	"RFC 5280 4.1.2.5", "CN=root"},
    {"leaf forged", leaf_forged, CHAIN_BAD, "chain.signature", "RFC 5280 6.1.3",
	"CN=leaf"},
    {"ca forged", ca_forged, CHAIN_BAD, "chain.signature", "RFC 5280 6.1.3",
	"CN=ca"},
    {"issuer not there", issuer_unknown, CHAIN_BAD, "chain.issuer",
	"RFC 5280 6.1", "CN=leaf"},
    {"issuer written otherwise", issuer_other_case, KIT_GOOD},
    {"self-signed", self_signed, CHAIN_BAD, "chain.anchor", "RFC 5280 6.1",
	"CN=leaf"},
    {"ca is none", ca_no_ca, CHAIN_BAD, "chain.ca", "RFC 5280 4.2.1.9",
	"CN=ca"},
    {"ca may not issue", ca_may_not_issue, CHAIN_BAD, "chain.key_usage.issue",
	"RFC 5280 4.2.1.3", "CN=ca"},
    {"lengths that do", ca_length_enough, KIT_GOOD},
    {"one ca too many", ca_length, CHAIN_BAD, "chain.length",
	"RFC 5280 4.2.1.9", "CN=root"},
    {"depth that does", depth_one, KIT_GOOD},
    {"too deep", depth_none, CHAIN_BAD, "chain.depth", "", "CN=ca"},
    {"root of version 1", root_version_1, KIT_GOOD},
    {"ca of version 1", ca_version_1, CHAIN_BAD, "chain.ca", "RFC 5280 4.2.1.9",
	"CN=ca"},
    {"unknown extension", ca_unknown_ext, KIT_GOOD},
    {"unknown critical extension", ca_unknown_critical, CHAIN_BAD,
	"chain.critical", "RFC 5280 4.2", "CN=ca"},
    {"serial 0", serial_zero, CHAIN_BAD, "chain.serial", "RFC 5280 4.1.2.2",
	"CN=leaf"},
    {"serial 0, path alone", serial_zero_path, KIT_GOOD},
    {"the root's serial 0", root_serial_zero, KIT_GOOD},
    {"no key identifiers", no_key_ids, CHAIN_BAD, "chain.aki.missing",
	"RFC 5280 4.2.1.1", "CN=leaf"},
    {"basic constraints not critical", basic_uncritical, CHAIN_BAD,
	"chain.basic_constraints.critical", "RFC 5280 4.2.1.9", "CN=ca"},
    {"the anchor itself", leaf_is_anchor, KIT_GOOD},
    {"wanted as a ca", leaf_no_ca, CHAIN_BAD, "chain.ca", "RFC 5280 4.2.1.9",
	"CN=leaf"},
};

static void
test_singles(void **state)
{
	(void)state;
	kit_run(singles, ARRAY_LEN(singles));
}

/* ---- purposes ------------------------------------------------------------ */

static void
put_purpose(struct kit *k, int i, bool critical, enum oid purpose)
{
	struct slice oid = oid_bytes(purpose);

	ext_put_ext_key_usage(kit_exts(k, i), critical, &oid, 1);
}

static void
want(struct kit *k, enum oid purpose)
{
	k->req.purpose = oid_bytes(purpose);
}

static void
client_for_client(struct kit *k)
{
	want(k, OID_KP_CLIENT);
	put_purpose(k, KIT_LEAF, false, OID_KP_CLIENT);
}

static void
client_for_server(struct kit *k)
{
	want(k, OID_KP_SERVER);
	put_purpose(k, KIT_LEAF, false, OID_KP_CLIENT);
}

static void
any_for_server(struct kit *k)
{
	want(k, OID_KP_SERVER);
	put_purpose(k, KIT_LEAF, false, OID_ANY_EKU);
}

static void
any_for_ocsp(struct kit *k)
{
	want(k, OID_KP_OCSP);
	put_purpose(k, KIT_LEAF, false, OID_ANY_EKU);
}

static void
none_for_server(struct kit *k)
{
	want(k, OID_KP_SERVER);
}

static void
none_for_time(struct kit *k)
{
	want(k, OID_KP_TIMESTAMP);
}

static void
time_uncritical(struct kit *k)
{
	want(k, OID_KP_TIMESTAMP);
	put_purpose(k, KIT_LEAF, false, OID_KP_TIMESTAMP);
}

static void
time_critical(struct kit *k)
{
	want(k, OID_KP_TIMESTAMP);
	put_purpose(k, KIT_LEAF, true, OID_KP_TIMESTAMP);
}

static void
ca_for_other(struct kit *k)
{
	client_for_client(k);
	put_purpose(k, KIT_CA, false, OID_KP_EMAIL);
}

static void
ocsp_below_other(struct kit *k)
{
	want(k, OID_KP_OCSP);
	put_purpose(k, KIT_LEAF, false, OID_KP_OCSP);
	put_purpose(k, KIT_CA, false, OID_KP_CLIENT);
}

static void
usage_there(struct kit *k)
{
	k->req.key_usage = KU_DIGITAL_SIGNATURE;
}

static void
usage_missing(struct kit *k)
{
	k->req.key_usage = KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION;
}

static const struct kit_case purposes[] = {
    {"client", client_for_client, KIT_GOOD},
    {"client as a server", client_for_server, CHAIN_BAD, "chain.purpose",
	"RFC 5280 4.2.1.12", "CN=leaf"},
    {"any", any_for_server, KIT_GOOD},
    {"any is not OCSP", any_for_ocsp, CHAIN_BAD, "chain.purpose",
	"RFC 5280 4.2.1.12", "CN=leaf"},
    {"none said", none_for_server, KIT_GOOD},
    {"none said is not time", none_for_time, CHAIN_BAD, "chain.purpose",
	"RFC 5280 4.2.1.12", "CN=leaf"},
    {"time must be critical", time_uncritical, CHAIN_BAD, "chain.purpose.alone",
	"RFC 3161 2.3", "CN=leaf"},
    {"time", time_critical, KIT_GOOD},
    {"a ca for something else", ca_for_other, CHAIN_BAD, "chain.purpose",
	"RFC 5280 4.2.1.12", "CN=ca"},
    {"OCSP needs no leave", ocsp_below_other, KIT_GOOD},
    {"usage", usage_there, KIT_GOOD},
    {"usage missing", usage_missing, CHAIN_BAD, "chain.key_usage",
	"RFC 5280 4.2.1.3", "CN=leaf"},
};

static void
test_purposes(void **state)
{
	(void)state;
	kit_run(purposes, ARRAY_LEN(purposes));
}

/* ---- names --------------------------------------------------------------- */

static void
put_san(struct kit *k, enum general_name_kind kind, struct slice value)
{
	struct general_name gn = {.kind = kind, .value = value};
	struct ext x = {.kind = EXT_SAN, .u.names = {&gn, 1}};

	ext_build(&x, kit_exts(k, KIT_LEAF));
}

static void
expect(struct kit *k, enum general_name_kind kind, struct slice value)
{
	k->names[k->req.num_names++] = (struct chain_name){kind, value};
}

struct match {
	enum general_name_kind kind;
	const char *presented;
	const char *wanted;
	bool fits;
};

static const struct match matches[] = {
    {GN_DNS, "host.example.org", "HOST.example.ORG", true},
    {GN_DNS, "host.example.org", "host.example.or", false},
    {GN_DNS, "host.example.org", "host.example.org.", false},
    {GN_DNS, "host.example.org", "example.org", false},
    {GN_DNS, "*.example.org", "host.EXAMPLE.org", true},
    {GN_DNS, "*.example.org", "a.b.example.org", false},
    {GN_DNS, "*.example.org", "example.org", false},
    {GN_DNS, "*.example.org", ".example.org", false},
    {GN_DNS, "*.example.org", "*.example.org", false},
    {GN_DNS, "*.org", "example.org", false},
    {GN_EMAIL, "Ivan@example.org", "Ivan@EXAMPLE.org", true},
    {GN_EMAIL, "Ivan@example.org", "ivan@example.org", false},
    {GN_EMAIL, "ivan@example.org", "example.org", false},
    {GN_IP, "\xc0\x00\x02\x01", "\xc0\x00\x02\x01", true},
    {GN_IP, "\xc0\x00\x02\x01", "\xc0\x00\x02\x02", false},
};

static struct slice
value_of(const struct match *m, const char *text)
{
	return m->kind == GN_IP ? slice_make(text, 4) : slice_str(text);
}

static void
test_names(void **state)
{
	struct chain_verdict v;
	struct kit k;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(matches); i++) {
		const struct match *m = &matches[i];

		kit_init(&k);
		k.req.rules = CHAIN_RULES_PATH;
		put_san(&k, m->kind, value_of(m, m->presented));
		expect(&k, m->kind, value_of(m, m->wanted));
		kit_judge(&k, &v);
		if ((v.status == CHAIN_GOOD) != m->fits ||
		    strcmp(v.why.rule, m->fits ? "" : "chain.name") != 0) {
			fail_msg(
			    "%s %s: %s", m->presented, m->wanted, v.why.text);
		}
		kit_clear(&k);
	}
	/* Both of two, and never the common name. */
	kit_init(&k);
	put_san(&k, GN_DNS, SLICE_LIT("a.example.org"));
	expect(&k, GN_DNS, SLICE_LIT("a.example.org"));
	expect(&k, GN_DNS, SLICE_LIT("b.example.org"));
	kit_judge(&k, &v);
	assert_string_equal(v.why.rule, "chain.name");
	kit_clear(&k);
	kit_init(&k);
	k.certs[KIT_LEAF].subject = "a.example.org";
	expect(&k, GN_DNS, SLICE_LIT("a.example.org"));
	kit_judge(&k, &v);
	assert_string_equal(v.why.rule, "chain.name.none");
	kit_clear(&k);
}

/* ---- work ---------------------------------------------------------------- */

enum {
	MESH = 12
};

/*
 * Every CA of the mesh has a certificate of every other, so there are as many
 * paths as there are orders of them; only the last way out is to the root.
 */
static void
judge_mesh(bool with_way_out, struct chain_verdict *out)
{
	static const char *const names[MESH] = {
	    "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"};
	struct privkey *keys[MESH] = {NULL};
	struct cert *certs[MESH * MESH + 2];
	size_t num = 0;
	struct errinfo ei = {0};
	struct kit k;
	struct kit_cert spec;

	kit_init(&k);
	spec = k.certs[KIT_CA];
	for (size_t i = 0; i < MESH; i++) {
		assert_ok(privkey_generate("ed25519", &keys[i], &ei), &ei);
	}
	for (size_t i = 0; i < MESH; i++) {
		for (size_t j = 0; j < MESH; j++) {
			spec.subject = names[i];
			spec.key = keys[i];
			spec.issuer = names[j];
			spec.issuer_key = keys[j];
			certs[num++] = kit_make(&spec);
		}
	}
	k.certs[KIT_LEAF].issuer = "a";
	k.certs[KIT_LEAF].issuer_key = keys[0];
	k.req.leaf = kit_make(&k.certs[KIT_LEAF]);
	certs[num++] = kit_make(&k.certs[KIT_ROOT]);
	k.req.anchors = (struct chain_certs){
	    (const struct cert *const *)&certs[num - 1], 1};
	k.req.intermediates =
	    (struct chain_certs){(const struct cert *const *)certs, num - 1};
	if (with_way_out) {
		cert_free(certs[0]);
		spec.subject = "a";
		spec.key = keys[0];
		spec.issuer = "root";
		spec.issuer_key = k.keys[KIT_ROOT];
		certs[0] = kit_make(&spec);
	}
	assert_ok(chain_judge(&k.req, out, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		cert_free(certs[i]);
	}
	for (size_t i = 0; i < MESH; i++) {
		privkey_free(keys[i]);
	}
	cert_free((struct cert *)(uintptr_t)k.req.leaf);
	kit_clear(&k);
}

static void
test_mesh(void **state)
{
	struct chain_verdict v;

	(void)state;
	judge_mesh(true, &v);
	assert_int_equal(v.status, CHAIN_GOOD);
	assert_int_equal(v.num, 3);
	judge_mesh(false, &v);
	assert_int_equal(v.status, CHAIN_BAD);
	assert_string_equal(v.why.rule, "chain.work");
	assert_int_equal(v.why.kind, ERR_LIMIT);
}

static void
test_too_many(void **state)
{
	struct chain_verdict v;
	struct errinfo ei = {0};
	struct kit k;

	(void)state;
	kit_init(&k);
	k.req.anchors.num = CHAIN_CERTS_MAX;
	k.req.intermediates.num = 1;
	assert_int_equal(chain_judge(&k.req, &v, &ei), ERR_LIMIT);
	assert_string_equal(ei.rule, "chain.certs");
	assert_int_equal(v.status, CHAIN_BAD);
	kit_clear(&k);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_singles),
	    cmocka_unit_test(test_purposes),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_mesh),
	    cmocka_unit_test(test_too_many),
	};
	struct errinfo ei = {0};

	assert_ok(crypto_init(&ei), &ei);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
