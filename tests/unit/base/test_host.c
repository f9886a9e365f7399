/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/host.h"

static void
test_domains(void **state)
{
	static const struct {
		const char *name;
		size_t labels; /* 0: no name at all */
	} rows[] = {
	    {"example.org", 2},
	    {"a.b.example.org", 4},
	    {"xn--e1afmkfd.xn--p1ai", 2},
	    {"localhost", 1},
	    {"1.example", 2},
	    {"", 0},
	    {".", 0},
	    {".example.org", 0},
	    {"example.org.", 0},
	    {"a..b", 0},
	    {"-a.org", 0},
	    {"a-.org", 0},
	    {"a_b.org", 0},
	    {"*.example.org", 0},
	    {"192.0.2.1", 0},
	    {"example.1", 0},
	};
	char label[65];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct slice s = slice_str(rows[i].name);

		assert_int_equal(host_valid(s, 1), rows[i].labels >= 1);
		assert_int_equal(domain_valid(s), rows[i].labels >= 2);
	}
	memset(label, 'a', sizeof(label));
	assert_true(host_valid(slice_make(label, 63), 1));
	assert_false(host_valid(slice_make(label, 64), 1));
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *again; /* NULL: the same */
	} rows[] = {
	    {"192.0.2.1", 4, NULL},
	    {"255.255.255.255", 4, NULL},
	    {"256.0.2.1", 0, NULL},
	    {"192.0.2.01", 0, NULL},
	    {"192.0.2", 0, NULL},
	    {"192.0.2.1.", 0, NULL},
	    {"::", 16, NULL},
	    {"::1", 16, NULL},
	    {"1::", 16, NULL},
	    {"2001:DB8::8a2e:370:7334", 16, "2001:db8::8a2e:370:7334"},
	    {"2001:db8:0:0:1:0:0:1", 16, "2001:db8::1:0:0:1"},
	    {"2001:db8:0:1:1:1:1:1", 16, NULL},
	    {"1:0:0:2:0:0:0:3", 16, "1:0:0:2::3"},
	    {"1:2:3:4:5:6:7:8", 16, NULL},
	    {"1:2:3:4:5:6:7:0", 16, NULL},
	    {"1:2:3:4:5:6:0:0", 16, "1:2:3:4:5:6::"},
	    {"1:2:3:4:5:6:7", 0, NULL},
	    {"1:2:3:4:5:6:7:8:9", 0, NULL},
	    {"1::2::3", 0, NULL},
	    {"12345::", 0, NULL},
	    {"example.org", 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *want =
		    rows[i].again != NULL ? rows[i].again : rows[i].text;
		struct buf text = BUF_INIT(64);
		uint8_t octets[IP_OCTETS_MAX];
		size_t len = ip_parse(slice_str(rows[i].text), octets);

		assert_int_equal(len, rows[i].len);
		ip_put(&text, slice_make(octets, len));
		assert_string_equal(buf_cstr(&text), len > 0 ? want : "");
		buf_clear(&text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_domains),
	    cmocka_unit_test(test_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
