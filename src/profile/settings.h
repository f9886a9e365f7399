/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_SETTINGS_H
#define SURGUCH_PROFILE_SETTINGS_H
/*
 * The words of a profile file: the table for conf_parse(), and what each name
 * in it means.
 */
#include <stdbool.h>
#include <stdint.h>

#include "conf/conf.h"
#include "profile/profile_priv.h"

extern const struct conf_setting profile_settings[];

/* Choices of "need", in the file's order. */
enum profile_need {
	NEED_REQUIRED,
	NEED_OPTIONAL,
	NEED_FORBIDDEN,
};

/* What an attribute is unless the file says otherwise: facts 3.1 and RFC 5280
 * appendix A.1. */
struct attr_default {
	enum oid id;
	uint8_t tag;
	bool fixed_tag; /* the standard leaves no choice */
	enum attr_pattern pattern;
	uint32_t max_chars;
};

/* conf_complain() for a path through groups: the line is the setting's own,
 * or that of the nearest group that the file has. */
void settings_complain(struct conf_report *report, struct conf_cursor c,
    const char *path, const char *fmt, ...) ATTR_PRINTF(4, 5);

/* NULL when it is no subject attribute that we write. */
const struct attr_default *settings_attr(enum oid id);
/* choice: index of "type".  Writes the tag when the attribute may have it. */
bool settings_type_fits(
    const struct attr_default *d, size_t choice, uint8_t *tag);
bool settings_params_fit(enum key_alg alg, enum oid params);
/* One bit of enum key_usage_bits, 0 when there is no such name. */
uint32_t settings_key_usage(const char *name);
const char *settings_key_usage_name(unsigned bit); /* its number */
/* 0..3, or -1. */
int settings_identification(const char *name);
const char *settings_identification_name(int kind); /* of 0..3 */
const char *settings_kind_name(enum profile_kind kind);
const char *settings_request_name(enum profile_csr_subject what);
/* Where the texts of issuerSignTool stand, in their order in it. */
extern const char *const settings_tool_paths[ISSUER_SIGN_TOOL_TEXTS];
/* Fills p->key_spec from the first key. */
void settings_key_spec(struct profile *p);

#endif
