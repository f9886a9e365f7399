/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKCS#11 module that hands every call on to a real one, and fails when it
 * is told to.  In the environment:
 *
 *	FAULTY_REAL  the real module (default: SoftHSM's)
 *	FAULTY_DO    a file that is read at each call:
 *	  removed    the device is gone: no token, and CKR_DEVICE_REMOVED
 *	  session    once: all sessions are closed behind the caller's back
 *	  reset      once: the module forgets that it was initialised
 *	  failed     C_Sign answers CKR_FUNCTION_FAILED
 *	  wrong      C_Sign gives a signature with one bit turned
 *	  short      C_Sign gives half a signature
 *	  hang       C_Sign does not come back while it says so
 *	  pin        C_Login answers CKR_PIN_INCORRECT
 *	  pin-last   the token says that one try of the PIN is left
 *	FAULTY_LOG   the names of C_Login, C_Sign and C_Initialize calls, a
 *	             line each
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <p11-kit/pkcs11.h>

enum {
	WORD = 32,
	HANG_STEP_NS = 20 * 1000 * 1000,
	HANG_STEPS = 3000 /* a minute */
};

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST mine;
static CK_SLOT_ID last_slot;
static char done[WORD]; /* what has been done once */

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out);

static void
read_word(char word[WORD])
{
	const char *path = getenv("FAULTY_DO");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	ssize_t n = fd >= 0 ? read(fd, word, WORD - 1) : 0;

	word[n > 0 ? n : 0] = '\0';
	word[strcspn(word, "\n")] = '\0';
	if (fd >= 0) {
		(void)close(fd);
	}
	if (strcmp(word, done) != 0) {
		done[0] = '\0';
	}
}

static int
told(const char *what)
{
	char word[WORD];

	read_word(word);
	return strcmp(word, what) == 0;
}

static int
told_once(const char *what)
{
	if (!told(what) || strcmp(done, what) == 0) {
		return 0;
	}
	(void)snprintf(done, sizeof(done), "%s", what);
	return 1;
}

static void
note(const char *call)
{
	const char *path = getenv("FAULTY_LOG");
	char line[WORD];
	int fd =
	    path != NULL
		? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)
		: -1;

	if (fd >= 0) {
		(void)snprintf(line, sizeof(line), "%s\n", call);
		(void)!write(fd, line, strlen(line));
		(void)close(fd);
	}
}

static CK_RV
initialize(void *args)
{
	note("C_Initialize");
	return real->C_Initialize(args);
}

static CK_RV
get_slot_list(unsigned char present, CK_SLOT_ID *slots, unsigned long *num)
{
	if (told("removed")) {
		*num = 0;
		return CKR_OK;
	}
	return real->C_GetSlotList(present, slots, num);
}

static CK_RV
get_token_info(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	CK_RV rv = real->C_GetTokenInfo(slot, info);

	if (told("pin-last")) {
		info->flags |= CKF_USER_PIN_FINAL_TRY;
	}
	return rv;
}

static CK_RV
open_session(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify,
    CK_SESSION_HANDLE *out)
{
	last_slot = slot;
	return told("removed")
		   ? CKR_TOKEN_NOT_PRESENT
		   : real->C_OpenSession(slot, flags, app, notify, out);
}

static CK_RV
login(CK_SESSION_HANDLE s, CK_USER_TYPE who, unsigned char *pin,
    unsigned long len)
{
	note("C_Login");
	return told("pin") ? CKR_PIN_INCORRECT
			   : real->C_Login(s, who, pin, len);
}

static CK_RV
sign_init(CK_SESSION_HANDLE s, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	if (told("removed")) {
		return CKR_DEVICE_REMOVED;
	}
	if (told_once("session")) {
		(void)real->C_CloseAllSessions(last_slot);
	}
	if (told_once("reset")) {
		(void)real->C_Finalize(NULL);
	}
	return real->C_SignInit(s, mechanism, key);
}

static void
hang(void)
{
	const struct timespec step = {0, HANG_STEP_NS};

	for (int i = 0; i < HANG_STEPS && told("hang"); i++) {
		(void)nanosleep(&step, NULL);
	}
}

static CK_RV
sign(CK_SESSION_HANDLE s, unsigned char *data, unsigned long data_len,
    unsigned char *sig, unsigned long *sig_len)
{
	CK_RV rv;

	note("C_Sign");
	hang();
	if (told("removed")) {
		return CKR_DEVICE_REMOVED;
	}
	rv = real->C_Sign(s, data, data_len, sig, sig_len);
	if (rv == CKR_OK && told("failed")) {
		return CKR_FUNCTION_FAILED;
	}
	if (rv == CKR_OK && told("wrong")) {
		sig[*sig_len / 2] ^= 1;
	}
	if (rv == CKR_OK && told("short")) {
		*sig_len /= 2;
	}
	return rv;
}

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **out)
{
	const char *path = getenv("FAULTY_REAL");
	CK_C_GetFunctionList get;
	void *handle, *symbol;
	CK_RV rv;

	handle = dlopen(path != NULL ? path : "/usr/lib/softhsm/libsofthsm2.so",
	    RTLD_NOW | RTLD_NODELETE);
	symbol = handle != NULL ? dlsym(handle, "C_GetFunctionList") : NULL;
	if (symbol == NULL) {
		return CKR_GENERAL_ERROR;
	}
	memcpy(&get, &symbol, sizeof(get));
	rv = get(&real);
	if (rv != CKR_OK) {
		return rv;
	}
	mine = *real;
	mine.C_GetFunctionList = C_GetFunctionList;
	mine.C_Initialize = initialize;
	mine.C_GetSlotList = get_slot_list;
	mine.C_GetTokenInfo = get_token_info;
	mine.C_OpenSession = open_session;
	mine.C_Login = login;
	mine.C_SignInit = sign_init;
	mine.C_Sign = sign;
	*out = &mine;
	return CKR_OK;
}
