/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include <stdio.h>

#include "base/text.h"
#include "crypto/entropy.h"
#include "workstation/enrol.h"

enum {
	COMMON_NAME_CHARS = 64, /* X.520 ub-common-name */
};

enum err
work_create(struct work *w, const struct work_key *what, struct container **out,
    char path[PATH_TEXT_SIZE], struct errinfo *ei)
{
	const struct container_options options = {
	    .spec = what->spec,
	    .key = what->key,
	    .label = what->label,
	    .password = secret_slice(what->password),
	    .insecure_no_password = what->password->len == 0,
	    .created = clock_utc_sec(w->o->clock),
	};
	enum err e = media_new_path(what->medium, path, ei);

	return e != ERR_OK ? e : container_create(path, &options, out, ei);
}

static enum err
create_new(struct work *w, const struct medium *m,
    const struct secret *password, struct container **out,
    char path[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char spec[CONTAINER_SPEC_SIZE], label[CONTAINER_LABEL_MAX + 1];
	const struct page_order *o = w->order;
	enum err e;

	(void)snprintf(spec, sizeof(spec), "%.*s", (int)o->key_spec.len,
	    (const char *)o->key_spec.p);
	(void)snprintf(label, sizeof(label), "%.*s",
	    o->person.len < sizeof(label) ? (int)o->person.len : 0,
	    (const char *)o->person.p);
	w->step(w->arg, false, "key");
	e = entropy_stir(buf_slice(&w->in->entropy), ei);
	return e != ERR_OK
		   ? e
		   : work_create(w,
			 &(struct work_key){m, password, spec, label, NULL},
			 out, path, ei);
}

static enum err
put_request(struct work *w, const struct medium *m, const char *path,
    struct container *c, struct errinfo *ei)
{
	const struct container_info *info = container_info(c);
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	enum err e;

	w->step(w->arg, false, "request");
	e = enrol_make_request(c,
	    text_num_chars(slice_str(info->label)) <= COMMON_NAME_CHARS
		? info->label
		: "surguch",
	    &der, ei);
	if (e == ERR_OK) {
		json_put_base64(w->out, "pkcs10", buf_slice(&der));
		work_put_container(
		    w->out, "container", m->id, path, info, NULL);
	}
	buf_clear(&der);
	return e;
}

enum err
work_make_key(struct work *w, struct errinfo *ei)
{
	struct question q;
	struct secret password = SECRET_EMPTY;
	struct container *c = NULL;
	char path[PATH_TEXT_SIZE];
	struct medium m;
	enum err e = work_wait_medium(w, &m, ei);

	if (e != ERR_OK) {
		return e;
	}
	work_ask_for(w, &q, WORD_MAKE_KEY, WORD_MAKE_KEY_YES);
	question_line(&q, WORD_KEY, w->order->key_spec);
	question_line(&q, WORD_MEDIUM, slice_str(m.name));
	e = work_consent(w, &q, ei);
	if (e == ERR_OK) {
		e = work_choose_password(w, m.name, &password, ei);
	}
	if (e == ERR_OK) {
		e = create_new(w, &m, &password, &c, path, ei);
	}
	secret_clear(&password);
	if (e == ERR_OK) {
		e = put_request(w, &m, path, c, ei);
	}
	container_free(c);
	return e;
}
