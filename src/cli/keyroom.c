/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/keyroom.h"

#include <stdio.h>
#include <unistd.h>

#include "base/audit_position.h"
#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "os/memfd.h"
#include "profile/values.h"
#include "signer/client.h"

enum err
keyroom_at(const struct centre *c, const char *name, uid_t uid,
    struct keyroom_at *out, struct errinfo *ei)
{
	enum err e;

	out->uid = uid;
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	e = centre_path(
	    c, out->state, ei, "var/lib/surguch/signer-%s", out->name);
	return e != ERR_OK ? e
			   : centre_path(c, out->settings, ei,
				 "etc/surguch/ca/%s.conf", out->name);
}

/* --- once --------------------------------------------------------------- */

enum err
keyroom_make_key(const struct centre *c, const struct keyroom_at *at,
    const char *spec, struct slice secret, struct errinfo *ei)
{
	const char *const args[] = {
	    "--make-key", at->state, spec, at->settings};

	return centre_run(
	    c, "surguch-signer", args, ARRAY_LEN(args), secret, ei);
}

enum err
keyroom_request(const struct centre *c, const struct keyroom_at *at,
    struct slice secret, struct buf *out, struct errinfo *ei)
{
	const char *const args[] = {"--make-request", at->state, at->settings};
	char path[PATH_TEXT_SIZE];
	enum err e =
	    centre_run(c, "surguch-signer", args, ARRAY_LEN(args), secret, ei);

	if (e == ERR_OK) {
		e = path_join(path, at->state, "request.der", ei);
	}
	return e != ERR_OK ? e : file_read(path, CSR_BYTES_MAX, out, ei);
}

enum err
keyroom_install(const struct centre *c, const struct keyroom_at *at,
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
		e = centre_run(c, "surguch-signer", args,
		    issuer.len > 0 ? 4 : 3, SLICE_EMPTY, ei);
	}
	(void)unlink(file);
	(void)unlink(issuer_file);
	return e;
}

enum err
keyroom_spki(const struct keyroom_at *at, struct buf *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, at->state, "spki.der", ei);

	return e != ERR_OK ? e : file_read(path, SPKI_BYTES_MAX, out, ei);
}

enum err
keyroom_put_key(const struct keyroom_at *whose, const char *setting,
    struct buf *settings, struct errinfo *ei)
{
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	uint8_t hash[SHA256_SIZE];
	enum err e = keyroom_spki(whose, &spki, ei);

	if (e == ERR_OK) {
		e = sha256_of(buf_slice(&spki), hash, ei);
	}
	if (e == ERR_OK) {
		buf_printf(settings, "%s = [\"", setting);
		text_hex(settings, slice_make(hash, sizeof(hash)));
		buf_add_str(settings, "\"];\n");
	}
	buf_clear(&spki);
	return e;
}

/* --- running ------------------------------------------------------------ */

enum err
keyroom_start(const struct centre *c, const struct keyroom_at *at,
    struct slice secret, struct keyroom_signer *out, struct errinfo *ei)
{
	char program[PATH_TEXT_SIZE], profiles[PATH_TEXT_SIZE], user[32];
	int fd = -1;
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
	if (e == ERR_OK && secret.len > 0) {
		e = memfd_of("secret", secret, &fd, ei);
		s.secret_fd = fd;
	}
	if (e == ERR_OK) {
		e = signer_client_spawn(&s, &out->client, &out->pid, ei);
	}
	fd_close(fd);
	return e;
}

enum err
keyroom_stop(struct keyroom_signer *r, enum err e, struct errinfo *ei)
{
	struct signer_client *client = r->client;
	enum err ended;

	if (client == NULL) {
		return e;
	}
	r->client = NULL;
	ended = signer_client_stop(client, r->pid, e == ERR_OK ? ei : NULL);
	return e != ERR_OK ? e : ended;
}

static enum err
fill(
    struct issue_values *v, const struct keyroom_wish *wish, struct errinfo *ei)
{
	enum err e = values_set_profile(v, slice_str(wish->profile), ei);

	if (e == ERR_OK) {
		e = values_add_attr(v, OID_C, slice_str(wish->country), ei);
	}
	if (e == ERR_OK) {
		e = values_add_attr(
		    v, OID_O, slice_str(wish->organization), ei);
	}
	if (e == ERR_OK) {
		e = values_add_attr(
		    v, OID_CN, slice_str(wish->common_name), ei);
	}
	if (e == ERR_OK && wish->host != NULL) {
		e = values_add_san(v,
		    san_form_fits(SAN_IP, wish->host) ? SAN_IP : SAN_DNS,
		    slice_str(wish->host), ei);
	}
	if (e == ERR_OK) {
		e = values_set_spki(v, wish->spki, ei);
	}
	return e != ERR_OK ? e : values_digest(v, v->idem, ei);
}

enum err
keyroom_issue(struct keyroom_signer *r, const struct keyroom_wish *wish,
    struct buf *cert, struct errinfo *ei)
{
	/* No database yet: the position of a writer that wrote nothing. */
	const struct audit_position nowhere = {0};
	struct issue_values v;
	enum err e;

	values_init(&v);
	e = fill(&v, wish, ei);
	if (e == ERR_OK) {
		e = signer_issue(r->client, &v, &nowhere, cert, NULL, NULL, ei);
	}
	values_clear(&v);
	return e;
}

enum err
keyroom_crl_number(struct keyroom_signer *r, uint64_t *out, struct errinfo *ei)
{
	struct signer_info info;
	enum err e;

	signer_info_init(&info);
	e = signer_info(r->client, &info, ei);
	if (e == ERR_OK) {
		*out = info.crl_number;
	}
	signer_info_clear(&info);
	return e;
}

enum err
keyroom_crl(struct keyroom_signer *r, int64_t now, int64_t life_sec,
    struct slice entries, struct buf *crl, struct errinfo *ei)
{
	struct signer_crl order = {
	    .this_update = now, .next_update = now + life_sec};
	enum err e = keyroom_crl_number(r, &order.number, ei);

	order.number++;
	return e != ERR_OK ? e
			   : signer_crl_whole(
				 r->client, &order, entries, crl, NULL, ei);
}

struct walk {
	keyroom_cert_fn *fn;
	void *arg;
};

static enum err
take_entry(
    void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	struct walk *w = arg;

	return entry->type == JOURNAL_ISSUE ? w->fn(w->arg, entry->cert, ei)
					    : ERR_OK;
}

enum err
keyroom_certs(struct keyroom_signer *r, keyroom_cert_fn *fn, void *arg,
    struct errinfo *ei)
{
	struct walk w = {fn, arg};

	return signer_journal_since(r->client, 0, take_entry, &w, ei);
}
