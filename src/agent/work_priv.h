/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_WORK_PRIV_H
#define SURGUCH_AGENT_WORK_PRIV_H
/* What the operations share; of agent/work*.c only. */
#include "agent/question.h"
#include "agent/work.h"
#include "base/secret.h"
#include "workstation/media.h"

struct container;
struct privkey;
struct token;

enum {
	NAME_TEXT_MAX = 4096,
};

/* --- asking (work_ask.c) -------------------------------------------------- */

/* In the person's language. */
const char *work_word(const struct work *w, enum word word);
/* Begin a question: who wants what for whom. */
void work_ask_for(
    struct work *w, struct question *q, enum word what, enum word yes);
/* Which key it is about. */
void work_put_place(struct question *q, const struct kept *k);
/* window_confirm(); clears the question. */
ATTR_MUST_USE enum err work_consent(
    struct work *w, struct question *q, struct errinfo *ei);
/* A new password, typed twice, or the explicit word that there is to be none.
 * The caller clears *out. */
ATTR_MUST_USE enum err work_choose_password(
    struct work *w, const char *label, struct secret *out, struct errinfo *ei);
/* A token whose PIN has been asked for and was right (work_pin.c).
 * ERR_NOTFOUND "token.absent", ERR_DENIED "agent.refused",
 * "token.pin.locked", ERR_STATE "token.pin.unset".  The caller frees it. */
ATTR_MUST_USE enum err work_login(struct work *w, const struct medium *m,
    struct token **out, struct errinfo *ei);
/* A secret typed twice in pinentry under a description.  prompt: the words of
 * its first question; error: why it is asked again, "" at first.  *out_same: it
 * was twice the same, and *out has it. */
ATTR_MUST_USE enum err work_type_twice(struct work *w, const char *description,
    enum word prompt, const char *error, struct secret *out, bool *out_same,
    struct errinfo *ei);
/* What the page named, waited for while it is absent. */
ATTR_MUST_USE enum err work_wait_medium(
    struct work *w, struct medium *out, struct errinfo *ei);
ATTR_MUST_USE enum err work_wait_container(
    struct work *w, struct kept *out, struct errinfo *ei);
/* Its password or PIN asked for, and opened.  The caller frees *out. */
ATTR_MUST_USE enum err work_open_kept(struct work *w, const struct kept *k,
    struct container **out, struct errinfo *ei);
/* The one that the page named, waited for, likewise. */
ATTR_MUST_USE enum err work_open(
    struct work *w, struct kept *k, struct container **out, struct errinfo *ei);
/*
 * Do it, and do it again from its beginning when a token was pulled out
 * meanwhile: `once` begins by waiting for its medium, and writes its result
 * last.  ERR_NOTFOUND "agent.medium" when it stays away.
 */
ATTR_MUST_USE enum err work_do(struct work *w,
    enum err (*once)(struct work *w, void *arg, struct errinfo *ei), void *arg,
    struct errinfo *ei);

/* --- keys --- */

/* What a container is to be called and to hold, and where. */
struct work_key {
	struct medium medium;
	char place[PATH_TEXT_SIZE]; /* media_new_place() */
	const struct secret *password;
	const char *spec;
	const char *label;
	struct privkey *key; /* to be copied; NULL: a new one */
};
/* On a token, after its PIN; the page's entropy is stirred in before a new key
 * is made. */
ATTR_MUST_USE enum err work_create(struct work *w, const struct work_key *what,
    struct container **out, struct errinfo *ei);
/* Does it hold the certificate that was ordered for?  ERR_POLICY
 * "order.input". */
ATTR_MUST_USE enum err work_check_cert(
    struct work *w, const struct container *c, struct errinfo *ei);

/* Write "container": as it is now, read again. */
ATTR_MUST_USE enum err work_list_back(
    struct work *w, struct kept *k, struct errinfo *ei);
/* The members of a key's trial. */
void work_put_trial(struct work *w, bool decrypts);

/* --- stores (work_install.c) --- */

struct store_item;
/* Put them in, and write "stores": what is there afterwards.  *out_roots (may
 * be NULL): those that our own store has among its roots. */
ATTR_MUST_USE enum err work_fill_stores(struct work *w,
    const struct store_item *items, size_t num, size_t *out_roots,
    struct errinfo *ei);

/* --- the operations --- */

work_fn work_make_key, work_acquaint, work_install, work_copy, work_check;
work_fn work_authorities, work_archive, work_import, work_password;

#endif
