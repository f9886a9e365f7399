/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_ATTR_H
#define SURGUCH_BASE_ATTR_H
/*
 * The only compiler attributes that the tree uses, by name, so that another
 * compiler needs one header changed.
 */
#define ATTR_MUST_USE     __attribute__((warn_unused_result))
#define ATTR_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define ATTR_NORETURN     __attribute__((noreturn))
#define ATTR_CLEANUP(f)   __attribute__((cleanup(f)))
#define ATTR_UNUSED       __attribute__((unused))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
