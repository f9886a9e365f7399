/* SPDX-License-Identifier: Apache-2.0 */
/* x509/crl_next: which list may take the place of which. */
#include "unit.h"

#include "chain_kit.h"
#include "crypto/init.h"
#include "der/write.h"
#include "x509/crl_next.h"
#include "x509/ext.h"

enum {
	LAST = 0, /* the lists of the kit */
	NEXT = 1,
	SERIAL = 9
};

static void
name_serial(struct kit_crl *c, uint8_t serial, enum crl_reason reason)
{
	crl_entry_put(
	    &c->entries, slice_make(&serial, 1), KIT_NOW - KIT_DAY, reason);
}

static void
same(struct kit *k)
{
	(void)k;
}

static void
lower(struct kit *k)
{
	k->crls[NEXT].number = 4;
}

static void
equal(struct kit *k)
{
	k->crls[NEXT].number = 5;
}

static void
above_but_earlier(struct kit *k)
{
	k->crls[NEXT].from = k->crls[LAST].from - 1;
}

static void
number_of_one_bit_more(struct kit *k)
{
	k->crls[NEXT].number = 0x80; /* 00 80 as an INTEGER: not negative */
}

static void
none_before(struct kit *k)
{
	k->crls[LAST].number = 0; /* told to the test */
}

static void
other_name(struct kit *k)
{
	k->crls[NEXT].issuer = "ca";
}

static void
other_key(struct kit *k)
{
	k->crls[NEXT].key = k->keys[KIT_CA];
}

static void
not_for_lists(struct kit *k)
{
	k->certs[KIT_ROOT].key_usage = KU_CERT_SIGN;
}

static void
zero(struct kit *k)
{
	k->crls[NEXT].number = 0;
}

static void
delta(struct kit *k)
{
	ext_build(&(struct ext){.kind = EXT_DELTA_CRL,
		      .critical = true,
		      .u.integer = SLICE_LIT("\x01")},
	    &k->crls[NEXT].exts);
}

static void
part(struct kit *k)
{
	static const char *const urls[] = {"http://ca.example/crl/1.crl"};

	ext_put_idp(&k->crls[NEXT].exts, urls, 1);
}

static void
unknown_critical(struct kit *k)
{
	kit_put_ext(&k->crls[NEXT].exts, SLICE_LIT("\x2a\x03\x04"), true,
	    SLICE_LIT("\x05\x00"));
}

static void
unknown_uncritical(struct kit *k)
{
	kit_put_ext(&k->crls[NEXT].exts, SLICE_LIT("\x2a\x03\x04"), false,
	    SLICE_LIT("\x05\x00"));
}

static const struct {
	const char *name;
	void (*change)(struct kit *k);
	enum err want;
	const char *rule;
} cases[] = {
    {"the next one", same, ERR_OK, NULL},
    {"the first one", none_before, ERR_OK, NULL},
    {"a number with its first bit set", number_of_one_bit_more, ERR_OK, NULL},
    {"an unknown extension", unknown_uncritical, ERR_OK, NULL},
    {"a lower number", lower, ERR_CONFLICT, "crl_next.older"},
    {"an equal number", equal, ERR_CONFLICT, "crl_next.older"},
    {"an earlier time", above_but_earlier, ERR_CONFLICT, "crl_next.older"},
    {"another name", other_name, ERR_POLICY, "crl_next.issuer"},
    {"a key that signs no lists", not_for_lists, ERR_POLICY, "crl_next.issuer"},
    {"another key", other_key, ERR_CRYPTO, NULL},
    {"number 0", zero, ERR_POLICY, "crl_next.form"},
    {"a delta", delta, ERR_POLICY, "crl_next.form"},
    {"a shard", part, ERR_POLICY, "crl_next.form"},
    {"an unknown critical extension", unknown_critical, ERR_POLICY,
	"crl_next.form"},
};

static void
test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct errinfo ei = {0};
		struct crl *last, *next;
		struct cert *root;
		struct kit k;
		bool first;

		print_message("%s\n", cases[i].name);
		kit_init(&k);
		(void)kit_add_crl(&k, "root", KIT_ROOT);
		kit_add_crl(&k, "root", KIT_ROOT)->number = 6;
		cases[i].change(&k);
		first = k.crls[LAST].number == 0;
		root = kit_make(&k.certs[KIT_ROOT]);
		last = kit_make_crl(&k.crls[LAST]);
		next = kit_make_crl(&k.crls[NEXT]);
		assert_int_equal(
		    crl_next_check(next, first ? NULL : last, root, &ei),
		    cases[i].want);
		if (cases[i].rule != NULL) {
			assert_string_equal(ei.rule, cases[i].rule);
		}
		crl_free(last);
		crl_free(next);
		cert_free(root);
		kit_clear(&k);
	}
}

static void
test_time(void **state)
{
	static const struct {
		int64_t now;
		enum err want;
		const char *rule;
	} times[] = {
	    {KIT_NOW, ERR_OK, NULL},
	    {KIT_NOW - KIT_DAY - CLOCK_SKEW_SEC, ERR_OK, NULL},
	    {KIT_NOW - KIT_DAY - CLOCK_SKEW_SEC - 1, ERR_POLICY,
		"crl_next.early"},
	    {KIT_NOW + KIT_DAY - 1, ERR_OK, NULL},
	    {KIT_NOW + KIT_DAY, ERR_POLICY, "crl_next.ended"},
	};
	struct crl *next;
	struct kit k;

	(void)state;
	kit_init(&k);
	next = kit_make_crl(kit_add_crl(&k, "root", KIT_ROOT));
	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		struct errinfo ei = {0};

		assert_int_equal(crl_next_check_time(next, times[i].now, &ei),
		    times[i].want);
		if (times[i].rule != NULL) {
			assert_string_equal(ei.rule, times[i].rule);
		}
	}
	crl_free(next);
	kit_clear(&k);
}

static void
test_forgets(void **state)
{
	const uint8_t serial = SERIAL;
	struct slice s = slice_make(&serial, 1);
	struct crl *revoked, *held, *none;
	struct kit k;

	(void)state;
	kit_init(&k);
	name_serial(kit_add_crl(&k, "root", KIT_ROOT), SERIAL,
	    CRL_REASON_CA_COMPROMISE);
	name_serial(kit_add_crl(&k, "root", KIT_ROOT), SERIAL, CRL_REASON_HOLD);
	(void)kit_add_crl(&k, "root", KIT_ROOT);
	revoked = kit_make_crl(&k.crls[0]);
	held = kit_make_crl(&k.crls[1]);
	none = kit_make_crl(&k.crls[2]);
	assert_true(crl_next_forgets(none, revoked, s));
	assert_false(crl_next_forgets(none, held, s));
	assert_false(crl_next_forgets(revoked, revoked, s));
	assert_false(crl_next_forgets(none, none, s));
	assert_false(crl_next_forgets(none, NULL, s));
	crl_free(revoked);
	crl_free(held);
	crl_free(none);
	kit_clear(&k);
}

static int
setup(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_check),
	    cmocka_unit_test(test_time),
	    cmocka_unit_test(test_forgets),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
