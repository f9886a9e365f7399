/* SPDX-License-Identifier: Apache-2.0 */
/* Chains of the state's roots and accredited centres, as they are. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "crypto/init.h"
#include "reference.h"
#include "x509/cert.h"
#include "x509/chain.h"

enum {
	JULY_2026 = 1784764800 /* 2026-07-23, when the files were taken */
};

static const char *const roots[] = {
    "root-minkomsvyaz-2018.pem",
    "root-minkomsvyaz-2021.pem",
    "root-mincifry-2022.pem",
    "root-mincifry-2025.pem",
    "root-mincifry-2026.pem",
};

/* Which root must be found above each; the last ended in May. */
static const struct {
	const char *file;
	const char *root;
	const char *rule;
} centres[] = {
    {"uc-kontur-2025.pem", "root-mincifry-2022.pem"},
    {"uc-astral-2025.pem", "root-mincifry-2022.pem"},
    {"uc-tensor-2026.pem", "root-mincifry-2026.pem"},
    {"uc-fns-2024.pem", "root-mincifry-2022.pem"},
    {"uc-fns-2025-bmpstring.pem", "root-mincifry-2022.pem"},
    {"uc-kaznacheystvo-2025.pem", "root-mincifry-2022.pem"},
    {"uc-cbki-2021-gost512.pem", "root-minkomsvyaz-2018.pem"},
    {"uc-ots-2020-tc26-256-A.pem", "root-minkomsvyaz-2018.pem"},
    {"cross-mincifry-2022-by-minkomsvyaz-2018.pem",
	"root-minkomsvyaz-2021.pem"},
    {"uc-cryptopro-2016-gost2001-bmpstring.pem", NULL, "chain.expired"},
};

static struct cert *
load(const char *dir, const char *name)
{
	char path[PATH_SIZE];
	struct buf der = BUF_INIT(FILE_BYTES);
	struct cert *c = NULL;
	struct errinfo ei = {0};

	assert_true(
	    snprintf(path, sizeof(path), "%s/%s", dir, name) < PATH_SIZE);
	load_der(path, &der);
	assert_ok(cert_parse(buf_slice(&der), &c, &ei), &ei);
	buf_clear(&der);
	return c;
}

static void
test_centres(void **state)
{
	struct cert *anchors[ARRAY_LEN(roots)];
	char dir[PATH_SIZE];
	struct chain_verdict v;
	struct errinfo ei = {0};

	(void)state;
	if (!reference_dir("ca", dir)) {
		skip();
	}
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		anchors[i] = load(dir, roots[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(centres); i++) {
		struct cert *leaf = load(dir, centres[i].file);
		struct chain_request req = {
		    .leaf = leaf,
		    .anchors = {(const struct cert *const *)anchors,
			ARRAY_LEN(anchors)},
		    .at = JULY_2026,
		    .rules = CHAIN_RULES_PKIX,
		    .leaf_is_ca = true,
		};
		const char *rule = centres[i].rule;

		assert_ok(chain_judge(&req, &v, &ei), &ei);
		if (strcmp(v.why.rule, rule != NULL ? rule : "") != 0) {
			fail_msg("%s: [%s] %s", centres[i].file, v.why.rule,
			    v.why.text);
		}
		for (size_t r = 0; r < ARRAY_LEN(roots); r++) {
			assert_int_equal(v.path[v.num - 1] == anchors[r],
			    centres[i].root != NULL &&
				strcmp(centres[i].root, roots[r]) == 0);
		}
		cert_free(leaf);
	}
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		cert_free(anchors[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_centres),
	};
	struct errinfo ei = {0};

	assert_ok(crypto_init(&ei), &ei);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
