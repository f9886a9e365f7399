/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements of the outbox, from which courier is served.
 * Not a header of its own: store/statement.h and statement.c include it with
 * STATEMENT defined, and say there how a line is written.
 */
#ifndef STATEMENT
#define STATEMENT(symbol, name, sql, params, columns)
#endif

/* clang-format off */

/*
 * outbox: $1 id $2 kind ("sms", "mail") $3 purpose (the message's stable
 * name) $4 recipient $5 body (sealed to courier's key) $6 object_id (what it
 * is about) $7 next_at (not before) $8 expires_at $9 created_at $10 area (the
 * number's beginning, base/sms.h; a mail has none) $11 rank (2 a person known here, 1 anybody,
 * 0 a number in no form) $12 code_id (of a code).
 * States: due -> sending -> delivered | due again | failed | unclear; due ->
 * expired.  The body and the recipient are wiped at each end, or, where a
 * report of delivery is awaited, when it is there or nobody needs it any more.
 */
STATEMENT(OUTBOX_INSERT, "outbox.insert",
    "INSERT INTO outbox (id, kind, purpose, recipient, body, object_id, "
    "next_at, expires_at, created_at, area, rank, code_id, state, attempts) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'due', 0)",
    "dtttbDiiiTiD", "")
/* now, how many, kind -> 0 id, 1 kind, 2 purpose, 3 recipient, 4 body, 5 attempts,
 * 6 expires_at, 7 avoid, 8 rank, 9 code_id; the most urgent first */
STATEMENT(OUTBOX_DUE, "outbox.due",
    "SELECT id, kind, purpose, recipient, body, attempts, expires_at, avoid, "
    "rank, code_id "
    "FROM outbox WHERE state = 'due' AND kind = $3 AND next_at <= $1 "
    "AND expires_at > $1 ORDER BY next_at, id LIMIT $2",
    "iit", "dttTBiiTiD")
/* id, at: before it is handed to courier. */
STATEMENT(OUTBOX_SENDING, "outbox.sending",
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, "
    "sent_at = $2 WHERE id = $1 AND state = 'due'",
    "di", "")
/* id, next_at, rule: it is not handed over yet. */
STATEMENT(OUTBOX_HOLD, "outbox.hold",
    "UPDATE outbox SET next_at = $2, failure = $3 WHERE id = $1 "
    "AND state = 'due'",
    "dit", "")
/* id, rule, at: it is never handed over. */
STATEMENT(OUTBOX_REFUSE, "outbox.refuse",
    "UPDATE outbox SET state = 'failed', failure = $2, ended_at = $3, "
    "body = NULL, recipient = NULL WHERE id = $1 AND state = 'due'",
    "dti", "")
/* Since -> 0 parts, 1 cost of what was sent */
STATEMENT(OUTBOX_SPENT, "outbox.spent",
    "SELECT CAST(COALESCE(SUM(parts), 0) AS BIGINT), "
    "CAST(COALESCE(SUM(cost), 0) AS BIGINT) FROM outbox WHERE sent_at > $1",
    "i", "ii")
/* area, since, until, how many -> 0 state of the last codes sent there (NULL:
 * one that is forgotten) */
STATEMENT(OUTBOX_CODES, "outbox.codes",
    "SELECT o.state FROM outbox m LEFT JOIN otp o ON o.id = m.code_id "
    "WHERE m.area = $1 AND m.sent_at > $2 AND m.sent_at <= $3 "
    "AND m.state = 'delivered' AND m.code_id IS NOT NULL "
    "ORDER BY m.sent_at DESC LIMIT $4",
    "tiii", "T")
/* id, provider's id, at */
STATEMENT(OUTBOX_DELIVERED, "outbox.delivered",
    "UPDATE outbox SET state = 'delivered', provider_id = $2, ended_at = $3, "
    "body = NULL, recipient = NULL WHERE id = $1 AND state = 'sending'",
    "dTi", "")
/* The same where a report is to come, until when body and recipient stay. */
STATEMENT(OUTBOX_ACCEPTED, "outbox.accepted",
    "UPDATE outbox SET state = 'delivered', provider_id = $2, ended_at = $3, "
    "report = 'awaited' WHERE id = $1 AND state = 'sending'",
    "dTi", "")
/* id -> 0 state, 1 report, 2 route, 3 avoid, 4 expires_at, 5 body */
STATEMENT(OUTBOX_REPORTABLE, "outbox.reportable",
    "SELECT state, report, route, avoid, expires_at, body "
    "FROM outbox WHERE id = $1",
    "d", "tTTTiB")
/* id, "delivered" or "failed", at: the network's last word, also about what
 * was unclear. */
STATEMENT(OUTBOX_REPORTED, "outbox.reported",
    "UPDATE outbox SET report = $2, reported_at = $3, body = NULL, "
    "recipient = NULL WHERE id = $1 AND (report = 'awaited' OR "
    "(state = 'unclear' AND report IS NULL))",
    "dti", "")
/* id, at, ways that failed: it goes out again by another one. */
STATEMENT(OUTBOX_AGAIN, "outbox.again",
    "UPDATE outbox SET state = 'due', next_at = $2, avoid = $3, "
    "report = NULL, ended_at = NULL, failure = 'report.failed' "
    "WHERE id = $1 AND state = 'delivered' AND report = 'awaited' "
    "AND body IS NOT NULL",
    "dit", "")
/* now: no report came while it mattered. */
STATEMENT(OUTBOX_UNREPORTED, "outbox.unreported",
    "UPDATE outbox SET report = 'none', body = NULL, recipient = NULL "
    "WHERE report = 'awaited' AND expires_at <= $1",
    "i", "")
/* object_id, purpose: a newer one was written; a report is only noted. */
STATEMENT(OUTBOX_FORGET, "outbox.forget",
    "UPDATE outbox SET body = NULL, recipient = NULL WHERE object_id = $1 "
    "AND purpose = $2 AND report = 'awaited'",
    "dt", "")
/* Before this id, how many -> 0 id, 1 kind, 2 purpose, 3 state, 4 report,
 * 5 attempts, 6 route, 7 tried, 8 parts, 9 cost, 10 created_at, 11 failure;
 * the newest first */
STATEMENT(OUTBOX_LIST, "outbox.list",
    "SELECT id, kind, purpose, state, report, attempts, route, tried, parts, "
    "cost, created_at, failure FROM outbox WHERE id < $1 ORDER BY id DESC "
    "LIMIT $2",
    "di", "dtttTiTTiiiT")
/* id, next_at, rule of the failure */
STATEMENT(OUTBOX_RETRY, "outbox.retry",
    "UPDATE outbox SET state = 'due', next_at = $2, failure = $3 "
    "WHERE id = $1 AND state = 'sending'",
    "dit", "")
/* id, "failed" or "unclear", rule of the failure, at */
STATEMENT(OUTBOX_END, "outbox.end",
    "UPDATE outbox SET state = $2, failure = $3, ended_at = $4, "
    "body = NULL, recipient = NULL WHERE id = $1 AND state = 'sending'",
    "dtti", "")
/* id, by which way it left (or may have; NULL: none), what was tried
 * ("main retry, spare delivered"), parts and hundredths that it cost: in the
 * unit of the three above. */
STATEMENT(OUTBOX_TRIED, "outbox.tried",
    "UPDATE outbox SET route = $2, tried = $3, parts = parts + $4, "
    "cost = cost + $5 WHERE id = $1",
    "dTtii", "")
/* At start: what was on its way when the last run ended is unclear and is
 * never sent again by itself; a mail is (at, how often in all), with the same
 * Message-ID: a notice twice is better than none. */
STATEMENT(OUTBOX_RESUME, "outbox.resume",
    "UPDATE outbox SET state = 'due', next_at = $1, "
    "failure = 'courier.restart' "
    "WHERE state = 'sending' AND kind = 'mail' AND attempts < $2",
    "ii", "")
STATEMENT(OUTBOX_ABANDON, "outbox.abandon",
    "UPDATE outbox SET state = 'unclear', failure = 'courier.restart', "
    "ended_at = $1, body = NULL, recipient = NULL WHERE state = 'sending'",
    "i", "")
STATEMENT(OUTBOX_EXPIRE, "outbox.expire",
    "UPDATE outbox SET state = 'expired', ended_at = $1, body = NULL, "
    "recipient = NULL WHERE state = 'due' AND expires_at <= $1",
    "i", "")
/* A newer message takes its place (a code that was asked for again). */
STATEMENT(OUTBOX_SUPERSEDE, "outbox.supersede",
    "UPDATE outbox SET state = 'expired', ended_at = $3, body = NULL, "
    "recipient = NULL WHERE object_id = $1 AND purpose = $2 "
    "AND state = 'due'",
    "dti", "")
/* -> 0 state, 1 attempts, 2 failure, 3 provider_id, 4 sent_at, 5 ended_at,
 * 6 route, 7 tried, 8 parts, 9 cost */
STATEMENT(OUTBOX_GET, "outbox.get",
    "SELECT state, attempts, failure, provider_id, sent_at, ended_at, "
    "route, tried, parts, cost FROM outbox WHERE id = $1",
    "d", "tiTTIITTii")
/* Since -> of the mails: 0 how many wait after a failure, 1 how many were
 * given up since then */
STATEMENT(OUTBOX_MAILS, "outbox.mails",
    "SELECT CAST(COUNT(CASE WHEN state = 'due' THEN 1 END) AS BIGINT), "
    "CAST(COUNT(CASE WHEN state <> 'due' THEN 1 END) AS BIGINT) FROM outbox "
    "WHERE kind = 'mail' AND failure IS NOT NULL "
    "AND (state = 'due' OR (state IN ('failed', 'unclear', 'expired') "
    "AND ended_at > $1))",
    "i", "ii")
STATEMENT(OUTBOX_PURGE, "outbox.purge",
    "DELETE FROM outbox WHERE ended_at < $1", "i", "")
