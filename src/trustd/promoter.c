/* SPDX-License-Identifier: Apache-2.0 */
#include "trustd/promoter.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/file.h"
#include "os/process.h"
#include "os/socket.h"
#include "os/systime.h"

enum act {
	TAKE_OVER,
	BACK
};

enum {
	GRACE_MS = 5000
};

struct order {
	enum act act;
	size_t from;
	size_t to;
	uint8_t number[PROMOTER_NUMBER_MAX];
	size_t number_len;
};

struct answer {
	enum err result;
	struct errinfo ei;
	struct trust_mirror_report report;
};

struct promoter {
	int fd;
	pid_t pid;
	pthread_mutex_t lock;
};

/* Both ends are this program, so its own memory is the form of a message. */
#define BYTES_OF(x) slice_make((const uint8_t *)&(x), sizeof(x))

/* --- the child -------------------------------------------------------------
 */

static enum err
act_on(const struct promoter_work *work, const struct order *order,
    struct trust_mirror_report *report, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct trust_mirror_rules rules = *work->rules;
	struct trust_source from;

	if (order->from >= work->num || order->to >= work->num ||
	    order->number_len > sizeof(order->number)) {
		return err_set(ei, ERR_INTERNAL, "promoter.number", NULL,
		    "there is no mirror of this number");
	}
	rules.now = clock_utc_sec(&clock);
	if (order->act == BACK) {
		return trust_mirror_back(
		    work->dirs[order->to], &rules, report, ei);
	}
	rules.number = slice_make(order->number, order->number_len);
	from = trust_source_dir(work->dirs[order->from]);
	return trust_mirror_sync(
	    work->dirs[order->to], &from, &rules, report, ei);
}

/* Until the other end is closed. */
static void
work_on(int fd, const struct promoter_work *work)
{
	struct order order;

	while (read(fd, &order, sizeof(order)) == (ssize_t)sizeof(order)) {
		struct answer a = {.result = ERR_OK};

		a.result = act_on(work, &order, &a.report, &a.ei);
		if (fd_write_all(fd, BYTES_OF(a), NULL) != ERR_OK) {
			return;
		}
	}
}

/* --- the parent ------------------------------------------------------------
 */

enum err
promoter_start(
    const struct promoter_work *work, struct promoter **out, struct errinfo *ei)
{
	struct promoter *p = calloc(1, sizeof(*p));
	struct errinfo why = {0};
	pid_t parent = getpid();
	int pair[2];
	enum err e;

	if (p == NULL) {
		return err_nomem(ei);
	}
	e = socket_pair(pair, ei);
	if (e != ERR_OK) {
		free(p);
		return e;
	}
	p->pid = fork();
	if (p->pid == 0) {
		fd_close(pair[0]);
		if (process_follow_parent(parent, NULL) == ERR_OK &&
		    work->confine(work, &why) == ERR_OK) {
			work_on(pair[1], work);
		}
		if (why.kind != ERR_OK) {
			log_err(LOG_ERROR, "promoter.walls", &why);
		}
		_exit(0);
	}
	fd_close(pair[1]);
	if (p->pid < 0) {
		e = err_sys(ei, "promoter.start", "cannot start a process");
		fd_close(pair[0]);
		free(p);
		return e;
	}
	p->fd = pair[0];
	ensure(pthread_mutex_init(&p->lock, NULL) == 0);
	*out = p;
	return ERR_OK;
}

void
promoter_stop(struct promoter *p)
{
	if (p != NULL) {
		fd_close(p->fd);
		process_end(p->pid, GRACE_MS);
		ensure(pthread_mutex_destroy(&p->lock) == 0);
		free(p);
	}
}

static enum err
ask(struct promoter *p, const struct order *order,
    struct trust_mirror_report *out, struct errinfo *ei)
{
	struct answer a;
	ssize_t got = -1;

	ensure(pthread_mutex_lock(&p->lock) == 0);
	if (fd_write_all(p->fd, BYTES_OF(*order), NULL) == ERR_OK) {
		do {
			got = read(p->fd, &a, sizeof(a));
		} while (got < 0 && errno == EINTR);
	}
	ensure(pthread_mutex_unlock(&p->lock) == 0);
	if (got != (ssize_t)sizeof(a)) {
		return err_set(ei, ERR_SYS, "promoter.gone", NULL,
		    "the process that writes to mirrors has ended; start "
		    "surguch-trustd anew");
	}
	*ei = a.ei;
	*out = a.report;
	return a.result;
}

enum err
promoter_take_over(struct promoter *p, size_t from, size_t to,
    struct slice number, struct trust_mirror_report *out, struct errinfo *ei)
{
	struct order order = {.act = TAKE_OVER, .from = from, .to = to};

	if (number.len == 0 || number.len > sizeof(order.number)) {
		return err_set(ei, ERR_LIMIT, "promoter.number", NULL,
		    "a list's number has 1 to %d octets", PROMOTER_NUMBER_MAX);
	}
	memcpy(order.number, number.p, number.len);
	order.number_len = number.len;
	return ask(p, &order, out, ei);
}

enum err
promoter_back(struct promoter *p, size_t ring, struct trust_mirror_report *out,
    struct errinfo *ei)
{
	return ask(
	    p, &(struct order){.act = BACK, .from = ring, .to = ring}, out, ei);
}
