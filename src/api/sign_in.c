/* SPDX-License-Identifier: Apache-2.0 */
/* Entering the cabinet by phone (A1, A2). */
#include <stdio.h>
#include <string.h>

#include "api/call.h"
#include "api/routes.h"
#include "http/problem.h"
#include "identity/otp.h"
#include "registry/form.h"
#include "subject/number.h"

enum {
	TOKEN_TEXT_MAX = 128,
	CODE_TEXT_MAX = 32,
	PHONE_TEXT_MAX = 40
};

static enum err
get_phone(struct call *c, char out[PHONE_SIZE])
{
	const char *text;
	enum err e =
	    json_get_text(c->body, "phone", PHONE_TEXT_MAX, &text, c->ei);

	return e != ERR_OK ? e : phone_normalise(slice_str(text), out, c->ei);
}

static enum lang
call_lang(const struct call *c)
{
	const char *tag = request_header(c->r, "Accept-Language");

	return lang_from_slice(slice_str(tag != NULL ? tag : "ru"));
}

static enum err
signin_of(struct call *c, const char *phone, struct otp_signin *out)
{
	const char *device = request_cookie(c->r, API_DEVICE_COOKIE);
	bool known;
	enum err e = form_phone_known(c->api->registry, phone, &known, c->ei);

	if (e != ERR_OK) {
		return e;
	}
	*out = (struct otp_signin){
	    .phone = phone,
	    .device = slice_str(device),
	    .deliver = known ? OTP_SEND : OTP_DECOY,
	    .lang = call_lang(c),
	};
	return ERR_OK;
}

enum {
	ANSWER_TEXT_SIZE = 1024
};

/* What is answered whatever the phone; whom to ask is the centre's own
 * contact, since a form's would tell that there is one. */
static void
put_words(struct call *c)
{
	const char *phone = c->api->support_phone;
	char ru[ANSWER_TEXT_SIZE], en[ANSWER_TEXT_SIZE];

	(void)snprintf(ru, sizeof(ru),
	    "Если номер указан в заявлении, код придёт в течение двух минут. "
	    "Считается только последний отправленный код. Не пришёл: "
	    "проверьте номер%s%s.",
	    phone[0] != '\0' ? " или позвоните " : "", phone);
	(void)snprintf(en, sizeof(en),
	    "If the number stands in the application, the code comes within "
	    "two minutes. Only the last code that was sent counts. It did not "
	    "come: check the number%s%s.",
	    phone[0] != '\0' ? " or call " : "", phone);
	json_put_text(&c->w, "text_ru", ru);
	json_put_text(&c->w, "text_en", en);
}

static enum err
answer_challenge(struct call *c, const struct otp_challenge *challenge)
{
	enum err e;

	call_answer_begin(c);
	json_put_text(&c->w, "challenge", challenge->token);
	json_put_time(&c->w, "expires_at", challenge->expires_at);
	json_put_time(&c->w, "resend_at", challenge->resend_at);
	put_words(c);
	support_put(&c->w, c->api);
	e = call_answer_end(c, 202, NULL);
	if (e == ERR_OK) {
		call_send(c, 202);
	}
	return e;
}

/* {"phone"}: a code; with "challenge" too: «Получить смс повторно». */
static enum err
sign_in_code(struct call *c)
{
	static const char *const fields[] = {"phone", "challenge", NULL};
	struct otp_challenge challenge;
	struct otp_signin in;
	char phone[PHONE_SIZE];
	const char *token = NULL;
	enum err e = call_only(c, fields);

	if (e == ERR_OK) {
		e = get_phone(c, phone);
	}
	if (e == ERR_OK) {
		e = json_get_text_optional(
		    c->body, "challenge", TOKEN_TEXT_MAX, &token, c->ei);
	}
	if (e == ERR_OK) {
		e = signin_of(c, phone, &in);
	}
	if (e == ERR_OK) {
		e = token != NULL
			? otp_signin_resend(c->api->otp, &in, slice_str(token),
			      &challenge, c->ei)
			: otp_signin_start(c->api->otp, &in, &challenge, c->ei);
	}
	return e != ERR_OK ? e : answer_challenge(c, &challenge);
}

void
api_sign_in_code(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, sign_in_code);
}

static enum err
answer_session(struct call *c, const struct session_info *info)
{
	call_answer_begin(c);
	json_put_text(&c->w, "phone", info->phone);
	json_put_time(&c->w, "expires_at", info->expires_at);
	json_put_time(&c->w, "life_ends_at", info->life_ends_at);
	json_put_int(
	    &c->w, "idle_seconds", c->api->sessions->settings.idle_sec);
	return call_answer_send(c);
}

static enum err
open_session(struct call *c, const struct otp_proof *proof, const char *phone)
{
	char token[SESSION_TOKEN_SIZE], device[OTP_DEVICE_SIZE];
	struct session_info info;
	enum err e = session_open(
	    c->api->sessions, proof, phone, call_lang(c), token, &info, c->ei);

	if (e == ERR_CONFLICT && strcmp(c->ei->rule, "store.otp.use") == 0) {
		e = err_set(c->ei, ERR_DENIED, "otp.spent", NULL,
		    "This code was used a moment ago; ask for another.");
	}
	if (e == ERR_OK) {
		e = otp_device_token(c->api->otp, phone, device, c->ei);
	}
	if (e == ERR_OK) {
		e = answer_session(c, &info);
	}
	if (e == ERR_OK) {
		response_cookie(c->resp, API_SESSION_COOKIE, token, -1);
		response_cookie(c->resp, API_DEVICE_COOKIE, device,
		    (int64_t)OTP_DEVICE_DAYS * 86400);
	}
	secret_wipe(token, sizeof(token));
	secret_wipe(device, sizeof(device));
	return e;
}

static enum err
sign_in(struct call *c)
{
	static const char *const fields[] = {
	    "phone", "challenge", "code", NULL};
	struct otp_proof proof;
	struct otp_signin in;
	char phone[PHONE_SIZE];
	const char *token, *code;
	enum err e = call_only(c, fields);

	if (e == ERR_OK) {
		e = get_phone(c, phone);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    c->body, "challenge", TOKEN_TEXT_MAX, &token, c->ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(c->body, "code", CODE_TEXT_MAX, &code, c->ei);
	}
	if (e == ERR_OK) {
		e = signin_of(c, phone, &in);
	}
	if (e == ERR_OK) {
		e = otp_signin_check(c->api->otp, &in, slice_str(token),
		    slice_str(code), &proof, &c->tries_left, c->ei);
	}
	return e != ERR_OK ? e : open_session(c, &proof, phone);
}

void
api_sign_in(void *arg, const struct request *r, struct response *resp)
{
	call_open(arg, r, resp, sign_in);
}

static enum err
session_show(struct call *c)
{
	return answer_session(c, &c->session);
}

void
api_session(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, session_show);
}

static enum err
sign_out(struct call *c)
{
	enum err e = session_end(c->api->sessions, &c->session, c->ei);

	if (e == ERR_OK) {
		response_cookie_clear(c->resp, API_SESSION_COOKIE);
		response_status(c->resp, 204);
	}
	return e;
}

void
api_sign_out(void *arg, const struct request *r, struct response *resp)
{
	call_person(arg, r, resp, sign_out);
}
