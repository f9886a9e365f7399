/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/fds.h"
#include "ipc/hello.h"
#include "ipc/wire.h"
#include "os/random.h"
#include "os/socket.h"
#include "rogue.h"

enum {
	PATIENCE_MS = 30000 /* a role that keeps ending waits up to 10 s */
};

void
report(struct rogue *r, const char *probe, const char *on, const char *got,
    const char *rule)
{
	(void)fprintf(r->out,
	    "{\"group\":\"%s\",\"probe\":\"%s\",\"on\":\"%s\",\"got\":\"%s\","
	    "\"rule\":\"%s\"}\n",
	    r->group, probe, on, got, rule);
}

int64_t
rogue_now(const struct rogue *r)
{
	return clock_utc_sec(&r->clock);
}

/* --- the channels ------------------------------------------------------- */

static uint64_t
new_id(void)
{
	uint64_t id = 0;

	ensure(random_bytes(&id, sizeof(id), NULL) == ERR_OK);
	return id | 1; /* 0 is a starting role's */
}

/* The next frame, or false in silence. */
static bool
next_frame(struct channel *c, struct frame *out)
{
	struct errinfo ei = {0};

	if (socket_wait(c->fd, PATIENCE_MS, &ei) != ERR_OK) {
		return false;
	}
	if (frame_recv(c->fd, &c->packet, out, true, &ei) != ERR_OK) {
		log_err(LOG_ERROR, "rogue.frame", &ei);
		return false;
	}
	frame_close_fds(out);
	return true;
}

static void
take_hello(struct channel *c, const struct frame *f)
{
	struct hello h;

	ensure(hello_unpack(f->body, &h, NULL) == ERR_OK);
	c->pid = (pid_t)h.pid;
}

static void
channel_open(struct rogue *r, int fd, const char *name, bool ocsp)
{
	struct channel *c = &r->channels[r->num_channels++];
	uint64_t id = new_id();
	struct frame f;

	ensure(r->num_channels <= ROGUE_CHANNELS_MAX);
	*c = (struct channel){.fd = fd, .name = name, .ocsp = ocsp};
	buf_init(&c->packet, FRAME_BYTES_MAX);
	ensure(hello_send(fd, id, "front", "", NULL) == ERR_OK);
	do {
		ensure(next_frame(c, &f));
	} while (f.type != MSG_HELLO || f.id != id);
	take_hello(c, &f);
}

void
channels_open(struct rogue *r)
{
	const struct settings *s = r->settings;

	channel_open(r, ROLE_FD_COURIER, "courier", false);
	for (size_t i = 0; i < s->num_signers; i++) {
		channel_open(r, settings_channel(s, i, false),
		    s->signers[i].name, false);
		if (settings_channel(s, i, true) >= 0) {
			channel_open(r, settings_channel(s, i, true),
			    s->signers[i].ocsp, true);
		}
	}
	channel_open(
	    r, settings_channel_page_orders(s), s->page_orders.name, false);
}

struct channel *
channel_of(struct rogue *r, const char *name)
{
	for (size_t i = 0; i < r->num_channels; i++) {
		if (strcmp(r->channels[i].name, name) == 0) {
			return &r->channels[i];
		}
	}
	ensure(!"no such channel");
	return NULL;
}

/* --- asking ------------------------------------------------------------- */

static struct outcome
outcome(const char *got, const char *rule)
{
	struct outcome o = {.got = "", .rule = ""};

	(void)snprintf(o.got, sizeof(o.got), "%s", got);
	(void)snprintf(o.rule, sizeof(o.rule), "%s", rule);
	return o;
}

/* What the other end says to `id`, or that it is another by now. */
static struct outcome
hear(struct channel *c, uint64_t id)
{
	struct errinfo said = {0};
	struct wire w;

	while (next_frame(c, &c->answer)) {
		if (c->answer.type == MSG_HELLO && c->answer.id == 0) {
			take_hello(c, &c->answer);
			return outcome("restarted", "");
		}
		if (c->answer.id != id || id == 0) {
			continue;
		}
		if (c->answer.type != MSG_ERROR) {
			return outcome("answered", "");
		}
		w = wire_init(c->answer.body);
		wire_get_errinfo(&w, &said);
		ensure(wire_end(&w, "error", NULL) == ERR_OK);
		return outcome("refused", said.rule);
	}
	return outcome("silent", "");
}

struct outcome
ask(struct channel *c, uint16_t type, struct slice body, int fd)
{
	struct frame f = {.type = type, .id = new_id(), .body = body};
	struct errinfo ei = {0};

	if (fd >= 0) {
		f.fds[f.num_fds++] = fd;
	}
	if (frame_send(c->fd, &f, &ei) != ERR_OK) {
		return outcome("not sent", ei.rule);
	}
	return hear(c, f.id);
}

struct outcome
ask_raw(struct channel *c, struct slice packet)
{
	if (send(c->fd, packet.p, packet.len, MSG_NOSIGNAL) < 0) {
		return outcome(errno == EMSGSIZE ? "EMSGSIZE" : "not sent", "");
	}
	return hear(c, 0);
}

void
ask_info(struct channel *c, struct signer_info *out)
{
	struct outcome o = ask(c, SIGNER_INFO, SLICE_EMPTY, -1);

	ensure(strcmp(o.got, "answered") == 0);
	signer_info_init(out);
	ensure(signer_info_unpack(c->answer.body, out, NULL) == ERR_OK);
}

struct slice
key_spki(struct rogue *r, const char *spec)
{
	struct errinfo ei = {0};

	for (size_t i = 0; i < r->num_keys; i++) {
		if (strcmp(r->keys[i].spec, spec) == 0) {
			return privkey_spki(r->keys[i].key);
		}
	}
	ensure(r->num_keys < ROGUE_KEYS_MAX);
	r->keys[r->num_keys].spec = spec;
	ensure(
	    privkey_generate(spec, &r->keys[r->num_keys].key, &ei) == ERR_OK);
	return privkey_spki(r->keys[r->num_keys++].key);
}
