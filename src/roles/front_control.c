/* SPDX-License-Identifier: Apache-2.0 */
#include "roles/front_control.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/text.h"
#include "ca/authority.h"
#include "ca/epoch.h"
#include "ca/evidence.h"
#include "ca/reconcile.h"
#include "identity/operator.h"
#include "ipc/control_msg.h"
#include "ipc/frame.h"
#include "ipc/wire.h"
#include "os/file.h"
#include "os/socket.h"
#include "registry/issuing.h"
#include "store/audit.h"
#include "store/store.h"
#include "x509/cert.h"
#include "x509/name.h"

enum {
	LOOK_MS = 200,
	CLIENT_MS = 2000,
	REPLY_MAX = 60000
};

struct control {
	struct control_options o;
	pthread_t thread;
	atomic_bool stop;
};

/* One call: the words behind the verb, and the text of the answer. */
struct verb_call {
	struct control *c;
	struct actor actor;
	const struct control_call *call;
	struct buf *out;
	struct errinfo *ei;
	bool ended; /* front is to be started anew after the answer */
};

static const char *
word(const struct verb_call *v, size_t i)
{
	return i < v->call->num ? v->call->words[i] : "";
}

/* --- operators ----------------------------------------------------------- */

static enum err
give_token(struct verb_call *v, const struct id *id, uint32_t scopes,
    const char *label)
{
	const struct operator_grant grant = {.label = label, .scopes = scopes};
	char token[OPERATOR_TOKEN_SIZE];
	struct id grant_id;
	enum err e = operator_grant_add(
	    v->c->o.operators, &v->actor, id, &grant, token, &grant_id, v->ei);

	if (e == ERR_OK) {
		buf_printf(v->out, "%s\n", token);
	}
	secret_wipe(token, sizeof(token));
	return e;
}

/* operator add NAME ROLE: the operator and a token with all that the role
 * allows. */
static enum err
operator_add_verb(struct verb_call *v)
{
	enum operator_role role;
	struct id id;
	enum err e;

	if (!operator_role_from(slice_str(word(v, 3)), &role)) {
		return err_set(v->ei, ERR_FORMAT, "operator.role", NULL,
		    "the role is one of administrator, operator, "
		    "service-centre, auditor, program");
	}
	e = operator_add(
	    v->c->o.operators, &v->actor, word(v, 2), role, &id, v->ei);
	return e != ERR_OK
		   ? e
		   : give_token(v, &id, operator_role_scopes(role), "first");
}

/* operator token NAME SCOPES LABEL */
static enum err
operator_token_verb(struct verb_call *v)
{
	struct operator_info info;
	uint32_t scopes;
	enum err e = operator_find(v->c->o.operators, word(v, 2), &info, v->ei);

	if (e == ERR_OK) {
		e = scope_set_parse(slice_str(word(v, 3)), &scopes, v->ei);
	}
	return e != ERR_OK ? e : give_token(v, &info.id, scopes, word(v, 4));
}

static enum err
operator_disable_verb(struct verb_call *v)
{
	struct operator_info info;
	enum err e = operator_find(v->c->o.operators, word(v, 2), &info, v->ei);

	return e != ERR_OK ? e
			   : operator_disable(
				 v->c->o.operators, &v->actor, &info.id, v->ei);
}

enum {
	OPERATORS_PAGE = 50
};

static enum err
operator_list_verb(struct verb_call *v)
{
	struct operator_info page[OPERATORS_PAGE];
	const struct id *after = NULL;
	struct id last;
	size_t num = OPERATORS_PAGE;
	enum err e = ERR_OK;

	while (e == ERR_OK && num == OPERATORS_PAGE) {
		e = operator_list(v->c->o.operators, after, page,
		    OPERATORS_PAGE, &num, v->ei);
		for (size_t i = 0; e == ERR_OK && i < num; i++) {
			buf_printf(v->out, "%-24s  %-16s  %s\n", page[i].name,
			    operator_role_name(page[i].role),
			    page[i].disabled ? "disabled" : "");
		}
		if (num > 0) {
			last = page[num - 1].id;
			after = &last;
		}
	}
	return e;
}

/* --- the authority -------------------------------------------------------- */

static enum err
ca_list_verb(struct verb_call *v)
{
	for (size_t i = 0; i < ca_num(v->c->o.ca); i++) {
		struct authority *a = ca_at(v->c->o.ca, i);
		struct buf name = BUF_INIT(4096);
		char until[TIME_TEXT_SIZE];

		name_print(cert_subject(authority_cert(a)), &name);
		time_text(cert_not_after(authority_cert(a)), until);
		buf_printf(v->out, "%-20s  until %s  %s\n", authority_name(a),
		    until, buf_cstr(&name));
		buf_clear(&name);
	}
	return ERR_OK;
}

static void
show_epochs(struct verb_call *v, const struct epochs *all)
{
	for (size_t i = 0; i < all->num; i++) {
		const struct epoch *one = &all->at[i];
		char began[TIME_TEXT_SIZE], previous[ID_TEXT_SIZE];

		time_text(one->began_at, began);
		id_text(&one->is.previous.writer, "aud", previous);
		buf_printf(v->out,
		    "an epoch began %s, after record %llu of %s\n", began,
		    (unsigned long long)one->is.previous.number, previous);
	}
}

static enum err
audit_verify_verb(struct verb_call *v)
{
	struct audit_report *report = calloc(1, sizeof(*report));
	struct evidence signers = {0};
	struct epochs epochs = {0};
	enum err e;

	if (report == NULL) {
		return err_nomem(v->ei);
	}
	e = evidence_collect(v->c->o.ca, &signers, v->ei);
	if (e == ERR_OK) {
		e = epochs_of_database(v->c->o.ca, &epochs, v->ei);
	}
	if (e == ERR_OK) {
		e = audit_verify(
		    v->c->o.store, signers.at, signers.num, report, v->ei);
	}
	if (e == ERR_OK && report->num_faults > 0) {
		e = err_set(v->ei, ERR_CRYPTO, "audit.fault", NULL,
		    "%llu faults, the first: %s at record %llu",
		    (unsigned long long)report->num_faults,
		    audit_fault_name(report->faults[0].kind),
		    (unsigned long long)report->faults[0].number);
	} else if (e == ERR_OK) {
		buf_printf(v->out,
		    "%llu records of %llu writers: whole and in order; the "
		    "signers remember %zu of them\n",
		    (unsigned long long)report->num_records,
		    (unsigned long long)report->num_writers, signers.num);
		show_epochs(v, &epochs);
		if (signers.num_ended > 0) {
			buf_printf(v->out,
			    "%zu that they remember besides went with "
			    "databases that were put back\n",
			    signers.num_ended);
		}
	}
	epochs_clear(&epochs);
	evidence_clear(&signers);
	free(report);
	return e;
}

static void
show_reconciled(struct verb_call *v, const struct reconciled *r)
{
	size_t num_certificates = 0, num_revocations = 0;

	for (size_t i = 0; i < r->num; i++) {
		const struct reconciled_ca *one = &r->at[i];

		buf_printf(v->out,
		    "%s: adopted %zu certificates and %zu revocations; CRL "
		    "numbers go on above %llu\n",
		    one->name, one->num_certificates, one->num_revocations,
		    (unsigned long long)one->crl_number);
		num_certificates += one->num_certificates;
		num_revocations += one->num_revocations;
	}
	buf_printf(v->out,
	    "adopted %zu certificates and %zu revocations in all; a new epoch "
	    "of the audit has begun; the centre issues again\n",
	    num_certificates, num_revocations);
}

/* reconcile JOURNAL-LOST: a CA, or "" for none. */
static enum err
reconcile_verb(struct verb_call *v)
{
	const char *lost = word(v, 2);
	struct reconciled done;
	struct errinfo why;
	char who[ACTOR_TEXT_SIZE];
	enum err e;

	if (!store_held(v->c->o.store, &why)) {
		buf_add_str(v->out,
		    "nothing to reconcile: the database has what the journals "
		    "have\n");
		return ERR_OK;
	}
	actor_text(&v->actor, who);
	e = issuing_reconcile(
	    v->c->o.issuing, who, lost[0] != '\0' ? lost : NULL, &done, v->ei);
	if (e == ERR_OK) {
		show_reconciled(v, &done);
		v->ended = true;
	}
	return e;
}

static const struct {
	const char *group;
	const char *name;
	size_t num_words; /* both included */
	enum err (*run)(struct verb_call *v);
} verbs[] = {
    {"operator", "add", 4, operator_add_verb},
    {"operator", "token", 5, operator_token_verb},
    {"operator", "disable", 3, operator_disable_verb},
    {"operator", "list", 2, operator_list_verb},
    {"ca", "list", 2, ca_list_verb},
    {"audit", "verify", 2, audit_verify_verb},
    {"reconcile", "", 3, reconcile_verb},
};

static enum err
run_verb(struct verb_call *v)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		if (strcmp(word(v, 0), verbs[i].group) != 0 ||
		    strcmp(word(v, 1), verbs[i].name) != 0) {
			continue;
		}
		if (v->call->num != verbs[i].num_words) {
			return err_set(v->ei, ERR_FORMAT, "control.words", NULL,
			    "%s %s wants %zu words behind it", verbs[i].group,
			    verbs[i].name, verbs[i].num_words - 2);
		}
		return verbs[i].run(v);
	}
	return err_set(v->ei, ERR_UNSUPPORTED, "control.verb", NULL,
	    "this centre does not know: %s %s", word(v, 0), word(v, 1));
}

/* --- the socket ------------------------------------------------------------
 */

static enum err
reply(int fd, const struct frame *question, enum err e, const struct buf *text,
    const struct errinfo *ei)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct frame f = {.type = CONTROL_REPLY, .id = question->id};
	struct errinfo mine;

	if (e == ERR_OK) {
		control_reply_pack(&body, buf_slice(text));
	} else {
		f.type = MSG_ERROR;
		wire_put_errinfo(&body, ei);
	}
	f.body = buf_slice(&body);
	e = buf_err(&body, &mine);
	if (e == ERR_OK) {
		e = frame_send(fd, &f, &mine);
	}
	buf_wipe(&body);
	return e;
}

static void
answer(
    struct control *c, int fd, const struct peer *peer, const struct frame *f)
{
	struct control_call *call = calloc(1, sizeof(*call));
	struct buf out = BUF_INIT(REPLY_MAX);
	struct errinfo ei = {0};
	struct verb_call v = {.c = c, .call = call, .out = &out, .ei = &ei};
	char who[64];
	enum err e;

	if (call == NULL) {
		return;
	}
	(void)snprintf(
	    who, sizeof(who), "surguchctl uid %lu", (unsigned long)peer->uid);
	actor_system(&v.actor, who);
	e = f->type == CONTROL_CALL
		? control_call_unpack(f->body, call, &ei)
		: err_set(&ei, ERR_FORMAT, "control.frame", NULL, "not a call");
	if (e == ERR_OK) {
		e = run_verb(&v);
	}
	if (e == ERR_OK) {
		e = buf_err(&out, &ei);
	}
	if (reply(fd, f, e, &out, &ei) != ERR_OK) {
		log_event(LOG_WARN, "control.reply", L_STR("to", who));
	}
	if (v.ended) {
		c->o.reconciled(c->o.arg);
	}
	buf_wipe(&out);
	free(call);
}

static void
serve(struct control *c, int fd)
{
	struct buf store = BUF_INIT(FRAME_BYTES_MAX);
	struct errinfo ei = {0};
	struct peer peer;
	struct frame f;
	enum err e = socket_peer(fd, &peer, &ei);

	if (e == ERR_OK && peer.uid != 0 && peer.uid != c->o.also_allowed) {
		e = err_set(&ei, ERR_DENIED, "control.peer", NULL,
		    "uid %lu may not control this centre",
		    (unsigned long)peer.uid);
	}
	if (e == ERR_OK) {
		e = socket_wait(fd, CLIENT_MS, &ei);
	}
	if (e == ERR_OK) {
		e = frame_recv(fd, &store, &f, true, &ei);
	}
	if (e == ERR_OK) {
		answer(c, fd, &peer, &f);
		frame_close_fds(&f);
	} else {
		log_err(LOG_WARN, "control.dropped", &ei);
	}
	buf_wipe(&store);
}

static void *
run(void *arg)
{
	struct control *c = arg;

	while (!atomic_load(&c->stop)) {
		struct errinfo ei = {0};
		int fd = -1;

		if (socket_wait(c->o.listen_fd, LOOK_MS, &ei) == ERR_OK &&
		    socket_accept(c->o.listen_fd, &fd, &ei) == ERR_OK) {
			serve(c, fd);
			fd_close(fd);
		}
	}
	return NULL;
}

enum err
control_start(
    const struct control_options *o, struct control **out, struct errinfo *ei)
{
	struct control *c = calloc(1, sizeof(*c));

	if (c == NULL) {
		return err_nomem(ei);
	}
	c->o = *o;
	if (pthread_create(&c->thread, NULL, run, c) != 0) {
		free(c);
		return err_set(ei, ERR_SYS, "thread.start", NULL,
		    "cannot start the control thread");
	}
	*out = c;
	return ERR_OK;
}

void
control_stop(struct control *c)
{
	if (c == NULL) {
		return;
	}
	atomic_store(&c->stop, true);
	(void)pthread_join(c->thread, NULL);
	fd_close(c->o.listen_fd);
	free(c);
}
