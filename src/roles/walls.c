/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/walls.h"

#include "base/bounds.h"

/* --- front -------------------------------------------------------------- */

static bool
is_local(const struct walls_server *server)
{
	return server->host[0] == '/';
}

/* NULL, the end of the list, where there is no server to connect to. */
static const struct confine_call *
server_calls(const struct walls_server *server)
{
	if (server == NULL) {
		return NULL;
	}
	return is_local(server) ? confine_calls_connect_local
				: confine_calls_connect_tcp;
}

enum err
walls_front(const char *public_dir, const char *profile_dir,
    const struct walls_server *server, bool insecure_no_landlock,
    struct errinfo *ei)
{
	const struct confine_call *const calls[] = {
	    confine_calls_base,
	    confine_calls_files,
	    confine_calls_messages,
	    confine_calls_server,
	    server_calls(server),
	    NULL,
	};
	const struct confine_path paths[] = {
	    {".", CONFINE_READ | CONFINE_WRITE},
	    {public_dir, CONFINE_READ | CONFINE_WRITE},
	    {profile_dir, CONFINE_READ},
	};
	const struct confine walls = {
	    .role = "front",
	    .paths = paths,
	    .num_paths = ARRAY_LEN(paths),
	    .calls = calls,
	    .tcp_connect_port =
		server != NULL && !is_local(server) ? server->port : 0,
	    .threads = true,
	    .insecure_no_landlock = insecure_no_landlock,
	};

	return confine_apply(&walls, ei);
}

/* --- signer, ocsp ------------------------------------------------------- */

enum {
	SIGNER_PATHS_MAX = 32,
	SIGNER_LISTS_MAX = 8
};

/* No socket, no connection, no new program: questions come on a descriptor
 * that is open already. */
enum err
walls_signer(const struct walls_signer *w, struct errinfo *ei)
{
	struct confine_path paths[SIGNER_PATHS_MAX] = {
	    {".", CONFINE_READ | CONFINE_WRITE}};
	const struct confine_call *calls[SIGNER_LISTS_MAX] = {
	    confine_calls_base, confine_calls_files, confine_calls_messages};
	size_t num_paths = 1, num_lists = 3;

	ensure(w->num_paths < SIGNER_PATHS_MAX);
	for (size_t i = 0; i < w->num_paths; i++) {
		paths[num_paths++] = w->paths[i];
	}
	if (w->unlock) {
		calls[num_lists++] = confine_calls_accept;
	}
	if (w->calls != NULL) {
		calls[num_lists++] = w->calls;
	}
	if (w->socket) {
		calls[num_lists++] = confine_calls_connect_local;
	}
	return confine_apply(
	    &(struct confine){
		.role = w->role,
		.paths = paths,
		.num_paths = num_paths,
		.calls = calls,
		.threads = w->module,
		.insecure_no_landlock = w->insecure_no_landlock,
	    },
	    ei);
}

/* --- courier ------------------------------------------------------------ */

static const struct confine_path courier_paths[] = {
    {"/etc/hosts", CONFINE_READ},
    {"/etc/host.conf", CONFINE_READ},
    {"/etc/resolv.conf", CONFINE_READ},
    {"/etc/gai.conf", CONFINE_READ},
    {"/etc/services", CONFINE_READ},
    {"/run/systemd/resolve", CONFINE_READ},
    {"/etc/ssl", CONFINE_READ},
    {"/usr/lib/ssl", CONFINE_READ},
    {"/usr/share/ca-certificates", CONFINE_READ},
    {"/usr/local/share/ca-certificates", CONFINE_READ},
};

static const struct confine_call *const courier_calls[] = {
    confine_calls_base,
    confine_calls_files,
    confine_calls_messages,
    confine_calls_network,
    NULL,
};

enum err
walls_courier(bool insecure_no_landlock, struct errinfo *ei)
{
	const struct confine walls = {
	    .role = "courier",
	    .paths = courier_paths,
	    .num_paths = ARRAY_LEN(courier_paths),
	    .calls = courier_calls,
	    .tcp_connect = true,
	    .threads = true,
	    .insecure_no_landlock = insecure_no_landlock,
	};

	return confine_apply(&walls, ei);
}

/* --- trustd --------------------------------------------------------------- */

enum err
walls_trustd(const char *const *mirrors, size_t num_mirrors, const char *more,
    const char *own, bool insecure_no_landlock, struct errinfo *ei)
{
	const struct confine_call *const calls[] = {
	    confine_calls_base,
	    confine_calls_files,
	    confine_calls_messages,
	    confine_calls_server,
	    NULL,
	};
	struct confine_path paths[TRUSTD_RINGS_MAX + 2];
	size_t num = num_mirrors;

	ensure(num_mirrors <= TRUSTD_RINGS_MAX);
	for (size_t i = 0; i < num_mirrors; i++) {
		paths[i] = (struct confine_path){mirrors[i], CONFINE_READ};
	}
	if (more != NULL) {
		paths[num++] = (struct confine_path){more, CONFINE_READ};
	}
	if (own != NULL) {
		paths[num++] =
		    (struct confine_path){own, CONFINE_READ | CONFINE_WRITE};
	}
	return confine_apply(
	    &(struct confine){
		.role = "trustd",
		.paths = paths,
		.num_paths = num,
		.calls = calls,
		.threads = true,
		.insecure_no_landlock = insecure_no_landlock,
	    },
	    ei);
}

enum err
walls_trustd_writer(const char *const *mirrors, size_t num_mirrors,
    bool insecure_no_landlock, struct errinfo *ei)
{
	const struct confine_call *const calls[] = {
	    confine_calls_base,
	    confine_calls_files,
	    confine_calls_messages,
	    NULL,
	};
	struct confine_path paths[TRUSTD_RINGS_MAX];

	ensure(num_mirrors <= TRUSTD_RINGS_MAX);
	for (size_t i = 0; i < num_mirrors; i++) {
		paths[i] = (struct confine_path){
		    mirrors[i], CONFINE_READ | CONFINE_WRITE};
	}
	return confine_apply(
	    &(struct confine){
		.role = "trustd",
		.paths = paths,
		.num_paths = num_mirrors,
		.calls = calls,
		.insecure_no_landlock = insecure_no_landlock,
	    },
	    ei);
}
