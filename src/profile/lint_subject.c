/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the subject's name. */
#include "profile/lint_priv.h"

#include <string.h>

#include "base/text.h"
#include "der/der.h"
#include "x509/asn1_text.h"

static size_t
num_attrs(const struct lint *l)
{
	return name_num_attrs(cert_subject(l->cert));
}

static const struct name_attr *
attr_at(const struct lint *l, size_t i)
{
	return name_attr(cert_subject(l->cert), i);
}

static struct asn1_text
attr_text(const struct name_attr *a)
{
	return (struct asn1_text){a->tag, a->value};
}

/* Is the content UTF-8 as it stands?  The parser has checked that it fits its
 * type. */
static bool
is_utf8_type(uint8_t tag)
{
	return tag == DER_UTF8_STRING || tag == DER_NUMERIC_STRING ||
	       tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING;
}

/* The value as UTF-8; `store` holds it when it must be converted. */
static bool
attr_utf8(const struct name_attr *a, struct buf *store, struct slice *out)
{
	if (is_utf8_type(a->tag)) {
		*out = a->value;
		return true;
	}
	if (!asn1_text_utf8(attr_text(a), store)) {
		return false;
	}
	*out = buf_slice(store);
	return true;
}

/* The profile's entry when it is one that is wanted at all. */
static const struct profile_attr *
entry(const struct lint *l, const struct name_attr *a)
{
	const struct profile_attr *e =
	    a->id != OID_UNKNOWN ? profile_attr_find(l->p, a->id) : NULL;

	return e != NULL && !e->forbidden ? e : NULL;
}

static const char *
attr_name(const struct name_attr *a)
{
	return a->id != OID_UNKNOWN ? oid_short_name(a->id) : "unknown";
}

/* The attribute says the same as this text. */
static bool
says(struct lint *l, const struct name_attr *a, enum oid id, const char *text)
{
	struct buf store = BUF_INIT(NAME_UTF8_MAX);
	struct slice utf8;
	bool same = a->id == id && attr_utf8(a, &store, &utf8) &&
		    slice_eq_str(utf8, text);

	lint_drop(l, &store);
	return same;
}

/* As a set with repetition: each value asked for answers one attribute. */
static void
check_asked(struct lint *l)
{
	const struct subject_attrs *asked = &l->v->attrs;
	bool used[SUBJECT_ATTRS_MAX] = {false};
	size_t found = 0;

	for (size_t i = 0; i < num_attrs(l); i++) {
		const struct name_attr *a = attr_at(l, i);
		size_t j = 0;

		while (j < asked->num &&
		       (used[j] ||
			   !says(l, a, asked->at[j].id, asked->at[j].text))) {
			j++;
		}
		if (j == asked->num) {
			lint_add(l, ERR_CONFLICT,
			    "the attribute %s was not asked for like this",
			    attr_name(a));
			continue;
		}
		used[j] = true;
		found++;
	}
	if (found < asked->num) {
		lint_add(l, ERR_CONFLICT,
		    "%zu attributes that were asked for are missing",
		    asked->num - found);
	}
}

static void
check_order(struct lint *l)
{
	const struct profile_attr *last = l->p->attrs;

	for (size_t i = 0; i < num_attrs(l); i++) {
		const struct profile_attr *e = entry(l, attr_at(l, i));

		if (e != NULL && e < last) {
			lint_add(l, ERR_POLICY,
			    "the attribute %s is not in the profile's order",
			    oid_short_name(e->id));
			return;
		}
		last = e != NULL ? e : last;
	}
}

static void
check_allowed(struct lint *l)
{
	for (size_t i = 0; i < num_attrs(l); i++) {
		if (entry(l, attr_at(l, i)) == NULL) {
			lint_add(l, ERR_POLICY,
			    "the profile does not certify the attribute %s",
			    attr_name(attr_at(l, i)));
		}
	}
}

static void
check_required(struct lint *l)
{
	for (size_t i = 0; i < l->p->num_attrs; i++) {
		const struct profile_attr *e = &l->p->attrs[i];

		if (e->required &&
		    name_count(cert_subject(l->cert), e->id) == 0) {
			lint_add(l, ERR_POLICY,
			    "the profile needs the attribute %s",
			    oid_short_name(e->id));
		}
	}
}

static void
check_count(struct lint *l)
{
	for (size_t i = 0; i < l->p->num_attrs; i++) {
		const struct profile_attr *e = &l->p->attrs[i];

		if (name_count(cert_subject(l->cert), e->id) > e->max_count) {
			lint_add(l, ERR_POLICY,
			    "the attribute %s stands too often",
			    oid_short_name(e->id));
		}
	}
}

static void
check_type(struct lint *l)
{
	for (size_t i = 0; i < num_attrs(l); i++) {
		const struct name_attr *a = attr_at(l, i);
		const struct profile_attr *e = entry(l, a);

		if (e != NULL && a->tag != e->tag) {
			lint_add(l, ERR_FORMAT,
			    "the attribute %s has the string type %02x, the "
			    "profile wants %02x",
			    attr_name(a), a->tag, e->tag);
		}
	}
}

/* The parser has checked the types; what is left is PrintableString's own
 * repertoire, and text that is no text. */
static void
check_charset(struct lint *l)
{
	for (size_t i = 0; i < num_attrs(l); i++) {
		const struct name_attr *a = attr_at(l, i);
		struct buf store = BUF_INIT(NAME_UTF8_MAX);
		struct slice utf8;
		bool good = attr_utf8(a, &store, &utf8) && text_is_clean(utf8);

		lint_drop(l, &store);
		if (a->tag == DER_PRINTABLE_STRING) {
			good = good && asn1_text_is_printable_set(a->value);
		}
		if (!good) {
			lint_add(l, ERR_FORMAT,
			    "the attribute %s holds characters that its "
			    "string type or our rules do not have",
			    attr_name(a));
		}
	}
}

static size_t
num_chars(const struct name_attr *a)
{
	return is_utf8_type(a->tag) ? text_num_chars(a->value)
				    : asn1_text_num_chars(attr_text(a));
}

static void
check_length(struct lint *l)
{
	for (size_t i = 0; i < num_attrs(l); i++) {
		const struct name_attr *a = attr_at(l, i);
		const struct profile_attr *e = entry(l, a);

		if (e != NULL && num_chars(a) > e->max_chars) {
			lint_add(l, ERR_LIMIT,
			    "the attribute %s has more than %u characters",
			    attr_name(a), (unsigned)e->max_chars);
		}
	}
}

/* Checksums of numbers, the form of names, regions and addresses. */
static void
check_pattern(struct lint *l)
{
	for (size_t i = 0; i < num_attrs(l); i++) {
		const struct name_attr *a = attr_at(l, i);
		const struct profile_attr *e = entry(l, a);
		struct buf store = BUF_INIT(NAME_UTF8_MAX);
		struct slice utf8;

		if (e != NULL && (!attr_utf8(a, &store, &utf8) ||
				     !attr_pattern_fits(e->pattern, utf8))) {
			lint_add(l, ERR_POLICY,
			    "the attribute %s has not the form \"%s\"",
			    attr_name(a), attr_pattern_name(e->pattern));
		}
		lint_drop(l, &store);
	}
}

static void
check_rdn(struct lint *l)
{
	for (size_t i = 0; i < num_attrs(l); i++) {
		if (attr_at(l, i)->rdn != i) {
			lint_add(l, ERR_FORMAT,
			    "names of ours have one attribute in each RDN");
			return;
		}
	}
}

static void
check_empty(struct lint *l)
{
	const struct ext *san = ext_find(l->exts, EXT_SAN);

	if (num_attrs(l) == 0 && (san == NULL || !san->critical)) {
		lint_add(l, ERR_FORMAT,
		    "the subject is empty and there is no critical "
		    "subjectAltName");
	}
}

static void
check_not_issuer(struct lint *l)
{
	if (!l->ca->self &&
	    slice_eq(cert_subject_der(l->cert), ca_identity_subject(l->ca))) {
		lint_add(l, ERR_POLICY, "the subject has the CA's own name");
	}
}

const struct lint_rule lint_subject_rules[] = {
    {"lint.subject.asked", "", check_asked, EXT_RAW},
    {"lint.subject.order", "", check_order, EXT_RAW},
    {"lint.subject.allowed", "", check_allowed, EXT_RAW},
    {"lint.subject.required", "", check_required, EXT_RAW},
    {"lint.subject.count", "", check_count, EXT_RAW},
    {"lint.subject.type", "RFC 5280 4.1.2.4", check_type, EXT_RAW},
    {"lint.subject.charset", "", check_charset, EXT_RAW},
    {"lint.subject.length", "", check_length, EXT_RAW},
    {"lint.subject.pattern", "", check_pattern, EXT_RAW},
    {"lint.subject.rdn", "", check_rdn, EXT_RAW},
    {"lint.subject.empty", "RFC 5280 4.1.2.6", check_empty, EXT_RAW},
    {"lint.subject.issuer", "", check_not_issuer, EXT_RAW},
    {NULL, NULL, NULL, EXT_RAW},
};
