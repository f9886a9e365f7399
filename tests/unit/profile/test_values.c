/* SPDX-License-Identifier: Apache-2.0 */
#include "kit.h"

#include <stdlib.h>
#include <string.h>

#include "base/host.h"
#include "crypto/init.h"

static const struct {
	enum san_kind kind;
	const char *in;
	const char *want; /* NULL: refused by the kind's rule */
} sans[] = {
    {SAN_DNS, "www.example.ru", "www.example.ru"},
    {SAN_DNS, "WWW.Example.RU", "www.example.ru"},
    {SAN_DNS, "*.example.ru", "*.example.ru"},
    {SAN_DNS, "xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"},
    {SAN_DNS, "a.b", "a.b"},
    {SAN_DNS, "localhost", NULL},
    {SAN_DNS, "*", NULL},
    {SAN_DNS, "*.ru", NULL},
    {SAN_DNS, "w*.example.ru", NULL},
    {SAN_DNS, "*.*.example.ru", NULL},
    {SAN_DNS, "www.*.example.ru", NULL},
    {SAN_DNS, "www.example.ru.", NULL},
    {SAN_DNS, "-a.example.ru", NULL},
    {SAN_DNS, "a_b.example.ru", NULL},
    {SAN_DNS, "пример.рф", NULL},
    {SAN_DNS, "192.0.2.1", NULL},
    {SAN_DNS, "", NULL},
    {SAN_EMAIL, "a@example.ru", "a@example.ru"},
    {SAN_EMAIL, " a@example.ru", NULL},
    {SAN_EMAIL, "a@localhost", NULL},
    {SAN_EMAIL, "example.ru", NULL},
    {SAN_IP, "192.0.2.1", "192.0.2.1"},
    {SAN_IP, "0.0.0.0", "0.0.0.0"},
    {SAN_IP, "2001:db8::1", "2001:db8::1"},
    {SAN_IP, "::", "::"},
    {SAN_IP, "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    {SAN_IP, "1::8", "1::8"},
    {SAN_IP, "::8", "::8"},
    {SAN_IP, "1::", "1::"},
    {SAN_IP, "192.0.2", NULL},
    {SAN_IP, "192.0.2.256", NULL},
    {SAN_IP, "192.0.2.01", NULL},
    {SAN_IP, "192.0.2.1 ", NULL},
    {SAN_IP, "192.0.2.1/24", NULL},
    {SAN_IP, "1:2:3:4:5:6:7", NULL},
    {SAN_IP, "1:2:3:4:5:6:7:8:9", NULL},
    {SAN_IP, "1::2::3", NULL},
    {SAN_IP, "1:2:3:4::5:6:7:8", NULL},
    {SAN_IP, ":1:2:3:4:5:6:7", NULL},
    {SAN_IP, "1:", NULL},
    {SAN_IP, ":::", NULL},
    {SAN_IP, "12345::", NULL},
    {SAN_IP, "g::", NULL},
    {SAN_IP, "fe80::1%eth0", NULL},
    {SAN_URI, "https://example.ru/a?b#c", "https://example.ru/a?b#c"},
    {SAN_URI, "urn:x", "urn:x"},
    {SAN_URI, "//example.ru", NULL},
    {SAN_URI, "1http://e.ru", NULL},
    {SAN_URI, "http:", NULL},
    {SAN_URI, "http://e.ru/ a", NULL},
    {SAN_URI, "http://пример.рф", NULL},
    {SAN_URI, "http://e.ru/<a>", NULL},
};

static void
alternative_names_have_their_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sans); i++) {
		struct issue_values v;
		struct errinfo ei = {0};
		char rule[ERRINFO_RULE];
		enum err err;

		values_init(&v);
		err = values_add_san(
		    &v, sans[i].kind, slice_str(sans[i].in), &ei);
		if (sans[i].want != NULL) {
			if (err != ERR_OK) {
				fail_msg("\"%s\": %s", sans[i].in, ei.text);
			}
			assert_string_equal(v.sans[0].text, sans[i].want);
		} else {
			(void)snprintf(rule, sizeof(rule), "san.%s",
			    san_kind_name(sans[i].kind));
			if (err != ERR_FORMAT) {
				fail_msg("\"%s\" was taken", sans[i].in);
			}
			assert_string_equal(ei.rule, rule);
			assert_int_equal(v.num_sans, 0);
		}
		values_clear(&v);
	}
}

static void
addresses_become_octets(void **state)
{
	static const uint8_t six[16] = {
	    0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd, 0, 1};
	static const uint8_t four[4] = {192, 0, 2, 255};
	static const uint8_t tail[16] = {0, 1, 0, 2};
	uint8_t out[16];

	(void)state;
	assert_int_equal(ip_parse(slice_str("192.0.2.255"), out), 4);
	assert_memory_equal(out, four, 4);
	assert_int_equal(ip_parse(slice_str("2001:DB8::abcd:1"), out), 16);
	assert_memory_equal(out, six, 16);
	assert_int_equal(ip_parse(slice_str("1:2::"), out), 16);
	assert_memory_equal(out, tail, 16);
	assert_int_equal(ip_parse(slice_str("example.ru"), out), 0);
}

static void
fill(struct issue_values *v)
{
	struct errinfo ei;

	values_init(v);
	memset(v->idem, 1, sizeof(v->idem));
	assert_ok(values_set_profile(v, SLICE_LIT("tls-server"), &ei), &ei);
	assert_ok(values_add_attr(v, OID_CN, SLICE_LIT("a.ru"), &ei), &ei);
	assert_ok(values_add_attr(v, OID_OU, SLICE_LIT("b"), &ei), &ei);
	assert_ok(values_add_san(v, SAN_DNS, SLICE_LIT("a.ru"), &ei), &ei);
	assert_ok(values_set_spki(v, SLICE_LIT("key"), &ei), &ei);
	v->not_before = 5;
	v->not_after = 6;
	v->identification_kind = 1;
}

static void
change_idem(struct issue_values *v)
{
	v->idem[31] ^= 1;
}

static void
change_profile(struct issue_values *v)
{
	v->profile[0] = 'x';
}

static void
change_attr(struct issue_values *v)
{
	v->attrs.at[1].text[0] = 'c';
}

static void
change_attr_id(struct issue_values *v)
{
	v->attrs.at[1].id = OID_O;
}

static void
drop_attr(struct issue_values *v)
{
	free(v->attrs.at[--v->attrs.num].text);
}

static void
change_san(struct issue_values *v)
{
	v->sans[0].text[0] = 'b';
}

static void
change_san_kind(struct issue_values *v)
{
	v->sans[0].kind = SAN_URI;
}

static void
change_start(struct issue_values *v)
{
	v->not_before++;
}

static void
change_end(struct issue_values *v)
{
	v->not_after++;
}

static void
change_identification(struct issue_values *v)
{
	v->identification_kind = IDENTIFICATION_NONE;
}

static void
change_key(struct issue_values *v)
{
	v->spki[2] = 'x';
}

static void
every_field_counts(void **state)
{
	static void (*const changes[])(struct issue_values *) = {change_idem,
	    change_profile, change_attr, change_attr_id, drop_attr, change_san,
	    change_san_kind, change_start, change_end, change_identification,
	    change_key};
	uint8_t seen[ARRAY_LEN(changes) + 1][VALUES_DIGEST_SIZE];
	struct issue_values base;
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	fill(&base);
	assert_ok(values_digest(&base, seen[ARRAY_LEN(changes)], &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct issue_values copy;

		fill(&copy);
		assert_ok(values_digest(&copy, seen[i], &ei), &ei);
		assert_memory_equal(
		    seen[i], seen[ARRAY_LEN(changes)], VALUES_DIGEST_SIZE);
		changes[i](&copy);
		assert_ok(values_digest(&copy, seen[i], &ei), &ei);
		/* The key of the request is not its content. */
		assert_int_equal(memcmp(seen[i], seen[ARRAY_LEN(changes)],
				     VALUES_DIGEST_SIZE) == 0,
		    i == 0);
		for (size_t j = 1; i > 0 && j < i; j++) {
			assert_memory_not_equal(
			    seen[i], seen[j], VALUES_DIGEST_SIZE);
		}
		values_clear(&copy);
	}
	values_clear(&base);
	print_message("proves: I2\n");
}

/* Moving a byte from one text to the next is another request. */
static void
fields_do_not_run_together(void **state)
{
	static const char *const pairs[][2] = {{"ab", "c"}, {"a", "bc"}};
	uint8_t digests[2][VALUES_DIGEST_SIZE];
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	for (size_t i = 0; i < 2; i++) {
		struct issue_values v;

		values_init(&v);
		for (size_t j = 0; j < 2; j++) {
			assert_ok(values_add_attr(
				      &v, OID_OU, slice_str(pairs[i][j]), &ei),
			    &ei);
		}
		assert_ok(values_digest(&v, digests[i], &ei), &ei);
		values_clear(&v);
	}
	assert_memory_not_equal(digests[0], digests[1], VALUES_DIGEST_SIZE);
}

static void
limits_are_kept(void **state)
{
	static const uint8_t big[SPKI_BYTES_MAX + 1];
	struct issue_values v;
	struct errinfo ei;

	(void)state;
	values_init(&v);
	assert_int_equal(
	    values_set_spki(&v, slice_make(big, sizeof(big)), &ei), ERR_LIMIT);
	assert_int_equal(values_set_spki(&v, SLICE_EMPTY, &ei), ERR_FORMAT);
	assert_int_equal(
	    values_set_profile(&v, SLICE_LIT("Tls"), &ei), ERR_FORMAT);
	assert_int_equal(values_set_profile(&v, SLICE_EMPTY, &ei), ERR_FORMAT);
	assert_int_equal(
	    values_set_profile(&v, SLICE_LIT("../tls"), &ei), ERR_FORMAT);
	for (size_t i = 0; i < SANS_MAX; i++) {
		assert_ok(
		    values_add_san(&v, SAN_URI, SLICE_LIT("urn:x"), &ei), &ei);
	}
	assert_int_equal(
	    values_add_san(&v, SAN_URI, SLICE_LIT("urn:x"), &ei), ERR_LIMIT);
	values_clear(&v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(alternative_names_have_their_form),
	    cmocka_unit_test(addresses_become_octets),
	    cmocka_unit_test(every_field_counts),
	    cmocka_unit_test(fields_do_not_run_together),
	    cmocka_unit_test(limits_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
