/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_COMMANDS_H
#define SURGUCH_CLI_COMMANDS_H
/* The commands of `surguch`, a file for each group. */
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

typedef enum err cli_run(
    int argc, char **argv, const char *usage, struct errinfo *ei);

/* cmd_agent.c */
cli_run cmd_agent_trust, cmd_agent_list, cmd_agent_revoke;
/* cmd_policy.c */
cli_run cmd_agent_policy;
/* cmd_cabinet.c: signing in, forms */
cli_run cmd_cabinet_use, cmd_cabinet_login, cmd_cabinet_logout,
    cmd_cabinet_forms, cmd_cabinet_show, cmd_cabinet_apply;
/* cmd_enrol.c: one application, step by step */
cli_run cmd_cabinet_check, cmd_cabinet_request, cmd_cabinet_confirm,
    cmd_cabinet_status, cmd_cabinet_wait, cmd_cabinet_acquaint,
    cmd_cabinet_install, cmd_cabinet_download;
/* cmd_certificate.c: how one stands, and its end */
cli_run cmd_cabinet_certificates, cmd_cabinet_stop, cmd_certificate_status,
    cmd_certificate_stop;
/* cmd_container.c */
cli_run cmd_container_new, cmd_container_list, cmd_container_show;
/* cmd_container_move.c */
cli_run cmd_container_import, cmd_container_export;
/* cmd_container_password.c */
cli_run cmd_container_password;
/* cmd_container_care.c */
cli_run cmd_container_check, cmd_container_archive, cmd_container_delete;
/* cmd_media.c: tokens, disks, the registry */
cli_run cmd_media_list, cmd_media_make, cmd_media_check;
/* cmd_show.c */
cli_run cmd_show_file;
/* cmd_store.c: certificates in the person's stores and browsers */
cli_run cmd_store_list, cmd_store_install, cmd_store_remove;
/* cmd_trust_*.c: lists of trusted roots */
cli_run cmd_trust_show, cmd_trust_diff, cmd_trust_sst, cmd_trust_p7b,
    cmd_trust_pem, cmd_trust_crt, cmd_trust_mirror, cmd_trust_mirror_back,
    cmd_trust_client_config, cmd_trust_install, cmd_trust_remove,
    cmd_trust_distrust, cmd_trust_undo, cmd_trust_list, cmd_trust_mirror_export,
    cmd_trust_mirror_import, cmd_trust_feed;
/* cmd_verify.c */
cli_run cmd_verify;

/* --json was given: answers are the centre's own JSON. */
bool cmd_json(void);
struct cabinet;
/* The person's own, of the centre that `cabinet use` chose; ERR_STATE
 * "cabinet.none".  The caller frees it. */
ATTR_MUST_USE enum err cmd_open_cabinet(
    struct cabinet **out, struct errinfo *ei);
/* What the centre answers to GET path, as it is. */
ATTR_MUST_USE enum err cmd_print_json(
    struct cabinet *c, const char *path, struct errinfo *ei);

struct container;
struct secret;
/* Open the container, asking for its password when it has one. */
ATTR_MUST_USE enum err cli_open_container(const char *path,
    const char *password_file, struct container **out, struct errinfo *ei);

#endif
