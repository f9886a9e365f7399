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
 *	surguch-signer --make-key DIR SPEC
 *	surguch-signer --install-cert DIR FILE [ISSUER]
 *
 * -a: the centre's settings, with its accreditation if it has one, are there as
 * ROLE_FD_SETTINGS.  -u: the uid (and gid) to become.  -L: go on where the
 * kernel has no Landlock.  ROLE_NAME is "signer" or "ocsp", by the build.
 */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "crypto/init.h"
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

/* --- once --------------------------------------------------------------- */

static enum err
make_key(const char *dir, const char *spec, struct errinfo *ei)
{
	enum err err = role_become_owner(dir, "signer.dir", ei);

	return err == ERR_OK ? keys_make(dir, spec, ei) : err;
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
	} else if (strcmp(argv[1], "--make-key") == 0 && argc == 4) {
		err = make_key(argv[2], argv[3], &ei);
	} else if (strcmp(argv[1], "--install-cert") == 0 &&
		   (argc == 4 || argc == 5)) {
		err = install_cert(
		    argv[2], argv[3], argc == 5 ? argv[4] : NULL, &ei);
	} else {
		err = err_set(&ei, ERR_FORMAT, "signer.usage", NULL,
		    "Usage: --make-key DIR SPEC, or --install-cert DIR FILE "
		    "[ISSUER].");
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
    struct instance **out, struct errinfo *ei)
{
	struct instance_paths from = {
	    .name = o->name,
	    .state_dir = ".",
	    .settings = o->settings,
	    .profile_dir = o->profiles,
	    .accreditation = given,
	    .trusted = trusted,
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

static void
report(const struct options *o, const struct instance *in,
    const struct journal_report *r)
{
	if (r->cut_bytes > 0) {
		log_event(LOG_WARN, "journal.cut", L_INT("at", r->cut_at),
		    L_INT("bytes", r->cut_bytes), L_STR("kept", r->cut_file));
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
	struct serve_options serving = {
	    .channel = ROLE_FD_CHANNEL,
	    .role = ROLE_NAME,
	    .instance = o->name,
	    .dir = ".",
	};
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
		err = load(o, trusted, &given, &in, ei);
	}
	if (err == ERR_OK) {
		err = walls_signer(ROLE_NAME, o->insecure_no_landlock, ei);
	}
	if (err == ERR_OK) {
		err = ledger_open(".", &journal, &ledger, ei);
	}
	if (err == ERR_OK) {
		err = engine_new(in, ledger, &clock, &engine, ei);
	}
	if (err == ERR_OK) {
		report(o, in, &journal);
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
