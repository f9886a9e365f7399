/* SPDX-License-Identifier: Apache-2.0 */
#include "api/purpose_json.h"

#include "profile/purpose.h"
#include "x509/cert.h"

static void
put(struct json_writer *w, const struct purposes *all)
{
	json_open_array(w, "purposes");
	for (size_t i = 0; i < all->num; i++) {
		json_open_object(w, NULL);
		json_put_text(w, "ru", purpose_ru(&all->at[i]));
		json_put_text(w, "en", purpose_en(&all->at[i]));
		json_close(w);
	}
	json_close(w);
}

void
purposes_put_profile(struct json_writer *w, const struct profile *p)
{
	struct purposes all;

	purposes_of_profile(p, &all);
	put(w, &all);
}

void
purposes_put_cert(struct json_writer *w, const struct cert *cert)
{
	struct purposes all;

	purposes_of_exts(cert_exts(cert), &all);
	put(w, &all);
}

enum err
purposes_put_der(struct json_writer *w, struct slice der, struct errinfo *ei)
{
	struct cert *cert = NULL;
	enum err e = cert_parse(der, &cert, ei);

	if (e == ERR_OK) {
		purposes_put_cert(w, cert);
		cert_free(cert);
	}
	return e;
}
