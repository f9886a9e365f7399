/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses: a whole record as it stands in a journal (its hash
 * is put right, or hardly any input would get past it), or one payload.
 */
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "signer/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct buf again;

static void
same(struct slice in)
{
	if (buf_err(&again, NULL) != ERR_OK ||
	    !slice_eq(buf_slice(&again), in)) {
		abort();
	}
}

static void
whole(struct slice in)
{
	struct buf fixed = BUF_INIT(JOURNAL_RECORD_MAX);
	uint8_t hash[HASH_SIZE_MAX];
	struct record r;

	if (record_unpack(in, &r, NULL) == ERR_OK) {
		if (record_pack(&again, &r, NULL) != ERR_OK) {
			abort();
		}
		same(in);
	}
	if (in.len <= RECORD_OVERHEAD) {
		return;
	}
	buf_add(&fixed, slice_make(in.p, in.len - RECORD_HASH_SIZE));
	if (hash_of(HASH_SHA256, buf_slice(&fixed), hash, NULL) != ERR_OK) {
		abort();
	}
	buf_add(&fixed, slice_make(hash, RECORD_HASH_SIZE));
	buf_reset(&again);
	if (record_unpack(buf_slice(&fixed), &r, NULL) == ERR_OK) {
		if (record_pack(&again, &r, NULL) != ERR_OK) {
			abort();
		}
		same(buf_slice(&fixed));
	}
	buf_clear(&fixed);
}

#define TRY(name)                                                              \
	do {                                                                   \
		struct name *m_ = malloc(sizeof(*m_));                         \
		if (m_ == NULL) {                                              \
			abort();                                               \
		}                                                              \
		if (name##_unpack(in, m_, NULL) == ERR_OK) {                   \
			name##_pack(&again, m_);                               \
			same(in);                                              \
		}                                                              \
		free(m_);                                                      \
	} while (0)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in;

	if (size == 0 || crypto_init(NULL) != ERR_OK) {
		return 0;
	}
	in = slice_make(data + 1, size - 1);
	buf_init(&again, JOURNAL_RECORD_MAX + RECORD_OVERHEAD);
	switch (data[0] % 6) {
	case 0:
		whole(in);
		break;
	case 1:
		TRY(record_open);
		break;
	case 2:
		TRY(record_issue);
		break;
	case 3:
		TRY(record_crl);
		break;
	case 4:
		TRY(record_release);
		break;
	default:
		TRY(record_ceiling);
		break;
	}
	buf_clear(&again);
	return 0;
}
