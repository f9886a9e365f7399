/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_STORE_SQLITE_LOG_H
#define SURGUCH_STORE_SQLITE_LOG_H
/*
 * SQLite writes its log in two calls a page, two dozen for a certificate.  A
 * VFS over another one keeps what is written to the log's end in memory and
 * passes it on in one piece: before a sync, before anything else that could see
 * the difference, and when SQLOG_BYTES_MAX are full.
 *
 * What a crash may leave is what it was before.  Nothing is committed until the
 * log has been synced (synchronous = FULL, which the connection must have set
 * before it writes); the chain of checksums in the log tells whole frames from
 * torn ones; and other connections look at a frame only after the index of the
 * log names it, which SQLite does after the sync (on a disk without
 * SQLITE_IOCAP_POWERSAFE_OVERWRITE not always, and there nothing is kept).  A
 * write that fails is
 * reported by the call that passes it on, usually the sync: the transaction
 * fails there instead of a moment earlier.
 */

enum {
	/* 30 frames of a page each.  The system's VFS of SQLite takes less
	 * than 128 KiB in one write. */
	SQLOG_BYTES_MAX = 124 * 1024,
};

/* The name of the VFS over that one (NULL: the system's), for the connection
 * that writes.  NULL when there is no such VFS. */
const char *sqlog_vfs(const char *over);

#endif
