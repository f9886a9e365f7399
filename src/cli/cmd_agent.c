/* SPDX-License-Identifier: Apache-2.0 */
/* surguch agent: whom the person's agent trusts. */
#include <stdio.h>
#include <string.h>

#include "agent/trust.h"
#include "base/buf.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "crypto/hash.h"
#include "fetch/fetch.h"
#include "os/file.h"
#include "os/terminal.h"
#include "workstation/home.h"
#include "json/json.h"

enum {
	ANSWER_MAX = 262144,
	FINGERPRINT_HEX = 2 * TRUST_SHA,
	QUESTION_SIZE = 128,
};

/* What a centre says of itself: GET /v1/agent/centre. */
struct offer {
	char name[TRUST_NAME_SIZE];
	struct buf ca;
	uint8_t sha[TRUST_SHA];
	char sha256[FINGERPRINT_HEX + 1]; /* the same as text */
};

static enum err
take_offer(struct slice body, struct offer *o, struct errinfo *ei)
{
	struct buf hex = BUF_INIT(FINGERPRINT_HEX + 1);
	struct json *answer = NULL;
	const char *name = NULL;
	enum err e = json_parse(body, ANSWER_MAX, &answer, ei);

	if (e == ERR_OK) {
		e = json_get_text(
		    answer, "name", sizeof(o->name) - 1, &name, ei);
	}
	if (e == ERR_OK) {
		(void)snprintf(o->name, sizeof(o->name), "%s", name);
		e = json_get_base64(answer, "ca", &o->ca, ei);
	}
	/* Computed here: what the centre says its hash is means nothing. */
	if (e == ERR_OK) {
		e = sha256_of_buf(&o->ca, o->sha, ei);
	}
	if (e == ERR_OK) {
		text_hex(&hex, slice_make(o->sha, sizeof(o->sha)));
		(void)snprintf(
		    o->sha256, sizeof(o->sha256), "%s", buf_cstr(&hex));
	}
	buf_clear(&hex);
	json_free(answer);
	return e;
}

static enum err
fetch_offer(const char *origin, const char *ca_file, struct offer *o,
    struct errinfo *ei)
{
	char url[TRUST_ORIGIN_SIZE + 32];
	struct fetch_answer answer = {0};
	const struct fetch_request req = {
	    .url = url,
	    .method = "GET",
	    .ca_file = ca_file,
	    .answer_max = ANSWER_MAX,
	};
	enum err e;

	(void)snprintf(url, sizeof(url), "%s/v1/agent/centre", origin);
	e = fetch(&req, &answer, ei);
	if (e == ERR_OK && answer.status != 200) {
		e = err_set(ei, ERR_STATE, "agent.centre", NULL,
		    "%.200s does not say what its agents are to trust (status "
		    "%u): it is no centre, or has no key for page orders",
		    origin, answer.status);
	}
	if (e == ERR_OK) {
		e = take_offer(buf_slice(&answer.body), o, ei);
	}
	fetch_answer_clear(&answer);
	return e;
}

/* The person compares it, or has given it. */
static enum err
confirm(const char *origin, const uint8_t *fingerprint, const struct offer *o,
    struct errinfo *ei)
{
	char question[QUESTION_SIZE];
	struct buf name = BUF_INIT((size_t)2 * TRUST_NAME_SIZE);

	if (fingerprint != NULL) {
		return memcmp(fingerprint, o->sha, sizeof(o->sha)) == 0
			   ? ERR_OK
			   : err_set(ei, ERR_POLICY, "agent.fingerprint", NULL,
				 "the centre's CA has another fingerprint: %s",
				 o->sha256);
	}
	text_escape(&name, slice_str(o->name), TRUST_NAME_SIZE);
	(void)fprintf(stderr,
	    "Site:        %s\nCentre:      %s\nFingerprint: %s\n"
	    "Its pages will be able to ask this computer's agent to make "
	    "keys, sign and install, each time with your consent. Compare "
	    "the fingerprint with what the centre gave you on paper.\n",
	    origin, buf_cstr(&name), o->sha256);
	buf_clear(&name);
	(void)snprintf(
	    question, sizeof(question), "Trust this centre's orders?");
	return terminal_confirm(question, ei);
}

enum err
cmd_agent_trust(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *ca_file = NULL, *given = NULL;
	const struct cli_option options[] = {
	    {"--ca-file", &ca_file, NULL}, {"--fingerprint", &given, NULL}};
	uint8_t fingerprint[TRUST_SHA];
	struct offer o = {.ca = BUF_INIT(CERT_BYTES_MAX)};
	char home[PATH_TEXT_SIZE];
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK && given != NULL) {
		e = cli_fingerprint(given, fingerprint, ei);
	}
	if (e == ERR_OK) {
		e = home_dir(home, sizeof(home), ei);
	}
	if (e == ERR_OK) {
		e = trust_check_origin(args.at[0], ei);
	}
	if (e == ERR_OK) {
		e = fetch_offer(args.at[0], ca_file, &o, ei);
	}
	if (e == ERR_OK) {
		e = confirm(
		    args.at[0], given == NULL ? NULL : fingerprint, &o, ei);
	}
	if (e == ERR_OK) {
		e = trust_put(home, args.at[0], o.name, buf_slice(&o.ca), ei);
	}
	buf_clear(&o.ca);
	return e;
}

enum err
cmd_agent_list(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	char home[PATH_TEXT_SIZE];
	struct trust *t = NULL;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 0, 0, usage, &args, ei);

	if (e == ERR_OK) {
		e = home_dir(home, sizeof(home), ei);
	}
	if (e == ERR_OK) {
		e = trust_load(home, &t, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < t->num; i++) {
		struct buf line = BUF_INIT(4096);

		text_hex(&line,
		    slice_make(t->at[i].sha256, sizeof(t->at[i].sha256)));
		buf_printf(&line, " %s ", t->at[i].origin);
		text_escape(&line, slice_str(t->at[i].name), TRUST_NAME_SIZE);
		cli_print("%s\n", buf_cstr(&line));
		buf_clear(&line);
	}
	trust_free(t);
	return e;
}

enum err
cmd_agent_revoke(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	char home[PATH_TEXT_SIZE];
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = home_dir(home, sizeof(home), ei);
	}
	return e != ERR_OK ? e : trust_remove(home, args.at[0], ei);
}
