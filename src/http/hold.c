/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmicrohttpd gives the head of an answer and its body to TLS one after the
 * other, which is two records, two sends and two packets.  Until hold_end() TLS
 * keeps what it is given, and then makes one of it.
 */
#include <sys/socket.h>

#include <gnutls/gnutls.h>

#include "http/http_priv.h"
#include "os/socket.h"

enum {
	/* Much less than a socket takes that holds nothing yet, for nobody
	 * would try again to send the rest. */
	HOLD_BODY_MAX = 4096
};

void
hold_begin(struct request *r)
{
	const union MHD_ConnectionInfo *session = MHD_get_connection_info(
	    r->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
	const union MHD_ConnectionInfo *fd = MHD_get_connection_info(
	    r->connection, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (r->server->tls && session != NULL && fd != NULL &&
	    r->response.body_len > 0 && r->response.body_len <= HOLD_BODY_MAX &&
	    socket_drained(fd->connect_fd)) {
		r->held = session->tls_session;
		r->held_fd = fd->connect_fd;
		gnutls_record_cork(r->held);
	}
}

void
hold_end(struct request *r)
{
	if (r->held == NULL) {
		return;
	}
	if (gnutls_record_uncork(r->held, 0) < 0) {
		(void)shutdown(r->held_fd, SHUT_RDWR);
	}
	r->held = NULL;
}
