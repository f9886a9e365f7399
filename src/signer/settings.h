/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_SIGNER_SETTINGS_H
#define SURGUCH_SIGNER_SETTINGS_H
/*
 * A signer's own file, /etc/surguch/ca/NAME.conf: owned by root, read once at
 * start.  Ceilings are raised and serials released here and nowhere else.
 *
 *	name = "issuing-gost";
 *	kind = "ca";                  # or "ocsp", "centre"
 *	signature = "gost2012-256";   # as sig_alg_name(); "" is the key's usual
 *	key = { kind = "file"; };     # key_settings.h
 *	profiles = ["qualified-person", "ocsp"];
 *	responders = ["9f86d0..."];   # SHA-256 of the OCSP keys it delegates to
 *	time_stampers = ["2c26b4..."]; # and of the time-stamping keys
 *	page_orderers = ["e3b0c4..."]; # and of the keys that sign page orders
 *	crl_urls = ["http://ca.example.ru/issuing-gost.crl"];
 *	ca_urls = ["http://ca.example.ru/issuing-gost.cer"];
 *	ocsp_urls = ["http://ca.example.ru/ocsp"];
 *	ceilings = ({ profile = "qualified-person"; per_day = 50000; });
 *	crl_shards = 16;              # x509/crl_shard.h; 1: only a full list
 *	crl_delta_hours = 1;          # a delta's longest life; 0: no deltas
 *	crl_per_day = 2000;
 *	ocsp_per_day = 50000000;
 *	crl_unknown_max = 1000;       # serials not of this journal, in all
 *	crl_hours_max = 192;          # longest thisUpdate..nextUpdate
 *	ocsp_hours_max = 192;
 *	origin = "https://ca.example.ru"; # kind "centre": whose pages
 *	page_orders_per_day = 100000;
 *	releases = ({ serial = "5a01"; by = "I. Ivanova";
 *	    reason = "revoked by mistake, order 12"; });
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "conf/conf.h"
#include "crypto/alg.h"
#include "ipc/hello.h"
#include "signer/key_settings.h"

enum signer_kind {
	SIGNER_KIND_CA,
	SIGNER_KIND_OCSP,
	SIGNER_KIND_CENTRE, /* page orders */
	SIGNER_KIND_MAX_
};

struct signer_ceiling {
	char profile[PROFILE_NAME_SIZE];
	uint64_t per_day;
};

/* A serial that may leave the CRL before its certificate has ended. */
struct signer_release {
	uint8_t serial[SERIAL_BYTES_MAX]; /* INTEGER content octets */
	size_t serial_len;
	char by[128];
	char reason[256];
};

/* Keys that may have a service's certificate: SHA-256 of the whole
 * SubjectPublicKeyInfo. */
struct signer_keys {
	uint8_t spki_sha256[SIGNER_SERVICE_KEYS_MAX][32];
	size_t num;
};

struct signer_urls {
	char at[CA_URLS_MAX][CA_URL_LEN_MAX + 1];
	size_t num;
};

struct signer_settings {
	char name[HELLO_NAME_SIZE];
	enum signer_kind kind;
	enum sig_alg sig_alg; /* SIG_NONE: what the key usually makes */
	struct signer_key key;
	char profiles[SIGNER_PROFILES_MAX][PROFILE_NAME_SIZE];
	size_t num_profiles;
	struct signer_keys responders;
	struct signer_keys time_stampers;
	struct signer_keys page_orderers;
	struct signer_urls crl_urls;
	unsigned crl_shards;
	int64_t crl_delta_sec;
	struct signer_urls ca_urls;
	struct signer_urls ocsp_urls;
	struct signer_ceiling ceilings[SIGNER_PROFILES_MAX];
	size_t num_ceilings;
	uint64_t crl_per_day;
	uint64_t crl_unknown_max;
	uint64_t ocsp_per_day;
	int64_t crl_sec_max;
	int64_t ocsp_sec_max;
	char origin[PAGE_ORDER_TEXT_MAX + 1]; /* SIGNER_KIND_CENTRE */
	uint64_t page_orders_per_day;
	struct signer_release releases[SIGNER_RELEASES_MAX];
	size_t num_releases;
};

/* Read and check: ERR_FORMAT with the first mistake, ERR_SYS for the file. */
ATTR_MUST_USE enum err signer_settings_load(
    const char *path, struct signer_settings **out, struct errinfo *ei);
/* The same from text; `file` is only a name for messages. */
ATTR_MUST_USE enum err signer_settings_parse(struct slice text,
    const char *file, struct signer_settings **out, struct errinfo *ei);
void signer_settings_free(struct signer_settings *s);

/* The ceiling that the file sets for a profile; false when it sets none. */
bool signer_settings_ceiling(const struct signer_settings *s,
    const char *profile, uint64_t *out_per_day);
/* Is the key of this SHA-256 among them? */
bool signer_keys_hold(
    const struct signer_keys *keys, const uint8_t spki_sha256[32]);
/* The release for this serial, NULL when there is none. */
const struct signer_release *signer_settings_release(
    const struct signer_settings *s, struct slice serial);

#endif
