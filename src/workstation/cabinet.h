/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_CABINET_H
#define SURGUCH_WORKSTATION_CABINET_H
/*
 * A centre's cabinet, from the workstation: calls to its JSON API with the
 * person's session, the same one that a browser has.  What is remembered
 * between two commands lies in a directory of mode 0700: cabinet.json (which
 * centre, which phone, the open challenge) and cookies.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct cabinet;
struct json;

enum {
	CABINET_URL_MAX = 512
};

/* dir: made if absent.  ERR_STATE "cabinet.none" when no centre was chosen
 * with cabinet_use() yet. */
ATTR_MUST_USE enum err cabinet_open(
    const char *dir, struct cabinet **out, struct errinfo *ei);
void cabinet_free(struct cabinet *c); /* NULL is fine */
/*
 * Choose the centre.  url is https://HOST[:PORT]; ca_file (may be NULL: the
 * system's roots) is the PEM that its TLS certificate is judged by.  Forgets
 * a session with another centre.
 */
ATTR_MUST_USE enum err cabinet_use(
    const char *dir, const char *url, const char *ca_file, struct errinfo *ei);

/*
 * One call.  body is JSON or empty; *out (may be NULL) is the parsed answer,
 * the caller's.  A problem+json answer comes back as its error: the kind by
 * its status, rule, field as object, and its text.  ERR_AGAIN "fetch.connect"
 * when the centre cannot be reached.
 */
ATTR_MUST_USE enum err cabinet_call(struct cabinet *c, const char *method,
    const char *path, struct slice body, struct json **out, struct errinfo *ei);
/* The bytes of a file. */
ATTR_MUST_USE enum err cabinet_get_file(
    struct cabinet *c, const char *path, struct buf *out, struct errinfo *ei);

/* «Получить пароль»; remembers phone and challenge.  again: «Получить смс
 * повторно», for the same challenge. */
ATTR_MUST_USE enum err cabinet_ask_code(
    struct cabinet *c, const char *phone, bool again, struct errinfo *ei);
/* «Войти» with the code that came.  ERR_STATE "cabinet.challenge" when none
 * was asked for. */
ATTR_MUST_USE enum err cabinet_sign_in(
    struct cabinet *c, const char *code, struct errinfo *ei);
ATTR_MUST_USE enum err cabinet_sign_out(struct cabinet *c, struct errinfo *ei);

#endif
