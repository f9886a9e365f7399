/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/control_msg.h"

#include <string.h>

#include "ipc/frame.h"
#include "ipc/wire.h"

void
control_call_pack(struct buf *b, const struct control_call *m)
{
	wire_put_u32(b, (uint32_t)m->num);
	for (size_t i = 0; i < m->num; i++) {
		wire_put_text(b, m->words[i]);
	}
	wire_put_bytes(b, m->input);
}

enum err
control_call_unpack(
    struct slice body, struct control_call *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct control_call m;
	enum err e;

	memset(&m, 0, sizeof(m));
	m.num = wire_get_below(&w, CONTROL_WORDS_MAX + 1);
	for (size_t i = 0; i < m.num; i++) {
		wire_get_text(&w, m.words[i], sizeof(m.words[i]));
	}
	m.input = wire_get_bytes(&w, CONTROL_INPUT_MAX);
	e = wire_end(&w, "control call", ei);
	if (e == ERR_OK) {
		*out = m;
	}
	return e;
}

void
control_reply_pack(struct buf *b, struct slice text)
{
	wire_put_bytes(b, text);
}

enum err
control_reply_unpack(
    struct slice body, struct slice *out_text, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct slice text = wire_get_bytes(&w, FRAME_BODY_MAX);
	enum err e = wire_end(&w, "control reply", ei);

	if (e == ERR_OK) {
		*out_text = text;
	}
	return e;
}
