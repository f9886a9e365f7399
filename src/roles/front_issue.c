/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl certificate: issue. */
#include "base/bounds.h"
#include "ca/issue.h"
#include "crypto/hash.h"
#include "profile/values.h"
#include "registry/direct.h"
#include "registry/idem.h"
#include "registry/issuing.h"
#include "registry/registry.h"
#include "roles/front_verbs.h"
#include "x509/pem.h"
#include "json/json.h"

enum {
	ANSWER_MAX = 4 * CERT_BYTES_MAX
};

static enum err
read_request(struct verb_call *v, struct buf *der)
{
	struct slice text = v->call->input;
	struct slice again = text;
	enum err e;

	if (!pem_looks_like(text)) {
		buf_add(der, text);
		return buf_err(der, v->ei);
	}
	e = pem_get(&text, PEM_REQUEST, der, v->ei);
	if (e == ERR_NOTFOUND) {
		e = pem_get(&again, PEM_REQUEST_OLD, der, v->ei);
	}
	return e;
}

static enum err
read_order(struct verb_call *v, struct buf *der, struct direct_order *out)
{
	const struct id *person = NULL;
	const char *text;
	enum err e = verb_needed(v, "profile", &out->profile);

	if (e == ERR_OK) {
		e = verb_needed(v, "person", &text);
	}
	if (e == ERR_OK) {
		e = verb_id(v, "person", PERSON_PREFIX, &out->person, &person);
	}
	if (e == ERR_OK) {
		e = read_request(v, der);
		out->pkcs10 = buf_slice(der);
	}
	return e;
}

/* The answer that is kept is the API's: its JSON, with the PEM inside. */
static enum err
put_issued(struct verb_call *v, struct slice json)
{
	struct json *root = NULL;
	const char *pem;
	enum err e;

	if (verb_wants_json(v)) {
		buf_add(v->out, json);
		buf_add_u8(v->out, '\n');
		return ERR_OK;
	}
	e = json_parse(json, ANSWER_MAX, &root, v->ei);
	if (e == ERR_OK) {
		e = json_get_lines(root, "pem", ANSWER_MAX, &pem, v->ei);
	}
	if (e == ERR_OK) {
		buf_add_str(v->out, pem);
	}
	json_free(root);
	return e;
}

static enum err
issue_new(struct verb_call *v, const struct direct_order *order,
    struct idem_ticket **ticket)
{
	struct buf answer = BUF_INIT(ANSWER_MAX);
	struct issue_values values;
	enum err e;

	values_init(&values);
	e = direct_values(v->o->registry, v->o->ca, order, &values, v->ei);
	if (e == ERR_OK) {
		e = issuing_direct(v->o->issuing, &v->actor, ticket,
		    &order->person, &values, &answer, v->ei);
	}
	if (e == ERR_OK) {
		e = put_issued(v, buf_slice(&answer));
	}
	values_clear(&values);
	buf_clear(&answer);
	return e;
}

/* What was asked, for the idempotency record. */
static enum err
order_hash(const struct direct_order *o, uint8_t out[IDEM_BODY_HASH_SIZE],
    struct errinfo *ei)
{
	struct buf all = BUF_INIT((size_t)2 * CSR_BYTES_MAX);
	enum err e;

	buf_add_str(&all, o->profile);
	buf_add_u8(&all, 0);
	buf_add(&all, id_slice(&o->person));
	buf_add(&all, o->pkcs10);
	e = buf_err(&all, ei);
	if (e == ERR_OK) {
		e = sha256_of(buf_slice(&all), out, ei);
	}
	buf_clear(&all);
	return e;
}

static enum err
put_replayed(struct verb_call *v, const struct idem_stored *stored)
{
	struct buf answer = BUF_INIT(ANSWER_MAX);
	enum err e =
	    issuing_stored_answer(v->o->issuing, stored, &answer, v->ei);

	if (e == ERR_OK) {
		e = put_issued(v, buf_slice(&answer));
	}
	buf_clear(&answer);
	return e;
}

static enum err
issue_once(struct verb_call *v, const struct direct_order *order)
{
	char account[ACTOR_TEXT_SIZE];
	struct idem_request want = {
	    .account = account, .operation = "surguchctl certificate issue"};
	struct idem_stored stored = {0};
	struct idem_ticket *ticket = NULL;
	const char *key;
	enum err e = verb_needed(v, "key", &key);

	if (e != ERR_OK) {
		return e;
	}
	actor_text(&v->actor, account);
	want.key = slice_str(key);
	e = order_hash(order, want.body_sha256, v->ei);
	if (e == ERR_OK) {
		e = idem_begin(v->o->idem, &want, &ticket, &stored, v->ei);
	}
	if (e == ERR_OK && ticket == NULL) {
		e = put_replayed(v, &stored);
	} else if (e == ERR_OK) {
		e = issue_new(v, order, &ticket);
	}
	idem_end(ticket);
	idem_stored_clear(&stored);
	return e;
}

static enum err
issue_verb(struct verb_call *v)
{
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	struct direct_order order;
	enum err e = read_order(v, &der, &order);

	if (e == ERR_OK) {
		e = issue_once(v, &order);
	}
	buf_clear(&der);
	return e;
}

static const char *const options[] = {"profile", "person", "key", NULL};

const struct verb verbs_issue[] = {
    {"certificate", "issue", SCOPE_CERTIFICATES_ISSUE, 0, options, issue_verb},
    {0},
};
