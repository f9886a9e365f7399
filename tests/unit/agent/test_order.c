/* SPDX-License-Identifier: Apache-2.0 */
/* Which orders an agent obeys: a good one, and each thing wrong with one. */
#include "unit.h"

#include <string.h>

#include "agent/order.h"
#include "agent/trust.h"
#include "chain_kit.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/ext.h"
#include "x509/page_order.h"
#include "x509/signed.h"

static const uint8_t own_id[PAGE_ORDER_ID] = {1, 2, 3};
static const uint8_t other_id[PAGE_ORDER_ID] = {3, 2, 1};
static const uint8_t nonce[PAGE_ORDER_ID] = {7};
static const uint8_t application[PAGE_ORDER_ID] = {9};
static const uint8_t sha[PAGE_ORDER_SHA] = {5};

/* A centre, its order key, and an order of it; a case changes something. */
struct world {
	struct kit kit;
	struct page_order order;
	struct centre_trust centre;
	struct slice purpose; /* in the order key's certificate */
	bool purpose_critical;
	bool second_purpose;
	bool alien_key;  /* another key signs */
	bool no_between; /* the issuing CA's certificate is left out */
	int64_t now;
	uint8_t agent[PAGE_ORDER_ID];
	/* a byte of the whole order that is changed; 0: none */
	size_t change_from_end;
};

static void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	kit_init(&w->kit);
	w->order = (struct page_order){
	    .operation = PAGE_MAKE_KEY,
	    .origin = SLICE_LIT("https://ca.example.ru"),
	    .agent = slice_make(own_id, sizeof(own_id)),
	    .nonce = slice_make(nonce, sizeof(nonce)),
	    .not_before = KIT_NOW,
	    .not_after = KIT_NOW + 300,
	    .application = slice_make(application, sizeof(application)),
	    .person = SLICE_LIT("Иванова Анна"),
	    .key_spec = SLICE_LIT("p256"),
	};
	(void)snprintf(w->centre.origin, sizeof(w->centre.origin),
	    "https://ca.example.ru");
	w->purpose = oid_bytes(OID_KP_PAGE_ORDER);
	w->purpose_critical = true;
	w->now = KIT_NOW + 10;
	memcpy(w->agent, own_id, sizeof(own_id));
}

static void
put_purposes(struct world *w)
{
	struct buf value = BUF_INIT(256);
	size_t seq = der_open(&value, DER_SEQUENCE);

	der_put_oid(&value, w->purpose);
	if (w->second_purpose) {
		der_put_oid(&value, oid_bytes(OID_KP_CLIENT));
	}
	der_close(&value, seq);
	kit_put_ext(kit_exts(&w->kit, KIT_LEAF), oid_bytes(OID_EXT_KEY_USAGE),
	    w->purpose_critical, buf_slice(&value));
	buf_clear(&value);
}

static void
make_order(struct world *w, struct buf *out)
{
	struct privkey *key = w->kit.keys[w->alien_key ? KIT_CA : KIT_LEAF];
	struct buf tbs = BUF_INIT(PAGE_ORDER_BYTES_MAX);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct errinfo ei = {0};

	page_order_put_body(&w->order, &tbs);
	assert_ok(
	    privkey_sign(key, SIG_ED25519, buf_slice(&tbs), &sig, &ei), &ei);
	x509_assemble(buf_slice(&tbs), SIG_ED25519, buf_slice(&sig), out);
	assert_ok(buf_err(out, &ei), &ei);
	if (w->change_from_end > 0) {
		out->p[out->len - w->change_from_end] ^= 1;
	}
	buf_clear(&tbs);
	buf_clear(&sig);
}

static enum err
judge(struct world *w, struct errinfo *ei)
{
	struct buf order = BUF_INIT(PAGE_ORDER_BYTES_MAX);
	struct cert *leaf, *ca, *root;
	struct slice chain[2];
	struct page_order out;
	enum err e;

	put_purposes(w);
	leaf = kit_make(&w->kit.certs[KIT_LEAF]);
	ca = kit_make(&w->kit.certs[KIT_CA]);
	root = kit_make(&w->kit.certs[KIT_ROOT]);
	make_order(w, &order);
	chain[0] = cert_der(leaf);
	chain[1] = cert_der(ca);
	w->centre.ca = slice_dup(cert_der(root));
	w->centre.ca_len = cert_der(root).len;
	e = order_judge(
	    &(struct order_asked){
		.centre = &w->centre,
		.agent = slice_make(w->agent, sizeof(w->agent)),
		.now = w->now,
		.order = buf_slice(&order),
		.chain = chain,
		.num_chain = w->no_between ? 1 : 2,
	    },
	    &out, ei);
	if (e == ERR_OK) {
		assert_int_equal(out.operation, w->order.operation);
		assert_true(slice_eq(out.origin, w->order.origin));
		assert_true(slice_eq(out.person, w->order.person));
		assert_true(slice_eq(out.nonce, w->order.nonce));
		assert_int_equal(out.not_after, w->order.not_after);
	}
	free(w->centre.ca);
	cert_free(leaf);
	cert_free(ca);
	cert_free(root);
	buf_clear(&order);
	kit_clear(&w->kit);
	return e;
}

/* --- cases ---------------------------------------------------------------- */

#define CHANGE(name, ...)                                                      \
	static void name(struct world *w)                                      \
	{                                                                      \
		__VA_ARGS__;                                                   \
	}

CHANGE(nothing, (void)w)
CHANGE(slow_clock, w->now = KIT_NOW - 299)
CHANGE(fast_clock, w->now = KIT_NOW + 300 + 299)
CHANGE(other_origin, w->order.origin = SLICE_LIT("https://ca.example.ru:1"))
CHANGE(other_agent, memcpy(w->agent, other_id, sizeof(other_id)))
CHANGE(early, w->now = KIT_NOW - 301)
CHANGE(late, w->now = KIT_NOW + 300 + 301)
/* Before and after everything of the chain: the clock is what is told. */
CHANGE(early_by_decades, w->now = KIT_NOW - (int64_t)30 * 365 * 86400)
CHANGE(late_by_decades, w->now = KIT_NOW + (int64_t)30 * 365 * 86400)
CHANGE(long_life, w->order.not_after = KIT_NOW + 601)
CHANGE(alien, w->alien_key = true)
CHANGE(changed_signature, w->change_from_end = 1)
CHANGE(no_ca, w->no_between = true)
CHANGE(other_purpose, w->purpose = oid_bytes(OID_KP_CLIENT))
CHANGE(soft_purpose, w->purpose_critical = false)
CHANGE(two_purposes, w->second_purpose = true)
CHANGE(ended_key, w->kit.certs[KIT_LEAF].to = KIT_NOW - 1)
CHANGE(other_issuer, w->kit.certs[KIT_CA].issuer_key = w->kit.keys[KIT_LEAF])
CHANGE(no_ca_after_all, w->kit.certs[KIT_CA].ca = false)
CHANGE(no_such_operation, w->order.operation = (enum page_operation)6)
CHANGE(no_person, w->order.person = SLICE_EMPTY)
CHANGE(dirty_person, w->order.person = SLICE_LIT("a\nb"))
CHANGE(no_spec, w->order.key_spec = SLICE_EMPTY)
CHANGE(spec_elsewhere, w->order.operation = PAGE_CHECK;
       w->order.certificate = slice_make(sha, sizeof(sha)))
CHANGE(cert_elsewhere, w->order.certificate = slice_make(sha, sizeof(sha)))
CHANGE(short_nonce, w->order.nonce.len = 15)
CHANGE(short_agent, w->order.agent.len = 15)
CHANGE(backwards, w->order.not_after = KIT_NOW)

static const struct {
	const char *name;
	void (*change)(struct world *w);
	enum err kind;
	const char *rule;
} cases[] = {
    {"a good one", nothing, ERR_OK, ""},
    {"our clock is slow", slow_clock, ERR_OK, ""},
    {"our clock is fast", fast_clock, ERR_OK, ""},
    {"of another origin", other_origin, ERR_POLICY, "order.origin"},
    {"for another agent", other_agent, ERR_POLICY, "order.agent"},
    {"too early", early, ERR_POLICY, "order.early"},
    {"too late", late, ERR_POLICY, "order.expired"},
    {"decades too early", early_by_decades, ERR_POLICY, "order.early"},
    {"decades too late", late_by_decades, ERR_POLICY, "order.expired"},
    {"lives too long", long_life, ERR_POLICY, "order.life"},
    {"by another key", alien, ERR_CRYPTO, "order.signature"},
    {"changed", changed_signature, ERR_CRYPTO, "order.signature"},
    {"without its CA", no_ca, ERR_POLICY, "chain.issuer"},
    {"a key for something else", other_purpose, ERR_POLICY, "order.purpose"},
    {"a purpose that may be passed over", soft_purpose, ERR_POLICY,
	"order.purpose"},
    {"a key for more than orders", two_purposes, ERR_POLICY, "order.purpose"},
    {"a key that has ended", ended_key, ERR_POLICY, "chain.expired"},
    {"a CA of another root", other_issuer, ERR_POLICY, "chain.signature"},
    {"a CA that is none", no_ca_after_all, ERR_POLICY, "chain.key_usage.ca"},
    {"an unknown operation", no_such_operation, ERR_UNSUPPORTED,
	"order.operation"},
    {"for nobody", no_person, ERR_POLICY, "order.fields"},
    {"for a name with a line end", dirty_person, ERR_POLICY, "order.fields"},
    {"a key of no kind", no_spec, ERR_POLICY, "order.fields"},
    {"a check with a kind of key", spec_elsewhere, ERR_POLICY, "order.fields"},
    {"a new key with a certificate", cert_elsewhere, ERR_POLICY,
	"order.fields"},
    {"a short nonce", short_nonce, ERR_POLICY, "order.fields"},
    {"a short agent", short_agent, ERR_POLICY, "order.fields"},
    {"ends before it begins", backwards, ERR_POLICY, "order.fields"},
};

static void
test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct errinfo ei = {0};
		struct world w;
		enum err e;

		world_init(&w);
		cases[i].change(&w);
		e = judge(&w, &ei);
		if (e != cases[i].kind ||
		    (e != ERR_OK && strcmp(ei.rule, cases[i].rule) != 0)) {
			fail_msg("%s: %s [%s] %s", cases[i].name, err_name(e),
			    ei.rule, ei.text);
		}
	}
}

/* No byte of it can be another: it is refused, by whatever rule. */
static void
test_each_byte(void **state)
{
	size_t len;

	(void)state;
	{
		struct buf order = BUF_INIT(PAGE_ORDER_BYTES_MAX);
		struct world w;

		world_init(&w);
		make_order(&w, &order);
		len = order.len;
		buf_clear(&order);
		kit_clear(&w.kit);
	}
	for (size_t i = 1; i <= len; i++) {
		struct errinfo ei = {0};
		struct world w;

		world_init(&w);
		w.change_from_end = i;
		if (judge(&w, &ei) == ERR_OK) {
			fail_msg(
			    "byte %zu of %zu may be another", len - i, len);
		}
		assert_true(ei.rule[0] != '\0');
	}
}

/* Each operation has its fields, and reads back as it was written. */
static void
test_operations(void **state)
{
	(void)state;
	for (int op = PAGE_MAKE_KEY; op < PAGE_OPERATION_MAX_; op++) {
		const char *name = page_operation_name((enum page_operation)op);
		struct errinfo ei = {0};
		struct world w;

		world_init(&w);
		w.order.operation = (enum page_operation)op;
		if (op != PAGE_MAKE_KEY) {
			w.order.key_spec = SLICE_EMPTY;
			w.order.certificate = slice_make(sha, sizeof(sha));
		}
		if (op == PAGE_ACQUAINT) {
			w.order.document = SLICE_LIT("acquaintance-1");
			w.order.document_size = 1234;
			w.order.document_sha256 = slice_make(sha, sizeof(sha));
		}
		assert_ok(judge(&w, &ei), &ei);
		assert_int_equal(page_operation_find(name), op);
	}
	assert_int_equal(page_operation_find(""), 0);
	assert_int_equal(page_operation_find("sign"), 0);
}

static int
set_up(void **state)
{
	struct errinfo ei;

	(void)state;
	return crypto_init(&ei) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_cases),
	    cmocka_unit_test(test_each_byte),
	    cmocka_unit_test(test_operations),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
