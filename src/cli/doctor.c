/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/ctl.h"
#include "os/systime.h"
#include "json/writer.h"

enum {
	ANSWER_MAX = 60000,
	LOOK_WAIT_MS = 120 * 1000, /* silent signers are waited for */
	SHOWN_MAX = 300,
};

static const char *const level_names[] = {
    "ok", "warning", "critical", "unknown"};

struct finding *
doctor_find(struct doctor *d, enum doctor_level level, const char *what,
    const char *command, const char *fmt, ...)
{
	struct finding *p = realloc(d->at, (d->num + 1) * sizeof(*p));
	va_list ap;

	if (p == NULL) {
		d->out_of_memory = true;
		return NULL;
	}
	d->at = p;
	p = &d->at[d->num++];
	memset(p, 0, sizeof(*p));
	p->level = level;
	(void)snprintf(p->what, sizeof(p->what), "%s", what);
	(void)snprintf(p->command, sizeof(p->command), "%s", command);
	va_start(ap, fmt);
	(void)vsnprintf(p->text, sizeof(p->text), fmt, ap);
	va_end(ap);
	return p;
}

/* --- the running centre ------------------------------------------------------
 */

/* Cut the field up to the tab, or the rest. */
static char *
cut(char **line)
{
	char *field = *line, *tab = strchr(field, '\t');

	if (tab == NULL) {
		*line = field + strlen(field);
	} else {
		*tab = '\0';
		*line = tab + 1;
	}
	return field;
}

static void
take_line(struct doctor *d, char *line)
{
	bool critical = strcmp(cut(&line), "critical") == 0;
	const char *what = cut(&line);
	const char *text = cut(&line);

	(void)doctor_find(d, critical ? DOCTOR_CRITICAL : DOCTOR_WARNING, what,
	    line, "%s", text);
	d->due = d->due || strcmp(line, DOCTOR_FIX) == 0;
}

static enum err
ask(const char *name, const struct cli_option *options, size_t num,
    struct buf *out, struct errinfo *ei)
{
	const struct cli_args none = {.num = 0};
	struct control_call call;
	enum err e = ctl_begin(&call, "doctor", name, &none, ei);

	if (e == ERR_OK) {
		e = ctl_options(&call, options, num, ei);
	}
	return e != ERR_OK ? e : ctl_ask(&call, LOOK_WAIT_MS, out, ei);
}

/* False when no centre answers. */
static bool
ask_centre(struct doctor *d)
{
	struct buf answer = BUF_INIT(ANSWER_MAX);
	struct errinfo ei = {0};
	char *text, *end;
	enum err e = ask("look", NULL, 0, &answer, &ei);

	if (e != ERR_OK) {
		(void)doctor_find(d, DOCTOR_CRITICAL, "surguchd",
		    "start surguchd, or see its log", "%s", ei.text);
		buf_clear(&answer);
		return false;
	}
	buf_add_u8(&answer, '\0');
	text = (char *)answer.p;
	while (text != NULL && (end = strchr(text, '\n')) != NULL) {
		*end = '\0';
		take_line(d, text);
		text = end + 1;
	}
	buf_clear(&answer);
	return true;
}

/* What the centre mends by itself, now. */
static void
have_mended(struct doctor *d)
{
	const char *crl = d->stale_crl ? "1" : NULL;
	const struct cli_option options[] = {{"--crl", &crl, NULL}};
	struct buf answer = BUF_INIT(ANSWER_MAX);
	struct errinfo ei = {0};

	if (ask("mend", options, ARRAY_LEN(options), &answer, &ei) != ERR_OK) {
		(void)doctor_find(d, DOCTOR_CRITICAL, "surguchd", "see its log",
		    "could not mend: %s", ei.text);
	} else {
		for (size_t i = 0; i < d->num; i++) {
			struct finding *f = &d->at[i];

			f->mended =
			    f->mended || strcmp(f->command, DOCTOR_FIX) == 0;
		}
	}
	buf_clear(&answer);
}

/* --- what is said
 * ------------------------------------------------------------- */

static enum doctor_level
worst_of(const struct doctor *d)
{
	enum doctor_level worst = DOCTOR_OK;

	for (size_t i = 0; i < d->num; i++) {
		enum doctor_level level =
		    d->at[i].mended ? DOCTOR_OK : d->at[i].level;

		/* What is known to be critical weighs more than what is not
		 * known. */
		if (worst != DOCTOR_CRITICAL && level > worst) {
			worst = level;
		}
		if (level == DOCTOR_CRITICAL) {
			worst = level;
		}
	}
	return worst;
}

static void
print_lines(const struct doctor *d, enum doctor_level worst)
{
	for (size_t i = 0; i < d->num; i++) {
		const struct finding *f = &d->at[i];
		struct buf line = BUF_INIT(4096);

		text_escape(&line, slice_str(f->text), SHOWN_MAX);
		cli_print("%s: %s: %s\n",
		    f->mended ? "mended" : level_names[f->level], f->what,
		    buf_cstr(&line));
		if (!f->mended && f->command[0] != '\0') {
			cli_print("    %s\n", f->command);
		}
		buf_clear(&line);
	}
	cli_print("%s\n", level_names[worst]);
}

static enum err
print_json(const struct doctor *d, enum doctor_level worst, struct errinfo *ei)
{
	struct buf out = BUF_INIT((size_t)16 * 1024 * 1024);
	struct json_writer w;

	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	json_put_text(&w, "status", level_names[worst]);
	json_open_array(&w, "findings");
	for (size_t i = 0; i < d->num; i++) {
		const struct finding *f = &d->at[i];

		json_open_object(&w, NULL);
		json_put_text(&w, "level", level_names[f->level]);
		json_put_text(&w, "what", f->what);
		json_put_text(&w, "text", f->text);
		json_put_text_optional(
		    &w, "command", f->command[0] != '\0' ? f->command : NULL);
		json_put_bool(&w, "mended", f->mended);
		json_close(&w);
	}
	json_close(&w);
	json_close(&w);
	return cli_write_json(&w, &out, ei);
}

enum err
doctor_cmd(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct doctor d = {.now = clock_utc_sec(&clock)};
	bool json = false, running;
	const struct cli_option options[] = {
	    {"--fix", NULL, &d.fix},
	    {"--json", NULL, &json},
	};
	enum doctor_level worst;
	struct cli_args args;
	enum err e = cli_parse(
	    argc, argv, options, ARRAY_LEN(options), 0, 0, usage, &args, ei);

	if (e != ERR_OK) {
		return e;
	}
	doctor_files(&d);
	running = ask_centre(&d);
	if (running && d.fix && (d.due || d.stale_crl)) {
		have_mended(&d);
	}
	worst = worst_of(&d);
	if (d.out_of_memory) {
		e = err_nomem(ei);
	} else if (json) {
		e = print_json(&d, worst, ei);
	} else {
		print_lines(&d, worst);
	}
	free(d.at);
	cli_exit_with((int)worst);
	return e;
}
