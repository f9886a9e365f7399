/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/diary.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "os/file.h"

struct diary {
	pthread_mutex_t lock;
	const struct clock *clock;
	int64_t max;
	char path[PATH_TEXT_SIZE];
	char before[PATH_TEXT_SIZE];
	FILE *file; /* NULL: it could not be begun anew */
};

/* The directory is the person's alone. */
static enum err
begin(struct diary *d, struct errinfo *ei)
{
	d->file = fopen(d->path, "ae");
	if (d->file == NULL) {
		return err_object(ei,
		    err_sys(ei, "agent.log", "the log cannot be written"),
		    d->path);
	}
	return ERR_OK;
}

static void
turn_over(struct diary *d)
{
	if (d->file != NULL && ftell(d->file) >= d->max) {
		(void)fclose(d->file);
		(void)rename(d->path, d->before);
		(void)begin(d, NULL);
	}
}

/* A log that cannot be written stops no work: the lines stand on standard
 * error as well. */
static void
write_line(void *arg, struct slice line)
{
	struct diary *d = arg;
	char when[TIME_TEXT_SIZE];

	time_text(clock_utc_sec(d->clock), when);
	(void)pthread_mutex_lock(&d->lock);
	turn_over(d);
	if (d->file != NULL) {
		(void)fprintf(d->file, "time=%s %.*s\n", when, (int)line.len,
		    (const char *)line.p);
		(void)fflush(d->file);
	}
	(void)pthread_mutex_unlock(&d->lock);
}

enum err
diary_open(const char *home, int64_t max, const struct clock *clock,
    struct diary **out, struct errinfo *ei)
{
	struct diary *d = calloc(1, sizeof(*d));
	enum err e;

	if (d == NULL || pthread_mutex_init(&d->lock, NULL) != 0) {
		free(d);
		return err_nomem(ei);
	}
	d->clock = clock;
	d->max = max;
	e = path_join(d->path, home, "agent.log", ei);
	if (e == ERR_OK) {
		e = path_join(d->before, home, "agent.log.1", ei);
	}
	if (e == ERR_OK) {
		e = begin(d, ei);
	}
	if (e != ERR_OK) {
		diary_close(d);
		return e;
	}
	/* Where an older file ends. */
	(void)fseek(d->file, 0, SEEK_END);
	log_also(write_line, d);
	*out = d;
	return ERR_OK;
}

void
diary_close(struct diary *d)
{
	if (d == NULL) {
		return;
	}
	log_also(NULL, NULL);
	if (d->file != NULL) {
		(void)fclose(d->file);
	}
	(void)pthread_mutex_destroy(&d->lock);
	free(d);
}
