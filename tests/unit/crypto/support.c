/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "keys/keys.h"

enum {
	READ_MAX = 1 << 20
};

const char *const all_specs[] = {
    "gost2012-256:0",
    "gost2012-256:A",
    "gost2012-256:B",
    "gost2012-256:C",
    "gost2012-256:XA",
    "gost2012-256:XB",
    "gost2012-256:TCA",
    "gost2012-256:TCB",
    "gost2012-256:TCC",
    "gost2012-256:TCD",
    "gost2012-512:A",
    "gost2012-512:B",
    "gost2012-512:C",
    "p256",
    "p384",
    "ed25519",
    "rsa:2048",
};
const size_t num_specs = ARRAY_LEN(all_specs);

static char folder[] = "/tmp/surguch-test-XXXXXX";

static const char engine_conf[] = "openssl_conf = oi\n[oi]\nengines = es\n"
				  "[es]\ngost = g\n[g]\nengine_id = gost\n"
				  "default_algorithms = ALL\n"
				  "CRYPT_PARAMS = id-tc26-gost-28147-param-Z\n";

int
group_setup(void **state)
{
	struct errinfo ei = {0};

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	if (mkdtemp(folder) == NULL) {
		return -1;
	}
	scratch_write("engine.cnf", slice_str(engine_conf));
	return setenv("OPENSSL_CONF", scratch("engine.cnf"), 1);
}

int
group_teardown(void **state)
{
	DIR *d = opendir(folder);
	struct dirent *ent;

	(void)state;
	if (d == NULL) {
		return -1;
	}
	while ((ent = readdir(d)) != NULL) {
		(void)unlinkat(dirfd(d), ent->d_name, 0);
	}
	(void)closedir(d);
	return rmdir(folder);
}

static void
ref_path(const char *name, char out[PATH_MAX])
{
	const char *data = getenv("SURGUCH_REFERENCE_DATA");
	const char *root = getenv("SURGUCH_SOURCE_ROOT");

	if (data != NULL) {
		(void)snprintf(out, PATH_MAX, "%s/%s", data, name);
	} else {
		(void)snprintf(out, PATH_MAX, "%s/../shared/data/%s",
		    root != NULL ? root : ".", name);
	}
}

static bool
file_read_all(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rbe");
	uint8_t part[4096];
	size_t n;

	if (f == NULL) {
		return false;
	}
	while ((n = fread(part, 1, sizeof(part), f)) > 0) {
		buf_add(out, slice_make(part, n));
	}
	(void)fclose(f);
	return buf_err(out, NULL) == ERR_OK;
}

void
ref_read(const char *name, struct buf *out)
{
	char path[PATH_MAX];

	buf_init(out, READ_MAX);
	ref_path(name, path);
	if (!file_read_all(path, out)) {
		print_message("skipped: no reference data at %s\n", path);
		skip();
	}
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

size_t
ref_list(const char *sub, const char *ext, char names[][128], size_t max)
{
	char path[PATH_MAX];
	struct dirent *ent;
	size_t n = 0, len, ext_len = strlen(ext);
	DIR *d;

	ref_path(sub, path);
	d = opendir(path);
	if (d == NULL) {
		print_message("skipped: no reference data at %s\n", path);
		skip();
	}
	while (d != NULL && (ent = readdir(d)) != NULL && n < max) {
		len = strlen(ent->d_name);
		if (len > ext_len &&
		    strcmp(ent->d_name + len - ext_len, ext) == 0) {
			(void)snprintf(
			    names[n++], 128, "%s/%.100s", sub, ent->d_name);
		}
	}
	if (d != NULL) {
		(void)closedir(d);
	}
	qsort(names, n, sizeof(names[0]), by_name);
	return n;
}

const char *
scratch(const char *name)
{
	static char paths[8][PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % ARRAY_LEN(paths)];

	(void)snprintf(path, PATH_MAX, "%s/%s", folder, name);
	return path;
}

void
scratch_write(const char *name, struct slice content)
{
	FILE *f = fopen(scratch(name), "wbe");

	assert_non_null(f);
	assert_int_equal(fwrite(content.p, 1, content.len, f), content.len);
	assert_int_equal(fclose(f), 0);
}

void
scratch_read(const char *name, struct buf *out)
{
	buf_init(out, READ_MAX);
	assert_true(file_read_all(scratch(name), out));
}

int
run(const char *const *argv)
{
	extern char **environ;
	posix_spawn_file_actions_t fa;
	union {
		const char *const *c;
		char *const *v;
	} args = {.c = argv};
	int status = -1, rc;
	pid_t pid;

	(void)posix_spawn_file_actions_init(&fa);
	(void)posix_spawn_file_actions_addopen(
	    &fa, 0, "/dev/null", O_RDONLY, 0);
	(void)posix_spawn_file_actions_addopen(
	    &fa, 1, scratch("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);
	(void)posix_spawn_file_actions_adddup2(&fa, 1, 2);
	rc = posix_spawnp(&pid, argv[0], &fa, NULL, args.v, environ);
	(void)posix_spawn_file_actions_destroy(&fa);
	if (rc != 0) {
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

void
cut_signed(struct slice der, struct signed_parts *out)
{
	struct slice seq;
	struct errinfo ei = {0};
	unsigned unused;

	assert_ok(der_get(&der, DER_SEQUENCE, &seq, &ei), &ei);
	assert_ok(der_end(der, &ei), &ei);
	assert_ok(der_get_whole(&seq, DER_SEQUENCE, &out->tbs, &ei), &ei);
	assert_ok(der_get_whole(&seq, DER_SEQUENCE, &out->alg, &ei), &ei);
	assert_ok(der_get_bits(&seq, &out->sig, &unused, &ei), &ei);
	assert_ok(der_end(seq, &ei), &ei);
}

struct slice
request_spki(struct slice tbs)
{
	struct slice seq, skip, spki;
	struct errinfo ei = {0};

	assert_ok(der_get(&tbs, DER_SEQUENCE, &seq, &ei), &ei);
	assert_ok(der_get(&seq, DER_INTEGER, &skip, &ei), &ei);
	assert_ok(der_get(&seq, DER_SEQUENCE, &skip, &ei), &ei);
	assert_ok(der_get_whole(&seq, DER_SEQUENCE, &spki, &ei), &ei);
	return spki;
}

void
pem_read(struct slice text, struct buf *out)
{
	struct buf copy = BUF_INIT(READ_MAX);
	char *begin, *end;

	buf_init(out, READ_MAX);
	buf_add(&copy, text);
	(void)buf_cstr(&copy);
	begin = strstr((char *)copy.p, "-----BEGIN");
	assert_non_null(begin);
	begin = strchr(begin, '\n');
	assert_non_null(begin);
	end = strstr(begin, "-----END");
	assert_non_null(end);
	assert_true(
	    text_unbase64(slice_make(begin, (size_t)(end - begin)), out));
	buf_clear(&copy);
}

struct privkey *
make_key(const char *spec)
{
	return unit_key(strncmp(spec, "rsa", 3) == 0 ? "rsa:2048" : spec, 0);
}

static void
put_name(struct buf *b, const char *name)
{
	size_t seq = der_open(b, DER_SEQUENCE), set = der_open(b, DER_SET);
	size_t attr = der_open(b, DER_SEQUENCE);

	der_put_oid(b, oid_bytes(OID_CN));
	der_put(b, DER_UTF8_STRING, slice_str(name));
	der_close(b, attr);
	der_close(b, set);
	der_close(b, seq);
}

void
make_cert(struct privkey *key, const char *name, struct buf *out)
{
	enum sig_alg alg = key_alg_default_sig(privkey_alg(key));
	struct buf tbs = BUF_INIT(CERT_BYTES_MAX);
	struct buf sig = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct errinfo ei = {0};
	size_t seq, part;

	seq = der_open(&tbs, DER_SEQUENCE);
	der_put_u63(&tbs, DER_INTEGER, 0x1234567);
	sig_alg_put(&tbs, alg);
	put_name(&tbs, name);
	part = der_open(&tbs, DER_SEQUENCE);
	der_put_time_5280(&tbs, 1700000000);
	der_put_time_5280(&tbs, 4000000000);
	der_close(&tbs, part);
	put_name(&tbs, name);
	der_put_raw(&tbs, privkey_spki(key));
	der_close(&tbs, seq);
	assert_ok(privkey_sign(key, alg, buf_slice(&tbs), &sig, &ei), &ei);
	buf_init(out, CERT_BYTES_MAX);
	seq = der_open(out, DER_SEQUENCE);
	der_put_raw(out, buf_slice(&tbs));
	sig_alg_put(out, alg);
	der_put_bits(out, buf_slice(&sig), 0);
	der_close(out, seq);
	assert_ok(buf_err(out, &ei), &ei);
	buf_clear(&tbs);
	buf_clear(&sig);
}

void
make_spki(struct buf *out, const char *alg_dotted, struct slice params,
    struct slice bits, unsigned unused)
{
	struct buf oid = BUF_INIT(OID_BYTES_MAX);
	size_t seq, alg;

	buf_init(out, (size_t)4 * SPKI_BYTES_MAX);
	assert_true(oid_encode(alg_dotted, &oid));
	seq = der_open(out, DER_SEQUENCE);
	alg = der_open(out, DER_SEQUENCE);
	der_put_oid(out, buf_slice(&oid));
	der_put_raw(out, params);
	der_close(out, alg);
	der_put_bits(out, bits, unused);
	der_close(out, seq);
	buf_clear(&oid);
}
