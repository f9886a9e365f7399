/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signer's orders from a list, for tests of what it makes:
 *
 *	signer-orders PROGRAM NAME STATE SETTINGS PROFILES
 *
 * starts the real program and gives it each line of standard input, words
 * separated by tabs:
 *
 *	issue PROFILE REQUEST OUT [ATTRIBUTE=TEXT | dns=TEXT | ip=TEXT |
 *	    email=TEXT | identification=N]...
 *	crl NUMBER OUT [SERIAL]...	ascending, in hexadecimal
 *	delta NUMBER OUT [SERIAL]...	the same, of what the whole list says
 *	ocsp CERTIFICATE ISSUER OUT	says good
 *
 * All files are DER.  The request is a PKCS#10, whose signature is verified,
 * or (self.der, a root's) a bare SubjectPublicKeyInfo.  Each line is answered
 * by "ok" or by "no RULE TEXT".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bounds.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/pubkey.h"
#include "os/file.h"
#include "os/systime.h"
#include "os/wait.h"
#include "signer/client.h"
#include "x509/cert.h"
#include "x509/crl.h"
#include "x509/csr.h"
#include "x509/name.h"

enum {
	WORDS_MAX = 64,
	LINE_SIZE = 16384,
	CRL_SEC = 40 * 3600,
	DELTA_SEC = 3600,
	NEXT_SECOND_MS = 1100,
	OCSP_SEC = 1800,
};

struct order {
	struct signer_client *signer;
	char *word[WORDS_MAX];
	size_t num;
	struct clock clock;
};

static enum err
read_whole(const char *path, struct buf *out, struct errinfo *ei)
{
	return file_read(path, CERT_BYTES_MAX, out, ei);
}

/* The key of a verified request, or of a bare SubjectPublicKeyInfo. */
static enum err
take_key(struct issue_values *v, const char *path, struct errinfo *ei)
{
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct csr *csr = NULL;
	enum err e = read_whole(path, &der, ei);

	if (e == ERR_OK && csr_parse(buf_slice(&der), &csr, NULL) == ERR_OK) {
		e = csr_verify(csr, ei);
		if (e == ERR_OK) {
			e = values_set_spki(v, csr_spki(csr), ei);
		}
	} else if (e == ERR_OK) {
		e = values_set_spki(v, buf_slice(&der), ei);
	}
	csr_free(csr);
	buf_clear(&der);
	return e;
}

static enum err
take_word(struct issue_values *v, char *word, struct errinfo *ei)
{
	char *equals = strchr(word, '=');
	struct slice text;

	if (equals == NULL) {
		return err_set(
		    ei, ERR_FORMAT, "orders.word", NULL, "no = in %s", word);
	}
	*equals = '\0';
	text = slice_str(equals + 1);
	if (san_kind_by_name(word) != SAN_NONE) {
		return values_add_san(v, san_kind_by_name(word), text, ei);
	}
	if (strcmp(word, "identification") == 0) {
		v->identification_kind = equals[1] - '0';
		return ERR_OK;
	}
	return values_add_attr(v, oid_by_name(word), text, ei);
}

static enum err
issue(struct order *o, struct errinfo *ei)
{
	const struct audit_position at = {0};
	struct buf cert = BUF_INIT(CERT_BYTES_MAX);
	struct issue_values v;
	enum err e;

	values_init(&v);
	e = values_set_profile(&v, slice_str(o->word[1]), ei);
	if (e == ERR_OK) {
		e = take_key(&v, o->word[2], ei);
	}
	for (size_t i = 4; e == ERR_OK && i < o->num; i++) {
		e = take_word(&v, o->word[i], ei);
	}
	if (e == ERR_OK) {
		e = values_digest(&v, v.idem, ei);
	}
	if (e == ERR_OK) {
		e = signer_issue(o->signer, &v, &at, &cert, NULL, NULL, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(o->word[3], buf_slice(&cert), 0644, ei);
	}
	values_clear(&v);
	buf_clear(&cert);
	return e;
}

static enum err
crl(struct order *o, struct errinfo *ei)
{
	struct signer_crl order = {
	    .number = strtoull(o->word[1], NULL, 10),
	    .this_update = clock_utc_sec(&o->clock),
	};
	struct buf entries = BUF_INIT(CERT_BYTES_MAX);
	struct buf list = BUF_INIT(CRL_BYTES_MAX);
	enum err e = ERR_OK;

	order.shard.delta = strcmp(o->word[0], "delta") == 0;
	if (order.shard.delta) {
		/* Not in the second of its list. */
		sleep_ms(NEXT_SECOND_MS);
		order.this_update = clock_utc_sec(&o->clock);
	}
	order.next_update =
	    order.this_update + (order.shard.delta ? DELTA_SEC : CRL_SEC);
	for (size_t i = 3; e == ERR_OK && i < o->num; i++) {
		uint8_t serial[SERIAL_BYTES_MAX];
		size_t len = strlen(o->word[i]) / 2;

		if (len > sizeof(serial) ||
		    !text_unhex(slice_str(o->word[i]), serial, len)) {
			e = err_set(ei, ERR_FORMAT, "orders.serial", NULL,
			    "no serial: %s", o->word[i]);
			break;
		}
		crl_entry_put(&entries, slice_make(serial, len),
		    order.this_update, CRL_REASON_KEY_COMPROMISE);
	}
	if (e == ERR_OK) {
		e = signer_crl_whole(
		    o->signer, &order, buf_slice(&entries), &list, NULL, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(o->word[2], buf_slice(&list), 0644, ei);
	}
	buf_clear(&entries);
	buf_clear(&list);
	return e;
}

static enum err
fill_single(const struct cert *cert, const struct cert *issuer, int64_t now,
    struct signer_ocsp_single *s, struct errinfo *ei)
{
	struct slice serial = cert_serial(cert);
	struct pubkey *key = NULL;
	enum err e = pubkey_parse(cert_spki(issuer), &key, ei);

	s->hash = HASH_SHA1;
	s->reason = -1;
	s->status = SIGNER_OCSP_GOOD;
	s->this_update = now;
	s->next_update = now + OCSP_SEC;
	s->serial_len = serial.len;
	memcpy(s->serial, serial.p, serial.len);
	if (e == ERR_OK) {
		e = hash_of(HASH_SHA1, cert_subject_der(issuer),
		    s->issuer_name_hash, ei);
	}
	if (e == ERR_OK) {
		e = hash_of(HASH_SHA1, pubkey_bits_content(key),
		    s->issuer_key_hash, ei);
	}
	pubkey_free(key);
	return e;
}

static enum err
ocsp(struct order *o, struct errinfo *ei)
{
	static struct signer_ocsp order;
	struct buf der = BUF_INIT(CERT_BYTES_MAX);
	struct buf issuer_der = BUF_INIT(CERT_BYTES_MAX);
	struct buf answer = BUF_INIT(OCSP_RESPONSE_BYTES_MAX);
	struct cert *cert = NULL, *issuer = NULL;
	enum err e = read_whole(o->word[1], &der, ei);

	memset(&order, 0, sizeof(order));
	order.num_singles = 1;
	if (e == ERR_OK) {
		e = cert_parse(buf_slice(&der), &cert, ei);
	}
	if (e == ERR_OK) {
		e = read_whole(o->word[2], &issuer_der, ei);
	}
	if (e == ERR_OK) {
		e = cert_parse(buf_slice(&issuer_der), &issuer, ei);
	}
	if (e == ERR_OK) {
		e = fill_single(cert, issuer, clock_utc_sec(&o->clock),
		    &order.singles[0], ei);
	}
	if (e == ERR_OK) {
		e = signer_ocsp(o->signer, &order, &answer, ei);
	}
	if (e == ERR_OK) {
		e = file_write_atomic(o->word[3], buf_slice(&answer), 0644, ei);
	}
	cert_free(cert);
	cert_free(issuer);
	buf_clear(&der);
	buf_clear(&issuer_der);
	buf_clear(&answer);
	return e;
}

static enum err
run_line(struct order *o, char *line, struct errinfo *ei)
{
	char *rest = NULL;

	o->num = 0;
	for (char *w = strtok_r(line, "\t\n", &rest);
	     w != NULL && o->num < WORDS_MAX;
	     w = strtok_r(NULL, "\t\n", &rest)) {
		o->word[o->num++] = w;
	}
	if (o->num >= 4 && strcmp(o->word[0], "issue") == 0) {
		return issue(o, ei);
	}
	if (o->num >= 3 && (strcmp(o->word[0], "crl") == 0 ||
			       strcmp(o->word[0], "delta") == 0)) {
		return crl(o, ei);
	}
	if (o->num == 4 && strcmp(o->word[0], "ocsp") == 0) {
		return ocsp(o, ei);
	}
	return err_set(ei, ERR_FORMAT, "orders.line", NULL, "no such order");
}

int
main(int argc, char **argv)
{
	static char line[LINE_SIZE];
	struct order o = {.clock = system_clock()};
	struct errinfo ei = {0};
	struct signer_spawn s = {.clock = o.clock};
	pid_t pid;

	if (argc != 6) {
		return 2;
	}
	s.program = argv[1];
	s.name = argv[2];
	s.state_dir = argv[3];
	s.settings = argv[4];
	s.profile_dir = argv[5];
	if (crypto_init(&ei) != ERR_OK ||
	    signer_client_spawn(&s, &o.signer, &pid, &ei) != ERR_OK) {
		(void)fprintf(stderr, "%s: %s\n", ei.rule, ei.text);
		return 1;
	}
	while (fgets(line, sizeof(line), stdin) != NULL) {
		if (run_line(&o, line, &ei) == ERR_OK) {
			(void)puts("ok");
		} else {
			(void)printf("no %s %s\n", ei.rule, ei.text);
		}
	}
	return signer_client_stop(o.signer, pid, &ei) == ERR_OK ? 0 : 1;
}
