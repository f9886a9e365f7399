/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work_priv.h"

#include "crypto/hash.h"
#include "x509/cert.h"
#include "x509/name.h"

static void
put_certificate(struct json_writer *w, struct slice der)
{
	struct buf name = BUF_INIT(NAME_TEXT_MAX);
	uint8_t sha[SHA256_SIZE];
	struct cert *cert = NULL;

	if (der.len == 0 || cert_parse(der, &cert, NULL) != ERR_OK ||
	    sha256_of(der, sha, NULL) != ERR_OK) {
		json_put_null(w, "certificate");
	} else {
		name_print(cert_subject(cert), &name);
		json_open_object(w, "certificate");
		json_put_hex(w, "sha256", slice_make(sha, sizeof(sha)));
		json_put_slice(w, "subject", buf_slice(&name));
		json_put_time(w, "not_after", cert_not_after(cert));
		json_put_base64(w, "der", der);
		json_close(w);
	}
	cert_free(cert);
	buf_clear(&name);
}

void
work_put_container(struct json_writer *w, const char *field,
    const struct kept *k, struct slice certificate, const char *problem)
{
	const struct container_info *info = &k->info;

	json_open_object(w, field);
	json_put_text(w, "id", info->id);
	json_put_text(w, "medium", k->medium.id);
	json_put_text(w, "label", info->label);
	json_put_text(w, "form", container_form_name(info->form));
	json_put_text(w, "spec", info->spec);
	if (info->created != 0) {
		json_put_time(w, "created", info->created);
	} else {
		json_put_null(w, "created");
	}
	json_put_bool(w, "has_password", info->has_password);
	json_put_bool(w, "copyable", !info->stays);
	put_certificate(w, certificate);
	json_put_text(w, "problem", problem);
	json_close(w);
}

work_fn *
work_of(enum page_operation operation)
{
	static work_fn *const works[PAGE_OPERATION_MAX_] = {
	    [PAGE_MAKE_KEY] = work_make_key,
	    [PAGE_ACQUAINT] = work_acquaint,
	    [PAGE_INSTALL] = work_install,
	    [PAGE_COPY] = work_copy,
	    [PAGE_CHECK] = work_check,
	};

	ensure(operation > 0 && operation < PAGE_OPERATION_MAX_);
	return works[operation];
}

work_fn *
work_own(enum own_operation operation)
{
	static work_fn *const works[OWN_MAX_] = {
	    [OWN_AUTHORITIES] = work_authorities,
	    [OWN_ARCHIVE] = work_archive,
	    [OWN_IMPORT] = work_import,
	    [OWN_PASSWORD] = work_password,
	};

	ensure(operation < OWN_MAX_);
	return works[operation];
}
