/* SPDX-License-Identifier: Apache-2.0 */
#include "plan.h"

#include <string.h>

#include "der/der.h"
#include "der/write.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"
#include "x509/spki.h"

struct slice
plan_keep(struct plan *p, struct slice bytes)
{
	uint8_t *at = p->memory + p->used;

	assert_true(bytes.len <= PLAN_MEMORY - p->used);
	if (bytes.len > 0) {
		memcpy(at, bytes.p, bytes.len);
	}
	p->used += bytes.len;
	return slice_make(at, bytes.len);
}

static void
take_exts(struct plan *p, const struct ext_list *exts)
{
	for (size_t i = 0; i < ext_list_num(exts); i++) {
		const struct ext *x = ext_list_at(exts, i);
		struct plan_ext *to = &p->exts[p->num_exts++];
		struct buf value = BUF_INIT(EXT_VALUE_MAX);

		ext_build_value(x, &value);
		to->oid = plan_keep(p, x->oid);
		to->critical = x->critical;
		to->value = plan_keep(p, buf_slice(&value));
		buf_clear(&value);
	}
}

void
plan_take(struct plan *p, struct slice tbs)
{
	struct buf alg = BUF_INIT(1000);
	struct cert *cert = NULL;
	struct errinfo ei;

	memset(p, 0, offsetof(struct plan, memory));
	p->used = 0;
	assert_ok(cert_parse_tbs(tbs, &cert, &ei), &ei);
	p->version = (int)cert_version(cert) - 1;
	p->serial = plan_keep(p, cert_serial(cert));
	alg_id_put(cert_sig_alg(cert), &alg);
	p->sig_alg = plan_keep(p, buf_slice(&alg));
	p->issuer = plan_keep(p, cert_issuer_der(cert));
	p->not_before = cert_not_before(cert);
	p->not_after = cert_not_after(cert);
	p->not_before_tag = cert_not_before_tag(cert);
	p->not_after_tag = cert_not_after_tag(cert);
	for (size_t i = 0; i < name_num_attrs(cert_subject(cert)); i++) {
		const struct name_attr *a = name_attr(cert_subject(cert), i);
		struct plan_attr *to = &p->attrs[p->num_attrs++];

		to->oid = plan_keep(p, a->oid);
		to->tag = a->tag;
		to->value = plan_keep(p, a->value);
	}
	p->spki = plan_keep(p, cert_spki(cert));
	take_exts(p, cert_exts(cert));
	buf_clear(&alg);
	cert_free(cert);
}

static void
write_subject(const struct plan *p, struct buf *b)
{
	size_t name = der_open(b, DER_SEQUENCE);
	size_t rdn = 0;

	for (size_t i = 0; i < p->num_attrs; i++) {
		const struct plan_attr *a = &p->attrs[i];
		size_t seq;

		if (!a->joined) {
			rdn = der_open(b, DER_SET);
		}
		seq = der_open(b, DER_SEQUENCE);
		der_put_oid(b, a->oid);
		der_put(b, a->tag, a->value);
		der_close(b, seq);
		if (i + 1 == p->num_attrs || !p->attrs[i + 1].joined) {
			der_close_set_of(b, rdn);
		}
	}
	der_close(b, name);
}

static void
write_exts(const struct plan *p, struct buf *b)
{
	size_t tagged, list;

	if (p->num_exts == 0) {
		return;
	}
	tagged = der_open(b, DER_CONTEXT_CONS(3));
	list = der_open(b, DER_SEQUENCE);
	for (size_t i = 0; i < p->num_exts; i++) {
		const struct plan_ext *x = &p->exts[i];
		size_t ext = der_open(b, DER_SEQUENCE);

		der_put_oid(b, x->oid);
		if (x->critical || x->explicit_false) {
			der_put_bool(b, x->critical);
		}
		der_put(b, DER_OCTET_STRING, x->value);
		der_close(b, ext);
	}
	der_close(b, list);
	der_close(b, tagged);
}

void
plan_write(const struct plan *p, struct buf *b)
{
	size_t tbs = der_open(b, DER_SEQUENCE);
	size_t mark;

	if (p->version >= 0) {
		mark = der_open(b, DER_CONTEXT_CONS(0));
		der_put_u63(b, DER_INTEGER, (uint64_t)p->version);
		der_close(b, mark);
	}
	der_put(b, DER_INTEGER, p->serial);
	der_put_raw(b, p->sig_alg);
	der_put_raw(b, p->issuer);
	mark = der_open(b, DER_SEQUENCE);
	der_put_time(b, p->not_before_tag, p->not_before);
	der_put_time(b, p->not_after_tag, p->not_after);
	der_close(b, mark);
	write_subject(p, b);
	der_put_raw(b, p->spki);
	write_exts(p, b);
	der_close(b, tbs);
	buf_add(b, p->behind);
	assert_int_equal(b->err, ERR_OK);
}

struct plan_ext *
plan_ext(struct plan *p, enum oid id)
{
	for (size_t i = 0; i < p->num_exts; i++) {
		if (slice_eq(p->exts[i].oid, oid_bytes(id))) {
			return &p->exts[i];
		}
	}
	return NULL;
}

void
plan_drop_ext(struct plan *p, enum oid id)
{
	struct plan_ext *x = plan_ext(p, id);

	assert_non_null(x);
	memmove(
	    x, x + 1, (size_t)(p->exts + p->num_exts - (x + 1)) * sizeof(*x));
	p->num_exts--;
}

void
plan_put_raw(
    struct plan *p, struct slice oid, bool critical, struct slice value)
{
	struct plan_ext *x = plan_ext(p, oid_find(oid));

	if (x == NULL) {
		assert_true(p->num_exts < PLAN_EXTS);
		x = &p->exts[p->num_exts++];
	}
	x->oid = plan_keep(p, oid);
	x->critical = critical;
	x->value = plan_keep(p, value);
}

void
plan_put_ext(struct plan *p, struct slice whole)
{
	struct slice seq, oid, value;
	bool critical = false;

	assert_int_equal(der_get(&whole, DER_SEQUENCE, &seq, NULL), ERR_OK);
	assert_int_equal(der_get_oid(&seq, &oid, NULL), ERR_OK);
	if (der_peek(seq) == DER_BOOLEAN) {
		assert_int_equal(der_get_bool(&seq, &critical, NULL), ERR_OK);
	}
	assert_int_equal(der_get(&seq, DER_OCTET_STRING, &value, NULL), ERR_OK);
	plan_put_raw(p, oid, critical, value);
}

struct plan_attr *
plan_attr(struct plan *p, enum oid id)
{
	for (size_t i = 0; i < p->num_attrs; i++) {
		if (slice_eq(p->attrs[i].oid, oid_bytes(id))) {
			return &p->attrs[i];
		}
	}
	return NULL;
}

void
plan_drop_attr(struct plan *p, enum oid id)
{
	struct plan_attr *a = plan_attr(p, id);

	assert_non_null(a);
	memmove(
	    a, a + 1, (size_t)(p->attrs + p->num_attrs - (a + 1)) * sizeof(*a));
	p->num_attrs--;
}

void
plan_add_attr(struct plan *p, enum oid id, uint8_t tag, const char *value)
{
	assert_true(p->num_attrs < PLAN_ATTRS);
	p->attrs[p->num_attrs++] = (struct plan_attr){
	    oid_bytes(id), tag, plan_keep(p, slice_str(value)), false};
}
