/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/certs.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "der/der.h"
#include "der/oid.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	FIRST_ROOM = 64,
};

/* What a reader sees, and what it borrows from. */
struct kept {
	struct trust_cert cert;
	uint8_t *der;
	struct cert *parsed;
};

struct trust_certs {
	struct kept **added;  /* owned */
	struct kept **sorted; /* the same, by thumbprint */
	size_t num;
	size_t room;
};

enum err
trust_certs_new(struct trust_certs **out, struct errinfo *ei)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? ERR_OK : err_nomem(ei);
}

static void
free_one(struct kept *one)
{
	cert_free(one->parsed);
	free(one->der);
	free(one);
}

void
trust_certs_free(struct trust_certs *c)
{
	if (c == NULL) {
		return;
	}
	for (size_t i = 0; i < c->num; i++) {
		free_one(c->added[i]);
	}
	free(c->added);
	free(c->sorted);
	free(c);
}

/* Where it stands, or would. */
static size_t
place_of(const struct trust_certs *c, const uint8_t *sha1)
{
	size_t low = 0, high = c->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(c->sorted[middle]->cert.sha1, sha1, ROOT_SHA1) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static bool
stands_at(const struct trust_certs *c, size_t at, const uint8_t *sha1)
{
	return at < c->num &&
	       memcmp(c->sorted[at]->cert.sha1, sha1, ROOT_SHA1) == 0;
}

static enum err
make_room(struct trust_certs *c, struct errinfo *ei)
{
	size_t room = c->room == 0 ? FIRST_ROOM : 2 * c->room;
	struct kept **added, **sorted;

	if (c->num < c->room) {
		return ERR_OK;
	}
	if (c->num >= STL_ENTRIES_MAX) {
		return err_set(ei, ERR_LIMIT, "trust.certificates", NULL,
		    "more than %d certificates", STL_ENTRIES_MAX);
	}
	added = realloc(c->added, room * sizeof(struct kept *));
	if (added == NULL) {
		return err_nomem(ei);
	}
	c->added = added;
	sorted = realloc(c->sorted, room * sizeof(struct kept *));
	if (sorted == NULL) {
		return err_nomem(ei);
	}
	c->sorted = sorted;
	c->room = room;
	return ERR_OK;
}

static enum err
check_form(struct slice der, struct errinfo *ei)
{
	struct slice content;

	if (der.len > CERT_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "cert.length", NULL,
		    "a certificate of %zu octets; at most %d are read", der.len,
		    CERT_BYTES_MAX);
	}
	if (der_get(&der, DER_SEQUENCE, &content, NULL) != ERR_OK ||
	    der.len > 0) {
		return err_set(ei, ERR_FORMAT, "trust.certificate", NULL,
		    "what stands in a certificate's place is none");
	}
	return ERR_OK;
}

static bool
find_in_tbs(struct slice whole, struct trust_cert *out)
{
	struct slice tbs, skip, spki, subject, key;
	bool present;

	if (der_get(&whole, DER_SEQUENCE, &tbs, NULL) != ERR_OK ||
	    der_get_optional(
		&tbs, DER_CONTEXT_CONS(0), &present, &skip, NULL) != ERR_OK ||
	    der_get(&tbs, DER_INTEGER, &skip, NULL) != ERR_OK ||
	    der_get(&tbs, DER_SEQUENCE, &skip, NULL) != ERR_OK ||
	    der_get(&tbs, DER_SEQUENCE, &skip, NULL) != ERR_OK ||
	    der_get(&tbs, DER_SEQUENCE, &skip, NULL) != ERR_OK ||
	    der_get_whole(&tbs, DER_SEQUENCE, &subject, NULL) != ERR_OK ||
	    der_get(&tbs, DER_SEQUENCE, &spki, NULL) != ERR_OK ||
	    der_get(&spki, DER_SEQUENCE, &skip, NULL) != ERR_OK ||
	    der_get(&spki, DER_BIT_STRING, &key, NULL) != ERR_OK ||
	    key.len < 2) {
		return false;
	}
	out->subject = subject;
	/* Its first octet counts unused bits. */
	out->key = slice_make(key.p + 1, key.len - 1);
	return true;
}

/* Also of one whose form is wrong where this does not look. */
static void
find_parts(struct trust_cert *out)
{
	struct slice der = out->der, seq, tbs, alg, signature;

	if (der_get(&der, DER_SEQUENCE, &seq, NULL) == ERR_OK &&
	    der_get_whole(&seq, DER_SEQUENCE, &tbs, NULL) == ERR_OK &&
	    der_get(&seq, DER_SEQUENCE, &alg, NULL) == ERR_OK &&
	    der_get_oid(&alg, &signature, NULL) == ERR_OK &&
	    find_in_tbs(tbs, out)) {
		out->tbs = tbs;
		out->signature = signature;
	}
}

static enum err
make(struct slice der, const uint8_t *sha1, struct kept **out,
    struct errinfo *ei)
{
	struct kept *one = calloc(1, sizeof(*one));

	if (one == NULL) {
		return err_nomem(ei);
	}
	one->der = slice_dup(der);
	if (one->der == NULL) {
		free(one);
		return err_nomem(ei);
	}
	memcpy(one->cert.sha1, sha1, ROOT_SHA1);
	one->cert.der = slice_make(one->der, der.len);
	find_parts(&one->cert);
	if (cert_parse(der, &one->parsed, NULL) == ERR_OK) {
		one->cert.parsed = one->parsed;
	}
	*out = one;
	return ERR_OK;
}

enum err
trust_certs_add(struct trust_certs *c, struct slice der,
    const struct trust_cert **out, struct errinfo *ei)
{
	uint8_t sha1[HASH_SIZE_MAX];
	struct kept *one = NULL;
	size_t at;
	enum err e;

	if ((e = check_form(der, ei)) != ERR_OK ||
	    (e = hash_of(HASH_SHA1, der, sha1, ei)) != ERR_OK) {
		return e;
	}
	at = place_of(c, sha1);
	if (!stands_at(c, at, sha1)) {
		if ((e = make_room(c, ei)) != ERR_OK ||
		    (e = make(der, sha1, &one, ei)) != ERR_OK) {
			return e;
		}
		memmove(&c->sorted[at + 1], &c->sorted[at],
		    (c->num - at) * sizeof(struct kept *));
		c->sorted[at] = one;
		c->added[c->num++] = one;
	}
	if (out != NULL) {
		*out = &c->sorted[at]->cert;
	}
	return ERR_OK;
}

const struct trust_cert *
trust_certs_find(const struct trust_certs *c, struct slice sha1)
{
	size_t at;

	if (sha1.len != ROOT_SHA1) {
		return NULL;
	}
	at = place_of(c, sha1.p);
	return stands_at(c, at, sha1.p) ? &c->sorted[at]->cert : NULL;
}

size_t
trust_certs_num(const struct trust_certs *c)
{
	return c->num;
}

const struct trust_cert *
trust_certs_at(const struct trust_certs *c, size_t i)
{
	return &c->added[i]->cert;
}

/* --- names ------------------------------------------------------------------
 */

void
trust_cert_put_subject(const struct trust_cert *c, struct buf *out)
{
	struct name *n = NULL;

	if (name_parse(c->subject, &n, NULL) == ERR_OK) {
		name_print(n, out);
		name_free(n);
	}
}

void
trust_cert_put_name(const struct trust_cert *c, struct buf *out)
{
	static const enum oid naming[] = {OID_CN, OID_OU, OID_O};
	struct buf text = BUF_INIT(NAME_VALUE_MAX);
	struct name *n = NULL;
	bool found = false;

	if (name_parse(c->subject, &n, NULL) != ERR_OK) {
		return;
	}
	for (size_t i = 0; !found && i < ARRAY_LEN(naming); i++) {
		buf_reset(&text);
		found = name_get_utf8(n, naming[i], &text);
	}
	if (found) {
		text_escape(out, buf_slice(&text), NAME_VALUE_MAX);
	} else {
		name_print(n, out);
	}
	buf_clear(&text);
	name_free(n);
}
