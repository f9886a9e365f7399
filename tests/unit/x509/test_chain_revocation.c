/* SPDX-License-Identifier: Apache-2.0 */
/* x509/chain: what revocation lists say, and which of them are heard. */
#include "unit.h"

#include <string.h>

#include "chain_kit.h"
#include "crypto/init.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/ext.h"

static struct kit_crl *
full(struct kit *k, int of)
{
	return of == KIT_LEAF ? kit_add_crl(k, "ca", KIT_CA)
			      : kit_add_crl(k, "root", KIT_ROOT);
}

static void
name_serial(struct kit_crl *c, uint8_t serial, enum crl_reason reason)
{
	crl_entry_put(
	    &c->entries, slice_make(&serial, 1), KIT_NOW - KIT_DAY, reason);
}

static void
ask(struct kit *k)
{
	k->req.revocation = CHAIN_REVOCATION_ASK;
}

static void
demand(struct kit *k)
{
	k->req.revocation = CHAIN_REVOCATION_DEMAND;
}

static void
both_lists(struct kit *k)
{
	demand(k);
	name_serial(full(k, KIT_CA), 77, CRL_REASON_NONE);
	name_serial(full(k, KIT_LEAF), 77, CRL_REASON_NONE);
}

static void
leaf_list_only(struct kit *k)
{
	ask(k);
	(void)full(k, KIT_LEAF);
}

static void
leaf_list_only_wanted(struct kit *k)
{
	leaf_list_only(k);
	k->req.revocation_leaf_only = true;
}

static void
leaf_revoked(struct kit *k)
{
	ask(k);
	name_serial(full(k, KIT_LEAF), KIT_LEAF + 1, CRL_REASON_SUPERSEDED);
}

static void
ca_revoked(struct kit *k)
{
	ask(k);
	name_serial(full(k, KIT_CA), KIT_CA + 1, CRL_REASON_CA_COMPROMISE);
}

static struct kit_crl *
leaf_alone(struct kit *k)
{
	ask(k);
	k->req.revocation_leaf_only = true;
	return full(k, KIT_LEAF);
}

static void
list_stale(struct kit *k)
{
	leaf_alone(k)->to = KIT_NOW - 1;
}

static void
list_early(struct kit *k)
{
	leaf_alone(k)->from = KIT_NOW + 1;
}

static void
list_forged(struct kit *k)
{
	leaf_alone(k)->key = k->keys[KIT_ROOT];
}

static void
list_not_allowed(struct kit *k)
{
	(void)leaf_alone(k);
	k->certs[KIT_CA].key_usage = KU_CERT_SIGN;
}

static struct kit_crl *
delta(struct kit *k, uint8_t number, uint8_t base)
{
	struct kit_crl *c = full(k, KIT_LEAF);
	uint8_t value[] = {DER_INTEGER, 1, base};

	c->number = number;
	kit_put_ext(&c->exts, oid_bytes(OID_DELTA_CRL), true,
	    slice_make(value, sizeof(value)));
	return c;
}

static void
delta_revokes(struct kit *k)
{
	(void)leaf_alone(k);
	name_serial(delta(k, 6, 5), KIT_LEAF + 1, CRL_REASON_HOLD);
}

static void
delta_alone(struct kit *k)
{
	ask(k);
	k->req.revocation_leaf_only = true;
	(void)delta(k, 6, 5);
}

static void
delta_releases(struct kit *k)
{
	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	name_serial(delta(k, 6, 5), KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
}

static void
old_delta_releases(struct kit *k)
{
	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	name_serial(delta(k, 4, 3), KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
}

/* Of a list that is newer than the one at hand. */
static void
delta_of_another_releases(struct kit *k)
{
	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	name_serial(delta(k, 9, 6), KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
}

static void
delta_of_older_releases(struct kit *k)
{
	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	name_serial(delta(k, 9, 4), KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
}

static void
delta_of_another_revokes(struct kit *k)
{
	(void)leaf_alone(k);
	name_serial(delta(k, 9, 6), KIT_LEAF + 1, CRL_REASON_SUPERSEDED);
}

static void
delta_forged(struct kit *k)
{
	struct kit_crl *c;

	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	c = delta(k, 6, 5);
	name_serial(c, KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
	c->key = k->keys[KIT_ROOT];
}

static void
delta_stale(struct kit *k)
{
	struct kit_crl *c;

	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	c = delta(k, 6, 5);
	name_serial(c, KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
	c->to = KIT_NOW - 1;
}

static void
delta_says_it_uncritically(struct kit *k)
{
	struct kit_crl *c;

	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	c = full(k, KIT_LEAF);
	c->number = 6;
	kit_put_ext(&c->exts, oid_bytes(OID_DELTA_CRL), false,
	    SLICE_LIT("\x02\x01\x05"));
	name_serial(c, KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
}

/* What one delta revokes another one releases. */
static void
delta_after_delta(struct kit *k)
{
	(void)leaf_alone(k);
	name_serial(delta(k, 6, 5), KIT_LEAF + 1, CRL_REASON_HOLD);
	name_serial(delta(k, 7, 5), KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
}

static void
newer_list_silent(struct kit *k)
{
	name_serial(leaf_alone(k), KIT_LEAF + 1, CRL_REASON_HOLD);
	full(k, KIT_LEAF)->number = 6;
}

/* IssuingDistributionPoint (RFC 5280 5.2.5) with a URL of one letter. */
static void
put_scope(struct kit_crl *c, const char *der, size_t len)
{
	kit_put_ext(&c->exts, oid_bytes(OID_IDP), true, slice_make(der, len));
}
#define SCOPE(c, der) put_scope((c), (der), sizeof(der) - 1)
#define URL_A         "\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://a/"
#define URL_B         "\x30\x0f\xa0\x0d\xa0\x0b\x86\x09http://b/"

static void
shard_of(struct kit *k)
{
	const char *url = "http://a/";

	ext_put_crl_points(kit_exts(k, KIT_LEAF), &url, 1);
	SCOPE(leaf_alone(k), URL_A);
}

static void
shard_of_others(struct kit *k)
{
	const char *url = "http://a/";

	ext_put_crl_points(kit_exts(k, KIT_LEAF), &url, 1);
	SCOPE(leaf_alone(k), URL_B);
}

static void
release_by_other_shard(struct kit *k)
{
	const char *urls[] = {"http://a/", "http://b/"};
	struct kit_crl *c;

	ext_put_crl_points(kit_exts(k, KIT_LEAF), urls, 2);
	c = leaf_alone(k);
	SCOPE(c, URL_A);
	name_serial(c, KIT_LEAF + 1, CRL_REASON_HOLD);
	c = delta(k, 9, 5);
	SCOPE(c, URL_B);
	name_serial(c, KIT_LEAF + 1, CRL_REASON_REMOVE_FROM_CRL);
}

static void
users_only(struct kit *k)
{
	SCOPE(leaf_alone(k), "\x30\x03\x81\x01\xff");
}

static void
cas_only(struct kit *k)
{
	SCOPE(leaf_alone(k), "\x30\x03\x82\x01\xff");
}

static void
indirect(struct kit *k)
{
	SCOPE(leaf_alone(k), "\x30\x03\x84\x01\xff");
}

/* keyCompromise alone; then all the others beside it. */
static void
some_reasons(struct kit *k)
{
	SCOPE(leaf_alone(k), "\x30\x04\x83\x02\x06\x40");
}

static void
all_reasons(struct kit *k)
{
	some_reasons(k);
	SCOPE(full(k, KIT_LEAF), "\x30\x05\x83\x03\x07\x3f\x80");
}

static void
scope_uncritical(struct kit *k)
{
	struct kit_crl *c = leaf_alone(k);

	kit_put_ext(&c->exts, oid_bytes(OID_IDP), false,
	    SLICE_LIT("\x30\x03\x81\x01\xff"));
}

static void
list_unknown_critical(struct kit *k)
{
	struct kit_crl *c = leaf_alone(k);

	kit_put_ext(&c->exts, oid_bytes(OID_SUBJECT_SIGN_TOOL), true,
	    SLICE_LIT("\x0c\x01x"));
}

/* The CA has a new key, certified by its old one, and signs lists with it. */
static void
new_key(struct kit *k)
{
	k->certs[KIT_OTHER].subject = "ca";
	k->certs[KIT_OTHER].issuer = "ca";
	k->certs[KIT_OTHER].issuer_key = k->keys[KIT_CA];
	leaf_alone(k)->key = k->keys[KIT_OTHER];
}

static void
new_key_unproved(struct kit *k)
{
	new_key(k);
	k->certs[KIT_OTHER].issuer_key = k->keys[KIT_OTHER];
}

#define UNKNOWN(clause)                                                        \
	CHAIN_UNKNOWN, "chain.revocation.unknown", clause, "CN=leaf"
#define REVOKED(of) CHAIN_BAD, "chain.revoked", "RFC 5280 6.3", of

static const struct kit_case revocations[] = {
    {"nobody says", ask, UNKNOWN("RFC 5280 6.3")},
    {"nobody says, demanded", demand, CHAIN_BAD, "chain.revocation.unknown",
	"RFC 5280 6.3", "CN=leaf"},
    {"both lists", both_lists, KIT_GOOD},
    {"the root's is missing", leaf_list_only, CHAIN_UNKNOWN,
	"chain.revocation.unknown", "RFC 5280 6.3", "CN=ca"},
    {"the root's is not asked for", leaf_list_only_wanted, KIT_GOOD},
    {"leaf revoked", leaf_revoked, REVOKED("CN=leaf")},
    {"ca revoked", ca_revoked, REVOKED("CN=ca")},
    {"stale", list_stale, UNKNOWN("RFC 5280 5.1.2.5")},
    {"early", list_early, UNKNOWN("RFC 5280 5.1.2.4")},
    {"forged", list_forged, UNKNOWN("RFC 5280 6.3.3")},
    {"may not sign lists", list_not_allowed, UNKNOWN("RFC 5280 6.3.3")},
    {"delta revokes", delta_revokes, REVOKED("CN=leaf")},
    {"delta alone", delta_alone, UNKNOWN("RFC 5280 6.3")},
    {"delta releases", delta_releases, KIT_GOOD},
    {"older delta releases", old_delta_releases, REVOKED("CN=leaf")},
    {"delta of a newer list releases", delta_of_another_releases,
	REVOKED("CN=leaf")},
    {"delta of an older list releases", delta_of_older_releases, KIT_GOOD},
    {"delta of a newer list revokes", delta_of_another_revokes,
	REVOKED("CN=leaf")},
    {"forged delta releases", delta_forged, REVOKED("CN=leaf")},
    {"stale delta releases", delta_stale, REVOKED("CN=leaf")},
    {"delta says so uncritically", delta_says_it_uncritically,
	REVOKED("CN=leaf")},
    {"delta after delta", delta_after_delta, KIT_GOOD},
    {"newer list is silent", newer_list_silent, KIT_GOOD},
    {"shard", shard_of, KIT_GOOD},
    {"another shard", shard_of_others, UNKNOWN("RFC 5280 5.2.5")},
    {"released in another shard", release_by_other_shard, REVOKED("CN=leaf")},
    {"of users", users_only, KIT_GOOD},
    {"of CAs", cas_only, UNKNOWN("RFC 5280 5.2.5")},
    {"indirect", indirect, UNKNOWN("RFC 5280 5.2.5")},
    {"some reasons", some_reasons, UNKNOWN("RFC 5280 6.3")},
    {"all reasons in two", all_reasons, KIT_GOOD},
    {"scope not critical", scope_uncritical, UNKNOWN("RFC 5280 5.2.5")},
    {"unknown critical", list_unknown_critical, UNKNOWN("RFC 5280 5.2")},
    {"new key of the ca", new_key, KIT_GOOD},
    {"new key that nobody proves", new_key_unproved, UNKNOWN("RFC 5280 6.3.3")},
};

static void
test_revocation(void **state)
{
	(void)state;
	kit_run(revocations, ARRAY_LEN(revocations));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_revocation),
	};
	struct errinfo ei = {0};

	assert_ok(crypto_init(&ei), &ei);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
