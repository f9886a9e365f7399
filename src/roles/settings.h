/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_SETTINGS_H
#define SURGUCH_ROLES_SETTINGS_H
/*
 * surguch.conf, read by the parent and by front (the signers and courier have
 * files of their own):
 *
 *	prefix = "/var/lib/surguch-demo/centre"; # before /etc, /var/lib, /run
 *	libexec = "/usr/libexec/surguch";        # default: as installed
 *	centre = "Учебный центр surguch";        # its name in messages
 *	support = { phone = "8 800 500-50-80"; hours = "9-18"; }; # whom to call
 *	phone_change = { hours = 72; }; # until another phone of a form holds
 *	web = "/usr/share/surguch/web";         # the page; default: as
 *installed log_level = "info";                      # error, warn, info, debug
 *	api = {
 *		address = "127.0.0.1"; port = 8443;
 *		origin = "https://ca.example.ru";  # as browsers see it
 *		certificate = "/etc/surguch/tls-chain.pem"; # default: front's
 *		key = "/etc/surguch/tls-key.pem";           # own directory
 *		proxies = ["192.0.2.1"];
 *		connections_per_ip = 200; # of one address; streams count too
 *	};
 *	public = {
 *		address = "0.0.0.0"; port = 80;
 *		url = "http://ca.example.ru"; # as others reach it
 *		ocsp_cache_mib = 64; # memory for signed answers, 0: none
 *	};
 *	metrics = { address = "127.0.0.1"; port = 9464; }; # 0: none
 *	database = {                # left out: a file in front's directory
 *		host = "/run/postgresql";   # its socket's, or 127.0.0.1, ::1
 *		port = 5432; name = "surguch"; user = "surguch";
 *		password_file = "/etc/surguch/database.pass"; # front's, 0600
 *	};
 *	messages = { # what SMS may cost, roles/front_guard.h
 *		prefixes = ["+7"]; parts_hour = 10000; parts_day = 60000;
 *		money_day = 500000; breaker_codes = 40; breaker_percent = 15;
 *	};
 *	users = { front = "surguch-front"; courier = "64002"; };
 *	signers = (
 *		{ name = "issuing-gost"; user = "64011";
 *		  ocsp = "ocsp-gost"; ocsp_user = "64012"; }
 *	);
 *	page_orders = { name = "centre"; user = "64003"; };
 *	accreditation = { ... };              # profile/accreditation.h
 *	control = ( # who else may use surguchctl, and as what
 *		{ user = "anna"; role = "auditor"; }
 *	);
 *	insecure_shared_uid = false;
 *	insecure_no_landlock = false;
 *
 * A user is a name, "uid", or "uid:gid".  Immutable once loaded.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/log.h"
#include "base/slice.h"
#include "conf/conf.h"
#include "ipc/hello.h"
#include "os/file.h"
#include "profile/accreditation.h"

enum {
	SETTINGS_TEXT_SIZE = 256,
	SETTINGS_USER_SIZE = 64,
	SETTINGS_PREFIX_SIZE = 17,
	SETTINGS_PROXIES_MAX = 16,
	SETTINGS_CONTROL_MAX = 32,
};

struct settings_listen {
	char address[SETTINGS_TEXT_SIZE];
	uint16_t port;
};

/* A PostgreSQL server on this machine. */
struct settings_database {
	char host[SETTINGS_TEXT_SIZE]; /* "": a file of front's own instead */
	uint16_t port;
	char name[SETTINGS_USER_SIZE];
	char user[SETTINGS_USER_SIZE];
	char password_file[PATH_TEXT_SIZE]; /* "": it asks for none */
};

/* A CA's signer and, if it has one, its OCSP key's. */
struct settings_signer {
	char name[HELLO_NAME_SIZE];
	char user[SETTINGS_USER_SIZE]; /* "": ours */
	char ocsp[HELLO_NAME_SIZE];    /* "": none */
	char ocsp_user[SETTINGS_USER_SIZE];
};

/* The signer of page orders. */
struct settings_key {
	char name[HELLO_NAME_SIZE]; /* "": none */
	char user[SETTINGS_USER_SIZE];
};

/* A user of this machine with an operator's role. */
struct settings_control {
	char user[SETTINGS_USER_SIZE];
	char role[SETTINGS_USER_SIZE]; /* identity/scope.h */
};

/* What messages may cost; 0 of money: nothing is counted in money. */
struct settings_messages {
	unsigned parts_hour;
	unsigned parts_day;
	int64_t money_day;        /* hundredths of the currency's unit */
	unsigned breaker_codes;   /* 0: there is no breaker */
	unsigned breaker_percent; /* of them have to be used */
	char prefixes[ROUTE_PREFIXES_MAX][SETTINGS_PREFIX_SIZE];
	size_t num_prefixes;
};

struct settings {
	/* from prefix: */
	char etc_dir[PATH_TEXT_SIZE];      /* PREFIX/etc/surguch */
	char state_dir[PATH_TEXT_SIZE];    /* PREFIX/var/lib/surguch */
	char run_dir[PATH_TEXT_SIZE];      /* PREFIX/run/surguch */
	char front_dir[PATH_TEXT_SIZE];    /* state_dir/front */
	char courier_dir[PATH_TEXT_SIZE];  /* state_dir/courier */
	char public_dir[PATH_TEXT_SIZE];   /* state_dir/public */
	char profile_dir[PATH_TEXT_SIZE];  /* etc_dir/profiles */
	char control_path[PATH_TEXT_SIZE]; /* run_dir/control.sock */

	char centre[SETTINGS_TEXT_SIZE]; /* the centre's name in messages */
	char support_phone[SETTINGS_USER_SIZE]; /* "": nobody */
	char support_hours[SETTINGS_TEXT_SIZE];
	char libexec[PATH_TEXT_SIZE]; /* the roles' programs */
	char web_dir[PATH_TEXT_SIZE]; /* the cabinet's page; "": none */
	bool web_given; /* named in the file: it has to be there */
	enum log_level log_level;
	struct settings_listen api;
	unsigned phone_cooling_hours;    /* registry/phone_change.h */
	char origin[SETTINGS_TEXT_SIZE]; /* "": the host that browsers ask */
	char tls_certificate[PATH_TEXT_SIZE];
	char tls_key[PATH_TEXT_SIZE];
	char proxies[SETTINGS_PROXIES_MAX][SETTINGS_TEXT_SIZE];
	size_t num_proxies;
	unsigned connections_per_ip;
	struct settings_listen public;
	char public_url[SETTINGS_TEXT_SIZE]; /* "": by address and port */
	size_t ocsp_cache_bytes;
	struct settings_messages messages;
	struct settings_listen metrics; /* port 0: none */
	struct settings_database database;
	char front_user[SETTINGS_USER_SIZE];
	char courier_user[SETTINGS_USER_SIZE];
	struct settings_signer signers[CA_AUTHORITIES_MAX];
	size_t num_signers;
	struct settings_key page_orders;
	struct accreditation accreditation;
	struct settings_control control[SETTINGS_CONTROL_MAX];
	size_t num_control;
	bool insecure_shared_uid;
	bool insecure_no_landlock;
};

/* All errors at once into *report (may be NULL), the first into *ei.  Free
 * with settings_free(). */
ATTR_MUST_USE enum err settings_load(const char *path,
    struct conf_report *report, struct settings **out, struct errinfo *ei);
ATTR_MUST_USE enum err settings_parse(struct slice text, const char *file,
    struct conf_report *report, struct settings **out, struct errinfo *ei);
void settings_free(struct settings *s);

/* Is the database PostgreSQL's? */
bool settings_has_server(const struct settings *s);

/*
 * The descriptor (ipc/fds.h) under which front finds the channel to signer i,
 * or to its OCSP key's; -1 when it has none.
 */
int settings_channel(const struct settings *s, size_t i, bool ocsp);
/* The same of the signer of page orders. */
int settings_channel_page_orders(const struct settings *s);

#endif
