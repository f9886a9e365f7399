/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cmd_verify_roots.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/cmd_trust.h"
#include "cli/cmd_trust_source.h"
#include "os/systime.h"
#include "trust/anchors.h"
#include "trust/certs.h"
#include "x509/cert.h"

enum {
	TEXT_MAX = 4096,
};

struct verify_roots {
	struct remote_mirror remote;
	struct trust_source source;
	struct trust_anchors anchors;
	struct trust_demand *demand;
	size_t refused; /* on the list, and not to be trusted for this */
};

enum err
verify_roots_open(const char *source, const char *anchor,
    struct verify_roots **out, struct errinfo *ei)
{
	const struct clock clock = system_clock();
	struct trust_mirror_rules rules = {.now = clock_utc_sec(&clock)};
	struct verify_roots *r = calloc(1, sizeof(*r));
	enum err e;

	*out = r;
	if (r == NULL) {
		return err_nomem(ei);
	}
	rules.anchors = &r->anchors;
	if ((e = trust_source_open(source, &r->remote, &r->source, ei)) !=
		ERR_OK ||
	    (e = trust_read_anchors(anchor, &r->anchors, ei)) != ERR_OK) {
		return e;
	}
	return trust_demand_open(&r->source, &rules, &r->demand, ei);
}

void
verify_roots_close(struct verify_roots *r)
{
	if (r != NULL) {
		trust_demand_free(r->demand);
		trust_anchors_clear(&r->anchors);
		free(r);
	}
}

/* The words are Windows' own (event 4097), so that who looks for them finds
 * them here too. */
static enum err
tell(struct slice der, struct slice sha1, struct errinfo *ei)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	const struct trust_cert *c = NULL;
	struct trust_certs *one = NULL;
	enum err e = trust_certs_new(&one, ei);

	if (e == ERR_OK) {
		e = trust_certs_add(one, der, &c, ei);
	}
	if (e == ERR_OK) {
		trust_cert_put_subject(c, &text);
		buf_add_str(&text, "› ; отпечаток SHA1: ‹");
		text_hex(&text, sha1);
		(void)fprintf(stderr,
		    "surguch: Успешное автоматическое обновление стороннего "
		    "корневого сертификата:: субъект: ‹%s›\n",
		    buf_cstr(&text));
	}
	trust_certs_free(one);
	buf_clear(&text);
	return e;
}

struct taking {
	enum err (*add)(void *arg, struct slice der, struct errinfo *ei);
	void *arg;
};

/* One in forty of Microsoft's breaks a rule of form (a negative serial number):
 * no chain can end there, and another of its name may do. */
static bool
breaks_form(struct slice der, struct slice sha1)
{
	struct buf hex = BUF_INIT(TEXT_MAX);
	struct errinfo why = {0};
	struct cert *c = NULL;
	enum err e = cert_parse(der, &c, &why);

	cert_free(c);
	if (e == ERR_OK || e == ERR_NOMEM) {
		return false;
	}
	text_hex(&hex, sha1);
	(void)fprintf(stderr,
	    "surguch: warning: the root %s of the list is passed over: %s "
	    "[%s]\n",
	    buf_cstr(&hex), why.text, why.rule);
	buf_clear(&hex);
	return true;
}

static enum err
take(void *arg, struct slice der, struct slice sha1, struct errinfo *ei)
{
	const struct taking *t = arg;
	enum err e;

	if (breaks_form(der, sha1)) {
		return ERR_OK;
	}
	e = t->add(t->arg, der, ei);
	return e == ERR_OK ? tell(der, sha1, ei) : e;
}

enum err
verify_roots_add(struct verify_roots *r, const struct chain_request *req,
    enum err (*add)(void *arg, struct slice der, struct errinfo *ei), void *arg,
    struct errinfo *ei)
{
	const struct trust_wish wish = {
	    .purpose = req->purpose,
	    .at = req->at,
	    .issued_at = cert_not_before(req->leaf),
	};
	struct taking t = {add, arg};
	enum err e = trust_demand_roots(
	    r->demand, req->leaf, &wish, take, &t, &r->refused, ei);

	for (size_t i = 0; e == ERR_OK && i < req->intermediates.num; i++) {
		e = trust_demand_roots(r->demand, req->intermediates.list[i],
		    &wish, take, &t, &r->refused, ei);
	}
	return e;
}

enum err
verify_roots_judge(
    struct verify_roots *r, struct chain_verdict *v, struct errinfo *ei)
{
	bool disallowed = false;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && !disallowed && i < v->num; i++) {
		e = trust_demand_disallowed(
		    r->demand, cert_der(v->path[i]), &disallowed, ei);
		if (e == ERR_OK && disallowed) {
			v->status = CHAIN_BAD;
			v->at = i;
			(void)err_set(&v->why, ERR_POLICY, "trust.disallowed",
			    NULL,
			    "the list of disallowed certificates means this "
			    "one");
		}
	}
	if (v->status == CHAIN_BAD && r->refused > 0) {
		(void)fprintf(stderr,
		    "surguch: %zu roots of this name are on the list, and "
		    "disabled, limited or not for this purpose\n",
		    r->refused);
	}
	return e;
}
