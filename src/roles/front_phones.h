/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_PHONES_H
#define SURGUCH_ROLES_FRONT_PHONES_H
/* Changes of phones (registry/phone_change.h) as the settings have them. */

struct registry;
struct settings;

/* How long they cool, and where their SMS says to object. */
void front_phones_set(struct registry *r, const struct settings *s);
/* What is due is done, or told of in the log and done the next time. */
void front_phones_sweep(struct registry *r);

#endif
