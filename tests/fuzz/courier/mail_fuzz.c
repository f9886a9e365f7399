/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "TO\0FROM NAME\0SUBJECT\0BODY": what is taken makes a mail of the headers
 * that it has to have and no others, in lines of ASCII; what is not leaves
 * nothing.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "courier/mail.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	INPUT_MAX = 4096,
	LINE_MAX = 998, /* RFC 5322 2.1.1 */
};

static struct slice
take_part(struct slice *rest)
{
	const uint8_t *end = memchr(rest->p, 0, rest->len);
	struct slice part = *rest;

	if (end == NULL) {
		*rest = slice_make(rest->p + rest->len, 0);
		return part;
	}
	part.len = (size_t)(end - rest->p);
	rest->len -= part.len + 1;
	rest->p = end + 1;
	return part;
}

static void
need(bool holds)
{
	if (!holds) {
		abort();
	}
}

/* The headers in their order; continued lines begin with a space. */
static void
check_mail(struct slice mail)
{
	static const char *const names[] = {"Date: ", "From: ", "To: ",
	    "Subject: ", "Message-ID: ", "Auto-Submitted: ", "MIME-Version: ",
	    "Content-Type: ", "Content-Transfer-Encoding: "};
	size_t header = 0;
	bool body = false;

	while (mail.len > 0) {
		const uint8_t *end = memchr(mail.p, '\r', mail.len);
		size_t len;

		need(end != NULL && end + 1 < mail.p + mail.len &&
		     end[1] == '\n');
		len = (size_t)(end - mail.p);
		need(len <= LINE_MAX);
		for (size_t i = 0; i < len; i++) {
			need(mail.p[i] >= ' ' && mail.p[i] <= '~');
		}
		if (body || len == 0) {
			need(body || header == ARRAY_LEN(names));
			body = true;
		} else if (mail.p[0] != ' ') {
			need(header < ARRAY_LEN(names));
			need(len >= strlen(names[header]) &&
			     memcmp(mail.p, names[header],
				 strlen(names[header])) == 0);
			header++;
		}
		mail.p += len + 2;
		mail.len -= len + 2;
	}
	need(body);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make(data, size);
	struct buf out = BUF_INIT((size_t)1 << 20);
	struct mail m = {.from = "ca@example.ru", .id = "msg_1"};
	char *to, *name;

	if (size == 0 || size > INPUT_MAX) {
		return 0;
	}
	to = slice_dup_str(take_part(&rest));
	name = slice_dup_str(take_part(&rest));
	if (to != NULL && name != NULL) {
		m.to = to;
		m.from_name = name[0] != '\0' ? name : NULL;
		m.subject = take_part(&rest);
		m.body = rest;
		if (mail_write(&m, &out, NULL) == ERR_OK) {
			check_mail(buf_slice(&out));
		} else {
			need(out.len == 0);
		}
	}
	free(to);
	free(name);
	buf_clear(&out);
	return 0;
}
