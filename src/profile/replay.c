/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/replay.h"

#include <string.h>

#include "base/bounds.h"
#include "der/der.h"
#include "profile/ca_identity.h"
#include "profile/profile.h"
#include "profile/tbs_facts.h"
#include "profile/template.h"
#include "profile/values.h"
#include "x509/asn1_text.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"

enum {
	/* No string type makes more than two bytes of one. */
	ATTR_UTF8_MAX = 2 * NAME_VALUE_MAX
};

/* The TBSCertificate of a whole certificate. */
static enum err
tbs_of(struct slice cert, struct slice *out, struct errinfo *ei)
{
	struct slice body;
	enum err err = der_get(&cert, DER_SEQUENCE, &body, ei);

	return err == ERR_OK ? der_get_whole(&body, DER_SEQUENCE, out, ei)
			     : err;
}

/* --- what was asked for ----------------------------------------------------
 */

static enum err
take_subject(
    struct issue_values *v, const struct name *subject, struct errinfo *ei)
{
	enum err err = ERR_OK;

	for (size_t i = 0; err == ERR_OK && i < name_num_attrs(subject); i++) {
		const struct name_attr *a = name_attr(subject, i);
		struct buf text = BUF_INIT(ATTR_UTF8_MAX);

		if (!asn1_text_utf8(
			(struct asn1_text){a->tag, a->value}, &text)) {
			err = err_set(ei, ERR_FORMAT, "replay.subject", NULL,
			    "an attribute of the subject is no text");
		} else {
			err = values_add_attr(v, a->id, buf_slice(&text), ei);
		}
		buf_clear(&text);
	}
	return err;
}

static enum err
take_san(
    struct issue_values *v, const struct general_name *n, struct errinfo *ei)
{
	if (san_kind_of(n) == SAN_NONE) {
		return err_set(ei, ERR_UNSUPPORTED, "replay.san", NULL,
		    "an alternative name of a kind that no profile has");
	}
	return values_copy_san(v, n, ei);
}

static enum err
take_values(struct issue_values *v, const struct profile *p,
    const struct cert *c, struct errinfo *ei)
{
	const struct ext *san = ext_find(cert_exts(c), EXT_SAN);
	const struct ext *kind =
	    ext_find(cert_exts(c), EXT_IDENTIFICATION_KIND);
	enum err err = values_set_profile(v, slice_str(profile_name(p)), ei);

	if (err == ERR_OK) {
		err = take_subject(v, cert_subject(c), ei);
	}
	for (size_t i = 0; err == ERR_OK && san != NULL && i < san->u.names.num;
	     i++) {
		err = take_san(v, &san->u.names.list[i], ei);
	}
	if (err == ERR_OK) {
		err = values_set_spki(v, cert_spki(c), ei);
	}
	v->identification_kind = kind != NULL && kind->u.number <= 3
				     ? (int)kind->u.number
				     : IDENTIFICATION_NONE;
	v->not_before = cert_not_before(c);
	v->not_after = cert_not_after(c);
	return err;
}

/* --- again -----------------------------------------------------------------
 */

/* As the signer does it, up to the signature.  Its clock stood at the
 * beginning of the certificate, or a little later. */
static enum err
rebuild(const struct profile *p, const struct ca_identity *ca,
    const struct template *t, const struct cert *c, struct issue_values *v,
    struct buf *tbs, struct errinfo *ei)
{
	int64_t now = cert_not_before(c);
	enum err err = profile_check_values(p, v, ei);

	v->not_after = 0;
	if (err == ERR_OK) {
		err = profile_resolve_times(
		    p, ca, v, now, &v->not_before, &v->not_after, ei);
	}
	if (err == ERR_OK) {
		err = template_build(t, v, cert_serial(c), tbs, ei);
	}
	return err;
}

static enum err
run(const struct profile *p, const struct ca_identity *ca,
    const struct template *t, const struct cert *c, struct issue_values *v,
    struct slice issued, struct replay *out, struct errinfo *ei)
{
	struct buf tbs = BUF_INIT(PROFILE_TBS_MAX);
	int64_t now = cert_not_before(c);
	enum err err = take_values(v, p, c, &out->why);

	(void)!lint_tbs(p, ca, v, issued, now, &out->issued_lint);
	if (err == ERR_OK) {
		err = rebuild(p, ca, t, c, v, &tbs, &out->why);
	}
	out->refused = err != ERR_OK;
	err = tbs_facts(issued, &out->issued, ei);
	if (err == ERR_OK && !out->refused) {
		(void)!lint_tbs(
		    p, ca, v, buf_slice(&tbs), now, &out->rebuilt_lint);
		out->equal = slice_eq(issued, buf_slice(&tbs));
		err = tbs_facts(buf_slice(&tbs), &out->rebuilt, ei);
	}
	buf_clear(&tbs);
	return err;
}

enum err
replay_run(const struct profile *p, const struct ca_identity *ca,
    const struct template *t, struct slice cert, struct replay *out,
    struct errinfo *ei)
{
	struct issue_values v;
	struct cert *c = NULL;
	struct slice issued = SLICE_EMPTY;
	enum err err = cert_parse(cert, &c, ei);

	memset(out, 0, sizeof(*out));
	values_init(&v);
	if (err == ERR_OK) {
		err = tbs_of(cert_der(c), &issued, ei);
	}
	if (err == ERR_OK) {
		err = run(p, ca, t, c, &v, issued, out, ei);
	}
	values_clear(&v);
	cert_free(c);
	if (err != ERR_OK) {
		replay_clear(out);
	}
	return err;
}

void
replay_clear(struct replay *r)
{
	facts_clear(&r->issued);
	facts_clear(&r->rebuilt);
}
