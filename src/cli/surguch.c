/* SPDX-License-Identifier: Apache-2.0 */
/* surguch: the workstation on the command line. */
#include "base/attr.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "crypto/init.h"
#include "fetch/fetch.h"

static bool json;

bool
cmd_json(void)
{
	return json;
}

static const struct cli_option options[] = {{"--json", NULL, &json}};

static const struct cli_command commands[] = {
    {"agent", "trust", "URL [--ca-file FILE] [--fingerprint SHA256]",
	"let a centre's pages ask this person's agent (FILE: roots of its "
	"TLS, PEM)",
	cmd_agent_trust},
    {"agent", "list", "", "the centres that are trusted", cmd_agent_list},
    {"agent", "policy", "URL ... [--install DIRECTORY]",
	"browsers' policies that let a centre's pages reach the agent unasked",
	cmd_agent_policy},
    {"agent", "revoke", "URL", "trust a centre no more, at once",
	cmd_agent_revoke},
    {"cabinet", "use", "URL [--ca FILE]",
	"choose the centre (FILE: root certificate of its TLS, PEM)",
	cmd_cabinet_use},
    {"cabinet", "login", "PHONE [--code CODE | --again]",
	"ask for a one-time code by SMS; with it, sign in", cmd_cabinet_login},
    {"cabinet", "logout", "", "end the session", cmd_cabinet_logout},
    {"cabinet", "forms", "", "what was bought for you, and what is next",
	cmd_cabinet_forms},
    {"cabinet", "show", "FORM", "the data that will be certified",
	cmd_cabinet_show},
    {"cabinet", "apply", "FORM",
	"begin (or go on with) the application; prints its id",
	cmd_cabinet_apply},
    {"cabinet", "check", "APPLICATION --data HASH",
	"say that the data shown are right", cmd_cabinet_check},
    {"cabinet", "request",
	"APPLICATION CONTAINER [--name NAME] [--password-file FILE]",
	"send a request by the container's key", cmd_cabinet_request},
    {"cabinet", "confirm", "APPLICATION [--code CODE]",
	"confirm the request with the code from the SMS", cmd_cabinet_confirm},
    {"cabinet", "status", "APPLICATION", "how far it is", cmd_cabinet_status},
    {"cabinet", "wait", "APPLICATION", "wait until it is issued",
	cmd_cabinet_wait},
    {"cabinet", "acquaint",
	"APPLICATION CONTAINER [--yes] [--password-file FILE]",
	"read the certificate's data and sign them with the new key",
	cmd_cabinet_acquaint},
    {"cabinet", "install", "APPLICATION CONTAINER [--password-file FILE]",
	"put the certificate into the container", cmd_cabinet_install},
    {"cabinet", "download",
	"APPLICATION [--format der|pem|p7b] [--output FILE]",
	"the certificate as a file", cmd_cabinet_download},
    {"cabinet", "certificates", "",
	"every certificate that your forms ever had", cmd_cabinet_certificates},
    {"cabinet", "stop", "CERTIFICATE [--code CODE] [--reason REASON]",
	"end your own certificate at once, for ever, by a code from an SMS",
	cmd_cabinet_stop},
    {"certificate", "status", "FILE | --serial NUMBER",
	"how a certificate of the centre stands; needs no session",
	cmd_certificate_status},
    {"certificate", "stop",
	"FOLDER [--reason REASON] [--password-file FILE] [--yes]",
	"end a certificate for ever by its own key, without a phone",
	cmd_certificate_stop},
    {"container", "new",
	"FOLDER [--spec SPEC] [--label TEXT] [--password-file FILE | "
	"--insecure-no-password]",
	"make a key (SPEC: gost2012-256:A, p256, ...) in a new container",
	cmd_container_new},
    {"container", "list", "FOLDER", "the containers inside a folder",
	cmd_container_list},
    {"container", "show", "FOLDER", "what is in a container",
	cmd_container_show},
    {"container", "import",
	"SOURCE FOLDER [--label TEXT] [--password-file FILE] "
	"[--new-password-file FILE | --insecure-no-password]",
	"copy a key and its certificate into a new container (SOURCE: a "
	"container of ours or of CryptoPro's form, a PFX file)",
	cmd_container_import},
    {"container", "export",
	"SOURCE --pfx FILE | --cryptopro FOLDER [--label TEXT] "
	"[--password-file FILE] [--new-password-file FILE | "
	"--insecure-no-password] [--not-exportable]",
	"write a key and its certificate as a PFX file, or as six files of "
	"CryptoPro's form",
	cmd_container_export},
    {"container", "check", "SOURCE [--password-file FILE]",
	"sign and decrypt something with the key, as a test",
	cmd_container_check},
    {"container", "archive", "FOLDER [--password-file FILE]",
	"copy all containers inside a folder whose certificates have expired "
	"into the profile, and test each",
	cmd_container_archive},
    {"container", "password",
	"FOLDER [--password-file FILE] [--new-password-file FILE | "
	"--insecure-no-password]",
	"give a container another password, in its place",
	cmd_container_password},
    {"container", "delete", "FOLDER [--yes]",
	"delete a container, after saying what is lost with it",
	cmd_container_delete},
    {"media", "list", "[--module LIBRARY]",
	"the media that are here, tokens among them, and their containers",
	cmd_media_list},
    {"media", "make",
	"MEDIUM [--spec SPEC] [--label TEXT] [--module LIBRARY] "
	"[--password-file FILE]",
	"make a key on a token; the file holds its PIN", cmd_media_make},
    {"media", "check", "CONTAINER [--module LIBRARY] [--password-file FILE]",
	"try a container's key by a random text", cmd_media_check},
    {"show", "file", "FILE [--type cert|csr|crl|p7b|ocsp]",
	"print a certificate, request, CRL or PKCS#7 (DER or PEM)",
	cmd_show_file},
    {"store", "list", "", "what the person's stores and browsers hold",
	cmd_store_list},
    {"store", "install", "FILE ... [--fingerprint SHA256]",
	"put CA certificates into them; a root is confirmed by its fingerprint",
	cmd_store_install},
    {"store", "remove", "SHA256", "take out what was put in", cmd_store_remove},
    {"trust", "show",
	"FILE [--format table|certutil] [--certs PATH] [--use PURPOSE] "
	"[--trusted-at TIME] [--name TEXT] [--thumbprint SHA1] [--old] "
	"[--strict] [--anchor FILE]",
	"a list of trusted roots, whose it is and what it says (FILE: .stl, "
	".cab, .sst, .p7b, certificates, rootsupd.exe, a mirror)",
	cmd_trust_show},
    {"trust", "diff",
	"FILE FILE [--certs PATH] [--use PURPOSE] [--trusted-at TIME] "
	"[--name TEXT] [--thumbprint SHA1] [--old] [--strict] [--anchor FILE]",
	"what came to a list, went, was disabled or limited", cmd_trust_diff},
    {"trust", "sst", "FILE [--output FILE] [--skip-missing] [CHOICE ...]",
	"roots as a serialized store, as certutil -generateSSTFromWU does "
	"(CHOICE: options of trust show)",
	cmd_trust_sst},
    {"trust", "p7b", "FILE [--output FILE] [--skip-missing] [CHOICE ...]",
	"roots as a PKCS#7 bag", cmd_trust_p7b},
    {"trust", "pem", "FILE [--output FILE] [--skip-missing] [CHOICE ...]",
	"roots as PEM", cmd_trust_pem},
    {"trust", "crt", "FILE --output DIRECTORY [--skip-missing] [CHOICE ...]",
	"roots as files, a certificate each", cmd_trust_crt},
    {"trust", "list",
	"FILE ... --output PATH [--key FILE] [--cert FILE] [--password-file "
	"FILE] [--remove FILE] [--for PURPOSES] [--disallowed] [--by "
	"key|certificate] [--after FILE] [--days NUMBER] [--identifier TEXT] "
	"[--skip-missing] [CHOICE ...]",
	"an organisation's own signed list of roots, or of what it disallows "
	"(PATH: a .stl, .cab, .sst or .p7b file, or a directory)",
	cmd_trust_list},
    {"trust", "mirror",
	"SOURCE DIRECTORY [--proxy URL] [--ca FILE] [--new] [--older] "
	"[--remove-stale] [--old] [--strict] [--anchor FILE] [--notify "
	"ADDRESS] [--age DAYS] [--smtp URL] [--from ADDRESS] [--smtp-user "
	"NAME] "
	"[--smtp-password-file FILE] [--notify-ca FILE] [--insecure-plain] "
	"[--feed-key FILE] [--feed-mirror NAME]",
	"bring a directory of lists and roots up to a source (SOURCE: "
	"microsoft, an address, a directory), verified, as certutil "
	"-syncWithWU has it",
	cmd_trust_mirror},
    {"trust", "feed",
	"SOURCE --feed-key FILE [--feed-mirror NAME] [--proxy URL] [--ca FILE]",
	"what a server of mirrors has signed of one: its state, and what has "
	"changed (FILE: the server's feed.pub)",
	cmd_trust_feed},
    {"trust", "mirror-back", "DIRECTORY [--old] [--strict] [--anchor FILE]",
	"go back to what the mirror had before its lists changed last",
	cmd_trust_mirror_back},
    {"trust", "mirror-export",
	"DIRECTORY --output FILE [--old] [--strict] [--anchor FILE]",
	"a mirror, verified, as one file that is carried to another network",
	cmd_trust_mirror_export},
    {"trust", "mirror-import",
	"FILE DIRECTORY [--fingerprint SHA256] [--new] [--older] "
	"[--remove-stale] [--old] [--strict] [--anchor FILE]",
	"bring a mirror up to such a file, verified again",
	cmd_trust_mirror_import},
    {"trust", "install",
	"FILE STORE [--all] [--dry-run] [--state DIRECTORY] "
	"[--password-file FILE] [CHOICE ...]",
	"put a list's roots into a store of this machine (STORE: debian, "
	"fedora, debian:ROOT, fedora:ROOT, java:FILE, nss:DIRECTORY, "
	"dir:DIRECTORY, "
	"pem:DIRECTORY)",
	cmd_trust_install},
    {"trust", "remove",
	"FILE STORE [--dry-run] [--state DIRECTORY] [--password-file FILE] "
	"[CHOICE ...]",
	"take a list's roots out of a store, by the certificates themselves",
	cmd_trust_remove},
    {"trust", "distrust",
	"FILE STORE [--all] [--dry-run] [--state DIRECTORY] "
	"[--password-file FILE] [CHOICE ...]",
	"take out what a disallowed list means, the distribution's own too",
	cmd_trust_distrust},
    {"trust", "undo",
	"STORE [--dry-run] [--state DIRECTORY] [--password-file FILE]",
	"take the last change of a store back", cmd_trust_undo},
    {"trust", "client-config",
	"ADDRESS [--output DIRECTORY] [--only FILE] [--computer NAME] "
	"[--feed-key FILE]",
	"settings that make computers take their roots from a mirror: group "
	"policy, registry, systemd, and how to check a client",
	cmd_trust_client_config},
    {"verify", "",
	"FILE --ca FILE | --roots MIRROR [--other FILE] [--crl FILE] "
	"[--crl-all] "
	"[--purpose PURPOSE] [--name NAME] [--at TIME] "
	"[--rules path|pkix|web] [--anchor FILE]",
	"judge a certificate's chain", cmd_verify},
};

static const struct cli_program program = {
    .name = "surguch",
    .usage = "[--json]",
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

	log_init("surguch", LOG_WARN);
	e = crypto_init(&ei);
	if (e == ERR_OK) {
		e = fetch_init(&ei);
	}
	if (e != ERR_OK) {
		return cli_fail("surguch", e, &ei);
	}
	return cli_main(&program, argc, argv);
}
