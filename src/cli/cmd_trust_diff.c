/* SPDX-License-Identifier: Apache-2.0 */
/* surguch trust diff: what came, went, was disabled or limited. */
#include <stdio.h>

#include "base/text.h"
#include "cli/cmd_trust.h"
#include "cli/commands.h"
#include "trust/diff.h"
#include "trustfeed/difference.h"
#include "json/writer.h"

static void
put_line(struct buf *out, const struct trust_difference *d)
{
	buf_printf(out, "%c ", difference_mark(d->change));
	text_hex(out, difference_row(d)->root.sha1);
	buf_add_str(out, "  ");
	trust_row_name(difference_row(d), out);
	buf_add_str(out, ": ");
	trust_difference_text(d, out);
	buf_add_u8(out, '\n');
}

static enum err
tell_json(const struct trust_diff *d, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	struct json_writer w;

	json_writer_init(&w, &out);
	json_open_object(&w, NULL);
	difference_put_counts(&w, d);
	difference_put_list(&w, "changes", d, false);
	json_close(&w);
	return cli_write_json(&w, &out, ei);
}

static enum err
tell_lines(const struct trust_diff *d, struct errinfo *ei)
{
	struct buf out = BUF_INIT(TRUST_OUT_MAX);
	const char *gap = "";

	for (size_t i = 0; i < d->num; i++) {
		put_line(&out, &d->at[i]);
	}
	for (unsigned i = 0; i < TRUST_CHANGE_MAX_; i++) {
		if (d->counts[i] > 0) {
			buf_printf(&out, "%s%zu %s", gap, d->counts[i],
			    trust_change_name((enum trust_change)i));
			gap = ", ";
		}
	}
	buf_add_str(&out, d->num > 0 ? "\n" : "no difference\n");
	return cli_write_buf(&out, ei);
}

static enum err
compare(
    struct trust_case cases[2], struct trust_rows rows[2], struct errinfo *ei)
{
	struct trust_diff d = {.num = 0};
	const struct trust_part *part;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < 2; i++) {
		e = trust_case_verdict(&cases[i], ei);
		if (e == ERR_OK) {
			e = trust_case_roots(&cases[i], &part, ei);
		}
		if (e == ERR_OK) {
			e = trust_case_rows(&cases[i], part, &rows[i], ei);
		}
	}
	if (e == ERR_OK) {
		e = trust_diff_of(&rows[0], &rows[1], &d, ei);
	}
	if (e == ERR_OK) {
		if (!rows[0].said || !rows[1].said) {
			(void)fprintf(stderr,
			    "surguch: warning: one side has certificates "
			    "alone, so uses and dates are not compared\n");
		}
		e = cmd_json() ? tell_json(&d, ei) : tell_lines(&d, ei);
		cli_exit_with(d.num > 0 ? CLI_DIFFERS : CLI_OK);
	}
	trust_diff_clear(&d);
	return e;
}

enum err
cmd_trust_diff(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct cli_option options[TRUST_OPTIONS];
	struct trust_words w = {0};
	struct trust_case cases[2] = {{.now = 0}};
	struct trust_rows rows[2] = {{.num = 0}};
	struct cli_args args;
	enum err e;

	trust_options(&w, options);
	e = cli_parse(
	    argc, argv, options, TRUST_OPTIONS, 2, 2, usage, &args, ei);
	if (e != ERR_OK) {
		return e;
	}
	for (size_t i = 0; e == ERR_OK && i < 2; i++) {
		e = trust_case_open(&cases[i], args.at[i], &w, ei);
	}
	if (e == ERR_OK) {
		e = compare(cases, rows, ei);
	}
	for (size_t i = 0; i < 2; i++) {
		trust_rows_clear(&rows[i]);
		trust_case_clear(&cases[i]);
	}
	return e;
}
