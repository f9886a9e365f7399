/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguch-signer and surguch-ocsp: one process, one key.  Started by the
 * parent (or, for the ceremony, by surguchctl) with its channel as
 * ROLE_FD_CHANNEL:
 *
 *	surguch-signer -n NAME -d DIR -c SETTINGS -p PROFILES [-a] [-u USER]
 *	    [-L]
 *
 * and once each, by hand or by surguchctl:
 *
 *	surguch-signer --make-key DIR SPEC [SETTINGS]
 *	surguch-signer --install-cert DIR FILE [ISSUER]
 *
 * With SETTINGS the key is made where they say, and what shall open it is read
 * from standard input unless it has a file.
 *
 * -a: the centre's settings, with its accreditation if it has one, are there as
 * ROLE_FD_SETTINGS.  -u: the uid (and gid) to become.  -L: go on where the
 * kernel has no Landlock.  ROLE_NAME is "signer" or "ocsp", by the build.
 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/secret.h"
#include "crypto/init.h"
#include "crypto/pkcs11.h"
#include "ipc/fds.h"
#include "os/confine.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/signals.h"
#include "os/systime.h"
#include "profile/accreditation.h"
#include "roles/options.h"
#include "roles/role.h"
#include "roles/walls.h"
#include "signer/engine.h"
#include "signer/instance.h"
#include "signer/keys.h"
#include "signer/ledger.h"
#include "signer/serve.h"
#include "signer/settings.h"

/* --- once --------------------------------------------------------------- */

/* What the settings say of the key; without settings, a key in a file. */
static enum err
make_at(const char *dir, const struct signer_key *settings, const char *spec,
    struct errinfo *ei)
{
	struct keys_at at = {.dir = dir, .settings = settings};
	struct secret secret = SECRET_EMPTY;
	bool made = settings->kind == SIGNER_KEY_FILE &&
		    settings->secret == SIGNER_SECRET_FILE;
	uid_t trusted = geteuid();
	enum err err = role_become_owner(dir, "signer.dir", ei);

	if (err == ERR_OK) {
		err = keys_module(settings, trusted, &at.module, ei);
	}
	if (err == ERR_OK && !made) {
		err = settings->secret == SIGNER_SECRET_FILE
			  ? keys_secret(dir, settings, -1, &secret, ei)
			  : keys_secret_from(STDIN_FILENO, &secret, ei);
		if (err == ERR_OK && secret.len == 0) {
			err = err_set(ei, ERR_FORMAT, "signer.secret", NULL,
			    "What shall open the key is awaited on standard "
			    "input.");
		}
	}
	if (err == ERR_OK) {
		err = keys_make(&at, spec, secret_slice(&secret), ei);
	}
	secret_clear(&secret);
	pkcs11_free(at.module);
	return err;
}

static enum err
make_key(const char *dir, const char *spec, const char *settings_path,
    struct errinfo *ei)
{
	const struct signer_key in_file = {0};
	struct signer_settings *settings = NULL;
	enum err err = ERR_OK;

	if (settings_path == NULL) {
		return make_at(dir, &in_file, spec, ei);
	}
	err = file_check_trusted(settings_path, geteuid(), ei);
	if (err == ERR_OK) {
		err = signer_settings_load(settings_path, &settings, ei);
	}
	if (err == ERR_OK) {
		err = make_at(dir, &settings->key, spec, ei);
	}
	signer_settings_free(settings);
	return err;
}

/* The certificates are read before: they may lie where only root reads. */
static enum err
install_cert(const char *dir, const char *cert_path, const char *issuer_path,
    struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct buf issuer = BUF_INIT(CERT_BYTES_MAX);
	enum err err = file_read(cert_path, CERT_BYTES_MAX, &cert, ei);

	if (err == ERR_OK && issuer_path != NULL) {
		err = file_read(issuer_path, CERT_BYTES_MAX, &issuer, ei);
	}
	if (err == ERR_OK) {
		err = role_become_owner(dir, "signer.dir", ei);
	}
	if (err == ERR_OK) {
		err = keys_install_cert(
		    dir, buf_slice(&cert), buf_slice(&issuer), ei);
	}
	buf_clear(&cert);
	buf_clear(&issuer);
	return err;
}

static int
once(int argc, char **argv)
{
	struct errinfo ei = {0};
	enum err err = crypto_init(&ei);

	if (err == ERR_OK) {
		err = confine_hide(&ei);
	}
	if (err != ERR_OK) {
		/* reported below */
	} else if (strcmp(argv[1], "--make-key") == 0 &&
		   (argc == 4 || argc == 5)) {
		err =
		    make_key(argv[2], argv[3], argc == 5 ? argv[4] : NULL, &ei);
	} else if (strcmp(argv[1], "--install-cert") == 0 &&
		   (argc == 4 || argc == 5)) {
		err = install_cert(
		    argv[2], argv[3], argc == 5 ? argv[4] : NULL, &ei);
	} else {
		err = err_set(&ei, ERR_FORMAT, "signer.usage", NULL,
		    "Usage: --make-key DIR SPEC [SETTINGS], or --install-cert "
		    "DIR "
		    "FILE [ISSUER].");
	}
	if (err != ERR_OK) {
		log_err(LOG_ERROR, "signer.once", &ei);
		return 1;
	}
	return 0;
}

/* --- serving ------------------------------------------------------------ */

struct options {
	const char *name;
	const char *dir;
	const char *settings;
	const char *profiles;
	bool centre;
	const char *user;
	bool insecure_no_landlock;
};

static bool
parse(int argc, char **argv, struct options *o)
{
	const struct role_option options[] = {
	    {'n', true, "NAME", &o->name, NULL},
	    {'d', true, "DIR", &o->dir, NULL},
	    {'c', true, "SETTINGS", &o->settings, NULL},
	    {'p', true, "PROFILES", &o->profiles, NULL},
	    {'a', false, NULL, NULL, &o->centre},
	    {'u', false, "USER", &o->user, NULL},
	    {'L', false, NULL, NULL, &o->insecure_no_landlock},
	};

	return role_options(argc, argv, options, ARRAY_LEN(options));
}

/* What the parent gave us besides the channel.  Looked at before anything is
 * opened that could take the numbers. */
struct passed {
	int secret;
	int unlock;
};

static int
given_fd(int fd)
{
	return fd_set_cloexec(fd, true, NULL) == ERR_OK ? fd : -1;
}

/* Of the settings this role keeps nothing else, and not the descriptor. */
static enum err
read_accreditation(struct accreditation *out, struct errinfo *ei)
{
	struct slice text;
	enum err err = memfd_map(ROLE_FD_SETTINGS, CONF_BYTES_MAX, &text, ei);

	if (err == ERR_OK) {
		err = accreditation_parse(text, "surguch.conf", out, ei);
		memfd_unmap(text);
	}
	fd_close(ROLE_FD_SETTINGS);
	return err;
}

static enum err
load(const struct options *o, uid_t trusted, const struct accreditation *given,
    const struct passed *passed, struct instance **out, struct errinfo *ei)
{
	struct instance_paths from = {
	    .name = o->name,
	    .state_dir = ".",
	    .settings = o->settings,
	    .profile_dir = o->profiles,
	    .accreditation = given,
	    .trusted = trusted,
	    .secret_fd = passed->secret >= 0 ? &passed->secret : NULL,
	};
	struct instance *in = NULL;
	enum err err = instance_load(&from, &in, ei);

	if (err != ERR_OK) {
		return err;
	}
	if ((in->settings->kind == SIGNER_KIND_OCSP) !=
	    (strcmp(ROLE_NAME, "ocsp") == 0)) {
		instance_free(in);
		return err_set(ei, ERR_CONFLICT, "signer.kind", NULL,
		    "The settings of %s are not for surguch-" ROLE_NAME ".",
		    o->name);
	}
	*out = in;
	return ERR_OK;
}

/* The module's paths and system calls, out of the settings. */
static enum err
apply_walls(const struct options *o, const struct instance *in, bool unlock,
    struct errinfo *ei)
{
	const struct signer_key *key = &in->settings->key;
	struct confine_path paths[2 * SIGNER_KEY_PATHS_MAX];
	struct confine_call calls[SIGNER_KEY_CALLS_MAX + 1] = {{0}};
	struct walls_signer w = {
	    .role = ROLE_NAME,
	    .insecure_no_landlock = o->insecure_no_landlock,
	    .unlock = unlock,
	    .module = key->kind == SIGNER_KEY_MODULE,
	    .paths = paths,
	    .calls = calls,
	    .socket = key->socket,
	};

	for (size_t i = 0; i < key->read.num; i++) {
		paths[w.num_paths++] =
		    (struct confine_path){key->read.at[i], CONFINE_READ};
	}
	for (size_t i = 0; i < key->write.num; i++) {
		paths[w.num_paths++] = (struct confine_path){
		    key->write.at[i], CONFINE_READ | CONFINE_WRITE};
	}
	for (size_t i = 0; i < key->num_calls; i++) {
		calls[i] = (struct confine_call){.name = key->calls[i]};
	}
	return walls_signer(&w, ei);
}

static void
report(const struct options *o, const struct instance *in,
    const struct journal_report *r, const struct errinfo *key)
{
	if (r->cut_bytes > 0) {
		log_event(LOG_WARN, "journal.cut", L_INT("at", r->cut_at),
		    L_INT("bytes", r->cut_bytes), L_STR("kept", r->cut_file));
	}
	if (key->kind != ERR_OK) {
		log_err(LOG_WARN, "signer.key", key);
	}
	log_event(LOG_INFO, "signer.start", L_STR("name", o->name),
	    L_INT("ready", in->ready), L_INT("profiles", in->num_profiles),
	    L_INT("records", r->num_records), L_INT("bytes", r->bytes));
}

static enum err
run(const struct options *o, pid_t parent, struct errinfo *ei)
{
	/* Without root nobody can be told apart from ourselves. */
	uid_t trusted = geteuid();
	const struct passed passed = {
	    given_fd(ROLE_FD_SECRET), given_fd(ROLE_FD_UNLOCK)};
	struct serve_options serving = {
	    .channel = ROLE_FD_CHANNEL,
	    .role = ROLE_NAME,
	    .instance = o->name,
	    .dir = ".",
	    .unlock = -1,
	    .unlocks = trusted,
	};
	struct errinfo key = {0};
	struct clock clock = system_clock();
	struct journal_report journal = {0};
	struct accreditation given = {0};
	struct instance *in = NULL;
	struct ledger *ledger = NULL;
	struct engine *engine = NULL;
	enum err err;

	err = signals_catch(ei);
	if (err == ERR_OK) {
		err = fd_set_cloexec(ROLE_FD_CHANNEL, true, ei);
	}
	if (err == ERR_OK) {
		err = crypto_init(ei);
	}
	if (err == ERR_OK) {
		err = role_settle(o->user, o->dir, parent, ei);
	}
	if (err == ERR_OK && o->centre) {
		err = read_accreditation(&given, ei);
	}
	if (err == ERR_OK) {
		err = load(o, trusted, &given, &passed, &in, ei);
	}
	if (err == ERR_OK) {
		/* What its key does not need it does not have. */
		fd_close(passed.secret);
		if (in->settings->key.secret == SIGNER_SECRET_FILE) {
			fd_close(passed.unlock);
		} else {
			serving.unlock = passed.unlock;
		}
		err = apply_walls(o, in, serving.unlock >= 0, ei);
	}
	if (err == ERR_OK) {
		err = ledger_open(".", &journal, &ledger, ei);
	}
	if (err == ERR_OK) {
		err = engine_new(in, ledger, &clock, &engine, ei);
	}
	if (err == ERR_OK) {
		if (engine_key(engine, &key) == ERR_OK) {
			key = (struct errinfo){0};
		}
		report(o, in, &journal, &key);
		role_ready();
		err = serve(engine, &serving, ei);
	}
	engine_free(engine);
	ledger_close(ledger);
	instance_free(in);
	return err;
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	struct errinfo ei = {0};
	pid_t parent = getppid();

	log_init(ROLE_NAME, LOG_INFO);
	if (argc > 1 && strncmp(argv[1], "--", 2) == 0) {
		return once(argc, argv);
	}
	if (!parse(argc, argv, &o)) {
		return 2;
	}
	if (run(&o, parent, &ei) != ERR_OK) {
		log_err(LOG_ERROR, "signer.end", &ei);
		return 1;
	}
	log_event(LOG_INFO, "signer.stop", L_STR("name", o.name));
	return 0;
}
