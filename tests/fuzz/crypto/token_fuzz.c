/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PKCS#11 module that answers whatever the input says: what is taken for a
 * token, a key pair, a certificate or a file is always well formed, and
 * nothing is longer than was asked for.  Each call takes a byte that decides
 * what it answers, then what it gives.
 */
#include "base/bounds.h"
#include "base/text.h"
#include "crypto/cert_bits.h"
#include "crypto/init.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "crypto/token_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	OK_BELOW = 230,
	TOKENS = 4,
	PAIRS = 4,
	FILE_MAX = 300,
};

static struct slice left;

static uint8_t
take(void)
{
	uint8_t v = 0;

	(void)slice_get_u8(&left, &v);
	return v;
}

static CK_RV
answer(void)
{
	static const CK_RV others[] = {CKR_DEVICE_REMOVED, CKR_DEVICE_ERROR,
	    CKR_GENERAL_ERROR, CKR_PIN_INCORRECT, CKR_PIN_LOCKED,
	    CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL,
	    CKR_USER_ALREADY_LOGGED_IN, 0x80000001UL};
	uint8_t v;

	if (left.len == 0) {
		return CKR_DEVICE_REMOVED;
	}
	v = take();
	return v < OK_BELOW ? CKR_OK
			    : others[(v - OK_BELOW) % ARRAY_LEN(others)];
}

/* Bytes of the input; zeros behind its end. */
static void
put(uint8_t *out, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		out[i] = take();
	}
}

static CK_RV
fake_slots(CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *num)
{
	CK_ULONG n = take();

	(void)present;
	for (CK_ULONG i = 0; i < n && i < *num; i++) {
		list[i] = take();
	}
	*num = n;
	return answer();
}

static CK_RV
fake_token(CK_SLOT_ID slot, CK_TOKEN_INFO *info)
{
	(void)slot;
	put((uint8_t *)info->label, sizeof(info->label));
	put((uint8_t *)info->model, sizeof(info->model));
	put((uint8_t *)info->serialNumber, sizeof(info->serialNumber));
	info->flags = (CK_FLAGS)take() << 16 | take() << 8 | take();
	info->ulMinPinLen = take();
	info->ulMaxPinLen = take();
	return answer();
}

static CK_RV
fake_mechanism(CK_SLOT_ID slot, CK_MECHANISM_TYPE type, CK_MECHANISM_INFO *info)
{
	(void)slot;
	(void)type;
	(void)info;
	return answer();
}

static CK_RV
fake_open(CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify,
    CK_SESSION_HANDLE *out)
{
	(void)slot;
	(void)flags;
	(void)app;
	(void)notify;
	*out = take();
	return answer();
}

static CK_RV
fake_session(CK_SESSION_HANDLE session)
{
	(void)session;
	return answer();
}

static CK_RV
fake_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin,
    unsigned long len)
{
	(void)session;
	(void)user;
	(void)pin;
	(void)len;
	return answer();
}

static CK_RV
fake_find(CK_SESSION_HANDLE session, CK_ATTRIBUTE *at, CK_ULONG num)
{
	(void)session;
	(void)at;
	(void)num;
	return answer();
}

static CK_RV
fake_found(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *out, CK_ULONG max,
    CK_ULONG *num)
{
	CK_ULONG n = take() % (PAIRS + 1);

	(void)session;
	for (CK_ULONG i = 0; i < n && i < max; i++) {
		out[i] = take();
	}
	/* More than there is room for: a module that counts wrongly. */
	*num = take() == 0 ? max + n : n < max ? n : max;
	return answer();
}

/* The same attribute asked for twice may have another length. */
static CK_RV
fake_attribute(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object,
    CK_ATTRIBUTE *at, CK_ULONG num)
{
	(void)session;
	(void)object;
	for (CK_ULONG i = 0; i < num; i++) {
		CK_ULONG len = take();

		len = len == 255  ? CK_UNAVAILABLE_INFORMATION
		      : len > 250 ? (CK_ULONG)take() << 8
				  : len;
		if (at[i].pValue != NULL) {
			put(at[i].pValue,
			    len < at[i].ulValueLen ? len : at[i].ulValueLen);
		}
		at[i].ulValueLen = len;
	}
	return answer();
}

static CK_FUNCTION_LIST fake = {
    .C_GetSlotList = fake_slots,
    .C_GetTokenInfo = fake_token,
    .C_GetMechanismInfo = fake_mechanism,
    .C_OpenSession = fake_open,
    .C_CloseSession = fake_session,
    .C_Login = fake_login,
    .C_Logout = fake_session,
    .C_FindObjectsInit = fake_find,
    .C_FindObjects = fake_found,
    .C_FindObjectsFinal = fake_session,
    .C_GetAttributeValue = fake_attribute,
};

static CK_RV
fake_initialise(void *args)
{
	(void)args;
	return CKR_OK;
}

static void
nothing(void *arg)
{
	(void)arg;
}

static struct tokens *
module(void)
{
	static struct pkcs11 p = {.f = &fake, .initialised = true};
	static struct tokens m = {.m = &p, .lock = PTHREAD_MUTEX_INITIALIZER};

	fake.C_Initialize = fake_initialise;
	fake.C_Finalize = fake_initialise;
	if (m.thread == NULL) {
		ensure(pkcs11_thread_new(nothing, NULL, &m.thread, NULL) ==
		       ERR_OK);
	}
	return &m;
}

static void
is_text(const char *s)
{
	ensure(s[0] == '\0' || text_is_clean(slice_str(s)));
}

static void
look_inside(struct token *t)
{
	char names[PAIRS][TOKEN_NAME_SIZE];
	struct token_pair pairs[PAIRS];
	struct secret file = SECRET_EMPTY;
	struct cert_bits bits;
	size_t num = 0;

	if (token_pairs(t, pairs, PAIRS, &num, NULL) == ERR_OK) {
		ensure(num <= PAIRS);
		for (size_t i = 0; i < num; i++) {
			struct privkey *k = NULL;

			ensure(pairs[i].id_len > 0 &&
			       pairs[i].id_len <= TOKEN_ID_MAX);
			ensure(pairs[i].spec[0] != '\0');
			is_text(pairs[i].label);
			ensure(pairs[i].cert.len == 0 ||
			       cert_bits_get(buf_slice(&pairs[i].cert), &bits,
				   NULL) == ERR_OK);
			if (token_privkey(t,
				slice_make(pairs[i].id, pairs[i].id_len),
				buf_slice(&pairs[i].spki), &k,
				NULL) == ERR_OK) {
				privkey_free(k);
			}
		}
		token_pairs_clear(pairs, num);
	}
	if (token_folders(t, "meta.json", names, PAIRS, &num, NULL) == ERR_OK) {
		ensure(num <= PAIRS);
		for (size_t i = 0; i < num; i++) {
			ensure(text_is_clean(slice_str(names[i])));
		}
	}
	if (token_file_read(t, "a", "b", FILE_MAX, &file, NULL) == ERR_OK) {
		ensure(file.len <= FILE_MAX);
	}
	secret_clear(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct token_seen seen[TOKENS];
	struct token *t = NULL;
	size_t num = 0;

	ensure(crypto_init(NULL) == ERR_OK);
	left = slice_make(data, size);
	if (tokens_list(module(), seen, TOKENS, &num, NULL) == ERR_OK) {
		ensure(num <= TOKENS);
		for (size_t i = 0; i < num; i++) {
			is_text(seen[i].label);
			is_text(seen[i].model);
			ensure(text_is_clean(slice_str(seen[i].serial)));
			ensure(seen[i].pin < TOKEN_PIN_MAX_);
		}
	}
	/* Whoever lists may look inside: one is always found. */
	t = calloc(1, sizeof(*t));
	ensure(t != NULL);
	t->m = module();
	t->refs = 1;
	t->open = true;
	look_inside(t);
	token_free(t);
	return 0;
}
