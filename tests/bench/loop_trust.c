/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loop_trust LIST TIMES: a list of trusted roots read and verified by our code,
 * and as much of the same octets hashed and verified by OpenSSL alone: the
 * content's digest, the signature over the attributes, and those of the
 * signer's certificate and its issuer.  The peer reads no list and judges no
 * chain; its keys and certificates are parsed before it begins.  Prints
 * microseconds of CPU for one of each, in turns, so that a noisy machine is so
 * for both.
 */
#include <stdio.h>
#include <stdlib.h>

/* A type of its own; ours is an error. */
#define ERR_STATE OPENSSL_ERR_STATE_TYPE
#include <openssl/evp.h>
#include <openssl/x509.h>
#undef ERR_STATE

#include "cpu.h"

#include "base/bounds.h"
#include "base/buf.h"
#include "crypto/init.h"
#include "os/file.h"
#include "trust/anchors.h"
#include "trust/stl_verify.h"
#include "x509/cert.h"

enum {
	TURN = 50, /* of one, before the other's */
	PATH_CERTS = 3,
};

static struct trust_anchors anchors;

static bool
ours(struct slice der)
{
	const struct stl_rules rules = {
	    .anchors = trust_anchors_certs(&anchors)};
	struct stl_verdict v;
	struct stl l;
	bool good;

	if (stl_parse(der, &l, NULL) != ERR_OK) {
		return false;
	}
	good = stl_verify(&l, &rules, &v, NULL) == ERR_OK;
	stl_verdict_clear(&v);
	stl_clear(&l);
	return good;
}

/* What the peer has in its hands. */
struct peer {
	struct slice content;
	struct buf attrs; /* as they are signed: a SET */
	struct slice signature;
	X509 *path[PATH_CERTS];
	EVP_PKEY *keys[PATH_CERTS];
};

static bool
peer_init(struct peer *p, const struct stl *l)
{
	const struct stl_rules rules = {
	    .anchors = trust_anchors_certs(&anchors)};
	struct stl_verdict v;
	bool good = stl_verify(l, &rules, &v, NULL) == ERR_OK &&
		    v.chain.num == PATH_CERTS;

	p->content = l->content;
	p->signature = l->signature.signature;
	buf_init(&p->attrs, STL_BYTES_MAX);
	buf_add(&p->attrs, l->signature.attrs);
	good = good && p->attrs.len > 0;
	if (good) {
		p->attrs.p[0] = 0x31;
	}
	for (size_t i = 0; good && i < PATH_CERTS; i++) {
		struct slice der = cert_der(v.chain.path[i]);
		const unsigned char *at = der.p;

		p->path[i] = d2i_X509(NULL, &at, (long)der.len);
		p->keys[i] =
		    p->path[i] != NULL ? X509_get_pubkey(p->path[i]) : NULL;
		good = p->keys[i] != NULL;
	}
	stl_verdict_clear(&v);
	return good;
}

static bool
peer(const struct peer *p)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good = ctx != NULL &&
		    EVP_Digest(p->content.p, p->content.len, digest, NULL,
			EVP_sha256(), NULL) == 1 &&
		    EVP_DigestVerifyInit(
			ctx, NULL, EVP_sha256(), NULL, p->keys[0]) == 1 &&
		    EVP_DigestVerify(ctx, p->signature.p, p->signature.len,
			p->attrs.p, p->attrs.len) == 1;

	for (size_t i = 0; good && i + 1 < PATH_CERTS; i++) {
		good = X509_verify(p->path[i], p->keys[i + 1]) == 1;
	}
	EVP_MD_CTX_free(ctx);
	return good;
}

static int
fail(const char *what, const struct errinfo *ei)
{
	(void)fprintf(
	    stderr, "loop_trust: %s %s %s\n", what, ei->rule, ei->text);
	return 1;
}

int
main(int argc, char **argv)
{
	struct buf file = BUF_INIT(STL_BYTES_MAX);
	long times = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	double used[2] = {0, 0};
	struct errinfo ei = {0};
	struct peer p;
	struct stl l;

	if (times < TURN || crypto_init(&ei) != ERR_OK ||
	    trust_anchors_microsoft(&anchors, &ei) != ERR_OK ||
	    file_read(argv[1], STL_BYTES_MAX, &file, &ei) != ERR_OK ||
	    stl_parse(buf_slice(&file), &l, &ei) != ERR_OK) {
		return fail("LIST TIMES", &ei);
	}
	if (!peer_init(&p, &l)) {
		return fail("the list does not verify", &ei);
	}
	for (long done = 0; done < times; done += TURN) {
		double t[3];

		t[0] = own_cpu();
		for (int i = 0; i < TURN; i++) {
			if (!ours(buf_slice(&file))) {
				return fail("ours", &ei);
			}
		}
		t[1] = own_cpu();
		for (int i = 0; i < TURN; i++) {
			if (!peer(&p)) {
				return fail("peer", &ei);
			}
		}
		t[2] = own_cpu();
		used[0] += t[1] - t[0];
		used[1] += t[2] - t[1];
	}
	(void)printf("ours %.1f peer %.1f\n", used[0] / (double)times * 1e6,
	    used[1] / (double)times * 1e6);
	return 0;
}
