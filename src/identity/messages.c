/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/messages.h"

#include <string.h>

#include "base/text.h"
#include "crypto/seal.h"

/*
 * One line a message and language.  Short: a part of an SMS in Cyrillic holds
 * 67 characters, and what the code allows must stand in the first.
 * The sign-in code, of which most are sent, is one part (70): it does without
 * the centre's name, which is the sender's at most gateways.
 */
struct entry {
	const char *name;
	const char *text[LANG_MAX_];
	const char *subject[LANG_MAX_]; /* of a mail; NULL: it goes by SMS */
	const char *mail[LANG_MAX_];    /* its first part */
};

/* Whoever knows this is not led by a false letter. */
static const char *const mail_end[LANG_MAX_] = {
    "Это письмо отправлено автоматически, отвечать на него не нужно. Ссылок в "
    "нём нет: откройте Личный кабинет так, как делаете это обычно. Кодов "
    "удостоверяющий центр по почте не присылает и не спрашивает.\n\n"
    "{centre}\n",
    "This letter was sent by a program; there is no need to answer. It holds "
    "no links: open the cabinet the way you always do. The certification "
    "authority sends no codes by mail and asks for none.\n\n{centre}\n",
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
	    "you, call the certification authority. {centre}"},
	{"Указан другой телефон", "Another phone was set"},
	{"Для входа в Личный кабинет указан другой телефон.\n\n"
	 "Если это были не вы, позвоните в удостоверяющий центр.\n\n",
	    "Another phone was set for entering the cabinet.\n\n"
	    "If it was not you, call the certification authority.\n\n"}},
    [MESSAGE_PHONE_CHANGING] = {"phone.changing",
	{"Номер входа в Личный кабинет сменится {when}. Если это не вы, "
	 "откройте {where} и введите код {code}. {centre}",
	    "The phone of your cabinet changes at {when}. If it was not you, "
	    "open {where} and enter the code {code}. {centre}"},
	{"Номер телефона сменится", "The phone will change"},
	{"Номер входа в Личный кабинет сменится {when}.\n\n"
	 "Если это не вы, откажитесь кодом из SMS на прежний номер или "
	 "позвоните в удостоверяющий центр.\n\n",
	    "The phone of your cabinet changes at {when}.\n\n"
	    "If it was not you, refuse by the code of the SMS to the old "
	    "phone, "
	    "or call the certification authority.\n\n"}},
    [MESSAGE_PHONE_CERTAIN] = {"phone.certain",
	{"Номер входа в Личный кабинет сменится {when}: владелец явился лично. "
	 "Если это не вы, позвоните в удостоверяющий центр. {centre}",
	    "The phone of your cabinet changes at {when}: its owner came in "
	    "person. If it was not you, call the certification authority. "
	    "{centre}"}},
    [MESSAGE_PHONE_SOON] = {"phone.soon",
	{"Напоминание: номер входа в Личный кабинет сменится {when}. Как "
	 "отказаться, сказано в SMS на прежний номер. {centre}",
	    "Reminder: the phone of your cabinet changes at {when}. The SMS to "
	    "the old phone says how to refuse. {centre}"}},
    [MESSAGE_PHONE_DONE] = {"phone.done",
	{"Вход в Личный кабинет теперь по этому номеру. {centre}",
	    "The cabinet is entered with this phone now. {centre}"}},
    [MESSAGE_ISSUED] = {"certificate.issued",
	{"Сертификат выпущен: {what}. Установите его в Личном кабинете. "
	 "{centre}",
	    "The certificate is issued: {what}. Install it in the cabinet. "
	    "{centre}"},
	{"Сертификат выпущен", "The certificate is issued"},
	{"Сертификат выпущен: {what}.\n\n"
	 "Установите его в Личном кабинете.\n\n",
	    "The certificate is issued: {what}.\n\n"
	    "Install it in the cabinet.\n\n"}},
    [MESSAGE_REVOKED] = {"certificate.revoked",
	{"Действие сертификата прекращено: {what}. {centre}",
	    "The certificate is revoked: {what}. {centre}"},
	{"Действие сертификата прекращено", "The certificate is revoked"},
	{"Действие сертификата прекращено: {what}.\n\n"
	 "Если вы об этом не просили, позвоните в удостоверяющий центр.\n\n",
	    "The certificate is revoked: {what}.\n\n"
	    "If you did not ask for it, call the certification "
	    "authority.\n\n"}},
    [MESSAGE_HELD] = {"certificate.held",
	{"Действие сертификата приостановлено: {what}. {centre}",
	    "The certificate is on hold: {what}. {centre}"},
	{"Действие сертификата приостановлено", "The certificate is on hold"},
	{"Действие сертификата приостановлено: {what}.\n\n",
	    "The certificate is on hold: {what}.\n\n"}},
    [MESSAGE_RELEASED] = {"certificate.released",
	{"Действие сертификата возобновлено: {what}. {centre}",
	    "The certificate is valid again: {what}. {centre}"},
	{"Действие сертификата возобновлено", "The certificate is valid again"},
	{"Действие сертификата возобновлено: {what}.\n\n",
	    "The certificate is valid again: {what}.\n\n"}},
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
	    {"{when}", offsetof(struct message_values, when)},
	    {"{where}", offsetof(struct message_values, where)},
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

static enum err
fill(const char *name, const char *text, const struct message_values *v,
    struct buf *out, struct errinfo *ei)
{
	const char *value;
	const char *open;
	size_t len;

	while ((open = strchr(text, '{')) != NULL) {
		buf_add(out, slice_make(text, (size_t)(open - text)));
		value = placeholder(open, v, &len);
		if (value == NULL || !text_is_clean(slice_str(value))) {
			return err_set(ei, ERR_FORMAT, "message.value", NULL,
			    "The message \"%s\" needs a value that was not "
			    "given or is not clean text.",
			    name);
		}
		buf_add_str(out, value);
		text = open + len;
	}
	buf_add_str(out, text);
	return buf_err(out, ei);
}

enum err
message_text(enum lang lang, enum message m, const struct message_values *v,
    struct buf *out, struct errinfo *ei)
{
	ensure((unsigned)m < MESSAGE_MAX_ && (unsigned)lang < LANG_MAX_);
	return fill(entries[m].name, entries[m].text[lang], v, out, ei);
}

bool
message_has_mail(enum message m)
{
	ensure((unsigned)m < MESSAGE_MAX_);
	return entries[m].subject[LANG_RU] != NULL;
}

enum err
message_mail(enum lang lang, enum message m, const struct message_values *v,
    struct buf *out, struct errinfo *ei)
{
	const struct entry *entry = &entries[m];
	struct message_values mine = *v;
	enum err e;

	ensure((unsigned)lang < LANG_MAX_);
	mine.code = NULL; /* a text that asks for one is refused */
	if (!message_has_mail(m)) {
		return err_set(ei, ERR_INTERNAL, "message.mail", NULL,
		    "The message \"%s\" does not go by mail.", entry->name);
	}
	buf_printf(out, "%s\n", entry->subject[lang]);
	e = fill(entry->name, entry->mail[lang], &mine, out, ei);
	return e == ERR_OK ? fill(entry->name, mail_end[lang], &mine, out, ei)
			   : e;
}

enum err
message_seal(
    const struct message_letter *l, struct buf *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(MESSAGE_BYTES_MAX);
	struct buf context = BUF_INIT(MESSAGE_BYTES_MAX);
	enum err e =
	    l->kind == COURIER_MAIL
		? message_mail(l->lang, l->message, &l->values, &text, ei)
		: message_text(l->lang, l->message, &l->values, &text, ei);

	if (e == ERR_OK) {
		courier_seal_context(l->outbox, l->kind, l->to, &context);
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
