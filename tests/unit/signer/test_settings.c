/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "signer/settings.h"

static enum err
parse(const char *text, struct signer_settings **out, struct errinfo *ei)
{
	return signer_settings_parse(slice_str(text), "test.conf", out, ei);
}

static void
the_least_is_a_name(void **state)
{
	struct signer_settings *s = NULL;
	struct errinfo ei;
	uint64_t n;

	(void)state;
	assert_ok(parse("name = \"a\";", &s, &ei), &ei);
	assert_string_equal(s->name, "a");
	assert_int_equal(s->kind, SIGNER_KIND_CA);
	assert_int_equal(s->sig_alg, SIG_NONE);
	assert_int_equal(s->num_profiles, 0);
	assert_int_equal(s->crl_per_day, SIGNER_CRL_CEILING_DEFAULT);
	assert_int_equal(s->crl_sec_max, 192 * 3600);
	assert_false(signer_settings_ceiling(s, "x", &n));
	assert_null(signer_settings_release(s, SLICE_LIT("\5")));
	signer_settings_free(s);
}

static void
everything_is_taken(void **state)
{
	struct signer_settings *s = NULL;
	const struct signer_release *r;
	struct errinfo ei;
	uint8_t key[32];
	uint64_t n;

	(void)state;
	assert_ok(
	    parse("name = \"issuing-gost\"; kind = \"ca\";\n"
		  "signature = \"gost2012-256\";\n"
		  "profiles = [\"a\", \"b-2\"];\n"
		  "responders = [\"000102030405060708090a0b0c0d0e0f1011"
		  "12131415161718191a1b1c1d1E1F\"];\n"
		  "time_stampers = [\"100102030405060708090a0b0c0d0e0f1011"
		  "12131415161718191a1b1c1d1e1f\"];\n"
		  "crl_urls = [\"http://a/1\", \"http://a/2\"];\n"
		  "ca_urls = [\"http://b\"]; ocsp_urls = [];\n"
		  "ceilings = ({profile = \"a\"; per_day = 5;},\n"
		  " {profile = \"b-2\"; per_day = 0;});\n"
		  "crl_per_day = 9; ocsp_per_day = 0;\n"
		  "crl_unknown_max = 0;\n"
		  "crl_hours_max = 8784; ocsp_hours_max = 1;\n"
		  "releases = ({serial = \"00ff\"; by = \"Ива\"; "
		  "reason = \"Почему\";});\n",
		&s, &ei),
	    &ei);
	assert_int_equal(s->sig_alg, SIG_GOST256);
	assert_int_equal(s->num_profiles, 2);
	assert_string_equal(s->profiles[1], "b-2");
	for (size_t i = 0; i < sizeof(key); i++) {
		key[i] = (uint8_t)i;
	}
	assert_int_equal(s->responders.num, 1);
	assert_true(signer_keys_hold(&s->responders, key));
	assert_false(signer_keys_hold(&s->time_stampers, key));
	key[0] = 0x10;
	assert_false(signer_keys_hold(&s->responders, key));
	assert_true(signer_keys_hold(&s->time_stampers, key));
	key[31] ^= 1;
	assert_false(signer_keys_hold(&s->time_stampers, key));
	assert_int_equal(s->crl_urls.num, 2);
	assert_string_equal(s->crl_urls.at[1], "http://a/2");
	assert_int_equal(s->ocsp_urls.num, 0);
	assert_true(signer_settings_ceiling(s, "a", &n));
	assert_int_equal(n, 5);
	assert_true(signer_settings_ceiling(s, "b-2", &n));
	assert_int_equal(n, 0);
	assert_int_equal(s->crl_unknown_max, 0);
	assert_int_equal(s->crl_sec_max, 8784 * 3600);
	r = signer_settings_release(s, SLICE_LIT("\0\xff"));
	assert_non_null(r);
	assert_string_equal(r->by, "Ива");
	assert_null(signer_settings_release(s, SLICE_LIT("\xff")));
	signer_settings_free(s);
}

static void
reads_how_long_deltas_live(void **state)
{
	static const struct {
		const char *text;
		int64_t sec;
	} good[] = {
	    {"name = \"a\";", 0},
	    {"name = \"a\"; crl_delta_hours = 0; crl_per_day = 1;", 0},
	    {"name = \"a\"; crl_delta_hours = 1; crl_per_day = 50;", 3600},
	    {"name = \"a\"; crl_delta_hours = 1; crl_shards = 39;", 3600},
	    {"name = \"a\"; crl_delta_hours = 24; crl_shards = 256;", 86400},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct signer_settings *s = NULL;
		struct errinfo ei;

		assert_ok(signer_settings_parse(
			      slice_str(good[i].text), "a.conf", &s, &ei),
		    &ei);
		assert_int_equal(s->crl_delta_sec, good[i].sec);
		signer_settings_free(s);
	}
}

static void
reads_where_the_key_is(void **state)
{
	struct signer_settings *s = NULL;
	struct errinfo ei;

	(void)state;
	assert_ok(signer_settings_parse(
		      SLICE_LIT("name = \"a\";"), "a.conf", &s, &ei),
	    &ei);
	assert_int_equal(s->key.kind, SIGNER_KEY_FILE);
	assert_int_equal(s->key.secret, SIGNER_SECRET_FILE);
	signer_settings_free(s);
	assert_ok(signer_settings_parse(
		      SLICE_LIT("name = \"a\"; key = { kind = \"module\"; "
				"secret = \"unlock\"; module = \"/lib/m.so\"; "
				"serial = \"0123\"; id = \"0aff\"; "
				"environment = [\"A=b=c\"]; read = [\"/r\"]; "
				"write = [\"/w\", \"/v\"]; "
				"calls = [\"mlock2\"]; socket = true; };"),
		      "a.conf", &s, &ei),
	    &ei);
	assert_int_equal(s->key.kind, SIGNER_KEY_MODULE);
	assert_int_equal(s->key.secret, SIGNER_SECRET_UNLOCK);
	assert_string_equal(s->key.module, "/lib/m.so");
	assert_string_equal(s->key.where.token, "");
	assert_string_equal(s->key.where.serial, "0123");
	assert_string_equal(s->key.where.label, "");
	assert_int_equal(s->key.where.id_len, 2);
	assert_memory_equal(s->key.where.id, "\x0a\xff", 2);
	assert_string_equal(s->key.env[0], "A=b=c");
	assert_string_equal(s->key.read.at[0], "/r");
	assert_int_equal(s->key.write.num, 2);
	assert_string_equal(s->key.write.at[1], "/v");
	assert_string_equal(s->key.calls[0], "mlock2");
	assert_true(s->key.socket);
	signer_settings_free(s);
}

static const struct {
	const char *name;
	const char *text;
} bad[] = {
    {"nothing", ""},
    {"unknown kind of key", "name = \"a\"; key = { kind = \"hsm\"; };"},
    {"unknown secret", "name = \"a\"; key = { secret = \"prompt\"; };"},
    {"module without a path", "name = \"a\"; key = { kind = \"module\"; token "
			      "= \"t\"; label = \"k\"; };"},
    {"module by a relative path",
	"name = \"a\"; key = { kind = \"module\"; module = \"m.so\"; token = "
	"\"t\"; label = \"k\"; };"},
    {"module without a token", "name = \"a\"; key = { kind = \"module\"; "
			       "module = \"/lib/m.so\"; label = \"k\"; };"},
    {"module without a key", "name = \"a\"; key = { kind = \"module\"; module "
			     "= \"/lib/m.so\"; token = \"t\"; };"},
    {"key id of no hex",
	"name = \"a\"; key = { kind = \"module\"; module = \"/lib/m.so\"; "
	"token = \"t\"; label = \"k\"; id = \"0g\"; };"},
    {"half a key id",
	"name = \"a\"; key = { kind = \"module\"; module = \"/lib/m.so\"; "
	"token = \"t\"; label = \"k\"; id = \"012\"; };"},
    {"module of a key in a file",
	"name = \"a\"; key = { module = \"/lib/m.so\"; token = \"t\"; label = "
	"\"k\";  };"},
    {"environment of the loader",
	"name = \"a\"; key = { kind = \"module\"; module = \"/lib/m.so\"; "
	"token = \"t\"; label = \"k\"; environment = [\"LD_PRELOAD=/x\"]; };"},
    {"environment without a value",
	"name = \"a\"; key = { kind = \"module\"; module = \"/lib/m.so\"; "
	"token = \"t\"; label = \"k\"; environment = [\"X\"]; };"},
    {"system call that there is not",
	"name = \"a\"; key = { kind = \"module\"; module = \"/lib/m.so\"; "
	"token = \"t\"; label = \"k\"; calls = [\"sing\"]; };"},
    {"system call that nobody gets",
	"name = \"a\"; key = { kind = \"module\"; module = \"/lib/m.so\"; "
	"token = \"t\"; label = \"k\"; calls = [\"execve\"]; };"},
    {"relative path",
	"name = \"a\"; key = { kind = \"module\"; module = \"/lib/m.so\"; "
	"token = \"t\"; label = \"k\"; write = [\"tokens\"]; };"},
    {"no name", "kind = \"ca\";"},
    {"name of capitals", "name = \"A\";"},
    {"empty name", "name = \"\";"},
    {"unknown kind", "name = \"a\"; kind = \"root\";"},
    {"unknown word", "name = \"a\"; nmae = \"b\";"},
    {"twice", "name = \"a\"; name = \"a\";"},
    {"unknown signature", "name = \"a\"; signature = \"md5\";"},
    {"path in a profile", "name = \"a\"; profiles = [\"../x\"];"},
    {"half a responder", "name = \"a\"; responders = [\"0011\"];"},
    {"no hex in a responder",
	"name = \"a\"; responders = [\"g00102030405060708090a0b0c0d0e0f10111213"
	"1415161718191a1b1c1d1e1f\"];"},
    {"ceiling below zero", "name = \"a\"; profiles = [\"a\"];"
			   "ceilings = ({profile = \"a\"; per_day = -1;});"},
    {"ceiling of another's profile",
	"name = \"a\"; profiles = [\"a\"];"
	"ceilings = ({profile = \"b\"; per_day = 1;});"},
    {"ceiling twice", "name = \"a\"; profiles = [\"a\"]; ceilings = ({profile "
		      "= \"a\"; per_day = 1;},"
		      "{profile = \"a\"; per_day = 2;});"},
    {"ceiling of nothing", "name = \"a\"; ceilings = ({per_day = 1;});"},
    {"no CRL at all", "name = \"a\"; crl_per_day = 0;"},
    {"a delta longer than its list", "name = \"a\"; crl_delta_hours = 25;"},
    {"a delta below zero", "name = \"a\"; crl_delta_hours = -1;"},
    {"no room for deltas",
	"name = \"a\"; crl_delta_hours = 1; crl_per_day = 49;"},
    {"no room for deltas of shards",
	"name = \"a\"; crl_delta_hours = 1; crl_shards = 40;"},
    {"endless CRL", "name = \"a\"; crl_hours_max = 10000;"},
    {"release without a name",
	"name = \"a\"; releases = ({serial = \"05\"; reason = \"x\";});"},
    {"release without a reason",
	"name = \"a\"; releases = ({serial = \"05\"; by = \"x\"; "
	"reason = \"\";});"},
    {"serial of odd length",
	"name = \"a\"; releases = ({serial = \"5\"; by = \"x\"; "
	"reason = \"y\";});"},
    {"serial negative",
	"name = \"a\"; releases = ({serial = \"85\"; by = \"x\"; "
	"reason = \"y\";});"},
    {"serial not minimal",
	"name = \"a\"; releases = ({serial = \"0005\"; by = \"x\"; "
	"reason = \"y\";});"},
    {"serial zero", "name = \"a\"; releases = ({serial = \"00\"; by = \"x\"; "
		    "reason = \"y\";});"},
    {"serial of 21 octets",
	"name = \"a\"; releases = ({serial = "
	"\"010203040506070809101112131415161718192021\"; by = \"x\"; "
	"reason = \"y\";});"},
    {"an OCSP key with profiles",
	"name = \"a\"; kind = \"ocsp\"; profiles = [\"x\"];"},
};

static void
mistakes_are_refused(void **state)
{
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct signer_settings *s = NULL;

		if (parse(bad[i].text, &s, &ei) != ERR_FORMAT || s != NULL) {
			print_error("%s\n", bad[i].name);
			fail();
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_least_is_a_name),
	    cmocka_unit_test(reads_how_long_deltas_live),
	    cmocka_unit_test(reads_where_the_key_is),
	    cmocka_unit_test(everything_is_taken),
	    cmocka_unit_test(mistakes_are_refused),
	};

	return cmocka_run_group_tests_name("settings", tests, NULL, NULL);
}
