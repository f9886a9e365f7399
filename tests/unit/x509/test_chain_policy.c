/* SPDX-License-Identifier: Apache-2.0 */
/* x509/chain: certificate policies along a path. */
#include "unit.h"

#include <string.h>

#include "chain_kit.h"
#include "crypto/init.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/ext.h"

/* Policies by one letter: OID 1.2.643.99.LETTER, '*' is anyPolicy. */
static struct slice
policy(char letter)
{
	static uint8_t bytes[128][8];
	uint8_t *p = bytes[(unsigned char)letter];

	if (letter == '*') {
		return oid_bytes(OID_ANY_POLICY);
	}
	memcpy(p, "\x2a\x85\x03\x63", 4);
	p[4] = (uint8_t)letter;
	return slice_make(p, 5);
}

static void
put_policies(struct kit *k, int i, const char *letters)
{
	struct slice oids[8];
	size_t num = 0;

	for (; letters[num] != '\0'; num++) {
		oids[num] = policy(letters[num]);
	}
	ext_put_policies(kit_exts(k, i), oids, num);
}

static void
put_mapping(struct kit *k, char issuer, char subject)
{
	struct buf b = BUF_INIT(KIT_EXTS);
	size_t seq = der_open(&b, DER_SEQUENCE);
	size_t pair = der_open(&b, DER_SEQUENCE);

	der_put_oid(&b, policy(issuer));
	der_put_oid(&b, policy(subject));
	der_close(&b, pair);
	der_close(&b, seq);
	kit_put_ext(kit_exts(k, KIT_CA), oid_bytes(OID_POLICY_MAPPINGS), true,
	    buf_slice(&b));
	buf_clear(&b);
}

static void
put_require(struct kit *k, int i)
{
	kit_put_ext(kit_exts(k, i), oid_bytes(OID_POLICY_CONSTRAINTS), true,
	    SLICE_LIT("\x30\x03\x80\x01\x00"));
}

static void
put_inhibit(struct kit *k)
{
	kit_put_ext(kit_exts(k, KIT_CA), oid_bytes(OID_INHIBIT_ANY_POLICY),
	    true, SLICE_LIT("\x02\x01\x00"));
}

static void
accept(struct kit *k, char letter)
{
	k->req.require_policy = true;
	k->policies[0] = policy(letter);
	k->req.num_policies = 1;
}

static void
policy_wanted(struct kit *k)
{
	k->req.require_policy = true;
}

static void
policy_there(struct kit *k)
{
	k->req.require_policy = true;
	put_policies(k, KIT_CA, "ab");
	put_policies(k, KIT_LEAF, "b");
}

static void
policy_broken(struct kit *k)
{
	k->req.require_policy = true;
	put_policies(k, KIT_CA, "a");
	put_policies(k, KIT_LEAF, "b");
}

static void
policy_other(struct kit *k)
{
	policy_there(k);
	accept(k, 'a');
}

static void
policy_under_any(struct kit *k)
{
	accept(k, 'a');
	put_policies(k, KIT_CA, "*");
	put_policies(k, KIT_LEAF, "a");
}

static void
policy_any_inhibited(struct kit *k)
{
	policy_under_any(k);
	k->req.inhibit_any_policy = true;
}

static void
policy_leaf_any(struct kit *k)
{
	accept(k, 'a');
	put_policies(k, KIT_CA, "a");
	put_policies(k, KIT_LEAF, "*");
}

static void
policy_leaf_any_inhibited(struct kit *k)
{
	policy_leaf_any(k);
	put_inhibit(k);
}

static void
policy_mapped(struct kit *k)
{
	accept(k, 'a');
	put_policies(k, KIT_CA, "a");
	put_mapping(k, 'a', 'b');
	put_policies(k, KIT_LEAF, "b");
}

static void
policy_mapped_name(struct kit *k)
{
	policy_mapped(k);
	accept(k, 'b');
}

static void
policy_mapping_inhibited(struct kit *k)
{
	policy_mapped(k);
	k->req.inhibit_mapping = true;
}

static void
policy_mapped_under_any(struct kit *k)
{
	accept(k, 'a');
	put_policies(k, KIT_CA, "*");
	put_mapping(k, 'a', 'b');
	put_policies(k, KIT_LEAF, "b");
}

static void
policy_map_any(struct kit *k)
{
	put_policies(k, KIT_CA, "a");
	put_mapping(k, '*', 'b');
}

static void
policy_required_by_ca(struct kit *k)
{
	put_require(k, KIT_CA);
}

static void
policy_required_and_there(struct kit *k)
{
	put_require(k, KIT_CA);
	put_policies(k, KIT_CA, "a");
	put_policies(k, KIT_LEAF, "a");
}

static const struct kit_case policies[] = {
    {"wanted", policy_wanted, CHAIN_BAD, "chain.policy", "RFC 5280 6.1.3",
	"CN=ca"},
    {"there", policy_there, KIT_GOOD},
    {"not through", policy_broken, CHAIN_BAD, "chain.policy", "RFC 5280 6.1.3",
	"CN=leaf"},
    {"another", policy_other, CHAIN_BAD, "chain.policy", "RFC 5280 6.1.5",
	"CN=leaf"},
    {"under any", policy_under_any, KIT_GOOD},
    {"any does not count", policy_any_inhibited, CHAIN_BAD, "chain.policy",
	"RFC 5280 6.1.3", "CN=ca"},
    {"leaf says any", policy_leaf_any, KIT_GOOD},
    {"leaf may not say any", policy_leaf_any_inhibited, CHAIN_BAD,
	"chain.policy", "RFC 5280 6.1.3", "CN=leaf"},
    {"mapped", policy_mapped, KIT_GOOD},
    {"by its mapped name", policy_mapped_name, CHAIN_BAD, "chain.policy",
	"RFC 5280 6.1.5", "CN=leaf"},
    {"may not be mapped", policy_mapping_inhibited, CHAIN_BAD, "chain.policy",
	"RFC 5280 6.1.3", "CN=leaf"},
    {"mapped under any", policy_mapped_under_any, KIT_GOOD},
    {"any mapped", policy_map_any, CHAIN_BAD, "chain.policy.map_any",
	"RFC 5280 4.2.1.5", "CN=ca"},
    {"the ca requires one", policy_required_by_ca, CHAIN_BAD, "chain.policy",
	"RFC 5280 6.1.3", "CN=leaf"},
    {"the ca requires one, there", policy_required_and_there, KIT_GOOD},
};

static void
test_policies(void **state)
{
	(void)state;
	kit_run(policies, ARRAY_LEN(policies));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_policies),
	};
	struct errinfo ei = {0};

	assert_ok(crypto_init(&ei), &ei);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
