/* SPDX-License-Identifier: Apache-2.0 */
#include "os/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static volatile sig_atomic_t came_stop, came_reload, came_child;
static sigset_t open_mask; /* what is blocked while we wait */

static void
note(int sig)
{
	if (sig == SIGHUP) {
		came_reload = 1;
	} else if (sig == SIGCHLD) {
		came_child = 1;
	} else {
		came_stop = 1;
	}
}

enum err
signals_catch(struct errinfo *ei)
{
	static const int caught[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
	struct sigaction act;
	sigset_t closed;

	memset(&act, 0, sizeof(act));
	act.sa_handler = note;
	bool good = sigemptyset(&closed) == 0 && sigfillset(&act.sa_mask) == 0;

	for (size_t i = 0; i < ARRAY_LEN(caught) && good; i++) {
		good = sigaddset(&closed, caught[i]) == 0 &&
		       sigaction(caught[i], &act, NULL) == 0;
	}
	act.sa_handler = SIG_IGN;
	if (!good || sigaction(SIGPIPE, &act, NULL) != 0 ||
	    sigprocmask(SIG_BLOCK, &closed, &open_mask) != 0) {
		return err_sys(ei, "signals.catch", "Signals cannot be caught");
	}
	for (size_t i = 0; i < ARRAY_LEN(caught); i++) {
		(void)sigdelset(&open_mask, caught[i]);
	}
	return ERR_OK;
}

static unsigned
take(void)
{
	unsigned set = 0;

	if (came_stop) {
		came_stop = 0;
		set |= SIGNAL_STOP;
	}
	if (came_reload) {
		came_reload = 0;
		set |= SIGNAL_RELOAD;
	}
	if (came_child) {
		came_child = 0;
		set |= SIGNAL_CHILD;
	}
	return set;
}

enum err
signals_wait(struct pollfd *fds, size_t num_fds, int timeout_ms,
    unsigned *out_signals, struct errinfo *ei)
{
	struct timespec limit = {
	    .tv_sec = timeout_ms / 1000,
	    .tv_nsec = (long)(timeout_ms % 1000) * 1000000,
	};

	for (size_t i = 0; i < num_fds; i++) {
		fds[i].revents = 0;
	}
	if (ppoll(fds, num_fds, timeout_ms < 0 ? NULL : &limit, &open_mask) <
		0 &&
	    errno != EINTR) {
		return err_sys(ei, "signals.wait", "Waiting failed");
	}
	*out_signals = take();
	return ERR_OK;
}
