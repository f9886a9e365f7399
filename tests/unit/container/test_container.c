/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/support.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "container/container.h"
#include "crypto/cms.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "os/file.h"

static const struct slice pass = {(const uint8_t *)"Пароль", 12};
static const struct slice wrong = {(const uint8_t *)"пароль", 12};

/* --- folders
 * ------------------------------------------------------------------- */

static char folder[PATH_MAX];

/* A fresh path for one container. */
static const char *
fresh(void)
{
	(void)snprintf(folder, sizeof(folder), "%s", scratch("c-XXXXXX"));
	assert_non_null(mkdtemp(folder));
	return folder;
}

static void
in_folder(const char *name, char out[PATH_TEXT_SIZE])
{
	struct errinfo ei = {0};

	assert_ok(path_join(out, folder, name, &ei), &ei);
}

static void
put(const char *name, struct slice content)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	in_folder(name, path);
	assert_ok(file_write_atomic(path, content, 0600, &ei), &ei);
}

static void
get(const char *name, struct buf *out)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	in_folder(name, path);
	buf_init(out, 65536);
	assert_ok(file_read(path, 65536, out, &ei), &ei);
}

static void
drop(const char *name)
{
	char path[PATH_TEXT_SIZE];

	in_folder(name, path);
	(void)rmdir(path);
	(void)unlink(path);
}

static void
clean(void)
{
	drop("key.p8");
	drop("key.next");
	drop("cert.der");
	drop("meta.json");
	(void)rmdir(folder);
}

/* --- containers
 * ------------------------------------------------------------------ */

static struct container_options
options(const char *spec, struct slice password)
{
	struct container_options o = {
	    .spec = spec,
	    .label = "Иванов И. И., ООО «Ромашка»",
	    .password = password,
	    .insecure_no_password = password.len == 0,
	    .iterations = 2,
	    .created = 1795000000,
	};

	return o;
}

static struct container *
make(const char *spec, struct slice password)
{
	struct container_options o = options(spec, password);
	struct container *c = NULL;
	struct errinfo ei = {0};

	assert_ok(container_create(fresh(), &o, &c, &ei), &ei);
	return c;
}

static struct container *
reopen(struct slice password)
{
	struct container *c = NULL;
	struct errinfo ei = {0};

	assert_ok(container_open(folder, password, &c, &ei), &ei);
	return c;
}

static void
assert_shut(
    struct slice password, enum err kind, const char *rule, const char *object)
{
	struct container *c = NULL;
	struct errinfo ei = {0};
	enum err e = container_open(folder, password, &c, &ei);

	if (e != kind || strcmp(ei.rule, rule) != 0) {
		print_error("%s [%s] %s\n", err_name(e), ei.rule, ei.text);
	}
	assert_int_equal(e, kind);
	assert_string_equal(ei.rule, rule);
	if (object != NULL) {
		assert_string_equal(ei.object, object);
	}
	assert_null(c);
}

static void
test_round_trip(void **state)
{
	static const char *const specs[] = {
	    "gost2012-256:A", "gost2012-512:A", "p256", "ed25519"};
	const struct slice passwords[] = {pass, SLICE_EMPTY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs) * 2; i++) {
		struct slice password = passwords[i % 2];
		struct container *c = make(specs[i / 2], password), *again;
		const struct container_info *info;

		again = reopen(password);
		info = container_info(again);
		assert_string_equal(info->spec, specs[i / 2]);
		assert_string_equal(info->label, "Иванов И. И., ООО «Ромашка»");
		assert_int_equal(info->created, 1795000000);
		assert_int_equal(info->has_password, password.len != 0);
		assert_false(info->has_cert);
		assert_int_equal(container_cert(again).len, 0);
		assert_string_equal(info->id, container_info(c)->id);
		assert_int_equal(strlen(info->id), CONTAINER_ID_SIZE - 1);
		assert_true(privkey_matches(container_privkey(again),
		    privkey_spki(container_privkey(c))));
		container_free(again);
		container_free(c);
		clean();
	}
	container_free(NULL);
}

/* A copy has the same key under a password and an id of its own. */
static void
test_copy(void **state)
{
	static const char *const specs[] = {
	    "gost2012-256:A", "gost2012-512:A", "p256", "rsa:2048"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct container *from = make(specs[i], SLICE_LIT("one"));
		struct container_options o =
		    options(specs[i], SLICE_LIT("two"));
		struct container *copy = NULL, *back = NULL;
		struct errinfo ei = {0};

		clean();
		o.key = container_privkey(from);
		assert_ok(container_create(fresh(), &o, &copy, &ei), &ei);
		assert_string_not_equal(
		    container_info(copy)->id, container_info(from)->id);
		assert_ok(
		    container_open(folder, SLICE_LIT("two"), &back, &ei), &ei);
		assert_true(privkey_matches(container_privkey(back),
		    privkey_spki(container_privkey(from))));
		assert_int_equal(
		    container_open(folder, SLICE_LIT("one"), &back, &ei),
		    ERR_CRYPTO);
		container_free(back);
		container_free(copy);
		container_free(from);
		clean();
	}
}

static void
test_modes(void **state)
{
	static const char *const names[] = {"", "key.p8", "meta.json"};
	struct container *c = make("p256", pass);
	char path[PATH_TEXT_SIZE];
	struct stat st;

	(void)state;
	container_free(c);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		in_folder(names[i][0] != '\0' ? names[i] : ".", path);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777,
		    S_ISDIR(st.st_mode) ? (mode_t)0700 : (mode_t)0600);
	}
	assert_int_equal(chmod(folder, 0750), 0);
	assert_shut(pass, ERR_DENIED, "file.secret_mode", NULL);
	assert_int_equal(chmod(folder, 0700), 0);
	in_folder("key.p8", path);
	assert_int_equal(chmod(path, 0644), 0);
	assert_shut(pass, ERR_DENIED, "file.secret_mode", NULL);
	clean();
}

static void
test_create_refusals(void **state)
{
	struct container_options o = options("p256", pass);
	struct container *c = make("p256", pass);
	char label[CONTAINER_LABEL_MAX + 2];
	struct errinfo ei = {0};
	struct buf before, after;

	(void)state;
	container_free(c);
	c = NULL;
	get("key.p8", &before);
	assert_int_equal(container_create(folder, &o, &c, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "container.exists");
	drop("meta.json");
	assert_int_equal(container_create(folder, &o, &c, &ei), ERR_CONFLICT);
	get("key.p8", &after);
	assert_true(slice_eq(buf_slice(&before), buf_slice(&after)));
	buf_clear(&before);
	buf_clear(&after);
	drop("key.p8");

	o.password = SLICE_EMPTY;
	assert_int_equal(container_create(folder, &o, &c, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "container.password.empty");
	o.password = pass;
	o.spec = "p512";
	assert_int_equal(
	    container_create(folder, &o, &c, &ei), ERR_UNSUPPORTED);
	o.spec = "gost2012-256:A and a name that is too long";
	assert_int_equal(
	    container_create(folder, &o, &c, &ei), ERR_UNSUPPORTED);
	o.spec = "p256";
	o.label = "";
	assert_int_equal(container_create(folder, &o, &c, &ei), ERR_FORMAT);
	o.label = "a\nb";
	assert_int_equal(container_create(folder, &o, &c, &ei), ERR_FORMAT);
	memset(label, 'x', sizeof(label));
	label[sizeof(label) - 1] = '\0';
	o.label = label;
	assert_int_equal(container_create(folder, &o, &c, &ei), ERR_FORMAT);
	/* The longest one fits. */
	label[CONTAINER_LABEL_MAX] = '\0';
	assert_ok(container_create(folder, &o, &c, &ei), &ei);
	container_free(c);
	c = reopen(pass);
	container_free(c);
	clean();
}

/* --- passwords and damage
 * ---------------------------------------------------------- */

static void
test_password(void **state)
{
	struct container *c = make("gost2012-256:A", pass);

	(void)state;
	container_free(c);
	assert_shut(wrong, ERR_CRYPTO, "container.password", NULL);
	assert_shut(SLICE_EMPTY, ERR_STATE, "container.password.needed", NULL);
	clean();
	assert_shut(pass, ERR_NOTFOUND, "container.none", folder);
	c = make("gost2012-256:A", SLICE_EMPTY);
	container_free(c);
	assert_shut(pass, ERR_STATE, "container.password.none", NULL);
	clean();
}

/* Bytes all over each file; never "wrong password", never a wrong key. */
static void
flip_all(const char *name, struct slice password)
{
	struct container *c = NULL;
	struct buf good, bad;
	size_t i, step;

	get(name, &good);
	buf_init(&bad, 65536);
	step = good.len / (is_slow_run() ? 5 : 31) + 1;
	for (i = 0; i < good.len; i += step) {
		struct errinfo ei = {0};
		enum err e;

		buf_reset(&bad);
		buf_add(&bad, buf_slice(&good));
		bad.p[i] ^= 1;
		put(name, buf_slice(&bad));
		e = container_open(folder, password, &c, &ei);
		assert_int_not_equal(e, ERR_OK);
		assert_string_not_equal(ei.rule, "container.password");
		assert_null(c);
		if (strcmp(name, "meta.json") != 0) {
			assert_int_equal(e, ERR_CRYPTO);
			assert_string_equal(ei.rule, "container.damaged");
			assert_string_equal(ei.object, name);
		}
	}
	put(name, buf_slice(&good));
	container_free(reopen(password));
	buf_clear(&good);
	buf_clear(&bad);
}

static void
test_damage(void **state)
{
	const struct slice passwords[] = {pass, SLICE_EMPTY};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(passwords); i++) {
		struct container *c = make("gost2012-256:A", passwords[i]);
		struct errinfo ei = {0};
		struct buf cert;

		make_cert(container_privkey(c), "Иванов", &cert);
		assert_ok(
		    container_install_cert(c, buf_slice(&cert), &ei), &ei);
		container_free(c);
		flip_all("key.p8", passwords[i]);
		flip_all("cert.der", passwords[i]);
		flip_all("meta.json", passwords[i]);
		drop("cert.der");
		assert_shut(
		    passwords[i], ERR_CRYPTO, "container.damaged", "cert.der");
		put("cert.der", buf_slice(&cert));
		drop("key.p8");
		assert_shut(
		    passwords[i], ERR_CRYPTO, "container.damaged", "key.p8");
		buf_clear(&cert);
		clean();
	}
}

/*
 * Someone who can write the folder but has no password puts in a container of
 * his own making: files and sums are in order, the MAC is not.
 */
static void
test_changed(void **state)
{
	struct container *c;
	struct buf meta, other_key, other_meta;
	char *from;

	(void)state;
	c = make("p256", pass);
	container_free(c);
	get("key.p8", &other_key);
	get("meta.json", &other_meta);
	clean();
	c = make("p256", wrong);
	container_free(c);
	get("meta.json", &meta);
	/* The other's whole container: opens for its own password only. */
	put("key.p8", buf_slice(&other_key));
	put("meta.json", buf_slice(&other_meta));
	assert_shut(wrong, ERR_CRYPTO, "container.password", NULL);
	/* The owner's meta, the other's key: the digest in it is not that. */
	put("meta.json", buf_slice(&meta));
	assert_shut(wrong, ERR_CRYPTO, "container.damaged", "key.p8");
	/* A relabelled container with a sum that does not know. */
	(void)buf_cstr(&meta);
	from = strstr((char *)meta.p, "Ромашка");
	assert_non_null(from);
	from[1] ^= 1; /* another letter */
	put("meta.json", buf_slice(&meta));
	assert_shut(wrong, ERR_CRYPTO, "container.damaged", "meta.json");
	buf_clear(&meta);
	buf_clear(&other_key);
	buf_clear(&other_meta);
	clean();
}

/* --- certificates
 * ------------------------------------------------------------------- */

static void
test_install(void **state)
{
	struct container *c = make("gost2012-256:A", pass);
	struct container_info info;
	struct privkey *stranger = NULL;
	struct buf cert, renewed, other;
	struct errinfo ei = {0};

	(void)state;
	assert_ok(privkey_generate("gost2012-256:A", &stranger, &ei), &ei);
	make_cert(container_privkey(c), "Иванов", &cert);
	make_cert(container_privkey(c), "Иванов-Петров", &renewed);
	make_cert(stranger, "Иванов", &other);
	assert_int_equal(
	    container_install_cert(c, buf_slice(&other), &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "container.cert.key");
	assert_int_equal(
	    container_install_cert(c, SLICE_LIT("\x30\x00"), &ei), ERR_FORMAT);
	assert_int_equal(container_cert(c).len, 0);
	for (int i = 0; i < 2; i++) {
		assert_ok(
		    container_install_cert(c, buf_slice(&cert), &ei), &ei);
		assert_true(slice_eq(container_cert(c), buf_slice(&cert)));
		assert_true(container_info(c)->has_cert);
	}
	container_free(c);
	assert_ok(container_peek(folder, &info, &ei), &ei);
	assert_true(info.has_cert);
	c = reopen(pass);
	assert_true(slice_eq(container_cert(c), buf_slice(&cert)));
	/* Its own certificate may be given back to it. */
	assert_ok(container_install_cert(c, container_cert(c), &ei), &ei);
	assert_ok(container_install_cert(c, buf_slice(&renewed), &ei), &ei);
	container_free(c);
	c = reopen(pass);
	assert_true(slice_eq(container_cert(c), buf_slice(&renewed)));
	container_free(c);
	privkey_free(stranger);
	buf_clear(&cert);
	buf_clear(&renewed);
	buf_clear(&other);
	clean();
}

/*
 * The power goes between the writes of an installation.  A folder in the place
 * of cert.der makes the second write fail, which leaves the first.
 */
static void
interrupt(struct container *c, struct slice next)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	in_folder("cert.der", path);
	(void)unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_not_equal(container_install_cert(c, next, &ei), ERR_OK);
	assert_int_equal(rmdir(path), 0);
}

static void
test_interrupted_install(void **state)
{
	struct container *c = make("p256", pass);
	struct buf first, second, third;
	struct errinfo ei = {0};

	(void)state;
	make_cert(container_privkey(c), "1", &first);
	make_cert(container_privkey(c), "2", &second);
	make_cert(container_privkey(c), "3", &third);
	/* Nothing, then first. */
	interrupt(c, buf_slice(&first));
	assert_int_equal(container_cert(c).len, 0);
	container_free(c);
	c = reopen(pass);
	assert_int_equal(container_cert(c).len, 0);
	assert_ok(container_install_cert(c, buf_slice(&first), &ei), &ei);
	/* First, then second: before and after the second write. */
	interrupt(c, buf_slice(&second));
	container_free(c);
	put("cert.der", buf_slice(&first));
	c = reopen(pass);
	assert_true(slice_eq(container_cert(c), buf_slice(&first)));
	container_free(c);
	put("cert.der", buf_slice(&third));
	assert_shut(pass, ERR_CRYPTO, "container.damaged", "cert.der");
	put("cert.der", buf_slice(&second));
	c = reopen(pass);
	assert_true(slice_eq(container_cert(c), buf_slice(&second)));
	/* And the next one is interrupted too: second must survive. */
	interrupt(c, buf_slice(&third));
	container_free(c);
	put("cert.der", buf_slice(&second));
	c = reopen(pass);
	assert_true(slice_eq(container_cert(c), buf_slice(&second)));
	assert_ok(container_install_cert(c, buf_slice(&third), &ei), &ei);
	container_free(c);
	container_free(reopen(pass));
	buf_clear(&first);
	buf_clear(&second);
	buf_clear(&third);
	clean();
}

/* --- another password -------------------------------------------------------
 */

static enum err
change(struct container *c, struct slice to, struct errinfo *ei)
{
	const struct container_password p = {.password = to,
	    .insecure_no_password = to.len == 0,
	    .iterations = 2};

	return container_set_password(c, &p, ei);
}

static void
test_password_changed(void **state)
{
	const struct slice to[] = {
	    SLICE_LIT("другой"), SLICE_EMPTY, SLICE_LIT("third"), pass};
	struct slice from = pass;
	struct container *c = make("gost2012-256:A", pass);
	struct buf cert;
	struct errinfo ei = {0};
	char id[CONTAINER_ID_SIZE];

	(void)state;
	memcpy(id, container_info(c)->id, sizeof(id));
	make_cert(container_privkey(c), "1", &cert);
	assert_ok(container_install_cert(c, buf_slice(&cert), &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(to); i++) {
		const struct container_password none = {
		    .password = SLICE_EMPTY};

		assert_int_equal(
		    container_set_password(c, &none, &ei), ERR_POLICY);
		assert_string_equal(ei.rule, "container.password.empty");
		assert_ok(change(c, to[i], &ei), &ei);
		assert_int_equal(
		    container_info(c)->has_password, to[i].len != 0);
		/* The open one goes on, and takes a certificate. */
		assert_ok(
		    container_install_cert(c, buf_slice(&cert), &ei), &ei);
		container_free(c);
		assert_shut(from,
		    to[i].len == 0  ? ERR_STATE
		    : from.len == 0 ? ERR_STATE
				    : ERR_CRYPTO,
		    to[i].len == 0  ? "container.password.none"
		    : from.len == 0 ? "container.password.needed"
				    : "container.password",
		    NULL);
		c = reopen(to[i]);
		assert_string_equal(container_info(c)->id, id);
		assert_true(slice_eq(container_cert(c), buf_slice(&cert)));
		from = to[i];
	}
	container_free(c);
	buf_clear(&cert);
	clean();
}

/* Every state that a lost power can leave behind: the old password opens it, or
 * the new one does, and the next change ends well. */
static void
test_password_interrupted(void **state)
{
	static const char *const files[] = {"key.p8", "meta.json"};
	const struct slice new = SLICE_LIT("new");
	struct container *c;
	struct buf old[2], next[2];
	struct errinfo ei = {0};

	(void)state;
	c = make("p256", pass);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		get(files[i], &old[i]);
	}
	assert_ok(change(c, new, &ei), &ei);
	container_free(c);
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		get(files[i], &next[i]);
	}
	/* The new key is there, and nothing says so. */
	put("key.p8", buf_slice(&old[0]));
	put("meta.json", buf_slice(&old[1]));
	put("key.next", buf_slice(&next[0]));
	assert_shut(new, ERR_CRYPTO, "container.password", NULL);
	c = reopen(pass);
	assert_ok(change(c, new, &ei), &ei);
	container_free(c);
	container_free(reopen(new));
	/* It says so, and the old key is still in its place; or it is gone. */
	for (int gone = 0; gone < 2; gone++) {
		put("key.p8", buf_slice(&old[0]));
		put("meta.json", buf_slice(&next[1]));
		put("key.next", buf_slice(&next[0]));
		if (gone) {
			drop("key.p8");
		}
		assert_shut(pass, ERR_CRYPTO, "container.password", NULL);
		c = reopen(new);
		/* Changed again: the only key must not be what goes. */
		assert_ok(change(c, pass, &ei), &ei);
		container_free(c);
		container_free(reopen(pass));
		assert_shut(new, ERR_CRYPTO, "container.password", NULL);
	}
	/* Both have gone bad. */
	put("key.p8", SLICE_LIT("x"));
	put("key.next", SLICE_LIT("x"));
	assert_shut(pass, ERR_CRYPTO, "container.damaged", "key.p8");
	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		buf_clear(&old[i]);
		buf_clear(&next[i]);
	}
	clean();
}

#ifdef SURGUCH_TEST_SEAMS
/* A disk such as FAT: files that everybody may read, and no links. */
static void
test_plain_disk(void **state)
{
	struct container_options o = options("p256", pass);
	const struct container_password none = {.insecure_no_password = true};
	struct container *c = NULL;
	struct errinfo ei = {0};
	struct buf cert;
	struct stat st;
	char path[PATH_TEXT_SIZE];

	(void)state;
	assert_int_equal(rmdir(fresh()), 0);
	assert_int_equal(setenv("SURGUCH_TEST_PLAIN_DISK", folder, 1), 0);
	assert_ok(container_create(folder, &o, &c, &ei), &ei);
	in_folder("key.p8", path);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	make_cert(container_privkey(c), "1", &cert);
	assert_ok(container_install_cert(c, buf_slice(&cert), &ei), &ei);
	container_free(c);
	c = reopen(pass);
	assert_ok(change(c, SLICE_LIT("new"), &ei), &ei);
	assert_int_equal(container_set_password(c, &none, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "container.disk.modes");
	container_free(c);
	container_free(reopen(SLICE_LIT("new")));
	/* Elsewhere such files are somebody's carelessness. */
	assert_int_equal(unsetenv("SURGUCH_TEST_PLAIN_DISK"), 0);
	assert_shut(SLICE_LIT("new"), ERR_DENIED, "file.secret_mode", NULL);
	clean();
	/* Without a password none is made there, and nothing stays behind. */
	assert_int_equal(setenv("SURGUCH_TEST_PLAIN_DISK", folder, 1), 0);
	o = options("p256", SLICE_EMPTY);
	assert_int_equal(container_create(folder, &o, &c, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "container.disk.modes");
	assert_false(file_exists(folder));
	assert_int_equal(unsetenv("SURGUCH_TEST_PLAIN_DISK"), 0);
	buf_clear(&cert);
}
#endif

/* --- other programs, lists
 * ------------------------------------------------------------ */

static void
test_openssl_reads_key(void **state)
{
	struct container *c = make("gost2012-256:A", SLICE_LIT("secret"));
	char path[PATH_TEXT_SIZE];
	struct buf spki;
	int rc;

	(void)state;
	in_folder("key.p8", path);
	rc = RUN("openssl", "pkey", "-inform", "DER", "-in", path, "-passin",
	    "pass:secret", "-pubout", "-outform", "DER", "-out",
	    scratch("pub"));
	assert_int_equal(rc, 0);
	scratch_read("pub", &spki);
	assert_true(privkey_matches(container_privkey(c), buf_slice(&spki)));
	buf_clear(&spki);
	container_free(c);
	clean();
}

/* A person's password costs what it should. */
static void
test_default_iterations(void **state)
{
	struct container_options o = options("gost2012-256:A", pass);
	struct container *c = NULL;
	struct errinfo ei = {0};
	struct buf meta;

	(void)state;
	if (is_slow_run()) {
		return; /* the numbers are the same, the time is not */
	}
	o.iterations = 0;
	assert_ok(container_create(fresh(), &o, &c, &ei), &ei);
	container_free(c);
	get("meta.json", &meta);
	assert_non_null(strstr(buf_cstr(&meta), "\"iterations\":600000,"));
	buf_clear(&meta);
	get("key.p8", &meta);
	assert_true(meta.len > 0);
	buf_clear(&meta);
	clean();
}

static void
test_list(void **state)
{
	static const char *const names[] = {"b", "a", "broken"};
	struct container_options o = options("p256", SLICE_EMPTY);
	struct container_entry *list = NULL;
	char path[PATH_TEXT_SIZE], top[PATH_MAX];
	struct errinfo ei = {0};
	size_t num = 0;

	(void)state;
	(void)snprintf(top, sizeof(top), "%s", fresh());
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct container *c = NULL;

		assert_ok(path_join(path, top, names[i], &ei), &ei);
		assert_ok(container_create(path, &o, &c, &ei), &ei);
		container_free(c);
	}
	(void)snprintf(folder, sizeof(folder), "%s", path);
	put("meta.json", SLICE_LIT("{}"));
	assert_ok(path_join(path, top, "empty", &ei), &ei);
	assert_ok(dir_make(path, 0700, &ei), &ei);
	assert_ok(path_join(path, top, "file", &ei), &ei);
	assert_ok(file_write_atomic(path, SLICE_LIT("x"), 0600, &ei), &ei);
	assert_ok(container_list(top, &list, &num, &ei), &ei);
	assert_int_equal(num, 3);
	assert_string_equal(list[0].name, "a");
	assert_string_equal(list[1].name, "b");
	assert_string_equal(list[1].info.spec, "p256");
	assert_int_equal(list[1].problem.kind, ERR_OK);
	assert_string_equal(list[2].name, "broken");
	assert_int_equal(list[2].problem.kind, ERR_FORMAT);
	container_list_free(list, num);
	(void)unlink(path);
	assert_ok(path_join(path, top, "empty", &ei), &ei);
	(void)rmdir(path);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		(void)snprintf(
		    folder, sizeof(folder), "%.900s/%s", top, names[i]);
		clean();
	}
	assert_int_equal(rmdir(top), 0);
	assert_int_not_equal(container_list(top, &list, &num, &ei), ERR_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_copy),
	    cmocka_unit_test(test_modes),
	    cmocka_unit_test(test_create_refusals),
	    cmocka_unit_test(test_password),
	    cmocka_unit_test(test_damage),
	    cmocka_unit_test(test_changed),
	    cmocka_unit_test(test_install),
	    cmocka_unit_test(test_interrupted_install),
	    cmocka_unit_test(test_password_changed),
	    cmocka_unit_test(test_password_interrupted),
#ifdef SURGUCH_TEST_SEAMS
	    cmocka_unit_test(test_plain_disk),
#endif
	    cmocka_unit_test(test_openssl_reads_key),
	    cmocka_unit_test(test_default_iterations),
	    cmocka_unit_test(test_list),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
