/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/words.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static const char *const words[WORD_MAX_][LANGUAGE_MAX_] = {
    [WORD_CENTRE] = {"Центр", "Centre"},
    [WORD_SITE] = {"Сайт", "Site"},
    [WORD_FOR_WHOM] = {"Для кого", "For whom"},
    [WORD_KEY] = {"Ключ", "Key"},
    [WORD_MEDIUM] = {"Носитель", "Medium"},
    [WORD_FROM_MEDIUM] = {"С носителя", "From medium"},
    [WORD_TO_MEDIUM] = {"На носитель", "To medium"},
    [WORD_CONTAINER] = {"Контейнер", "Container"},
    [WORD_CERTIFICATE] = {"Сертификат", "Certificate"},
    [WORD_VALID_UNTIL] = {"Действует до", "Valid until"},
    [WORD_DOCUMENT] = {"Документ", "Document"},
    [WORD_SIZE] = {"Размер", "Size"},
    [WORD_SHA256] = {"SHA-256", "SHA-256"},
    [WORD_REGISTRY] = {"Реестр", "Registry"},
    [WORD_TEXT] = {"Текст целиком", "The whole text"},
    [WORD_CODE] = {"Код", "Code"},

    [WORD_PAIR] = {"Сайт просит доступ к агенту",
	"A site asks for access to the agent"},
    [WORD_PAIR_YES] = {"Коды совпадают", "The codes are the same"},
    [WORD_PAIR_NOTE] = {"Тот же код сейчас на странице сайта?",
	"Does the page show the same code now?"},
    [WORD_MAKE_KEY] = {"Создать ключ подписи?", "Make a signing key?"},
    [WORD_MAKE_KEY_YES] = {"Создать ключ", "Make the key"},
    [WORD_NO_PASSWORD] = {"Создать контейнер без пароля?",
	"Make a container without a password?"},
    [WORD_NO_PASSWORD_YES] = {"Создать без пароля", "Make it without"},
    [WORD_NO_PASSWORD_NOTE] = {"Контейнер без пароля: ключом сможет подписать "
			       "всякий, кто возьмёт носитель или войдёт под "
			       "вашим именем.",
	"A container without a password: whoever takes the medium or signs in "
	"under your name can sign with the key."},
    [WORD_ACQUAINT] = {"Подписать этот текст?", "Sign this text?"},
    [WORD_ACQUAINT_YES] = {"Подписать", "Sign"},
    [WORD_INSTALL] = {"Установить сертификат?", "Install the certificate?"},
    [WORD_INSTALL_YES] = {"Установить", "Install"},
    [WORD_AUTHORITIES] = {"Установить сертификаты удостоверяющего центра?",
	"Install the centre's certificates?"},
    [WORD_AUTHORITIES_YES] = {"Установить", "Install"},
    [WORD_AUTHORITIES_NOTE] = {"Это промежуточные сертификаты: они помогают "
			       "строить цепочки, сами по себе им никто не "
			       "доверяет.",
	"These are intermediate certificates: they help to build chains, and "
	"nothing trusts them by themselves."},
    [WORD_ROOT] = {"Доверять корневому сертификату?",
	"Trust this root certificate?"},
    [WORD_ROOT_YES] = {"Отпечаток совпадает", "The fingerprint is the same"},
    [WORD_ROOT_NOTE] = {"Сравните отпечаток с тем, что центр дал вам на "
			"бумаге. Всему, что заверит этот центр, на этом "
			"компьютере будут верить.",
	"Compare the fingerprint with what the centre gave you on paper. "
	"Whatever this centre certifies will be believed on this computer."},
    [WORD_COPY] = {"Скопировать ключ?", "Copy the key?"},
    [WORD_COPY_YES] = {"Скопировать", "Copy"},
    [WORD_CHECK] = {"Проверить ключ пробной подписью?",
	"Try the key by signing a random text?"},
    [WORD_CHECK_YES] = {"Проверить", "Try"},
    [WORD_ARCHIVE] = {"Сохранить копии ключей с истёкшими сертификатами?",
	"Keep copies of the keys whose certificates have expired?"},
    [WORD_ARCHIVE_YES] = {"Сохранить", "Keep"},
    [WORD_ARCHIVE_NOTE] = {"Дальше спросят один новый пароль для всех копий, "
			   "потом пароль или PIN каждого из этих контейнеров.",
	"Next come one new password for all copies, and then the password or "
	"PIN of each of these containers."},
    [WORD_CHANGE_PASSWORD] = {"Сменить пароль контейнера?",
	"Change the container's password?"},
    [WORD_CHANGE_PASSWORD_YES] = {"Сменить пароль", "Change it"},
    [WORD_REFUSE] = {"Отказаться", "Refuse"},

    [WORD_NEW_PASSWORD] = {"Новый пароль контейнера. Восстановить утерянный "
			   "пароль невозможно. Пустой: без пароля. ",
	"A new password of the container. A lost password cannot be restored. "
	"Empty: no password. "},
    [WORD_PASSWORD_OF] = {"Пароль контейнера ", "Password of the container "},
    [WORD_PASSWORD] = {"Пароль:", "Password:"},
    [WORD_PASSWORD_OK] = {"Готово", "Done"},
    [WORD_CANCEL] = {"Отмена", "Cancel"},
    [WORD_PASSWORD_AGAIN] = {"Ещё раз:", "Again:"},
    [WORD_PASSWORDS_DIFFER] = {"Пароли не совпали.",
	"The passwords are not the same."},
    [WORD_PASSWORD_WRONG] = {"Пароль не подошёл.", "The password is wrong."},

    [WORD_TOKEN] = {"Токен ", "Token "},
    [WORD_PIN] = {"PIN:", "PIN:"},
    [WORD_PIN_WRONG] = {"PIN не подошёл.", "The PIN is wrong."},
    [WORD_PIN_LEFT] = {"Осталось попыток: ", "Tries left: "},
    [WORD_PIN_LEFT_ONE] = {"Осталась последняя попытка. ", "One try is left. "},
    [WORD_PIN_LOW] = {"PIN уже вводили неверно. ",
	"The PIN was typed wrong before. "},
    [WORD_PIN_FACTORY] = {"Заводской PIN: ", "The factory PIN: "},
    [WORD_NO_WAY_BACK] = {"Восстановить утерянный пароль невозможно.",
	"A lost PIN cannot be restored."},
    [WORD_PIN_LAST] = {"Осталась последняя попытка: если PIN будет неверным, "
		       "токен заблокируется. Ввести PIN?",
	"One try is left: a wrong PIN will lock the token. Type the PIN?"},
    [WORD_PIN_LAST_YES] = {"Ввести PIN", "Type the PIN"},
    [WORD_PIN_NEW] = {"Новый PIN:", "New PIN:"},
    [WORD_PIN_NEW_RULE] = {"Новый PIN; длина: ", "A new PIN; length: "},
    [WORD_PIN_UNFIT] = {"Такой PIN не подойдёт.", "This PIN will not do."},
    [WORD_PINS_DIFFER] = {"PIN введены разные.", "The PINs are not the same."},
    [WORD_PIN_CHANGE] = {"На токене заводской PIN. Рекомендуем сменить",
	"The token has the factory PIN. We recommend to change it"},
    [WORD_PIN_CHANGE_YES] = {"Сменить", "Change"},
    [WORD_LATER] = {"Позже", "Later"},
};

const char *
word_in(enum language language, enum word word)
{
	ensure(language < LANGUAGE_MAX_ && word < WORD_MAX_ &&
	       words[word][language] != NULL);
	return words[word][language];
}

const char *
word_of_key(enum language language, const char *spec)
{
	/* Longer ones first: the beginning of a spec decides. */
	static const struct {
		const char *begins;
		const char *words[LANGUAGE_MAX_];
	} kinds[] = {
	    {"gost2012-256:",
		{"ГОСТ Р 34.10-2012, 256 бит", "GOST R 34.10-2012, 256 bits"}},
	    {"gost2012-512:",
		{"ГОСТ Р 34.10-2012, 512 бит", "GOST R 34.10-2012, 512 bits"}},
	    {"p256",
		{"ECDSA на кривой P-256, 256 бит", "ECDSA on P-256, 256 bits"}},
	    {"p384", {"ECDSA на кривой P-384, 384 бита",
			 "ECDSA on P-384, 384 bits"}},
	    {"rsa:2048", {"RSA, 2048 бит", "RSA, 2048 bits"}},
	    {"rsa:3072", {"RSA, 3072 бита", "RSA, 3072 bits"}},
	    {"rsa:4096", {"RSA, 4096 бит", "RSA, 4096 bits"}},
	    {"ed25519", {"Ed25519, 256 бит", "Ed25519, 256 bits"}},
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (strncmp(spec, kinds[i].begins, strlen(kinds[i].begins)) ==
		    0) {
			return kinds[i].words[language];
		}
	}
	return spec;
}

enum language
language_named(const char *name)
{
	if (strcmp(name, "ru") == 0) {
		return LANGUAGE_RU;
	}
	return strcmp(name, "en") == 0 ? LANGUAGE_EN : LANGUAGE_MAX_;
}

enum language
language_of_environment(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && value[0] != '\0') {
			/* "C", "C.UTF-8", "POSIX" name none. */
			return value[0] == 'C' || value[0] == 'P' ||
				       strncmp(value, "ru", 2) == 0
				   ? LANGUAGE_RU
				   : LANGUAGE_EN;
		}
	}
	return LANGUAGE_RU;
}
