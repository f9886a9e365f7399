/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguchctl: the administrator's program.  Most verbs are questions to the
 * running centre over its control socket; `centre init` and most of `profile`
 * work on files and need no centre.
 */
#include "base/log.h"
#include "cli/backup.h"
#include "cli/ca_ceremony.h"
#include "cli/centre.h"
#include "cli/cli.h"
#include "cli/ctl.h"
#include "cli/doctor.h"
#include "cli/password.h"
#include "cli/unlock.h"
#include "crypto/init.h"

static const struct cli_option options[] = {{"--centre", &ctl_centre, NULL}};

/* A verb of the running centre with a fixed number of words behind it. */
#define REMOTE(function, group, name, words)                                   \
	static enum err function(                                              \
	    int argc, char **argv, const char *usage, struct errinfo *ei)      \
	{                                                                      \
		const struct ctl_command c = {group, name, words, NULL, 0, 0}; \
                                                                               \
		return ctl_command(&c, argc, argv, usage, ei);                 \
	}

REMOTE(operator_add_cmd, "operator", "add", 2)
REMOTE(operator_token_cmd, "operator", "token", 3)
REMOTE(operator_disable_cmd, "operator", "disable", 1)
REMOTE(operator_list_cmd, "operator", "list", 0)
REMOTE(ca_list_cmd, "ca", "list", 0)
REMOTE(ca_show_cmd, "ca", "show", 1)
REMOTE(audit_verify_cmd, "audit", "verify", 0)
REMOTE(metrics_cmd, "metrics", "", 0)

enum {
	/* A million certificates are taken over in some minutes. */
	RECONCILE_WAIT_MS = 3600 * 1000
};

static enum err
reconcile_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *lost = NULL;
	const struct cli_option own[] = {{"--journal-lost", &lost, NULL}};
	const struct ctl_command c = {
	    "reconcile", "", 0, own, ARRAY_LEN(own), RECONCILE_WAIT_MS};

	return ctl_command(&c, argc, argv, usage, ei);
}

static enum err
unlock_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *password_file = NULL;
	const struct cli_option own[] = {
	    {"--password-file", &password_file, NULL},
	};
	struct secret secret = SECRET_EMPTY;
	struct cli_args args;
	enum err e =
	    cli_parse(argc, argv, own, ARRAY_LEN(own), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = cli_password(password_file, false, &secret, ei);
	}
	if (e == ERR_OK) {
		e = unlock_signer(
		    ctl_centre, args.at[0], secret_slice(&secret), ei);
	}
	secret_clear(&secret);
	return e;
}

static const struct cli_command commands[] = {
    {"centre", "init",
	"DIR --demo [--profiles DIR] [--libexec DIR] [--api-port PORT] "
	"[--public-port PORT] [--sms-port PORT] [--also NAME,...]",
	"make a new centre under DIR: keys, CAs, configuration",
	centre_init_cmd},
    {"operator", "add", "NAME ROLE",
	"a new operator; prints its token, once (ROLE: administrator, "
	"operator, service-centre, auditor, program)",
	operator_add_cmd},
    {"operator", "token", "NAME SCOPES LABEL",
	"a further token with some of the role's scopes", operator_token_cmd},
    {"operator", "disable", "NAME", "its tokens open nothing any more",
	operator_disable_cmd},
    {"operator", "list", "", "who there is", operator_list_cmd},
    {"ca", "list", "", "the issuing CAs and the state of their keys",
	ca_list_cmd},
    {"ca", "show", "NAME", "one CA: key, fingerprints, profiles", ca_show_cmd},
    {"ca", "ceremony",
	"STEP FILE [--profiles DIR] [--libexec DIR] [--password-file FILE]",
	"make a root, CAs under it and a centre around them by a reviewed "
	"file, in the steps root, request, sign, import, centre; and the "
	"root's revocation list, in the step crl",
	ca_ceremony_cmd},
    {"ca", "crl", "FILE", "take over a root's revocation list, and publish it",
	ctl_ca_crl},
    {"certificate", "list",
	"[--ca CA] [--profile PROFILE] [--status STATUS] [--person PERSON] "
	"[--ends-after TIME] [--ends-before TIME] [--after CERTIFICATE] "
	"[--json]",
	"certificates, a page at a time", ctl_certificate_list},
    {"certificate", "find", "SERIAL-OR-SHA256 [--json]",
	"by serial number or SHA-256, in hex digits", ctl_certificate_find},
    {"certificate", "show", "CERTIFICATE [--json]",
	"one certificate, by id, serial number or SHA-256, and its PEM",
	ctl_certificate_show},
    {"certificate", "issue",
	"CSR --profile PROFILE --person PERSON [--key KEY] [--out FILE] "
	"[--json]",
	"issue for a registered person, where the profile allows it",
	ctl_certificate_issue},
    {"certificate", "revoke",
	"CERTIFICATE --reason REASON [--comment TEXT] [--json]",
	"end a certificate for good", ctl_certificate_revoke},
    {"certificate", "hold", "CERTIFICATE [--comment TEXT] [--json]",
	"suspend a certificate until it is released or revoked",
	ctl_certificate_hold},
    {"certificate", "release", "CERTIFICATE [--json]",
	"make a certificate on hold good again", ctl_certificate_release},
    {"person", "find", "TEXT [--after PERSON] [--json]",
	"people by the beginnings of their names and numbers", ctl_person_find},
    {"organisation", "find", "TEXT [--after ORGANISATION] [--json]",
	"organisations, the same way", ctl_organisation_find},
    {"phone-change", "list", "[--state STATE] [--after CHANGE] [--json]",
	"changes of a phone that wait, or ended (done, withdrawn, refused)",
	ctl_phone_change_list},
    {"phone-change", "withdraw", "CHANGE --reason TEXT",
	"end one that waits: the old number stays", ctl_phone_change_withdraw},
    {"audit", "show",
	"[--object OBJECT] [--actor ACTOR] [--action ACTION] [--since TIME] "
	"[--after RECORD] [--json]",
	"the audit, the newest first, a page at a time", ctl_audit_show},
    {"audit", "verify", "", "is the audit chain whole?", audit_verify_cmd},
    {"message", "list", "[--after MESSAGE] [--json]",
	"what was sent and what became of it, the newest first",
	ctl_message_list},
    {"unlock", "", "NAME [--password-file FILE]",
	"give a signer the passphrase or PIN of its key", unlock_cmd},
    {"profile", "check", "FILE...", "is this file a right profile?",
	ctl_profile_check},
    {"profile", "show", "NAME|FILE [--json]", "all its rules in words",
	ctl_profile_show},
    {"profile", "diff", "A B [--json]", "in which rules two profiles differ",
	ctl_profile_diff},
    {"profile", "replay", "FILE [--last N] [--ca CA] [--json]",
	"the last issues again under a changed profile, unsigned",
	ctl_profile_replay},
    {"profile", "rules", "", "what every certificate is checked for",
	ctl_profile_rules},
    {"backup", "", "FILE [--with-keys] [--recipient CERT] [--database DUMP]",
	"everything of the centre into one file", backup_cmd},
    {"restore", "",
	"FILE --into DIR [--digest HEX] [--recipient CERT] [--key KEY] "
	"[--password-file FILE]",
	"a backup into a new directory", restore_cmd},
    {"metrics", "", "", "what the centre counts, as Prometheus reads it",
	metrics_cmd},
    {"doctor", "", "[--fix] [--json]",
	"what is wrong, or soon will be, and what mends it", doctor_cmd},
    {"reconcile", "", "[--journal-lost CA]",
	"after a restore: the database takes over what the journals have",
	reconcile_cmd},
};

static const struct cli_program program = {
    .name = "surguchctl",
    .usage = "[--centre DIR]",
    .options = options,
    .num_options = ARRAY_LEN(options),
    .commands = commands,
    .num_commands = ARRAY_LEN(commands),
};

int
main(int argc, char **argv)
{
	struct errinfo ei = {0};
	enum err e;

	log_init("surguchctl", LOG_WARN);
	e = crypto_init(&ei);
	if (e != ERR_OK) {
		return cli_fail("surguchctl", e, &ei);
	}
	return cli_main(&program, argc, argv);
}
