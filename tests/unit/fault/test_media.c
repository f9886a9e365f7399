/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The media of a workplace with each allocation and each call to the disk
 * failing in turn.  Nothing is half found: a look ends with an error, or with
 * everything that folders have; a token that could not be asked is out for the
 * moment.  Nothing is half made: what is listed opens.
 */
#include "crypto/support.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "container/container.h"
#include "crypto/token_house.h"
#include "failing/failing.h"
#include "os/file.h"
#include "scratch/scratch.h"
#include "workstation/media.h"

static const struct slice pass = {(const uint8_t *)"secret", 6};
static const struct slice pin = {(const uint8_t *)"12345678", 8};
static char home[PATH_TEXT_SIZE];
static char key_id[sizeof(((struct container_info *)NULL)->id)];
static bool on_token;

static enum err
open_media(struct media **out, struct errinfo *ei)
{
	const char *modules[] = {
	    getenv("SURGUCH_TOKEN_MODULE"), "/nonexistent/module.so"};
	const struct media_options o = {
	    .home = home,
	    .modules = modules,
	    .num_modules = ARRAY_LEN(modules),
	};

	return media_open(&o, out, ei);
}

static enum err
find_kind(struct media *m, enum medium_kind kind, struct medium *out,
    struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num = 0;
	enum err e = media_list(m, all, &num, ei);

	for (size_t i = 0; i < num && e == ERR_OK; i++) {
		if (all[i].kind == kind) {
			*out = all[i];
			return ERR_OK;
		}
	}
	return e != ERR_OK ? e
			   : err_set(ei, ERR_NOTFOUND, "test.medium", NULL,
				 "no such medium");
}

static enum err
create_there(struct media *m, struct errinfo *ei)
{
	const struct container_options o = {
	    .spec = on_token ? "gost2012-256:A" : "p256",
	    .label = "test",
	    .password = on_token ? SLICE_EMPTY : pass,
	    .insecure_no_password = on_token,
	    .iterations = 1,
	    .created = 1000,
	};
	struct container *c = NULL;
	struct token *t = NULL;
	struct medium medium;
	char place[PATH_TEXT_SIZE];
	enum err e = find_kind(
	    m, on_token ? MEDIUM_TOKEN : MEDIUM_REGISTRY, &medium, ei);

	if (e == ERR_OK) {
		e = media_new_place(&medium, true, place, ei);
	}
	if (e == ERR_OK && on_token) {
		e = media_token(&medium, &t, ei);
	}
	if (e == ERR_OK && on_token) {
		e = token_login(t, pin, false, ei);
	}
	if (e == ERR_OK) {
		e = media_create(place, t, &o, &c, ei);
		t = NULL; /* taken */
	}
	if (e == ERR_OK) {
		(void)snprintf(
		    key_id, sizeof(key_id), "%s", container_info(c)->id);
	}
	token_free(t);
	container_free(c);
	return e;
}

static enum err
create(struct errinfo *ei)
{
	struct media *m = NULL;
	enum err e = open_media(&m, ei);

	if (e == ERR_OK) {
		e = create_there(m, ei);
	}
	media_close(m);
	return e;
}

/* Everything that is listed opens, and is found by its id. */
static size_t
all_open(enum medium_kind kind)
{
	struct container_entry *list = NULL;
	struct media *m = NULL;
	struct medium medium;
	struct errinfo ei = {0};
	size_t num = 0;

	assert_ok(open_media(&m, &ei), &ei);
	assert_ok(find_kind(m, kind, &medium, &ei), &ei);
	assert_ok(media_containers(&medium, &list, &num, &ei), &ei);
	for (size_t i = 0; i < num; i++) {
		struct container *c = NULL;
		struct token *t = NULL;
		struct kept k;

		assert_ok(
		    media_find_container(m, list[i].info.id, &k, &ei), &ei);
		assert_int_equal(k.medium.kind, kind);
		if (kind == MEDIUM_TOKEN) {
			assert_ok(media_token(&medium, &t, &ei), &ei);
			assert_ok(token_login(t, pin, false, &ei), &ei);
		}
		assert_ok(
		    media_open_container(k.place, t,
			kind == MEDIUM_TOKEN ? SLICE_EMPTY : pass, &c, &ei),
		    &ei);
		container_free(c);
	}
	container_list_free(list, num);
	media_close(m);
	return num;
}

static void
nothing_half_made(enum err got)
{
	(void)got;
	(void)all_open(on_token ? MEDIUM_TOKEN : MEDIUM_REGISTRY);
	if (on_token) {
		token_house_clean("0");
	}
}

static void
made_in_a_folder(void **state)
{
	(void)state;
	on_token = false;
	assert_true(failing_each(
			FAILING_ALLOC, ERR_OK, create, nothing_half_made) > 20);
	assert_true(
	    failing_each(FAILING_FILE, ERR_OK, create, nothing_half_made) >= 6);
	assert_true(all_open(MEDIUM_REGISTRY) > 0);
}

static void
made_on_a_token(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	on_token = true;
	assert_true(
	    failing_each(FAILING_ALLOC, ERR_OK, create, nothing_half_made) > 5);
	assert_ok(create(&ei), &ei);
	assert_int_equal(all_open(MEDIUM_TOKEN), 1);
}

/* --- looking ---------------------------------------------------------------
 */

static enum err
look(struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	struct media *m = NULL;
	struct kept k;
	size_t num = 0, count = 0;
	enum err e = open_media(&m, ei);

	if (e == ERR_OK) {
		e = media_list(m, all, &num, ei);
	}
	if (e == ERR_OK) {
		assert_int_equal(all[0].kind, MEDIUM_REGISTRY);
		e = media_count(m, &all[0], &count, ei);
	}
	if (e == ERR_OK) {
		assert_true(count > 0);
		e = media_find_container(m, key_id, &k, ei);
	}
	if (e == ERR_OK) {
		assert_string_equal(k.info.id, key_id);
	}
	media_close(m);
	return e;
}

static void
looked_at(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	on_token = false;
	assert_ok(create(&ei), &ei);
	assert_true(failing_each(FAILING_ALLOC, ERR_OK, look, NULL) > 5);
}

/* One medium that cannot be read hides no other's containers. */
static void
a_broken_medium(void **state)
{
	const struct slice text = SLICE_LIT("no folder");
	struct media *m = NULL;
	struct medium registry;
	struct errinfo ei = {0};
	struct kept k;
	char whole[PATH_TEXT_SIZE];

	(void)state;
	(void)snprintf(whole, sizeof(whole), "%s", home);
	scratch_open("media", home);
	token_house_clean("0");
	on_token = true;
	assert_ok(create(&ei), &ei);
	assert_ok(open_media(&m, &ei), &ei);
	assert_ok(find_kind(m, MEDIUM_REGISTRY, &registry, &ei), &ei);
	assert_false(file_exists(registry.folder));
	assert_ok(file_write_new(registry.folder, text, 0600, &ei), &ei);

	assert_ok(media_find_container(m, key_id, &k, &ei), &ei);
	assert_int_equal(k.medium.kind, MEDIUM_TOKEN);
	/* One that none has: what could not be read is said. */
	assert_int_equal(
	    media_find_container(m, "ffffffffffffffff", &k, &ei), ERR_SYS);
	assert_non_null(strstr(ei.object, registry.folder));
	/* Nor does anybody have to want to know. */
	assert_int_equal(
	    media_find_container(m, "ffffffffffffffff", &k, NULL), ERR_SYS);
	media_close(m);
	scratch_close(home);
	(void)snprintf(home, sizeof(home), "%s", whole);
}

static int
set_up(void **state)
{
	int failed = group_setup(state);

	scratch_open("media", home);
	token_house_open();
	token_house_insert("0", "kind ecp\nserial 00aa\n");
	return failed;
}

static int
tear_down(void **state)
{
	token_house_close();
	scratch_close(home);
	return group_teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(made_in_a_folder),
	    cmocka_unit_test(made_on_a_token),
	    cmocka_unit_test(looked_at),
	    cmocka_unit_test(a_broken_medium),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
