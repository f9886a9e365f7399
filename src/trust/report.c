/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/report.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "der/der.h"
#include "der/oid.h"
#include "trust/disallowed.h"
#include "trust/export.h"
#include "x509/cert.h"
#include "x509/spki.h"

enum {
	NAME_BYTES = 4096,
};

void
trust_put_purpose(struct buf *out, struct slice oid)
{
	enum oid known = oid_find(oid);

	if (known != OID_UNKNOWN) {
		buf_add_str(out, oid_short_name(known));
	} else {
		oid_text(out, oid);
	}
}

void
trust_put_purposes(struct buf *out, struct slice oids, const char *gap)
{
	const char *before = "";
	struct slice oid;

	while (root_next_oid(&oids, &oid)) {
		buf_add_str(out, before);
		trust_put_purpose(out, oid);
		before = gap;
	}
}

void
trust_put_uses(struct buf *out, const struct root *r)
{
	struct slice rest = r->purposes, oid;
	size_t from = out->len;

	if (r->all_purposes) {
		buf_add_str(out, "all");
		if (r->refused.len > 0) {
			buf_add_str(out, " but ");
			trust_put_purposes(out, r->refused, " ");
		}
		return;
	}
	while (root_next_oid(&rest, &oid)) {
		if (!root_oids_have(r->refused, oid)) {
			buf_add_str(out, out->len > from ? " " : "");
			trust_put_purpose(out, oid);
		}
	}
	if (out->len == from) {
		buf_add_str(out, "none");
	}
}

void
trust_put_day(struct buf *out, int64_t at)
{
	char text[TIME_TEXT_SIZE];

	time_text(at, text); /* or "invalid" */
	buf_printf(out, "%.10s", text);
}

void
trust_put_state(struct buf *out, const struct root *r)
{
	size_t from = out->len;

	if (trust_date_set(&r->disabled)) {
		buf_add_str(out, "disabled ");
		trust_put_day(out, r->disabled.at);
	}
	if (trust_date_set(&r->not_before)) {
		buf_add_str(out, out->len > from ? "; no new " : "no new ");
		trust_put_day(out, r->not_before.at);
		if (!r->not_before_for_all) {
			buf_add_str(out, ": ");
			trust_put_purposes(out, r->not_before_for, " ");
		}
	}
	if (out->len == from) {
		buf_add_str(out, "trusted");
	}
}

/* --- certutil's names ------------------------------------------------------
 */

static void
field(struct buf *out, const char *name)
{
	buf_printf(out, "  %s: ", name);
}

static void
hex_field(struct buf *out, const char *name, struct slice value)
{
	if (value.len > 0) {
		field(out, name);
		text_hex(out, value);
		buf_add_u8(out, '\n');
	}
}

/* One line each: OID, and its name where we have one. */
static void
oid_fields(struct buf *out, const char *name, struct slice oids)
{
	struct slice oid;

	while (root_next_oid(&oids, &oid)) {
		enum oid known = oid_find(oid);

		field(out, name);
		oid_text(out, oid);
		if (known != OID_UNKNOWN) {
			buf_printf(out, " \"%s\"", oid_short_name(known));
		}
		buf_add_u8(out, '\n');
	}
}

static void
date_field(struct buf *out, const char *name, const struct trust_date *d)
{
	char text[TIME_TEXT_SIZE];

	if (!d->there) {
		return;
	}
	field(out, name);
	if (d->empty) {
		buf_add_str(out, "EMPTY");
	} else {
		time_text(d->at, text);
		buf_add_str(out, text);
	}
	buf_add_u8(out, '\n');
}

static void
key_fields(struct buf *out, const struct trust_cert *c)
{
	uint8_t hash[HASH_SIZE_MAX];
	const struct spki *key;
	size_t len;

	if (trust_key_md5(c, hash)) {
		hex_field(out, "MD5KeyId", slice_make(hash, MD5_SIZE));
	}
	if (trust_tbs_hash(c, hash, &len)) {
		hex_field(out, "SignatureHash", slice_make(hash, len));
	}
	if (c->parsed == NULL) {
		return;
	}
	field(out, "SignatureHashAlgorithm");
	alg_id_print(cert_sig_alg(c->parsed), out);
	buf_add_u8(out, '\n');
	key = cert_key(c->parsed);
	field(out, "PublicKeyAlgorithm");
	alg_id_print(&key->alg, out);
	buf_add_u8(out, '\n');
}

static void
cert_fields(struct buf *out, const struct trust_cert *c)
{
	uint8_t sha256[SHA256_SIZE];

	field(out, "Subject");
	trust_cert_put_subject(c, out);
	buf_add_u8(out, '\n');
	if (sha256_of(c->der, sha256, NULL) == ERR_OK) {
		hex_field(out, "SHA256Thumbprint",
		    slice_make(sha256, sizeof(sha256)));
	}
	key_fields(out, c);
}

static void
put_row(struct buf *out, const struct trust_row *row)
{
	const struct root *r = &row->root;

	buf_add_u8(out, '[');
	text_hex(out, r->sha1);
	buf_add_str(out, "]\n");
	if (r->name.len > 0) {
		field(out, "FriendlyName");
		root_put_text(out, r->name);
		buf_add_u8(out, '\n');
	}
	oid_fields(out, "EKU", r->purposes);
	oid_fields(out, "DisallowEKU", r->refused);
	date_field(out, "DisallowTime", &r->disabled);
	oid_fields(out, "NotBeforeEKU", r->not_before_for);
	date_field(out, "NotBeforeTime", &r->not_before);
	hex_field(out, "KeyId", r->key_id);
	if (row->cert != NULL) {
		cert_fields(out, row->cert);
	} else {
		hex_field(out, "SHA256Thumbprint", r->sha256);
	}
}

void
trust_certutil_rows(struct buf *out, const struct trust_rows *rows)
{
	for (size_t i = 0; i < rows->num; i++) {
		put_row(out, &rows->at[i]);
	}
}

static void
put_time(struct buf *out, const char *name, bool there, int64_t at)
{
	char text[TIME_TEXT_SIZE];

	time_text(at, text);
	buf_printf(out, "%s: %s\n", name, there ? text : "EMPTY");
}

static void
put_head(struct buf *out, const struct stl *l, size_t missing, int64_t ends,
    int64_t at)
{
	static const char *const names[STL_KIND_MAX_] = {
	    [STL_OTHER] = "CTL",
	    [STL_ROOTS] = "AuthRootCTL",
	    [STL_DISALLOWED] = "DisallowedCTL",
	    [STL_PINS] = "PinRulesCTL",
	};

	buf_printf(out, "[%s]\n", names[l->kind]);
	if (l->identifier.len > 0) {
		buf_add_str(out, "ListIdentifier: ");
		root_put_text(out, l->identifier);
		buf_add_u8(out, '\n');
	}
	if (l->sequence.len > 0) {
		buf_add_str(out, "SequenceNumber: ");
		text_hex(out, l->sequence);
		buf_add_u8(out, '\n');
	}
	put_time(out, "ThisUpdate", true, l->this_update);
	put_time(out, "NextUpdate", l->has_next_update, l->next_update);
	buf_add_str(out, "SubjectAlgorithm: ");
	oid_text(out, l->algorithm);
	buf_add_u8(out, '\n');
	if (ends != 0) {
		put_time(out, "SignerExpiration", true, ends);
		buf_printf(out, "SignerExpirationDays: %lld\n",
		    (long long)((ends - at) / DAY_SEC));
	}
	buf_printf(out, "CTLEntries: %zu\n", l->num);
	if (missing > 0) {
		buf_printf(out, "MissingCerts: %zu\n", missing);
	}
}

void
trust_certutil_list(struct buf *out, const struct stl *l,
    const struct trust_rows *rows, int64_t signer_ends, int64_t at)
{
	put_head(out, l, rows != NULL ? trust_num_missing(rows) : 0,
	    signer_ends, at);
	if (rows != NULL) {
		trust_certutil_rows(out, rows);
		return;
	}
	for (size_t i = 0; i < l->num; i++) {
		buf_add_u8(out, '[');
		if (l->kind == STL_PINS) {
			text_escape(out, l->entries[i].id, NAME_BYTES);
		} else {
			text_hex(out, l->entries[i].id);
		}
		buf_add_str(out, "]\n");
	}
}
