/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/messages.h"

#include <string.h>

#include "base/text.h"
#include "crypto/seal.h"
#include "ipc/courier_msg.h"

/*
 * One line a message and language.  Short: a part of an SMS in Cyrillic holds
 * 67 characters, and what the code allows must stand in the first.
 * The sign-in code, of which most are sent, is one part (70): it does without
 * the centre's name, which is the sender's at most gateways.
 */
struct entry {
	const char *name;
	const char *text[LANG_MAX_];
};

static const struct entry entries[MESSAGE_MAX_] = {
    [MESSAGE_SIGNIN] = {"signin",
	{"Код {code} для входа в Личный кабинет ({minutes} мин). "
	 "Никому не сообщайте",
	    "Code {code} to enter the cabinet. Valid for {minutes} min. "
	    "Tell it to nobody."}},
    [MESSAGE_CONFIRM_REQUEST] = {"request.confirm",
	{"Код {code} подтверждает запрос сертификата: {what}. Действует "
	 "{minutes} мин. Никому его не сообщайте. {centre}",
	    "Code {code} confirms the certificate request: {what}. Valid for "
	    "{minutes} min. Tell it to nobody. {centre}"}},
    [MESSAGE_STOP_CERTIFICATE] = {"certificate.stop",
	{"Код {code} прекращает действие сертификата: {what}. Действует "
	 "{minutes} мин. Никому его не сообщайте. {centre}",
	    "Code {code} revokes the certificate: {what}. Valid for "
	    "{minutes} min. Tell it to nobody. {centre}"}},
    [MESSAGE_CHANGE_PHONE] = {"phone.change",
	{"Код {code} для смены телефона на этот номер. Действует {minutes} "
	 "мин. Никому его не сообщайте. {centre}",
	    "Code {code} changes the sign-in phone to this number. Valid for "
	    "{minutes} min. Tell it to nobody. {centre}"}},
    [MESSAGE_PHONE_CHANGED] = {"phone.changed",
	{"Для входа в Личный кабинет указан другой телефон. Если это были не "
	 "вы, позвоните в удостоверяющий центр. {centre}",
	    "Another phone was set for entering the cabinet. If it was not "
	    "you, call the certification authority. {centre}"}},
    [MESSAGE_ISSUED] = {"certificate.issued",
	{"Сертификат выпущен: {what}. Установите его в Личном кабинете. "
	 "{centre}",
	    "The certificate is issued: {what}. Install it in the cabinet. "
	    "{centre}"}},
    [MESSAGE_REVOKED] = {"certificate.revoked",
	{"Действие сертификата прекращено: {what}. {centre}",
	    "The certificate is revoked: {what}. {centre}"}},
};

enum lang
lang_from_slice(struct slice tag)
{
	bool en = tag.len >= 2 && (tag.p[0] == 'e' || tag.p[0] == 'E') &&
		  (tag.p[1] == 'n' || tag.p[1] == 'N') &&
		  (tag.len == 2 || tag.p[2] == '-' || tag.p[2] == '_');

	return en ? LANG_EN : LANG_RU;
}

const char *
lang_name(enum lang lang)
{
	return lang == LANG_EN ? "en" : "ru";
}

const char *
message_name(enum message m)
{
	ensure((unsigned)m < MESSAGE_MAX_);
	return entries[m].name;
}

/* The value of the placeholder that `at` begins with ("{code}..."), and how
 * long the placeholder is. */
static const char *
placeholder(const char *at, const struct message_values *v, size_t *out_len)
{
	static const struct {
		const char *name;
		size_t offset;
	} names[] = {
	    {"{code}", offsetof(struct message_values, code)},
	    {"{what}", offsetof(struct message_values, what)},
	    {"{minutes}", offsetof(struct message_values, minutes)},
	    {"{centre}", offsetof(struct message_values, centre)},
	};
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		*out_len = strlen(names[i].name);
		if (strncmp(at, names[i].name, *out_len) == 0) {
			memcpy(&value, (const char *)v + names[i].offset,
			    sizeof(value));
			return value;
		}
	}
	ensure(!"a placeholder that messages.c does not know");
	return NULL;
}

enum err
message_text(enum lang lang, enum message m, const struct message_values *v,
    struct buf *out, struct errinfo *ei)
{
	const char *text;
	const char *value;
	const char *open;
	size_t len;

	ensure((unsigned)m < MESSAGE_MAX_ && (unsigned)lang < LANG_MAX_);
	text = entries[m].text[lang];
	while ((open = strchr(text, '{')) != NULL) {
		buf_add(out, slice_make(text, (size_t)(open - text)));
		value = placeholder(open, v, &len);
		if (value == NULL || !text_is_clean(slice_str(value))) {
			return err_set(ei, ERR_FORMAT, "message.value", NULL,
			    "The message \"%s\" needs a value that was not "
			    "given or is not clean text.",
			    entries[m].name);
		}
		buf_add_str(out, value);
		text = open + len;
	}
	buf_add_str(out, text);
	return buf_err(out, ei);
}

enum err
message_seal(
    const struct message_letter *l, struct buf *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(MESSAGE_BYTES_MAX);
	struct buf context = BUF_INIT(MESSAGE_BYTES_MAX);
	enum err e = message_text(l->lang, l->message, &l->values, &text, ei);

	if (e == ERR_OK) {
		courier_seal_context(
		    l->outbox, COURIER_SMS, l->phone, &context);
		e = buf_err(&context, ei);
	}
	if (e == ERR_OK) {
		e = seal_to(
		    l->courier, buf_slice(&text), buf_slice(&context), out, ei);
	}
	buf_wipe(&text);
	buf_clear(&context);
	return e;
}
