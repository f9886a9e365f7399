/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first byte chooses the message, the rest is its body.  What unpacks
 * packs to the same bytes: no two encodings of one meaning.
 */
#include <stdlib.h>
#include <string.h>

#include "ipc/frame.h"
#include "signer/message.h"

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

/* values_add_san() lowers the case of DNS names, so an ISSUE may change once:
 * then the second packing is compared with the first. */
static void
issue(struct slice in)
{
	struct buf once = BUF_INIT(FRAME_BODY_MAX);
	struct signer_issue_msg m;

	if (signer_issue_unpack(in, &m, NULL) != ERR_OK) {
		return;
	}
	signer_issue_pack(&once, &m.values, &m.at);
	signer_issue_clear(&m);
	if (signer_issue_unpack(buf_slice(&once), &m, NULL) != ERR_OK) {
		abort();
	}
	signer_issue_pack(&again, &m.values, &m.at);
	signer_issue_clear(&m);
	same(buf_slice(&once));
	buf_clear(&once);
}

#define TRY(type, name)                                                        \
	do {                                                                   \
		struct type m_;                                                \
		if (name##_unpack(in, &m_, NULL) == ERR_OK) {                  \
			name##_pack(&again, &m_);                              \
			same(in);                                              \
		}                                                              \
	} while (0)

static void
info(struct slice in)
{
	struct signer_info i;

	signer_info_init(&i);
	if (signer_info_unpack(in, &i, NULL) == ERR_OK) {
		signer_info_pack(&again, &i);
		same(in);
	}
	signer_info_clear(&i);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in;

	if (size == 0) {
		return 0;
	}
	in = slice_make(data + 1, size - 1);
	buf_init(&again, (size_t)2 * FRAME_BYTES_MAX);
	switch (data[0] % 16) {
	case 0:
		issue(in);
		break;
	case 1:
		TRY(signer_issued, signer_issued);
		break;
	case 2:
		TRY(signer_find, signer_find);
		break;
	case 3:
		TRY(signer_crl, signer_crl);
		break;
	case 4:
		TRY(signer_crl_done, signer_crl_done);
		break;
	case 5:
		TRY(signer_journal, signer_journal);
		break;
	case 6:
		TRY(signer_journal_entry, signer_journal_entry);
		break;
	case 7:
		TRY(signer_journal_end, signer_journal_end);
		break;
	case 8:
		TRY(signer_ocsp, signer_ocsp);
		break;
	case 9:
		TRY(signer_ocsp_done, signer_ocsp_done);
		break;
	case 10:
		info(in);
		break;
	case 11:
		TRY(signer_epoch, signer_epoch);
		break;
	case 12:
		TRY(signer_epoch_done, signer_epoch_done);
		break;
	case 13:
		TRY(signer_renew, signer_renew);
		break;
	case 14:
		TRY(page_order, signer_page_order);
		break;
	default:
		TRY(signer_page_order_done, signer_page_order_done);
		break;
	}
	buf_clear(&again);
	return 0;
}
