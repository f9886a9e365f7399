/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/shard.h"

#include <stdio.h>
#include <string.h>

#include "store/store.h"
#include "x509/cert.h"
#include "x509/ext.h"

enum {
	ROW_STEP = 1000
};
_Static_assert((int)CRL_SHARDS_MAX <= (int)ROW_STEP, "shard_row()");

int64_t
shard_row(struct crl_shard s)
{
	int64_t row =
	    crl_shard_is_full(s) ? 0 : (int64_t)s.count * ROW_STEP + s.index;

	return s.delta ? -1 - row : row;
}

struct crl_shard
shard_from_row(int64_t row)
{
	int64_t of = row < 0 ? -1 - row : row;
	struct crl_shard s = {
	    .index = (unsigned)(of % ROW_STEP),
	    .count = (unsigned)(of / ROW_STEP),
	    .delta = row < 0,
	};

	return of > 0 && crl_shard_ok(s) ? s
					 : (struct crl_shard){.delta = row < 0};
}

enum err
shard_last_number(
    struct store *s, const char *ca, uint64_t *out, struct errinfo *ei)
{
	struct rows *r = NULL;
	enum err e = store_query(s, ST_CRL_SHARD_LAST, &r, ei, V_TEXT(ca));

	if (e == ERR_OK) {
		*out = rows_num(r) > 0 && !rows_is_null(r, 0, 0)
			   ? (uint64_t)rows_int(r, 0, 0)
			   : 0;
	}
	rows_free(r);
	return e;
}

void
shard_file(const char *ca, struct crl_shard s, char out[SHARD_FILE_SIZE])
{
	char text[CRL_SHARD_TEXT_SIZE];

	crl_shard_text(s, text);
	(void)snprintf(out, SHARD_FILE_SIZE, "%s%s.crl", ca, text);
}

bool
shard_of_file(const char *file, const char *ca, struct crl_shard *out)
{
	char own[SHARD_FILE_SIZE];
	struct crl_shard s;

	if (!crl_shard_parse(slice_str(file), &s)) {
		return false;
	}
	shard_file(ca, s, own);
	if (strcmp(own, file) != 0) {
		/* A CA whose name ends like a shard's list has a full one. */
		s = (struct crl_shard){.delta = s.delta};
		shard_file(ca, s, own);
	}
	*out = s;
	return strcmp(own, file) == 0;
}

enum err
shard_of_cert(struct slice der, struct crl_shard *out, struct errinfo *ei)
{
	struct crl_shard s = {0};
	const struct ext *points;
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	if (e != ERR_OK) {
		return e;
	}
	points = ext_find(cert_exts(cert), EXT_CRL_POINTS);
	if (points != NULL && points->u.points.num > 0 &&
	    points->u.points.list[0].full.num > 0) {
		struct slice url = points->u.points.list[0].full.list[0].value;

		if (!crl_shard_parse(url, &s) || s.delta ||
		    !crl_shard_has(s, cert_serial(cert))) {
			s = (struct crl_shard){0};
		}
	}
	cert_free(cert);
	*out = s;
	return ERR_OK;
}
