/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the state machine of applications for docs/states.md. */
#include <stdio.h>

#include "base/buf.h"
#include "registry/states.h"

int
main(void)
{
	struct buf out = BUF_INIT(65536);
	int rc;

	app_states_print(&out);
	rc = buf_err(&out, NULL) == ERR_OK && fputs(buf_cstr(&out), stdout) >= 0
		 ? 0
		 : 1;
	buf_clear(&out);
	return rc;
}
