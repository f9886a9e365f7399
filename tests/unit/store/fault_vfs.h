/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_STORE_FAULT_VFS_H
#define SURGUCH_TESTS_STORE_FAULT_VFS_H
/*
 * A SQLite VFS named "fault" over the system's, whose disk can be made full,
 * slow or broken, and which knows what a power cut would leave: what was
 * synced, as it was when it was synced.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Registers it once and makes the disk whole and endless again. */
void fault_reset(void);

/* Bytes by which files may still grow; -1 for no limit. */
void fault_space(int64_t bytes);
/* The next sync of a log fails (once). */
void fault_fail_sync(void);
/* After this many good writes every write fails until the next reset or
 * fault_fail_writes(-1). */
void fault_fail_writes(int64_t after);
/* Syncs pretend to be done: the mistake that the tests must notice. */
void fault_skip_sync(bool skip);

/* Until the next reset it is a disk that may damage what lies beside a write.
 */
void fault_harm_neighbours(void);

/* Hold the next sync of a log until fault_release(). */
void fault_hold_sync(void);
/* Wait until one is held. */
void fault_wait_held(void);
void fault_release(void);

/* Syncs of a log so far. */
unsigned fault_num_syncs(void);
/* Writes so far. */
unsigned fault_num_writes(void);

/* What the disk would hold after a power cut now: files of `dir` into the
 * empty directory `to`. */
void fault_power_cut(const char *dir, const char *to);

#endif
