/* SPDX-License-Identifier: Apache-2.0 */
/* What a mirror should become: fetched, verified, compared.  Nothing is written
 * here (trust/mirror_write.c). */
#include "trust/mirror.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "os/file.h"
#include "trust/cab.h"
#include "trust/disallowed.h"
#include "trust/mirror_priv.h"
#include "trust/root.h"
#include "trust/sst.h"
#include "x509/pem.h"

static const struct {
	enum stl_kind kind;
	const char *cab;
	const char *stl;
	const char *sst; /* its certificates; NULL: they are files */
} files[MIRROR_FILES] = {
    [MIRROR_ROOTS] = {STL_ROOTS, "authrootstl.cab", "authroot.stl", NULL},
    [MIRROR_DISALLOWED] = {STL_DISALLOWED, "disallowedcertstl.cab",
	"disallowedcert.stl", "disallowedcert.sst"},
    [MIRROR_PINS] = {STL_PINS, "pinrulesstl.cab", "pinrules.stl",
	"pinrules.sst"},
};

const char *
trust_mirror_name(enum trust_mirror_file f)
{
	return files[f].cab;
}

const char *
mirror_store_name(enum trust_mirror_file f)
{
	return files[f].sst;
}

void
mirror_cert_name(struct slice sha1, char out[MIRROR_NAME_SIZE])
{
	struct buf name = BUF_INIT(MIRROR_NAME_SIZE);

	text_hex(&name, sha1);
	buf_add_str(&name, ".crt");
	(void)snprintf(out, MIRROR_NAME_SIZE, "%s", buf_cstr(&name));
	buf_clear(&name);
}

/* --- a list ----------------------------------------------------------------
 */

static enum err
unpack(struct mirror_list *l, enum trust_mirror_file which, struct errinfo *ei)
{
	struct slice plain;
	struct cab cab;
	enum err e = cab_parse(buf_slice(&l->cab), &cab, ei);

	if (e == ERR_OK && cab.num != 1) {
		e = err_set(ei, ERR_FORMAT, "mirror.kind", NULL,
		    "the cabinet holds %zu files; a list's holds one", cab.num);
	}
	if (e == ERR_OK) {
		e = cab_member(&cab, 0, &plain, ei);
	}
	if (e == ERR_OK) {
		buf_add(&l->stl, plain);
		e = buf_err(&l->stl, ei);
	}
	cab_clear(&cab);
	return e == ERR_OK ? e : err_object(ei, e, files[which].cab);
}

/* A loose list goes into a cabinet of ours; it is the same list. */
static enum err
pack(struct mirror_list *l, enum trust_mirror_file which, struct errinfo *ei)
{
	return cab_build(files[which].stl, l->list.this_update,
	    buf_slice(&l->stl), &l->cab, ei);
}

static enum err
read_list(
    struct mirror_list *l, enum trust_mirror_file which, struct errinfo *ei)
{
	enum err e = stl_parse(buf_slice(&l->stl), &l->list, ei);

	if (e == ERR_OK && l->list.kind != files[which].kind) {
		e = err_set(ei, ERR_FORMAT, "mirror.kind", NULL,
		    "a list of %s where one of %s is expected",
		    stl_kind_name(l->list.kind),
		    stl_kind_name(files[which].kind));
	}
	l->there = e == ERR_OK;
	return e == ERR_OK ? e : err_object(ei, e, files[which].cab);
}

static enum err
check_list(struct mirror_list *l, enum trust_mirror_file which,
    const struct trust_mirror_rules *rules, struct errinfo *ei)
{
	const struct trust_policy policy = {
	    .anchors = rules->anchors,
	    .now = rules->now,
	    .strict = rules->strict,
	    .old = rules->old,
	};
	struct trust_judgement j;
	enum err e = trust_judge(&l->list, &policy, &j, ei);

	if (e == ERR_OK && j.result != ERR_OK) {
		*ei = j.why;
		e = j.result;
	}
	l->signer_expired = j.signer_expired;
	trust_judgement_clear(&j);
	return e == ERR_OK ? e : err_object(ei, e, files[which].cab);
}

/* Of a source or of the mirror itself; l->there stays false where it has
 * none. */
enum err
mirror_get_list(const struct trust_source *from, enum trust_mirror_file which,
    struct mirror_list *l, struct errinfo *ei)
{
	bool loose = false;
	enum err e =
	    from->get(from->arg, files[which].cab, CAB_BYTES_MAX, &l->cab, ei);

	if (e == ERR_OK) {
		e = unpack(l, which, ei);
	} else if (e == ERR_NOTFOUND) {
		loose = true;
		e = from->get(
		    from->arg, files[which].stl, STL_BYTES_MAX, &l->stl, ei);
		if (e == ERR_NOTFOUND) {
			return ERR_OK;
		}
	}
	if (e == ERR_OK) {
		e = read_list(l, which, ei);
	}
	return e == ERR_OK && loose ? pack(l, which, ei) : e;
}

enum err
mirror_get_checked(const struct trust_source *from,
    enum trust_mirror_file which, const struct trust_mirror_rules *rules,
    struct mirror_list *l, struct errinfo *ei)
{
	enum err e = mirror_get_list(from, which, l, ei);

	return e == ERR_OK && l->there ? check_list(l, which, rules, ei) : e;
}

/* Certificates of a disallowed list, each of which it must mean: a store that
 * says more would have machines distrust what nobody has disallowed.  What a
 * list of pins means by its store nobody outside Microsoft has written down. */
static enum err
check_store(const struct mirror_list *l, enum trust_mirror_file which,
    struct errinfo *ei)
{
	struct trust_certs *certs = NULL;
	struct sst store = {.num = 0};
	enum err e = trust_certs_new(&certs, ei);

	if (e == ERR_OK) {
		e = sst_parse(buf_slice(&l->store), &store, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < store.num; i++) {
		const struct trust_cert *c = NULL;

		e = trust_certs_add(certs, store.elements[i].der, &c, ei);
		if (e == ERR_OK && which == MIRROR_DISALLOWED &&
		    trust_disallowed(&l->list, c) == NULL) {
			e = err_set(ei, ERR_FORMAT, "mirror.store", NULL,
			    "a certificate of the store is not one that the "
			    "list disallows");
		}
	}
	sst_clear(&store);
	trust_certs_free(certs);
	return e == ERR_OK ? e : err_object(ei, e, files[which].sst);
}

static enum err
get_store(const struct trust_source *from, enum trust_mirror_file which,
    struct mirror_list *l, struct errinfo *ei)
{
	enum err e;

	if (files[which].sst == NULL) {
		return ERR_OK;
	}
	e = from->get(
	    from->arg, files[which].sst, SST_BYTES_MAX, &l->store, ei);
	if (e == ERR_NOTFOUND) {
		return ERR_OK;
	}
	l->has_store = e == ERR_OK;
	return e == ERR_OK ? check_store(l, which, ei) : e;
}

static enum err
check_age(const struct mirror_list *now, const struct mirror_list *l,
    enum trust_mirror_file which, const struct trust_mirror_rules *rules,
    struct errinfo *ei)
{
	int order = stl_compare_age(&l->list, &now->list);

	if (order < 0 && !rules->older) {
		(void)err_set(ei, ERR_CONFLICT, "mirror.older", NULL,
		    "the source's list is older than the mirror's; --older "
		    "takes it all the same");
		return err_object(ei, ERR_CONFLICT, files[which].cab);
	}
	if (order == 0 && !slice_eq(buf_slice(&l->stl), buf_slice(&now->stl))) {
		(void)err_set(ei, ERR_CONFLICT, "mirror.number", NULL,
		    "the source has another list of the same number than the "
		    "mirror");
		return err_object(ei, ERR_CONFLICT, files[which].cab);
	}
	return ERR_OK;
}

/* --- certificates -----------------------------------------------------------
 */

static enum err
wrong_cert(const char *name, const char *why, struct errinfo *ei)
{
	(void)err_set(ei, ERR_FORMAT, "mirror.certificate", NULL, "%s", why);
	return err_object(ei, ERR_FORMAT, name);
}

static enum err
check_cert(struct slice der, const struct root *root, const char *name,
    struct errinfo *ei)
{
	uint8_t hash[HASH_SIZE_MAX];
	enum err e = hash_of(HASH_SHA1, der, hash, ei);

	if (e == ERR_OK && memcmp(hash, root->sha1.p, ROOT_SHA1) != 0) {
		return wrong_cert(
		    name, "it is not the certificate that its name says", ei);
	}
	if (e == ERR_OK && root->sha256.len > 0) {
		e = hash_of(HASH_SHA256, der, hash, ei);
		if (e == ERR_OK &&
		    memcmp(hash, root->sha256.p, ROOT_SHA256) != 0) {
			return wrong_cert(name,
			    "it has the thumbprint, but is not the "
			    "certificate that the list means",
			    ei);
		}
	}
	return e;
}

/* DER, whatever it came as. */
enum err
mirror_read_cert(const struct trust_source *from, const char *name,
    struct buf *out, struct errinfo *ei)
{
	struct buf bytes = BUF_INIT(CERT_BYTES_MAX);
	enum err e = from->get(from->arg, name, CERT_BYTES_MAX, &bytes, ei);

	buf_reset(out);
	if (e == ERR_OK) {
		e = pem_or_der(buf_slice(&bytes), PEM_CERTIFICATE, out, ei);
	}
	buf_clear(&bytes);
	return e;
}

/* From a source, and the right one. */
enum err
mirror_get_cert(const struct trust_source *from, const struct root *root,
    struct buf *out, struct errinfo *ei)
{
	char name[MIRROR_NAME_SIZE];
	enum err e;

	mirror_cert_name(root->sha1, name);
	e = mirror_read_cert(from, name, out, ei);
	if (e == ERR_NOTFOUND) {
		(void)err_set(ei, ERR_NOTFOUND, "mirror.certificate", NULL,
		    "the list names it, and the source has it not");
		return err_object(ei, ERR_NOTFOUND, name);
	}
	return e == ERR_OK ? check_cert(buf_slice(out), root, name, ei) : e;
}

static enum err
need_cert(struct mirror_plan *p, const struct trust_source *here,
    const struct trust_source *from, const struct stl_entry *entry,
    struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct root root;
	enum err e = root_read(entry, &root, ei);

	if (e != ERR_OK) {
		return e;
	}
	/* What is here and right stays. */
	if (mirror_get_cert(here, &root, &der, NULL) != ERR_OK) {
		e = mirror_get_cert(from, &root, &der, ei);
		if (e == ERR_OK) {
			e = trust_certs_add(
			    p->certs, buf_slice(&der), NULL, ei);
		}
	}
	buf_clear(&der);
	return e;
}

static enum err
need_certs(struct mirror_plan *p, const struct trust_source *here,
    const struct trust_source *from, struct errinfo *ei)
{
	const struct stl *l = &p->lists[MIRROR_ROOTS].list;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < l->num; i++) {
		e = need_cert(p, here, from, &l->entries[i], ei);
	}
	return e;
}

/* --- the plan ---------------------------------------------------------------
 */

/* One that does not fit its list is as good as none. */
static bool
wants_store(const struct trust_source *here, enum trust_mirror_file which,
    const struct mirror_list *l, struct mirror_list *now,
    const struct trust_mirror_rules *rules)
{
	return get_store(here, which, now, NULL) != ERR_OK || !now->has_store ||
	       (rules->stores &&
		   !slice_eq(buf_slice(&l->store), buf_slice(&now->store)));
}

static enum err
plan_list(struct mirror_plan *p, const struct trust_source *here,
    const struct trust_source *from, enum trust_mirror_file which,
    const struct trust_mirror_rules *rules, struct errinfo *ei)
{
	struct mirror_list *l = &p->lists[which], *now = &p->now[which];
	enum err e;

	/* One that cannot be read any more is replaced. */
	if (mirror_get_list(here, which, now, NULL) != ERR_OK) {
		now->there = false;
	}
	if (now->there && rules->new_only) {
		(void)err_set(ei, ERR_CONFLICT, "mirror.exists", NULL,
		    "a list is there already, and --new was given");
		return err_object(ei, ERR_CONFLICT, files[which].cab);
	}
	e = mirror_get_checked(from, which, rules, l, ei);
	if (e != ERR_OK || !l->there) {
		return e;
	}
	if (now->there) {
		e = check_age(now, l, which, rules, ei);
		if (e != ERR_OK) {
			return e;
		}
	}
	l->changed = !now->there || stl_compare_age(&l->list, &now->list) != 0;
	e = get_store(from, which, l, ei);
	l->restores = e == ERR_OK && !l->changed && l->has_store &&
		      wants_store(here, which, l, now, rules);
	return e;
}

enum err
mirror_need_roots(const struct mirror_list *l, struct errinfo *ei)
{
	if (l->there) {
		return ERR_OK;
	}
	(void)err_set(ei, ERR_NOTFOUND, "mirror.list", NULL,
	    "the source has no list of roots");
	return err_object(ei, ERR_NOTFOUND, files[MIRROR_ROOTS].cab);
}

static enum err
check_number(const struct mirror_list *l,
    const struct trust_mirror_rules *rules, struct errinfo *ei)
{
	if (rules->number.len == 0 ||
	    slice_eq(rules->number, l->list.sequence)) {
		return ERR_OK;
	}
	return err_set(ei, ERR_CONFLICT, "mirror.changed", NULL,
	    "the other mirror has another list now; look at it again");
}

enum err
mirror_plan_make(struct mirror_plan *p, const struct trust_source *here,
    const struct trust_source *from, const struct trust_mirror_rules *rules,
    struct errinfo *ei)
{
	enum err e = trust_certs_new(&p->certs, ei);

	for (unsigned i = 0; e == ERR_OK && i < MIRROR_FILES; i++) {
		e = plan_list(
		    p, here, from, (enum trust_mirror_file)i, rules, ei);
	}
	if (e == ERR_OK) {
		e = mirror_need_roots(&p->lists[MIRROR_ROOTS], ei);
	}
	if (e == ERR_OK) {
		e = check_number(&p->lists[MIRROR_ROOTS], rules, ei);
	}
	return e == ERR_OK ? need_certs(p, here, from, ei) : e;
}

void
mirror_list_init(struct mirror_list *l)
{
	*l = (struct mirror_list){.there = false};
	buf_init(&l->cab, CAB_BYTES_MAX);
	buf_init(&l->stl, STL_BYTES_MAX);
	buf_init(&l->store, SST_BYTES_MAX);
}

void
mirror_list_clear(struct mirror_list *l)
{
	stl_clear(&l->list);
	buf_clear(&l->cab);
	buf_clear(&l->stl);
	buf_clear(&l->store);
}

void
mirror_plan_init(struct mirror_plan *p)
{
	p->certs = NULL;
	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		mirror_list_init(&p->lists[i]);
		mirror_list_init(&p->now[i]);
	}
}

void
mirror_plan_clear(struct mirror_plan *p)
{
	for (unsigned i = 0; i < MIRROR_FILES; i++) {
		mirror_list_clear(&p->lists[i]);
		mirror_list_clear(&p->now[i]);
	}
	trust_certs_free(p->certs);
	p->certs = NULL;
}
