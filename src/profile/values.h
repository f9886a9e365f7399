/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_VALUES_H
#define SURGUCH_PROFILE_VALUES_H
/*
 * What a certificate is asked to say: the vetted values and the public key
 * that front sends to the signer.  Everything else (extensions, string types,
 * order, issuer, key ids) comes from the profile and the CA's identity.
 *
 * A value of this struct is built by ca/, carried by ipc/signer_msg, and used
 * by template and lint.  Zero plus values_init() is empty; values_clear()
 * frees what it owns.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "subject/attrs.h"

enum {
	VALUES_IDEM_SIZE = 32,
	VALUES_DIGEST_SIZE = 32,
	VALUES_NOTE_MAX = 512,
	IDENTIFICATION_NONE = -1,
	/* order 795 (facts/gost-tokens-profile.md 3.2) */
	IDENTIFICATION_PERSONAL = 0,
	IDENTIFICATION_REMOTE_CERT = 1,
	IDENTIFICATION_REMOTE_PASSPORT = 2,
	IDENTIFICATION_REMOTE_SYSTEM = 3,
};

enum san_kind {
	SAN_NONE,
	SAN_DNS,   /* "www.example.ru", "*.example.ru"; ASCII */
	SAN_EMAIL, /* "a@example.ru"; ASCII */
	SAN_IP,    /* "192.0.2.1", "2001:db8::1" */
	SAN_URI,   /* ASCII, with a scheme */
	SAN_KIND_MAX_
};

struct general_name;

struct san {
	enum san_kind kind;
	char *text; /* owned, ASCII */
};

struct issue_values {
	uint8_t idem[VALUES_IDEM_SIZE];  /* idempotency key, hashed */
	char profile[PROFILE_NAME_SIZE]; /* NUL-terminated profile name */
	struct subject_attrs attrs;
	struct san sans[SANS_MAX];
	size_t num_sans;
	int64_t not_before;      /* UTC seconds; 0: the signer's clock */
	int64_t not_after;       /* UTC seconds; 0: the profile's life */
	int identification_kind; /* 0..3, or IDENTIFICATION_NONE */
	uint8_t *spki;           /* owned; whole SubjectPublicKeyInfo */
	size_t spki_len;
	/* What the asker wants to find beside the certificate in the signer's
	 * journal; it says nothing to the signer. */
	uint8_t note[VALUES_NOTE_MAX];
	size_t note_len;
};

void values_init(struct issue_values *v);
void values_clear(struct issue_values *v); /* frees and makes it empty */

/* 1..PROFILE_NAME_MAX characters of a-z 0-9 and '-'.  ERR_FORMAT
 * "values.profile". */
ATTR_MUST_USE enum err values_set_profile(
    struct issue_values *v, struct slice name, struct errinfo *ei);
/* Copies; replaces an earlier one.  ERR_LIMIT above SPKI_BYTES_MAX,
 * ERR_FORMAT when empty. */
ATTR_MUST_USE enum err values_set_spki(
    struct issue_values *v, struct slice spki, struct errinfo *ei);
struct slice values_spki(const struct issue_values *v);
/* Copies; replaces an earlier one.  ERR_LIMIT "values.note" above
 * VALUES_NOTE_MAX. */
ATTR_MUST_USE enum err values_set_note(
    struct issue_values *v, struct slice note, struct errinfo *ei);
struct slice values_note(const struct issue_values *v);
/* As subject_attrs_add(). */
ATTR_MUST_USE enum err values_add_attr(
    struct issue_values *v, enum oid id, struct slice text, struct errinfo *ei);
/* Checks the form of the kind (LDH labels, one leading wildcard label, dotted
 * IP, addr-spec, URI with a scheme) and lower-cases DNS names.  ERR_FORMAT
 * "san.dns", "san.ip", "san.email", "san.uri"; ERR_LIMIT "san.many". */
ATTR_MUST_USE enum err values_add_san(struct issue_values *v,
    enum san_kind kind, struct slice text, struct errinfo *ei);
/* The same name as a certificate has it; of a kind that profiles have. */
ATTR_MUST_USE enum err values_copy_san(struct issue_values *v,
    const struct general_name *name, struct errinfo *ei);

/*
 * SHA-256 of a canonical encoding of everything except `idem` and the note:
 * the request hash.  The same key with the same digest is the same request;
 * with another digest it is a conflict.  Taken before the times are resolved.
 */
ATTR_MUST_USE enum err values_digest(const struct issue_values *v,
    uint8_t out[VALUES_DIGEST_SIZE], struct errinfo *ei);

/* "dns", "email", "ip", "uri"; NULL outside the enum. */
const char *san_kind_name(enum san_kind kind);
enum san_kind san_kind_by_name(const char *name);
/* Of a certificate's name; SAN_NONE for a kind that no profile has. */
enum san_kind san_kind_of(const struct general_name *name);
/* Whether the text is a well-formed name of its kind, as values_add_san()
 * wants it. */
bool san_form_fits(enum san_kind kind, const char *text);

#endif
