/* SPDX-License-Identifier: Apache-2.0 */
/* Units for Linux, and what to do with all the files, in words. */
#include <string.h>

#include "trust/client_config.h"
#include "trust/client_config_priv.h"

enum {
	TEXT_MAX = 65536,
};

/* % and $ are systemd's own. */
static void
put_unit_word(struct buf *out, const char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '%' || *s == '$') {
			buf_add_u8(out, (uint8_t)*s);
		}
		buf_add_u8(out, (uint8_t)*s);
	}
}

void
client_put_service(struct buf *out, const struct client_config *c)
{
	buf_add_str(out,
	    "# Keeps /var/lib/surguch-roots up to the mirror; everything is\n"
	    "# verified before anything is replaced.  With --notify at the "
	    "end of\n"
	    "# ExecStart (surguch(1)) it tells when lists change, age or "
	    "fail.\n");
	if (strncmp(c->address, "file:", 5) == 0) {
		buf_add_str(out, "# The share has to be mounted at "
				 "/mnt/surguch-roots, read-only.\n");
	}
	buf_add_str(out, "[Unit]\n"
			 "Description=Mirror of trusted roots\n"
			 "Documentation=man:surguch(1)\n"
			 "Wants=network-online.target\n"
			 "After=network-online.target\n\n"
			 "[Service]\n"
			 "Type=oneshot\n"
			 "ExecStart=/usr/bin/surguch trust mirror ");
	if (strncmp(c->address, "file:", 5) == 0) {
		buf_add_str(out, "/mnt/surguch-roots");
	} else {
		put_unit_word(out, c->address);
	}
	buf_add_str(out, " /var/lib/surguch-roots");
	if (c->feed_key[0] != '\0') {
		buf_add_str(out, " --feed-key ");
		put_unit_word(out, c->feed_key);
	}
	buf_add_str(out, "\n"
			 "DynamicUser=yes\n"
			 "StateDirectory=surguch-roots\n"
			 "StateDirectoryMode=0755\n"
			 "UMask=0022\n"
			 "NoNewPrivileges=yes\n"
			 "ProtectSystem=strict\n"
			 "ProtectHome=yes\n"
			 "PrivateTmp=yes\n"
			 "PrivateDevices=yes\n"
			 "ProtectKernelTunables=yes\n"
			 "ProtectKernelModules=yes\n"
			 "ProtectControlGroups=yes\n"
			 "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX\n"
			 "RestrictNamespaces=yes\n"
			 "LockPersonality=yes\n"
			 "MemoryDenyWriteExecute=yes\n"
			 "CapabilityBoundingSet=\n"
			 "SystemCallFilter=@system-service\n");
}

void
client_put_timer(struct buf *out, const struct client_config *c)
{
	(void)c;
	buf_add_str(out, "[Unit]\n"
			 "Description=Mirror of trusted roots, every night\n\n"
			 "[Timer]\n"
			 "OnCalendar=*-*-* 03:00\n"
			 "RandomizedDelaySec=2h\n"
			 "Persistent=yes\n\n"
			 "[Install]\n"
			 "WantedBy=timers.target\n");
}

void
client_put_readme_en(struct buf *out, const struct client_config *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	buf_printf(&text,
	    "Trusted roots from a mirror\n"
	    "===========================\n\n"
	    "Mirror: %s\n\n"
	    "These files were made by `surguch trust client-config`. They "
	    "were not tried on\nWindows by those who wrote the program: try "
	    "them on one computer first.\n\n",
	    c->address);
	buf_add_str(&text,
	    "Before\n------\n"
	    "\"Turn off Automatic Root Certificates Update\" must not be "
	    "enabled: Computer\nConfiguration > Administrative Templates > "
	    "System > Internet Communication\nManagement > Internet "
	    "Communication settings. Enabled it writes\n"
	    "DisableRootAutoUpdate = 1, and Windows asks no mirror at all.\n"
	    "The mirror has to be readable for computers, not for people: "
	    "Windows reads it as\na service, without signing in.\n\n"
	    "One way of these\n----------------\n"
	    "1. Group policy, preferences (best): in a new policy, Computer "
	    "Configuration >\n   Preferences > Windows Settings > Registry, "
	    "paste Registry.xml (drag it, or copy\n   its text and paste). "
	    "The action is Update, the type REG_SZ. To try it on some\n   "
	    "computers first: the item's Common tab, Item-level targeting, a "
	    "computer's name or\n   a security group (choose the group there: "
	    "its identifier is needed).\n"
	    "2. Group policy, template: copy surguch-roots.admx to "
	    "PolicyDefinitions, and the\n   .adml files to its en-US and ru-RU "
	    "folders; or add surguch-roots.adm by\n   Add/Remove Templates. "
	    "The setting stays in the registry when the policy is\n   "
	    "unlinked: set the address back, or spread "
	    "surguch-roots-undo.reg.\n"
	    "3. One computer: surguch-roots.reg.\n\n"
	    "Only what is disallowed, and no new roots: "
	    "surguch-untrusted-only.reg\n"
	    "(DisableRootAutoUpdate = 1, EnableDisallowedCertAutoUpdate = "
	    "1).\n\n"
	    "A choice of roots: Windows accepts no list that Microsoft has "
	    "not signed. Write the\nroots that you want with `surguch trust "
	    "sst`, import the file by group policy\n(Computer Configuration > "
	    "Policies > Windows Settings > Security Settings > Public\nKey "
	    "Policies > Trusted Root Certification Authorities > Import), and "
	    "then enable\n\"Turn off Automatic Root Certificates Update\".\n\n"
	    "Check a client\n--------------\n"
	    "  gpupdate /force          (and restart)\n"
	    "  reg query HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\"
	    "AuthRoot\\AutoUpdate /v RootDirURL\n"
	    "  certutil -verifyCTL AuthRoot\n"
	    "  Get-ChildItem cert:\\LocalMachine\\AuthRoot   (PowerShell)\n"
	    "When a site's root is listed and not installed yet, opening the "
	    "site installs it:\nApplication log, source CAPI2, event 4097 "
	    "(older: 1). Event 4107 (11) says that a\ncabinet was bad or its "
	    "signer has expired.\n"
	    "To have it fetched again at once, as administrator: delete the "
	    "values EncodedCtl and\nLastSyncTime of that key.\n\n"
	    "Linux\n-----\n"
	    "  cp surguch-roots.service surguch-roots.timer "
	    "/etc/systemd/system/\n"
	    "  systemctl enable --now surguch-roots.timer\n"
	    "  systemctl start surguch-roots.service && surguch trust show "
	    "/var/lib/surguch-roots\n");
	client_put_crlf(out, &text);
}

void
client_put_readme_ru(struct buf *out, const struct client_config *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	/* Old editors take a text without this mark for another encoding. */
	buf_add(out, SLICE_LIT("\xef\xbb\xbf"));
	buf_printf(&text,
	    "Доверенные корневые сертификаты из зеркала\n"
	    "==========================================\n\n"
	    "Зеркало: %s\n\n"
	    "Эти файлы сделала команда `surguch trust client-config`. Авторы "
	    "программы не\nпроверяли их на Windows: сначала попробуйте на "
	    "одном компьютере.\n\n",
	    c->address);
	buf_add_str(&text,
	    "Сначала\n-------\n"
	    "Параметр «Отключить автоматическое обновление корневых "
	    "сертификатов» (Turn off\nAutomatic Root Certificates Update) не "
	    "должен быть включён: Конфигурация\nкомпьютера > Административные "
	    "шаблоны > Система > Управление связью через\nИнтернет > Параметры "
	    "связи через Интернет. Включённый, он записывает\n"
	    "DisableRootAutoUpdate = 1, и Windows не обращается ни к какому "
	    "зеркалу.\n"
	    "Зеркало должно быть доступно для чтения компьютерам, а не людям: "
	    "Windows читает\nего как служба, без входа.\n\n"
	    "Один из способов\n----------------\n"
	    "1. Предпочтения групповой политики (лучший): в новой политике, "
	    "Конфигурация\n   компьютера > Настройка > Конфигурация Windows > "
	    "Реестр, вставьте Registry.xml\n   (перетащите файл или скопируйте "
	    "его текст). Действие — «Обновить», тип — REG_SZ.\n   Чтобы "
	    "сначала "
	    "испытать на некоторых компьютерах: вкладка «Общие параметры»,\n   "
	    "«Нацеливание на уровень элемента», имя компьютера или группа "
	    "безопасности\n   (группу выберите там же: нужен её "
	    "идентификатор).\n"
	    "2. Шаблон групповой политики: surguch-roots.admx — в папку "
	    "PolicyDefinitions, файлы\n   .adml — в её папки en-US и ru-RU; "
	    "или "
	    "добавьте surguch-roots.adm через\n   «Добавление и удаление "
	    "шаблонов». Значение остаётся в реестре и после отвязки\n   "
	    "политики: верните прежний адрес или распространите "
	    "surguch-roots-undo.reg.\n"
	    "3. Один компьютер: surguch-roots.reg.\n\n"
	    "Только недоверенные сертификаты, без новых корневых: "
	    "surguch-untrusted-only.reg\n"
	    "(DisableRootAutoUpdate = 1, EnableDisallowedCertAutoUpdate = "
	    "1).\n\n"
	    "Свой выбор корневых сертификатов: Windows не примет список, "
	    "который подписан не\nMicrosoft. Запишите нужные корневые командой "
	    "`surguch trust sst`, импортируйте файл\nгрупповой политикой "
	    "(Конфигурация компьютера > Политики > Конфигурация Windows >\n"
	    "Параметры безопасности > Политики открытого ключа > Доверенные "
	    "корневые центры\nсертификации > Импорт), затем включите "
	    "«Отключить автоматическое обновление\nкорневых "
	    "сертификатов».\n\n");
	buf_add_str(&text,
	    "Проверка клиента\n----------------\n"
	    "  gpupdate /force          (и перезагрузка)\n"
	    "  reg query HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\"
	    "AuthRoot\\AutoUpdate /v RootDirURL\n"
	    "  certutil -verifyCTL AuthRoot\n"
	    "  Get-ChildItem cert:\\LocalMachine\\AuthRoot   (PowerShell)\n"
	    "Если корневой сертификат сайта есть в списке, но ещё не "
	    "установлен, открытие сайта\nустановит его: журнал «Приложение», "
	    "источник CAPI2, событие 4097 (раньше — 1).\nСобытие 4107 (11) "
	    "говорит, что файл .cab испорчен или срок подписавшего истёк.\n"
	    "Чтобы Windows загрузила список сразу, администратор удаляет "
	    "значения EncodedCtl и\nLastSyncTime этого раздела.\n\n"
	    "Linux\n-----\n"
	    "  cp surguch-roots.service surguch-roots.timer "
	    "/etc/systemd/system/\n"
	    "  systemctl enable --now surguch-roots.timer\n"
	    "  systemctl start surguch-roots.service && surguch trust show "
	    "/var/lib/surguch-roots\n");
	client_put_crlf(out, &text);
}
