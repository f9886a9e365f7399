/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CLI_H
#define SURGUCH_CLI_CLI_H
/*
 * What our command-line programs share: words on the command line, the table
 * of commands, how answers and errors are printed.
 *
 *	surguch: cabinet confirm: the code is wrong [otp.wrong]
 *
 * Answers go to standard output, progress and errors to standard error.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"

/* Exit codes; the man pages have the same list. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FAILED = 1,      /* it did not work; the message says why */
	CLI_USAGE = 2,       /* the command line is wrong */
	CLI_REFUSED = 3,     /* not allowed, or not signed in */
	CLI_UNREACHABLE = 4, /* the other side cannot be reached now */
	CLI_DIFFERS = 5,     /* two things were compared and are not alike */
};

/* An option of a command: "--code CODE" or a switch. */
struct cli_option {
	const char *name;   /* "--code" */
	const char **value; /* where its word goes; NULL for a switch */
	bool *on;           /* where a switch goes */
};

struct cli_args {
	const char *at[32]; /* words that are no options */
	size_t num;
};

/*
 * A SHA-256 fingerprint as a person gives it: 64 hexadecimal digits of either
 * case, with or without colons and spaces between octets (as openssl and
 * browsers show it).  ERR_FORMAT "cli.fingerprint".
 */
ATTR_MUST_USE enum err cli_fingerprint(
    const char *given, uint8_t out[32], struct errinfo *ei);

/*
 * Sort the words after the command.  "--" ends options; "--name=value" is the
 * same as "--name value".  ERR_FORMAT "cli.option", "cli.words" with what was
 * expected (`usage`: "FORM CONTAINER [--password-file FILE]").
 */
ATTR_MUST_USE enum err cli_parse(int argc, char **argv,
    const struct cli_option *options, size_t num_options, size_t min,
    size_t max, const char *usage, struct cli_args *out, struct errinfo *ei);

/* The word of an option is none that it takes: ERR_FORMAT "cli.option" with the
 * option as its object.  `expected`: "path, pkix or web". */
ATTR_MUST_USE enum err cli_bad_word(
    struct errinfo *ei, const char *option, const char *expected);

struct cli_command {
	const char *group; /* "cabinet" */
	const char *name;  /* "login"; "": the group's word is all */
	const char *usage; /* what follows */
	const char *what;  /* one line */
	enum err (*run)(
	    int argc, char **argv, const char *usage, struct errinfo *ei);
};

struct cli_program {
	const char *name;
	const char *usage; /* its options, which stand before the command */
	const struct cli_option *options;
	size_t num_options;
	const struct cli_command *commands;
	size_t num_commands;
};

/* Find the command, run it, print its error.  Returns the exit code. */
int cli_main(const struct cli_program *program, int argc, char **argv);

/* Print an error that came before there was a command; its exit code. */
int cli_fail(const char *what, enum err e, const struct errinfo *ei);

/* The exit code of a command that succeeded, for one that has its own. */
void cli_exit_with(int code);

/* Write to standard output; ERR_SYS when it is closed or full. */
ATTR_MUST_USE enum err cli_write(struct slice s, struct errinfo *ei);
/* What a buf collected, if it could; it is cleared. */
struct buf;
ATTR_MUST_USE enum err cli_write_buf(struct buf *b, struct errinfo *ei);
/* The same of the JSON that w put there, and a line end. */
struct json_writer;
ATTR_MUST_USE enum err cli_write_json(
    struct json_writer *w, struct buf *b, struct errinfo *ei);
/* To a file, or to standard output when path is NULL or "-". */
ATTR_MUST_USE enum err cli_write_to(
    const char *path, struct slice s, struct errinfo *ei);
/* To standard output; untrusted text is escaped by the caller. */
#define cli_print(...) ((void)printf(__VA_ARGS__))

#endif
