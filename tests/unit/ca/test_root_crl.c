/* SPDX-License-Identifier: Apache-2.0 */
/* ca/root_crl: which list of a root is taken, what it ends, and what of it
 * outlives a restart. */
#include "unit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../x509/chain_kit.h"
#include "base/clock.h"
#include "ca/authority.h"
#include "ca/root_crl.h"
#include "failing/failing.h"
#include "os/file.h"
#include "store/audit_list.h"
#include "store/store.h"
#include "util.h"
#include "x509/ext.h"

enum {
	FIRST = 5, /* the number of a list of the kit */
	FILE_BYTES = 65536
};

#define FILE_NAME "root-x.crl"

static struct place place;
static struct store *store;
static struct kit kit;
static struct root_crls *roots;
static char trouble[ERRINFO_RULE]; /* what root_crls_load() told of last */

static int64_t
now_ms(void *arg)
{
	(void)arg;
	return KIT_NOW * (int64_t)1000;
}

static const struct clock clock_now = {now_ms, now_ms, NULL};

/* --- the world ------------------------------------------------------------ */

/* CAs under their own names: "one" and "two" under the root, "low" under
 * one. */
static void
add(const char *name, const int *chain, size_t num)
{
	struct slice ders[ROOT_CRL_LEVELS_MAX] = {SLICE_EMPTY};
	struct cert *certs[ROOT_CRL_LEVELS_MAX] = {NULL};
	struct errinfo ei = {0};

	for (size_t i = 0; i < num; i++) {
		certs[i] = kit_make(&kit.certs[chain[i]]);
		ders[i] = cert_der(certs[i]);
	}
	assert_ok(root_crls_add(roots, name, ders, num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		cert_free(certs[i]);
	}
}

static void
note_trouble(void *arg, const char *file, const struct errinfo *ei)
{
	(void)arg;
	assert_string_equal(file, FILE_NAME);
	(void)snprintf(trouble, sizeof(trouble), "%s", ei->rule);
}

/* As front does at its start. */
static void
begin(void)
{
	const struct root_crls_options o = {store, &clock_now, place.dir};
	struct errinfo ei = {0};

	assert_ok(root_crls_new(&o, &roots, &ei), &ei);
	add("one", (const int[]){KIT_CA, KIT_ROOT}, 2);
	add("two", (const int[]){KIT_OTHER, KIT_ROOT}, 2);
	add("low", (const int[]){KIT_LEAF, KIT_CA, KIT_ROOT}, 3);
	trouble[0] = '\0';
	assert_ok(root_crls_load(roots, note_trouble, NULL, &ei), &ei);
}

static void
restart(void)
{
	root_crls_free(roots);
	begin();
}

/* Where the certificates of both CAs say that the list is. */
static void
set_address(const char *url)
{
	ext_put_crl_points(kit_exts(&kit, KIT_CA), &url, 1);
	ext_put_crl_points(kit_exts(&kit, KIT_OTHER), &url, 1);
}

static void
open_world(const char *url)
{
	struct errinfo ei = {0};

	place_new(&place);
	assert_ok(store_open(place.path, NULL, &store, &ei), &ei);
	kit_init(&kit);
	kit.certs[KIT_OTHER].subject = "two";
	set_address(url);
	begin();
}

static int
setup(void **state)
{
	(void)state;
	open_world("http://ca.example/crl/" FILE_NAME);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	root_crls_free(roots);
	kit_clear(&kit);
	store_close(store);
	place_free(&place);
	return 0;
}

/* --- lists ---------------------------------------------------------------- */

/* The next list of the kit, to be changed; its entries by revoke(). */
static struct kit_crl *
list(uint8_t number)
{
	struct kit_crl *c;

	kit.num_crls = 0;
	c = kit_add_crl(&kit, "root", KIT_ROOT);
	buf_reset(&c->entries);
	c->number = number;
	return c;
}

static void
revoke(struct kit_crl *c, int cert, enum crl_reason reason)
{
	uint8_t serial = (uint8_t)kit.certs[cert].serial;

	crl_entry_put(
	    &c->entries, slice_make(&serial, 1), KIT_NOW - KIT_DAY, reason);
}

static void
der_of(const struct kit_crl *c, struct buf *out)
{
	struct crl *crl = kit_make_crl(c);

	crl_build(crl, out);
	crl_free(crl);
}

static enum err
take(const struct kit_crl *c, struct root_crl_taken *out, struct errinfo *ei)
{
	struct buf der = BUF_INIT(FILE_BYTES);
	enum err e;

	der_of(c, &der);
	e = root_crl_take(roots, buf_slice(&der), "test", out, ei);
	buf_clear(&der);
	return e;
}

static void
taken(const struct kit_crl *c)
{
	struct root_crl_taken x;
	struct errinfo ei = {0};

	assert_ok(take(c, &x, &ei), &ei);
	assert_int_equal(x.number, c->number);
}

static void
refused(const struct kit_crl *c, enum err want, const char *rule)
{
	struct root_crl_taken x;
	struct errinfo ei = {0};

	assert_int_equal(take(c, &x, &ei), want);
	if (rule != NULL) {
		assert_string_equal(ei.rule, rule);
	}
}

/* --- what is seen --------------------------------------------------------- */

static void
path_of_file(char out[PATH_TEXT_SIZE])
{
	struct errinfo ei = {0};

	assert_ok(path_join(out, place.dir, FILE_NAME, &ei), &ei);
}

static void
write_file(const struct kit_crl *c)
{
	struct buf der = BUF_INIT(FILE_BYTES);
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	path_of_file(path);
	der_of(c, &der);
	assert_ok(file_write_atomic(path, buf_slice(&der), 0644, &ei), &ei);
	buf_clear(&der);
}

/* The list of this number is in force, served, and on the disk. */
static void
published(uint8_t number)
{
	struct buf file = BUF_INIT(FILE_BYTES);
	struct root_crl_facts f;
	struct shared_crl *s = root_crls_file(roots, FILE_NAME);
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	assert_non_null(s);
	path_of_file(path);
	assert_ok(file_read(path, FILE_BYTES, &file, &ei), &ei);
	assert_true(slice_eq(buf_slice(&file), s->pieces[0]));
	assert_int_equal(s->facts.number, number);
	shared_crl_release(s);
	assert_true(root_crls_facts(roots, 0, &f));
	assert_int_equal(f.number, number);
	assert_string_equal(f.file, FILE_NAME);
	assert_int_equal(f.next_update, KIT_NOW + KIT_DAY);
	buf_clear(&file);
}

static void
revoked(bool one, bool two, bool low)
{
	assert_int_equal(root_crls_revoked(roots, "one", NULL), one);
	assert_int_equal(root_crls_revoked(roots, "two", NULL), two);
	assert_int_equal(root_crls_revoked(roots, "low", NULL), low);
}

static size_t
num_actions(const char *action)
{
	struct audit_filter f = {.action = action};
	struct audit_page page;
	struct errinfo ei = {0};
	size_t num;

	assert_ok(audit_list(store, &f, NULL, &page, &ei), &ei);
	num = page.num;
	audit_page_clear(&page);
	return num;
}

/* --- cases ---------------------------------------------------------------- */

static void
test_take(void **state)
{
	struct root_crl_taken x = {.number = 0};
	struct root_revoked why;
	struct errinfo ei = {0};
	struct kit_crl *c = list(FIRST);

	(void)state;
	assert_null(root_crls_file(roots, FILE_NAME));
	taken(c);
	revoked(false, false, false);
	published(FIRST);
	assert_ok(root_crls_check(roots, "one", &ei), &ei);

	c = list(FIRST + 1);
	revoke(c, KIT_CA, CRL_REASON_CA_COMPROMISE);
	assert_ok(take(c, &x, &ei), &ei);
	assert_false(x.known);
	assert_int_equal(x.num_revoked, 2);
	assert_string_equal(x.file, FILE_NAME);
	/* What stands below a revoked CA falls with it. */
	revoked(true, false, true);
	published(FIRST + 1);
	assert_true(root_crls_revoked(roots, "one", &why));
	assert_int_equal(why.at, KIT_NOW - KIT_DAY);
	assert_int_equal(why.reason, CRL_REASON_CA_COMPROMISE);
	assert_int_equal(why.number, FIRST + 1);
	assert_int_equal(root_crls_check(roots, "one", &ei), ERR_STATE);
	assert_string_equal(ei.rule, "ca.revoked");
	assert_int_equal(num_actions("root_crl.take"), 2);
	assert_int_equal(num_actions("ca.revoked"), 2);

	/* The same again is no news, but mends its file. */
	write_file(list(FIRST));
	c = list(FIRST + 1);
	revoke(c, KIT_CA, CRL_REASON_CA_COMPROMISE);
	assert_ok(take(c, &x, &ei), &ei);
	assert_true(x.known);
	assert_int_equal(x.num_revoked, 0);
	published(FIRST + 1);
	assert_int_equal(num_actions("root_crl.take"), 2);
}

static void
test_refused(void **state)
{
	struct kit_crl *c = list(FIRST);

	(void)state;
	revoke(c, KIT_CA, CRL_REASON_SUPERSEDED);
	taken(c);
	refused(list(FIRST - 1), ERR_CONFLICT, "crl_next.older");
	refused(list(FIRST), ERR_CONFLICT, "crl_next.older");
	refused(list(FIRST + 1), ERR_POLICY, "root_crl.forgets");
	c = list(FIRST + 1);
	revoke(c, KIT_CA, CRL_REASON_SUPERSEDED);
	c->key = kit.keys[KIT_LEAF];
	refused(c, ERR_CRYPTO, NULL);
	c->key = kit.keys[KIT_ROOT];
	c->issuer = "somebody";
	refused(c, ERR_NOTFOUND, "root_crl.issuer");
	c->issuer = "root";
	c->to = KIT_NOW;
	refused(c, ERR_POLICY, "crl_next.ended");
	c->from = KIT_NOW + KIT_DAY;
	c->to = KIT_NOW + 2 * KIT_DAY;
	refused(c, ERR_POLICY, "crl_next.early");
	revoked(true, false, true);
	published(FIRST);
	assert_int_equal(num_actions("root_crl.take"), 1);
}

static void
test_hold(void **state)
{
	struct kit_crl *c = list(FIRST);

	(void)state;
	revoke(c, KIT_OTHER, CRL_REASON_HOLD);
	taken(c);
	revoked(false, true, false);
	taken(list(FIRST + 1));
	revoked(false, false, false);
}

static void
test_restart(void **state)
{
	struct kit_crl *c = list(FIRST + 1);

	(void)state;
	revoke(c, KIT_OTHER, CRL_REASON_SUPERSEDED);
	taken(c);
	restart();
	revoked(false, true, false);
	published(FIRST + 1);
	assert_string_equal(trouble, "");
	refused(list(FIRST), ERR_CONFLICT, "crl_next.older");

	/* An older file does not come back, nor one that is no list. */
	write_file(list(FIRST));
	restart();
	assert_string_equal(trouble, "crl_next.older");
	revoked(false, true, false);
	published(FIRST + 1);
	c = list(FIRST + 2);
	c->key = kit.keys[KIT_CA];
	write_file(c);
	restart();
	revoked(false, true, false);
	published(FIRST + 1);

	/* A newer one is taken over, though it has ended. */
	c = list(FIRST + 3);
	revoke(c, KIT_CA, CRL_REASON_CA_COMPROMISE);
	revoke(c, KIT_OTHER, CRL_REASON_SUPERSEDED);
	write_file(c);
	restart();
	assert_string_equal(trouble, "");
	revoked(true, true, true);
	published(FIRST + 3);
	assert_int_equal(num_actions("root_crl.take"), 2);
}

static void
test_held(void **state)
{
	struct errinfo why = {0};
	struct kit_crl *c = list(FIRST);

	(void)state;
	taken(c);
	(void)err_set(&why, ERR_STATE, "test.held", NULL, "held");
	store_hold(store, &why);
	c = list(FIRST + 1);
	revoke(c, KIT_CA, CRL_REASON_CA_COMPROMISE);
	refused(c, ERR_AGAIN, "test.held");
	revoked(false, false, false);
	/* What lies there counts, and is written down when all is well. */
	write_file(c);
	restart();
	revoked(true, false, true);
	assert_int_equal(num_actions("root_crl.take"), 1);
}

static void
test_no_file(void **state)
{
	char path[PATH_TEXT_SIZE];
	struct kit_crl *c = list(FIRST);
	struct errinfo ei = {0};

	(void)state;
	/* A directory stands in its way. */
	path_of_file(path);
	assert_ok(dir_make(path, 0755, &ei), &ei);
	revoke(c, KIT_CA, CRL_REASON_CA_COMPROMISE);
	refused(c, ERR_SYS, NULL);
	revoked(true, false, true);
	assert_int_equal(rmdir(path), 0);
	taken(c);
	published(FIRST);
}

/* Lists that are served elsewhere are obeyed, and written nowhere; nor over the
 * list of a CA of ours. */
static void
test_address(void **state)
{
	static const char *const urls[] = {
	    "http://reestr.example/cdp/root-x.crl",
	    "http://ca.example/crl/one.crl",
	    "http://ca.example/crl/.crl",
	    "http://ca.example/crl/",
	    "root.crl",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct root_crl_taken x;
		struct errinfo ei = {0};
		struct kit_crl *c;
		char **names = NULL;
		size_t num = 0;

		print_message("%s\n", urls[i]);
		open_world(urls[i]);
		c = list(FIRST);
		revoke(c, KIT_CA, CRL_REASON_SUPERSEDED);
		assert_ok(take(c, &x, &ei), &ei);
		assert_string_equal(x.file, "");
		revoked(true, false, true);
		assert_null(root_crls_file(roots, "one.crl"));
		assert_null(root_crls_file(roots, ""));
		assert_ok(
		    dir_list(place.dir, ".crl", 10, &names, &num, &ei), &ei);
		assert_int_equal(num, 0);
		dir_list_free(names, num);
		(void)teardown(NULL);
	}
}

/* --- whatever fails --------------------------------------------------------
 */

static struct buf coming = BUF_INIT(FILE_BYTES);

static enum err
take_coming(struct errinfo *ei)
{
	struct root_crl_taken x;

	return root_crl_take(roots, buf_slice(&coming), "test", &x, ei);
}

/* It is asked again until it is there, and there once. */
static void
test_faults(void **state)
{
	static const struct {
		enum failing kind;
		const char *name;
	} kinds[] = {
	    {FAILING_ALLOC, "memory"},
	    {FAILING_FILE, "files"},
	    {FAILING_STORE, "the store"},
	    {FAILING_COMMIT, "answers of commits"},
	};
	uint8_t number = FIRST;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct kit_crl *c = list(++number);

		print_message("%s\n", kinds[i].name);
		revoke(c, KIT_CA, CRL_REASON_CA_COMPROMISE);
		buf_reset(&coming);
		der_of(c, &coming);
		assert_true(
		    failing_each(kinds[i].kind, ERR_OK, take_coming, NULL) > 0);
		published(number);
		revoked(true, false, true);
		assert_int_equal(num_actions("root_crl.take"), i + 1);
		assert_int_equal(num_actions("ca.revoked"), 2);
	}
	restart();
	published(number);
	buf_clear(&coming);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_take, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_hold, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_restart, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_held, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_no_file, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_faults, setup, teardown),
	    cmocka_unit_test(test_address),
	};

	print_message("proves: I3\n");
	return cmocka_run_group_tests(tests, store_test_start, store_test_end);
}
