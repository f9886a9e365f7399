/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/published.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "ca/authority.h"
#include "ca/revoke.h"
#include "ca/shard.h"
#include "crypto/pubkey.h"
#include "os/file.h"
#include "signer/client.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/ext.h"

enum {
	NUMBER_BYTES = 8
};

static const char actor[] = "system reconciliation";

static enum err
read_list(struct ca *ca, struct authority *a, const char *file,
    struct crl **out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	struct buf der = BUF_INIT(CRL_BYTES_MAX);
	struct pubkey *key = NULL;
	struct crl *crl = NULL;
	enum err e;

	e = path_join(path, ca_public_dir(ca), file, ei);
	if (e == ERR_OK) {
		e = file_read(path, CRL_BYTES_MAX, &der, ei);
	}
	if (e == ERR_OK) {
		e = crl_parse(buf_slice(&der), &crl, ei);
	}
	if (e == ERR_OK) {
		e = pubkey_parse(cert_spki(authority_cert(a)), &key, ei);
	}
	if (e == ERR_OK) {
		e = crl_verify(crl, key, ei);
	}
	pubkey_free(key);
	buf_clear(&der);
	if (e != ERR_OK) {
		crl_free(crl);
		return err_object(ei, e, path);
	}
	*out = crl;
	return ERR_OK;
}

/* The full list and those of all shards. */
static enum err
read_lists(
    struct ca *ca, struct authority *a, struct published *p, struct errinfo *ei)
{
	char **names = NULL;
	size_t num = 0;
	struct crl_shard shard;
	enum err e = dir_list(
	    ca_public_dir(ca), ".crl", PUBLIC_FILES_MAX, &names, &num, ei);

	p->crls = e == ERR_OK ? calloc(num + 1, sizeof(struct crl *)) : NULL;
	if (e == ERR_OK && p->crls == NULL) {
		e = err_nomem(ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		if (shard_of_file(names[i], authority_name(a), &shard)) {
			e = read_list(ca, a, names[i], &p->crls[p->num], ei);
			p->num += e == ERR_OK;
		}
	}
	dir_list_free(names, num);
	return e;
}

/* Ours fit; 0 for what is none of ours. */
static uint64_t
number_of(const struct crl *crl)
{
	struct slice content = crl_number(crl);
	uint64_t n = 0;

	if (content.len > NUMBER_BYTES) {
		return 0;
	}
	for (size_t i = 0; i < content.len; i++) {
		n = n << 8 | content.p[i];
	}
	return n;
}

static enum err
number_in_journal(struct authority *a, uint64_t *out, struct errinfo *ei)
{
	struct signer_info info;
	enum err e;

	signer_info_init(&info);
	e = signer_info(authority_signer(a), &info, ei);
	*out = info.crl_number;
	signer_info_clear(&info);
	return e;
}

enum err
published_find(struct ca *ca, struct authority *a, struct published *out,
    struct errinfo *ei)
{
	uint64_t database = 0, journal = 0, list = 0;
	struct published p = {0};
	enum err e =
	    shard_last_number(ca_store(ca), authority_name(a), &database, ei);

	if (e == ERR_OK) {
		e = number_in_journal(a, &journal, ei);
	}
	if (e == ERR_OK) {
		e = read_lists(ca, a, &p, ei);
	}
	if (e != ERR_OK) {
		published_clear(&p);
		return e;
	}
	for (size_t i = 0; i < p.num; i++) {
		uint64_t number = number_of(p.crls[i]);

		list = number > list ? number : list;
	}
	if (list < journal && database < journal) {
		published_clear(&p);
		return err_set(ei, ERR_STATE, "ca.crl_missing", NULL,
		    "the journal of %s has CRL %llu, and %s/%s.crl is an older "
		    "one or none: copy crl.der of the signer's directory there "
		    "(crl-K-of-N.der to NAME-K-of-N.crl) and run surguchctl "
		    "reconcile again",
		    authority_name(a), (unsigned long long)journal,
		    ca_public_dir(ca), authority_name(a));
	}
	p.number = database > journal ? database : journal;
	p.number = list > p.number ? list : p.number;
	*out = p;
	return ERR_OK;
}

void
published_clear(struct published *p)
{
	for (size_t i = 0; i < p->num; i++) {
		crl_free(p->crls[i]);
	}
	free(p->crls);
	*p = (struct published){0};
}

/* --- what it says ---------------------------------------------------------
 */

/* A serial that no journal of ours has is nobody's certificate here. */
static enum err
adopt_entry(struct ca *ca, const char *name, const struct crl_entry *entry,
    size_t *num, struct errinfo *ei)
{
	struct certificate c;
	struct unit u;
	enum err e = certificate_find(ca, name, entry->serial, &c, ei);

	if (e != ERR_OK) {
		return e == ERR_NOTFOUND ? ERR_OK : e;
	}
	unit_init(&u);
	e = ca_add_listed(
	    &u, &c, entry, actor, clock_utc_sec(ca_clock(ca)), ei);
	if (e == ERR_OK) {
		e = ca_submit_change(ca, &u, &c, ei);
		*num += e == ERR_OK;
	} else if (e == ERR_STATE) {
		e = ERR_OK; /* it is so already, or more */
	}
	unit_clear(&u);
	certificate_clear(&c);
	return e;
}

static enum err
note_number(
    struct ca *ca, const char *name, uint64_t number, struct errinfo *ei)
{
	struct unit u;
	enum err e;

	unit_init(&u);
	unit_add(&u, ST_CRL_SHARD_ADD, EXPECT_ANY, V_TEXT(name), V_INT(0));
	unit_add(&u, ST_CRL_SHARD_RAISE, EXPECT_ANY, V_TEXT(name), V_INT(0),
	    V_INT(number));
	e = store_submit(ca_store(ca), &u, NULL, ei);
	unit_clear(&u);
	return e;
}

/* Does a newer delta say that this hold is over?  Whatever list it is of: all
 * are cut from what was true at their time. */
static bool
is_over(const struct published *p, const struct crl *crl,
    const struct crl_entry *entry)
{
	if (entry->reason != CRL_REASON_HOLD) {
		return false;
	}
	for (size_t i = 0; i < p->num; i++) {
		const struct crl_entry *said = NULL;

		if (ext_find(crl_exts(p->crls[i]), EXT_DELTA_CRL) != NULL &&
		    number_of(p->crls[i]) > number_of(crl)) {
			said = crl_find(p->crls[i], entry->serial);
		}
		if (said != NULL &&
		    said->reason == CRL_REASON_REMOVE_FROM_CRL) {
			return true;
		}
	}
	return false;
}

enum err
published_adopt(struct ca *ca, struct authority *a, const struct published *p,
    size_t *out_num, struct errinfo *ei)
{
	const char *name = authority_name(a);
	size_t num = 0;
	enum err e = note_number(ca, name, p->number, ei);

	for (size_t i = 0; e == ERR_OK && i < p->num; i++) {
		const struct crl *crl = p->crls[i];

		for (size_t k = 0; e == ERR_OK && k < crl_num_entries(crl);
		     k++) {
			const struct crl_entry *entry = crl_entry_at(crl, k);

			if (entry->reason != CRL_REASON_REMOVE_FROM_CRL &&
			    !is_over(p, crl, entry)) {
				e = adopt_entry(ca, name, entry, &num, ei);
			}
		}
	}
	if (e == ERR_OK) {
		*out_num = num;
	}
	return e;
}
