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
/* kind, from word, to word (the prefix with 0xff behind it), after id, how
 * many */
STATEMENT(WORD_FIND, "word.find",
    "SELECT DISTINCT owner_id FROM word WHERE kind = $1 AND word >= $2 "
    "AND word <= $3 AND owner_id > $4 ORDER BY owner_id LIMIT $5",
    "tbbdi", "d")
