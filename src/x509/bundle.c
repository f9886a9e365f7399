/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/bundle.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "der/der.h"
#include "x509/p7b.h"
#include "x509/pem.h"

static enum err
take_bag(struct slice der, const struct bundle_taker *taker, struct errinfo *ei)
{
	struct p7b *p = NULL;
	enum err e = p7b_parse(der, &p, ei);

	for (size_t i = 0; e == ERR_OK && i < p7b_num_certs(p); i++) {
		e = taker->cert(taker->arg, p7b_cert(p, i), ei);
	}
	p7b_free(p);
	return e;
}

static enum err
take_cert(
    struct slice der, const struct bundle_taker *taker, struct errinfo *ei)
{
	return taker->cert(taker->arg, der, ei);
}

static enum err
take_crl(struct slice der, const struct bundle_taker *taker, struct errinfo *ei)
{
	return taker->crl == NULL ? ERR_OK : taker->crl(taker->arg, der, ei);
}

static enum err
read_text(
    struct slice text, const struct bundle_taker *taker, struct errinfo *ei)
{
	static const struct {
		const char *label;
		enum err (*take)(struct slice der,
		    const struct bundle_taker *taker, struct errinfo *ei);
	} kinds[] = {
	    {PEM_CERTIFICATE, take_cert},
	    {PEM_CRL, take_crl},
	    {PEM_PKCS7, take_bag},
	};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct buf der = BUF_INIT(CRL_BYTES_MAX);
		struct slice rest = text;
		enum err e = pem_get(&rest, kinds[i].label, &der, ei);

		while (e == ERR_OK) {
			e = kinds[i].take(buf_slice(&der), taker, ei);
			buf_reset(&der);
			if (e != ERR_OK) {
				buf_clear(&der);
				return e;
			}
			e = pem_get(&rest, kinds[i].label, &der, ei);
		}
		buf_clear(&der);
		if (e != ERR_NOTFOUND) {
			return e;
		}
	}
	return ERR_OK;
}

/* A ContentInfo begins with the type of what is in it (RFC 5652 3); neither a
 * certificate nor a list does. */
static bool
is_content_info(struct slice der)
{
	struct slice seq;

	return der_get(&der, DER_SEQUENCE, &seq, NULL) == ERR_OK &&
	       der_peek(seq) == DER_OID;
}

enum err
bundle_read(
    struct slice bytes, const struct bundle_taker *taker, struct errinfo *ei)
{
	struct errinfo other;
	enum err e;

	if (pem_looks_like(bytes)) {
		return read_text(bytes, taker, ei);
	}
	if (is_content_info(bytes)) {
		return take_bag(bytes, taker, ei);
	}
	e = taker->cert(taker->arg, bytes, ei);
	if (e == ERR_FORMAT && taker->crl != NULL &&
	    taker->crl(taker->arg, bytes, &other) == ERR_OK) {
		return ERR_OK;
	}
	return e;
}
