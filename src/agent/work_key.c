/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include <stdio.h>

#include "agent/made.h"
#include "agent/window.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/entropy.h"
#include "workstation/enrol.h"

enum {
	COMMON_NAME_CHARS = 64, /* X.520 ub-common-name */
	TOKEN_RANDOM = 64,
};

/* The system's generator and the token's, and what the page sent beside them,
 * never instead. */
static enum err
stir(struct work *w, struct token *t, struct errinfo *ei)
{
	struct slice seed = buf_slice(&w->in->entropy);
	uint8_t bytes[TOKEN_RANDOM];
	enum err e = entropy_stir(seed, ei);

	if (e != ERR_OK || t == NULL) {
		return e;
	}
	e = token_random(t, seed, bytes, sizeof(bytes), ei);
	if (e == ERR_UNSUPPORTED) {
		return ERR_OK;
	}
	if (e == ERR_OK) {
		e = entropy_stir(slice_make(bytes, sizeof(bytes)), ei);
	}
	secret_wipe(bytes, sizeof(bytes));
	return e;
}

enum err
work_create(struct work *w, const struct work_key *what, struct container **out,
    struct errinfo *ei)
{
	const struct container_options options = {
	    .spec = what->spec,
	    .key = what->key,
	    .label = what->label,
	    .password = secret_slice(what->password),
	    .insecure_no_password = what->password->len == 0,
	    .created = clock_utc_sec(w->o->clock),
	};
	struct token *t = NULL;
	enum err e = ERR_OK;

	if (medium_has_pin(&what->medium)) {
		e = work_login(w, &what->medium, &t, ei);
	}
	w->step(w->arg, false, what->key == NULL ? "key" : "copy");
	if (e == ERR_OK && what->key == NULL) {
		e = stir(w, t, ei);
	}
	if (e != ERR_OK) {
		token_free(t);
		return e;
	}
	return media_create(what->place, t, &options, out, ei);
}

/* For a browser that is closed before it has the answer.  The key is made: a
 * note of it that cannot be written must not cost it. */
static void
note_request(
    struct work *w, const struct container_info *info, struct slice pkcs10)
{
	struct made made = {
	    .origin = w->origin, .container = info->id, .pkcs10 = pkcs10};
	struct errinfo ei = {0};

	if (id_from_slice(w->order->application, &made.application) &&
	    made_keep(w->o->home, &made, &ei) != ERR_OK) {
		log_err(LOG_WARN, "agent.request", &ei);
	}
}

static enum err
put_request(struct work *w, const struct work_key *what, struct container *c,
    struct errinfo *ei)
{
	struct kept k = {.medium = what->medium, .info = *container_info(c)};
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	enum err e;

	w->step(w->arg, false, "request");
	e = enrol_make_request(c,
	    text_num_chars(slice_str(k.info.label)) <= COMMON_NAME_CHARS
		? k.info.label
		: "surguch",
	    &der, ei);
	if (e == ERR_OK) {
		note_request(w, &k.info, buf_slice(&der));
		json_put_base64(w->out, "pkcs10", buf_slice(&der));
		work_put_container(w->out, "container", &k, SLICE_EMPTY, NULL);
	}
	buf_clear(&der);
	return e;
}

static enum err
make_once(struct work *w, void *arg, struct errinfo *ei)
{
	struct work_key *what = arg;
	struct container *c = NULL;
	enum err e = work_wait_medium(w, &what->medium, ei);

	if (e == ERR_OK) {
		e = work_create(w, what, &c, ei);
	}
	if (e == ERR_OK) {
		e = put_request(w, what, c, ei);
	}
	container_free(c);
	return e;
}

static void
put_spec(const struct work *w, char out[CONTAINER_SPEC_SIZE])
{
	struct slice spec = w->order->key_spec;

	(void)snprintf(out, CONTAINER_SPEC_SIZE, "%.*s", (int)spec.len,
	    (const char *)spec.p);
}

static enum err
make(struct work *w, const struct medium *medium, struct errinfo *ei)
{
	char spec[CONTAINER_SPEC_SIZE], label[CONTAINER_LABEL_MAX + 1];
	const struct page_order *o = w->order;
	struct secret password = SECRET_EMPTY;
	struct work_key what = {
	    .medium = *medium,
	    .password = &password,
	    .spec = spec,
	    .label = label,
	};
	enum err e = ERR_OK;

	put_spec(w, spec);
	(void)snprintf(label, sizeof(label), "%.*s",
	    o->person.len < sizeof(label) ? (int)o->person.len : 0,
	    (const char *)o->person.p);
	if (!medium_has_pin(medium)) {
		e = work_choose_password(w, medium->name, &password, ei);
	}
	if (e == ERR_OK) {
		e = media_new_place(
		    medium, medium->token.active, what.place, ei);
	}
	if (e == ERR_OK) {
		e = work_do(w, make_once, &what, ei);
	}
	secret_clear(&password);
	return e;
}

enum err
work_make_key(struct work *w, struct errinfo *ei)
{
	char spec[CONTAINER_SPEC_SIZE];
	struct question q;
	struct medium m;
	enum err e = work_wait_medium(w, &m, ei);

	if (e != ERR_OK) {
		return e;
	}
	work_ask_for(w, &q, WORD_MAKE_KEY, WORD_MAKE_KEY_YES);
	put_spec(w, spec);
	question_line(&q, WORD_KEY,
	    slice_str(word_of_key(window_language(w->o->window), spec)));
	question_line(&q, WORD_MEDIUM, slice_str(m.name));
	e = work_consent(w, &q, ei);
	return e == ERR_OK ? make(w, &m, ei) : e;
}
