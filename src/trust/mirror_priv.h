/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_MIRROR_PRIV_H
#define SURGUCH_TRUST_MIRROR_PRIV_H
/* Between what a mirror should become and its writing; of trust/mirror*.c
 * only. */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "trust/certs.h"
#include "trust/mirror.h"
#include "trust/root.h"
#include "trust/stl.h"

#define MIRROR_LOCK ".lock"

enum {
	MIRROR_NAME_SIZE = 48, /* "<40 digits>.crt" */
};

struct mirror_list {
	bool there;
	bool changed; /* against what the mirror has */
	bool signer_expired;
	struct buf cab; /* as it came, or made of a loose list */
	struct buf stl;
	struct stl list; /* borrows from stl */
	bool has_store;
	bool restores; /* the list is the mirror's, the store is not there */
	struct buf store;
};

struct mirror_plan {
	struct mirror_list lists[MIRROR_FILES]; /* as they shall be */
	struct mirror_list now[MIRROR_FILES];
	struct trust_certs *certs; /* that are to be written */
};

void mirror_plan_init(struct mirror_plan *p);
void mirror_plan_clear(struct mirror_plan *p);
ATTR_MUST_USE enum err mirror_plan_make(struct mirror_plan *p,
    const struct trust_source *here, const struct trust_source *from,
    const struct trust_mirror_rules *rules, struct errinfo *ei);

void mirror_report(
    const struct mirror_plan *p, struct trust_mirror_report *out);

void mirror_list_init(struct mirror_list *l);
void mirror_list_clear(struct mirror_list *l);
/* l->there stays false where the source has none. */
ATTR_MUST_USE enum err mirror_get_list(const struct trust_source *from,
    enum trust_mirror_file which, struct mirror_list *l, struct errinfo *ei);
/* The same, judged. */
ATTR_MUST_USE enum err mirror_get_checked(const struct trust_source *from,
    enum trust_mirror_file which, const struct trust_mirror_rules *rules,
    struct mirror_list *l, struct errinfo *ei);
ATTR_MUST_USE enum err mirror_need_roots(
    const struct mirror_list *l, struct errinfo *ei);
/* DER, whatever it came as; nothing is compared. */
ATTR_MUST_USE enum err mirror_read_cert(const struct trust_source *from,
    const char *name, struct buf *out, struct errinfo *ei);
ATTR_MUST_USE enum err mirror_get_cert(const struct trust_source *from,
    const struct root *root, struct buf *out, struct errinfo *ei);
/* NULL: its certificates are files. */
const char *mirror_store_name(enum trust_mirror_file f);
void mirror_cert_name(struct slice sha1, char out[MIRROR_NAME_SIZE]);

#endif
