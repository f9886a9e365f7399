/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "os/file.h"
#include "json/writer.h"

enum {
	FILE_MODE = 0644,
	SHOWN_MAX = 300,
	HELP_WITHIN = 3 /* words: what stands further on is a command's own */
};

static const struct cli_option *
find_option(
    const struct cli_option *options, size_t num, const char *word, size_t len)
{
	for (size_t i = 0; i < num; i++) {
		if (strlen(options[i].name) == len &&
		    strncmp(options[i].name, word, len) == 0) {
			return &options[i];
		}
	}
	return NULL;
}

/* The option at argv[*at]; *at moves over its value. */
static enum err
take_option(int argc, char **argv, int *at, const struct cli_option *options,
    size_t num_options, const char *usage, struct errinfo *ei)
{
	const char *word = argv[*at];
	const char *equals = strchr(word, '=');
	size_t len = equals != NULL ? (size_t)(equals - word) : strlen(word);
	const struct cli_option *o =
	    find_option(options, num_options, word, len);

	if (o == NULL) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "no such option: %s (usage: %s)", word, usage);
	}
	if (o->value == NULL && equals != NULL) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "%s takes no value (usage: %s)", o->name, usage);
	}
	if (o->value == NULL) {
		*o->on = true;
		return ERR_OK;
	}
	if (equals != NULL) {
		*o->value = equals + 1;
		return ERR_OK;
	}
	if (*at + 1 >= argc) {
		return err_set(ei, ERR_FORMAT, "cli.option", NULL,
		    "%s wants a value (usage: %s)", word, usage);
	}
	*o->value = argv[++*at];
	return ERR_OK;
}

enum err
cli_fingerprint(const char *given, uint8_t out[32], struct errinfo *ei)
{
	return text_unhex_apart(slice_str(given), out, 32)
		   ? ERR_OK
		   : err_set(ei, ERR_FORMAT, "cli.fingerprint", NULL,
			 "a SHA-256 fingerprint is 64 hexadecimal digits, "
			 "colons between them or not");
}

enum err
cli_bad_word(struct errinfo *ei, const char *option, const char *expected)
{
	(void)err_set(ei, ERR_FORMAT, "cli.option", NULL, "%s wants %s", option,
	    expected);
	return err_object(ei, ERR_FORMAT, option);
}

enum err
cli_parse(int argc, char **argv, const struct cli_option *options,
    size_t num_options, size_t min, size_t max, const char *usage,
    struct cli_args *out, struct errinfo *ei)
{
	bool ended = false;
	enum err e = ERR_OK;

	memset(out, 0, sizeof(*out));
	ensure(max <= ARRAY_LEN(out->at));
	for (int i = 0; e == ERR_OK && i < argc; i++) {
		if (!ended && strcmp(argv[i], "--") == 0) {
			ended = true;
		} else if (!ended && argv[i][0] == '-' && argv[i][1] == '-') {
			e = take_option(
			    argc, argv, &i, options, num_options, usage, ei);
		} else if (out->num < max) {
			out->at[out->num++] = argv[i];
		} else {
			e = err_set(ei, ERR_FORMAT, "cli.words", NULL,
			    "one word too many: %s (usage: %s)", argv[i],
			    usage);
		}
	}
	if (e == ERR_OK && out->num < min) {
		e = err_set(ei, ERR_FORMAT, "cli.words", NULL,
		    "something is missing (usage: %s)", usage);
	}
	return e;
}

static int
exit_code(enum err e, const struct errinfo *ei)
{
	if (strncmp(ei->rule, "cli.", 4) == 0) {
		return CLI_USAGE;
	}
	if (e == ERR_DENIED) {
		return CLI_REFUSED;
	}
	if (e == ERR_AGAIN || e == ERR_TIMEOUT) {
		return CLI_UNREACHABLE;
	}
	return CLI_FAILED;
}

int
cli_fail(const char *what, enum err e, const struct errinfo *ei)
{
	struct buf line = BUF_INIT(4096);

	text_escape(&line, slice_str(ei->text), SHOWN_MAX);
	(void)fprintf(stderr, "%s: %s%s%s\n", what, ei->object,
	    ei->object[0] != '\0' ? ": " : "", buf_cstr(&line));
	if (ei->rule[0] != '\0') {
		(void)fprintf(stderr, "  rule %s%s%s\n", ei->rule,
		    ei->clause[0] != '\0' ? ", " : "", ei->clause);
	}
	buf_clear(&line);
	return exit_code(e, ei);
}

/* Between the words of a command, the second of which may be missing. */
static const char *
gap(const struct cli_command *c)
{
	return c->name[0] != '\0' ? " " : "";
}

static bool
is_of(const struct cli_command *c, const char *group, const char *name)
{
	return (group == NULL || strcmp(c->group, group) == 0) &&
	       (name == NULL || c->name[0] == '\0' ||
		   strcmp(c->name, name) == 0);
}

/* Those of a group, or one of them; NULL: any.  Returns how many. */
static size_t
print_commands(
    const struct cli_program *p, const char *group, const char *name, FILE *to)
{
	const char *last = "";
	size_t num = 0;

	for (size_t i = 0; i < p->num_commands; i++) {
		const struct cli_command *c = &p->commands[i];

		if (!is_of(c, group, name)) {
			continue;
		}
		if (strcmp(last, c->group) != 0) {
			last = c->group;
			(void)fprintf(to, "\n");
		}
		(void)fprintf(to, "  %s%s%s%s%s\n        %s\n", c->group,
		    gap(c), c->name, c->usage[0] != '\0' ? " " : "", c->usage,
		    c->what);
		num++;
	}
	return num;
}

/* Of what there is not: all that there is. */
static void
print_help(
    const struct cli_program *p, const char *group, const char *name, FILE *to)
{
	(void)fprintf(to, "usage: %s %s COMMAND ...\n", p->name, p->usage);
	if (print_commands(p, group, name, to) == 0 &&
	    print_commands(p, group, NULL, to) == 0) {
		(void)print_commands(p, NULL, NULL, to);
	}
	(void)fprintf(to, "\nMore: man %s\n", p->name);
}

static bool
asks_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
	       strcmp(word, "help") == 0;
}

/* "help", "GROUP --help", "GROUP NAME --help": the latter two only by their
 * option, for a word of a command may be "help". */
static bool
answer_help(const struct cli_program *p, int argc, char **argv)
{
	if (argc >= 1 && asks_help(argv[0])) {
		print_help(p, argc > 1 ? argv[1] : NULL,
		    argc > 2 ? argv[2] : NULL, stdout);
		return true;
	}
	for (int i = 1; i < argc && i < HELP_WITHIN; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0) {
			print_help(p, argv[0], i > 1 ? argv[1] : NULL, stdout);
			return true;
		}
	}
	return false;
}

static const struct cli_command *
find_command(const struct cli_program *p, int argc, char **argv)
{
	for (size_t i = 0; argc >= 1 && i < p->num_commands; i++) {
		const struct cli_command *c = &p->commands[i];

		if (strcmp(argv[0], c->group) == 0 &&
		    (c->name[0] == '\0' ||
			(argc >= 2 && strcmp(argv[1], c->name) == 0))) {
			return c;
		}
	}
	return NULL;
}

static int exit_with = CLI_OK;

void
cli_exit_with(int code)
{
	exit_with = code;
}

/* argv: the words behind the command. */
static int
run(const struct cli_program *p, const struct cli_command *c, int argc,
    char **argv)
{
	char what[128], usage[512];
	struct errinfo ei = {0};
	enum err e;

	(void)snprintf(what, sizeof(what), "%s: %s%s%s", p->name, c->group,
	    gap(c), c->name);
	(void)snprintf(usage, sizeof(usage), "%s %s%s%s %s", p->name, c->group,
	    gap(c), c->name, c->usage);
	e = c->run(argc, argv, usage, &ei);
	if (e == ERR_OK && fflush(stdout) != 0) {
		e = err_sys(&ei, "output.write", "cannot write the answer");
	}
	return e == ERR_OK ? exit_with : cli_fail(what, e, &ei);
}

int
cli_main(const struct cli_program *p, int argc, char **argv)
{
	const struct cli_command *c;
	struct errinfo ei = {0};
	int at = 1;

	for (; at < argc && strncmp(argv[at], "--", 2) == 0 &&
	       !asks_help(argv[at]);
	     at++) {
		enum err e = take_option(
		    argc, argv, &at, p->options, p->num_options, p->usage, &ei);

		if (e != ERR_OK) {
			return cli_fail(p->name, e, &ei);
		}
	}
	argc -= at;
	argv += at;
	if (answer_help(p, argc, argv)) {
		return CLI_OK;
	}
	c = find_command(p, argc, argv);
	if (c != NULL) {
		int num = c->name[0] != '\0' ? 2 : 1;

		return run(p, c, argc - num, argv + num);
	}
	if (argc > 0) {
		(void)fprintf(stderr, "%s: no such command: %s %s\n", p->name,
		    argv[0], argc > 1 ? argv[1] : "");
	}
	print_help(p, argc > 0 ? argv[0] : NULL, NULL, stderr);
	return CLI_USAGE;
}

enum err
cli_write(struct slice s, struct errinfo *ei)
{
	if (fwrite(s.p, 1, s.len, stdout) != s.len || fflush(stdout) != 0) {
		return err_sys(ei, "output.write", "cannot write the answer");
	}
	return ERR_OK;
}

enum err
cli_write_buf(struct buf *b, struct errinfo *ei)
{
	enum err e = buf_err(b, ei);

	if (e == ERR_OK) {
		e = cli_write(buf_slice(b), ei);
	}
	buf_clear(b);
	return e;
}

enum err
cli_write_json(struct json_writer *w, struct buf *b, struct errinfo *ei)
{
	enum err e = json_writer_end(w, ei);

	buf_add_u8(b, '\n');
	if (e != ERR_OK) {
		buf_clear(b);
		return e;
	}
	return cli_write_buf(b, ei);
}

enum err
cli_write_to(const char *path, struct slice s, struct errinfo *ei)
{
	if (path == NULL || strcmp(path, "-") == 0) {
		return cli_write(s, ei);
	}
	return file_write_atomic(path, s, FILE_MODE, ei);
}
