/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CTL_H
#define SURGUCH_CLI_CTL_H
/*
 * surguchctl's questions to a running centre over its control socket, and the
 * commands that ask with options; those without stand in a table in
 * surguchctl.c.
 */
#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "cli/cli.h"
#include "ipc/control_msg.h"

/* --centre: a centre under a prefix; else the system's own. */
extern const char *ctl_centre;

/* Build a question: a verb with the words behind it, then "name=value" for
 * each option "--name" that was given, and "format=json" for the switch
 * --json.  ERR_LIMIT "cli.words" for a word that is too long. */
ATTR_MUST_USE enum err ctl_begin(struct control_call *c, const char *group,
    const char *name, const struct cli_args *args, struct errinfo *ei);
ATTR_MUST_USE enum err ctl_options(struct control_call *c,
    const struct cli_option *options, size_t num, struct errinfo *ei);

/* Ask, and append the answer's text; wait_ms 0 is a minute.  ERR_AGAIN
 * "control.connect" when no centre answers; what the centre says itself. */
ATTR_MUST_USE enum err ctl_ask(const struct control_call *c, int wait_ms,
    struct buf *out, struct errinfo *ei);

/* Any question over a control socket: send the frame, wait, and take the frame
 * that answers it (its bytes in `store`, its descriptors the caller's).  One of
 * another type than `done` is the other side's error, which is returned. */
struct frame;
ATTR_MUST_USE enum err ctl_exchange(int fd, const struct frame *question,
    uint16_t done, int wait_ms, struct buf *store, struct frame *out,
    struct errinfo *ei);

/* A whole command: a verb with so many words behind it and these options, all
 * of which the centre knows. */
struct ctl_command {
	const char *group;
	const char *name;
	size_t words;
	const struct cli_option *options;
	size_t num_options;
	int wait_ms; /* for the answer; 0: a minute */
};
ATTR_MUST_USE enum err ctl_command(const struct ctl_command *c, int argc,
    char **argv, const char *usage, struct errinfo *ei);

typedef enum err ctl_run(
    int argc, char **argv, const char *usage, struct errinfo *ei);
/* ctl_certificate.c */
ctl_run ctl_certificate_list, ctl_certificate_find, ctl_certificate_show,
    ctl_certificate_issue, ctl_certificate_revoke, ctl_certificate_hold,
    ctl_certificate_release;
/* ctl_profile.c */
ctl_run ctl_profile_check, ctl_profile_show, ctl_profile_diff,
    ctl_profile_rules;
/* ctl_replay.c */
ctl_run ctl_profile_replay;
/* ctl_profile.c, for both: a profile's file under the centre's accreditation;
 * everything that is wrong in it goes to standard error. */
struct profile;
ATTR_MUST_USE enum err ctl_profile_load(
    const char *path, struct profile **out, struct errinfo *ei);
/* ctl_ca.c */
ctl_run ctl_ca_crl;
/* ctl_audit.c */
ctl_run ctl_audit_show;
/* ctl_message.c */
ctl_run ctl_message_list;
/* ctl_registry.c */
ctl_run ctl_person_find, ctl_organisation_find, ctl_phone_change_list,
    ctl_phone_change_withdraw;

#endif
