/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/acquaint.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/alg.h"
#include "crypto/pubkey.h"
#include "der/oid.h"
#include "x509/cert.h"
#include "x509/ext.h"
#include "x509/name.h"

/* The words of the text, in both languages. */
enum word {
	WORD_TITLE,
	WORD_TYPE,
	WORD_TYPE_QUALIFIED,
	WORD_TYPE_FORM,
	WORD_TYPE_OTHER,
	WORD_SERIAL,
	WORD_FROM,
	WORD_TO,
	WORD_SUBJECT,
	WORD_ISSUER,
	WORD_KEY,
	WORD_READ,
	WORD_MAX_
};

static const char *const words[WORD_MAX_][LANG_MAX_] = {
    [WORD_TITLE] = {"Ознакомление с содержанием сертификата",
	"Acquaintance with the content of a certificate"},
    [WORD_TYPE] = {"Тип сертификата", "Type of certificate"},
    [WORD_TYPE_QUALIFIED] = {"Квалифицированный", "Qualified"},
    [WORD_TYPE_FORM] = {"Неквалифицированный (по форме приказа ФСБ № 795)",
	"Not qualified (in the form of FSB order 795)"},
    [WORD_TYPE_OTHER] = {"Неквалифицированный", "Not qualified"},
    [WORD_SERIAL] = {"Серийный номер", "Serial number"},
    [WORD_FROM] = {"Действует с", "Valid from"},
    [WORD_TO] = {"Действует по", "Valid to"},
    [WORD_SUBJECT] = {"Владелец", "Owner"},
    [WORD_ISSUER] = {"Издатель", "Issuer"},
    [WORD_KEY] = {"Ключ проверки подписи", "Verification key"},
    [WORD_READ] = {"С содержанием сертификата ознакомлен(а), сведения верны.",
	"I have read the content of the certificate; it is right."},
};

/* Attributes as people call them; others by their short name or OID. */
static const struct {
	enum oid id;
	const char *label[LANG_MAX_];
} labels[] = {
    {OID_CN, {"Имя", "Name"}},
    {OID_SN, {"Фамилия", "Surname"}},
    {OID_GN, {"Имя и отчество", "Given names"}},
    {OID_C, {"Страна", "Country"}},
    {OID_ST, {"Регион", "Region"}},
    {OID_L, {"Город", "City"}},
    {OID_STREET, {"Улица, дом", "Street"}},
    {OID_O, {"Название организации", "Organisation"}},
    {OID_OU, {"Подразделение", "Department"}},
    {OID_TITLE, {"Должность", "Position"}},
    {OID_EMAIL, {"Эл. почта", "E-mail"}},
    {OID_SNILS, {"СНИЛС", "SNILS"}},
    {OID_INN, {"ИНН", "INN"}},
    {OID_INNLE, {"ИНН организации", "INN of the organisation"}},
    {OID_OGRN, {"ОГРН", "OGRN"}},
    {OID_OGRNIP, {"ОГРНИП", "OGRNIP"}},
};

static void
put_line(struct buf *out, const char *label, const char *value)
{
	buf_printf(out, "%s: %s\n", label, value);
}

static void
put_attr(struct buf *out, const struct name_attr *a, enum lang lang)
{
	size_t i;

	buf_add_str(out, "  ");
	for (i = 0; i < ARRAY_LEN(labels); i++) {
		if (labels[i].id == a->id) {
			buf_add_str(out, labels[i].label[lang]);
			break;
		}
	}
	if (i == ARRAY_LEN(labels)) {
		oid_text(out, a->oid);
	}
	buf_add_str(out, ": ");
	asn1_text_print((struct asn1_text){a->tag, a->value}, out);
	buf_add_str(out, "\n");
}

static void
put_name(
    struct buf *out, const char *title, const struct name *n, enum lang lang)
{
	size_t i;

	buf_printf(out, "%s:\n", title);
	for (i = 0; i < name_num_attrs(n); i++) {
		put_attr(out, name_attr(n, i), lang);
	}
}

/* What the certificate itself claims to be (requirements, "qualified"). */
static enum word
type_of(const struct ext_list *exts)
{
	static const enum oid policies[] = {OID_POLICY_KC1, OID_POLICY_KC2,
	    OID_POLICY_KC3, OID_POLICY_KB1, OID_POLICY_KB2, OID_POLICY_KA1};
	size_t i;

	for (i = 0; i < ARRAY_LEN(policies); i++) {
		if (ext_has_policy(exts, policies[i])) {
			return WORD_TYPE_QUALIFIED;
		}
	}
	return ext_find(exts, EXT_SUBJECT_SIGN_TOOL) != NULL ? WORD_TYPE_FORM
							     : WORD_TYPE_OTHER;
}

static enum err
put_key(struct buf *out, const struct cert *cert, enum lang lang,
    struct errinfo *ei)
{
	struct pubkey *key = NULL;
	enum err err;

	err = pubkey_parse(cert_spki(cert), &key, ei);
	if (err != ERR_OK) {
		return err;
	}
	buf_printf(out, "%s: %s ", words[WORD_KEY][lang],
	    key_alg_name(pubkey_alg(key)));
	text_hex(out, pubkey_bits_content(key));
	buf_add_str(out, "\n");
	pubkey_free(key);
	return ERR_OK;
}

static void
put_times(struct buf *out, const struct cert *cert, enum lang lang)
{
	char text[TIME_TEXT_SIZE];

	time_text(cert_not_before(cert), text);
	put_line(out, words[WORD_FROM][lang], text);
	time_text(cert_not_after(cert), text);
	put_line(out, words[WORD_TO][lang], text);
}

enum err
acquaint_text(const struct cert *cert, enum lang lang, struct buf *out,
    struct errinfo *ei)
{
	struct buf b = BUF_INIT(ACQUAINT_TEXT_MAX);
	enum err err;

	ensure((unsigned)lang < LANG_MAX_);
	buf_printf(&b, "%s\n", words[WORD_TITLE][lang]);
	put_line(
	    &b, words[WORD_TYPE][lang], words[type_of(cert_exts(cert))][lang]);
	buf_printf(&b, "%s: ", words[WORD_SERIAL][lang]);
	text_hex(&b, cert_serial(cert));
	buf_add_str(&b, "\n");
	put_times(&b, cert, lang);
	put_name(&b, words[WORD_SUBJECT][lang], cert_subject(cert), lang);
	put_name(&b, words[WORD_ISSUER][lang], cert_issuer(cert), lang);
	err = put_key(&b, cert, lang, ei);
	buf_printf(&b, "%s\n", words[WORD_READ][lang]);
	if (err == ERR_OK) {
		err = buf_err(&b, ei);
	}
	if (err == ERR_OK) {
		buf_add(out, buf_slice(&b));
		err = buf_err(out, ei);
	}
	buf_clear(&b);
	return err;
}
