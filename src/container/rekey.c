/* SPDX-License-Identifier: Apache-2.0 */
/* Another password for a container, in its place. */
#include <string.h>

#include "container/container_priv.h"
#include "container/storage.h"
#include "os/seam.h"

static const char key_name[] = "key.p8";
const char container_key_next[] = "key.next";

/* Afterwards key.p8 is the key, and there is no other. */
static enum err
settle(struct container *c, struct errinfo *ei)
{
	struct secret p8 = SECRET_EMPTY;
	bool is_next = false;
	enum err e = container_read_key(c, &p8, &is_next, ei);

	if (e == ERR_OK && is_next) {
		e = storage_write(c->at, key_name, secret_slice(&p8), ei);
		seam("container.password.settled");
	}
	secret_clear(&p8);
	if (e == ERR_OK) {
		storage_remove(c->at, container_key_next);
	}
	return e;
}

static enum err
check(const struct container *c, const struct container_password *to,
    struct errinfo *ei)
{
	if (c->cryptopro != NULL) {
		return err_set(ei, ERR_UNSUPPORTED,
		    "container.cryptopro.password", NULL,
		    "the password of a CryptoPro container is changed by the "
		    "program that made it; or import it, which makes one of "
		    "ours with a password of its own");
	}
	if (c->meta.info.form == CONTAINER_PFX) {
		return err_set(ei, ERR_UNSUPPORTED, "container.pfx.password",
		    NULL,
		    "a PFX file keeps its password: copy its key to a medium, "
		    "and choose one there");
	}
	if (c->token != NULL) {
		return err_set(ei, ERR_UNSUPPORTED, "container.password.token",
		    NULL,
		    "what lies on a token is protected by its PIN, and has no "
		    "password");
	}
	if (to->password.len == 0 && !to->insecure_no_password) {
		return err_set(ei, ERR_POLICY, "container.password.empty", NULL,
		    "a key container is not left without a password unless "
		    "that is said aloud");
	}
	return ERR_OK;
}

/*
 * The new key's file beside the old one; then meta.json, which is replaced
 * whole: from then on the new password holds.  Only then the old file goes,
 * and that it goes is no condition.
 */
enum err
container_set_password(struct container *c, const struct container_password *to,
    struct errinfo *ei)
{
	struct container next = {.at = c->at, .meta = c->meta, .key = c->key};
	enum err e;

	if ((e = check(c, to, ei)) != ERR_OK ||
	    (e = storage_check(c->at, to->password.len != 0, ei)) != ERR_OK ||
	    (e = settle(c, ei)) != ERR_OK) {
		return e;
	}
	seam("container.password.begin");
	if ((e = container_protect(&next, to->password, to->iterations, ei)) ==
		ERR_OK &&
	    (e = container_write_key(&next, container_key_next, to->password,
		 to->iterations, ei)) == ERR_OK) {
		seam("container.password.key");
		e = container_write_meta(
		    next.at, &next.meta, secret_slice(&next.mac_key), ei);
	}
	if (e != ERR_OK) {
		secret_clear(&next.mac_key);
		return e;
	}
	seam("container.password.meta");
	c->meta = next.meta;
	secret_clear(&c->mac_key);
	c->mac_key = next.mac_key;
	/* What is left of this the next change, or nobody, finishes. */
	(void)settle(c, NULL);
	return ERR_OK;
}
