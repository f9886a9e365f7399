/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_KEY_SETTINGS_H
#define SURGUCH_SIGNER_KEY_SETTINGS_H
/*
 * Where a signer's key is and what opens it: the group `key` of its file.
 *
 *	key = {
 *		kind = "module";       # or "file", key.p8 in its directory
 *		secret = "file";       # key.pass or key.pin in its directory;
 *		                       # "credential" of systemd, or "unlock"
 *		# a module only:
 *		module = "/usr/lib/softhsm/libsofthsm2.so";
 *		token = "surguch";     # the token's label,
 *		serial = "";           # or its serial number
 *		label = "issuing-gost"; # the key's label
 *		id = "01";             # and id, in hexadecimal
 *		# what the module needs behind the walls:
 *		environment = ["SOFTHSM2_CONF=/etc/surguch/softhsm2.conf"];
 *		read = ["/etc/surguch/softhsm2.conf"];
 *		write = ["/var/lib/surguch/tokens"];
 *		calls = ["mlock2"];    # further system calls
 *		socket = false;        # may it connect to local sockets?
 *	};
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "conf/conf.h"
#include "crypto/pkcs11.h"
#include "os/file.h"

enum {
	SIGNER_KEY_PATHS_MAX = 8,
	SIGNER_KEY_CALLS_MAX = 32,
	SIGNER_KEY_CALL_SIZE = 32,
	SIGNER_KEY_ENV_MAX = 8,
};

enum signer_key_kind {
	SIGNER_KEY_FILE,
	SIGNER_KEY_MODULE,
};

enum signer_secret {
	SIGNER_SECRET_FILE,
	SIGNER_SECRET_CREDENTIAL,
	SIGNER_SECRET_UNLOCK,
};

struct signer_key_paths {
	char at[SIGNER_KEY_PATHS_MAX][PATH_TEXT_SIZE];
	size_t num;
};

struct signer_key {
	enum signer_key_kind kind;
	enum signer_secret secret;
	/* SIGNER_KEY_MODULE */
	char module[PATH_TEXT_SIZE];
	struct pkcs11_where where;
	char env[SIGNER_KEY_ENV_MAX][PATH_TEXT_SIZE]; /* NAME=VALUE */
	size_t num_env;
	struct signer_key_paths read;
	struct signer_key_paths write;
	char calls[SIGNER_KEY_CALLS_MAX][SIGNER_KEY_CALL_SIZE];
	size_t num_calls;
	bool socket;
};

extern const struct conf_setting signer_key_settings[];

/* The group into *out, which is zero. */
void signer_key_take(
    struct conf_cursor c, struct conf_report *report, struct signer_key *out);

#endif
