/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of any bytes where a journal should be: it opens, cut or whole, or
 * is refused by name.  What has opened opens a second time with nothing more
 * to cut, and with one more record.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/init.h"
#include "os/file.h"
#include "signer/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory: what a sync costs is not the question here. */
static char in_memory[] = "/dev/shm/surguch-fuzz-XXXXXX";
static char on_disk[] = "/tmp/surguch-fuzz-XXXXXX";
static char *dir = in_memory;

static void
clean(void)
{
	char **names = NULL;
	size_t num = 0;

	if (dir_list(dir, NULL, 100, &names, &num, NULL) != ERR_OK) {
		return;
	}
	for (size_t i = 0; i < num; i++) {
		char path[PATH_TEXT_SIZE];

		if (path_join(path, dir, names[i], NULL) == ERR_OK) {
			(void)unlink(path);
		}
	}
	dir_list_free(names, num);
}

static void
remove_dir(void)
{
	clean();
	(void)rmdir(dir);
}

static void
once(void)
{
	static bool done;

	if (!done) {
		done = true;
		if (mkdtemp(dir) == NULL) {
			dir = on_disk;
			(void)!mkdtemp(dir);
		}
		if (!file_exists(dir) || atexit(remove_dir) != 0 ||
		    crypto_init(NULL) != ERR_OK) {
			abort();
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record_ceiling p = {.profile = "x", .per_day = 1};
	struct journal_report report = {0};
	struct ledger *l = NULL;
	struct errinfo ei = {0};
	char path[PATH_TEXT_SIZE];
	uint64_t num;

	once();
	clean();
	if (path_join(path, dir, "journal", NULL) != ERR_OK ||
	    file_write_new(path, slice_make(data, size), 0600, NULL) !=
		ERR_OK) {
		abort();
	}
	if (ledger_open(dir, true, &report, &l, &ei) != ERR_OK) {
		if (l != NULL || ei.rule[0] == '\0') {
			abort();
		}
		return 0;
	}
	num = report.num_records;
	if (report.bytes + report.cut_bytes != size ||
	    ledger_add_ceiling(l, 1, &p, NULL) != ERR_OK ||
	    ledger_commit(l, NULL) != ERR_OK) {
		abort();
	}
	ledger_close(l);
	if (ledger_open(dir, true, &report, &l, &ei) != ERR_OK ||
	    report.cut_bytes != 0 || report.num_records != num + 1) {
		abort();
	}
	ledger_close(l);
	return 0;
}
