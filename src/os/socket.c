/* SPDX-License-Identifier: Apache-2.0 */
#include "os/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/file.h"
#include "os/random.h"

enum {
	/* The kernel doubles it; a frame and its bookkeeping must fit often
	 * enough that a group of questions goes out without waiting. */
	CHANNEL_BUFFER = 1024 * 1024,
	LISTEN_BACKLOG = 1024,
	LASTING_PORTS = 4096, /* as socket.h says */
	FIRST_UNPRIVILEGED = 1024,
};

enum err
socket_pair(int out[2], struct errinfo *ei)
{
	int pair[2];
	int size = CHANNEL_BUFFER;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		return err_sys(ei, "socket.pair", "No channel can be made");
	}
	for (int i = 0; i < 2; i++) {
		/* The kernel caps it at net.core.wmem_max; that is enough. */
		(void)setsockopt(
		    pair[i], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	}
	out[0] = pair[0];
	out[1] = pair[1];
	return ERR_OK;
}

enum err
socket_stream_pair(int out[2], struct errinfo *ei)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		return err_sys(ei, "socket.pair", "No channel can be made");
	}
	out[0] = pair[0];
	out[1] = pair[1];
	return ERR_OK;
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

/* Length of the socket address, 0 when the text is no literal. */
static socklen_t
parse_address(const char *text, uint16_t port, union address *out)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		return sizeof(out->v4);
	}
	if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(port);
		return sizeof(out->v6);
	}
	return 0;
}

static bool
bind_tcp(int fd, const union address *at, socklen_t len)
{
	int one = 1;

	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ==
		   0 &&
	       (at->any.sa_family != AF_INET6 ||
		   setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one,
		       sizeof(one)) == 0) &&
	       /* Accepted sockets inherit it: answers are not held back. */
	       setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ==
		   0 &&
	       bind(fd, &at->any, len) == 0 && listen(fd, LISTEN_BACKLOG) == 0;
}

enum err
socket_listen_tcp(const char *address, uint16_t port, int *out_fd,
    uint16_t *out_port, struct errinfo *ei)
{
	union address at;
	socklen_t len = parse_address(address, port, &at);
	enum err err;
	int fd;

	if (len == 0) {
		err = err_set(ei, ERR_FORMAT, "socket.address", NULL,
		    "This is no IPv4 or IPv6 address.");
		return err_object(ei, err, address);
	}
	fd = socket(at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || !bind_tcp(fd, &at, len)) {
		err = err_sys(ei, "socket.listen", "Cannot listen on port %u",
		    (unsigned)port);
		fd_close(fd);
		return err_object(ei, err, address);
	}
	len = sizeof(at);
	if (getsockname(fd, &at.any, &len) != 0) {
		err = err_sys(ei, "socket.listen", "The port is not known");
		fd_close(fd);
		return err;
	}
	if (out_port != NULL) {
		*out_port =
		    ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port
						      : at.v6.sin6_port);
	}
	*out_fd = fd;
	return ERR_OK;
}

bool
socket_is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

/* The first port that outgoing connections may get, or 0. */
static unsigned long
first_ephemeral(void)
{
	int fd = open(
	    "/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY | O_CLOEXEC);
	char text[32] = "";
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	fd_close(fd);
	return len > 0 ? strtoul(text, NULL, 10) : 0;
}

enum err
socket_listen_lasting(int *out_fd, uint16_t *out_port, struct errinfo *ei)
{
	unsigned long end = first_ephemeral();
	uint16_t start;
	enum err err = random_bytes(&start, sizeof(start), ei);

	if (err != ERR_OK) {
		return err;
	}
	if (end < LASTING_PORTS + FIRST_UNPRIVILEGED || end > UINT16_MAX) {
		return socket_listen_tcp("127.0.0.1", 0, out_fd, out_port, ei);
	}
	/* From a place by chance: two who choose at once do not meet. */
	for (unsigned i = 0; i < LASTING_PORTS; i++) {
		err = socket_listen_tcp("127.0.0.1",
		    (uint16_t)(end - 1 - (start + i) % LASTING_PORTS), out_fd,
		    out_port, ei);
		if (err == ERR_OK) {
			break;
		}
	}
	return err;
}

static enum err
local_address(const char *path, struct sockaddr_un *out, struct errinfo *ei)
{
	size_t len = strlen(path);
	enum err err;

	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	if (len == 0 || len >= sizeof(out->sun_path)) {
		err = err_set(ei, ERR_LIMIT, "socket.path", NULL,
		    "A socket's path has 1..%zu bytes.",
		    sizeof(out->sun_path) - 1);
		return err_object(ei, err, path);
	}
	memcpy(out->sun_path, path, len);
	return ERR_OK;
}

enum err
socket_listen_control(
    const char *path, unsigned mode, int *out_fd, struct errinfo *ei)
{
	struct sockaddr_un at;
	mode_t old_mask;
	enum err err;
	bool bound;
	int fd;

	err = local_address(path, &at, ei);
	if (err != ERR_OK) {
		return err;
	}
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return err_sys(ei, "socket.listen", "No socket can be made");
	}
	if (unlink(path) != 0 && errno != ENOENT) {
		err = err_sys(
		    ei, "socket.listen", "The old socket cannot be removed");
		fd_close(fd);
		return err_object(ei, err, path);
	}
	old_mask = umask(0177);
	bound = bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0;
	(void)umask(old_mask);
	if (!bound || chmod(path, (mode_t)mode) != 0 ||
	    listen(fd, LISTEN_BACKLOG) != 0) {
		err = err_sys(ei, "socket.listen", "Cannot listen here");
		fd_close(fd);
		return err_object(ei, err, path);
	}
	*out_fd = fd;
	return ERR_OK;
}

enum err
socket_connect_control(const char *path, int *out_fd, struct errinfo *ei)
{
	struct sockaddr_un at;
	enum err err;
	int fd;

	err = local_address(path, &at, ei);
	if (err != ERR_OK) {
		return err;
	}
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
	    connect(fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
		err = err_sys(ei, "socket.connect",
		    "Nobody answers; is surguchd running?");
		fd_close(fd);
		return err_object(ei, err, path);
	}
	*out_fd = fd;
	return ERR_OK;
}

enum err
socket_accept(int listener, int *out_fd, struct errinfo *ei)
{
	int fd;

	do {
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	} while (fd < 0 && (errno == EINTR || errno == ECONNABORTED));
	if (fd < 0 && errno == EAGAIN) {
		return err_set(ei, ERR_AGAIN, "socket.accept", NULL,
		    "No connection waits.");
	}
	if (fd < 0) {
		return err_sys(ei, "socket.accept", "Accepting failed");
	}
	*out_fd = fd;
	return ERR_OK;
}

enum err
socket_peer(int fd, struct peer *out, struct errinfo *ei)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0 ||
	    len != sizeof(cred)) {
		return err_sys(ei, "socket.peer", "The peer is not known");
	}
	*out = (struct peer){cred.uid, cred.gid, cred.pid};
	return ERR_OK;
}

enum err
socket_send_timeout(int fd, int64_t timeout_ms, struct errinfo *ei)
{
	struct timeval limit = {
	    .tv_sec = timeout_ms / 1000,
	    .tv_usec = timeout_ms % 1000 * 1000,
	};

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) !=
	    0) {
		return err_sys(ei, "socket.timeout", "The limit cannot be set");
	}
	return ERR_OK;
}

enum err
socket_wait(int fd, int timeout_ms, struct errinfo *ei)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n;

	do {
		n = poll(&p, 1, timeout_ms);
	} while (n < 0 && errno == EINTR);
	if (n == 0) {
		return err_set(ei, ERR_TIMEOUT, "socket.timeout", NULL,
		    "Nothing came within %d ms.", timeout_ms);
	}
	return n > 0 ? ERR_OK : err_sys(ei, "socket.wait", "Waiting failed");
}

/* A question about one connection, and its answer or an error (sock_diag(7)).
 */
struct diag_question {
	struct nlmsghdr head;
	struct inet_diag_req_v2 body;
};
union diag_answer {
	struct nlmsghdr head;
	struct {
		struct nlmsghdr head;
		struct inet_diag_msg body;
	} found;
	uint8_t room[1024];
};

/* The bytes that came; -1 when the kernel does not do this. */
static ssize_t
ask_diag(const struct diag_question *q, union diag_answer *out)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	ssize_t len = -1;

	if (fd >= 0 && send(fd, q, sizeof(*q), 0) == (ssize_t)sizeof(*q)) {
		len = recv(fd, out, sizeof(*out), 0);
	}
	fd_close(fd);
	return len;
}

enum err
socket_loopback_owner(
    uint16_t own_port, uint16_t peer_port, uid_t *out, struct errinfo *ei)
{
	struct diag_question q = {
	    .head = {.nlmsg_len = sizeof(q),
		.nlmsg_type = SOCK_DIAG_BY_FAMILY,
		.nlmsg_flags = NLM_F_REQUEST},
	    .body = {.sdiag_family = AF_INET,
		.sdiag_protocol = IPPROTO_TCP,
		.idiag_states = UINT32_MAX,
		.id = {.idiag_sport = htons(peer_port),
		    .idiag_dport = htons(own_port),
		    .idiag_src = {htonl(INADDR_LOOPBACK)},
		    .idiag_dst = {htonl(INADDR_LOOPBACK)},
		    .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE}}},
	};
	union diag_answer answer = {0};
	ssize_t len = ask_diag(&q, &answer);

	if (len < (ssize_t)sizeof(answer.head)) {
		return err_set(ei, ERR_UNSUPPORTED, "socket.owner", NULL,
		    "the kernel does not tell whose connections are");
	}
	/* A listener is found where there is no such connection. */
	if (len < (ssize_t)sizeof(answer.found) ||
	    answer.head.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
	    answer.found.body.id.idiag_dport != q.body.id.idiag_dport) {
		return err_set(ei, ERR_NOTFOUND, "socket.owner", NULL,
		    "the other end of the connection is nobody's on this "
		    "machine");
	}
	*out = answer.found.body.idiag_uid;
	return ERR_OK;
}
