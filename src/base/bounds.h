/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_BOUNDS_H
#define SURGUCH_BASE_BOUNDS_H
/*
 * Every limit on what comes from outside, each with its reason.  Nothing else
 * in the tree names a size for untrusted input.
 */
enum bounds {
	/* --- DER and X.509 ------------------------------------------- */
	OID_BYTES_MAX = 39, /* encoded; registered arcs are under 20 */
	OID_TEXT_MAX = 4 * OID_BYTES_MAX + 1, /* ".127" a byte, and NUL */
	CSR_BYTES_MAX = 16384,  /* RSA-4096 with attributes is 2 KiB */
	CERT_BYTES_MAX = 65536, /* the largest real CA one seen is 3 KiB */
	CERT_EXTS_MAX = 64,
	EXT_VALUE_MAX = 32768,
	NAME_ATTRS_MAX = 64,
	NAME_VALUE_MAX = 4096,
	SERIAL_BYTES_MAX = 20,    /* RFC 5280 4.1.2.2 */
	GENERAL_NAMES_MAX = 1000, /* a large site's certificate has 163 */
	POLICIES_MAX = 64,
	CRL_BYTES_MAX = 256 * 1024 * 1024, /* 5 M entries */
	CRL_ENTRIES_MAX = 8 * 1024 * 1024, /* 80 bytes of memory each */
	CRL_NOTES_MAX = 10000, /* revocations that wait for a list; with more
				* all entries are read again */
	CRL_SHARDS_MAX = 256,  /* 4,000 entries each in a list of a million */
	OCSP_REQUEST_BYTES_MAX = 8192,
	OCSP_RESPONSE_BYTES_MAX = 65536,
	OCSP_SINGLES_MAX = 32,
	OCSP_NONCE_MAX = 128,        /* RFC 9654 2.1 */
	OCSP_CACHE_MIB_DEFAULT = 64, /* about 30,000 kept answers */
	OCSP_CACHE_MIB_MAX = 65536,
	CMS_BYTES_MAX = 4 * 1024 * 1024,
	P7B_CERTS_MAX = 1024, /* the state's list of CAs is under 1,000 */
	/* Lists of trusted roots: Microsoft's of 2026 has 515 entries of ten
	 * attributes in 160 KiB. */
	STL_BYTES_MAX = 4 * 1024 * 1024,
	STL_ENTRIES_MAX = 16384,
	STL_ATTRIBUTES_MAX = 64, /* of one entry */
	/* Their certificates: Windows' store of 2020 has 411 in 610 KiB. */
	SST_BYTES_MAX = 32 * 1024 * 1024,
	SST_ELEMENTS_MAX = STL_ENTRIES_MAX,
	SST_PROPERTIES_MAX = STL_ATTRIBUTES_MAX,
	CAB_BYTES_MAX = SST_BYTES_MAX,
	CAB_PLAIN_MAX = SST_BYTES_MAX, /* of all its files; at most 1,030 times
					* what comes in, which is a bomb */
	CAB_MEMBERS_MAX = 64,
	CAB_FOLDERS_MAX = 16,
	CAB_NAME_MAX = 255,
	CLIENT_ADDRESS_MAX = 1023, /* of a mirror: Windows' own field */
	CLIENT_COMPUTER_MAX = 253, /* a DNS name */
	CSR_ATTRS_MAX = 16,
	OCSP_CERTS_MAX = 8,
	NOTICE_NUMBERS_MAX = 16,
	PAGE_ORDER_BYTES_MAX = 8192, /* texts and a signature; real ones 400 */
	PAGE_ORDER_TEXT_MAX = 512,
	SPKI_BYTES_MAX = 2048,
	SIGNATURE_BYTES_MAX = 1024, /* RSA-8192 */
	RSA_BITS_MAX = 8192, /* the cost of a check grows as its square */
	CMS_CERTS_MAX = 16,  /* a signer's chain is 3 or 4 */
	CMS_ATTRS_MAX = 32,
	KDF_ITERATIONS_MAX = 10000000,    /* 50 s of HMAC-Streebog: a stranger's
					   * key file costs no more than that */
	SEAL_BYTES_MAX = 65536,           /* one message body */
	ENVELOPE_BYTES_MAX = 1024 * 1024, /* all keys of a centre; 30 KiB */

	/* --- judging a chain: what a stranger's certificates may cost --- */
	CHAIN_CERTS_MAX = 4096, /* anchors and intermediates; the state's
				 * list of all years has 2,403 */
	CHAIN_CRLS_MAX = 1024,
	CHAIN_CRL_WORDS_MAX = 32,   /* full, delta and shards about one */
	CHAIN_PATH_MAX = 16,        /* leaf and anchor counted; real ones 4 */
	CHAIN_DEPTH_DEFAULT = 8,    /* intermediates not issued to oneself */
	CHAIN_SIGNATURES_MAX = 128, /* 0.1 s of GOST-512 */
	CHAIN_STEPS_MAX = 256,      /* certificates put on a path in search */
	CHAIN_PATHS_MAX = 16,       /* whole paths that are judged */
	CHAIN_NAME_CHECKS_MAX = 100000, /* a name against a constraint */
	CHAIN_POLICY_NODES_MAX = 256,   /* of one certificate */
	CHAIN_NAMES_MAX = 64,           /* names that are expected */
	/* --- inside the centre ---------------------------------------- */
	FRAME_BYTES_MAX = 65536, /* a larger body goes as a sealed memfd */
	FRAME_FDS_MAX = 2,
	PUBLIC_FILES_MAX = 4096, /* CA files, chains and CRLs of one centre */
	CA_AUTHORITIES_MAX = 32, /* issuing CAs of one centre */
	SIGNER_BATCH_MAX = 32,   /* where group fsync stops paying */
	UNIT_STATEMENTS_MAX = 64,
	UNIT_GROUP_MAX = 32,
	AUDIT_DETAIL_MAX = 4096,
	UNIT_EVENTS_MAX = 16,              /* audit events of one act */
	UNIT_BYTES_MAX = 32 * 1024 * 1024, /* one uploaded document fits */
	STATEMENT_PARAMS_MAX = 48,         /* a person's row has 30 */
	AUDIT_TEXT_MAX = 256,              /* actor, action, object */
	STORE_READERS = 4,                 /* a query takes 10 us; 8 workers */
	STORE_AWAY_MS = 15000, /* a database server restarts in less */
	ROWS_MAX = 10000,      /* one query's result */
	ROWS_BYTES_MAX = 64 * 1024 * 1024, /* the same, in bytes */
	PHONE_COOLING_HOURS_MIN = 1, /* until another phone of a form holds */
	PHONE_COOLING_HOURS_DEFAULT = 72, /* a weekend */
	PHONE_COOLING_HOURS_MAX = 30 * 24,
	PAGE_ROWS_MAX = 50,
	CLOCK_SKEW_SEC = 300,     /* notBefore asked against signer's clock */
	SIGNER_PROFILES_MAX = 64, /* profiles one key may issue under */
	SIGNER_JOURNAL_PAGE_MAX = 64,   /* records one question may ask for */
	SIGNER_CEILING_DEFAULT = 20000, /* certificates a profile and day */
	SIGNER_CRL_CEILING_DEFAULT = 2000, /* CRLs a day; one a minute fits */
	SIGNER_OCSP_CEILING_DEFAULT = 50 * 1000 * 1000, /* answers a day */
	SIGNER_PAGE_ORDER_CEILING_DEFAULT = 100000,     /* a day: five for each
							 * certificate */
	CRL_NUMBER_STEP_MAX = 1 << 30,     /* a gap of a restored database; the
					    * last of all numbers would end CRLs */
	SIGNER_CRL_UNKNOWN_DEFAULT = 1000, /* serials of a journal that was
					    * lost; they never leave */
	SIGNER_EPOCHS_MAX = 24,    /* a day: each is one restored database */
	SIGNER_RELEASES_MAX = 256, /* serials one settings file may release */
	SIGNER_SERVICE_KEYS_MAX = 16, /* of one kind: old, new, spare */
	JOURNAL_RECORD_MAX = 32 * 1024 * 1024, /* 1 M serials revoked at once */
	JOURNAL_TAIL_MAX = 64 * 1024 * 1024, /* more torn than one group: no */

	/* --- subject and profile --------------------------------------- */
	SUBJECT_ATTRS_MAX = 64,  /* the fullest real subject has 14 */
	SUBJECT_TEXT_MAX = 512,  /* bytes; the longest seen is 84 letters */
	SUBJECT_EMAIL_MAX = 254, /* RFC 5321 4.5.3.1.3 less the brackets */
	SANS_MAX = 64,
	SAN_TEXT_MAX = 255, /* a DNS name is at most 253 */
	PROFILE_NAME_MAX = 63,
	PROFILE_NAME_SIZE = PROFILE_NAME_MAX + 1,
	PROFILE_TBS_MAX = 16384, /* 64 names of 250 bytes; real ones 2 KiB */
	PROFILE_TEXT_MAX = 1024, /* one text of a profile file */
	PROFILE_LIST_MAX = 32,   /* elements of one list in a file */
	CA_URLS_MAX = 8,         /* of one kind; real certificates have 2 */
	CA_URL_LEN_MAX = 512,
	LINT_FINDINGS_MAX = 64, /* one report; more are counted */

	/* --- HTTP ------------------------------------------------------ */
	HTTP_BODY_MAX = 1024 * 1024,
	HTTP_HEADER_MEMORY = 32 * 1024, /* MHD's pool per connection */
	HTTP_PUBLIC_MEMORY = 8 * 1024,  /* the same where an OCSP request by
					 * GET is the longest: 255 bytes are
					 * usual (RFC 5019 5) */
	HTTP_CONNECTIONS_MAX = 5000, /* EVENT_STREAMS_MAX and those who ask */
	HTTP_CONNECTIONS_PER_IP = 200,
	HTTP_TIMEOUT_SEC = 30,
	HTTP_QUEUE_MAX = 256,   /* waiting for a worker: 1 s of work */
	HTTP_TARGET_MAX = 8192, /* an OCSP request by GET, in base64 */
	HTTP_HEADERS_MAX = 64,  /* lines; browsers send about 20 */
	HTTP_QUERY_MAX = 16,    /* parameters */
	HTTP_COOKIES_MAX = 32,
	HTTP_ANSWER_MAX = 8 * 1024 * 1024, /* one that we build */
	STATIC_FILES_MAX = 256,            /* of a page; ours has a dozen */
	STATIC_FILE_MAX = 1024 * 1024,     /* a font is 60 KiB */
	EVENT_STREAMS_MAX = 4000,  /* open browsers of people; about 60 KiB
				    * each, nearly all of it TLS's */
	EVENT_STREAMS_SESSION = 4, /* a browser shares one between its tabs */
	EVENT_BYTES_MAX = 16384,   /* that wait for one who does not read */
	EVENT_CHANGES_MAX = 4096,  /* that wait to be told: 1 s of load */
	FETCH_BODY_MAX = 1024 * 1024,
	COURIER_SEALED_MAX = 8192,     /* an SMS of 10 parts is 1.4 KiB */
	ROOTS_BYTES_MAX = 1024 * 1024, /* a system's list is 220 KiB */
	MAILS_UNDER_WAY_MAX = 8,  /* at courier: the rest waits in the outbox */
	MAIL_TRIES_MAX = 5,       /* of one whose delivery is unclear */
	REPORT_BODY_MAX = 4096,   /* a network's word on one message */
	REPORT_WAIT_MS = 2000,    /* for our own note, on its behalf */
	MESSAGE_AREAS_MAX = 64,   /* beginnings of numbers watched at once */
	BREAKER_CODES_MAX = 1000, /* of the last codes that are looked at */
	PARTS_MAX = 10000000,     /* of SMS, in a setting */
	COURIER_ROUTES_MAX = 8,   /* ways out; a centre has two or three */
	ROUTE_PREFIXES_MAX = 64,  /* of numbers, of one way */
	ROUTE_FAILURES_MAX = 3,   /* in a row: then a way cools down */
	SMS_PRICE_MAX = 100000,   /* of a part, in hundredths of a rouble */
	JSON_DEPTH_MAX = 16,

	/* --- the agent's own door (docs/agent-protocol.md 2) ----------- */
	AGENT_BODY_MAX = 1024 * 1024,
	AGENT_CONNECTIONS_MAX = 8,
	AGENT_HEADER_MEMORY = 16 * 1024, /* 8 KiB of header, and what
					  * libmicrohttpd keeps beside */
	AGENT_PER_SEC = 10,
	AGENT_BURST = 20,
	AGENT_TIMEOUT_SEC = 10,
	AGENT_CENTRES_MAX = 32,
	AGENT_TOKENS_MAX = 64,
	AGENT_SPENT_MAX = 1024, /* orders that were used and could come again */
	AGENT_ENTROPY_MAX = 16384,
	AGENT_TEXT_MAX = 65536, /* to be read and signed */
	AGENT_CHAIN_MAX = 8,
	AGENT_LOG_MAX = 1024 * 1024, /* of two files: some 10,000 lines */
	AGENT_AUTHORITIES_MAX = 32,  /* of a trust page, at once */
	/* The text with each of its octets escaped, and what stands around. */
	QUESTION_BYTES_MAX = 4 * AGENT_TEXT_MAX + 16384,
	MEDIA_MAX = 32,
	STORES_PLACED_MAX = 1024, /* certificates that we put in browsers */
	ANCHORS_MAX = 4096, /* at once in a store; the state's list has 2,403 */
	ANCHORS_BYTES_MAX = 64 * 1024 * 1024, /* their journal, or a bundle */

	/* --- the server of mirrors of trusted roots -------------------- */
	TRUSTD_RINGS_MAX = 16, /* mirrors of one server: test, pilot, all */
	TRUSTD_PREFIX_MAX = 128,
	TRUSTD_FILES_MAX = 2 * STL_ENTRIES_MAX, /* of one mirror; real: 422 */
	TRUSTD_BYTES_MAX = 128 * 1024 * 1024, /* the same; a real one: 1 MiB */
	FEED_BYTES_MAX = 16 * 1024 * 1024,    /* 200 bytes for each file */
	FEED_ROOTS_MAX = 8 * STL_ENTRIES_MAX, /* changes told; 4 of a root */
	FEED_SKEW_SEC = 300, /* that a client's clock and its may differ */
	TRUSTD_CONNECTIONS_MAX = 4096,
	TRUSTD_CLIENTS_MAX = 4096, /* remembered, 0.5 KiB each */

	/* --- files ----------------------------------------------------- */
	ARCHIVE_MEMBERS_MAX = 100000, /* files of a backup; a centre has 100 */
	MIRROR_FILE_MAX = 256 * 1024 * 1024,   /* a mirror that is carried has 2
						* MiB */
	MANIFEST_BYTES_MAX = 32 * 1024 * 1024, /* 320 bytes for each */
	CONF_BYTES_MAX = 256 * 1024,
	CONF_DEPTH_MAX = 16, /* libconfig frees a tree by recursion */
	CONF_REPORT_LINES = 100,
	KEY_FILE_MAX = 16384,
	PFX_BYTES_MAX = 512 * 1024, /* a key and its chain are under 16 KiB */
	PFX_PARTS_MAX = 64,
	PASSPHRASE_MAX = 1024,
	PASSPHRASE_MIN = 12,       /* of a CA's key */
	CONTAINER_META_MAX = 8192, /* a real one is under 1 KiB */
	CONTAINER_LABEL_MAX = 256,
	MEDIUM_NAME_MAX = 256,             /* bytes; a token's label has 32 */
	CONTAINERS_MAX = 1000,             /* in one folder */
	DISK_NAMES_MAX = 10000,            /* at a disk's top, looked through */
	CRYPTOPRO_HEADER_MAX = 160 * 1024, /* two certificates and 1 KiB */
	CRYPTOPRO_FILE_MAX = 1024,         /* the five others; real ones 120 */
	IDEMPOTENCY_KEY_MIN = 16,
	IDEMPOTENCY_KEY_MAX = 64,
};

#endif
