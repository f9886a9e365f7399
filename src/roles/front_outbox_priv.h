/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_OUTBOX_PRIV_H
#define SURGUCH_ROLES_FRONT_OUTBOX_PRIV_H
/* Shared by front_outbox.c and front_reports.c. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/secret.h"
#include "ipc/courier_msg.h"
#include "metrics/family.h"
#include "roles/front_outbox.h"

struct outbox {
	struct outbox_options o;
	struct secret report_key;
	struct family outcomes;
	struct family tries; /* by way and outcome */
	pthread_t thread;
	atomic_bool stop;
	atomic_bool failed; /* the channel: nothing is sent any more */
	uint64_t hello_id;
	bool answered; /* our hello was */
	bool has_key;
	bool ready;                           /* courier has a gateway */
	atomic_bool mail;                     /* it has a mail server */
	struct id mails[MAILS_UNDER_WAY_MAX]; /* that it has now */
	size_t num_mails;
	struct buf store;
	struct guard *guard;
	struct family held;    /* by verdict */
	struct family reports; /* by way and word */
	pthread_mutex_t lock;  /* guards the routes */
	struct courier_routes routes;
};

/* What a report of this message has to show. */
ATTR_MUST_USE enum err outbox_report_text(const struct outbox *b,
    const struct id *id, char out[COURIER_REPORT_MAX + 1], struct errinfo *ei);
/* Does this way send reports? */
bool outbox_is_reported(struct outbox *b, const char *route);

#endif
