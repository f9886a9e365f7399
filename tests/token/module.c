/* SPDX-License-Identifier: Apache-2.0 */
/* The module: slots, sessions, PINs. */
#include "module.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "os/random.h"

enum {
	SESSIONS_MAX = 32,
	LABEL_LEN = 32,
	SERIAL_LEN = 16,
	PIN_MIN = 6,
	PIN_MAX = 32,
	LOW_FROM = 1,
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static bool initialised;
static struct session sessions[SESSIONS_MAX];
static CK_USER_TYPE logged[TOKENS_MAX];
#define NOBODY ((CK_USER_TYPE)99)

CK_RV
leave(CK_RV rv)
{
	(void)pthread_mutex_unlock(&lock);
	return rv;
}

bool
is_user(CK_SLOT_ID slot)
{
	return logged[slot] == CKU_USER;
}

static void
close_session(struct session *s)
{
	free(s->found);
	*s = (struct session){.open = false};
}

static void
close_all(CK_SLOT_ID slot)
{
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		if (sessions[i].open && sessions[i].slot == slot) {
			close_session(&sessions[i]);
		}
	}
	logged[slot] = NOBODY;
}

/* Under the lock. */
static CK_RV
look(CK_SLOT_ID slot, const char *function, struct token *out)
{
	CK_RV rv;

	if (slot >= TOKENS_MAX || !token_read(slot, out)) {
		return CKR_SLOT_ID_INVALID;
	}
	rv = token_is_in(out) ? token_fault(out, function)
			      : CKR_TOKEN_NOT_PRESENT;
	if (!token_is_in(out)) {
		close_all(slot);
	}
	return rv;
}

CK_RV
enter(CK_SLOT_ID slot, const char *function, struct token *out)
{
	CK_RV rv = CKR_CRYPTOKI_NOT_INITIALIZED;

	(void)pthread_mutex_lock(&lock);
	if (initialised) {
		rv = look(slot, function, out);
	}
	return rv == CKR_OK ? CKR_OK : leave(rv);
}

CK_RV
enter_session(CK_SESSION_HANDLE handle, const char *function,
    struct session **out, struct token *out_token)
{
	CK_RV rv;

	(void)pthread_mutex_lock(&lock);
	if (!initialised) {
		return leave(CKR_CRYPTOKI_NOT_INITIALIZED);
	}
	if (handle == 0 || handle > SESSIONS_MAX ||
	    !sessions[handle - 1].open) {
		return leave(CKR_SESSION_HANDLE_INVALID);
	}
	*out = &sessions[handle - 1];
	rv = look((*out)->slot, function, out_token);
	if (rv == CKR_TOKEN_NOT_PRESENT) {
		rv = CKR_DEVICE_REMOVED;
	}
	return rv == CKR_OK ? CKR_OK : leave(rv);
}

/* --- the module ---------------------------------------------------------- */

CK_RV
C_Initialize(void *args)
{
	struct token t;
	CK_RV rv;

	(void)args;
	(void)pthread_mutex_lock(&lock);
	if (initialised) {
		return leave(CKR_CRYPTOKI_ALREADY_INITIALIZED);
	}
	rv = keys_init();
	for (CK_SLOT_ID slot = 0; slot < tokens_num() && rv == CKR_OK; slot++) {
		rv = token_read(slot, &t) ? token_fault(&t, "C_Initialize")
					  : CKR_OK;
	}
	for (size_t i = 0; i < TOKENS_MAX; i++) {
		logged[i] = NOBODY;
	}
	initialised = rv == CKR_OK;
	return leave(rv);
}

CK_RV
C_Finalize(void *reserved)
{
	(void)reserved;
	(void)pthread_mutex_lock(&lock);
	if (!initialised) {
		return leave(CKR_CRYPTOKI_NOT_INITIALIZED);
	}
	for (CK_SLOT_ID i = 0; i < TOKENS_MAX; i++) {
		close_all(i);
	}
	initialised = false;
	return leave(CKR_OK);
}

/* Filled up with spaces. */
static void
put_text(CK_UTF8CHAR *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	memset(out, ' ', size);
	memcpy(out, text, len < size ? len : size);
}

CK_RV
C_GetInfo(CK_INFO *info)
{
	memset(info, 0, sizeof(*info));
	info->cryptokiVersion = (CK_VERSION){2, 40};
	put_text(info->manufacturerID, LABEL_LEN, "Aktiv Co.");
	put_text(
	    info->libraryDescription, LABEL_LEN, "test double, not by Aktiv");
	return CKR_OK;
}

/* --- slots -------------------------------------------------------------- */

CK_RV
C_GetSlotList(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *count)
{
	CK_SLOT_ID found[TOKENS_MAX];
	CK_ULONG num = 0;
	struct token t;
	CK_RV rv = CKR_OK;

	(void)pthread_mutex_lock(&lock);
	if (!initialised) {
		return leave(CKR_CRYPTOKI_NOT_INITIALIZED);
	}
	for (CK_SLOT_ID i = 0; i < tokens_num(); i++) {
		if (token_read(i, &t)) {
			CK_RV fault = token_fault(&t, "C_GetSlotList");

			rv = fault == CKR_OK || fault == CKR_DEVICE_REMOVED
				 ? rv
				 : fault;
			if (!present || token_is_in(&t)) {
				found[num++] = i;
			}
		}
	}
	if (rv == CKR_OK && list != NULL && *count < num) {
		rv = CKR_BUFFER_TOO_SMALL;
	} else if (rv == CKR_OK && list != NULL && num > 0) {
		memcpy(list, found, num * sizeof(*found));
	}
	*count = num;
	return leave(rv);
}

CK_RV
C_GetSlotInfo(CK_SLOT_ID slot, CK_SLOT_INFO *info)
{
	struct token t;

	(void)pthread_mutex_lock(&lock);
	if (slot >= TOKENS_MAX || !token_read(slot, &t)) {
		return leave(CKR_SLOT_ID_INVALID);
	}
	memset(info, 0, sizeof(*info));
	put_text(info->slotDescription, 64, "Aktiv Rutoken (a test double)");
	put_text(info->manufacturerID, LABEL_LEN, "Aktiv Co.");
	info->flags = CKF_REMOVABLE_DEVICE | CKF_HW_SLOT |
		      (token_is_in(&t) ? CKF_TOKEN_PRESENT : 0);
	return leave(CKR_OK);
}

static CK_FLAGS
pin_flags(const struct token *t)
{
	CK_FLAGS flags = 0;

	if (t->left == 0) {
		flags |= CKF_USER_PIN_LOCKED;
	} else if (t->left == 1) {
		flags |= CKF_USER_PIN_FINAL_TRY | CKF_USER_PIN_COUNT_LOW;
	} else if (t->left < t->tries) {
		flags |= CKF_USER_PIN_COUNT_LOW;
	}
	return flags | (t->pin[0] != '\0' ? CKF_USER_PIN_INITIALIZED : 0);
}

CK_RV
C_GetTokenInfo(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	struct token t;
	CK_RV rv = enter(slot, "C_GetTokenInfo", &t);

	if (rv != CKR_OK) {
		return rv;
	}
	memset(info, 0, sizeof(*info));
	put_text(info->label, LABEL_LEN, t.label);
	put_text(info->manufacturerID, LABEL_LEN, "Aktiv Co.");
	put_text(info->model, SERIAL_LEN,
	    is_active(&t) ? "Rutoken ECP" : "Rutoken lite");
	put_text(info->serialNumber, SERIAL_LEN, t.serial);
	info->flags = CKF_RNG | CKF_LOGIN_REQUIRED | CKF_TOKEN_INITIALIZED |
		      pin_flags(&t);
	info->ulMaxSessionCount = SESSIONS_MAX;
	info->ulMaxPinLen = PIN_MAX;
	info->ulMinPinLen = PIN_MIN;
	return leave(CKR_OK);
}

CK_RV
C_GetMechanismList(CK_SLOT_ID slot, CK_MECHANISM_TYPE *list, CK_ULONG *count)
{
	const CK_MECHANISM_TYPE *all = NULL;
	struct token t;
	CK_ULONG num;
	CK_RV rv = enter(slot, "C_GetMechanismList", &t);

	if (rv != CKR_OK) {
		return rv;
	}
	num = is_active(&t) ? keys_mechanisms(&all) : 0;
	if (list != NULL && *count < num) {
		rv = CKR_BUFFER_TOO_SMALL;
	} else if (list != NULL && num > 0) {
		memcpy(list, all, num * sizeof(*all));
	}
	*count = num;
	return leave(rv);
}

CK_RV
C_GetMechanismInfo(
    CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	struct token t;
	CK_RV rv = enter(slot, "C_GetMechanismInfo", &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (!is_active(&t) || !keys_has_mechanism(type)) {
		return leave(CKR_MECHANISM_INVALID);
	}
	*info = (CK_MECHANISM_INFO){0, 0, CKF_HW};
	return leave(CKR_OK);
}

CK_RV
C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
	(void)slot;
	(void)reserved;
	return (flags & CKF_DONT_BLOCK) != 0 ? CKR_NO_EVENT
					     : CKR_FUNCTION_NOT_SUPPORTED;
}

/* --- sessions ----------------------------------------------------------- */

CK_RV
C_OpenSession(CK_SLOT_ID slot, CK_FLAGS flags, void *application,
    CK_NOTIFY notify, CK_SESSION_HANDLE *out)
{
	struct token t;
	CK_RV rv = enter(slot, "C_OpenSession", &t);

	(void)application;
	(void)notify;
	if (rv != CKR_OK) {
		return rv;
	}
	if ((flags & CKF_SERIAL_SESSION) == 0) {
		return leave(CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	}
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		if (!sessions[i].open) {
			sessions[i] = (struct session){.open = true,
			    .rw = (flags & CKF_RW_SESSION) != 0,
			    .slot = slot};
			*out = i + 1;
			token_count_session(&t);
			return leave(CKR_OK);
		}
	}
	return leave(CKR_SESSION_COUNT);
}

CK_RV
C_CloseSession(CK_SESSION_HANDLE handle)
{
	struct session *s;
	struct token t;
	CK_SLOT_ID slot;
	CK_RV rv = enter_session(handle, "C_CloseSession", &s, &t);
	bool last = true;

	if (rv != CKR_OK) {
		return rv;
	}
	slot = s->slot;
	close_session(s);
	for (size_t i = 0; i < SESSIONS_MAX; i++) {
		last = last && !(sessions[i].open && sessions[i].slot == slot);
	}
	if (last) {
		logged[slot] = NOBODY;
	}
	return leave(CKR_OK);
}

CK_RV
C_CloseAllSessions(CK_SLOT_ID slot)
{
	struct token t;
	CK_RV rv = enter(slot, "C_CloseAllSessions", &t);

	if (rv != CKR_OK) {
		return rv;
	}
	close_all(slot);
	return leave(CKR_OK);
}

CK_RV
C_GetSessionInfo(CK_SESSION_HANDLE handle, CK_SESSION_INFO *info)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_GetSessionInfo", &s, &t);
	bool user;

	if (rv != CKR_OK) {
		return rv;
	}
	user = is_user(s->slot);
	*info = (CK_SESSION_INFO){.slotID = s->slot,
	    .state =
		s->rw ? (user ? CKS_RW_USER_FUNCTIONS : CKS_RW_PUBLIC_SESSION)
		      : (user ? CKS_RO_USER_FUNCTIONS : CKS_RO_PUBLIC_SESSION),
	    .flags = CKF_SERIAL_SESSION | (s->rw ? CKF_RW_SESSION : 0)};
	return leave(CKR_OK);
}

/* --- PINs --------------------------------------------------------------- */

/* A try of the user's PIN: counted before anything is said. */
static CK_RV
try_pin(struct token *t, const unsigned char *pin, unsigned long len)
{
	bool right = slice_eq(slice_make(pin, len), slice_str(t->pin));

	if (t->pin[0] == '\0') {
		return CKR_USER_PIN_NOT_INITIALIZED;
	}
	if (t->left == 0) {
		return CKR_PIN_LOCKED;
	}
	t->left = right ? t->tries : t->left - 1;
	if (!token_write(t)) {
		return CKR_DEVICE_ERROR;
	}
	return right          ? CKR_OK
	       : t->left == 0 ? CKR_PIN_LOCKED
			      : CKR_PIN_INCORRECT;
}

CK_RV
C_Login(CK_SESSION_HANDLE handle, CK_USER_TYPE user, unsigned char *pin,
    unsigned long len)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_Login", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (logged[s->slot] != NOBODY) {
		return leave(logged[s->slot] == user
				 ? CKR_USER_ALREADY_LOGGED_IN
				 : CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	}
	if (user == CKU_SO) {
		rv = slice_eq(slice_make(pin, len), slice_str(t.so))
			 ? CKR_OK
			 : CKR_PIN_INCORRECT;
	} else {
		rv = user == CKU_USER ? try_pin(&t, pin, len)
				      : CKR_USER_TYPE_INVALID;
	}
	if (rv == CKR_OK) {
		logged[s->slot] = user;
	}
	return leave(rv);
}

CK_RV
C_Logout(CK_SESSION_HANDLE handle)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_Logout", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (logged[s->slot] == NOBODY) {
		return leave(CKR_USER_NOT_LOGGED_IN);
	}
	logged[s->slot] = NOBODY;
	return leave(CKR_OK);
}

static CK_RV
take_pin(struct token *t, const unsigned char *pin, unsigned long len)
{
	if (len < PIN_MIN || len > PIN_MAX || memchr(pin, '\n', len) != NULL) {
		return CKR_PIN_LEN_RANGE;
	}
	memcpy(t->pin, pin, len);
	t->pin[len] = '\0';
	return token_write(t) ? CKR_OK : CKR_DEVICE_ERROR;
}

/* The administrator's: a locked PIN is given anew. */
CK_RV
C_InitPIN(CK_SESSION_HANDLE handle, unsigned char *pin, unsigned long len)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_InitPIN", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (logged[s->slot] != CKU_SO) {
		return leave(CKR_USER_NOT_LOGGED_IN);
	}
	t.left = t.tries;
	return leave(take_pin(&t, pin, len));
}

CK_RV
C_SetPIN(CK_SESSION_HANDLE handle, unsigned char *old, unsigned long old_len,
    unsigned char *new, unsigned long new_len)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_SetPIN", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	rv = s->rw ? try_pin(&t, old, old_len) : CKR_SESSION_READ_ONLY;
	if (rv == CKR_OK) {
		t.changed = true;
		rv = take_pin(&t, new, new_len);
	}
	return leave(rv);
}

CK_RV
C_SeedRandom(CK_SESSION_HANDLE handle, unsigned char *seed, unsigned long len)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_SeedRandom", &s, &t);

	(void)seed;
	(void)len;
	return rv != CKR_OK ? rv : leave(CKR_RANDOM_SEED_NOT_SUPPORTED);
}

CK_RV
C_GenerateRandom(
    CK_SESSION_HANDLE handle, unsigned char *out, unsigned long len)
{
	struct session *s;
	struct token t;
	CK_RV rv = enter_session(handle, "C_GenerateRandom", &s, &t);

	if (rv != CKR_OK) {
		return rv;
	}
	return leave(
	    random_bytes(out, len, NULL) == ERR_OK ? CKR_OK : CKR_DEVICE_ERROR);
}

/* --- the maker's own table ------------------------------------------------ */

/* As the makers' header lays it out; only what we answer is named. */
struct token_info_extended {
	CK_ULONG size;
	CK_ULONG type; /* 1: ECP, 2: Lite */
	CK_ULONG protocol, microcode, order;
	CK_FLAGS flags;
	CK_ULONG max_so_len, min_so_len, max_user_len, min_user_len;
	CK_ULONG max_so_tries, so_tries_left, max_user_tries, user_tries_left;
};

enum {
	FLAG_ADMIN_NOT_DEFAULT = 0x4,
	FLAG_USER_NOT_DEFAULT = 0x8,
};

static CK_RV
get_token_info_extended(CK_SLOT_ID slot, struct token_info_extended *info)
{
	struct token t;
	CK_RV rv = enter(slot, "C_EX_GetTokenInfoExtended", &t);

	if (rv != CKR_OK) {
		return rv;
	}
	if (info->size < sizeof(*info)) {
		return leave(CKR_BUFFER_TOO_SMALL);
	}
	*info = (struct token_info_extended){
	    .size = info->size,
	    .type = is_active(&t) ? 1 : 2,
	    .flags = strcmp(t.pin, "12345678") == 0 ? 0 : FLAG_USER_NOT_DEFAULT,
	    .max_user_len = PIN_MAX,
	    .min_user_len = PIN_MIN,
	    .max_user_tries = t.tries,
	    .user_tries_left = t.left,
	};
	return leave(CKR_OK);
}

struct extended_list {
	CK_VERSION version;
	CK_RV (*get_token_info)(CK_SLOT_ID, struct token_info_extended *);
	void (*others[33])(void);
};

CK_RV C_EX_GetFunctionListExtended(struct extended_list **out);

CK_RV
C_EX_GetFunctionListExtended(struct extended_list **out)
{
	static struct extended_list list = {
	    .version = {2, 40}, .get_token_info = get_token_info_extended};

	*out = &list;
	return CKR_OK;
}
