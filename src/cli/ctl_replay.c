/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguchctl profile replay: what a changed profile would have made of the
 * last issues.  The certificates come from the running centre, the addresses
 * from the signer's settings; the bytes are built and looked at here, and
 * nothing is signed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "cli/ctl.h"
#include "crypto/alg.h"
#include "crypto/pubkey.h"
#include "os/file.h"
#include "profile/ca_identity.h"
#include "profile/profile.h"
#include "profile/replay.h"
#include "profile/template.h"
#include "signer/settings.h"
#include "x509/cert.h"
#include "x509/pem.h"
#include "json/writer.h"

enum {
	OUTPUT_MAX = 256 * 1024 * 1024,
	SERIAL_TEXT_MAX = 4 * SERIAL_BYTES_MAX
};

/* --- whose certificates ----------------------------------------------------
 */

struct source {
	struct profile *p;
	struct ca_identity ca;
	struct template *t;
	struct buf text;   /* the centre's answer */
	struct slice rest; /* of it: the certificates */
};

static void
source_clear(struct source *s)
{
	template_free(s->t);
	ca_identity_clear(&s->ca);
	profile_free(s->p);
	buf_clear(&s->text);
}

static enum err
ask_recent(
    struct source *s, const char *last, const char *ca, struct errinfo *ei)
{
	const struct cli_option options[] = {{"--ca", &ca, NULL}};
	const struct cli_args args = {{profile_name(s->p), last}, 2};
	struct control_call call;
	enum err e = ctl_begin(&call, "certificate", "recent", &args, ei);

	if (e == ERR_OK) {
		e = ctl_options(&call, options, 1, ei);
	}
	return e != ERR_OK ? e : ctl_ask(&call, 0, &s->text, ei);
}

/* "ca NAME", the first line. */
static enum err
take_ca_name(struct source *s, char out[CA_NAME_SIZE], struct errinfo *ei)
{
	struct slice all = buf_slice(&s->text);
	const uint8_t *end = all.len > 0 ? memchr(all.p, '\n', all.len) : NULL;
	size_t len = end != NULL ? (size_t)(end - all.p) : 0;

	if (len <= 3 || len - 3 >= CA_NAME_SIZE) {
		return err_set(ei, ERR_FORMAT, "replay.answer", NULL,
		    "the centre's answer is not understood");
	}
	(void)snprintf(
	    out, CA_NAME_SIZE, "%.*s", (int)(len - 3), (const char *)all.p + 3);
	s->rest = slice_make(all.p + len + 1, all.len - len - 1);
	return ERR_OK;
}

static enum err
add_urls(
    struct ca_identity *ca, const struct signer_settings *s, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < s->crl_urls.num && e == ERR_OK; i++) {
		e = ca_identity_add_crl_url(ca, s->crl_urls.at[i], ei);
	}
	if (e == ERR_OK && s->crl_shards > 0) {
		e = ca_identity_set_crl_shards(ca, s->crl_shards, ei);
	}
	if (e == ERR_OK && s->crl_delta_sec > 0) {
		e = ca_identity_set_crl_deltas(ca, ei);
	}
	for (size_t i = 0; i < s->ca_urls.num && e == ERR_OK; i++) {
		e = ca_identity_add_ca_issuers_url(ca, s->ca_urls.at[i], ei);
	}
	for (size_t i = 0; i < s->ocsp_urls.num && e == ERR_OK; i++) {
		e = ca_identity_add_ocsp_url(ca, s->ocsp_urls.at[i], ei);
	}
	return e;
}

/* What the CA signs with: its settings say, or its key does. */
static enum err
choose_alg(const struct signer_settings *settings, struct slice cert_der,
    enum sig_alg *out, struct errinfo *ei)
{
	struct pubkey *key = NULL;
	struct cert *cert = NULL;
	enum err e = cert_parse(cert_der, &cert, ei);

	if (e == ERR_OK) {
		e = pubkey_parse(cert_spki(cert), &key, ei);
	}
	if (e == ERR_OK) {
		*out = settings->sig_alg != SIG_NONE
			   ? settings->sig_alg
			   : key_alg_default_sig(pubkey_alg(key));
	}
	pubkey_free(key);
	cert_free(cert);
	return e;
}

static enum err
make_identity(struct source *s, const char *name, struct errinfo *ei)
{
	struct signer_settings *settings = NULL;
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum sig_alg alg = SIG_NONE;
	enum err e;

	(void)snprintf(
	    path, sizeof(path), "%s/etc/surguch/ca/%s.conf", ctl_centre, name);
	e = signer_settings_load(path, &settings, ei);
	if (e == ERR_OK) {
		e = pem_get(&s->rest, PEM_CERTIFICATE, &cert, ei);
	}
	if (e == ERR_OK) {
		e = choose_alg(settings, buf_slice(&cert), &alg, ei);
	}
	if (e == ERR_OK) {
		e = ca_identity_init(&s->ca, name, buf_slice(&cert), alg, ei);
	}
	if (e == ERR_OK) {
		e = add_urls(&s->ca, settings, ei);
	}
	signer_settings_free(settings);
	buf_clear(&cert);
	return e;
}

static enum err
open_source(struct source *s, const char *file, const char *last,
    const char *ca, struct errinfo *ei)
{
	char name[CA_NAME_SIZE];
	enum err e = ctl_profile_load(file, &s->p, ei);

	if (e == ERR_OK) {
		e = ask_recent(s, last, ca, ei);
	}
	if (e == ERR_OK) {
		e = take_ca_name(s, name, ei);
	}
	if (e == ERR_OK) {
		e = make_identity(s, name, ei);
	}
	return e != ERR_OK ? e : template_new(s->p, &s->ca, &s->t, ei);
}

/* --- telling ---------------------------------------------------------------
 */

struct tell {
	struct buf *out;
	struct json_writer *json; /* NULL: text */
	size_t num, num_equal, num_refused, num_found;
};

static void
say(void *arg, const char *key, const char *a, const char *b)
{
	struct tell *t = arg;

	if (t->json != NULL) {
		json_open_object(t->json, NULL);
		json_put_text(t->json, "path", key);
		json_put_text(t->json, "issued", a);
		json_put_text(t->json, "rebuilt", b);
		json_close(t->json);
		return;
	}
	buf_printf(t->out, "  %s\n    issued:  %s\n    rebuilt: %s\n", key,
	    a != NULL ? a : "(nothing)", b != NULL ? b : "(nothing)");
}

static void
tell_lint(struct tell *t, const char *what, const struct lint_report *r)
{
	if (t->json != NULL) {
		json_open_array(t->json, what);
	}
	for (size_t i = 0; i < r->num; i++) {
		const struct lint_finding *f = &r->at[i];

		if (t->json == NULL) {
			buf_printf(t->out, "  lint of the %s bytes: %s: %s\n",
			    what, f->rule, f->text);
			continue;
		}
		json_open_object(t->json, NULL);
		json_put_text(t->json, "rule", f->rule);
		json_put_text(t->json, "clause", f->clause);
		json_put_text(t->json, "text", f->text);
		json_close(t->json);
	}
	if (t->json != NULL) {
		json_close(t->json);
	} else if (r->num == 0) {
		buf_printf(t->out, "  lint of the %s bytes: nothing\n", what);
	}
}

static void
tell_bytes(struct tell *t, const struct replay *r)
{
	size_t num;

	if (t->json != NULL) {
		json_put_bool(t->json, "equal", r->equal);
		json_open_array(t->json, "differences");
	} else if (r->equal) {
		buf_add_str(t->out, "  the same bytes\n");
	}
	num = facts_diff(&r->issued, &r->rebuilt, say, t);
	/* Whatever facts cannot tell apart is told all the same. */
	if (num == 0 && !r->equal) {
		say(t, "encoding", "other bytes", "that say the same");
	}
	if (t->json != NULL) {
		json_close(t->json);
	}
}

static void
tell_refusal(struct tell *t, const struct errinfo *why)
{
	if (t->json != NULL) {
		json_open_object(t->json, "refused");
		json_put_text(t->json, "rule", why->rule);
		json_put_text(t->json, "text", why->text);
		json_close(t->json);
	} else {
		buf_printf(t->out, "  would be refused: %s\n    rule %s\n",
		    why->text, why->rule);
	}
}

static void
tell_one(struct tell *t, const char *serial, const struct replay *r)
{
	t->num++;
	t->num_equal += r->equal;
	t->num_refused += r->refused;
	t->num_found += r->issued_lint.num > 0;
	if (t->json != NULL) {
		json_open_object(t->json, NULL);
		json_put_text(t->json, "serial", serial);
	} else {
		buf_printf(t->out, "%s\n", serial);
	}
	if (r->refused) {
		tell_refusal(t, &r->why);
	} else {
		tell_bytes(t, r);
	}
	tell_lint(t, "issued", &r->issued_lint);
	if (!r->refused) {
		tell_lint(t, "rebuilt", &r->rebuilt_lint);
	}
	if (t->json != NULL) {
		json_close(t->json);
	}
}

/* --- the command -----------------------------------------------------------
 */

static enum err
replay_one(
    struct source *s, struct slice der, struct tell *t, struct errinfo *ei)
{
	struct replay *r = calloc(1, sizeof(*r));
	struct buf serial = BUF_INIT(SERIAL_TEXT_MAX);
	struct cert *cert = NULL;
	enum err e = r == NULL ? err_nomem(ei) : cert_parse(der, &cert, ei);

	if (e == ERR_OK) {
		text_hex(&serial, cert_serial(cert));
		e = replay_run(s->p, &s->ca, s->t, der, r, ei);
	}
	if (e == ERR_OK) {
		tell_one(t, buf_cstr(&serial), r);
		e = buf_err(t->out, ei);
		replay_clear(r);
	}
	cert_free(cert);
	buf_clear(&serial);
	free(r);
	return e;
}

static enum err
replay_all(struct source *s, struct tell *t, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	enum err e = pem_get(&s->rest, PEM_CERTIFICATE, &der, ei);

	while (e == ERR_OK) {
		e = replay_one(s, buf_slice(&der), t, ei);
		buf_reset(&der);
		if (e == ERR_OK) {
			e = pem_get(&s->rest, PEM_CERTIFICATE, &der, ei);
		}
	}
	buf_clear(&der);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

static enum err
replay_text(struct source *s, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUTPUT_MAX);
	struct tell t = {.out = &out};
	enum err e = replay_all(s, &t, ei);

	buf_printf(&out,
	    "%zu certificates of %s: %zu the same, %zu changed, %zu refused; "
	    "lint under this profile has something to say of %zu as issued\n",
	    t.num, s->ca.name, t.num_equal, t.num - t.num_equal - t.num_refused,
	    t.num_refused, t.num_found);
	if (e != ERR_OK) {
		buf_clear(&out);
		return e;
	}
	return cli_write_buf(&out, ei);
}

static enum err
replay_json(struct source *s, struct errinfo *ei)
{
	struct buf out = BUF_INIT(OUTPUT_MAX);
	struct json_writer w;
	struct tell t = {.out = &out, .json = &w};
	enum err e;

	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_put_text(&w, "ca", s->ca.name);
	json_put_text(&w, "profile", profile_name(s->p));
	json_open_array(&w, "certificates");
	e = replay_all(s, &t, ei);
	json_close(&w);
	json_close(&w);
	if (e != ERR_OK) {
		buf_clear(&out);
		return e;
	}
	return cli_write_json(&w, &out, ei);
}

enum err
ctl_profile_replay(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *last = "10", *ca = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--last", &last, NULL},
	    {"--ca", &ca, NULL},
	    {"--json", NULL, &json},
	};
	struct source s = {.text = BUF_INIT(CONTROL_REPLY_MAX)};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = open_source(&s, args.at[0], last, ca, ei);
	}
	if (e == ERR_OK) {
		e = json ? replay_json(&s, ei) : replay_text(&s, ei);
	}
	source_clear(&s);
	return e;
}
