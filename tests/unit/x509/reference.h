/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TESTS_X509_REFERENCE_H
#define SURGUCH_TESTS_X509_REFERENCE_H
/* Files for the tests of this folder: ours, and the reference data. */
#include <stdbool.h>

#include "base/buf.h"

enum {
	PATH_SIZE = 1024,
	FILE_BYTES = 1024 * 1024
};

/* SET/SUB of the reference data; false, and said aloud, when it is not
 * there. */
bool reference_path(const char *set, const char *sub, char out[PATH_SIZE]);
/* gost/SUB of the reference data; false when it is not there. */
bool reference_dir(const char *sub, char out[PATH_SIZE]);
/* tests/data/x509/NAME in the source tree. */
void data_path(const char *name, char out[PATH_SIZE]);
/* The whole file; the test fails when it cannot be read. */
void load_file(const char *path, struct buf *out);
/* DER, from a file that is DER or PEM. */
void load_der(const char *path, struct buf *out);
bool ends_with(const char *name, const char *end);

#endif
