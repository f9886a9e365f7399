/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include <string.h>

static enum err
ask_copy(struct work *w, const struct kept *k, const struct medium *to,
    struct errinfo *ei)
{
	struct question q;

	work_ask_for(w, &q, WORD_COPY, WORD_COPY_YES);
	question_line(&q, WORD_CONTAINER, slice_str(k->info.label));
	question_line(&q, WORD_FROM_MEDIUM, slice_str(k->medium.name));
	question_line(&q, WORD_TO_MEDIUM, slice_str(to->name));
	return work_consent(w, &q, ei);
}

/* What both ends are, and what has been chosen for the copy. */
struct copying {
	struct kept from;
	struct work_key to;
	struct secret password;
	bool chosen; /* password and place, once */
};

/* The key and its certificate; what is told is read back from there. */
static enum err
copy_to(struct work *w, struct copying *c, struct container *from,
    struct errinfo *ei)
{
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct container *copy = NULL;
	struct kept there = {.medium = c->to.medium};
	enum err e;

	e = container_privkey_to_copy(from, &c->to.key, ei);
	if (e == ERR_OK) {
		e = work_create(w, &c->to, &copy, ei);
	}
	if (e == ERR_OK && container_cert(from).len > 0) {
		e = container_install_cert(copy, container_cert(from), ei);
	}
	container_free(copy);
	if (e == ERR_OK) {
		memcpy(there.place, c->to.place, sizeof(there.place));
		e = media_peek(&there, &cert, ei);
	}
	if (e == ERR_OK) {
		work_put_container(
		    w->out, "container", &there, buf_slice(&cert), NULL);
	}
	buf_clear(&cert);
	return e;
}

/* A token's own PIN protects what lies on it. */
static enum err
choose(struct work *w, struct copying *c, const struct container_info *is,
    struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (!medium_has_pin(&c->to.medium)) {
		e = work_choose_password(
		    w, c->to.medium.name, &c->password, ei);
	}
	c->to.password = &c->password;
	/* Of a PFX file that is known only now. */
	c->from.info = *is;
	c->to.spec = c->from.info.spec;
	c->to.label = c->from.info.label;
	if (e == ERR_OK) {
		e = media_new_place(&c->to.medium, false, c->to.place, ei);
	}
	c->chosen = e == ERR_OK;
	return e;
}

static enum err
copy_once(struct work *w, void *arg, struct errinfo *ei)
{
	struct copying *c = arg;
	struct container *from = NULL;
	enum err e = work_wait_medium(w, &c->to.medium, ei);

	if (e == ERR_OK) {
		e = work_open(w, &c->from, &from, ei);
	}
	if (e == ERR_OK && w->order != NULL) {
		e = work_check_cert(w, from, ei);
	}
	if (e == ERR_OK && !c->chosen) {
		e = choose(w, c, container_info(from), ei);
	}
	if (e == ERR_OK) {
		e = copy_to(w, c, from, ei);
	}
	container_free(from);
	return e;
}

/* Before anybody types anything. */
static enum err
may_leave(const struct container_info *info, struct errinfo *ei)
{
	if (!info->stays) {
		return ERR_OK;
	}
	if (info->form == CONTAINER_CRYPTOPRO) {
		return err_set(ei, ERR_POLICY,
		    "container.cryptopro.not_exportable", NULL,
		    "whoever made the CryptoPro container marked its key as "
		    "one that does not leave it");
	}
	return err_set(ei, ERR_UNSUPPORTED, "key.not_exportable", NULL,
	    "the key was made by the token and cannot leave it");
}

enum err
work_copy(struct work *w, struct errinfo *ei)
{
	struct copying c = {.password = SECRET_EMPTY};
	enum err e = work_wait_container(w, &c.from, ei);

	if (e == ERR_OK) {
		e = may_leave(&c.from.info, ei);
	}
	if (e == ERR_OK) {
		e = work_wait_medium(w, &c.to.medium, ei);
	}
	if (e == ERR_OK) {
		e = ask_copy(w, &c.from, &c.to.medium, ei);
	}
	if (e == ERR_OK) {
		e = work_do(w, copy_once, &c, ei);
	}
	secret_clear(&c.password);
	return e;
}

/* The same without an order: to whom it belongs nobody asks. */
enum err
work_import(struct work *w, struct errinfo *ei)
{
	return work_copy(w, ei);
}
