/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/values.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/host.h"
#include "crypto/hash.h"
#include "x509/general_name.h"

void
values_init(struct issue_values *v)
{
	memset(v, 0, sizeof(*v));
	v->identification_kind = IDENTIFICATION_NONE;
}

void
values_clear(struct issue_values *v)
{
	subject_attrs_clear(&v->attrs);
	for (size_t i = 0; i < v->num_sans; i++) {
		free(v->sans[i].text);
	}
	free(v->spki);
	values_init(v);
}

enum err
values_set_profile(
    struct issue_values *v, struct slice name, struct errinfo *ei)
{
	bool good = name.len > 0 && name.len <= PROFILE_NAME_MAX;

	for (size_t i = 0; good && i < name.len; i++) {
		uint8_t c = name.p[i];

		good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		       c == '-';
	}
	if (!good) {
		(void)err_set(ei, ERR_FORMAT, "values.profile", NULL,
		    "the profile's name is 1 to %d small Latin letters, "
		    "digits and hyphens",
		    PROFILE_NAME_MAX);
		return err_object(ei, ERR_FORMAT, "profile");
	}
	memcpy(v->profile, name.p, name.len);
	v->profile[name.len] = '\0';
	return ERR_OK;
}

enum err
values_set_spki(struct issue_values *v, struct slice spki, struct errinfo *ei)
{
	uint8_t *copy;

	if (spki.len == 0) {
		return err_set(ei, ERR_FORMAT, "values.spki", NULL,
		    "there is no public key");
	}
	if (spki.len > SPKI_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "values.spki", NULL,
		    "the public key has %zu bytes, at most %d are taken",
		    spki.len, SPKI_BYTES_MAX);
	}
	copy = slice_dup(spki);
	if (copy == NULL) {
		return err_nomem(ei);
	}
	free(v->spki);
	v->spki = copy;
	v->spki_len = spki.len;
	return ERR_OK;
}

struct slice
values_spki(const struct issue_values *v)
{
	return slice_make(v->spki, v->spki_len);
}

enum err
values_set_note(struct issue_values *v, struct slice note, struct errinfo *ei)
{
	if (note.len > VALUES_NOTE_MAX) {
		return err_set(ei, ERR_LIMIT, "values.note", NULL,
		    "the note has %zu bytes, at most %d are taken", note.len,
		    VALUES_NOTE_MAX);
	}
	if (note.len > 0) {
		memcpy(v->note, note.p, note.len);
	}
	v->note_len = note.len;
	return ERR_OK;
}

struct slice
values_note(const struct issue_values *v)
{
	return slice_make(v->note, v->note_len);
}

enum err
values_add_attr(
    struct issue_values *v, enum oid id, struct slice text, struct errinfo *ei)
{
	return subject_attrs_add(&v->attrs, id, text, ei);
}

static enum err
san_wrong(
    struct errinfo *ei, enum err kind, enum san_kind san, const char *text)
{
	char rule[ERRINFO_RULE];

	(void)snprintf(rule, sizeof(rule), "san.%s", san_kind_name(san));
	(void)err_set(ei, kind, rule, NULL, "alternative name: %s", text);
	return err_object(ei, kind, "subjectAltName");
}

/* DNS names compare without case; one spelling is certified. */
static void
lower(char *s)
{
	for (; *s != '\0'; s++) {
		if (*s >= 'A' && *s <= 'Z') {
			*s = (char)(*s | 0x20);
		}
	}
}

enum err
values_add_san(struct issue_values *v, enum san_kind kind, struct slice text,
    struct errinfo *ei)
{
	char *copy;

	if (kind <= SAN_NONE || kind >= SAN_KIND_MAX_) {
		return san_wrong(
		    ei, ERR_FORMAT, SAN_NONE, "its kind is not known");
	}
	if (v->num_sans == SANS_MAX) {
		return err_set(ei, ERR_LIMIT, "san.many", NULL,
		    "there are more than %d alternative names", SANS_MAX);
	}
	if (text.len > SAN_TEXT_MAX) {
		return san_wrong(ei, ERR_LIMIT, kind, "it is too long");
	}
	copy = slice_dup_str(text);
	if (copy == NULL) {
		/* A NUL inside, or out of memory; the first is likelier. */
		return san_wrong(ei, ERR_FORMAT, kind, "it cannot be kept");
	}
	if (!san_form_fits(kind, copy)) {
		free(copy);
		return san_wrong(
		    ei, ERR_FORMAT, kind, "it has not the form of its kind");
	}
	if (kind == SAN_DNS) {
		lower(copy);
	}
	v->sans[v->num_sans++] = (struct san){kind, copy};
	return ERR_OK;
}

enum san_kind
san_kind_of(const struct general_name *name)
{
	switch (name->kind) {
	case GN_DNS:
		return SAN_DNS;
	case GN_EMAIL:
		return SAN_EMAIL;
	case GN_IP:
		return SAN_IP;
	case GN_URI:
		return SAN_URI;
	case GN_OTHER:
	case GN_X400:
	case GN_DIRECTORY:
	case GN_EDI:
	case GN_RID:
		break;
	}
	return SAN_NONE;
}

enum err
values_copy_san(
    struct issue_values *v, const struct general_name *name, struct errinfo *ei)
{
	enum san_kind kind = san_kind_of(name);
	struct buf ip = BUF_INIT(SAN_TEXT_MAX);
	enum err e;

	if (kind == SAN_IP) {
		ip_put(&ip, name->value);
	}
	e = values_add_san(
	    v, kind, kind == SAN_IP ? buf_slice(&ip) : name->value, ei);
	buf_clear(&ip);
	return e;
}

/*
 * Every variable part has its length or count before it, so that no two
 * different values encode alike; attributes go by OID, so that the encoding
 * outlives a change of the enum.
 */
static void
put_counted(struct buf *b, struct slice s)
{
	buf_add_u32(b, (uint32_t)s.len);
	buf_add(b, s);
}

enum {
	DIGEST_INPUT_MAX = 128 * 1024
};

enum err
values_digest(const struct issue_values *v, uint8_t out[VALUES_DIGEST_SIZE],
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(DIGEST_INPUT_MAX);
	uint8_t digest[HASH_SIZE_MAX];
	enum err err;

	buf_add_str(&b, "surguch issue values 1\n");
	put_counted(&b, slice_str(v->profile));
	buf_add_u32(&b, (uint32_t)v->attrs.num);
	for (size_t i = 0; i < v->attrs.num; i++) {
		put_counted(&b, oid_bytes(v->attrs.at[i].id));
		put_counted(&b, slice_str(v->attrs.at[i].text));
	}
	buf_add_u32(&b, (uint32_t)v->num_sans);
	for (size_t i = 0; i < v->num_sans; i++) {
		put_counted(&b, slice_str(san_kind_name(v->sans[i].kind)));
		put_counted(&b, slice_str(v->sans[i].text));
	}
	buf_add_u64(&b, (uint64_t)v->not_before);
	buf_add_u64(&b, (uint64_t)v->not_after);
	buf_add_u32(&b, (uint32_t)v->identification_kind);
	put_counted(&b, values_spki(v));
	err = buf_err(&b, ei);
	if (err == ERR_OK) {
		err = hash_of(HASH_SHA256, buf_slice(&b), digest, ei);
	}
	if (err == ERR_OK) {
		memcpy(out, digest, VALUES_DIGEST_SIZE);
	}
	buf_wipe(&b);
	return err;
}
