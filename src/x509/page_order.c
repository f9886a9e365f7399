/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/page_order.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/pubkey.h"
#include "der/der.h"
#include "der/oid.h"
#include "der/write.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/pool.h"
#include "x509/signed.h"

enum {
	VERSION = 1,
	TAG_KEY_SPEC = DER_CONTEXT(0),
	TAG_DOCUMENT = DER_CONTEXT_CONS(1),
	TAG_CERTIFICATE = DER_CONTEXT(2),
};

/* What belongs to an operation besides what all have. */
static const struct {
	const char *name;
	bool key_spec;
	bool document;
	bool certificate;
} operations[PAGE_OPERATION_MAX_] = {
    [0] = {"", false, false, false},
    [PAGE_MAKE_KEY] = {"make_key", true, false, false},
    [PAGE_ACQUAINT] = {"acquaint", false, true, true},
    [PAGE_INSTALL] = {"install", false, false, true},
    [PAGE_COPY] = {"copy", false, false, true},
    [PAGE_CHECK] = {"check", false, false, true},
};

const char *
page_operation_name(enum page_operation operation)
{
	return (unsigned)operation < PAGE_OPERATION_MAX_
		   ? operations[operation].name
		   : "";
}

enum page_operation
page_operation_find(const char *name)
{
	for (unsigned i = 1; i < PAGE_OPERATION_MAX_; i++) {
		if (strcmp(operations[i].name, name) == 0) {
			return (enum page_operation)i;
		}
	}
	return (enum page_operation)0;
}

static enum err
wrong(struct errinfo *ei, const char *field)
{
	return err_object(ei,
	    err_set(ei, ERR_POLICY, "order.fields", NULL,
		"the order's %s is not what belongs to its operation", field),
	    field);
}

static bool
is_text(struct slice s)
{
	return s.len <= PAGE_ORDER_TEXT_MAX && text_is_clean(s);
}

/* There exactly when it belongs there, and then of this length. */
static bool
is_there(struct slice s, bool wanted, size_t len)
{
	return wanted ? s.len == len : s.len == 0;
}

enum err
page_order_check(const struct page_order *o, struct errinfo *ei)
{
	unsigned op = (unsigned)o->operation;
	bool key_spec, document, certificate;

	if (op == 0 || op >= PAGE_OPERATION_MAX_) {
		return wrong(ei, "operation");
	}
	key_spec = operations[op].key_spec;
	document = operations[op].document;
	certificate = operations[op].certificate;
	if (!is_text(o->origin)) {
		return wrong(ei, "origin");
	}
	if (o->agent.len != PAGE_ORDER_ID) {
		return wrong(ei, "agent");
	}
	if (o->nonce.len != PAGE_ORDER_ID) {
		return wrong(ei, "nonce");
	}
	if (o->application.len != PAGE_ORDER_ID) {
		return wrong(ei, "application");
	}
	if (!is_text(o->person)) {
		return wrong(ei, "person");
	}
	if (o->not_after <= o->not_before) {
		return wrong(ei, "notAfter");
	}
	if (key_spec ? !is_text(o->key_spec) : o->key_spec.len > 0) {
		return wrong(ei, "keySpec");
	}
	if ((document ? !is_text(o->document) : o->document.len > 0) ||
	    !is_there(o->document_sha256, document, PAGE_ORDER_SHA)) {
		return wrong(ei, "document");
	}
	return is_there(o->certificate, certificate, PAGE_ORDER_SHA)
		   ? ERR_OK
		   : wrong(ei, "certificate");
}

void
page_order_put_body(const struct page_order *o, struct buf *b)
{
	size_t body = der_open(b, DER_SEQUENCE);

	der_put_oid(b, oid_bytes(OID_PAGE_ORDER));
	der_put_u63(b, DER_INTEGER, VERSION);
	der_put_u63(b, DER_ENUMERATED, (uint64_t)o->operation);
	der_put(b, DER_UTF8_STRING, o->origin);
	der_put(b, DER_OCTET_STRING, o->agent);
	der_put(b, DER_OCTET_STRING, o->nonce);
	der_put_time(b, DER_GENERALIZED_TIME, o->not_before);
	der_put_time(b, DER_GENERALIZED_TIME, o->not_after);
	der_put(b, DER_OCTET_STRING, o->application);
	der_put(b, DER_UTF8_STRING, o->person);
	if (o->key_spec.len > 0) {
		der_put(b, TAG_KEY_SPEC, o->key_spec);
	}
	if (o->document.len > 0) {
		size_t document = der_open(b, TAG_DOCUMENT);

		der_put(b, DER_UTF8_STRING, o->document);
		der_put_u63(b, DER_INTEGER, o->document_size);
		der_put(b, DER_OCTET_STRING, o->document_sha256);
		der_close(b, document);
	}
	if (o->certificate.len > 0) {
		der_put(b, TAG_CERTIFICATE, o->certificate);
	}
	der_close(b, body);
}

/* --- reading ------------------------------------------------------------ */

static enum err
parse_head(struct slice *s, struct page_order *o, struct errinfo *ei)
{
	uint64_t version = 0, operation = 0;
	struct slice type;
	enum err e;

	if ((e = der_get_oid(s, &type, ei)) != ERR_OK) {
		return e;
	}
	if (oid_find(type) != OID_PAGE_ORDER) {
		return err_set(ei, ERR_FORMAT, "order.form", NULL,
		    "what was signed is something else than an order");
	}
	if ((e = der_get_u63(s, DER_INTEGER, &version, ei)) != ERR_OK) {
		return e;
	}
	if (version != VERSION) {
		return err_set(ei, ERR_UNSUPPORTED, "order.version", NULL,
		    "an order of version %llu; this program reads %d",
		    (unsigned long long)version, VERSION);
	}
	if ((e = der_get_u63(s, DER_ENUMERATED, &operation, ei)) != ERR_OK) {
		return e;
	}
	if (operation == 0 || operation >= PAGE_OPERATION_MAX_) {
		return err_set(ei, ERR_UNSUPPORTED, "order.operation", NULL,
		    "an order for operation %llu, which this program does not "
		    "know",
		    (unsigned long long)operation);
	}
	o->operation = (enum page_operation)operation;
	return ERR_OK;
}

static enum err
parse_document(struct slice *s, struct page_order *o, struct errinfo *ei)
{
	struct slice in;
	bool present;
	enum err e;

	if ((e = der_get_optional(s, TAG_DOCUMENT, &present, &in, ei)) !=
		ERR_OK ||
	    !present) {
		return e;
	}
	if ((e = der_get(&in, DER_UTF8_STRING, &o->document, ei)) != ERR_OK ||
	    (e = der_get_u63(&in, DER_INTEGER, &o->document_size, ei)) !=
		ERR_OK ||
	    (e = der_get(&in, DER_OCTET_STRING, &o->document_sha256, ei)) !=
		ERR_OK) {
		return e;
	}
	return der_end(in, ei);
}

static enum err
get_time(struct slice *s, int64_t *out, struct errinfo *ei)
{
	struct slice content;
	enum err e = der_get(s, DER_GENERALIZED_TIME, &content, ei);

	return e != ERR_OK
		   ? e
		   : der_time_content(DER_GENERALIZED_TIME, content, out, ei);
}

static enum err
parse_body(struct slice body, struct page_order *o, struct errinfo *ei)
{
	struct slice s;
	bool present;
	enum err e;

	if ((e = der_get(&body, DER_SEQUENCE, &s, ei)) != ERR_OK ||
	    (e = parse_head(&s, o, ei)) != ERR_OK ||
	    (e = der_get(&s, DER_UTF8_STRING, &o->origin, ei)) != ERR_OK ||
	    (e = der_get(&s, DER_OCTET_STRING, &o->agent, ei)) != ERR_OK ||
	    (e = der_get(&s, DER_OCTET_STRING, &o->nonce, ei)) != ERR_OK ||
	    (e = get_time(&s, &o->not_before, ei)) != ERR_OK ||
	    (e = get_time(&s, &o->not_after, ei)) != ERR_OK ||
	    (e = der_get(&s, DER_OCTET_STRING, &o->application, ei)) !=
		ERR_OK ||
	    (e = der_get(&s, DER_UTF8_STRING, &o->person, ei)) != ERR_OK ||
	    (e = der_get_optional(
		 &s, TAG_KEY_SPEC, &present, &o->key_spec, ei)) != ERR_OK ||
	    (e = parse_document(&s, o, ei)) != ERR_OK ||
	    (e = der_get_optional(&s, TAG_CERTIFICATE, &present,
		 &o->certificate, ei)) != ERR_OK) {
		return e;
	}
	return der_end(s, ei);
}

static enum err
open_order(struct slice der, struct slice *out_body, struct slice *out_rest,
    struct errinfo *ei)
{
	if (der.len > PAGE_ORDER_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, "order.length", NULL,
		    "an order of %zu octets; at most %d are read", der.len,
		    PAGE_ORDER_BYTES_MAX);
	}
	return signed_open(der, out_body, out_rest, ei);
}

static enum err
get_signature(struct slice rest, struct pool *pool, struct signature *out,
    struct errinfo *ei)
{
	static const struct signature_rules rules = {
	    .length = "order.signature.length",
	};
	enum err e = signature_get(pool, &rest, &rules, out, ei);

	return e != ERR_OK ? e : der_end(rest, ei);
}

enum err
page_order_parse(struct slice der, struct page_order *out, struct errinfo *ei)
{
	struct page_order o = {0};
	struct slice body, rest;
	struct signature sig;
	struct pool pool;
	enum err e;

	pool_init(&pool);
	if ((e = open_order(der, &body, &rest, ei)) == ERR_OK &&
	    (e = parse_body(body, &o, ei)) == ERR_OK &&
	    (e = get_signature(rest, &pool, &sig, ei)) == ERR_OK) {
		e = page_order_check(&o, ei);
	}
	pool_clear(&pool);
	if (e == ERR_OK) {
		*out = o;
	}
	return e;
}

bool
page_order_is_signer(const struct cert *cert)
{
	const struct ext *ext = ext_find(cert_exts(cert), EXT_EXT_KEY_USAGE);

	return ext != NULL && ext->critical && ext->u.purposes.num == 1 &&
	       ext_has_purpose(cert_exts(cert), OID_KP_PAGE_ORDER);
}

enum err
page_order_verify(
    struct slice der, const struct cert *signer, struct errinfo *ei)
{
	struct slice body, rest;
	struct pubkey *key = NULL;
	struct signature sig;
	struct pool pool;
	enum err e;

	if (!page_order_is_signer(signer)) {
		return err_set(ei, ERR_POLICY, "order.purpose", NULL,
		    "the certificate is not for signing orders alone");
	}
	pool_init(&pool);
	if ((e = open_order(der, &body, &rest, ei)) == ERR_OK &&
	    (e = get_signature(rest, &pool, &sig, ei)) == ERR_OK &&
	    (e = pubkey_parse(cert_spki(signer), &key, ei)) == ERR_OK) {
		e = signature_verify(&sig, body, key, ei);
	}
	if (e == ERR_CRYPTO) {
		e = err_set(ei, ERR_CRYPTO, "order.signature", NULL,
		    "the order was not signed by this key, or was changed "
		    "since");
	}
	pubkey_free(key);
	pool_clear(&pool);
	return e;
}
