/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_PROFILE_DESCRIBE_H
#define SURGUCH_PROFILE_DESCRIBE_H
/* All rules of a profile in words, defaults included: what surguchctl profile
 * shows and compares.  Keys are the settings' paths (surguch-profile(5)). */
#include "profile/facts.h"

struct profile;

void profile_describe(const struct profile *p, struct facts *out);

#endif
