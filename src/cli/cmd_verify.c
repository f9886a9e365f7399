/* SPDX-License-Identifier: Apache-2.0 */
/* surguch verify: is this certificate good, and if not, by which rule. */
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "cli/cli.h"
#include "cli/cmd_verify_roots.h"
#include "cli/commands.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "os/systime.h"
#include "x509/bundle.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/crl.h"
#include "x509/name.h"
#include "json/writer.h"

enum {
	OUT_MAX = 1024 * 1024
};

/* What files gave; owned. */
struct bag {
	struct cert *certs[CHAIN_CERTS_MAX];
	size_t num_certs;
	struct crl *crls[CHAIN_CRLS_MAX];
	size_t num_crls;
};

static void
bag_free(struct bag *b)
{
	if (b == NULL) {
		return;
	}
	for (size_t i = 0; i < b->num_certs; i++) {
		cert_free(b->certs[i]);
	}
	for (size_t i = 0; i < b->num_crls; i++) {
		crl_free(b->crls[i]);
	}
	free(b);
}

static enum err
too_many(struct errinfo *ei)
{
	return err_set(ei, ERR_LIMIT, "verify.number", NULL,
	    "more than %d certificates or %d lists in the files",
	    CHAIN_CERTS_MAX, CHAIN_CRLS_MAX);
}

static enum err
add_cert(void *arg, struct slice der, struct errinfo *ei)
{
	struct bag *b = arg;
	enum err e;

	if (b->num_certs == ARRAY_LEN(b->certs)) {
		return too_many(ei);
	}
	e = cert_parse(der, &b->certs[b->num_certs], ei);
	b->num_certs += e == ERR_OK;
	return e;
}

static enum err
add_crl(void *arg, struct slice der, struct errinfo *ei)
{
	struct bag *b = arg;
	enum err e;

	if (b->num_crls == ARRAY_LEN(b->crls)) {
		return too_many(ei);
	}
	e = crl_parse(der, &b->crls[b->num_crls], ei);
	b->num_crls += e == ERR_OK;
	return e;
}

/* Certificates and lists of a file, DER or PEM, any number.  NULL: none. */
static enum err
add_file(struct bag *b, const char *path, struct errinfo *ei)
{
	const struct bundle_taker taker = {add_cert, add_crl, b};
	size_t before = b->num_certs + b->num_crls;
	struct buf file = BUF_INIT(CRL_BYTES_MAX);
	enum err e;

	if (path == NULL) {
		return ERR_OK;
	}
	e = file_read(path, CRL_BYTES_MAX, &file, ei);
	if (e == ERR_OK) {
		e = bundle_read(buf_slice(&file), &taker, ei);
	}
	if (e == ERR_OK && b->num_certs + b->num_crls == before) {
		e = err_set(ei, ERR_FORMAT, "verify.empty", NULL,
		    "neither a certificate nor a revocation list is in it");
	}
	buf_clear(&file);
	return e == ERR_OK ? ERR_OK : err_object(ei, e, path);
}

/* The words of the command line. */
struct order {
	const char *ca;
	const char *other;
	const char *crl;
	const char *roots;
	const char *anchor; /* of the lists there, beside Microsoft's */
	const char *purpose;
	const char *name;
	const char *at;
	const char *rules;
	bool crl_all;
};

static enum err
read_rules(const char *word, enum chain_rules *out, struct errinfo *ei)
{
	static const struct {
		const char *word;
		enum chain_rules rules;
	} words[] = {
	    {"path", CHAIN_RULES_PATH},
	    {"pkix", CHAIN_RULES_PKIX},
	    {"web", CHAIN_RULES_WEB},
	};

	*out = CHAIN_RULES_PKIX;
	for (size_t i = 0; word != NULL && i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].word, word) == 0) {
			*out = words[i].rules;
			return ERR_OK;
		}
	}
	return word == NULL ? ERR_OK
			    : cli_bad_word(ei, "--rules", "path, pkix or web");
}

static enum err
read_order(const struct order *o, struct chain_request *req,
    struct chain_name *name, uint8_t octets[IP_OCTETS_MAX], struct errinfo *ei)
{
	struct clock clock = system_clock();

	req->at = clock_utc_sec(&clock);
	if (o->at != NULL && !time_from_text(slice_str(o->at), &req->at)) {
		return cli_bad_word(
		    ei, "--at", "a time like 2026-11-22T14:05:09Z");
	}
	if (o->purpose != NULL &&
	    !chain_purpose_find(o->purpose, &req->purpose)) {
		return cli_bad_word(ei, "--purpose",
		    "server, client, email, code, ocsp, timestamp or a known "
		    "OID");
	}
	if (o->name != NULL) {
		chain_name_read(o->name, octets, name);
		req->names = name;
		req->num_names = 1;
	}
	return read_rules(o->rules, &req->rules, ei);
}

static void
subject_text(const struct cert *c, struct buf *out)
{
	name_print(cert_subject(c), out);
	if (out->len == 0) {
		buf_add_str(out, "(no subject)");
	}
}

static enum err
put_json(const struct chain_verdict *v, struct buf *out, struct errinfo *ei)
{
	struct json_writer w;
	enum err e = ERR_OK;

	json_writer_init(&w, out);
	json_open_object(&w, NULL);
	json_put_text(&w, "status", chain_status_name(v->status));
	if (v->status != CHAIN_GOOD) {
		json_put_text(&w, "rule", v->why.rule);
		json_put_text(&w, "clause", v->why.clause);
		json_put_text(&w, "detail", v->why.text);
		json_put_int(&w, "at", (int64_t)v->at);
	}
	json_open_array(&w, "chain");
	for (size_t i = 0; e == ERR_OK && i < v->num; i++) {
		uint8_t sha256[SHA256_SIZE];
		struct buf subject = BUF_INIT(OUT_MAX);

		subject_text(v->path[i], &subject);
		e = sha256_of(cert_der(v->path[i]), sha256, ei);
		json_open_object(&w, NULL);
		json_put_slice(&w, "subject", buf_slice(&subject));
		json_put_hex(&w, "serial", cert_serial(v->path[i]));
		json_put_hex(&w, "sha256", slice_make(sha256, sizeof(sha256)));
		json_close(&w);
		buf_clear(&subject);
	}
	json_close(&w);
	json_close(&w);
	buf_add_u8(out, '\n');
	return e == ERR_OK ? json_writer_end(&w, ei) : e;
}

static enum err
put_lines(const struct chain_verdict *v, struct buf *out, struct errinfo *ei)
{
	buf_printf(out, "%s\n", chain_status_name(v->status));
	for (size_t i = 0; i < v->num; i++) {
		buf_printf(out, "%zu ", i);
		subject_text(v->path[i], out);
		buf_add_u8(out, '\n');
	}
	return buf_err(out, ei);
}

/* Anything but "good" is an error, after the chain has been shown. */
static enum err
tell(const struct chain_verdict *v, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUT_MAX);
	enum err e =
	    cmd_json() ? put_json(v, &out, ei) : put_lines(v, &out, ei);

	if (e == ERR_OK) {
		e = cli_write(buf_slice(&out), ei);
	}
	if (e == ERR_OK && v->status != CHAIN_GOOD) {
		*ei = v->why;
		e = v->why.kind;
	}
	buf_clear(&out);
	return e;
}

/* bags: the file's, the anchors', all the rest. */
/* Once more, with roots that were not at hand. */
static enum err
judge_with_roots(const struct order *o, struct chain_request *req,
    struct bag *anchors, struct chain_verdict *v, struct errinfo *ei)
{
	struct verify_roots *roots = NULL;
	enum err e = verify_roots_open(o->roots, o->anchor, &roots, ei);

	if (e == ERR_OK && v->status != CHAIN_GOOD) {
		e = verify_roots_add(roots, req, add_cert, anchors, ei);
		req->anchors.num = anchors->num_certs;
		if (e == ERR_OK) {
			e = chain_judge(req, v, ei);
		}
	}
	if (e == ERR_OK) {
		e = verify_roots_judge(roots, v, ei);
	}
	verify_roots_close(roots);
	return e;
}

static enum err
judge(const struct order *o, struct bag *const bags[3], struct errinfo *ei)
{
	struct chain_name name = {0};
	uint8_t octets[IP_OCTETS_MAX];
	struct chain_verdict v;
	struct chain_request req = {
	    .leaf = bags[0]->certs[0],
	    .anchors = {(const struct cert *const *)bags[1]->certs,
		bags[1]->num_certs},
	    .intermediates = {(const struct cert *const *)bags[2]->certs,
		bags[2]->num_certs},
	    .crls = {(const struct crl *const *)bags[2]->crls,
		bags[2]->num_crls},
	    .revocation =
		o->crl != NULL ? CHAIN_REVOCATION_ASK : CHAIN_REVOCATION_OFF,
	    .revocation_leaf_only = !o->crl_all,
	};
	enum err e = read_order(o, &req, &name, octets, ei);

	if (e == ERR_OK) {
		e = chain_judge(&req, &v, ei);
	}
	if (e == ERR_OK && o->roots != NULL) {
		e = judge_with_roots(o, &req, bags[1], &v, ei);
	}
	return e == ERR_OK ? tell(&v, ei) : e;
}

static enum err
load(const struct order *o, const char *file, struct bag *bags[3],
    struct errinfo *ei)
{
	enum err e = add_file(bags[0], file, ei);

	if (e == ERR_OK && bags[0]->num_certs == 0) {
		(void)err_set(ei, ERR_FORMAT, "verify.empty", NULL,
		    "no certificate is in it");
		e = err_object(ei, ERR_FORMAT, file);
	}
	if (e == ERR_OK) {
		e = add_file(bags[1], o->ca, ei);
	}
	if (e == ERR_OK) {
		e = add_file(bags[2], o->other, ei);
	}
	if (e == ERR_OK) {
		e = add_file(bags[2], o->crl, ei);
	}
	/* What stands behind the first certificate of FILE is its chain. */
	while (e == ERR_OK && bags[0]->num_certs > 1) {
		if (bags[2]->num_certs == ARRAY_LEN(bags[2]->certs)) {
			return too_many(ei);
		}
		bags[2]->certs[bags[2]->num_certs++] =
		    bags[0]->certs[--bags[0]->num_certs];
	}
	return e;
}

enum err
cmd_verify(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct order o = {0};
	const struct cli_option options[] = {
	    {"--ca", &o.ca, NULL},
	    {"--other", &o.other, NULL},
	    {"--crl", &o.crl, NULL},
	    {"--roots", &o.roots, NULL},
	    {"--anchor", &o.anchor, NULL},
	    {"--crl-all", NULL, &o.crl_all},
	    {"--purpose", &o.purpose, NULL},
	    {"--name", &o.name, NULL},
	    {"--at", &o.at, NULL},
	    {"--rules", &o.rules, NULL},
	};
	struct bag *bags[3] = {NULL};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && o.ca == NULL && o.roots == NULL) {
		e = cli_bad_word(ei, "--ca",
		    "a file of the certificates to trust; or --roots a mirror "
		    "of lists of them");
	}
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(bags); i++) {
		bags[i] = calloc(1, sizeof(*bags[i]));
		e = bags[i] != NULL ? ERR_OK : err_nomem(ei);
	}
	if (e == ERR_OK) {
		e = load(&o, args.at[0], bags, ei);
	}
	if (e == ERR_OK) {
		e = judge(&o, bags, ei);
	}
	for (size_t i = 0; i < ARRAY_LEN(bags); i++) {
		bag_free(bags[i]);
	}
	return e;
}
