/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/mirror_read.h"

#include <string.h>
#include <strings.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "trust/mirror_priv.h"

enum {
	CERT_DIGITS = 2 * ROOT_SHA1
};

static enum err
take_roots(const struct mirror_list *l, const struct trust_source *from,
    const struct trust_mirror_taker *t, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < l->list.num; i++) {
		char name[MIRROR_NAME_SIZE];
		struct root root;

		e = root_read(&l->list.entries[i], &root, ei);
		if (e == ERR_OK) {
			e = mirror_get_cert(from, &root, &der, ei);
		}
		if (e == ERR_OK) {
			mirror_cert_name(root.sha1, name);
			e = t->take(t->arg, name, buf_slice(&der), ei);
		}
	}
	buf_clear(&der);
	return e;
}

static enum err
take_list(const struct mirror_list *l, enum trust_mirror_file which,
    const struct trust_source *from, const struct trust_mirror_taker *t,
    struct errinfo *ei)
{
	enum err e =
	    t->take(t->arg, trust_mirror_name(which), buf_slice(&l->cab), ei);

	if (e == ERR_OK && l->has_store) {
		e = t->take(
		    t->arg, mirror_store_name(which), buf_slice(&l->store), ei);
	}
	return e == ERR_OK && which == MIRROR_ROOTS ? take_roots(l, from, t, ei)
						    : e;
}

static enum err
read_list(enum trust_mirror_file which, const struct trust_source *from,
    const struct trust_mirror_rules *rules, const struct trust_mirror_taker *t,
    struct trust_mirror_report *out, struct errinfo *ei)
{
	struct mirror_list l;
	enum err e;

	mirror_list_init(&l);
	e = mirror_get_checked(from, which, rules, &l, ei);
	if (e == ERR_OK && which == MIRROR_ROOTS) {
		e = mirror_need_roots(&l, ei);
	}
	if (e == ERR_OK && l.there) {
		e = mirror_get_store(from, which, &l, ei);
	}
	if (e == ERR_OK && l.there) {
		out->lists[which].there = true;
		out->lists[which].of = l.list.this_update;
		out->lists[which].entries = l.list.num;
		out->lists[which].signer_expired = l.signer_expired;
		e = take_list(&l, which, from, t, ei);
	}
	if (e == ERR_OK && which == MIRROR_ROOTS) {
		out->certs = l.list.num;
	}
	mirror_list_clear(&l);
	return e;
}

enum err
trust_mirror_read(const struct trust_source *from,
    const struct trust_mirror_rules *rules,
    const struct trust_mirror_taker *taker, struct trust_mirror_report *out,
    struct errinfo *ei)
{
	enum err e = ERR_OK;

	*out = (struct trust_mirror_report){.certs = 0};
	for (unsigned i = 0; e == ERR_OK && i < MIRROR_FILES; i++) {
		e = read_list(
		    (enum trust_mirror_file)i, from, rules, taker, out, ei);
	}
	return e;
}

bool
trust_mirror_is_cert(const char *name)
{
	return strspn(name, "0123456789abcdefABCDEF") == CERT_DIGITS &&
	       strcasecmp(name + CERT_DIGITS, ".crt") == 0;
}

enum err
trust_mirror_read_cert(const struct trust_source *from, const char *name,
    struct buf *out, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	uint8_t hash[HASH_SIZE_MAX], said[ROOT_SHA1];
	enum err e = mirror_read_cert(from, name, &der, ei);

	if (e == ERR_OK) {
		e = hash_of(HASH_SHA1, buf_slice(&der), hash, ei);
	}
	if (e == ERR_OK &&
	    (!text_unhex(slice_make(name, CERT_DIGITS), said, sizeof(said)) ||
		memcmp(hash, said, sizeof(said)) != 0)) {
		(void)err_set(ei, ERR_FORMAT, "mirror.certificate", NULL,
		    "it is not the certificate that its name says");
		e = err_object(ei, ERR_FORMAT, name);
	}
	if (e == ERR_OK) {
		buf_add(out, buf_slice(&der));
		e = buf_err(out, ei);
	}
	buf_clear(&der);
	return e;
}
