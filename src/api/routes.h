/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_API_ROUTES_H
#define SURGUCH_API_ROUTES_H
/* The handlers of the API, by the file they are in; api/api.h has the table. */
#include "http/router.h"

/* service.c */
http_handler api_service;
/* health.c */
http_handler api_health, api_ready;
/* authorities.c */
http_handler api_authorities, api_authority_file;
/* pages.c */
http_handler api_page, api_page_file;
/* sign_in.c */
http_handler api_sign_in_code, api_sign_in, api_sign_out, api_session;
/* status.c */
http_handler api_status;
/* stop.c */
http_handler api_stop_challenge, api_stop_order, api_stop;
http_handler api_phone_object;
/* my_certificates.c */
http_handler api_my_certificates, api_my_kept_file, api_my_stop_code,
    api_my_stop;
/* desk_registry.c */
http_handler api_record_create, api_record_get, api_record_list,
    api_record_update;
/* desk_forms.c */
http_handler api_form_create, api_form_get, api_form_list, api_form_pay,
    api_form_identify, api_form_approve, api_form_update, api_form_document,
    api_form_withdraw;
http_handler api_phone_ask, api_phone_list, api_phone_withdraw;
/* desk_applications.c */
http_handler api_application_get, api_application_list, api_application_approve,
    api_application_refuse, api_application_ask_correct,
    api_application_corrected, api_application_withdraw;
/* desk_lists.c */
http_handler api_certificate_list, api_audit_list;
/* desk_certificates.c */
http_handler api_certificate_issue, api_certificate_get, api_certificate_file,
    api_certificate_revoke, api_certificate_hold, api_certificate_release;
/* agent.c */
http_handler api_agent_centre, api_my_order;
/* my_forms.c */
http_handler api_my_forms, api_my_form, api_my_form_apply;
/* my_events.c */
http_handler api_my_events;
/* my_history.c */
http_handler api_my_history;
/* my_application.c */
http_handler api_my_application, api_my_check, api_my_request, api_my_code,
    api_my_confirm;
/* my_certificate.c */
http_handler api_my_acquaintance, api_my_acquaint, api_my_installed,
    api_my_certificate, api_my_certificate_file;

#endif
