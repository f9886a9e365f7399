/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/stl_verify.h"

#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "x509/cert.h"
#include "x509/ext.h"

/* Those that cannot be read are nobody's: the chain does not need them, or it
 * is not found. */
static enum err
read_certs(const struct stl *l, struct stl_verdict *v, struct errinfo *ei)
{
	struct slice rest = l->signature.certs, whole;

	while (rest.len > 0 && v->num_certs < CMS_CERTS_MAX) {
		enum err e = der_get_whole(&rest, DER_SEQUENCE, &whole, ei);

		if (e != ERR_OK) {
			return e;
		}
		e = cert_parse(whole, &v->certs[v->num_certs], ei);
		if (e == ERR_NOMEM) {
			return e;
		}
		v->num_certs += e == ERR_OK;
	}
	return ERR_OK;
}

static const struct cert *
find_signer(const struct stl *l, const struct stl_verdict *v)
{
	struct slice serial = l->signature.serial, content;

	if (der_get(&serial, DER_INTEGER, &content, NULL) != ERR_OK) {
		return NULL;
	}
	for (size_t i = 0; i < v->num_certs; i++) {
		if (slice_eq(cert_serial(v->certs[i]), content) &&
		    slice_eq(
			cert_issuer_der(v->certs[i]), l->signature.issuer)) {
			return v->certs[i];
		}
	}
	return NULL;
}

static enum err
check_signature(const struct stl *l, const struct stl_rules *rules,
    struct stl_verdict *v, struct errinfo *ei)
{
	struct cms_attrs attrs;
	struct pubkey *key = NULL;
	enum err e;

	v->hash = l->signature.hash;
	if (v->hash == HASH_SHA1 && rules->old != CMS_OLD_SHA1) {
		return err_set(ei, ERR_POLICY, "stl.old", NULL,
		    "the list is signed over SHA-1, as those up to 2019 are; "
		    "it counts only where old lists are asked for");
	}
	if ((e = cms_signed_attrs(&l->signature, &attrs, ei)) != ERR_OK ||
	    (e = pubkey_parse(cert_spki(v->signer), &key, ei)) != ERR_OK) {
		return e;
	}
	e = cms_signed_check(
	    &l->signature, &attrs, l->content, key, rules->old, ei);
	pubkey_free(key);
	v->signed_by_signer = e == ERR_OK;
	return e;
}

/* Nothing but lists: whoever may sign something else could be made to sign
 * what reads as one. */
bool
stl_signs_lists(const struct cert *c)
{
	const struct ext *x = ext_find(cert_exts(c), EXT_EXT_KEY_USAGE);
	size_t of_lists = 0;

	if (x == NULL) {
		return false;
	}
	of_lists += ext_has_purpose(cert_exts(c), OID_ROOT_LIST_SIGNER);
	of_lists += ext_has_purpose(cert_exts(c), OID_CTL_SIGNING);
	return of_lists > 0 && x->u.purposes.num == of_lists;
}

static enum err
check_chain(const struct stl *l, const struct stl_rules *rules,
    struct stl_verdict *v, struct errinfo *ei)
{
	const struct ext_list *exts = cert_exts(v->signer);
	const bool of_roots = ext_has_purpose(exts, OID_ROOT_LIST_SIGNER);
	/* Microsoft's have the one purpose, and it alone. */
	const bool own = ext_has_purpose(exts, OID_CTL_SIGNING);
	const struct chain_request req = {
	    .leaf = v->signer,
	    .intermediates = {(const struct cert *const *)v->certs,
		v->num_certs},
	    .anchors = own ? rules->own : rules->anchors,
	    .at = rules->has_at ? rules->at : l->this_update,
	    .rules = CHAIN_RULES_PATH,
	    .purpose =
		oid_bytes(of_roots ? OID_ROOT_LIST_SIGNER : OID_CTL_SIGNING),
	    .old_sha1 = rules->old == CMS_OLD_SHA1,
	};
	enum err e;

	if (!stl_signs_lists(v->signer)) {
		return err_set(ei, ERR_POLICY, "stl.signer", NULL,
		    "the signer's certificate is not for lists of roots "
		    "alone");
	}
	e = chain_judge(&req, &v->chain, ei);
	if (e == ERR_OK && v->chain.status != CHAIN_GOOD) {
		if (ei != NULL) {
			*ei = v->chain.why;
		}
		e = ERR_POLICY;
	}
	return e;
}

enum err
stl_verify(const struct stl *l, const struct stl_rules *rules,
    struct stl_verdict *out, struct errinfo *ei)
{
	enum err e;

	*out = (struct stl_verdict){.signer = NULL};
	e = read_certs(l, out, ei);
	if (e != ERR_OK) {
		return e;
	}
	out->signer = find_signer(l, out);
	if (out->signer == NULL) {
		return err_set(ei, ERR_NOTFOUND, "stl.signer", NULL,
		    "the certificate of the list's signer did not come with "
		    "it");
	}
	e = check_signature(l, rules, out, ei);
	return e == ERR_OK ? check_chain(l, rules, out, ei) : e;
}

void
stl_verdict_clear(struct stl_verdict *v)
{
	for (size_t i = 0; i < v->num_certs; i++) {
		cert_free(v->certs[i]);
	}
	*v = (struct stl_verdict){.signer = NULL};
}
