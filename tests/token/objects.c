/* SPDX-License-Identifier: Apache-2.0 */
/* The module: objects, keys, signatures, and the table of it all. */
#include "module.h"

#include <stdlib.h>

#include "base/bounds.h"

/* Seen by whoever has not logged in? */
static bool
is_visible(const struct session *s, const struct object *o)
{
	return is_user(s->slot) || !object_is(o, CKA_PRIVATE);
}

static bool
matches(const struct object *o, const CK_ATTRIBUTE *wanted, CK_ULONG num)
{
	for (CK_ULONG i = 0; i < num; i++) {
		const CK_ATTRIBUTE *a = object_find(o, wanted[i].type);

		if (a == NULL ||
		    !slice_eq(slice_make(a->pValue, a->ulValueLen),
			slice_make(wanted[i].pValue, wanted[i].ulValueLen))) {
			return false;
		}
	}
	return true;
}

/* --- finding ------------------------------------------------------------ */

CK_RV
C_FindObjectsInit(
    CK_SESSION_HANDLE handle, CK_ATTRIBUTE *wanted, CK_ULONG num_wanted)
{
	unsigned long all[OBJECTS_MAX];
	struct session *s;
	struct object o;
	struct token t;
	size_t num;
	CK_RV rv = enter_session(handle, "C_FindObjectsInit", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (s->found != NULL) {
		return leave(CKR_OPERATION_ACTIVE);
	}
	s->found = calloc(OBJECTS_MAX, sizeof(*s->found));
	if (s->found == NULL) {
		return leave(CKR_HOST_MEMORY);
	}
	s->num_found = s->next_found = 0;
	num = objects_list(&t, all);
	for (size_t i = 0; i < num; i++) {
		if (!object_read(&t, all[i], &o)) {
			continue;
		}
		if (is_visible(s, &o) && matches(&o, wanted, num_wanted)) {
			s->found[s->num_found++] = all[i];
		}
		object_clear(&o);
	}
	return leave(CKR_OK);
}

CK_RV
C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *out, CK_ULONG max,
    CK_ULONG *out_num)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_FindObjects", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (s->found == NULL) {
		return leave(CKR_OPERATION_NOT_INITIALIZED);
	}
	*out_num = 0;
	while (*out_num < max && s->next_found < s->num_found) {
		out[(*out_num)++] = s->found[s->next_found++];
	}
	return leave(CKR_OK);
}

CK_RV
C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_FindObjectsFinal", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (s->found == NULL) {
		return leave(CKR_OPERATION_NOT_INITIALIZED);
	}
	free(s->found);
	s->found = NULL;
	return leave(CKR_OK);
}

/* --- reading and writing ------------------------------------------------ */

/* An object that this session may see. */
static CK_RV
open_object(struct session *s, const struct token *t, CK_OBJECT_HANDLE number,
    struct object *out)
{
	if (number == 0 || !object_read(t, number, out)) {
		return CKR_OBJECT_HANDLE_INVALID;
	}
	if (!is_visible(s, out)) {
		object_clear(out);
		return CKR_OBJECT_HANDLE_INVALID;
	}
	return CKR_OK;
}

static CK_RV
get_one(const struct object *o, CK_ATTRIBUTE *a)
{
	const CK_ATTRIBUTE *have = object_find(o, a->type);
	bool secret =
	    object_ulong(o, CKA_CLASS) == CKO_PRIVATE_KEY &&
	    a->type == CKA_VALUE &&
	    (object_is(o, CKA_SENSITIVE) || !object_is(o, CKA_EXTRACTABLE));

	if (secret || a->type == CKA_TEST_KEY || have == NULL) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return secret ? CKR_ATTRIBUTE_SENSITIVE
			      : CKR_ATTRIBUTE_TYPE_INVALID;
	}
	if (a->pValue != NULL && a->ulValueLen < have->ulValueLen) {
		a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_BUFFER_TOO_SMALL;
	}
	if (a->pValue != NULL && have->ulValueLen > 0) {
		memcpy(a->pValue, have->pValue, have->ulValueLen);
	}
	a->ulValueLen = have->ulValueLen;
	return CKR_OK;
}

CK_RV
C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *at, CK_ULONG num)
{
	struct session *s;
	struct object o;
	struct token t;
	CK_RV rv = enter_session(handle, "C_GetAttributeValue", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	rv = open_object(s, &t, object, &o);
	if (rv != CKR_OK) {
		return leave(rv);
	}
	for (CK_ULONG i = 0; i < num; i++) {
		CK_RV one = get_one(&o, &at[i]);

		rv = one == CKR_OK ? rv : one;
	}
	object_clear(&o);
	return leave(rv);
}

static bool
put_all(struct object *o, const CK_ATTRIBUTE *at, CK_ULONG num)
{
	for (CK_ULONG i = 0; i < num; i++) {
		if (!object_put(
			o, at[i].type, at[i].pValue, at[i].ulValueLen)) {
			return false;
		}
	}
	return true;
}

/* A public session may write public objects, and no others. */
static CK_RV
may_write(const struct session *s, const struct object *o)
{
	if (!s->rw) {
		return CKR_SESSION_READ_ONLY;
	}
	return is_user(s->slot) || !object_is(o, CKA_PRIVATE)
		   ? CKR_OK
		   : CKR_USER_NOT_LOGGED_IN;
}

CK_RV
C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *at, CK_ULONG num,
    CK_OBJECT_HANDLE *out)
{
	struct object o = {.num = 0};
	unsigned long number = 0;
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_CreateObject", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	rv = put_all(&o, at, num) ? may_write(s, &o) : CKR_HOST_MEMORY;
	if (rv == CKR_OK && object_ulong(&o, CKA_CLASS) != CKO_DATA &&
	    object_ulong(&o, CKA_CLASS) != CKO_CERTIFICATE) {
		rv = CKR_TEMPLATE_INCONSISTENT; /* no keys from outside */
	}
	if (rv == CKR_OK) {
		rv = object_write(&t, &number, &o) ? CKR_OK : CKR_DEVICE_MEMORY;
	}
	if (rv == CKR_OK) {
		*out = number;
	}
	object_clear(&o);
	return leave(rv);
}

CK_RV
C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *at, CK_ULONG num)
{
	unsigned long number = object;
	struct session *s;
	struct object o;
	struct token t;
	CK_RV rv = enter_session(handle, "C_SetAttributeValue", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	rv = open_object(s, &t, object, &o);
	if (rv != CKR_OK) {
		return leave(rv);
	}
	rv = may_write(s, &o);
	for (CK_ULONG i = 0; i < num && rv == CKR_OK; i++) {
		if (at[i].type == CKA_SENSITIVE ||
		    at[i].type == CKA_EXTRACTABLE) {
			rv = CKR_ATTRIBUTE_READ_ONLY;
		}
	}
	if (rv == CKR_OK) {
		rv = put_all(&o, at, num) && object_write(&t, &number, &o)
			 ? CKR_OK
			 : CKR_DEVICE_ERROR;
	}
	object_clear(&o);
	return leave(rv);
}

CK_RV
C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
	struct session *s;
	struct object o;
	struct token t;
	CK_RV rv = enter_session(handle, "C_DestroyObject", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	rv = open_object(s, &t, object, &o);
	if (rv == CKR_OK) {
		rv = may_write(s, &o);
		object_clear(&o);
	}
	if (rv == CKR_OK) {
		rv = object_remove(&t, object) ? CKR_OK : CKR_DEVICE_ERROR;
	}
	return leave(rv);
}

/* --- keys --------------------------------------------------------------- */

/* What the token itself says of a key that was born in it. */
static bool
put_birth(const struct token *t, struct object *pub, struct object *priv)
{
	bool badly = strcmp(t->extractable, "yes") == 0;

	return object_put_ulong(pub, CKA_CLASS, CKO_PUBLIC_KEY) &&
	       object_put_ulong(priv, CKA_CLASS, CKO_PRIVATE_KEY) &&
	       object_put_bool(pub, CKA_LOCAL, true) &&
	       object_put_bool(priv, CKA_LOCAL, true) &&
	       object_put_bool(priv, CKA_SENSITIVE, !badly) &&
	       object_put_bool(priv, CKA_ALWAYS_SENSITIVE, !badly) &&
	       object_put_bool(priv, CKA_EXTRACTABLE, badly) &&
	       object_put_bool(priv, CKA_NEVER_EXTRACTABLE, !badly);
}

CK_RV
C_GenerateKeyPair(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
    CK_ATTRIBUTE *pub_at, CK_ULONG num_pub, CK_ATTRIBUTE *priv_at,
    CK_ULONG num_priv, CK_OBJECT_HANDLE *out_pub, CK_OBJECT_HANDLE *out_priv)
{
	struct object pub = {.num = 0}, priv = {.num = 0};
	unsigned long number_pub = 0, number_priv = 0;
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_GenerateKeyPair", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (!is_active(&t)) {
		return leave(CKR_MECHANISM_INVALID);
	}
	if (!s->rw || !is_user(s->slot)) {
		return leave(
		    s->rw ? CKR_USER_NOT_LOGGED_IN : CKR_SESSION_READ_ONLY);
	}
	if (!put_all(&pub, pub_at, num_pub) ||
	    !put_all(&priv, priv_at, num_priv)) {
		rv = CKR_HOST_MEMORY;
	}
	if (rv == CKR_OK) {
		rv = keys_make(mechanism, &pub, &priv);
	}
	if (rv == CKR_OK && !(put_birth(&t, &pub, &priv) &&
				object_write(&t, &number_pub, &pub) &&
				object_write(&t, &number_priv, &priv))) {
		rv = CKR_DEVICE_MEMORY;
	}
	if (rv == CKR_OK) {
		*out_pub = number_pub;
		*out_priv = number_priv;
		/* Made, and nobody is told. */
		rv = token_fault(&t, "after:C_GenerateKeyPair");
	}
	object_clear(&pub);
	object_clear(&priv);
	return leave(rv);
}

CK_RV
C_SignInit(
    CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct session *s;
	struct object o;
	struct token t;
	CK_RV rv = enter_session(handle, "C_SignInit", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	rv = open_object(s, &t, key, &o);
	if (rv != CKR_OK) {
		return leave(CKR_KEY_HANDLE_INVALID);
	}
	if (!object_is(&o, CKA_SIGN)) {
		rv = CKR_KEY_FUNCTION_NOT_PERMITTED;
	} else if (!is_active(&t) ||
		   !keys_has_mechanism(mechanism->mechanism)) {
		rv = CKR_MECHANISM_INVALID;
	} else {
		s->sign_key = key;
		s->sign_mechanism = mechanism->mechanism;
	}
	object_clear(&o);
	return leave(rv);
}

static CK_RV
sign(struct session *s, const struct token *t, struct slice data,
    unsigned char *sig, unsigned long *len)
{
	struct buf out = BUF_INIT(SIGNATURE_BYTES_MAX);
	struct object key;
	CK_RV rv;

	if (s->sign_key == 0) {
		return CKR_OPERATION_NOT_INITIALIZED;
	}
	rv = open_object(s, t, s->sign_key, &key);
	if (rv == CKR_OK) {
		rv = keys_sign(t, &key, s->sign_mechanism, data, &out);
		object_clear(&key);
	}
	if (rv == CKR_OK && sig != NULL && *len < out.len) {
		rv = CKR_BUFFER_TOO_SMALL;
	}
	if (rv == CKR_OK) {
		if (sig != NULL) {
			memcpy(sig, out.p, out.len);
		}
		*len = out.len;
	}
	if (sig != NULL && rv != CKR_BUFFER_TOO_SMALL) {
		s->sign_key = 0;
	}
	buf_clear(&out);
	return rv;
}

CK_RV
C_Sign(CK_SESSION_HANDLE handle, unsigned char *data, unsigned long data_len,
    unsigned char *sig, unsigned long *len)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_Sign", &s, &t);

	return rv != CKR_OK
		   ? rv
		   : leave(sign(s, &t, slice_make(data, data_len), sig, len));
}

/* --- the table ---------------------------------------------------------- */

static CK_RV
not_supported(void)
{
	return CKR_FUNCTION_NOT_SUPPORTED;
}

/* Of any type: whoever calls it gets its answer and nothing else. */
#define NONE(type) ((CK_##type)(void (*)(void))not_supported)

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **out)
{
	static CK_FUNCTION_LIST list;

	list = (CK_FUNCTION_LIST){
	    .version = {2, 40},
	    .C_Initialize = C_Initialize,
	    .C_Finalize = C_Finalize,
	    .C_GetInfo = C_GetInfo,
	    .C_GetFunctionList = C_GetFunctionList,
	    .C_GetSlotList = C_GetSlotList,
	    .C_GetSlotInfo = C_GetSlotInfo,
	    .C_GetTokenInfo = C_GetTokenInfo,
	    .C_GetMechanismList = C_GetMechanismList,
	    .C_GetMechanismInfo = C_GetMechanismInfo,
	    .C_InitToken = NONE(C_InitToken),
	    .C_InitPIN = C_InitPIN,
	    .C_SetPIN = C_SetPIN,
	    .C_OpenSession = C_OpenSession,
	    .C_CloseSession = C_CloseSession,
	    .C_CloseAllSessions = C_CloseAllSessions,
	    .C_GetSessionInfo = C_GetSessionInfo,
	    .C_GetOperationState = NONE(C_GetOperationState),
	    .C_SetOperationState = NONE(C_SetOperationState),
	    .C_Login = C_Login,
	    .C_Logout = C_Logout,
	    .C_CreateObject = C_CreateObject,
	    .C_CopyObject = NONE(C_CopyObject),
	    .C_DestroyObject = C_DestroyObject,
	    .C_GetObjectSize = NONE(C_GetObjectSize),
	    .C_GetAttributeValue = C_GetAttributeValue,
	    .C_SetAttributeValue = C_SetAttributeValue,
	    .C_FindObjectsInit = C_FindObjectsInit,
	    .C_FindObjects = C_FindObjects,
	    .C_FindObjectsFinal = C_FindObjectsFinal,
	    .C_EncryptInit = NONE(C_EncryptInit),
	    .C_Encrypt = NONE(C_Encrypt),
	    .C_DecryptInit = NONE(C_DecryptInit),
	    .C_Decrypt = NONE(C_Decrypt),
	    .C_DigestInit = NONE(C_DigestInit),
	    .C_Digest = NONE(C_Digest),
	    .C_SignInit = C_SignInit,
	    .C_Sign = C_Sign,
	    .C_VerifyInit = NONE(C_VerifyInit),
	    .C_Verify = NONE(C_Verify),
	    .C_GenerateKey = NONE(C_GenerateKey),
	    .C_GenerateKeyPair = C_GenerateKeyPair,
	    .C_WrapKey = NONE(C_WrapKey),
	    .C_UnwrapKey = NONE(C_UnwrapKey),
	    .C_DeriveKey = NONE(C_DeriveKey),
	    .C_SeedRandom = C_SeedRandom,
	    .C_GenerateRandom = C_GenerateRandom,
	    .C_WaitForSlotEvent = C_WaitForSlotEvent,
	};
	*out = &list;
	return CKR_OK;
}
