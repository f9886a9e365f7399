/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/crl/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/clock.h"
#include "ca/authority.h"
#include "ca/root_crl.h"
#include "ca/shard.h"
#include "crypto/hash.h"
#include "http/date.h"
#include "http/etag.h"
#include "http/problem.h"
#include "http/request.h"
#include "http/response.h"
#include "os/file.h"
#include "protocol/ocsp/responder.h"
#include "x509/crl.h"

static const char crl_type[] = "application/pkix-crl";

static const struct {
	const char *suffix;
	const char *type;
} kinds[] = {
    {".cer", "application/pkix-cert"},
    {".p7b", "application/x-pkcs7-certificates"},
    {".crl", crl_type},
};

enum {
	/* A revocation is told within seconds to who asks again. */
	LIST_AGE_SEC = 300,
	FILE_AGE_SEC = 3600,
};

/* What caches may know of a file. */
struct cached {
	char etag[ETAG_SIZE];
	int64_t modified; /* 0: not known */
	int64_t ends;     /* not to be used after it; 0: without end */
	int64_t age;      /* seconds, at most */
};

struct public_file {
	char *name;
	const char *type;
	struct buf content;
	struct cached cached;
};

struct public_files {
	struct ca *ca;
	struct responder *responder;
	struct public_file at[PUBLIC_FILES_MAX];
	size_t num;
};

/* Is it a list of a CA that we run? */
static struct authority *
find_list(
    const struct public_files *p, const char *name, struct crl_shard *shard)
{
	for (size_t i = 0; i < ca_num(p->ca); i++) {
		struct authority *a = ca_at(p->ca, i);

		if (shard_of_file(name, authority_name(a), shard)) {
			return a;
		}
	}
	return NULL;
}

/* Lists of others, which nobody brings anew while we run: of a root that none
 * of our CAs stands under now.  What is no list is handed out as it is. */
static void
list_times(struct public_file *f)
{
	struct crl *crl = NULL;

	if (crl_parse(buf_slice(&f->content), &crl, NULL) == ERR_OK) {
		f->cached.modified = crl_this_update(crl);
		(void)crl_next_update(crl, &f->cached.ends);
		crl_free(crl);
	}
}

static enum err
set_cached(
    const struct public_files *p, struct public_file *f, struct errinfo *ei)
{
	bool list = strcmp(f->type, crl_type) == 0;
	uint8_t hash[HASH_SIZE_MAX];
	struct crl_shard shard;
	enum err e = hash_of(HASH_SHA256, buf_slice(&f->content), hash, ei);

	if (e != ERR_OK) {
		return e;
	}
	etag_text(hash, f->cached.etag);
	f->cached.age = list ? LIST_AGE_SEC : FILE_AGE_SEC;
	/* One of ours is soon replaced by the list of this run. */
	if (list && find_list(p, f->name, &shard) == NULL) {
		list_times(f);
	}
	return ERR_OK;
}

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
	e = f->name == NULL ? err_nomem(ei)
			    : file_read(path, CRL_BYTES_MAX, &f->content, ei);
	return e == ERR_OK ? set_cached(p, f, ei) : e;
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

/* --- answers --------------------------------------------------------------
 */

/* The headers; true when the client has it already, and the answer is a 304. */
static bool
put_cached(const struct public_files *p, const struct request *r,
    const struct cached *c, struct response *resp)
{
	int64_t now = clock_utc_sec(ca_clock(p->ca)), age = c->age;
	char modified[HTTP_DATE_SIZE], expires[HTTP_DATE_SIZE], text[64];
	bool known = etag_is_known(c->etag, request_header(r, "If-None-Match"));

	if (c->ends != 0 && c->ends - now < age) {
		age = c->ends > now ? c->ends - now : 0;
	}
	http_date(c->modified, modified);
	http_date(now + age, expires);
	(void)snprintf(
	    text, sizeof(text), "public, max-age=%lld", (long long)age);
	response_status(resp, known ? 304 : 200);
	response_header(resp, "Cache-Control", text);
	response_header(resp, "ETag", c->etag);
	response_header(resp, "Expires", expires);
	if (c->modified != 0) {
		response_header(resp, "Last-Modified", modified);
	}
	return known;
}

static void
send_list(const struct public_files *p, const struct request *r,
    struct shared_crl *crl, struct response *resp)
{
	struct cached c = {
	    .modified = crl->facts.this_update,
	    .ends = crl->facts.next_update,
	    .age = LIST_AGE_SEC,
	};

	etag_text(crl->facts.sha256, c.etag);
	if (put_cached(p, r, &c, resp)) {
		shared_crl_release(crl);
	} else {
		response_body_shared(resp, crl->pieces, CRL_PIECES, crl_type,
		    shared_crl_release, crl);
	}
}

static void
serve_file(void *arg, const struct request *r, struct response *resp)
{
	const struct public_files *p = arg;
	const char *name = request_param(r, "file");
	struct crl_shard shard;
	struct authority *a = find_list(p, name, &shard);
	struct shared_crl *crl = a == NULL
				     ? root_crls_file(ca_roots(p->ca), name)
				     : authority_crl(a, shard);

	if (crl != NULL) {
		send_list(p, r, crl, resp);
		return;
	}
	for (size_t i = 0; i < p->num; i++) {
		const struct public_file *f = &p->at[i];

		if (strcmp(f->name, name) == 0) {
			if (!put_cached(p, r, &f->cached, resp)) {
				response_body_static(
				    resp, buf_slice(&f->content), f->type);
			}
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
