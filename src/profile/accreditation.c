/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/accreditation.h"

#include <string.h>

#include "base/bounds.h"
#include "base/clock.h"
#include "base/text.h"
#include "os/file.h"

/* In the order of the arcs under 1.2.643.100.113 (facts 3.2). */
static const char *const classes[] = {
    "КС1", "КС2", "КС3", "КВ1", "КВ2", "КА1", NULL};

static bool
read_day(const char *text, int64_t *out_sec)
{
	char full[TIME_TEXT_SIZE];

	(void)snprintf(full, sizeof(full), "%.10sT00:00:00Z", text);
	return strlen(text) == 10 && time_from_text(slice_str(full), out_sec);
}

static const char *
check_day(const char *text)
{
	int64_t scratch;

	return read_day(text, &scratch) ? NULL
					: "is no day such as \"2026-02-01\"";
}

/* An accreditation is of something that has a name and a document. */
static const char *
check_claim(const char *text)
{
	return strstr(text, "не сертифицировано") != NULL ||
		       strcmp(text, "отсутствует") == 0
		   ? "names nothing that is confirmed"
		   : NULL;
}

#define CLAIM(n, size)                                                         \
	{                                                                      \
		.name = (n), .type = CONF_TEXT, .required = true, .min = 1,    \
		.max = (size)-1, .check = check_claim                          \
	}

const struct conf_setting accreditation_settings[] = {
    {.name = "number",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = ACCREDITATION_NUMBER_SIZE - 1},
    {.name = "from", .type = CONF_TEXT, .required = true, .check = check_day},
    {.name = "until", .type = CONF_TEXT, .required = true, .check = check_day},
    {.name = "class",
	.type = CONF_CHOICE,
	.required = true,
	.choices = classes},
    CLAIM("tool", ACCREDITATION_TOOL_SIZE),
    CLAIM("tool_document", ACCREDITATION_DOCUMENT_SIZE),
    CLAIM("ca", ACCREDITATION_TOOL_SIZE),
    CLAIM("ca_document", ACCREDITATION_DOCUMENT_SIZE),
    {.name = "owner_tools",
	.type = CONF_TEXTS,
	.required = true,
	.min = 1,
	.max = ACCREDITATION_OWNER_TOOLS_MAX,
	.check = check_claim},
    {0},
};

static void
take_owner_tools(
    struct conf_cursor c, struct conf_report *report, struct accreditation *out)
{
	for (size_t i = 0; i < conf_len(c, "owner_tools"); i++) {
		const char *tool = conf_text_at(c, "owner_tools", i);

		if (strlen(tool) >= sizeof(out->owner_tools[0])) {
			conf_complain(report, c, "owner_tools",
			    "a tool has more than 200 characters");
			continue;
		}
		conf_copy_text(out->owner_tools[out->num_owner_tools++],
		    sizeof(out->owner_tools[0]), tool);
	}
}

void
accreditation_take(
    struct conf_cursor c, struct conf_report *report, struct accreditation *out)
{
	memset(out, 0, sizeof(*out));
	if (c.node == NULL) {
		return;
	}
	conf_copy_text(
	    out->number, sizeof(out->number), conf_text(c, "number"));
	ensure(read_day(conf_text(c, "from"), &out->from));
	ensure(read_day(conf_text(c, "until"), &out->until));
	out->until += DAY_SEC - 1;
	if (out->until < out->from) {
		conf_complain(report, c, "until", "lies before from");
	}
	out->class = (unsigned)conf_choice(c, "class") + 1;
	conf_copy_text(out->tool, sizeof(out->tool), conf_text(c, "tool"));
	conf_copy_text(out->tool_document, sizeof(out->tool_document),
	    conf_text(c, "tool_document"));
	conf_copy_text(out->ca, sizeof(out->ca), conf_text(c, "ca"));
	conf_copy_text(out->ca_document, sizeof(out->ca_document),
	    conf_text(c, "ca_document"));
	take_owner_tools(c, report, out);
}

enum err
accreditation_parse(struct slice text, const char *file,
    struct accreditation *out, struct errinfo *ei)
{
	static const struct conf_setting only[] = {
	    {.name = "accreditation",
		.type = CONF_GROUP,
		.members = accreditation_settings},
	    {0},
	};
	struct accreditation a;
	struct conf_report report;
	struct conf *conf = NULL;
	enum err err;

	conf_report_init(&report);
	err = conf_parse_some(text, file, only, &conf, &report, ei);
	if (err == ERR_OK) {
		accreditation_take(
		    conf_group(conf_root(conf), "accreditation"), &report, &a);
		err = conf_report_err(&report, ei);
	}
	if (err == ERR_OK) {
		*out = a;
	}
	conf_free(conf);
	conf_report_clear(&report);
	return err;
}

enum err
accreditation_load(
    const char *path, struct accreditation *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	enum err err = file_read(path, CONF_BYTES_MAX, &text, ei);

	if (err == ERR_OK) {
		err = accreditation_parse(buf_slice(&text), path, out, ei);
	}
	buf_wipe(&text);
	return err;
}

bool
accreditation_given(const struct accreditation *a)
{
	return a != NULL && a->number[0] != '\0';
}

bool
accreditation_holds(const struct accreditation *a, int64_t now)
{
	return accreditation_given(a) && now >= a->from && now <= a->until;
}
