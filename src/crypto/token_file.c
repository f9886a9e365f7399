/* SPDX-License-Identifier: Apache-2.0 */
/* Data objects as files in folders. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "crypto/token_priv.h"

enum {
	FILE_BYTES_MAX = 65536,
};

/* --- objects in general (on the thread) --------------------------------------
 */

enum err
token_find(struct token *t, CK_ATTRIBUTE *wanted, CK_ULONG num_wanted,
    CK_OBJECT_HANDLE *out, CK_ULONG max, CK_ULONG *out_num, struct errinfo *ei)
{
	CK_FUNCTION_LIST *f = t->m->m->f;
	CK_ULONG got = 1;
	CK_RV rv = f->C_FindObjectsInit(t->session, wanted, num_wanted);

	*out_num = 0;
	if (rv != CKR_OK) {
		return token_failed(ei, t, "C_FindObjectsInit", rv);
	}
	while (rv == CKR_OK && got > 0 && *out_num < max) {
		got = 0;
		rv = f->C_FindObjects(
		    t->session, out + *out_num, max - *out_num, &got);
		*out_num += rv == CKR_OK && got <= max - *out_num ? got : 0;
	}
	(void)f->C_FindObjectsFinal(t->session);
	return rv == CKR_OK ? ERR_OK : token_failed(ei, t, "C_FindObjects", rv);
}

enum err
token_attribute(struct token *t, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE_TYPE type, struct buf *out, struct errinfo *ei)
{
	CK_ATTRIBUTE at = {type, NULL, 0};
	CK_FUNCTION_LIST *f = t->m->m->f;
	CK_RV rv = f->C_GetAttributeValue(t->session, object, &at, 1);
	size_t len = out->len;

	if (rv == CKR_OK && at.ulValueLen == CK_UNAVAILABLE_INFORMATION) {
		rv = CKR_ATTRIBUTE_TYPE_INVALID;
	}
	if (rv == CKR_OK && at.ulValueLen > 0) {
		size_t room = at.ulValueLen;

		at.pValue = buf_grow(out, room);
		if (at.pValue == NULL) {
			return buf_err(out, ei);
		}
		rv = f->C_GetAttributeValue(t->session, object, &at, 1);
		if (rv == CKR_OK && at.ulValueLen > room) {
			rv = CKR_GENERAL_ERROR;
		}
		buf_cut(out, rv == CKR_OK ? len + at.ulValueLen : len);
	}
	return rv == CKR_OK ? ERR_OK
			    : token_failed(ei, t, "C_GetAttributeValue", rv);
}

/* --- files ---------------------------------------------------------------- */

static CK_OBJECT_CLASS data_class = CKO_DATA;

static enum err
find_file(struct token_job *j, CK_OBJECT_HANDLE *out, CK_ULONG max,
    CK_ULONG *out_num, struct errinfo *ei)
{
	CK_ATTRIBUTE wanted[] = {
	    {CKA_CLASS, &data_class, sizeof(data_class)},
	    pkcs11_attribute(CKA_APPLICATION, j->folder, strlen(j->folder)),
	    pkcs11_attribute(CKA_LABEL, j->name, strlen(j->name)),
	};

	return token_find(
	    j->t, wanted, ARRAY_LEN(wanted), out, max, out_num, ei);
}

static enum err
run_read(struct token_job *j, struct errinfo *ei)
{
	CK_OBJECT_HANDLE found[2];
	CK_ULONG num = 0;
	enum err e = find_file(j, found, ARRAY_LEN(found), &num, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (num == 0) {
		return err_set(ei, ERR_NOTFOUND, "token.file", NULL,
		    "the token has no such file");
	}
	/* Two: it was pulled out while the second took the place of the
	 * first; either was whole. */
	return token_attribute(j->t, found[num - 1], CKA_VALUE, &j->out, ei);
}

static struct token_job *
file_job(struct token *t, const char *folder, const char *name,
    enum err (*run)(struct token_job *j, struct errinfo *ei))
{
	struct token_job *j = token_job_new(t->m, t, run);

	if (j != NULL) {
		(void)snprintf(j->folder, sizeof(j->folder), "%s", folder);
		(void)snprintf(j->name, sizeof(j->name), "%s", name);
		buf_init(&j->out, FILE_BYTES_MAX);
	}
	return j;
}

enum err
token_file_read(struct token *t, const char *folder, const char *name,
    size_t max, struct secret *out, struct errinfo *ei)
{
	struct token_job *j = file_job(t, folder, name, run_read);
	enum err e;

	if (j != NULL) {
		j->out.max = max;
	}
	e = token_do(&j, TOKEN_WAIT_MS, ei);
	if (e == ERR_OK) {
		e = secret_copy(out, buf_slice(&j->out), ei);
	}
	token_job_free(j);
	return e;
}

static enum err
create_file(struct token_job *j, CK_OBJECT_HANDLE *out, struct errinfo *ei)
{
	CK_BBOOL yes = CK_TRUE, private = j->flag ? CK_TRUE : CK_FALSE;
	CK_ATTRIBUTE at[] = {
	    {CKA_CLASS, &data_class, sizeof(data_class)},
	    {CKA_TOKEN, &yes, sizeof(yes)},
	    {CKA_PRIVATE, &private, sizeof(private)},
	    {CKA_MODIFIABLE, &yes, sizeof(yes)},
	    pkcs11_attribute(CKA_APPLICATION, j->folder, strlen(j->folder)),
	    pkcs11_attribute(CKA_LABEL, j->name, strlen(j->name)),
	    {CKA_VALUE, j->one.p, j->one.len},
	};
	CK_RV rv =
	    j->m->m->f->C_CreateObject(j->t->session, at, ARRAY_LEN(at), out);

	if (rv == CKR_DEVICE_MEMORY) {
		return err_set(ei, ERR_LIMIT, "token.full", NULL,
		    "there is no room left on the token");
	}
	return rv == CKR_OK ? ERR_OK
			    : token_failed(ei, j->t, "C_CreateObject", rv);
}

static enum err
remove_files(struct token_job *j, const CK_OBJECT_HANDLE *old, CK_ULONG num,
    struct errinfo *ei)
{
	for (CK_ULONG i = 0; i < num; i++) {
		CK_RV rv = j->m->m->f->C_DestroyObject(j->t->session, old[i]);

		if (rv != CKR_OK) {
			return token_failed(ei, j->t, "C_DestroyObject", rv);
		}
	}
	return ERR_OK;
}

static enum err
run_write(struct token_job *j, struct errinfo *ei)
{
	CK_OBJECT_HANDLE old[TOKEN_OBJECTS_MAX], new = CK_INVALID_HANDLE;
	CK_ULONG num = 0;
	enum err e = find_file(j, old, ARRAY_LEN(old), &num, ei);

	if (e == ERR_OK) {
		e = create_file(j, &new, ei);
	}
	return e == ERR_OK ? remove_files(j, old, num, ei) : e;
}

enum err
token_file_write(struct token *t, const char *folder, const char *name,
    struct slice content, bool private, struct errinfo *ei)
{
	struct token_job *j = file_job(t, folder, name, run_write);
	enum err e = ERR_OK;

	if (j != NULL) {
		j->flag = private;
		e = secret_copy(&j->one, content, ei);
	}
	if (e == ERR_OK) {
		e = token_do(&j, TOKEN_WAIT_MS, ei);
	}
	token_job_free(j);
	return e;
}

static enum err
run_remove(struct token_job *j, struct errinfo *ei)
{
	CK_OBJECT_HANDLE old[TOKEN_OBJECTS_MAX];
	CK_ULONG num = 0;
	enum err e = find_file(j, old, ARRAY_LEN(old), &num, ei);

	if (e == ERR_OK && num == 0) {
		e = err_set(ei, ERR_NOTFOUND, "token.file", NULL,
		    "the token has no such file");
	}
	return e == ERR_OK ? remove_files(j, old, num, ei) : e;
}

enum err
token_file_remove(
    struct token *t, const char *folder, const char *name, struct errinfo *ei)
{
	struct token_job *j = file_job(t, folder, name, run_remove);
	enum err e = token_do(&j, TOKEN_WAIT_MS, ei);

	token_job_free(j);
	return e;
}

/* --- folders ----------------------------------------------------------------
 */

static bool
has_name(const struct token_job *j, const char *name)
{
	for (size_t i = 0; i < j->num; i++) {
		if (strcmp(j->names[i], name) == 0) {
			return true;
		}
	}
	return false;
}

static enum err
run_folders(struct token_job *j, struct errinfo *ei)
{
	CK_OBJECT_HANDLE found[TOKEN_OBJECTS_MAX];
	CK_ATTRIBUTE wanted[] = {
	    {CKA_CLASS, &data_class, sizeof(data_class)},
	    pkcs11_attribute(CKA_LABEL, j->name, strlen(j->name)),
	};
	CK_ULONG num = 0;
	enum err e = token_find(
	    j->t, wanted, ARRAY_LEN(wanted), found, ARRAY_LEN(found), &num, ei);

	for (CK_ULONG i = 0; i < num && j->num < j->max && e == ERR_OK; i++) {
		struct buf text = BUF_INIT(TOKEN_NAME_SIZE - 1);
		char *name = j->names[j->num];

		/* One without a name, or of another's making, is not ours. */
		if (token_attribute(j->t, found[i], CKA_APPLICATION, &text,
			NULL) == ERR_OK) {
			token_text(name, TOKEN_NAME_SIZE, buf_slice(&text));
			j->num += name[0] != '\0' && !has_name(j, name);
		}
		buf_clear(&text);
	}
	return e;
}

enum err
token_folders(struct token *t, const char *name, char (*out)[TOKEN_NAME_SIZE],
    size_t max, size_t *out_num, struct errinfo *ei)
{
	struct token_job *j = file_job(t, "", name, run_folders);
	enum err e;

	if (j != NULL) {
		j->max = max;
		j->names = calloc(max, sizeof(*j->names));
	}
	if (j == NULL || j->names == NULL) {
		token_job_free(j);
		return err_nomem(ei);
	}
	e = token_do(&j, TOKEN_WAIT_MS, ei);
	if (e == ERR_OK) {
		*out_num = j->num;
		memcpy(out, j->names, j->num * sizeof(*out));
	}
	token_job_free(j);
	return e;
}
