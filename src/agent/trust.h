/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_AGENT_TRUST_H
#define SURGUCH_AGENT_TRUST_H
/*
 * The centres that the person trusts: whose pages may ask, and under which CA
 * their orders must be signed.  They lie in HOME/centres.json, which only the
 * owner reads and writes; nothing that comes over HTTP ever changes it.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"

enum {
	TRUST_ORIGIN_SIZE = 256,
	TRUST_NAME_SIZE = 256,
	TRUST_ID_SIZE = 33,
	TRUST_SHA = 32,
};

struct centre_trust {
	char origin[TRUST_ORIGIN_SIZE]; /* "https://ca.example.ru:8443" */
	char name[TRUST_NAME_SIZE];
	/* Drawn when it was trusted: what was granted before does not hold
	 * after. */
	char id[TRUST_ID_SIZE];
	uint8_t *ca; /* DER, owned */
	size_t ca_len;
	uint8_t sha256[TRUST_SHA]; /* of the CA */
};

struct trust {
	struct centre_trust at[AGENT_CENTRES_MAX];
	size_t num;
};

/* https://HOST[:PORT] as browsers write an origin: lower case, no path, no
 * port 443.  ERR_FORMAT "agent.origin". */
ATTR_MUST_USE enum err trust_check_origin(
    const char *origin, struct errinfo *ei);

/* Nobody is trusted when there is no file.  ERR_DENIED "file.secret_mode" when
 * others can read it; what json/json.h says.  Free with trust_free(). */
ATTR_MUST_USE enum err trust_load(
    const char *home, struct trust **out, struct errinfo *ei);
/* The same from its text. */
ATTR_MUST_USE enum err trust_parse(
    struct slice text, struct trust **out, struct errinfo *ei);
void trust_free(struct trust *t); /* NULL is fine */
const struct centre_trust *trust_find(
    const struct trust *t, const char *origin);

/* In the place of what was known of this origin.  ca is one certificate,
 * DER.  ERR_LIMIT "agent.centres". */
ATTR_MUST_USE enum err trust_put(const char *home, const char *origin,
    const char *name, struct slice ca, struct errinfo *ei);
/* ERR_NOTFOUND "agent.centre". */
ATTR_MUST_USE enum err trust_remove(
    const char *home, const char *origin, struct errinfo *ei);

#endif
