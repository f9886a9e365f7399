/* SPDX-License-Identifier: Apache-2.0 */
/* Words on the command line: options, what they take, and what is left. */
#include "unit.h"

#include <string.h>

#include "cli/cli.h"

enum {
	WORDS_MAX = 8
};

/* Parsed with "--name VALUE" and the switch "--yes", 1 or 2 words wanted. */
struct outcome {
	const char *name;
	bool yes;
	struct cli_args args;
	struct errinfo ei;
};

static enum err
parse(const char *const *words, struct outcome *o)
{
	const struct cli_option options[] = {
	    {"--name", &o->name, NULL}, {"--yes", NULL, &o->yes}};
	char *argv[WORDS_MAX];
	int argc = 0;

	*o = (struct outcome){0};
	for (; words[argc] != NULL; argc++) {
		argv[argc] = (char *)(uintptr_t)words[argc];
	}
	return cli_parse(argc, argv, options, ARRAY_LEN(options), 1, 2, "usage",
	    &o->args, &o->ei);
}

static void
words_are_sorted(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *rule; /* NULL: taken */
		const char *name;
		bool yes;
		const char *first;
		size_t num;
	} table[] = {
	    {{"a"}, NULL, NULL, false, "a", 1},
	    {{"a", "b"}, NULL, NULL, false, "a", 2},
	    {{"a", "b", "c"}, "cli.words"},
	    {{NULL}, "cli.words"},
	    {{"--yes", "a"}, NULL, NULL, true, "a", 1},
	    {{"a", "--yes"}, NULL, NULL, true, "a", 1},
	    {{"--yes=no", "a"}, "cli.option"},
	    {{"--name", "x", "a"}, NULL, "x", false, "a", 1},
	    {{"--name=x=y", "a"}, NULL, "x=y", false, "a", 1},
	    {{"--name=", "a"}, NULL, "", false, "a", 1},
	    {{"--name", "--yes", "a"}, NULL, "--yes", false, "a", 1},
	    {{"a", "--name"}, "cli.option"},
	    {{"--nam", "x", "a"}, "cli.option"},
	    {{"--names", "x", "a"}, "cli.option"},
	    {{"--", "--yes"}, NULL, NULL, false, "--yes", 1},
	    {{"--", "a", "--"}, NULL, NULL, false, "a", 2},
	    {{"-"}, NULL, NULL, false, "-", 1},
	};
	struct outcome o;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		enum err e = parse(table[i].words, &o);

		if (table[i].rule != NULL) {
			assert_int_equal(e, ERR_FORMAT);
			assert_string_equal(o.ei.rule, table[i].rule);
			continue;
		}
		assert_ok(e, &o.ei);
		assert_int_equal(o.yes, table[i].yes);
		assert_int_equal(o.name != NULL, table[i].name != NULL);
		if (o.name != NULL) {
			assert_string_equal(o.name, table[i].name);
		}
		assert_int_equal(o.args.num, table[i].num);
		assert_string_equal(o.args.at[0], table[i].first);
	}
}

/* --- the whole line ------------------------------------------------------- */

static const char *place = "";
static char heard[64];

static enum err
run_say(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		(void)snprintf(
		    heard, sizeof(heard), "%s:%s", place, args.at[0]);
	}
	return e;
}

static enum err
run_fail(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	static const enum err kinds[] = {
	    ERR_STATE, ERR_DENIED, ERR_AGAIN, ERR_TIMEOUT};
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	return e != ERR_OK
		   ? e
		   : err_set(ei, kinds[args.at[0][0] - '0'], "x.y", NULL, "no");
}

static int
line(const char *const *words)
{
	static const struct cli_option options[] = {{"--at", &place, NULL}};
	static const struct cli_command commands[] = {
	    {"it", "say", "WORD", "say it", run_say},
	    {"it", "fail", "HOW", "fail", run_fail},
	    {"alone", "", "WORD", "one word is the command", run_say},
	};
	static const struct cli_program program = {
	    .name = "test",
	    .usage = "[--at PLACE]",
	    .options = options,
	    .num_options = ARRAY_LEN(options),
	    .commands = commands,
	    .num_commands = ARRAY_LEN(commands),
	};
	char *argv[WORDS_MAX];
	int argc = 1;

	argv[0] = (char *)(uintptr_t) "test";
	for (; words[argc - 1] != NULL; argc++) {
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	}
	place = "";
	heard[0] = '\0';
	return cli_main(&program, argc, argv);
}

#define LINE(...) line((const char *const[]){__VA_ARGS__, NULL})

static void
a_command_is_found_behind_the_options(void **state)
{
	(void)state;
	assert_int_equal(LINE("it", "say", "a"), CLI_OK);
	assert_string_equal(heard, ":a");
	assert_int_equal(LINE("--at", "p", "it", "say", "a"), CLI_OK);
	assert_string_equal(heard, "p:a");
	assert_int_equal(LINE("--at=q", "it", "say", "a"), CLI_OK);
	assert_string_equal(heard, "q:a");
	assert_int_equal(LINE("it", "--at", "p", "say", "a"), CLI_USAGE);
	assert_int_equal(LINE("alone", "b"), CLI_OK);
	assert_string_equal(heard, ":b");
	assert_int_equal(LINE("alone"), CLI_USAGE);
	assert_int_equal(LINE("--at"), CLI_USAGE);
	assert_int_equal(LINE("--to", "p", "it", "say", "a"), CLI_USAGE);
	assert_int_equal(LINE("it", "sing", "a"), CLI_USAGE);
	assert_int_equal(LINE("it"), CLI_USAGE);
	assert_string_equal(heard, "");
	assert_int_equal(LINE("help"), CLI_OK);
	assert_int_equal(LINE("--at", "p", "--help"), CLI_OK);
	assert_int_equal(LINE("help", "it", "say"), CLI_OK);
	assert_int_equal(LINE("it", "--help"), CLI_OK);
	assert_int_equal(LINE("it", "say", "--help"), CLI_OK);
	assert_string_equal(heard, "");
	assert_int_equal(LINE("it", "say", "help"), CLI_OK);
	assert_string_equal(heard, ":help");
}

static void
errors_have_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(LINE("it", "say"), CLI_USAGE);
	assert_int_equal(LINE("it", "fail", "0"), CLI_FAILED);
	assert_int_equal(LINE("it", "fail", "1"), CLI_REFUSED);
	assert_int_equal(LINE("it", "fail", "2"), CLI_UNREACHABLE);
	assert_int_equal(LINE("it", "fail", "3"), CLI_UNREACHABLE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_are_sorted),
	    cmocka_unit_test(a_command_is_found_behind_the_options),
	    cmocka_unit_test(errors_have_exit_codes),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
