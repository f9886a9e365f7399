/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include "workstation/stores.h"
#include "x509/cert.h"
#include "x509/name.h"

static enum err
ask_install(struct work *w, const struct kept *k, struct errinfo *ei)
{
	struct question q;
	struct buf name = BUF_INIT(NAME_TEXT_MAX);
	char until[TIME_TEXT_SIZE];
	struct cert *cert = NULL;
	enum err e = cert_parse(buf_slice(&w->in->certificate), &cert, ei);

	if (e != ERR_OK) {
		return e;
	}
	time_text(cert_not_after(cert), until);
	name_print(cert_subject(cert), &name);
	work_ask_for(w, &q, WORD_INSTALL, WORD_INSTALL_YES);
	question_line(&q, WORD_CERTIFICATE, buf_slice(&name));
	question_line(&q, WORD_VALID_UNTIL, slice_str(until));
	work_put_place(&q, k);
	cert_free(cert);
	buf_clear(&name);
	return work_consent(w, &q, ei);
}

static void
put_state(struct json_writer *w, const struct store_state *s)
{
	json_open_object(w, NULL);
	json_put_text(w, "store", s->kind);
	json_put_text(w, "name", s->name);
	json_put_int(w, "personal", (int64_t)s->num[STORE_PERSONAL]);
	json_put_int(w, "authorities", (int64_t)s->num[STORE_AUTHORITY]);
	json_put_int(w, "roots", (int64_t)s->num[STORE_ROOT]);
	json_open_array(w, "notes");
	for (size_t i = 0; i < s->num_notes; i++) {
		json_put_text(w, NULL, s->notes[i]);
	}
	json_close(w);
	json_put_text(
	    w, "problem", s->problem.rule[0] != '\0' ? s->problem.rule : NULL);
	json_close(w);
}

enum err
work_fill_stores(struct work *w, const struct store_item *items, size_t num,
    size_t *out_roots, struct errinfo *ei)
{
	struct store_state states[STORES_MAX];
	size_t num_states = 0;
	enum err e;

	w->step(w->arg, false, "stores");
	e = stores_put(
	    w->o->home, w->o->person, items, num, states, &num_states, ei);
	if (e != ERR_OK) {
		return e;
	}
	json_open_array(w->out, "stores");
	for (size_t i = 0; i < num_states; i++) {
		put_state(w->out, &states[i]);
	}
	json_close(w->out);
	if (out_roots != NULL) {
		*out_roots = states[0].num[STORE_ROOT];
	}
	return ERR_OK;
}

/* The chain's root among them, which nothing trusts for that: a root has its
 * own consent (work_authorities). */
static enum err
fill(struct work *w, struct errinfo *ei)
{
	struct store_item items[1 + AGENT_CHAIN_MAX] = {
	    {STORE_PERSONAL, buf_slice(&w->in->certificate)}};
	size_t num = 1;

	for (size_t i = 0; i < w->in->num_chain; i++) {
		struct slice der = buf_slice(&w->in->chain[i]);
		struct cert *cert = NULL;
		enum err e = cert_parse(der, &cert, ei);

		cert_free(cert);
		if (e != ERR_OK) {
			return e;
		}
		items[num++] = (struct store_item){STORE_AUTHORITY, der};
	}
	return work_fill_stores(w, items, num, NULL, ei);
}

/* The container as it is now, read again. */
enum err
work_list_back(struct work *w, struct kept *k, struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	enum err e = media_peek(k, &cert, ei);

	if (e == ERR_OK) {
		work_put_container(
		    w->out, "container", k, buf_slice(&cert), NULL);
	}
	buf_clear(&cert);
	return e;
}

static enum err
install_once(struct work *w, void *arg, struct errinfo *ei)
{
	struct kept *k = arg;
	struct container *c = NULL;
	enum err e = work_open(w, k, &c, ei);

	if (e == ERR_OK) {
		w->step(w->arg, false, "certificate");
		e = container_install_cert(
		    c, buf_slice(&w->in->certificate), ei);
	}
	if (e == ERR_OK) {
		e = work_list_back(w, k, ei);
	}
	/* The token is not asked any more: nothing of this is done twice. */
	if (e == ERR_OK) {
		e = fill(w, ei);
	}
	container_free(c);
	return e;
}

enum err
work_install(struct work *w, struct errinfo *ei)
{
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e == ERR_OK) {
		e = ask_install(w, &k, ei);
	}
	return e == ERR_OK ? work_do(w, install_once, &k, ei) : e;
}
