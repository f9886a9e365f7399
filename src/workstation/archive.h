/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_WORKSTATION_ARCHIVE_H
#define SURGUCH_WORKSTATION_ARCHIVE_H
/*
 * Old keys are kept for what was encrypted to them (A16): what has expired is
 * copied to the profile, once, and each copy is tried.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

struct medium;
struct privkey;

/* Is it over?  False too of what is no certificate. */
bool archive_is_due(struct slice cert, int64_t now);
/* Is a container with this very certificate on the medium? */
bool archive_has(const struct medium *to, struct slice cert);

/* What is to be kept; everything is borrowed. */
struct archive_item {
	struct privkey *key; /* that may be copied */
	struct slice cert;
	const char *spec;
	const char *label;     /* "": "surguch" */
	struct slice password; /* of the copy; empty: none */
};
/*
 * A copy on the medium, which is no token, opened again and tried:
 * *out_decrypts as key_trial().  The errors of media_create(),
 * container_install_cert() and key_trial().
 */
ATTR_MUST_USE enum err archive_keep(const struct medium *to,
    const struct archive_item *item, int64_t now, bool *out_decrypts,
    struct errinfo *ei);

#endif
