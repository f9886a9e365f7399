/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ca_rite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/cli.h"
#include "cli/password.h"
#include "crypto/hash.h"
#include "os/process.h"

enum {
	SETTINGS_MAX = 32768,
	LOG_MAX = 1 << 20,
	HOUR = 3600
};

/* --- the place ---------------------------------------------------------- */

enum err
rite_dir(struct rite *r, const char *name, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = centre_path(&r->c, path, ei, "%s", name);

	return e != ERR_OK || file_exists(path) ? e : dir_make(path, 0755, ei);
}

enum err
rite_exchange(struct rite *r, struct errinfo *ei)
{
	return file_exists(r->plan->exchange)
		   ? ERR_OK
		   : dir_make(r->plan->exchange, 0755, ei);
}

enum err
rite_tree(struct rite *r, struct errinfo *ei)
{
	static const char *const dirs[] = {"", "etc", "etc/surguch",
	    "etc/surguch/profiles", "etc/surguch/ca", "var", "var/lib",
	    "var/lib/surguch", "var/lib/surguch/public"};
	char path[PATH_TEXT_SIZE];
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(dirs); i++) {
		e = rite_dir(r, dirs[i], ei);
	}
	if (e == ERR_OK) {
		e = rite_exchange(r, ei);
	}
	if (e == ERR_OK) {
		e = centre_path(
		    &r->c, path, ei, "etc/surguch/profiles/root-ca.conf");
	}
	if (e == ERR_OK && !file_exists(path)) {
		e = centre_copy_profiles(&r->c, ei);
	}
	return e;
}

/* --- whose it is -------------------------------------------------------- */

enum err
rite_user(const char *user, uid_t *out, struct errinfo *ei)
{
	gid_t gid;
	enum err e;

	*out = getuid();
	if (*user == '\0') {
		return ERR_OK;
	}
	e = process_user(user, out, &gid, ei);
	return e != ERR_NOTFOUND
		   ? e
		   : err_set(ei, ERR_STATE, "ceremony.user", NULL,
			 "this machine has no user %s: make it first, as with "
			 "useradd --system --shell /usr/sbin/nologin %s",
			 user, user);
}

enum err
rite_at(struct rite *r, const struct plan_key *key, struct keyroom_at *out,
    struct errinfo *ei)
{
	uid_t uid;
	enum err e = rite_user(key->user, &uid, ei);

	return e != ERR_OK ? e : keyroom_at(&r->c, key->name, uid, out, ei);
}

/* --- settings ----------------------------------------------------------- */

/* A key below the CA whose settings these are, unless there is none. */
static enum err
put_below(struct rite *r, const struct plan_key *key, const char *setting,
    struct buf *b, struct errinfo *ei)
{
	struct keyroom_at at;
	enum err e = ERR_OK;

	if (key->name[0] != '\0') {
		e = rite_at(r, key, &at, ei);
		e = e != ERR_OK ? e : keyroom_put_key(&at, setting, b, ei);
	}
	return e;
}

static void
put_profiles(const struct plan_ca *ca, struct buf *b)
{
	const char *comma = "";

	buf_add_str(b, "profiles = [");
	if (ca->ocsp.name[0] != '\0') {
		buf_add_str(b, "\"ocsp\"");
		comma = ", ";
	}
	if (ca->orders.name[0] != '\0') {
		buf_printf(b, "%s\"page-order\"", comma);
		comma = ", ";
	}
	for (size_t i = 0; i < ca->num_profiles; i++) {
		buf_printf(b, "%s\"%s\"", comma, ca->profiles[i]);
		comma = ", ";
	}
	buf_add_str(b, "];\n");
}

static void
put_addresses(const struct rite *r, const char *name, struct buf *b)
{
	buf_printf(b,
	    "kind = \"ca\";\n"
	    "crl_urls = [\"%s/crl/%s.crl\"];\n"
	    "ca_urls = [\"%s/ca/%s.cer\"];\n",
	    r->plan->public, name, r->plan->public, name);
}

/* A signer's settings as the file wants them. */
static enum err
put_settings(struct rite *r, const struct plan_key *key,
    const struct plan_ca *ca, struct buf *b, struct errinfo *ei)
{
	const struct plan_ca *orders = plan_orders_ca(r->plan);
	enum err e = ERR_OK;

	buf_printf(b,
	    "# Made by surguchctl ca ceremony; see surguch-signer(8).\n"
	    "name = \"%s\";\n",
	    key->name);
	if (key->at[0] != '\0') {
		buf_printf(b, "%s\n", key->at);
	} else if (key->typed) {
		buf_printf(b, "key = { secret = \"%s\"; };\n", key->secret);
	}
	if (ca != NULL) {
		put_addresses(r, key->name, b);
		put_profiles(ca, b);
		buf_printf(b, "crl_hours_max = %d;\n", (int)KEYROOM_CRL_HOURS);
	} else if (key == &r->plan->root) {
		put_addresses(r, key->name, b);
		buf_printf(b,
		    "profiles = [\"root-ca\", \"issuing-ca\"];\n"
		    "crl_hours_max = %lld;\n",
		    (long long)(r->plan->root_crl_sec / HOUR));
	} else if (orders != NULL && key == &orders->orders) {
		buf_add_str(b, "kind = \"centre\";\norigin = \"");
		plan_put_origin(r->plan, b);
		buf_add_str(b, "\";\n");
	} else {
		buf_printf(b,
		    "kind = \"ocsp\";\n"
		    "ocsp_hours_max = %d;\n",
		    (int)KEYROOM_OCSP_HOURS);
	}
	if (ca != NULL && ca->ocsp.name[0] != '\0') {
		buf_printf(b, "ocsp_urls = [\"%s/ocsp/%s\"];\n",
		    r->plan->public, key->name);
		e = put_below(r, &ca->ocsp, "responders", b, ei);
	}
	if (ca != NULL && e == ERR_OK) {
		e = put_below(r, &ca->orders, "page_orderers", b, ei);
	}
	return e != ERR_OK ? e : buf_err(b, ei);
}

/* Written once; later it must be what the file still says, so that a file
 * that was changed in between does not do half of one thing and half of
 * another. */
static enum err
write_settings(struct rite *r, const struct keyroom_at *at, struct slice text,
    struct errinfo *ei)
{
	struct buf old = BUF_INIT(SETTINGS_MAX);
	enum err e = file_read(at->settings, SETTINGS_MAX, &old, ei);
	char name[HELLO_NAME_SIZE + 32];

	if (e == ERR_NOTFOUND) {
		(void)snprintf(
		    name, sizeof(name), "etc/surguch/ca/%s.conf", at->name);
		e = centre_write(&r->c, name, text, 0644, getuid(), ei);
	} else if (e == ERR_OK && !slice_eq(buf_slice(&old), text)) {
		e = err_object(ei,
		    err_set(ei, ERR_CONFLICT, "ceremony.changed", NULL,
			"these settings are not what the ceremony's file says "
			"of %s: one of the two was changed after the key was "
			"made",
			at->name),
		    at->settings);
	}
	buf_clear(&old);
	return e;
}

/* --- keys --------------------------------------------------------------- */

static bool
is_there(const struct keyroom_at *at, const char *name)
{
	char path[PATH_TEXT_SIZE];

	return path_join(path, at->state, name, NULL) == ERR_OK &&
	       file_exists(path);
}

enum err
rite_secret(struct rite *r, const struct plan_key *key, bool is_new,
    struct secret *out, struct errinfo *ei)
{
	if (!key->typed) {
		return ERR_OK;
	}
	if (r->password_file == NULL) {
		(void)fprintf(stderr, "What opens the key of %s:\n", key->name);
	}
	return cli_password(r->password_file, is_new, out, ei);
}

static enum err
make_key(struct rite *r, const struct plan_key *key,
    const struct keyroom_at *at, struct errinfo *ei)
{
	struct secret secret = SECRET_EMPTY;
	enum err e = rite_secret(r, key, true, &secret, ei);

	if (e == ERR_OK) {
		e = keyroom_make_key(
		    &r->c, at, key->spec, secret_slice(&secret), ei);
	}
	secret_clear(&secret);
	return e;
}

enum err
rite_key(struct rite *r, const struct plan_key *key, const struct plan_ca *ca,
    struct keyroom_at *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(SETTINGS_MAX);
	struct buf spki = BUF_INIT(SPKI_BYTES_MAX);
	char dir[HELLO_NAME_SIZE + 32];
	enum err e = rite_at(r, key, out, ei);

	if (e == ERR_OK) {
		e = put_settings(r, key, ca, &text, ei);
	}
	if (e == ERR_OK && !is_there(out, "spki.der") &&
	    (is_there(out, "key.p8") || is_there(out, "key.pass"))) {
		e = err_object(ei,
		    err_set(ei, ERR_STATE, "ceremony.half", NULL,
			"a key was begun here and not finished: nothing was "
			"certified with it, so remove the directory and run "
			"this step again"),
		    out->state);
	}
	if (e == ERR_OK) {
		e = write_settings(r, out, buf_slice(&text), ei);
	}
	(void)snprintf(
	    dir, sizeof(dir), "var/lib/surguch/signer-%s", out->name);
	if (e == ERR_OK) {
		e = centre_state_dir(&r->c, dir, out->uid, ei);
	}
	if (e == ERR_OK && !is_there(out, "spki.der")) {
		e = make_key(r, key, out, ei);
	}
	if (e == ERR_OK) {
		e = keyroom_spki(out, &spki, ei);
	}
	if (e == ERR_OK) {
		e = rite_note(r, key->name, "public key", buf_slice(&spki), ei);
	}
	buf_clear(&text);
	buf_clear(&spki);
	return e;
}

/* --- signing ------------------------------------------------------------ */

enum err
rite_start(struct rite *r, const struct plan_key *key,
    struct keyroom_signer *out, struct errinfo *ei)
{
	struct secret secret = SECRET_EMPTY;
	struct keyroom_at at;
	enum err e = rite_at(r, key, &at, ei);

	if (e == ERR_OK) {
		e = rite_secret(r, key, false, &secret, ei);
	}
	if (e == ERR_OK) {
		e = keyroom_start(&r->c, &at, secret_slice(&secret), out, ei);
	}
	secret_clear(&secret);
	return e;
}

enum err
rite_issue(struct rite *r, struct keyroom_signer *by, const char *profile,
    const char *common_name, const char *host, struct slice spki,
    struct buf *cert, struct errinfo *ei)
{
	const struct keyroom_wish wish = {
	    .profile = profile,
	    .country = r->plan->country,
	    .organization = r->plan->organization,
	    .common_name = common_name,
	    .host = host,
	    .spki = spki,
	};

	return keyroom_issue(by, &wish, cert, ei);
}

enum err
rite_own_cert(const struct keyroom_at *at, struct buf *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, at->state, "ca.der", ei);

	return e != ERR_OK ? e : file_read(path, CERT_BYTES_MAX, out, ei);
}

bool
rite_has_cert(struct rite *r, const struct plan_key *key)
{
	struct keyroom_at at;

	return rite_at(r, key, &at, NULL) == ERR_OK &&
	       is_there(&at, "cert.der");
}

/* --- what travels ------------------------------------------------------- */

enum err
rite_give(
    struct rite *r, const char *file, struct slice content, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, r->plan->exchange, file, ei);

	return e != ERR_OK ? e : file_write_atomic(path, content, 0644, ei);
}

enum err
rite_take(struct rite *r, const char *name, const char *suffix, struct buf *out,
    struct errinfo *ei)
{
	char file[HELLO_NAME_SIZE + 8], path[PATH_TEXT_SIZE];
	enum err e;

	(void)snprintf(file, sizeof(file), "%s.%s", name, suffix);
	e = path_join(path, r->plan->exchange, file, ei);
	if (e == ERR_OK) {
		e = file_read(path, out->max, out, ei);
	}
	if (e == ERR_NOTFOUND) {
		e = err_object(ei,
		    err_set(ei, ERR_STATE, "ceremony.missing", NULL,
			"it has not come: is the step before done, and the "
			"exchange directory here?"),
		    path);
	}
	return e;
}

/* --- the record --------------------------------------------------------- */

/* Add the line unless it stands there but for its time. */
static enum err
record_in(const char *path, const char *time, const char *line, unsigned mode,
    bool *out_new, struct errinfo *ei)
{
	struct buf log = BUF_INIT(LOG_MAX);
	enum err e = file_read(path, LOG_MAX, &log, ei);

	e = e == ERR_NOTFOUND ? ERR_OK : e;
	*out_new = e == ERR_OK && strstr(buf_cstr(&log), line) == NULL;
	if (*out_new) {
		buf_printf(&log, "%s%s", time, line);
		e = buf_err(&log, ei);
	}
	if (e == ERR_OK && *out_new) {
		e = file_write_atomic(path, buf_slice(&log), mode, ei);
	}
	buf_clear(&log);
	return e;
}

enum err
rite_note(struct rite *r, const char *name, const char *what,
    struct slice thing, struct errinfo *ei)
{
	char time[TIME_TEXT_SIZE], path[PATH_TEXT_SIZE];
	struct buf line = BUF_INIT(1024);
	uint8_t hash[SHA256_SIZE];
	bool is_new = false, unused;
	enum err e = sha256_of(thing, hash, ei);

	time_text(clock_utc_sec(&r->c.clock), time);
	buf_printf(&line, " %s: %s: %s, SHA-256 ", r->step, name, what);
	text_hex(&line, slice_make(hash, sizeof(hash)));
	buf_add_str(&line, "\n");
	if (e == ERR_OK) {
		e = buf_err(&line, ei);
	}
	if (e == ERR_OK) {
		e = centre_path(
		    &r->c, path, ei, "var/lib/surguch/ceremony.log");
	}
	if (e == ERR_OK) {
		e = record_in(path, time, buf_cstr(&line), 0600, &is_new, ei);
	}
	if (e == ERR_OK) {
		e = path_join(path, r->plan->exchange, "ceremony.log", ei);
	}
	if (e == ERR_OK) {
		e = record_in(path, time, buf_cstr(&line), 0644, &unused, ei);
	}
	if (e == ERR_OK) {
		cli_print("%s%s", is_new ? "made " : "was there ",
		    buf_cstr(&line) + 1);
	}
	buf_clear(&line);
	return e;
}
