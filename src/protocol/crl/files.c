/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/crl/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "ca/authority.h"
#include "ca/shard.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/response.h"
#include "os/file.h"
#include "protocol/ocsp/responder.h"

static const struct {
	const char *suffix;
	const char *type;
} kinds[] = {
    {".cer", "application/pkix-cert"},
    {".p7b", "application/x-pkcs7-certificates"},
    {".crl", "application/pkix-crl"},
};

struct public_file {
	char *name;
	const char *type;
	struct buf content;
};

struct public_files {
	struct ca *ca;
	struct responder *responder;
	struct public_file at[PUBLIC_FILES_MAX];
	size_t num;
};

static enum err
read_one(struct public_files *p, const char *dir, const char *name,
    const char *type, struct errinfo *ei)
{
	struct public_file *f = &p->at[p->num];
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, dir, name, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (p->num == PUBLIC_FILES_MAX) {
		return err_set(ei, ERR_LIMIT, "public.files", NULL,
		    "more than %d files in %s", (int)PUBLIC_FILES_MAX, dir);
	}
	f->name = slice_dup_str(slice_str(name));
	f->type = type;
	buf_init(&f->content, CRL_BYTES_MAX);
	p->num++;
	return f->name == NULL
		   ? err_nomem(ei)
		   : file_read(path, CRL_BYTES_MAX, &f->content, ei);
}

static enum err
read_kind(struct public_files *p, size_t kind, struct errinfo *ei)
{
	const char *dir = ca_public_dir(p->ca);
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(
	    dir, kinds[kind].suffix, PUBLIC_FILES_MAX, &names, &num, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = read_one(p, dir, names[i], kinds[kind].type, ei);
	}
	dir_list_free(names, num);
	return e;
}

enum err
public_files_new(struct ca *ca, size_t ocsp_cache_bytes,
    struct public_files **out, struct errinfo *ei)
{
	struct public_files *p = calloc(1, sizeof(*p));
	enum err e;

	if (p == NULL) {
		return err_nomem(ei);
	}
	p->ca = ca;
	e = responder_new(ca, ocsp_cache_bytes, &p->responder, ei);
	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(kinds); i++) {
		e = read_kind(p, i, ei);
	}
	if (e != ERR_OK) {
		public_files_free(p);
		return e;
	}
	*out = p;
	return ERR_OK;
}

void
public_files_free(struct public_files *p)
{
	if (p == NULL) {
		return;
	}
	responder_free(p->responder);
	for (size_t i = 0; i < p->num; i++) {
		free(p->at[i].name);
		buf_clear(&p->at[i].content);
	}
	free(p);
}

struct responder *
public_files_responder(const struct public_files *p)
{
	return p->responder;
}

/* The present list of a CA that we run. */
static struct shared_crl *
live_crl(const struct public_files *p, const char *name)
{
	struct crl_shard shard;

	for (size_t i = 0; i < ca_num(p->ca); i++) {
		struct authority *a = ca_at(p->ca, i);

		if (shard_of_file(name, authority_name(a), &shard)) {
			return authority_crl(a, shard);
		}
	}
	return NULL;
}

static bool
send_live_crl(
    const struct public_files *p, const char *name, struct response *resp)
{
	struct shared_crl *crl = live_crl(p, name);

	if (crl == NULL) {
		return false;
	}
	response_status(resp, 200);
	response_header(resp, "Cache-Control", "public, max-age=300");
	response_body_shared(resp, slice_make(crl->der, crl->len),
	    "application/pkix-crl", shared_crl_release, crl);
	return true;
}

static void
serve_file(void *arg, const struct request *r, struct response *resp)
{
	const struct public_files *p = arg;
	const char *name = request_param(r, "file");

	if (send_live_crl(p, name, resp)) {
		return;
	}
	for (size_t i = 0; i < p->num; i++) {
		if (strcmp(p->at[i].name, name) == 0) {
			response_status(resp, 200);
			response_header(
			    resp, "Cache-Control", "public, max-age=3600");
			response_body_static(
			    resp, buf_slice(&p->at[i].content), p->at[i].type);
			return;
		}
	}
	problem(resp, 404, "public.none", "there is no such file here");
}

static const struct route routes[] = {
    {"GET", "/ca/{file}", serve_file, ROUTE_INLINE},
    {"GET", "/crl/{file}", serve_file, ROUTE_INLINE},
    {"POST", "/ocsp/{ca}", ocsp_post, ROUTE_BODY, "application/ocsp-request",
	OCSP_REQUEST_BYTES_MAX, ocsp_post_kept},
    {"GET", "/ocsp/{ca}/{request*}", ocsp_get, 0, NULL, 0, ocsp_get_kept},
};

const struct route *
public_routes(size_t *out_num)
{
	*out_num = ARRAY_LEN(routes);
	return routes;
}
