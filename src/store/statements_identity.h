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

