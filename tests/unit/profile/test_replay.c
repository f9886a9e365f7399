/* SPDX-License-Identifier: Apache-2.0 */
/* An issue again: the same bytes under the same profile, and under a changed
 * one exactly the differences that the change makes. */
#include "kit.h"

#include <stdlib.h>
#include <string.h>

#include "der/der.h"
#include "profile/replay.h"
#include "profile/tbs_facts.h"

static void
sign(struct kit *k, struct buf *cert)
{
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);

	kit_build(k, &tbs);
	kit_sign(k, buf_slice(&tbs), cert);
	buf_clear(&tbs);
}

static void
print_difference(void *arg, const char *key, const char *a, const char *b)
{
	(void)arg;
	print_error("%s: %s, %s\n", key, a, b);
}

static void
the_same_profile_makes_the_same_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < kit_num_profiles; i++) {
		struct replay *r = calloc(1, sizeof(*r));
		struct buf cert = BUF_INIT(CERT_BYTES_MAX);
		struct errinfo ei;
		struct kit k;

		assert_non_null(r);
		kit_init(&k, kit_profiles[i], KIT_NOW);
		sign(&k, &cert);
		assert_ok(
		    replay_run(k.p, &k.ca, k.t, buf_slice(&cert), r, &ei), &ei);
		if (!r->equal || r->refused || r->issued_lint.num > 0 ||
		    r->rebuilt_lint.num > 0) {
			(void)facts_diff(
			    &r->issued, &r->rebuilt, print_difference, NULL);
			fail_msg("%s: %s", kit_profiles[i],
			    r->refused ? r->why.text : "");
		}
		assert_int_equal(
		    facts_diff(&r->issued, &r->rebuilt, print_difference, NULL),
		    0);
		replay_clear(r);
		free(r);
		buf_clear(&cert);
		kit_clear(&k);
	}
	print_message("proves: I1\n");
}

static void
collect(void *arg, const char *key, const char *a, const char *b)
{
	struct buf *keys = arg;

	buf_printf(keys, "%s%s ", a == NULL ? "+" : b == NULL ? "-" : "", key);
}

struct change {
	const char *profile;
	const char *name;
	void (*make)(struct profile *p);
	const char *keys; /* of the differences; NULL: it is refused */
	const char *rule; /* of the refusal, or of lint on the issued bytes */
};

static void
shorter(struct profile *p)
{
	p->days--;
}

static void
usage(struct profile *p)
{
	p->exts.key_usage |= KU_NON_REPUDIATION;
}

static void
not_critical(struct profile *p)
{
	p->exts.critical[EXT_KEY_USAGE] = false;
}

static void
no_ocsp(struct profile *p)
{
	p->exts.aia_ocsp = false;
}

static void
printable(struct profile *p)
{
	for (size_t i = 0; i < p->num_attrs; i++) {
		if (p->attrs[i].id == OID_CN) {
			p->attrs[i].tag = DER_PRINTABLE_STRING;
		}
	}
}

static void
other_order(struct profile *p)
{
	struct profile_attr first = p->attrs[0];

	p->attrs[0] = p->attrs[1];
	p->attrs[1] = first;
}

static void
wants_ou(struct profile *p)
{
	for (size_t i = 0; i < p->num_attrs; i++) {
		p->attrs[i].required |= p->attrs[i].id == OID_OU;
	}
}

static void
no_email(struct profile *p)
{
	for (size_t i = 0; i < p->num_attrs; i++) {
		p->attrs[i].forbidden |= p->attrs[i].id == OID_EMAIL;
	}
}

static void
no_rsa(struct profile *p)
{
	p->num_keys = 1;
}

static void
another_tool(struct profile *p)
{
	free(p->exts.subject_tool);
	p->exts.subject_tool =
	    slice_dup_str(slice_str("Перо (не сертифицировано)"));
}

static const struct change changes[] = {
    {"tls-client", "days", shorter, "validity.1 ", "lint.validity.length"},
    {"tls-client", "usage", usage, "extensions.keyUsage ",
	"lint.key_usage.value"},
    {"tls-client", "not critical", not_critical,
	"extensions.keyUsage.critical ", "lint.key_usage.critical"},
    {"tls-client", "no OCSP", no_ocsp,
	"-extensions.authorityInfoAccess.1.0 "
	"-extensions.authorityInfoAccess.1.1 ",
	"lint.aia.value"},
    {"tls-client", "type", printable, "subject.CN ", "lint.subject.type"},
    {"tls-client", "order", other_order, "subject ", "lint.subject.order"},
    {"tls-client", "needs", wants_ou, NULL, "profile.attr.missing"},
    {"tls-client", "forbids", no_email, NULL, "profile.attr.forbidden"},
    {"tls-client@rsa", "key", no_rsa, NULL, "profile.key"},
    {"qualified-person", "tool", another_tool, "extensions.subjectSignTool ",
	"lint.subject_sign_tool.value"},
};

static void
check_change(const struct change *c)
{
	struct replay *r = calloc(1, sizeof(*r));
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct buf keys = BUF_INIT(4096);
	struct errinfo ei;
	struct kit k;

	assert_non_null(r);
	kit_init(&k, c->profile, KIT_NOW);
	sign(&k, &cert);
	c->make(k.p);
	if (strcmp(c->name, "days") == 0) {
		k.p->max_days = k.p->days;
	}
	template_free(k.t);
	assert_ok(template_new(k.p, &k.ca, &k.t, &ei), &ei);
	assert_ok(replay_run(k.p, &k.ca, k.t, buf_slice(&cert), r, &ei), &ei);
	assert_int_equal(r->refused, c->keys == NULL);
	if (r->refused) {
		assert_string_equal(r->why.rule, c->rule);
		assert_int_equal(r->rebuilt.num, 0);
	} else {
		(void)facts_diff(&r->issued, &r->rebuilt, collect, &keys);
		assert_string_equal(buf_cstr(&keys), c->keys);
		assert_int_equal(r->rebuilt_lint.num, 0);
		assert_string_equal(r->issued_lint.at[0].rule, c->rule);
		assert_false(r->equal);
	}
	replay_clear(r);
	free(r);
	buf_clear(&keys);
	buf_clear(&cert);
	kit_clear(&k);
}

static void
a_change_makes_its_difference(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		print_message("%s\n", changes[i].name);
		check_change(&changes[i]);
	}
	print_message("proves: I1\n");
}

static void
ignore(void *arg, const char *key, const char *a, const char *b)
{
	(void)arg;
	(void)key;
	(void)a;
	(void)b;
}

/* Whatever bit is flipped, either it is no certificate any more or its facts
 * are others. */
static void
no_difference_is_lost(void **state)
{
	static const char *const names[] = {
	    "qualified-org-person", "tls-server", "issuing-ca@rsa"};
	/* One of each octet when slow, each of the eight in turn. */
	const size_t stride = is_slow_run() ? 7 : 1;
	size_t num_read = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
		struct facts right = {0};
		struct errinfo ei;
		struct kit k;

		kit_init(&k, names[i], KIT_NOW);
		kit_build(&k, &tbs);
		assert_ok(tbs_facts(buf_slice(&tbs), &right, &ei), &ei);
		for (size_t bit = 0; bit < 8 * tbs.len; bit += stride) {
			struct facts f = {0};

			tbs.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (tbs_facts(buf_slice(&tbs), &f, &ei) == ERR_OK) {
				num_read++;
				if (facts_diff(&right, &f, ignore, NULL) == 0) {
					fail_msg("%s: bit %zu", names[i], bit);
				}
			}
			facts_clear(&f);
			tbs.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		}
		facts_clear(&right);
		buf_clear(&tbs);
		kit_clear(&k);
	}
	print_message("%zu changed certificates were read\n", num_read);
	assert_true(num_read > 5000 / stride);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_profile_makes_the_same_bytes),
	    cmocka_unit_test(a_change_makes_its_difference),
	    cmocka_unit_test(no_difference_is_lost),
	};

	return cmocka_run_group_tests_name(
	    "replay", tests, kit_group_setup, kit_group_teardown);
}
