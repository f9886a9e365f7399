/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_PARTS_H
#define SURGUCH_ROLES_FRONT_PARTS_H
/*
 * Everything that front is made of, made in one order and ended in the
 * reverse one.
 */
#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/secret.h"
#include "roles/front_control.h"

struct front;
struct settings;
struct static_files;

/*
 * What must be read before the walls are up: the keys of front's own
 * directory (where the process stands), the TLS files, and who has which uid.
 */
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

/* Behind the walls.  settings and clock are borrowed.  owner: the uid, besides
 * root, that may use the control socket for everything. */
ATTR_MUST_USE enum err front_new(const struct settings *s,
    const struct front_secrets *k, const struct clock *clock, uid_t owner,
    struct front **out, struct errinfo *ei);
/* Stops accepting, lets what runs finish, closes.  NULL is fine. */
void front_free(struct front *f);
/* Renew the centre's own certificates that are due; delete codes, sessions,
 * counters, messages and records that have ended long ago; to be called now and
 * then. */
void front_sweep(struct front *f);
/* Database and journals were brought together: all is to be started anew. */
bool front_reconciled(const struct front *f);
/* Something happened after which front should end (and be started anew). */
bool front_failed(const struct front *f);

#endif
