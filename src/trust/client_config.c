/* SPDX-License-Identifier: Apache-2.0 */
#include "trust/client_config.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "trust/client_config_priv.h"

#define KEY        "SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate"
#define POLICY_KEY "SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\AuthRoot"

enum {
	TEXT_MAX = 65536,
	UUID_BYTES = 16,
};

/* --- what was asked for ------------------------------------------------------
 */

static enum err
bad_address(struct errinfo *ei, const char *why)
{
	(void)err_set(ei, ERR_FORMAT, "config.address", NULL,
	    "%s; Windows takes http://server/folder, or file:// and the path "
	    "of a share",
	    why);
	return err_object(ei, ERR_FORMAT, "ADDRESS");
}

/* Nothing that any of the formats, or a person who copies it, would read
 * otherwise. */
static bool
is_plain(const char *s)
{
	for (; *s != '\0'; s++) {
		if (!text_is_alnum((uint8_t)*s) &&
		    strchr("-._~:/\\%&()+,;=@$!", *s) == NULL) {
			return false;
		}
	}
	return true;
}

/* \\server\share, and folders if there are. */
static bool
is_share(const char *s)
{
	size_t server, share;

	if (strncmp(s, "\\\\", 2) != 0 || strchr(s, '/') != NULL) {
		return false;
	}
	server = strcspn(s + 2, "\\");
	if (server == 0 || s[2 + server] != '\\') {
		return false;
	}
	share = strcspn(s + 2 + server + 1, "\\");
	return share > 0 && strstr(s + 2, "\\\\") == NULL;
}

static bool
is_web(const char *s)
{
	const char *host = strncmp(s, "http://", 7) == 0    ? s + 7
			   : strncmp(s, "https://", 8) == 0 ? s + 8
							    : NULL;

	return host != NULL && strchr(s, '\\') == NULL &&
	       strchr(s, '@') == NULL && strcspn(host, "/:") > 0;
}

enum err
client_config_make(const char *address, const char *computer, int64_t now,
    struct client_config *out, struct errinfo *ei)
{
	const char *share =
	    strncmp(address, "file://", 7) == 0 ? address + 7 : address;
	const char *name = computer != NULL ? computer : "";
	bool web = is_web(address);
	size_t len;

	*out = (struct client_config){.now = now};
	if (strlen(address) + strlen("file://") > CLIENT_ADDRESS_MAX) {
		(void)err_set(ei, ERR_LIMIT, "config.address", NULL,
		    "an address of more than %d characters",
		    CLIENT_ADDRESS_MAX);
		return err_object(ei, ERR_LIMIT, "ADDRESS");
	}
	if (!is_plain(address)) {
		return bad_address(ei,
		    "an address has letters, digits and -._~:/%&()+,;=@$! "
		    "alone: no spaces, no quotes, no ? or #");
	}
	if (!web && !is_share(share)) {
		return bad_address(ei, "no address of a mirror");
	}
	(void)snprintf(out->address, sizeof(out->address), "%s%s",
	    web ? "" : "file://", web ? address : share);
	len = strlen(out->address);
	while (out->address[len - 1] == '/' || out->address[len - 1] == '\\') {
		out->address[--len] = '\0';
	}
	if (strlen(name) > CLIENT_COMPUTER_MAX || !is_plain(name) ||
	    strpbrk(name, "/\\:@%&,;=()+$!~_") != NULL) {
		(void)err_set(ei, ERR_FORMAT, "config.computer", NULL,
		    "a computer's name has at most %d letters, digits, "
		    "hyphens and dots",
		    CLIENT_COMPUTER_MAX);
		return err_object(ei, ERR_FORMAT, name);
	}
	(void)snprintf(out->computer, sizeof(out->computer), "%s", name);
	return ERR_OK;
}

enum err
client_config_feed(
    struct client_config *c, const char *path, struct errinfo *ei)
{
	const bool web = strncmp(c->address, "file:", 5) != 0;

	if (!web || path[0] != '/' || strlen(path) > CLIENT_ADDRESS_MAX ||
	    !is_plain(path)) {
		(void)err_set(ei, ERR_FORMAT, "config.feed_key", NULL,
		    web ? "the path of feed.pub on the clients, from / on: "
			  "letters, digits and -._~:/%%&()+,;=@$! alone"
			: "a share has no feed; the mirror's address has to "
			  "be one of surguch-trustd");
		return err_object(ei, ERR_FORMAT, "--feed-key");
	}
	(void)snprintf(c->feed_key, sizeof(c->feed_key), "%s", path);
	return ERR_OK;
}

/* --- pieces -----------------------------------------------------------------
 */

/* As UTF-16LE with a mark and Windows' line ends, as regedit writes it. */
static void
put_utf16(struct buf *out, struct buf *text)
{
	struct slice s = buf_slice(text);
	uint32_t c;

	buf_add_u8(out, 0xff);
	buf_add_u8(out, 0xfe);
	while (s.len > 0 && text_get_char(&s, &c)) {
		if (c == '\n') {
			buf_add(out, slice_make("\r\0", 2));
		}
		buf_add_u8(out, (uint8_t)c);
		buf_add_u8(out, (uint8_t)(c >> 8));
	}
	buf_clear(text);
}

void
client_put_crlf(struct buf *out, struct buf *text)
{
	struct slice s = buf_slice(text);

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\n') {
			buf_add_u8(out, '\r');
		}
		buf_add_u8(out, s.p[i]);
	}
	buf_clear(text);
}

static void
put_escaped(struct buf *out, const char *s, const char *which)
{
	for (; *s != '\0'; s++) {
		if (strchr(which, *s) != NULL) {
			buf_add_u8(out, '\\');
		}
		buf_add_u8(out, (uint8_t)*s);
	}
}

void
client_put_xml(struct buf *out, const char *s)
{
	/* Of what stands in an address nothing else has a meaning there. */
	for (; *s != '\0'; s++) {
		if (*s == '&') {
			buf_add_str(out, "&amp;");
		} else {
			buf_add_u8(out, (uint8_t)*s);
		}
	}
}

/* The same for the same address, so that a policy made again is the same. */
static void
put_uuid(struct buf *out, const char *of)
{
	uint8_t hash[HASH_SIZE_MAX] = {0};

	if (hash_of(HASH_SHA1, slice_str(of), hash, NULL) != ERR_OK) {
		out->err = ERR_CRYPTO;
		return;
	}
	hash[6] = (uint8_t)((hash[6] & 0x0f) | 0x50); /* RFC 9562 5.5 */
	hash[8] = (uint8_t)((hash[8] & 0x3f) | 0x80);
	for (unsigned i = 0; i < UUID_BYTES; i++) {
		buf_printf(out, "%s%02X",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", hash[i]);
	}
}

/* --- for one computer --------------------------------------------------------
 */

static void
put_reg(struct buf *out, const struct client_config *c)
{
	static const char *const names[] = {"RootDirURL", "SyncFromDirUrl"};
	struct buf text = BUF_INIT(TEXT_MAX);

	buf_add_str(&text, "Windows Registry Editor Version 5.00\n\n"
			   "[HKEY_LOCAL_MACHINE\\" KEY "]\n");
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		buf_printf(&text, "\"%s\"=\"", names[i]);
		put_escaped(&text, c->address, "\\\"");
		buf_add_str(&text, "\"\n");
	}
	put_utf16(out, &text);
}

static void
put_reg_undo(struct buf *out, const struct client_config *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	(void)c;
	buf_add_str(&text, "Windows Registry Editor Version 5.00\n\n"
			   "[HKEY_LOCAL_MACHINE\\" KEY "]\n"
			   "\"RootDirURL\"=-\n\"SyncFromDirUrl\"=-\n");
	put_utf16(out, &text);
}

static void
put_reg_untrusted(struct buf *out, const struct client_config *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	buf_add_str(&text, "Windows Registry Editor Version 5.00\n\n"
			   "[HKEY_LOCAL_MACHINE\\" KEY "]\n\"RootDirURL\"=\"");
	put_escaped(&text, c->address, "\\\"");
	buf_add_str(&text,
	    "\"\n\n[HKEY_LOCAL_MACHINE\\" POLICY_KEY "]\n"
	    "\"DisableRootAutoUpdate\"=dword:00000001\n"
	    "\"EnableDisallowedCertAutoUpdate\"=dword:00000001\n");
	put_utf16(out, &text);
}

/* --- group policy ------------------------------------------------------------
 */

/* ASCII: the oldest editors read nothing else without asking. */
static void
put_adm(struct buf *out, const struct client_config *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	buf_add_str(&text,
	    "CLASS MACHINE\n\nCATEGORY !!Category\n  KEYNAME \"" KEY "\"\n"
	    "  POLICY !!RootDirURL\n    EXPLAIN !!RootDirURL_help\n"
	    "    PART !!RootDirURL_part EDITTEXT REQUIRED\n"
	    "      VALUENAME \"RootDirURL\"\n      MAXLEN 1023\n"
	    "      DEFAULT \"");
	buf_add_str(&text, c->address);
	buf_add_str(&text,
	    "\"\n    END PART\n  END POLICY\nEND CATEGORY\n\n[strings]\n"
	    "Category=\"Trusted roots from a mirror\"\n"
	    "RootDirURL=\"Address of the mirror of trusted roots\"\n"
	    "RootDirURL_part=\"http://server/folder or "
	    "file://\\\\server\\share\\folder\"\n"
	    "RootDirURL_help=\"Windows takes its lists of trusted and "
	    "disallowed certificates from here and not from "
	    "ctldl.windowsupdate.com. Turn off Automatic Root Certificates "
	    "Update must not be enabled.\"\n");
	client_put_crlf(out, &text);
}

static void
put_admx(struct buf *out, const struct client_config *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	(void)c;
	buf_add_str(&text,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<policyDefinitions revision=\"1.0\" schemaVersion=\"1.0\" "
	    "xmlns=\"http://schemas.microsoft.com/GroupPolicy/2006/07/"
	    "PolicyDefinitions\">\n"
	    "  <policyNamespaces>\n"
	    "    <target prefix=\"surguchroots\" "
	    "namespace=\"Surguch.Policies.Roots\"/>\n"
	    "    <using prefix=\"windows\" "
	    "namespace=\"Microsoft.Policies.Windows\"/>\n"
	    "  </policyNamespaces>\n"
	    "  <resources minRequiredRevision=\"1.0\"/>\n"
	    "  <categories>\n"
	    "    <category name=\"Roots\" "
	    "displayName=\"$(string.Category)\">\n"
	    "      <parentCategory ref=\"windows:System\"/>\n"
	    "    </category>\n"
	    "  </categories>\n"
	    "  <policies>\n"
	    "    <policy name=\"RootDirURL\" class=\"Machine\" "
	    "displayName=\"$(string.RootDirURL)\" "
	    "explainText=\"$(string.RootDirURL_help)\" key=\"" KEY "\" "
	    "presentation=\"$(presentation.RootDirURL)\">\n"
	    "      <parentCategory ref=\"Roots\"/>\n"
	    "      <supportedOn ref=\"windows:SUPPORTED_WindowsVista\"/>\n"
	    "      <elements>\n"
	    "        <text id=\"RootDirURL\" valueName=\"RootDirURL\" "
	    "required=\"true\" maxLength=\"1023\"/>\n"
	    "      </elements>\n"
	    "    </policy>\n"
	    "  </policies>\n"
	    "</policyDefinitions>\n");
	client_put_crlf(out, &text);
}

struct adml {
	const char *category;
	const char *title;
	const char *label;
	const char *help;
};

static void
put_adml(struct buf *out, const struct client_config *c, const struct adml *l)
{
	struct buf text = BUF_INIT(TEXT_MAX);

	buf_printf(&text,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<policyDefinitionResources revision=\"1.0\" "
	    "schemaVersion=\"1.0\" "
	    "xmlns=\"http://schemas.microsoft.com/GroupPolicy/2006/07/"
	    "PolicyDefinitions\">\n"
	    "  <displayName>%s</displayName>\n"
	    "  <description>%s</description>\n"
	    "  <resources>\n    <stringTable>\n"
	    "      <string id=\"Category\">%s</string>\n"
	    "      <string id=\"RootDirURL\">%s</string>\n"
	    "      <string id=\"RootDirURL_help\">%s</string>\n"
	    "    </stringTable>\n    <presentationTable>\n"
	    "      <presentation id=\"RootDirURL\">\n"
	    "        <textBox refId=\"RootDirURL\">\n"
	    "          <label>%s</label>\n          <defaultValue>",
	    l->category, l->title, l->category, l->title, l->help, l->label);
	client_put_xml(&text, c->address);
	buf_add_str(&text,
	    "</defaultValue>\n        </textBox>\n      </presentation>\n"
	    "    </presentationTable>\n  </resources>\n"
	    "</policyDefinitionResources>\n");
	client_put_crlf(out, &text);
}

static void
put_adml_en(struct buf *out, const struct client_config *c)
{
	static const struct adml l = {
	    "Trusted roots from a mirror",
	    "Address of the mirror of trusted roots",
	    "http://server/folder or file://\\\\server\\share\\folder",
	    "Windows takes its lists of trusted and disallowed certificates "
	    "from here and not from ctldl.windowsupdate.com. \"Turn off "
	    "Automatic Root Certificates Update\" must not be enabled.",
	};

	put_adml(out, c, &l);
}

static void
put_adml_ru(struct buf *out, const struct client_config *c)
{
	static const struct adml l = {
	    "Доверенные корневые сертификаты из зеркала",
	    "Адрес зеркала доверенных корневых сертификатов",
	    "http://сервер/папка или file://\\\\сервер\\ресурс\\папка",
	    "Windows берёт списки доверенных и недоверенных сертификатов "
	    "отсюда, а не с ctldl.windowsupdate.com. Параметр «Отключить "
	    "автоматическое обновление корневых сертификатов» (Turn off "
	    "Automatic Root Certificates Update) не должен быть включён.",
	};

	put_adml(out, c, &l);
}

/* The action is Update, so that the value is set again when somebody changes
 * it (MS-GPPREF 2.2.1.10). */
static void
put_preferences(struct buf *out, const struct client_config *c)
{
	struct buf text = BUF_INIT(TEXT_MAX);
	char now[TIME_TEXT_SIZE];

	time_text(c->now, now);
	buf_printf(&text,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<RegistrySettings "
	    "clsid=\"{A3CCFC41-DFDB-43a5-8D26-0FE8B954DA51}\">\n"
	    "  <Registry clsid=\"{9CD4B2F4-923D-47f5-A062-E897DD1DAD50}\" "
	    "name=\"RootDirURL\" status=\"RootDirURL\" image=\"2\" "
	    "changed=\"%.10s %.8s\" uid=\"{",
	    now, now + 11);
	put_uuid(&text, c->address);
	buf_add_str(&text,
	    "}\" bypassErrors=\"1\">\n"
	    "    <Properties action=\"U\" displayDecimal=\"0\" "
	    "default=\"0\" hive=\"HKEY_LOCAL_MACHINE\" key=\"" KEY "\" "
	    "name=\"RootDirURL\" type=\"REG_SZ\" value=\"");
	client_put_xml(&text, c->address);
	buf_add_str(&text, "\"/>\n");
	if (c->computer[0] != '\0') {
		buf_printf(&text,
		    "    <Filters>\n"
		    "      <FilterComputer bool=\"AND\" not=\"0\" "
		    "type=\"%s\" name=\"%s\"/>\n"
		    "    </Filters>\n",
		    strchr(c->computer, '.') != NULL ? "DNS" : "NETBIOS",
		    c->computer);
	}
	buf_add_str(&text, "  </Registry>\n</RegistrySettings>\n");
	client_put_crlf(out, &text);
}

/* --- all --------------------------------------------------------------------
 */

static const struct {
	const char *name;
	const char *what;
	void (*put)(struct buf *out, const struct client_config *c);
} files[CLIENT_FILES] = {
    [CLIENT_REG] = {"surguch-roots.reg", "for one Windows computer", put_reg},
    [CLIENT_REG_UNDO] = {"surguch-roots-undo.reg", "the same taken back",
	put_reg_undo},
    [CLIENT_REG_UNTRUSTED] = {"surguch-untrusted-only.reg",
	"no new roots, only what is disallowed", put_reg_untrusted},
    [CLIENT_ADM] = {"surguch-roots.adm", "a template of group policy, old form",
	put_adm},
    [CLIENT_ADMX] = {"surguch-roots.admx", "the same, new form", put_admx},
    [CLIENT_ADML_EN] = {"en-US/surguch-roots.adml", "its words in English",
	put_adml_en},
    [CLIENT_ADML_RU] = {"ru-RU/surguch-roots.adml", "its words in Russian",
	put_adml_ru},
    [CLIENT_PREFERENCES] = {"Registry.xml",
	"a preference of group policy (Update, REG_SZ)", put_preferences},
    [CLIENT_SERVICE] = {"surguch-roots.service",
	"for Linux: keeps a local mirror", client_put_service},
    [CLIENT_TIMER] = {"surguch-roots.timer", "the same, every night",
	client_put_timer},
    [CLIENT_README_EN] = {"README.txt", "what to do with them, and checks",
	client_put_readme_en},
    [CLIENT_README_RU] = {"README.ru.txt", "the same in Russian",
	client_put_readme_ru},
};

const char *
client_file_name(enum client_file f)
{
	return files[f].name;
}

const char *
client_file_what(enum client_file f)
{
	return files[f].what;
}

void
client_config_put(
    const struct client_config *c, enum client_file f, struct buf *out)
{
	files[f].put(out, c);
}
