/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates, requests and lists as lines for people. */
#include "base/clock.h"
#include "base/text.h"
#include "x509/cert_priv.h"
#include "x509/crl_priv.h"
#include "x509/csr_priv.h"
#include "x509/ext.h"
#include "x509/ext_priv.h"
#include "x509/name.h"

static void
print_name(const char *label, const struct name *n, struct buf *b)
{
	buf_printf(b, "  %s: ", label);
	name_print(n, b);
	buf_add_u8(b, '\n');
}

static void
print_time(const char *label, int64_t sec, struct buf *b)
{
	char text[TIME_TEXT_SIZE];

	time_text(sec, text);
	buf_printf(b, "  %s: %s\n", label, text);
}

static void
print_key(const struct spki *key, struct buf *b)
{
	buf_add_str(b, "  key: ");
	spki_print(key, b);
	buf_add_u8(b, '\n');
}

static void
print_signature(const struct signature *sig, struct buf *b)
{
	buf_add_str(b, "  signature: ");
	alg_id_print(&sig->alg, b);
	buf_add_u8(b, ' ');
	text_hex(b, sig->bits);
	buf_add_u8(b, '\n');
}

void
cert_print(const struct cert *c, struct buf *b)
{
	buf_printf(b, "certificate, version %u\n  serial: ", c->version + 1);
	text_hex(b, c->serial);
	buf_add_u8(b, '\n');
	print_name("issuer", c->issuer, b);
	print_time("not before", c->not_before, b);
	print_time("not after", c->not_after, b);
	print_name("subject", c->subject, b);
	print_key(&c->key, b);
	ext_list_print(c->exts, "  ", b);
	if (!c->is_tbs) {
		print_signature(&c->sig, b);
	}
}

void
csr_print(const struct csr *c, struct buf *b)
{
	buf_add_str(b, "request\n");
	print_name("subject", c->subject, b);
	print_key(&c->key, b);
	for (size_t i = 0; i < c->num_attrs; i++) {
		buf_add_str(b, "  attribute ");
		ext_print_oid(c->attrs[i].oid, b);
		if (c->attrs[i].values.len > 0) {
			buf_add_str(b, ": #");
			text_hex(b, c->attrs[i].values);
		}
		buf_add_u8(b, '\n');
	}
	ext_list_print(c->exts, "    ", b);
	print_signature(&c->sig, b);
}

static void
print_entry(const struct crl_entry *e, struct buf *b)
{
	char text[TIME_TEXT_SIZE];

	time_text(e->revoked_at, text);
	buf_add_str(b, "  revoked ");
	text_hex(b, e->serial);
	buf_printf(b, " at %s", text);
	if (e->reason != CRL_REASON_NONE) {
		buf_printf(b, " (%s)", crl_reason_name(e->reason));
	}
	buf_add_u8(b, '\n');
	ext_list_print(e->exts, "    ", b);
}

void
crl_print(const struct crl *c, struct buf *b)
{
	buf_printf(b, "revocation list, version %u\n", c->version + 1);
	print_name("issuer", c->issuer, b);
	print_time("this update", c->this_update, b);
	if (c->next_update_tag != 0) {
		print_time("next update", c->next_update, b);
	}
	ext_list_print(c->exts, "  ", b);
	for (size_t i = 0; i < c->num_entries; i++) {
		print_entry(&c->entries[i], b);
	}
	print_signature(&c->sig, b);
}
