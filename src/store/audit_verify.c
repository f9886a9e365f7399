/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/bounds.h"
#include "store/audit.h"
#include "store/audit_priv.h"
#include "store/store.h"

enum {
	PAGE = 1000
};

const char *
audit_fault_name(enum audit_fault_kind kind)
{
	switch (kind) {
	case AUDIT_EDITED:
		return "edited";
	case AUDIT_ADDED:
		return "added";
	case AUDIT_GAP:
		return "gap";
	case AUDIT_LOST:
		return "lost";
	case AUDIT_REPLACED:
		return "replaced";
	}
	return "unknown";
}

static void
add_fault(struct audit_report *report, enum audit_fault_kind kind,
    const struct id *writer, uint64_t number)
{
	if (report->num_faults < AUDIT_FAULTS_MAX) {
		report->faults[report->num_faults] =
		    (struct audit_fault){kind, *writer, number};
	}
	report->num_faults++;
}

/*
 * One row against the chain so far.  After a fault the walk goes on from what
 * the row itself claims, so that each fault shows once, where it is.
 */
static enum err
check_row(const struct rows *rows, size_t row, struct audit_position *chain,
    struct audit_report *report, struct errinfo *ei)
{
	const struct audit_event event = {
	    .at = rows_int(rows, row, 1),
	    .actor = rows_text(rows, row, 2),
	    .action = rows_text(rows, row, 3),
	    .object = rows_text(rows, row, 4),
	    .detail = rows_text(rows, row, 5),
	};
	const uint64_t number = (uint64_t)rows_int(rows, row, 0);
	const struct slice stored = rows_blob(rows, row, 6);
	const bool follows = number == chain->number + 1;
	uint8_t hash[AUDIT_HASH_SIZE];
	enum err err;

	report->num_records++;
	if (rows_int(rows, row, 0) < 1) {
		add_fault(report, AUDIT_ADDED, &chain->writer, number);
		return ERR_OK;
	}
	if (!follows) {
		add_fault(report, AUDIT_GAP, &chain->writer, number);
	}
	err = audit_hash(chain, &event, hash, ei);
	if (err == ERR_LIMIT) {
		/* Longer than anything that we would have written. */
		memset(hash, 0, sizeof(hash));
	} else if (err != ERR_OK) {
		return err;
	}
	/* Behind a gap the hash cannot fit and says nothing more. */
	if (follows && !slice_eq(stored, slice_make(hash, sizeof(hash)))) {
		add_fault(report, AUDIT_EDITED, &chain->writer, number);
	}
	chain->number = number;
	memset(chain->hash, 0, sizeof(chain->hash));
	if (stored.len == sizeof(chain->hash)) {
		memcpy(chain->hash, stored.p, stored.len);
	}
	return ERR_OK;
}

static enum err
check_chain(struct store *s, const struct id *writer,
    struct audit_report *report, struct errinfo *ei)
{
	struct audit_position chain = {.writer = *writer};
	int64_t after = INT64_MIN;
	struct rows *rows;
	size_t i, num;
	enum err err;

	do {
		rows = NULL;
		err = store_query(s, ST_AUDIT_CHAIN, &rows, ei, V_ID(writer),
		    V_INT(after), V_INT(PAGE));
		if (err != ERR_OK) {
			return err;
		}
		num = rows_num(rows);
		for (i = 0; i < num && err == ERR_OK; i++) {
			err = check_row(rows, i, &chain, report, ei);
			after = rows_int(rows, i, 0);
		}
		rows_free(rows);
	} while (err == ERR_OK && num == PAGE);
	return err;
}

static enum err
check_expected(struct store *s, const struct audit_position *expected,
    struct audit_report *report, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	err = store_query(s, ST_AUDIT_HASH, &rows, ei, V_ID(&expected->writer),
	    V_INT(expected->number));
	if (err != ERR_OK) {
		return err;
	}
	if (rows_num(rows) == 0) {
		add_fault(
		    report, AUDIT_LOST, &expected->writer, expected->number);
	} else if (!slice_eq(rows_blob(rows, 0, 0),
		       slice_make(expected->hash, AUDIT_HASH_SIZE))) {
		add_fault(report, AUDIT_REPLACED, &expected->writer,
		    expected->number);
	}
	rows_free(rows);
	return ERR_OK;
}

/* The next chain after *writer, or the first when *found is false; false when
 * there is none. */
static enum err
next_writer(struct store *s, struct id *writer, bool *found, struct errinfo *ei)
{
	struct rows *rows = NULL;
	enum err err;

	if (*found) {
		err = store_query(
		    s, ST_AUDIT_NEXT_WRITER, &rows, ei, V_ID(writer));
	} else {
		err = store_query(s, ST_AUDIT_FIRST_WRITER, &rows, ei, V_NONE);
	}
	if (err != ERR_OK) {
		return err;
	}
	*found = rows_num(rows) == 1;
	if (*found) {
		*writer = rows_id(rows, 0, 0);
	}
	rows_free(rows);
	return ERR_OK;
}

enum err
audit_verify(struct store *s, const struct audit_position *expected,
    size_t num_expected, struct audit_report *out, struct errinfo *ei)
{
	struct audit_report report = {0};
	struct id writer = {{0}};
	bool found = false;
	enum err err;
	size_t i;

	err = next_writer(s, &writer, &found, ei);
	while (err == ERR_OK && found) {
		report.num_writers++;
		err = check_chain(s, &writer, &report, ei);
		if (err == ERR_OK) {
			err = next_writer(s, &writer, &found, ei);
		}
	}
	for (i = 0; i < num_expected && err == ERR_OK; i++) {
		/* Number 0 says only that nothing had been written yet. */
		if (expected[i].number > 0) {
			err = check_expected(s, &expected[i], &report, ei);
		}
	}
	if (err == ERR_OK) {
		*out = report;
	}
	return err;
}
