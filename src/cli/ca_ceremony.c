/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ca_ceremony.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/ca_centre.h"
#include "cli/ca_crl.h"
#include "cli/ca_plan.h"
#include "cli/ca_rite.h"
#include "cli/cli.h"
#include "cli/ctl.h"
#include "cli/keyroom.h"
#include "cli/password.h"
#include "crypto/hash.h"
#include "crypto/pubkey.h"
#include "os/systime.h"
#include "x509/cert.h"
#include "x509/csr.h"

enum {
	SIGNERS_MAX = 16384
};

/* --- the root's machine ------------------------------------------------- */

/* The root's certificate of its own key, made once. */
static enum err
certify_root(struct rite *r, const struct keyroom_at *at, struct buf *cert,
    struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct keyroom_signer by = {0};
	enum err e = rite_own_cert(at, cert, ei);

	if (e != ERR_NOTFOUND) {
		return e;
	}
	e = keyroom_spki(at, &spki, ei);
	if (e == ERR_OK) {
		e = rite_start(r, &r->plan->root, &by, ei);
	}
	if (e == ERR_OK) {
		e = rite_issue(r, &by, "root-ca", r->plan->root.common_name,
		    NULL, buf_slice(&spki), cert, ei);
	}
	e = keyroom_stop(&by, e, ei);
	if (e == ERR_OK) {
		e = keyroom_install(
		    &r->c, at, buf_slice(cert), SLICE_EMPTY, ei);
	}
	buf_clear(&spki);
	return e;
}

static enum err
root_step(struct rite *r, struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct keyroom_at at;
	enum err e = rite_tree(r, ei);

	if (e == ERR_OK) {
		e = rite_key(r, &r->plan->root, NULL, &at, ei);
	}
	if (e == ERR_OK) {
		e = certify_root(r, &at, &cert, ei);
	}
	if (e == ERR_OK) {
		e = rite_give(r, "root.cer", buf_slice(&cert), ei);
	}
	if (e == ERR_OK) {
		e = rite_note(r, r->plan->root.name, "root certificate",
		    buf_slice(&cert), ei);
	}
	buf_clear(&cert);
	return e;
}

/* The request for one CA: whose key it is, proved. */
static enum err
take_request(struct rite *r, const struct plan_ca *ca, struct buf *spki,
    struct errinfo *ei)
{
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	struct csr *csr = NULL;
	enum err e = rite_take(r, ca->key.name, "csr", &der, ei);

	if (e == ERR_OK) {
		e = csr_parse(buf_slice(&der), &csr, ei);
	}
	if (e == ERR_OK) {
		e = csr_verify(csr, ei);
	}
	if (e == ERR_OK) {
		buf_add(spki, csr_spki(csr));
		e = buf_err(spki, ei);
	}
	if (e == ERR_OK) {
		e = rite_note(r, ca->key.name, "request taken, public key",
		    buf_slice(spki), ei);
	}
	csr_free(csr);
	buf_clear(&der);
	return e;
}

static enum err
sign_one(struct rite *r, struct keyroom_signer *by, const struct plan_ca *ca,
    struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	char file[HELLO_NAME_SIZE + 8];
	enum err e = take_request(r, ca, &spki, ei);

	if (e == ERR_OK) {
		e = rite_issue(r, by, "issuing-ca", ca->key.common_name, NULL,
		    buf_slice(&spki), &cert, ei);
	}
	(void)snprintf(file, sizeof(file), "%s.cer", ca->key.name);
	if (e == ERR_OK) {
		e = rite_give(r, file, buf_slice(&cert), ei);
	}
	if (e == ERR_OK) {
		e = rite_note(
		    r, ca->key.name, "CA certificate", buf_slice(&cert), ei);
	}
	buf_clear(&spki);
	buf_clear(&cert);
	return e;
}

static enum err
sign_step(struct rite *r, struct errinfo *ei)
{
	const struct plan_key *root = &r->plan->root;
	struct buf own = BUF_INIT(CERT_BYTES_MAX);
	struct keyroom_signer by = {0};
	struct keyroom_at at;
	enum err e = rite_at(r, root, &at, ei);

	if (e == ERR_OK) {
		e = rite_own_cert(&at, &own, ei);
	}
	if (e == ERR_NOTFOUND) {
		e = err_set(ei, ERR_STATE, "ceremony.missing", NULL,
		    "%s has no certificate here: run the step \"root\" first",
		    root->name);
	}
	if (e == ERR_OK) {
		e = rite_start(r, root, &by, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < r->plan->num_cas; i++) {
		e = sign_one(r, &by, &r->plan->cas[i], ei);
	}
	if (e == ERR_OK) {
		e = ca_crl_again(r, &by, ei);
	}
	e = keyroom_stop(&by, e, ei);
	buf_clear(&own);
	return e;
}

/* --- the centre --------------------------------------------------------- */

static enum err
request_one(struct rite *r, const struct plan_ca *ca, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	struct secret secret = SECRET_EMPTY;
	char file[HELLO_NAME_SIZE + 8];
	struct keyroom_at at;
	enum err e = ERR_OK;

	/* Before the CA, whose settings name their keys. */
	if (ca->ocsp.name[0] != '\0') {
		e = rite_key(r, &ca->ocsp, NULL, &at, ei);
	}
	if (e == ERR_OK && ca->orders.name[0] != '\0') {
		e = rite_key(r, &ca->orders, NULL, &at, ei);
	}
	if (e == ERR_OK) {
		e = rite_key(r, &ca->key, ca, &at, ei);
	}
	if (e == ERR_OK) {
		e = rite_secret(r, &ca->key, false, &secret, ei);
	}
	if (e == ERR_OK) {
		e = keyroom_request(
		    &r->c, &at, secret_slice(&secret), &der, ei);
	}
	(void)snprintf(file, sizeof(file), "%s.csr", ca->key.name);
	if (e == ERR_OK) {
		e = rite_give(r, file, buf_slice(&der), ei);
	}
	secret_clear(&secret);
	buf_clear(&der);
	return e;
}

static enum err
request_step(struct rite *r, struct errinfo *ei)
{
	enum err e = rite_tree(r, ei);

	for (size_t i = 0; e == ERR_OK && i < r->plan->num_cas; i++) {
		e = request_one(r, &r->plan->cas[i], ei);
	}
	return e;
}

/* The root that came must be the one that was read out at the other machine. */
static enum err
take_root(struct rite *r, struct buf *der, struct pubkey **out_key,
    struct errinfo *ei)
{
	uint8_t sha256[SHA256_SIZE];
	struct cert *cert = NULL;
	enum err e = rite_take(r, "root", "cer", der, ei);

	if (e == ERR_OK) {
		e = sha256_of(buf_slice(der), sha256, ei);
	}
	if (e == ERR_OK &&
	    (!r->plan->root_known ||
		memcmp(sha256, r->plan->root_sha256, SHA256_SIZE) != 0)) {
		struct buf hex = BUF_INIT(2 * SHA256_SIZE + 1);

		text_hex(&hex, slice_make(sha256, sizeof(sha256)));
		e = err_set(ei, ERR_DENIED, "ceremony.root", NULL,
		    "the root that came has SHA-256 %s: if that is what was "
		    "read at its machine, write it into the file as "
		    "root.sha256",
		    buf_cstr(&hex));
		buf_clear(&hex);
	}
	if (e == ERR_OK) {
		e = cert_parse(buf_slice(der), &cert, ei);
	}
	if (e == ERR_OK) {
		e = pubkey_parse(cert_spki(cert), out_key, ei);
	}
	if (e == ERR_OK) {
		e = cert_verify(cert, *out_key, ei);
	}
	cert_free(cert);
	return e;
}

/* The answer to our request: of our key, by the root, and none other before
 * it. */
static enum err
check_answer(const struct keyroom_at *at, struct slice der,
    const struct pubkey *root, bool *out_new, struct errinfo *ei)
{
	struct buf own = BUF_INIT(CERT_BYTES_MAX);
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	if (e == ERR_OK) {
		e = cert_verify(cert, root, ei);
	}
	if (e == ERR_OK) {
		e = keyroom_spki(at, &spki, ei);
	}
	if (e == ERR_OK && !slice_eq(cert_spki(cert), buf_slice(&spki))) {
		e = err_set(ei, ERR_CONFLICT, "ceremony.other", NULL,
		    "the certificate that came for %s is of another key",
		    at->name);
	}
	if (e == ERR_OK) {
		e = rite_own_cert(at, &own, ei);
		*out_new = e == ERR_NOTFOUND;
		e = *out_new ? ERR_OK : e;
	}
	if (e == ERR_OK && !*out_new && !slice_eq(buf_slice(&own), der)) {
		e = err_set(ei, ERR_CONFLICT, "ceremony.other", NULL,
		    "%s has another certificate already", at->name);
	}
	cert_free(cert);
	buf_clear(&own);
	buf_clear(&spki);
	return e;
}

/* A key below the CA that has just got its own certificate. */
struct below {
	const struct plan_key *key;
	const char *profile;
	const char *what;
};

static enum err
certify_below(struct rite *r, const struct plan_ca *ca,
    const struct below *below, struct slice ca_cert, struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct keyroom_signer by = {0};
	struct keyroom_at at;
	enum err e = rite_at(r, below->key, &at, ei);

	if (e == ERR_OK) {
		e = keyroom_spki(&at, &spki, ei);
	}
	if (e == ERR_OK) {
		e = rite_start(r, &ca->key, &by, ei);
	}
	if (e == ERR_OK) {
		e = rite_issue(r, &by, below->profile, below->key->common_name,
		    NULL, buf_slice(&spki), &cert, ei);
	}
	e = keyroom_stop(&by, e, ei);
	if (e == ERR_OK) {
		e = keyroom_install(&r->c, &at, buf_slice(&cert), ca_cert, ei);
	}
	if (e == ERR_OK) {
		e = rite_note(
		    r, below->key->name, below->what, buf_slice(&cert), ei);
	}
	buf_clear(&spki);
	buf_clear(&cert);
	return e;
}

static enum err
certify_all_below(struct rite *r, const struct plan_ca *ca,
    struct slice ca_cert, struct errinfo *ei)
{
	const struct below all[] = {
	    {&ca->ocsp, "ocsp", "OCSP certificate"},
	    {&ca->orders, "page-order", "certificate for page orders"},
	};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(all); i++) {
		if (all[i].key->name[0] != '\0' &&
		    !rite_has_cert(r, all[i].key)) {
			e = certify_below(r, ca, &all[i], ca_cert, ei);
		}
	}
	return e;
}

/* One that does not start with what the file gave it is found now and not by
 * the whole centre. */
static enum err
try_signer(struct rite *r, const struct plan_ca *ca, struct errinfo *ei)
{
	struct keyroom_signer signer = {0};
	enum err e = rite_start(r, &ca->key, &signer, ei);

	return keyroom_stop(&signer, e, ei);
}

static enum err
import_one(struct rite *r, const struct plan_ca *ca, struct slice root,
    const struct pubkey *root_key, struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct keyroom_at at;
	bool is_new = false;
	enum err e = rite_at(r, &ca->key, &at, ei);

	if (e == ERR_OK) {
		e = rite_take(r, ca->key.name, "cer", &cert, ei);
	}
	if (e == ERR_OK) {
		e = check_answer(&at, buf_slice(&cert), root_key, &is_new, ei);
	}
	if (e == ERR_OK && is_new) {
		e = keyroom_install(
		    &r->c, &at, buf_slice(&cert), SLICE_EMPTY, ei);
	}
	if (e == ERR_OK && ca->ocsp.name[0] == '\0') {
		e = try_signer(r, ca, ei);
	}
	if (e == ERR_OK) {
		e = certify_all_below(r, ca, buf_slice(&cert), ei);
	}
	if (e == ERR_OK) {
		e = centre_publish_ca(
		    &r->c, ca->key.name, buf_slice(&cert), root, ei);
	}
	if (e == ERR_OK) {
		e = rite_note(r, ca->key.name, "CA certificate installed",
		    buf_slice(&cert), ei);
	}
	buf_clear(&cert);
	return e;
}

/* What surguch.conf then needs; a centre that is still to be made gets it by
 * the next step. */
static enum err
print_signers(struct rite *r, struct errinfo *ei)
{
	struct buf b = BUF_INIT(SIGNERS_MAX);
	enum err e;

	if (r->plan->centre.name[0] != '\0') {
		return ERR_OK;
	}
	centre_put_signers(r->plan, &b);
	e = buf_err(&b, ei);
	if (e == ERR_OK) {
		cli_print("\nNow add to `signers` in surguch.conf, and restart "
			  "surguchd:\n\n%s",
		    buf_cstr(&b));
	}
	buf_clear(&b);
	return e;
}

static enum err
import_step(struct rite *r, struct errinfo *ei)
{
	struct buf root = BUF_INIT(CERT_BYTES_MAX);
	struct pubkey *key = NULL;
	enum err e = take_root(r, &root, &key, ei);

	for (size_t i = 0; e == ERR_OK && i < r->plan->num_cas; i++) {
		e = import_one(r, &r->plan->cas[i], buf_slice(&root), key, ei);
	}
	if (e == ERR_OK) {
		e = ca_crl_publish(r, buf_slice(&root), ei);
	}
	if (e == ERR_OK) {
		e = print_signers(r, ei);
	}
	pubkey_free(key);
	buf_clear(&root);
	return e;
}

/* --- the command -------------------------------------------------------- */

static const struct {
	const char *name;
	enum err (*run)(struct rite *r, struct errinfo *ei);
	bool cas; /* it is for the CAs of the file */
} steps[] = {
    {"root", root_step, false},
    {"request", request_step, true},
    {"sign", sign_step, true},
    {"import", import_step, true},
    {"centre", centre_step, true},
    {"crl", ca_crl_step, false},
};

static enum err
run_step(struct rite *r, const char *name, struct errinfo *ei)
{
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		if (strcmp(steps[i].name, name) != 0) {
			continue;
		}
		if (steps[i].cas && r->plan->num_cas == 0) {
			return err_set(ei, ERR_FORMAT, "ceremony.issuing", NULL,
			    "the file names no CA under the root: the step %s "
			    "is for those in `issuing`",
			    name);
		}
		r->step = name;
		return steps[i].run(r, ei);
	}
	return err_set(ei, ERR_FORMAT, "cli.step", NULL,
	    "the steps are root, request, sign, import, centre and crl, not %s",
	    name);
}

enum err
ca_ceremony_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE], libexec_dir[PATH_TEXT_SIZE];
	const char *libexec = LIBEXEC_DIR;
	struct rite r = {
	    .c =
		{
		    .profiles = "/usr/share/surguch/profiles",
		    .root = geteuid() == 0,
		    .clock = system_clock(),
		},
	};
	const struct cli_option options[] = {
	    {"--profiles", &r.c.profiles, NULL},
	    {"--libexec", &libexec, NULL},
	    {"--password-file", &r.password_file, NULL},
	};
	struct ca_plan *plan = NULL;
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 2, 2, usage, &args, ei);

	if (e == ERR_OK) {
		e = path_absolute(libexec_dir, libexec, ei);
	}
	if (e == ERR_OK && ctl_centre[0] != '\0') {
		e = path_absolute(dir, ctl_centre, ei);
	} else {
		dir[0] = '\0';
	}
	if (e == ERR_OK) {
		e = ca_plan_load(args.at[1], &plan, ei);
	}
	if (e == ERR_OK) {
		r.c.dir = dir;
		r.c.libexec = libexec_dir;
		r.plan = plan;
		e = run_step(&r, args.at[0], ei);
	}
	free(plan);
	return e;
}
