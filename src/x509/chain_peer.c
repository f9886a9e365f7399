/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names under which a leaf is expected, against its alternative names
 * (RFC 9525 6).  The common name is not looked at.
 */
#include "x509/chain_priv.h"

#include "base/text.h"
#include "x509/cert.h"
#include "x509/chain_text.h"

/* "*" is the whole first label of the certificate's name, stands for one
 * label, and has two labels behind it or more (RFC 9525 6.3). */
static bool
dns_matches(struct slice presented, struct slice wanted)
{
	struct slice label, rest, unused;

	if (chain_text_same(presented, wanted)) {
		return !chain_text_is_wildcard(presented);
	}
	return chain_text_is_wildcard(presented) &&
	       chain_text_split(wanted, '.', &label, &rest) && label.len > 0 &&
	       chain_text_split(rest, '.', &label, &unused) &&
	       chain_text_same(chain_text_after(presented, 2), rest);
}

/* RFC 5280 7.5: the host without regard to case, what is before @ exactly. */
static bool
email_matches(struct slice presented, struct slice wanted)
{
	struct slice local, host, wanted_local, wanted_host;

	return chain_text_mailbox(presented, &local, &host) &&
	       chain_text_mailbox(wanted, &wanted_local, &wanted_host) &&
	       slice_eq(local, wanted_local) &&
	       chain_text_same(host, wanted_host);
}

static bool
matches(const struct general_name *presented, const struct chain_name *wanted)
{
	if (presented->kind != wanted->kind) {
		return false;
	}
	switch ((int)wanted->kind) {
	case GN_DNS:
		return dns_matches(presented->value, wanted->value);
	case GN_EMAIL:
		return email_matches(presented->value, wanted->value);
	case GN_IP:
		return slice_eq(presented->value, wanted->value);
	default:
		return false;
	}
}

static enum err
check_one(struct chain *c, const struct chain_name *wanted)
{
	const struct ext *san = ext_find(cert_exts(c->path[0]), EXT_SAN);
	struct general_name gn = {.kind = wanted->kind, .value = wanted->value};
	struct buf text = BUF_INIT(NAME_VALUE_MAX);

	for (size_t i = 0; san != NULL && i < san->u.names.num; i++) {
		if (matches(&san->u.names.list[i], wanted)) {
			return ERR_OK;
		}
	}
	general_name_print(&gn, &text);
	(void)chain_fail(c, 0, ERR_POLICY,
	    san == NULL ? "chain.name.none" : "chain.name", "RFC 9525 6",
	    "%.120s is not among its alternative names%s; it belongs to "
	    "somebody else, or must be issued again with that name",
	    buf_cstr(&text), san == NULL ? ", of which it has none" : "");
	buf_clear(&text);
	return ERR_POLICY;
}

enum err
chain_check_peer(struct chain *c)
{
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < c->req->num_names; i++) {
		e = check_one(c, &c->req->names[i]);
	}
	return e;
}
