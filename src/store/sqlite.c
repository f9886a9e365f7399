/* SPDX-License-Identifier: Apache-2.0 */
/* The SQLite backend: connections, errors, schema. */
#include "store/sqlite_priv.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/bounds.h"
#include "base/buf.h"
#include "os/file.h"
#include "store/seam_vfs.h"
#include "store/sqlite_log.h"
#include "store/store.h"

enum {
	BUSY_MS = 10000,
	SCHEMA_TEXT_MAX = 16384,
};

/* A full disk has several names. */
static bool
is_full(struct sqlite_conn *c, int code)
{
	return (code & 0xff) == SQLITE_FULL || code == SQLITE_IOERR_SHMSIZE ||
	       (code == SQLITE_IOERR_WRITE &&
		   sqlite3_system_errno(c->db) == EDQUOT);
}

enum err
sqlite_failed(struct sqlite_conn *c, const char *what, struct errinfo *ei)
{
	int code = sqlite3_extended_errcode(c->db);
	const char *text = sqlite3_errmsg(c->db);

	if (code == SQLITE_NOMEM || code == SQLITE_IOERR_NOMEM) {
		return err_nomem(ei);
	}
	if (is_full(c, code)) {
		return err_set(ei, ERR_STORE, "store.full", NULL,
		    "The database could not grow (%s): the disk is full. "
		    "Make space; nothing has to be restarted.",
		    what);
	}
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(ei, ERR_STORE, "store.corrupt", NULL,
		    "The database file is damaged or is no database (%s: "
		    "%s). Restore it from a backup and reconcile.",
		    what, text);
	case SQLITE_IOERR:
		return err_set(ei, ERR_STORE, "store.io", NULL,
		    "The database's disk failed (%s: %s, code %d).", what, text,
		    code);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(ei, ERR_STORE, "store.busy", NULL,
		    "Something else keeps the database locked (%s).", what);
	default:
		return err_set(ei, ERR_STORE, "store.engine", NULL,
		    "SQLite refused (%s: %s, code %d).", what, text, code);
	}
}

enum err
sqlite_run(struct sqlite_conn *c, const char *sql, struct errinfo *ei)
{
	if (sqlite3_exec(c->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
		return sqlite_failed(c, sql, ei);
	}
	return ERR_OK;
}

/* The one integer that a PRAGMA or SELECT gives. */
static enum err
get_number(
    struct sqlite_conn *c, const char *sql, int64_t *out, struct errinfo *ei)
{
	sqlite3_stmt *stmt = NULL;
	enum err err = ERR_OK;

	if (sqlite3_prepare_v2(c->db, sql, -1, &stmt, NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW) {
		err = sqlite_failed(c, sql, ei);
	} else {
		*out = sqlite3_column_int64(stmt, 0);
	}
	(void)sqlite3_finalize(stmt);
	return err;
}

/* A new database is an empty file, and only ours to read. */
static enum err
make_file(
    const char *path, const struct store_options *options, struct errinfo *ei)
{
	enum err err;

	if (file_exists(path) || options->must_exist) {
		return ERR_OK;
	}
	err = file_write_new(path, SLICE_EMPTY, 0600, ei);
	/* SQLite says better than we can what is wrong with the path. */
	return err == ERR_CONFLICT || err == ERR_SYS ? ERR_OK : err;
}

static enum err
lock_file(struct sqlite_conn *c, const char *path, struct errinfo *ei)
{
	char name[PATH_TEXT_SIZE];
	enum err err;
	int len;

	len = snprintf(name, sizeof(name), "%s.lock", path);
	if (len < 0 || (size_t)len >= sizeof(name)) {
		return err_set(ei, ERR_STORE, "store.open", NULL,
		    "The path of the database is too long.");
	}
	err = file_lock(name, &c->lock_fd, ei);
	if (err == ERR_OK) {
		return ERR_OK;
	}
	c->lock_fd = -1;
	if (err == ERR_CONFLICT) {
		return err_set(ei, ERR_CONFLICT, "store.locked", NULL,
		    "Another process has the database open.");
	}
	return err_set(ei, ERR_STORE, "store.open", NULL,
	    "The lock file beside the database cannot be made.");
}

static enum err
open_db(struct sqlite_conn *c, const char *path,
    const struct store_options *options, struct errinfo *ei)
{
	const char *vfs = options->vfs != NULL ? options->vfs : seam_vfs();
	const char *log = NULL;
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

	if (c->role == BACKEND_READER) {
		flags |= SQLITE_OPEN_READONLY;
	} else {
		flags |= SQLITE_OPEN_READWRITE;
		log = sqlog_vfs(vfs);
	}
	if (sqlite3_open_v2(path, &c->db, flags, log != NULL ? log : vfs) ==
	    SQLITE_OK) {
		return ERR_OK;
	}
	if (c->db == NULL) {
		return err_nomem(ei);
	}
	return err_set(ei, ERR_STORE, "store.open", NULL,
	    "The database cannot be opened: %s.", sqlite3_errmsg(c->db));
}

static enum err
check_ours(struct sqlite_conn *c, struct errinfo *ei)
{
	int64_t application = 0, version = 0, num_objects = 0;
	enum err err;

	err = get_number(c, "PRAGMA application_id", &application, ei);
	if (err != ERR_OK || application == BACKEND_APPLICATION_ID) {
		return err;
	}
	err = get_number(c, "PRAGMA user_version", &version, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = get_number(
	    c, "SELECT count(*) FROM sqlite_schema", &num_objects, ei);
	if (err != ERR_OK) {
		return err;
	}
	if (application != 0 || version != 0 || num_objects != 0) {
		return err_set(ei, ERR_STORE, "store.foreign", NULL,
		    "The file is a database of another program; surguch "
		    "takes only its own or an empty one.");
	}
	return ERR_OK;
}

static enum err
want_wal(struct sqlite_conn *c, struct errinfo *ei)
{
	sqlite3_stmt *stmt = NULL;
	const unsigned char *mode;
	enum err err = ERR_OK;

	if (sqlite3_prepare_v2(c->db, "PRAGMA journal_mode = WAL", -1, &stmt,
		NULL) != SQLITE_OK ||
	    sqlite3_step(stmt) != SQLITE_ROW) {
		err = sqlite_failed(c, "journal_mode", ei);
		goto out;
	}
	mode = sqlite3_column_text(stmt, 0);
	if (mode == NULL || strcmp((const char *)mode, "wal") != 0) {
		err = err_set(ei, ERR_STORE, "store.open", NULL,
		    "The database's file system does not carry a write-ahead "
		    "log (shared memory is missing); put it on a local disk.");
	}
out:
	(void)sqlite3_finalize(stmt);
	return err;
}

static enum err
set_up(struct sqlite_conn *c, struct errinfo *ei)
{
	/*
	 * synchronous = FULL: a commit returns when the log is on the disk;
	 * sqlite_log.h counts on it from the first write on.
	 * temp_store: nothing is opened lazily after confinement.
	 * secure_delete: what is wiped or expired leaves no trace in the file.
	 * wal_autocheckpoint: 16 MiB; four times the usual costs a fifth less
	 * at full speed, because pages that change often are copied once.
	 */
	static const char first[] = "PRAGMA synchronous = FULL";
	static const char writer[] = "PRAGMA foreign_keys = ON;"
				     "PRAGMA secure_delete = ON;"
				     "PRAGMA cache_size = -16384;"
				     "PRAGMA wal_autocheckpoint = 4000;"
				     "PRAGMA journal_size_limit = 67108864;";
	static const char both[] = "PRAGMA temp_store = MEMORY;"
				   "PRAGMA trusted_schema = OFF;"
				   "PRAGMA cell_size_check = ON;";
	enum err err;

	(void)sqlite3_busy_timeout(c->db, BUSY_MS);
	if (sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) !=
	    SQLITE_OK) {
		return sqlite_failed(c, "defensive", ei);
	}
	err = sqlite_run(c, both, ei);
	if (err != ERR_OK || c->role == BACKEND_READER) {
		return err;
	}
	err = check_ours(c, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = sqlite_run(c, first, ei);
	if (err != ERR_OK) {
		return err;
	}
	err = want_wal(c, ei);
	if (err != ERR_OK) {
		return err;
	}
	return sqlite_run(c, writer, ei);
}

static void
sqlite_close(struct backend_conn *base)
{
	struct sqlite_conn *c;

	if (base == NULL) {
		return;
	}
	c = sqlite_of(base);
	sqlite_unprepare(c);
	(void)sqlite3_close(c->db);
	fd_close(c->lock_fd);
	free(c);
}

/*
 * SQLite counts its memory under one lock that every connection's every
 * allocation takes; nobody reads the count.  Too late (a test's VFS came
 * first) it is refused, which costs only speed.
 */
static void
count_no_memory(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err
sqlite_open(const char *where, const struct store_options *options,
    enum backend_role role, struct backend_conn **out, struct errinfo *ei)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct sqlite_conn *c;
	enum err err;

	(void)pthread_once(&once, count_no_memory);
	if (sqlite3_threadsafe() == 0) {
		return err_set(ei, ERR_UNSUPPORTED, "store.open", NULL,
		    "This SQLite was built without threads.");
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL) {
		return err_nomem(ei);
	}
	c->base.ops = &backend_sqlite;
	c->role = role;
	c->lock_fd = -1;
	err = ERR_OK;
	if (role == BACKEND_WRITER) {
		err = make_file(where, options, ei);
	}
	if (err == ERR_OK && role == BACKEND_WRITER &&
	    (file_exists(where) || !options->must_exist)) {
		err = lock_file(c, where, ei);
	}
	if (err == ERR_OK) {
		err = open_db(c, where, options, ei);
	}
	if (err == ERR_OK) {
		err = set_up(c, ei);
	}
	if (err != ERR_OK) {
		sqlite_close(&c->base);
		return err;
	}
	*out = &c->base;
	return ERR_OK;
}

static enum err
sqlite_schema_version(
    struct backend_conn *base, int64_t *out, struct errinfo *ei)
{
	return get_number(sqlite_of(base), "PRAGMA user_version", out, ei);
}

static bool
is_word_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* BIGINT reads INTEGER here, and every table is STRICT. */
static void
translate_schema(const char *sql, struct buf *out)
{
	static const char word[] = "BIGINT";
	const size_t len = sizeof(word) - 1;
	const char *at = sql;
	const char *hit;

	while ((hit = strstr(at, word)) != NULL) {
		buf_add(out, slice_make(at, (size_t)(hit - at)));
		if (is_word_char(hit[len]) ||
		    (hit > sql && is_word_char(hit[-1]))) {
			buf_add_str(out, word);
		} else {
			buf_add_str(out, "INTEGER");
		}
		at = hit + len;
	}
	buf_add_str(out, at);
	if (strncmp(sql, "CREATE TABLE ", 13) == 0) {
		buf_add_str(out, " STRICT");
	}
}

static enum err
sqlite_schema_run(
    struct backend_conn *base, const char *sql, struct errinfo *ei)
{
	struct sqlite_conn *c = sqlite_of(base);
	struct buf text = BUF_INIT(SCHEMA_TEXT_MAX);
	enum err err;

	translate_schema(sql, &text);
	err = buf_err(&text, ei);
	if (err == ERR_OK && sqlite3_exec(c->db, buf_cstr(&text), NULL, NULL,
				 NULL) != SQLITE_OK) {
		err = sqlite_failed(c, "schema", ei);
	}
	buf_clear(&text);
	return err;
}

static enum err
sqlite_schema_note(
    struct backend_conn *base, int64_t version, struct errinfo *ei)
{
	char sql[96];

	(void)snprintf(sql, sizeof(sql),
	    "PRAGMA user_version = %lld; PRAGMA application_id = %d",
	    (long long)version, (int)BACKEND_APPLICATION_ID);
	return sqlite_run(sqlite_of(base), sql, ei);
}

/*
 * In one step: it reads one snapshot of the write-ahead log, so no commit can
 * make it begin anew, and none waits for it.
 */
static enum err
copy_pages(struct sqlite_conn *c, sqlite3 *to, struct errinfo *ei)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", c->db, "main");
	int code;

	if (b == NULL) {
		return err_set(ei, ERR_STORE, "store.copy", NULL,
		    "The copy of the database cannot be begun: %s.",
		    sqlite3_errmsg(to));
	}
	(void)sqlite3_backup_step(b, -1);
	code = sqlite3_backup_finish(b);
	if (code == SQLITE_OK) {
		return ERR_OK;
	}
	return err_set(ei, ERR_STORE,
	    (code & 0xff) == SQLITE_FULL ? "store.full" : "store.copy", NULL,
	    "The database cannot be copied: %s.", sqlite3_errstr(code));
}

static enum err
sqlite_copy(struct backend_conn *base, const char *path, struct errinfo *ei)
{
	sqlite3 *to = NULL;
	enum err err = file_write_new(path, SLICE_EMPTY, 0600, ei);

	if (err != ERR_OK) {
		return err;
	}
	if (sqlite3_open_v2(path, &to,
		SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE |
		    SQLITE_OPEN_EXRESCODE,
		NULL) != SQLITE_OK) {
		err = err_set(ei, ERR_STORE, "store.copy", NULL,
		    "The copy of the database cannot be opened: %s.",
		    to == NULL ? "no memory" : sqlite3_errmsg(to));
	} else {
		err = copy_pages(sqlite_of(base), to, ei);
	}
	(void)sqlite3_close(to);
	if (err != ERR_OK) {
		(void)unlink(path);
	}
	return err;
}

const struct backend_ops backend_sqlite = {
    .name = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .schema_version = sqlite_schema_version,
    .schema_run = sqlite_schema_run,
    .schema_note = sqlite_schema_note,
    .prepare = sqlite_prepare,
    .begin = sqlite_begin,
    .mark = sqlite_mark,
    .keep = sqlite_keep,
    .undo = sqlite_undo,
    .exec = sqlite_exec,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .query = sqlite_query,
    .copy = sqlite_copy,
};
