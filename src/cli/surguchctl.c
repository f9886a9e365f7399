/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguchctl: the administrator's program.  Most verbs are questions to the
 * running centre over its control socket; `centre init` works on files and
 * needs no centre.
 */
#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/log.h"
#include "cli/centre.h"
#include "cli/cli.h"
#include "crypto/init.h"
#include "ipc/control_msg.h"
#include "ipc/frame.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/socket.h"

enum {
	ANSWER_WAIT_MS = 60 * 1000,
	/* A million certificates are taken over in some minutes. */
	RECONCILE_WAIT_MS = 3600 * 1000
};

/* A centre under a prefix; else the system's own. */
static const char *centre_dir = "";

static const struct cli_option options[] = {{"--centre", &centre_dir, NULL}};

static enum err
ask(int fd, const struct control_call *call, int wait_ms, struct buf *store,
    struct frame *out, struct errinfo *ei)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct frame f = {.type = CONTROL_CALL, .id = 1};
	enum err e;

	control_call_pack(&body, call);
	f.body = buf_slice(&body);
	e = buf_err(&body, ei);
	if (e == ERR_OK) {
		e = frame_send(fd, &f, ei);
	}
	if (e == ERR_OK) {
		e = socket_wait(fd, wait_ms, ei);
	}
	if (e == ERR_OK) {
		e = frame_recv(fd, store, out, false, ei);
	}
	buf_clear(&body);
	return e;
}

/* Print what came, or become the centre's error. */
static enum err
take_answer(const struct frame *f, struct errinfo *ei)
{
	struct errinfo theirs;
	struct slice text;
	struct wire w;
	enum err e;

	if (f->type == CONTROL_REPLY) {
		e = control_reply_unpack(f->body, &text, ei);
		return e != ERR_OK ? e : cli_write(text, ei);
	}
	w = wire_init(f->body);
	wire_get_errinfo(&w, &theirs);
	e = wire_end(&w, "control error", ei);
	if (e != ERR_OK) {
		return e;
	}
	*ei = theirs;
	return theirs.kind;
}

static enum err
connect_centre(int *out_fd, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e;

	(void)snprintf(
	    path, sizeof(path), "%s/run/surguch/control.sock", centre_dir);
	e = socket_connect_control(path, out_fd, ei);
	if (e != ERR_OK) {
		return err_set(ei, ERR_AGAIN, "control.connect", NULL,
		    "no centre answers at %s: is surguchd running, and may "
		    "you use it?",
		    path);
	}
	return ERR_OK;
}

static enum err
remote(const char *group, const char *name, const struct cli_args *args,
    int wait_ms, struct errinfo *ei)
{
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct control_call call;
	struct frame f = {0};
	int fd = -1;
	enum err e;

	memset(&call, 0, sizeof(call));
	(void)snprintf(call.words[0], CONTROL_WORD_SIZE, "%s", group);
	(void)snprintf(call.words[1], CONTROL_WORD_SIZE, "%s", name);
	call.num = 2;
	for (size_t i = 0; i < args->num; i++) {
		/* A name that was cut would be another's. */
		if (strlen(args->at[i]) >= CONTROL_WORD_SIZE) {
			return err_set(ei, ERR_LIMIT, "cli.words", NULL,
			    "a word has %zu bytes; at most %d are taken: %s",
			    strlen(args->at[i]), CONTROL_WORD_SIZE - 1,
			    args->at[i]);
		}
		(void)snprintf(call.words[call.num++], CONTROL_WORD_SIZE, "%s",
		    args->at[i]);
	}
	e = connect_centre(&fd, ei);
	if (e == ERR_OK) {
		e = ask(fd, &call, wait_ms, &store, &f, ei);
	}
	if (e == ERR_OK) {
		e = take_answer(&f, ei);
		frame_close_fds(&f);
	}
	fd_close(fd);
	buf_wipe(&store);
	return e;
}

/* A verb of the running centre with a fixed number of words behind it. */
#define REMOTE(function, group, name, words)                                   \
	static enum err function(                                              \
	    int argc, char **argv, const char *usage, struct errinfo *ei)      \
	{                                                                      \
		struct cli_args args;                                          \
		enum err e = cli_parse(                                        \
		    argc, argv, NULL, 0, words, words, usage, &args, ei);      \
                                                                               \
		return e != ERR_OK                                             \
			   ? e                                                 \
			   : remote(group, name, &args, ANSWER_WAIT_MS, ei);   \
	}

REMOTE(operator_add_cmd, "operator", "add", 2)
REMOTE(operator_token_cmd, "operator", "token", 3)
REMOTE(operator_disable_cmd, "operator", "disable", 1)
REMOTE(operator_list_cmd, "operator", "list", 0)
REMOTE(ca_list_cmd, "ca", "list", 0)
REMOTE(audit_verify_cmd, "audit", "verify", 0)

static enum err
reconcile_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const char *lost = "";
	const struct cli_option own[] = {{"--journal-lost", &lost, NULL}};
	struct cli_args args;
	enum err e =
	    cli_parse(argc, argv, own, ARRAY_LEN(own), 0, 0, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	args.at[args.num++] = lost;
	return remote("reconcile", "", &args, RECONCILE_WAIT_MS, ei);
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
    {"ca", "list", "", "the issuing CAs", ca_list_cmd},
    {"audit", "verify", "", "is the audit chain whole?", audit_verify_cmd},
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
