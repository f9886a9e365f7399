/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in front's place, with its real descriptors and its uid, and does
 * what front must not be able to do.  What to try stands in rogue.do of
 * front's directory, one word after another: names of groups, and off=WALL
 * for a wall that this process goes without.  Each attempt becomes a line of
 * JSON in rogue.out, which is there when all have been made; then it waits
 * to be ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "crypto/init.h"
#include "os/signals.h"
#include "os/systime.h"
#include "rogue.h"
#include "roles/role.h"

static const struct {
	const char *name;
	void (*run)(struct rogue *r);
} groups[] = {
    {"issue", try_issue},
    {"ceiling", try_ceiling},
    {"crl", try_crl},
    {"crl-ceiling", try_crl_ceiling},
    {"ocsp", try_ocsp},
    {"frames", try_frames},
    {"profiles", try_profiles},
    {"reach", try_reach},
    {"reach-bare", try_reach_bare},
};

/* The next word of a text, copied; false at its end. */
static bool
next_word(const char **text, char out[64])
{
	size_t len;

	*text += strspn(*text, " \n");
	len = strcspn(*text, " \n");
	if (len == 0 || len >= 64) {
		return false;
	}
	memcpy(out, *text, len);
	out[len] = '\0';
	*text += len;
	return true;
}

static void
take_walls_off(const char *todo)
{
	char word[64];

	while (next_word(&todo, word)) {
		if (strncmp(word, "off=", 4) == 0) {
			ensure(
			    setenv("SURGUCH_TEST_WALL_OFF", word + 4, 1) == 0);
		}
	}
}

static void
run_groups(struct rogue *r, const char *todo)
{
	char word[64];

	while (next_word(&todo, word)) {
		for (size_t i = 0; i < ARRAY_LEN(groups); i++) {
			if (strcmp(groups[i].name, word) == 0) {
				r->group = groups[i].name;
				groups[i].run(r);
			}
		}
	}
}

static enum err
read_todo(const struct settings *s, struct buf *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err err = path_join(path, s->front_dir, "rogue.do", ei);

	return err == ERR_OK ? file_read(path, 4096, out, ei) : err;
}

static enum err
run(const struct settings *s, const char *user, pid_t parent,
    struct errinfo *ei)
{
	struct rogue *r = calloc(1, sizeof(*r));
	struct buf todo = BUF_INIT(4096);
	unsigned signals = 0;
	enum err err = r == NULL ? err_nomem(ei) : read_todo(s, &todo, ei);

	if (err == ERR_OK) {
		take_walls_off(buf_cstr(&todo));
		err = role_settle(user, s->front_dir, parent, ei);
	}
	if (err == ERR_OK) {
		r->settings = s;
		r->clock = system_clock();
		(void)unlink("rogue.out");
		r->out = fopen("rogue.tmp", "we");
		ensure(r->out != NULL);
		channels_open(r);
		role_ready();
		run_groups(r, buf_cstr(&todo));
		ensure(fclose(r->out) == 0);
		ensure(rename("rogue.tmp", "rogue.out") == 0);
	}
	while (err == ERR_OK && (signals & SIGNAL_STOP) == 0) {
		err = signals_wait(NULL, 0, 1000, &signals, ei);
		err = err == ERR_TIMEOUT ? ERR_OK : err;
	}
	buf_clear(&todo);
	free(r);
	return err;
}

int
main(int argc, char **argv)
{
	const char *conf = NULL, *user = NULL;
	struct settings *s = NULL;
	struct errinfo ei = {0};
	pid_t parent = getppid();
	enum err err;
	int c;

	log_init("rogue", LOG_INFO);
	while ((c = getopt(argc, argv, "c:u:")) != -1) {
		conf = c == 'c' ? optarg : conf;
		user = c == 'u' ? optarg : user;
	}
	err = signals_catch(&ei);
	if (err == ERR_OK) {
		err = crypto_init(&ei);
	}
	if (err == ERR_OK) {
		err = settings_load(conf, NULL, &s, &ei);
	}
	if (err == ERR_OK) {
		err = run(s, user, parent, &ei);
	}
	settings_free(s);
	if (err != ERR_OK) {
		log_err(LOG_ERROR, "rogue.end", &ei);
		return 1;
	}
	return 0;
}
