/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_GATEWAY_H
#define SURGUCH_COURIER_GATEWAY_H
/*
 * An SMS gateway that is spoken to by HTTP.  Providers differ in names only
 * (facts/sms.md), so that a template from the configuration covers them:
 *
 *	gateway : {
 *		url = "https://sms.example/send";
 *		method = "POST";
 *		headers = ["Authorization: Bearer {secret}",
 *		           "Content-Type: application/json"];
 *		body = "{\"phones\":\"{to}\",\"mes\":\"{text}\"}";
 *		body_format = "json";
 *		success_status = ["2xx"];
 *		success_pattern = "*\"status\":\"OK\"*";
 *		refused_pattern = "*\"error\"*";
 *		id_pattern = "\"id\":\"{id}\"";
 *		secret_file = "/etc/surguch/sms.secret";
 *		name = "main";            any but "mail"
 *		prefixes = ["+7", "+375"];
 *		price_part = 350;
 *		prices = ( { prefix = "+375"; part = 1200; } );
 *		cool_down_sec = 60;
 *	};
 *
 * Placeholders: {to} is "+79161234567", {to_digits} the same without the plus,
 * {text} the message, {id} our id of it, {secret} the content of secret_file.
 * {report_url} is report_url (below) for this message.
 * Each is escaped by where it stands: percent-encoded in the url and in a
 * "form" body, as the inside of a string in a "json" body, as it is in a
 * "text" body.  Headers take {secret} alone.
 *
 * Reports of delivery come to front, at an address of each message's own:
 *		report_url = "http://ca.example/delivery/{report}?status=%d";
 *		report_delivered = ["1"];
 *		report_failed = ["2", "16"];
 * {report} is the message's id and a secret.  What the parameter "status" of
 * the query says (or, without it, the body) is matched with the patterns; any
 * other text is not the last word.
 *
 * What an answer means:
 *   a success status, and success_pattern (if any) fits     delivered
 *   refused_pattern (if any) fits                           refused
 *   429, 503                                                retry
 *   another 4xx                                             refused
 *   anything else, an answer that broke off, or none        unclear
 * and no connection at all: retry.  A pattern is plain text that must be the
 * whole body, where "*" stands for any run of bytes.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "conf/conf.h"
#include "ipc/courier_msg.h"

struct gateway;

/* The table of the group above, for the caller's own table. */
extern const struct conf_setting gateway_settings[];

/*
 * Compiles the templates and reads the secret; what is wrong goes to the
 * report with its line (FORMAT), or is the secret file's error.  The struct
 * conf behind `c` must outlive the gateway.
 */
ATTR_MUST_USE enum err gateway_new(struct conf_cursor c,
    struct conf_report *report, struct gateway **out, struct errinfo *ei);
void gateway_free(struct gateway *gateway);

/* What one part of an SMS to this number costs, in hundredths of the
 * currency's unit: `prices` by the longest prefix, or `price_part`. */
int64_t gateway_price(const struct gateway *gateway, const char *to);

/* to: "+" and 5 to 15 digits; id: what {id} becomes, clean text; report: what
 * {report} becomes, "" when reports are not expected; report_url is filled by
 * gateway_render(). */
struct gateway_message {
	const char *to;
	struct slice text;
	const char *id;
	const char *report;
	struct slice report_url;
};

/* The gateway's patterns for reports of delivery, for front. */
void gateway_reports(const struct gateway *gateway, struct courier_route *out);

/* Send one and say what became of it: outcome, provider_id and detail of *out;
 * the outbox id is left alone.  Blocks; any thread. */
void gateway_send(const struct gateway *gateway,
    const struct gateway_message *message, struct courier_result *out);

#endif
