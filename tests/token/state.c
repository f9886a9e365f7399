/* SPDX-License-Identifier: Apache-2.0 */
/* The token's directory. */
#include "token.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum {
	FILE_MAX = 4096,
	DIR_MODE = 0700,
	FILE_MODE = 0600,
	MS_OF_SEC = 1000,
	NS_OF_MS = 1000000,
};

static bool
text_of(const char *dir, const char *name, struct buf *out)
{
	char path[PATH_TEXT_SIZE];

	return path_join(path, dir, name, NULL) == ERR_OK &&
	       file_read(path, FILE_MAX, out, NULL) == ERR_OK;
}

static bool
names_of(char ***out, size_t *out_num)
{
	const char *top = getenv("SURGUCH_TEST_TOKENS");

	return top != NULL &&
	       dir_list(top, NULL, TOKENS_MAX, out, out_num, NULL) == ERR_OK;
}

size_t
tokens_num(void)
{
	char **names = NULL;
	size_t num = 0;

	if (!names_of(&names, &num)) {
		return 0;
	}
	dir_list_free(names, num);
	return num;
}

/* "word value of the rest of the line" */
static void
take_line(struct token *t, char *line)
{
	const struct {
		const char *word;
		char *to;
	} texts[] = {
	    {"kind", t->kind},
	    {"label", t->label},
	    {"serial", t->serial},
	    {"pin", t->pin},
	    {"so", t->so},
	    {"order", t->order},
	    {"extractable", t->extractable},
	};
	char *value = strchr(line, ' ');

	if (value == NULL) {
		return;
	}
	*value++ = '\0';
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (strcmp(texts[i].word, line) == 0) {
			(void)snprintf(texts[i].to, TEXT_SIZE, "%s", value);
		}
	}
	if (strcmp(line, "tries") == 0) {
		t->tries = strtoul(value, NULL, 10);
	} else if (strcmp(line, "left") == 0) {
		t->left = strtoul(value, NULL, 10);
	} else if (strcmp(line, "changed") == 0) {
		t->changed = strcmp(value, "yes") == 0;
	}
}

bool
token_read(CK_SLOT_ID slot, struct token *out)
{
	struct token t = {.kind = "ecp",
	    .label = "Rutoken ECP <no label>",
	    .serial = "00000000",
	    .pin = "12345678",
	    .so = "87654321",
	    .order = "sr",
	    .extractable = "no",
	    .tries = 10,
	    .left = 10};
	struct buf text = BUF_INIT(FILE_MAX);
	char **names = NULL, *save = NULL, *copy;
	size_t num = 0;
	bool ok;

	if (!names_of(&names, &num)) {
		return false;
	}
	ok = slot < num && path_join(t.dir, getenv("SURGUCH_TEST_TOKENS"),
			       names[slot], NULL) == ERR_OK;
	dir_list_free(names, num);
	if (ok && text_of(t.dir, "token", &text) &&
	    (copy = slice_dup_str(buf_slice(&text))) != NULL) {
		for (char *line = strtok_r(copy, "\n", &save); line != NULL;
		     line = strtok_r(NULL, "\n", &save)) {
			take_line(&t, line);
		}
		free(copy);
	}
	buf_clear(&text);
	if (ok) {
		*out = t;
	}
	return ok;
}

bool
token_write(const struct token *t)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE];
	bool ok;

	buf_printf(&text,
	    "kind %s\nlabel %s\nserial %s\npin %s\nso %s\norder %s\n"
	    "extractable %s\ntries %lu\nleft %lu\nchanged %s\n",
	    t->kind, t->label, t->serial, t->pin, t->so, t->order,
	    t->extractable, t->tries, t->left, t->changed ? "yes" : "no");
	ok = path_join(path, t->dir, "token", NULL) == ERR_OK &&
	     file_write_atomic(path, buf_slice(&text), FILE_MODE, NULL) ==
		 ERR_OK;
	buf_clear(&text);
	return ok;
}

static bool
has(const struct token *t, const char *name)
{
	char path[PATH_TEXT_SIZE];

	return path_join(path, t->dir, name, NULL) == ERR_OK &&
	       file_exists(path);
}

bool
token_is_in(const struct token *t)
{
	return !has(t, "out");
}

bool
is_active(const struct token *t)
{
	return strcmp(t->kind, "lite") != 0;
}

static void
wait_ms(unsigned long ms)
{
	struct timespec left = {
	    (time_t)(ms / MS_OF_SEC), (long)(ms % MS_OF_SEC) * NS_OF_MS};

	(void)nanosleep(&left, NULL);
}

/* "C_Sign rv 0x30", "C_Sign pull", "C_Sign hang 20000" */
static CK_RV
act(const struct token *t, const char *what)
{
	char path[PATH_TEXT_SIZE];
	const char *number = strchr(what, ' ');

	if (strncmp(what, "pull", 4) == 0) {
		if (path_join(path, t->dir, "out", NULL) != ERR_OK ||
		    file_write_atomic(path, SLICE_EMPTY, FILE_MODE, NULL) !=
			ERR_OK) {
			abort();
		}
		return CKR_DEVICE_REMOVED;
	}
	if (strncmp(what, "hang ", 5) == 0) {
		wait_ms(strtoul(number + 1, NULL, 0));
		return CKR_OK;
	}
	return number != NULL ? strtoul(number + 1, NULL, 0)
			      : CKR_GENERAL_ERROR;
}

CK_RV
token_fault(const struct token *t, const char *function)
{
	struct buf text = BUF_INIT(FILE_MAX);
	char path[PATH_TEXT_SIZE];
	size_t len = strlen(function);
	CK_RV rv = CKR_OK;

	if (text_of(t->dir, "fail", &text) &&
	    slice_starts(buf_slice(&text), slice_str(function)) &&
	    buf_cstr(&text)[len] == ' ' &&
	    path_join(path, t->dir, "fail", NULL) == ERR_OK) {
		(void)unlink(path);
		rv = act(t, buf_cstr(&text) + len + 1);
	}
	buf_clear(&text);
	return rv;
}

void
token_count_session(const struct token *t)
{
	char path[PATH_TEXT_SIZE];
	FILE *f;

	if (path_join(path, t->dir, "sessions", NULL) != ERR_OK ||
	    (f = fopen(path, "ae")) == NULL || fputc('.', f) == EOF ||
	    fclose(f) != 0) {
		abort();
	}
}

/* --- objects ------------------------------------------------------------ */

const CK_ATTRIBUTE *
object_find(const struct object *o, CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < o->num; i++) {
		if (o->at[i].type == type) {
			return &o->at[i];
		}
	}
	return NULL;
}

bool
object_put(struct object *o, CK_ATTRIBUTE_TYPE type, const void *p, size_t len)
{
	uint8_t *copy = slice_dup(slice_make(p, len));
	CK_ULONG i = 0;

	while (i < o->num && o->at[i].type != type) {
		i++;
	}
	if (copy == NULL || i == ATTRIBUTES_MAX) {
		free(copy);
		return false;
	}
	if (i < o->num) {
		free(o->at[i].pValue);
	} else {
		o->num++;
	}
	o->at[i] = (CK_ATTRIBUTE){type, copy, len};
	return true;
}

bool
object_put_bool(struct object *o, CK_ATTRIBUTE_TYPE type, bool v)
{
	CK_BBOOL value = v ? CK_TRUE : CK_FALSE;

	return object_put(o, type, &value, sizeof(value));
}

bool
object_put_ulong(struct object *o, CK_ATTRIBUTE_TYPE type, CK_ULONG v)
{
	return object_put(o, type, &v, sizeof(v));
}

bool
object_is(const struct object *o, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *a = object_find(o, type);

	return a != NULL && a->ulValueLen == 1 &&
	       *(const CK_BBOOL *)a->pValue == CK_TRUE;
}

CK_ULONG
object_ulong(const struct object *o, CK_ATTRIBUTE_TYPE type)
{
	const CK_ATTRIBUTE *a = object_find(o, type);
	CK_ULONG v = CK_UNAVAILABLE_INFORMATION;

	if (a != NULL && a->ulValueLen == sizeof(v)) {
		memcpy(&v, a->pValue, sizeof(v));
	}
	return v;
}

void
object_clear(struct object *o)
{
	for (CK_ULONG i = 0; i < o->num; i++) {
		free(o->at[i].pValue);
	}
	o->num = 0;
}

static bool
objects_dir(const struct token *t, char out[PATH_TEXT_SIZE])
{
	return path_join(out, t->dir, "objects", NULL) == ERR_OK;
}

static bool
object_path(
    const struct token *t, unsigned long number, char out[PATH_TEXT_SIZE])
{
	char dir[PATH_TEXT_SIZE], name[TEXT_SIZE];

	(void)snprintf(name, sizeof(name), "%06lu", number);
	return objects_dir(t, dir) && path_join(out, dir, name, NULL) == ERR_OK;
}

size_t
objects_list(const struct token *t, unsigned long out[OBJECTS_MAX])
{
	char dir[PATH_TEXT_SIZE], **names = NULL;
	size_t num = 0;

	if (!objects_dir(t, dir) ||
	    dir_list(dir, NULL, OBJECTS_MAX, &names, &num, NULL) != ERR_OK) {
		return 0;
	}
	for (size_t i = 0; i < num; i++) {
		out[i] = strtoul(names[i], NULL, 10);
	}
	dir_list_free(names, num);
	return num;
}

bool
object_read(const struct token *t, unsigned long number, struct object *out)
{
	struct buf bytes = BUF_INIT(OBJECT_BYTES_MAX);
	struct object o = {.num = 0};
	char path[PATH_TEXT_SIZE];
	struct slice left, value;
	uint64_t type = 0;
	uint32_t len = 0;
	bool ok = object_path(t, number, path) &&
		  file_read(path, OBJECT_BYTES_MAX, &bytes, NULL) == ERR_OK;

	left = buf_slice(&bytes);
	while (ok && left.len > 0) {
		ok = slice_get_u64(&left, &type) &&
		     slice_get_u32(&left, &len) &&
		     slice_get_bytes(&left, len, &value) &&
		     object_put(&o, (CK_ATTRIBUTE_TYPE)type, value.p, len);
	}
	buf_wipe(&bytes);
	if (!ok) {
		object_clear(&o);
		return false;
	}
	*out = o;
	return true;
}

bool
object_write(
    const struct token *t, unsigned long *number, const struct object *o)
{
	struct buf bytes = BUF_INIT(OBJECT_BYTES_MAX);
	unsigned long all[OBJECTS_MAX], next = 1;
	char path[PATH_TEXT_SIZE];
	bool ok =
	    objects_dir(t, path) && dir_make(path, DIR_MODE, NULL) == ERR_OK;

	if (*number == 0) {
		size_t num = objects_list(t, all);

		next = num > 0 ? all[num - 1] + 1 : 1;
	} else {
		next = *number;
	}
	for (CK_ULONG i = 0; i < o->num; i++) {
		buf_add_u64(&bytes, o->at[i].type);
		buf_add_u32(&bytes, (uint32_t)o->at[i].ulValueLen);
		buf_add(
		    &bytes, slice_make(o->at[i].pValue, o->at[i].ulValueLen));
	}
	ok = ok && buf_err(&bytes, NULL) == ERR_OK &&
	     object_path(t, next, path) &&
	     file_write_atomic(path, buf_slice(&bytes), FILE_MODE, NULL) ==
		 ERR_OK;
	buf_wipe(&bytes);
	if (ok) {
		*number = next;
	}
	return ok;
}

bool
object_remove(const struct token *t, unsigned long number)
{
	char path[PATH_TEXT_SIZE];

	return object_path(t, number, path) && unlink(path) == 0;
}
