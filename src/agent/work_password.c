/* SPDX-License-Identifier: Apache-2.0 */
/* Another password for a container, in its place. */
#include "agent/work_priv.h"

static enum err
change(struct work *w, struct kept *k, struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	struct container *c = NULL;
	enum err e = work_open(w, k, &c, ei);

	if (e == ERR_OK) {
		e = work_choose_password(w, k->info.label, &password, ei);
	}
	w->step(w->arg, false, "copy");
	if (e == ERR_OK) {
		const struct container_password to = {
		    .password = secret_slice(&password),
		    .insecure_no_password = password.len == 0,
		};

		e = container_set_password(c, &to, ei);
	}
	secret_clear(&password);
	container_free(c);
	return e;
}

/* Before anybody types anything. */
static enum err
check(const struct kept *k, struct errinfo *ei)
{
	if (medium_has_pin(&k->medium)) {
		return err_set(ei, ERR_UNSUPPORTED, "container.password.token",
		    NULL, "what lies on a token is protected by its PIN");
	}
	if (k->info.form == CONTAINER_CRYPTOPRO) {
		return err_set(ei, ERR_UNSUPPORTED,
		    "container.cryptopro.password", NULL,
		    "the password of a CryptoPro container is changed by the "
		    "program that made it");
	}
	if (k->info.form == CONTAINER_PFX) {
		return err_set(ei, ERR_UNSUPPORTED, "container.pfx.password",
		    NULL, "a PFX file keeps its password");
	}
	return ERR_OK;
}

enum err
work_password(struct work *w, struct errinfo *ei)
{
	struct question q;
	struct kept k;
	enum err e = work_wait_container(w, &k, ei);

	if (e == ERR_OK) {
		e = check(&k, ei);
	}
	if (e == ERR_OK) {
		work_ask_for(
		    w, &q, WORD_CHANGE_PASSWORD, WORD_CHANGE_PASSWORD_YES);
		work_put_place(&q, &k);
		e = work_consent(w, &q, ei);
	}
	if (e == ERR_OK) {
		e = change(w, &k, ei);
	}
	return e == ERR_OK ? work_list_back(w, &k, ei) : e;
}
