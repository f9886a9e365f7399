/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every message and every payload of the journal: what is packed comes back,
 * and neither one byte less nor one more is taken.
 */
#include "unit.h"

#include <string.h>

#include "crypto/init.h"
#include "ipc/frame.h"
#include "signer/message.h"
#include "signer/record.h"

static struct audit_position at = {.number = 6, .hash = {1, 2, 3}};

/* Packs a sample; the other unpacks, and looks whether it is the sample. */
struct kind {
	const char *name;
	void (*pack)(struct buf *b);
	enum err (*unpack)(struct slice body, struct errinfo *ei);
};

/* --- the channel's ------------------------------------------------------ */

static void
issue_pack(struct buf *b)
{
	struct issue_values v;
	struct errinfo ei;

	values_init(&v);
	v.idem[31] = 7;
	v.not_before = -5;
	v.not_after = INT64_MAX;
	v.identification_kind = IDENTIFICATION_PERSONAL;
	assert_ok(values_set_profile(&v, SLICE_LIT("tls-client"), &ei), &ei);
	assert_ok(values_add_attr(&v, OID_CN, SLICE_LIT("Ёж"), &ei), &ei);
	assert_ok(values_add_attr(&v, OID_OU, SLICE_LIT("1"), &ei), &ei);
	assert_ok(values_add_attr(&v, OID_OU, SLICE_LIT("2"), &ei), &ei);
	assert_ok(
	    values_add_san(&v, SAN_DNS, SLICE_LIT("a.example"), &ei), &ei);
	assert_ok(values_set_spki(&v, SLICE_LIT("key"), &ei), &ei);
	assert_ok(values_set_note(&v, SLICE_LIT("note"), &ei), &ei);
	signer_issue_pack(b, &v, &at);
	values_clear(&v);
}

static enum err
issue_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_issue_msg m;
	enum err err = signer_issue_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.values.idem[31], 7);
		assert_true(m.values.not_before == -5);
		assert_true(m.values.not_after == INT64_MAX);
		assert_int_equal(m.values.identification_kind, 0);
		assert_int_equal(
		    subject_attrs_count(&m.values.attrs, OID_OU), 2);
		assert_string_equal(
		    m.values.attrs.at[m.values.attrs.num - 1].text, "2");
		assert_int_equal(m.values.num_sans, 1);
		assert_string_equal(m.values.sans[0].text, "a.example");
		assert_true(slice_eq_str(values_spki(&m.values), "key"));
		assert_true(slice_eq_str(values_note(&m.values), "note"));
		assert_memory_equal(&m.at, &at, sizeof(at));
		signer_issue_clear(&m);
	}
	return err;
}

static void
issued_pack(struct buf *b)
{
	struct signer_issued m = {.number = 5,
	    .time = 7,
	    .replay = true,
	    .request = {9},
	    .cert = SLICE_LIT("cert")};

	signer_issued_pack(b, &m);
}

static enum err
issued_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_issued m;
	enum err err = signer_issued_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.number, 5);
		assert_int_equal(m.time, 7);
		assert_true(m.replay);
		assert_int_equal(m.request[0], 9);
		assert_true(slice_eq_str(m.cert, "cert"));
	}
	return err;
}

static void
find_pack(struct buf *b)
{
	struct signer_find m = {.idem = {1, 2}};

	signer_find_pack(b, &m);
}

static enum err
find_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_find m;
	enum err err = signer_find_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.idem[1], 2);
	}
	return err;
}

static void
crl_pack(struct buf *b)
{
	struct signer_crl m = {
	    .number = 1,
	    .this_update = 2,
	    .next_update = 3,
	    .at = at,
	    .shard = {3, 16, true},
	};

	signer_crl_pack(b, &m);
}

static enum err
crl_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_crl m;
	enum err err = signer_crl_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.number, 1);
		assert_int_equal(m.this_update, 2);
		assert_int_equal(m.next_update, 3);
		assert_memory_equal(&m.at, &at, sizeof(at));
		assert_true(
		    crl_shard_eq(m.shard, (struct crl_shard){3, 16, true}));
	}
	return err;
}

static void
crl_done_pack(struct buf *b)
{
	struct signer_crl_done m = {.journal_number = 4,
	    .sha256 = {5},
	    .front = SLICE_LIT("front"),
	    .back = SLICE_LIT("back")};

	signer_crl_done_pack(b, &m);
}

static enum err
crl_done_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_crl_done m;
	enum err err = signer_crl_done_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.journal_number, 4);
		assert_int_equal(m.sha256[0], 5);
		assert_true(slice_eq_str(m.front, "front"));
		assert_true(slice_eq_str(m.back, "back"));
	}
	return err;
}

static void
journal_pack(struct buf *b)
{
	struct signer_journal m = {
	    .after = 9, .limit = SIGNER_JOURNAL_PAGE_MAX};

	signer_journal_pack(b, &m);
}

static enum err
journal_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_journal m;
	enum err err = signer_journal_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.after, 9);
		assert_int_equal(m.limit, SIGNER_JOURNAL_PAGE_MAX);
	}
	return err;
}

static void
entry_pack(struct buf *b)
{
	struct signer_journal_entry m = {
	    .number = 1,
	    .type = JOURNAL_ISSUE,
	    .time = 2,
	    .at = at,
	    .idem = {3},
	    .request = {4},
	    .profile = "p",
	    .cert = SLICE_LIT("cert"),
	    .note = SLICE_LIT("note"),
	};

	signer_journal_entry_pack(b, &m);
}

static enum err
entry_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_journal_entry m;
	enum err err = signer_journal_entry_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.type, JOURNAL_ISSUE);
		assert_int_equal(m.idem[0], 3);
		assert_string_equal(m.profile, "p");
		assert_true(slice_eq_str(m.note, "note"));
		assert_true(slice_eq_str(m.cert, "cert"));
	}
	return err;
}

static void
crl_entry_pack(struct buf *b)
{
	struct signer_journal_entry m = {
	    .number = 1,
	    .type = JOURNAL_CRL,
	    .at = at,
	    .crl_number = 5,
	    .this_update = 6,
	    .next_update = 7,
	    .crl_sha256 = {8},
	};

	signer_journal_entry_pack(b, &m);
}

static enum err
crl_entry_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_journal_entry m;
	enum err err = signer_journal_entry_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.type, JOURNAL_CRL);
		assert_int_equal(m.crl_number, 5);
		assert_int_equal(m.next_update, 7);
		assert_int_equal(m.crl_sha256[0], 8);
	}
	return err;
}

static const struct signer_epoch epoch = {
    .previous = {.number = 6, .hash = {1}},
    .at = {.writer = {{2}}, .number = 1, .hash = {3}},
};

static void
epoch_pack(struct buf *b)
{
	signer_epoch_pack(b, &epoch);
}

static enum err
epoch_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_epoch m;
	enum err err = signer_epoch_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_memory_equal(&m, &epoch, sizeof(m));
	}
	return err;
}

static void
epoch_done_pack(struct buf *b)
{
	struct signer_epoch_done m = {.number = 9};

	signer_epoch_done_pack(b, &m);
}

static enum err
epoch_done_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_epoch_done m;
	enum err err = signer_epoch_done_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.number, 9);
	}
	return err;
}

static void
renew_pack(struct buf *b)
{
	struct signer_renew m = {.cert = SLICE_LIT("cert")};

	signer_renew_pack(b, &m);
}

static enum err
renew_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_renew m;
	enum err err = signer_renew_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_true(slice_eq_str(m.cert, "cert"));
	}
	return err;
}

static void
epoch_entry_pack(struct buf *b)
{
	struct signer_journal_entry m = {
	    .number = 3,
	    .type = JOURNAL_EPOCH,
	    .previous = epoch.previous,
	    .at = epoch.at,
	};

	signer_journal_entry_pack(b, &m);
}

static enum err
epoch_entry_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_journal_entry m;
	enum err err = signer_journal_entry_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.type, JOURNAL_EPOCH);
		assert_memory_equal(
		    &m.previous, &epoch.previous, sizeof(m.previous));
		assert_memory_equal(&m.at, &epoch.at, sizeof(m.at));
	}
	return err;
}

static void
page_order_pack(struct buf *b)
{
	static const uint8_t bytes[PAGE_ORDER_SHA] = {8};
	const struct page_order o = {
	    .operation = PAGE_ACQUAINT,
	    .agent = slice_make(bytes, PAGE_ORDER_ID),
	    .application = slice_make(bytes, PAGE_ORDER_ID),
	    .person = SLICE_LIT("Anna"),
	    .key_spec = SLICE_LIT("p256"),
	    .document = SLICE_LIT("text"),
	    .document_size = 77,
	    .document_sha256 = slice_make(bytes, sizeof(bytes)),
	    .certificate = slice_make(bytes, sizeof(bytes)),
	};

	signer_page_order_pack(b, &o);
}

static enum err
page_order_unpack(struct slice body, struct errinfo *ei)
{
	struct page_order o;
	enum err err = signer_page_order_unpack(body, &o, ei);

	if (err == ERR_OK) {
		assert_int_equal(o.operation, PAGE_ACQUAINT);
		assert_int_equal(o.agent.p[0], 8);
		assert_true(slice_eq_str(o.person, "Anna"));
		assert_true(slice_eq_str(o.key_spec, "p256"));
		assert_true(slice_eq_str(o.document, "text"));
		assert_int_equal(o.document_size, 77);
		assert_int_equal(o.certificate.len, PAGE_ORDER_SHA);
		/* The signer's own to say. */
		assert_int_equal(o.origin.len, 0);
		assert_int_equal(o.nonce.len, 0);
	}
	return err;
}

static void
page_order_done_pack(struct buf *b)
{
	struct signer_page_order_done m = {
	    .order = SLICE_LIT("order"), .not_after = 9};

	signer_page_order_done_pack(b, &m);
}

static enum err
page_order_done_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_page_order_done m;
	enum err err = signer_page_order_done_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_true(slice_eq_str(m.order, "order"));
		assert_int_equal(m.not_after, 9);
	}
	return err;
}

static void
ocsp_pack(struct buf *b)
{
	struct signer_ocsp m = {.num_singles = 2, .nonce_len = 2};

	m.nonce[1] = 9;
	for (size_t i = 0; i < 2; i++) {
		struct signer_ocsp_single *s = &m.singles[i];

		s->hash = i == 0 ? HASH_SHA1 : HASH_STREEBOG512;
		s->issuer_name_hash[19] = 1;
		s->issuer_key_hash[19] = 2;
		s->serial[0] = 5;
		s->serial_len = 1 + i;
		s->status = SIGNER_OCSP_REVOKED;
		s->revoked_at = 10;
		s->reason = (int)i;
		s->this_update = 11;
		s->next_update = 12;
	}
	signer_ocsp_pack(b, &m);
}

static enum err
ocsp_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_ocsp m;
	enum err err = signer_ocsp_unpack(body, &m, ei);

	if (err == ERR_OK) {
		assert_int_equal(m.num_singles, 2);
		assert_int_equal(m.nonce_len, 2);
		assert_int_equal(m.nonce[1], 9);
		assert_int_equal(m.singles[1].hash, HASH_STREEBOG512);
		assert_int_equal(m.singles[1].issuer_key_hash[19], 2);
		assert_int_equal(m.singles[1].serial_len, 2);
		assert_int_equal(m.singles[1].reason, 1);
		assert_int_equal(m.singles[0].revoked_at, 10);
	}
	return err;
}

static void
info_pack(struct buf *b)
{
	uint8_t bytes[2] = {1, 2};
	struct signer_info i = {
	    .name = "issuing",
	    .ready = true,
	    .key_alg = KEY_GOST256,
	    .num_profiles = 1,
	    .spki = bytes,
	    .spki_len = 2,
	    .cert = bytes,
	    .cert_len = 1,
	};

	memcpy(i.profiles[0].name, "p", 2);
	i.profiles[0].ceiling = UINT64_MAX;
	signer_info_pack(b, &i);
}

static enum err
info_unpack(struct slice body, struct errinfo *ei)
{
	struct signer_info i;
	enum err err;

	signer_info_init(&i);
	err = signer_info_unpack(body, &i, ei);
	if (err == ERR_OK) {
		assert_string_equal(i.name, "issuing");
		assert_true(i.ready);
		assert_false(i.ocsp);
		assert_int_equal(i.key_alg, KEY_GOST256);
		assert_true(i.profiles[0].ceiling == UINT64_MAX);
		assert_int_equal(i.spki_len, 2);
		assert_int_equal(i.cert[0], 1);
	}
	signer_info_clear(&i);
	return err;
}

/* --- the journal's ------------------------------------------------------ */

static void
open_payload_pack(struct buf *b)
{
	struct record_open p = {.version = "1",
	    .instance = "a",
	    .pid = 3,
	    .num_profiles = 1,
	    .profiles = {{.name = "p", .sha256 = {4}}}};

	record_open_pack(b, &p);
}

static enum err
open_payload_unpack(struct slice body, struct errinfo *ei)
{
	struct record_open p;
	enum err err = record_open_unpack(body, &p, ei);

	if (err == ERR_OK) {
		assert_int_equal(p.pid, 3);
		assert_string_equal(p.profiles[0].name, "p");
	}
	return err;
}

static void
crl_payload_pack(struct buf *b)
{
	struct record_revoked one = {SLICE_LIT("\5"), 6};
	struct buf run = BUF_INIT(100);
	struct record_crl p = {.number = 1, .num_entries = 2, .at = at};

	record_revoked_put(&run, &one);
	p.revoked = buf_slice(&run);
	p.dropped = buf_slice(&run);
	record_crl_pack(b, &p);
	buf_clear(&run);
}

static enum err
crl_payload_unpack(struct slice body, struct errinfo *ei)
{
	struct record_revoked one;
	struct record_crl p;
	enum err err = record_crl_unpack(body, &p, ei);

	if (err == ERR_OK) {
		assert_int_equal(p.num_entries, 2);
		assert_true(record_revoked_next(&p.dropped, &one));
		assert_int_equal(one.not_after, 6);
		assert_false(record_revoked_next(&p.dropped, &one));
	}
	return err;
}

static void
release_payload_pack(struct buf *b)
{
	struct record_release p = {SLICE_LIT("\5"), "by", "why"};

	record_release_pack(b, &p);
}

static enum err
release_payload_unpack(struct slice body, struct errinfo *ei)
{
	struct record_release p;
	enum err err = record_release_unpack(body, &p, ei);

	if (err == ERR_OK) {
		assert_string_equal(p.by, "by");
		assert_string_equal(p.reason, "why");
	}
	return err;
}

static const struct kind kinds[] = {
    {"ISSUE", issue_pack, issue_unpack},
    {"ISSUED", issued_pack, issued_unpack},
    {"FIND", find_pack, find_unpack},
    {"CRL", crl_pack, crl_unpack},
    {"CRL_DONE", crl_done_pack, crl_done_unpack},
    {"JOURNAL", journal_pack, journal_unpack},
    {"JOURNAL_ENTRY", entry_pack, entry_unpack},
    {"JOURNAL_ENTRY of a CRL", crl_entry_pack, crl_entry_unpack},
    {"JOURNAL_ENTRY of an EPOCH", epoch_entry_pack, epoch_entry_unpack},
    {"EPOCH", epoch_pack, epoch_unpack},
    {"EPOCH_DONE", epoch_done_pack, epoch_done_unpack},
    {"RENEW", renew_pack, renew_unpack},
    {"OCSP", ocsp_pack, ocsp_unpack},
    {"PAGE_ORDER", page_order_pack, page_order_unpack},
    {"PAGE_ORDER_DONE", page_order_done_pack, page_order_done_unpack},
    {"INFO_DONE", info_pack, info_unpack},
    {"record OPEN", open_payload_pack, open_payload_unpack},
    {"record CRL", crl_payload_pack, crl_payload_unpack},
    {"record RELEASE", release_payload_pack, release_payload_unpack},
};

static void
exactly_what_was_packed(void **state)
{
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct buf b = BUF_INIT(FRAME_BODY_MAX);

		kinds[i].pack(&b);
		assert_ok(buf_err(&b, &ei), &ei);
		assert_ok(kinds[i].unpack(buf_slice(&b), &ei), &ei);
		for (size_t len = 0; len < b.len; len++) {
			if (kinds[i].unpack(slice_make(b.p, len), &ei) !=
			    ERR_FORMAT) {
				print_error("%s, %zu of %zu bytes\n",
				    kinds[i].name, len, b.len);
				fail();
			}
			assert_string_equal(ei.rule, "wire.message");
		}
		buf_add_u8(&b, 0);
		assert_int_equal(
		    kinds[i].unpack(buf_slice(&b), &ei), ERR_FORMAT);
		buf_clear(&b);
	}
}

/* A record of a list ends where the older ones did: before the shard of a full
 * list, before the base of what is no delta. */
static void
a_record_tells_which_list_it_is_of(void **state)
{
	static const struct {
		struct crl_shard shard;
		uint64_t base;
		size_t more;
	} lists[] = {
	    {{0}, 0, 0},
	    {{3, 16}, 0, 8},
	    {{0, 0, true}, 6, 16},
	    {{3, 16, true}, 1, 16},
	};
	size_t least = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct record_crl out, p = {.number = 7,
					   .at = at,
					   .shard = lists[i].shard,
					   .base = lists[i].base};
		struct buf b = BUF_INIT(1000);
		struct errinfo ei;

		record_crl_pack(&b, &p);
		assert_ok(record_crl_unpack(buf_slice(&b), &out, &ei), &ei);
		assert_true(crl_shard_eq(out.shard, p.shard));
		assert_int_equal(out.base, p.base);
		least = i == 0 ? b.len : least;
		assert_int_equal(b.len, least + lists[i].more);
		buf_clear(&b);
	}
}

static void
a_record_of_no_list_is_none(void **state)
{
	static const struct {
		struct crl_shard shard;
		uint64_t base;
	} lists[] = {
	    {{0, 0, true}, 0},    /* of nothing */
	    {{0, 0, true}, 7},    /* of itself */
	    {{3, 16, true}, 8},   /* of one to come */
	    {{16, 16, true}, 1},  /* of no shard */
	    {{0, 1, true}, 1},    /* the full list, said otherwise */
	    {{16, 16, false}, 0}, /* no shard */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct record_crl out, p = {.number = 7,
					   .at = at,
					   .shard = lists[i].shard,
					   .base = lists[i].base};
		struct buf b = BUF_INIT(1000);
		struct errinfo ei;

		record_crl_pack(&b, &p);
		assert_int_equal(
		    record_crl_unpack(buf_slice(&b), &out, &ei), ERR_FORMAT);
		buf_clear(&b);
	}
}

/* A record and its hash: any changed bit is seen. */
static void
a_record_answers_for_itself(void **state)
{
	struct record r = {.number = 3,
	    .type = JOURNAL_ISSUE,
	    .time = -1,
	    .synced = 99,
	    .previous = {5},
	    .payload = SLICE_LIT("payload")};
	struct buf b = BUF_INIT(1000);
	struct record back;
	struct errinfo ei;

	(void)state;
	assert_ok(crypto_init(&ei), &ei);
	assert_ok(record_pack(&b, &r, &ei), &ei);
	assert_int_equal(b.len, RECORD_OVERHEAD + 7);
	assert_ok(record_unpack(buf_slice(&b), &back, &ei), &ei);
	assert_int_equal(back.number, 3);
	assert_true(back.time == -1);
	assert_int_equal(back.synced, 99);
	assert_int_equal(back.previous[0], 5);
	assert_true(slice_eq_str(back.payload, "payload"));
	assert_memory_equal(back.hash, r.hash, RECORD_HASH_SIZE);
	for (size_t i = 0; i < b.len * 8; i++) {
		b.p[i / 8] ^= (uint8_t)(1u << (i % 8));
		assert_int_equal(
		    record_unpack(buf_slice(&b), &back, &ei), ERR_FORMAT);
		b.p[i / 8] ^= (uint8_t)(1u << (i % 8));
	}
	for (size_t len = 0; len < b.len; len++) {
		assert_int_equal(
		    record_unpack(slice_make(b.p, len), &back, &ei),
		    ERR_FORMAT);
	}
	buf_clear(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(exactly_what_was_packed),
	    cmocka_unit_test(a_record_tells_which_list_it_is_of),
	    cmocka_unit_test(a_record_of_no_list_is_none),
	    cmocka_unit_test(a_record_answers_for_itself),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
