/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/profile_priv.h"

#include <string.h>

#include "base/clock.h"
#include "base/host.h"
#include "base/text.h"
#include "crypto/pubkey.h"
#include "crypto/weak_key.h"
#include "der/der.h"
#include "profile/ca_identity.h"
#include "subject/number.h"
#include "subject/region.h"
#include "subject/words.h"
#include "x509/name.h"

const char *
profile_name(const struct profile *p)
{
	return p->name;
}

const char *
profile_title_en(const struct profile *p)
{
	return p->title_en;
}

const char *
profile_type_text(const struct profile *p)
{
	return p->type_text;
}

struct slice
profile_sha256(const struct profile *p)
{
	return slice_make(p->sha256, sizeof(p->sha256));
}

enum profile_kind
profile_kind(const struct profile *p)
{
	return p->kind;
}

bool
profile_self_signed(const struct profile *p)
{
	return p->self_signed;
}

uint32_t
profile_ceiling(const struct profile *p)
{
	return p->ceiling;
}

bool
profile_hold_allowed(const struct profile *p)
{
	return p->hold;
}

bool
profile_direct(const struct profile *p)
{
	return p->direct;
}

bool
profile_certifies_identification(const struct profile *p)
{
	return p->exts.need[EXT_IDENTIFICATION_KIND] == EXT_REQUIRED;
}

uint32_t
profile_usual_seconds(const struct profile *p)
{
	return p->usual_sec;
}

uint32_t
profile_limit_seconds(const struct profile *p)
{
	return p->limit_sec;
}

uint32_t
profile_days(const struct profile *p)
{
	return p->days;
}

const char *
profile_key_spec(const struct profile *p)
{
	return p->key_spec;
}

const struct profile_attr *
profile_attr_find(const struct profile *p, enum oid id)
{
	for (size_t i = 0; i < p->num_attrs; i++) {
		if (p->attrs[i].id == id) {
			return &p->attrs[i];
		}
	}
	return NULL;
}

static bool
number_fits(enum err (*normalise)(struct slice, char *, struct errinfo *),
    struct slice text)
{
	char normal[OGRNIP_SIZE]; /* the longest */

	return normalise(text, normal, NULL) == ERR_OK &&
	       slice_eq_str(text, normal);
}

static bool
domain_fits(struct slice text)
{
	if (slice_starts(text, SLICE_LIT("*."))) {
		text = slice_make(text.p + 2, text.len - 2);
	}
	return domain_valid(text);
}

bool
attr_pattern_fits(enum attr_pattern pattern, struct slice text)
{
	switch (pattern) {
	case PATTERN_TEXT:
		return line_valid(text);
	case PATTERN_COUNTRY:
		return text.len == 2 && text.p[0] >= 'A' && text.p[0] <= 'Z' &&
		       text.p[1] >= 'A' && text.p[1] <= 'Z';
	case PATTERN_RUSSIA:
		return slice_eq_str(text, "RU");
	case PATTERN_REGION:
		return region_valid(text);
	case PATTERN_PERSON_NAME:
		return person_name_valid(text, SUBJECT_TEXT_MAX);
	case PATTERN_EMAIL:
		return email_valid(text);
	case PATTERN_SNILS:
		return number_fits(snils_normalise, text);
	case PATTERN_INN10:
		return number_fits(inn10_normalise, text);
	case PATTERN_INN12:
		return number_fits(inn12_normalise, text);
	case PATTERN_OGRN:
		return number_fits(ogrn_normalise, text);
	case PATTERN_OGRNIP:
		return number_fits(ogrnip_normalise, text);
	case PATTERN_DIGITS:
		return text_is_digits(text);
	case PATTERN_DOMAIN:
		return domain_fits(text);
	case ATTR_PATTERN_MAX_:
		break;
	}
	return false;
}

static enum err
refuse(
    struct errinfo *ei, const char *rule, const char *object, const char *text)
{
	(void)err_set(
	    ei, ERR_POLICY, rule, NULL, "%s: the profile %s", object, text);
	return err_object(ei, ERR_POLICY, object);
}

/* Whether a text can stand in a string of this type (X.680 41). */
static bool
type_holds(uint8_t tag, const char *text)
{
	static const char printable[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	    " '()+,-./:=?";

	if (tag == DER_NUMERIC_STRING) {
		return text_is_digits(slice_str(text));
	}
	if (tag == DER_PRINTABLE_STRING) {
		return strspn(text, printable) == strlen(text);
	}
	for (; tag == DER_IA5_STRING && *text != '\0'; text++) {
		if ((unsigned char)*text > 0x7e) {
			return false;
		}
	}
	return true;
}

static enum err
check_attr(const struct profile *p, const struct subject_attrs *attrs,
    const struct subject_attr *a, struct errinfo *ei)
{
	const struct profile_attr *rule = profile_attr_find(p, a->id);
	const char *name = oid_short_name(a->id);

	if (rule == NULL || rule->forbidden) {
		return refuse(ei, "profile.attr.forbidden", name,
		    "does not certify this attribute");
	}
	if (subject_attrs_count(attrs, a->id) > rule->max_count) {
		return refuse(ei, "profile.attr.many", name,
		    "does not take so many values");
	}
	if (text_num_chars(slice_str(a->text)) > rule->max_chars) {
		return refuse(ei, "profile.attr.length", name,
		    "does not take a value of this length");
	}
	if (!type_holds(rule->tag, a->text) ||
	    !attr_pattern_fits(rule->pattern, slice_str(a->text))) {
		(void)err_set(ei, ERR_POLICY, "profile.attr.pattern", NULL,
		    "%s: the value has not the form \"%s\" that the profile "
		    "wants",
		    name, attr_pattern_name(rule->pattern));
		return err_object(ei, ERR_POLICY, name);
	}
	return ERR_OK;
}

static enum err
check_subject(const struct profile *p, const struct subject_attrs *attrs,
    struct errinfo *ei)
{
	for (size_t i = 0; i < attrs->num; i++) {
		enum err err = check_attr(p, attrs, &attrs->at[i], ei);

		if (err != ERR_OK) {
			return err;
		}
	}
	for (size_t i = 0; i < p->num_attrs; i++) {
		if (p->attrs[i].required &&
		    subject_attrs_count(attrs, p->attrs[i].id) == 0) {
			return refuse(ei, "profile.attr.missing",
			    oid_short_name(p->attrs[i].id),
			    "needs this attribute");
		}
	}
	return ERR_OK;
}

static bool
san_lists(const struct issue_values *v, const char *name)
{
	for (size_t i = 0; i < v->num_sans; i++) {
		if (strcmp(v->sans[i].text, name) == 0) {
			return true;
		}
	}
	return false;
}

static enum err
check_sans(
    const struct profile *p, const struct issue_values *v, struct errinfo *ei)
{
	static const char object[] = "subjectAltName";
	const struct profile_exts *x = &p->exts;
	const char *cn = subject_attrs_get(&v->attrs, OID_CN);

	if (x->need[EXT_SAN] == EXT_REQUIRED && v->num_sans == 0) {
		return refuse(ei, "profile.san.missing", object,
		    "needs an alternative name");
	}
	if (v->num_sans > x->san_max) {
		return refuse(ei, "profile.san.many", object,
		    "does not take so many alternative names");
	}
	for (size_t i = 0; i < v->num_sans; i++) {
		const struct san *s = &v->sans[i];

		if (!x->san_kinds[s->kind]) {
			return refuse(ei, "profile.san.kind", object,
			    "does not take a name of this kind");
		}
		if (s->text[0] == '*' && !x->san_wildcards) {
			return refuse(ei, "profile.san.wildcard", object,
			    "does not take wildcards");
		}
	}
	if (x->san_common_name && cn != NULL && !san_lists(v, cn)) {
		return refuse(ei, "profile.san.common_name", "CN",
		    "wants the common name among the alternative names");
	}
	return ERR_OK;
}

static enum err
check_identification(const struct profile *p, int kind, struct errinfo *ei)
{
	bool wanted = profile_certifies_identification(p);

	if (!wanted && kind == IDENTIFICATION_NONE) {
		return ERR_OK;
	}
	if (!wanted || kind < 0 || kind > 3 || !p->exts.identification[kind]) {
		return refuse(ei, "profile.identification_kind",
		    "identificationKind",
		    wanted ? "does not take this kind of identification"
			   : "certifies no identification");
	}
	return ERR_OK;
}

enum err
profile_check_names(
    const struct profile *p, const struct issue_values *v, struct errinfo *ei)
{
	enum err err;

	if (strcmp(v->profile, p->name) != 0) {
		return err_set(ei, ERR_CONFLICT, "profile.name", NULL,
		    "the values are for the profile %s, this one is %s",
		    v->profile, p->name);
	}
	err = check_subject(p, &v->attrs, ei);
	if (err == ERR_OK) {
		err = check_sans(p, v, ei);
	}
	if (err == ERR_OK) {
		err = check_identification(p, v->identification_kind, ei);
	}
	return err;
}

enum err
profile_check_values(
    const struct profile *p, const struct issue_values *v, struct errinfo *ei)
{
	enum err err = profile_check_names(p, v, ei);

	return err == ERR_OK ? profile_check_spki(p, values_spki(v), ei) : err;
}

enum err
profile_check_request_subject(const struct profile *p,
    const struct name *requested, const struct subject_attrs *registered,
    struct errinfo *ei)
{
	struct name *vetted;
	enum err err = ERR_OK;

	if (p->csr_subject == CSR_SUBJECT_IGNORE) {
		return ERR_OK;
	}
	vetted = name_new();
	if (vetted == NULL) {
		return err_nomem(ei);
	}
	for (size_t i = 0; err == ERR_OK && i < registered->num; i++) {
		/* The comparison is of characters, whatever the types. */
		err = name_add(vetted, registered->at[i].id, DER_UTF8_STRING,
		    slice_str(registered->at[i].text), ei);
	}
	if (err == ERR_OK && !name_equal_set(requested, vetted)) {
		(void)err_set(ei, ERR_POLICY, "profile.request_subject", NULL,
		    "the subject in the request is not the registered one, "
		    "and the profile %s compares them: make the request anew",
		    p->name);
		err = err_object(ei, ERR_POLICY, "subject");
	}
	name_free(vetted);
	return err;
}

static bool
key_fits(const struct profile_key *rule, const struct pubkey *key)
{
	if (pubkey_alg(key) != rule->alg) {
		return false;
	}
	if (rule->alg == KEY_RSA) {
		return pubkey_bits(key) >= rule->min_bits &&
		       pubkey_bits(key) <= rule->max_bits;
	}
	for (size_t i = 0; i < rule->num_params; i++) {
		if (slice_eq(pubkey_params(key), oid_bytes(rule->params[i]))) {
			return true;
		}
	}
	return rule->num_params == 0;
}

enum err
profile_check_key(
    const struct profile *p, const struct pubkey *key, struct errinfo *ei)
{
	bool fits = false;

	for (size_t i = 0; i < p->num_keys; i++) {
		fits = fits || key_fits(&p->keys[i], key);
	}
	if (fits) {
		enum err e = weak_key_check(key, ei);

		return e != ERR_OK ? err_object(ei, e, "key") : ERR_OK;
	}
	return err_object(ei,
	    err_set(ei, ERR_POLICY, "profile.key", NULL,
		"the profile %s does not take a key %s of %u bits with "
		"these parameters; it takes %s",
		p->name, key_alg_name(pubkey_alg(key)), pubkey_bits(key),
		p->key_spec),
	    "key");
}

enum err
profile_check_spki(
    const struct profile *p, struct slice spki, struct errinfo *ei)
{
	struct pubkey *key = NULL;
	enum err err = pubkey_parse(spki, &key, ei);

	if (err == ERR_OK) {
		err = profile_check_key(p, key, ei);
	}
	pubkey_free(key);
	return err;
}

int64_t
profile_private_key_end(
    const struct profile *p, int64_t not_before, int64_t not_after)
{
	int64_t end = not_before + (int64_t)p->private_key_days * DAY_SEC;

	return end < not_after ? end : not_after;
}

static int64_t
max_time(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static enum err
resolve_start(const struct profile *p, const struct ca_identity *ca,
    int64_t asked, int64_t now, int64_t *out, struct errinfo *ei)
{
	int64_t start = asked;

	if (asked == 0) {
		start = now - p->backdate_sec;
		start = ca->self ? start : max_time(start, ca->not_before);
	} else if (asked < now - p->backdate_sec - CLOCK_SKEW_SEC ||
		   asked > now + CLOCK_SKEW_SEC) {
		return refuse(ei, "profile.not_before", "notBefore",
		    "starts now, within five minutes of the signer's clock");
	}
	if (!ca->self && start < ca->not_before) {
		return refuse(ei, "profile.not_before", "notBefore",
		    "cannot start before the CA's own certificate");
	}
	*out = start;
	return ERR_OK;
}

enum err
profile_resolve_times(const struct profile *p, const struct ca_identity *ca,
    const struct issue_values *v, int64_t now, int64_t *out_not_before,
    int64_t *out_not_after, struct errinfo *ei)
{
	int64_t start = 0;
	int64_t end = v->not_after;
	enum err err;

	if (!ca->self && now >= ca->not_after) {
		return refuse(ei, "profile.ca_ended", "notAfter",
		    "cannot be issued: the CA's own certificate has ended");
	}
	err = resolve_start(p, ca, v->not_before, now, &start, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (end == 0) {
		end = start + (int64_t)p->days * DAY_SEC;
		end = !ca->self && end > ca->not_after ? ca->not_after : end;
	}
	if (end <= start || end - start > (int64_t)p->max_days * DAY_SEC) {
		return refuse(ei, "profile.not_after", "notAfter",
		    "does not take this length of life");
	}
	if (!ca->self && end > ca->not_after) {
		return refuse(ei, "profile.not_after", "notAfter",
		    "lets no certificate outlive its CA");
	}
	*out_not_before = start;
	*out_not_after = end;
	return ERR_OK;
}
