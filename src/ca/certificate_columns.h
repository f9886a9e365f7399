/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CA_CERTIFICATE_COLUMNS_H
#define SURGUCH_CA_CERTIFICATE_COLUMNS_H
/*
 * The columns of the statements certificate.get, .by_sha256, .by_serial and
 * .page* (store/statements_ca.h), by number.
 */
enum certificate_column {
	CERTIFICATE_ID,
	CERTIFICATE_CA,
	CERTIFICATE_SERIAL,
	CERTIFICATE_SHA256,
	CERTIFICATE_SUBJECT,
	CERTIFICATE_NOT_BEFORE,
	CERTIFICATE_NOT_AFTER,
	CERTIFICATE_PROFILE,
	CERTIFICATE_APPLICATION, /* or NULL */
	CERTIFICATE_ISSUED_AT,
	CERTIFICATE_STATUS,
	CERTIFICATE_STATUS_AT,
	CERTIFICATE_PERSON,                      /* or NULL */
	CERTIFICATE_JOURNAL,                     /* or NULL */
	CERTIFICATE_DER,                         /* not of a page */
};

#endif
