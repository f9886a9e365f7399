/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/direct.h"

#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/key_owner.h"
#include "profile/profile.h"
#include "profile/values.h"
#include "registry/person.h"
#include "subject/subject.h"
#include "x509/csr.h"

enum {
	NAME_TEXT_MAX = 512
};

/*
 * Only what a person may be certified for without an application: profiles
 * of the qualified form want identification and an approved form, and the
 * centre's own (CA, OCSP, TLS server) are not given to users.
 */
static enum err
check_profile(struct ca *ca, const char *name, const struct profile **out,
    struct errinfo *ei)
{
	const struct profile *p = ca_profile(ca, name);
	struct authority *by;
	enum err e = ca_find_issuer(ca, name, &by, ei);

	if (e == ERR_OK && p == NULL) {
		e = err_set(ei, ERR_NOTFOUND, "ca.profile", NULL,
		    "this centre has no file of the profile %s", name);
	}
	if (e != ERR_OK) {
		return err_object(ei, e, "profile");
	}
	if (!profile_direct(p)) {
		(void)err_set(ei, ERR_POLICY, "profile.direct", NULL,
		    "certificates under %s are not issued to a direct "
		    "request: they need an approved form",
		    name);
		return err_object(ei, ERR_POLICY, "profile");
	}
	*out = p;
	return ERR_OK;
}

static enum err
add_person(struct registry *r, const struct id *id, struct issue_values *v,
    struct errinfo *ei)
{
	struct buf name = BUF_INIT(NAME_TEXT_MAX);
	struct record row;
	struct person_data p = {0};
	struct subject_fields f = {0};
	enum err e = record_get(&person_kind, r, id, &row, &p, ei);

	if (e != ERR_OK) {
		return err_object(ei, e, "person");
	}
	f.surname = p.surname;
	f.given_name = p.given_name;
	f.patronymic = p.patronymic;
	subject_full_name(&f, &name);
	e = buf_err(&name, ei);
	if (e == ERR_OK) {
		e = values_add_attr(v, OID_CN, buf_slice(&name), ei);
	}
	buf_clear(&name);
	record_clear(&row);
	return e;
}

static enum err
add_key(struct registry *r, const struct profile *p,
    const struct direct_order *order, struct issue_values *v,
    struct errinfo *ei)
{
	const struct pubkey *key = NULL;
	struct csr *csr = NULL;
	enum err e = csr_parse(order->pkcs10, &csr, ei);

	if (e == ERR_OK) {
		e = csr_pubkey(csr, &key, ei);
	}
	if (e == ERR_OK) {
		e = profile_check_key(p, key, ei);
	}
	if (e == ERR_OK) {
		e = csr_verify(csr, ei);
	}
	if (e == ERR_OK) {
		e = key_owner_check(
		    r->store, csr_spki(csr), &order->person, ei);
	}
	if (e == ERR_OK) {
		e = profile_check_request_subject(
		    p, csr_subject(csr), &v->attrs, ei);
	}
	if (e == ERR_OK) {
		e = values_set_spki(v, csr_spki(csr), ei);
	}
	csr_free(csr);
	return e != ERR_OK ? err_object(ei, e, "pkcs10") : ERR_OK;
}

enum err
direct_values(struct registry *r, struct ca *ca,
    const struct direct_order *order, struct issue_values *out,
    struct errinfo *ei)
{
	const struct profile *p = NULL;
	enum err e = check_profile(ca, order->profile, &p, ei);

	if (e == ERR_OK) {
		e = values_set_profile(out, slice_str(order->profile), ei);
	}
	if (e == ERR_OK) {
		e = add_person(r, &order->person, out, ei);
	}
	if (e == ERR_OK) {
		e = add_key(r, p, order, out, ei);
	}
	if (e == ERR_OK) {
		e = profile_check_names(p, out, ei);
	}
	if (e != ERR_OK) {
		ca_count_refusal(ca, ei);
	}
	return e;
}
