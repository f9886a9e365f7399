/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/text.h"
#include "der/der.h"
#include "der/oid.h"
#include "os/file.h"
#include "trust/cab.h"
#include "x509/bundle.h"
#include "x509/pem.h"

const char *
trust_form_name(enum trust_form f)
{
	static const char *const names[TRUST_FORM_MAX_] = {
	    [TRUST_FORM_STL] = "certificate trust list",
	    [TRUST_FORM_CAB] = "cabinet",
	    [TRUST_FORM_PROGRAM] = "program with a cabinet",
	    [TRUST_FORM_SST] = "serialized store",
	    [TRUST_FORM_P7B] = "PKCS#7 bag",
	    [TRUST_FORM_CERT] = "certificate",
	    [TRUST_FORM_PEM] = "PEM",
	    [TRUST_FORM_DIR] = "directory",
	};

	return (unsigned)f < TRUST_FORM_MAX_ ? names[f] : "";
}

/* --- parts -----------------------------------------------------------------
 */

static enum err
new_part(struct trust_file *f, const char *name, enum trust_content content,
    struct trust_part **out, struct errinfo *ei)
{
	struct trust_part *p;

	if (f->num == TRUST_PARTS_MAX) {
		return err_set(ei, ERR_LIMIT, "trust.parts", NULL,
		    "more than %d lists and stores together", TRUST_PARTS_MAX);
	}
	p = &f->parts[f->num++];
	*p = (struct trust_part){.content = content};
	buf_init(&p->memory, SST_BYTES_MAX);
	(void)snprintf(p->name, sizeof(p->name), "%s", name);
	*out = p;
	return ERR_OK;
}

/* Its own copy of the bytes, so that it may borrow from them. */
static enum err
keep(struct trust_part *p, struct slice bytes, struct errinfo *ei)
{
	buf_add(&p->memory, bytes);
	return buf_err(&p->memory, ei);
}

static enum err
add_list(struct trust_file *f, const char *name, struct slice bytes,
    struct errinfo *ei)
{
	struct trust_part *p;
	enum err e = new_part(f, name, TRUST_LIST, &p, ei);

	if (e == ERR_OK) {
		e = keep(p, bytes, ei);
	}
	return e == ERR_OK ? stl_parse(buf_slice(&p->memory), &p->list, ei) : e;
}

static enum err
add_store(struct trust_file *f, const char *name, struct slice bytes,
    struct errinfo *ei)
{
	struct trust_part *p;
	enum err e = new_part(f, name, TRUST_STORE, &p, ei);

	if (e == ERR_OK) {
		e = keep(p, bytes, ei);
	}
	if (e == ERR_OK) {
		e = sst_parse(buf_slice(&p->memory), &p->store, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < p->store.num; i++) {
		const struct sst_element *el = &p->store.elements[i];

		if (el->kind == SST_CERT) {
			e = trust_certs_add(f->certs, el->der, NULL, ei);
		}
	}
	return e;
}

static enum err
add_cert(void *arg, struct slice der, struct errinfo *ei)
{
	return trust_certs_add(arg, der, NULL, ei);
}

/* --- by what is inside ------------------------------------------------------
 */

/* Of a ContentInfo that is signed, what is inside; OID_UNKNOWN: none. */
static enum oid
signed_type(struct slice der)
{
	struct slice seq, type, explicit0, data, set, inner, version;

	if (der_get(&der, DER_SEQUENCE, &seq, NULL) != ERR_OK ||
	    der_get_oid(&seq, &type, NULL) != ERR_OK ||
	    oid_find(type) != OID_CMS_SIGNED ||
	    der_get(&seq, DER_CONTEXT_CONS(0), &explicit0, NULL) != ERR_OK ||
	    der_get(&explicit0, DER_SEQUENCE, &data, NULL) != ERR_OK ||
	    der_get(&data, DER_INTEGER, &version, NULL) != ERR_OK ||
	    der_get(&data, DER_SET, &set, NULL) != ERR_OK ||
	    der_get(&data, DER_SEQUENCE, &inner, NULL) != ERR_OK ||
	    der_get_oid(&inner, &type, NULL) != ERR_OK) {
		return OID_UNKNOWN;
	}
	return oid_find(type);
}

static enum trust_form
form_of(struct slice bytes)
{
	if (slice_starts(bytes, SLICE_LIT("MSCF"))) {
		return TRUST_FORM_CAB;
	}
	if (slice_starts(bytes, SLICE_LIT("MZ"))) {
		return TRUST_FORM_PROGRAM;
	}
	if (sst_looks_like(bytes)) {
		return TRUST_FORM_SST;
	}
	if (pem_looks_like(bytes)) {
		return TRUST_FORM_PEM;
	}
	if (der_peek(bytes) != DER_SEQUENCE) {
		return TRUST_FORM_MAX_;
	}
	switch ((int)signed_type(bytes)) {
	case OID_CTL:
		return TRUST_FORM_STL;
	case OID_UNKNOWN:
		return TRUST_FORM_CERT;
	default:
		return TRUST_FORM_P7B;
	}
}

static enum err
unknown(struct errinfo *ei)
{
	return err_set(ei, ERR_FORMAT, "trust.form", NULL,
	    "neither a list of roots (.stl), a cabinet (.cab), a serialized "
	    "store (.sst), a bag (.p7b) nor a certificate");
}

/* Certificates that stand for themselves are one part, the file. */
static enum err
need_certs_part(struct trust_file *f, const char *name, struct errinfo *ei)
{
	struct trust_part *p;

	for (size_t i = 0; i < f->num; i++) {
		if (f->parts[i].content == TRUST_CERTS) {
			return ERR_OK;
		}
	}
	return new_part(f, name, TRUST_CERTS, &p, ei);
}

/* What is not wrapped. */
static enum err
add_plain(struct trust_file *f, const char *name, struct slice bytes,
    enum trust_form form, struct errinfo *ei)
{
	switch ((int)form) {
	case TRUST_FORM_STL:
		return add_list(f, name, bytes, ei);
	case TRUST_FORM_SST:
		return add_store(f, name, bytes, ei);
	case TRUST_FORM_P7B:
	case TRUST_FORM_CERT:
	case TRUST_FORM_PEM:
		return bundle_read(bytes,
		    &(struct bundle_taker){add_cert, NULL, f->certs}, ei);
	default:
		return unknown(ei);
	}
}

/* Each member that is a list or a store; setup information and programs stand
 * beside them in rootsupd.exe. */
static enum err
add_members(struct trust_file *f, struct slice bytes, struct errinfo *ei)
{
	struct cab cab;
	size_t before = f->num;
	enum err e = cab_parse(bytes, &cab, ei);

	for (size_t i = 0; e == ERR_OK && i < cab.num; i++) {
		struct slice plain = SLICE_EMPTY;
		enum trust_form form;

		e = cab_member(&cab, i, &plain, ei);
		form = e == ERR_OK ? form_of(plain) : TRUST_FORM_MAX_;
		if (e == ERR_OK && (cab.num == 1 || form == TRUST_FORM_STL ||
				       form == TRUST_FORM_SST)) {
			e = add_plain(f, cab.members[i].name, plain, form, ei);
		}
	}
	cab_clear(&cab);
	return e != ERR_OK || f->num > before ? e : unknown(ei);
}

static enum err
add_program(struct trust_file *f, struct slice bytes, struct errinfo *ei)
{
	struct slice cabinet;

	if (!cab_find(bytes, &cabinet)) {
		return err_set(ei, ERR_FORMAT, "trust.form", NULL,
		    "a program without a cabinet inside");
	}
	return add_members(f, cabinet, ei);
}

static enum err
add_bytes(struct trust_file *f, const char *name, struct slice bytes,
    struct errinfo *ei)
{
	enum err e;

	f->form = form_of(bytes);
	switch ((int)f->form) {
	case TRUST_FORM_CAB:
		e = add_members(f, bytes, ei);
		break;
	case TRUST_FORM_PROGRAM:
		e = add_program(f, bytes, ei);
		break;
	default:
		e = add_plain(f, name, bytes, f->form, ei);
		break;
	}
	return e;
}

static enum err
finish(struct trust_file *f, struct errinfo *ei)
{
	if (f->num > 0) {
		return ERR_OK;
	}
	if (trust_certs_num(f->certs) == 0) {
		return err_set(ei, ERR_FORMAT, "trust.empty", NULL,
		    "neither a list nor a certificate is in it");
	}
	return need_certs_part(f, "", ei);
}

enum err
trust_file_parse(struct slice bytes, struct trust_file *out, struct errinfo *ei)
{
	enum err e;

	*out = (struct trust_file){.num = 0};
	e = trust_certs_new(&out->certs, ei);
	if (e == ERR_OK) {
		e = add_bytes(out, "", bytes, ei);
	}
	return e == ERR_OK ? finish(out, ei) : e;
}

/* --- files -----------------------------------------------------------------
 */

static bool
ends_with(const char *name, const char *end)
{
	size_t a = strlen(name), b = strlen(end);

	return a > b && strcasecmp(name + a - b, end) == 0;
}

static bool
ends_with_any(const char *name, const char *const *ends, size_t num)
{
	for (size_t i = 0; i < num; i++) {
		if (ends_with(name, ends[i])) {
			return true;
		}
	}
	return false;
}

/* "authroot.stl" beside "authrootstl.cab", as a mirror's user may have
 * unpacked it: the cabinet's is read. */
static bool
has_cabinet(char *const *names, size_t num, const char *list)
{
	char cabinet[TRUST_NAME_SIZE];
	size_t stem = strlen(list) - strlen(".stl");

	(void)snprintf(
	    cabinet, sizeof(cabinet), "%.*sstl.cab", (int)stem, list);
	for (size_t i = 0; i < num; i++) {
		if (strcasecmp(names[i], cabinet) == 0) {
			return true;
		}
	}
	return false;
}

static enum err
add_file(struct trust_file *f, const char *dir, const char *name, bool of_list,
    struct errinfo *ei)
{
	struct buf bytes = BUF_INIT(SST_BYTES_MAX);
	char path[PATH_TEXT_SIZE];
	enum err e = path_join(path, dir, name, ei);

	if (e == ERR_OK) {
		e = file_read(path, SST_BYTES_MAX, &bytes, ei);
	}
	if (e == ERR_OK) {
		e = add_bytes(f, name, buf_slice(&bytes), ei);
	}
	if (e == ERR_OK && of_list && f->num > 0) {
		/* The file's own name says more than its member's. */
		(void)snprintf(
		    f->parts[f->num - 1].name, TRUST_NAME_SIZE, "%s", name);
	}
	buf_clear(&bytes);
	return e == ERR_OK ? ERR_OK : err_object(ei, e, path);
}

static enum err
load_dir(const char *path, struct trust_file *f, struct errinfo *ei)
{
	static const char *const lists[] = {".stl", ".cab", ".sst"};
	static const char *const certs[] = {".crt", ".cer", ".pem"};
	char **names = NULL;
	size_t num = 0;
	enum err e = dir_list(path, NULL, STL_ENTRIES_MAX, &names, &num, ei);

	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		bool of_list = ends_with_any(names[i], lists, ARRAY_LEN(lists));

		if ((of_list && !(ends_with(names[i], ".stl") &&
				    has_cabinet(names, num, names[i]))) ||
		    ends_with_any(names[i], certs, ARRAY_LEN(certs))) {
			e = add_file(f, path, names[i], of_list, ei);
		}
	}
	dir_list_free(names, num);
	f->form = TRUST_FORM_DIR;
	return e;
}

enum err
trust_file_load(const char *path, struct trust_file *out, struct errinfo *ei)
{
	struct buf bytes = BUF_INIT(SST_BYTES_MAX);
	struct stat st;
	enum err e;

	*out = (struct trust_file){.num = 0};
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		e = trust_certs_new(&out->certs, ei);
		if (e == ERR_OK) {
			e = load_dir(path, out, ei);
		}
		return e == ERR_OK ? finish(out, ei) : e;
	}
	e = file_read(path, SST_BYTES_MAX, &bytes, ei);
	if (e == ERR_OK) {
		e = trust_file_parse(buf_slice(&bytes), out, ei);
	}
	buf_clear(&bytes);
	return e == ERR_OK ? ERR_OK : err_object(ei, e, path);
}

void
trust_file_clear(struct trust_file *f)
{
	for (size_t i = 0; i < f->num; i++) {
		stl_clear(&f->parts[i].list);
		sst_clear(&f->parts[i].store);
		buf_clear(&f->parts[i].memory);
	}
	trust_certs_free(f->certs);
	*f = (struct trust_file){.num = 0};
}
