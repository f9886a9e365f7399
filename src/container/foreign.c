/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of CryptoPro's form, as the containers of ours are seen. */
#include <string.h>

#include "base/text.h"
#include "container/container_priv.h"
#include "container/cryptopro.h"
#include "container/storage.h"
#include "crypto/hash.h"
#include "os/file.h"

enum {
	ID_BYTES = (CONTAINER_ID_SIZE - 1) / 2,
};

/* Of its mask, which is random and says nothing of the key by itself; of the
 * header where there is none. */
static enum err
make_id(const char *path, char out[CONTAINER_ID_SIZE], struct errinfo *ei)
{
	static const enum cryptopro_file from[] = {
	    CRYPTOPRO_MASKS, CRYPTOPRO_HEADER};
	struct buf bytes = BUF_INIT(CRYPTOPRO_HEADER_MAX);
	struct buf hex = BUF_INIT(CONTAINER_ID_SIZE);
	uint8_t sha[SHA256_SIZE];
	enum err e = ERR_NOTFOUND;

	for (size_t i = 0; i < ARRAY_LEN(from) && e == ERR_NOTFOUND; i++) {
		char file[PATH_TEXT_SIZE];

		e = path_join(file, path, cryptopro_file_name(from[i]), ei);
		if (e == ERR_OK) {
			e = file_read(
			    file, cryptopro_file_max(from[i]), &bytes, ei);
		}
	}
	if (e == ERR_OK) {
		e = sha256_of(buf_slice(&bytes), sha, ei);
	}
	if (e == ERR_OK) {
		text_hex(&hex, slice_make(sha, ID_BYTES));
		memcpy(out, buf_cstr(&hex), CONTAINER_ID_SIZE);
	}
	buf_clear(&hex);
	buf_wipe(&bytes);
	return e;
}

/* What people call it; without a name, or one that cannot be shown, its folder
 * has one. */
static void
take_label(
    const char *path, const char *name, char out[CONTAINER_LABEL_MAX + 1])
{
	const char *slash = strrchr(path, '/');
	const char *folder = slash != NULL ? slash + 1 : path;

	if (name[0] == '\0') {
		name = text_is_clean(slice_str(folder)) &&
			       strlen(folder) <= CONTAINER_LABEL_MAX
			   ? folder
			   : "cryptopro";
	}
	memcpy(out, name, strlen(name) + 1);
}

static enum err
take_info(const char *path, const struct cryptopro_info *from,
    struct container_info *out, struct errinfo *ei)
{
	struct container_info info = {
	    .form = CONTAINER_CRYPTOPRO,
	    .has_password = from->has_password,
	    .has_cert = from->has_cert,
	    .stays = !from->exportable,
	};
	enum err e = make_id(path, info.id, ei);

	if (e == ERR_OK) {
		take_label(path, from->name, info.label);
		memcpy(info.spec, from->spec, sizeof(info.spec));
		*out = info;
	}
	return e;
}

enum err
container_foreign_peek(const char *path, struct container_info *out,
    struct buf *out_cert, struct errinfo *ei)
{
	struct cryptopro_info info;
	enum err e = cryptopro_peek(path, &info, out_cert, ei);

	return e == ERR_OK ? take_info(path, &info, out, ei) : e;
}

enum err
container_foreign_open(const char *path, struct slice password,
    struct container **out, struct errinfo *ei)
{
	struct storage *at = NULL;
	struct container *c = NULL;
	enum err e = storage_folder(path, &at, ei);

	if (e != ERR_OK || (e = container_new_take(at, &c, ei)) != ERR_OK) {
		return e;
	}
	e = cryptopro_open(path, password, &c->cryptopro, ei);
	if (e == ERR_OK) {
		c->key = cryptopro_privkey(c->cryptopro);
		buf_add(&c->cert, cryptopro_cert(c->cryptopro));
		e = buf_err(&c->cert, ei);
	}
	if (e == ERR_OK) {
		e = take_info(
		    path, cryptopro_info(c->cryptopro), &c->meta.info, ei);
	}
	if (e != ERR_OK) {
		container_free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

enum err
container_foreign_install(
    struct container *c, struct slice der, struct errinfo *ei)
{
	enum err e = ERR_OK;

	if (!slice_eq(buf_slice(&c->cert), der)) {
		e = cryptopro_put_cert(storage_name(c->at), der, ei);
	}
	if (e == ERR_OK) {
		c->meta.info.has_cert = true;
	}
	return e;
}
