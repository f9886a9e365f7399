/* SPDX-License-Identifier: Apache-2.0 */
#include "ipc/hello.h"

#include <string.h>
#include <unistd.h>

#include "ipc/frame.h"
#include "ipc/wire.h"

void
hello_pack(struct buf *b, const struct hello *h)
{
	wire_put_u32(b, h->protocol);
	wire_put_text(b, h->role);
	wire_put_text(b, h->instance);
	wire_put_u64(b, h->pid);
}

enum err
hello_unpack(struct slice body, struct hello *out, struct errinfo *ei)
{
	struct wire w = wire_init(body);
	struct hello h = {0};
	enum err err;

	h.protocol = wire_get_u32(&w);
	/* Before the rest, which another version may order differently. */
	if (!w.bad && h.protocol != HELLO_PROTOCOL) {
		return err_set(ei, ERR_UNSUPPORTED, "hello.version", NULL,
		    "The other side speaks version %lu, this program %d: they "
		    "are of different builds.",
		    (unsigned long)h.protocol, (int)HELLO_PROTOCOL);
	}
	wire_get_text(&w, h.role, sizeof(h.role));
	wire_get_text(&w, h.instance, sizeof(h.instance));
	h.pid = wire_get_u64(&w);
	err = wire_end(&w, "hello", ei);
	if (err == ERR_OK) {
		*out = h;
	}
	return err;
}

enum err
hello_send(int fd, uint64_t id, const char *role, const char *instance,
    struct errinfo *ei)
{
	struct hello h = {
	    .protocol = HELLO_PROTOCOL, .pid = (uint64_t)getpid()};
	struct buf body = BUF_INIT(1024);
	struct frame f = {.type = MSG_HELLO, .id = id};
	enum err err;

	ensure(strlen(role) < sizeof(h.role) &&
	       strlen(instance) < sizeof(h.instance));
	memcpy(h.role, role, strlen(role));
	memcpy(h.instance, instance, strlen(instance));
	hello_pack(&body, &h);
	err = buf_err(&body, ei);
	if (err == ERR_OK) {
		f.body = buf_slice(&body);
		err = frame_send(fd, &f, ei);
	}
	buf_clear(&body);
	return err;
}
