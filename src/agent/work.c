/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/work.h"

#include <stdio.h>
#include <string.h>

#include "agent/window.h"
#include "base/log.h"
#include "base/text.h"
#include "crypto/cms.h"
#include "crypto/entropy.h"
#include "crypto/hash.h"
#include "crypto/privkey.h"
#include "crypto/pubkey.h"
#include "os/random.h"
#include "os/wait.h"
#include "workstation/certstore.h"
#include "workstation/enrol.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	QUESTION_MAX = 2 * AGENT_TEXT_MAX,
	LABEL_SHOWN = 100,
	DESCRIPTION_SIZE = 800,
	PASSWORD_TRIES = 3,
	NAME_TEXT_MAX = 4096,
	COMMON_NAME_CHARS = 64, /* X.520 ub-common-name */
	LOOK_MS = 500,
	PROOF_BYTES = 32,
};

/* --- asking ------------------------------------------------------------- */

/* Who wants what for whom: the head of each question. */
static void
put_head(struct work *w, struct buf *b, const char *what)
{
	buf_printf(b, "%s\n", what);
	window_put_line(b, "Центр", slice_str(w->centre));
	window_put_line(b, "Сайт", slice_str(w->origin));
	window_put_line(b, "Для кого", w->order->person);
}

/* Takes the text. */
static enum err
consent(struct work *w, struct buf *text, struct errinfo *ei)
{
	enum err e = buf_err(text, ei);

	w->step(w->arg, true, "consent");
	if (e == ERR_OK) {
		e = window_confirm(w->o->window, buf_slice(text),
		    OPERATION_ASK_MS, w->stop, ei);
	}
	buf_clear(text);
	return e;
}

static void
describe(char out[DESCRIPTION_SIZE], const char *what, const char *label)
{
	struct buf b = BUF_INIT(DESCRIPTION_SIZE - 1);

	buf_add_str(&b, what);
	text_escape(&b, slice_str(label), LABEL_SHOWN);
	(void)snprintf(out, DESCRIPTION_SIZE, "%s", buf_cstr(&b));
	buf_clear(&b);
}

/* Typed twice, until both are the same; empty: no password. */
static enum err
new_password(
    struct work *w, const char *label, struct secret *out, struct errinfo *ei)
{
	char description[DESCRIPTION_SIZE];
	const char *error = "";

	describe(description,
	    "Новый пароль контейнера. Восстановить утерянный пароль "
	    "невозможно. Пустой: без пароля. ",
	    label);
	w->step(w->arg, true, "password");
	for (int i = 0; i < PASSWORD_TRIES; i++) {
		struct secret again = SECRET_EMPTY;
		enum err e = pinentry_ask(
		    &w->o->pinentry, description, "Пароль:", error, out, ei);
		bool same;

		if (e == ERR_OK) {
			e = pinentry_ask(&w->o->pinentry, description,
			    "Ещё раз:", "", &again, ei);
		}
		if (e != ERR_OK) {
			secret_clear(out);
			return e;
		}
		same = secret_eq(secret_slice(out), secret_slice(&again));
		secret_clear(&again);
		if (same) {
			return ERR_OK;
		}
		secret_clear(out);
		error = "Пароли не совпали.";
	}
	return err_set(ei, ERR_DENIED, "agent.refused", NULL,
	    "two passwords that were to be the same never were");
}

/* An open container of this place. */
static enum err
open_kept(struct work *w, const struct kept *k, struct container **out,
    struct errinfo *ei)
{
	char description[DESCRIPTION_SIZE];
	const char *error = "";
	enum err e = ERR_OK;

	if (!k->info.has_password) {
		return container_open(k->path, SLICE_EMPTY, out, ei);
	}
	describe(description, "Пароль контейнера ", k->info.label);
	w->step(w->arg, true, "password");
	for (int i = 0; i < PASSWORD_TRIES; i++) {
		struct secret password = SECRET_EMPTY;

		e = pinentry_ask(&w->o->pinentry, description, "Пароль:", error,
		    &password, ei);
		if (e == ERR_OK) {
			e = container_open(
			    k->path, secret_slice(&password), out, ei);
		}
		secret_clear(&password);
		if (e != ERR_CRYPTO ||
		    strcmp(ei->rule, "container.password") != 0) {
			return e;
		}
		error = "Пароль не подошёл.";
	}
	return e;
}

/* --- media that have to be put in ---------------------------------------- */

/* Wait while it is absent.  look gives ERR_NOTFOUND then. */
static enum err
wait_for(struct work *w,
    enum err (*look)(struct work *w, void *out, struct errinfo *ei), void *out,
    struct errinfo *ei)
{
	enum err e = look(w, out, ei);

	for (int64_t left = OPERATION_ASK_MS; e == ERR_NOTFOUND && left > 0;
	     left -= LOOK_MS) {
		w->step(w->arg, true, "medium");
		if (atomic_load(w->stop)) {
			return err_set(ei, ERR_STATE, "agent.cancelled", NULL,
			    "the operation was taken back");
		}
		sleep_ms(LOOK_MS);
		e = look(w, out, ei);
	}
	return e;
}

static enum err
look_medium(struct work *w, void *out, struct errinfo *ei)
{
	return media_find(w->o->home, w->in->medium, out, ei);
}

static enum err
look_container(struct work *w, void *out, struct errinfo *ei)
{
	return media_find_container(w->o->home, w->in->container, out, ei);
}

/* --- what came of it ------------------------------------------------------ */

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
work_put_container(struct json_writer *w, const char *field, const char *medium,
    const char *path, const struct container_info *info, const char *problem)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);

	json_open_object(w, field);
	json_put_text(w, "id", info->id);
	json_put_text(w, "medium", medium);
	json_put_text(w, "label", info->label);
	json_put_text(w, "spec", info->spec);
	json_put_time(w, "created", info->created);
	json_put_bool(w, "has_password", info->has_password);
	json_put_bool(w, "copyable", true);
	if (container_peek_cert(path, &der, NULL) != ERR_OK) {
		buf_reset(&der);
	}
	put_certificate(w, buf_slice(&der));
	json_put_text(w, "problem", problem);
	json_close(w);
	buf_clear(&der);
}

/* --- make_key --------------------------------------------------------------
 */

/* A password, or the explicit word that there is to be none. */
static enum err
choose_password(
    struct work *w, const char *label, struct secret *out, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	enum err e = new_password(w, label, out, ei);

	if (e != ERR_OK || out->len > 0) {
		return e;
	}
	buf_add_str(&text,
	    "Контейнер без пароля: ключом сможет подписать всякий, кто "
	    "возьмёт носитель или войдёт под вашим именем.\nСоздать без "
	    "пароля? (A key without a password: make it?)");
	return consent(w, &text, ei);
}

/* What a container is to be called and to hold. */
struct creating {
	const struct medium *medium;
	const struct secret *password;
	const char *spec;
	const char *label;
	struct privkey *key; /* to be copied; NULL: a new one */
};

static enum err
create(struct work *w, const struct creating *what, struct container **out,
    char path[PATH_TEXT_SIZE], struct errinfo *ei)
{
	const struct container_options options = {
	    .spec = what->spec,
	    .key = what->key,
	    .label = what->label,
	    .password = secret_slice(what->password),
	    .insecure_no_password = what->password->len == 0,
	    .created = clock_utc_sec(w->o->clock),
	};
	enum err e = media_new_path(what->medium, path, ei);

	return e != ERR_OK ? e : container_create(path, &options, out, ei);
}

static enum err
create_new(struct work *w, const struct medium *m,
    const struct secret *password, struct container **out,
    char path[PATH_TEXT_SIZE], struct errinfo *ei)
{
	char spec[CONTAINER_SPEC_SIZE], label[CONTAINER_LABEL_MAX + 1];
	const struct page_order *o = w->order;
	enum err e;

	(void)snprintf(spec, sizeof(spec), "%.*s", (int)o->key_spec.len,
	    (const char *)o->key_spec.p);
	(void)snprintf(label, sizeof(label), "%.*s",
	    o->person.len < sizeof(label) ? (int)o->person.len : 0,
	    (const char *)o->person.p);
	w->step(w->arg, false, "key");
	e = entropy_stir(buf_slice(&w->in->entropy), ei);
	return e != ERR_OK
		   ? e
		   : create(w,
			 &(struct creating){m, password, spec, label, NULL},
			 out, path, ei);
}

static enum err
put_request(struct work *w, const struct medium *m, const char *path,
    struct container *c, struct errinfo *ei)
{
	const struct container_info *info = container_info(c);
	struct buf der = BUF_INIT(CSR_BYTES_MAX);
	enum err e;

	w->step(w->arg, false, "request");
	e = enrol_make_request(c,
	    text_num_chars(slice_str(info->label)) <= COMMON_NAME_CHARS
		? info->label
		: "surguch",
	    &der, ei);
	if (e == ERR_OK) {
		json_put_base64(w->out, "pkcs10", buf_slice(&der));
		work_put_container(
		    w->out, "container", m->id, path, info, NULL);
	}
	buf_clear(&der);
	return e;
}

static enum err
make_key(struct work *w, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	struct secret password = SECRET_EMPTY;
	struct container *c = NULL;
	char path[PATH_TEXT_SIZE];
	struct medium m;
	enum err e = wait_for(w, look_medium, &m, ei);

	if (e != ERR_OK) {
		return e;
	}
	put_head(w, &text, "Создать ключ подписи? (Make a key?)");
	window_put_line(&text, "Ключ", w->order->key_spec);
	window_put_line(&text, "Носитель", slice_str(m.name));
	e = consent(w, &text, ei);
	if (e == ERR_OK) {
		e = choose_password(w, m.name, &password, ei);
	}
	if (e == ERR_OK) {
		e = create_new(w, &m, &password, &c, path, ei);
	}
	secret_clear(&password);
	if (e == ERR_OK) {
		e = put_request(w, &m, path, c, ei);
	}
	container_free(c);
	return e;
}

/* --- acquaint --------------------------------------------------------------
 */

static enum err
sign_text(struct work *w, struct container *c, struct errinfo *ei)
{
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	enum err e;

	w->step(w->arg, false, "sign");
	e = cms_sign_detached(container_privkey(c),
	    buf_slice(&w->in->certificate), NULL, 0, buf_slice(&w->in->text),
	    clock_utc_sec(w->o->clock), &cms, ei);
	if (e == ERR_OK) {
		json_put_base64(w->out, "signature", buf_slice(&cms));
	}
	buf_clear(&cms);
	return e;
}

static enum err
acquaint(struct work *w, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	struct container *c = NULL;
	struct kept k;
	enum err e = wait_for(w, look_container, &k, ei);

	if (e != ERR_OK) {
		return e;
	}
	put_head(w, &text, "Подписать этот текст? (Sign this text?)");
	window_put_line(&text, "Контейнер", slice_str(k.info.label));
	window_put_line(&text, "Документ", w->order->document);
	buf_printf(&text, "  Размер: %zu\n  SHA-256: ", w->in->text.len);
	text_hex(&text, w->order->document_sha256);
	buf_add_str(&text, "\n");
	window_put_quoted(&text, buf_slice(&w->in->text));
	e = consent(w, &text, ei);
	if (e == ERR_OK) {
		e = open_kept(w, &k, &c, ei);
	}
	if (e == ERR_OK) {
		e = sign_text(w, c, ei);
	}
	container_free(c);
	return e;
}

/* --- install ----------------------------------------------------------------
 */

static enum err
ask_install(struct work *w, const struct kept *k, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	struct buf name = BUF_INIT(NAME_TEXT_MAX);
	char until[TIME_TEXT_SIZE];
	struct cert *cert = NULL;
	enum err e = cert_parse(buf_slice(&w->in->certificate), &cert, ei);

	if (e != ERR_OK) {
		return e;
	}
	time_text(cert_not_after(cert), until);
	name_print(cert_subject(cert), &name);
	put_head(w, &text, "Установить сертификат? (Install the certificate?)");
	window_put_line(&text, "Сертификат", buf_slice(&name));
	window_put_line(&text, "Действует до", slice_str(until));
	window_put_line(&text, "Контейнер", slice_str(k->info.label));
	window_put_line(&text, "Носитель", slice_str(k->medium.name));
	cert_free(cert);
	buf_clear(&name);
	return consent(w, &text, ei);
}

static enum err
fill_stores(struct work *w, struct errinfo *ei)
{
	const char *home = w->o->home;
	struct slice own = buf_slice(&w->in->certificate);
	enum err e;

	w->step(w->arg, false, "stores");
	e = certstore_put(home, CERTSTORE_PERSONAL, own, ei);
	for (size_t i = 0; e == ERR_OK && i < w->in->num_chain; i++) {
		struct cert *cert = NULL;

		e = cert_parse(buf_slice(&w->in->chain[i]), &cert, ei);
		if (e == ERR_OK) {
			e = certstore_put(
			    home, CERTSTORE_AUTHORITIES, cert_der(cert), ei);
		}
		cert_free(cert);
	}
	return e;
}

/* What is there afterwards, looked up again. */
static enum err
list_back(struct work *w, const struct kept *k, struct errinfo *ei)
{
	const char *home = w->o->home;
	int64_t authorities = 0;
	struct container_info info;
	enum err e = certstore_has(
	    home, CERTSTORE_PERSONAL, buf_slice(&w->in->certificate), ei);

	for (size_t i = 0; e == ERR_OK && i < w->in->num_chain; i++) {
		e = certstore_has(home, CERTSTORE_AUTHORITIES,
		    buf_slice(&w->in->chain[i]), ei);
		authorities += e == ERR_OK;
	}
	if (e == ERR_OK) {
		e = container_peek(k->path, &info, ei);
	}
	if (e != ERR_OK) {
		return e;
	}
	work_put_container(
	    w->out, "container", k->medium.id, k->path, &info, NULL);
	json_open_array(w->out, "stores");
	json_open_object(w->out, NULL);
	json_put_text(w->out, "store", "surguch");
	json_put_int(w->out, "personal", 1);
	json_put_int(w->out, "authorities", authorities);
	json_close(w->out);
	json_close(w->out);
	return ERR_OK;
}

static enum err
install(struct work *w, struct errinfo *ei)
{
	struct container *c = NULL;
	struct kept k;
	enum err e = wait_for(w, look_container, &k, ei);

	if (e == ERR_OK) {
		e = ask_install(w, &k, ei);
	}
	if (e == ERR_OK) {
		e = open_kept(w, &k, &c, ei);
	}
	if (e == ERR_OK) {
		w->step(w->arg, false, "certificate");
		e = container_install_cert(
		    c, buf_slice(&w->in->certificate), ei);
	}
	if (e == ERR_OK) {
		e = fill_stores(w, ei);
	}
	if (e == ERR_OK) {
		e = list_back(w, &k, ei);
	}
	container_free(c);
	return e;
}

/* --- copy ---------------------------------------------------------------- */

/* Is this the certificate that was ordered for? */
static enum err
check_cert(struct work *w, const struct container *c, struct errinfo *ei)
{
	uint8_t sha[SHA256_SIZE];
	enum err e = sha256_of(container_cert(c), sha, ei);

	if (e == ERR_OK &&
	    !slice_eq(slice_make(sha, sizeof(sha)), w->order->certificate)) {
		e = err_object(ei,
		    err_set(ei, ERR_POLICY, "order.input", NULL,
			"the container holds another certificate than the "
			"centre ordered for"),
		    "container");
	}
	return e;
}

static enum err
ask_copy(struct work *w, const struct kept *k, const struct medium *to,
    struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);

	put_head(w, &text, "Скопировать ключ? (Copy the key?)");
	window_put_line(&text, "Контейнер", slice_str(k->info.label));
	window_put_line(&text, "С носителя", slice_str(k->medium.name));
	window_put_line(&text, "На носитель", slice_str(to->name));
	return consent(w, &text, ei);
}

/* The key and its certificate; what is told is read back from there. */
static enum err
copy_to(struct work *w, const struct kept *k, const struct medium *to,
    struct container *from, struct errinfo *ei)
{
	struct secret password = SECRET_EMPTY;
	struct container *copy = NULL;
	struct container_info info;
	char path[PATH_TEXT_SIZE];
	enum err e = choose_password(w, to->name, &password, ei);

	w->step(w->arg, false, "copy");
	if (e == ERR_OK) {
		e = create(w,
		    &(struct creating){to, &password, k->info.spec,
			k->info.label, container_privkey(from)},
		    &copy, path, ei);
	}
	secret_clear(&password);
	if (e == ERR_OK) {
		e = container_install_cert(copy, container_cert(from), ei);
	}
	container_free(copy);
	if (e == ERR_OK) {
		e = container_peek(path, &info, ei);
	}
	if (e == ERR_OK) {
		work_put_container(
		    w->out, "container", to->id, path, &info, NULL);
	}
	return e;
}

static enum err
copy(struct work *w, struct errinfo *ei)
{
	struct container *from = NULL;
	struct medium to;
	struct kept k;
	enum err e = wait_for(w, look_container, &k, ei);

	if (e == ERR_OK) {
		e = wait_for(w, look_medium, &to, ei);
	}
	if (e == ERR_OK) {
		e = ask_copy(w, &k, &to, ei);
	}
	if (e == ERR_OK) {
		e = open_kept(w, &k, &from, ei);
	}
	if (e == ERR_OK) {
		e = check_cert(w, from, ei);
	}
	if (e == ERR_OK) {
		e = copy_to(w, &k, &to, from, ei);
	}
	container_free(from);
	return e;
}

/* --- check -------------------------------------------------------------------
 */

/* The ordered certificate is the one in it, and its key signs. */
static enum err
prove(struct work *w, struct container *c, struct errinfo *ei)
{
	struct slice der = container_cert(c);
	uint8_t text[PROOF_BYTES];
	struct buf cms = BUF_INIT(CMS_BYTES_MAX);
	enum err e = check_cert(w, c, ei);

	if (e == ERR_OK) {
		e = random_bytes(text, sizeof(text), ei);
	}
	w->step(w->arg, false, "sign");
	if (e == ERR_OK) {
		e = cms_sign_detached(container_privkey(c), der, NULL, 0,
		    slice_make(text, sizeof(text)), clock_utc_sec(w->o->clock),
		    &cms, ei);
	}
	if (e == ERR_OK) {
		e = cms_verify_detached(
		    buf_slice(&cms), slice_make(text, sizeof(text)), der, ei);
	}
	if (e == ERR_OK) {
		json_put_bool(w->out, "signature", true);
	}
	buf_clear(&cms);
	return e;
}

static enum err
check(struct work *w, struct errinfo *ei)
{
	struct buf text = BUF_INIT(QUESTION_MAX);
	struct container *c = NULL;
	struct kept k;
	enum err e = wait_for(w, look_container, &k, ei);

	if (e != ERR_OK) {
		return e;
	}
	put_head(w, &text, "Проверить ключ пробной подписью? (Try the key?)");
	window_put_line(&text, "Контейнер", slice_str(k.info.label));
	window_put_line(&text, "Носитель", slice_str(k.medium.name));
	e = consent(w, &text, ei);
	if (e == ERR_OK) {
		e = open_kept(w, &k, &c, ei);
	}
	if (e == ERR_OK) {
		e = prove(w, c, ei);
	}
	container_free(c);
	return e;
}

work_fn *
work_of(enum page_operation operation)
{
	static work_fn *const works[PAGE_OPERATION_MAX_] = {
	    [PAGE_MAKE_KEY] = make_key,
	    [PAGE_ACQUAINT] = acquaint,
	    [PAGE_INSTALL] = install,
	    [PAGE_COPY] = copy,
	    [PAGE_CHECK] = check,
	};

	ensure(operation > 0 && operation < PAGE_OPERATION_MAX_);
	return works[operation];
}
