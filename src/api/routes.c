/* SPDX-License-Identifier: Apache-2.0 */
#include "api/routes.h"

#include "api/api.h"
#include "base/attr.h"

static const struct route routes[] = {
    {"GET", "/healthz", api_health, ROUTE_INLINE},
    {"GET", "/readyz", api_ready, 0},
    {"GET", "/v1/service", api_service, 0},
    {"GET", "/v1/authorities", api_authorities, 0},
    {"GET", "/v1/authorities/{authority}/{format}", api_authority_file, 0},

    {"GET", "/", api_page, ROUTE_INLINE},
    {"GET", "/sign-in", api_page, ROUTE_INLINE},
    {"GET", "/sign-in/code", api_page, ROUTE_INLINE},
    {"GET", "/trust", api_page, ROUTE_INLINE},
    {"GET", "/my", api_page, ROUTE_INLINE},
    {"GET", "/my/{rest*}", api_page, ROUTE_INLINE},
    {"GET", "/assets/{name}", api_page_file, ROUTE_INLINE},

    {"POST", "/v1/sign-in/code", api_sign_in_code, ROUTE_BODY},
    {"POST", "/v1/sign-in", api_sign_in, ROUTE_BODY},
    {"GET", "/v1/session", api_session, 0},
    {"DELETE", "/v1/session", api_sign_out, 0},

    {"GET", "/v1/my/forms", api_my_forms, 0},
    {"GET", "/v1/my/forms/{form}", api_my_form, 0},
    {"POST", "/v1/my/forms/{form}/application", api_my_form_apply,
	ROUTE_BODY | ROUTE_BODY_OPTIONAL},
    {"GET", "/v1/my/applications/{application}", api_my_application, 0},
    {"POST", "/v1/my/applications/{application}/check", api_my_check,
	ROUTE_BODY},
    {"POST", "/v1/my/applications/{application}/request", api_my_request,
	ROUTE_BODY},
    {"POST", "/v1/my/applications/{application}/code", api_my_code,
	ROUTE_BODY | ROUTE_BODY_OPTIONAL},
    {"POST", "/v1/my/applications/{application}/confirmation", api_my_confirm,
	ROUTE_BODY},
    {"GET", "/v1/my/applications/{application}/acquaintance",
	api_my_acquaintance, 0},
    {"POST", "/v1/my/applications/{application}/acquaintance", api_my_acquaint,
	ROUTE_BODY},
    {"POST", "/v1/my/applications/{application}/installed", api_my_installed,
	ROUTE_BODY | ROUTE_BODY_OPTIONAL},
    {"GET", "/v1/my/applications/{application}/certificate", api_my_certificate,
	0},
    {"GET", "/v1/my/applications/{application}/certificate/{format}",
	api_my_certificate_file, 0},

    {"POST", "/v1/organisations", api_record_create, ROUTE_BODY},
    {"GET", "/v1/organisations", api_record_list, 0},
    {"GET", "/v1/organisations/{organisation}", api_record_get, 0},
    {"PUT", "/v1/organisations/{organisation}", api_record_update, ROUTE_BODY},
    {"POST", "/v1/persons", api_record_create, ROUTE_BODY},
    {"GET", "/v1/persons", api_record_list, 0},
    {"GET", "/v1/persons/{person}", api_record_get, 0},
    {"PUT", "/v1/persons/{person}", api_record_update, ROUTE_BODY},
    {"POST", "/v1/forms", api_form_create, ROUTE_BODY},
    {"GET", "/v1/forms", api_form_list, 0},
    {"GET", "/v1/forms/{form}", api_form_get, 0},
    {"PUT", "/v1/forms/{form}", api_form_update, ROUTE_BODY},
    {"POST", "/v1/forms/{form}/payment", api_form_pay,
	ROUTE_BODY | ROUTE_BODY_OPTIONAL},
    {"POST", "/v1/forms/{form}/identification", api_form_identify, ROUTE_BODY},
    {"GET", "/v1/forms/{form}/identification", api_form_document, 0},
    {"POST", "/v1/forms/{form}/approval", api_form_approve, ROUTE_BODY},
    {"POST", "/v1/forms/{form}/withdrawal", api_form_withdraw, ROUTE_BODY},
    {"GET", "/v1/applications", api_application_list, 0},
    {"GET", "/v1/applications/{application}", api_application_get, 0},
    {"POST", "/v1/applications/{application}/approval", api_application_approve,
	ROUTE_BODY | ROUTE_BODY_OPTIONAL},
    {"POST", "/v1/applications/{application}/refusal", api_application_refuse,
	ROUTE_BODY},
    {"POST", "/v1/applications/{application}/correction",
	api_application_ask_correct, ROUTE_BODY},
    {"POST", "/v1/applications/{application}/corrected",
	api_application_corrected, ROUTE_BODY | ROUTE_BODY_OPTIONAL},
    {"POST", "/v1/applications/{application}/withdrawal",
	api_application_withdraw, ROUTE_BODY},
    {"POST", "/v1/certificates", api_certificate_issue, ROUTE_BODY},
    {"GET", "/v1/certificates", api_certificate_list, 0},
    {"GET", "/v1/certificates/{certificate}", api_certificate_get, 0},
    {"GET", "/v1/certificates/{certificate}/{format}", api_certificate_file, 0},
    {"POST", "/v1/certificates/{certificate}/revocation",
	api_certificate_revoke, ROUTE_BODY},
    {"POST", "/v1/certificates/{certificate}/hold", api_certificate_hold,
	ROUTE_BODY},
    {"POST", "/v1/certificates/{certificate}/release", api_certificate_release,
	ROUTE_BODY},
    {"GET", "/v1/audit", api_audit_list, 0},
};

const struct route *
api_routes(size_t *out_num)
{
	*out_num = ARRAY_LEN(routes);
	return routes;
}
