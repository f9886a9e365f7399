/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_REGISTRY_FORM_H
#define SURGUCH_REGISTRY_FORM_H
/*
 * A form is one purchased certificate: for whom, under which profile, the
 * phone that its codes go to, and whom to ask.  Before anything is issued an
 * operator records how the owner was identified (H3) and approves the form;
 * the approval keeps a hash of everything that will be certified, so a later
 * change of any datum undoes it.
 *
 * The text of the identity document is encrypted (rule 9) and is not part of
 * form_get(); form_document() gives it, and writes an audit row.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/id.h"
#include "base/secret.h"
#include "registry/registry.h"
#include "registry/states.h"
#include "subject/subject.h"

struct issue_values;
struct profile;
struct rows;

struct form_data {
	const char *profile; /* "" or NULL: owner_kind_profile() */
	enum owner_kind owner_kind;
	struct id person; /* unless has_person is false */
	struct id org;    /* unless has_org is false */
	bool has_person;
	bool has_org;
	const char *phone; /* codes go there: must take SMS */
	const char *email; /* certified; "" : the person's own */
	const char *position;
	const char *unit;
	const char *centre_phone; /* «Нашли ошибку?»: whom to ask */
	const char *centre_manager;
	const char *centre_hours;
};

enum form_status {
	FORM_OPEN,
	FORM_WITHDRAWN,
	FORM_STATUS_MAX_
};

struct form {
	struct id id;
	int64_t version;
	enum form_status status;
	struct form_data data; /* absent texts are "" */
	const char *reason;    /* of a withdrawal */
	bool paid;
	int64_t paid_at;
	int64_t created_at;
	bool identified;
	int64_t identified_at;
	int identification_kind; /* profile/values.h; -1 none */
	bool approved;           /* and the data are as they were then */
	int64_t approved_at;     /* 0: never */
	/* SHA-256 over everything that the person checks and a certificate
	 * says, as it is now; what check and approve have to name. */
	uint8_t data_hash[REGISTRY_HASH_SIZE];
	/* The same with the identification: what an approval keeps. */
	uint8_t approval_hash[REGISTRY_HASH_SIZE];
	const char *identified_by;
	const char *approved_by;
	struct subject_fields fields; /* as subject_build() wants them */
	int64_t person_version;       /* 0 without a person */
	int64_t org_version;
	/* Another phone will hold from then on (phone_change.h); 0: none. */
	int64_t phone_changes_at;
	bool has_application;
	struct id application; /* the present one */
	enum app_state state;  /* its state; without one unpaid or ready */
	/* owners of the texts above */
	struct rows *rows;
	struct rows *person_rows;
	struct rows *org_rows;
};

/*
 * The data must make a whole subject: every error of subject_build(), naming
 * the field.  ERR_NOTFOUND "person.none", "organisation.none".  ERR_FORMAT
 * "subject.phone.*" and "form.phone.sms" (field "phone").
 */
ATTR_MUST_USE enum err form_create(struct registry *r, const struct act *act,
    const struct id *id, const struct form_data *data, struct errinfo *ei);
/* The phone may be another one until an application was begun, else ERR_STATE
 * "form.phone.cooling" (phone_change.h); the old one is told of it in the same
 * unit of work: ERR_AGAIN "notice.courier" when it cannot be.
 * ERR_STATE "form.state" once a certificate is being issued, or when the form
 * was withdrawn.  A living application goes back to its beginning by itself
 * when its next step finds other data. */
ATTR_MUST_USE enum err form_update(struct registry *r, const struct act *act,
    const struct id *id, int64_t version, const struct form_data *data,
    struct errinfo *ei);
/* ERR_NOTFOUND "form.none". */
ATTR_MUST_USE enum err form_get(struct registry *r, const struct id *id,
    struct form *out, struct errinfo *ei);
void form_clear(struct form *f);
/* Append the owner's name as messages call it: the person's, else the
 * organisation's. */
ATTR_MUST_USE enum err form_owner(
    const struct form *f, struct buf *out, struct errinfo *ei);

/* H2.  Paying a paid form is ERR_STATE "form.paid". */
ATTR_MUST_USE enum err form_pay(struct registry *r, const struct act *act,
    const struct id *id, struct errinfo *ei);

struct identification {
	int kind;             /* profile/values.h; now only IN PERSON */
	const char *document; /* "Паспорт РФ 6512 123456, выдан ..." */
	bool originals_seen; /* must be true */
};
/* H3.  ERR_POLICY "identification.originals", ERR_UNSUPPORTED
 * "identification.kind".  A new record undoes an approval. */
ATTR_MUST_USE enum err form_identify(struct registry *r, const struct act *act,
    const struct id *id, const struct identification *in, struct errinfo *ei);
/* The document's text, decrypted; the reading is audited. */
ATTR_MUST_USE enum err form_document(struct registry *r,
    const struct actor *actor, const struct id *id, struct secret *out,
    struct errinfo *ei);
/* What it has certified of its owner under the profile (NULL: the centre has it
 * no more): everything of `v` but the key and the idempotency key.  ERR_STATE
 * "form.profile"; the errors of subject_build(). */
ATTR_MUST_USE enum err form_put_values(const struct form *f,
    const struct profile *p, struct issue_values *v, struct errinfo *ei);
/* Would the profile certify that?  Those, and profile_check_names()'. */
ATTR_MUST_USE enum err form_check_values(
    const struct form *f, const struct profile *p, struct errinfo *ei);
/*
 * The operator has compared data and documents.  hash: form.data_hash as it
 * was shown; ERR_CONFLICT "form.changed" when the data are other by now;
 * ERR_STATE "form.identification" when no identification was recorded.
 */
ATTR_MUST_USE enum err form_approve(struct registry *r, const struct act *act,
    const struct id *id, const uint8_t hash[REGISTRY_HASH_SIZE],
    struct errinfo *ei);
/* With its application.  ERR_STATE "form.state" once it is being issued. */
ATTR_MUST_USE enum err form_withdraw(struct registry *r, const struct act *act,
    const struct id *id, const char *reason, struct errinfo *ei);

/* Does any open form name this phone?  One indexed read, the same for both
 * answers. */
ATTR_MUST_USE enum err form_phone_known(
    struct registry *r, const char *phone, bool *out, struct errinfo *ei);

/* A row of the list of A3. */
struct form_row {
	const char *phone;
	const char *email;              /* certified or the person's; "" */
	bool open;                      /* not withdrawn */
	bool has_certificate;           /* of the present application */
	struct id certificate;          /* valid when has_certificate, as are */
	const char *certificate_status; /* "good", "hold", "revoked" */
	int64_t certificate_not_after;
	struct id id;
	struct id application; /* valid when has_application */
	bool has_application;
	bool paid;
	enum owner_kind owner_kind;
	const char *profile;
	const char *surname; /* "" when absent; owned by the list */
	const char *given_name;
	const char *patronymic;
	const char *organisation_name;
	enum app_state state;
	enum app_next next;
	int64_t created_at;
	int64_t updated_at; /* the application's last step */
};
struct form_list {
	struct form_row *at;
	size_t num;
	struct rows *rows;
};
/* The open forms of a phone (phone NULL: all forms, for operators), by id
 * after *after, at most max and PAGE_ROWS_MAX. */
ATTR_MUST_USE enum err form_list(struct registry *r, const char *phone,
    const struct id *after, size_t max, struct form_list *out,
    struct errinfo *ei);
/* The same of a phone, of what changed at this time or later. */
ATTR_MUST_USE enum err form_list_changed(struct registry *r, const char *phone,
    int64_t since, const struct id *after, size_t max, struct form_list *out,
    struct errinfo *ei);
enum form_row_of {
	FORM_ROW_ITSELF,
	FORM_ROW_APPLICATION,
	FORM_ROW_CERTIFICATE,
};
/* One row, or none, by the id of the form, or of an application or a
 * certificate that it has or had. */
ATTR_MUST_USE enum err form_row_get(struct registry *r, enum form_row_of of,
    const struct id *id, struct form_list *out, struct errinfo *ei);
void form_list_clear(struct form_list *l);

#endif
