/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/pinentry.h"

#include <assuan.h>
#include <gpg-error.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "os/file.h"
#include "os/process.h"
#include "os/wait.h"

enum {
	LINE_MAX_LEN = 1000, /* of the protocol, with its end */
	LOOK_MS = 100,
};

/* --- one that is asked too long ---------------------------------------------
 */

/* Whoever talks to the window waits in the library; another thread looks
 * whether it is to be closed, and ends the program then. */
struct guard {
	const atomic_bool *stop;
	int64_t timeout_ms;
	pid_t pid;
	atomic_bool over; /* the talk has ended by itself */
	bool cancelled;   /* of the two below one, once the thread has ended */
	bool timed_out;
	pthread_t thread;
};

static void *
look(void *arg)
{
	struct guard *g = arg;

	for (int64_t left = g->timeout_ms; !atomic_load(&g->over);
	     left -= LOOK_MS) {
		g->cancelled = atomic_load(g->stop);
		g->timed_out = !g->cancelled && left <= 0;
		if (g->cancelled || g->timed_out) {
			process_kill(g->pid);
			break;
		}
		sleep_ms(LOOK_MS);
	}
	return NULL;
}

static gpg_error_t
guard_begin(struct guard *g, assuan_context_t ctx)
{
	g->pid = assuan_get_pid(ctx);
	return pthread_create(&g->thread, NULL, look, g) == 0
		   ? 0
		   : gpg_error(GPG_ERR_ENOMEM);
}

static void
guard_end(struct guard *g)
{
	atomic_store(&g->over, true);
	(void)pthread_join(g->thread, NULL);
}

static enum err
failed(struct errinfo *ei, const char *program, const struct guard *g,
    gpg_error_t why)
{
	if (g->cancelled) {
		return err_set(ei, ERR_STATE, "agent.cancelled", NULL,
		    "the question was taken back");
	}
	if (g->timed_out) {
		return err_set(ei, ERR_TIMEOUT, "agent.timeout", NULL,
		    "nobody answered in the password window");
	}
	if (gpg_err_code(why) == GPG_ERR_CANCELED ||
	    gpg_err_code(why) == GPG_ERR_NOT_CONFIRMED) {
		return err_set(ei, ERR_DENIED, "agent.refused", NULL,
		    "the password window was closed");
	}
	return err_set(ei, ERR_STATE, "agent.pinentry", NULL,
	    "the password window (%.100s) failed: %.100s", program,
	    gpg_strerror(why));
}

/* Percent-escaped as the protocol wants its arguments. */
static void
put_command(struct buf *line, const char *command, const char *text)
{
	buf_printf(line, "%s ", command);
	for (; *text != '\0'; text++) {
		if (*text == '%' || *text == '\n' || *text == '\r') {
			buf_printf(line, "%%%02X", (unsigned)(uint8_t)*text);
		} else {
			buf_add_u8(line, (uint8_t)*text);
		}
	}
}

static gpg_error_t
say(assuan_context_t ctx, const char *command, const char *text)
{
	struct buf line = BUF_INIT(LINE_MAX_LEN - 1);
	gpg_error_t why;

	put_command(&line, command, text);
	why = line.err != ERR_OK ? gpg_error(GPG_ERR_TOO_LARGE)
				 : assuan_transact(ctx, buf_cstr(&line), NULL,
				       NULL, NULL, NULL, NULL, NULL);
	buf_clear(&line);
	return why;
}

/* Room for all of it from the start, so that no grown copy is left behind. */
struct typed {
	struct secret room;
	size_t len;
};

static gpg_error_t
take_data(void *arg, const void *data, size_t len)
{
	struct typed *typed = arg;

	if (len > typed->room.len - typed->len) {
		return gpg_error(GPG_ERR_TOO_LARGE);
	}
	memcpy(typed->room.p + typed->len, data, len);
	typed->len += len;
	return 0;
}

/* Where a pinentry without a window asks: as GnuPG is told, else where the
 * agent itself was started.  NULL: nowhere. */
static const char *
terminal_of(char room[PATH_TEXT_SIZE])
{
	const char *told = getenv("GPG_TTY");

	if (told != NULL) {
		return told;
	}
	return ttyname_r(STDIN_FILENO, room, PATH_TEXT_SIZE) == 0 ? room : NULL;
}

/* What stands in any window; the words of its two buttons. */
static gpg_error_t
begin(assuan_context_t ctx, const char *description, const char *ok,
    const char *cancel)
{
	char room[PATH_TEXT_SIZE];
	const char *tty = terminal_of(room);
	gpg_error_t why = say(ctx, "SETTITLE", "surguch-agent");

	/* An old or a small one may not know these. */
	if (tty != NULL) {
		char option[LINE_MAX_LEN];

		(void)snprintf(option, sizeof(option), "ttyname=%.500s", tty);
		(void)say(ctx, "OPTION", option);
	}
	(void)say(ctx, "SETOK", ok);
	(void)say(ctx, "SETCANCEL", cancel);
	return why != 0 ? why : say(ctx, "SETDESC", description);
}

static gpg_error_t
converse(assuan_context_t ctx, const struct pinentry_options *o,
    const char *description, const char *prompt, const char *error,
    struct typed *typed)
{
	gpg_error_t why = begin(ctx, description, o->ok, o->cancel);

	if (why == 0) {
		why = say(ctx, "SETPROMPT", prompt);
	}
	if (why == 0 && error[0] != '\0') {
		why = say(ctx, "SETERROR", error);
	}
	if (why == 0) {
		assuan_begin_confidential(ctx);
		why = assuan_transact(
		    ctx, "GETPIN", take_data, typed, NULL, NULL, NULL, NULL);
		assuan_end_confidential(ctx);
	}
	return why;
}

/* In the new process: what we block, it must not. */
static void
after_fork(void *arg, int in_child)
{
	(void)arg;
	if (in_child != 0) {
		(void)process_reset_signals();
	}
}

static gpg_error_t
start(const struct pinentry_options *o, assuan_context_t *out)
{
	const char *argv[] = {"pinentry", NULL};
	assuan_fd_t none[] = {ASSUAN_INVALID_FD};
	gpg_error_t why = assuan_new(out);

	return why != 0 ? why
			: assuan_pipe_connect(*out, o->program, argv, none,
			      after_fork, NULL, 0);
}

enum err
pinentry_confirm(const struct pinentry_options *o, const atomic_bool *stop,
    const char *description, const char *yes, const char *no,
    struct errinfo *ei)
{
	struct guard g = {.stop = stop, .timeout_ms = o->timeout_ms};
	assuan_context_t ctx = NULL;
	gpg_error_t why = start(o, &ctx);

	if (why == 0 && (why = guard_begin(&g, ctx)) == 0) {
		why = begin(ctx, description, yes, no);
		if (why == 0) {
			why = assuan_transact(
			    ctx, "CONFIRM", NULL, NULL, NULL, NULL, NULL, NULL);
		}
		guard_end(&g);
	}
	assuan_release(ctx);
	return why != 0 ? failed(ei, o->program, &g, why) : ERR_OK;
}

enum err
pinentry_ask(const struct pinentry_options *o, const atomic_bool *stop,
    const char *description, const char *prompt, const char *error,
    struct secret *out, struct errinfo *ei)
{
	struct guard g = {.stop = stop, .timeout_ms = o->timeout_ms};
	struct typed typed = {0};
	assuan_context_t ctx = NULL;
	gpg_error_t why;
	enum err e = secret_init(&typed.room, PASSPHRASE_MAX, ei);

	if (e != ERR_OK) {
		return e;
	}
	why = start(o, &ctx);
	if (why == 0 && (why = guard_begin(&g, ctx)) == 0) {
		why = converse(ctx, o, description, prompt, error, &typed);
		guard_end(&g);
	}
	e = why != 0
		? failed(ei, o->program, &g, why)
		: secret_copy(out, slice_make(typed.room.p, typed.len), ei);
	secret_clear(&typed.room);
	assuan_release(ctx);
	return e;
}
