/* SPDX-License-Identifier: Apache-2.0 */
#include "container/pfx_file.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "container/container_priv.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "os/file.h"

enum {
	ID_BYTES = (CONTAINER_ID_SIZE - 1) / 2,
	ENDING_LEN = 4,
	DER_SEQUENCE = 0x30,
};

bool
pfx_file_is_name(const char *name)
{
	size_t len = strlen(name);

	return len > ENDING_LEN &&
	       (strcasecmp(name + len - ENDING_LEN, ".pfx") == 0 ||
		   strcasecmp(name + len - ENDING_LEN, ".p12") == 0);
}

bool
pfx_file_is(const char *path)
{
	char inside[PATH_TEXT_SIZE];

	/* A folder holds "." */
	return pfx_file_is_name(path) &&
	       path_join(inside, path, ".", NULL) == ERR_OK &&
	       file_exists(path) && !file_exists(inside);
}

static void
put_spec(const struct pfx *p, const char **out)
{
	const struct pubkey *pub = privkey_pubkey(p->key);

	*out = key_spec(
	    pubkey_alg(pub), oid_find(pubkey_params(pub)), pubkey_bits(pub));
}

enum err
pfx_file_open(const char *path, struct slice password, struct pfx *out,
    char out_spec[CONTAINER_SPEC_SIZE], struct errinfo *ei)
{
	struct buf der = BUF_INIT(PFX_BYTES_MAX);
	const char *spec = NULL;
	enum err e = file_read(path, PFX_BYTES_MAX, &der, ei);

	if (e == ERR_OK) {
		e = pfx_open(buf_slice(&der), password, 0, out, ei);
	}
	buf_clear(&der);
	if (e != ERR_OK) {
		return e;
	}
	put_spec(out, &spec);
	if (spec == NULL) {
		pfx_clear(out);
		return err_set(ei, ERR_UNSUPPORTED, "key.spec", NULL,
		    "the PFX file has a key of a kind that no container of "
		    "ours holds");
	}
	(void)snprintf(out_spec, CONTAINER_SPEC_SIZE, "%s", spec);
	return ERR_OK;
}

/* --- as a container --------------------------------------------------------
 */

/* Its name without the ending, where it can be shown. */
static void
take_label(const char *path, char out[CONTAINER_LABEL_MAX + 1])
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t len = strlen(name) - ENDING_LEN;

	if (len == 0 || len > CONTAINER_LABEL_MAX ||
	    !text_is_clean(slice_make(name, len))) {
		name = "pfx";
		len = strlen(name);
	}
	memcpy(out, name, len);
	out[len] = '\0';
}

enum err
container_pfx_peek(
    const char *path, struct container_info *out, struct errinfo *ei)
{
	struct container_info info = {
	    .form = CONTAINER_PFX, .has_password = true};
	struct buf der = BUF_INIT(PFX_BYTES_MAX);
	struct buf hex = BUF_INIT(CONTAINER_ID_SIZE);
	uint8_t sha[SHA256_SIZE];
	enum err e = file_read(path, PFX_BYTES_MAX, &der, ei);

	if (e == ERR_OK && (der.len == 0 || der.p[0] != DER_SEQUENCE)) {
		e = err_set(
		    ei, ERR_FORMAT, "pfx.form", NULL, "this is no PFX file");
	}
	if (e == ERR_OK) {
		e = sha256_of(buf_slice(&der), sha, ei);
	}
	if (e == ERR_OK) {
		text_hex(&hex, slice_make(sha, ID_BYTES));
		memcpy(info.id, buf_cstr(&hex), CONTAINER_ID_SIZE);
		take_label(path, info.label);
		*out = info;
	}
	buf_clear(&hex);
	buf_clear(&der);
	return e;
}

/* Whoever asks for a password asks again by one rule. */
static enum err
wrong_password(enum err e, struct errinfo *ei)
{
	return e == ERR_CRYPTO && strcmp(ei->rule, "pfx.password") == 0
		   ? err_set(ei, ERR_CRYPTO, "container.password", NULL,
			 "the password of the PFX file is wrong")
		   : e;
}

static enum err
take(struct container *c, struct pfx *p, struct errinfo *ei)
{
	struct container_info *info = &c->meta.info;

	c->key = p->key;
	p->key = NULL;
	if (p->name[0] != '\0') {
		memcpy(info->label, p->name, sizeof(info->label));
	}
	info->has_cert = p->cert.len > 0;
	buf_add(&c->cert, buf_slice(&p->cert));
	return buf_err(&c->cert, ei);
}

enum err
container_pfx_open(const char *path, struct slice password,
    struct container **out, struct errinfo *ei)
{
	struct container *c = NULL;
	struct errinfo own = {0};
	struct pfx p = {0};
	enum err e = container_new_take(NULL, &c, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = container_pfx_peek(path, &c->meta.info, &own);
	if (e == ERR_OK) {
		e = wrong_password(
		    pfx_file_open(path, password, &p, c->meta.info.spec, &own),
		    &own);
	}
	if (e == ERR_OK) {
		e = take(c, &p, &own);
		pfx_clear(&p);
	}
	if (e != ERR_OK) {
		container_free(c);
		if (ei != NULL) {
			*ei = own;
		}
		return e;
	}
	*out = c;
	return ERR_OK;
}
