/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CRYPTO_TOKEN_PRIV_H
#define SURGUCH_CRYPTO_TOKEN_PRIV_H
/* What the token*.c files share: jobs on the module's thread. */
#include <pthread.h>

#include "crypto/pkcs11_priv.h"
#include "crypto/token.h"
#include "os/file.h"

enum {
	TOKEN_WAIT_MS = 8000,
	/* For another call's end: longer than most take, and short enough for
	 * whoever only wants to know what is there. */
	TOKEN_TURN_MS = 5000,
	/* RSA-4096 is searched for by the card itself. */
	TOKEN_MAKE_MS = 180000,
	TOKENS_SEEN_MAX = 16,
	TOKEN_OBJECTS_MAX = 256,
};

struct vendor_list; /* the maker's own table (token_vendor.c) */
/* NULL when the module has none. */
const struct vendor_list *vendor_list_of(const char *path);
/* What it adds to what the standard's flags said; nothing when it makes no
 * sense. */
void vendor_look(
    const struct vendor_list *v, CK_SLOT_ID slot, struct token_seen *seen);

struct tokens {
	char path[PATH_TEXT_SIZE];
	struct pkcs11_thread *thread;
	/* The thread's: */
	struct pkcs11 *m;                 /* NULL: not loaded yet */
	const struct vendor_list *vendor; /* NULL: none */
	pthread_mutex_t lock;             /* of what follows, seen last */
	struct token_seen seen[TOKENS_SEEN_MAX];
	size_t num_seen;
};

struct token {
	struct tokens *m;
	char serial[TOKEN_SERIAL_SIZE];
	/* The thread's: */
	CK_SLOT_ID slot;
	CK_SESSION_HANDLE session;
	bool open;
	bool logged_in;
	bool lost;     /* a call was given up: the thread closes the session */
	unsigned refs; /* under the module's lock: its owner's, its jobs' */
};

/*
 * One call, with copies of all that it needs, because the caller may have
 * given it up.  Which member means what is said where the job is made.
 */
struct token_job {
	struct pkcs11_job base;
	enum err (*run)(struct token_job *j, struct errinfo *ei);
	struct tokens *m;
	struct token *t; /* NULL: of the module */
	struct secret one, two;
	struct buf out;
	char folder[TOKEN_NAME_SIZE], name[TOKEN_NAME_SIZE];
	uint8_t id[TOKEN_ID_MAX];
	size_t id_len;
	bool flag;
	size_t max, num;
	CK_MECHANISM_TYPE mechanism;
	const struct pkcs11_spec *spec;
	struct token_seen *seen; /* owned, like those that follow */
	struct token_pair *pairs;
	char (*names)[TOKEN_NAME_SIZE];
};

/* Zeroed, on the heap; NULL when out of memory. */
struct token_job *token_job_new(struct tokens *m, struct token *t,
    enum err (*run)(struct token_job *j, struct errinfo *ei));
void token_job_free(struct token_job *j);
/*
 * Wait for the turn, do it.  ERR_NOMEM when j is NULL.  When it was given up
 * (*j is NULL then) the job belongs to the thread; otherwise to the caller,
 * whatever came of it.
 */
ATTR_MUST_USE enum err token_do(
    struct token_job **j, unsigned wait_ms, struct errinfo *ei);

/* On the thread: a module's answer, and whether the device is gone. */
ATTR_MUST_USE enum err token_failed(
    struct errinfo *ei, struct token *t, const char *function, CK_RV rv);
/* The objects that fit; *out_num as many as there are, at most max. */
ATTR_MUST_USE enum err token_find(struct token *t, CK_ATTRIBUTE *wanted,
    CK_ULONG num_wanted, CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *out_num,
    struct errinfo *ei);
/* An attribute of any length up to max, appended. */
ATTR_MUST_USE enum err token_attribute(struct token *t, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct buf *out, struct errinfo *ei);
/* C_Sign of `one` by the key of id, `mechanism`; to `out`. */
ATTR_MUST_USE enum err token_run_sign(struct token_job *j, struct errinfo *ei);
/* A field of at most size - 1 bytes, without spaces at its end; empty when it
 * is not clean text. */
void token_text(char *out, size_t size, struct slice field);

#endif
