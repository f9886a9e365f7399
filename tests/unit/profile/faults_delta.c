/* SPDX-License-Identifier: Apache-2.0 */
/* Faults in what a certificate says of delta CRLs. */
#include "faults.h"

#include "x509/ext.h"

/* The CA makes deltas; the certificate was made before it did. */
static void
deltas(struct scene *s)
{
	struct errinfo ei;

	assert_ok(ca_identity_set_crl_deltas(&s->k.ca, &ei), &ei);
}

/* It makes them, and the certificate names so many of their addresses. */
static void
put_freshest(struct scene *s, size_t num)
{
	char text[2][CA_SHARD_URL_SIZE];
	const char *const urls[] = {text[0], text[1]};
	struct buf ext = BUF_INIT(500);

	deltas(s);
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		ca_identity_crl_url(
		    &s->k.ca, i, (struct crl_shard){.delta = true}, text[i]);
	}
	ext_put_freshest_crl(&ext, urls, num);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

static void
freshest_critical(struct scene *s)
{
	put_freshest(s, 2);
	plan_ext(s->plan, OID_FRESHEST_CRL)->critical = true;
}

static void
freshest_lost(struct scene *s)
{
	put_freshest(s, 1);
}

/* The whole list's own address. */
static void
freshest_is_full(struct scene *s)
{
	struct buf ext = BUF_INIT(500);

	deltas(s);
	ext_put_freshest_crl(&ext, (const char *const *)s->k.ca.crl_urls.at, 2);
	plan_put_ext(s->plan, buf_slice(&ext));
	buf_clear(&ext);
}

/* Of a CA that makes none. */
static void
freshest_of_none(struct scene *s)
{
	put_freshest(s, 2);
	s->k.ca.crl_deltas = false;
}

const struct fault faults_deltas[] = {
    {"freshest_crl missing", "tls-client", "lint.freshest_crl.present",
	ERR_POLICY, deltas, 0, 0},
    {"freshest_crl critical", "tls-client", "lint.freshest_crl.critical",
	ERR_POLICY, freshest_critical, 0, 0},
    {"deltas that are not made", "tls-client", "lint.ext.unexpected",
	ERR_POLICY, freshest_of_none, 0, 0},
    {"a delta's address lost", "tls-client", "lint.freshest_crl.value",
	ERR_CONFLICT, freshest_lost, 0, 0},
    {"a list for a delta", "tls-client", "lint.freshest_crl.value",
	ERR_CONFLICT, freshest_is_full, 0, 0},
    {0},
};
