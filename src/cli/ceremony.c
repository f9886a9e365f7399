/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key ceremony of a new centre.  Every certificate, the roots' own too,
 * is made by a signer from a profile and stands in that signer's journal;
 * there is no second way of signing.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/text.h"
#include "cli/centre.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "crypto/tlskey.h"
#include "profile/values.h"
#include "signer/client.h"
#include "x509/p7b.h"
#include "x509/pem.h"

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
	PEM_MAX = 65536,
	CONF_MAX = 8192,
	ROOT_CRL_SEC = 366 * 86400, /* the root's key is away until then */
	/* What front asks for is shorter; a front that was taken over gets
	 * nothing that outlives its eviction by more than this. */
	CRL_HOURS_MAX = 48,
	OCSP_HOURS_MAX = 1,
	NAME_MAX_LEN = 64,
};

/* A signer's directories and files, by the instance's name. */
struct instance_at {
	char name[NAME_MAX_LEN];
	char state[PATH_TEXT_SIZE];
	char settings[PATH_TEXT_SIZE];
	uid_t uid;
};

static enum err
instance_at(const struct centre *c, const char *kind, const struct hierarchy *h,
    struct instance_at *out, struct errinfo *ei)
{
	static const char *const kinds[] = {"root", "issuing", "ocsp"};
	unsigned n = ROLE_FIRST_SIGNER + (unsigned)(h - hierarchies) * 10;
	enum err e;

	for (unsigned k = 0; k < ARRAY_LEN(kinds); k++) {
		n += strcmp(kinds[k], kind) == 0 ? k : 0;
	}
	out->uid = centre_uid(c, n);
	(void)snprintf(out->name, sizeof(out->name), "%s-%s", kind, h->name);
	e = centre_path(
	    c, out->state, ei, "var/lib/surguch/signer-%s", out->name);
	return e != ERR_OK ? e
			   : centre_path(c, out->settings, ei,
				 "etc/surguch/ca/%s.conf", out->name);
}

/* --- running the signer's one-shot commands --------------------------------
 */

static enum err
make_key(const struct centre *c, const struct instance_at *at, const char *spec,
    struct errinfo *ei)
{
	const char *const args[] = {"--make-key", at->state, spec};

	return centre_run(c, "surguch-signer", args, ARRAY_LEN(args), ei);
}

static enum err
install_cert(const struct centre *c, const struct instance_at *at,
    struct slice cert, struct slice issuer, struct errinfo *ei)
{
	char file[PATH_TEXT_SIZE], issuer_file[PATH_TEXT_SIZE];
	const char *const args[] = {
	    "--install-cert", at->state, file, issuer_file};
	enum err e = centre_path(c, file, ei, "etc/surguch/new.cer");

	if (e == ERR_OK) {
		e = centre_path(c, issuer_file, ei, "etc/surguch/issuer.cer");
	}
	if (e == ERR_OK) {
		e = file_write_atomic(file, cert, 0600, ei);
	}
	if (e == ERR_OK && issuer.len > 0) {
		e = file_write_atomic(issuer_file, issuer, 0600, ei);
	}
	if (e == ERR_OK) {
		e = centre_run(
		    c, "surguch-signer", args, issuer.len > 0 ? 4 : 3, ei);
	}
	(void)unlink(file);
	(void)unlink(issuer_file);
	return e;
}

/* --- settings ----------------------------------------------------------------
 */

static enum err
read_spki(const struct instance_at *at, struct buf *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, at->state, "spki.der", ei);

	return e != ERR_OK ? e : file_read(path, SPKI_BYTES_MAX, out, ei);
}

/* The issuing CA delegates to this OCSP key and to no other. */
static enum err
put_responder(const struct centre *c, const struct hierarchy *h, struct buf *b,
    struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct instance_at ocsp;
	uint8_t hash[HASH_SIZE_MAX];
	enum err e = instance_at(c, "ocsp", h, &ocsp, ei);

	if (e == ERR_OK) {
		e = read_spki(&ocsp, &spki, ei);
	}
	if (e == ERR_OK) {
		e = hash_of(HASH_SHA256, buf_slice(&spki), hash, ei);
	}
	if (e == ERR_OK) {
		buf_add_str(b, "responders = [\"");
		text_hex(b, slice_make(hash, hash_size(HASH_SHA256)));
		buf_add_str(b, "\"];\n");
	}
	buf_clear(&spki);
	return e;
}

static enum err
write_settings(const struct centre *c, const struct hierarchy *h,
    const char *kind, const struct instance_at *at, struct errinfo *ei)
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
	if (strcmp(kind, "ocsp") == 0) {
		buf_printf(&b,
		    "kind = \"ocsp\";\n"
		    "ocsp_hours_max = %d;\n",
		    (int)OCSP_HOURS_MAX);
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
		    "profiles = [\"ocsp\", %s];\n"
		    "ocsp_urls = [\"http://127.0.0.1:%u/ocsp/%s\"];\n"
		    "crl_hours_max = %d;\n",
		    h->profiles, c->public_port, at->name, (int)CRL_HOURS_MAX);
		e = put_responder(c, h, &b, ei);
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
prepare(const struct centre *c, const struct hierarchy *h, const char *kind,
    struct instance_at *out, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	enum err e = instance_at(c, kind, h, out, ei);

	if (e == ERR_OK) {
		(void)snprintf(
		    dir, sizeof(dir), "var/lib/surguch/signer-%s", out->name);
		e = centre_state_dir(c, dir, out->uid, ei);
	}
	if (e == ERR_OK) {
		e = make_key(c, out, h->spec, ei);
	}
	return e != ERR_OK ? e : write_settings(c, h, kind, out, ei);
}

/* --- certificates
 * ------------------------------------------------------------- */

/* A running signer of the ceremony. */
struct running {
	struct signer_client *client;
	pid_t pid;
};

static enum err
start(const struct centre *c, const struct instance_at *at, struct running *out,
    struct errinfo *ei)
{
	char program[PATH_TEXT_SIZE], profiles[PATH_TEXT_SIZE], user[32];
	struct signer_spawn s = {
	    .program = program,
	    .name = at->name,
	    .state_dir = at->state,
	    .settings = at->settings,
	    .profile_dir = profiles,
	    .user = c->root ? user : NULL,
	    .clock = c->clock,
	};
	enum err e = path_join(program, c->libexec, "surguch-signer", ei);

	(void)snprintf(user, sizeof(user), "%lu:%lu", (unsigned long)at->uid,
	    (unsigned long)at->uid);
	if (e == ERR_OK) {
		e = centre_path(c, profiles, ei, "etc/surguch/profiles");
	}
	return e != ERR_OK
		   ? e
		   : signer_client_spawn(&s, &out->client, &out->pid, ei);
}

static enum err
stop(struct running *r, struct errinfo *ei)
{
	struct signer_client *client = r->client;

	r->client = NULL;
	return client != NULL ? signer_client_stop(client, r->pid, ei) : ERR_OK;
}

static enum err
issue(struct running *r, struct issue_values *v, struct buf *cert,
    struct errinfo *ei)
{
	/* No database yet: the position of a writer that wrote nothing. */
	const struct audit_position nowhere = {0};

	return signer_issue(r->client, v, &nowhere, cert, NULL, NULL, ei);
}

static enum err
fill(struct issue_values *v, const char *profile, const char *common_name,
    struct slice spki, struct errinfo *ei)
{
	enum err e;

	values_init(v);
	e = values_set_profile(v, slice_str(profile), ei);
	if (e == ERR_OK) {
		e = values_add_attr(v, OID_C, SLICE_LIT("RU"), ei);
	}
	if (e == ERR_OK) {
		e = values_add_attr(v, OID_O,
		    SLICE_LIT("Учебный центр surguch (сертификаты не "
			      "являются квалифицированными)"),
		    ei);
	}
	if (e == ERR_OK) {
		e = values_add_attr(v, OID_CN, slice_str(common_name), ei);
	}
	if (e == ERR_OK) {
		e = values_set_spki(v, spki, ei);
	}
	/* One certificate for one content: the ceremony may be repeated. */
	return e != ERR_OK ? e : values_digest(v, v->idem, ei);
}

static enum err
issue_named(struct running *r, const char *profile, const char *common_name,
    struct slice spki, struct buf *cert, struct errinfo *ei)
{
	struct issue_values v;
	enum err e = fill(&v, profile, common_name, spki, ei);

	if (e == ERR_OK) {
		e = issue(r, &v, cert, ei);
	}
	values_clear(&v);
	return e;
}

/* Everything that one hierarchy is made of. */
struct making {
	const struct centre *c;
	const struct hierarchy *h;
	struct instance_at root, issuing, ocsp;
	struct buf root_cert, issuing_cert, ocsp_cert, root_crl;
};

static enum err
root_crl(struct making *m, struct running *r, struct errinfo *ei)
{
	struct signer_crl order = {.number = 1};

	order.this_update = clock_utc_sec(&m->c->clock);
	order.next_update = order.this_update + ROOT_CRL_SEC;
	return signer_crl(r->client, &order, SLICE_EMPTY, &m->root_crl, ei);
}

/* One key's certificate. */
struct certifying {
	const struct instance_at *by, *whose;
	const char *profile;
	const char *name; /* without the hierarchy's words */
	struct buf *out;
	const struct buf *issuer; /* given to whose OCSP key it is, or NULL */
	/* What `by` signs besides, or NULL. */
	enum err (*besides)(
	    struct making *m, struct running *r, struct errinfo *ei);
};

static enum err
certify(struct making *m, const struct certifying *o, struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct running r = {0};
	char name[CENTRE_TEXT_MAX];
	enum err e = read_spki(o->whose, &spki, ei);

	(void)snprintf(name, sizeof(name), "%s, %s", o->name, m->h->words);
	if (e == ERR_OK) {
		e = start(m->c, o->by, &r, ei);
	}
	if (e == ERR_OK) {
		e = issue_named(
		    &r, o->profile, name, buf_slice(&spki), o->out, ei);
	}
	if (e == ERR_OK && o->besides != NULL) {
		e = o->besides(m, &r, ei);
	}
	if (e == ERR_OK) {
		e = stop(&r, ei);
	} else {
		(void)(stop(&r, NULL) == ERR_OK);
	}
	if (e == ERR_OK) {
		e = install_cert(m->c, o->whose, buf_slice(o->out),
		    o->issuer != NULL ? buf_slice(o->issuer) : SLICE_EMPTY, ei);
	}
	buf_clear(&spki);
	return e;
}

/* --- the centre's own certificates
 * --------------------------------------------- */

static enum err
write_tls(const struct centre *c, struct privkey *key, const struct making *m,
    struct slice leaf, struct errinfo *ei)
{
	struct buf chain = BUF_INIT(PEM_MAX);
	struct secret pem = SECRET_EMPTY;
	uid_t uid = centre_uid(c, ROLE_FRONT);
	enum err e = privkey_to_pem_insecure_plain(key, &pem, ei);

	pem_put(&chain, PEM_CERTIFICATE, leaf);
	pem_put(&chain, PEM_CERTIFICATE, buf_slice(&m->issuing_cert));
	if (e == ERR_OK) {
		e = buf_err(&chain, ei);
	}
	if (e == ERR_OK) {
		e = centre_write(c, "var/lib/surguch/front/tls-key.pem",
		    slice_make(pem.p, pem.len - 1), 0400, uid, ei);
	}
	if (e == ERR_OK) {
		e = centre_write(c, "var/lib/surguch/front/tls-chain.pem",
		    buf_slice(&chain), 0444, uid, ei);
	}
	secret_clear(&pem);
	buf_clear(&chain);
	return e;
}

/* The API's own certificate, in the one hierarchy that browsers know. */
static enum err
make_tls(struct making *m, struct running *r, struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct privkey *key = NULL;
	struct issue_values v;
	enum err e;

	if (strcmp(m->h->name, "p256") != 0) {
		return ERR_OK;
	}
	values_init(&v);
	e = privkey_generate("p256", &key, ei);
	if (e == ERR_OK) {
		e = fill(&v, "tls-server", "127.0.0.1", privkey_spki(key), ei);
	}
	if (e == ERR_OK) {
		e = values_add_san(&v, SAN_IP, SLICE_LIT("127.0.0.1"), ei);
	}
	if (e == ERR_OK) {
		e = issue(r, &v, &cert, ei);
	}
	if (e == ERR_OK) {
		e = write_tls(m->c, key, m, buf_slice(&cert), ei);
	}
	values_clear(&v);
	privkey_free(key);
	buf_clear(&cert);
	return e;
}

/* --- what everybody may have
 * ------------------------------------------------------ */

static enum err
publish_all(struct making *m, struct errinfo *ei)
{
	const struct slice chain[] = {
	    buf_slice(&m->issuing_cert), buf_slice(&m->root_cert)};
	struct buf p7b = BUF_INIT(PEM_MAX), pem = BUF_INIT(PEM_MAX);
	const struct {
		const char *kind;
		const char *suffix;
		const struct buf *content;
	} files[] = {
	    {"root", "cer", &m->root_cert},
	    {"root", "pem", &pem},
	    {"root", "crl", &m->root_crl},
	    {"issuing", "cer", &m->issuing_cert},
	    {"issuing", "p7b", &p7b},
	};
	char name[PATH_TEXT_SIZE];
	enum err e;

	p7b_build(chain, ARRAY_LEN(chain), &p7b);
	pem_put(&pem, PEM_CERTIFICATE, chain[1]);
	e = buf_err(&p7b, ei);
	if (e == ERR_OK) {
		e = buf_err(&pem, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(files); i++) {
		(void)snprintf(name, sizeof(name),
		    "var/lib/surguch/public/%s-%s.%s", files[i].kind,
		    m->h->name, files[i].suffix);
		e = centre_write(m->c, name, buf_slice(files[i].content), 0644,
		    centre_uid(m->c, ROLE_FRONT), ei);
	}
	buf_clear(&p7b);
	buf_clear(&pem);
	return e;
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
	enum err e = prepare(m->c, m->h, "root", &m->root, ei);

	/* Before the issuing CA, whose settings name its key. */
	if (e == ERR_OK) {
		e = prepare(m->c, m->h, "ocsp", &m->ocsp, ei);
	}
	if (e == ERR_OK) {
		e = prepare(m->c, m->h, "issuing", &m->issuing, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(certs); i++) {
		e = certify(m, &certs[i], ei);
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
		buf_init(&m.root_crl, CERT_BYTES_MAX);
		e = make(&m, ei);
		buf_clear(&m.root_cert);
		buf_clear(&m.issuing_cert);
		buf_clear(&m.ocsp_cert);
		buf_clear(&m.root_crl);
	}
	return e;
}
