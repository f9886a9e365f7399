/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/stl.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "der/der.h"
#include "der/oid.h"
#include "x509/ext.h"

/* 1.3.6.1.4.1.311.10.11: a number of wincrypt.h's CERT_..._PROP_ID follows. */
static const uint8_t property_arc[] = {
    0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x0b};

enum {
	PROPERTY_MAX = 0xffff,       /* more is no property, but an element */
	FILETIME_PER_SEC = 10000000, /* units of 100 ns */
};

const char *
stl_kind_name(enum stl_kind kind)
{
	static const char *const names[STL_KIND_MAX_] = {
	    [STL_OTHER] = "other",
	    [STL_ROOTS] = "roots",
	    [STL_DISALLOWED] = "disallowed",
	    [STL_PINS] = "pins",
	};

	return names[(unsigned)kind < STL_KIND_MAX_ ? kind : STL_OTHER];
}

/* --- attributes ---------------------------------------------------------- */

/* 0: it is none. */
static uint32_t
property_of(struct slice type)
{
	uint32_t n = 0;

	if (type.len <= sizeof(property_arc) ||
	    memcmp(type.p, property_arc, sizeof(property_arc)) != 0) {
		return 0;
	}
	for (size_t i = sizeof(property_arc); i < type.len; i++) {
		n = n << 7 | (type.p[i] & 0x7fU);
		if (n > PROPERTY_MAX ||
		    ((type.p[i] & 0x80) == 0) != (i + 1 == type.len)) {
			return 0;
		}
	}
	return n;
}

static enum err
one_value(struct stl_attribute *a, struct slice values, struct errinfo *ei)
{
	struct slice content;
	enum err e = der_get(&values, DER_OCTET_STRING, &content, ei);

	if (e == ERR_OK) {
		e = der_end(values, ei);
	}
	if (e != ERR_OK) {
		return err_set(ei, ERR_FORMAT, "stl.attribute", NULL,
		    "property %u is not one OCTET STRING",
		    (unsigned)a->property);
	}
	a->value = content;
	return ERR_OK;
}

static enum err
one_attribute(struct slice *set, struct stl_attribute *a, struct errinfo *ei)
{
	struct slice seq;
	enum err e;

	if ((e = der_get(set, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &a->type, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_SET, &a->value, ei)) != ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	a->property = property_of(a->type);
	return a->property != 0 ? one_value(a, a->value, ei) : ERR_OK;
}

/* How many elements stand in it, as far as they are well formed: what comes
 * behind is found when they are read. */
static size_t
count(struct slice s)
{
	struct slice content;
	uint8_t tag;
	size_t n = 0;

	while (s.len > 0 &&
	       der_get_any(&s, &tag, &content, NULL, NULL) == ERR_OK) {
		n++;
	}
	return n;
}

/* --- entries ------------------------------------------------------------- */

/* What one SEQUENCE of trustedSubjects holds. */
static enum err
open_entry(struct slice *list, struct slice *out_id, struct slice *out_set,
    struct errinfo *ei)
{
	struct slice seq;
	bool present = false;
	enum err e;

	*out_set = SLICE_EMPTY;
	if ((e = der_get(list, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get(&seq, DER_OCTET_STRING, out_id, ei)) != ERR_OK ||
	    (e = der_get_optional(&seq, DER_SET, &present, out_set, ei)) !=
		ERR_OK ||
	    (e = der_end(seq, ei)) != ERR_OK) {
		return e;
	}
	return out_id->len > 0 ? ERR_OK
			       : err_set(ei, ERR_FORMAT, "stl.identifier", NULL,
				     "an entry has an empty identifier");
}

/* Entries and attributes of the whole list. */
static enum err
measure(struct slice list, size_t *out_entries, size_t *out_attributes,
    struct errinfo *ei)
{
	size_t entries = 0, attributes = 0;

	while (list.len > 0) {
		struct slice id, set;
		size_t n;
		enum err e = open_entry(&list, &id, &set, ei);

		if (e != ERR_OK) {
			return e;
		}
		n = count(set);
		if (n > STL_ATTRIBUTES_MAX) {
			return err_set(ei, ERR_LIMIT, "stl.attributes", NULL,
			    "an entry of %zu attributes; at most %d are read",
			    n, STL_ATTRIBUTES_MAX);
		}
		attributes += n;
		if (++entries > STL_ENTRIES_MAX) {
			return err_set(ei, ERR_LIMIT, "stl.entries", NULL,
			    "a list of more than %d entries", STL_ENTRIES_MAX);
		}
	}
	*out_entries = entries;
	*out_attributes = attributes;
	return ERR_OK;
}

static int
by_id(const void *a, const void *b)
{
	const struct stl_entry *const *x = a, *const *y = b;

	return slice_cmp((*x)->id, (*y)->id);
}

static enum err
sort(struct stl *l, struct errinfo *ei)
{
	for (size_t i = 0; i < l->num; i++) {
		l->sorted[i] = &l->entries[i];
	}
	if (l->num > 1) {
		qsort(l->sorted, l->num, sizeof(struct stl_entry *), by_id);
	}
	for (size_t i = 1; i < l->num; i++) {
		if (slice_eq(l->sorted[i - 1]->id, l->sorted[i]->id)) {
			return err_set(ei, ERR_FORMAT, "stl.repeated", NULL,
			    "an identifier stands twice in the list");
		}
	}
	return ERR_OK;
}

static enum err
fill(struct slice list, struct stl_entry *entry, struct stl_attribute *at,
    struct errinfo *ei)
{
	while (list.len > 0) {
		struct slice set;
		enum err e = open_entry(&list, &entry->id, &set, ei);

		entry->attributes = at;
		while (e == ERR_OK && set.len > 0) {
			e = one_attribute(&set, at++, ei);
			entry->num++;
		}
		if (e != ERR_OK) {
			return e;
		}
		entry++;
	}
	return ERR_OK;
}

/* One block: the entries, their attributes, the sorted index. */
static enum err
entries(struct stl *l, struct slice list, struct errinfo *ei)
{
	struct stl_entry *entry;
	struct stl_attribute *at;
	size_t num = 0, attributes = 0;
	enum err e = measure(list, &num, &attributes, ei);

	if (e != ERR_OK || num == 0) {
		return e;
	}
	entry = calloc(1, num * (sizeof(*entry) + sizeof(struct stl_entry *)) +
			      attributes * sizeof(*at));
	if (entry == NULL) {
		return err_nomem(ei);
	}
	l->memory = entry;
	at = (struct stl_attribute *)(void *)(entry + num);
	l->sorted = (const struct stl_entry **)(void *)(at + attributes);
	l->entries = entry;
	l->num = num;
	e = fill(list, entry, at, ei);
	return e == ERR_OK ? sort(l, ei) : e;
}

/* --- the list ------------------------------------------------------------ */

static bool
is_time(struct slice s)
{
	int tag = der_peek(s);

	return tag == DER_UTC_TIME || tag == DER_GENERALIZED_TIME;
}

static enum err
times(struct slice *s, struct stl *l, struct errinfo *ei)
{
	uint8_t tag;
	enum err e = der_get_time(s, &l->this_update, &tag, ei);

	if (e == ERR_OK && is_time(*s)) {
		l->has_next_update = true;
		e = der_get_time(s, &l->next_update, &tag, ei);
	}
	return e;
}

static enum err
algorithm(struct slice *s, struct stl *l, struct errinfo *ei)
{
	struct slice seq, skip;
	bool present;
	enum err e;

	if ((e = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = der_get_oid(&seq, &l->algorithm, ei)) != ERR_OK ||
	    (e = der_get_optional(&seq, DER_NULL, &present, &skip, ei)) !=
		ERR_OK) {
		return e;
	}
	return der_end(seq, ei);
}

static enum err
usages(struct slice seq, struct stl *l, struct errinfo *ei)
{
	l->usages = seq;
	l->kind = STL_OTHER;
	while (seq.len > 0) {
		struct slice usage;
		enum err e = der_get_oid(&seq, &usage, ei);

		if (e != ERR_OK) {
			return e;
		}
		switch ((int)oid_find(usage)) {
		case OID_ROOT_LIST_SIGNER:
			l->kind = STL_ROOTS;
			break;
		case OID_DISALLOWED_LIST:
			l->kind = STL_DISALLOWED;
			break;
		case OID_PIN_RULES:
			l->kind = STL_PINS;
			break;
		default:
			break;
		}
	}
	return ERR_OK;
}

/* Without the two octets of its NUL, if it has them. */
static struct slice
without_nul(struct slice s)
{
	if (s.len >= 2 && s.p[s.len - 1] == 0 && s.p[s.len - 2] == 0) {
		s.len -= 2;
	}
	return s;
}

static enum err
head(struct slice *s, struct stl *l, struct errinfo *ei)
{
	struct slice seq;
	bool present = false;
	enum err e;

	if (der_peek(*s) == DER_INTEGER) {
		return err_set(ei, ERR_UNSUPPORTED, "stl.version", NULL,
		    "a list of a version that is not the first");
	}
	if ((e = der_get(s, DER_SEQUENCE, &seq, ei)) != ERR_OK ||
	    (e = usages(seq, l, ei)) != ERR_OK ||
	    (e = der_get_optional(s, DER_OCTET_STRING, &present, &l->identifier,
		 ei)) != ERR_OK) {
		return e;
	}
	l->identifier = without_nul(l->identifier);
	if (der_peek(*s) == DER_INTEGER) {
		e = der_get_integer(s, &l->sequence, ei);
		if (e == ERR_OK && (l->sequence.p[0] & 0x80) != 0) {
			e = err_set(ei, ERR_FORMAT, "stl.form", NULL,
			    "a negative sequence number");
		}
		if (e == ERR_OK && l->sequence.p[0] == 0) {
			l->sequence.p++;
			l->sequence.len--;
		}
	}
	return e;
}

static enum err
extensions(struct slice explicit0, struct stl *l, struct errinfo *ei)
{
	enum err e =
	    der_get_whole(&explicit0, DER_SEQUENCE, &l->extensions_der, ei);

	if (e == ERR_OK) {
		e = der_end(explicit0, ei);
	}
	return e == ERR_OK
		   ? ext_list_parse(l->extensions_der, &l->extensions, ei)
		   : e;
}

static enum err
list(struct slice s, struct stl *l, struct errinfo *ei)
{
	struct slice subjects = SLICE_EMPTY, explicit0;
	bool present = false;
	enum err e;

	if ((e = head(&s, l, ei)) != ERR_OK ||
	    (e = times(&s, l, ei)) != ERR_OK ||
	    (e = algorithm(&s, l, ei)) != ERR_OK ||
	    (e = der_get_optional(&s, DER_SEQUENCE, &present, &subjects, ei)) !=
		ERR_OK ||
	    (e = entries(l, subjects, ei)) != ERR_OK ||
	    (e = der_get_optional(&s, DER_CONTEXT_CONS(0), &present, &explicit0,
		 ei)) != ERR_OK ||
	    (present && (e = extensions(explicit0, l, ei)) != ERR_OK)) {
		return e;
	}
	return der_end(s, ei);
}

static enum err
parse(struct slice der, struct stl *l, struct errinfo *ei)
{
	struct slice content;
	enum err e = cms_signed_read(der, &l->signature, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (oid_find(l->signature.type) != OID_CTL) {
		return err_set(ei, ERR_UNSUPPORTED, "stl.type", NULL,
		    "a signed message that holds no list of trust");
	}
	content = l->signature.content;
	e = der_get(&content, DER_SEQUENCE, &l->content, ei);
	if (e == ERR_OK) {
		e = der_end(content, ei);
	}
	return e == ERR_OK ? list(l->content, l, ei) : e;
}

enum err
stl_parse(struct slice der, struct stl *out, struct errinfo *ei)
{
	struct stl l = {0};
	enum err e;

	if (der.len > STL_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "stl.length", NULL,
		    "a list of %zu octets; at most %d are read", der.len,
		    STL_BYTES_MAX);
	}
	e = parse(der, &l, ei);
	if (e != ERR_OK) {
		stl_clear(&l);
		return e;
	}
	*out = l;
	return ERR_OK;
}

void
stl_clear(struct stl *l)
{
	free(l->memory);
	ext_list_free(l->extensions);
	*l = (struct stl){0};
}

/* --- asking -------------------------------------------------------------- */

const struct stl_entry *
stl_find(const struct stl *l, struct slice id)
{
	size_t low = 0, high = l->num;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = slice_cmp(l->sorted[middle]->id, id);

		if (order == 0) {
			return l->sorted[middle];
		}
		if (order < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return NULL;
}

const struct stl_attribute *
stl_property(const struct stl_entry *e, uint32_t property)
{
	for (size_t i = 0; i < e->num; i++) {
		if (e->attributes[i].property == property) {
			return &e->attributes[i];
		}
	}
	return NULL;
}

int
stl_compare_age(const struct stl *a, const struct stl *b)
{
	if (a->sequence.len != b->sequence.len) {
		return a->sequence.len < b->sequence.len ? -1 : 1;
	}
	return slice_cmp(a->sequence, b->sequence);
}

/* From 1601-01-01, where FILETIME begins, to 1970-01-01. */
static const int64_t filetime_epoch = 11644473600LL;

int64_t
trust_filetime(uint64_t filetime)
{
	return (int64_t)(filetime / FILETIME_PER_SEC) - filetime_epoch;
}

uint64_t
trust_to_filetime(int64_t sec)
{
	return sec > -filetime_epoch
		   ? (uint64_t)(sec + filetime_epoch) * FILETIME_PER_SEC
		   : 0;
}

bool
stl_sequence_time(const struct stl *l, int64_t *out)
{
	struct slice s = l->sequence;
	uint64_t v;

	if (s.len < FILETIME) {
		return false;
	}
	s = slice_make(s.p + s.len - FILETIME, FILETIME);
	if (!slice_get_u64(&s, &v)) {
		return false;
	}
	*out = trust_filetime(v);
	return true;
}
