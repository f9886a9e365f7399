/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/support.h"

#include <string.h>

#include "container/meta_priv.h"

static const struct meta sample = {
    .info = {.id = "000102030405060708090a0b0c0d0e0f",
	.label = "label",
	.spec = "p256",
	.created = 1795000000,
	.has_password = true,
	.has_cert = true},
    .has_next = true,
    .key_sha = {1},
    .cert_sha = {2},
    .next_sha = {3},
    .iterations = 10,
    .salt = {4},
    .check = {5},
    .mac = {6},
};

static void
build(const struct meta *m, struct buf *out)
{
	struct errinfo ei = {0};

	buf_init(out, (size_t)2 * CONTAINER_META_MAX);
	assert_ok(meta_build(m, out, &ei), &ei);
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		struct meta m = sample, back;
		struct errinfo ei = {0};
		struct buf json, again;

		m.info.has_password = (i & 1) != 0;
		m.info.has_cert = (i & 2) != 0;
		m.has_next = (i & 4) != 0;
		build(&m, &json);
		assert_ok(meta_parse(buf_slice(&json), &back, &ei), &ei);
		build(&back, &again);
		assert_true(slice_eq(buf_slice(&json), buf_slice(&again)));
		buf_clear(&json);
		buf_clear(&again);
	}
}

/* The MAC covers every value: changing any changes it. */
static void
test_mac_covers(void **state)
{
	struct slice key = SLICE_LIT("key");
	uint8_t mac[12][META_DIGEST];
	struct meta m[12];
	struct errinfo ei = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(m); i++) {
		m[i] = sample;
	}
	m[1].info.id[0] = '1';
	m[2].info.label[0] = 'L';
	m[3].info.spec[1] = '3';
	m[4].info.created++;
	m[5].info.has_password = false;
	m[6].info.has_cert = false;
	m[7].has_next = false;
	m[8].key_sha[31] = 1;
	m[9].cert_sha[31] = 1;
	m[10].next_sha[31] = 1;
	m[11].iterations++;
	for (size_t i = 0; i < ARRAY_LEN(m); i++) {
		assert_ok(meta_mac(&m[i], key, mac[i], &ei), &ei);
		for (size_t j = 0; j < i; j++) {
			assert_memory_not_equal(mac[i], mac[j], META_DIGEST);
		}
	}
}

static const struct {
	const char *from;
	const char *to;
	enum err kind;
	const char *rule;
} edits[] = {
    {"\"format\":1", "\"format\":2", ERR_UNSUPPORTED, "container.format"},
    {"\"format\":1", "\"format\":0", ERR_LIMIT, "json.field.range"},
    {"\"id\":\"000", "\"id\":\"x00", ERR_FORMAT, "container.meta"},
    {"\"id\"", "\"iD\"", ERR_FORMAT, "json.field.unknown"},
    {"\"label\":\"label\"", "\"label\":\"lapel\"", ERR_CRYPTO,
	"container.damaged"},
    {"\"label\":\"label\"", "\"label\":1234567", ERR_FORMAT, "json.field.type"},
    {"\"password\"", "\"passw0rd\"", ERR_FORMAT, "container.meta"},
    {"\"iterations\":10", "\"iterations\": 0", ERR_LIMIT, "json.field.range"},
    {"\"iterations\":10", "\"iterations\":11", ERR_CRYPTO, "container.damaged"},
    {"\"created\":\"2026", "\"created\":\"202x", ERR_FORMAT, "container.meta"},
    {"\"check\":\"05", "\"check\":\"06", ERR_CRYPTO, "container.damaged"},
    {"\"mac\":\"06", "\"mac\":\"07", ERR_CRYPTO, "container.damaged"},
    {"\"salt\":\"04", "\"salt\":\"0z", ERR_FORMAT, "container.meta"},
};

static void
test_edits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		struct meta back;
		struct errinfo ei = {0};
		struct buf json;
		char *at;
		enum err e;

		print_message("%s\n", edits[i].to);
		assert_int_equal(strlen(edits[i].from), strlen(edits[i].to));
		build(&sample, &json);
		(void)buf_cstr(&json);
		at = strstr((char *)json.p, edits[i].from);
		assert_non_null(at);
		memcpy(at, edits[i].to, strlen(edits[i].to));
		e = meta_parse(buf_slice(&json), &back, &ei);
		if (e != edits[i].kind) {
			print_error("[%s] %s\n", ei.rule, ei.text);
		}
		assert_int_equal(e, edits[i].kind);
		assert_string_equal(ei.rule, edits[i].rule);
		buf_clear(&json);
	}
}

/* "protection": "none" with a MAC beside it is no container of ours. */
static void
test_none_with_mac(void **state)
{
	struct meta m = sample, back;
	struct errinfo ei = {0};
	struct buf json, out = BUF_INIT(CONTAINER_META_MAX);

	(void)state;
	m.info.has_password = false;
	build(&m, &json);
	buf_add(&out, slice_make(json.p, json.len - 1));
	buf_add_str(&out, ",\"iterations\":1}");
	assert_int_equal(meta_parse(buf_slice(&out), &back, &ei), ERR_FORMAT);
	assert_string_equal(ei.object, "iterations");
	buf_reset(&out);
	buf_add_str(&out, "[]");
	assert_int_not_equal(meta_parse(buf_slice(&out), &back, &ei), ERR_OK);
	buf_clear(&json);
	buf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_mac_covers),
	    cmocka_unit_test(test_edits),
	    cmocka_unit_test(test_none_with_mac),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
