/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_CLIENT_CONFIG_H
#define SURGUCH_TRUST_CLIENT_CONFIG_H
/*
 * What makes computers take their roots from a mirror: settings for Windows in
 * each way that administrators spread them, units for Linux, and how to check
 * a client.  Windows has one setting for it, RootDirURL.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"

enum client_file {
	CLIENT_REG,           /* for one computer */
	CLIENT_REG_UNDO,      /* the same taken back */
	CLIENT_REG_UNTRUSTED, /* only what is not trusted any more */
	CLIENT_ADM,
	CLIENT_ADMX,
	CLIENT_ADML_EN,
	CLIENT_ADML_RU,
	CLIENT_PREFERENCES, /* Group Policy Preferences */
	CLIENT_SERVICE,
	CLIENT_TIMER,
	CLIENT_README_EN,
	CLIENT_README_RU,
	CLIENT_FILES
};
/* "surguch-roots.reg", "en-US/surguch-roots.adml" */
const char *client_file_name(enum client_file f);
const char *client_file_what(enum client_file f); /* in a few words */

struct client_config {
	/* As Windows takes it: http://server/folder or
	 * file://\\server\share\folder. */
	char address[CLIENT_ADDRESS_MAX + 1];
	/* Preferences for this computer alone, to try them; "": for all. */
	char computer[CLIENT_COMPUTER_MAX + 1];
	/* On Linux clients, the key of the mirror's feed; "": none. */
	char feed_key[CLIENT_ADDRESS_MAX + 1];
	int64_t now;
};

/*
 * The mirror's address as a person writes it; \\server\share\folder becomes a
 * file address.  computer: NULL for all.  ERR_FORMAT "config.address",
 * "config.computer"; ERR_LIMIT "config.address".
 */
ATTR_MUST_USE enum err client_config_make(const char *address,
    const char *computer, int64_t now, struct client_config *out,
    struct errinfo *ei);
/* path: absolute, as clients have it, of a mirror at a web address.  ERR_FORMAT
 * "config.feed_key". */
ATTR_MUST_USE enum err client_config_feed(
    struct client_config *c, const char *path, struct errinfo *ei);
/* Append the file.  Errors stay in the buf. */
void client_config_put(
    const struct client_config *c, enum client_file f, struct buf *out);

#endif
