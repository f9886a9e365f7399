/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_HTTP_STATIC_FILES_H
#define SURGUCH_HTTP_STATIC_FILES_H
/*
 * The files of a web page: read into memory once, answered from there.  What
 * can be asked for is the table of names that were found in one directory, so
 * no request ever becomes a path.
 *
 * Each has an entity tag.  A name holds a hash of its content, except those
 * of .html: these are asked for anew each time and bear the page's headers,
 * the others may be kept for ever.  A file NAME.gz is NAME compressed, given
 * to whoever takes gzip (RFC 9110 12.5.3).
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "http/ready.h"

struct request;
struct response;
struct static_files;

/*
 * Read all of `dir`.  page: headers of .html files, copied.  ERR_SYS when
 * there is no such directory; ERR_UNSUPPORTED "static.type" for a name
 * whose ending is none that a page has; ERR_LIMIT above STATIC_FILES_MAX files
 * or STATIC_FILE_MAX bytes in one; "static.gzip" for a .gz without its file.
 */
ATTR_MUST_USE enum err static_files_load(const char *dir,
    const struct ready_header *page, size_t num_page, struct static_files **out,
    struct errinfo *ei);
/* After the server has stopped.  NULL is fine. */
void static_files_free(struct static_files *files);

/* Make the file of this name the answer; false when there is none. */
ATTR_MUST_USE bool static_files_send(const struct static_files *files,
    const char *name, const struct request *r, struct response *resp);

/* Does this value of Accept-Encoding (NULL: none) take gzip?  What is not
 * well formed takes nothing. */
bool static_takes_gzip(const char *accept_encoding);

#endif
