/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/conf.h"

#include <stdarg.h>

#include "base/bounds.h"
#include "base/text.h"
#include "conf/conf_priv.h"

enum {
	REPORT_BYTES_MAX = 64 * 1024,
	LINE_BYTES_MAX = 1024,
};

void
conf_report_init(struct conf_report *report)
{
	buf_init(&report->text, REPORT_BYTES_MAX);
	report->num_lines = 0;
}

void
conf_report_clear(struct conf_report *report)
{
	buf_clear(&report->text);
	report->num_lines = 0;
}

const char *
conf_report_text(struct conf_report *report)
{
	return buf_cstr(&report->text);
}

/* "server.limits[2].days" of a setting; "" of the root. */
static void
put_path(struct buf *out, const config_setting_t *node)
{
	const config_setting_t *chain[CONF_DEPTH_MAX + 2];
	size_t num = 0;

	for (; node != NULL && !config_setting_is_root(node) &&
	       num < ARRAY_LEN(chain);
	     node = config_setting_parent(node)) {
		chain[num++] = node;
	}
	for (size_t i = num; i-- > 0;) {
		const char *name = config_setting_name(chain[i]);

		if (name == NULL) {
			buf_printf(out, "[%d]", config_setting_index(chain[i]));
		} else {
			buf_printf(out, "%s%s", i + 1 < num ? "." : "", name);
		}
	}
}

/* "file:line", or "file" for the root, which has no line. */
static void
put_where(
    struct buf *out, const struct conf *conf, const config_setting_t *node)
{
	unsigned line = node != NULL ? config_setting_source_line(node) : 0;

	buf_add_str(out, conf->name);
	if (line > 0) {
		buf_printf(out, ":%u", line);
	}
}

void
conf_report_append(
    struct conf_report *report, struct slice lines, size_t num_lines)
{
	size_t before = report->text.len;

	report->num_lines += num_lines;
	buf_add(&report->text, lines);
	if (report->text.err != ERR_OK) {
		buf_cut(&report->text, before);
	}
}

void
conf_report_add(struct conf_report *report, const struct conf *conf,
    const config_setting_t *node, const char *member, const char *fmt,
    va_list ap)
{
	struct buf raw = BUF_INIT(LINE_BYTES_MAX);
	struct buf line = BUF_INIT(REPORT_BYTES_MAX);
	char text[512];

	if (report == NULL) {
		return;
	}
	if (report->num_lines >= CONF_REPORT_LINES) {
		report->num_lines++;
		return;
	}
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	put_where(&raw, conf, node);
	buf_add_str(&raw, ": ");
	if (node != NULL && !config_setting_is_root(node)) {
		put_path(&raw, node);
		buf_add_str(&raw, member != NULL ? "." : ": ");
	}
	if (member != NULL) {
		buf_printf(&raw, "%s: ", member);
	}
	text_escape(&line, buf_slice(&raw), LINE_BYTES_MAX);
	text_escape(&line, slice_str(text), sizeof(text));
	buf_add_u8(&line, '\n');
	conf_report_append(report, buf_slice(&line), 1);
	buf_clear(&raw);
	buf_clear(&line);
}

/* The setting that a cursor and a path mean, or the group nearest to it. */
static const config_setting_t *
locate(struct conf_cursor c, const char *path, const char **out_member)
{
	const config_setting_t *node = c.node;

	*out_member = NULL;
	if (node == NULL) {
		node = config_root_setting(&c.conf->config);
	}
	if (path != NULL) {
		const config_setting_t *at =
		    c.node == NULL ? NULL
				   : config_setting_get_member(node, path);

		if (at != NULL) {
			return at;
		}
		*out_member = path;
	}
	return node;
}

void
conf_complain(struct conf_report *report, struct conf_cursor c,
    const char *path, const char *fmt, ...)
{
	const char *member;
	const config_setting_t *node = locate(c, path, &member);
	va_list ap;

	va_start(ap, fmt);
	conf_report_add(report, c.conf, node, member, fmt, ap);
	va_end(ap);
}

enum err
conf_report_err(struct conf_report *report, struct errinfo *ei)
{
	const char *text = conf_report_text(report);
	size_t len = strcspn(text, "\n");

	if (report->num_lines == 0) {
		return ERR_OK;
	}
	if (report->num_lines == 1) {
		return err_set(ei, ERR_FORMAT, "conf.values", NULL, "%.*s",
		    (int)len, text);
	}
	return err_set(ei, ERR_FORMAT, "conf.values", NULL,
	    "%.*s (and %zu more errors)", (int)(len < 240 ? len : 240), text,
	    report->num_lines - 1);
}
