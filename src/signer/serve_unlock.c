/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/serve_unlock.h"

#include "base/log.h"
#include "ipc/frame.h"
#include "ipc/unlock_msg.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/socket.h"

void
unlocking_init(struct unlocking *u, const struct serve_options *o)
{
	u->o = o;
	u->client = -1;
}

static void
drop(struct unlocking *u)
{
	fd_close(u->client);
	u->client = -1;
}

void
unlocking_clear(struct unlocking *u)
{
	drop(u);
}

size_t
unlocking_poll(const struct unlocking *u, struct pollfd out[UNLOCK_POLL_MAX])
{
	size_t num = 0;

	if (u->o->unlock >= 0) {
		out[num++] = (struct pollfd){u->o->unlock, POLLIN, 0};
	}
	if (u->client >= 0) {
		out[num++] = (struct pollfd){u->client, POLLIN, 0};
	}
	return num;
}

/* Only the kernel's word counts for who it is. */
static enum err
check_peer(const struct unlocking *u, struct peer *peer, struct errinfo *ei)
{
	enum err err = socket_peer(u->client, peer, ei);

	if (err == ERR_OK && peer->uid != 0 && peer->uid != u->o->unlocks) {
		err = err_set(ei, ERR_DENIED, "unlock.peer", NULL,
		    "uid %lu may not unlock this key.",
		    (unsigned long)peer->uid);
	}
	return err;
}

static enum err
unlock(struct unlocking *u, struct engine *e, const struct frame *f,
    struct errinfo *ei)
{
	struct slice secret = SLICE_EMPTY;
	struct peer peer;
	enum err err = check_peer(u, &peer, ei);

	if (err == ERR_OK && (f->type != UNLOCK_KEY || f->num_fds > 0)) {
		err = err_set(ei, ERR_FORMAT, "unlock.message", NULL,
		    "A message of type %u is not taken here.",
		    (unsigned)f->type);
	}
	if (err == ERR_OK) {
		err = unlock_unpack(f->body, &secret, ei);
	}
	if (err == ERR_OK) {
		err = engine_unlock(e, u->o->dir, secret, ei);
	}
	if (err == ERR_OK) {
		log_event(LOG_INFO, "signer.unlocked", L_INT("uid", peer.uid));
	} else {
		log_err(LOG_WARN, "signer.unlock", ei);
	}
	return err;
}

static void
answer(const struct unlocking *u, uint64_t id, enum err err,
    const struct errinfo *ei)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct frame f = {.type = UNLOCK_DONE, .id = id};

	if (err != ERR_OK) {
		f.type = MSG_ERROR;
		wire_put_errinfo(&body, ei);
	}
	f.body = buf_slice(&body);
	/* One who does not wait for the answer does without. */
	(void)!frame_send(u->client, &f, NULL);
	buf_clear(&body);
}

static void
hear(struct unlocking *u, struct engine *e)
{
	struct buf packet = BUF_INIT(FRAME_BYTES_MAX);
	struct errinfo ei = {0};
	struct frame f;
	enum err err = frame_recv(u->client, &packet, &f, true, &ei);

	if (err == ERR_OK) {
		err = unlock(u, e, &f, &ei);
		answer(u, f.id, err, &ei);
		frame_close_fds(&f);
	} else if (err != ERR_NOTFOUND) {
		log_err(LOG_WARN, "signer.unlock", &ei);
	}
	buf_wipe(&packet);
	drop(u);
}

void
unlocking_work(struct unlocking *u, struct engine *e,
    const struct pollfd *found, size_t num)
{
	int next = -1;

	if (num > 1 && found[1].revents != 0) {
		hear(u, e);
	}
	if (num > 0 && found[0].revents != 0 &&
	    socket_accept(u->o->unlock, &next, NULL) == ERR_OK) {
		drop(u);
		u->client = next;
	}
}
