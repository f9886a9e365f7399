/* SPDX-License-Identifier: Apache-2.0 */
#include "os/library.h"

#include <dlfcn.h>
#include <string.h>

static enum err
failed(const char *path, struct errinfo *ei)
{
	const char *why = dlerror();

	return err_object(ei,
	    err_set(ei, ERR_UNSUPPORTED, "library.load", NULL,
		"The library cannot be loaded: %s.",
		why != NULL ? why : "the loader does not say why"),
	    path);
}

enum err
library_load(const char *path, const char *function, library_function **out,
    struct errinfo *ei)
{
	void *handle, *symbol;

	if (path[0] != '/') {
		return err_object(ei,
		    err_set(ei, ERR_FORMAT, "library.path", NULL,
			"A library is named by its absolute path."),
		    path);
	}
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (handle == NULL) {
		return failed(path, ei);
	}
	symbol = dlsym(handle, function);
	if (symbol == NULL) {
		return failed(path, ei);
	}
	/* ISO C has no cast from an object's pointer to a function's; POSIX
	 * says that they are of one size. */
	_Static_assert(sizeof(*out) == sizeof(symbol), "POSIX dlsym()");
	memcpy(out, &symbol, sizeof(*out));
	return ERR_OK;
}
