/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_TOKEN_MODULE_H
#define SURGUCH_TESTS_TOKEN_MODULE_H
/* What the two halves of the module's face share: sessions. */
#include "token.h"

struct session {
	bool open;
	bool rw;
	CK_SLOT_ID slot;
	unsigned long *found; /* owned; NULL: no search is under way */
	size_t num_found, next_found;
	unsigned long sign_key; /* 0: no signature is under way */
	CK_MECHANISM_TYPE sign_mechanism;
};

/*
 * The beginning of each call: the one lock, is it initialised, is the token
 * in, is something to go wrong.  After CKR_OK end with leave().
 */
CK_RV enter(CK_SLOT_ID slot, const char *function, struct token *out);
CK_RV enter_session(CK_SESSION_HANDLE handle, const char *function,
    struct session **out, struct token *out_token);
CK_RV leave(CK_RV rv);
bool is_user(CK_SLOT_ID slot); /* logged in */

#endif
