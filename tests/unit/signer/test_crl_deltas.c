/* SPDX-License-Identifier: Apache-2.0 */
/* Delta CRLs: whoever has a list that is in force and the newest delta of it
 * knows what the whole list would say now. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/pubkey.h"
#include "house.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/ext.h"

enum {
	CERTS = 20,
	SHARDS = 3,
	LISTS = SHARDS + 1, /* the last one is the full one */
	HOUR_SEC = 3600,
	STEPS = 500,
	STEP_SEC = 1800,
	KEPT_SEC = 3 * DAY_SEC, /* front keeps what has ended so long */
	LISTS_MAX = 4 * STEPS,
};

static struct house house;
static struct kit kit;
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);
static struct buf crl = BUF_INIT(1 << 20);
static struct buf entries = BUF_INIT(1 << 20);
static uint64_t number;

/* What front's database says of each, ascending by serial. */
static struct one {
	uint8_t serial[HOUSE_SERIAL];
	int64_t not_after;
	enum crl_reason reason; /* CRL_REASON_NONE: good */
} ones[CERTS];

static const struct crl_shard full = {0};

static struct slice
serial(int i)
{
	return slice_make(ones[i].serial, HOUSE_SERIAL);
}

static struct slice
url_of(const struct ext *x)
{
	assert_non_null(x);
	return x->kind == EXT_IDP ? x->u.idp.point.full.list[0].value
				  : x->u.points.list[0].full.list[0].value;
}

/* Lint has looked; here from outside. */
static void
names_its_delta(const struct cert *c)
{
	struct crl_shard named, want = crl_shard_of(cert_serial(c), SHARDS);
	const struct ext *x = ext_find(cert_exts(c), EXT_FRESHEST_CRL);

	assert_true(crl_shard_parse(url_of(x), &named));
	assert_false(x->critical);
	assert_true(crl_shard_eq(named, crl_shard_delta(want)));
}

static int
compare_ones(const void *a, const void *b)
{
	const struct one *x = a;
	const struct one *y = b;

	return memcmp(x->serial, y->serial, HOUSE_SERIAL);
}

/* Half of them end within the test, the others after it. */
static void
issue_all(void)
{
	struct buf store = BUF_INIT(CERT_BYTES_MAX);
	struct signer_issued out;
	struct errinfo ei;

	for (unsigned i = 0; i < CERTS; i++) {
		struct signer_issue_msg m = {.at = house_audit(1)};
		struct cert *c = NULL;

		house_values(
		    &m.values, "tls-client", "user", buf_slice(&key), 50 + i);
		m.values.not_after =
		    kit.now + (i % 2 == 0 ? 2 + i / 4 : 100) * DAY_SEC;
		ones[i].not_after = m.values.not_after;
		assert_ok(engine_issue(kit.engine, &m, &store, &out, &ei), &ei);
		signer_issue_clear(&m);
		assert_ok(cert_parse(out.cert, &c, &ei), &ei);
		assert_int_equal(cert_serial(c).len, HOUSE_SERIAL);
		memcpy(ones[i].serial, cert_serial(c).p, HOUSE_SERIAL);
		names_its_delta(c);
		cert_free(c);
	}
	assert_ok(engine_commit(kit.engine, &ei), &ei);
	qsort(ones, CERTS, sizeof(*ones), compare_ones);
	buf_clear(&store);
}

static void
begin(const char *more)
{
	assert_true(house_begin(&house, &kit, more));
	house_key(&key);
	number = 0;
	memset(ones, 0, sizeof(ones));
	for (int i = 0; i < CERTS; i++) {
		ones[i].reason = CRL_REASON_NONE;
	}
	kit_open(&kit, &house, "issuing");
}

static void
end(void)
{
	kit_close(&kit);
	house_close(&house);
}

static void
restart(void)
{
	kit_close(&kit);
	kit_open(&kit, &house, "issuing");
}

/* Does front list it now? */
static bool
is_listed(int i)
{
	return ones[i].reason != CRL_REASON_NONE &&
	       ones[i].not_after + KEPT_SEC > kit.now;
}

static void
put_entries(struct crl_shard shard)
{
	buf_reset(&entries);
	for (int i = 0; i < CERTS; i++) {
		if (is_listed(i) && crl_shard_has(shard, serial(i))) {
			crl_entry_put(
			    &entries, serial(i), kit.now - 5, ones[i].reason);
		}
	}
}

static struct signer_crl
order(struct crl_shard shard)
{
	return (struct signer_crl){
	    .number = number + 1,
	    .this_update = kit.now,
	    .next_update = kit.now + (shard.delta ? 2 * HOUR_SEC : DAY_SEC),
	    .at = house_audit(4),
	    .shard = shard,
	};
}

static enum err
make(const struct signer_crl *m, struct errinfo *ei)
{
	struct signer_crl_done done;
	bool fatal = true;
	enum err err =
	    engine_crl(kit.engine, m, buf_slice(&entries), &done, &fatal, ei);

	assert_false(fatal);
	assert_int_equal(engine_num_pending(kit.engine), 0);
	if (err == ERR_OK) {
		number = m->number;
		buf_reset(&crl);
		buf_add(&crl, done.front);
		buf_add(
		    &crl, m->shard.delta ? done.entries : buf_slice(&entries));
		buf_add(&crl, done.back);
	}
	return err;
}

static struct crl *
must(struct crl_shard shard)
{
	struct signer_crl m = order(shard);
	struct crl *c = NULL;
	struct errinfo ei;

	put_entries(shard);
	assert_ok(make(&m, &ei), &ei);
	assert_ok(crl_parse(buf_slice(&crl), &c, &ei), &ei);
	return c;
}

static void
refused(struct crl_shard shard, enum err kind, const char *rule)
{
	struct signer_crl m = order(shard);
	struct errinfo ei;

	put_entries(shard);
	assert_int_equal(make(&m, &ei), kind);
	assert_string_equal(ei.rule, rule);
}

static uint64_t
to_number(struct slice s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		n = n << 8 | s.p[i];
	}
	return n;
}

static uint64_t
base_of(const struct crl *c)
{
	const struct ext *x = ext_find(crl_exts(c), EXT_DELTA_CRL);

	assert_non_null(x);
	assert_true(x->critical);
	return to_number(x->u.integer);
}

/* --- what they are -------------------------------------------------------- */

static void
a_list_and_its_delta_name_each_other(void **state)
{
	static const struct crl_shard shards[] = {{0}, {1, SHARDS}};
	struct cert *issuer = NULL;
	struct pubkey *ca = NULL;
	struct errinfo ei;

	(void)state;
	print_message("proves: I3\n");
	begin("crl_shards = 3;\ncrl_delta_hours = 2;\n");
	issue_all();
	assert_ok(cert_parse(instance_cert(kit.in), &issuer, &ei), &ei);
	assert_ok(pubkey_parse(cert_spki(issuer), &ca, &ei), &ei);
	for (size_t i = 0; i < ARRAY_LEN(shards); i++) {
		struct crl *list = must(shards[i]), *delta;
		const struct ext *idp, *aki;
		struct crl_shard named;

		assert_null(ext_find(crl_exts(list), EXT_DELTA_CRL));
		assert_true(crl_shard_parse(
		    url_of(ext_find(crl_exts(list), EXT_FRESHEST_CRL)),
		    &named));
		assert_true(crl_shard_eq(named, crl_shard_delta(shards[i])));
		kit.now++;
		delta = must(crl_shard_delta(shards[i]));
		assert_ok(crl_verify(delta, ca, &ei), &ei);
		assert_int_equal(base_of(delta), to_number(crl_number(list)));
		assert_int_equal(crl_num_entries(delta), 0);
		/* RFC 5280 5.2.4: the same scope, the same key. */
		assert_null(ext_find(crl_exts(delta), EXT_FRESHEST_CRL));
		idp = ext_find(crl_exts(delta), EXT_IDP);
		aki = ext_find(crl_exts(delta), EXT_AKI);
		assert_non_null(aki);
		if (crl_shard_is_full(shards[i])) {
			assert_null(idp);
		} else {
			assert_true(slice_eq(url_of(idp),
			    url_of(ext_find(crl_exts(list), EXT_IDP))));
		}
		crl_free(list);
		crl_free(delta);
	}
	cert_free(issuer);
	pubkey_free(ca);
	end();
}

/* --- what is refused ------------------------------------------------------ */

static void
none_where_the_settings_have_none(void **state)
{
	(void)state;
	begin("");
	crl_free(must(full));
	kit.now++;
	refused(crl_shard_delta(full), ERR_POLICY, "crl.delta");
	end();
}

static void
of_no_list_there_is_none(void **state)
{
	struct crl_shard shard = {0, SHARDS};

	(void)state;
	begin("crl_shards = 3;\ncrl_delta_hours = 2;\n");
	refused(crl_shard_delta(full), ERR_STATE, "crl.base");
	crl_free(must(full));
	kit.now++;
	refused(crl_shard_delta(shard), ERR_STATE, "crl.base");
	crl_free(must(crl_shard_delta(full)));
	/* The list has ended, and a delta of its delta there is not. */
	kit.now += DAY_SEC;
	refused(crl_shard_delta(full), ERR_STATE, "crl.base");
	restart();
	refused(crl_shard_delta(full), ERR_STATE, "crl.base");
	end();
}

static void
times_and_numbers_are_one_row(void **state)
{
	struct signer_crl m;
	struct errinfo ei;

	(void)state;
	begin("crl_delta_hours = 2;\ncrl_per_day = 26;\n");
	crl_free(must(full));
	/* RFC 5280 5.2.3: made at one time they would have one number. */
	refused(crl_shard_delta(full), ERR_POLICY, "crl.this_update");
	kit.now++;
	m = order(crl_shard_delta(full));
	m.next_update++;
	assert_int_equal(make(&m, &ei), ERR_POLICY);
	assert_string_equal(ei.rule, "crl.next_update");
	m = order(crl_shard_delta(full));
	m.number = number;
	assert_int_equal(make(&m, &ei), ERR_CONFLICT);
	assert_string_equal(ei.rule, "crl.number");
	crl_free(must(crl_shard_delta(full)));
	refused(full, ERR_POLICY, "crl.this_update");
	restart();
	refused(full, ERR_POLICY, "crl.this_update");
	/* Deltas count too. */
	kit.now++;
	while (number < 26) {
		crl_free(must(crl_shard_delta(full)));
	}
	refused(crl_shard_delta(full), ERR_POLICY, "crl.ceiling");
	end();
}

/* What a list may not leave out, its delta may not take back. */
static void
it_takes_back_nothing_that_a_list_could_not(void **state)
{
	struct crl *c;

	(void)state;
	begin("crl_shards = 3;\ncrl_delta_hours = 2;\n");
	issue_all();
	ones[4].reason = CRL_REASON_KEY_COMPROMISE;
	crl_free(must(full));
	kit.now++;
	for (unsigned round = 0; round < 2; round++) {
		ones[4].reason = CRL_REASON_NONE;
		refused(crl_shard_delta(full), ERR_POLICY, "crl.dropped");
		ones[4].reason = CRL_REASON_HOLD;
		refused(crl_shard_delta(full), ERR_POLICY, "crl.final");
		restart();
	}
	/* Nor what only a delta has said. */
	ones[4].reason = CRL_REASON_KEY_COMPROMISE;
	ones[5].reason = CRL_REASON_SUPERSEDED;
	c = must(crl_shard_delta(full));
	assert_int_equal(crl_num_entries(c), 1);
	assert_non_null(crl_find(c, serial(5)));
	crl_free(c);
	kit.now++;
	for (unsigned round = 0; round < 2; round++) {
		ones[5].reason = CRL_REASON_NONE;
		refused(crl_shard_delta(full), ERR_POLICY, "crl.dropped");
		refused(full, ERR_POLICY, "crl.dropped");
		restart();
	}
	end();
}

/* RFC 5280 3.3: what only deltas have said stays until a list has said it
 * after the certificate's end. */
static void
a_delta_is_not_the_list_that_ends_it(void **state)
{
	int i = 0;

	(void)state;
	begin("crl_shards = 3;\ncrl_delta_hours = 2;\n");
	issue_all();
	while (ones[i].not_after > kit.now + 3 * DAY_SEC) {
		i++;
	}
	kit.now = ones[i].not_after - HOUR_SEC;
	crl_free(must(full));
	kit.now += 60;
	ones[i].reason = CRL_REASON_SUPERSEDED;
	crl_free(must(crl_shard_delta(full)));
	kit.now += 2 * HOUR_SEC;
	crl_free(must(crl_shard_delta(full))); /* after its end */
	kit.now += 60;
	ones[i].reason = CRL_REASON_NONE;
	refused(crl_shard_delta(full), ERR_POLICY, "crl.dropped");
	refused(full, ERR_POLICY, "crl.dropped");
	ones[i].reason = CRL_REASON_SUPERSEDED;
	crl_free(must(full));
	kit.now += 60;
	ones[i].reason = CRL_REASON_NONE;
	crl_free(must(full));
	end();
}

/* What left a shard's list by a release and comes back is new to it, though
 * the full list was not made meanwhile. */
static void
what_was_released_may_come_back(void **state)
{
	struct crl_shard shard;
	int i = 0;

	(void)state;
	begin("crl_shards = 3;\ncrl_delta_hours = 2;\n");
	issue_all();
	while (ones[i].not_after < kit.now + 50 * DAY_SEC) {
		i++;
	}
	shard = crl_shard_of(serial(i), SHARDS);
	crl_free(must(full));
	kit.now++;
	ones[i].reason = CRL_REASON_HOLD;
	crl_free(must(shard));
	kit.now += 2 * DAY_SEC;
	ones[i].reason = CRL_REASON_NONE;
	crl_free(must(shard));
	for (unsigned round = 0; round < 2; round++) {
		struct crl *delta;

		kit.now++;
		ones[i].reason = CRL_REASON_HOLD;
		delta = must(crl_shard_delta(shard));
		assert_int_equal(base_of(delta), 3);
		assert_non_null(crl_find(delta, serial(i)));
		assert_int_equal(
		    crl_find(delta, serial(i))->reason, CRL_REASON_HOLD);
		crl_free(delta);
		restart();
	}
	end();
}

/* --- what they say -------------------------------------------------------- */

/* Of a certificate that has not ended. */
enum word {
	GOOD,
	HELD,
	FINAL
};

static enum word
word_of(enum crl_reason reason)
{
	return reason == CRL_REASON_HOLD ? HELD : FINAL;
}

/* A list of the past that somebody may still have. */
struct kept {
	struct crl *crl;
	struct crl_shard shard;
	uint64_t number;
	int64_t until;
};

static struct kept kept[LISTS_MAX];
static size_t num_kept;

static void
forget_lists(bool all)
{
	size_t num = 0;

	for (size_t i = 0; i < num_kept; i++) {
		if (all || kept[i].until <= kit.now) {
			crl_free(kept[i].crl);
		} else {
			kept[num++] = kept[i];
		}
	}
	num_kept = num;
}

/* What this list and this delta say of a certificate (RFC 5280 6.3). */
static enum word
combined(const struct crl *list, const struct crl *delta, int i)
{
	const struct crl_entry *said = crl_find(delta, serial(i));

	if (said != NULL && said->reason == CRL_REASON_REMOVE_FROM_CRL) {
		return GOOD;
	}
	if (said == NULL) {
		said = crl_find(list, serial(i));
	}
	return said == NULL ? GOOD : word_of(said->reason);
}

/* Every list in force that the delta may stand on gives, with it, what is true
 * now; and none in force is too old for it. */
static unsigned
check_delta(struct crl_shard shard)
{
	struct crl *delta = must(crl_shard_delta(shard));
	uint64_t base = base_of(delta);
	unsigned found = 0;

	for (size_t k = 0; k < num_kept; k++) {
		if (!crl_shard_eq(kept[k].shard, shard)) {
			continue;
		}
		assert_true(kept[k].number >= base);
		for (int i = 0; i < CERTS; i++) {
			enum word want = ones[i].reason == CRL_REASON_NONE
					     ? GOOD
					     : word_of(ones[i].reason);

			if (ones[i].not_after <= kit.now ||
			    !crl_shard_has(shard, serial(i))) {
				continue;
			}
			if (combined(kept[k].crl, delta, i) != want) {
				fail_msg("list %llu with delta %llu of %llu: "
					 "certificate %d is not %d",
				    (unsigned long long)kept[k].number,
				    (unsigned long long)number,
				    (unsigned long long)base, i, (int)want);
			}
			found++;
		}
	}
	crl_free(delta);
	return found;
}

static void
keep(struct crl_shard shard)
{
	struct crl *c = must(shard);

	assert_true(num_kept < ARRAY_LEN(kept));
	kept[num_kept++] = (struct kept){
	    .crl = c,
	    .shard = shard,
	    .number = number,
	    .until = kit.now + DAY_SEC,
	};
}

static unsigned
draw(unsigned below)
{
	static uint32_t seed = 12345;

	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void
change_one(void)
{
	struct one *o = &ones[draw(CERTS)];

	if (o->not_after <= kit.now) {
		return;
	}
	if (o->reason == CRL_REASON_NONE) {
		o->reason =
		    draw(3) == 0 ? CRL_REASON_SUPERSEDED : CRL_REASON_HOLD;
	} else if (o->reason == CRL_REASON_HOLD) {
		o->reason =
		    draw(4) == 0 ? CRL_REASON_KEY_COMPROMISE : CRL_REASON_NONE;
	}
}

static void
with_any_list_in_force_it_says_what_is_true(void **state)
{
	int64_t last[LISTS] = {0};
	unsigned found = 0;

	(void)state;
	print_message("proves: I3\n");
	begin("crl_shards = 3;\ncrl_delta_hours = 2;\ncrl_per_day = 86400;\n");
	issue_all();
	for (unsigned step = 0; step < STEPS; step++) {
		kit.now += 1 + draw(STEP_SEC);
		forget_lists(false);
		for (unsigned k = 0; k < LISTS; k++) {
			struct crl_shard shard = {k, SHARDS};

			shard = k == SHARDS ? full : shard;
			/* As front does, and sometimes more often. */
			if (kit.now - last[k] > DAY_SEC / 2 || draw(12) == 0) {
				keep(shard);
				last[k] = kit.now;
			}
		}
		for (unsigned num = draw(3); num > 0; num--) {
			change_one();
		}
		kit.now++;
		for (unsigned k = 0; k < LISTS; k++) {
			struct crl_shard shard = {k, SHARDS};

			if (draw(2) == 0) {
				found +=
				    check_delta(k == SHARDS ? full : shard);
			}
		}
		if (draw(25) == 0) {
			restart();
		}
	}
	forget_lists(true);
	end();
	print_message("%u statements\n", found);
	assert_true(found > 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_and_its_delta_name_each_other),
	    cmocka_unit_test(none_where_the_settings_have_none),
	    cmocka_unit_test(of_no_list_there_is_none),
	    cmocka_unit_test(times_and_numbers_are_one_row),
	    cmocka_unit_test(it_takes_back_nothing_that_a_list_could_not),
	    cmocka_unit_test(a_delta_is_not_the_list_that_ends_it),
	    cmocka_unit_test(what_was_released_may_come_back),
	    cmocka_unit_test(with_any_list_in_force_it_says_what_is_true),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	buf_clear(&key);
	buf_clear(&crl);
	buf_clear(&entries);
	return failed;
}
