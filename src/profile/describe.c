/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/describe.h"

#include <stdio.h>
#include <string.h>

#include "der/der.h"
#include "profile/profile_priv.h"
#include "profile/settings.h"

enum {
	WORDS_TEXT_MAX = 8 * PROFILE_TEXT_MAX
};

/* One value made of several words: "a, b, c". */
struct words {
	struct buf text;
	const char *between;
};

static struct words
words_of(const char *between)
{
	return (struct words){BUF_INIT(WORDS_TEXT_MAX), between};
}

static void
word(struct words *w, const char *text)
{
	buf_printf(&w->text, "%s%s", w->text.len > 0 ? w->between : "", text);
}

static void
words_end(struct words *w, struct facts *out, const char *key)
{
	facts_add(
	    out, key, "%s", w->text.len > 0 ? buf_cstr(&w->text) : "none");
	buf_clear(&w->text);
}

static const char *
yes_no(bool v)
{
	return v ? "yes" : "no";
}

static const char *
type_name(uint8_t tag)
{
	switch (tag) {
	case DER_UTF8_STRING:
		return "UTF8String";
	case DER_PRINTABLE_STRING:
		return "PrintableString";
	case DER_NUMERIC_STRING:
		return "NumericString";
	default:
		return "IA5String";
	}
}

static void
describe_attr(const struct profile_attr *a, struct facts *out)
{
	char key[96], times[32] = "";

	(void)snprintf(key, sizeof(key), "subject.%s", oid_short_name(a->id));
	if (a->forbidden) {
		/* As if it were not listed. */
		return;
	}
	if (a->max_count > 1) {
		(void)snprintf(times, sizeof(times), ", up to %u times",
		    (unsigned)a->max_count);
	}
	facts_add(out, key,
	    "%s%s; %s of the form \"%s\", at most %u characters",
	    a->required ? "required" : "optional", times, type_name(a->tag),
	    attr_pattern_name(a->pattern), (unsigned)a->max_chars);
}

static void
describe_subject(const struct profile *p, struct facts *out)
{
	struct words order = words_of(", ");

	for (size_t i = 0; i < p->num_attrs; i++) {
		if (!p->attrs[i].forbidden) {
			word(&order, oid_short_name(p->attrs[i].id));
		}
	}
	words_end(&order, out, "subject");
	for (size_t i = 0; i < p->num_attrs; i++) {
		describe_attr(&p->attrs[i], out);
	}
}

static void
describe_keys(const struct profile *p, struct facts *out)
{
	char key[96];

	facts_add(out, "keys", "new ones are made as %s", p->key_spec);
	for (size_t i = 0; i < p->num_keys; i++) {
		const struct profile_key *k = &p->keys[i];
		struct words sets = words_of(", ");

		(void)snprintf(
		    key, sizeof(key), "keys.%s", key_alg_name(k->alg));
		if (k->alg == KEY_RSA) {
			buf_printf(&sets.text, "%u to %u bits",
			    (unsigned)k->min_bits, (unsigned)k->max_bits);
		} else if (k->num_params == 0) {
			word(&sets, "taken");
		}
		for (size_t n = 0; n < k->num_params; n++) {
			word(&sets, oid_short_name(k->params[n]));
		}
		words_end(&sets, out, key);
	}
}

static void
describe_signatures(const struct profile *p, struct facts *out)
{
	struct words names = words_of(", ");

	for (unsigned i = SIG_NONE + 1; i < SIG_ALG_MAX_; i++) {
		if (p->signature[i]) {
			word(&names, sig_alg_name((enum sig_alg)i));
		}
	}
	words_end(&names, out, "signatures");
}

static void
describe_times(const struct profile *p, struct facts *out)
{
	facts_add(out, "validity.days", "%u days", (unsigned)p->days);
	facts_add(out, "validity.max_days", "%u days", (unsigned)p->max_days);
	facts_add(out, "validity.backdate_seconds", "%u seconds before issue",
	    (unsigned)p->backdate_sec);
	if (p->private_key_days > 0) {
		facts_add(out, "validity.private_key_days",
		    "%u days, in privateKeyUsagePeriod",
		    (unsigned)p->private_key_days);
	} else {
		facts_add(out, "validity.private_key_days",
		    "not said (no privateKeyUsagePeriod)");
	}
}

static void
describe_oids(const struct profile_oids *oids, bool critical, struct facts *out,
    const char *key)
{
	struct words names = words_of(", ");

	for (size_t i = 0; i < oids->num; i++) {
		enum oid known = oid_find(oids->slices[i]);
		char dotted[OID_TEXT_MAX];

		word(&names, known != OID_UNKNOWN
				 ? oid_short_name(known)
				 : oid_dotted(oids->slices[i], dotted));
	}
	if (critical) {
		buf_add_str(&names.text, " (critical)");
	}
	words_end(&names, out, key);
}

static void
describe_usage(
    uint32_t usage, bool critical, struct facts *out, const char *key)
{
	struct words bits = words_of(", ");

	for (unsigned i = 0; i < KU_NUM_BITS; i++) {
		if ((usage & 1u << i) != 0) {
			word(&bits, settings_key_usage_name(i));
		}
	}
	if (critical) {
		buf_add_str(&bits.text, " (critical)");
	}
	words_end(&bits, out, key);
}

static void
describe_basic(const struct profile_exts *x, struct facts *out)
{
	struct words w = words_of("");

	if (x->need[EXT_BASIC_CONSTRAINTS] == EXT_REQUIRED) {
		word(&w, x->ca ? "a CA" : "no CA");
		if (x->path_len >= 0) {
			buf_printf(
			    &w.text, ", at most %d CAs below it", x->path_len);
		}
		if (x->critical[EXT_BASIC_CONSTRAINTS]) {
			buf_add_str(&w.text, " (critical)");
		}
	}
	words_end(&w, out, "extensions.basic_constraints");
}

static void
describe_names(const struct profile_exts *x, struct facts *out)
{
	struct words kinds = words_of(", ");

	if (x->need[EXT_SAN] != EXT_FORBIDDEN) {
		for (int k = SAN_NONE + 1; k < SAN_KIND_MAX_; k++) {
			if (x->san_kinds[k]) {
				word(&kinds, san_kind_name((enum san_kind)k));
			}
		}
		buf_printf(&kinds.text, "; %s, at most %u%s%s%s",
		    x->need[EXT_SAN] == EXT_REQUIRED ? "at least one"
						     : "optional",
		    (unsigned)x->san_max,
		    x->san_wildcards ? ", wildcards too" : "",
		    x->san_common_name ? ", a CN must be among them" : "",
		    x->critical[EXT_SAN] ? " (critical)" : "");
	}
	words_end(&kinds, out, "extensions.subject_alt_name");
}

static void
describe_qualified(const struct profile_exts *x, struct facts *out)
{
	struct words kinds = words_of(", ");

	facts_add(out, "extensions.subject_sign_tool", "%s",
	    x->need[EXT_SUBJECT_SIGN_TOOL] == EXT_REQUIRED ? x->subject_tool
							   : "none");
	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		facts_add(out, settings_tool_paths[i], "%s",
		    x->need[EXT_ISSUER_SIGN_TOOL] == EXT_REQUIRED
			? x->issuer_tool[i]
			: "none");
	}
	for (int i = 0; i < 4; i++) {
		if (x->identification[i]) {
			word(&kinds, settings_identification_name(i));
		}
	}
	words_end(&kinds, out, "extensions.identification_kinds");
}

static void
describe_extensions(const struct profile_exts *x, struct facts *out)
{
	describe_usage(x->key_usage, x->critical[EXT_KEY_USAGE], out,
	    "extensions.key_usage");
	describe_usage(
	    x->rsa_key_usage, false, out, "extensions.key_usage.rsa_bits");
	describe_oids(&x->purposes, x->critical[EXT_EXT_KEY_USAGE], out,
	    "extensions.ext_key_usage");
	describe_basic(x, out);
	describe_oids(&x->policies, false, out, "extensions.policies");
	describe_qualified(x, out);
	facts_add(out, "extensions.subject_key_id", "%s",
	    yes_no(x->need[EXT_SKI] == EXT_REQUIRED));
	facts_add(out, "extensions.authority_key_id", "%s",
	    yes_no(x->need[EXT_AKI] == EXT_REQUIRED));
	facts_add(out, "extensions.crl_points", "%s",
	    yes_no(x->need[EXT_CRL_POINTS] == EXT_REQUIRED));
	facts_add(
	    out, "extensions.ca_issuers", "%s", yes_no(x->aia_ca_issuers));
	facts_add(out, "extensions.ocsp", "%s", yes_no(x->aia_ocsp));
	facts_add(out, "extensions.ocsp_no_check", "%s",
	    yes_no(x->need[EXT_OCSP_NO_CHECK] == EXT_REQUIRED));
	describe_names(x, out);
}

void
profile_describe(const struct profile *p, struct facts *out)
{
	facts_add(out, "name", "%s", p->name);
	facts_add(out, "title_ru", "%s", p->title_ru);
	facts_add(out, "title_en", "%s", p->title_en);
	facts_add(out, "kind", "%s", settings_kind_name(p->kind));
	facts_add(out, "self_signed", "%s", yes_no(p->self_signed));
	facts_add(out, "qualified_form", "%s", yes_no(p->qualified_form));
	facts_add(out, "claims", "%s",
	    p->claims ? "to be qualified, while the accreditation holds"
		      : "not to be qualified");
	facts_add(out, "type_text", "%s",
	    p->type_text[0] != '\0' ? p->type_text : "none");
	facts_add(out, "request_subject", "%s",
	    settings_request_name(p->csr_subject));
	describe_subject(p, out);
	describe_keys(p, out);
	describe_signatures(p, out);
	describe_times(p, out);
	describe_extensions(&p->exts, out);
	facts_add(out, "ceiling", "%u in 24 hours", (unsigned)p->ceiling);
	facts_add(out, "hold", "%s", yes_no(p->hold));
	facts_add(out, "direct", "%s", yes_no(p->direct));
	facts_add(out, "usual_seconds", "%u seconds", (unsigned)p->usual_sec);
	facts_add(out, "limit_seconds", "%u seconds", (unsigned)p->limit_sec);
	facts_add(out, "renew_days", "%u days before the end",
	    (unsigned)p->renew_days);
}
