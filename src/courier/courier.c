/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/courier.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/secret.h"
#include "courier/gateway.h"
#include "crypto/seal.h"
#include "ipc/courier_msg.h"
#include "ipc/frame.h"
#include "ipc/hello.h"
#include "os/file.h"

enum {
	THREADS_MAX = 16
};

static const char key_name[] = "seal.key";
static const char pub_name[] = "seal.pub";

static const struct conf_setting settings[] = {
    {.name = "gateway", .type = CONF_GROUP, .members = gateway_settings},
    {.name = "insecure_no_landlock", .type = CONF_BOOL},
    {0},
};

struct courier {
	struct conf *conf;
	struct gateway *gateway; /* NULL: none is configured */
	struct clock clock;
	uint8_t pub[SEAL_KEY_SIZE];
	struct secret priv;
	int channel;
	atomic_bool stop;
};

/* --- key and configuration --------------------------------------------------
 */

enum err
courier_make_key(const char *state_dir, struct errinfo *ei)
{
	char key_path[PATH_TEXT_SIZE], pub_path[PATH_TEXT_SIZE];
	uint8_t pub[SEAL_KEY_SIZE];
	struct secret priv = SECRET_EMPTY;
	enum err e = path_join(key_path, state_dir, key_name, ei);

	if (e == ERR_OK) {
		e = path_join(pub_path, state_dir, pub_name, ei);
	}
	if (e != ERR_OK || file_exists(key_path)) {
		return e;
	}
	e = seal_keypair(pub, &priv, ei);
	if (e == ERR_OK) {
		e = file_write_atomic(
		    pub_path, slice_make(pub, sizeof(pub)), 0644, ei);
	}
	/* Last, and never over another: its presence means both are there. */
	if (e == ERR_OK) {
		e = file_write_new(key_path, secret_slice(&priv), 0400, ei);
	}
	secret_clear(&priv);
	return e;
}

static enum err
read_key(struct courier *c, const char *state_dir, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	struct buf pub = BUF_INIT(SEAL_KEY_SIZE);
	enum err e = path_join(path, state_dir, key_name, ei);

	if (e == ERR_OK) {
		e = file_read_secret(path, SEAL_KEY_SIZE, &c->priv, ei);
	}
	if (e == ERR_OK) {
		e = path_join(path, state_dir, pub_name, ei);
	}
	if (e == ERR_OK) {
		e = file_read(path, SEAL_KEY_SIZE, &pub, ei);
	}
	if (e == ERR_OK &&
	    (c->priv.len != SEAL_KEY_SIZE || pub.len != SEAL_KEY_SIZE)) {
		e = err_set(ei, ERR_FORMAT, "courier.key", NULL,
		    "seal.key or seal.pub has not %d bytes", SEAL_KEY_SIZE);
	}
	if (e == ERR_OK) {
		memcpy(c->pub, pub.p, SEAL_KEY_SIZE);
	}
	buf_clear(&pub);
	return e;
}

/* Front seals to what we tell it: a pair that does not fit loses messages. */
static enum err
try_key(const struct courier *c, struct errinfo *ei)
{
	struct buf sealed = BUF_INIT(256);
	struct secret plain = SECRET_EMPTY;
	struct slice context = SLICE_LIT("self test");
	enum err e = seal_to(c->pub, context, context, &sealed, ei);

	if (e == ERR_OK) {
		e = seal_open(
		    &c->priv, c->pub, buf_slice(&sealed), context, &plain, ei);
	}
	secret_clear(&plain);
	buf_clear(&sealed);
	return e;
}

enum err
courier_open(const char *conf_path, const char *state_dir,
    const struct clock *clock, struct courier **out, struct conf_report *report,
    struct errinfo *ei)
{
	struct courier *c = calloc(1, sizeof(*c));
	enum err e;

	if (c == NULL) {
		return err_nomem(ei);
	}
	c->clock = *clock;
	e = conf_read(conf_path, settings, &c->conf, report, ei);
	if (e == ERR_OK && conf_has(conf_root(c->conf), "gateway")) {
		e = gateway_new(conf_group(conf_root(c->conf), "gateway"),
		    report, &c->gateway, ei);
	}
	if (e == ERR_OK) {
		e = read_key(c, state_dir, ei);
	}
	if (e == ERR_OK) {
		e = try_key(c, ei);
	}
	if (e != ERR_OK) {
		courier_free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

void
courier_free(struct courier *courier)
{
	if (courier != NULL) {
		gateway_free(courier->gateway);
		conf_free(courier->conf);
		secret_clear(&courier->priv);
		free(courier);
	}
}

bool
courier_insecure_no_landlock(const struct courier *courier)
{
	return conf_bool(conf_root(courier->conf), "insecure_no_landlock");
}

/* --- the channel -------------------------------------------------------------
 */

static enum err
send_body(const struct courier *c, uint16_t type, uint64_t id,
    const struct buf *body, struct errinfo *ei)
{
	struct frame f = {.type = type, .id = id, .body = buf_slice(body)};
	enum err e = buf_err(body, ei);

	return e == ERR_OK ? frame_send(c->channel, &f, ei) : e;
}

static enum err
say_hello(const struct courier *c, uint64_t id, struct errinfo *ei)
{
	struct courier_key key = {.ready = c->gateway != NULL};
	struct buf body = BUF_INIT(256);
	enum err e = hello_send(c->channel, id, "courier", "", ei);

	memcpy(key.key, c->pub, sizeof(key.key));
	courier_key_pack(&key, &body);
	if (e == ERR_OK) {
		e = send_body(c, COURIER_KEY, id, &body, ei);
	}
	buf_clear(&body);
	return e;
}

static void
give_up(struct courier_result *r, enum courier_outcome outcome, const char *why)
{
	r->outcome = outcome;
	(void)snprintf(r->detail, sizeof(r->detail), "%s", why);
}

static void
open_and_send(const struct courier *c, const struct courier_deliver *m,
    struct courier_result *out)
{
	char id[ID_TEXT_SIZE];
	struct buf context = BUF_INIT(256);
	struct secret text = SECRET_EMPTY;
	struct errinfo ei = {0};
	enum err e;

	id_text(&m->outbox, "msg", id);
	courier_seal_context(&m->outbox, m->kind, m->to, &context);
	e = buf_err(&context, &ei);
	if (e == ERR_OK) {
		e = seal_open(&c->priv, c->pub, m->sealed, buf_slice(&context),
		    &text, &ei);
	}
	buf_clear(&context);
	if (e != ERR_OK) {
		give_up(out, e == ERR_NOMEM ? COURIER_RETRY : COURIER_REFUSED,
		    "the sealed message cannot be opened");
		return;
	}
	gateway_send(c->gateway,
	    &(struct gateway_message){
		.to = m->to, .text = secret_slice(&text), .id = id},
	    out);
	secret_clear(&text);
}

static void
deliver(const struct courier *c, const struct courier_deliver *m,
    struct courier_result *out)
{
	if (c->gateway == NULL) {
		give_up(out, COURIER_REFUSED,
		    "no SMS gateway is configured; see gateway in "
		    "courier.conf");
	} else if (m->expires_sec > 0 &&
		   clock_utc_sec(&c->clock) >= m->expires_sec) {
		give_up(out, COURIER_REFUSED,
		    "the message expired before it could be sent");
	} else {
		open_and_send(c, m, out);
	}
}

static enum err
on_deliver(const struct courier *c, const struct frame *f, struct errinfo *ei)
{
	struct courier_deliver m;
	struct courier_result result = {0};
	struct buf body = BUF_INIT(1024);
	enum err e = courier_deliver_unpack(f->body, &m, ei);

	if (e != ERR_OK) {
		return e;
	}
	result.outbox = m.outbox;
	deliver(c, &m, &result);
	courier_result_pack(&result, &body);
	e = send_body(c, COURIER_RESULT, f->id, &body, ei);
	buf_clear(&body);
	return e;
}

static enum err
on_frame(const struct courier *c, const struct frame *f, struct errinfo *ei)
{
	struct hello hello;
	enum err e;

	if (f->num_fds > 0) {
		return err_set(ei, ERR_FORMAT, "courier.frame", NULL,
		    "a message of this channel carries descriptors");
	}
	if (f->type == COURIER_DELIVER) {
		return on_deliver(c, f, ei);
	}
	if (f->type == MSG_HELLO) {
		e = hello_unpack(f->body, &hello, ei);
		return e == ERR_OK ? say_hello(c, f->id, ei) : e;
	}
	return err_set(ei, ERR_UNSUPPORTED, "courier.frame", NULL,
	    "message type %u is not for courier", f->type);
}

/* One thread's life.  ERR_OK when the peer has closed or another thread met
 * trouble. */
static enum err
serve(struct courier *c, struct errinfo *ei)
{
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	enum err e = ERR_OK;

	while (e == ERR_OK && !atomic_load(&c->stop)) {
		struct frame f = {0};

		e = frame_recv(c->channel, &store, &f, false, ei);
		if (e == ERR_OK) {
			e = on_frame(c, &f, ei);
			frame_close_fds(&f);
		}
		buf_wipe(&store);
	}
	buf_clear(&store);
	return e == ERR_NOTFOUND ? ERR_OK : e;
}

struct helper {
	struct courier *courier;
	pthread_t thread;
	enum err err;
	struct errinfo info;
};

static void *
run_helper(void *arg)
{
	struct helper *h = arg;

	h->err = serve(h->courier, &h->info);
	return NULL;
}

enum err
courier_run(struct courier *courier, int channel, unsigned num_threads,
    struct errinfo *ei)
{
	struct helper helpers[THREADS_MAX] = {0};
	unsigned num = 0;
	enum err e;

	courier->channel = channel;
	e = say_hello(courier, 0, ei);
	while (e == ERR_OK && num + 1 < num_threads && num < THREADS_MAX) {
		helpers[num].courier = courier;
		if (pthread_create(&helpers[num].thread, NULL, run_helper,
			&helpers[num]) != 0) {
			break; /* fewer threads do the same work */
		}
		num++;
	}
	if (e == ERR_OK) {
		e = serve(courier, ei);
	}
	atomic_store(&courier->stop, true);
	for (unsigned i = 0; i < num; i++) {
		(void)pthread_join(helpers[i].thread, NULL);
		if (e == ERR_OK && helpers[i].err != ERR_OK) {
			e = helpers[i].err;
			if (ei != NULL) {
				*ei = helpers[i].info;
			}
		}
	}
	return e == ERR_NOTFOUND ? ERR_OK : e;
}
