/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_X509_CHAIN_KIT_H
#define SURGUCH_TESTS_X509_CHAIN_KIT_H
/*
 * A small world of certificates and lists for the tests of x509/chain: root
 * -> ca -> leaf under Ed25519 keys, which a case changes before it is made.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "x509/cert.h"
#include "x509/chain.h"
#include "x509/crl.h"

struct privkey;

enum {
	KIT_NOW = 1767225600, /* 2026-01-01 */
	KIT_DAY = 86400,
	KIT_EXTS = 4096,
	KIT_CRLS = 4,
};

/* One certificate to be made.  Names are common names; NULL: an empty
 * subject. */
struct kit_cert {
	const char *subject;
	const char *issuer;
	struct privkey *key;
	struct privkey *issuer_key;
	bool ca;
	int64_t path_len; /* -1: none */
	uint32_t key_usage;
	int64_t from;
	int64_t to;
	uint64_t serial;
	bool version_1;
	bool no_key_ids;
	bool basic_uncritical;
	struct buf exts; /* further ones, whole */
};

struct kit_crl {
	const char *issuer;
	struct privkey *key;
	int64_t from;
	int64_t to;
	uint8_t number;
	struct buf entries;
	struct buf exts;
};

/* Certificates, and the keys of their subjects. */
enum {
	KIT_ROOT,
	KIT_LEAF,
	KIT_CA,
	KIT_OTHER, /* an intermediate that a case may add: has no subject */
	KIT_NUM_CERTS
};

struct kit {
	struct privkey *keys[KIT_NUM_CERTS];
	struct kit_cert certs[KIT_NUM_CERTS];
	struct kit_crl crls[KIT_CRLS];
	size_t num_crls;
	struct chain_request req; /* all but what is made */
	struct chain_name names[2];
	struct slice policies[2];
};

/* One change of the good world, and what must be said of it and of whom. */
struct kit_case {
	const char *name;
	void (*change)(struct kit *k);
	enum chain_status status;
	const char *rule;
	const char *clause;
	const char *object;
};

#define KIT_GOOD CHAIN_GOOD, "", "", ""

/* Each case in a world of its own. */
void kit_run(const struct kit_case *cases, size_t num);

/* The good world; the keys are made once a program. */
void kit_init(struct kit *k);
void kit_clear(struct kit *k);
/* A further list, by the issuer of the certificate `of`. */
struct kit_crl *kit_add_crl(struct kit *k, const char *issuer, int key);
/* Make all, judge, and forget what was made. */
void kit_judge(struct kit *k, struct chain_verdict *out);
/* Where further extensions of a certificate are put. */
struct buf *kit_exts(struct kit *k, int i);
/* Append one Extension of any kind. */
void kit_put_ext(
    struct buf *b, struct slice oid, bool critical, struct slice value);
/* One certificate. */
struct cert *kit_make(const struct kit_cert *spec);
/* One list. */
struct crl *kit_make_crl(const struct kit_crl *spec);

#endif
