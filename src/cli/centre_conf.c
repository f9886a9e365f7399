/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a new centre. */
#include <unistd.h>

#include "base/buf.h"
#include "cli/centre.h"

enum {
	CONF_MAX = 16384
};

static void
put_user(const struct centre *c, struct buf *b, const char *what, unsigned n)
{
	if (c->root) {
		buf_printf(
		    b, "%s = \"%lu\"; ", what, (unsigned long)centre_uid(c, n));
	}
}

static void
put_signers(const struct centre *c, struct buf *b)
{
	const char *comma = "";

	buf_add_str(b, "signers = (");
	for (unsigned i = 0; i < ARRAY_LEN(hierarchies); i++) {
		unsigned first = ROLE_FIRST_SIGNER + i * 10;

		if (!c->wanted[i]) {
			continue;
		}
		buf_printf(b, "%s\n\t{ name = \"issuing-%s\"; ", comma,
		    hierarchies[i].name);
		put_user(c, b, "user", first + 1);
		buf_printf(b, "ocsp = \"ocsp-%s\"; ", hierarchies[i].name);
		put_user(c, b, "ocsp_user", first + 2);
		buf_add_str(b, "}");
		comma = ",";
	}
	buf_add_str(b, "\n);\n");
}

enum err
centre_write_conf(const struct centre *c, struct errinfo *ei)
{
	struct buf b = BUF_INIT(CONF_MAX);
	enum err e;

	buf_printf(&b,
	    "# A demo centre; see surguch.conf(5).\n"
	    "prefix = \"%s\";\n"
	    "libexec = \"%s\";\n"
	    "centre = \"Учебный центр surguch\";\n"
	    "support = { phone = \"8 800 500-50-80\"; hours = \"по будням с "
	    "9 до 18\"; };\n"
	    "api = { address = \"127.0.0.1\"; port = %u; };\n"
	    "public = { address = \"127.0.0.1\"; port = %u; };\n"
	    "users = { ",
	    c->dir, c->libexec, c->api_port, c->public_port);
	put_user(c, &b, "front", ROLE_FRONT);
	put_user(c, &b, "courier", ROLE_COURIER);
	buf_add_str(&b, "};\n");
	put_signers(c, &b);
	buf_add_str(&b, "page_orders = { name = \"" CENTRE_ORDER_KEY "\"; ");
	put_user(c, &b, "user", ROLE_CENTRE);
	buf_add_str(&b, "};\n");
	if (!c->root) {
		buf_add_str(&b,
		    "# Made without root: all roles have one uid, and what "
		    "one can read\n# the others can.  Only for a demo.\n"
		    "insecure_shared_uid = true;\n");
	}
	e = buf_err(&b, ei);
	if (e == ERR_OK) {
		e = centre_write(c, "etc/surguch/surguch.conf", buf_slice(&b),
		    0644, getuid(), ei);
	}
	buf_clear(&b);
	return e;
}
