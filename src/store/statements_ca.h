/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of the authority: certificate, revocation, crl_shard, idem.
 * Not a header of its own: store/statement.h and statement.c include it with
 * STATEMENT defined, and say there how a line is written.
 */
#ifndef STATEMENT
#define STATEMENT(symbol, name, sql, params, columns)
#endif

/* clang-format off */

/*
 * certificate.  A whole row, in the order of CERTIFICATE_INSERT:
 *  $1 id  $2 ca  $3 serial  $4 sha256  $5 subject (DER)  $6 spki_sha256
 *  $7 der  $8 not_before  $9 not_after  $10 profile  $11 application_id
 *  $12 journal (number of its record in the signer's journal; NULL for what
 *  no journal has)  $13 issued_at  $14 person_id (NULL: none is known).  The
 *  status begins as good.
 */
STATEMENT(CERTIFICATE_INSERT, "certificate.insert",
    "INSERT INTO certificate (id, ca, serial, sha256, subject, spki_sha256, "
    "der, not_before, not_after, profile, application_id, journal, "
    "issued_at, status, status_at, person_id) VALUES ($1, $2, $3, $4, $5, "
    "$6, $7, $8, $9, $10, $11, $12, $13, 'good', $13, $14)",
    "dtbbbbbiitDIiD", "")
/* Columns, of pages too: ca/certificate_columns.h */
STATEMENT(CERTIFICATE_GET, "certificate.get",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal, "
    "der FROM certificate WHERE id = $1",
    "d", "dtbbbiitDitiDIb")
STATEMENT(CERTIFICATE_BY_SHA256, "certificate.by_sha256",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal, "
    "der FROM certificate WHERE sha256 = $1",
    "b", "dtbbbiitDitiDIb")
STATEMENT(CERTIFICATE_BY_SERIAL, "certificate.by_serial",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal, "
    "der FROM certificate WHERE ca = $1 AND serial = $2",
    "tb", "dtbbbiitDitiDIb")
/* One with this key that is not of this person: spki_sha256, person_id. */
STATEMENT(CERTIFICATE_KEY_OF_OTHER, "certificate.key_of_other",
    "SELECT id FROM certificate WHERE spki_sha256 = $1 AND "
    "(person_id IS NULL OR person_id <> $2) ORDER BY id LIMIT 1",
    "bd", "d")
/* Status alone, for OCSP: ca, serial -> status, revoked_at, reason. */
STATEMENT(CERTIFICATE_STATUS, "certificate.status",
    "SELECT c.status, r.revoked_at, r.reason, r.invalidity_at "
    "FROM certificate c LEFT JOIN revocation r ON r.certificate_id = c.id "
    "WHERE c.ca = $1 AND c.serial = $2",
    "tb", "tIII")
/*
 * Pages.  By id (ids sort by age): after id, how many; of a person; of those
 * that have ended before their time, by status; of a CA, by the numbers of
 * its journal; by their end: after (not_after, id), before, how many.
 */
STATEMENT(CERTIFICATE_PAGE, "certificate.page",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal "
    "FROM certificate WHERE id > $1 ORDER BY id LIMIT $2",
    "di", "dtbbbiitDitiDI")
STATEMENT(CERTIFICATE_PAGE_PERSON, "certificate.page_person",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal "
    "FROM certificate WHERE person_id = $1 AND id > $2 ORDER BY id LIMIT $3",
    "ddi", "dtbbbiitDitiDI")
STATEMENT(CERTIFICATE_PAGE_ENDED, "certificate.page_ended",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal "
    "FROM certificate WHERE status = $1 AND status <> 'good' AND id > $2 "
    "ORDER BY id LIMIT $3",
    "tdi", "dtbbbiitDitiDI")
STATEMENT(CERTIFICATE_PAGE_CA, "certificate.page_ca",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal "
    "FROM certificate WHERE ca = $1 AND journal > $2 "
    "ORDER BY journal LIMIT $3",
    "tii", "dtbbbiitDitiDI")
STATEMENT(CERTIFICATE_PAGE_ENDING, "certificate.page_ending",
    "SELECT id, ca, serial, sha256, subject, not_before, not_after, profile, "
    "application_id, issued_at, status, status_at, person_id, journal "
    "FROM certificate WHERE (not_after, id) > ($1, $2) AND not_after < $3 "
    "ORDER BY not_after, id LIMIT $4",
    "idii", "dtbbbiitDitiDI")
/* Of a phone's forms, form after form: phone, after form, application and
 * certificate, how many; and the form and application that one of them belongs
 * to: id, phone.  CROSS JOIN has SQLite begin with the phone. */
STATEMENT(CERTIFICATE_PAGE_PHONE, "certificate.page_phone",
    "SELECT c.id, c.ca, c.serial, c.sha256, c.subject, c.not_before, "
    "c.not_after, c.profile, c.application_id, c.issued_at, c.status, "
    "c.status_at, c.person_id, c.journal FROM form f "
    "CROSS JOIN application a CROSS JOIN certificate c "
    "WHERE f.phone = $1 AND f.id >= $2 AND a.form_id = f.id "
    "AND c.application_id = a.id AND (f.id, a.id, c.id) > ($2, $3, $4) "
    "ORDER BY f.id, a.id, c.id LIMIT $5",
    "tdddi", "dtbbbiitDitiDI")
STATEMENT(CERTIFICATE_OF_PHONE, "certificate.of_phone",
    "SELECT f.id, a.id FROM certificate c JOIN application a "
    "ON a.id = c.application_id JOIN form f ON f.id = a.form_id "
    "WHERE c.id = $1 AND f.phone = $2",
    "dt", "dd")
/* application, how many */
STATEMENT(CERTIFICATE_OF_APPLICATION, "certificate.of_application",
    "SELECT id FROM certificate WHERE application_id = $1 "
    "ORDER BY id DESC LIMIT $2",
    "di", "d")
/* The highest journal number that is here, for adopting: no row or NULL when
 * there is none. */
STATEMENT(CERTIFICATE_JOURNAL_LAST, "certificate.journal_last",
    "SELECT max(journal) FROM certificate WHERE ca = $1", "t", "I")
/* Its journal is gone: no row of this CA is in one any more. */
STATEMENT(CERTIFICATE_JOURNAL_FORGET, "certificate.journal_forget",
    "UPDATE certificate SET journal = NULL "
    "WHERE ca = $1 AND journal IS NOT NULL", "t", "")
/* id, from, to, at: good -> revoked, good -> hold, hold -> good,
 * hold -> revoked; the caller's table of states decides. */
STATEMENT(CERTIFICATE_MOVE, "certificate.move",
    "UPDATE certificate SET status = $3, status_at = $4 "
    "WHERE id = $1 AND status = $2",
    "dtti", "")

/*
 * revocation: $1 certificate_id $2 ca $3 serial $4 not_after $5 reason (RFC
 * 5280 5.3.1; 0 where none is given) $6 revoked_at $7 invalidity_at $8 actor
 * $9 comment $10 entry (DER of its CRL entry).  Serials are compared
 * bytewise, as the octets of the INTEGER.
 */
STATEMENT(REVOCATION_INSERT, "revocation.insert",
    "INSERT INTO revocation (certificate_id, ca, serial, not_after, reason, "
    "revoked_at, invalidity_at, actor, comment, entry) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    "dtbiiiItTb", "")
/* A hold becomes final: id, reason, revoked_at, actor, comment, entry. */
STATEMENT(REVOCATION_FINISH, "revocation.finish",
    "UPDATE revocation SET reason = $2, revoked_at = $3, actor = $4, "
    "comment = $5, entry = $6 WHERE certificate_id = $1 AND reason = 6",
    "diitTb", "")
/* A hold is released. */
STATEMENT(REVOCATION_RELEASE, "revocation.release",
    "DELETE FROM revocation WHERE certificate_id = $1 AND reason = 6",
    "d", "")
/* ca, serial -> entry */
STATEMENT(REVOCATION_ENTRY, "revocation.entry",
    "SELECT entry FROM revocation WHERE ca = $1 AND serial = $2", "tb", "b")
/* For a CRL: ca, after serial (first: an empty blob), still valid at, how many
 * -> serial, entry; in serial order. */
STATEMENT(REVOCATION_FOR_CRL, "revocation.for_crl",
    "SELECT serial, entry FROM revocation "
    "WHERE ca = $1 AND serial > $2 AND not_after >= $3 "
    "ORDER BY serial LIMIT $4",
    "tbii", "bb")

/*
 * crl_shard: one row for each CRL that a CA keeps (shard 0 is the full one,
 * ca/shard.h says what others are).
 * Every revocation adds 1 to `changes`; publishing notes the count that its
 * entries were read under, so a revocation in between leaves it dirty.  A
 * delta's row notes the count of the list that it is of.
 */
STATEMENT(CRL_SHARD_ADD, "crl_shard.add",
    "INSERT INTO crl_shard (ca, shard, number, this_update, next_update, "
    "changes, published) VALUES ($1, $2, 0, 0, 0, 1, 0) "
    "ON CONFLICT (ca, shard) DO NOTHING",
    "ti", "")
/* The delta's row of each list of a CA that has none. */
STATEMENT(CRL_SHARD_ADD_DELTAS, "crl_shard.add_deltas",
    "INSERT INTO crl_shard (ca, shard, number, this_update, next_update, "
    "changes, published) SELECT ca, -1 - shard, 0, 0, 0, 1, 0 FROM crl_shard "
    "WHERE ca = $1 AND shard >= 0 ON CONFLICT (ca, shard) DO NOTHING",
    "t", "")
STATEMENT(CRL_SHARD_TOUCH, "crl_shard.touch",
    "UPDATE crl_shard SET changes = changes + 1 WHERE ca = $1 AND shard = $2",
    "ti", "")
/* All of a CA: what they hold may be the same, they are to be made anew. */
STATEMENT(CRL_SHARD_TOUCH_ALL, "crl_shard.touch_all",
    "UPDATE crl_shard SET changes = changes + 1, next_update = 0 WHERE ca = $1",
    "t", "")
/* Numbers go on above this one: ca, shard, number. */
STATEMENT(CRL_SHARD_RAISE, "crl_shard.raise",
    "UPDATE crl_shard SET number = $3 "
    "WHERE ca = $1 AND shard = $2 AND number < $3",
    "tii", "")
/* All of a CA -> shard, number, this_update, next_update, changes, published;
 * deltas first. */
STATEMENT(CRL_SHARD_LIST, "crl_shard.list",
    "SELECT shard, number, this_update, next_update, changes, published "
    "FROM crl_shard WHERE ca = $1 ORDER BY shard",
    "t", "iiiiii")
/* The highest number of any: no row or NULL when there is none. */
STATEMENT(CRL_SHARD_LAST, "crl_shard.last",
    "SELECT max(number) FROM crl_shard WHERE ca = $1", "t", "I")
/* -> number, this_update, next_update, changes, published, sha256, journal */
STATEMENT(CRL_SHARD_GET, "crl_shard.get",
    "SELECT number, this_update, next_update, changes, published, sha256, "
    "journal FROM crl_shard WHERE ca = $1 AND shard = $2",
    "ti", "iiiiiBI")
/* ca, shard, number (only upwards), this_update, next_update, the count of
 * changes that it holds, sha256, journal number */
STATEMENT(CRL_SHARD_PUBLISH, "crl_shard.publish",
    "UPDATE crl_shard SET number = $3, this_update = $4, next_update = $5, "
    "published = $6, sha256 = $7, journal = $8 "
    "WHERE ca = $1 AND shard = $2 AND number < $3",
    "tiiiiibI", "")
/* Dirty, or to be renewed by then: next_update <= $1 -> ca, shard, number */
STATEMENT(CRL_SHARD_DUE, "crl_shard.due",
    "SELECT ca, shard, number, changes FROM crl_shard "
    "WHERE changes > published OR next_update <= $1 LIMIT $2",
    "ii", "tiii")

/*
 * root_crl: the present list of one who stands above a CA of ours, under the
 * SHA-256 of its public key.
 */
STATEMENT(ROOT_CRL_ADD, "root_crl.add",
    "INSERT INTO root_crl (issuer, number, taken_at) VALUES ($1, 0, 0) "
    "ON CONFLICT (issuer) DO NOTHING",
    "b", "")
/* issuer, number (only upwards), the list, now */
STATEMENT(ROOT_CRL_REPLACE, "root_crl.replace",
    "UPDATE root_crl SET number = $2, der = $3, taken_at = $4 "
    "WHERE issuer = $1 AND number < $2",
    "bibi", "")
/* -> the list; no row when there is none */
STATEMENT(ROOT_CRL_GET, "root_crl.get",
    "SELECT der FROM root_crl WHERE issuer = $1 AND der IS NOT NULL", "b", "b")

/*
 * idem: $1 account  $2 operation  $3 the client's key  $4 body_sha256
 * $5 status  $6 content type  $7 answer  $8 certificate_id (the answer is made
 * from it; 6 and 7 are NULL)  $9 created_at.  A twin fails as "unique".
 */
STATEMENT(IDEM_INSERT, "idem.insert",
    "INSERT INTO idem (account, operation, client_key, body_sha256, status, "
    "content_type, answer, certificate_id, created_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    "tttbiTBDi", "")
/* The same for a certificate that is adopted, unless there is one. */
STATEMENT(IDEM_ADOPT, "idem.adopt",
    "INSERT INTO idem (account, operation, client_key, body_sha256, status, "
    "certificate_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
    "ON CONFLICT DO NOTHING",
    "tttbidi", "")
/* Columns: 0 body_sha256, 1 status, 2 content_type, 3 answer,
 * 4 certificate_id */
STATEMENT(IDEM_GET, "idem.get",
    "SELECT body_sha256, status, content_type, answer, certificate_id "
    "FROM idem WHERE account = $1 AND operation = $2 AND client_key = $3",
    "ttt", "biTBD")
/* Older than (30 days are kept): created before. */
STATEMENT(IDEM_PURGE, "idem.purge",
    "DELETE FROM idem WHERE created_at < $1",
    "i", "")
