/* SPDX-License-Identifier: Apache-2.0 */
#include "os/memory.h"

#include <stdint.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/secret.h"
#include "os/confine.h"
#include "os/seam.h"

#if defined(__SANITIZE_ADDRESS__)
#define LEAK_CHECK
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAK_CHECK
#endif
#endif

#ifdef LEAK_CHECK
/* At exit it would look into our own /proc, where behind the walls nobody can
 * look; the unit tests check for leaks. */
int __lsan_is_turned_off(void);

int
__lsan_is_turned_off(void)
{
	return 1;
}
#endif

enum err
confine_hide(struct errinfo *ei)
{
	struct rlimit none = {0, 0};

	if (setrlimit(RLIMIT_CORE, &none) != 0) {
		return err_sys(ei, "confine.core", "Core dumps stay on");
	}
	if (!seam_wall_off("dumpable") &&
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		return err_sys(ei, "confine.dumpable",
		    "This process cannot be hidden from others");
	}
	return ERR_OK;
}

bool
memory_keep(void *p, size_t len)
{
	/* Linux rounds the beginning down to a page, POSIX does not say so. */
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t skew = (uintptr_t)p % page;

	return mlock((uint8_t *)p - skew, len + skew) == 0;
}

/* A secret that cannot be locked is one all the same. */
static void
keep(void *p, size_t len)
{
	(void)memory_keep(p, len);
}

/* Without a limit: under one, a later mapping would fail. */
static bool
lock_all(void)
{
	struct rlimit limit = {0};

	return (geteuid() == 0 || (getrlimit(RLIMIT_MEMLOCK, &limit) == 0 &&
				      limit.rlim_cur == RLIM_INFINITY)) &&
	       mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

enum err
memory_guard(bool *out_all, struct errinfo *ei)
{
	enum err e = confine_hide(ei);

	if (e != ERR_OK) {
		return e;
	}
	*out_all = lock_all();
	if (!*out_all) {
		secret_set_keeper(keep);
	}
	return ERR_OK;
}

void
memory_return(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
}
