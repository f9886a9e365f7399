/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_REGISTRY_DESK_H
#define SURGUCH_TESTS_REGISTRY_DESK_H
/*
 * The registry over the fixture's centre, with the person, the organisation
 * and the form of seed 000 (and what its form lacks: the person's own ИНН and
 * a street), and helpers that walk an application on.
 */
#include "fixture.h"
#include "registry/application.h"
#include "registry/form.h"
#include "registry/org.h"
#include "registry/person.h"
#include "registry/registry.h"

#define SEED_PHONE "+79161234567"

struct desk {
	struct fixture *f;
	struct registry r;
	struct act operator;
	struct act person;
	struct act system;
	struct id person_id;
	struct id org_id;
	struct id form;
	struct id app;
};

extern const struct person_data seed_person;
extern const struct org_data seed_org;

int desk_setup(void **state);
int desk_teardown(void **state);

struct id desk_id(struct desk *d);
/* Person, organisation and form as in the seed. */
void desk_register(struct desk *d);
struct form_data desk_form_data(const struct desk *d);
void desk_identify(struct desk *d);
void desk_approve_form(struct desk *d);
/* Paid, identified, approved, and an application in `ready`. */
void desk_ready(struct desk *d);
void desk_check(struct desk *d);
void desk_key(struct desk *d, const char *csr);
/* A right code for what the application stands for now. */
void desk_proof(struct desk *d, struct otp_proof *out);
enum app_state desk_state(struct desk *d);
/* Put the application into a state without asking the table. */
void desk_force(struct desk *d, enum app_state state);
/* Unit (b) of issuing, with a certificate that is only a blob. */
enum err desk_issue_done(
    struct desk *d, struct id *out_certificate, struct errinfo *ei);

#endif
