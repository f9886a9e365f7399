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

    "CREATE TABLE org ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "name TEXT NOT NULL, "
    "full_name TEXT, "
    "inn TEXT NOT NULL, "
    "kpp TEXT, "
    "ogrn TEXT NOT NULL, "
    "fss TEXT, "
    "country TEXT NOT NULL, "
    "region TEXT, "
    "city TEXT, "
    "street TEXT, "
    "version BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL)",
    "CREATE INDEX org_inn ON org (inn, id)",
    "CREATE INDEX org_ogrn ON org (ogrn, id)",

    /* passport: sealed under the centre's data key (design rule 9). */
    "CREATE TABLE person ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "surname TEXT NOT NULL, "
    "given_name TEXT NOT NULL, "
    "patronymic TEXT, "
    "snils TEXT, "
    "inn TEXT, "
    "email TEXT, "
    "phone TEXT NOT NULL, "
    "country TEXT NOT NULL, "
    "region TEXT, "
    "city TEXT, "
    "street TEXT, "
    "passport BLOB, "
    "version BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL)",
    "CREATE INDEX person_snils ON person (snils, id)",
    "CREATE INDEX person_phone ON person (phone, id)",

    /*
     * One purchased certificate.  identified_*: H3, who, when, how, by which
     * document, originals seen.
     */
    "CREATE TABLE form ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "person_id BLOB NOT NULL REFERENCES person (id), "
    "org_id BLOB REFERENCES org (id), "
    "owner_kind TEXT NOT NULL, "
    "position TEXT, "
    "department TEXT, "
    "profile TEXT NOT NULL, "
    "ca TEXT NOT NULL, "
    "signin_phone TEXT NOT NULL, "
    "service_centre TEXT, "
    "state TEXT NOT NULL, "
    "paid_at BIGINT, "
    "identified_at BIGINT, "
    "identified_by TEXT, "
    "identified_kind BIGINT, "
    "identified_document BLOB, "
    "originals_seen BIGINT, "
    "approved_at BIGINT, "
    "approved_by TEXT, "
    "approved_sha256 BLOB, "
    "version BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL)",
    "CREATE INDEX form_person ON form (person_id, id)",
    "CREATE INDEX form_org ON form (org_id, id)",
    "CREATE INDEX form_phone ON form (signin_phone, id)",
    "CREATE INDEX form_state ON form (state, id)",

    "CREATE TABLE application ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "form_id BLOB NOT NULL REFERENCES form (id), "
    "state TEXT NOT NULL, "
    "subject BLOB, "
    "subject_sha256 BLOB, "
    "csr BLOB, "
    "csr_sha256 BLOB, "
    "spki_sha256 BLOB, "
    "medium TEXT, "
    "reason TEXT, "
    "version BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "changed_at BIGINT NOT NULL)",
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
    "signature BLOB, "
    "signer_sha256 BLOB, "
    "created_at BIGINT NOT NULL)",
    "CREATE INDEX statement_application ON statement (application_id, id)",
    NULL,
};
