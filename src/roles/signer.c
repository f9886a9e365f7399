/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguch-signer, surguch-ocsp and surguch-centre: one process, one key.
 *Started by the parent (or, for the ceremony, by surguchctl) with its channel
 *as ROLE_FD_CHANNEL:
 *
 *	surguch-signer -n NAME -d DIR -c SETTINGS -p PROFILES [-a] [-u USER]
 *	    [-L]
 *
 * and once each, by hand or by surguchctl:
 *
 *	surguch-signer --make-key DIR SPEC [SETTINGS]
 *	surguch-signer --make-request DIR SETTINGS
 *	surguch-signer --install-cert DIR FILE [ISSUER]
 *
 * With SETTINGS the key is where they say, and what opens it is read from
 * standard input unless it has a file.
 *
 * -a: the centre's settings, with its accreditation if it has one, are there as
 * ROLE_FD_SETTINGS.  -u: the uid (and gid) to become.  -L: go on where the
 * kernel has no Landlock.  ROLE_NAME is "signer", "ocsp" or "centre", by the
 *build.
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

/* One job with the key that settings describe, or, without settings, with a
 * key in a file. */
struct key_job {
	const char *dir;
	const struct signer_settings *settings; /* NULL: a key in a file */
	const struct signer_key *key;
	const char *spec; /* of the key to make, or NULL */
};

static enum err
read_secret(const struct key_job *job, struct secret *out, struct errinfo *ei)
{
	bool made = job->key->kind == SIGNER_KEY_FILE && job->spec != NULL;
	enum err err;

	if (job->key->secret == SIGNER_SECRET_FILE) {
		return made ? ERR_OK
			    : keys_secret(job->dir, job->key, -1, out, ei);
	}
	err = keys_secret_from(STDIN_FILENO, out, ei);
	if (err == ERR_OK && out->len == 0) {
		err = err_set(ei, ERR_FORMAT, "signer.secret", NULL,
		    "What opens the key is awaited on standard input.");
	}
	return err;
}

static enum err
write_request(const struct key_job *job, const struct keys_at *at,
    struct slice secret, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err err = keys_request(at, secret, job->settings->name, &der, ei);

	if (err == ERR_OK) {
		err = path_join(path, job->dir, "request.der", ei);
	}
	if (err == ERR_OK) {
		err = file_write_atomic(path, buf_slice(&der), 0644, ei);
	}
	buf_clear(&der);
	return err;
}

static enum err
do_key_job(const struct key_job *job, struct errinfo *ei)
{
	struct keys_at at = {.dir = job->dir, .settings = job->key};
	struct secret secret = SECRET_EMPTY;
	uid_t trusted = geteuid();
	enum err err = role_become_owner(job->dir, "signer.dir", ei);

	if (err == ERR_OK) {
		err = keys_module(job->key, trusted, &at.module, ei);
	}
	if (err == ERR_OK) {
		err = read_secret(job, &secret, ei);
	}
	if (err == ERR_OK) {
		err = job->spec != NULL
			  ? keys_make(&at, job->spec, secret_slice(&secret), ei)
			  : write_request(job, &at, secret_slice(&secret), ei);
	}
	secret_clear(&secret);
	pkcs11_free(at.module);
	return err;
}

static enum err
key_job(const char *dir, const char *spec, const char *settings_path,
    struct errinfo *ei)
{
	const struct signer_key in_file = {0};
	struct key_job job = {.dir = dir, .key = &in_file, .spec = spec};
	struct signer_settings *settings = NULL;
	enum err err;

	if (settings_path == NULL) {
		return do_key_job(&job, ei);
	}
	err = file_check_trusted(settings_path, geteuid(), ei);
	if (err == ERR_OK) {
		err = signer_settings_load(settings_path, &settings, ei);
	}
	if (err == ERR_OK) {
		job.settings = settings;
		job.key = &settings->key;
		err = do_key_job(&job, ei);
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
		    key_job(argv[2], argv[3], argc == 5 ? argv[4] : NULL, &ei);
	} else if (strcmp(argv[1], "--make-request") == 0 && argc == 4) {
		err = key_job(argv[2], NULL, argv[3], &ei);
	} else if (strcmp(argv[1], "--install-cert") == 0 &&
		   (argc == 4 || argc == 5)) {
		err = install_cert(
		    argv[2], argv[3], argc == 5 ? argv[4] : NULL, &ei);
	} else {
		err = err_set(&ei, ERR_FORMAT, "signer.usage", NULL,
		    "Usage: --make-key DIR SPEC [SETTINGS], --make-request DIR "
		    "SETTINGS, or --install-cert DIR FILE [ISSUER].");
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

static const char *const roles[SIGNER_KIND_MAX_] = {
    [SIGNER_KIND_CA] = "signer",
    [SIGNER_KIND_OCSP] = "ocsp",
    [SIGNER_KIND_CENTRE] = "centre",
};

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
	if (strcmp(roles[in->settings->kind], ROLE_NAME) != 0) {
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
	    .unlock = passed.unlock,
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
		fd_close(passed.secret);
		err = apply_walls(o, in, serving.unlock >= 0, ei);
	}
	if (err == ERR_OK) {
		err = ledger_open(".", in->settings->crl_delta_sec > 0,
		    &journal, &ledger, ei);
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
		serving.of = in;
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
