/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrations_priv.h"

const char *const migration_1_courier[] = {
    /* Messages to be delivered; bodies are sealed and wiped at the end. */
    "CREATE TABLE outbox ("
    "id BLOB NOT NULL PRIMARY KEY, "
    "kind TEXT NOT NULL, "
    "purpose TEXT NOT NULL, "
    "recipient TEXT, "
    "body BLOB, "
    "object_id BLOB, "
    "state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'delivered', "
    "'failed', 'unclear', 'expired')), "
    "attempts BIGINT NOT NULL, "
    "next_at BIGINT NOT NULL, "
    "expires_at BIGINT NOT NULL, "
    "created_at BIGINT NOT NULL, "
    "sent_at BIGINT, "
    "ended_at BIGINT, "
    "failure TEXT, "
    "provider_id TEXT)",
    "CREATE INDEX outbox_due ON outbox (state, next_at, id)",
    "CREATE INDEX outbox_object ON outbox (object_id, id)",
    "CREATE INDEX outbox_ended ON outbox (ended_at)",
    NULL,
};

/* How a message left, and what was paid for it. */
const char *const migration_6_routes[] = {
    "ALTER TABLE outbox ADD COLUMN route TEXT",
    "ALTER TABLE outbox ADD COLUMN tried TEXT",
    "ALTER TABLE outbox ADD COLUMN parts BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE outbox ADD COLUMN cost BIGINT NOT NULL DEFAULT 0",
    NULL,
};

/* What the network said afterwards: awaited, delivered, failed, none.  Body
 * and recipient stay while it is awaited, for another way. */
const char *const migration_7_reports[] = {
    "ALTER TABLE outbox ADD COLUMN report TEXT",
    "ALTER TABLE outbox ADD COLUMN reported_at BIGINT",
    "ALTER TABLE outbox ADD COLUMN avoid TEXT",
    "CREATE INDEX outbox_report ON outbox (report, expires_at)",
    NULL,
};

/* What a message's cost and use are watched by. */
const char *const migration_8_guard[] = {
    "ALTER TABLE outbox ADD COLUMN area TEXT",
    "ALTER TABLE outbox ADD COLUMN rank BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE outbox ADD COLUMN code_id BLOB",
    "CREATE INDEX outbox_area ON outbox (area, sent_at)",
    "CREATE INDEX outbox_sent ON outbox (sent_at)",
    NULL,
};

/* SMS and mails are asked for apart: many that wait of one kind hold up none
 * of the other. */
const char *const migration_10_kinds[] = {
    "DROP INDEX outbox_due",
    "CREATE INDEX outbox_kind ON outbox (state, kind, next_at, id)",
    NULL,
};
