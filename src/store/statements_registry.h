/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of people, organisations, forms, applications and documents.
 * Not a header of its own: store/statement.h and statement.c include it with
 * STATEMENT defined, and say there how a line is written.
 */
#ifndef STATEMENT
#define STATEMENT(symbol, name, sql, params, columns)
#endif

/* clang-format off */

/* The word index of search (design rule 13): kind of thing, word, id. */
STATEMENT(WORD_ADD, "word.add",
    "INSERT INTO word (kind, word, owner_id) VALUES ($1, $2, $3) "
    "ON CONFLICT (kind, word, owner_id) DO NOTHING",
    "tbd", "")
STATEMENT(WORD_DROP, "word.drop",
    "DELETE FROM word WHERE kind = $1 AND owner_id = $2", "td", "")
/* How many rows a prefix has, counted up to a number: kind, prefix, end. */
STATEMENT(WORD_COUNT, "word.count",
    "SELECT count(*) FROM (SELECT 1 FROM word WHERE kind = $1 "
    "AND word >= $2 AND word <= $3 LIMIT $4) AS at_most",
    "tbbi", "i")
/* The row behind so many others: kind, after (word, owner_id), to word, how
 * many -> word, owner_id. */
STATEMENT(WORD_BEHIND, "word.behind",
    "SELECT word, owner_id FROM word WHERE kind = $1 "
    "AND (word, owner_id) > ($2, $3) AND word <= $4 "
    "ORDER BY word, owner_id LIMIT 1 OFFSET $5",
    "tbbbi", "bd")
/*
 * A page of a prefix search in the order of the words: $1 kind, $2 $3 after
 * (word, owner_id), $4 $5 up to (word, owner_id), $6 the prefix, $7 $8 and
 * $9 $10 two more prefixes with their ends, which the owner has too, $11 how
 * many -> word, owner_id.  The first page starts after (prefix, empty blob); a
 * prefix's end is the prefix with an octet 0xff behind it.  An owner comes
 * once, at the first of its words that begins so.  "OFFSET 0" changes nothing
 * but PostgreSQL's plan: without it a join may be made of the subqueries, which
 * walks all of a common word for each row.
 */
STATEMENT(WORD_FIND, "word.find",
    "SELECT w.word, w.owner_id FROM word w WHERE w.kind = $1 "
    "AND (w.word, w.owner_id) > ($2, $3) "
    "AND (w.word, w.owner_id) <= ($4, $5) "
    "AND EXISTS (SELECT 1 FROM word a WHERE a.kind = $1 "
    "AND a.owner_id = w.owner_id AND a.word >= $7 AND a.word <= $8 "
    "LIMIT 1 OFFSET 0) "
    "AND EXISTS (SELECT 1 FROM word b WHERE b.kind = $1 "
    "AND b.owner_id = w.owner_id AND b.word >= $9 AND b.word <= $10 "
    "LIMIT 1 OFFSET 0) "
    "AND NOT EXISTS (SELECT 1 FROM word f WHERE f.kind = $1 "
    "AND f.owner_id = w.owner_id AND f.word >= $6 AND f.word < w.word "
    "LIMIT 1 OFFSET 0) "
    "ORDER BY w.word, w.owner_id LIMIT $11",
    "tbbbbbbbbbi", "bd")

/*
 * org, person: $1 id, then the texts in the order of the columns ("" where
 * absent), then the time.  An update names the version that it was made
 * against.
 */
STATEMENT(ORG_INSERT, "org.insert",
    "INSERT INTO org (id, name, inn, kpp, ogrn, fss_number, region, "
    "locality, street, created_at, changed_at, version) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, 1)",
    "dtttttttti", "")
STATEMENT(ORG_UPDATE, "org.update",
    "UPDATE org SET name = $2, inn = $3, kpp = $4, ogrn = $5, "
    "fss_number = $6, region = $7, locality = $8, street = $9, "
    "changed_at = $10, version = version + 1 "
    "WHERE id = $1 AND version = $11",
    "dttttttttii", "")
/* The row is still the one that was read: id, version. */
STATEMENT(ORG_SAME, "org.same",
    "UPDATE org SET version = version WHERE id = $1 AND version = $2",
    "di", "")
/* Columns: 0 id, 1 version, 2 created_at, 3 name, 4 inn, 5 kpp, 6 ogrn,
 * 7 fss_number, 8 region, 9 locality, 10 street */
STATEMENT(ORG_GET, "org.get",
    "SELECT id, version, created_at, name, inn, kpp, ogrn, fss_number, "
    "region, locality, street FROM org WHERE id = $1",
    "d", "diitttttttt")
STATEMENT(ORG_PAGE, "org.page",
    "SELECT id, version, created_at, name, inn, kpp, ogrn, fss_number, "
    "region, locality, street FROM org WHERE id > $1 ORDER BY id LIMIT $2",
    "di", "diitttttttt")

STATEMENT(PERSON_INSERT, "person.insert",
    "INSERT INTO person (id, surname, given_name, patronymic, snils, inn, "
    "ogrnip, email, region, locality, street, created_at, changed_at, "
    "version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
    "$12, 1)",
    "dtttttttttti", "")
STATEMENT(PERSON_UPDATE, "person.update",
    "UPDATE person SET surname = $2, given_name = $3, patronymic = $4, "
    "snils = $5, inn = $6, ogrnip = $7, email = $8, region = $9, "
    "locality = $10, street = $11, changed_at = $12, version = version + 1 "
    "WHERE id = $1 AND version = $13",
    "dttttttttttii", "")
STATEMENT(PERSON_SAME, "person.same",
    "UPDATE person SET version = version WHERE id = $1 AND version = $2",
    "di", "")
/* Columns: 0 id, 1 version, 2 created_at, 3 surname, 4 given_name,
 * 5 patronymic, 6 snils, 7 inn, 8 ogrnip, 9 email, 10 region, 11 locality,
 * 12 street */
STATEMENT(PERSON_GET, "person.get",
    "SELECT id, version, created_at, surname, given_name, patronymic, "
    "snils, inn, ogrnip, email, region, locality, street FROM person "
    "WHERE id = $1",
    "d", "diitttttttttt")
STATEMENT(PERSON_PAGE, "person.page",
    "SELECT id, version, created_at, surname, given_name, patronymic, "
    "snils, inn, ogrnip, email, region, locality, street FROM person "
    "WHERE id > $1 ORDER BY id LIMIT $2",
    "di", "diitttttttttt")

/* form: $1 id $2 profile $3 owner_kind $4 person_id $5 org_id $6 phone
 * $7 email $8 unit $9 post $10..$12 centre_phone, _manager, _hours $13 now */
STATEMENT(FORM_INSERT, "form.insert",
    "INSERT INTO form (id, profile, owner_kind, person_id, org_id, phone, "
    "email, unit, post, centre_phone, centre_manager, centre_hours, "
    "created_at, changed_at, version, state, reason) VALUES ($1, $2, $3, "
    "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 1, 'open', '')",
    "dttDDttttttti", "")
/* The same and $14 the version. */
STATEMENT(FORM_UPDATE, "form.update",
    "UPDATE form SET profile = $2, owner_kind = $3, person_id = $4, "
    "org_id = $5, phone = $6, email = $7, unit = $8, post = $9, "
    "centre_phone = $10, centre_manager = $11, centre_hours = $12, "
    "changed_at = $13, version = version + 1 "
    "WHERE id = $1 AND version = $14 AND state = 'open'",
    "dttDDtttttttii", "")
STATEMENT(FORM_SAME, "form.same",
    "UPDATE form SET version = version WHERE id = $1 AND version = $2 "
    "AND state = 'open'",
    "di", "")
/* id, version, now */
STATEMENT(FORM_PAY, "form.pay",
    "UPDATE form SET paid_at = $3, changed_at = $3, version = version + 1 "
    "WHERE id = $1 AND version = $2 AND state = 'open' AND paid_at IS NULL",
    "dii", "")
/* id, version, now, by whom, kind, document (sealed): undoes an approval */
STATEMENT(FORM_IDENTIFY, "form.identify",
    "UPDATE form SET identified_at = $3, identified_by = $4, "
    "identified_kind = $5, identified_document = $6, approved_at = NULL, "
    "approved_by = NULL, approved_sha256 = NULL, changed_at = $3, "
    "version = version + 1 "
    "WHERE id = $1 AND version = $2 AND state = 'open'",
    "diitib", "")
/* id, version, now, by whom, sha256 */
STATEMENT(FORM_APPROVE, "form.approve",
    "UPDATE form SET approved_at = $3, approved_by = $4, "
    "approved_sha256 = $5, changed_at = $3, version = version + 1 "
    "WHERE id = $1 AND version = $2 AND state = 'open' "
    "AND identified_at IS NOT NULL",
    "diitb", "")
/* id, version, now, reason */
STATEMENT(FORM_WITHDRAW, "form.withdraw",
    "UPDATE form SET state = 'withdrawn', reason = $4, changed_at = $3, "
    "version = version + 1 "
    "WHERE id = $1 AND version = $2 AND state = 'open'",
    "diit", "")
/* id, version, now, application: its present one */
STATEMENT(FORM_SET_APPLICATION, "form.set_application",
    "UPDATE form SET application_id = $4, changed_at = $3, "
    "version = version + 1 "
    "WHERE id = $1 AND version = $2 AND state = 'open'",
    "diid", "")
/*
 * Columns: 0 id, 1 version, 2 created_at, 3 state, 4 profile, 5 owner_kind,
 * 6 person_id, 7 org_id, 8 phone, 9 email, 10 unit, 11 post,
 * 12 centre_phone, 13 centre_manager, 14 centre_hours, 15 paid_at,
 * 16 identified_at, 17 identified_by, 18 identified_kind,
 * 19 identified_document, 20 approved_at, 21 approved_by,
 * 22 approved_sha256, 23 reason, 24 application_id, 25 its state
 */
STATEMENT(FORM_GET, "form.get",
    "SELECT f.id, f.version, f.created_at, f.state, f.profile, "
    "f.owner_kind, f.person_id, f.org_id, f.phone, f.email, f.unit, f.post, "
    "f.centre_phone, f.centre_manager, f.centre_hours, f.paid_at, "
    "f.identified_at, f.identified_by, f.identified_kind, "
    "f.identified_document, f.approved_at, f.approved_by, "
    "f.approved_sha256, f.reason, f.application_id, a.state, p.effect_at "
    "FROM form f LEFT JOIN application a ON a.id = f.application_id "
    "LEFT JOIN phone_change p ON p.form_id = f.id AND p.state = 'waiting' "
    "WHERE f.id = $1",
    "d", "diitttDDtttttttIITIBITBtDTI")
/* Does an open form name this phone: at most one row. */
STATEMENT(FORM_PHONE, "form.phone",
    "SELECT id FROM form WHERE phone = $1 AND state = 'open' "
    "ORDER BY id LIMIT 1",
    "t", "d")
/*
 * The list of a phone (A3), or of all: [phone,] after id, how many; one row, by
 * the form's id, its application's, its certificate's; of a phone what changed
 * since: phone, after id, since, how many.
 * Columns: 0 id, 1 created_at, 2 profile, 3 owner_kind, 4 paid_at,
 * 5 surname, 6 given_name, 7 patronymic, 8 organisation, 9 application_id,
 * 10 its state, 11 its changed_at, 12 certificate_id, 13 its status, 14 its
 * not_after, 15 phone, 16 state of the form
 */
#undef FORM_ROWS
#define FORM_ROWS \
    "SELECT f.id, f.created_at, f.profile, f.owner_kind, f.paid_at, " \
    "p.surname, p.given_name, p.patronymic, o.name, f.application_id, " \
    "a.state, a.changed_at, c.id, c.status, c.not_after, f.phone, f.state, " \
    "COALESCE(NULLIF(f.email, ''), p.email, '') " \
    "FROM form f " \
    "LEFT JOIN person p ON p.id = f.person_id " \
    "LEFT JOIN org o ON o.id = f.org_id " \
    "LEFT JOIN application a ON a.id = f.application_id " \
    "LEFT JOIN certificate c ON c.id = a.certificate_id "
#undef FORM_ROWS_COLUMNS
#define FORM_ROWS_COLUMNS "dittITTTTDTIDTIttt"
STATEMENT(FORM_PAGE_PHONE, "form.page_phone",
    FORM_ROWS "WHERE f.phone = $1 AND f.state = 'open' AND f.id > $2 "
    "ORDER BY f.id LIMIT $3",
    "tdi", FORM_ROWS_COLUMNS)
STATEMENT(FORM_PAGE, "form.page",
    FORM_ROWS "WHERE f.id > $1 ORDER BY f.id LIMIT $2",
    "di", FORM_ROWS_COLUMNS)
STATEMENT(FORM_CHANGED, "form.changed",
    FORM_ROWS "WHERE f.phone = $1 AND f.state = 'open' AND f.id > $2 "
    "AND (f.changed_at >= $3 OR a.changed_at >= $3 OR c.status_at >= $3) "
    "ORDER BY f.id LIMIT $4",
    "tdii", FORM_ROWS_COLUMNS)
STATEMENT(FORM_ROW, "form.row",
    FORM_ROWS "WHERE f.id = $1", "d", FORM_ROWS_COLUMNS)
STATEMENT(FORM_ROW_OF_APPLICATION, "form.row_of_application",
    FORM_ROWS "WHERE f.id = (SELECT form_id FROM application WHERE id = $1)",
    "d", FORM_ROWS_COLUMNS)
STATEMENT(FORM_ROW_OF_CERTIFICATE, "form.row_of_certificate",
    FORM_ROWS "WHERE f.id = (SELECT x.form_id FROM application x "
    "JOIN certificate y ON y.application_id = x.id WHERE y.id = $1)",
    "d", FORM_ROWS_COLUMNS)

/* All of a phone, withdrawn ones too: phone, how many; the newest first. */
STATEMENT(FORM_OF_PHONE, "form.of_phone",
    "SELECT id FROM form WHERE phone = $1 ORDER BY id DESC LIMIT $2",
    "ti", "d")

/* application: id, form_id, state, now */
STATEMENT(APPLICATION_INSERT, "application.insert",
    "INSERT INTO application (id, form_id, state, created_at, changed_at, "
    "reason) VALUES ($1, $2, $3, $4, $4, '')",
    "ddti", "")
/* Every step of the state machine: id, from, to, now, reason or "". */
STATEMENT(APPLICATION_MOVE, "application.move",
    "UPDATE application SET state = $3, changed_at = $4, reason = $5 "
    "WHERE id = $1 AND state = $2",
    "dttit", "")
/* What a step keeps besides; after APPLICATION_MOVE in the same unit. */
STATEMENT(APPLICATION_CHECKED, "application.checked",
    "UPDATE application SET checked_sha256 = $2 WHERE id = $1", "db", "")
/* id, csr, csr_sha256, issue_key, medium: kind, name, container or NULL */
STATEMENT(APPLICATION_REQUEST, "application.request",
    "UPDATE application SET csr = $2, csr_sha256 = $3, issue_key = $4, "
    "medium_kind = $5, medium_name = $6, medium_container = $7 "
    "WHERE id = $1",
    "dbbbTTT", "")
STATEMENT(APPLICATION_NO_REQUEST, "application.no_request",
    "UPDATE application SET csr = NULL, csr_sha256 = NULL, "
    "issue_key = NULL, checked_sha256 = NULL, medium_kind = NULL, "
    "medium_name = NULL, medium_container = NULL WHERE id = $1",
    "d", "")
STATEMENT(APPLICATION_CERTIFICATE, "application.certificate",
    "UPDATE application SET certificate_id = $2 "
    "WHERE id = $1 AND certificate_id IS NULL",
    "dd", "")
/* The request is still the one that was read: id, csr_sha256. */
STATEMENT(APPLICATION_SAME, "application.same",
    "UPDATE application SET changed_at = changed_at "
    "WHERE id = $1 AND csr_sha256 = $2",
    "db", "")
/*
 * Columns: 0 id, 1 form_id, 2 state, 3 created_at, 4 changed_at,
 * 5 checked_sha256, 6 csr, 7 csr_sha256, 8 issue_key, 9 certificate_id,
 * 10 reason, 11 medium_kind, 12 medium_name, 13 medium_container
 */
#undef APPLICATION_ROW
#define APPLICATION_ROW \
    "SELECT id, form_id, state, created_at, changed_at, checked_sha256, " \
    "csr, csr_sha256, issue_key, certificate_id, reason, medium_kind, " \
    "medium_name, medium_container FROM application "
STATEMENT(APPLICATION_GET, "application.get",
    APPLICATION_ROW "WHERE id = $1", "d", "ddtiiBBBBDtTTT")
STATEMENT(APPLICATION_BY_ISSUE_KEY, "application.by_issue_key",
    APPLICATION_ROW "WHERE issue_key = $1", "b", "ddtiiBBBBDtTTT")
/* form, how many; the newest first */
STATEMENT(APPLICATION_OF_FORM, "application.of_form",
    "SELECT id FROM application WHERE form_id = $1 ORDER BY id DESC LIMIT $2",
    "di", "d")
/* state, after id, how many -> id, form_id, changed_at */
STATEMENT(APPLICATION_PAGE, "application.page",
    "SELECT id, form_id, changed_at FROM application "
    "WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3",
    "tdi", "ddi")

/* phone_change: $1 id $2 form_id $3 old_phone $4 new_phone $5 asked_by
 * $6 asked_at $7 evidence_kind $8 evidence_reference $9 evidence_at
 * $10 effect_at $11 remind_at $12 objection_sha256 */
STATEMENT(PHONE_CHANGE_INSERT, "phone_change.insert",
    "INSERT INTO phone_change (id, form_id, old_phone, new_phone, asked_by, "
    "asked_at, evidence_kind, evidence_reference, evidence_at, effect_at, "
    "remind_at, objection_sha256, state, reason) VALUES ($1, $2, $3, $4, $5, "
    "$6, $7, $8, $9, $10, $11, $12, 'waiting', '')",
    "ddtttittiiiB", "")
/* 0 id, 1 form_id, 2 state, 3 old_phone, 4 new_phone, 5 asked_by, 6 asked_at,
 * 7 evidence_kind, 8 evidence_reference, 9 evidence_at, 10 effect_at,
 * 11 ended_at, 12 reason */
#undef PHONE_CHANGE_ROW
#define PHONE_CHANGE_ROW \
    "SELECT id, form_id, state, old_phone, new_phone, asked_by, asked_at, " \
    "evidence_kind, evidence_reference, evidence_at, effect_at, ended_at, " \
    "reason FROM phone_change "
STATEMENT(PHONE_CHANGE_GET, "phone_change.get",
    PHONE_CHANGE_ROW "WHERE id = $1", "d", "ddttttittiiIt")
STATEMENT(PHONE_CHANGE_BY_CODE, "phone_change.by_code",
    PHONE_CHANGE_ROW "WHERE objection_sha256 = $1", "b", "ddttttittiiIt")
/* The newest of a form that its old number's holder refused. */
STATEMENT(PHONE_CHANGE_REFUSED, "phone_change.refused",
    PHONE_CHANGE_ROW "WHERE form_id = $1 AND state = 'refused' "
    "ORDER BY id DESC LIMIT 1", "d", "ddttttittiiIt")
/* state, after id, how many */
STATEMENT(PHONE_CHANGE_PAGE, "phone_change.page",
    PHONE_CHANGE_ROW "WHERE state = $1 AND id > $2 ORDER BY id LIMIT $3",
    "tdi", "ddttttittiiIt")
/* Those whose time has come, and those of withdrawn forms: now, how many */
STATEMENT(PHONE_CHANGE_DUE, "phone_change.due",
    PHONE_CHANGE_ROW "WHERE state = 'waiting' AND (effect_at <= $1 OR EXISTS "
    "(SELECT 1 FROM form f WHERE f.id = form_id AND f.state = 'withdrawn')) "
    "AND id > $3 ORDER BY id LIMIT $2", "iid", "ddttttittiiIt")
STATEMENT(PHONE_CHANGE_SOON, "phone_change.soon",
    PHONE_CHANGE_ROW "WHERE state = 'waiting' AND remind_at <= $1 "
    "AND effect_at > $1 AND reminded_at IS NULL AND id > $3 "
    "ORDER BY id LIMIT $2",
    "iid", "ddttttittiiIt")
STATEMENT(PHONE_CHANGE_REMINDED, "phone_change.reminded",
    "UPDATE phone_change SET reminded_at = $2 WHERE id = $1 "
    "AND state = 'waiting' AND reminded_at IS NULL",
    "di", "")
/* id, state, now, reason */
STATEMENT(PHONE_CHANGE_END, "phone_change.end",
    "UPDATE phone_change SET state = $2, ended_at = $3, reason = $4 "
    "WHERE id = $1 AND state = 'waiting'",
    "dtit", "")
/* form, its phone, the new one, now */
STATEMENT(FORM_SET_PHONE, "form.set_phone",
    "UPDATE form SET phone = $3, changed_at = $4, version = version + 1 "
    "WHERE id = $1 AND phone = $2 AND state = 'open'",
    "dtti", "")

/* statement: $1 id $2 application_id $3 kind $4 text_version $5 content
 * $6 content_sha256 $7 signature $8 signer_sha256 $9 created_at */
STATEMENT(STATEMENT_INSERT, "statement.insert",
    "INSERT INTO statement (id, application_id, kind, text_version, "
    "content, content_sha256, signature, signer_sha256, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    "ddttbbBBi", "")
/* application, after id, how many -> 0 id, 1 kind, 2 text_version,
 * 3 content, 4 content_sha256, 5 signature, 6 signer_sha256, 7 created_at */
STATEMENT(STATEMENT_PAGE, "statement.page",
    "SELECT id, kind, text_version, content, content_sha256, signature, "
    "signer_sha256, created_at FROM statement "
    "WHERE application_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    "ddi", "dttbbBBi")

/* clang-format on */
