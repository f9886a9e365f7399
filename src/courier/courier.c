/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/courier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "courier/courier_priv.h"
#include "os/file.h"

static const char key_name[] = "seal.key";
static const char pub_name[] = "seal.pub";

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
	e = conf_read(conf_path, route_settings, &c->conf, report, ei);
	if (e == ERR_OK) {
		e = routes_new(
		    conf_root(c->conf), clock, report, &c->routes, ei);
	}
	if (e == ERR_OK && conf_has(conf_root(c->conf), "mail")) {
		e = mailer_new(conf_group(conf_root(c->conf), "mail"), report,
		    &c->mailer, ei);
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
		routes_free(courier->routes);
		mailer_free(courier->mailer);
		conf_free(courier->conf);
		secret_clear(&courier->priv);
		free(courier);
	}
}

size_t
courier_num_routes(const struct courier *courier)
{
	return routes_num(courier->routes);
}

bool
courier_has_mail(const struct courier *courier)
{
	return courier->mailer != NULL;
}

/* --- one message --------------------------------------------------------- */

static void
give_up(struct courier_result *r, enum courier_outcome outcome, const char *why)
{
	r->outcome = outcome;
	(void)snprintf(r->detail, sizeof(r->detail), "%s", why);
}

static void
send_opened(const struct courier *c, const struct courier_deliver *m,
    struct slice text, struct courier_result *out)
{
	char id[ID_TEXT_SIZE];

	if (m->kind == COURIER_SMS) {
		id_text(&m->outbox, "msg", id);
		routes_send(c->routes,
		    &(struct gateway_message){.to = m->to,
			.text = text,
			.id = id,
			.report = m->report},
		    m->expires_sec, m->avoid, out);
	} else if (c->mailer != NULL) {
		mailer_send(c->mailer, &m->outbox, m->to, text, out);
	} else {
		give_up(out, COURIER_RETRY,
		    "no mail server is configured; see mail in courier.conf");
	}
}

static void
open_and_send(const struct courier *c, const struct courier_deliver *m,
    struct courier_result *out)
{
	struct buf context = BUF_INIT(512);
	struct secret text = SECRET_EMPTY;
	struct errinfo ei = {0};
	enum err e;

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
	send_opened(c, m, secret_slice(&text), out);
	secret_clear(&text);
}

void
courier_deliver(const struct courier *c, const struct courier_deliver *m,
    struct courier_result *out)
{
	*out = (struct courier_result){.outbox = m->outbox};
	if (m->expires_sec > 0 && clock_utc_sec(&c->clock) >= m->expires_sec) {
		give_up(out, COURIER_REFUSED,
		    "the message expired before it could be sent");
	} else {
		open_and_send(c, m, out);
	}
}
