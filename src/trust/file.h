/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_FILE_H
#define SURGUCH_TRUST_FILE_H
/*
 * What people have in their hands when they speak of a list of roots: a list
 * (.stl), one or several in a cabinet (.cab) or in Windows' updating program
 * (rootsupd.exe), a serialized store (.sst), a bag (.p7b), certificates in DER
 * or PEM, or a directory with any of these, such as a mirror.  By what is
 * inside, not by the name.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/certs.h"
#include "trust/sst.h"
#include "trust/stl.h"

enum trust_form {
	TRUST_FORM_STL,
	TRUST_FORM_CAB,
	TRUST_FORM_PROGRAM, /* with a cabinet inside */
	TRUST_FORM_SST,
	TRUST_FORM_P7B,
	TRUST_FORM_CERT, /* one, DER */
	TRUST_FORM_PEM,
	TRUST_FORM_DIR,
	TRUST_FORM_MAX_
};
const char *trust_form_name(enum trust_form f); /* "cabinet" */

enum trust_content {
	TRUST_LIST,
	TRUST_STORE,
	TRUST_CERTS, /* certificates and nothing about them */
};

enum {
	TRUST_NAME_SIZE = 256,
	TRUST_PARTS_MAX = 16,
};

/* A part that has something to say of its own. */
struct trust_part {
	char name[TRUST_NAME_SIZE]; /* in the cabinet or directory, or "" */
	enum trust_content content;
	struct stl list;   /* TRUST_LIST */
	struct sst store;  /* TRUST_STORE */
	struct buf memory; /* that these borrow from */
};

struct trust_file {
	enum trust_form form;
	struct trust_part parts[TRUST_PARTS_MAX];
	size_t num; /* at least one */
	/* All that came along, of every part; owned. */
	struct trust_certs *certs;
};

/*
 * The file, or the directory: there each file that ends in .stl, .cab or .sst
 * is a part (a list that is there twice, in its cabinet and beside it, once),
 * and each .crt, .cer or .pem a certificate.  trust_file_clear() in the end,
 * also of what failed.
 * ERR_NOTFOUND "file.open"; ERR_FORMAT "trust.form" (none of these),
 * "trust.empty", and what the readers of the forms say; the errinfo names the
 * file.
 */
ATTR_MUST_USE enum err trust_file_load(
    const char *path, struct trust_file *out, struct errinfo *ei);
/* The same of bytes, which are not kept. */
ATTR_MUST_USE enum err trust_file_parse(
    struct slice bytes, struct trust_file *out, struct errinfo *ei);
void trust_file_clear(struct trust_file *f);

#endif
