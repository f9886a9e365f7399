/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "conf/conf.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "profile/profile_priv.h"
#include "profile/settings.h"

/*
 * From a checked file to struct profile.  Two passes: the table of settings
 * (settings.c) makes conf_parse() report what has the wrong shape; then the
 * values are taken over, each complaint with its line, and profile_rules.c
 * looks at how they go together.
 */
struct loader {
	struct profile *p;
	struct conf_cursor c; /* root */
	struct conf_report report;
	bool nomem;
};

static char *
copy_text(struct loader *l, const char *text)
{
	char *copy = slice_dup_str(slice_str(text));

	if (copy == NULL) {
		l->nomem = true;
	}
	return copy;
}

/* "{version}" in a tool's name stands for the version that is running. */
static char *
copy_tool(struct loader *l, const char *text)
{
	static const char mark[] = "{version}";
	struct buf b = BUF_INIT(PROFILE_TEXT_MAX);
	const char *at;
	char *copy;

	while (text != NULL && (at = strstr(text, mark)) != NULL) {
		buf_add(&b, slice_make(text, (size_t)(at - text)));
		buf_add_str(&b, surguch_version);
		text = at + strlen(mark);
	}
	buf_add_str(&b, text);
	copy = copy_text(l, buf_cstr(&b));
	buf_clear(&b);
	return copy;
}

static bool
take_oid(const char *text, struct profile_oids *out)
{
	struct buf b = BUF_INIT(OID_BYTES_MAX);
	enum oid known = oid_by_name(text);
	struct profile_oid *o = &out->at[out->num];
	bool good = true;

	if (known != OID_UNKNOWN) {
		buf_add(&b, oid_bytes(known));
	} else {
		good = oid_encode(text, &b);
	}
	good = good && b.err == ERR_OK && b.len > 0;
	if (good) {
		memcpy(o->b, b.p, b.len);
		o->len = b.len;
		out->slices[out->num] = slice_make(o->b, o->len);
		out->num++;
	}
	buf_clear(&b);
	return good;
}

static void
take_oids(struct loader *l, const char *path, struct profile_oids *out)
{
	for (size_t i = 0; i < conf_len(l->c, path); i++) {
		const char *text = conf_text_at(l->c, path, i);

		if (!take_oid(text, out)) {
			settings_complain(&l->report, l->c, path,
			    "\"%s\" is neither a name nor a dotted OID that "
			    "we know",
			    text);
			continue;
		}
		for (size_t j = 0; j + 1 < out->num; j++) {
			if (slice_eq(
				out->slices[j], out->slices[out->num - 1])) {
				settings_complain(&l->report, l->c, path,
				    "\"%s\" is listed twice", text);
			}
		}
	}
}

static void
take_attr(struct loader *l, struct conf_cursor c)
{
	struct profile *p = l->p;
	const char *name = conf_text(c, "attribute");
	const struct attr_default *d = settings_attr(oid_by_name(name));
	struct profile_attr *a = &p->attrs[p->num_attrs];
	enum profile_need need = (enum profile_need)conf_choice(c, "need");

	if (d == NULL) {
		settings_complain(&l->report, c, "attribute",
		    "\"%s\" is no attribute of a subject", name);
		return;
	}
	if (profile_attr_find(p, d->id) != NULL) {
		settings_complain(
		    &l->report, c, "attribute", "\"%s\" is listed twice", name);
		return;
	}
	a->id = d->id;
	a->tag = d->tag;
	a->required = need == NEED_REQUIRED;
	a->forbidden = need == NEED_FORBIDDEN;
	a->pattern = conf_has(c, "pattern")
			 ? (enum attr_pattern)conf_choice(c, "pattern")
			 : d->pattern;
	a->max_chars =
	    conf_has(c, "max") ? (uint32_t)conf_int(c, "max") : d->max_chars;
	a->max_count = (uint32_t)conf_int(c, "count");
	if (conf_has(c, "type") &&
	    !settings_type_fits(d, conf_choice(c, "type"), &a->tag)) {
		settings_complain(&l->report, c, "type",
		    "\"%s\" cannot have this string type", name);
	}
	p->num_attrs++;
}

static void
take_key_params(struct loader *l, struct conf_cursor c, struct profile_key *k)
{
	bool gost = k->alg == KEY_GOST256 || k->alg == KEY_GOST512;
	size_t num = conf_len(c, "parameters");

	if (gost != (num > 0)) {
		settings_complain(&l->report, c, NULL,
		    gost ? "a GOST key needs its parameter sets"
			 : "only GOST keys have parameter sets");
	}
	for (size_t i = 0; i < num; i++) {
		const char *name = conf_text_at(c, "parameters", i);
		enum oid id = oid_by_name(name);

		if (!settings_params_fit(k->alg, id)) {
			settings_complain(&l->report, c, "parameters",
			    "\"%s\" is no parameter set of %s", name,
			    key_alg_name(k->alg));
			continue;
		}
		k->params[k->num_params++] = id;
	}
}

static void
take_key(struct loader *l, struct conf_cursor c)
{
	struct profile_key *k = &l->p->keys[l->p->num_keys++];
	bool sized = conf_has(c, "min_bits") || conf_has(c, "max_bits");

	/* The choices are key_alg_name() of 1, 2, ... */
	k->alg = (enum key_alg)(conf_choice(c, "algorithm") + 1);
	take_key_params(l, c, k);
	if (sized && k->alg != KEY_RSA) {
		settings_complain(&l->report, c, NULL,
		    "only the size of RSA keys can be chosen");
	}
	k->min_bits = (uint32_t)conf_int(c, "min_bits");
	k->max_bits = (uint32_t)conf_int(c, "max_bits");
	if (k->min_bits > k->max_bits) {
		settings_complain(&l->report, c, "min_bits",
		    "min_bits is greater than max_bits");
	}
}

static void
take_signatures(struct loader *l)
{
	for (size_t i = 0; i < conf_len(l->c, "signatures"); i++) {
		const char *name = conf_text_at(l->c, "signatures", i);
		enum sig_alg alg = sig_alg_by_name(name);

		if (alg == SIG_NONE) {
			settings_complain(&l->report, l->c, "signatures",
			    "\"%s\" is no signature algorithm that we do",
			    name);
			continue;
		}
		l->p->signature[alg] = true;
	}
}

static void
take_key_usage(struct loader *l, const char *path, uint32_t *out)
{
	for (size_t i = 0; i < conf_len(l->c, path); i++) {
		const char *name = conf_text_at(l->c, path, i);
		uint32_t bit = settings_key_usage(name);

		if (bit == 0 || (*out & bit) != 0) {
			settings_complain(&l->report, l->c, path,
			    "\"%s\" is no usage, or stands twice", name);
		}
		*out |= bit;
	}
}

static void
take_identification(struct loader *l)
{
	static const char path[] = "extensions.identification_kinds";

	for (size_t i = 0; i < conf_len(l->c, path); i++) {
		const char *name = conf_text_at(l->c, path, i);
		int kind = settings_identification(name);

		if (kind < 0) {
			settings_complain(&l->report, l->c, path,
			    "\"%s\" is no kind of identification", name);
			continue;
		}
		l->p->exts.identification[kind] = true;
	}
}

static void
take_san(struct loader *l)
{
	static const char path[] = "extensions.subject_alt_name.kinds";
	struct profile_exts *x = &l->p->exts;
	struct conf_cursor c = conf_group(l->c, "extensions.subject_alt_name");

	for (size_t i = 0; i < conf_len(l->c, path); i++) {
		const char *name = conf_text_at(l->c, path, i);
		enum san_kind kind = san_kind_by_name(name);

		if (kind == SAN_NONE) {
			settings_complain(&l->report, l->c, path,
			    "\"%s\" is no kind of alternative name", name);
			continue;
		}
		x->san_kinds[kind] = true;
	}
	x->need[EXT_SAN] = conf_choice(c, "need") == NEED_REQUIRED
			       ? EXT_REQUIRED
			       : EXT_AS_ASKED;
	x->critical[EXT_SAN] = conf_bool(c, "critical");
	x->san_max = (uint32_t)conf_int(c, "max");
	x->san_wildcards = conf_bool(c, "wildcards");
	x->san_common_name = conf_bool(c, "common_name_listed");
}

static void
take_tools(struct loader *l)
{
	struct profile_exts *x = &l->p->exts;

	x->subject_tool =
	    copy_tool(l, conf_text(l->c, "extensions.subject_sign_tool"));
	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		x->issuer_tool[i] =
		    copy_tool(l, conf_text(l->c, settings_tool_paths[i]));
	}
}

static void
need_when(struct profile_exts *x, enum ext_kind kind, bool wanted)
{
	x->need[kind] = wanted ? EXT_REQUIRED : EXT_FORBIDDEN;
}

static void
take_extensions(struct loader *l)
{
	struct profile_exts *x = &l->p->exts;
	struct conf_cursor c = conf_group(l->c, "extensions");

	need_when(x, EXT_KEY_USAGE, conf_has(c, "key_usage"));
	need_when(x, EXT_EXT_KEY_USAGE, conf_has(c, "ext_key_usage"));
	need_when(x, EXT_BASIC_CONSTRAINTS, conf_has(c, "basic_constraints"));
	need_when(x, EXT_POLICIES, conf_len(c, "policies") > 0);
	need_when(x, EXT_SUBJECT_SIGN_TOOL, conf_has(c, "subject_sign_tool"));
	need_when(x, EXT_ISSUER_SIGN_TOOL, conf_has(c, "issuer_sign_tool"));
	need_when(x, EXT_IDENTIFICATION_KIND,
	    conf_len(c, "identification_kinds") > 0);
	need_when(x, EXT_SKI, conf_bool(c, "subject_key_id"));
	need_when(x, EXT_AKI, conf_bool(c, "authority_key_id"));
	need_when(x, EXT_CRL_POINTS, conf_bool(c, "crl_points"));
	x->aia_ca_issuers = conf_bool(c, "ca_issuers");
	x->aia_ocsp = conf_bool(c, "ocsp");
	need_when(x, EXT_AIA, x->aia_ca_issuers || x->aia_ocsp);
	need_when(x, EXT_OCSP_NO_CHECK, conf_bool(c, "ocsp_no_check"));
	need_when(x, EXT_PRIVATE_KEY_PERIOD, l->p->private_key_days > 0);
	x->critical[EXT_KEY_USAGE] = conf_bool(c, "key_usage.critical");
	x->critical[EXT_EXT_KEY_USAGE] = conf_bool(c, "ext_key_usage.critical");
	x->critical[EXT_BASIC_CONSTRAINTS] =
	    conf_bool(c, "basic_constraints.critical");
	x->ca = conf_bool(c, "basic_constraints.ca");
	x->path_len = (int)conf_int(c, "basic_constraints.path_length");
	take_key_usage(l, "extensions.key_usage.bits", &x->key_usage);
	take_key_usage(l, "extensions.key_usage.rsa_bits", &x->rsa_key_usage);
	take_oids(l, "extensions.ext_key_usage.purposes", &x->purposes);
	take_oids(l, "extensions.policies", &x->policies);
	take_identification(l);
	take_tools(l);
	if (conf_has(c, "subject_alt_name")) {
		take_san(l);
	}
}

static void
take_head(struct loader *l)
{
	struct profile *p = l->p;
	struct conf_cursor c = l->c;

	(void)snprintf(p->name, sizeof(p->name), "%s", conf_text(c, "name"));
	p->title_ru = copy_text(l, conf_text(c, "title_ru"));
	p->title_en = copy_text(l, conf_text(c, "title_en"));
	p->type_text = copy_text(l, conf_text(c, "type_text"));
	p->kind = (enum profile_kind)conf_choice(c, "kind");
	p->self_signed = conf_bool(c, "self_signed");
	p->qualified_form = conf_bool(c, "qualified_form");
	p->hold = conf_bool(c, "hold");
	p->direct = conf_bool(c, "direct");
	p->csr_subject =
	    (enum profile_csr_subject)conf_choice(c, "request_subject");
	p->ceiling = (uint32_t)conf_int(c, "ceiling");
	p->usual_sec = (uint32_t)conf_int(c, "usual_seconds");
	p->limit_sec = (uint32_t)conf_int(c, "limit_seconds");
	p->renew_days = (uint32_t)conf_int(c, "renew_days");
	p->days = (uint32_t)conf_int(c, "validity.days");
	p->max_days = conf_has(c, "validity.max_days")
			  ? (uint32_t)conf_int(c, "validity.max_days")
			  : p->days;
	p->backdate_sec = (uint32_t)conf_int(c, "validity.backdate_seconds");
	p->private_key_days =
	    (uint32_t)conf_int(c, "validity.private_key_days");
	for (size_t i = 0; i < conf_len(c, "subject"); i++) {
		take_attr(l, conf_group_at(c, "subject", i));
	}
	for (size_t i = 0; i < conf_len(c, "keys"); i++) {
		take_key(l, conf_group_at(c, "keys", i));
	}
	take_signatures(l);
}

/* ERR_POLICY when nothing is wrong but a claim of being qualified. */
static enum err
judge(struct loader *l, const struct accreditation *accreditation,
    struct errinfo *ei)
{
	size_t num_others;
	enum err err;

	profile_rules_check(l->p, l->c, &l->report);
	num_others = l->report.num_lines;
	profile_claims_check(l->p, accreditation, l->c, &l->report);
	err = conf_report_err(&l->report, ei);
	if (err == ERR_OK || num_others > 0) {
		return err;
	}
	if (ei != NULL) {
		ei->kind = ERR_POLICY;
		(void)snprintf(ei->rule, sizeof(ei->rule), "profile.qualified");
	}
	return ERR_POLICY;
}

enum err
profile_parse(struct slice text, const char *file,
    const struct accreditation *accreditation, struct conf_report *report,
    struct profile **out, struct errinfo *ei)
{
	struct conf *conf = NULL;
	struct loader l = {0};
	uint8_t digest[HASH_SIZE_MAX];
	enum err err;

	conf_report_init(&l.report);
	err = conf_parse(text, file, profile_settings, &conf, report, ei);
	if (err != ERR_OK) {
		goto out;
	}
	err = hash_of(HASH_SHA256, text, digest, ei);
	if (err != ERR_OK) {
		goto out;
	}
	l.c = conf_root(conf);
	l.p = calloc(1, sizeof(*l.p));
	if (l.p == NULL) {
		err = err_nomem(ei);
		goto out;
	}
	memcpy(l.p->sha256, digest, sizeof(l.p->sha256));
	take_head(&l);
	take_extensions(&l);
	settings_key_spec(l.p);
	if (l.nomem) {
		err = err_nomem(ei);
		goto out;
	}
	err = judge(&l, accreditation, ei);
	if (report != NULL) {
		report->num_lines += l.report.num_lines;
		buf_add(&report->text, buf_slice(&l.report.text));
	}
	if (err == ERR_OK) {
		*out = l.p;
		l.p = NULL;
	}
out:
	profile_free(l.p);
	conf_report_clear(&l.report);
	conf_free(conf);
	return err;
}

enum err
profile_load(const char *path, const struct accreditation *accreditation,
    struct profile **out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	enum err err = file_read(path, CONF_BYTES_MAX, &text, ei);

	if (err == ERR_OK) {
		err = profile_parse(
		    buf_slice(&text), path, accreditation, NULL, out, ei);
	}
	buf_clear(&text);
	return err;
}

void
profile_free(struct profile *p)
{
	if (p == NULL) {
		return;
	}
	free(p->title_ru);
	free(p->title_en);
	free(p->type_text);
	free(p->exts.subject_tool);
	for (size_t i = 0; i < ISSUER_SIGN_TOOL_TEXTS; i++) {
		free(p->exts.issuer_tool[i]);
	}
	free(p);
}
