/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/support.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "container/cp1251.h"
#include "container/cryptopro.h"
#include "container/cryptopro_priv.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/write.h"
#include "os/file.h"

/* --- six files in memory ---------------------------------------------------
 */

struct six {
	struct buf file[CRYPTOPRO_FILES];
	struct cryptopro_parts parts;
};

static void
six_parts(struct six *s)
{
	for (size_t i = 0; i < CRYPTOPRO_FILES; i++) {
		s->parts.file[i] = buf_slice(&s->file[i]);
	}
}

static void
six_clear(struct six *s)
{
	for (size_t i = 0; i < CRYPTOPRO_FILES; i++) {
		buf_clear(&s->file[i]);
	}
}

/* One that npm node-gost-crypto 1.0.2 has written. */
static void
six_read(const char *name, struct six *s)
{
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};

	for (unsigned i = 0; i < CRYPTOPRO_FILES; i++) {
		(void)snprintf(path, sizeof(path),
		    "%s/tests/data/cryptopro/%s/%s",
		    getenv("SURGUCH_SOURCE_ROOT"), name,
		    cryptopro_file_name(i));
		buf_init(&s->file[i], 65536);
		assert_ok(file_read(path, 65536, &s->file[i], &ei), &ei);
	}
	six_parts(s);
}

static const struct slice pass = {(const uint8_t *)"secret", 6};

static void
six_build(const char *spec, struct slice password, bool exportable,
    struct six *s, struct privkey **out_key)
{
	struct cryptopro_options o = {.name = "Иванов И. И.",
	    .password = password,
	    .insecure_no_password = password.len == 0,
	    .exportable = exportable};
	struct buf cert = BUF_INIT(4096);
	struct errinfo ei = {0};

	o.key = make_key(spec);
	make_cert(o.key, "Иванов", &cert);
	o.cert = buf_slice(&cert);
	assert_ok(cryptopro_build(&o, s->file, &ei), &ei);
	six_parts(s);
	buf_clear(&cert);
	*out_key = o.key;
}

static struct cryptopro *
open_six(const struct six *s, struct slice password)
{
	struct cryptopro *c = NULL;
	struct errinfo ei = {0};

	assert_ok(cryptopro_open_parts(&s->parts, password, &c, &ei), &ei);
	return c;
}

static void
assert_shut(const struct six *s, struct slice password, enum err kind,
    const char *rule, const char *object)
{
	struct cryptopro *c = NULL;
	struct errinfo ei = {0};
	enum err e = cryptopro_open_parts(&s->parts, password, &c, &ei);

	if (e != kind || strcmp(ei.rule, rule) != 0) {
		print_error("%s [%s] %s\n", err_name(e), ei.rule, ei.text);
	}
	assert_int_equal(e, kind);
	assert_string_equal(ei.rule, rule);
	assert_null(c);
	if (object != NULL) {
		assert_string_equal(ei.object, object);
	}
}

/* --- what others have written --------------------------------------------- */

static const struct {
	const char *name;
	struct slice password;
	const char *spec;
	const char *fp; /* what openssl says of the key's public half */
} theirs[] = {
    {"w256", {(const uint8_t *)"secret", 6}, "gost2012-256:A",
	"0440a15f195abdd02cbf93fd9ef5c9efacfc66905bc0e4a6adb8cd7bfd6a3502f32522"
	"6f9dbcbbc4d4f3e13b8d80f32821bbbf39eaf3c389e4e5750f022468e50540"},
    {"w256n", {NULL, 0}, "gost2012-256:A",
	"04409391d877ede7e0c3a31c8afcd9544423c59530bdd34959fbca8a05f4ddbf929085"
	"b764e36796fab6ac7bcbb4228ee624138d1700af8535ab8df939049b15bb7d"},
    {"w256r", {(const uint8_t *)"Пароль", 12}, "gost2012-256:XA",
	"0440190ee5fd15824a482fe8fae2abe8af43bf1f74380d7df5cff862b2a3ffd48077cf"
	"3503c4d2b7a4b97ca538933ddbcf3debe006485576f4a0bef89db6b6dec0ed"},
    {"w512", {(const uint8_t *)"secret", 6}, "gost2012-512:A",
	"0481800c063a06ac9b2f2cc2e4cf75986cb7d78e364c544d7073d0e6bca0de8190e745"
	"8bdae66eef4b4c71974cb0cd739b46df193146fe8b0c8bf453196c0761280487d167f1"
	"aae0932ff35cd969f89d4bc240ed7308f533bcc659a85974471926aaadf4a9537ae6ce"
	"98dd4ad54db4ffeaf9f7414da63fb766b7fb021536f65a12cf4b"},
};

static void
test_theirs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(theirs); i++) {
		struct cryptopro *c;
		struct buf hex = BUF_INIT(512);
		struct six s;

		print_message("%s\n", theirs[i].name);
		six_read(theirs[i].name, &s);
		c = open_six(&s, theirs[i].password);
		assert_string_equal(cryptopro_info(c)->spec, theirs[i].spec);
		assert_string_equal(
		    cryptopro_info(c)->name, "from the package");
		assert_true(cryptopro_info(c)->exportable);
		assert_false(cryptopro_info(c)->has_cert);
		assert_null(cryptopro_reserve(c));
		text_hex(&hex,
		    pubkey_bits_content(privkey_pubkey(cryptopro_privkey(c))));
		assert_string_equal(buf_cstr(&hex), theirs[i].fp);
		buf_clear(&hex);
		cryptopro_free(c);
		if (theirs[i].password.len != 0) {
			assert_shut(&s, SLICE_LIT("Secret"), ERR_CRYPTO,
			    "container.password", NULL);
			assert_shut(&s, SLICE_EMPTY, ERR_STATE,
			    "container.password.needed", NULL);
		} else {
			assert_shut(&s, pass, ERR_STATE,
			    "container.password.none", NULL);
		}
		six_clear(&s);
	}
}

/* --- what we write -------------------------------------------------------- */

static void
test_round_trip(void **state)
{
	static const char *const specs[] = {"gost2012-256:0", "gost2012-256:A",
	    "gost2012-256:B", "gost2012-256:C", "gost2012-256:XA",
	    "gost2012-256:XB", "gost2012-256:TCA", "gost2012-256:TCD",
	    "gost2012-512:A", "gost2012-512:B", "gost2012-512:C"};
	const struct slice passwords[] = {
	    pass, SLICE_EMPTY, SLICE_LIT("Пароль и 𝄞")};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct slice password = passwords[i % ARRAY_LEN(passwords)];
		struct cryptopro *c;
		struct privkey *key, *copy = NULL;
		struct errinfo ei = {0};
		struct six s;

		six_build(specs[i], password, i % 2 == 0, &s, &key);
		c = open_six(&s, password);
		assert_true(
		    privkey_matches(cryptopro_privkey(c), privkey_spki(key)));
		assert_string_equal(cryptopro_info(c)->spec, specs[i]);
		assert_string_equal(cryptopro_info(c)->name, "Иванов И. И.");
		assert_true(cryptopro_cert(c).len > 100);
		assert_int_equal(
		    cryptopro_info(c)->has_password, password.len != 0);
		if (i % 2 == 0) {
			assert_ok(
			    cryptopro_privkey_to_copy(c, &copy, &ei), &ei);
			assert_ptr_equal(copy, cryptopro_privkey(c));
		} else {
			assert_int_equal(
			    cryptopro_privkey_to_copy(c, &copy, &ei),
			    ERR_POLICY);
			assert_string_equal(
			    ei.rule, "container.cryptopro.not_exportable");
			assert_null(copy);
		}
		cryptopro_free(c);
		privkey_free(key);
		six_clear(&s);
	}
}

static void
test_other_keys(void **state)
{
	static const char *const specs[] = {"p256", "ed25519"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		struct buf files[CRYPTOPRO_FILES];
		struct errinfo ei = {0};
		struct cryptopro_options o = {
		    .name = "x", .password = pass, .key = make_key(specs[i])};

		assert_int_equal(
		    cryptopro_build(&o, files, &ei), ERR_UNSUPPORTED);
		assert_string_equal(ei.rule, "key.algorithm");
		for (size_t j = 0; j < CRYPTOPRO_FILES; j++) {
			buf_wipe(&files[j]);
		}
		privkey_free(o.key);
	}
}

static void
test_refused_options(void **state)
{
	struct buf files[CRYPTOPRO_FILES], cert = BUF_INIT(4096);
	struct privkey *key = make_key("gost2012-256:A");
	struct privkey *other = make_key("gost2012-256:A");
	struct cryptopro_options o;
	const struct {
		struct cryptopro_options o;
		const char *rule;
	} cases[] = {
	    {{.key = key, .name = "x"}, "container.password.empty"},
	    {{.key = key, .name = "", .password = pass}, "container.label"},
	    {{.key = key, .name = "a\nb", .password = pass}, "container.label"},
	};

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(cases); i++) {
		struct errinfo ei = {0};

		if (i == ARRAY_LEN(cases)) {
			make_cert(other, "other", &cert);
			o = (struct cryptopro_options){.key = key,
			    .name = "x",
			    .password = pass,
			    .cert = buf_slice(&cert)};
		} else {
			o = cases[i].o;
		}
		assert_int_not_equal(cryptopro_build(&o, files, &ei), ERR_OK);
		assert_string_equal(ei.rule, i == ARRAY_LEN(cases)
						 ? "container.cert.key"
						 : cases[i].rule);
		for (size_t j = 0; j < CRYPTOPRO_FILES; j++) {
			buf_wipe(&files[j]);
		}
	}
	buf_clear(&cert);
	privkey_free(key);
	privkey_free(other);
}

/* The name as the tools of others write it, and as it comes back. */
static void
test_names(void **state)
{
	static const struct {
		const char *name;
		const char *octets; /* behind SEQUENCE, IA5String; hex */
	} cases[] = {
	    {"plain", "706c61696e"}, {"Ключ №1 ё", "caebfef720b93120b8"},
	    {"日本", "e697a5e69cac"}, /* not in Windows-1251: UTF-8 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf der = BUF_INIT(1024), hex = BUF_INIT(1024);
		char back[CONTAINER_LABEL_MAX + 1];

		cp_name_put(&der, cases[i].name);
		text_hex(&hex, slice_make(der.p + 4, der.len - 4));
		assert_string_equal(buf_cstr(&hex), cases[i].octets);
		cp_name_parse(buf_slice(&der), back);
		assert_string_equal(back, cases[i].name);
		der.p[5] = '\n';
		cp_name_parse(buf_slice(&der), back);
		assert_string_equal(back, "");
		buf_clear(&der);
		buf_clear(&hex);
	}
}

/* --- damage --------------------------------------------------------------- */

/*
 * Every byte of every file, changed: the container opens with its own key or
 * is refused, and what was changed is named.  The name alone is protected by
 * nothing.
 */
static void
test_flips(void **state)
{
	const size_t step = is_slow_run() ? 37 : 1;
	struct privkey *key;
	struct six s;

	(void)state;
	/* Without a password: two rounds instead of 2,000. */
	six_build("gost2012-256:A", SLICE_EMPTY, false, &s, &key);
	for (unsigned f = 0; f < CRYPTOPRO_FILES; f++) {
		for (size_t i = 0; i < s.file[f].len; i += step) {
			struct cryptopro *c = NULL;
			struct errinfo ei = {0};
			enum err e;

			s.file[f].p[i] ^= (uint8_t)(1u << i % 8);
			e = cryptopro_open_parts(
			    &s.parts, SLICE_EMPTY, &c, &ei);
			s.file[f].p[i] ^= (uint8_t)(1u << i % 8);
			if (f == CRYPTOPRO_HEADER) {
				assert_int_equal(e, ERR_CRYPTO);
				assert_string_equal(
				    ei.rule, "container.damaged");
				assert_string_equal(ei.object, "header.key");
				assert_null(c);
				continue;
			}
			assert_ok(e, &ei);
			assert_true(privkey_matches(
			    cryptopro_privkey(c), privkey_spki(key)));
			assert_false(cryptopro_info(c)->exportable);
			if (f == CRYPTOPRO_MASKS || f == CRYPTOPRO_PRIMARY) {
				assert_non_null(cryptopro_reserve(c));
				assert_string_equal(
				    cryptopro_reserve(c)->object,
				    cryptopro_file_name(f));
			} else {
				assert_null(cryptopro_reserve(c));
			}
			cryptopro_free(c);
		}
	}
	privkey_free(key);
	six_clear(&s);
}

static void
test_short(void **state)
{
	const size_t step = is_slow_run() ? 37 : 1;
	struct privkey *key;
	struct six s;

	(void)state;
	six_build("gost2012-512:A", SLICE_EMPTY, false, &s, &key);
	for (size_t len = 1; len < s.file[CRYPTOPRO_HEADER].len; len += step) {
		s.parts.file[CRYPTOPRO_HEADER].len = len;
		assert_shut(&s, SLICE_EMPTY, ERR_CRYPTO, "container.damaged",
		    "header.key");
	}
	s.parts.file[CRYPTOPRO_HEADER].len = 0;
	assert_shut(&s, SLICE_EMPTY, ERR_NOTFOUND, "container.none", NULL);
	six_parts(&s);
	/* Without a reserve the fault of the first copy is the answer. */
	s.parts.file[CRYPTOPRO_PRIMARY2].len = 0;
	for (size_t len = 0; len < s.file[CRYPTOPRO_MASKS].len; len += step) {
		s.parts.file[CRYPTOPRO_MASKS].len = len;
		assert_shut(&s, SLICE_EMPTY, ERR_CRYPTO, "container.damaged",
		    "masks.key");
	}
	six_parts(&s);
	/* Both copies. */
	s.parts.file[CRYPTOPRO_PRIMARY].len = 9;
	s.parts.file[CRYPTOPRO_MASKS2].len = 9;
	assert_shut(
	    &s, SLICE_EMPTY, ERR_CRYPTO, "container.damaged", "primary.key");
	privkey_free(key);
	six_clear(&s);
}

/* A password that is wrong, and a key that is damaged under the right one. */
static void
test_wrong_or_damaged(void **state)
{
	struct privkey *key;
	struct six s;

	(void)state;
	six_build("gost2012-256:A", pass, true, &s, &key);
	assert_shut(
	    &s, SLICE_LIT("secret "), ERR_CRYPTO, "container.password", NULL);
	s.file[CRYPTOPRO_PRIMARY].p[8] ^= 1;
	s.file[CRYPTOPRO_PRIMARY2].p[8] ^= 1;
	assert_shut(&s, pass, ERR_CRYPTO, "container.damaged", "primary.key");
	assert_shut(
	    &s, SLICE_LIT("secret "), ERR_CRYPTO, "container.password", NULL);
	privkey_free(key);
	six_clear(&s);
}

/* --- headers that are whole and say something else -------------------------
 */

/* The header again, with `from` changed to `to` of the same length, under a MAC
 * that fits. */
static void
header_with(struct six *s, struct slice from, struct slice to,
    enum gost89_set set, bool meshing)
{
	struct buf content = BUF_INIT(65536), whole = BUF_INIT(65536);
	uint8_t mac[GOST89_MAC_SIZE];
	struct slice cut, skip;
	struct errinfo ei = {0};
	size_t i = 0;

	assert_ok(cp_header_cut(
		      buf_slice(&s->file[CRYPTOPRO_HEADER]), &cut, &skip, &ei),
	    &ei);
	buf_add(&content, cut);
	while (memcmp(content.p + i, from.p, from.len) != 0) {
		i++;
		assert_true(i + from.len <= content.len);
	}
	buf_patch(&content, i, to.p, to.len);
	assert_ok(
	    cp_header_mac(set, meshing, buf_slice(&content), mac, &ei), &ei);
	cp_header_put(
	    &whole, buf_slice(&content), slice_make(mac, sizeof(mac)));
	buf_clear(&content);
	buf_clear(&s->file[CRYPTOPRO_HEADER]);
	s->file[CRYPTOPRO_HEADER] = whole;
	six_parts(s);
}

static size_t
occurrences(struct slice in, struct slice of)
{
	size_t num = 0;

	for (size_t i = 0; i + of.len <= in.len; i++) {
		num += memcmp(in.p + i, of.p, of.len) == 0;
	}
	return num;
}

/* Two octets are among a certificate's random ones now and then, and then the
 * change would be there: such a container is made again. */
static void
six_with_one(struct slice from, struct six *s, struct privkey **out_key)
{
	for (;;) {
		six_build("gost2012-256:A", SLICE_EMPTY, true, s, out_key);
		if (from.len > 2 ||
		    occurrences(buf_slice(&s->file[CRYPTOPRO_HEADER]), from) ==
			1) {
			return;
		}
		privkey_free(*out_key);
		six_clear(s);
	}
}

static void
test_other_headers(void **state)
{
	const struct {
		struct slice from;
		struct slice to;
		enum err kind;
		const char *rule;
	} cases[] = {
	    /* flags: another form of the same; no key; half in a device */
	    {SLICE_LIT("\x03\x02\x06\x40"), SLICE_LIT("\x03\x02\x00\x40"),
		ERR_OK, ""},
	    {SLICE_LIT("\x03\x02\x06\x40"), SLICE_LIT("\x03\x02\x05\x60"),
		ERR_NOTFOUND, "container.cryptopro.no_key"},
	    {SLICE_LIT("\x03\x02\x06\x40"), SLICE_LIT("\x03\x02\x04\x50"),
		ERR_UNSUPPORTED, "container.cryptopro.kind"},
	    /* the container's kind; the key's; its curve; the cipher's set */
	    {SLICE_LIT("\x02\x02\x25\x02\x01"),
		SLICE_LIT("\x02\x02\x25\x02\x02"), ERR_UNSUPPORTED,
		"container.cryptopro.kind"},
	    {SLICE_LIT("\x06\x08\x2a\x85\x03\x07\x01\x01\x01\x01"),
		SLICE_LIT("\x06\x08\x2a\x85\x03\x07\x01\x01\x06\x01"), ERR_OK,
		""},
	    {SLICE_LIT("\x06\x08\x2a\x85\x03\x07\x01\x01\x01\x01"),
		SLICE_LIT("\x06\x08\x2a\x85\x03\x07\x01\x01\x01\x03"),
		ERR_UNSUPPORTED, "container.cryptopro.kind"},
	    {SLICE_LIT("\x06\x07\x2a\x85\x03\x02\x02\x23\x01"),
		SLICE_LIT("\x06\x07\x2a\x85\x03\x02\x02\x23\x09"),
		ERR_UNSUPPORTED, "key.parameters"},
	    {SLICE_LIT("\x06\x09\x2a\x85\x03\x07\x01\x02\x05\x01\x01"),
		SLICE_LIT("\x06\x09\x2a\x85\x03\x07\x01\x02\x05\x01\x02"),
		ERR_UNSUPPORTED, "container.cryptopro.kind"},
	    /* FP of another size's tag; the certificate under the FP's */
	    {SLICE_LIT("\x8a\x08"), SLICE_LIT("\x8b\x08"), ERR_FORMAT,
		"container.cryptopro.form"},
	    {SLICE_LIT("\x8a\x08"), SLICE_LIT("\x85\x08"), ERR_FORMAT,
		"container.cryptopro.form"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		for (unsigned how = 0; how < GOST89_SETS * 2; how++) {
			struct privkey *key;
			struct six s;

			six_with_one(cases[i].from, &s, &key);
			header_with(&s, cases[i].from, cases[i].to, how / 2,
			    how % 2 != 0);
			if (cases[i].kind == ERR_OK) {
				cryptopro_free(open_six(&s, SLICE_EMPTY));
			} else {
				assert_shut(&s, SLICE_EMPTY, cases[i].kind,
				    cases[i].rule, NULL);
			}
			privkey_free(key);
			six_clear(&s);
		}
	}
}

/* A key of GOST R 34.10-2001 is named as what it is. */
static void
test_2001(void **state)
{
	static const uint8_t content[] = {0x30, 0x2e, 0x03, 0x02, 0x06, 0x40,
	    0x30, 0x1e, 0xa0, 0x1c, 0x06, 0x06, 0x2a, 0x85, 0x03, 0x02, 0x02,
	    0x13, 0x30, 0x12, 0x06, 0x07, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x23,
	    0x01, 0x06, 0x07, 0x2a, 0x85, 0x03, 0x02, 0x02, 0x1e, 0x01, 0x8a,
	    0x08, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08};
	struct six s = {0};
	struct errinfo ei = {0};
	uint8_t mac[GOST89_MAC_SIZE];
	struct slice whole = slice_make(content, sizeof(content));

	(void)state;
	for (size_t i = 0; i < CRYPTOPRO_FILES; i++) {
		buf_init(&s.file[i], 1024);
	}
	assert_ok(cp_header_mac(GOST89_A, false, whole, mac, &ei), &ei);
	cp_header_put(
	    &s.file[CRYPTOPRO_HEADER], whole, slice_make(mac, sizeof(mac)));
	six_parts(&s);
	assert_shut(
	    &s, SLICE_EMPTY, ERR_UNSUPPORTED, "container.cryptopro.2001", NULL);
	six_clear(&s);
}

/* --- folders -------------------------------------------------------------- */

static void
test_folder(void **state)
{
	char dir[PATH_MAX], file[PATH_TEXT_SIZE];
	struct cryptopro_options o = {.name = "На диске",
	    .password = pass,
	    .exportable = true,
	    .key = make_key("gost2012-256:A")};
	struct buf cert = BUF_INIT(4096), seen = BUF_INIT(4096);
	struct cryptopro_info info;
	struct cryptopro *c = NULL;
	struct errinfo ei = {0};

	(void)state;
	(void)snprintf(dir, sizeof(dir), "%s", scratch("cp.000"));
	assert_false(cryptopro_is_folder(dir));
	assert_int_equal(cryptopro_peek(dir, &info, NULL, &ei), ERR_NOTFOUND);
	make_cert(o.key, "x", &cert);
	o.cert = buf_slice(&cert);
	assert_ok(cryptopro_write(dir, &o, &ei), &ei);
	assert_true(cryptopro_is_folder(dir));
	assert_ok(cryptopro_peek(dir, &info, &seen, &ei), &ei);
	assert_true(slice_eq(buf_slice(&seen), o.cert));
	assert_string_equal(info.name, "На диске");
	assert_true(info.has_password && info.has_cert && info.exportable);
	assert_ok(cryptopro_open(dir, pass, &c, &ei), &ei);
	assert_true(privkey_matches(cryptopro_privkey(c), privkey_spki(o.key)));
	cryptopro_free(c);
	assert_int_equal(cryptopro_write(dir, &o, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "container.exists");
	/* Larger than any is. */
	assert_ok(path_join(file, dir, "masks.key", &ei), &ei);
	assert_int_equal(truncate(file, CRYPTOPRO_FILE_MAX + 1), 0);
	assert_int_equal(cryptopro_open(dir, pass, &c, &ei), ERR_LIMIT);
	for (unsigned i = 0; i < CRYPTOPRO_FILES; i++) {
		assert_ok(
		    path_join(file, dir, cryptopro_file_name(i), &ei), &ei);
		assert_int_equal(unlink(file), 0);
	}
	assert_int_equal(rmdir(dir), 0);
	privkey_free(o.key);
	buf_clear(&cert);
	buf_clear(&seen);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_theirs),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_other_keys),
	    cmocka_unit_test(test_refused_options),
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_flips),
	    cmocka_unit_test(test_short),
	    cmocka_unit_test(test_wrong_or_damaged),
	    cmocka_unit_test(test_other_headers),
	    cmocka_unit_test(test_2001),
	    cmocka_unit_test(test_folder),
	};

	return cmocka_run_group_tests(tests, group_setup, group_teardown);
}
