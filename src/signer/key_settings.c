/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/key_settings.h"

#include <string.h>

#include "base/text.h"
#include "os/confine.h"

static const char *const kinds[] = {"file", "module", NULL};
static const char *const secrets[] = {"file", "credential", "unlock", NULL};

static const char *
check_path(const char *s)
{
	return *s == '\0' || (*s == '/' && strlen(s) < PATH_TEXT_SIZE)
		   ? NULL
		   : "is no absolute path";
}

static bool
parse_id(const char *hex, struct pkcs11_where *out)
{
	size_t len = strlen(hex);

	out->id_len = len / 2;
	return len % 2 == 0 && len / 2 <= sizeof(out->id) &&
	       text_unhex(slice_str(hex), out->id, len / 2);
}

static const char *
check_id(const char *s)
{
	struct pkcs11_where scratch;

	return *s == '\0' || parse_id(s, &scratch)
		   ? NULL
		   : "is no key id: up to 32 bytes in hexadecimal";
}

/* What the loader would obey is not for a module to be told. */
static const char *
check_env(const char *s)
{
	const char *equals = strchr(s, '=');

	return equals != NULL && equals > s && strlen(s) < PATH_TEXT_SIZE &&
		       strncmp(s, "LD_", 3) != 0
		   ? NULL
		   : "is no NAME=VALUE of a variable that a module may have";
}

static const char *
check_call(const char *s)
{
	return strlen(s) < SIGNER_KEY_CALL_SIZE ? confine_check_call(s)
						: "is no system call";
}

const struct conf_setting signer_key_settings[] = {
    {.name = "kind", .type = CONF_CHOICE, .fallback = "file", .choices = kinds},
    {.name = "secret",
	.type = CONF_CHOICE,
	.fallback = "file",
	.choices = secrets},
    {.name = "module", .type = CONF_TEXT, .fallback = "", .check = check_path},
    {.name = "token", .type = CONF_TEXT, .fallback = "", .max = 32},
    {.name = "serial",
	.type = CONF_TEXT,
	.fallback = "",
	.max = PKCS11_SERIAL_SIZE - 1},
    {.name = "label",
	.type = CONF_TEXT,
	.fallback = "",
	.max = PKCS11_LABEL_SIZE - 1},
    {.name = "id", .type = CONF_TEXT, .fallback = "", .check = check_id},
    {.name = "environment",
	.type = CONF_TEXTS,
	.max = SIGNER_KEY_ENV_MAX,
	.check = check_env},
    {.name = "read",
	.type = CONF_TEXTS,
	.max = SIGNER_KEY_PATHS_MAX,
	.check = check_path},
    {.name = "write",
	.type = CONF_TEXTS,
	.max = SIGNER_KEY_PATHS_MAX,
	.check = check_path},
    {.name = "calls",
	.type = CONF_TEXTS,
	.max = SIGNER_KEY_CALLS_MAX,
	.check = check_call},
    {.name = "socket", .type = CONF_BOOL},
    {0},
};

static void
take_paths(struct conf_cursor c, const char *name, struct signer_key_paths *out)
{
	for (size_t i = 0; i < conf_len(c, name); i++) {
		conf_copy_text(out->at[out->num++], sizeof(out->at[0]),
		    conf_text_at(c, name, i));
	}
}

static void
take_module(
    struct conf_cursor c, struct conf_report *report, struct signer_key *out)
{
	struct pkcs11_where *w = &out->where;

	conf_copy_text(
	    out->module, sizeof(out->module), conf_text(c, "module"));
	conf_copy_text(w->token, sizeof(w->token), conf_text(c, "token"));
	conf_copy_text(w->serial, sizeof(w->serial), conf_text(c, "serial"));
	conf_copy_text(w->label, sizeof(w->label), conf_text(c, "label"));
	ensure(parse_id(conf_text(c, "id"), w));
	for (size_t i = 0; i < conf_len(c, "environment"); i++) {
		conf_copy_text(out->env[out->num_env++], sizeof(out->env[0]),
		    conf_text_at(c, "environment", i));
	}
	take_paths(c, "read", &out->read);
	take_paths(c, "write", &out->write);
	for (size_t i = 0; i < conf_len(c, "calls"); i++) {
		conf_copy_text(out->calls[out->num_calls++],
		    sizeof(out->calls[0]), conf_text_at(c, "calls", i));
	}
	out->socket = conf_bool(c, "socket");
	if (out->module[0] == '\0') {
		conf_complain(report, c, "kind",
		    "is a module, and `module` does not name it");
	}
	if (w->token[0] == '\0' && w->serial[0] == '\0') {
		conf_complain(report, c, "kind",
		    "is a module: name its `token`, or the token's `serial`");
	}
	if (w->label[0] == '\0' && w->id_len == 0) {
		conf_complain(report, c, "kind",
		    "is a module: name the key by `label` or `id`");
	}
}

/* What is said of a module that is not used would be believed. */
static void
refuse_module(struct conf_cursor c, struct conf_report *report)
{
	for (const struct conf_setting *s = signer_key_settings + 2;
	     s->name != NULL; s++) {
		if (conf_has(c, s->name)) {
			conf_complain(report, c, s->name,
			    "is for keys of kind \"module\" only");
		}
	}
}

void
signer_key_take(
    struct conf_cursor c, struct conf_report *report, struct signer_key *out)
{
	out->kind = (enum signer_key_kind)conf_choice(c, "kind");
	out->secret = (enum signer_secret)conf_choice(c, "secret");
	if (out->kind == SIGNER_KEY_MODULE) {
		take_module(c, report, out);
	} else {
		refuse_module(c, report);
	}
}
