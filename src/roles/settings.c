/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/settings.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/fds.h"
#include "os/socket.h"

static const char *const levels[] = {"error", "warn", "info", "debug", NULL};

_Static_assert(
    (int)HELLO_NAME_SIZE == (int)CONF_NAME_SIZE, "conf_check_name()");

static const char *
check_optional_name(const char *s)
{
	return *s == '\0' ? NULL : conf_check_name(s);
}

static const char *
check_path(const char *s)
{
	return *s == '\0' || *s == '/' ? NULL : "is no absolute path";
}

/* Nothing of it crosses a network: front's walls let no such connection out,
 * and there is no TLS on it. */
static const char *
check_host(const char *s)
{
	if (*s == '\0' || *s == '/' || socket_is_loopback(s)) {
		return NULL;
	}
	return "is neither the directory of a socket nor an address of the "
	       "loopback (127.0.0.1, ::1)";
}

#define USER(n)                                                                \
	{                                                                      \
		.name = (n), .type = CONF_TEXT, .fallback = "", .min = 0,      \
		.max = SETTINGS_USER_SIZE - 1                                  \
	}
#define PATH_(n)                                                               \
	{                                                                      \
		.name = (n), .type = CONF_TEXT, .fallback = "", .min = 0,      \
		.max = PATH_TEXT_SIZE - 64, .check = check_path                \
	}
#define ADDRESS                                                                \
	{                                                                      \
		.name = "address", .type = CONF_TEXT, .fallback = "127.0.0.1", \
		.min = 1, .max = SETTINGS_TEXT_SIZE - 1                        \
	}
#define PORT(otherwise)                                                        \
	{                                                                      \
		.name = "port", .type = CONF_INT, .fallback_int = (otherwise), \
		.min = 1, .max = UINT16_MAX                                    \
	}

static const struct conf_setting api_settings[] = {
    ADDRESS,
    PORT(8443),
    {.name = "origin",
	.type = CONF_TEXT,
	.fallback = "",
	.min = 0,
	.max = SETTINGS_TEXT_SIZE - 1},
    PATH_("certificate"),
    PATH_("key"),
    {.name = "proxies", .type = CONF_TEXTS, .max = SETTINGS_PROXIES_MAX},
    {.name = "connections_per_ip",
	.type = CONF_INT,
	.fallback_int = HTTP_CONNECTIONS_PER_IP,
	.min = 8,
	.max = HTTP_CONNECTIONS_MAX},
    {0},
};

static const char *
check_url(const char *s)
{
	return *s == '\0' || (strncmp(s, "http://", 7) == 0 && s[7] != '\0' &&
				 s[strlen(s) - 1] != '/')
		   ? NULL
		   : "is no address that begins with http:// and ends without "
		     "a slash";
}

static const struct conf_setting public_settings[] = {
    ADDRESS,
    PORT(8080),
    {.name = "url",
	.type = CONF_TEXT,
	.fallback = "",
	.max = SETTINGS_TEXT_SIZE - 1,
	.check = check_url},
    {.name = "ocsp_cache_mib",
	.type = CONF_INT,
	.fallback_int = OCSP_CACHE_MIB_DEFAULT,
	.min = 0,
	.max = OCSP_CACHE_MIB_MAX},
    {0},
};

static const char *
check_prefix(const char *s)
{
	size_t len = strlen(s);

	return s[0] == '+' && len >= 2 && len < SETTINGS_PREFIX_SIZE &&
		       strspn(s + 1, "0123456789") == len - 1
		   ? NULL
		   : "is no \"+\" with 1 to 15 digits";
}

/* The defaults let the limits of codes (identity/otp.h) through: two parts of
 * 5,000 codes an hour, half of a day at that pace. */
static const struct conf_setting messages_settings[] = {
    {.name = "parts_hour",
	.type = CONF_INT,
	.fallback_int = 10000,
	.min = 1,
	.max = PARTS_MAX},
    {.name = "parts_day",
	.type = CONF_INT,
	.fallback_int = 60000,
	.min = 1,
	.max = PARTS_MAX},
    {.name = "money_day", .type = CONF_INT, .min = 0, .max = INT32_MAX},
    {.name = "prefixes",
	.type = CONF_TEXTS,
	.min = 1,
	.max = ROUTE_PREFIXES_MAX,
	.check = check_prefix},
    {.name = "breaker_codes",
	.type = CONF_INT,
	.fallback_int = 40,
	.min = 0,
	.max = BREAKER_CODES_MAX},
    {.name = "breaker_percent",
	.type = CONF_INT,
	.fallback_int = 15,
	.min = 1,
	.max = 100},
    {0},
};

/* Metrics tell much about a centre, to whoever may connect. */
static const char *
check_loopback(const char *s)
{
	return socket_is_loopback(s)
		   ? NULL
		   : "is no address of the loopback (127.0.0.1, ::1)";
}

static const struct conf_setting metrics_settings[] = {
    {.name = "address",
	.type = CONF_TEXT,
	.fallback = "127.0.0.1",
	.min = 1,
	.max = SETTINGS_TEXT_SIZE - 1,
	.check = check_loopback},
    {.name = "port", .type = CONF_INT, .min = 0, .max = UINT16_MAX},
    {0},
};

static const struct conf_setting database_settings[] = {
    {.name = "host",
	.type = CONF_TEXT,
	.fallback = "",
	.min = 0,
	.max = SETTINGS_TEXT_SIZE - 1,
	.check = check_host},
    {.name = "port",
	.type = CONF_INT,
	.fallback_int = 5432,
	.min = 1,
	.max = UINT16_MAX},
    {.name = "name",
	.type = CONF_TEXT,
	.fallback = "surguch",
	.min = 1,
	.max = SETTINGS_USER_SIZE - 1},
    {.name = "user",
	.type = CONF_TEXT,
	.fallback = "surguch",
	.min = 1,
	.max = SETTINGS_USER_SIZE - 1},
    PATH_("password_file"),
    {0},
};

static const struct conf_setting user_settings[] = {
    USER("front"),
    USER("courier"),
    {0},
};

static const struct conf_setting signer_settings[] = {
    {.name = "name",
	.type = CONF_TEXT,
	.required = true,
	.check = conf_check_name},
    USER("user"),
    {.name = "ocsp",
	.type = CONF_TEXT,
	.fallback = "",
	.check = check_optional_name},
    USER("ocsp_user"),
    {0},
};

/* The key that signs page orders. */
static const struct conf_setting centre_key_settings[] = {
    {.name = "name",
	.type = CONF_TEXT,
	.fallback = "",
	.check = check_optional_name},
    USER("user"),
    {0},
};

static const char *const roles[] = {
    "administrator", "operator", "service-centre", "auditor", "program", NULL};

static const struct conf_setting control_settings[] = {
    {.name = "user",
	.type = CONF_TEXT,
	.required = true,
	.min = 1,
	.max = SETTINGS_USER_SIZE - 1},
    {.name = "role", .type = CONF_CHOICE, .required = true, .choices = roles},
    {0},
};

/* Whom people call who cannot enter the cabinet. */
static const struct conf_setting support_settings[] = {
    USER("phone"),
    {.name = "hours",
	.type = CONF_TEXT,
	.fallback = "",
	.min = 0,
	.max = SETTINGS_TEXT_SIZE - 1},
    {0},
};

static const struct conf_setting phone_settings[] = {
    {.name = "hours",
	.type = CONF_INT,
	.fallback_int = PHONE_COOLING_HOURS_DEFAULT,
	.min = PHONE_COOLING_HOURS_MIN,
	.max = PHONE_COOLING_HOURS_MAX},
    {0},
};

static const struct conf_setting table[] = {
    PATH_("prefix"),
    {.name = "libexec",
	.type = CONF_TEXT,
	.fallback = LIBEXEC_DIR, /* from the build */
	.min = 1,
	.max = PATH_TEXT_SIZE - 64,
	.check = check_path},
    {.name = "centre",
	.type = CONF_TEXT,
	.fallback = "surguch",
	.min = 1,
	.max = SETTINGS_TEXT_SIZE - 1},
    {.name = "support", .type = CONF_GROUP, .members = support_settings},
    {.name = "phone_change", .type = CONF_GROUP, .members = phone_settings},
    {.name = "web",
	.type = CONF_TEXT,
	.fallback = WEB_DIR, /* from the build */
	.min = 0,
	.max = PATH_TEXT_SIZE - 64,
	.check = check_path},
    {.name = "log_level",
	.type = CONF_CHOICE,
	.choices = levels,
	.fallback = "info"},
    {.name = "api", .type = CONF_GROUP, .members = api_settings},
    {.name = "public", .type = CONF_GROUP, .members = public_settings},
    {.name = "messages", .type = CONF_GROUP, .members = messages_settings},
    {.name = "metrics", .type = CONF_GROUP, .members = metrics_settings},
    {.name = "database", .type = CONF_GROUP, .members = database_settings},
    {.name = "users", .type = CONF_GROUP, .members = user_settings},
    {.name = "signers",
	.type = CONF_GROUPS,
	.max = CA_AUTHORITIES_MAX,
	.members = signer_settings},
    {.name = "page_orders", .type = CONF_GROUP, .members = centre_key_settings},
    {.name = "accreditation",
	.type = CONF_GROUP,
	.members = accreditation_settings},
    {.name = "control",
	.type = CONF_GROUPS,
	.max = SETTINGS_CONTROL_MAX,
	.members = control_settings},
    {.name = "insecure_shared_uid", .type = CONF_BOOL},
    {.name = "insecure_no_landlock", .type = CONF_BOOL},
    {0},
};

static enum err
take_paths(struct settings *s, struct conf_cursor c, struct errinfo *ei)
{
	const struct {
		char *to;
		const char *dir;
		const char *name;
	} paths[] = {
	    {s->etc_dir, conf_text(c, "prefix"), "etc/surguch"},
	    {s->state_dir, conf_text(c, "prefix"), "var/lib/surguch"},
	    {s->run_dir, conf_text(c, "prefix"), "run/surguch"},
	    {s->front_dir, s->state_dir, "front"},
	    {s->courier_dir, s->state_dir, "courier"},
	    {s->public_dir, s->state_dir, "public"},
	    {s->profile_dir, s->etc_dir, "profiles"},
	    {s->control_path, s->run_dir, "control.sock"},
	    {s->tls_certificate, s->front_dir, "tls-chain.pem"},
	    {s->tls_key, s->front_dir, "tls-key.pem"},
	};
	enum err err = ERR_OK;

	for (size_t i = 0; i < ARRAY_LEN(paths) && err == ERR_OK; i++) {
		err = path_join(paths[i].to, paths[i].dir, paths[i].name, ei);
	}
	return err;
}

static void
take_texts(struct settings *s, struct conf_cursor c)
{
	const struct {
		char *to;
		size_t size;
		const char *name;
	} texts[] = {
	    {s->centre, sizeof(s->centre), "centre"},
	    {s->support_phone, sizeof(s->support_phone), "support.phone"},
	    {s->support_hours, sizeof(s->support_hours), "support.hours"},
	    {s->libexec, sizeof(s->libexec), "libexec"},
	    {s->web_dir, sizeof(s->web_dir), "web"},
	    {s->api.address, sizeof(s->api.address), "api.address"},
	    {s->origin, sizeof(s->origin), "api.origin"},
	    {s->tls_certificate, sizeof(s->tls_certificate), "api.certificate"},
	    {s->tls_key, sizeof(s->tls_key), "api.key"},
	    {s->public.address, sizeof(s->public.address), "public.address"},
	    {s->public_url, sizeof(s->public_url), "public.url"},
	    {s->metrics.address, sizeof(s->metrics.address), "metrics.address"},
	    {s->front_user, sizeof(s->front_user), "users.front"},
	    {s->courier_user, sizeof(s->courier_user), "users.courier"},
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		const char *text = conf_text(c, texts[i].name);

		/* The TLS files' place stands there already. */
		if (*text != '\0') {
			conf_copy_text(texts[i].to, texts[i].size, text);
		}
	}
}

static bool
name_taken(const struct settings *s, const char *name)
{
	for (size_t i = 0; i < s->num_signers; i++) {
		if (strcmp(s->signers[i].name, name) == 0 ||
		    strcmp(s->signers[i].ocsp, name) == 0) {
			return true;
		}
	}
	return false;
}

static void
take_messages(struct settings_messages *m, struct conf_cursor c)
{
	m->parts_hour = (unsigned)conf_int(c, "parts_hour");
	m->parts_day = (unsigned)conf_int(c, "parts_day");
	m->money_day = conf_int(c, "money_day");
	m->breaker_codes = (unsigned)conf_int(c, "breaker_codes");
	m->breaker_percent = (unsigned)conf_int(c, "breaker_percent");
	m->num_prefixes = conf_len(c, "prefixes");
	for (size_t i = 0; i < m->num_prefixes; i++) {
		conf_copy_text(m->prefixes[i], sizeof(m->prefixes[i]),
		    conf_text_at(c, "prefixes", i));
	}
	if (m->num_prefixes == 0) {
		conf_copy_text(m->prefixes[m->num_prefixes++],
		    sizeof(m->prefixes[0]), "+7");
	}
}

static void
take_signers(
    struct settings *s, struct conf_cursor c, struct conf_report *report)
{
	for (size_t i = 0; i < conf_len(c, "signers"); i++) {
		struct conf_cursor g = conf_group_at(c, "signers", i);
		struct settings_signer one = {0};

		conf_copy_text(
		    one.name, sizeof(one.name), conf_text(g, "name"));
		conf_copy_text(
		    one.user, sizeof(one.user), conf_text(g, "user"));
		conf_copy_text(
		    one.ocsp, sizeof(one.ocsp), conf_text(g, "ocsp"));
		conf_copy_text(one.ocsp_user, sizeof(one.ocsp_user),
		    conf_text(g, "ocsp_user"));
		if (name_taken(s, one.name)) {
			conf_complain(report, g, "name", "is there twice");
		}
		if (one.ocsp[0] != '\0' &&
		    (name_taken(s, one.ocsp) ||
			strcmp(one.ocsp, one.name) == 0)) {
			conf_complain(report, g, "ocsp", "is there twice");
		}
		s->signers[s->num_signers++] = one;
	}
}

/* After the others: its name is none of theirs. */
static void
take_page_orders(
    struct settings *s, struct conf_cursor c, struct conf_report *report)
{
	conf_copy_text(s->page_orders.name, sizeof(s->page_orders.name),
	    conf_text(c, "page_orders.name"));
	conf_copy_text(s->page_orders.user, sizeof(s->page_orders.user),
	    conf_text(c, "page_orders.user"));
	if (s->page_orders.name[0] != '\0' &&
	    name_taken(s, s->page_orders.name)) {
		conf_complain(report, c, "page_orders.name", "is there twice");
	}
}

static void
take_database(struct settings_database *d, struct conf_cursor c)
{
	conf_copy_text(d->host, sizeof(d->host), conf_text(c, "database.host"));
	d->port = (uint16_t)conf_int(c, "database.port");
	conf_copy_text(d->name, sizeof(d->name), conf_text(c, "database.name"));
	conf_copy_text(d->user, sizeof(d->user), conf_text(c, "database.user"));
	conf_copy_text(d->password_file, sizeof(d->password_file),
	    conf_text(c, "database.password_file"));
}

static void
take_control(struct settings *s, struct conf_cursor c)
{
	for (size_t i = 0; i < conf_len(c, "control"); i++) {
		struct conf_cursor g = conf_group_at(c, "control", i);
		struct settings_control *one = &s->control[s->num_control++];

		conf_copy_text(
		    one->user, sizeof(one->user), conf_text(g, "user"));
		conf_copy_text(one->role, sizeof(one->role),
		    roles[conf_choice(g, "role")]);
	}
}

static enum err
take(const struct conf *conf, struct conf_report *report, struct settings *s,
    struct errinfo *ei)
{
	struct conf_cursor c = conf_root(conf);
	enum err err = take_paths(s, c, ei);

	if (err != ERR_OK) {
		return err;
	}
	take_texts(s, c);
	s->web_given = strcmp(s->web_dir, WEB_DIR) != 0;
	s->log_level = (enum log_level)conf_choice(c, "log_level");
	s->api.port = (uint16_t)conf_int(c, "api.port");
	for (size_t i = 0; i < conf_len(c, "api.proxies"); i++) {
		const char *proxy = conf_text_at(c, "api.proxies", i);

		if (strlen(proxy) >= sizeof(s->proxies[0])) {
			conf_complain(
			    report, c, "api.proxies", "is no address");
			continue;
		}
		conf_copy_text(
		    s->proxies[s->num_proxies++], sizeof(s->proxies[0]), proxy);
	}
	s->phone_cooling_hours = (unsigned)conf_int(c, "phone_change.hours");
	s->connections_per_ip = (unsigned)conf_int(c, "api.connections_per_ip");
	s->public.port = (uint16_t)conf_int(c, "public.port");
	s->ocsp_cache_bytes = (size_t)conf_int(c, "public.ocsp_cache_mib")
			      << 20;
	s->metrics.port = (uint16_t)conf_int(c, "metrics.port");
	take_messages(&s->messages, conf_group(c, "messages"));
	take_database(&s->database, c);
	take_signers(s, c, report);
	take_page_orders(s, c, report);
	accreditation_take(
	    conf_group(c, "accreditation"), report, &s->accreditation);
	take_control(s, c);
	s->insecure_shared_uid = conf_bool(c, "insecure_shared_uid");
	s->insecure_no_landlock = conf_bool(c, "insecure_no_landlock");
	return conf_report_err(report, ei);
}

/* Takes conf. */
static enum err
finish(struct conf *conf, struct conf_report *report, struct settings **out,
    struct errinfo *ei)
{
	struct settings *s = calloc(1, sizeof(*s));
	enum err err = s == NULL ? err_nomem(ei) : take(conf, report, s, ei);

	conf_free(conf);
	if (err != ERR_OK) {
		free(s);
		return err;
	}
	*out = s;
	return ERR_OK;
}

/* From the file, or from the text when there is one. */
static enum err
read_settings(const char *file, const struct slice *text,
    struct conf_report *report, struct settings **out, struct errinfo *ei)
{
	struct conf_report own;
	struct conf *conf = NULL;
	enum err err;

	conf_report_init(&own);
	if (report == NULL) {
		report = &own;
	}
	err = text == NULL ? conf_read(file, table, &conf, report, ei)
			   : conf_parse(*text, file, table, &conf, report, ei);
	if (err == ERR_OK) {
		err = finish(conf, report, out, ei);
	}
	conf_report_clear(&own);
	return err;
}

enum err
settings_load(const char *path, struct conf_report *report,
    struct settings **out, struct errinfo *ei)
{
	return read_settings(path, NULL, report, out, ei);
}

enum err
settings_parse(struct slice text, const char *file, struct conf_report *report,
    struct settings **out, struct errinfo *ei)
{
	return read_settings(file, &text, report, out, ei);
}

void
settings_free(struct settings *s)
{
	free(s);
}

bool
settings_has_server(const struct settings *s)
{
	return s->database.host[0] != '\0';
}

static int
channels_before(const struct settings *s, size_t i)
{
	int fd = ROLE_FD_SIGNERS;

	for (size_t k = 0; k < i; k++) {
		fd += s->signers[k].ocsp[0] != '\0' ? 2 : 1;
	}
	return fd;
}

int
settings_channel(const struct settings *s, size_t i, bool ocsp)
{
	int fd;

	ensure(i < s->num_signers);
	fd = channels_before(s, i);
	if (!ocsp) {
		return fd;
	}
	return s->signers[i].ocsp[0] != '\0' ? fd + 1 : -1;
}

int
settings_channel_page_orders(const struct settings *s)
{
	return s->page_orders.name[0] != '\0'
		   ? channels_before(s, s->num_signers)
		   : -1;
}
