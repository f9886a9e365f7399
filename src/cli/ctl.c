/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ctl.h"

#include <stdio.h>
#include <string.h>

#include "base/bounds.h"
#include "ipc/frame.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/socket.h"

enum {
	ANSWER_WAIT_MS = 60000
};

const char *ctl_centre = "";

/* --- the question ----------------------------------------------------------
 */

/* name and value become one word; value NULL: the name alone. */
static enum err
add_word(struct control_call *c, const char *name, const char *value,
    struct errinfo *ei)
{
	char *word = c->words[c->num];
	int len;

	ensure(c->num < CONTROL_WORDS_MAX);
	len = value != NULL
		  ? snprintf(word, CONTROL_WORD_SIZE, "%s=%s", name, value)
		  : snprintf(word, CONTROL_WORD_SIZE, "%s", name);
	/* A name that was cut would be another's. */
	if (len >= CONTROL_WORD_SIZE) {
		return err_set(ei, ERR_LIMIT, "cli.words", NULL,
		    "a word has %d bytes; at most %d are taken: %s", len,
		    CONTROL_WORD_SIZE - 1, value != NULL ? value : name);
	}
	c->num++;
	return ERR_OK;
}

enum err
ctl_begin(struct control_call *c, const char *group, const char *name,
    const struct cli_args *args, struct errinfo *ei)
{
	enum err e;

	memset(c, 0, sizeof(*c));
	e = add_word(c, group, NULL, ei);
	if (e == ERR_OK) {
		e = add_word(c, name, NULL, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < args->num; i++) {
		e = add_word(c, args->at[i], NULL, ei);
	}
	return e;
}

enum err
ctl_options(struct control_call *c, const struct cli_option *options,
    size_t num, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		const struct cli_option *o = &options[i];

		if (o->value == NULL) {
			ensure(strcmp(o->name, "--json") == 0);
			e = *o->on ? add_word(c, "format", "json", ei) : e;
		} else if (*o->value != NULL) {
			e = add_word(c, o->name + 2, *o->value, ei);
		}
	}
	return e;
}

/* --- the answer ------------------------------------------------------------
 */

enum err
ctl_exchange(int fd, const struct frame *question, uint16_t done, int wait_ms,
    struct buf *store, struct frame *out, struct errinfo *ei)
{
	struct errinfo theirs;
	struct wire w;
	enum err e = frame_send(fd, question, ei);

	if (e == ERR_OK) {
		e = socket_wait(fd, wait_ms, ei);
	}
	if (e == ERR_OK) {
		e = frame_recv(fd, store, out, false, ei);
	}
	if (e != ERR_OK || out->type == done) {
		return e;
	}
	frame_close_fds(out);
	w = wire_init(out->body);
	wire_get_errinfo(&w, &theirs);
	e = wire_end(&w, "control error", ei);
	if (e != ERR_OK) {
		return e;
	}
	*ei = theirs;
	return theirs.kind;
}

/* A long text, in a memory file. */
static enum err
take_file(int fd, struct buf *out, struct errinfo *ei)
{
	struct slice text;
	enum err e = memfd_map(fd, CONTROL_REPLY_MAX, &text, ei);

	if (e == ERR_OK) {
		buf_add(out, text);
		memfd_unmap(text);
		e = buf_err(out, ei);
	}
	return e;
}

static enum err
take_answer(const struct frame *f, struct buf *out, struct errinfo *ei)
{
	struct slice text;
	enum err e = control_reply_unpack(f->body, &text, ei);

	if (e == ERR_OK && f->num_fds > 0) {
		return take_file(f->fds[0], out, ei);
	}
	if (e == ERR_OK) {
		buf_add(out, text);
		e = buf_err(out, ei);
	}
	return e;
}

static enum err
connect_centre(int *out_fd, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e;

	(void)snprintf(
	    path, sizeof(path), "%s/run/surguch/control.sock", ctl_centre);
	e = socket_connect_control(path, out_fd, ei);
	if (e != ERR_OK) {
		return err_set(ei, ERR_AGAIN, "control.connect", NULL,
		    "no centre answers at %s: is surguchd running, and may "
		    "you use it?",
		    path);
	}
	return ERR_OK;
}

enum err
ctl_ask(const struct control_call *c, int wait_ms, struct buf *out,
    struct errinfo *ei)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct frame f = {.type = CONTROL_CALL, .id = 1}, answer = {0};
	int fd = -1;
	enum err e;

	control_call_pack(&body, c);
	f.body = buf_slice(&body);
	e = buf_err(&body, ei);
	if (e == ERR_OK) {
		e = connect_centre(&fd, ei);
	}
	if (e == ERR_OK) {
		e = ctl_exchange(fd, &f, CONTROL_REPLY,
		    wait_ms != 0 ? wait_ms : ANSWER_WAIT_MS, &store, &answer,
		    ei);
	}
	if (e == ERR_OK) {
		e = take_answer(&answer, out, ei);
		frame_close_fds(&answer);
	}
	fd_close(fd);
	buf_clear(&body);
	buf_wipe(&store);
	return e;
}

static enum err
ask_and_print(const struct control_call *c, int wait_ms, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONTROL_REPLY_MAX);
	enum err e = ctl_ask(c, wait_ms, &text, ei);

	if (e == ERR_OK) {
		e = cli_write(buf_slice(&text), ei);
	}
	buf_wipe(&text);
	return e;
}

enum err
ctl_command(const struct ctl_command *c, int argc, char **argv,
    const char *usage, struct errinfo *ei)
{
	struct control_call call;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, c->options, c->num_options, c->words,
	    c->words, usage, &args, ei);

	if (e == ERR_OK) {
		e = ctl_begin(&call, c->group, c->name, &args, ei);
	}
	if (e == ERR_OK) {
		e = ctl_options(&call, c->options, c->num_options, ei);
	}
	return e != ERR_OK ? e : ask_and_print(&call, c->wait_ms, ei);
}
