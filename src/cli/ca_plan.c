/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ca_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "conf/conf.h"
#include "profile/values.h"

enum {
	DAY = 86400,
	CRL_DAYS_MAX = 400,
	CRL_DAYS_DEFAULT = 366,
	HTTPS_PORT = 443
};

static const char *const secrets[] = {"file", "unlock", "credential", NULL};

/* RFC 5280 5.3.1, as far as a CA's certificate may end so; in the order of
 * reason_names. */
static const enum crl_reason reasons[] = {
    CRL_REASON_NONE,
    CRL_REASON_KEY_COMPROMISE,
    CRL_REASON_CA_COMPROMISE,
    CRL_REASON_AFFILIATION_CHANGED,
    CRL_REASON_SUPERSEDED,
    CRL_REASON_CESSATION,
    CRL_REASON_PRIVILEGE_WITHDRAWN,
};
static const char *const reason_names[ARRAY_LEN(reasons) + 1] = {"unspecified",
    "key_compromise", "ca_compromise", "affiliation_changed", "superseded",
    "cessation_of_operation", "privilege_withdrawn", NULL};

/* They are written into settings as they are. */
static const char *
check_user(const char *s)
{
	return strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(s)
		   ? NULL
		   : "is no user: its name, or its number";
}

static const char *
check_plain(const char *s)
{
	return strpbrk(s, "\"\\") == NULL ? NULL
					  : "has a quote or a backslash in it";
}

static const char *
check_host(const char *s)
{
	return san_form_fits(SAN_IP, s) ||
		       (san_form_fits(SAN_DNS, s) && *s != '*')
		   ? NULL
		   : "is no host name or address";
}

static const char *
check_sha256(const char *s)
{
	uint8_t scratch[SHA256_SIZE];

	return *s == '\0' ||
		       (strlen(s) == sizeof(scratch) * 2 &&
			   text_unhex(slice_str(s), scratch, sizeof(scratch)))
		   ? NULL
		   : "is no SHA-256: 64 hexadecimal digits";
}

static const char *
check_time(const char *s)
{
	int64_t scratch;

	return *s == '\0' || time_from_text(slice_str(s), &scratch)
		   ? NULL
		   : "is no time of the form 2026-11-22T14:05:09Z";
}

/* A number in hexadecimal, with or without colons, into INTEGER content. */
static bool
parse_serial(const char *s, uint8_t out[SERIAL_BYTES_MAX], size_t *out_len)
{
	char hex[2 * (SERIAL_BYTES_MAX + 1) + 1] = "00";
	size_t len = 2;
	uint8_t n[SERIAL_BYTES_MAX + 1];
	const uint8_t *p = n;

	for (; *s != '\0'; s++) {
		if (*s != ':' && len + 1 < sizeof(hex)) {
			hex[len++] = *s;
		} else if (*s != ':') {
			return false;
		}
	}
	hex[len] = '\0';
	if (len == 2 || len % 2 != 0 ||
	    !text_unhex(slice_str(hex), n, len / 2)) {
		return false;
	}
	len /= 2;
	while (len > 1 && p[0] == 0 && (p[1] & 0x80) == 0) {
		p++;
		len--;
	}
	*out_len = len;
	if (len > SERIAL_BYTES_MAX) {
		return false;
	}
	memcpy(out, p, len);
	return true;
}

static const char *
check_serial(const char *s)
{
	uint8_t scratch[SERIAL_BYTES_MAX];
	size_t len;

	return *s == '\0' || parse_serial(s, scratch, &len)
		   ? NULL
		   : "is no serial number in hexadecimal";
}

/* It is written into settings as it is. */
static const char *
check_address(const char *s)
{
	return strncmp(s, "http://", 7) == 0 && s[7] != '\0' &&
		       strpbrk(s, "\"\\ ") == NULL && s[strlen(s) - 1] != '/'
		   ? NULL
		   : "is no address that begins with http:// and ends without "
		     "a slash";
}

#define USER(n)                                                                \
	{                                                                      \
		.name = (n), .type = CONF_TEXT, .fallback = "",                \
		.max = PLAN_USER_SIZE - 1, .check = check_user                 \
	}

#define KEY_SETTINGS                                                           \
	{.name = "name",                                                       \
	    .type = CONF_TEXT,                                                 \
	    .required = true,                                                  \
	    .check = conf_check_name},                                         \
	    {.name = "key",                                                    \
		.type = CONF_TEXT,                                             \
		.required = true,                                              \
		.min = 1,                                                      \
		.max = PLAN_SPEC_SIZE - 1},                                    \
	    {.name = "common_name",                                            \
		.type = CONF_TEXT,                                             \
		.required = true,                                              \
		.min = 1,                                                      \
		.max = CENTRE_TEXT_MAX - 1},                                   \
	    USER("user"),                                                      \
	    {.name = "secret",                                                 \
		.type = CONF_CHOICE,                                           \
		.fallback = "file",                                            \
		.choices = secrets},                                           \
	{                                                                      \
		.name = "key_at", .type = CONF_TEXT, .fallback = "", .min = 0, \
		.max = PLAN_KEY_SIZE - 1                                       \
	}

/* Of a key that a CA of the file certifies. */
static const struct conf_setting below_settings[] = {KEY_SETTINGS, {0}};

static const struct conf_setting root_settings[] = {
    KEY_SETTINGS,
    {.name = "crl_days",
	.type = CONF_INT,
	.min = 1,
	.max = CRL_DAYS_MAX,
	.fallback_int = CRL_DAYS_DEFAULT},
    {.name = "sha256",
	.type = CONF_TEXT,
	.fallback = "",
	.check = check_sha256},
    {0},
};

static const struct conf_setting ca_settings[] = {
    KEY_SETTINGS,
    {.name = "profiles",
	.type = CONF_TEXTS,
	.required = true,
	.min = 1,
	.max = SIGNER_PROFILES_MAX - 2, /* and those of ocsp and orders */
	.check = conf_check_name},
    {.name = "ocsp", .type = CONF_GROUP, .members = below_settings},
    {.name = "orders", .type = CONF_GROUP, .members = below_settings},
    {0},
};

#define TIME(n)                                                                \
	{                                                                      \
		.name = (n), .type = CONF_TEXT, .fallback = "",                \
		.max = TIME_TEXT_SIZE, .check = check_time                     \
	}

static const struct conf_setting revoked_settings[] = {
    {.name = "serial",
	.type = CONF_TEXT,
	.fallback = "",
	.max = 3 * (int64_t)SERIAL_BYTES_MAX,
	.check = check_serial},
    {.name = "certificate",
	.type = CONF_TEXT,
	.fallback = "",
	.max = PATH_TEXT_SIZE - 1},
    {.name = "reason",
	.type = CONF_CHOICE,
	.required = true,
	.choices = reason_names},
    TIME("at"),
    TIME("invalid_from"),
    {0},
};

static const struct conf_setting crl_settings[] = {
    {.name = "days", .type = CONF_INT, .min = 1, .max = CRL_DAYS_MAX},
    {.name = "revoked",
	.type = CONF_GROUPS,
	.max = PLAN_REVOKED_MAX,
	.members = revoked_settings},
    {0},
};

#define ADDRESS(n)                                                             \
	{                                                                      \
		.name = (n), .type = CONF_TEXT, .fallback = "0.0.0.0",         \
		.min = 1, .max = CENTRE_TEXT_MAX - 1, .check = check_plain     \
	}
#define PORT(n, otherwise)                                                     \
	{                                                                      \
		.name = (n), .type = CONF_INT, .min = 1, .max = UINT16_MAX,    \
		.fallback_int = (otherwise)                                    \
	}

static const struct conf_setting centre_settings[] = {
    {.name = "name",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = CENTRE_TEXT_MAX - 1,
	.check = check_plain},
    {.name = "host",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = CENTRE_TEXT_MAX - 1,
	.check = check_host},
    ADDRESS("address"),
    PORT("port", 8443),
    ADDRESS("public_address"),
    PORT("public_port", 80),
    {.name = "tls",
	.type = CONF_TEXT,
	.fallback = "",
	.max = HELLO_NAME_SIZE - 1},
    USER("front"),
    USER("courier"),
    {0},
};

static const struct conf_setting settings[] = {
    {.name = "exchange",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = PATH_TEXT_SIZE - 1},
    {.name = "public",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = CENTRE_TEXT_MAX - 1,
	.check = check_address},
    {.name = "country", .type = CONF_TEXT, .fallback = "RU", .max = 2},
    {.name = "organization",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = CENTRE_TEXT_MAX - 1},
    {.name = "root",
	.type = CONF_GROUP,
	.required = true,
	.members = root_settings},
    {.name = "issuing",
	.type = CONF_GROUPS,
	.min = 1,
	.max = PLAN_CAS_MAX,
	.members = ca_settings},
    {.name = "crl", .type = CONF_GROUP, .members = crl_settings},
    {.name = "centre", .type = CONF_GROUP, .members = centre_settings},
    {0},
};

static void
take_key(struct conf_cursor c, struct plan_key *out)
{
	conf_copy_text(out->name, sizeof(out->name), conf_text(c, "name"));
	conf_copy_text(out->spec, sizeof(out->spec), conf_text(c, "key"));
	conf_copy_text(out->common_name, sizeof(out->common_name),
	    conf_text(c, "common_name"));
	conf_copy_text(out->at, sizeof(out->at), conf_text(c, "key_at"));
	out->secret = secrets[conf_choice(c, "secret")];
	out->typed = conf_choice(c, "secret") != 0;
	conf_copy_text(out->user, sizeof(out->user), conf_text(c, "user"));
}

static void
take_ca(struct conf_cursor c, struct plan_ca *out)
{
	take_key(c, &out->key);
	for (size_t i = 0; i < conf_len(c, "profiles"); i++) {
		conf_copy_text(out->profiles[out->num_profiles++],
		    sizeof(out->profiles[0]), conf_text_at(c, "profiles", i));
	}
	if (conf_has(c, "ocsp")) {
		take_key(conf_group(c, "ocsp"), &out->ocsp);
	}
	if (conf_has(c, "orders")) {
		take_key(conf_group(c, "orders"), &out->orders);
	}
}

static bool
may_certify_tls(const struct plan_ca *ca)
{
	for (size_t i = 0; i < ca->num_profiles; i++) {
		if (strcmp(ca->profiles[i], PLAN_TLS_PROFILE) == 0) {
			return true;
		}
	}
	return false;
}

static void
take_centre(struct ca_plan *p, struct conf_cursor c, struct conf_report *report)
{
	struct plan_centre *to = &p->centre;
	const struct {
		char *to;
		size_t size;
		const char *name;
	} texts[] = {
	    {to->name, sizeof(to->name), "name"},
	    {to->host, sizeof(to->host), "host"},
	    {to->address, sizeof(to->address), "address"},
	    {to->public_address, sizeof(to->public_address), "public_address"},
	    {to->tls, sizeof(to->tls), "tls"},
	    {to->front, sizeof(to->front), "front"},
	    {to->courier, sizeof(to->courier), "courier"},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		conf_copy_text(
		    texts[i].to, texts[i].size, conf_text(c, texts[i].name));
	}
	to->port = (uint16_t)conf_int(c, "port");
	to->public_port = (uint16_t)conf_int(c, "public_port");
	if (to->tls[0] != '\0' && plan_tls_ca(p) == NULL) {
		conf_complain(report, c, "tls",
		    "is no CA of this file that has the "
		    "profile " PLAN_TLS_PROFILE);
	}
}

const struct plan_ca *
plan_tls_ca(const struct ca_plan *p)
{
	for (size_t i = 0; i < p->num_cas; i++) {
		const struct plan_ca *ca = &p->cas[i];

		if (strcmp(ca->key.name, p->centre.tls) == 0 &&
		    may_certify_tls(ca)) {
			return ca;
		}
	}
	return NULL;
}

void
plan_put_origin(const struct ca_plan *p, struct buf *out)
{
	buf_printf(out, "https://%s", p->centre.host);
	/* Browsers leave it out of an origin. */
	if (p->centre.port != HTTPS_PORT) {
		buf_printf(out, ":%u", p->centre.port);
	}
}

const struct plan_ca *
plan_orders_ca(const struct ca_plan *p)
{
	for (size_t i = 0; i < p->num_cas; i++) {
		if (p->cas[i].orders.name[0] != '\0') {
			return &p->cas[i];
		}
	}
	return NULL;
}

/* A path of the file's that is not absolute lies beside it, wherever that is.
 */
static enum err
beside(const char *file, const char *name, char out[PATH_TEXT_SIZE],
    struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE], joined[PATH_TEXT_SIZE];
	char *slash;
	enum err e;

	if (name[0] == '/') {
		return path_absolute(out, name, ei);
	}
	e = path_absolute(dir, file, ei);
	if (e == ERR_OK && (slash = strrchr(dir, '/')) != NULL) {
		*slash = '\0';
		e = path_join(joined, dir, name, ei);
	}
	return e != ERR_OK ? e : path_absolute(out, joined, ei);
}

static int64_t
take_time(struct conf_cursor c, const char *name)
{
	int64_t at = 0;

	(void)time_from_text(slice_str(conf_text(c, name)), &at);
	return at;
}

static enum err
take_revoked(struct conf_cursor c, const char *file, struct conf_report *report,
    struct plan_revoked *out, struct errinfo *ei)
{
	const char *certificate = conf_text(c, "certificate");
	const char *serial = conf_text(c, "serial");
	size_t reason = conf_choice(c, "reason");

	out->reason = reasons[reason];
	out->reason_name = reason_names[reason];
	out->at = take_time(c, "at");
	out->invalid_from = take_time(c, "invalid_from");
	if ((*serial == '\0') == (*certificate == '\0')) {
		conf_complain(report, c, NULL,
		    "names its certificate by one of serial and certificate");
		return ERR_OK;
	}
	if (*serial != '\0') {
		ensure(parse_serial(serial, out->serial, &out->serial_len));
		return ERR_OK;
	}
	return beside(file, certificate, out->certificate, ei);
}

static enum err
take_crl(struct ca_plan *p, struct conf_cursor c, const char *file,
    struct conf_report *report, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (conf_has(c, "days")) {
		p->crl_sec = conf_int(c, "days") * (int64_t)DAY;
	}
	for (size_t i = 0; e == ERR_OK && i < conf_len(c, "revoked"); i++) {
		e = take_revoked(conf_group_at(c, "revoked", i), file, report,
		    &p->revoked[p->num_revoked++], ei);
	}
	return e;
}

/* Two signers of one name would have one directory. */
static void
check_names(
    const struct ca_plan *p, struct conf_cursor c, struct conf_report *report)
{
	const char *names[3 * PLAN_CAS_MAX + 1] = {p->root.name};
	size_t num = 1;

	for (size_t i = 0; i < p->num_cas; i++) {
		names[num++] = p->cas[i].key.name;
		if (p->cas[i].ocsp.name[0] != '\0') {
			names[num++] = p->cas[i].ocsp.name;
		}
		if (p->cas[i].orders.name[0] != '\0') {
			names[num++] = p->cas[i].orders.name;
		}
	}
	for (size_t i = 0; i < num; i++) {
		for (size_t k = 0; k < i; k++) {
			if (strcmp(names[i], names[k]) == 0) {
				conf_complain(report, c, "issuing",
				    "the name %s is given twice", names[i]);
			}
		}
	}
}

/* A centre has one key for them, whose orders name its own pages. */
static void
check_orders(
    const struct ca_plan *p, struct conf_cursor c, struct conf_report *report)
{
	const struct plan_ca *first = plan_orders_ca(p);

	for (size_t i = 0; i < p->num_cas; i++) {
		const char *name = p->cas[i].orders.name;

		if (name[0] != '\0' && &p->cas[i] != first) {
			conf_complain(report, c, "issuing",
			    "%s: a centre has one key for page orders, and %s "
			    "is there already",
			    name, first->orders.name);
		}
	}
	if (first != NULL && p->centre.host[0] == '\0') {
		conf_complain(report, c, "issuing",
		    "%s signs orders of a centre's pages: say in the group "
		    "`centre` where they are",
		    first->orders.name);
	}
}

static enum err
take(const struct conf *conf, const char *path, struct conf_report *report,
    struct ca_plan *p, struct errinfo *ei)
{
	struct conf_cursor c = conf_root(conf), root = conf_group(c, "root");
	const char *sha256 = conf_text(root, "sha256");
	enum err e = ERR_OK;

	conf_copy_text(p->public, sizeof(p->public), conf_text(c, "public"));
	conf_copy_text(p->country, sizeof(p->country), conf_text(c, "country"));
	conf_copy_text(p->organization, sizeof(p->organization),
	    conf_text(c, "organization"));
	take_key(root, &p->root);
	p->root_crl_sec = conf_int(root, "crl_days") * (int64_t)DAY;
	p->crl_sec = p->root_crl_sec;
	p->root_known = *sha256 != '\0';
	if (p->root_known) {
		ensure(
		    text_unhex(slice_str(sha256), p->root_sha256, SHA256_SIZE));
	}
	for (size_t i = 0; i < conf_len(c, "issuing"); i++) {
		take_ca(conf_group_at(c, "issuing", i), &p->cas[p->num_cas++]);
	}
	check_names(p, c, report);
	if (conf_has(c, "centre")) {
		take_centre(p, conf_group(c, "centre"), report);
	}
	check_orders(p, c, report);
	if (conf_has(c, "crl")) {
		e = take_crl(p, conf_group(c, "crl"), path, report, ei);
	}
	if (e == ERR_OK) {
		e = conf_report_err(report, ei);
	}
	return e != ERR_OK
		   ? e
		   : beside(path, conf_text(c, "exchange"), p->exchange, ei);
}

enum err
ca_plan_load(const char *path, struct ca_plan **out, struct errinfo *ei)
{
	struct ca_plan *p = calloc(1, sizeof(*p));
	struct conf_report report;
	struct conf *conf = NULL;
	enum err e;

	conf_report_init(&report);
	e = p == NULL ? err_nomem(ei)
		      : conf_read(path, settings, &conf, &report, ei);
	if (e == ERR_OK) {
		e = take(conf, path, &report, p, ei);
	}
	if (e != ERR_OK && report.num_lines > 0) {
		(void)fputs(conf_report_text(&report), stderr);
	}
	if (e == ERR_OK) {
		*out = p;
		p = NULL;
	}
	free(p);
	conf_free(conf);
	conf_report_clear(&report);
	return e;
}
