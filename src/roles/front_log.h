/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_ROLES_FRONT_LOG_H
#define SURGUCH_ROLES_FRONT_LOG_H
/*
 * What front's parts have to tell, as lines of the log: each function is the
 * one that its part calls.  Nothing personal and no secret is in them.
 */
#include <stdbool.h>

struct errinfo;
struct http_access;
struct id;

/* arg: the web_counts that count it, or NULL. */
void front_log_access(void *arg, const struct http_access *a);
/* arg of those below is not used. */
void front_log_issuing(
    void *arg, const struct id *application, const struct errinfo *ei);
void front_log_publisher(void *arg, const char *ca, const struct errinfo *ei);
void front_log_outbox(void *arg, const char *outcome, const char *detail);
void front_log_breaker(void *arg, const char *area, bool open);
void front_log_root_crl(void *arg, const char *file, const struct errinfo *ei);

#endif
