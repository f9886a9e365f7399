/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_ERR_H
#define SURGUCH_BASE_ERR_H
/*
 * Errors as data.  A function that can fail returns `enum err`; what exactly
 * was wrong goes into a caller-supplied `struct errinfo` (last parameter, may
 * be NULL), which needs no allocation and can be copied between processes.
 * Library code neither logs nor keeps an error in a thread-local.
 */
#include <stdbool.h>

#include "base/attr.h"

enum err {
	ERR_OK = 0,
	ERR_NOMEM,       /* an allocation failed */
	ERR_SYS,         /* a system call failed; errinfo.sys holds errno */
	ERR_FORMAT,      /* the input is not what its grammar says */
	ERR_LIMIT,       /* larger, longer or more than a named bound */
	ERR_UNSUPPORTED, /* well formed, but not something we do */
	ERR_POLICY,      /* well formed, but a rule or a profile forbids it */
	ERR_DENIED,      /* this caller may not */
	ERR_NOTFOUND,
	ERR_CONFLICT, /* contradicts something that exists already */
	ERR_STATE,    /* not possible in the present state */
	ERR_CRYPTO,   /* a signature, MAC or key does not fit */
	ERR_STORE,    /* database, journal or disk */
	ERR_AGAIN,    /* nothing happened; the same call may succeed later */
	ERR_TIMEOUT,  /* unknown whether it happened */
	ERR_INTERNAL, /* a defect of ours */
	ERR_MAX_
};

enum {
	ERRINFO_RULE = 64,
	ERRINFO_CLAUSE = 64,
	ERRINFO_OBJECT = 96,
	ERRINFO_TEXT = 320,
};

/*
 * rule    stable dotted id ("csr.signature", "subject.snils.checksum") that
 *         tests, clients and translations match; never changes its meaning
 * clause  the clause of the standard that was broken ("RFC 5280 4.1.2.2"),
 *         or "" where no standard says it
 * object  which thing: a field, file or extension ("snils", "keyUsage")
 * text    an English sentence: what was seen, the rule, the way out.  Always
 *         valid UTF-8 without control characters.
 */
struct errinfo {
	enum err kind;
	int sys;
	char rule[ERRINFO_RULE];
	char clause[ERRINFO_CLAUSE];
	char object[ERRINFO_OBJECT];
	char text[ERRINFO_TEXT];
};

/* Name of a kind in lower case ("format"); never NULL. */
const char *err_name(enum err kind);

/*
 * err_set(ei, kind, rule, clause, fmt, ...)
 *
 * Fill *ei (if not NULL) and give back `kind`, so that a failing function can
 * end with `return err_set(...)`.  `rule` and `clause` may be NULL.
 *
 * err_sys(ei, rule, fmt, ...): the same for ERR_SYS; keeps errno and appends
 * its text.  err_nomem(ei): ERR_NOMEM in the usual words.
 *
 * They are macros over functions so that whoever reads the code by machine
 * sees which kind comes back, and that it is never ERR_OK.
 */
enum err err_fill(struct errinfo *ei, enum err kind, const char *rule,
    const char *clause, const char *fmt, ...) ATTR_PRINTF(5, 6);
enum err err_fill_sys(struct errinfo *ei, const char *rule, const char *fmt,
    ...) ATTR_PRINTF(3, 4);
static inline enum err
err_same(enum err filled, enum err kind)
{
	(void)filled;
	return kind;
}
#define err_set(ei, kind, ...)                                                 \
	err_same(err_fill((ei), (kind), __VA_ARGS__), (kind))
#define err_sys(ei, ...) err_same(err_fill_sys((ei), __VA_ARGS__), ERR_SYS)
#define err_nomem(ei)    err_set((ei), ERR_NOMEM, "memory", NULL, "out of memory")

/* Name the thing at fault; does nothing if ei is NULL. */
void err_name_object(struct errinfo *ei, const char *object);
/* The same inside `return err_object(ei, err_set(...), "snils")`: gives back
 * `kind`. */
static inline enum err
err_object(struct errinfo *ei, enum err kind, const char *object)
{
	err_name_object(ei, object);
	return kind;
}

/*
 * A broken promise of our own code: prints where and ends the process, in
 * release builds too.
 */
#define ensure(cond)                                                           \
	((cond) ? (void)0 : ensure_failed(__FILE__, __LINE__, #cond))
ATTR_NORETURN void ensure_failed(const char *file, int line, const char *cond);

#endif
