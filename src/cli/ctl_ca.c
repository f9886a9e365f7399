/* SPDX-License-Identifier: Apache-2.0 */
/* surguchctl ca crl. */
#include "cli/ctl.h"
#include "os/file.h"

enum err
ctl_ca_crl(int argc, char **argv, const char *usage, struct errinfo *ei)
{
	const struct cli_args none = {.num = 0};
	struct buf list = BUF_INIT(CONTROL_INPUT_MAX);
	struct buf answer = BUF_INIT(CONTROL_REPLY_MAX);
	struct control_call call;
	struct cli_args args;
	enum err e = cli_parse(argc, argv, NULL, 0, 1, 1, usage, &args, ei);

	if (e == ERR_OK) {
		e = file_read(args.at[0], CONTROL_INPUT_MAX, &list, ei);
	}
	if (e == ERR_OK) {
		e = ctl_begin(&call, "ca", "crl", &none, ei);
	}
	if (e == ERR_OK) {
		call.input = buf_slice(&list);
		e = ctl_ask(&call, 0, &answer, ei);
	}
	if (e == ERR_OK) {
		e = cli_write(buf_slice(&answer), ei);
	}
	buf_clear(&list);
	buf_clear(&answer);
	return e;
}
