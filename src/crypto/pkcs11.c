/* SPDX-License-Identifier: Apache-2.0 */
/* The module and its sessions. */
#include "crypto/pkcs11.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/pkcs11_priv.h"
#include "os/library.h"

enum {
	SLOTS_MAX = 64,
	TOKEN_LABEL_LEN = 32, /* CK_TOKEN_INFO, filled up with spaces */
	TOKEN_SERIAL_LEN = 16
};

/* What an administrator will look for in the module's manual. */
static const struct {
	CK_RV rv;
	const char *name;
} names[] = {
    {CKR_HOST_MEMORY, "CKR_HOST_MEMORY"},
    {CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR"},
    {CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED"},
    {CKR_ATTRIBUTE_VALUE_INVALID, "CKR_ATTRIBUTE_VALUE_INVALID"},
    {CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR"},
    {CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY"},
    {CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED"},
    {CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID"},
    {CKR_KEY_TYPE_INCONSISTENT, "CKR_KEY_TYPE_INCONSISTENT"},
    {CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED"},
    {CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID"},
    {CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID"},
    {CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE"},
    {CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED"},
    {CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED"},
    {CKR_SESSION_COUNT, "CKR_SESSION_COUNT"},
    {CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID"},
    {CKR_TEMPLATE_INCONSISTENT, "CKR_TEMPLATE_INCONSISTENT"},
    {CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT"},
    {CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED"},
    {CKR_TOKEN_WRITE_PROTECTED, "CKR_TOKEN_WRITE_PROTECTED"},
    {CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN"},
    {CKR_USER_PIN_NOT_INITIALIZED, "CKR_USER_PIN_NOT_INITIALIZED"},
    {CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED"},
};

enum err
pkcs11_failed(struct errinfo *ei, const char *function, CK_RV rv)
{
	const char *name = "an error";

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		name = names[i].rv == rv ? names[i].name : name;
	}
	return err_set(ei, ERR_AGAIN, "key.module", NULL,
	    "The PKCS#11 module's %s answers %s (0x%lx): look after the "
	    "device.  The key works again when it does.",
	    function, name, rv);
}

/* --- the module --------------------------------------------------------- */

enum err
pkcs11_initialise(struct pkcs11 *m, struct errinfo *ei)
{
	CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
	CK_RV rv;

	if (m->initialised) {
		return ERR_OK;
	}
	rv = m->f->C_Initialize(&args);
	if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED) {
		return pkcs11_failed(ei, "C_Initialize", rv);
	}
	m->initialised = true;
	return ERR_OK;
}

void
pkcs11_finalise(struct pkcs11 *m)
{
	if (m->initialised && !m->hung) {
		(void)m->f->C_Finalize(NULL);
	}
	m->initialised = false;
}

static enum err
get_functions(struct pkcs11 *m, library_function *found, struct errinfo *ei)
{
	CK_C_GetFunctionList get;
	CK_RV rv;

	_Static_assert(sizeof(get) == sizeof(found), "both are functions");
	memcpy(&get, &found, sizeof(get));
	rv = get(&m->f);
	if (rv != CKR_OK || m->f == NULL) {
		return pkcs11_failed(ei, "C_GetFunctionList", rv);
	}
	if (m->f->version.major != CRYPTOKI_VERSION_MAJOR) {
		return err_set(ei, ERR_UNSUPPORTED, "pkcs11.version", NULL,
		    "The module speaks PKCS#11 %u.%u, and version %u is "
		    "wanted.",
		    m->f->version.major, m->f->version.minor,
		    CRYPTOKI_VERSION_MAJOR);
	}
	return ERR_OK;
}

enum err
pkcs11_load(const char *path, struct pkcs11 **out, struct errinfo *ei)
{
	struct pkcs11 *m = calloc(1, sizeof(*m));
	library_function *found = NULL;
	enum err e;

	if (m == NULL) {
		return err_nomem(ei);
	}
	e = library_load(path, "C_GetFunctionList", &found, ei);
	if (e == ERR_OK) {
		e = get_functions(m, found, ei);
	}
	if (e == ERR_OK) {
		e = pkcs11_initialise(m, ei);
	}
	if (e != ERR_OK) {
		free(m);
		return err_object(ei, e, path);
	}
	*out = m;
	return ERR_OK;
}

void
pkcs11_free(struct pkcs11 *m)
{
	if (m != NULL) {
		pkcs11_finalise(m);
		free(m);
	}
}

/* --- the token ---------------------------------------------------------- */

bool
pkcs11_is_padded(const CK_UTF8CHAR *field, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len > size || memcmp(field, text, len) != 0) {
		return false;
	}
	while (len < size && field[len] == ' ') {
		len++;
	}
	return len == size;
}

static bool
is_token(const CK_TOKEN_INFO *info, const struct pkcs11_where *w)
{
	return (info->flags & CKF_TOKEN_INITIALIZED) != 0 &&
	       (w->token[0] == '\0' ||
		   pkcs11_is_padded(info->label, TOKEN_LABEL_LEN, w->token)) &&
	       (w->serial[0] == '\0' || pkcs11_is_padded(info->serialNumber,
					    TOKEN_SERIAL_LEN, w->serial));
}

static enum err
find_token(struct pkcs11 *m, const struct pkcs11_where *w, CK_SLOT_ID *out_slot,
    CK_TOKEN_INFO *out, struct errinfo *ei)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG num = ARRAY_LEN(slots);
	CK_TOKEN_INFO info;
	size_t found = 0;
	CK_RV rv = m->f->C_GetSlotList(CK_TRUE, slots, &num);

	if (rv != CKR_OK) {
		return pkcs11_failed(ei, "C_GetSlotList", rv);
	}
	for (CK_ULONG i = 0; i < num && i < ARRAY_LEN(slots); i++) {
		/* It may be pulled out of its slot meanwhile. */
		if (m->f->C_GetTokenInfo(slots[i], &info) == CKR_OK &&
		    is_token(&info, w)) {
			*out_slot = slots[i];
			*out = info;
			found++;
		}
	}
	if (found == 1) {
		return ERR_OK;
	}
	return err_set(ei, ERR_AGAIN, "key.token", NULL,
	    found == 0 ? "No token %s%s is there: insert it."
		       : "More than one token is %s%s: name it by its serial "
			 "number.",
	    w->token, w->serial);
}

/* --- the PIN ------------------------------------------------------------ */

static enum err
login(struct pkcs11 *m, CK_SESSION_HANDLE session, const CK_TOKEN_INFO *info,
    struct secret *pin, struct errinfo *ei)
{
	CK_RV rv;

	if ((info->flags & CKF_LOGIN_REQUIRED) == 0) {
		return ERR_OK;
	}
	if ((info->flags & (CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_LOCKED)) !=
	    0) {
		return err_set(ei, ERR_AGAIN, "key.pin_last", NULL,
		    "The token has one try of the PIN left, or none: it is "
		    "not spent here.  Log in with the maker's tool.");
	}
	if (pin->len == 0) {
		return err_set(ei, ERR_AGAIN, "key.locked", NULL,
		    "The key is locked: no PIN is known.  Run surguchctl "
		    "unlock, or mend the PIN's file and start the signer "
		    "again.");
	}
	rv = m->f->C_Login(session, CKU_USER, pin->p, pin->len);
	switch (rv) {
	case CKR_OK:
	case CKR_USER_ALREADY_LOGGED_IN:
		return ERR_OK;
	case CKR_PIN_INCORRECT:
	case CKR_PIN_INVALID:
	case CKR_PIN_LEN_RANGE:
	case CKR_PIN_LOCKED:
		secret_clear(pin);
		return err_set(ei, ERR_AGAIN, "key.pin", NULL,
		    "The token refuses the PIN, which is not tried again.  "
		    "Run surguchctl unlock, or mend the PIN's file and start "
		    "the signer again.");
	default:
		return pkcs11_failed(ei, "C_Login", rv);
	}
}

/* --- sessions ----------------------------------------------------------- */

enum err
pkcs11_session_open(struct pkcs11 *m, const struct pkcs11_where *w,
    struct secret *pin, CK_FLAGS flags, struct pkcs11_session *out,
    struct errinfo *ei)
{
	struct pkcs11_session s = {0};
	CK_TOKEN_INFO info = {0};
	CK_SLOT_ID slot = 0;
	CK_RV rv;
	enum err e = pkcs11_initialise(m, ei);

	if (e == ERR_OK) {
		e = find_token(m, w, &slot, &info, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	rv = m->f->C_OpenSession(
	    slot, flags | CKF_SERIAL_SESSION, NULL, NULL, &s.handle);
	if (rv != CKR_OK) {
		return pkcs11_failed(ei, "C_OpenSession", rv);
	}
	s.open = true;
	e = login(m, s.handle, &info, pin, ei);
	if (e != ERR_OK) {
		pkcs11_session_close(m, &s);
		return e;
	}
	*out = s;
	return ERR_OK;
}

void
pkcs11_session_close(struct pkcs11 *m, struct pkcs11_session *s)
{
	if (s->open) {
		(void)m->f->C_CloseSession(s->handle);
	}
	s->open = false;
}

enum err
pkcs11_session_find(struct pkcs11 *m, struct pkcs11_session *s,
    const struct pkcs11_where *w, size_t *out_num, struct errinfo *ei)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_OBJECT_HANDLE found[2];
	CK_ULONG num = 0;
	CK_ATTRIBUTE wanted[3] = {{CKA_CLASS, &class, sizeof(class)}};
	CK_ULONG num_wanted = 1;
	CK_RV rv;

	if (w->label[0] != '\0') {
		wanted[num_wanted++] =
		    pkcs11_attribute(CKA_LABEL, w->label, strlen(w->label));
	}
	if (w->id_len > 0) {
		wanted[num_wanted++] =
		    pkcs11_attribute(CKA_ID, w->id, w->id_len);
	}
	rv = m->f->C_FindObjectsInit(s->handle, wanted, num_wanted);
	if (rv != CKR_OK) {
		return pkcs11_failed(ei, "C_FindObjectsInit", rv);
	}
	rv = m->f->C_FindObjects(s->handle, found, ARRAY_LEN(found), &num);
	if (rv != CKR_OK) {
		return pkcs11_failed(ei, "C_FindObjects", rv);
	}
	rv = m->f->C_FindObjectsFinal(s->handle);
	if (rv != CKR_OK) {
		return pkcs11_failed(ei, "C_FindObjectsFinal", rv);
	}
	s->key = found[0];
	*out_num = num;
	return ERR_OK;
}
