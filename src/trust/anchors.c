/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/anchors.h"

#include "trust/anchors_priv.h"
#include "trust/file.h"
#include "x509/cert.h"

enum err
trust_anchors_add(struct trust_anchors *a, struct slice der, struct errinfo *ei)
{
	enum err e;

	if (a->num == TRUST_ANCHORS_MAX) {
		return err_set(ei, ERR_LIMIT, "trust.anchors", NULL,
		    "more than %d roots under which lists may be signed",
		    (int)TRUST_ANCHORS_MAX);
	}
	e = cert_parse(der, &a->list[a->num], ei);
	a->num += e == ERR_OK;
	return e;
}

enum err
trust_anchors_microsoft(struct trust_anchors *out, struct errinfo *ei)
{
	struct trust_anchors a = {.num = 0};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < trust_num_microsoft; i++) {
		e = trust_anchors_add(&a, trust_microsoft[i], ei);
	}
	if (e != ERR_OK) {
		trust_anchors_clear(&a);
		return e;
	}
	a.num_microsoft = a.num;
	*out = a;
	return ERR_OK;
}

void
trust_anchors_clear(struct trust_anchors *a)
{
	for (size_t i = 0; i < a->num; i++) {
		cert_free(a->list[i]);
	}
	*a = (struct trust_anchors){.num = 0};
}

struct chain_certs
trust_anchors_certs(const struct trust_anchors *a)
{
	return (struct chain_certs){
	    (const struct cert *const *)a->list, a->num};
}

struct chain_certs
trust_anchors_own(const struct trust_anchors *a)
{
	return (struct chain_certs){
	    (const struct cert *const *)a->list + a->num_microsoft,
	    a->num - a->num_microsoft};
}

enum err
trust_read_anchors(
    const char *more, struct trust_anchors *out, struct errinfo *ei)
{
	struct trust_file f;
	enum err e = trust_anchors_microsoft(out, ei);

	if (e != ERR_OK || more == NULL) {
		return e;
	}
	e = trust_file_load(more, &f, ei);
	for (size_t i = 0; e == ERR_OK && i < trust_certs_num(f.certs); i++) {
		e = trust_anchors_add(out, trust_certs_at(f.certs, i)->der, ei);
	}
	trust_file_clear(&f);
	return e;
}
