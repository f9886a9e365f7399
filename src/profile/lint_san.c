/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the alternative names. */
#include "profile/lint_priv.h"

#include <string.h>

/* The name has this kind and, as certified, this value. */
static bool
is_san(const struct general_name *gn, const struct san *san)
{
	uint8_t octets[16];

	if (san_kind_of(gn) != san->kind) {
		return false;
	}
	if (san->kind == SAN_IP) {
		return slice_eq(gn->value,
		    slice_make(octets, ip_parse(slice_str(san->text), octets)));
	}
	return slice_eq_str(gn->value, san->text);
}

/* In the order in which they were asked for. */
static void
check_asked(struct lint *l)
{
	bool same;

	if (l->ext == NULL) {
		return;
	}
	same = l->ext->u.names.num == l->v->num_sans;
	for (size_t i = 0; same && i < l->v->num_sans; i++) {
		same = is_san(&l->ext->u.names.list[i], &l->v->sans[i]);
	}
	if (!same) {
		lint_add(l, ERR_CONFLICT,
		    "the alternative names are not those that were asked "
		    "for");
	}
}

static void
check_kind(struct lint *l)
{
	for (size_t i = 0; l->ext != NULL && i < l->ext->u.names.num; i++) {
		const struct general_name *gn = &l->ext->u.names.list[i];

		if (!l->x->san_kinds[san_kind_of(gn)]) {
			lint_add(l, ERR_POLICY,
			    "the profile does not take alternative names of "
			    "the kind %d",
			    (int)gn->kind);
		}
	}
}

/* LDH labels, addr-spec, a URI with a scheme, 4 or 16 octets. */
static bool
form_fits(const struct general_name *gn)
{
	enum san_kind kind = san_kind_of(gn);
	char *text;
	bool fits;

	if (kind == SAN_NONE) {
		return true;
	}
	if (kind == SAN_IP) {
		return gn->value.len == 4 || gn->value.len == 16;
	}
	text = slice_dup_str(gn->value);
	if (text == NULL) {
		return false;
	}
	fits = san_form_fits(kind, text);
	free(text);
	return fits;
}

static void
check_form(struct lint *l)
{
	for (size_t i = 0; l->ext != NULL && i < l->ext->u.names.num; i++) {
		const struct general_name *gn = &l->ext->u.names.list[i];

		if (!form_fits(gn)) {
			lint_add(l, ERR_FORMAT,
			    "alternative name %zu has not the form of its "
			    "kind",
			    i + 1);
		}
	}
}

static void
check_wildcard(struct lint *l)
{
	for (size_t i = 0; l->ext != NULL && i < l->ext->u.names.num; i++) {
		const struct general_name *gn = &l->ext->u.names.list[i];

		if (gn->kind == GN_DNS && !l->x->san_wildcards &&
		    slice_starts(gn->value, SLICE_LIT("*"))) {
			lint_add(l, ERR_POLICY,
			    "the profile does not take wildcards");
			return;
		}
	}
}

static void
check_count(struct lint *l)
{
	if (l->ext != NULL && l->ext->u.names.num > l->x->san_max) {
		lint_add(l, ERR_LIMIT,
		    "there are %zu alternative names, the profile takes %u",
		    l->ext->u.names.num, (unsigned)l->x->san_max);
	}
}

static void
check_twice(struct lint *l)
{
	size_t num = l->ext != NULL ? l->ext->u.names.num : 0;

	for (size_t i = 0; i < num; i++) {
		const struct general_name *a = &l->ext->u.names.list[i];

		for (size_t j = 0; j < i; j++) {
			const struct general_name *b = &l->ext->u.names.list[j];

			if (a->kind == b->kind && a->value.len > 0 &&
			    slice_eq(a->value, b->value)) {
				lint_add(l, ERR_CONFLICT,
				    "alternative name %zu stands twice", i + 1);
				return;
			}
		}
	}
}

/* A server's CN is read by old clients only: it must not say more. */
static void
check_common_name(struct lint *l)
{
	struct buf cn = BUF_INIT(NAME_UTF8_MAX);
	bool listed = false;
	uint8_t ip[16];
	size_t ip_len;

	if (l->ext != NULL && l->x->san_common_name &&
	    name_get_utf8(cert_subject(l->cert), OID_CN, &cn)) {
		ip_len = ip_parse(slice_str(buf_cstr(&cn)), ip);
		for (size_t i = 0; i < l->ext->u.names.num; i++) {
			struct slice value = l->ext->u.names.list[i].value;

			listed = listed || slice_eq(value, buf_slice(&cn)) ||
				 (ip_len > 0 &&
				     slice_eq(value, slice_make(ip, ip_len)));
		}
		if (!listed) {
			lint_add(l, ERR_POLICY,
			    "the common name is not among the alternative "
			    "names");
		}
	}
	lint_drop(l, &cn);
}

const struct lint_rule lint_san_rules[] = {
    {"lint.san.asked", "", check_asked, EXT_SAN},
    {"lint.san.kind", "", check_kind, EXT_SAN},
    {"lint.san.form", "RFC 5280 4.2.1.6", check_form, EXT_SAN},
    {"lint.san.wildcard", "", check_wildcard, EXT_SAN},
    {"lint.san.count", "", check_count, EXT_SAN},
    {"lint.san.twice", "", check_twice, EXT_SAN},
    {"lint.san.common_name", "RFC 6125 6.4.4", check_common_name, EXT_SAN},
    {NULL, NULL, NULL, EXT_RAW},
};
