/* SPDX-License-Identifier: Apache-2.0 */
#include "workstation/cabinet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "fetch/fetch.h"
#include "os/file.h"
#include "json/json.h"
#include "json/writer.h"

enum {
	STATE_MAX = 16384,
	FIELD_MAX = 1024,
	DIR_MODE = 0700,
	FILE_MODE = 0600,
	ANSWER_MAX = 4 * 1024 * 1024,
};

struct cabinet {
	char state_path[PATH_TEXT_SIZE];
	char cookie_path[PATH_TEXT_SIZE];
	char *url;
	char *ca_file;   /* NULL: the system's roots */
	char *phone;     /* NULL: nobody asked for a code */
	char *challenge; /* the same */
};

void
cabinet_free(struct cabinet *c)
{
	if (c != NULL) {
		free(c->url);
		free(c->ca_file);
		free(c->phone);
		free(c->challenge);
		free(c);
	}
}

static enum err
new_in(const char *dir, struct cabinet **out, struct errinfo *ei)
{
	struct cabinet *c = calloc(1, sizeof(*c));
	enum err e;

	if (c == NULL) {
		return err_nomem(ei);
	}
	e = dir_make(dir, DIR_MODE, ei);
	if (e == ERR_OK) {
		e = path_join(c->state_path, dir, "cabinet.json", ei);
	}
	if (e == ERR_OK) {
		e = path_join(c->cookie_path, dir, "cookies", ei);
	}
	if (e != ERR_OK) {
		cabinet_free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

static enum err
save(const struct cabinet *c, struct errinfo *ei)
{
	struct buf b = BUF_INIT(STATE_MAX);
	struct json_writer w;
	enum err e;

	json_writer_init(&w, &b);
	json_open_object(&w, NULL);
	json_put_text(&w, "url", c->url);
	json_put_text_optional(&w, "ca_file", c->ca_file);
	json_put_text_optional(&w, "phone", c->phone);
	json_put_text_optional(&w, "challenge", c->challenge);
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = file_write_atomic(
		    c->state_path, buf_slice(&b), FILE_MODE, ei);
	}
	buf_wipe(&b);
	return e;
}

/* Replace a remembered text; NULL forgets it. */
static enum err
set_text(char **field, const char *text, struct errinfo *ei)
{
	char *copy = NULL;

	if (text != NULL) {
		copy = slice_dup_str(slice_str(text));
		if (copy == NULL) {
			return err_nomem(ei);
		}
	}
	free(*field);
	*field = copy;
	return ERR_OK;
}

static enum err
load_fields(struct cabinet *c, const struct json *state, struct errinfo *ei)
{
	const struct {
		const char *name;
		char **to;
	} fields[] = {
	    {"url", &c->url},
	    {"ca_file", &c->ca_file},
	    {"phone", &c->phone},
	    {"challenge", &c->challenge},
	};
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(fields); i++) {
		const char *text;

		e = json_get_text_optional(
		    state, fields[i].name, FIELD_MAX, &text, ei);
		if (e == ERR_OK) {
			e = set_text(fields[i].to, text, ei);
		}
	}
	return e;
}

static enum err
load(struct cabinet *c, struct errinfo *ei)
{
	struct buf b = BUF_INIT(STATE_MAX);
	struct json *state = NULL;
	enum err e = file_read(c->state_path, STATE_MAX, &b, ei);

	if (e == ERR_OK) {
		e = json_parse(buf_slice(&b), STATE_MAX, &state, ei);
	}
	if (e == ERR_OK) {
		e = load_fields(c, state, ei);
	}
	json_free(state);
	buf_wipe(&b);
	if (e == ERR_NOTFOUND || (e == ERR_OK && c->url == NULL)) {
		return err_set(ei, ERR_STATE, "cabinet.none", NULL,
		    "no centre has been chosen: surguch cabinet use "
		    "https://HOST[:PORT]");
	}
	return e;
}

enum err
cabinet_open(const char *dir, struct cabinet **out, struct errinfo *ei)
{
	struct cabinet *c;
	enum err e = new_in(dir, &c, ei);

	if (e != ERR_OK) {
		return e;
	}
	e = load(c, ei);
	if (e != ERR_OK) {
		cabinet_free(c);
		return e;
	}
	*out = c;
	return ERR_OK;
}

static enum err
check_url(const char *url, struct errinfo *ei)
{
	static const char scheme[] = "https://";
	size_t len = strlen(url);

	if (len > CABINET_URL_MAX ||
	    strncmp(url, scheme, sizeof(scheme) - 1) != 0 ||
	    strpbrk(url + sizeof(scheme) - 1, "/?# ") != NULL ||
	    len == sizeof(scheme) - 1) {
		(void)err_set(ei, ERR_FORMAT, "cabinet.url", NULL,
		    "the address of a centre is https://HOST or "
		    "https://HOST:PORT, without a path");
		return err_object(ei, ERR_FORMAT, "url");
	}
	return ERR_OK;
}

enum err
cabinet_use(
    const char *dir, const char *url, const char *ca_file, struct errinfo *ei)
{
	char ca_path[PATH_TEXT_SIZE];
	struct cabinet *c = NULL;
	enum err e = check_url(url, ei);

	/* Later commands are given in other directories. */
	if (e == ERR_OK && ca_file != NULL) {
		e = path_absolute(ca_path, ca_file, ei);
		ca_file = ca_path;
	}

	if (e == ERR_OK) {
		e = new_in(dir, &c, ei);
	}
	if (e == ERR_OK) {
		e = set_text(&c->url, url, ei);
	}
	if (e == ERR_OK) {
		e = set_text(&c->ca_file, ca_file, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(
		    c->cookie_path, SLICE_EMPTY, FILE_MODE, ei);
	}
	if (e == ERR_OK) {
		e = save(c, ei);
	}
	cabinet_free(c);
	return e;
}

static enum err
kind_of_status(unsigned status)
{
	switch (status) {
	case 401:
	case 403:
		return ERR_DENIED;
	case 404:
		return ERR_NOTFOUND;
	case 409:
		return ERR_STATE;
	case 413:
		return ERR_LIMIT;
	case 422:
		return ERR_POLICY;
	case 429:
	case 503:
		return ERR_AGAIN;
	case 504:
		return ERR_TIMEOUT;
	default:
		return status >= 500 ? ERR_INTERNAL : ERR_FORMAT;
	}
}

/* The centre's problem (RFC 9457) as our own error. */
static enum err
error_of(const struct fetch_answer *answer, struct errinfo *ei)
{
	enum err kind = kind_of_status(answer->status);
	const char *rule = NULL, *text = NULL, *field = NULL;
	struct json *p = NULL;

	if (json_parse(buf_slice(&answer->body), ANSWER_MAX, &p, NULL) ==
		ERR_OK &&
	    json_get_text_optional(p, "rule", FIELD_MAX, &rule, NULL) ==
		ERR_OK &&
	    json_get_text_optional(p, "detail", FIELD_MAX, &text, NULL) ==
		ERR_OK &&
	    json_get_text_optional(p, "field", FIELD_MAX, &field, NULL) ==
		ERR_OK &&
	    text != NULL) {
		(void)err_set(ei, kind, rule, NULL, "%s", text);
		if (field != NULL) {
			(void)err_object(ei, kind, field);
		}
	} else {
		(void)err_set(ei, kind, "cabinet.status", NULL,
		    "the centre answered with status %u", answer->status);
	}
	json_free(p);
	return kind;
}

static enum err
send(struct cabinet *c, const char *method, const char *path, struct slice body,
    struct fetch_answer *out, struct errinfo *ei)
{
	static const char *const headers[] = {
	    "X-Surguch-Request: 1",
	    "Accept-Language: ru",
	    "Content-Type: application/json",
	};
	char url[FETCH_URL_MAX];
	const struct fetch_request req = {
	    .url = url,
	    .method = method,
	    .headers = headers,
	    .num_headers = body.len > 0 ? 3 : 2,
	    .body = body,
	    .ca_file = c->ca_file,
	    .cookie_file = c->cookie_path,
	    .answer_max = ANSWER_MAX,
	};
	enum err e;
	int len = snprintf(url, sizeof(url), "%s%s", c->url, path);

	if (len < 0 || (size_t)len >= sizeof(url)) {
		return err_set(ei, ERR_LIMIT, "cabinet.path", NULL,
		    "the address is too long");
	}
	e = fetch(&req, out, ei);
	if (e != ERR_OK) {
		return e;
	}
	if (out->status >= 400) {
		e = error_of(out, ei);
		fetch_answer_clear(out);
	}
	return e;
}

enum err
cabinet_call(struct cabinet *c, const char *method, const char *path,
    struct slice body, struct json **out, struct errinfo *ei)
{
	struct fetch_answer answer = {0};
	enum err e = send(c, method, path, body, &answer, ei);

	if (e != ERR_OK) {
		return e;
	}
	if (out != NULL) {
		e = json_parse(buf_slice(&answer.body), ANSWER_MAX, out, ei);
	}
	fetch_answer_clear(&answer);
	return e;
}

enum err
cabinet_get_file(
    struct cabinet *c, const char *path, struct buf *out, struct errinfo *ei)
{
	struct fetch_answer answer = {0};
	enum err e = send(c, "GET", path, SLICE_EMPTY, &answer, ei);

	if (e == ERR_OK) {
		buf_add(out, buf_slice(&answer.body));
		fetch_answer_clear(&answer);
		e = buf_err(out, ei);
	}
	return e;
}

enum err
cabinet_ask_code(
    struct cabinet *c, const char *phone, bool again, struct errinfo *ei)
{
	struct buf body = BUF_INIT(STATE_MAX);
	struct json *answer = NULL;
	const char *challenge;
	struct json_writer w;
	enum err e;

	if (again && c->challenge == NULL) {
		return err_set(ei, ERR_STATE, "cabinet.challenge", NULL,
		    "no code was asked for yet: leave out --again");
	}
	json_writer_init(&w, &body);
	json_open_object(&w, NULL);
	json_put_text(&w, "phone", phone);
	if (again) {
		json_put_text(&w, "challenge", c->challenge);
	}
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = cabinet_call(c, "POST", "/v1/sign-in/code",
		    buf_slice(&body), &answer, ei);
	}
	if (e == ERR_OK) {
		e = json_get_text(
		    answer, "challenge", FIELD_MAX, &challenge, ei);
	}
	if (e == ERR_OK) {
		e = set_text(&c->phone, phone, ei);
	}
	if (e == ERR_OK) {
		e = set_text(&c->challenge, challenge, ei);
	}
	if (e == ERR_OK) {
		e = save(c, ei);
	}
	json_free(answer);
	buf_clear(&body);
	return e;
}

enum err
cabinet_sign_in(struct cabinet *c, const char *code, struct errinfo *ei)
{
	struct buf body = BUF_INIT(STATE_MAX);
	struct json_writer w;
	enum err e;

	if (c->challenge == NULL || c->phone == NULL) {
		return err_set(ei, ERR_STATE, "cabinet.challenge", NULL,
		    "no code was asked for: surguch cabinet login PHONE");
	}
	json_writer_init(&w, &body);
	json_open_object(&w, NULL);
	json_put_text(&w, "phone", c->phone);
	json_put_text(&w, "challenge", c->challenge);
	json_put_text(&w, "code", code);
	json_close(&w);
	e = json_writer_end(&w, ei);
	if (e == ERR_OK) {
		e = cabinet_call(
		    c, "POST", "/v1/sign-in", buf_slice(&body), NULL, ei);
	}
	if (e == ERR_OK) {
		e = set_text(&c->challenge, NULL, ei);
	}
	if (e == ERR_OK) {
		e = save(c, ei);
	}
	buf_wipe(&body);
	return e;
}

enum err
cabinet_sign_out(struct cabinet *c, struct errinfo *ei)
{
	enum err e =
	    cabinet_call(c, "DELETE", "/v1/session", SLICE_EMPTY, NULL, ei);

	return e != ERR_OK ? e
			   : file_write_atomic(
				 c->cookie_path, SLICE_EMPTY, FILE_MODE, ei);
}
