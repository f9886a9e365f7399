/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_SOCKET_H
#define SURGUCH_OS_SOCKET_H
/*
 * The sockets of the centre, close-on-exec from birth.
 */
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/* A SOCK_SEQPACKET pair whose ends each take a whole frame. */
ATTR_MUST_USE enum err socket_pair(int out[2], struct errinfo *ei);
/* A SOCK_STREAM pair, for texts of any size. */
ATTR_MUST_USE enum err socket_stream_pair(int out[2], struct errinfo *ei);
/*
 * A TCP listener.  address: an IPv4 or IPv6 literal; port 0 picks a free one.
 * *out_port (may be NULL) is what was bound.
 */
ATTR_MUST_USE enum err socket_listen_tcp(const char *address, uint16_t port,
    int *out_fd, uint16_t *out_port, struct errinfo *ei);
/*
 * A TCP listener of the loopback at a port that is free and that the kernel
 * gives to no outgoing connection, so that it is likely to be free later too:
 * one of the 4096 below net.ipv4.ip_local_port_range.  Where these are no
 * ports for everybody, the kernel's choice.
 */
ATTR_MUST_USE enum err socket_listen_lasting(
    int *out_fd, uint16_t *out_port, struct errinfo *ei);
/* Of a numeric address: is it the loopback's, 127.0.0.0/8 or ::1? */
bool socket_is_loopback(const char *address);
/* A SOCK_SEQPACKET listener at a path; what stood there is unlinked. */
ATTR_MUST_USE enum err socket_listen_control(
    const char *path, unsigned mode, int *out_fd, struct errinfo *ei);
ATTR_MUST_USE enum err socket_connect_control(
    const char *path, int *out_fd, struct errinfo *ei);
/* ERR_AGAIN when none waits on a non-blocking listener. */
ATTR_MUST_USE enum err socket_accept(
    int listener, int *out_fd, struct errinfo *ei);

/* Who is at the other end of a local socket, as the kernel says. */
struct peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
};
ATTR_MUST_USE enum err socket_peer(
    int fd, struct peer *out, struct errinfo *ei);
/*
 * Whose is the other end of a connection over 127.0.0.1?  The kernel knows.
 * ERR_NOTFOUND when it is not there (any more); ERR_UNSUPPORTED where the
 * kernel does not tell.
 */
ATTR_MUST_USE enum err socket_loopback_owner(
    uint16_t own_port, uint16_t peer_port, uid_t *out, struct errinfo *ei);
/* How long a send may wait for room before it fails with ERR_AGAIN. */
ATTR_MUST_USE enum err socket_send_timeout(
    int fd, int64_t timeout_ms, struct errinfo *ei);
/* Wait until readable.  timeout_ms < 0: for ever.  ERR_TIMEOUT. */
ATTR_MUST_USE enum err socket_wait(int fd, int timeout_ms, struct errinfo *ei);

#endif
