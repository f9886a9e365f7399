/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_PURPOSE_JSON_H
#define SURGUCH_API_PURPOSE_JSON_H
/* «Назначение» in answers: "purposes": [{"ru": "…", "en": "…"}]. */
#include "base/slice.h"
#include "json/writer.h"

struct cert;
struct profile;

void purposes_put_profile(struct json_writer *w, const struct profile *p);
void purposes_put_cert(struct json_writer *w, const struct cert *cert);
/* The same of its DER; ERR_FORMAT as cert_parse(), and nothing is written. */
ATTR_MUST_USE enum err purposes_put_der(
    struct json_writer *w, struct slice der, struct errinfo *ei);

#endif
