/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/ca_centre.h"

#include <unistd.h>

#include "base/bounds.h"
#include "cli/cli.h"
#include "crypto/privkey.h"
#include "os/file.h"

enum {
	CONF_MAX = 32768
};

#define CONF_FILE    "etc/surguch/surguch.conf"
#define COURIER_FILE "etc/surguch/courier.conf"

/* Whose is what. */
struct owners {
	uid_t front;
	uid_t courier;
};

static enum err
is_there(const struct rite *r, const char *name, bool *out, struct errinfo *ei)
{
	char path[PATH_TEXT_SIZE];
	enum err e = centre_path(&r->c, path, ei, "%s", name);

	*out = e == ERR_OK && file_exists(path);
	return e;
}

/* --- directories and secrets -------------------------------------------- */

static enum err
make_dirs(struct rite *r, const struct owners *o, struct errinfo *ei)
{
	static const char *const run[] = {"run", "run/surguch"};
	enum err e = rite_tree(r, ei);

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(run); i++) {
		e = rite_dir(r, run[i], ei);
	}
	if (e == ERR_OK) {
		e = centre_state_dir(&r->c, CENTRE_FRONT_DIR, o->front, ei);
	}
	return e != ERR_OK ? e
			   : centre_state_dir(&r->c, "var/lib/surguch/courier",
				 o->courier, ei);
}

/* The import may have filled it before front had an owner. */
static enum err
give_public(struct rite *r, const struct owners *o, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE], path[PATH_TEXT_SIZE];
	char **names = NULL;
	size_t num = 0;
	enum err e = centre_path(&r->c, dir, ei, CENTRE_PUBLIC_DIR);

	if (e == ERR_OK) {
		e = centre_give(&r->c, dir, o->front, ei);
	}
	if (e == ERR_OK) {
		e = dir_list(dir, NULL, PUBLIC_FILES_MAX, &names, &num, ei);
	}
	for (size_t i = 0; e == ERR_OK && i < num; i++) {
		e = path_join(path, dir, names[i], ei);
		if (e == ERR_OK) {
			e = centre_give(&r->c, path, o->front, ei);
		}
	}
	dir_list_free(names, num);
	return e;
}

static enum err
make_secrets(struct rite *r, const struct owners *o, struct errinfo *ei)
{
	static const char *const names[] = {CENTRE_OTP_KEY, CENTRE_DATA_KEY};
	bool there = false;
	enum err e = ERR_OK;

	for (size_t i = 0; e == ERR_OK && i < ARRAY_LEN(names); i++) {
		e = is_there(r, names[i], &there, ei);
		if (e == ERR_OK && !there) {
			e = centre_make_secret(&r->c, names[i], o->front, ei);
		}
	}
	return e;
}

/* What the gateway is called differs with each provider: until it is written
 * here, messages wait. */
static enum err
make_courier(struct rite *r, struct errinfo *ei)
{
	static const char text[] =
	    "# How messages leave the centre; see surguch-courier(8).  Until a "
	    "gateway\n"
	    "# stands here, codes and notices wait and nobody can sign in.\n"
	    "#\n"
	    "# gateway : {\n"
	    "#\turl = \"https://sms.example.ru/send\";\n"
	    "#\tmethod = \"POST\";\n"
	    "#\tbody = \"to={to}&text={text}\";\n"
	    "#\tbody_format = \"form\";\n"
	    "#\tsuccess_status = [\"2xx\"];\n"
	    "# };\n";
	bool there = false;
	enum err e = centre_make_courier_key(&r->c, ei);

	if (e == ERR_OK) {
		e = is_there(r, COURIER_FILE, &there, ei);
	}
	return e != ERR_OK || there ? e
				    : centre_write(&r->c, COURIER_FILE,
					  SLICE_LIT(text), 0644, getuid(), ei);
}

/* --- the API's certificate ---------------------------------------------- */

static enum err
certify(struct rite *r, const struct plan_ca *ca, struct privkey *key,
    struct buf *cert, struct errinfo *ei)
{
	const char *host = r->plan->centre.host;
	struct keyroom_signer by = {0};
	enum err e = rite_start(r, &ca->key, &by, ei);

	if (e == ERR_OK) {
		e = rite_issue(r, &by, PLAN_TLS_PROFILE, host, host,
		    privkey_spki(key), cert, ei);
	}
	return keyroom_stop(&by, e, ei);
}

static enum err
make_tls(struct rite *r, const struct owners *o, struct errinfo *ei)
{
	const struct plan_ca *ca = plan_tls_ca(r->plan);
	struct buf own = BUF_INIT(CERT_BYTES_MAX);
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct privkey *key = NULL;
	struct keyroom_at at;
	bool there = false;
	enum err e = is_there(r, CENTRE_TLS_CHAIN, &there, ei);

	if (e != ERR_OK || there || ca == NULL) {
		return e;
	}
	e = rite_at(r, &ca->key, &at, ei);
	if (e == ERR_OK) {
		e = rite_own_cert(&at, &own, ei);
	}
	if (e == ERR_NOTFOUND) {
		e = err_set(ei, ERR_STATE, "ceremony.missing", NULL,
		    "%s has no certificate here: run the step \"import\" "
		    "first",
		    ca->key.name);
	}
	if (e == ERR_OK) {
		e = privkey_generate("p256", &key, ei);
	}
	if (e == ERR_OK) {
		e = certify(r, ca, key, &cert, ei);
	}
	if (e == ERR_OK) {
		e = centre_write_tls(&r->c, o->front, key, buf_slice(&cert),
		    buf_slice(&own), ei);
	}
	if (e == ERR_OK) {
		e = rite_note(r, r->plan->centre.host, "API certificate",
		    buf_slice(&cert), ei);
	}
	privkey_free(key);
	buf_clear(&own);
	buf_clear(&cert);
	return e;
}

/* --- surguch.conf ------------------------------------------------------- */

static void
put_user(struct buf *b, const char *name, const char *user)
{
	if (user[0] != '\0') {
		buf_printf(b, "%s = \"%s\"; ", name, user);
	}
}

void
centre_put_signers(const struct ca_plan *p, struct buf *b)
{
	for (size_t i = 0; i < p->num_cas; i++) {
		const struct plan_ca *ca = &p->cas[i];

		buf_printf(b, "\t{ name = \"%s\"; ", ca->key.name);
		put_user(b, "user", ca->key.user);
		if (ca->ocsp.name[0] != '\0') {
			buf_printf(b, "ocsp = \"%s\"; ", ca->ocsp.name);
			put_user(b, "ocsp_user", ca->ocsp.user);
		}
		buf_printf(b, "}%s\n", i + 1 < p->num_cas ? "," : "");
	}
}

static void
put_page_orders(const struct ca_plan *p, struct buf *b)
{
	const struct plan_ca *ca = plan_orders_ca(p);

	if (ca != NULL) {
		buf_printf(
		    b, "page_orders = { name = \"%s\"; ", ca->orders.name);
		put_user(b, "user", ca->orders.user);
		buf_add_str(b, "};\n");
	}
}

static void
put_conf(const struct rite *r, struct buf *b)
{
	const struct plan_centre *p = &r->plan->centre;

	buf_add_str(
	    b, "# Made by surguchctl ca ceremony; see surguch.conf(5).\n");
	if (r->c.dir[0] != '\0') {
		buf_printf(b, "prefix = \"%s\";\n", r->c.dir);
	}
	buf_printf(b,
	    "libexec = \"%s\";\n"
	    "centre = \"%s\";\n"
	    "api = { address = \"%s\"; port = %u; origin = \"",
	    r->c.libexec, p->name, p->address, p->port);
	plan_put_origin(r->plan, b);
	buf_printf(b,
	    "\"; };\n"
	    "public = { address = \"%s\"; port = %u; url = \"%s\"; };\n"
	    "users = { ",
	    p->public_address, p->public_port, r->plan->public);
	put_user(b, "front", p->front);
	put_user(b, "courier", p->courier);
	buf_add_str(b, "};\nsigners = (\n");
	centre_put_signers(r->plan, b);
	buf_add_str(b, ");\n");
	put_page_orders(r->plan, b);
	if (!r->c.root) {
		buf_add_str(b,
		    "# Made without root: all roles have one uid, and what "
		    "one can read\n# the others can.\n"
		    "insecure_shared_uid = true;\n");
	}
}

static enum err
make_conf(struct rite *r, struct errinfo *ei)
{
	struct buf b = BUF_INIT(CONF_MAX);
	bool there = false;
	enum err e = is_there(r, CONF_FILE, &there, ei);

	if (there) {
		centre_put_signers(r->plan, &b);
		put_page_orders(r->plan, &b);
	} else {
		put_conf(r, &b);
	}
	if (e == ERR_OK) {
		e = buf_err(&b, ei);
	}
	if (e == ERR_OK && there) {
		cli_print("surguch.conf is there and stays as it is; `signers` "
			  "in it wants\n\n%s",
		    buf_cstr(&b));
	} else if (e == ERR_OK) {
		e = centre_write(
		    &r->c, CONF_FILE, buf_slice(&b), 0644, getuid(), ei);
	}
	buf_clear(&b);
	return e;
}

enum err
centre_step(struct rite *r, struct errinfo *ei)
{
	const struct plan_centre *p = &r->plan->centre;
	struct owners o;
	enum err e;

	if (p->name[0] == '\0') {
		return err_set(ei, ERR_FORMAT, "ceremony.centre", NULL,
		    "the file says nothing of a centre: it wants a group "
		    "`centre` with name and host");
	}
	e = rite_user(p->front, &o.front, ei);
	if (e == ERR_OK) {
		e = rite_user(p->courier, &o.courier, ei);
	}
	if (e == ERR_OK) {
		e = make_dirs(r, &o, ei);
	}
	if (e == ERR_OK) {
		e = make_secrets(r, &o, ei);
	}
	if (e == ERR_OK) {
		e = make_courier(r, ei);
	}
	if (e == ERR_OK) {
		e = make_tls(r, &o, ei);
	}
	if (e == ERR_OK) {
		e = give_public(r, &o, ei);
	}
	/* Last, because it says that the centre is complete. */
	return e != ERR_OK ? e : make_conf(r, ei);
}
