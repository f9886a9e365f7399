/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include "workstation/certstore.h"
#include "x509/cert.h"
#include "x509/name.h"

static enum err
ask_install(struct work *w, const struct kept *k, struct errinfo *ei)
{
	struct question q;
	struct buf name = BUF_INIT(NAME_TEXT_MAX);
	char until[TIME_TEXT_SIZE];
	struct cert *cert = NULL;
	enum err e = cert_parse(buf_slice(&w->in->certificate), &cert, ei);

	if (e != ERR_OK) {
		return e;
	}
	time_text(cert_not_after(cert), until);
	name_print(cert_subject(cert), &name);
	work_ask_for(w, &q, WORD_INSTALL, WORD_INSTALL_YES);
	question_line(&q, WORD_CERTIFICATE, buf_slice(&name));
	question_line(&q, WORD_VALID_UNTIL, slice_str(until));
	work_put_place(&q, k);
	cert_free(cert);
	buf_clear(&name);
	return work_consent(w, &q, ei);
}

static enum err
fill_stores(struct work *w, struct errinfo *ei)
{
	const char *home = w->o->home;
	struct slice own = buf_slice(&w->in->certificate);
	enum err e;

	w->step(w->arg, false, "stores");
	e = certstore_put(home, CERTSTORE_PERSONAL, own, ei);
	for (size_t i = 0; e == ERR_OK && i < w->in->num_chain; i++) {
		struct cert *cert = NULL;

		e = cert_parse(buf_slice(&w->in->chain[i]), &cert, ei);
		if (e == ERR_OK) {
			e = certstore_put(
			    home, CERTSTORE_AUTHORITIES, cert_der(cert), ei);
		}
		cert_free(cert);
	}
	return e;
}

/* What is there afterwards, looked up again. */
static enum err
list_back(struct work *w, const struct kept *k, struct errinfo *ei)
{
	const char *home = w->o->home;
	int64_t authorities = 0;
	struct container_info info;
	enum err e = certstore_has(
	    home, CERTSTORE_PERSONAL, buf_slice(&w->in->certificate), ei);

	for (size_t i = 0; e == ERR_OK && i < w->in->num_chain; i++) {
		e = certstore_has(home, CERTSTORE_AUTHORITIES,
		    buf_slice(&w->in->chain[i]), ei);
		authorities += e == ERR_OK;
	}
	if (e == ERR_OK) {
		e = container_peek(k->path, &info, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	work_put_container(
	    w->out, "container", k->medium.id, k->path, &info, NULL);
	json_open_array(w->out, "stores");
	json_open_object(w->out, NULL);
	json_put_text(w->out, "store", "surguch");
	json_put_int(w->out, "personal", 1);
	json_put_int(w->out, "authorities", authorities);
	json_close(w->out);
	json_close(w->out);
	return ERR_OK;
}

enum err
work_install(struct work *w, struct errinfo *ei)
{
	struct container *c = NULL;
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e == ERR_OK) {
		e = ask_install(w, &k, ei);
	}
	if (e == ERR_OK) {
		e = work_open_kept(w, &k, &c, ei);
	}
	if (e == ERR_OK) {
		w->step(w->arg, false, "certificate");
		e = container_install_cert(
		    c, buf_slice(&w->in->certificate), ei);
	}
	if (e == ERR_OK) {
		e = fill_stores(w, ei);
	}
	if (e == ERR_OK) {
		e = list_back(w, &k, ei);
	}
	container_free(c);
	return e;
}
