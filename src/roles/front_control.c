/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_control.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include "ipc/control_msg.h"
#include "ipc/frame.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/memfd.h"
#include "os/process.h"
#include "os/socket.h"
#include "roles/front_verbs.h"
#include "roles/settings.h"

enum {
	LOOK_MS = 200,
	CLIENT_MS = 2000
};

struct control {
	struct control_options o;
	pthread_t thread;
	atomic_bool stop;
};

enum err
control_peers_load(
    const struct settings *s, struct control_peers *out, struct errinfo *ei)
{
	struct control_peers peers = {0};
	enum err e = ERR_OK;
	gid_t gid;

	for (size_t i = 0; e == ERR_OK && i < s->num_control; i++) {
		struct control_peer *p = &peers.at[peers.num++];

		e = process_user(s->control[i].user, &p->uid, &gid, ei);
		if (e == ERR_OK &&
		    !operator_role_from(
			slice_str(s->control[i].role), &p->role)) {
			e = err_set(ei, ERR_FORMAT, "operator.role", NULL,
			    "%s is no role", s->control[i].role);
		}
	}
	if (e == ERR_OK) {
		*out = peers;
	}
	return e;
}

static enum err
reply(int fd, const struct frame *question, enum err e, const struct buf *text,
    const struct errinfo *ei)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct frame f = {.type = CONTROL_REPLY, .id = question->id};
	struct errinfo mine;

	if (e != ERR_OK) {
		f.type = MSG_ERROR;
		wire_put_errinfo(&body, ei);
		e = ERR_OK;
	} else if (text->len <= CONTROL_REPLY_SHORT) {
		control_reply_pack(&body, buf_slice(text));
	} else {
		control_reply_pack(&body, SLICE_EMPTY);
		e = memfd_of("reply", buf_slice(text), &f.fds[0], &mine);
		f.num_fds = e == ERR_OK ? 1 : 0;
	}
	f.body = buf_slice(&body);
	if (e == ERR_OK) {
		e = buf_err(&body, &mine);
	}
	if (e == ERR_OK) {
		e = frame_send(fd, &f, &mine);
	}
	frame_close_fds(&f);
	buf_wipe(&body);
	return e;
}

static void
answer(struct control *c, int fd, const struct peer *peer,
    enum operator_role role, const struct frame *f)
{
	struct control_call *call = calloc(1, sizeof(*call));
	struct buf out = BUF_INIT(CONTROL_REPLY_MAX);
	struct errinfo ei = {0};
	struct verb_call v = {.o = &c->o, .call = call, .out = &out, .ei = &ei};
	char who[64];
	enum err e;

	if (call == NULL) {
		return;
	}
	(void)snprintf(
	    who, sizeof(who), "surguchctl uid %lu", (unsigned long)peer->uid);
	actor_system(&v.actor, who);
	e = f->type == CONTROL_CALL
		? control_call_unpack(f->body, call, &ei)
		: err_set(&ei, ERR_FORMAT, "control.frame", NULL, "not a call");
	if (e == ERR_OK) {
		e = verb_run(&v, role);
	}
	if (e == ERR_OK) {
		e = buf_err(&out, &ei);
	}
	if (reply(fd, f, e, &out, &ei) != ERR_OK) {
		log_event(LOG_WARN, "control.reply", L_STR("to", who));
	}
	if (v.ended) {
		c->o.reconciled(c->o.arg);
	}
	buf_wipe(&out);
	free(call);
}

/* What the kernel's word for who asks allows; false: nothing. */
static bool
peer_role(const struct control *c, uid_t uid, enum operator_role *out)
{
	if (uid == 0 || uid == c->o.also_allowed) {
		*out = ROLE_ADMINISTRATOR;
		return true;
	}
	for (size_t i = 0; i < c->o.peers.num; i++) {
		if (c->o.peers.at[i].uid == uid) {
			*out = c->o.peers.at[i].role;
			return true;
		}
	}
	return false;
}

static void
serve(struct control *c, int fd)
{
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct errinfo ei = {0};
	enum operator_role role = ROLE_MAX_;
	struct peer peer;
	struct frame f;
	enum err e = socket_peer(fd, &peer, &ei);

	if (e == ERR_OK && !peer_role(c, peer.uid, &role)) {
		e = err_set(&ei, ERR_DENIED, "control.peer", NULL,
		    "uid %lu may not control this centre",
		    (unsigned long)peer.uid);
	}
	if (e == ERR_OK) {
		e = socket_wait(fd, CLIENT_MS, &ei);
	}
	if (e == ERR_OK) {
		e = frame_recv(fd, &store, &f, true, &ei);
	}
	if (e == ERR_OK) {
		answer(c, fd, &peer, role, &f);
		frame_close_fds(&f);
	} else {
		log_err(LOG_WARN, "control.dropped", &ei);
	}
	buf_wipe(&store);
}

static void *
run(void *arg)
{
	struct control *c = arg;

	while (!atomic_load(&c->stop)) {
		struct errinfo ei = {0};
		int fd = -1;

		if (socket_wait(c->o.listen_fd, LOOK_MS, &ei) == ERR_OK &&
		    socket_accept(c->o.listen_fd, &fd, &ei) == ERR_OK) {
			serve(c, fd);
			fd_close(fd);
		}
	}
	return NULL;
}

enum err
control_start(
    const struct control_options *o, struct control **out, struct errinfo *ei)
{
	struct control *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return err_nomem(ei);
	}
	c->o = *o;
	if (pthread_create(&c->thread, NULL, run, c) != 0) {
		free(c);
		return err_set(ei, ERR_SYS, "thread.start", NULL,
		    "cannot start the control thread");
	}
	*out = c;
	return ERR_OK;
}

void
control_stop(struct control *c)
{
	if (c == NULL) {
		return;
	}
	atomic_store(&c->stop, true);
	(void)pthread_join(c->thread, NULL);
	fd_close(c->o.listen_fd);
	free(c);
}
