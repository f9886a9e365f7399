/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Name constraints (RFC 5280 4.2.1.10, 6.1.3 (b) and (c)): every name of a
 * certificate against the subtrees of every CA above it.
 *
 * A wildcard stands for all that it could match: it is within a permitted
 * subtree when all of that is, and hits an excluded one when any of it does.
 */
#include "x509/chain_priv.h"

#include <string.h>

#include "base/host.h"
#include "x509/cert.h"
#include "x509/chain_text.h"
#include "x509/name.h"
#include "x509/name_match.h"

enum {
	IPV4_LEN = 4
};

/* scheme ":" "//" [ userinfo "@" ] host [ ":" port ] [ "/" ... ]
 * (RFC 3986 3.2); false without a host that is a name. */
static bool
uri_host(struct slice uri, struct slice *out)
{
	struct slice before, rest, authority;
	size_t len = 0;

	if (!chain_text_split(uri, ':', &before, &rest) ||
	    !slice_starts(rest, SLICE_LIT("//"))) {
		return false;
	}
	authority = slice_make(rest.p + 2, rest.len - 2);
	while (len < authority.len && strchr("/?#", authority.p[len]) == NULL) {
		len++;
	}
	authority.len = len;
	if (chain_text_split(authority, '@', &before, &rest)) {
		authority = rest;
	}
	if (chain_text_split(authority, ':', &before, &rest)) {
		authority = before;
	}
	*out = authority;
	return host_valid(authority, 1);
}

/* ---- form ------------------------------------------------------------- */

bool
chain_name_fits(const struct general_name *gn)
{
	struct slice local, host;

	switch (gn->kind) {
	case GN_DNS:
		return host_valid(chain_text_is_wildcard(gn->value)
				      ? chain_text_after(gn->value, 2)
				      : gn->value,
		    1);
	case GN_EMAIL:
		return chain_text_mailbox(gn->value, &local, &host);
	case GN_IP:
		return gn->value.len == IPV4_LEN ||
		       gn->value.len == IP_OCTETS_MAX;
	case GN_URI:
		/* RFC 5280 4.2.1.6: absolute, with a scheme. */
		return chain_text_split(gn->value, ':', &local, &host) &&
		       local.len > 0 && host.len > 0;
	case GN_OTHER:
	case GN_X400:
	case GN_DIRECTORY:
	case GN_EDI:
	case GN_RID:
		break;
	}
	return true;
}

/* A mask of ones, then zeros (RFC 4632). */
static bool
mask_fits(struct slice mask)
{
	bool ended = false;

	for (size_t i = 0; i < 8 * mask.len; i++) {
		bool bit = (mask.p[i / 8] >> (7 - i % 8) & 1) != 0;

		if (bit && ended) {
			return false;
		}
		ended = ended || !bit;
	}
	return true;
}

/* A host, or after a dot all hosts below it. */
static bool
host_base_fits(struct slice base)
{
	return host_valid(slice_starts(base, SLICE_LIT("."))
			      ? chain_text_after(base, 1)
			      : base,
	    1);
}

bool
chain_base_fits(const struct general_name *base)
{
	struct slice local, host;

	switch (base->kind) {
	case GN_DNS:
		return base->value.len == 0 || host_valid(base->value, 1);
	case GN_EMAIL:
		return chain_text_mailbox(base->value, &local, &host) ||
		       host_base_fits(base->value);
	case GN_URI:
		return host_base_fits(base->value);
	case GN_IP:
		return (base->value.len == 2 * (size_t)IPV4_LEN ||
			   base->value.len == 2 * (size_t)IP_OCTETS_MAX) &&
		       mask_fits(
			   chain_text_after(base->value, base->value.len / 2));
	case GN_OTHER:
	case GN_X400:
	case GN_DIRECTORY:
	case GN_EDI:
	case GN_RID:
		break;
	}
	return true;
}

/* ---- one name against one subtree -------------------------------------- */

/* `name` is `base` or has further labels before it. */
static bool
host_within(struct slice name, struct slice base)
{
	if (base.len == 0) {
		return true;
	}
	return name.len >= base.len &&
	       chain_text_same(
		   chain_text_after(name, name.len - base.len), base) &&
	       (name.len == base.len || name.p[name.len - base.len - 1] == '.');
}

static bool
dns_fits(struct slice name, struct slice base, bool excluded)
{
	struct slice label, parent;

	if (!chain_text_is_wildcard(name)) {
		return host_within(name, base);
	}
	name = chain_text_after(name, 2);
	/* *.example.org meets host.example.org. */
	return host_within(name, base) ||
	       (excluded && chain_text_split(base, '.', &label, &parent) &&
		   chain_text_same(name, parent));
}

/* A host name alone, or with a dot in front what is below it. */
static bool
host_fits(struct slice host, struct slice base)
{
	if (slice_starts(base, SLICE_LIT("."))) {
		return host.len > base.len &&
		       chain_text_same(
			   chain_text_after(host, host.len - base.len), base);
	}
	return chain_text_same(host, base);
}

static bool
email_fits(struct slice name, struct slice base)
{
	struct slice local, host, base_local, base_host;

	if (!chain_text_mailbox(name, &local, &host)) {
		return false;
	}
	if (chain_text_mailbox(base, &base_local, &base_host)) {
		return slice_eq(local, base_local) &&
		       chain_text_same(host, base_host);
	}
	return host_fits(host, base);
}

static bool
ip_fits(struct slice name, struct slice base)
{
	if (base.len != 2 * name.len) {
		return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		uint8_t mask = base.p[name.len + i];

		if ((name.p[i] & mask) != (base.p[i] & mask)) {
			return false;
		}
	}
	return true;
}

static bool
name_fits(const struct general_name *name, const struct general_name *base,
    bool excluded)
{
	struct slice host;

	switch (name->kind) {
	case GN_DNS:
		return dns_fits(name->value, base->value, excluded);
	case GN_EMAIL:
		return email_fits(name->value, base->value);
	case GN_IP:
		return ip_fits(name->value, base->value);
	case GN_URI:
		return uri_host(name->value, &host) &&
		       host_fits(host, base->value);
	case GN_DIRECTORY:
		return name_within(name->name, base->name);
	case GN_OTHER:
	case GN_X400:
	case GN_EDI:
	case GN_RID:
		break;
	}
	return false;
}

/* ---- the walk ------------------------------------------------------------ */

/* Of a form that name_fits() knows, and of that form. */
static bool
is_compared(const struct general_name *name)
{
	struct slice host;

	if (name->kind == GN_URI) {
		return uri_host(name->value, &host);
	}
	return (name->kind == GN_DNS || name->kind == GN_EMAIL ||
		   name->kind == GN_IP || name->kind == GN_DIRECTORY) &&
	       chain_name_fits(name);
}

static bool
same_form(const struct general_name *a, const struct general_name *b)
{
	return a->kind == b->kind &&
	       (a->kind != GN_OTHER || slice_eq(a->oid, b->oid));
}

/* A name of path[below] and the constraints of path[above]. */
struct pair {
	size_t below;
	size_t above;
};

static enum err
count_check(struct chain *c, size_t i)
{
	if (++c->name_checks > CHAIN_NAME_CHECKS_MAX) {
		c->spent = true;
		return chain_fail(c, i, ERR_LIMIT, "chain.work", NULL,
		    "its names would have to be compared with constraints "
		    "more than %d times",
		    CHAIN_NAME_CHECKS_MAX);
	}
	return ERR_OK;
}

static enum err
outside(struct chain *c, struct pair at, const struct general_name *name,
    const char *rule, const char *what)
{
	struct buf text = BUF_INIT(NAME_VALUE_MAX);

	general_name_print(name, &text);
	(void)chain_fail(c, at.below, ERR_POLICY, rule, "RFC 5280 4.2.1.10",
	    "%s %.100s; the constraints of the CA number %zu above it say so",
	    what, buf_cstr(&text), at.above - at.below);
	buf_clear(&text);
	return ERR_POLICY;
}

static enum err
check_subtrees(struct chain *c, struct pair at, const struct general_name *name,
    const struct general_names *bases, bool excluded)
{
	bool found = false, constrained = false;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < bases->num && !found; i++) {
		const struct general_name *base = &bases->list[i];

		e = count_check(c, at.below);
		if (e != ERR_OK || !same_form(name, base)) {
			continue;
		}
		/* One that cannot be compared might be meant by either. */
		if (!is_compared(name)) {
			return outside(c, at, name,
			    "chain.name_constraints.kind",
			    "it has a name that cannot be compared:");
		}
		constrained = true;
		found = name_fits(name, base, excluded);
	}
	if (e != ERR_OK) {
		return e;
	}
	if (excluded && found) {
		return outside(c, at, name, "chain.name_constraints.excluded",
		    "it has a name that is excluded:");
	}
	if (!excluded && constrained && !found) {
		return outside(c, at, name, "chain.name_constraints.permitted",
		    "it has a name that is not permitted:");
	}
	return ERR_OK;
}

static enum err
check_name(struct chain *c, struct pair at, const struct general_name *name)
{
	const struct ext *x =
	    ext_find(cert_exts(c->path[at.above]), EXT_NAME_CONSTRAINTS);
	enum err e;

	e = check_subtrees(c, at, name, &x->u.constraints.excluded, true);
	return e == ERR_OK ? check_subtrees(c, at, name,
				 &x->u.constraints.permitted, false)
			   : e;
}

/* The addresses of the subject, where there are no alternative names. */
static enum err
check_subject_emails(struct chain *c, struct pair at)
{
	const struct name *subject = cert_subject(c->path[at.below]);
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < name_num_attrs(subject); i++) {
		const struct name_attr *a = name_attr(subject, i);
		struct general_name email = {
		    .kind = GN_EMAIL, .value = a->value};

		if (a->id == OID_EMAIL) {
			e = check_name(c, at, &email);
		}
	}
	return e;
}

static enum err
check_names(struct chain *c, struct pair at)
{
	const struct cert *cert = c->path[at.below];
	const struct ext *san = ext_find(cert_exts(cert), EXT_SAN);
	struct general_name subject = {
	    .kind = GN_DIRECTORY, .name = cert_subject(cert)};
	enum err e = ERR_OK;

	if (name_num_attrs(subject.name) > 0) {
		e = check_name(c, at, &subject);
	}
	if (e == ERR_OK && san == NULL) {
		return check_subject_emails(c, at);
	}
	for (size_t i = 0; e == ERR_OK && i < san->u.names.num; i++) {
		e = check_name(c, at, &san->u.names.list[i]);
	}
	return e;
}

static enum err
check_bases(struct chain *c, size_t i, const struct general_names *bases)
{
	for (size_t j = 0; j < bases->num; j++) {
		if (!chain_base_fits(&bases->list[j])) {
			return chain_fail(c, i, ERR_FORMAT,
			    "chain.name_constraints.form", "RFC 5280 4.2.1.10",
			    "its name constraints hold one that has not the "
			    "form of its kind");
		}
	}
	return ERR_OK;
}

/* Against all constraints above; a CA's certificate for itself is free
 * (RFC 5280 6.1.3 (b)). */
static enum err
check_above(struct chain *c, size_t above)
{
	enum err e = ERR_OK;

	for (size_t below = 0; e == ERR_OK && below < above; below++) {
		if (below == 0 || !chain_self_issued(c->path[below])) {
			e = check_names(c, (struct pair){below, above});
		}
	}
	return e;
}

enum err
chain_check_constraints(struct chain *c)
{
	enum err e = ERR_OK;

	for (size_t i = c->num; e == ERR_OK && i-- > 1;) {
		const struct ext *x =
		    ext_find(cert_exts(c->path[i]), EXT_NAME_CONSTRAINTS);

		if (x == NULL) {
			continue;
		}
		e = check_bases(c, i, &x->u.constraints.permitted);
		if (e == ERR_OK) {
			e = check_bases(c, i, &x->u.constraints.excluded);
		}
		if (e == ERR_OK) {
			e = check_above(c, i);
		}
	}
	return e;
}
