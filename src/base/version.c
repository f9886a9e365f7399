/* SPDX-License-Identifier: Apache-2.0 */
#include "base/version.h"

const char surguch_version[] = SURGUCH_VERSION;
