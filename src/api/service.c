/* SPDX-License-Identifier: Apache-2.0 */
/* What anybody may know: what the centre is. */
#include "api/api.h"
#include "api/routes.h"
#include "ca/authority.h"
#include "http/request.h"
#include "http/response.h"
#include "profile/accreditation.h"
#include "store/store.h"
#include "json/writer.h"

enum {
	NOTICE_SIZE = 512
};

/* Until a centre's configuration holds its accreditation it says so
 * wherever it names itself (requirements, the note on "qualified"). */
static void
put_notice(struct json_writer *w, const struct accreditation *a, int64_t now)
{
	char ru[NOTICE_SIZE] =
	    "Учебный центр: сертификаты не являются квалифицированными";
	char en[NOTICE_SIZE] =
	    "A training centre: its certificates are not qualified ones";
	char until[TIME_TEXT_SIZE];

	if (accreditation_holds(a, now)) {
		time_text(a->until, until);
		(void)snprintf(ru, sizeof(ru),
		    "Аккредитация № %s действует по %.10s. Квалифицированными "
		    "являются только сертификаты, тип которых так назван",
		    a->number, until);
		(void)snprintf(en, sizeof(en),
		    "Accreditation %s holds until %.10s. Only certificates "
		    "whose type says so are qualified",
		    a->number, until);
	} else if (accreditation_given(a)) {
		(void)snprintf(ru, sizeof(ru),
		    "Аккредитация № %s сейчас не действует: сертификаты не "
		    "являются квалифицированными",
		    a->number);
		(void)snprintf(en, sizeof(en),
		    "Accreditation %s does not hold now: certificates are not "
		    "qualified ones",
		    a->number);
	}
	json_put_text(w, "notice_ru", ru);
	json_put_text(w, "notice_en", en);
}

void
support_put(struct json_writer *w, const struct api *api)
{
	if (api->support_phone[0] != '\0') {
		json_open_object(w, "support");
		json_put_text(w, "phone", api->support_phone);
		json_put_text(w, "hours", api->support_hours);
		json_close(w);
	}
}

void
api_service(void *arg, const struct request *r, struct response *resp)
{
	const struct api *api = arg;
	struct json_writer *w = response_json(resp, 200);

	(void)r;
	json_open_object(w, NULL);
	json_put_text(w, "name", api->centre_name);
	support_put(w, api);
	put_notice(w, api->accreditation, clock_utc_sec(api->clock));
	json_put_text(w, "public_url", api->public_url);
	json_open_array(w, "authorities");
	for (size_t i = 0; i < ca_num(api->ca); i++) {
		json_put_text(w, NULL, authority_name(ca_at(api->ca, i)));
	}
	json_close(w);
	json_put_time(w, "time", clock_utc_sec(api->clock));
	json_close(w);
}
