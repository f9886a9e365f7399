/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CA_PLAN_H
#define SURGUCH_CLI_CA_PLAN_H
/*
 * The file of a key ceremony, reviewed before anything is done: a root and the
 * CAs under it, the same file on the root's machine and on the centre's.
 *
 *	exchange = "/media/usb/2026";  # what travels between the two machines
 *	public = "http://ca.example.ru"; # where the centre's files are served
 *	country = "RU"; organization = "ООО «Центр»";
 *	root = {
 *		name = "root-2026"; key = "p384"; user = "64020";
 *		common_name = "Корневой центр 2026";
 *		secret = "unlock";     # as surguch-signer(8); "file"
 *		crl_days = 366;
 *		sha256 = "";           # its certificate's, for the import
 *	};
 *	issuing = ({
 *		name = "issuing-2026"; key = "p256"; user = "64021";
 *		common_name = "Издающий центр 2026";
 *		key_at = "";           # or its settings' own `key`
 *		profiles = ["tls-client", "tls-server"];
 *		ocsp = { name = "ocsp-2026"; key = "p256"; user = "64022";
 *			common_name = "OCSP 2026"; };
 *		# At most one CA of the file certifies the key for page orders.
 *		orders = { name = "centre-2026"; key = "p256"; user = "64023";
 *			common_name = "Задания агентам 2026"; };
 *	});
 *	crl = {                        # the root's next list
 *		days = 90;             # or root.crl_days
 *		revoked = ({
 *			serial = "4F…";        # or certificate = "old.cer"
 *			reason = "ca_compromise";
 *			at = "2026-11-22T10:00:00Z"; # or when the list is made
 *			invalid_from = "2026-11-20T00:00:00Z"; # if known
 *		});
 *	};
 *	centre = {                     # what there is besides the CAs
 *		name = "ООО «Центр»"; host = "ca.example.ru";
 *		tls = "issuing-2026";  # who certifies the API
 *		front = "surguch-front"; courier = "surguch-courier";
 *	};
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/err.h"
#include "cli/centre.h"
#include "crypto/hash.h"
#include "ipc/hello.h"
#include "x509/ext_types.h"

enum {
	PLAN_CAS_MAX = 8,
	PLAN_REVOKED_MAX = 64,
	PLAN_SPEC_SIZE = 32,
	PLAN_USER_SIZE = 32,
	PLAN_KEY_SIZE = 4096,
};

/* A key and the signer that has it. */
struct plan_key {
	char name[HELLO_NAME_SIZE]; /* "": there is none */
	char spec[PLAN_SPEC_SIZE];  /* as surguch-signer --make-key */
	char common_name[CENTRE_TEXT_MAX];
	char user[PLAN_USER_SIZE]; /* its signer's; "": whoever asks */
	const char *secret;        /* as its signer's settings say, a literal */
	bool typed;                /* not in a file: people say it here */
	char at[PLAN_KEY_SIZE];    /* the settings' group `key`, or "" */
};

struct plan_ca {
	struct plan_key key;
	char profiles[SIGNER_PROFILES_MAX][PROFILE_NAME_SIZE];
	size_t num_profiles;
	struct plan_key ocsp;
	struct plan_key orders; /* for page orders (docs/agent-protocol.md 6) */
};

/* A certificate of the root's that its next list is to name. */
struct plan_revoked {
	uint8_t serial[SERIAL_BYTES_MAX]; /* INTEGER content */
	size_t serial_len;                /* 0: that of the file */
	char certificate[PATH_TEXT_SIZE]; /* absolute, or "" */
	enum crl_reason reason;
	const char *reason_name; /* as the file has it, a literal */
	int64_t at;              /* 0: when the list is made */
	int64_t invalid_from;    /* 0: not known */
};

/* The centre besides its CAs; it is made when the file has its name. */
struct plan_centre {
	char name[CENTRE_TEXT_MAX]; /* "": the file says nothing of it */
	char host[CENTRE_TEXT_MAX]; /* in the API's certificate */
	char address[CENTRE_TEXT_MAX];
	uint16_t port;
	char public_address[CENTRE_TEXT_MAX];
	uint16_t public_port;
	char tls[HELLO_NAME_SIZE]; /* the CA of this file that certifies the
				    * API, or "" */
	char front[PLAN_USER_SIZE];
	char courier[PLAN_USER_SIZE];
};

struct ca_plan {
	char exchange[PATH_TEXT_SIZE]; /* absolute */
	char public[CENTRE_TEXT_MAX];
	char country[CENTRE_TEXT_MAX];
	char organization[CENTRE_TEXT_MAX];
	struct plan_key root;
	int64_t root_crl_sec;
	bool root_known; /* root_sha256 is set */
	uint8_t root_sha256[SHA256_SIZE];
	struct plan_ca cas[PLAN_CAS_MAX];
	size_t num_cas;
	int64_t crl_sec; /* of the list that the step "crl" makes */
	struct plan_revoked revoked[PLAN_REVOKED_MAX];
	size_t num_revoked;
	struct plan_centre centre;
};

#define PLAN_TLS_PROFILE "tls-server"
/* The CA that centre.tls names; NULL when it names none. */
const struct plan_ca *plan_tls_ca(const struct ca_plan *p);

/* Where the centre's pages are: "https://ca.example.ru:8443". */
void plan_put_origin(const struct ca_plan *p, struct buf *out);
/* The CA that has `orders`; NULL when none has. */
const struct plan_ca *plan_orders_ca(const struct ca_plan *p);

/* ERR_FORMAT with all mistakes on standard error; free(*out). */
ATTR_MUST_USE enum err ca_plan_load(
    const char *path, struct ca_plan **out, struct errinfo *ei);

#endif
