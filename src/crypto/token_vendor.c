/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Rutoken's module tells beyond the standard (its public headers): how
 * many tries of the PIN are left, and whether the PIN is still the factory's.
 * Another maker's module has no such function, and then the standard's flags
 * have to do.
 */
#include "crypto/token_priv.h"
#include "os/library.h"

enum {
	TRIES_MAX = 10, /* the maker's format call allows 1 to 10 */
	/* Newer modules know more members than are named here. */
	INFO_ROOM = 512,
	FLAG_USER_PIN_NOT_DEFAULT = 0x8,
};

struct vendor_info {
	CK_ULONG size; /* of the whole, by the caller */
	CK_ULONG type, protocol, microcode, order;
	CK_FLAGS flags;
	CK_ULONG so_len_max, so_len_min, user_len_max, user_len_min;
	CK_ULONG so_tries_max, so_tries_left;
	CK_ULONG user_tries_max, user_tries_left;
	CK_BYTE room[INFO_ROOM];
};

struct vendor_list {
	CK_VERSION version;
	CK_RV (*get_token_info)(CK_SLOT_ID slot, struct vendor_info *info);
};

const struct vendor_list *
vendor_list_of(const char *path)
{
	CK_RV (*get)(struct vendor_list * *out);
	library_function *found = NULL;
	struct vendor_list *list = NULL;

	if (library_load(path, "C_EX_GetFunctionListExtended", &found, NULL) !=
	    ERR_OK) {
		return NULL;
	}
	_Static_assert(sizeof(get) == sizeof(found), "both are functions");
	memcpy(&get, &found, sizeof(get));
	return get(&list) == CKR_OK ? list : NULL;
}

void
vendor_look(
    const struct vendor_list *v, CK_SLOT_ID slot, struct token_seen *seen)
{
	struct vendor_info info = {.size = sizeof(info)};

	if (v == NULL || v->get_token_info(slot, &info) != CKR_OK ||
	    info.user_tries_max == 0 || info.user_tries_max > TRIES_MAX ||
	    info.user_tries_left > info.user_tries_max) {
		return;
	}
	seen->tries_left = (unsigned)info.user_tries_left;
	seen->factory =
	    seen->factory || (info.flags & FLAG_USER_PIN_NOT_DEFAULT) == 0;
}
