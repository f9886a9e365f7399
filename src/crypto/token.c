/* SPDX-License-Identifier: Apache-2.0 */
/* The module of a person's tokens: who is there, logging in, PINs. */
#include "crypto/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/token_priv.h"

enum {
	SLOTS_MAX = 64
};

/* --- jobs --------------------------------------------------------------- */

static enum err
run_job(struct pkcs11_job *base, struct errinfo *ei)
{
	struct token_job *j = base->arg;

	return j->run(j, ei);
}

static void
hold(struct token *t)
{
	ensure(pthread_mutex_lock(&t->m->lock) == 0);
	t->refs++;
	ensure(pthread_mutex_unlock(&t->m->lock) == 0);
}

static void
drop(struct token *t)
{
	bool last;

	ensure(pthread_mutex_lock(&t->m->lock) == 0);
	last = --t->refs == 0;
	ensure(pthread_mutex_unlock(&t->m->lock) == 0);
	if (last) {
		free(t);
	}
}

/* Whoever gave it up takes its token for lost, and so the session ends. */
static void
lost_job(struct pkcs11_job *base)
{
	struct token_job *j = base->arg;

	if (j->t != NULL && j->t->open) {
		(void)j->m->m->f->C_CloseSession(j->t->session);
		j->t->open = false;
	}
	token_job_free(j);
}

struct token_job *
token_job_new(struct tokens *m, struct token *t,
    enum err (*run)(struct token_job *j, struct errinfo *ei))
{
	struct token_job *j = calloc(1, sizeof(*j));

	if (j != NULL) {
		j->base = (struct pkcs11_job){
		    .run = run_job, .lost = lost_job, .arg = j};
		j->run = run;
		j->m = m;
		j->t = t;
		if (t != NULL) {
			hold(t);
		}
	}
	return j;
}

void
token_pairs_clear(struct token_pair *pairs, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		buf_clear(&pairs[i].spki);
		buf_clear(&pairs[i].cert);
	}
}

void
token_job_free(struct token_job *j)
{
	if (j == NULL) {
		return;
	}
	secret_clear(&j->one);
	secret_clear(&j->two);
	buf_wipe(&j->out);
	if (j->pairs != NULL) {
		token_pairs_clear(j->pairs, j->num);
	}
	free(j->seen);
	free(j->pairs);
	free(j->names);
	if (j->t != NULL) {
		drop(j->t);
	}
	free(j);
}

enum err
token_do(struct token_job **j, unsigned wait_ms, struct errinfo *ei)
{
	struct pkcs11_thread *thread;
	struct token *t;
	struct errinfo own = {0};
	enum err e;

	if (*j == NULL) {
		return err_nomem(ei);
	}
	thread = (*j)->m->thread;
	t = (*j)->t;
	e = pkcs11_thread_begin_by(thread, TOKEN_TURN_MS, ei);
	if (e != ERR_OK) {
		return e;
	}
	e = pkcs11_thread_do(thread, &(*j)->base, wait_ms, &own);
	if (e == ERR_AGAIN && strcmp(own.rule, "key.hung") == 0) {
		*j = NULL;
		if (t != NULL) {
			t->lost = true;
		}
	}
	pkcs11_thread_end(thread);
	if (e != ERR_OK && ei != NULL) {
		*ei = own;
	}
	return e;
}

/* --- what a module answers -------------------------------------------------
 */

static enum err
absent(struct errinfo *ei)
{
	return err_object(ei,
	    err_set(ei, ERR_NOTFOUND, "token.absent", NULL,
		"the token is not in the computer"),
	    "medium");
}

static bool
is_gone(CK_RV rv)
{
	return rv == CKR_DEVICE_REMOVED || rv == CKR_TOKEN_NOT_PRESENT ||
	       rv == CKR_TOKEN_NOT_RECOGNIZED || rv == CKR_SLOT_ID_INVALID ||
	       rv == CKR_SESSION_HANDLE_INVALID || rv == CKR_SESSION_CLOSED;
}

enum err
token_failed(
    struct errinfo *ei, struct token *t, const char *function, CK_RV rv)
{
	CK_TOKEN_INFO info;

	/* Some say no more than that something went wrong. */
	if (is_gone(rv) ||
	    is_gone(t->m->m->f->C_GetTokenInfo(t->slot, &info))) {
		t->open = false;
		return absent(ei);
	}
	return pkcs11_failed(ei, function, rv);
}

void
token_text(char *out, size_t size, struct slice field)
{
	while (field.len > 0 && (field.p[field.len - 1] == ' ' ||
				    field.p[field.len - 1] == '\0')) {
		field.len--;
	}
	if (field.len >= size || !text_is_clean(field)) {
		field.len = 0;
	}
	if (field.len > 0) {
		memcpy(out, field.p, field.len);
	}
	out[field.len] = '\0';
}

/* --- who is there --------------------------------------------------------- */

static enum token_pin
pin_of(CK_FLAGS flags)
{
	return (flags & CKF_USER_PIN_INITIALIZED) == 0 ? TOKEN_PIN_UNSET
	       : (flags & CKF_USER_PIN_LOCKED) != 0    ? TOKEN_PIN_LOCKED
	       : (flags & CKF_USER_PIN_FINAL_TRY) != 0 ? TOKEN_PIN_LAST
	       : (flags & CKF_USER_PIN_COUNT_LOW) != 0 ? TOKEN_PIN_LOW
						       : TOKEN_PIN_OK;
}

/* Does it make keys of any kind that we use? */
static bool
makes_keys(const struct tokens *m, CK_SLOT_ID slot)
{
	static const CK_MECHANISM_TYPE ways[] = {CKM_GOSTR3410_KEY_PAIR_GEN,
	    CKM_GOSTR3410_512_KEY_PAIR_GEN, CKM_EC_KEY_PAIR_GEN,
	    CKM_RSA_PKCS_KEY_PAIR_GEN};
	CK_MECHANISM_INFO info;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		if (m->m->f->C_GetMechanismInfo(slot, ways[i], &info) ==
		    CKR_OK) {
			return true;
		}
	}
	return false;
}

/* False: none is in this slot, or none that can be used. */
static bool
look_at(const struct tokens *m, CK_SLOT_ID slot, struct token_seen *out)
{
	struct token_seen seen = {.tries_left = 0};
	CK_TOKEN_INFO info;

	if (m->m->f->C_GetTokenInfo(slot, &info) != CKR_OK ||
	    (info.flags & CKF_TOKEN_INITIALIZED) == 0) {
		return false;
	}
	token_text(seen.label, sizeof(seen.label),
	    slice_make(info.label, sizeof(info.label)));
	token_text(seen.model, sizeof(seen.model),
	    slice_make(info.model, sizeof(info.model)));
	token_text(seen.serial, sizeof(seen.serial),
	    slice_make(info.serialNumber, sizeof(info.serialNumber)));
	seen.active = makes_keys(m, slot);
	seen.writable = (info.flags & CKF_WRITE_PROTECTED) == 0;
	seen.pin = pin_of(info.flags);
	seen.factory = (info.flags & CKF_USER_PIN_TO_BE_CHANGED) != 0;
	seen.pin_min = (unsigned)info.ulMinPinLen;
	seen.pin_max = (unsigned)info.ulMaxPinLen;
	vendor_look(m->vendor, slot, &seen);
	*out = seen;
	/* Without a serial number nobody could say which one is meant. */
	return seen.serial[0] != '\0';
}

/* On the thread: a module may hang as it is loaded, too. */
static enum err
ready(struct tokens *m, struct errinfo *ei)
{
	enum err e;

	if (m->m != NULL) {
		return pkcs11_initialise(m->m, ei);
	}
	e = pkcs11_load(m->path, &m->m, ei);
	if (e == ERR_OK) {
		m->vendor = vendor_list_of(m->path);
	}
	return e;
}

static enum err
slots_of(struct tokens *m, CK_SLOT_ID slots[SLOTS_MAX], CK_ULONG *out_num,
    struct errinfo *ei)
{
	enum err e = ready(m, ei);
	CK_RV rv;

	if (e != ERR_OK) {
		return e;
	}
	*out_num = SLOTS_MAX;
	rv = m->m->f->C_GetSlotList(CK_TRUE, slots, out_num);
	if (rv != CKR_OK) {
		/* Some see their devices again only after a new beginning. */
		pkcs11_finalise(m->m);
		return pkcs11_failed(ei, "C_GetSlotList", rv);
	}
	if (*out_num > SLOTS_MAX) {
		*out_num = SLOTS_MAX; /* it counts more than it gave */
	}
	return ERR_OK;
}

static enum err
run_list(struct token_job *j, struct errinfo *ei)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG num = 0;
	enum err e = slots_of(j->m, slots, &num, ei);

	for (CK_ULONG i = 0; e == ERR_OK && i < num && j->num < TOKENS_SEEN_MAX;
	     i++) {
		j->num += look_at(j->m, slots[i], &j->seen[j->num]);
	}
	return e;
}

/* The turn is ours. */
static enum err
list_now(struct tokens *m, struct errinfo *ei)
{
	struct token_job *j = token_job_new(m, NULL, run_list);
	struct errinfo own = {0};
	enum err e;

	if (j != NULL) {
		j->seen = calloc(TOKENS_SEEN_MAX, sizeof(*j->seen));
	}
	if (j == NULL || j->seen == NULL) {
		token_job_free(j);
		return err_nomem(ei);
	}
	e = pkcs11_thread_do(m->thread, &j->base, TOKEN_WAIT_MS, &own);
	if (e == ERR_AGAIN && strcmp(own.rule, "key.hung") == 0) {
		j = NULL;
	}
	ensure(pthread_mutex_lock(&m->lock) == 0);
	m->num_seen = e == ERR_OK ? j->num : 0;
	if (e == ERR_OK) {
		memcpy(m->seen, j->seen, j->num * sizeof(*j->seen));
	}
	ensure(pthread_mutex_unlock(&m->lock) == 0);
	token_job_free(j);
	if (e != ERR_OK && ei != NULL) {
		*ei = own;
	}
	return e;
}

enum err
tokens_list(struct tokens *m, struct token_seen *out, size_t max,
    size_t *out_num, struct errinfo *ei)
{
	bool busy = false;
	enum err e = pkcs11_thread_try(m->thread, &busy, ei);

	if (e == ERR_OK && !busy) {
		e = list_now(m, ei);
		pkcs11_thread_end(m->thread);
	}
	if (e != ERR_OK) {
		return e;
	}
	ensure(pthread_mutex_lock(&m->lock) == 0);
	*out_num = m->num_seen < max ? m->num_seen : max;
	memcpy(out, m->seen, *out_num * sizeof(*out));
	ensure(pthread_mutex_unlock(&m->lock) == 0);
	return ERR_OK;
}

/* --- the module ----------------------------------------------------------- */

static void
nothing(void *arg)
{
	(void)arg;
}

enum err
tokens_new(const char *path, struct tokens **out, struct errinfo *ei)
{
	struct tokens *m;
	enum err e;

	if (path[0] != '/' || strlen(path) >= sizeof(m->path)) {
		return err_object(ei,
		    err_set(ei, ERR_FORMAT, "library.path", NULL,
			"A library is named by its absolute path."),
		    path);
	}
	m = calloc(1, sizeof(*m));
	if (m == NULL) {
		return err_nomem(ei);
	}
	(void)snprintf(m->path, sizeof(m->path), "%s", path);
	e = pkcs11_thread_new(nothing, NULL, &m->thread, ei);
	if (e != ERR_OK) {
		free(m);
		return e;
	}
	ensure(pthread_mutex_init(&m->lock, NULL) == 0);
	*out = m;
	return ERR_OK;
}

void
tokens_free(struct tokens *m)
{
	if (m == NULL) {
		return;
	}
	if (!pkcs11_thread_free(m->thread)) {
		return; /* its thread has it for ever */
	}
	pkcs11_free(m->m);
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

/* --- one token -------------------------------------------------------------
 */

static enum err
run_open(struct token_job *j, struct errinfo *ei)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	struct token_seen seen;
	struct token *t = j->t;
	CK_ULONG num = 0;
	enum err e = slots_of(j->m, slots, &num, ei);
	CK_RV rv;

	if (e != ERR_OK) {
		return e;
	}
	for (CK_ULONG i = 0; i < num; i++) {
		if (!look_at(j->m, slots[i], &seen) ||
		    strcmp(seen.serial, t->serial) != 0) {
			continue;
		}
		t->slot = slots[i];
		rv = j->m->m->f->C_OpenSession(t->slot,
		    CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
		    &t->session);
		if (rv == CKR_TOKEN_WRITE_PROTECTED) {
			rv = j->m->m->f->C_OpenSession(t->slot,
			    CKF_SERIAL_SESSION, NULL, NULL, &t->session);
		}
		t->open = rv == CKR_OK;
		return t->open ? ERR_OK
			       : token_failed(ei, t, "C_OpenSession", rv);
	}
	return absent(ei);
}

enum err
token_open(struct tokens *m, const char *serial, struct token **out,
    struct errinfo *ei)
{
	struct token *t = calloc(1, sizeof(*t));
	struct token_job *j;
	enum err e;

	if (t == NULL) {
		return err_nomem(ei);
	}
	t->m = m;
	t->refs = 1;
	(void)snprintf(t->serial, sizeof(t->serial), "%s", serial);
	j = token_job_new(m, t, run_open);
	e = token_do(&j, TOKEN_WAIT_MS, ei);
	token_job_free(j);
	if (e != ERR_OK) {
		token_free(t);
		return e;
	}
	*out = t;
	return ERR_OK;
}

static enum err
run_close(struct token_job *j, struct errinfo *ei)
{
	struct token *t = j->t;

	(void)ei;
	if (t->logged_in) {
		(void)j->m->m->f->C_Logout(t->session);
	}
	(void)j->m->m->f->C_CloseSession(t->session);
	t->open = false;
	return ERR_OK;
}

void
token_free(struct token *t)
{
	struct token_job *j;

	if (t == NULL) {
		return;
	}
	if (!t->lost && t->open) {
		j = token_job_new(t->m, t, run_close);
		if (token_do(&j, TOKEN_WAIT_MS, NULL) != ERR_OK) {
			t->open = false; /* the session went with the device */
		}
		token_job_free(j);
	}
	drop(t);
}

static enum err
run_look(struct token_job *j, struct errinfo *ei)
{
	return look_at(j->m, j->t->slot, j->seen) &&
		       strcmp(j->seen->serial, j->t->serial) == 0
		   ? ERR_OK
		   : absent(ei);
}

enum err
token_look(struct token *t, struct token_seen *out, struct errinfo *ei)
{
	struct token_job *j = token_job_new(t->m, t, run_look);
	enum err e;

	if (j != NULL) {
		j->seen = calloc(1, sizeof(*j->seen));
	}
	if (j == NULL || j->seen == NULL) {
		token_job_free(j);
		return err_nomem(ei);
	}
	e = token_do(&j, TOKEN_WAIT_MS, ei);
	if (e == ERR_OK) {
		*out = *j->seen;
	}
	token_job_free(j);
	return e;
}

/* --- the PIN -------------------------------------------------------------- */

static enum err
locked(struct errinfo *ei)
{
	return err_set(ei, ERR_CRYPTO, "token.pin.locked", NULL,
	    "the token's PIN is locked after too many wrong ones; whoever has "
	    "its administrator's PIN can set a new one with the maker's tool");
}

static enum err
pin_answer(struct token *t, const char *function, CK_RV rv, struct errinfo *ei)
{
	switch (rv) {
	case CKR_OK:
		return ERR_OK;
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
		return err_set(ei, ERR_CRYPTO, "token.pin", NULL,
		    "the token's PIN is wrong");
	case CKR_PIN_LOCKED:
		return locked(ei);
	case CKR_PIN_LEN_RANGE:
		return err_set(ei, ERR_FORMAT, "token.pin.length", NULL,
		    "the token takes no PIN of this length");
	case CKR_USER_PIN_NOT_INITIALIZED:
		return err_set(ei, ERR_STATE, "token.pin.unset", NULL,
		    "the token has no PIN yet; set one with the maker's tool");
	default:
		return token_failed(ei, t, function, rv);
	}
}

/* Before a PIN is tried, as the token is now.  j->flag: the last try may be
 * spent. */
static enum err
may_try(struct token_job *j, struct errinfo *ei)
{
	struct token_seen seen;

	if (!look_at(j->m, j->t->slot, &seen)) {
		return absent(ei);
	}
	if (seen.pin == TOKEN_PIN_LOCKED) {
		return locked(ei);
	}
	if (seen.pin == TOKEN_PIN_LAST && !j->flag) {
		return err_set(ei, ERR_POLICY, "token.pin.last", NULL,
		    "one more wrong PIN would lock the token; that try is not "
		    "spent unasked");
	}
	return ERR_OK;
}

static enum err
run_login(struct token_job *j, struct errinfo *ei)
{
	CK_FUNCTION_LIST *f = j->m->m->f;
	struct token *t = j->t;
	enum err e = may_try(j, ei);
	CK_RV rv;

	if (e != ERR_OK) {
		return e;
	}
	rv = f->C_Login(t->session, CKU_USER, j->one.p, j->one.len);
	if (rv == CKR_USER_ALREADY_LOGGED_IN) {
		/* Left by somebody else in this process: the PIN is asked
		 * for anew. */
		(void)f->C_Logout(t->session);
		rv = f->C_Login(t->session, CKU_USER, j->one.p, j->one.len);
	}
	t->logged_in = rv == CKR_OK;
	/* An older module counts one of a wrong length as wrong. */
	return pin_answer(t, "C_Login", rv, ei);
}

enum err
token_login(
    struct token *t, struct slice pin, bool spend_last, struct errinfo *ei)
{
	struct token_job *j;
	enum err e = ERR_OK;

	if (pin.len == 0) {
		return pin_answer(t, "C_Login", CKR_PIN_LEN_RANGE, ei);
	}
	j = token_job_new(t->m, t, run_login);
	if (j != NULL) {
		j->flag = spend_last;
		e = secret_copy(&j->one, pin, ei);
	}
	if (e == ERR_OK) {
		e = token_do(&j, TOKEN_WAIT_MS, ei);
	}
	token_job_free(j);
	return e;
}

static enum err
run_set_pin(struct token_job *j, struct errinfo *ei)
{
	enum err e = may_try(j, ei);

	return e != ERR_OK ? e
			   : pin_answer(j->t, "C_SetPIN",
				 j->m->m->f->C_SetPIN(j->t->session, j->one.p,
				     j->one.len, j->two.p, j->two.len),
				 ei);
}

enum err
token_set_pin(
    struct token *t, struct slice old, struct slice new, struct errinfo *ei)
{
	struct token_job *j = token_job_new(t->m, t, run_set_pin);
	enum err e = ERR_OK;

	if (j != NULL) {
		e = secret_copy(&j->one, old, ei);
	}
	if (j != NULL && e == ERR_OK) {
		e = secret_copy(&j->two, new, ei);
	}
	if (e == ERR_OK) {
		e = token_do(&j, TOKEN_WAIT_MS, ei);
	}
	token_job_free(j);
	return e;
}

/* --- its generator ---------------------------------------------------------
 */

static enum err
run_random(struct token_job *j, struct errinfo *ei)
{
	CK_FUNCTION_LIST *f = j->m->m->f;
	struct token *t = j->t;
	uint8_t *room = buf_grow(&j->out, j->max);
	CK_RV rv;

	if (room == NULL) {
		return buf_err(&j->out, ei);
	}
	/* Many take none, and theirs is as good without. */
	if (j->one.len > 0) {
		(void)f->C_SeedRandom(t->session, j->one.p, j->one.len);
	}
	rv = f->C_GenerateRandom(t->session, room, j->max);
	if (rv == CKR_RANDOM_NO_RNG || rv == CKR_FUNCTION_NOT_SUPPORTED) {
		return err_set(ei, ERR_UNSUPPORTED, "token.random", NULL,
		    "the token has no generator");
	}
	return rv == CKR_OK ? ERR_OK
			    : token_failed(ei, t, "C_GenerateRandom", rv);
}

enum err
token_random(struct token *t, struct slice seed, uint8_t *out, size_t len,
    struct errinfo *ei)
{
	struct token_job *j = token_job_new(t->m, t, run_random);
	enum err e = ERR_OK;

	if (j != NULL) {
		j->max = len;
		buf_init(&j->out, len);
		e = secret_copy(&j->one, seed, ei);
	}
	if (e == ERR_OK) {
		e = token_do(&j, TOKEN_WAIT_MS, ei);
	}
	if (e == ERR_OK) {
		memcpy(out, j->out.p, len);
	}
	token_job_free(j);
	return e;
}
