/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates that the profiles do not allow. */
#include <stdio.h>
#include <string.h>

#include "os/random.h"
#include "rogue.h"
#include "x509/cert.h"

enum {
	DAY = 86400,
	HOLDS = 1000000, /* no attempt may need more */
};

struct attr {
	enum oid id;
	const char *text;
};

struct name {
	enum san_kind kind;
	const char *text;
};

/* One order; what is not said is as tls-client wants it. */
struct order {
	const char *name;
	const char *on; /* NULL: issuing-p256 */
	const char *profile;
	const char *key; /* NULL: p256 */
	struct attr attrs[8];
	struct name names[4];
	int64_t from; /* seconds from now; 0: not said */
	int64_t to;
	int kind; /* of identification + 1; 0: none */
	bool off_curve;
	bool extreme; /* from and to are not from now */
};

#define CN "Rogue Probe"
#define PERSON                                                                 \
	{                                                                      \
		{OID_CN, "Иванов Иван Иванович"}, {OID_SN, "Иванов"},          \
		    {OID_GN, "Иван Иванович"}, {OID_SNILS, "07500122105"},     \
		    {OID_INN, "500100732259"}, {OID_C, "RU"},                  \
	}
#define GOST .on = "issuing-gost", .key = "gost2012-256:A"

static const struct order orders[] = {
    /* What may be: without these the refusals would prove nothing. */
    {.name = "allowed tls-client",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}}},
    {.name = "allowed qualified-person",
	GOST,
	.profile = "qualified-person",
	.attrs = PERSON,
	.kind = 1},

    {.name = "unknown profile",
	.profile = "no-such-profile",
	.attrs = {{OID_CN, CN}}},
    {.name = "profile of another CA",
	.profile = "qualified-person",
	.key = "gost2012-256:A",
	.attrs = PERSON,
	.kind = 1},
    {.name = "profile of another CA, the other way",
	GOST,
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}}},
    {.name = "profile of the root: a CA",
	.profile = "issuing-ca",
	.attrs = {{OID_C, "RU"}, {OID_O, CN}, {OID_CN, CN}}},
    {.name = "profile of the root: a root",
	.profile = "root-ca",
	.attrs = {{OID_C, "RU"}, {OID_O, CN}, {OID_CN, CN}}},
    {.name = "a responder of our own",
	.profile = "ocsp",
	.attrs = {{OID_C, "RU"}, {OID_O, CN}, {OID_CN, CN}}},

    {.name = "attribute not in the profile",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}, {OID_SNILS, "07500122105"}}},
    {.name = "attribute twice",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}, {OID_CN, CN " 2"}}},
    {.name = "attribute missing",
	.profile = "tls-client",
	.attrs = {{OID_C, "RU"}}},
    {.name = "attribute against its pattern",
	GOST,
	.profile = "qualified-person",
	.attrs = {{OID_CN, "Иванов Иван Иванович"}, {OID_SN, "Иванов"},
	    {OID_GN, "Иван Иванович"}, {OID_SNILS, "07500122105"},
	    {OID_INN, "500100732259"}, {OID_C, "US"}},
	.kind = 1},
    {.name = "number with a wrong checksum",
	GOST,
	.profile = "qualified-person",
	.attrs = {{OID_CN, "Иванов Иван Иванович"}, {OID_SN, "Иванов"},
	    {OID_GN, "Иван Иванович"}, {OID_SNILS, "07500122106"},
	    {OID_INN, "500100732259"}, {OID_C, "RU"}},
	.kind = 1},

    {.name = "key of another algorithm",
	.profile = "tls-client",
	.key = "gost2012-256:A",
	.attrs = {{OID_CN, CN}}},
    {.name = "key of another parameter set",
	.on = "issuing-gost",
	.key = "gost2012-256:B",
	.profile = "qualified-person",
	.attrs = PERSON,
	.kind = 1},
    {.name = "key off its curve",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.off_curve = true},

    {.name = "alternative name of a kind not allowed",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.names = {{SAN_IP, "192.0.2.1"}}},
    {.name = "alternative name missing",
	.profile = "tls-server",
	.attrs = {{OID_CN, "www.example.ru"}}},
    {.name = "common name not among the alternative names",
	.profile = "tls-server",
	.attrs = {{OID_CN, "www.example.ru"}},
	.names = {{SAN_DNS, "other.example.ru"}}},

    {.name = "identification not in the profile",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.kind = 1},
    {.name = "identification missing",
	GOST,
	.profile = "qualified-person",
	.attrs = PERSON},

    {.name = "back-dated",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.from = -310},
    {.name = "post-dated",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.from = 310},
    {.name = "longer than the profile",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.to = (int64_t)399 * DAY},
    {.name = "longer than the CA",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.to = (int64_t)40 * 366 * DAY},
    {.name = "ended already",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.to = -1},
    {.name = "times beyond all times",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}},
	.from = INT64_MIN,
	.to = INT64_MAX,
	.extreme = true},

    {.name = "certificate from an OCSP key",
	.on = "ocsp-p256",
	.profile = "tls-client",
	.attrs = {{OID_CN, CN}}},
};

static void
set_key(struct rogue *r, const struct order *o, struct issue_values *v)
{
	struct slice spki = key_spki(r, o->key == NULL ? "p256" : o->key);
	uint8_t bytes[SPKI_BYTES_MAX];

	ensure(spki.len <= sizeof(bytes));
	memcpy(bytes, spki.p, spki.len);
	if (o->off_curve) {
		bytes[spki.len - 1] ^= 1;
	}
	ensure(values_set_spki(v, slice_make(bytes, spki.len), NULL) == ERR_OK);
}

static void
set_times(struct rogue *r, const struct order *o, struct issue_values *v)
{
	int64_t now = o->extreme ? 0 : rogue_now(r);

	v->not_before = o->from == 0 ? 0 : now + o->from;
	v->not_after = o->to == 0 ? 0 : now + o->to;
}

static void
fill(struct rogue *r, const struct order *o, struct issue_values *v)
{
	values_init(v);
	ensure(random_bytes(v->idem, sizeof(v->idem), NULL) == ERR_OK);
	ensure(values_set_profile(v, slice_str(o->profile), NULL) == ERR_OK);
	for (size_t i = 0; o->attrs[i].text != NULL; i++) {
		ensure(values_add_attr(v, o->attrs[i].id,
			   slice_str(o->attrs[i].text), NULL) == ERR_OK);
	}
	for (size_t i = 0; o->names[i].text != NULL; i++) {
		ensure(values_add_san(v, o->names[i].kind,
			   slice_str(o->names[i].text), NULL) == ERR_OK);
	}
	v->identification_kind = o->kind - 1;
	set_key(r, o, v);
	set_times(r, o, v);
}

static struct outcome
send_order(struct channel *c, const struct issue_values *v)
{
	const struct audit_position nowhere = {0};
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct outcome o;

	signer_issue_pack(&body, v, &nowhere);
	ensure(buf_err(&body, NULL) == ERR_OK);
	o = ask(c, SIGNER_ISSUE, buf_slice(&body), -1);
	buf_clear(&body);
	return o;
}

static void
try_order(struct rogue *r, const struct order *order)
{
	const char *on = order->on == NULL ? "issuing-p256" : order->on;
	struct issue_values v;
	struct outcome o;

	fill(r, order, &v);
	o = send_order(channel_of(r, on), &v);
	report(r, order->name, on, o.got, o.rule);
	values_clear(&v);
}

/* The certificate of the last answer. */
static void
answer_cert(struct channel *c, struct buf *out)
{
	struct signer_issued m;

	ensure(c->answer.type == SIGNER_ISSUED);
	ensure(signer_issued_unpack(c->answer.body, &m, NULL) == ERR_OK);
	buf_reset(out);
	buf_add(out, m.cert);
}

static void
try_again(struct rogue *r)
{
	struct channel *c = channel_of(r, "issuing-p256");
	struct buf first = BUF_INIT(CERT_BYTES_MAX);
	struct buf second = BUF_INIT(CERT_BYTES_MAX);
	struct issue_values v;
	struct outcome o;

	fill(r, &orders[0], &v);
	o = send_order(c, &v);
	ensure(strcmp(o.got, "answered") == 0);
	answer_cert(c, &first);
	o = send_order(c, &v);
	ensure(strcmp(o.got, "answered") == 0);
	answer_cert(c, &second);
	report(r, "the same key and content again", c->name,
	    slice_eq(buf_slice(&first), buf_slice(&second)) ? "same bytes"
							    : "other bytes",
	    "");
	ensure(values_add_attr(&v, OID_O, SLICE_LIT(CN), NULL) == ERR_OK);
	o = send_order(c, &v);
	report(r, "the same key and other content", c->name, o.got, o.rule);
	values_clear(&v);
	buf_clear(&first);
	buf_clear(&second);
}

void
try_issue(struct rogue *r)
{
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		try_order(r, &orders[i]);
	}
	try_again(r);
}

void
issue_one(struct rogue *r, struct channel *c, struct buf *serial)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct cert *cert = NULL;
	struct issue_values v;
	struct outcome o;

	fill(r, &orders[0], &v);
	o = send_order(c, &v);
	ensure(strcmp(o.got, "answered") == 0);
	answer_cert(c, &der);
	ensure(cert_parse(buf_slice(&der), &cert, NULL) == ERR_OK);
	buf_add(serial, cert_serial(cert));
	cert_free(cert);
	values_clear(&v);
	buf_clear(&der);
}

/* As many as it gives; each has its own key of idempotency. */
void
try_ceiling(struct rogue *r)
{
	struct channel *c = channel_of(r, "issuing-p256");
	struct signer_info info;
	struct issue_values v;
	char text[OUTCOME_TEXT];
	struct outcome o;
	int num = 0;

	do {
		fill(r, &orders[0], &v);
		o = send_order(c, &v);
		values_clear(&v);
	} while (strcmp(o.got, "answered") == 0 && ++num < HOLDS);
	report(r, "more than the ceiling", c->name, o.got, o.rule);
	ask_info(c, &info);
	for (size_t i = 0; i < info.num_profiles; i++) {
		if (strcmp(info.profiles[i].name, "tls-client") == 0) {
			(void)snprintf(text, sizeof(text), "%llu of %llu",
			    (unsigned long long)info.profiles[i].used,
			    (unsigned long long)info.profiles[i].ceiling);
			report(r, "counted against the ceiling", c->name, text,
			    "");
		}
	}
	signer_info_clear(&info);
}
