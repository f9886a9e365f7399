/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTD_SETTINGS_H
#define SURGUCH_TRUSTD_SETTINGS_H
/* The server's settings, surguch-trustd(8). */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/log.h"
#include "base/slice.h"
#include "conf/conf.h"
#include "trust/mirror.h"

struct trustd_mirror {
	const char *prefix; /* "" for none */
	const char *directory;
	/* The number of the mirror whose state an administrator may have it
	 * take over; TRUSTD_NONE. */
	size_t takes_from;
};

enum {
	TRUSTD_NONE = SIZE_MAX
};

/* The administrator's door. */
struct trustd_admin_settings {
	const char *address; /* "": there is none */
	uint16_t port;
	const char *certificate;
	const char *key;
	const char *administrators;
	const char *web; /* "": JSON alone */
};

/* Texts are borrowed from conf. */
struct trustd_settings {
	struct conf *conf;
	const char *address;
	uint16_t port;
	enum log_level log_level;
	unsigned look_sec;
	unsigned connections_max;
	unsigned connections_per_ip;
	const char **proxies;
	size_t num_proxies;
	const char *anchor; /* "": Microsoft's roots alone */
	const char *feed;   /* directory of its key and state; "": no feed */
	bool old;
	bool strict;
	bool insecure_no_landlock;
	struct trustd_admin_settings admin;
	struct trustd_mirror *mirrors;
	size_t num_mirrors;
};

/* ERR_FORMAT "conf.values", with the report's lines; conf_parse(). */
ATTR_MUST_USE enum err trustd_settings_parse(struct slice text,
    const char *name, struct conf_report *report, struct trustd_settings **out,
    struct errinfo *ei);
void trustd_settings_free(struct trustd_settings *s); /* NULL is fine */

#endif
