/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_OS_LIBRARY_H
#define SURGUCH_OS_LIBRARY_H
/*
 * A shared library that is named by settings and loaded while the program
 * runs: a maker's PKCS#11 module.  What is loaded runs with all that this
 * process may do, so whoever calls has checked who could have written it
 * (file_check_trusted()).
 *
 * It is never unloaded: modules leave threads and exit handlers behind.
 */
#include "base/err.h"

typedef void library_function(void);

/*
 * Load the library at an absolute path, with everything that it needs, at
 * once: behind the walls nothing can be loaded any more.  *out is its function
 * of this name.  ERR_FORMAT "library.path" for another path, ERR_UNSUPPORTED
 * "library.load" with the loader's own words.
 */
ATTR_MUST_USE enum err library_load(const char *path, const char *function,
    library_function **out, struct errinfo *ei);

#endif
