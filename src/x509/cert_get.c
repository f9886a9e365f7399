/* SPDX-License-Identifier: Apache-2.0 */
/* The getters of x509/cert.h. */
#include "x509/cert_priv.h"
#include "x509/ext.h"

struct slice
cert_der(const struct cert *c)
{
	return c->der;
}

unsigned
cert_version(const struct cert *c)
{
	return c->version + 1;
}

struct slice
cert_serial(const struct cert *c)
{
	return c->serial;
}

const struct name *
cert_subject(const struct cert *c)
{
	return c->subject;
}

const struct name *
cert_issuer(const struct cert *c)
{
	return c->issuer;
}

struct slice
cert_subject_der(const struct cert *c)
{
	return c->subject_der;
}

struct slice
cert_issuer_der(const struct cert *c)
{
	return c->issuer_der;
}

int64_t
cert_not_before(const struct cert *c)
{
	return c->not_before;
}

int64_t
cert_not_after(const struct cert *c)
{
	return c->not_after;
}

uint8_t
cert_not_before_tag(const struct cert *c)
{
	return c->not_before_tag;
}

uint8_t
cert_not_after_tag(const struct cert *c)
{
	return c->not_after_tag;
}

struct slice
cert_spki(const struct cert *c)
{
	return c->key.der;
}

const struct spki *
cert_key(const struct cert *c)
{
	return &c->key;
}

const struct alg_id *
cert_sig_alg(const struct cert *c)
{
	return &c->sig.alg;
}

const struct ext_list *
cert_exts(const struct cert *c)
{
	return c->exts;
}

bool
cert_is_ca(const struct cert *c)
{
	const struct ext *x = ext_find(cert_exts(c), EXT_BASIC_CONSTRAINTS);

	return x != NULL && x->u.basic.ca;
}
