/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrations_priv.h"

const char *const migration_1_identity[] = {
    /* A browser's or a command line's sign-in; only the token's hash. */
    "CREATE TABLE session ("
    "token_sha256 BLOB NOT NULL PRIMARY KEY, "
    "id BLOB NOT NULL UNIQUE, "
    "phone TEXT NOT NULL, "
    "lang TEXT NOT NULL, "
    "state TEXT NOT NULL CHECK (state IN ('live', 'ended')), "
    "created_at BIGINT NOT NULL, "
    "seen_at BIGINT NOT NULL, "
    "expires_at BIGINT NOT NULL)",
    "CREATE INDEX session_phone ON session (phone, id)",
    "CREATE INDEX session_expires ON session (expires_at)",

    /*
     * One-time codes, as HMAC under a key outside the database.  phone_key is
     * such an HMAC too.  challenge: what asks for the code (a hash); known: a
     * browser that signed in before asked.
     */
    "CREATE TABLE otp ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "phone_key BLOB NOT NULL, "
    "challenge BLOB NOT NULL, "
    "act TEXT NOT NULL, "
    "content_sha256 BLOB NOT NULL, "
    "code_hmac BLOB NOT NULL, "
    "known BIGINT NOT NULL, "
    "state TEXT NOT NULL CHECK (state IN ('live', 'over', 'used')), "
    "tries BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "expires_at BIGINT NOT NULL)",
    "CREATE INDEX otp_phone ON otp (phone_key, act, state)",
    "CREATE INDEX otp_challenge ON otp (challenge, id)",
    "CREATE INDEX otp_expires ON otp (expires_at)",

    /* Counters of limits: a hashed name and key, and the window's begin. */
    "CREATE TABLE limit_bucket ("
    "bucket BLOB NOT NULL, "
    "window_at BIGINT NOT NULL, "
    "used BIGINT NOT NULL, "
    "ends_at BIGINT NOT NULL, "
    "PRIMARY KEY (bucket, window_at))",
    "CREATE INDEX limit_bucket_ends ON limit_bucket (ends_at)",

    "CREATE TABLE operator ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "name TEXT NOT NULL UNIQUE, "
    "role TEXT NOT NULL, "
    "state TEXT NOT NULL CHECK (state IN ('enabled', 'disabled')), "
    "created_at BIGINT NOT NULL)",

    /* API tokens of operators and programs; only the token's hash.  scopes:
     * names with commas between, since numbers would outlive their enum. */
    "CREATE TABLE grants ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "operator_id BLOB NOT NULL REFERENCES operator (id), "
    "token_sha256 BLOB NOT NULL UNIQUE, "
    "label TEXT NOT NULL, "
    "scopes TEXT NOT NULL, "
    "state TEXT NOT NULL CHECK (state IN ('live', 'revoked')), "
    "created_at BIGINT NOT NULL, "
    "expires_at BIGINT)",
    "CREATE INDEX grants_operator ON grants (operator_id, id)",
    NULL,
};
