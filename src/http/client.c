/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "http/http_priv.h"

static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static void
from_v4(const void *v4, struct address *out)
{
	memcpy(out->b, mapped, sizeof(mapped));
	memcpy(out->b + sizeof(mapped), v4, 4);
}

bool
address_parse(struct slice text, struct address *out)
{
	char copy[ADDRESS_SIZE];
	struct in_addr v4;

	if (text.len == 0 || text.len >= sizeof(copy)) {
		return false;
	}
	memcpy(copy, text.p, text.len);
	copy[text.len] = '\0';
	if (inet_pton(AF_INET, copy, &v4) == 1) {
		from_v4(&v4, out);
		return true;
	}
	return inet_pton(AF_INET6, copy, out->b) == 1;
}

bool
address_from_socket(const struct sockaddr *sa, struct address *out)
{
	if (sa->sa_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, sa, sizeof(in));
		from_v4(&in.sin_addr, out);
		return true;
	}
	if (sa->sa_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, sa, sizeof(in6));
		memcpy(out->b, &in6.sin6_addr, sizeof(out->b));
		return true;
	}
	return false;
}

uint16_t
address_port(const struct sockaddr *sa)
{
	struct sockaddr_in in = {0};
	struct sockaddr_in6 in6 = {0};

	if (sa->sa_family == AF_INET) {
		memcpy(&in, sa, sizeof(in));
	} else if (sa->sa_family == AF_INET6) {
		memcpy(&in6, sa, sizeof(in6));
		in.sin_port = in6.sin6_port;
	}
	return ntohs(in.sin_port);
}

bool
address_eq(const struct address *a, const struct address *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

/* By hand: inet_ntop() goes through printf(), and this is for each request. */
static char *
put_decimal(char *out, uint8_t n)
{
	if (n >= 100) {
		*out++ = (char)('0' + n / 100);
	}
	if (n >= 10) {
		*out++ = (char)('0' + n / 10 % 10);
	}
	*out++ = (char)('0' + n % 10);
	return out;
}

void
address_text(const struct address *a, char out[ADDRESS_SIZE])
{
	if (memcmp(a->b, mapped, sizeof(mapped)) != 0) {
		if (inet_ntop(AF_INET6, a->b, out, ADDRESS_SIZE) == NULL) {
			out[0] = '\0';
		}
		return;
	}
	for (size_t i = sizeof(mapped); i < sizeof(a->b); i++) {
		out = put_decimal(out, a->b[i]);
		*out++ = '.';
	}
	out[-1] = '\0';
}
