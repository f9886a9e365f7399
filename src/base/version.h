/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_BASE_VERSION_H
#define SURGUCH_BASE_VERSION_H
/* The release, as meson.build names it: "0.1.0". */
extern const char surguch_version[];

#endif
