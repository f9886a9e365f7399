/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/purpose.h"

#include <string.h>

#include "base/attr.h"
#include "der/oid.h"
#include "profile/profile_priv.h"
#include "x509/ext.h"

/* Any of these bits. */
static const struct {
	uint32_t bits;
	const char *ru, *en;
} usages[] = {
    {KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION, "Электронная подпись",
	"Electronic signature"},
    {KU_KEY_ENCIPHERMENT | KU_DATA_ENCIPHERMENT | KU_KEY_AGREEMENT,
	"Шифрование", "Encryption"},
    {KU_CERT_SIGN, "Выпуск сертификатов", "Issuing certificates"},
    {KU_CRL_SIGN, "Списки отозванных сертификатов",
	"Lists of revoked certificates"},
};

static const struct {
	enum oid oid;
	const char *ru, *en;
} named[] = {
    {OID_KP_CLIENT, "Вход на сайты и в системы",
	"Signing in to sites and systems"},
    {OID_KP_SERVER, "Подлинность сайта", "Identity of a site"},
    {OID_KP_EMAIL, "Защищённая электронная почта", "Secure e-mail"},
    {OID_KP_TIMESTAMP, "Метки времени", "Time stamps"},
    {OID_KP_OCSP, "Ответы о состоянии сертификатов",
	"Answers about certificates' status"},
    {OID_KP_PAGE_ORDER, "Поручения приложению на рабочем месте",
	"Orders for the application at the workplace"},
    {OID_POLICY_KC1, "Класс средства подписи КС1", "Signature tool class KC1"},
    {OID_POLICY_KC2, "Класс средства подписи КС2", "Signature tool class KC2"},
    {OID_POLICY_KC3, "Класс средства подписи КС3", "Signature tool class KC3"},
    {OID_POLICY_KB1, "Класс средства подписи КВ1", "Signature tool class KB1"},
    {OID_POLICY_KB2, "Класс средства подписи КВ2", "Signature tool class KB2"},
    {OID_POLICY_KA1, "Класс средства подписи КА1", "Signature tool class KA1"},
};

static struct purpose *
add(struct purposes *out, const char *ru, const char *en)
{
	struct purpose *p;

	if (out->num == PURPOSES_MAX) {
		return NULL;
	}
	p = &out->at[out->num++];
	*p = (struct purpose){.ru = ru, .en = en};
	return p;
}

static void
add_usage(struct purposes *out, uint32_t bits)
{
	for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
		if ((bits & usages[i].bits) != 0) {
			(void)add(out, usages[i].ru, usages[i].en);
		}
	}
}

/* false: there are no words for it. */
static bool
add_named(struct purposes *out, struct slice oid)
{
	enum oid id = oid_find(oid);

	for (size_t i = 0; i < ARRAY_LEN(named); i++) {
		if (named[i].oid == id) {
			(void)add(out, named[i].ru, named[i].en);
			return true;
		}
	}
	return false;
}

static void
add_purpose(struct purposes *out, struct slice oid)
{
	struct purpose *p;

	if (!add_named(out, oid) && (p = add(out, NULL, NULL)) != NULL) {
		(void)oid_dotted(oid, p->oid);
	}
}

void
purposes_of_profile(const struct profile *p, struct purposes *out)
{
	const struct profile_exts *x = &p->exts;

	out->num = 0;
	add_usage(out, x->key_usage);
	for (size_t i = 0; i < x->purposes.num; i++) {
		add_purpose(out, x->purposes.slices[i]);
	}
	for (size_t i = 0; i < x->policies.num; i++) {
		(void)add_named(out, x->policies.slices[i]);
	}
}

void
purposes_of_exts(const struct ext_list *exts, struct purposes *out)
{
	const struct ext *usage = ext_find(exts, EXT_KEY_USAGE);
	const struct ext *purposes = ext_find(exts, EXT_EXT_KEY_USAGE);
	const struct ext *policies = ext_find(exts, EXT_POLICIES);

	out->num = 0;
	if (usage != NULL) {
		add_usage(out, usage->u.key_usage);
	}
	for (size_t i = 0; purposes != NULL && i < purposes->u.purposes.num;
	     i++) {
		add_purpose(out, purposes->u.purposes.list[i]);
	}
	for (size_t i = 0; policies != NULL && i < policies->u.policies.num;
	     i++) {
		(void)add_named(out, policies->u.policies.list[i].oid);
	}
}

const char *
purpose_ru(const struct purpose *p)
{
	return p->ru != NULL ? p->ru : p->oid;
}

const char *
purpose_en(const struct purpose *p)
{
	return p->en != NULL ? p->en : p->oid;
}
