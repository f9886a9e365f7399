/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include "agent/window.h"
#include "base/text.h"
#include "crypto/cms.h"
#include "crypto/hash.h"
#include "os/random.h"

enum {
	PROOF_BYTES = 32,
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

enum err
work_acquaint(struct work *w, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	struct container *c = NULL;
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e != ERR_OK) {
		return e;
	}
	work_put_head(w, &text, "Подписать этот текст? (Sign this text?)");
	work_put_place(&text, &k);
	window_put_line(&text, "Документ", w->order->document);
	buf_printf(&text, "  Размер: %zu\n  SHA-256: ", w->in->text.len);
	text_hex(&text, w->order->document_sha256);
	buf_add_str(&text, "\n");
	window_put_quoted(&text, buf_slice(&w->in->text));
	e = work_consent(w, &text, ei);
	if (e == ERR_OK) {
		e = work_open_kept(w, &k, &c, ei);
	}
	if (e == ERR_OK) {
		e = sign_text(w, c, ei);
	}
	container_free(c);
	return e;
}

/* --- check ---------------------------------------------------------------- */

/* The ordered certificate is the one in it, and its key signs. */
static enum err
prove(struct work *w, struct container *c, struct errinfo *ei)
{
	struct slice der = container_cert(c);
	uint8_t text[PROOF_BYTES];
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	enum err e = work_check_cert(w, c, ei);

	if (e == ERR_OK) {
		e = random_bytes(text, sizeof(text), ei);
	}
	w->step(w->arg, false, "sign");
	if (e == ERR_OK) {
		e = cms_sign_detached(container_privkey(c), der, NULL, 0,
		    slice_make(text, sizeof(text)), clock_utc_sec(w->o->clock),
		    &cms, ei);
	}
	if (e == ERR_OK) {
		e = cms_verify_detached(
		    buf_slice(&cms), slice_make(text, sizeof(text)), der, ei);
	}
	if (e == ERR_OK) {
		json_put_bool(w->out, "signature", true);
	}
	buf_clear(&cms);
	return e;
}

enum err
work_check(struct work *w, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	struct container *c = NULL;
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e != ERR_OK) {
		return e;
	}
	work_put_head(
	    w, &text, "Проверить ключ пробной подписью? (Try the key?)");
	work_put_place(&text, &k);
	e = work_consent(w, &text, ei);
	if (e == ERR_OK) {
		e = work_open_kept(w, &k, &c, ei);
	}
	if (e == ERR_OK) {
		e = prove(w, c, ei);
	}
	container_free(c);
	return e;
}
