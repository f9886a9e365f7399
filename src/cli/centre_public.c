/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a new centre serves. */
#include <stdio.h>
#include <sys/stat.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "cli/centre.h"
#include "x509/p7b.h"
#include "x509/pem.h"

enum {
	P7B_MAX = 3 * CERT_BYTES_MAX,
	PEM_MAX = 2 * CERT_BYTES_MAX
};

static enum err
publish(const struct centre *c, const char *name, const char *suffix,
    struct slice content, struct errinfo *ei)
{
	char file[PATH_TEXT_SIZE], dir[PATH_TEXT_SIZE];
	struct stat st;
	enum err e = centre_path(c, dir, ei, CENTRE_PUBLIC_DIR);

	(void)snprintf(
	    file, sizeof(file), CENTRE_PUBLIC_DIR "/%s.%s", name, suffix);
	if (e == ERR_OK && stat(dir, &st) != 0) {
		e = err_object(ei,
		    err_sys(
			ei, "ceremony.public", "the directory is not there"),
		    dir);
	}
	/* Whose the directory is, front's that is, are the files in it. */
	return e != ERR_OK
		   ? e
		   : centre_write(c, file, content, 0644, st.st_uid, ei);
}

enum err
centre_publish_root(const struct centre *c, const char *name, struct slice cert,
    struct slice crl, struct errinfo *ei)
{
	struct buf pem = BUF_INIT(PEM_MAX);
	enum err e;

	pem_put(&pem, PEM_CERTIFICATE, cert);
	e = buf_err(&pem, ei);
	if (e == ERR_OK) {
		e = publish(c, name, "cer", cert, ei);
	}
	if (e == ERR_OK) {
		e = publish(c, name, "pem", buf_slice(&pem), ei);
	}
	if (e == ERR_OK && crl.len > 0) {
		e = publish(c, name, "crl", crl, ei);
	}
	buf_clear(&pem);
	return e;
}

enum err
centre_publish_ca(const struct centre *c, const char *name, struct slice cert,
    struct slice root, struct errinfo *ei)
{
	const struct slice chain[] = {cert, root};
	struct buf p7b = BUF_INIT(P7B_MAX);
	enum err e;

	p7b_build(chain, ARRAY_LEN(chain), &p7b);
	e = buf_err(&p7b, ei);
	if (e == ERR_OK) {
		e = publish(c, name, "cer", cert, ei);
	}
	if (e == ERR_OK) {
		e = publish(c, name, "p7b", buf_slice(&p7b), ei);
	}
	buf_clear(&p7b);
	return e;
}
