/* SPDX-License-Identifier: Apache-2.0 */
#include "x509/seq.h"

#include "base/bounds.h"
#include "der/der.h"
#include "der/oid.h"
#include "x509/asn1_text.h"
#include "x509/pool.h"

enum err
seq_count(struct slice content, size_t max, const char *rule, size_t *out,
    struct errinfo *ei)
{
	struct slice element;
	size_t num = 0;
	uint8_t tag;
	enum err err;

	while (content.len > 0) {
		err = der_get_any(&content, &tag, &element, NULL, ei);
		if (err != ERR_OK) {
			return err;
		}
		num++;
	}
	if (num == 0) {
		return err_set(ei, ERR_FORMAT, rule, NULL,
		    "an empty list where at least one member must stand");
	}
	if (num > max) {
		return err_set(ei, ERR_LIMIT, rule, NULL,
		    "%zu members where at most %zu are read", num, max);
	}
	*out = num;
	return ERR_OK;
}

enum err
seq_array(struct pool *pool, struct slice content, struct seq_array *a,
    struct errinfo *ei)
{
	size_t num = 0;
	enum err err = seq_count(content, a->max, a->rule, &num, ei);

	if (err != ERR_OK) {
		return err;
	}
	a->at = pool_alloc(pool, num, a->size);
	if (a->at == NULL) {
		return err_nomem(ei);
	}
	a->num = num;
	return ERR_OK;
}

enum err
seq_array_get(struct pool *pool, struct slice *s, struct slice *content,
    struct seq_array *a, struct errinfo *ei)
{
	enum err err = der_get(s, DER_SEQUENCE, content, ei);

	return err == ERR_OK ? seq_array(pool, *content, a, ei) : err;
}

enum err
seq_copy(
    struct pool *pool, struct slice from, struct slice *out, struct errinfo *ei)
{
	return pool_copy(pool, from, out) ? ERR_OK : err_nomem(ei);
}

enum err
seq_copy_oid(
    struct pool *pool, struct slice from, struct slice *out, struct errinfo *ei)
{
	enum oid id = oid_find(from);

	if (id != OID_UNKNOWN) {
		*out = oid_bytes(id);
		return ERR_OK;
	}
	return seq_copy(pool, from, out, ei);
}

enum err
seq_get_oid(
    struct pool *pool, struct slice *s, struct slice *out, struct errinfo *ei)
{
	struct slice oid;
	enum err err = der_get_oid(s, &oid, ei);

	return err == ERR_OK ? seq_copy_oid(pool, oid, out, ei) : err;
}

enum err
seq_text(struct pool *pool, struct slice *s, const char *rule,
    struct asn1_text *out, struct errinfo *ei)
{
	struct asn1_text t = {0};
	enum err err;

	err = der_get_any(s, &t.tag, &t.value, NULL, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (!asn1_text_valid(t)) {
		return err_set(ei, ERR_FORMAT, rule, NULL,
		    "tag %02x and its content are no valid string", t.tag);
	}
	out->tag = t.tag;
	return seq_copy(pool, t.value, &out->value, ei);
}

enum err
seq_positive(struct pool *pool, struct slice *s, const char *rule,
    struct slice *out, struct errinfo *ei)
{
	struct slice content;
	enum err err;

	err = der_get_integer(s, &content, ei);
	if (err != ERR_OK) {
		return err;
	}
	if ((content.p[0] & 0x80) != 0) {
		return err_set(ei, ERR_FORMAT, rule, NULL,
		    "a negative number where none is allowed");
	}
	if (content.len > SERIAL_BYTES_MAX) {
		return err_set(ei, ERR_LIMIT, rule, NULL,
		    "a number of %zu octets; at most %d are read", content.len,
		    SERIAL_BYTES_MAX);
	}
	return seq_copy(pool, content, out, ei);
}

enum err
seq_named_bits(struct slice content, unsigned num_bits, const char *rule,
    uint32_t *out, struct errinfo *ei)
{
	struct slice octets;
	uint32_t bits = 0;
	unsigned unused = 0, num;
	enum err err;

	err = der_bits_content(content, &octets, &unused, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (octets.len > sizeof(bits) || octets.len * 8 - unused > num_bits) {
		return err_set(ei, ERR_FORMAT, rule, NULL,
		    "more bits than the %u that have names", num_bits);
	}
	num = (unsigned)octets.len * 8 - unused;
	for (unsigned i = 0; i < num; i++) {
		if ((octets.p[i / 8] & 0x80 >> i % 8) != 0) {
			bits |= (uint32_t)1 << i;
		}
	}
	if (num > 0 && (bits >> (num - 1) & 1) == 0) {
		return err_set(ei, ERR_FORMAT, rule, "X.690 11.2.2",
		    "named bits with a trailing zero bit");
	}
	*out = bits;
	return ERR_OK;
}

enum err
seq_flag(struct slice *s, uint8_t tag, bool *out, struct errinfo *ei)
{
	struct slice content;
	bool present = false;
	enum err err;

	err = der_get_optional(s, tag, &present, &content, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (present && (content.len != 1 || content.p[0] != 0xff)) {
		return err_set(ei, ERR_FORMAT, "der.boolean", "X.690 11.5",
		    "a flag that is written but not TRUE");
	}
	*out = present;
	return ERR_OK;
}
