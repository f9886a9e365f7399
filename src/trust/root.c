/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/root.h"

#include <stdio.h>

#include "base/text.h"
#include "der/der.h"
#include "der/oid.h"

enum {
	REPLACEMENT = 0xfffd,
};

const char *
root_trust_name(enum root_trust t)
{
	static const char *const names[ROOT_TRUST_MAX_] = {
	    [ROOT_TRUSTED] = "trusted",
	    [ROOT_NOT_FOR] = "not-for",
	    [ROOT_REFUSED] = "refused",
	    [ROOT_DISABLED] = "disabled",
	    [ROOT_NOT_BEFORE] = "not-before",
	};

	return names[(unsigned)t < ROOT_TRUST_MAX_ ? t : ROOT_NOT_FOR];
}

/* --- lists of OIDs ------------------------------------------------------- */

bool
root_next_oid(struct slice *oids, struct slice *out)
{
	return oids->len > 0 && der_get_oid(oids, out, NULL) == ERR_OK;
}

bool
root_oids_have(struct slice oids, struct slice oid)
{
	struct slice one;

	while (root_next_oid(&oids, &one)) {
		if (slice_eq(one, oid)) {
			return true;
		}
	}
	return false;
}

/* --- reading ------------------------------------------------------------- */

static enum err
bad(uint32_t property, const char *what, struct errinfo *ei)
{
	char number[12];

	(void)snprintf(number, sizeof(number), "%u", (unsigned)property);
	return err_object(ei,
	    err_set(ei, ERR_FORMAT, "root.property", NULL,
		"property %s of a root is not %s", number, what),
	    number);
}

static enum err
sequence(const struct stl_attribute *a, struct slice *out, struct errinfo *ei)
{
	struct slice s = a->value;

	if (der_get(&s, DER_SEQUENCE, out, NULL) != ERR_OK || s.len > 0) {
		return bad(a->property, "a SEQUENCE", ei);
	}
	return ERR_OK;
}

static enum err
oids(const struct stl_attribute *a, struct slice *out, struct errinfo *ei)
{
	struct slice rest, oid;
	enum err e = sequence(a, out, ei);

	rest = *out;
	while (e == ERR_OK && rest.len > 0) {
		if (!root_next_oid(&rest, &oid)) {
			e = bad(a->property, "a list of purposes", ei);
		}
	}
	return e;
}

static enum err
date(const struct stl_attribute *a, struct trust_date *out, struct errinfo *ei)
{
	uint64_t v = 0;

	out->there = true;
	out->empty = a->value.len == 0;
	if (a->value.len != 0 && a->value.len != FILETIME) {
		return bad(a->property, "a FILETIME or nothing", ei);
	}
	for (size_t i = a->value.len; i > 0; i--) {
		v = v << 8 | a->value.p[i - 1];
	}
	if (!out->empty) {
		out->at = trust_filetime(v);
	}
	return ERR_OK;
}

static enum err
octets(const struct stl_attribute *a, size_t len, struct slice *out,
    struct errinfo *ei)
{
	*out = a->value;
	return a->value.len == len
		   ? ERR_OK
		   : bad(a->property, "as long as such a digest is", ei);
}

static enum err
text(const struct stl_attribute *a, struct slice *out, struct errinfo *ei)
{
	struct slice s = a->value;

	if (s.len % 2 != 0 || s.len < 2 || s.p[s.len - 1] != 0 ||
	    s.p[s.len - 2] != 0) {
		return bad(a->property, "text that ends with a NUL", ei);
	}
	*out = slice_make(s.p, s.len - 2);
	return ERR_OK;
}

static enum err
take(const struct stl_attribute *a, struct root *r, struct errinfo *ei)
{
	switch (a->property) {
	case TRUST_PURPOSES:
		r->all_purposes = false;
		return oids(a, &r->purposes, ei);
	case TRUST_FRIENDLY_NAME:
		return text(a, &r->name, ei);
	case TRUST_KEY_ID:
		r->key_id = a->value;
		return ERR_OK;
	case TRUST_SUBJECT_MD5:
		return octets(a, 16, &r->subject_md5, ei);
	case TRUST_CERT_POLICIES:
		return sequence(a, &r->policies, ei);
	case TRUST_SHA256:
		return octets(a, ROOT_SHA256, &r->sha256, ei);
	case TRUST_DISABLED_AT:
		return date(a, &r->disabled, ei);
	case TRUST_REFUSED_PURPOSES:
		return oids(a, &r->refused, ei);
	case TRUST_NOT_BEFORE:
		return date(a, &r->not_before, ei);
	case TRUST_NOT_BEFORE_PURPOSES:
		r->not_before_for_all = false;
		return oids(a, &r->not_before_for, ei);
	default:
		return ERR_OK;
	}
}

enum err
root_read(const struct stl_entry *e, struct root *out, struct errinfo *ei)
{
	struct root r = {
	    .sha1 = e->id, .all_purposes = true, .not_before_for_all = true};

	if (e->id.len != ROOT_SHA1) {
		return err_set(ei, ERR_FORMAT, "root.sha1", NULL,
		    "an entry is named by %zu octets, not by a SHA-1",
		    e->id.len);
	}
	for (size_t i = 0; i < e->num; i++) {
		enum err err = take(&e->attributes[i], &r, ei);

		if (err != ERR_OK) {
			return err;
		}
	}
	*out = r;
	return ERR_OK;
}

/* --- meaning ------------------------------------------------------------- */

bool
trust_date_set(const struct trust_date *d)
{
	return d->there && !d->empty;
}

static bool
dated(const struct trust_date *d, int64_t at)
{
	return trust_date_set(d) && d->at <= at;
}

enum root_trust
root_trusted(const struct root *r, struct slice purpose, int64_t at)
{
	bool any = purpose.len == 0;

	if (dated(&r->disabled, at)) {
		return ROOT_DISABLED;
	}
	if (!any && !r->all_purposes && !root_oids_have(r->purposes, purpose)) {
		return ROOT_NOT_FOR;
	}
	if (!any && root_oids_have(r->refused, purpose)) {
		return ROOT_REFUSED;
	}
	if (dated(&r->not_before, at) &&
	    (r->not_before_for_all ||
		(!any && root_oids_have(r->not_before_for, purpose)))) {
		return ROOT_NOT_BEFORE;
	}
	return ROOT_TRUSTED;
}

/* --- text ---------------------------------------------------------------- */

static bool
unit(struct slice *s, uint32_t *out)
{
	if (s->len < 2) {
		return false;
	}
	*out = (uint32_t)s->p[0] | (uint32_t)s->p[1] << 8;
	*s = slice_make(s->p + 2, s->len - 2);
	return true;
}

void
root_put_text(struct buf *b, struct slice utf16)
{
	uint32_t c, low;

	while (unit(&utf16, &c)) {
		if (c >= 0xd800 && c < 0xdc00) {
			struct slice rest = utf16;

			if (unit(&rest, &low) && low >= 0xdc00 &&
			    low < 0xe000) {
				utf16 = rest;
				c = 0x10000 + ((c - 0xd800) << 10) +
				    (low - 0xdc00);
			}
		}
		if ((c >= 0xd800 && c < 0xe000) || text_is_control(c) ||
		    text_is_unsafe(c)) {
			c = REPLACEMENT;
		}
		text_put_char(b, c);
	}
}
