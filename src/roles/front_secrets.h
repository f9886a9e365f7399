/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_SECRETS_H
#define SURGUCH_ROLES_FRONT_SECRETS_H
/*
 * What must be read before the walls are up: the keys of front's own
 * directory (where the process stands), the TLS files, and who has which uid.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "roles/front_control.h"

struct settings;
struct static_files;

struct front_secrets {
	struct secret otp_key;
	struct secret data_key;
	struct secret tls_key;
	struct secret database_password; /* empty: none */
	struct control_peers peers;      /* looked up, no secret */
	struct buf tls_chain;
	const struct static_files *pages; /* borrowed; NULL: none */
};
ATTR_MUST_USE enum err front_secrets_load(
    const struct settings *s, struct front_secrets *out, struct errinfo *ei);
void front_secrets_clear(struct front_secrets *k);

#endif
