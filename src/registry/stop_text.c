/* SPDX-License-Identifier: Apache-2.0 */
#include "registry/stop_text.h"

#include "base/clock.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	SUBJECT_MAX = 2048
};

enum err
stop_text(const struct cert *cert, const char *centre, const char *reason,
    int64_t made_at, struct buf *out, struct errinfo *ei)
{
	struct buf subject = BUF_INIT(SUBJECT_MAX);
	uint8_t sha256[SHA256_SIZE];
	char at[TIME_TEXT_SIZE];
	enum err e = sha256_of(cert_der(cert), sha256, ei);

	if (e != ERR_OK) {
		return e;
	}
	time_text(made_at, at);
	name_print(cert_subject(cert), &subject);
	buf_add_str(out, "Прошу немедленно прекратить действие сертификата. "
			 "Вернуть его будет нельзя.\n"
			 "I ask to revoke the certificate at once. It cannot "
			 "be had back.\n\n");
	buf_printf(out, "Кому / To: %s\n", centre);
	buf_add_str(out, "Серийный номер / Serial number: ");
	text_hex(out, cert_serial(cert));
	buf_add_str(out, "\nSHA-256: ");
	text_hex(out, slice_make(sha256, sizeof(sha256)));
	buf_printf(out, "\nВладелец / Owner: %s\n", buf_cstr(&subject));
	buf_printf(out, "Причина / Reason: %s\nВремя / Time: %s\n", reason, at);
	e = buf_err(&subject, ei);
	buf_clear(&subject);
	return e == ERR_OK ? buf_err(out, ei) : e;
}

enum err
stop_text_check_time(int64_t made_at, int64_t now, struct errinfo *ei)
{
	if (made_at > now + STOP_TEXT_SKEW_SEC ||
	    now - made_at > STOP_TEXT_LIFE_SEC) {
		return err_set(ei, ERR_DENIED, "stop.expired", NULL,
		    "this text was made at another time; ask for a new one "
		    "and sign that");
	}
	return ERR_OK;
}
