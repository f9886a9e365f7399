/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/supervise.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/fds.h"
#include "os/file.h"
#include "os/signals.h"
#include "os/socket.h"
#include "roles/plan.h"

enum {
	BACKOFF_FIRST_MS = 100,
	BACKOFF_MAX_MS = 10000, /* of one that does not even get ready */
	/* One that served is soon wanted again: who is killed at every step
	 * must be back within two seconds. */
	BACKOFF_SERVED_MAX_MS = 1000,
	STEADY_MS = 1000, /* served so long: its next end is a new story */
	STOP_MS = 20000,  /* then it is killed */
};

enum child_state {
	CHILD_WAITING, /* to be started at `at` */
	CHILD_STARTING,
	CHILD_READY,
};

struct child {
	const struct plan_role *role;
	enum child_state state;
	pid_t pid; /* 0: none */
	int ready; /* our end of what it says ready on, or -1 */
	int64_t at;
	int64_t backoff_ms;
	int64_t started;
	int64_t served; /* since when it is ready */
};

/* What the whole is doing. */
enum phase {
	PHASE_RUN,
	PHASE_STOP_FRONT,
	PHASE_STOP_OTHERS,
};

struct keeper {
	const struct plan *plan;
	const struct supervise_options *o;
	struct child children[PLAN_ROLES_MAX];
	size_t num;
	enum phase phase;
	bool again;       /* after the stop, start again */
	bool once_ready;  /* all have been ready once */
	int64_t phase_at; /* when the phase began */
	const char *failed;
};

static int64_t
now_ms(const struct keeper *k)
{
	return clock_mono_ms(&k->o->clock);
}

/* --- starting ----------------------------------------------------------- */

static enum err
start(struct keeper *k, struct child *c, struct errinfo *ei)
{
	const struct plan_role *r = c->role;
	struct spawn_fd fds[PLAN_FDS_MAX + 1];
	int ready[2];
	enum err err;

	err = socket_pair(ready, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = fd_set_nonblock(ready[0], true, ei);
	if (err == ERR_OK) {
		memcpy(fds, r->fds, r->num_fds * sizeof(fds[0]));
		fds[r->num_fds] = (struct spawn_fd){ready[1], ROLE_FD_READY};
		err = process_spawn(
		    &(struct spawn){
			.path = r->program,
			.argv = r->argv,
			.envp = k->plan->env,
			.fds = fds,
			.num_fds = r->num_fds + 1,
		    },
		    &c->pid, ei);
	}
	fd_close(ready[1]);
	if (err != ERR_OK) {
		fd_close(ready[0]);
		return err;
	}
	c->ready = ready[0];
	c->state = CHILD_STARTING;
	c->started = now_ms(k);
	log_event(LOG_INFO, "role.start", L_STR("name", r->name),
	    L_INT("pid", c->pid));
	return ERR_OK;
}

/* It is not there: when to try again. */
static void
back_off(struct keeper *k, struct child *c)
{
	bool served = c->state == CHILD_READY;
	int64_t now = now_ms(k);
	int64_t max = served ? BACKOFF_SERVED_MAX_MS : BACKOFF_MAX_MS;

	if (c->backoff_ms == 0 || (served && now - c->served >= STEADY_MS)) {
		c->backoff_ms = BACKOFF_FIRST_MS;
	} else {
		c->backoff_ms *= 2;
	}
	if (c->backoff_ms > max) {
		c->backoff_ms = max;
	}
	c->state = CHILD_WAITING;
	c->at = now + c->backoff_ms;
}

static void
start_due(struct keeper *k)
{
	struct errinfo ei = {0};

	for (size_t i = 0; i < k->num; i++) {
		struct child *c = &k->children[i];

		if (c->state != CHILD_WAITING || c->at > now_ms(k)) {
			continue;
		}
		if (start(k, c, &ei) != ERR_OK) {
			log_err(LOG_ERROR, "role.start", &ei);
			k->failed = c->role->name;
			back_off(k, c);
		}
	}
}

/* --- what happens to them ----------------------------------------------- */

static void
ended(struct keeper *k, struct child *c, int status)
{
	bool orderly = WIFEXITED(status) && WEXITSTATUS(status) == 0;

	log_event(orderly && k->phase != PHASE_RUN ? LOG_INFO : LOG_WARN,
	    "role.end", L_STR("name", c->role->name), L_INT("pid", c->pid),
	    L_STR("by", WIFEXITED(status) ? "exit" : "signal"),
	    L_INT("status",
		WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status)));
	fd_close(c->ready);
	c->ready = -1;
	c->pid = 0;
	if (k->phase == PHASE_RUN) {
		k->failed = c->role->name;
	}
	back_off(k, c);
}

static void
reap(struct keeper *k)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (size_t i = 0; i < k->num; i++) {
			if (k->children[i].pid == pid) {
				ended(k, &k->children[i], status);
			}
		}
	}
}

static void
hear(struct keeper *k, struct child *c)
{
	char text[sizeof(ROLE_READY)] = {0};
	ssize_t n = read(c->ready, text, sizeof(text) - 1);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	fd_close(c->ready);
	c->ready = -1;
	if (strcmp(text, ROLE_READY) != 0) {
		return; /* it is ending; reap() will see */
	}
	c->state = CHILD_READY;
	c->served = now_ms(k);
	log_event(LOG_INFO, "role.ready", L_STR("name", c->role->name),
	    L_INT("ms", now_ms(k) - c->started));
}

static bool
all_ready(const struct keeper *k)
{
	for (size_t i = 0; i < k->num; i++) {
		if (k->children[i].state != CHILD_READY) {
			return false;
		}
	}
	return true;
}

/* --- stopping ----------------------------------------------------------- */

static bool
alive(const struct keeper *k, bool front)
{
	for (size_t i = 0; i < k->num; i++) {
		if (k->children[i].pid != 0 &&
		    k->children[i].role->front == front) {
			return true;
		}
	}
	return false;
}

static void
signal_all(const struct keeper *k, bool front, int sig)
{
	for (size_t i = 0; i < k->num; i++) {
		if (k->children[i].pid != 0 &&
		    k->children[i].role->front == front) {
			(void)kill(k->children[i].pid, sig);
		}
	}
}

static void
enter(struct keeper *k, enum phase phase)
{
	k->phase = phase;
	k->phase_at = now_ms(k);
	if (phase != PHASE_RUN) {
		signal_all(k, phase == PHASE_STOP_FRONT, SIGTERM);
		return;
	}
	for (size_t i = 0; i < k->num; i++) {
		k->children[i].backoff_ms = 0;
		k->children[i].at = k->phase_at;
	}
}

/* One step of a stop; true when everything has ended. */
static bool
stop_step(struct keeper *k)
{
	if (now_ms(k) - k->phase_at >= STOP_MS) {
		log_event(LOG_ERROR, "role.kill",
		    L_INT("front", k->phase == PHASE_STOP_FRONT));
		signal_all(k, k->phase == PHASE_STOP_FRONT, SIGKILL);
		k->phase_at = now_ms(k);
	}
	if (k->phase == PHASE_STOP_FRONT && !alive(k, true)) {
		enter(k, PHASE_STOP_OTHERS);
	}
	return k->phase == PHASE_STOP_OTHERS && !alive(k, false);
}

/* --- the loop ----------------------------------------------------------- */

/* How long nothing is to be done by the clock. */
static int
time_left(const struct keeper *k)
{
	int64_t now = now_ms(k), next = now + 60000;

	if (k->phase != PHASE_RUN) {
		next = k->phase_at + STOP_MS;
	}
	for (size_t i = 0; i < k->num && k->phase == PHASE_RUN; i++) {
		const struct child *c = &k->children[i];

		if (c->state == CHILD_WAITING && c->at < next) {
			next = c->at;
		}
	}
	return next > now ? (int)(next - now) : 0;
}

static enum err
wait_and_hear(struct keeper *k, struct errinfo *ei)
{
	struct pollfd fds[PLAN_ROLES_MAX];
	struct child *of[PLAN_ROLES_MAX];
	unsigned signals = 0;
	size_t num = 0;
	enum err err;

	for (size_t i = 0; i < k->num; i++) {
		if (k->children[i].ready >= 0) {
			of[num] = &k->children[i];
			fds[num++] = (struct pollfd){
			    .fd = k->children[i].ready, .events = POLLIN};
		}
	}
	err = signals_wait(fds, num, time_left(k), &signals, ei);
	if (err != ERR_OK) {
		return err;
	}
	for (size_t i = 0; i < num; i++) {
		if (fds[i].revents != 0) {
			hear(k, of[i]);
		}
	}
	reap(k);
	if ((signals & SIGNAL_STOP) != 0) {
		k->again = false;
	} else if ((signals & SIGNAL_RELOAD) != 0 && k->phase == PHASE_RUN) {
		k->again = true;
	} else {
		return ERR_OK;
	}
	if (k->phase == PHASE_RUN) {
		enter(k, PHASE_STOP_FRONT);
	}
	return ERR_OK;
}

/* Not even once did all of them stand: give up rather than try for ever. */
static void
give_up(struct keeper *k)
{
	k->again = false;
	enter(k, PHASE_STOP_FRONT);
}

static enum err
loop(struct keeper *k, struct errinfo *ei)
{
	const char *culprit = NULL;
	enum err err = ERR_OK;

	while (err == ERR_OK) {
		if (k->phase == PHASE_RUN) {
			start_due(k);
		}
		err = wait_and_hear(k, ei);
		if (k->phase == PHASE_RUN && !k->once_ready) {
			if (k->failed != NULL) {
				culprit = k->failed;
				give_up(k);
			} else if (all_ready(k)) {
				k->once_ready = true;
				k->o->ready(k->o->arg);
			}
		}
		if (k->phase != PHASE_RUN && stop_step(k)) {
			if (!k->again) {
				break;
			}
			enter(k, PHASE_RUN);
		}
	}
	if (culprit != NULL) {
		return err_object(ei,
		    err_set(ei, ERR_STATE, "supervise.start", NULL,
			"%s did not start; the line before says why.", culprit),
		    culprit);
	}
	return err;
}

enum err
supervise(
    const struct plan *p, const struct supervise_options *o, struct errinfo *ei)
{
	struct keeper *k = calloc(1, sizeof(*k));
	enum err err;

	if (k == NULL) {
		return err_nomem(ei);
	}
	k->plan = p;
	k->o = o;
	k->num = p->num_roles;
	for (size_t i = 0; i < k->num; i++) {
		k->children[i].role = &p->roles[i];
		k->children[i].ready = -1;
		k->children[i].at = now_ms(k);
	}
	err = loop(k, ei);
	free(k);
	return err;
}
