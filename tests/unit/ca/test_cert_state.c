/* SPDX-License-Identifier: Apache-2.0 */
/* Every event in every state of a certificate. */
#include "unit.h"

#include "ca/cert_state.h"

static const struct {
	enum cert_state from;
	enum cert_event event;
	enum cert_state to;
	const char *rule; /* of a refusal */
} pairs[] = {
    {CERT_GOOD, CERT_EV_HOLD, CERT_HOLD, NULL},
    {CERT_GOOD, CERT_EV_RELEASE, CERT_GOOD, "certificate.not_held"},
    {CERT_GOOD, CERT_EV_REVOKE, CERT_REVOKED, NULL},
    {CERT_HOLD, CERT_EV_HOLD, CERT_HOLD, "certificate.hold"},
    {CERT_HOLD, CERT_EV_RELEASE, CERT_GOOD, NULL},
    {CERT_HOLD, CERT_EV_REVOKE, CERT_REVOKED, NULL},
    {CERT_REVOKED, CERT_EV_HOLD, CERT_REVOKED, "certificate.revoked"},
    {CERT_REVOKED, CERT_EV_RELEASE, CERT_REVOKED, "certificate.revoked"},
    {CERT_REVOKED, CERT_EV_REVOKE, CERT_REVOKED, "certificate.revoked"},
};

static void
every_pair_has_its_end(void **state)
{
	bool seen[CERT_STATE_MAX_][CERT_EVENT_MAX_] = {{false}};

	(void)state;
	print_message("proves: I2\n");
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		enum cert_state to = pairs[i].from;
		struct errinfo ei;
		enum err e =
		    cert_state_next(pairs[i].from, pairs[i].event, &to, &ei);

		assert_int_equal(to, pairs[i].to);
		if (pairs[i].rule == NULL) {
			assert_ok(e, &ei);
		} else {
			assert_int_equal(e, ERR_STATE);
			assert_string_equal(ei.rule, pairs[i].rule);
		}
		seen[pairs[i].from][pairs[i].event] = true;
	}
	for (unsigned s = 0; s < CERT_STATE_MAX_; s++) {
		for (unsigned e = 0; e < CERT_EVENT_MAX_; e++) {
			assert_true(seen[s][e]);
		}
	}
}

static void
names_are_those_of_the_database(void **state)
{
	(void)state;
	for (unsigned s = 0; s < CERT_STATE_MAX_; s++) {
		const char *name = cert_state_name((enum cert_state)s);

		assert_int_equal(cert_state_parse(name), s);
	}
	assert_int_equal(cert_state_parse("held"), CERT_STATE_MAX_);
	assert_int_equal(cert_state_parse(""), CERT_STATE_MAX_);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_pair_has_its_end),
	    cmocka_unit_test(names_are_those_of_the_database),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
