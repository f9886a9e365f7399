/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys of services are asked: OCSP answers, page orders, renewal. */
#include "ipc/frame.h"
#include "ipc/wire.h"
#include "signer/client_priv.h"

/* Clears the question. */
static enum err
exchange(struct signer_client *c, uint16_t type, uint16_t want,
    struct buf *question, struct buf *answer, struct errinfo *ei)
{
	enum err err = buf_err(question, ei);

	if (err == ERR_OK) {
		err = client_exchange(c,
		    &(struct client_question){type, want, buf_slice(question)},
		    answer, ei);
	}
	buf_clear(question);
	return err;
}

static enum err
give(struct buf *out, struct slice s, struct errinfo *ei)
{
	buf_reset(out);
	buf_add(out, s);
	return buf_err(out, ei);
}

enum err
signer_renew(struct signer_client *c, struct slice cert, struct errinfo *ei)
{
	struct buf question = BUF_INIT(FRAME_BODY_MAX);
	struct buf answer = BUF_INIT(FRAME_BODY_MAX);
	struct wire w;
	enum err err;

	signer_renew_pack(&question, &(struct signer_renew){cert});
	err = exchange(
	    c, SIGNER_RENEW, SIGNER_RENEW_DONE, &question, &answer, ei);
	if (err == ERR_OK) {
		w = wire_init(buf_slice(&answer));
		err = wire_end(&w, "renew_done", ei);
	}
	buf_clear(&answer);
	return err;
}

enum err
signer_ocsp(struct signer_client *c, const struct signer_ocsp *order,
    struct buf *response, struct errinfo *ei)
{
	struct buf question = BUF_INIT(FRAME_BODY_MAX);
	struct buf answer = BUF_INIT(FRAME_BODY_MAX);
	struct signer_ocsp_done m;
	enum err err;

	signer_ocsp_pack(&question, order);
	err =
	    exchange(c, SIGNER_OCSP, SIGNER_OCSP_DONE, &question, &answer, ei);
	if (err == ERR_OK) {
		err = signer_ocsp_done_unpack(buf_slice(&answer), &m, ei);
	}
	if (err == ERR_OK) {
		err = give(response, m.response, ei);
	}
	buf_clear(&answer);
	return err;
}

enum err
signer_page_order(struct signer_client *c, const struct page_order *wish,
    struct buf *order, int64_t *out_not_after, struct errinfo *ei)
{
	struct buf question = BUF_INIT(FRAME_BODY_MAX);
	struct buf answer = BUF_INIT(FRAME_BODY_MAX);
	struct signer_page_order_done m;
	enum err err;

	signer_page_order_pack(&question, wish);
	err = exchange(c, SIGNER_PAGE_ORDER, SIGNER_PAGE_ORDER_DONE, &question,
	    &answer, ei);
	if (err == ERR_OK) {
		err = signer_page_order_done_unpack(buf_slice(&answer), &m, ei);
	}
	if (err == ERR_OK) {
		err = give(order, m.order, ei);
	}
	if (err == ERR_OK) {
		*out_not_after = m.not_after;
	}
	buf_clear(&answer);
	return err;
}
