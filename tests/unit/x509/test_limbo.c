/* SPDX-License-Identifier: Apache-2.0 */
/*
 * x509-limbo: 208 chains with the verdict that each must get.
 *
 * tests/data/limbo/verdicts.tsv has our verdict on each and the rules that it
 * rests on; one that changes fails here.  disagreements.tsv says, for every
 * case where we differ from what limbo expects, why; one without an entry
 * fails, and so does an entry without a disagreement.
 *
 * Each case is judged four times, because the first rule that is broken hides
 * the next: by the set of rules that its name asks for, by path validation
 * alone, and by both without the names that are expected.  The first of these
 * is the verdict.
 */
#include "unit.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/host.h"
#include "crypto/init.h"
#include "der/oid.h"
#include "reference.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/crl.h"
#include "x509/ext.h"
#include "x509/pem.h"

enum {
	NUM_CASES = 208,
	CERTS_MAX = 128,
	CRLS_MAX = 8,
	NAMES_MAX = 8,
	LINE_MAX_LEN = 1024,
};

/* What a case without a time is judged at: its certificates live from 1970
 * to 2969. */
static const char default_time[] = "2026-11-22T00:00:00Z";

struct row {
	char id[128];
	char verdict[16];        /* "good", "bad", "unknown" */
	char rest[LINE_MAX_LEN]; /* rules of the four, or the reason */
};

struct table {
	struct row rows[NUM_CASES];
	size_t num;
};

static void
read_table(const char *name, struct table *t)
{
	char path[PATH_SIZE], line[LINE_MAX_LEN];
	const char *root = getenv("SURGUCH_SOURCE_ROOT");
	FILE *f;

	assert_true(snprintf(path, sizeof(path), "%s/tests/data/limbo/%s",
			root != NULL ? root : ".", name) < PATH_SIZE);
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct row *r = &t->rows[t->num];

		if (line[0] == '#') {
			continue;
		}
		assert_true(t->num < NUM_CASES);
		assert_int_equal(sscanf(line, "%127[^\t]\t%15[^\t]\t%1023[^\n]",
				     r->id, r->verdict, r->rest),
		    3);
		t->num++;
	}
	assert_int_equal(fclose(f), 0);
}

static const struct row *
find_row(const struct table *t, const char *id)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < t->num; i++) {
		if (strcmp(t->rows[i].id, id) == 0) {
			assert_null(found);
			found = &t->rows[i];
		}
	}
	return found;
}

/* All that one case gives, parsed. */
struct scene {
	struct cert *leaf;
	struct cert *anchors[CERTS_MAX];
	size_t num_anchors;
	struct cert *others[CERTS_MAX];
	size_t num_others;
	struct crl *crls[CRLS_MAX];
	size_t num_crls;
	struct chain_name names[NAMES_MAX];
	uint8_t octets[NAMES_MAX][IP_OCTETS_MAX];
	struct chain_request req;
	struct errinfo unread; /* of the last that could not be parsed */
};

static void
der_of(const char *pem, const char *label, struct buf *der)
{
	struct slice text = slice_str(pem);
	struct errinfo ei = {0};

	assert_ok(pem_get(&text, label, der, &ei), &ei);
}

/* A certificate that cannot be read is not there for the chain. */
static void
load_cert(struct scene *s, const json_t *pem, struct cert **list, size_t *num)
{
	struct buf der = BUF_INIT(FILE_BYTES);

	assert_true(*num < CERTS_MAX);
	der_of(json_string_value(pem), PEM_CERTIFICATE, &der);
	if (cert_parse(buf_slice(&der), &list[*num], &s->unread) == ERR_OK) {
		(*num)++;
	}
	buf_clear(&der);
}

static void
load_crl(struct scene *s, const json_t *pem)
{
	struct buf der = BUF_INIT(FILE_BYTES);

	assert_true(s->num_crls < CRLS_MAX);
	der_of(json_string_value(pem), PEM_CRL, &der);
	if (crl_parse(buf_slice(&der), &s->crls[s->num_crls], &s->unread) ==
	    ERR_OK) {
		s->num_crls++;
	}
	buf_clear(&der);
}

static void
load_name(struct scene *s, const json_t *name)
{
	const char *kind = json_string_value(json_object_get(name, "kind"));
	struct slice value =
	    slice_str(json_string_value(json_object_get(name, "value")));
	size_t i = s->req.num_names;

	assert_true(i < NAMES_MAX);
	if (strcmp(kind, "IP") == 0) {
		size_t len = ip_parse(value, s->octets[i]);

		assert_true(len > 0);
		s->names[i] =
		    (struct chain_name){GN_IP, slice_make(s->octets[i], len)};
	} else if (strcmp(kind, "DNS") == 0) {
		s->names[i] = (struct chain_name){GN_DNS, value};
	} else {
		assert_string_equal(kind, "RFC822");
		s->names[i] = (struct chain_name){GN_EMAIL, value};
	}
	s->req.num_names++;
}

/* "2024-03-01T00:00:00.999+00:00": whole seconds count. */
static int64_t
time_of(const json_t *at)
{
	char text[TIME_TEXT_SIZE];
	int64_t sec = 0;

	(void)snprintf(text, sizeof(text), "%.19sZ",
	    json_is_string(at) ? json_string_value(at) : default_time);
	assert_true(time_from_text(slice_str(text), &sec));
	return sec;
}

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* What the first part of a case's name says it is about. */
static enum chain_rules
rules_of(const char *id)
{
	if (starts(id, "webpki::") || starts(id, "online::")) {
		return CHAIN_RULES_WEB;
	}
	return starts(id, "rfc5280::") ? CHAIN_RULES_PKIX : CHAIN_RULES_PATH;
}

static void
set_question(struct scene *s, const json_t *of)
{
	const char *kind =
	    json_string_value(json_object_get(of, "validation_kind"));
	bool client = strcmp(kind, "CLIENT") == 0;

	assert_true(client || strcmp(kind, "SERVER") == 0);
	s->req.purpose = oid_bytes(client ? OID_KP_CLIENT : OID_KP_SERVER);
	s->req.key_usage = json_array_size(json_object_get(of, "key_usage")) > 0
			       ? KU_DIGITAL_SIGNATURE
			       : 0;
	if (json_is_integer(json_object_get(of, "max_chain_depth"))) {
		s->req.has_depth_max = true;
		s->req.depth_max = (size_t)json_integer_value(
		    json_object_get(of, "max_chain_depth"));
	}
	s->req.revocation =
	    s->num_crls > 0 || json_array_size(json_object_get(of, "crls")) > 0
		? CHAIN_REVOCATION_DEMAND
		: CHAIN_REVOCATION_OFF;
}

static void
load(struct scene *s, const json_t *of)
{
	const json_t *item;
	size_t i, one = 0;

	load_cert(s, json_object_get(of, "peer_certificate"), &s->leaf, &one);
	json_array_foreach(json_object_get(of, "trusted_certs"), i, item)
	{
		load_cert(s, item, s->anchors, &s->num_anchors);
	}
	json_array_foreach(
	    json_object_get(of, "untrusted_intermediates"), i, item)
	{
		load_cert(s, item, s->others, &s->num_others);
	}
	json_array_foreach(json_object_get(of, "crls"), i, item)
	{
		load_crl(s, item);
	}
	if (json_is_object(json_object_get(of, "expected_peer_name"))) {
		load_name(s, json_object_get(of, "expected_peer_name"));
	}
	json_array_foreach(json_object_get(of, "expected_peer_names"), i, item)
	{
		load_name(s, item);
	}
	s->req.leaf = s->leaf;
	s->req.anchors = (struct chain_certs){
	    (const struct cert *const *)s->anchors, s->num_anchors};
	s->req.intermediates = (struct chain_certs){
	    (const struct cert *const *)s->others, s->num_others};
	s->req.crls = (struct chain_crls){
	    (const struct crl *const *)s->crls, s->num_crls};
	s->req.names = s->names;
	s->req.at = time_of(json_object_get(of, "validation_time"));
}

static void
clear(struct scene *s)
{
	cert_free(s->leaf);
	for (size_t i = 0; i < s->num_anchors; i++) {
		cert_free(s->anchors[i]);
	}
	for (size_t i = 0; i < s->num_others; i++) {
		cert_free(s->others[i]);
	}
	for (size_t i = 0; i < s->num_crls; i++) {
		crl_free(s->crls[i]);
	}
}

/* Append the rule that the verdict rests on; the parser's when it kept
 * something out of the chain. */
static enum chain_status
judge(struct scene *s, enum chain_rules rules, bool named, struct buf *out)
{
	struct chain_request req = s->req;
	struct chain_verdict v;
	struct errinfo ei = {0};

	buf_add_str(out, out->len > 0 ? "\t" : "");
	if (s->leaf == NULL) {
		buf_add_str(out, s->unread.rule);
		return CHAIN_BAD;
	}
	req.rules = rules;
	req.num_names = named ? req.num_names : 0;
	assert_ok(chain_judge(&req, &v, &ei), &ei);
	assert_int_equal(v.why.kind == ERR_OK, v.status == CHAIN_GOOD);
	assert_true(v.num > 0 && v.at < v.num);
	if (v.status == CHAIN_GOOD) {
		assert_true(v.path[0] == s->leaf);
		buf_add_str(out, "-");
		return v.status;
	}
	assert_true(v.why.text[0] != '\0' && v.why.object[0] != '\0');
	buf_add_str(out, v.why.rule);
	if (s->unread.kind != ERR_OK) {
		buf_printf(out, " (%s)", s->unread.rule);
	}
	return v.status;
}

static bool
check_case(const json_t *of, const struct table *verdicts,
    const struct table *disagreements)
{
	const char *id = json_string_value(json_object_get(of, "id"));
	const char *wanted =
	    json_string_value(json_object_get(of, "expected_result"));
	const struct row *known = find_row(verdicts, id);
	const struct row *excused = find_row(disagreements, id);
	struct scene *s = calloc(1, sizeof(*s));
	struct buf rules = BUF_INIT(LINE_MAX_LEN);
	enum chain_status status, wanted_status;
	bool right;

	assert_non_null(s);
	load(s, of);
	set_question(s, of);
	status = judge(s, rules_of(id), true, &rules);
	(void)judge(s, CHAIN_RULES_PATH, true, &rules);
	(void)judge(s, rules_of(id), false, &rules);
	(void)judge(s, CHAIN_RULES_PATH, false, &rules);
	wanted_status = strcmp(wanted, "SUCCESS") == 0 ? CHAIN_GOOD : CHAIN_BAD;
	right = known != NULL &&
		strcmp(known->verdict, chain_status_name(status)) == 0 &&
		strcmp(known->rest, buf_cstr(&rules)) == 0 &&
		(status == wanted_status) == (excused == NULL);
	if (!right) {
		print_error("%s\t%s\t%s\n  expected %s; recorded %s %s; %s\n",
		    id, chain_status_name(status), buf_cstr(&rules), wanted,
		    known != NULL ? known->verdict : "nothing",
		    known != NULL ? known->rest : "",
		    excused != NULL ? "explained" : "not explained");
	}
	buf_clear(&rules);
	clear(s);
	free(s);
	return right;
}

static json_t *
read_cases(void)
{
	char path[PATH_SIZE];
	json_error_t error;
	json_t *root;

	if (!reference_path("limbo", "limbo.json", path)) {
		skip();
	}
	root = json_load_file(path, 0, &error);
	assert_non_null(root);
	return root;
}

static void
test_limbo(void **state)
{
	static struct table verdicts, disagreements;
	json_t *root = read_cases(), *cases, *of;
	size_t i, wrong = 0;

	(void)state;
	read_table("verdicts.tsv", &verdicts);
	read_table("disagreements.tsv", &disagreements);
	cases = json_object_get(root, "testcases");
	assert_int_equal(json_array_size(cases), NUM_CASES);
	assert_int_equal(verdicts.num, NUM_CASES);
	json_array_foreach(cases, i, of)
	{
		wrong += !check_case(of, &verdicts, &disagreements);
	}
	for (i = 0; i < disagreements.num; i++) {
		assert_non_null(find_row(&verdicts, disagreements.rows[i].id));
	}
	assert_int_equal(wrong, 0);
	print_message("%d verdicts, %zu explained disagreements\n", NUM_CASES,
	    disagreements.num);
	json_decref(root);
}

/* Chains of sites as they were served do by each of the three sets. */
static void
test_real_sites(void **state)
{
	static const enum chain_rules all[] = {
	    CHAIN_RULES_PATH, CHAIN_RULES_PKIX, CHAIN_RULES_WEB};
	json_t *root = read_cases(), *of;
	struct buf rules = BUF_INIT(LINE_MAX_LEN);
	size_t i, num = 0;

	(void)state;
	json_array_foreach(json_object_get(root, "testcases"), i, of)
	{
		const char *id = json_string_value(json_object_get(of, "id"));
		struct scene *s;

		if (!starts(id, "online::")) {
			continue;
		}
		s = calloc(1, sizeof(*s));
		assert_non_null(s);
		load(s, of);
		set_question(s, of);
		for (size_t r = 0; r < ARRAY_LEN(all); r++) {
			assert_int_equal(
			    judge(s, all[r], true, &rules), CHAIN_GOOD);
		}
		clear(s);
		free(s);
		num++;
	}
	assert_int_equal(num, 14);
	buf_clear(&rules);
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_limbo),
	    cmocka_unit_test(test_real_sites),
	};
	struct errinfo ei = {0};

	if (crypto_init(&ei) != ERR_OK) {
		(void)fprintf(stderr, "crypto_init: %s\n", ei.text);
		return 1;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
