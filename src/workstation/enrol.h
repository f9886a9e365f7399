/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_ENROL_H
#define SURGUCH_WORKSTATION_ENROL_H
/*
 * The person's side of an application: what the workstation does with its
 * container on each step.  The key never leaves the container; the centre
 * gets a request, a signature and nothing else.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct cabinet;
struct container;

/* A PKCS#10 by the container's key; the name in it is only for people to
 * read (the centre certifies what stands in its registry). */
ATTR_MUST_USE enum err enrol_make_request(struct container *k,
    const char *common_name, struct buf *out_der, struct errinfo *ei);

/* Where the key lies, for the other computers of the same person. */
struct enrol_medium {
	const char *kind; /* medium_kind_name() */
	const char *name;
	const char *container; /* its id */
};
/* Send it; the confirming code goes out by SMS.  medium NULL: not told. */
ATTR_MUST_USE enum err enrol_send_request(struct cabinet *c,
    const char *application, struct slice der,
    const struct enrol_medium *medium, struct errinfo *ei);

/* The text to be read, as the centre shows it. */
ATTR_MUST_USE enum err enrol_get_acquaintance(struct cabinet *c,
    const char *application, struct buf *text, struct errinfo *ei);
/* Sign the text (CAdES-BES, detached) by the new key and send it.  The
 * certificate must be of the container's key: ERR_CONFLICT. */
ATTR_MUST_USE enum err enrol_acquaint(struct cabinet *c,
    const char *application, struct container *k, struct slice text,
    struct errinfo *ei);

/* Fetch the certificate, put it into the container, tell the centre. */
ATTR_MUST_USE enum err enrol_install(struct cabinet *c, const char *application,
    struct container *k, struct errinfo *ei);

/* "der", "pem" or "p7b". */
ATTR_MUST_USE enum err enrol_download(struct cabinet *c,
    const char *application, const char *format, struct buf *out,
    struct errinfo *ei);

#endif
