/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/options.h"

#include <stdio.h>
#include <unistd.h>

#include "base/err.h"

static const struct role_option *
find(const struct role_option *options, size_t num, int letter)
{
	for (size_t i = 0; i < num; i++) {
		if (options[i].letter == letter) {
			return &options[i];
		}
	}
	return NULL;
}

static bool
take(int argc, char **argv, const struct role_option *options, size_t num)
{
	char spec[2 * ROLE_OPTIONS_MAX + 1];
	const struct role_option *o;
	size_t len = 0;
	int c;

	ensure(num <= ROLE_OPTIONS_MAX);
	for (size_t i = 0; i < num; i++) {
		spec[len++] = options[i].letter;
		if (options[i].word != NULL) {
			spec[len++] = ':';
		}
	}
	spec[len] = '\0';
	while ((c = getopt(argc, argv, spec)) != -1) {
		o = find(options, num, c);
		if (o == NULL) {
			return false;
		}
		if (o->word != NULL) {
			*o->value = optarg;
		} else {
			*o->on = true;
		}
	}
	for (size_t i = 0; i < num; i++) {
		if (options[i].required && *options[i].value == NULL) {
			return false;
		}
	}
	return optind == argc;
}

bool
role_options(
    int argc, char **argv, const struct role_option *options, size_t num)
{
	if (take(argc, argv, options, num)) {
		return true;
	}
	(void)fprintf(stderr, "usage: %s", argv[0]);
	for (size_t i = 0; i < num; i++) {
		const struct role_option *o = &options[i];

		(void)fprintf(stderr, o->required ? " -%c%s%s" : " [-%c%s%s]",
		    o->letter, o->word != NULL ? " " : "",
		    o->word != NULL ? o->word : "");
	}
	(void)fputs("\n", stderr);
	return false;
}
