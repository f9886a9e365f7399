/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrations_priv.h"

const char *const migration_1_ca[] = {
    /*
     * Every certificate that a signer of ours has made.  The row is added
     * once; only status and application_id change.  journal is NULL for what
     * came from no journal (a CA's own certificate).
     */
    "CREATE TABLE certificate ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "ca TEXT NOT NULL, "
    "serial BLOB NOT NULL, "
    "sha256 BLOB NOT NULL UNIQUE, "
    "subject BLOB NOT NULL, "
    "spki_sha256 BLOB NOT NULL, "
    "der BLOB NOT NULL, "
    "not_before BIGINT NOT NULL, "
    "not_after BIGINT NOT NULL, "
    "profile TEXT NOT NULL, "
    "application_id BLOB REFERENCES application (id), "
    "journal BIGINT, "
    "issued_at BIGINT NOT NULL, "
    "status TEXT NOT NULL CHECK (status IN ('good', 'hold', 'revoked')), "
    "status_at BIGINT NOT NULL, "
    "UNIQUE (ca, serial), "
    "UNIQUE (ca, journal))",
    "CREATE INDEX certificate_application "
    "ON certificate (application_id, id)",
    "CREATE INDEX certificate_key ON certificate (spki_sha256, id)",
    "CREATE INDEX certificate_ending ON certificate (not_after, id)",

    /*
     * The present revocation or hold of a certificate; a released hold
     * leaves.  ca, serial and not_after repeat the certificate's, so that a
     * CRL is one walk along the index.
     */
    "CREATE TABLE revocation ("
    "certificate_id BLOB NOT NULL PRIMARY KEY REFERENCES certificate (id), "
    "ca TEXT NOT NULL, "
    "serial BLOB NOT NULL, "
    "not_after BIGINT NOT NULL, "
    "reason BIGINT NOT NULL, "
    "revoked_at BIGINT NOT NULL, "
    "invalidity_at BIGINT, "
    "actor TEXT NOT NULL, "
    "comment TEXT, "
    "entry BLOB NOT NULL, "
    "UNIQUE (ca, serial))",

    /* The CRLs that each CA keeps; a handful of rows. */
    "CREATE TABLE crl_shard ("
    "ca TEXT NOT NULL, "
    "shard BIGINT NOT NULL, "
    "number BIGINT NOT NULL, "
    "this_update BIGINT NOT NULL, "
    "next_update BIGINT NOT NULL, "
    "changes BIGINT NOT NULL, "
    "published BIGINT NOT NULL, "
    "sha256 BLOB, "
    "journal BIGINT, "
    "PRIMARY KEY (ca, shard))",

    /* Requests with an Idempotency-Key and what was answered to them. */
    "CREATE TABLE idem ("
    "account TEXT NOT NULL, "
    "operation TEXT NOT NULL, "
    "client_key TEXT NOT NULL, "
    "body_sha256 BLOB NOT NULL, "
    "signer_key BLOB UNIQUE, "
    "object_id BLOB, "
    "state TEXT NOT NULL CHECK (state IN ('open', 'done')), "
    "status BIGINT, "
    "content_type TEXT, "
    "answer BLOB, "
    "created_at BIGINT NOT NULL, "
    "finished_at BIGINT, "
    "PRIMARY KEY (account, operation, client_key))",
    "CREATE INDEX idem_state ON idem (state, created_at, signer_key)",
    NULL,
};

const char *const migration_2_lists[] = {
    /* The person that it was issued to; NULL for an organisation's and for
     * one that came from a journal without an order. */
    "ALTER TABLE certificate ADD COLUMN person_id BLOB REFERENCES person (id)",
    "UPDATE certificate SET person_id = (SELECT f.person_id "
    "FROM application a JOIN form f ON f.id = a.form_id "
    "WHERE a.id = certificate.application_id)",
    "CREATE INDEX certificate_person ON certificate (person_id, id)",
    /* Few have ended before their time: an issue adds nothing here. */
    "CREATE INDEX certificate_ended ON certificate (status, id) "
    "WHERE status <> 'good'",
    NULL,
};

const char *const migration_4_idem[] = {
    /*
     * A request and what was answered to it are one row, written once: what is
     * under way stands in the signer's journal.  certificate_id: the answer is
     * made again from that certificate, and answer is NULL.
     */
    "CREATE TABLE idem_once ("
    "account TEXT NOT NULL, "
    "operation TEXT NOT NULL, "
    "client_key TEXT NOT NULL, "
    "body_sha256 BLOB NOT NULL, "
    "status BIGINT NOT NULL, "
    "content_type TEXT, "
    "answer BLOB, "
    "certificate_id BLOB, "
    "created_at BIGINT NOT NULL, "
    "PRIMARY KEY (account, operation, client_key))",
    "INSERT INTO idem_once SELECT account, operation, client_key, body_sha256, "
    "status, content_type, answer, NULL, created_at FROM idem "
    "WHERE state = 'done'",
    "DROP TABLE idem",
    "ALTER TABLE idem_once RENAME TO idem",
    "CREATE INDEX idem_created ON idem (created_at)",
    NULL,
};

const char *const migration_5_roots[] = {
    /* The present revocation list of one who stands above a CA of ours, by
     * the SHA-256 of its public key: an older one must not come back. */
    "CREATE TABLE root_crl ("
    "issuer BLOB NOT NULL PRIMARY KEY, "
    "number BIGINT NOT NULL, "
    "der BLOB, "
    "taken_at BIGINT NOT NULL)",
    NULL,
};
