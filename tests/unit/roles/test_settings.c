/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>
#include <unistd.h>

#include "ipc/fds.h"
#include "roles/plan.h"
#include "roles/settings.h"

static enum err
parse(const char *text, struct settings **out, struct errinfo *ei)
{
	return settings_parse(slice_str(text), "t.conf", NULL, out, ei);
}

static void
nothing_is_a_centre(void **state)
{
	struct settings *s = NULL;
	struct errinfo ei;

	(void)state;
	assert_ok(parse("", &s, &ei), &ei);
	assert_string_equal(s->etc_dir, "/etc/surguch");
	assert_string_equal(s->public_dir, "/var/lib/surguch/public");
	assert_string_equal(s->control_path, "/run/surguch/control.sock");
	assert_string_equal(s->tls_key, "/var/lib/surguch/front/tls-key.pem");
	assert_string_equal(
	    s->libexec + strlen(s->libexec) - strlen("/libexec/surguch"),
	    "/libexec/surguch");
	assert_string_equal(s->api.address, "127.0.0.1");
	assert_int_equal(s->api.port, 8443);
	assert_int_equal(s->connections_per_ip, 200);
	assert_int_equal(s->num_signers, 0);
	assert_int_equal(s->metrics.port, 0);
	assert_int_equal(s->ocsp_cache_bytes, 64 << 20);
	assert_int_equal(s->messages.parts_hour, 10000);
	assert_int_equal(s->messages.parts_day, 60000);
	assert_int_equal(s->messages.money_day, 0);
	assert_int_equal(s->messages.breaker_codes, 40);
	assert_int_equal(s->messages.breaker_percent, 15);
	assert_int_equal(s->messages.num_prefixes, 1);
	assert_string_equal(s->messages.prefixes[0], "+7");
	assert_false(s->insecure_shared_uid);
	assert_false(s->insecure_no_landlock);
	assert_int_equal(s->log_level, LOG_INFO);
	assert_false(settings_has_server(s));
	settings_free(s);
}

static void
everything_is_taken(void **state)
{
	struct settings *s = NULL;
	struct errinfo ei;

	(void)state;
	assert_ok(parse("prefix = \"/p\"; libexec = \"/l\";\n"
			"log_level = \"debug\";\n"
			"support = { phone = \"8\"; hours = \"9\"; };\n"
			"api = { address = \"::1\"; port = 1; "
			"origin = \"https://x\"; certificate = \"/c\"; "
			"key = \"/k\"; proxies = [\"10.0.0.1\"]; "
			"connections_per_ip = 9; };\n"
			"public = { address = \"0.0.0.0\"; port = 65535; "
			"ocsp_cache_mib = 0; url = \"http://x:1/y\"; };\n"
			"database = { host = \"::1\"; port = 1; name = "
			"\"n\"; user = \"u\"; password_file = \"/w\"; };\n"
			"messages = { prefixes = [\"+375\", \"+7916\"]; "
			"parts_hour = 1; parts_day = 2; money_day = 3; "
			"breaker_codes = 0; breaker_percent = 100; };\n"
			"users = { front = \"f\"; courier = \"64001:7\"; };\n"
			"signers = ({ name = \"a\"; user = \"u\"; ocsp = "
			"\"b\"; ocsp_user = \"v\"; }, { name = \"c\"; }, "
			"{ name = \"d\"; ocsp = \"e\"; });\n"
			"page_orders = { name = \"z\"; user = \"w\"; };\n"
			"control = ({ user = \"anna\"; role = "
			"\"auditor\"; });\n"
			"insecure_shared_uid = true;\n"
			"insecure_no_landlock = true;\n",
		      &s, &ei),
	    &ei);
	assert_string_equal(s->courier_dir, "/p/var/lib/surguch/courier");
	assert_string_equal(s->libexec, "/l");
	assert_int_equal(s->connections_per_ip, 9);
	assert_string_equal(s->support_phone, "8");
	assert_string_equal(s->support_hours, "9");
	assert_string_equal(s->api.address, "::1");
	assert_string_equal(s->origin, "https://x");
	assert_string_equal(s->public.address, "0.0.0.0");
	assert_string_equal(s->public_url, "http://x:1/y");
	assert_string_equal(s->front_user, "f");
	assert_true(settings_has_server(s));
	assert_string_equal(s->database.host, "::1");
	assert_int_equal(s->database.port, 1);
	assert_string_equal(s->database.name, "n");
	assert_string_equal(s->database.user, "u");
	assert_string_equal(s->database.password_file, "/w");
	assert_string_equal(s->tls_certificate, "/c");
	assert_string_equal(s->tls_key, "/k");
	assert_int_equal(s->public.port, 65535);
	assert_int_equal(s->ocsp_cache_bytes, 0);
	assert_int_equal(s->messages.parts_hour, 1);
	assert_int_equal(s->messages.parts_day, 2);
	assert_int_equal(s->messages.money_day, 3);
	assert_int_equal(s->messages.breaker_codes, 0);
	assert_int_equal(s->messages.breaker_percent, 100);
	assert_int_equal(s->messages.num_prefixes, 2);
	assert_string_equal(s->messages.prefixes[1], "+7916");
	assert_string_equal(s->proxies[0], "10.0.0.1");
	assert_string_equal(s->courier_user, "64001:7");
	assert_string_equal(s->signers[0].ocsp_user, "v");
	assert_int_equal(s->num_control, 1);
	assert_string_equal(s->control[0].user, "anna");
	assert_string_equal(s->control[0].role, "auditor");
	assert_true(s->insecure_shared_uid);
	/* What front and the parent must agree on. */
	assert_int_equal(settings_channel(s, 0, false), ROLE_FD_SIGNERS);
	assert_int_equal(settings_channel(s, 0, true), ROLE_FD_SIGNERS + 1);
	assert_int_equal(settings_channel(s, 1, false), ROLE_FD_SIGNERS + 2);
	assert_int_equal(settings_channel(s, 1, true), -1);
	assert_int_equal(settings_channel(s, 2, false), ROLE_FD_SIGNERS + 3);
	assert_int_equal(settings_channel(s, 2, true), ROLE_FD_SIGNERS + 4);
	assert_int_equal(settings_channel_page_orders(s), ROLE_FD_SIGNERS + 5);
	assert_string_equal(s->page_orders.user, "w");
	settings_free(s);
}

static const struct {
	const char *name;
	const char *text;
} bad[] = {
    {"relative prefix", "prefix = \"p\";"},
    {"no libexec", "libexec = \"\";"},
    {"relative key", "api = { key = \"k\"; };"},
    {"port 0", "api = { port = 0; };"},
    {"no address", "public = { url = \"ca.example.ru\"; };"},
    {"a slash", "public = { url = \"http://ca.example.ru/\"; };"},
    {"port 65536", "public = { port = 65536; };"},
    {"database elsewhere", "database = { host = \"db.example.ru\"; };"},
    {"relative password", "database = { password_file = \"p\"; };"},
    {"unknown word", "ports = 1;"},
    {"unknown level", "log_level = \"loud\";"},
    {"signer without a name", "signers = ({ user = \"1\"; });"},
    {"signer of a path", "signers = ({ name = \"../a\"; });"},
    {"signer twice", "signers = ({ name = \"a\"; }, { name = \"a\"; });"},
    {"signer its own OCSP", "signers = ({ name = \"a\"; ocsp = \"a\"; });"},
    {"OCSP twice", "signers = ({ name = \"a\"; ocsp = \"x\"; }, "
		   "{ name = \"b\"; ocsp = \"x\"; });"},
    {"control without a role", "control = ({ user = \"anna\"; });"},
    {"control as nobody", "control = ({ role = \"auditor\"; });"},
    {"no such role", "control = ({ user = \"a\"; role = \"king\"; });"},
    {"metrics for everybody", "metrics = { address = \"0.0.0.0\"; };"},
    {"insecure as text", "insecure_shared_uid = \"yes\";"},
};

static void
mistakes_are_refused(void **state)
{
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct settings *s = NULL;

		if (parse(bad[i].text, &s, &ei) != ERR_FORMAT || s != NULL) {
			print_error("%s\n", bad[i].name);
			fail();
		}
	}
}

static void
uids_are_each_ones_own(void **state)
{
	static const struct {
		const char *text;
		enum err want;
		const char *rule;
	} cases[] = {
	    {"users = {front = \"1\"; courier = \"2\";};"
	     "signers = ({name = \"a\"; user = \"3\"; ocsp = \"b\"; "
	     "ocsp_user = \"4\";});",
		ERR_OK, ""},
	    {"users = {front = \"1\"; courier = \"2\";};"
	     "signers = ({name = \"a\"; user = \"2\";});",
		ERR_POLICY, "plan.shared_uid"},
	    {"users = {front = \"1\"; courier = \"2\";};"
	     "signers = ({name = \"a\"; user = \"3\"; ocsp = \"b\"; "
	     "ocsp_user = \"3\";});",
		ERR_POLICY, "plan.shared_uid"},
	    {"users = {front = \"1\"; courier = \"1\";};", ERR_POLICY,
		"plan.shared_uid"},
	    {"users = {front = \"1\"; courier = \"1\";};"
	     "insecure_shared_uid = true;",
		ERR_OK, ""},
	    {"users = {front = \"0\"; courier = \"1\";};", ERR_POLICY,
		"plan.root"},
	    {"users = {courier = \"1\";};", ERR_POLICY, "plan.root"},
	    {"users = {front = \"no-such-user-here\"; courier = \"1\";};",
		ERR_NOTFOUND, "process.user"},
	};
	struct errinfo ei;

	(void)state;
	if (geteuid() != 0) {
		print_message("only root can give roles a uid\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct settings *s = NULL;

		assert_ok(parse(cases[i].text, &s, &ei), &ei);
		assert_int_equal(plan_check_uids(s, &ei), cases[i].want);
		if (cases[i].want != ERR_OK) {
			assert_string_equal(ei.rule, cases[i].rule);
		}
		settings_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_a_centre),
	    cmocka_unit_test(everything_is_taken),
	    cmocka_unit_test(mistakes_are_refused),
	    cmocka_unit_test(uids_are_each_ones_own),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
