/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_secrets.h"

#include "identity/otp.h"
#include "os/file.h"
#include "registry/registry.h"
#include "roles/front_database.h"
#include "roles/settings.h"

enum {
	PEM_MAX = 65536
};

enum err
front_secrets_load(
    const struct settings *s, struct front_secrets *out, struct errinfo *ei)
{
	struct front_secrets k = {.pages = out->pages};
	enum err e;

	buf_init(&k.tls_chain, PEM_MAX);
	e = file_read_secret("otp.key", OTP_KEY_SIZE, &k.otp_key, ei);
	if (e == ERR_OK) {
		e = file_read_secret(
		    "data.key", REGISTRY_KEY_SIZE, &k.data_key, ei);
	}
	if (e == ERR_OK) {
		e = file_read_secret(s->tls_key, PEM_MAX, &k.tls_key, ei);
	}
	if (e == ERR_OK) {
		e = front_database_password(s, &k.database_password, ei);
	}
	if (e == ERR_OK) {
		e = file_read(s->tls_certificate, PEM_MAX, &k.tls_chain, ei);
	}
	if (e == ERR_OK) {
		e = control_peers_load(s, &k.peers, ei);
	}
	if (e != ERR_OK) {
		front_secrets_clear(&k);
		return e;
	}
	*out = k;
	return ERR_OK;
}

void
front_secrets_clear(struct front_secrets *k)
{
	secret_clear(&k->otp_key);
	secret_clear(&k->data_key);
	secret_clear(&k->tls_key);
	secret_clear(&k->database_password);
	buf_clear(&k->tls_chain);
}
