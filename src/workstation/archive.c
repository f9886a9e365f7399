/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/archive.h"

#include "base/buf.h"
#include "workstation/media.h"
#include "workstation/trial.h"
#include "x509/cert.h"

bool
archive_is_due(struct slice cert, int64_t now)
{
	struct cert *c = NULL;
	bool due = cert.len != 0 && cert_parse(cert, &c, NULL) == ERR_OK &&
		   cert_not_after(c) < now;

	cert_free(c);
	return due;
}

bool
archive_has(const struct medium *to, struct slice cert)
{
	struct container_entry *entries = NULL;
	size_t num = 0;
	bool has = false;

	if (media_containers(to, &entries, &num, NULL) != ERR_OK) {
		return false;
	}
	for (size_t i = 0; i < num && !has; i++) {
		struct buf theirs = BUF_INIT(CERT_BYTES_MAX);
		struct kept k;

		has = entries[i].problem.kind == ERR_OK &&
		      media_kept(to, &entries[i], &k, NULL) == ERR_OK &&
		      media_peek_cert(&k, &theirs, NULL) == ERR_OK &&
		      slice_eq(buf_slice(&theirs), cert);
		buf_clear(&theirs);
	}
	container_list_free(entries, num);
	return has;
}

enum err
archive_keep(const struct medium *to, const struct archive_item *item,
    int64_t now, bool *out_decrypts, struct errinfo *ei)
{
	const struct container_options o = {
	    .spec = item->spec,
	    .key = item->key,
	    .label = item->label[0] != '\0' ? item->label : "surguch",
	    .password = item->password,
	    .insecure_no_password = item->password.len == 0,
	    .created = now,
	};
	char place[PATH_TEXT_SIZE];
	struct container *c = NULL;
	enum err e = media_new_place(to, false, place, ei);

	if (e == ERR_OK &&
	    (e = media_create(place, NULL, &o, &c, ei)) == ERR_OK) {
		e = container_install_cert(c, item->cert, ei);
	}
	container_free(c);
	c = NULL;
	if (e == ERR_OK && (e = media_open_container(place, NULL,
				item->password, &c, ei)) == ERR_OK) {
		e = key_trial(container_privkey(c), container_cert(c), now,
		    out_decrypts, ei);
	}
	container_free(c);
	return e;
}
