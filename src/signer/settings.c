/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/settings.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "os/file.h"

enum {
	HOUR = 3600,
	DAY = 24 * HOUR,
	LIFE_HOURS_MAX = 9600, /* 400 days: a root's CRL */
	LIFE_HOURS_DEFAULT = 192,
	DELTA_HOURS_MAX = 24, /* the usual life of a whole list */
	LISTS_PER_DAY = 2,    /* of each shard (ca/publish.h) */
	PER_DAY_MAX = 1000000000,
};

static const char *const kinds[] = {"ca", "ocsp", "centre", NULL};

_Static_assert(
    (int)PROFILE_NAME_SIZE == (int)CONF_NAME_SIZE, "conf_check_name()");

static const char *
check_sig(const char *s)
{
	return *s == '\0' || sig_alg_by_name(s) != SIG_NONE
		   ? NULL
		   : "is no signature algorithm that this program knows";
}

/* Hex of the INTEGER content octets: positive and minimal, as in a CRL. */
static bool
parse_serial(const char *hex, struct signer_release *out)
{
	size_t len = strlen(hex);
	uint8_t *p = out->serial;

	if (len == 0 || len % 2 != 0 || len / 2 > sizeof(out->serial) ||
	    !text_unhex(slice_str(hex), p, len / 2)) {
		return false;
	}
	out->serial_len = len / 2;
	if ((p[0] & 0x80) != 0 || (out->serial_len == 1 && p[0] == 0)) {
		return false;
	}
	return p[0] != 0 || out->serial_len == 1 || (p[1] & 0x80) != 0;
}

static const char *
check_serial(const char *s)
{
	struct signer_release scratch;

	return parse_serial(s, &scratch)
		   ? NULL
		   : "is no serial number in hexadecimal, as certificates show "
		     "it";
}

static bool
parse_key(const char *hex, uint8_t out[32])
{
	return strlen(hex) == 64 && text_unhex(slice_str(hex), out, 32);
}

static const char *
check_key(const char *s)
{
	uint8_t scratch[32];

	return parse_key(s, scratch)
		   ? NULL
		   : "is no SHA-256 of a public key: 64 hexadecimal digits";
}

static const struct conf_setting ceiling_settings[] = {
    {.name = "profile",
	.type = CONF_TEXT,
	.required = true,
	.check = conf_check_name},
    {.name = "per_day",
	.type = CONF_INT,
	.required = true,
	.min = 0,
	.max = PER_DAY_MAX},
    {0},
};

static const struct conf_setting release_settings[] = {
    {.name = "serial",
	.type = CONF_TEXT,
	.required = true,
	.check = check_serial},
    {.name = "by",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = sizeof(((struct signer_release *)NULL)->by) - 1},
    {.name = "reason",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = sizeof(((struct signer_release *)NULL)->reason) - 1},
    {0},
};

static const struct conf_setting settings[] = {
    {.name = "name",
	.type = CONF_TEXT,
	.required = true,
	.check = conf_check_name},
    {.name = "kind", .type = CONF_CHOICE, .fallback = "ca", .choices = kinds},
    {.name = "signature",
	.type = CONF_TEXT,
	.fallback = "",
	.check = check_sig},
    {.name = "key", .type = CONF_GROUP, .members = signer_key_settings},
    {.name = "profiles",
	.type = CONF_TEXTS,
	.max = SIGNER_PROFILES_MAX,
	.check = conf_check_name},
    {.name = "responders",
	.type = CONF_TEXTS,
	.max = SIGNER_SERVICE_KEYS_MAX,
	.check = check_key},
    {.name = "time_stampers",
	.type = CONF_TEXTS,
	.max = SIGNER_SERVICE_KEYS_MAX,
	.check = check_key},
    {.name = "page_orderers",
	.type = CONF_TEXTS,
	.max = SIGNER_SERVICE_KEYS_MAX,
	.check = check_key},
    {.name = "crl_urls", .type = CONF_TEXTS, .max = CA_URLS_MAX},
    {.name = "ca_urls", .type = CONF_TEXTS, .max = CA_URLS_MAX},
    {.name = "ocsp_urls", .type = CONF_TEXTS, .max = CA_URLS_MAX},
    {.name = "ceilings",
	.type = CONF_GROUPS,
	.max = SIGNER_PROFILES_MAX,
	.members = ceiling_settings},
    {.name = "crl_shards",
	.type = CONF_INT,
	.fallback_int = 1,
	.min = 1,
	.max = CRL_SHARDS_MAX},
    {.name = "crl_delta_hours",
	.type = CONF_INT,
	.min = 0,
	.max = DELTA_HOURS_MAX,
	.fallback_int = 0},
    {.name = "crl_per_day",
	.type = CONF_INT,
	.min = 1,
	.max = 86400,
	.fallback_int = SIGNER_CRL_CEILING_DEFAULT},
    {.name = "crl_unknown_max",
	.type = CONF_INT,
	.min = 0,
	.max = CRL_ENTRIES_MAX,
	.fallback_int = SIGNER_CRL_UNKNOWN_DEFAULT},
    {.name = "ocsp_per_day",
	.type = CONF_INT,
	.min = 0,
	.max = INT64_MAX,
	.fallback_int = SIGNER_OCSP_CEILING_DEFAULT},
    {.name = "crl_hours_max",
	.type = CONF_INT,
	.min = 1,
	.max = LIFE_HOURS_MAX,
	.fallback_int = LIFE_HOURS_DEFAULT},
    {.name = "ocsp_hours_max",
	.type = CONF_INT,
	.min = 1,
	.max = LIFE_HOURS_MAX,
	.fallback_int = LIFE_HOURS_DEFAULT},
    {.name = "origin",
	.type = CONF_TEXT,
	.fallback = "",
	.max = PAGE_ORDER_TEXT_MAX},
    {.name = "page_orders_per_day",
	.type = CONF_INT,
	.min = 0,
	.max = INT64_MAX,
	.fallback_int = SIGNER_PAGE_ORDER_CEILING_DEFAULT},
    {.name = "releases",
	.type = CONF_GROUPS,
	.max = SIGNER_RELEASES_MAX,
	.members = release_settings},
    {0},
};

static void
take_keys(struct signer_keys *out, struct conf_cursor c, const char *path)
{
	for (size_t i = 0; i < conf_len(c, path); i++) {
		ensure(parse_key(
		    conf_text_at(c, path, i), out->spki_sha256[out->num++]));
	}
}

static void
take_urls(struct signer_urls *out, struct conf_cursor c, const char *path,
    struct conf_report *report)
{
	for (size_t i = 0; i < conf_len(c, path); i++) {
		const char *url = conf_text_at(c, path, i);

		if (strlen(url) > CA_URL_LEN_MAX) {
			conf_complain(report, c, path,
			    "an address has more than %d bytes",
			    (int)CA_URL_LEN_MAX);
			continue;
		}
		conf_copy_text(out->at[out->num++], sizeof(out->at[0]), url);
	}
}

static bool
lists_profile(const struct signer_settings *s, const char *name)
{
	for (size_t i = 0; i < s->num_profiles; i++) {
		if (strcmp(s->profiles[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static void
take_ceilings(
    struct signer_settings *s, struct conf_cursor c, struct conf_report *report)
{
	uint64_t unused;

	for (size_t i = 0; i < conf_len(c, "ceilings"); i++) {
		struct conf_cursor g = conf_group_at(c, "ceilings", i);
		struct signer_ceiling *out = &s->ceilings[s->num_ceilings];
		const char *profile = conf_text(g, "profile");

		if (signer_settings_ceiling(s, profile, &unused)) {
			conf_complain(
			    report, g, "profile", "has a ceiling already");
			continue;
		}
		if (!lists_profile(s, profile)) {
			conf_complain(report, g, "profile",
			    "is not among `profiles`: its ceiling would hold "
			    "for nothing");
			continue;
		}
		conf_copy_text(out->profile, sizeof(out->profile), profile);
		out->per_day = (uint64_t)conf_int(g, "per_day");
		s->num_ceilings++;
	}
}

static void
take_releases(struct signer_settings *s, struct conf_cursor c)
{
	for (size_t i = 0; i < conf_len(c, "releases"); i++) {
		struct conf_cursor g = conf_group_at(c, "releases", i);
		struct signer_release *out = &s->releases[s->num_releases++];

		ensure(parse_serial(conf_text(g, "serial"), out));
		conf_copy_text(out->by, sizeof(out->by), conf_text(g, "by"));
		conf_copy_text(
		    out->reason, sizeof(out->reason), conf_text(g, "reason"));
	}
}

/* Each list is made twice a day and its delta after it and when half of the
 * delta's life is over: without revocations too there must be room for that. */
static void
check_deltas(const struct signer_settings *s, struct conf_cursor c,
    struct conf_report *r)
{
	int64_t lists = s->crl_shards > 1 ? (int64_t)s->crl_shards + 1 : 1;
	int64_t need;

	if (s->crl_delta_sec == 0) {
		return;
	}
	need = lists * (LISTS_PER_DAY + (int64_t)2 * DAY / s->crl_delta_sec);
	if ((uint64_t)need > s->crl_per_day) {
		conf_complain(r, c, "crl_per_day",
		    "is too few for the deltas: with such shards and "
		    "crl_delta_hours %lld lists are made a day",
		    (long long)need);
	}
}

static enum err
take(const struct conf *conf, struct conf_report *report,
    struct signer_settings *s, struct errinfo *ei)
{
	struct conf_cursor c = conf_root(conf);

	conf_copy_text(s->name, sizeof(s->name), conf_text(c, "name"));
	s->kind = (enum signer_kind)conf_choice(c, "kind");
	s->sig_alg = sig_alg_by_name(conf_text(c, "signature"));
	signer_key_take(conf_group(c, "key"), report, &s->key);
	for (size_t i = 0; i < conf_len(c, "profiles"); i++) {
		conf_copy_text(s->profiles[s->num_profiles++],
		    sizeof(s->profiles[0]), conf_text_at(c, "profiles", i));
	}
	take_keys(&s->responders, c, "responders");
	take_keys(&s->time_stampers, c, "time_stampers");
	take_keys(&s->page_orderers, c, "page_orderers");
	take_urls(&s->crl_urls, c, "crl_urls", report);
	take_urls(&s->ca_urls, c, "ca_urls", report);
	take_urls(&s->ocsp_urls, c, "ocsp_urls", report);
	take_ceilings(s, c, report);
	s->crl_shards = (unsigned)conf_int(c, "crl_shards");
	s->crl_delta_sec = conf_int(c, "crl_delta_hours") * (int64_t)HOUR;
	s->crl_per_day = (uint64_t)conf_int(c, "crl_per_day");
	s->crl_unknown_max = (uint64_t)conf_int(c, "crl_unknown_max");
	s->ocsp_per_day = (uint64_t)conf_int(c, "ocsp_per_day");
	s->crl_sec_max = conf_int(c, "crl_hours_max") * (int64_t)HOUR;
	s->ocsp_sec_max = conf_int(c, "ocsp_hours_max") * (int64_t)HOUR;
	conf_copy_text(s->origin, sizeof(s->origin), conf_text(c, "origin"));
	s->page_orders_per_day = (uint64_t)conf_int(c, "page_orders_per_day");
	take_releases(s, c);
	check_deltas(s, c, report);
	if (s->kind != SIGNER_KIND_CA && s->num_profiles > 0) {
		conf_complain(report, c, "profiles",
		    "an OCSP key and a centre's issue no certificates");
	}
	if ((s->kind == SIGNER_KIND_CENTRE) != (s->origin[0] != '\0')) {
		conf_complain(report, c, "origin",
		    "belongs to the kind \"centre\", and is needed there");
	}
	return conf_report_err(report, ei);
}

enum err
signer_settings_parse(struct slice text, const char *file,
    struct signer_settings **out, struct errinfo *ei)
{
	struct signer_settings *s = NULL;
	struct conf_report report;
	struct conf *conf = NULL;
	enum err err;

	conf_report_init(&report);
	err = conf_parse(text, file, settings, &conf, &report, ei);
	if (err == ERR_OK) {
		s = calloc(1, sizeof(*s));
		err = s == NULL ? err_nomem(ei) : take(conf, &report, s, ei);
	}
	if (err == ERR_OK) {
		*out = s;
		s = NULL;
	}
	free(s);
	conf_free(conf);
	conf_report_clear(&report);
	return err;
}

enum err
signer_settings_load(
    const char *path, struct signer_settings **out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(CONF_BYTES_MAX);
	enum err err = file_read(path, CONF_BYTES_MAX, &text, ei);

	if (err == ERR_OK) {
		err = signer_settings_parse(buf_slice(&text), path, out, ei);
	}
	buf_clear(&text);
	return err;
}

void
signer_settings_free(struct signer_settings *s)
{
	free(s);
}

bool
signer_settings_ceiling(
    const struct signer_settings *s, const char *profile, uint64_t *out_per_day)
{
	for (size_t i = 0; i < s->num_ceilings; i++) {
		if (strcmp(s->ceilings[i].profile, profile) == 0) {
			*out_per_day = s->ceilings[i].per_day;
			return true;
		}
	}
	return false;
}

bool
signer_keys_hold(const struct signer_keys *keys, const uint8_t spki_sha256[32])
{
	for (size_t i = 0; i < keys->num; i++) {
		if (memcmp(keys->spki_sha256[i], spki_sha256, 32) == 0) {
			return true;
		}
	}
	return false;
}

const struct signer_release *
signer_settings_release(const struct signer_settings *s, struct slice serial)
{
	for (size_t i = 0; i < s->num_releases; i++) {
		if (slice_eq(slice_make(s->releases[i].serial,
				 s->releases[i].serial_len),
			serial)) {
			return &s->releases[i];
		}
	}
	return NULL;
}
