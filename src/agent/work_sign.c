/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include "base/text.h"
#include "crypto/cms.h"
#include "crypto/hash.h"
#include "workstation/trial.h"

enum {
	SIZE_TEXT = 24,
};

/* Is this the certificate that was ordered for? */
enum err
work_check_cert(struct work *w, const struct container *c, struct errinfo *ei)
{
	uint8_t sha[SHA256_SIZE];
	enum err e = sha256_of(container_cert(c), sha, ei);

	if (e == ERR_OK &&
	    !slice_eq(slice_make(sha, sizeof(sha)), w->order->certificate)) {
		e = err_object(ei,
		    err_set(ei, ERR_POLICY, "order.input", NULL,
			"the container holds another certificate than the "
			"centre ordered for"),
		    "container");
	}
	return e;
}

/* --- acquaint ------------------------------------------------------------- */

static enum err
sign_text(struct work *w, struct container *c, struct errinfo *ei)
{
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	enum err e;

	w->step(w->arg, false, "sign");
	e = cms_sign_detached(container_privkey(c),
	    buf_slice(&w->in->certificate), NULL, 0, buf_slice(&w->in->text),
	    clock_utc_sec(w->o->clock), &cms, ei);
	if (e == ERR_OK) {
		json_put_base64(w->out, "signature", buf_slice(&cms));
	}
	buf_clear(&cms);
	return e;
}

/* The text itself, and what the order says of it. */
static void
ask_text(struct work *w, const struct kept *k, struct question *q)
{
	struct buf sha = BUF_INIT(2 * SHA256_SIZE + 1);
	struct buf size = BUF_INIT(SIZE_TEXT);

	buf_printf(&size, "%zu", w->in->text.len);
	text_hex(&sha, w->order->document_sha256);
	work_ask_for(w, q, WORD_ACQUAINT, WORD_ACQUAINT_YES);
	work_put_place(q, k);
	question_line(q, WORD_DOCUMENT, w->order->document);
	question_line(q, WORD_SIZE, buf_slice(&size));
	question_line(q, WORD_SHA256, buf_slice(&sha));
	question_quote(q, buf_slice(&w->in->text));
	buf_clear(&sha);
	buf_clear(&size);
}

static enum err
acquaint_once(struct work *w, void *arg, struct errinfo *ei)
{
	struct kept *k = arg;
	struct container *c = NULL;
	enum err e = work_open(w, k, &c, ei);

	if (e == ERR_OK) {
		e = sign_text(w, c, ei);
	}
	container_free(c);
	return e;
}

enum err
work_acquaint(struct work *w, struct errinfo *ei)
{
	struct question q;
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e != ERR_OK) {
		return e;
	}
	ask_text(w, &k, &q);
	e = work_consent(w, &q, ei);
	return e == ERR_OK ? work_do(w, acquaint_once, &k, ei) : e;
}

/* --- check ---------------------------------------------------------------- */

void
work_put_trial(struct work *w, bool decrypts)
{
	json_put_bool(w->out, "signature", true);
	if (decrypts) {
		json_put_bool(w->out, "decryption", true);
	} else {
		json_put_null(w->out, "decryption");
	}
}

/* The ordered certificate is the one in it, and its key signs, and reads what
 * is encrypted to it. */
static enum err
prove(struct work *w, struct container *c, struct errinfo *ei)
{
	bool decrypts = false;
	enum err e = work_check_cert(w, c, ei);

	w->step(w->arg, false, "sign");
	if (e == ERR_OK) {
		e = key_trial(container_privkey(c), container_cert(c),
		    clock_utc_sec(w->o->clock), &decrypts, ei);
	}
	if (e == ERR_OK) {
		work_put_trial(w, decrypts);
	}
	return e;
}

static enum err
check_once(struct work *w, void *arg, struct errinfo *ei)
{
	struct kept *k = arg;
	struct container *c = NULL;
	enum err e = work_open(w, k, &c, ei);

	if (e == ERR_OK) {
		e = prove(w, c, ei);
	}
	container_free(c);
	return e;
}

enum err
work_check(struct work *w, struct errinfo *ei)
{
	struct question q;
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e != ERR_OK) {
		return e;
	}
	work_ask_for(w, &q, WORD_CHECK, WORD_CHECK_YES);
	work_put_place(&q, &k);
	e = work_consent(w, &q, ei);
	return e == ERR_OK ? work_do(w, check_once, &k, ei) : e;
}
