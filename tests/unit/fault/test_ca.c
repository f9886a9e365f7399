/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The authority's acts with each allocation, each call of the store, each
 * answer of a commit and each write of a list failing in turn.  Whatever fails,
 * certificate, revocation and audit tell of the same, and the act asked for
 * again is done once.
 */
#include "unit.h"

#include <string.h>

#include "ca/adopt.h"
#include "ca/authority.h"
#include "ca/issue.h"
#include "ca/list.h"
#include "ca/publish.h"
#include "ca/renew.h"
#include "ca/revoke.h"
#include "crypto/hash.h"
#include "failing/failing.h"
#include "fault/office.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/crl.h"

static struct office *office;
static struct buf key = BUF_INIT(SPKI_BYTES_MAX);
static struct issue_values values; /* of the act at hand */
static unsigned idem;
static struct id subject; /* the certificate that is revoked */
static struct buf old = BUF_INIT(CERT_BYTES_MAX);

static int64_t
count(const char *sql)
{
	return fixture_count(office->f, sql);
}

/* Nothing half done. */
static void
agrees(enum err got)
{
	(void)got;
	assert_int_equal(count("SELECT count(*) FROM certificate"),
	    count("SELECT count(*) FROM audit "
		  "WHERE action = 'certificate.issue'"));
	assert_int_equal(
	    count("SELECT count(*) FROM certificate WHERE status <> 'good'"),
	    count("SELECT count(*) FROM revocation"));
	assert_int_equal(count("SELECT count(*) FROM revocation"),
	    count("SELECT count(*) FROM audit "
		  "WHERE action = 'certificate.revoke'"));
}

/* --- acts ---------------------------------------------------------------- */

static void
prepare(void)
{
	values_clear(&values);
	house_values(&values, "tls-client", "login", buf_slice(&key), ++idem);
}

/* Is it on record?  ERR_NOTFOUND. */
static enum err
find_row(const struct issued *i, struct errinfo *ei)
{
	static struct certificate_page page;
	uint8_t sha256[SHA256_SIZE];
	enum err e = sha256_of(buf_slice(&i->der), sha256, ei);

	if (e == ERR_OK) {
		e = certificate_by_sha256(office->f->store,
		    slice_make(sha256, sizeof(sha256)), &page, ei);
	}
	if (e == ERR_OK) {
		e = page.num == 1 ? ERR_OK : ERR_NOTFOUND;
		certificate_page_clear(&page);
	}
	return e;
}

static enum err
issue(struct errinfo *ei)
{
	const struct issued_for nobody = {0};
	struct issued i = {0};
	struct unit u;
	enum err e = ca_issue(office->ca, &values, &i, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = find_row(&i, ei);
	if (e == ERR_NOTFOUND) {
		unit_init(&u);
		e = ca_add_issued(office->ca, &u, &i, &nobody, "test", ei);
		if (e == ERR_OK) {
			e = ca_submit_issued(office->ca, &u, &i, ei);
		}
		unit_clear(&u);
	}
	issued_clear(&i);
	return e;
}

static enum err
adopt_one(void *arg, const struct issued *i, const struct adopted_order *order,
    struct errinfo *ei)
{
	(void)arg;
	(void)order;
	return ca_adopt_alone(office->ca, i, ei);
}

static const struct adoption adoption = {.adopt = adopt_one};

static enum err
adopt(struct errinfo *ei)
{
	size_t num = 0;

	return ca_adopt(office->ca, &adoption, &num, ei);
}

static enum err
adopt_key(struct errinfo *ei)
{
	return ca_adopt_key(office->ca, &adoption, values.idem, ei);
}

static enum err
revoke(struct errinfo *ei)
{
	const struct revocation r = {
	    .reason = CRL_REASON_SUPERSEDED, .actor = "test"};
	struct certificate c;
	struct unit u;
	enum err e = certificate_get(office->ca, &subject, &c, ei);

	if (e != ERR_OK) {
		return e;
	}
	unit_init(&u);
	e = ca_add_revocation(&u, &c, &r, clock_utc_sec(&office->f->clock), ei);
	if (e == ERR_OK) {
		e = ca_submit_change(office->ca, &u, &c, ei);
	} else if (e == ERR_STATE && strcmp(c.status, "revoked") == 0) {
		e = ERR_OK; /* its answer was lost */
	}
	unit_clear(&u);
	certificate_clear(&c);
	return e;
}

static enum err
publish(struct errinfo *ei)
{
	const struct publisher_options o = {.ca = office->ca};
	struct publisher *p = NULL;
	enum err e = publisher_start(&o, &p, ei);

	publisher_stop(p);
	return e;
}

static uint64_t
num_counted(void)
{
	const struct family *f = &ca_counts(office->ca)->issued;
	uint64_t num = 0;

	for (size_t i = 0; i < atomic_load(&f->num); i++) {
		num += atomic_load(&f->at[i].count);
	}
	return num;
}

static enum err
renew(struct errinfo *ei)
{
	uint64_t had = num_counted();
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	enum err e = ca_renew(office->ca, NULL, buf_slice(&old), &der, ei);

	if (e == ERR_OK) {
		assert_false(slice_eq(buf_slice(&der), buf_slice(&old)));
		assert_int_equal(num_counted(), had + 1);
	}
	buf_clear(&der);
	return e;
}

/* --- what they are about ---------------------------------------------------
 */

/* A certificate that only the signer's journal has. */
static void
issue_unrecorded(void)
{
	struct issued i = {0};
	struct errinfo ei = {0};

	prepare();
	assert_ok(ca_issue(office->ca, &values, &i, &ei), &ei);
	issued_clear(&i);
}

/* One on record, whose id is `subject` and whose DER is `old`. */
static void
issue_recorded(void)
{
	const struct issued_for nobody = {0};
	struct issued i = {0};
	struct errinfo ei = {0};
	struct unit u;

	prepare();
	assert_ok(ca_issue(office->ca, &values, &i, &ei), &ei);
	unit_init(&u);
	assert_ok(ca_add_issued(office->ca, &u, &i, &nobody, "test", &ei), &ei);
	assert_ok(ca_submit_issued(office->ca, &u, &i, &ei), &ei);
	unit_clear(&u);
	subject = i.id;
	buf_reset(&old);
	buf_add(&old, buf_slice(&i.der));
	issued_clear(&i);
}

static void
revoke_another(void)
{
	struct errinfo ei = {0};

	issue_recorded();
	assert_ok(revoke(&ei), &ei);
}

/* What is published under this name; NULL when nothing is. */
static struct crl *
read_list(const char *name)
{
	struct buf der = BUF_INIT(CRL_BYTES_MAX);
	struct crl *crl = NULL;
	char path[PATH_TEXT_SIZE];
	struct errinfo ei = {0};
	enum err e;

	assert_ok(path_join(path, office->public_dir, name, &ei), &ei);
	e = file_read(path, CRL_BYTES_MAX, &der, &ei);
	if (e != ERR_NOTFOUND) {
		assert_ok(e, &ei);
		assert_ok(crl_parse(buf_slice(&der), &crl, &ei), &ei);
	}
	buf_clear(&der);
	return crl;
}

/* A list's number, to the right. */
struct number {
	uint8_t at[32];
};

/* It never falls. */
static void
goes_up(struct number *last, const struct crl *crl)
{
	struct slice n = crl_number(crl);
	struct number now = {{0}};

	assert_in_range(n.len, 1, sizeof(now.at));
	memcpy(now.at + sizeof(now.at) - n.len, n.p, n.len);
	assert_true(memcmp(now.at, last->at, sizeof(now.at)) >= 0);
	*last = now;
}

/* The list that is published is one, and its number never falls. */
static void
list_stands(enum err got)
{
	static struct number last;
	struct crl *crl = read_list("issuing.crl");

	agrees(got);
	if (crl == NULL) {
		assert_int_not_equal(got, ERR_OK);
		return;
	}
	goes_up(&last, crl);
	if (got == ERR_OK) {
		assert_int_equal((int64_t)crl_num_entries(crl),
		    count("SELECT count(*) FROM revocation"));
	}
	crl_free(crl);
}

/* The deltas of the two shards list all that is revoked, the lists themselves
 * nothing. */
static void
deltas_stand(enum err got)
{
	static const struct {
		const char *list;
		const char *delta;
	} shards[] = {
	    {"issuing-0-of-2.crl", "issuing-0-of-2.delta.crl"},
	    {"issuing-1-of-2.crl", "issuing-1-of-2.delta.crl"},
	};
	static struct number lists[2], deltas[2];
	int64_t num = 0;

	agrees(got);
	for (size_t i = 0; i < ARRAY_LEN(shards); i++) {
		struct crl *list = read_list(shards[i].list);
		struct crl *delta = read_list(shards[i].delta);

		assert_non_null(list);
		assert_non_null(delta);
		goes_up(&lists[i], list);
		goes_up(&deltas[i], delta);
		assert_true(
		    memcmp(lists[i].at, deltas[i].at, sizeof(lists[i].at)) < 0);
		assert_int_equal(crl_num_entries(list), 0);
		num += (int64_t)crl_num_entries(delta);
		crl_free(list);
		crl_free(delta);
	}
	if (got == ERR_OK) {
		assert_int_equal(num, count("SELECT count(*) FROM revocation"));
	}
}

/* Each act in its turn, on something new for each kind of failure. */
struct act {
	const char *name;
	void (*before)(void);
	enum err (*act)(struct errinfo *ei);
	void (*after)(enum err got);
	int64_t issued; /* certificates more, `before` included */
	bool files;
};

static const struct act acts[] = {
    {"issue", prepare, issue, agrees, 1, false},
    {"adopt", issue_unrecorded, adopt, agrees, 1, false},
    {"adopt by key", issue_unrecorded, adopt_key, agrees, 1, false},
    {"revoke", issue_recorded, revoke, agrees, 1, false},
    {"publish", revoke_another, publish, list_stands, 1, true},
    {"renew", issue_recorded, renew, agrees, -1, false},
};

/* Of a CA that makes deltas. */
static const struct act delta_acts[] = {
    {"publish a delta", revoke_another, publish, deltas_stand, 1, true},
};

static void
each_fails_in_turn(const struct act *at, size_t num)
{
	static const struct {
		const char *name;
		enum failing kind;
	} kinds[] = {
	    {"allocation", FAILING_ALLOC},
	    {"store", FAILING_STORE},
	    {"commit", FAILING_COMMIT},
	    {"file", FAILING_FILE},
	};
	struct errinfo ei = {0};

	house_key(&key);
	assert_ok(publish(&ei), &ei);
	for (size_t i = 0; i < num; i++) {
		for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
			int64_t had = count("SELECT count(*) FROM certificate");

			if (kinds[k].kind == FAILING_FILE && !at[i].files) {
				continue;
			}
			print_message("%s, %s: ", at[i].name, kinds[k].name);
			at[i].before();
			assert_true(failing_each(kinds[k].kind, ERR_OK,
					at[i].act, at[i].after) > 0);
			if (at[i].issued >= 0) {
				assert_int_equal(
				    count("SELECT count(*) FROM certificate"),
				    had + at[i].issued);
			}
		}
	}
	values_clear(&values);
	buf_clear(&key);
	buf_clear(&old);
}

static void
everything_fails_in_turn(void **state)
{
	office = *state;
	print_message("proves: I2\n");
	each_fails_in_turn(acts, ARRAY_LEN(acts));
}

static void
deltas_fail_in_turn(void **state)
{
	office = *state;
	each_fails_in_turn(delta_acts, ARRAY_LEN(delta_acts));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		everything_fails_in_turn, office_setup, office_teardown),
	    cmocka_unit_test_setup_teardown(
		deltas_fail_in_turn, office_setup_deltas, office_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
