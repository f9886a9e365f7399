/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CA certificates of a centre's trust page (A20): roots one by one, each
 * confirmed by its fingerprint; the rest, which nothing trusts, together.
 */
#include "agent/work_priv.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "workstation/certstore.h"
#include "workstation/stores.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	FINGERPRINT_SIZE = 3 * SHA256_SIZE + 1,
};

/* In pairs, as on paper. */
static enum err
put_fingerprint(struct question *q, struct slice der, struct errinfo *ei)
{
	struct buf text = BUF_INIT(FINGERPRINT_SIZE);
	uint8_t sha[SHA256_SIZE];
	enum err e = sha256_of(der, sha, ei);

	for (size_t i = 0; e == ERR_OK && i < sizeof(sha); i++) {
		buf_printf(&text, "%s%02X", i == 0 ? "" : " ", sha[i]);
	}
	if (e == ERR_OK) {
		question_line(q, WORD_SHA256, buf_slice(&text));
	}
	buf_clear(&text);
	return e;
}

static enum err
put_cert(struct question *q, struct slice der, struct errinfo *ei)
{
	struct buf name = BUF_INIT(NAME_TEXT_MAX);
	char until[TIME_TEXT_SIZE];
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	if (e != ERR_OK) {
		return e;
	}
	time_text(cert_not_after(cert), until);
	name_print(cert_subject(cert), &name);
	question_line(q, WORD_CERTIFICATE, buf_slice(&name));
	question_line(q, WORD_VALID_UNTIL, slice_str(until));
	buf_clear(&name);
	cert_free(cert);
	return put_fingerprint(q, der, ei);
}

static enum err
ask_root(struct work *w, struct slice der, struct errinfo *ei)
{
	struct question q;
	enum err e;

	/* What was confirmed once is not asked again. */
	if (certstore_has(w->o->home, CERTSTORE_ROOTS, der, NULL) == ERR_OK) {
		return ERR_OK;
	}
	work_ask_for(w, &q, WORD_ROOT, WORD_ROOT_YES);
	e = put_cert(&q, der, ei);
	question_note(&q, WORD_ROOT_NOTE);
	if (e != ERR_OK) {
		question_clear(&q);
		return e;
	}
	return work_consent(w, &q, ei);
}

static enum err
ask_others(struct work *w, const struct store_item *items, size_t num,
    struct errinfo *ei)
{
	struct question q;
	enum err e = ERR_OK;

	work_ask_for(w, &q, WORD_AUTHORITIES, WORD_AUTHORITIES_YES);
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = put_cert(&q, items[i].der, ei);
	}
	question_note(&q, WORD_AUTHORITIES_NOTE);
	if (e != ERR_OK) {
		question_clear(&q);
		return e;
	}
	return work_consent(w, &q, ei);
}

/* What the person takes; what they refuse is counted, and the rest goes on. */
struct taking {
	struct store_item items[AGENT_AUTHORITIES_MAX];
	size_t num;
	size_t refused;
};

static enum err
take(struct taking *t, size_t num, enum err e)
{
	if (e == ERR_DENIED) {
		t->num -= num;
		t->refused += num;
		return ERR_OK;
	}
	return e;
}

static enum err
ask_all(struct work *w, struct taking *t, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < w->in->num_authorities; i++) {
		struct slice der = buf_slice(&w->in->authorities[i]);

		if (!stores_is_root(der)) {
			t->items[t->num++] =
			    (struct store_item){STORE_AUTHORITY, der};
		}
	}
	if (t->num > 0) {
		e = take(t, t->num, ask_others(w, t->items, t->num, ei));
	}
	for (size_t i = 0; e == ERR_OK && i < w->in->num_authorities; i++) {
		struct slice der = buf_slice(&w->in->authorities[i]);

		if (stores_is_root(der)) {
			t->items[t->num++] =
			    (struct store_item){STORE_ROOT, der};
			e = take(t, 1, ask_root(w, der, ei));
		}
	}
	return e;
}

enum err
work_authorities(struct work *w, struct errinfo *ei)
{
	struct taking t = {.num = 0};
	size_t roots = 0;
	enum err e = ask_all(w, &t, ei);

	if (e == ERR_OK && t.num == 0) {
		return err_set(ei, ERR_DENIED, "agent.refused", NULL,
		    "the person agreed to none of the certificates");
	}
	if (e == ERR_OK) {
		e = work_fill_stores(w, t.items, t.num, &roots, ei);
	}
	if (e == ERR_OK) {
		json_put_int(w->out, "roots", (int64_t)roots);
		json_put_int(w->out, "intermediates", (int64_t)(t.num - roots));
		json_put_int(w->out, "refused", (int64_t)t.refused);
	}
	return e;
}
