/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUSTFEED_DOCUMENT_H
#define SURGUCH_TRUSTFEED_DOCUMENT_H
/*
 * The feed of a mirror, changes.json: a document that its server signs
 * (trustfeed/key.h) and that says which state the mirror gives out now.
 *
 *	{"format": 1, "mirror": "pilot", "number": 7, "since": TIME,
 *	 "signed": TIME, "valid_until": TIME,
 *	 "files": [{"name", "bytes", "sha256"}, ...], "changes": null or
 *	 {"since": 6, "came": [NAME, ...], "went", "changed",
 *	  "roots": null or {"counts": {...}, "list": [...]}}}
 *
 * Times are RFC 3339 in UTC, digests hexadecimal in small letters, files in
 * order of their names.  roots are as trustfeed/difference.h writes them, with
 * parts.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bounds.h"
#include "base/err.h"
#include "base/slice.h"
#include "trust/diff.h"
#include "trust/root.h"
#include "trustfeed/files.h"

#define FEED_DOCUMENT  "changes.json"
#define FEED_SIGNATURE "changes.json.sig"

struct json;
struct json_writer;

struct feed_head {
	char mirror[TRUSTD_PREFIX_MAX + 1]; /* its prefix; "": it has none */
	int64_t number; /* of the state, from 1; grows with each */
	int64_t since;  /* that state is there; UTC seconds, as all times */
	int64_t signed_at;
	int64_t valid_until;
};

/* changes: JSON as feed_changes_put() makes it. */
void feed_document_put(struct json_writer *w, const struct feed_head *head,
    const struct feed_files *files, struct slice changes);

struct feed_names {
	const char **at;
	size_t num;
};

struct feed_root {
	enum trust_change change;
	uint8_t sha1[ROOT_SHA1];
	const char *name; /* NULL: it has none */
	const char *text; /* NULL: it came, or went */
};

/* As it was read; texts are borrowed from the tree that it holds. */
struct feed_document {
	struct feed_head head;
	struct feed_files files;
	int64_t before; /* the state that changes are told since; 0: none */
	struct feed_names came;
	struct feed_names went;
	struct feed_names changed;
	bool knows_roots; /* what changed of roots is told */
	struct feed_root *roots;
	size_t num_roots;
	size_t counts[TRUST_CHANGE_MAX_];
	struct json *tree;
};

/*
 * Read one, of at most FEED_BYTES_MAX octets, which were verified before.  The
 * form above and nothing besides; on success feed_document_clear() frees it.
 * The rules of json_parse() and of its getters (json/json.h), and ERR_FORMAT:
 *   feed.format   the number of its form is not 1
 *   feed.time     a time of another form, or valid until before it was signed
 *   feed.name     a file's name is none (feed_name_is_good())
 *   feed.order    files are not in order of their names, or one is there twice
 *   feed.sha      a digest is none
 *   feed.changes  tells of files otherwise than the list of files does, or
 *                 since a state that is not before
 *   feed.roots    a change of no known kind, or another number than is counted
 */
ATTR_MUST_USE enum err feed_document_parse(
    struct slice text, struct feed_document *out, struct errinfo *ei);
void feed_document_clear(struct feed_document *d); /* all zero is fine */

/*
 * Does it speak now, and of this mirror (NULL: of any)?  The two clocks may
 * differ by FEED_SKEW_SEC.  ERR_POLICY "feed.expired", "feed.early",
 * "feed.mirror".
 */
ATTR_MUST_USE enum err feed_document_check(const struct feed_document *d,
    const char *mirror, int64_t now, struct errinfo *ei);

#endif
