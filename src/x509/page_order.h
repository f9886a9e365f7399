/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_X509_PAGE_ORDER_H
#define SURGUCH_X509_PAGE_ORDER_H
/*
 * A page order: what a centre wants an agent to do with a person's key, signed
 * by the centre's order key (docs/agent-protocol.md 6).
 *
 *	Order ::= SEQUENCE { body OrderBody, AlgorithmIdentifier, BIT STRING }
 *	OrderBody ::= SEQUENCE {
 *		type        OBJECT IDENTIFIER, -- OID_PAGE_ORDER
 *		version     INTEGER (1),
 *		operation   ENUMERATED,
 *		origin      UTF8String,
 *		agent       OCTET STRING (16),
 *		nonce       OCTET STRING (16),
 *		notBefore   GeneralizedTime,
 *		notAfter    GeneralizedTime,
 *		application OCTET STRING (16),
 *		person      UTF8String,
 *		keySpec     [0] IMPLICIT UTF8String OPTIONAL,
 *		document    [1] IMPLICIT SEQUENCE { name UTF8String,
 *			size INTEGER, sha256 OCTET STRING (32) } OPTIONAL,
 *		certificate [2] IMPLICIT OCTET STRING (32) OPTIONAL }
 *
 * The type stands first, so that nothing else that is ever signed (a
 * certificate, a request, an OCSP answer) can be taken for an order.
 *
 * Here are its form and its signature.  Whether this agent obeys is for
 * agent/order.h.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/alg.h"

struct cert;

enum page_operation {
	PAGE_MAKE_KEY = 1,
	PAGE_ACQUAINT,
	PAGE_INSTALL,
	PAGE_COPY,
	PAGE_CHECK,
	PAGE_OPERATION_MAX_
};

enum {
	PAGE_ORDER_ID = 16,  /* octets of agent, nonce and application */
	PAGE_ORDER_SHA = 32, /* SHA-256 */
};

/* Texts and bytes are borrowed.  Which of the last members are there depends
 * on the operation; the others are empty. */
struct page_order {
	enum page_operation operation;
	struct slice origin; /* "https://ca.example.ru" */
	struct slice agent;
	struct slice nonce;
	int64_t not_before;
	int64_t not_after;
	struct slice application;
	struct slice person;
	struct slice key_spec;        /* make_key */
	struct slice document;        /* acquaint: its name */
	uint64_t document_size;       /* acquaint */
	struct slice document_sha256; /* acquaint */
	struct slice certificate;     /* the others: SHA-256 */
};

/* "make_key"; "" out of range.  And back: 0 for no such name. */
const char *page_operation_name(enum page_operation operation);
enum page_operation page_operation_find(const char *name);

/* The members that belong to its operation, all of them and no others, each
 * within its limits?  ERR_POLICY "order.fields", errinfo.object names it. */
ATTR_MUST_USE enum err page_order_check(
    const struct page_order *o, struct errinfo *ei);

/* Append the body that is signed.  The order has passed the check. */
void page_order_put_body(const struct page_order *o, struct buf *b);

/*
 * Read one; everything borrows from der.  ERR_FORMAT "order.form" and "der.*";
 * ERR_LIMIT "order.length"; ERR_UNSUPPORTED "order.version",
 * "order.operation"; ERR_POLICY "order.fields".  The signature is not checked.
 */
ATTR_MUST_USE enum err page_order_parse(
    struct slice der, struct page_order *out, struct errinfo *ei);

/*
 * Was this order signed by the key of this certificate, which is for orders
 * and nothing else?  ERR_POLICY "order.purpose" (its purposes are not exactly
 * surguchPageOrderSigning, critical); ERR_CRYPTO "order.signature"; the
 * errors of the key.  Whether the certificate is good is not asked.
 */
ATTR_MUST_USE enum err page_order_verify(
    struct slice der, const struct cert *signer, struct errinfo *ei);

/* Is this certificate for signing orders, and for nothing else? */
bool page_order_is_signer(const struct cert *cert);

#endif
