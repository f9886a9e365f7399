/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of sessions, one-time codes, limits, operators and grants.
 * Not a header of its own: store/statement.h and statement.c include it with
 * STATEMENT defined, and say there how a line is written.
 */
#ifndef STATEMENT
#define STATEMENT(symbol, name, sql, params, columns)
#endif

/* clang-format off */

/* limit_bucket: bucket, window_at, ends_at, how much it holds. */
STATEMENT(LIMIT_TAKE, "limit.take",
    "INSERT INTO limit_bucket (bucket, window_at, used, ends_at) "
    "VALUES ($1, $2, 1, $3) ON CONFLICT (bucket, window_at) "
    "DO UPDATE SET used = limit_bucket.used + 1 "
    "WHERE limit_bucket.used < $4",
    "biii", "")
STATEMENT(LIMIT_RETURN, "limit.return",
    "UPDATE limit_bucket SET used = used - 1 "
    "WHERE bucket = $1 AND window_at = $2 AND used > 0",
    "bi", "")
/* bucket, from window_at, how many -> window_at, used */
STATEMENT(LIMIT_USED, "limit.used",
    "SELECT window_at, used FROM limit_bucket "
    "WHERE bucket = $1 AND window_at >= $2 ORDER BY window_at LIMIT $3",
    "bii", "ii")
STATEMENT(LIMIT_PURGE, "limit.purge",
    "DELETE FROM limit_bucket WHERE ends_at < $1", "i", "")

/* otp: $1 id $2 phone_key $3 challenge $4 act $5 content_sha256 $6 code_hmac
 * $7 known $8 created_at $9 expires_at */
STATEMENT(OTP_INSERT, "otp.insert",
    "INSERT INTO otp (id, phone_key, challenge, act, content_sha256, "
    "code_hmac, known, created_at, expires_at, state, tries) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'live', 0)",
    "dbbtbbiii", "")
/* A newer code is on its way: phone_key, act, known (a code asked from a
 * known browser yields to another such only). */
STATEMENT(OTP_SUPERSEDE, "otp.supersede",
    "UPDATE otp SET state = 'over' WHERE phone_key = $1 AND act = $2 "
    "AND state = 'live' AND known <= $3",
    "bti", "")
/* The newest of a challenge -> 0 id, 1 phone_key, 2 content_sha256,
 * 3 code_hmac, 4 known, 5 state, 6 tries, 7 created_at, 8 expires_at */
STATEMENT(OTP_NEWEST, "otp.newest",
    "SELECT id, phone_key, content_sha256, code_hmac, known, state, tries, "
    "created_at, expires_at FROM otp WHERE challenge = $1 AND act = $2 "
    "ORDER BY id DESC LIMIT 1",
    "bt", "dbbbitiii")
/* One more try: id, tries allowed, now */
STATEMENT(OTP_TRY, "otp.try",
    "UPDATE otp SET tries = tries + 1 WHERE id = $1 AND state = 'live' "
    "AND tries < $2 AND expires_at > $3",
    "dii", "")
STATEMENT(OTP_USE, "otp.use",
    "UPDATE otp SET state = 'used' WHERE id = $1 AND state = 'live'",
    "d", "")
STATEMENT(OTP_PURGE, "otp.purge",
    "DELETE FROM otp WHERE expires_at < $1", "i", "")

/* session: token_sha256, id, phone, lang, created_at, expires_at */
STATEMENT(SESSION_INSERT, "session.insert",
    "INSERT INTO session (token_sha256, id, phone, lang, created_at, "
    "seen_at, expires_at, state) VALUES ($1, $2, $3, $4, $5, $5, $6, 'live')",
    "bdttii", "")
/* -> 0 id, 1 phone, 2 lang, 3 created_at, 4 seen_at, 5 expires_at */
STATEMENT(SESSION_FIND, "session.find",
    "SELECT id, phone, lang, created_at, seen_at, expires_at FROM session "
    "WHERE token_sha256 = $1 AND state = 'live'",
    "b", "dttiii")
STATEMENT(SESSION_TOUCH, "session.touch",
    "UPDATE session SET seen_at = $2 WHERE token_sha256 = $1 "
    "AND state = 'live' AND seen_at < $2",
    "bi", "")
STATEMENT(SESSION_END, "session.end",
    "UPDATE session SET state = 'ended' WHERE token_sha256 = $1 "
    "AND state = 'live'",
    "b", "")
/* phone, how many; the newest first, ended ones too */
STATEMENT(SESSION_OF_PHONE, "session.of_phone",
    "SELECT id FROM session WHERE phone = $1 ORDER BY id DESC LIMIT $2",
    "ti", "d")
STATEMENT(SESSION_PURGE, "session.purge",
    "DELETE FROM session WHERE expires_at < $1", "i", "")

/* operator: id, name, role, created_at */
STATEMENT(OPERATOR_INSERT, "operator.insert",
    "INSERT INTO operator (id, name, role, created_at, state) "
    "VALUES ($1, $2, $3, $4, 'enabled')",
    "dtti", "")
/* Columns: 0 id, 1 name, 2 role, 3 state, 4 created_at */
STATEMENT(OPERATOR_GET, "operator.get",
    "SELECT id, name, role, state, created_at FROM operator WHERE id = $1",
    "d", "dttti")
STATEMENT(OPERATOR_BY_NAME, "operator.by_name",
    "SELECT id, name, role, state, created_at FROM operator "
    "WHERE name = $1",
    "t", "dttti")
STATEMENT(OPERATOR_PAGE, "operator.page",
    "SELECT id, name, role, state, created_at FROM operator "
    "WHERE id > $1 ORDER BY id LIMIT $2",
    "di", "dttti")
STATEMENT(OPERATOR_DISABLE, "operator.disable",
    "UPDATE operator SET state = 'disabled' "
    "WHERE id = $1 AND state = 'enabled'",
    "d", "")

/* grants: id, operator_id, token_sha256, label, scopes, created_at,
 * expires_at */
STATEMENT(GRANT_INSERT, "grant.insert",
    "INSERT INTO grants (id, operator_id, token_sha256, label, scopes, "
    "created_at, expires_at, state) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, 'live')",
    "ddbttiI", "")
/* By the token's hash -> 0 grant id, 1 scopes, 2 expires_at, 3 operator id,
 * 4 name, 5 role, 6 created_at */
STATEMENT(GRANT_FIND, "grant.find",
    "SELECT g.id, g.scopes, g.expires_at, o.id, o.name, o.role, "
    "o.created_at FROM grants g JOIN operator o ON o.id = g.operator_id "
    "WHERE g.token_sha256 = $1 AND g.state = 'live' "
    "AND o.state = 'enabled'",
    "b", "dtIdtti")

/* clang-format on */
