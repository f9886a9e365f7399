/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/renew.h"

#include "ca/authority.h"
#include "ca/certificate_columns.h"
#include "ca/issue.h"
#include "crypto/hash.h"
#include "os/random.h"
#include "profile/values.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"

bool
renew_due(const struct cert *cert, int64_t now)
{
	int64_t from = cert_not_before(cert), to = cert_not_after(cert);

	return now >= from + (to - from) / 3 * 2;
}

/* Somebody else's is renewed where it came from. */
static enum err
check_ours(struct ca *ca, const struct cert *cert, struct errinfo *ei)
{
	for (size_t i = 0; i < ca_num(ca); i++) {
		if (slice_eq(cert_issuer_der(cert),
			cert_subject_der(authority_cert(ca_at(ca, i))))) {
			return ERR_OK;
		}
	}
	return err_set(ei, ERR_NOTFOUND, "renew.ca", NULL,
	    "the certificate was not made by a CA of this centre: renew it "
	    "where it came from");
}

static enum err
find_profile(
    struct ca *ca, struct slice der, struct issue_values *v, struct errinfo *ei)
{
	uint8_t sha256[SHA256_SIZE];
	struct rows *r = NULL;
	enum err e = sha256_of(der, sha256, ei);

	if (e == ERR_OK) {
		e = store_query(ca_store(ca), ST_CERTIFICATE_BY_SHA256, &r, ei,
		    V_BLOB(slice_make(sha256, sizeof(sha256))));
	}
	if (e == ERR_OK && rows_num(r) == 0) {
		e = err_set(ei, ERR_NOTFOUND, "renew.profile", NULL,
		    "the certificate is not in the database, so its profile is "
		    "not known");
	}
	if (e == ERR_OK) {
		e = values_set_profile(
		    v, slice_str(rows_text(r, 0, CERTIFICATE_PROFILE)), ei);
	}
	rows_free(r);
	return e;
}

static enum err
copy_subject(
    const struct name *subject, struct issue_values *v, struct errinfo *ei)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < name_num_attrs(subject); i++) {
		enum oid id = name_attr(subject, i)->id;
		struct buf text = BUF_INIT(NAME_VALUE_MAX);

		if (name_count(subject, id) != 1 ||
		    !name_get_utf8(subject, id, &text)) {
			e = err_set(ei, ERR_UNSUPPORTED, "renew.subject", NULL,
			    "its subject cannot be copied: an attribute is no "
			    "text, or there twice");
		} else {
			e = values_add_attr(v, id, buf_slice(&text), ei);
		}
		buf_clear(&text);
	}
	return e;
}

static enum err
copy_san(
    const struct general_name *n, struct issue_values *v, struct errinfo *ei)
{
	if (san_kind_of(n) == SAN_NONE) {
		return err_set(ei, ERR_UNSUPPORTED, "renew.names", NULL,
		    "one of its alternative names cannot be copied");
	}
	return values_copy_san(v, n, ei);
}

static enum err
fill(struct ca *ca, const struct cert *cert, struct issue_values *v,
    struct errinfo *ei)
{
	const struct ext *san = ext_find(cert_exts(cert), EXT_SAN);
	enum err e = find_profile(ca, cert_der(cert), v, ei);

	if (e == ERR_OK) {
		e = copy_subject(cert_subject(cert), v, ei);
	}
	for (size_t i = 0; e == ERR_OK && san != NULL && i < san->u.names.num;
	     i++) {
		e = copy_san(&san->u.names.list[i], v, ei);
	}
	if (e == ERR_OK) {
		e = values_set_spki(v, cert_spki(cert), ei);
	}
	return e != ERR_OK ? e : random_bytes(v->idem, sizeof(v->idem), ei);
}

enum err
ca_renew(struct ca *ca, struct authority *by, struct slice old_der,
    struct buf *out_der, struct errinfo *ei)
{
	struct issued issued = {0};
	struct issue_values values;
	struct cert *cert = NULL;
	enum err e = cert_parse(old_der, &cert, ei);

	values_init(&values);
	if (e == ERR_OK) {
		e = check_ours(ca, cert, ei);
	}
	if (e == ERR_OK) {
		e = fill(ca, cert, &values, ei);
	}
	if (e == ERR_OK) {
		e = by != NULL ? ca_issue_from(ca, by, &values, &issued, ei)
			       : ca_issue(ca, &values, &issued, ei);
	}
	/* Should we die here, adoption puts it on record. */
	if (e == ERR_OK) {
		e = ca_submit_alone(ca, &issued, "system renewal", ei);
	}
	if (e == ERR_OK) {
		buf_reset(out_der);
		buf_add(out_der, buf_slice(&issued.der));
		e = buf_err(out_der, ei);
	}
	issued_clear(&issued);
	values_clear(&values);
	cert_free(cert);
	return e;
}
