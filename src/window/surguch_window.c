/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surguch-window: one question of surguch-agent, in a window of the desktop.
 * The question comes on standard input, the answer goes to standard output
 * (agent/question.h); when the other end closes, so does the window.
 */
#include <glib-unix.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <unistd.h>

#include "agent/question.h"
#include "base/bounds.h"
#include "os/file.h"
#include "window/view.h"

enum {
	EXIT_ANSWERED = 0,
	EXIT_TAKEN_BACK = 1,
	EXIT_QUESTION = 2,
	EXIT_DISPLAY = 3,
};

static int result = EXIT_TAKEN_BACK;

static void
answer(bool yes)
{
	if (fd_write_all(STDOUT_FILENO,
		yes ? SLICE_LIT("yes\n") : SLICE_LIT("no\n"), NULL) == ERR_OK) {
		result = EXIT_ANSWERED;
	}
	gtk_main_quit();
}

/* Nothing more is to come: what comes is the end. */
static gboolean
on_taken_back(gint fd, GIOCondition condition, gpointer data)
{
	(void)fd;
	(void)condition;
	(void)data;
	gtk_main_quit();
	return G_SOURCE_REMOVE;
}

static enum err
read_exactly(uint8_t *p, size_t len, struct errinfo *ei)
{
	while (len > 0) {
		ssize_t n = read(STDIN_FILENO, p, len);

		if (n <= 0) {
			return err_set(ei, ERR_FORMAT, "question.form", NULL,
			    "the question is cut off");
		}
		p += n;
		len -= (size_t)n;
	}
	return ERR_OK;
}

static enum err
read_question(struct buf *out, struct errinfo *ei)
{
	uint8_t head[QUESTION_HEAD_SIZE];
	size_t size = 0;
	enum err e = read_exactly(head, sizeof(head), ei);

	if (e == ERR_OK) {
		e = question_size(slice_make(head, sizeof(head)), &size, ei);
	}
	if (e == ERR_OK) {
		uint8_t *rest;

		buf_add(out, slice_make(head, sizeof(head)));
		rest = buf_grow(out, size);
		e = rest == NULL ? err_nomem(ei) : read_exactly(rest, size, ei);
	}
	return e != ERR_OK ? e : question_check(buf_slice(out), ei);
}

int
main(int argc, char **argv)
{
	struct buf question = BUF_INIT(QUESTION_BYTES_MAX);
	struct errinfo ei = {0};

	if (argc != 1) {
		(void)fprintf(stderr, "usage: surguch-window\n");
		return EXIT_QUESTION;
	}
	if (read_question(&question, &ei) != ERR_OK) {
		(void)fprintf(
		    stderr, "surguch-window: %s [%s]\n", ei.text, ei.rule);
		return EXIT_QUESTION;
	}
	if (!gtk_init_check(&argc, &argv)) {
		(void)fprintf(stderr, "surguch-window: there is no display\n");
		return EXIT_DISPLAY;
	}
	(void)g_unix_fd_add(
	    STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_taken_back, NULL);
	view_show(buf_slice(&question), answer);
	buf_clear(&question);
	gtk_main();
	return result;
}
