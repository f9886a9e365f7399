/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "desk.h"

#include <stdlib.h>
#include <string.h>

#include "os/random.h"

const struct person_data seed_person = {
    .surname = "Иванов",
    .given_name = "Иван",
    .patronymic = "Иванович",
    .snils = "075-001-221 05",
    .inn = "500100732259",
    .email = "direktor@e.ru",
};

const struct org_data seed_org = {
    .name = "ООО «АвтоСпор»",
    .inn = "6688242590",
    .ogrn = "1234567890127",
    .region = "66 Свердловская область",
    .locality = "Екатеринбург",
    .street = "ул. Ленина, 1",
};

struct id
desk_id(struct desk *d)
{
	struct errinfo ei = {0};
	struct id id;

	assert_ok(id_new(&d->f->clock, &id, &ei), &ei);
	return id;
}

int
desk_setup(void **state)
{
	static const uint8_t key[REGISTRY_KEY_SIZE] = {4, 5, 6};
	struct desk *d = calloc(1, sizeof(*d));
	struct errinfo ei = {0};
	struct id id;

	assert_non_null(d);
	d->f = fixture_new();
	assert_ok(registry_init(&d->r, d->f->store, &d->f->clock,
		      slice_make(key, sizeof(key)), &ei),
	    &ei);
	id = desk_id(d);
	actor_operator(&d->operator.actor, &id, "Мария");
	id = desk_id(d);
	actor_person(&d->person.actor, &id, SEED_PHONE);
	actor_system(&d->system.actor, "test");
	*state = d;
	return 0;
}

int
desk_teardown(void **state)
{
	struct desk *d = *state;

	registry_clear(&d->r);
	fixture_free(d->f);
	free(d);
	return 0;
}

struct form_data
desk_form_data(const struct desk *d)
{
	return (struct form_data){
	    .owner_kind = OWNER_ORG_WITH_PERSON,
	    .has_person = true,
	    .person = d->person_id,
	    .has_org = true,
	    .org = d->org_id,
	    .phone = "8 (916) 123-45-67",
	    .position = "директор",
	    .centre_phone = "88005005080",
	    .centre_manager = "Пётр Сергеев",
	    .centre_hours = "пн–пт 9–18",
	};
}

void
desk_register(struct desk *d)
{
	struct form_data data;
	struct errinfo ei = {0};

	d->person_id = desk_id(d);
	d->org_id = desk_id(d);
	d->form = desk_id(d);
	assert_ok(record_create(&person_kind, &d->r,
		      &d->operator, & d->person_id, &seed_person, &ei),
	    &ei);
	assert_ok(record_create(&org_kind, &d->r, &d->operator, & d->org_id,
		      &seed_org, &ei),
	    &ei);
	data = desk_form_data(d);
	assert_ok(form_create(&d->r, &d->operator, & d->form, &data, &ei), &ei);
}

void
desk_identify(struct desk *d)
{
	struct identification in = {
	    .document = "Паспорт РФ 6512 123456, выдан ОВД 01.02.2013",
	    .originals_seen = true,
	};
	struct errinfo ei = {0};

	assert_ok(form_identify(&d->r, &d->operator, & d->form, &in, &ei), &ei);
}

void
desk_approve_form(struct desk *d)
{
	struct errinfo ei = {0};
	struct form f;

	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_ok(
	    form_approve(&d->r, &d->operator, & d->form, f.data_hash, &ei),
	    &ei);
	form_clear(&f);
}

void
desk_ready(struct desk *d)
{
	struct errinfo ei = {0};

	desk_register(d);
	assert_ok(form_pay(&d->r, &d->operator, & d->form, &ei), &ei);
	desk_identify(d);
	desk_approve_form(d);
	d->app = desk_id(d);
	assert_ok(
	    application_create(&d->r, &d->person, &d->app, &d->form, &ei), &ei);
}

void
desk_check(struct desk *d)
{
	struct errinfo ei = {0};
	struct form f;

	assert_ok(form_get(&d->r, &d->form, &f, &ei), &ei);
	assert_ok(
	    application_check(&d->r, &d->person, &d->app, f.data_hash, &ei),
	    &ei);
	form_clear(&f);
}

void
desk_key(struct desk *d, const char *csr)
{
	struct errinfo ei = {0};

	assert_ok(application_set_request(
		      &d->r, &d->person, &d->app, slice_str(csr), NULL, &ei),
	    &ei);
}

void
desk_proof(struct desk *d, struct otp_proof *out)
{
	static const uint8_t session[32] = {7};
	struct otp_act act = {
	    .phone = SEED_PHONE,
	    .session = slice_make(session, sizeof(session)),
	    .act = MESSAGE_CONFIRM_REQUEST,
	    .what = "Иванов Иван Иванович",
	};
	struct application a;
	struct errinfo ei = {0};
	int64_t expires;
	int64_t resend;
	char code[16];

	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	assert_ok(application_confirm_hash(&a, act.content, &ei), &ei);
	application_clear(&a);
	assert_ok(otp_act_start(d->f->otp, &act, &expires, &resend, &ei), &ei);
	fixture_code(d->f, SEED_PHONE, code);
	assert_ok(
	    otp_act_check(d->f->otp, &act, slice_str(code), out, NULL, &ei),
	    &ei);
}

enum app_state
desk_state(struct desk *d)
{
	struct application a;
	struct errinfo ei = {0};
	enum app_state state;

	assert_ok(application_get(&d->r, &d->app, &a, &ei), &ei);
	state = a.state;
	application_clear(&a);
	return state;
}

void
desk_force(struct desk *d, enum app_state state)
{
	struct errinfo ei = {0};
	struct unit u;

	unit_init(&u);
	unit_add(&u, ST_APPLICATION_MOVE, EXPECT(1), V_ID(&d->app),
	    V_TEXT(app_state_name(desk_state(d))),
	    V_TEXT(app_state_name(state)), V_INT(TEST_NOW), V_TEXT(""));
	assert_ok(store_submit(d->f->store, &u, NULL, &ei), &ei);
	unit_clear(&u);
}

enum err
desk_issue_done(struct desk *d, struct id *out_certificate, struct errinfo *ei)
{
	struct id id = desk_id(d);
	struct slice fake = SLICE_LIT("a certificate");
	int64_t now = d->f->now_ms / 1000;
	struct unit u;
	enum err err;

	unit_init(&u);
	unit_add(&u, ST_CERTIFICATE_INSERT, EXPECT(1), V_ID(&id),
	    V_TEXT("demo"), V_BLOB(id_slice(&id)), V_BLOB(id_slice(&id)),
	    V_BLOB(fake), V_BLOB(id_slice(&id)), V_BLOB(fake), V_INT(now),
	    V_INT(now + 86400), V_TEXT("qualified-org-person"), V_ID(&d->app),
	    V_INT(now), V_INT(now), V_NULL);
	err = application_add_issued(
	    &u, &d->system.actor, &d->app, APP_ISSUING, &id, now, ei);
	if (err == ERR_OK) {
		err = store_submit(d->f->store, &u, NULL, ei);
	}
	unit_clear(&u);
	if (err == ERR_OK) {
		*out_certificate = id;
	}
	return err;
}
