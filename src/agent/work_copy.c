/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

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

/* The key and its certificate; what is told is read back from there. */
static enum err
copy_to(struct work *w, const struct kept *k, const struct medium *to,
    struct container *from, struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	struct container *copy = NULL;
	struct container_info info;
	char path[PATH_TEXT_SIZE];
	enum err e = work_choose_password(w, to->name, &password, ei);

	w->step(w->arg, false, "copy");
	if (e == ERR_OK) {
		e = work_create(w,
		    &(struct work_key){to, &password, k->info.spec,
			k->info.label, container_privkey(from)},
		    &copy, path, ei);
	}
	secret_clear(&password);
	if (e == ERR_OK) {
		e = container_install_cert(copy, container_cert(from), ei);
	}
	container_free(copy);
	if (e == ERR_OK) {
		e = container_peek(path, &info, ei);
	}
	if (e == ERR_OK) {
		work_put_container(
		    w->out, "container", to->id, path, &info, NULL);
	}
	return e;
}

enum err
work_copy(struct work *w, struct errinfo *ei)
{
	struct container *from = NULL;
	struct medium to;
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e == ERR_OK) {
		e = work_wait_medium(w, &to, ei);
	}
	if (e == ERR_OK) {
		e = ask_copy(w, &k, &to, ei);
	}
	if (e == ERR_OK) {
		e = work_open_kept(w, &k, &from, ei);
	}
	if (e == ERR_OK) {
		e = work_check_cert(w, from, ei);
	}
	if (e == ERR_OK) {
		e = copy_to(w, &k, &to, from, ei);
	}
	container_free(from);
	return e;
}
