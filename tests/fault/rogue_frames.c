/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions that are none: there is no message that has bytes signed, so
 * whatever is sent instead must end the asked process or be refused, and
 * leave nothing in its journal.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "rogue.h"

/* A packet of any header over a body. */
static struct outcome
send_packet(struct channel *c, uint16_t type, uint16_t version, uint32_t length,
    struct slice body)
{
	struct buf b = BUF_INIT((size_t)2 * FRAME_BYTES_MAX);
	struct outcome o;

	buf_add_u16(&b, type);
	buf_add_u16(&b, version);
	buf_add_u32(&b, length);
	buf_add_u64(&b, 7);
	buf_add(&b, body);
	o = ask_raw(c, buf_slice(&b));
	buf_clear(&b);
	return o;
}

/* An order as front writes it, for those that spoil it. */
static void
order(struct rogue *r, struct buf *out)
{
	const struct audit_position nowhere = {0};
	struct issue_values v;

	values_init(&v);
	ensure(values_set_profile(&v, SLICE_LIT("tls-client"), NULL) == ERR_OK);
	ensure(values_add_attr(&v, OID_CN, SLICE_LIT("x"), NULL) == ERR_OK);
	ensure(values_set_spki(&v, key_spki(r, "p256"), NULL) == ERR_OK);
	signer_issue_pack(out, &v, &nowhere);
	ensure(buf_err(out, NULL) == ERR_OK);
	values_clear(&v);
}

#define CHOSEN SLICE_LIT("bytes of our own choice, please sign them")

static struct outcome
unknown_type(struct rogue *r, struct channel *c)
{
	(void)r;
	return ask(c, SIGNER_MESSAGE_MAX_, CHOSEN, -1);
}

static struct outcome
type_zero(struct rogue *r, struct channel *c)
{
	(void)r;
	return ask(c, 0, CHOSEN, -1);
}

static struct outcome
an_answer(struct rogue *r, struct channel *c)
{
	(void)r;
	return ask(c, SIGNER_ISSUED, CHOSEN, -1);
}

static struct outcome
no_order(struct rogue *r, struct channel *c)
{
	(void)r;
	return ask(c, SIGNER_ISSUE, CHOSEN, -1);
}

/* A serial number of our choice has no field to stand in. */
static struct outcome
own_serial(struct rogue *r, struct channel *c)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct outcome o;

	order(r, &body);
	wire_put_bytes(&body, SLICE_LIT("\x01\x02\x03"));
	o = ask(c, SIGNER_ISSUE, buf_slice(&body), -1);
	buf_clear(&body);
	return o;
}

static struct outcome
cut_order(struct rogue *r, struct channel *c)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct outcome o;

	order(r, &body);
	body.len -= 10;
	o = ask(c, SIGNER_ISSUE, buf_slice(&body), -1);
	buf_clear(&body);
	return o;
}

static struct outcome
with_descriptor(struct rogue *r, struct channel *c)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct outcome o;
	int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	order(r, &body);
	o = ask(c, SIGNER_ISSUE, buf_slice(&body), fd);
	buf_clear(&body);
	fd_close(fd);
	return o;
}

static struct outcome
list_without_entries(struct rogue *r, struct channel *c)
{
	struct signer_crl m = {.number = 1 << 20,
	    .this_update = rogue_now(r),
	    .next_update = rogue_now(r) + 60};
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct outcome o;

	signer_crl_pack(&body, &m);
	o = ask(c, SIGNER_CRL, buf_slice(&body), -1);
	buf_clear(&body);
	return o;
}

static struct outcome
other_version(struct rogue *r, struct channel *c)
{
	(void)r;
	return send_packet(c, SIGNER_INFO, FRAME_VERSION + 1, 0, SLICE_EMPTY);
}

static struct outcome
wrong_length(struct rogue *r, struct channel *c)
{
	(void)r;
	return send_packet(
	    c, SIGNER_INFO, FRAME_VERSION, 0xffffffff, SLICE_EMPTY);
}

static struct outcome
too_large(struct rogue *r, struct channel *c)
{
	static uint8_t much[FRAME_BYTES_MAX];

	(void)r;
	return send_packet(c, SIGNER_INFO, FRAME_VERSION, sizeof(much),
	    slice_make(much, sizeof(much)));
}

static struct outcome
half_header(struct rogue *r, struct channel *c)
{
	(void)r;
	return ask_raw(c, SLICE_LIT("\x00\x10\x00\x01"));
}

/* Orders and lists at the even places: those go to a CA's key. */
static const struct {
	const char *name;
	struct outcome (*run)(struct rogue *r, struct channel *c);
} attempts[] = {
    {"chosen bytes instead of an order", no_order},
    {"chosen bytes under type zero", type_zero},
    {"an order with a serial of its own", own_serial},
    {"an answer instead of a question", an_answer},
    {"an order cut short", cut_order},
    {"a frame of another version", other_version},
    {"an order with a descriptor", with_descriptor},
    {"a frame of a wrong length", wrong_length},
    {"a list without entries", list_without_entries},
    {"a frame too large", too_large},
    {"chosen bytes under an unknown type", unknown_type},
    {"half a header", half_header},
};

/* How many certificates and lists the journal tells of. */
static unsigned
num_signed(struct channel *c)
{
	struct signer_journal ask_for = {.limit = SIGNER_JOURNAL_PAGE_MAX};
	struct signer_journal_entry entry;
	struct signer_journal_end end = {.last = 1};
	struct signer_info info;
	unsigned num = 0;

	ask_info(c, &info);
	end.last = info.journal_number;
	signer_info_clear(&info);
	for (uint64_t at = 0; at < end.last; at++) {
		struct buf body = BUF_INIT(64);

		ask_for.after = at;
		ask_for.limit = 1;
		signer_journal_pack(&body, &ask_for);
		ensure(strcmp(ask(c, SIGNER_JOURNAL, buf_slice(&body), -1).got,
			   "answered") == 0);
		ensure(signer_journal_entry_unpack(
			   c->answer.body, &entry, NULL) == ERR_OK);
		num += entry.type == JOURNAL_ISSUE || entry.type == JOURNAL_CRL;
		buf_clear(&body);
	}
	return num;
}

void
try_frames(struct rogue *r)
{
	/* In turn, because who ends often is started again ever later. */
	static const char *const names[] = {
	    "issuing-gost", "ocsp-gost", "issuing-p256", "ocsp-p256"};
	unsigned before[ARRAY_LEN(names)];

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		before[i] = num_signed(channel_of(r, names[i]));
	}
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		struct channel *c = channel_of(r, names[i % ARRAY_LEN(names)]);
		struct outcome o = attempts[i].run(r, c);

		report(r, attempts[i].name, c->name, o.got, o.rule);
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct channel *c = channel_of(r, names[i]);
		unsigned after = num_signed(c);

		report(r, "signed meanwhile", c->name,
		    after == before[i] ? "nothing" : "something", "");
	}
}

void
try_profiles(struct rogue *r)
{
	for (size_t i = 0; i < r->num_channels; i++) {
		struct channel *c = &r->channels[i];
		struct signer_info info;

		if (strcmp(c->name, "courier") == 0) {
			continue;
		}
		ask_info(c, &info);
		for (size_t k = 0; k < info.num_profiles; k++) {
			struct buf hex = BUF_INIT(65);

			text_hex(&hex, slice_make(info.profiles[k].sha256, 32));
			report(r, info.profiles[k].name, c->name,
			    buf_cstr(&hex), "");
			buf_clear(&hex);
		}
		signer_info_clear(&info);
	}
}
