/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/courier_msg.h"

#include "base/bounds.h"
#include "ipc/wire.h"

static void
put_id(struct buf *out, const struct id *id)
{
	wire_put_fixed(out, id->b, sizeof(id->b));
}

static void
get_id(struct wire *w, struct id *out)
{
	wire_get_fixed(w, out->b, sizeof(out->b));
}

/* 1 .. limit - 1, as every enum here. */
static uint32_t
get_enum(struct wire *w, uint32_t limit)
{
	uint32_t v = wire_get_below(w, limit);

	if (v == 0) {
		wire_bad(w, "a kind or outcome of 0");
	}
	return v;
}

void
courier_key_pack(const struct courier_key *m, struct buf *out)
{
	wire_put_fixed(out, m->key, sizeof(m->key));
	wire_put_bool(out, m->ready);
	wire_put_bool(out, m->mail);
}

enum err
courier_key_unpack(
    struct slice body, struct courier_key *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct courier_key m = {0};
	enum err e;

	wire_get_fixed(&w, m.key, sizeof(m.key));
	m.ready = wire_get_bool(&w);
	m.mail = wire_get_bool(&w);
	e = wire_end(&w, "courier key", ei);
	if (e == ERR_OK) {
		*out = m;
	}
	return e;
}

void
courier_deliver_pack(const struct courier_deliver *m, struct buf *out)
{
	put_id(out, &m->outbox);
	wire_put_u32(out, (uint32_t)m->kind);
	wire_put_text(out, m->to);
	wire_put_i64(out, m->expires_sec);
	wire_put_text(out, m->report);
	wire_put_text(out, m->avoid);
	wire_put_bytes(out, m->sealed);
}

enum err
courier_deliver_unpack(
    struct slice body, struct courier_deliver *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct courier_deliver m = {0};
	enum err e;

	get_id(&w, &m.outbox);
	m.kind = (enum courier_kind)get_enum(&w, COURIER_KIND_MAX_);
	wire_get_text(&w, m.to, sizeof(m.to));
	m.expires_sec = wire_get_i64(&w);
	wire_get_text(&w, m.report, sizeof(m.report));
	wire_get_text(&w, m.avoid, sizeof(m.avoid));
	m.sealed = wire_get_bytes(&w, COURIER_SEALED_MAX);
	if (m.to[0] == '\0' || m.expires_sec < 0) {
		wire_bad(&w, "no address, or an expiry before 1970");
	}
	e = wire_end(&w, "courier deliver", ei);
	if (e == ERR_OK) {
		*out = m;
	}
	return e;
}

void
courier_result_pack(const struct courier_result *m, struct buf *out)
{
	put_id(out, &m->outbox);
	wire_put_u32(out, (uint32_t)m->outcome);
	wire_put_text(out, m->route);
	wire_put_u32(out, m->parts);
	wire_put_i64(out, m->cost);
	wire_put_u32(out, (uint32_t)m->num_tries);
	for (size_t i = 0; i < m->num_tries; i++) {
		wire_put_text(out, m->tries[i].route);
		wire_put_u32(out, (uint32_t)m->tries[i].outcome);
	}
	wire_put_text(out, m->provider_id);
	wire_put_text(out, m->detail);
}

enum err
courier_result_unpack(
    struct slice body, struct courier_result *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct courier_result m = {0};
	enum err e;

	get_id(&w, &m.outbox);
	m.outcome = (enum courier_outcome)get_enum(&w, COURIER_OUTCOME_MAX_);
	wire_get_text(&w, m.route, sizeof(m.route));
	m.parts = wire_get_u32(&w);
	m.cost = wire_get_i64(&w);
	if (m.cost < 0) {
		wire_bad(&w, "a cost below nothing");
	}
	m.num_tries = wire_get_below(&w, COURIER_ROUTES_MAX + 1);
	for (size_t i = 0; i < m.num_tries; i++) {
		wire_get_text(&w, m.tries[i].route, sizeof(m.tries[i].route));
		m.tries[i].outcome =
		    (enum courier_outcome)get_enum(&w, COURIER_OUTCOME_MAX_);
	}
	wire_get_text(&w, m.provider_id, sizeof(m.provider_id));
	wire_get_text(&w, m.detail, sizeof(m.detail));
	e = wire_end(&w, "courier result", ei);
	if (e == ERR_OK) {
		*out = m;
	}
	return e;
}

static void
put_patterns(struct buf *out, const char (*patterns)[COURIER_PATTERN_MAX + 1],
    size_t num)
{
	wire_put_u32(out, (uint32_t)num);
	for (size_t i = 0; i < num; i++) {
		wire_put_text(out, patterns[i]);
	}
}

static size_t
get_patterns(struct wire *w, char (*out)[COURIER_PATTERN_MAX + 1])
{
	size_t num = wire_get_below(w, COURIER_PATTERNS_MAX + 1);

	for (size_t i = 0; i < num; i++) {
		wire_get_text(w, out[i], COURIER_PATTERN_MAX + 1);
	}
	return num;
}

void
courier_routes_pack(const struct courier_routes *m, struct buf *out)
{
	wire_put_u32(out, (uint32_t)m->num);
	for (size_t i = 0; i < m->num; i++) {
		const struct courier_route *r = &m->at[i];

		wire_put_text(out, r->name);
		put_patterns(out, r->delivered, r->num_delivered);
		put_patterns(out, r->failed, r->num_failed);
		wire_put_i64(out, r->cool_until);
	}
}

enum err
courier_routes_unpack(
    struct slice body, struct courier_routes *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct courier_routes m = {0};
	enum err e;

	m.num = wire_get_below(&w, COURIER_ROUTES_MAX + 1);
	for (size_t i = 0; i < m.num; i++) {
		struct courier_route *r = &m.at[i];

		wire_get_text(&w, r->name, sizeof(r->name));
		r->num_delivered = get_patterns(&w, r->delivered);
		r->num_failed = get_patterns(&w, r->failed);
		r->cool_until = wire_get_i64(&w);
	}
	e = wire_end(&w, "courier routes", ei);
	if (e == ERR_OK) {
		*out = m;
	}
	return e;
}

void
courier_seal_context(const struct id *outbox, enum courier_kind kind,
    const char *to, struct buf *out)
{
	wire_put_text(out, "surguch.courier.1");
	put_id(out, outbox);
	wire_put_u32(out, (uint32_t)kind);
	wire_put_text(out, to);
}

const char *
courier_outcome_name(enum courier_outcome outcome)
{
	switch (outcome) {
	case COURIER_DELIVERED:
		return "delivered";
	case COURIER_RETRY:
		return "retry";
	case COURIER_UNCLEAR:
		return "unclear";
	case COURIER_REFUSED:
		return "refused";
	case COURIER_OUTCOME_MAX_:
		break;
	}
	return "unknown";
}
