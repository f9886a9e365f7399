/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl certificate. */
#include <stddef.h>
#include <stdio.h>

#include "base/bounds.h"
#include "base/text.h"
#include "cli/ctl.h"
#include "os/file.h"
#include "os/random.h"

enum {
	KEY_BYTES = 16 /* of an idempotency key, in hex */
};

enum err
ctl_certificate_list(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *ca = NULL, *profile = NULL, *status = NULL, *person = NULL;
	const char *ends_after = NULL, *ends_before = NULL, *after = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--ca", &ca, NULL},
	    {"--profile", &profile, NULL},
	    {"--status", &status, NULL},
	    {"--person", &person, NULL},
	    {"--ends-after", &ends_after, NULL},
	    {"--ends-before", &ends_before, NULL},
	    {"--after", &after, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "certificate", "list", 0, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

enum err
ctl_certificate_find(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	bool json = false;
	const struct cli_option options[] = {{"--json", NULL, &json}};
	const struct ctl_command c = {"certificate", "find", 1, options, 1, 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

enum err
ctl_certificate_show(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	bool json = false;
	const struct cli_option options[] = {{"--json", NULL, &json}};
	const struct ctl_command c = {"certificate", "show", 1, options, 1, 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

enum err
ctl_certificate_revoke(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *reason = NULL, *comment = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--reason", &reason, NULL},
	    {"--comment", &comment, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "certificate", "revoke", 1, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

enum err
ctl_certificate_hold(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *comment = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--comment", &comment, NULL},
	    {"--json", NULL, &json},
	};
	const struct ctl_command c = {
	    "certificate", "hold", 1, options, ARRAY_LEN(options), 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

enum err
ctl_certificate_release(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	bool json = false;
	const struct cli_option options[] = {{"--json", NULL, &json}};
	const struct ctl_command c = {
	    "certificate", "release", 1, options, 1, 0};

	return ctl_command(&c, argc, argv, usage, ei);
}

/* --- issuing
 * ------------------------------------------------------------------ */

/* A key of our own making unless one was given: whoever asks again with the
 * same one never gets a second certificate. */
static enum err
own_key(struct buf *out, const char **key, struct errinfo *ei)
{
	uint8_t bytes[KEY_BYTES];
	enum err e = random_bytes(bytes, sizeof(bytes), ei);

	if (e == ERR_OK) {
		text_hex(out, slice_make(bytes, sizeof(bytes)));
		*key = buf_cstr(out);
		e = buf_err(out, ei);
	}
	return e;
}

struct order {
	struct control_call call;
	struct buf csr;
	struct buf key;
	struct buf answer;
	const char *used_key;
};

static enum err
send_order(struct order *o, const char *out, struct errinfo *ei)
{
	enum err e;

	o->call.input = buf_slice(&o->csr);
	e = ctl_ask(&o->call, 0, &o->answer, ei);
	if (e == ERR_AGAIN || e == ERR_TIMEOUT) {
		(void)fprintf(stderr,
		    "It may have been issued.  Ask again with --key %s\n",
		    o->used_key);
	}
	return e != ERR_OK ? e : cli_write_to(out, buf_slice(&o->answer), ei);
}

enum err
ctl_certificate_issue(
    int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *profile = NULL, *person = NULL, *key = NULL, *out = NULL;
	bool json = false;
	const struct cli_option options[] = {
	    {"--out", &out, NULL}, /* ours; the others go to the centre */
	    {"--profile", &profile, NULL},
	    {"--person", &person, NULL},
	    {"--key", &key, NULL},
	    {"--json", NULL, &json},
	};
	const struct cli_args none = {.num = 0};
	struct order o = {
	    .csr = BUF_INIT(CONTROL_INPUT_MAX),
	    .key = BUF_INIT((size_t)4 * KEY_BYTES),
	    .answer = BUF_INIT(CONTROL_REPLY_MAX),
	};
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = file_read(args.at[0], CONTROL_INPUT_MAX, &o.csr, ei);
	}
	if (e == ERR_OK && key == NULL) {
		e = own_key(&o.key, &key, ei);
	}
	o.used_key = key;
	if (e == ERR_OK) {
		e = ctl_begin(&o.call, "certificate", "issue", &none, ei);
	}
	if (e == ERR_OK) {
		e = ctl_options(
		    &o.call, options + 1, ARRAY_LEN(options) - 1, ei);
	}
	if (e == ERR_OK) {
		e = send_order(&o, out, ei);
	}
	buf_clear(&o.csr);
	buf_clear(&o.key);
	buf_clear(&o.answer);
	return e;
}
