/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_TRUSTD_ADMIN_H
#define SURGUCH_ROLES_TRUSTD_ADMIN_H
/* The administrator's door of surguch-trustd (trustd/admin.h), in two halves:
 * what has to be had before the walls are up, and the server. */
#include "base/err.h"
#include "trust/mirror.h"
#include "trustd/service.h"
#include "trustd/settings.h"

struct clients;
struct http_access;
struct trustd_door;

/*
 * Start the process that writes, listen, read certificate, key and pages.
 * Everything is borrowed.  *out stays NULL when the settings want no door.
 */
ATTR_MUST_USE enum err trustd_door_prepare(const struct trustd_settings *s,
    const struct trust_mirror_rules *rules, const struct trustd *served,
    struct clients *clients, struct trustd_door **out, struct errinfo *ei);
/* NULL is fine. */
ATTR_MUST_USE enum err trustd_door_open(struct trustd_door *d,
    void (*access_log)(void *arg, const struct http_access *a),
    struct errinfo *ei);
/* What its requests need besides the mirrors, for the walls; NULL: nothing. */
const char *trustd_door_dir(const struct trustd_door *d);
void trustd_door_close(struct trustd_door *d); /* NULL is fine */

#endif
