/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/init.h"

#include <pthread.h>
#include <stdatomic.h>

#include "crypto/ossl_priv.h"

enum {
	ENGINE_PATH_MAX = 512
};

static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;
static atomic_bool ready;
static const EVP_MD *mds[HASH_ALG_MAX_];
static EVP_PKEY *ec_p256, *ec_p384;

static const struct {
	const char *name;
	enum hash_alg alg;
	bool gost;
} md_names[] = {
    {"SHA1", HASH_SHA1, false},
    {"SHA256", HASH_SHA256, false},
    {"SHA384", HASH_SHA384, false},
    {"SHA512", HASH_SHA512, false},
    {"md_gost12_256", HASH_STREEBOG256, true},
    {"md_gost12_512", HASH_STREEBOG512, true},
};

static bool
engine_path(char *out, size_t size)
{
	const char *dir = OPENSSL_info(OPENSSL_INFO_ENGINES_DIR);
	int n;

	if (dir == NULL) {
		return false;
	}
	n = snprintf(out, size, "%s/gost.so", dir);
	return n > 0 && (size_t)n < size;
}

/*
 * By full path: ENGINE_by_id("gost") would look where OPENSSL_ENGINES points.
 * The structural reference is kept for the life of the process.
 */
static ENGINE *
engine_load(void)
{
	char path[ENGINE_PATH_MAX];
	ENGINE *e = ENGINE_get_pkey_meth_engine(NID_id_GostR3410_2012_256);

	/* It cannot be loaded twice in a process, and a PKCS#11 module may
	 * have a copy of this very code. */
	if (e != NULL) {
		return e;
	}
	if (!engine_path(path, sizeof(path))) {
		return NULL;
	}
	e = ENGINE_by_id("dynamic");
	if (e == NULL) {
		return NULL;
	}
	if (!ENGINE_ctrl_cmd_string(e, "SO_PATH", path, 0) ||
	    !ENGINE_ctrl_cmd_string(e, "ID", "gost", 0) ||
	    !ENGINE_ctrl_cmd_string(e, "LOAD", NULL, 0)) {
		ENGINE_free(e);
		return NULL;
	}
	return e;
}

/* Both controls are settings of the process; Z is TC26's own set, which
 * GnuTLS and CryptoPro read (facts 1.2, 7.2). */
static bool
engine_set_up(ENGINE *e)
{
	return ENGINE_init(e) &&
	       ENGINE_ctrl_cmd_string(
		   e, "CRYPT_PARAMS", "id-tc26-gost-28147-param-Z", 0) &&
	       ENGINE_set_default(e, ENGINE_METHOD_ALL);
}

static enum err
load_engine(struct errinfo *ei)
{
	char path[ENGINE_PATH_MAX];
	ENGINE *e = engine_load();

	if (e != NULL && engine_set_up(e)) {
		return ERR_OK;
	}
	if (e != NULL) {
		ENGINE_free(e);
	}
	if (!engine_path(path, sizeof(path))) {
		path[0] = '\0';
	}
	return err_set(ei, ERR_CRYPTO, "crypto.engine", NULL,
	    "the GOST engine %s could not be loaded; install the package "
	    "libengine-gost-openssl",
	    path);
}

static enum err
load_digests(struct errinfo *ei)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(md_names); i++) {
		const EVP_MD *md =
		    md_names[i].gost
			? EVP_get_digestbyname(md_names[i].name)
			: EVP_MD_fetch(NULL, md_names[i].name, NULL);

		if (md == NULL) {
			return err_set(ei, ERR_CRYPTO, "crypto.engine", NULL,
			    "the digest %s is missing in OpenSSL",
			    md_names[i].name);
		}
		mds[md_names[i].alg] = md;
	}
	return ERR_OK;
}

static EVP_PKEY *
curve_only(char *group)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(
		OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
	    OSSL_PARAM_construct_end(),
	};
	EVP_PKEY *pkey = NULL;

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_KEY_PARAMETERS, params) !=
		1) {
		pkey = NULL;
	}
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

static enum err
load_curves(struct errinfo *ei)
{
	char p256[] = "prime256v1", p384[] = "secp384r1";

	ec_p256 = curve_only(p256);
	ec_p384 = curve_only(p384);
	if (ec_p256 == NULL || ec_p384 == NULL) {
		return err_set(ei, ERR_CRYPTO, "crypto.library", NULL,
		    "OpenSSL was built without P-256 or P-384");
	}
	return ERR_OK;
}

enum err
crypto_init(struct errinfo *ei)
{
	enum err e = ERR_OK;

	(void)pthread_mutex_lock(&init_lock);
	if (atomic_load(&ready)) {
		goto out;
	}
	if (OPENSSL_init_crypto(
		OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT |
		    OPENSSL_INIT_ADD_ALL_CIPHERS |
		    OPENSSL_INIT_ADD_ALL_DIGESTS | OPENSSL_INIT_ENGINE_DYNAMIC,
		NULL) != 1) {
		e = err_set(ei, ERR_CRYPTO, "crypto.library", NULL,
		    "OpenSSL could not be initialised");
		goto out;
	}
	if ((e = load_engine(ei)) != ERR_OK ||
	    (e = load_digests(ei)) != ERR_OK ||
	    (e = load_curves(ei)) != ERR_OK) {
		goto out;
	}
	atomic_store(&ready, true);
out:
	ERR_clear_error();
	(void)pthread_mutex_unlock(&init_lock);
	return e;
}

enum err
crypto_need(struct errinfo *ei)
{
	if (atomic_load_explicit(&ready, memory_order_acquire)) {
		return ERR_OK;
	}
	return err_set(ei, ERR_STATE, "crypto.init", NULL,
	    "cryptography was used before crypto_init()");
}

const EVP_MD *
crypto_md(enum hash_alg alg)
{
	return (unsigned)alg < HASH_ALG_MAX_ ? mds[alg] : NULL;
}

EVP_PKEY *
crypto_ec_template(enum key_alg alg)
{
	return alg == KEY_P256 ? ec_p256 : ec_p384;
}

enum err
crypto_done(enum err e)
{
	ERR_clear_error();
	return e;
}

enum err
crypto_library(struct errinfo *ei, const char *what)
{
	unsigned long code = ERR_peek_error();
	bool memory = ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;

	ERR_clear_error();
	if (memory) {
		return err_nomem(ei);
	}
	return err_set(ei, ERR_INTERNAL, "crypto.library", NULL,
	    "OpenSSL failed at: %s", what);
}
