/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hierarchies of a new demo centre, root and all on one machine.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "cli/centre.h"
#include "cli/keyroom.h"
#include "crypto/privkey.h"

#define QUALIFIED                                                              \
	"\"qualified-person\", \"qualified-sole-proprietor\", "                \
	"\"qualified-org-person\", \"qualified-org\""
#define TLS "\"tls-client\", \"tls-server\""

/* A hierarchy keeps its place, and with it the uids of its signers. */
const struct hierarchy hierarchies[HIERARCHIES_NUM] = {
    {"gost", true, "gost2012-256:A", "ГОСТ Р 34.10-2012", QUALIFIED},
    {"p256", true, "p256", "ECDSA P-256", TLS},
    {"gost512", false, "gost2012-512:A", "ГОСТ Р 34.10-2012, 512", QUALIFIED},
    {"p384", false, "p384", "ECDSA P-384", TLS},
    {"rsa", false, "rsa:3072", "RSA", TLS},
    {"ed25519", false, "ed25519", "Ed25519", TLS},
};

enum {
	CONF_MAX = 8192,
	ROOT_CRL_SEC = 366 * 86400, /* the root's key is away until then */
	NAME_MAX_LEN = 64,
};

static enum err
instance_at(const struct centre *c, const char *kind, const struct hierarchy *h,
    struct keyroom_at *out, struct errinfo *ei)
{
	static const char *const kinds[] = {"root", "issuing", "ocsp"};
	unsigned n = ROLE_FIRST_SIGNER + (unsigned)(h - hierarchies) * 10;
	char name[NAME_MAX_LEN];

	for (unsigned k = 0; k < ARRAY_LEN(kinds); k++) {
		n += strcmp(kinds[k], kind) == 0 ? k : 0;
	}
	(void)snprintf(name, sizeof(name), "%s-%s", kind, h->name);
	return keyroom_at(c, name, centre_uid(c, n), out, ei);
}

static bool
has_browsers(const struct hierarchy *h)
{
	return strcmp(h->name, "p256") == 0;
}

static enum err
centre_key_at(
    const struct centre *c, struct keyroom_at *out, struct errinfo *ei)
{
	return keyroom_at(
	    c, CENTRE_ORDER_KEY, centre_uid(c, ROLE_CENTRE), out, ei);
}

/* --- settings ----------------------------------------------------------------
 */

static enum err
put_responder(const struct centre *c, const struct hierarchy *h, struct buf *b,
    struct errinfo *ei)
{
	struct keyroom_at ocsp;
	enum err e = instance_at(c, "ocsp", h, &ocsp, ei);

	return e != ERR_OK ? e : keyroom_put_key(&ocsp, "responders", b, ei);
}

/* The key for page orders, in the one hierarchy whose key makes it. */
static enum err
put_page_orderer(const struct centre *c, struct buf *b, struct errinfo *ei)
{
	struct keyroom_at centre;
	enum err e = centre_key_at(c, &centre, ei);

	if (e == ERR_OK) {
		e = keyroom_put_key(&centre, "page_orderers", b, ei);
	}
	return e;
}

static enum err
write_settings(const struct centre *c, const struct hierarchy *h,
    const char *kind, const struct keyroom_at *at, struct errinfo *ei)
{
	bool is_root = strcmp(kind, "root") == 0;
	const char *issuer = is_root ? "root" : "issuing";
	struct buf b = BUF_INIT(CONF_MAX);
	char file[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	buf_printf(&b,
	    "# A signer's own settings; see surguch-signer(8).\n"
	    "name = \"%s\";\n",
	    at->name);
	if (strcmp(kind, "centre") == 0) {
		buf_printf(&b,
		    "kind = \"centre\";\n"
		    "origin = \"https://127.0.0.1:%u\";\n",
		    c->api_port);
	} else if (strcmp(kind, "ocsp") == 0) {
		buf_printf(&b,
		    "kind = \"ocsp\";\n"
		    "ocsp_hours_max = %d;\n",
		    (int)KEYROOM_OCSP_HOURS);
	} else {
		buf_printf(&b,
		    "kind = \"ca\";\n"
		    "crl_urls = [\"http://127.0.0.1:%u/crl/%s-%s.crl\"];\n"
		    "ca_urls = [\"http://127.0.0.1:%u/ca/%s-%s.cer\"];\n",
		    c->public_port, issuer, h->name, c->public_port, issuer,
		    h->name);
	}
	if (is_root) {
		buf_printf(&b,
		    "profiles = [\"root-ca\", \"issuing-ca\"];\n"
		    "crl_hours_max = %d;\n",
		    ROOT_CRL_SEC / 3600);
	} else if (strcmp(kind, "issuing") == 0) {
		buf_printf(&b,
		    "profiles = [\"ocsp\", %s%s];\n"
		    "ocsp_urls = [\"http://127.0.0.1:%u/ocsp/%s\"];\n"
		    "crl_hours_max = %d;\n",
		    has_browsers(h) ? "\"page-order\", " : "", h->profiles,
		    c->public_port, at->name, (int)KEYROOM_CRL_HOURS);
		e = put_responder(c, h, &b, ei);
		if (e == ERR_OK && has_browsers(h)) {
			e = put_page_orderer(c, &b, ei);
		}
	}
	(void)snprintf(file, sizeof(file), "etc/surguch/ca/%s.conf", at->name);
	if (e == ERR_OK) {
		e = buf_err(&b, ei);
	}
	if (e == ERR_OK) {
		e = centre_write(c, file, buf_slice(&b), 0644, getuid(), ei);
	}
	buf_clear(&b);
	return e;
}

static enum err
prepare_at(const struct centre *c, const struct hierarchy *h, const char *kind,
    const struct keyroom_at *at, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	enum err e;

	(void)snprintf(dir, sizeof(dir), "var/lib/surguch/signer-%s", at->name);
	e = centre_state_dir(c, dir, at->uid, ei);
	if (e == ERR_OK) {
		e = write_settings(c, h, kind, at, ei);
	}
	return e != ERR_OK ? e
			   : keyroom_make_key(c, at, h->spec, SLICE_EMPTY, ei);
}

static enum err
prepare(const struct centre *c, const struct hierarchy *h, const char *kind,
    struct keyroom_at *out, struct errinfo *ei)
{
	enum err e = instance_at(c, kind, h, out, ei);

	return e != ERR_OK ? e : prepare_at(c, h, kind, out, ei);
}

/* --- certificates
 * ------------------------------------------------------------- */

static enum err
issue(struct keyroom_signer *r, const char *profile, const char *common_name,
    const char *host, struct slice spki, struct buf *cert, struct errinfo *ei)
{
	const struct keyroom_wish wish = {
	    .profile = profile,
	    .country = "RU",
	    .organization = "Учебный центр surguch (сертификаты не "
			    "являются квалифицированными)",
	    .common_name = common_name,
	    .host = host,
	    .spki = spki,
	};

	return keyroom_issue(r, &wish, cert, ei);
}

/* Everything that one hierarchy is made of. */
struct making {
	const struct centre *c;
	const struct hierarchy *h;
	struct keyroom_at root, issuing, ocsp;
	struct keyroom_at centre; /* has_browsers() */
	struct buf root_cert, issuing_cert, ocsp_cert, centre_cert, root_crl;
};

static enum err
root_crl(struct making *m, struct keyroom_signer *r, struct errinfo *ei)
{
	return keyroom_crl(r, clock_utc_sec(&m->c->clock), ROOT_CRL_SEC,
	    SLICE_EMPTY, &m->root_crl, ei);
}

/* One key's certificate. */
struct certifying {
	const struct keyroom_at *by, *whose;
	const char *profile;
	const char *name; /* without the hierarchy's words */
	struct buf *out;
	const struct buf *issuer; /* given to whose OCSP key it is, or NULL */
	/* What `by` signs besides, or NULL. */
	enum err (*besides)(
	    struct making *m, struct keyroom_signer *r, struct errinfo *ei);
};

static enum err
certify(struct making *m, const struct certifying *o, struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct keyroom_signer r = {0};
	char name[CENTRE_TEXT_MAX];
	enum err e = keyroom_spki(o->whose, &spki, ei);

	(void)snprintf(name, sizeof(name), "%s, %s", o->name, m->h->words);
	if (e == ERR_OK) {
		e = keyroom_start(m->c, o->by, SLICE_EMPTY, &r, ei);
	}
	if (e == ERR_OK) {
		e = issue(
		    &r, o->profile, name, NULL, buf_slice(&spki), o->out, ei);
	}
	if (e == ERR_OK && o->besides != NULL) {
		e = o->besides(m, &r, ei);
	}
	e = keyroom_stop(&r, e, ei);
	if (e == ERR_OK) {
		e = keyroom_install(m->c, o->whose, buf_slice(o->out),
		    o->issuer != NULL ? buf_slice(o->issuer) : SLICE_EMPTY, ei);
	}
	buf_clear(&spki);
	return e;
}

/* --- the centre's own certificates
 * --------------------------------------------- */

/* The API's own certificate, in the one hierarchy that browsers know. */
static enum err
make_tls(struct making *m, struct keyroom_signer *r, struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct privkey *key = NULL;
	enum err e;

	if (!has_browsers(m->h)) {
		return ERR_OK;
	}
	e = privkey_generate("p256", &key, ei);
	if (e == ERR_OK) {
		e = issue(r, "tls-server", "127.0.0.1", "127.0.0.1",
		    privkey_spki(key), &cert, ei);
	}
	if (e == ERR_OK) {
		e = centre_write_tls(m->c, centre_uid(m->c, ROLE_FRONT), key,
		    buf_slice(&cert), buf_slice(&m->issuing_cert), ei);
	}
	privkey_free(key);
	buf_clear(&cert);
	return e;
}

/* --- what everybody may have
 * ------------------------------------------------------ */

static enum err
publish_all(struct making *m, struct errinfo *ei)
{
	struct slice root = buf_slice(&m->root_cert);
	enum err e = centre_publish_root(
	    m->c, m->root.name, root, buf_slice(&m->root_crl), ei);

	return e != ERR_OK ? e
			   : centre_publish_ca(m->c, m->issuing.name,
				 buf_slice(&m->issuing_cert), root, ei);
}

/* The root's key is not needed until its list ends: it is put where only
 * root (or the owner) finds it, and no signer runs on it. */
static enum err
seal_root(struct making *m, struct errinfo *ei)
{
	char to[PATH_TEXT_SIZE];
	enum err e = centre_path(
	    m->c, to, ei, "var/lib/surguch/sealed/%s", m->root.name);

	if (e == ERR_OK && rename(m->root.state, to) != 0) {
		e = err_sys(
		    ei, "ceremony.seal", "cannot move %s", m->root.state);
	}
	return e;
}

static enum err
make(struct making *m, struct errinfo *ei)
{
	/* The root signs itself, then, with its certificate, the issuing CA
	 * and the list that revokes nothing. */
	const struct certifying certs[] = {
	    {&m->root, &m->root, "root-ca", "Учебный корневой центр surguch",
		&m->root_cert, NULL, NULL},
	    {&m->root, &m->issuing, "issuing-ca",
		"Учебный издающий центр surguch", &m->issuing_cert, NULL,
		root_crl},
	    {&m->issuing, &m->ocsp, "ocsp", "Служба OCSP surguch",
		&m->ocsp_cert, &m->issuing_cert, make_tls},
	};
	const struct certifying order = {&m->issuing, &m->centre, "page-order",
	    "Задания агентам surguch", &m->centre_cert, &m->issuing_cert, NULL};
	enum err e = prepare(m->c, m->h, "root", &m->root, ei);

	/* Before the issuing CA, whose settings name their keys. */
	if (e == ERR_OK) {
		e = prepare(m->c, m->h, "ocsp", &m->ocsp, ei);
	}
	if (e == ERR_OK && has_browsers(m->h)) {
		e = centre_key_at(m->c, &m->centre, ei);
	}
	if (e == ERR_OK && has_browsers(m->h)) {
		e = prepare_at(m->c, m->h, "centre", &m->centre, ei);
	}
	if (e == ERR_OK) {
		e = prepare(m->c, m->h, "issuing", &m->issuing, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(certs); i++) {
		e = certify(m, &certs[i], ei);
	}
	if (e == ERR_OK && has_browsers(m->h)) {
		e = certify(m, &order, ei);
	}
	if (e == ERR_OK) {
		e = publish_all(m, ei);
	}
	return e != ERR_OK ? e : seal_root(m, ei);
}

enum err
ceremony_run(const struct centre *c, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(hierarchies); i++) {
		struct making m = {.c = c, .h = &hierarchies[i]};

		if (!c->wanted[i]) {
			continue;
		}
		buf_init(&m.root_cert, CERT_BYTES_MAX);
		buf_init(&m.issuing_cert, CERT_BYTES_MAX);
		buf_init(&m.ocsp_cert, CERT_BYTES_MAX);
		buf_init(&m.centre_cert, CERT_BYTES_MAX);
		buf_init(&m.root_crl, CERT_BYTES_MAX);
		e = make(&m, ei);
		buf_clear(&m.root_cert);
		buf_clear(&m.issuing_cert);
		buf_clear(&m.ocsp_cert);
		buf_clear(&m.centre_cert);
		buf_clear(&m.root_crl);
	}
	return e;
}
