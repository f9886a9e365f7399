/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "fixture.h"
#include "identity/known.h"
#include "identity/operator.h"
#include "identity/token.h"

static void
test_scopes(void **state)
{
	struct buf b = BUF_INIT(SCOPE_TEXT_MAX);
	struct errinfo ei = {0};
	enum operator_role role;
	uint32_t set;
	uint32_t back;
	unsigned i;

	(void)state;
	assert_ok(scope_set_parse(
		      SLICE_LIT("registry:write, forms:approve"), &set, &ei),
	    &ei);
	assert_int_equal(set,
	    SCOPE_BIT(SCOPE_REGISTRY_WRITE) | SCOPE_BIT(SCOPE_FORMS_APPROVE));
	assert_int_equal(
	    scope_set_parse(SLICE_LIT("registry:write,forms:pa"), &set, &ei),
	    ERR_FORMAT);
	assert_string_equal(ei.object, "forms:pa");
	for (i = 0; i < ROLE_MAX_; i++) {
		set = operator_role_scopes((enum operator_role)i);
		buf_reset(&b);
		scope_set_text(set, &b);
		assert_ok(scope_set_parse(buf_slice(&b), &back, &ei), &ei);
		assert_int_equal(set, back);
		assert_true(operator_role_from(
		    slice_str(operator_role_name((enum operator_role)i)),
		    &role));
		assert_int_equal(role, i);
	}
	assert_false(operator_role_from(SLICE_LIT("root"), &role));
	/* A service centre never approves (H1, H4). */
	assert_int_equal(operator_role_scopes(ROLE_SERVICE_CENTRE) &
			     SCOPE_BIT(SCOPE_FORMS_APPROVE),
	    0);
	buf_clear(&b);
}

static void
test_tokens(void **state)
{
	struct fixture *f = *state;
	struct operators o = {.store = f->store, .clock = &f->clock};
	struct operator_grant grant = {.label = "walk",
	    .scopes = SCOPE_BIT(SCOPE_REGISTRY_WRITE) |
		      SCOPE_BIT(SCOPE_FORMS_APPROVE),
	    .expires_at = TEST_NOW + 100};
	struct operator_session s;
	struct actor actor;
	struct id id;
	struct id gid;
	struct errinfo ei = {0};
	char token[OPERATOR_TOKEN_SIZE] = "";
	char bad[OPERATOR_TOKEN_SIZE];

	actor_system(&actor, "ctl");
	assert_ok(
	    operator_add(&o, &actor, "Мария", ROLE_OPERATOR, &id, &ei), &ei);
	assert_int_equal(
	    operator_add(&o, &actor, "Мария", ROLE_AUDITOR, &id, &ei),
	    ERR_CONFLICT);
	assert_string_equal(ei.rule, "operator.name");
	assert_int_equal(
	    operator_add(&o, &actor, "a\nb", ROLE_AUDITOR, &id, &ei),
	    ERR_FORMAT);
	assert_ok(
	    operator_grant_add(&o, &actor, &id, &grant, token, &gid, &ei), &ei);
	assert_int_equal(strncmp(token, "sgo_", 4), 0);

	assert_ok(operator_check(&o, slice_str(token), &s, &ei), &ei);
	assert_true(id_eq(&s.info.id, &id));
	assert_string_equal(s.info.name, "Мария");
	assert_ok(operator_may(&s, SCOPE_FORMS_APPROVE, &ei), &ei);
	assert_int_equal(
	    operator_may(&s, SCOPE_CERTIFICATES_REVOKE, &ei), ERR_DENIED);
	assert_string_equal(ei.object, "certificates:revoke");

	memcpy(bad, token, sizeof(bad));
	bad[10] = bad[10] == 'A' ? 'B' : 'A';
	assert_int_equal(
	    operator_check(&o, slice_str(bad), &s, &ei), ERR_DENIED);
	assert_int_equal(
	    operator_check(&o, slice_str(token + 4), &s, &ei), ERR_DENIED);

	fixture_pass(f, 99);
	assert_ok(operator_check(&o, slice_str(token), &s, &ei), &ei);
	fixture_pass(f, 1);
	assert_int_equal(
	    operator_check(&o, slice_str(token), &s, &ei), ERR_DENIED);

	grant.expires_at = 0;
	assert_ok(
	    operator_grant_add(&o, &actor, &id, &grant, token, &gid, &ei), &ei);
	assert_ok(operator_check(&o, slice_str(token), &s, &ei), &ei);
	/* A disabled operator's tokens open nothing, from that moment. */
	assert_ok(operator_disable(&o, &actor, &id, &ei), &ei);
	assert_int_equal(operator_disable(&o, &actor, &id, &ei), ERR_STATE);
	assert_int_equal(
	    operator_check(&o, slice_str(token), &s, &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "operator.token");

	/* No token beyond its role. */
	grant.scopes = SCOPE_BIT(SCOPE_AUDIT_READ);
	assert_int_equal(
	    operator_grant_add(&o, &actor, &id, &grant, token, &gid, &ei),
	    ERR_POLICY);
	assert_string_equal(ei.rule, "operator.role");
}

/* A token holds no more than its operator's role, whatever its row says. */
static void
test_role_rules(void **state)
{
	struct fixture *f = *state;
	struct operators o = {.store = f->store, .clock = &f->clock};
	struct operator_session s;
	struct actor actor;
	struct id id;
	struct errinfo ei = {0};
	struct unit u;
	uint8_t own[32];
	const char *token = "sgo_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

	actor_system(&actor, "ctl");
	assert_ok(operator_add(&o, &actor, "a", ROLE_AUDITOR, &id, &ei), &ei);
	assert_ok(token_hash(slice_str(token), own, &ei), &ei);
	unit_init(&u);
	unit_add(&u, ST_GRANT_INSERT, EXPECT(1), V_ID(&id), V_ID(&id),
	    V_BLOB(slice_make(own, sizeof(own))), V_TEXT("x"),
	    V_TEXT("audit:read,certificates:revoke"), V_INT(TEST_NOW), V_NULL);
	assert_ok(store_submit(f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
	assert_ok(operator_check(&o, slice_str(token), &s, &ei), &ei);
	assert_int_equal(s.scopes, SCOPE_BIT(SCOPE_AUDIT_READ));
}

static void
expect_denied(struct operators *o, const char *token)
{
	struct operator_session s;
	struct errinfo ei = {0};

	assert_int_equal(
	    operator_check(o, slice_str(token), &s, &ei), ERR_DENIED);
	assert_string_equal(ei.rule, "operator.token");
}

/* A token that is known is good for this second; an end holds at once. */
static void
test_known(void **state)
{
	struct fixture *f = *state;
	struct operators o = {.store = f->store, .clock = &f->clock};
	/* Somebody else on the same database. */
	struct operators other = {.store = f->store, .clock = &f->clock};
	const struct operator_grant grant = {.label = "x",
	    .scopes = SCOPE_BIT(SCOPE_AUDIT_READ),
	    .expires_at = TEST_NOW + 2};
	const struct operator_grant endless = {
	    .label = "y", .scopes = SCOPE_BIT(SCOPE_AUDIT_READ)};
	struct operator_session s, first;
	struct actor actor;
	struct id one, two, gid;
	uint8_t hash[TOKEN_HASH_SIZE];
	uint64_t ticket = 0;
	struct errinfo ei = {0};
	char ends[OPERATOR_TOKEN_SIZE] = "", lasts[OPERATOR_TOKEN_SIZE] = "",
	     others[OPERATOR_TOKEN_SIZE] = "";

	assert_ok(known_new(&o.known, &ei), &ei);
	actor_system(&actor, "ctl");
	assert_ok(operator_add(&o, &actor, "a", ROLE_AUDITOR, &one, &ei), &ei);
	assert_ok(operator_add(&o, &actor, "b", ROLE_AUDITOR, &two, &ei), &ei);
	assert_ok(
	    operator_grant_add(&o, &actor, &one, &grant, ends, &gid, &ei), &ei);
	assert_ok(
	    operator_grant_add(&o, &actor, &one, &endless, lasts, &gid, &ei),
	    &ei);
	assert_ok(
	    operator_grant_add(&o, &actor, &two, &endless, others, &gid, &ei),
	    &ei);

	/* Looked up, then known: the same. */
	assert_ok(operator_check(&o, slice_str(lasts), &first, &ei), &ei);
	assert_ok(operator_check(&o, slice_str(lasts), &s, &ei), &ei);
	assert_true(id_eq(&s.info.id, &one) && id_eq(&s.grant, &first.grant));
	assert_string_equal(s.info.name, "a");
	assert_int_equal(s.scopes, first.scopes);
	assert_ok(token_hash(slice_str(lasts), hash, &ei), &ei);
	assert_true(known_get(o.known, hash, TEST_NOW, &s, &ticket));
	assert_false(known_get(o.known, hash, TEST_NOW + 1, &s, &ticket));
	assert_false(known_get(o.known, hash, TEST_NOW - 1, &s, &ticket));

	/* A token ends by itself. */
	assert_ok(operator_check(&o, slice_str(ends), &s, &ei), &ei);
	fixture_pass(f, 2);
	expect_denied(&o, ends);

	/* Ended by us: at once, and not brought back by who read before. */
	assert_ok(operator_check(&o, slice_str(lasts), &first, &ei), &ei);
	assert_false(known_get(o.known, hash, TEST_NOW, &s, &ticket));
	assert_ok(operator_disable(&o, &actor, &one, &ei), &ei);
	known_put(o.known, ticket, hash, TEST_NOW + 2, &first);
	expect_denied(&o, lasts);

	/* By somebody else: when the second is over. */
	assert_ok(operator_check(&o, slice_str(others), &s, &ei), &ei);
	assert_ok(operator_disable(&other, &actor, &two, &ei), &ei);
	assert_ok(operator_check(&o, slice_str(others), &s, &ei), &ei);
	fixture_pass(f, 1);
	expect_denied(&o, others);
	known_free(o.known);
}

static void
test_list(void **state)
{
	struct fixture *f = *state;
	struct operators o = {.store = f->store, .clock = &f->clock};
	struct operator_info page[4];
	struct actor actor;
	struct id id;
	struct errinfo ei = {0};
	char name[16];
	size_t num;
	int i;

	actor_system(&actor, "ctl");
	for (i = 0; i < 6; i++) {
		snprintf(name, sizeof(name), "op-%d", i);
		fixture_pass(f, 1);
		assert_ok(
		    operator_add(&o, &actor, name, ROLE_PROGRAM, &id, &ei),
		    &ei);
	}
	assert_ok(operator_list(&o, NULL, page, 4, &num, &ei), &ei);
	assert_int_equal(num, 4);
	assert_string_equal(page[0].name, "op-0");
	assert_ok(operator_list(&o, &page[3].id, page, 4, &num, &ei), &ei);
	assert_int_equal(num, 2);
	assert_string_equal(page[1].name, "op-5");
	assert_int_equal(page[1].role, ROLE_PROGRAM);
	assert_ok(operator_find(&o, "op-5", page, &ei), &ei);
	assert_true(id_eq(&page[0].id, &id));
	assert_int_equal(operator_find(&o, "nobody", page, &ei), ERR_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scopes),
	    cmocka_unit_test_setup_teardown(
		test_tokens, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		test_role_rules, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		test_known, fixture_setup, fixture_teardown),
	    cmocka_unit_test_setup_teardown(
		test_list, fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name(
	    "identity/operator", tests, NULL, NULL);
}
