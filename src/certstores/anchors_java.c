/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trust store of Java, JKS or PKCS#12, by the JDK's own keytool: nobody else
 * reads or writes the file.  A change is made in a copy, which then takes its
 * place.  What comes is handed over at once, as a PKCS#12 file without
 * a password (RFC 7292) whose certificates have Java's mark of trust; what goes
 * is deleted by its alias, a run of keytool each.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bounds.h"
#include "base/text.h"
#include "certstores/anchors_priv.h"
#include "der/oid.h"
#include "der/write.h"
#include "os/memfd.h"
#include "os/process.h"
#include "os/seam.h"

#define KEYTOOL    "/usr/bin/keytool"
#define CACERTS    "/lib/security/cacerts" /* below a JDK */
#define WELL_KNOWN "changeit"              /* what every JDK comes with */
#define PASSWORD   "SURGUCH_STORE_PASSWORD"
#define BAGS       "/dev/fd/3"
#define OWN_ALIAS  "surguch-"

/* RFC 7292 4.2.3, RFC 2985 5.5.1; the last two are Java's: what the certificate
 * is trusted for, and "anything" (RFC 5280 4.2.1.12). */
#define CERT_BAG      "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x03"
#define X509_CERT     "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x16\x01"
#define FRIENDLY_NAME "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x14"
#define TRUSTED_USE   "\x60\x86\x48\x01\x86\xf9\x66\xad\xca\x7b\x01\x01"
#define ANY_USE       "\x55\x1d\x25\x00"

enum {
	PFX_VERSION = 3,
	BAGS_FD = 3,
	SAID_MAX = 512,
	FIRST_ROOM = 256,
	SUPPLEMENTARY = 0x10000,
};

struct java_entry {
	char *alias;
	struct buf der;
};

struct java {
	char keytool[PATH_TEXT_SIZE];
	struct java_entry *at;
	size_t num;
	size_t room;
	struct buf bags;   /* to be put in */
	struct buf doomed; /* aliases to be deleted, a NUL behind each */
};

static void
clear(struct java *j)
{
	for (size_t i = 0; i < j->num; i++) {
		free(j->at[i].alias);
		buf_clear(&j->at[i].der);
	}
	j->num = 0;
	buf_reset(&j->bags);
	buf_reset(&j->doomed);
}

void
anchors_java_free(struct java *j)
{
	if (j == NULL) {
		return;
	}
	clear(j);
	free(j->at);
	buf_clear(&j->bags);
	buf_clear(&j->doomed);
	free(j);
}

/* --- keytool ----------------------------------------------------------------
 */

/* It says what is wrong where others print. */
static enum err
failed(const struct java *j, struct buf *out, struct errinfo *ei)
{
	static const char mark[] = "keytool error: ";
	const char *said = strstr(buf_cstr(out), mark);
	char line[SAID_MAX] = "nothing";
	enum err e;

	if (said != NULL) {
		said += sizeof(mark) - 1;
		(void)snprintf(
		    line, sizeof(line), "%.*s", (int)strcspn(said, "\n"), said);
	}
	if (strstr(line, "password was incorrect") != NULL) {
		e = err_set(ei, ERR_DENIED, "anchors.password", NULL,
		    "This is not the store's password, or the file is "
		    "damaged; --password-file names one that has it.");
	} else {
		e = err_set(ei, ERR_STORE, "anchors.keytool", NULL,
		    "keytool failed; it says: %s", line);
	}
	return err_object(ei, e, j->keytool);
}

/* words: behind what every call has; bags: a file that it may read, or -1. */
static enum err
run(const struct anchors_open *o, const char *const *words, size_t num,
    int bags, struct buf *out, struct errinfo *ei)
{
	const char *argv[24] = {o->java->keytool, "-J-Duser.language=en",
	    "-J-Duser.country=US", "-J-Dfile.encoding=UTF-8"};
	struct buf password = BUF_INIT(PATH_TEXT_SIZE);
	struct spawn_fd fds[] = {
	    {-1, STDOUT_FILENO}, {-1, STDERR_FILENO}, {bags, BAGS_FD}};
	char back[32];
	size_t n = 4;
	bool ok = false;
	enum err e;

	ensure(num + n < ARRAY_LEN(argv));
	for (size_t i = 0; i < num; i++) {
		argv[n++] = words[i];
	}
	buf_add_str(&password, PASSWORD "=");
	buf_add(&password,
	    o->s->password.len > 0 ? o->s->password : SLICE_LIT(WELL_KNOWN));
	e = buf_err(&password, ei);
	if (e == ERR_OK) {
		e = memfd_new("said", &fds[0].fd, ei);
	}
	if (e == ERR_OK) {
		e = memfd_new("warned", &fds[1].fd, ei);
	}
	if (e == ERR_OK) {
		e = anchors_spawn(
		    argv, buf_cstr(&password), fds, bags < 0 ? 2 : 3, &ok, ei);
	}
	(void)snprintf(back, sizeof(back), "/proc/self/fd/%d", fds[0].fd);
	if (e == ERR_OK) {
		e = file_read(back, ANCHORS_BYTES_MAX, out, ei);
	}
	if (e == ERR_OK && !ok) {
		e = failed(o->java, out, ei);
	}
	fd_close(fds[0].fd);
	fd_close(fds[1].fd);
	buf_wipe(&password);
	return e;
}

/* That of the JDK whose store it is, or this machine's. */
static enum err
find_keytool(const struct anchors_open *o, struct errinfo *ei)
{
	size_t len = strlen(o->dir), below = sizeof(CACERTS) - 1;
	struct java *j = o->java;

	if (len > below && strcmp(o->dir + len - below, CACERTS) == 0) {
		(void)snprintf(j->keytool, sizeof(j->keytool),
		    "%.*s/bin/keytool", (int)(len - below), o->dir);
	}
	if (j->keytool[0] == '\0' || !file_exists(j->keytool)) {
		(void)snprintf(j->keytool, sizeof(j->keytool), KEYTOOL);
	}
	if (!file_exists(j->keytool)) {
		return err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "anchors.program", NULL,
			"A store of Java is changed by Java's own keytool, "
			"which is not here. Install a Java runtime and "
			"repeat."),
		    j->keytool);
	}
	return file_check_trusted(j->keytool, geteuid(), ei);
}

/* --- what is there -----------------------------------------------------------
 */

static enum err
take_entry(void *arg, struct slice alias, struct slice der, struct errinfo *ei)
{
	struct java *j = arg;
	struct java_entry *at;

	if (j->num == j->room) {
		size_t room = j->room == 0 ? FIRST_ROOM : 2 * j->room;

		at = realloc(j->at, room * sizeof(*at));
		if (at == NULL) {
			return err_nomem(ei);
		}
		j->at = at;
		j->room = room;
	}
	at = &j->at[j->num];
	at->alias = slice_dup_str(alias);
	if (at->alias == NULL) {
		return err_nomem(ei);
	}
	buf_init(&at->der, CERT_BYTES_MAX);
	buf_add(&at->der, der);
	j->num++;
	return buf_err(&at->der, ei);
}

/* Entries of "Alias name: ", "Entry type: ", PEM. */
enum err
anchors_java_listing(const char *text,
    enum err (*tell)(
	void *arg, struct slice alias, struct slice der, struct errinfo *ei),
    void *arg, struct errinfo *ei)
{
	static const char mark[] = "\nAlias name: ";
	static const char kind[] = "\nEntry type: trustedCertEntry\n";
	struct buf der = BUF_INIT(ANCHOR_FILE_MAX);
	const char *next = strstr(text, mark);
	enum err e = ERR_OK;

	while (e == ERR_OK && next != NULL) {
		const char *alias = next + sizeof(mark) - 1;
		const char *at = strstr(alias, kind);

		next = strstr(alias, mark);
		/* Keys and their chains are not what is trusted. */
		if (at == NULL || (next != NULL && at > next)) {
			continue;
		}
		if (anchors_pem_next(&at, &der) &&
		    (next == NULL || at <= next)) {
			e = tell(arg, slice_make(alias, strcspn(alias, "\n")),
			    buf_slice(&der), ei);
		} else {
			e = err_set(ei, ERR_FORMAT, "anchors.keytool", NULL,
			    "keytool lists a certificate in a form that is "
			    "not known here");
		}
	}
	buf_clear(&der);
	return e;
}

static enum err
list(struct anchors_open *o, struct errinfo *ei)
{
	const char *const words[] = {
	    "-list", "-rfc", "-keystore", o->dir, "-storepass:env", PASSWORD};
	struct buf out = BUF_INIT(ANCHORS_BYTES_MAX);
	enum err e = run(o, words, ARRAY_LEN(words), -1, &out, ei);

	if (e == ERR_OK) {
		e = anchors_java_listing(
		    buf_cstr(&out), take_entry, o->java, ei);
	}
	buf_clear(&out);
	return e;
}

static enum err
check_file(const struct anchors_open *o, struct errinfo *ei)
{
	char dir[PATH_TEXT_SIZE];
	enum err e = file_check_trusted(o->dir, geteuid(), ei);

	(void)snprintf(dir, sizeof(dir), "%.*s",
	    (int)(strrchr(o->dir, '/') - o->dir), o->dir);
	return e == ERR_OK ? file_check_trusted(
				 dir[0] == '\0' ? "/" : dir, geteuid(), ei)
			   : e;
}

static enum err
java_open(struct anchors_open *o, struct errinfo *ei)
{
	enum err e;

	o->java = calloc(1, sizeof(*o->java));
	if (o->java == NULL) {
		return err_nomem(ei);
	}
	buf_init(&o->java->bags, ANCHORS_BYTES_MAX);
	buf_init(&o->java->doomed, ANCHORS_BYTES_MAX);
	/* A JDK of a distribution has a link there. */
	e = path_real(o->dir, o->s->place, ei);
	if (e == ERR_NOTFOUND) {
		e = err_object(ei,
		    err_set(ei, ERR_NOTFOUND, "anchors.store", NULL,
			"There is no such file. A store of Java is made with "
			"keytool, and every JDK has one (lib/security/"
			"cacerts)."),
		    o->s->place);
	}
	if (e == ERR_OK) {
		e = check_file(o, ei);
	}
	if (e == ERR_OK) {
		e = find_keytool(o, ei);
	}
	return e == ERR_OK ? list(o, ei) : e;
}

/* was: the aliases, a line each. */
static enum err
java_look(struct anchors_open *o, const struct anchor *a, enum nss_held *held,
    struct buf *was, struct errinfo *ei)
{
	const struct java *j = o->java;

	(void)ei;
	*held = NSS_ABSENT;
	for (size_t i = 0; i < j->num; i++) {
		if (slice_eq(buf_slice(&j->at[i].der), a->der)) {
			*held = NSS_TRUSTED;
			buf_add_str(was, j->at[i].alias);
			buf_add_u8(was, '\n');
		}
	}
	return ERR_OK;
}

static enum err
java_each(struct anchors_open *o, void (*tell)(void *arg, struct slice der),
    void *arg, struct errinfo *ei)
{
	(void)ei;
	for (size_t i = 0; i < o->java->num; i++) {
		tell(arg, buf_slice(&o->java->at[i].der));
	}
	return ERR_OK;
}

/* --- what shall be there
 * ------------------------------------------------------
 */

static void
put_bmp(struct buf *b, struct slice utf8)
{
	size_t mark = der_open(b, DER_BMP_STRING);
	uint32_t c;

	while (utf8.len > 0 && text_get_char(&utf8, &c)) {
		if (c >= SUPPLEMENTARY) {
			c -= SUPPLEMENTARY;
			buf_add_u16(b, (uint16_t)(0xd800 + (c >> 10)));
			c = 0xdc00 + (c & 0x3ff);
		}
		buf_add_u16(b, (uint16_t)c);
	}
	der_close(b, mark);
}

/* RFC 7292 4.2: SafeBag with a CertBag, its name, and Java's mark. */
static void
put_bag(struct buf *b, struct slice alias, struct slice der)
{
	size_t bag = der_open(b, DER_SEQUENCE), set, attr, values, value;

	der_put_oid(b, SLICE_LIT(CERT_BAG));
	value = der_open(b, DER_CONTEXT_CONS(0));
	attr = der_open(b, DER_SEQUENCE);
	der_put_oid(b, SLICE_LIT(X509_CERT));
	values = der_open(b, DER_CONTEXT_CONS(0));
	der_put(b, DER_OCTET_STRING, der);
	der_close(b, values);
	der_close(b, attr);
	der_close(b, value);

	set = der_open(b, DER_SET);
	attr = der_open(b, DER_SEQUENCE);
	der_put_oid(b, SLICE_LIT(FRIENDLY_NAME));
	values = der_open(b, DER_SET);
	put_bmp(b, alias);
	der_close(b, values);
	der_close(b, attr);
	attr = der_open(b, DER_SEQUENCE);
	der_put_oid(b, SLICE_LIT(TRUSTED_USE));
	values = der_open(b, DER_SET);
	der_put_oid(b, SLICE_LIT(ANY_USE));
	der_close(b, values);
	der_close(b, attr);
	der_close_set_of(b, set);
	der_close(b, bag);
}

/* ContentInfo of id-data. */
static void
put_data(struct buf *b, struct slice content)
{
	size_t info = der_open(b, DER_SEQUENCE), inner;

	der_put_oid(b, oid_bytes(OID_CMS_DATA));
	inner = der_open(b, DER_CONTEXT_CONS(0));
	der_put(b, DER_OCTET_STRING, content);
	der_close(b, inner);
	der_close(b, info);
}

/* RFC 7292 4: PFX, neither encrypted nor with a MacData. */
static void
put_pfx(struct buf *b, struct slice bags)
{
	struct buf safe = BUF_INIT(ANCHORS_BYTES_MAX);
	struct buf contents = BUF_INIT(ANCHORS_BYTES_MAX);
	size_t pfx = der_open(b, DER_SEQUENCE), mark;

	der_put(&contents, DER_SEQUENCE, bags);
	mark = der_open(&safe, DER_SEQUENCE);
	put_data(&safe, buf_slice(&contents));
	der_close(&safe, mark);
	der_put_u63(b, DER_INTEGER, PFX_VERSION);
	put_data(b, buf_slice(&safe));
	der_close(b, pfx);
	b->err = b->err == ERR_OK ? safe.err : b->err;
	b->err = b->err == ERR_OK ? contents.err : b->err;
	buf_clear(&contents);
	buf_clear(&safe);
}

/* Java takes aliases for equal in any case of letters. */
static enum err
put_under(struct java *j, struct slice alias, const struct anchor *a,
    struct errinfo *ei)
{
	for (size_t i = 0; i < j->num; i++) {
		const struct java_entry *entry = &j->at[i];

		if (strlen(entry->alias) != alias.len ||
		    strncasecmp(
			entry->alias, (const char *)alias.p, alias.len) != 0) {
			continue;
		}
		if (slice_eq(buf_slice(&entry->der), a->der)) {
			return ERR_OK;
		}
		return err_object(ei,
		    err_set(ei, ERR_CONFLICT, "anchors.name", NULL,
			"This name in the store means another certificate. "
			"Look at it, and give it another name."),
		    entry->alias);
	}
	put_bag(&j->bags, alias, a->der);
	return buf_err(&j->bags, ei);
}

static enum err
java_set(struct anchors_open *o, const struct anchor *a, enum nss_held to,
    struct slice was, struct errinfo *ei)
{
	char own[sizeof(OWN_ALIAS) + (size_t)2 * ANCHOR_SHA1_SIZE] = OWN_ALIAS;
	struct java *j = o->java;
	enum err e = ERR_OK;

	if (to == NSS_ABSENT) {
		for (size_t i = 0; i < j->num; i++) {
			if (slice_eq(buf_slice(&j->at[i].der), a->der)) {
				buf_add_str(&j->doomed, j->at[i].alias);
				buf_add_u8(&j->doomed, '\0');
			}
		}
		return buf_err(&j->doomed, ei);
	}
	if (was.len == 0) {
		anchors_name(a, own + sizeof(OWN_ALIAS) - 1);
		return put_under(j, slice_str(own), a, ei);
	}
	while (e == ERR_OK && was.len > 0) {
		const uint8_t *end = memchr(was.p, '\n', was.len);
		size_t len = end == NULL ? was.len : (size_t)(end - was.p);
		struct slice alias;

		ensure(slice_get_bytes(&was, len, &alias));
		if (was.len > 0) {
			ensure(slice_get_bytes(&was, 1, &(struct slice){0}));
		}
		e = put_under(j, alias, a, ei);
	}
	return e;
}

/* --- the change
 * ---------------------------------------------------------------
 */

static enum err
import(const struct anchors_open *o, const char *copy, struct errinfo *ei)
{
	const char *const words[] = {"-importkeystore", "-noprompt",
	    "-srckeystore", BAGS, "-srcstoretype", "PKCS12",
	    "-srcstorepass:env", PASSWORD, "-destkeystore", copy,
	    "-deststorepass:env", PASSWORD};
	struct buf pfx = BUF_INIT(ANCHORS_BYTES_MAX);
	struct buf out = BUF_INIT(ANCHORS_BYTES_MAX);
	int fd = -1;
	enum err e;

	if (o->java->bags.len == 0) {
		return ERR_OK;
	}
	put_pfx(&pfx, buf_slice(&o->java->bags));
	e = buf_err(&pfx, ei);
	if (e == ERR_OK) {
		e = memfd_of("bags", buf_slice(&pfx), &fd, ei);
	}
	if (e == ERR_OK) {
		e = run(o, words, ARRAY_LEN(words), fd, &out, ei);
	}
	fd_close(fd);
	buf_clear(&pfx);
	buf_clear(&out);
	return e;
}

static enum err delete (
    const struct anchors_open *o, const char *copy, struct errinfo *ei) {
	struct slice rest = buf_slice(&o->java->doomed); enum err e = ERR_OK;

	    while (e == ERR_OK && rest.len > 0){
		const char *alias = (const char *)rest.p;
		const char *const words[] = {"-delete", "-alias", alias,
		    "-keystore", copy, "-storepass:env", PASSWORD};
		struct buf out = BUF_INIT(ANCHORS_BYTES_MAX);

		e = run(o, words, ARRAY_LEN(words), -1, &out, ei);
		buf_clear(&out); ensure(slice_get_bytes(
		    &rest, strlen(alias) + 1, &(struct slice){0}));
}
return e;
}

/* What keytool made of the copy takes the store's place, synced and at once. */
static enum err
take_place(const struct anchors_open *o, const char *copy, unsigned mode,
    struct errinfo *ei)
{
	struct buf content = BUF_INIT(ANCHORS_BYTES_MAX);
	enum err e = file_read(copy, ANCHORS_BYTES_MAX, &content, ei);

	seam("anchors.java.made");
	if (e == ERR_OK) {
		e = file_write_atomic(o->dir, buf_slice(&content), mode, ei);
	}
	buf_clear(&content);
	return e;
}

static enum err
java_finish(struct anchors_open *o, struct errinfo *ei)
{
	struct buf content = BUF_INIT(ANCHORS_BYTES_MAX);
	char copy[PATH_TEXT_SIZE];
	struct stat st;
	enum err e;

	if (o->java->bags.len == 0 && o->java->doomed.len == 0) {
		return ERR_OK;
	}
	e = path_join(copy, o->s->state, "java.new", ei);
	if (e == ERR_OK && stat(o->dir, &st) != 0) {
		e = err_sys(ei, "file.open", "The store cannot be looked at");
	}
	if (e == ERR_OK) {
		e = file_read(o->dir, ANCHORS_BYTES_MAX, &content, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(copy, buf_slice(&content), 0600, ei);
	}
	buf_clear(&content);
	if (e == ERR_OK) {
		e = import(o, copy, ei);
	}
	if (e == ERR_OK) {
		e = delete (o, copy, ei);
	}
	if (e == ERR_OK) {
		e = take_place(o, copy, st.st_mode & 0777, ei);
	}
	(void)unlink(copy);
	if (e != ERR_OK) {
		return e;
	}
	/* Listed back from the file that is there now. */
	clear(o->java);
	return list(o, ei);
}

const struct anchors_ops anchors_java = {"java", false, java_open, java_look,
    java_set, java_each, java_finish, anchors_look_seen};
