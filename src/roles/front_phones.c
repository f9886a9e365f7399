/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_phones.h"

#include <stdio.h>

#include "base/log.h"
#include "registry/phone_change.h"
#include "roles/settings.h"

void
front_phones_set(struct registry *r, const struct settings *s)
{
	r->phone_cooling_hours = s->phone_cooling_hours;
	if (s->origin[0] != '\0') {
		(void)snprintf(r->phone_page, sizeof(r->phone_page), "%s/phone",
		    s->origin);
	} else {
		(void)snprintf(r->phone_page, sizeof(r->phone_page),
		    "https://%s:%u/phone", s->api.address, s->api.port);
	}
}

void
front_phones_sweep(struct registry *r)
{
	struct errinfo ei = {0};

	if (phone_changes_sweep(r, &ei) != ERR_OK) {
		log_err(LOG_WARN, "front.phones", &ei);
	}
}
