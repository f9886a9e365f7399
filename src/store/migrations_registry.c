/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrations_priv.h"

const char *const migration_1_registry[] = {
    /*
     * Words of folded names (base/text.h text_fold()) as blobs, which both
     * engines compare bytewise: a prefix of any word is one range of the key.
     */
    "CREATE TABLE word ("
    "kind TEXT NOT NULL, "
    "word BLOB NOT NULL, "
    "owner_id BLOB NOT NULL, "
    "PRIMARY KEY (kind, word, owner_id))",
    "CREATE INDEX word_owner ON word (kind, owner_id)",

    /*
     * Optional texts are "" when absent.  version rises with each change.
     */
    "CREATE TABLE org ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "version BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL, "
    "name TEXT NOT NULL, "
    "inn TEXT NOT NULL, "
    "kpp TEXT NOT NULL, "
    "ogrn TEXT NOT NULL, "
    "fss_number TEXT NOT NULL, "
    "region TEXT NOT NULL, "
    "locality TEXT NOT NULL, "
    "street TEXT NOT NULL)",
    "CREATE INDEX org_inn ON org (inn, id)",
    "CREATE INDEX org_ogrn ON org (ogrn, id)",

    "CREATE TABLE person ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "version BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL, "
    "surname TEXT NOT NULL, "
    "given_name TEXT NOT NULL, "
    "patronymic TEXT NOT NULL, "
    "snils TEXT NOT NULL, "
    "inn TEXT NOT NULL, "
    "ogrnip TEXT NOT NULL, "
    "email TEXT NOT NULL, "
    "region TEXT NOT NULL, "
    "locality TEXT NOT NULL, "
    "street TEXT NOT NULL)",
    "CREATE INDEX person_snils ON person (snils, id)",

    /*
     * One purchased certificate.  identified_*: H3, who, when, how, by which
     * document (sealed under the centre's data key, design rule 9), originals
     * seen.  approved_sha256: of everything that was approved.
     */
    "CREATE TABLE form ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "version BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL, "
    "state TEXT NOT NULL CHECK (state IN ('open', 'withdrawn')), "
    "profile TEXT NOT NULL, "
    "owner_kind TEXT NOT NULL, "
    "person_id BLOB REFERENCES person (id), "
    "org_id BLOB REFERENCES org (id), "
    "phone TEXT NOT NULL, "
    "email TEXT NOT NULL, "
    "unit TEXT NOT NULL, "
    "post TEXT NOT NULL, "
    "centre_phone TEXT NOT NULL, "
    "centre_manager TEXT NOT NULL, "
    "centre_hours TEXT NOT NULL, "
    "paid_at BIGINT, "
    "identified_at BIGINT, "
    "identified_by TEXT, "
    "identified_kind BIGINT, "
    "identified_document BLOB, "
    "approved_at BIGINT, "
    "approved_by TEXT, "
    "approved_sha256 BLOB, "
    "reason TEXT NOT NULL, "
    "application_id BLOB)",
    "CREATE INDEX form_person ON form (person_id, id)",
    "CREATE INDEX form_org ON form (org_id, id)",
    "CREATE INDEX form_phone ON form (phone, id)",

    /* States: registry/states.h.  issue_key: what the signer knows it by. */
    "CREATE TABLE application ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "form_id BLOB NOT NULL REFERENCES form (id), "
    "state TEXT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL, "
    "checked_sha256 BLOB, "
    "csr BLOB, "
    "csr_sha256 BLOB, "
    "issue_key BLOB UNIQUE, "
    "certificate_id BLOB, "
    "reason TEXT NOT NULL)",
    "CREATE INDEX application_form ON application (form_id, id)",
    "CREATE INDEX application_state ON application (state, id)",

    /* Scans and papers, sealed under the centre's data key. */
    "CREATE TABLE document ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "application_id BLOB REFERENCES application (id), "
    "form_id BLOB REFERENCES form (id), "
    "kind TEXT NOT NULL, "
    "media_type TEXT NOT NULL, "
    "sha256 BLOB NOT NULL, "
    "content BLOB NOT NULL, "
    "created_at BIGINT NOT NULL)",
    "CREATE INDEX document_application ON document (application_id, id)",
    "CREATE INDEX document_form ON document (form_id, id)",

    /* Texts that were shown and signed: statement, consent, acquaintance. */
    "CREATE TABLE statement ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "application_id BLOB NOT NULL REFERENCES application (id), "
    "kind TEXT NOT NULL, "
    "text_version TEXT NOT NULL, "
    "content BLOB NOT NULL, "
    "content_sha256 BLOB NOT NULL, "
    "signature BLOB, "
    "signer_sha256 BLOB, "
    "created_at BIGINT NOT NULL)",
    "CREATE INDEX statement_application ON statement (application_id, id)",
    NULL,
};

const char *const migration_3_words[] = {
    /* All of a search for several words is read from indexes. */
    "DROP INDEX word_owner",
    "CREATE INDEX word_owner ON word (kind, owner_id, word)",
    NULL,
};

/*
 * registry/phone_change.h.  At most one of a form waits.  objection_sha256: of
 * the code that the old number's holder was told; NULL where none was.
 */
const char *const migration_11_phone[] = {
    "CREATE TABLE phone_change ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "form_id BLOB NOT NULL REFERENCES form (id), "
    "state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'withdrawn', "
    "'refused')), "
    "old_phone TEXT NOT NULL, "
    "new_phone TEXT NOT NULL, "
    "asked_by TEXT NOT NULL, "
    "asked_at BIGINT NOT NULL, "
    "evidence_kind TEXT NOT NULL, "
    "evidence_reference TEXT NOT NULL, "
    "evidence_at BIGINT NOT NULL, "
    "effect_at BIGINT NOT NULL, "
    "remind_at BIGINT NOT NULL, "
    "reminded_at BIGINT, "
    "ended_at BIGINT, "
    "reason TEXT NOT NULL, "
    "objection_sha256 BLOB UNIQUE)",
    "CREATE UNIQUE INDEX phone_change_waiting ON phone_change (form_id) "
    "WHERE state = 'waiting'",
    "CREATE INDEX phone_change_form ON phone_change (form_id, id)",
    "CREATE INDEX phone_change_state ON phone_change (state, id)",
    NULL,
};

/* Where the key was made, as the person's computer named it: all or none. */
const char *const migration_9_medium[] = {
    "ALTER TABLE application ADD COLUMN medium_kind TEXT",
    "ALTER TABLE application ADD COLUMN medium_name TEXT",
    "ALTER TABLE application ADD COLUMN medium_container TEXT",
    NULL,
};
