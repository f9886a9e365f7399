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
 * outbox: $1 id $2 kind ("sms", "mail", ...) $3 purpose (the message's stable
 * name) $4 recipient $5 body (sealed to courier's key) $6 object_id (what it
 * is about) $7 next_at (not before) $8 expires_at $9 created_at.
 * States: due -> sending -> delivered | due again | failed | unclear; due ->
 * expired.  The body and the recipient are wiped at each end.
 */
STATEMENT(OUTBOX_INSERT, "outbox.insert",
    "INSERT INTO outbox (id, kind, purpose, recipient, body, object_id, "
    "next_at, expires_at, created_at, state, attempts) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'due', 0)",
    "dtttbDiii", "")
/* now, how many -> 0 id, 1 kind, 2 purpose, 3 recipient, 4 body, 5 attempts,
 * 6 expires_at; the most urgent first */
STATEMENT(OUTBOX_DUE, "outbox.due",
    "SELECT id, kind, purpose, recipient, body, attempts, expires_at "
    "FROM outbox WHERE state = 'due' AND next_at <= $1 AND expires_at > $1 "
    "ORDER BY next_at, id LIMIT $2",
    "ii", "dttTBii")
/* id, at: before it is handed to courier. */
STATEMENT(OUTBOX_SENDING, "outbox.sending",
    "UPDATE outbox SET state = 'sending', attempts = attempts + 1, "
    "sent_at = $2 WHERE id = $1 AND state = 'due'",
    "di", "")
/* id, provider's id, at */
STATEMENT(OUTBOX_DELIVERED, "outbox.delivered",
    "UPDATE outbox SET state = 'delivered', provider_id = $2, ended_at = $3, "
    "body = NULL, recipient = NULL WHERE id = $1 AND state = 'sending'",
    "dTi", "")
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
 * never sent again by itself. */
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
STATEMENT(OUTBOX_PURGE, "outbox.purge",
    "DELETE FROM outbox WHERE ended_at < $1", "i", "")
