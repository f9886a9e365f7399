/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of a CryptoPro container, each by its parser: what is read of a
 * header, its mask and key is written again and read as the same; a name is
 * clean text or nothing.  The MAC of a header is not asked for, or nothing
 * would come behind it.
 */
#include <string.h>

#include "base/text.h"
#include "container/cryptopro_priv.h"
#include "crypto/init.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
header(struct slice in)
{
	struct buf out = BUF_INIT(CRYPTOPRO_HEADER_MAX);
	struct slice content = in, mac;
	struct cp_header h, back;
	struct errinfo ei = {0};

	if (cp_header_cut(in, &content, &mac, &ei) != ERR_OK) {
		ensure(ei.rule[0] != '\0');
	}
	if (cp_content_parse(content, &h, &ei) != ERR_OK) {
		ensure(ei.rule[0] != '\0');
		return;
	}
	if (h.curve == OID_UNKNOWN || in.len > CRYPTOPRO_HEADER_MAX / 2) {
		return;
	}
	h.flags &= ~(unsigned)CP_KEY_SHARED;
	cp_content_put(&out, &h);
	ensure(cp_content_parse(buf_slice(&out), &back, NULL) == ERR_OK);
	ensure(back.flags == h.flags && back.key_flags == h.key_flags);
	ensure(back.alg == h.alg && back.curve == h.curve);
	ensure(back.sets.num == 1 && back.sets.set[0] == h.sets.set[0]);
	ensure(slice_eq(back.password_mac, h.password_mac));
	ensure(slice_eq(back.cert, h.cert) && slice_eq(back.fp, h.fp));
	buf_clear(&out);
}

static void
key(struct slice in, size_t len)
{
	struct buf out = BUF_INIT(CRYPTOPRO_FILE_MAX);
	struct cp_masks m, m_back;
	struct slice k, k_back;

	if (in.len > CRYPTOPRO_FILE_MAX / 2) {
		return;
	}
	if (cp_masks_parse(in, len, &m, NULL) == ERR_OK) {
		cp_masks_put(&out, &m);
		ensure(slice_eq(buf_slice(&out), in));
		ensure(cp_masks_parse(buf_slice(&out), len, &m_back, NULL) ==
		       ERR_OK);
		buf_reset(&out);
	}
	if (cp_primary_parse(in, len, &k, NULL) == ERR_OK) {
		cp_primary_put(&out, k);
		ensure(cp_primary_parse(buf_slice(&out), len, &k_back, NULL) ==
		       ERR_OK);
		ensure(slice_eq(k, k_back));
	}
	buf_clear(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	char name[CONTAINER_LABEL_MAX + 1];

	ensure(crypto_init(NULL) == ERR_OK);
	header(in);
	key(in, 32);
	key(in, 64);
	cp_name_parse(in, name);
	ensure(name[0] == '\0' || text_is_clean(slice_str(name)));
	return 0;
}
