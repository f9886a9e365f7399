/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every container whose certificate has expired, to the profile, in one act
 * (A16): agreed to once, one password for the copies, each copy tried.
 */
#include "agent/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "workstation/archive.h"

enum {
	ARCHIVE_MAX = 64, /* at once; the rest the next time */
};

struct old {
	struct kept kept;
	struct buf cert;
};

struct archiving {
	struct medium to;
	struct old *old; /* ARCHIVE_MAX */
	size_t num;
	struct secret password; /* of the copies */
};

/* --- what is due -----------------------------------------------------------
 */

static enum err
look_at(struct work *w, struct archiving *a, const struct medium *m,
    const struct container_entry *entry, struct errinfo *ei)
{
	struct old *old = &a->old[a->num];
	enum err e;

	if (a->num == ARCHIVE_MAX || entry->problem.kind != ERR_OK ||
	    !entry->info.has_cert) {
		return ERR_OK;
	}
	e = media_kept(m, entry, &old->kept, ei);
	if (e != ERR_OK) {
		return e;
	}
	buf_init(&old->cert, CERT_BYTES_MAX);
	/* A certificate that cannot be read is not known to be over. */
	if (media_peek_cert(&old->kept, &old->cert, NULL) == ERR_OK &&
	    archive_is_due(buf_slice(&old->cert), clock_utc_sec(w->o->clock)) &&
	    !archive_has(&a->to, buf_slice(&old->cert))) {
		a->num++;
	} else {
		buf_clear(&old->cert);
	}
	return ERR_OK;
}

static enum err
find_due(struct work *w, struct archiving *a, struct errinfo *ei)
{
	struct medium all[MEDIA_MAX];
	size_t num_media = 0;
	enum err e = media_list(w->o->media, all, &num_media, ei);

	for (size_t i = 0; e == ERR_OK && i < num_media; i++) {
		struct container_entry *list = NULL;
		size_t num = 0;

		/* One that fails takes nothing away from the others. */
		if (all[i].kind == MEDIUM_REGISTRY ||
		    media_containers(&all[i], &list, &num, NULL) != ERR_OK) {
			continue;
		}
		for (size_t k = 0; e == ERR_OK && k < num; k++) {
			e = look_at(w, a, &all[i], &list[k], ei);
		}
		container_list_free(list, num);
	}
	return e;
}

/* --- one of them ------------------------------------------------------------
 */

static enum err
keep(struct work *w, const struct archiving *a, const struct old *old,
    bool *out_decrypts, struct errinfo *ei)
{
	struct archive_item item = {
	    .spec = old->kept.info.spec,
	    .label = old->kept.info.label,
	    .password = secret_slice(&a->password),
	};
	struct container *c = NULL;
	enum err e = work_open_kept(w, &old->kept, &c, ei);

	w->step(w->arg, false, "copy");
	if (e == ERR_OK) {
		e = container_privkey_to_copy(c, &item.key, ei);
	}
	if (e == ERR_OK) {
		item.cert = container_cert(c);
		e = archive_keep(&a->to, &item, clock_utc_sec(w->o->clock),
		    out_decrypts, ei);
	}
	container_free(c);
	return e;
}

static void
tell(struct work *w, const struct old *old, const char *result, bool decrypts,
    const char *rule)
{
	uint8_t sha[SHA256_SIZE] = {0};

	json_open_object(w->out, NULL);
	json_put_text(w->out, "label", old->kept.info.label);
	json_put_text(w->out, "medium", old->kept.medium.id);
	if (sha256_of(buf_slice(&old->cert), sha, NULL) == ERR_OK) {
		json_put_hex(
		    w->out, "certificate", slice_make(sha, sizeof(sha)));
	}
	json_put_text(w->out, "result", result);
	json_put_bool(w->out, "decryption", decrypts);
	json_put_text(w->out, "problem", rule);
	json_close(w->out);
}

/* What fails is told, and the rest goes on, unless it was taken back. */
static enum err
keep_all(struct work *w, struct archiving *a, struct errinfo *ei)
{
	json_open_array(w->out, "containers");
	for (size_t i = 0; i < a->num; i++) {
		const struct old *old = &a->old[i];
		struct errinfo why = {0};
		bool decrypts = false;

		if (old->kept.info.stays) {
			tell(w, old, "stays", false, NULL);
			continue;
		}
		if (atomic_load(w->stop)) {
			return err_set(ei, ERR_STATE, "agent.cancelled", NULL,
			    "the operation was taken back");
		}
		if (keep(w, a, old, &decrypts, &why) == ERR_OK) {
			tell(w, old, "copied", decrypts, NULL);
		} else {
			tell(w, old, "failed", false, why.rule);
		}
	}
	json_close(w->out);
	return ERR_OK;
}

/* --- the whole --------------------------------------------------------------
 */

static enum err
ask(struct work *w, struct archiving *a, struct errinfo *ei)
{
	struct question q;
	size_t num = 0;
	enum err e;

	for (size_t i = 0; i < a->num; i++) {
		num += !a->old[i].kept.info.stays;
	}
	if (num == 0) {
		return ERR_OK; /* there is nothing to agree to */
	}
	work_ask_for(w, &q, WORD_ARCHIVE, WORD_ARCHIVE_YES);
	for (size_t i = 0; i < a->num; i++) {
		if (!a->old[i].kept.info.stays) {
			work_put_place(&q, &a->old[i].kept);
		}
	}
	question_line(&q, WORD_TO_MEDIUM, slice_str(a->to.name));
	question_note(&q, WORD_ARCHIVE_NOTE);
	e = work_consent(w, &q, ei);
	return e != ERR_OK
		   ? e
		   : work_choose_password(w, a->to.name, &a->password, ei);
}

enum err
work_archive(struct work *w, struct errinfo *ei)
{
	struct archiving a = {.password = SECRET_EMPTY};
	enum err e = media_find(w->o->media, "registry", &a.to, ei);

	a.old = calloc(ARCHIVE_MAX + 1, sizeof(*a.old));
	if (a.old == NULL) {
		return err_nomem(ei);
	}
	if (e == ERR_OK) {
		e = find_due(w, &a, ei);
	}
	if (e == ERR_OK) {
		e = ask(w, &a, ei);
	}
	if (e == ERR_OK) {
		e = keep_all(w, &a, ei);
	}
	for (size_t i = 0; i < a.num; i++) {
		buf_clear(&a.old[i].cert);
	}
	free(a.old);
	secret_clear(&a.password);
	return e;
}
