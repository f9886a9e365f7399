/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_DER_OID_LIST_H
#define SURGUCH_DER_OID_LIST_H
/*
 * The one list of object identifiers that we know by name.
 *
 * X(symbol, dotted, short name, long name, encoded content)
 *
 * The last column is what the dotted one encodes to; tests/unit/der/test_oid
 * computes it again and prints what it should be.
 */
/* clang-format off */
#define OID_LIST(X) \
	/* names: X.520, PKCS#9, order 795 */ \
	X(OID_CN, "2.5.4.3", "CN", \
	    "commonName", \
	    "\x55\x04\x03") \
	X(OID_SN, "2.5.4.4", "SN", \
	    "surname", \
	    "\x55\x04\x04") \
	X(OID_SERIAL_NUMBER, "2.5.4.5", "serialNumber", \
	    "serialNumber", \
	    "\x55\x04\x05") \
	X(OID_C, "2.5.4.6", "C", \
	    "countryName", \
	    "\x55\x04\x06") \
	X(OID_L, "2.5.4.7", "L", \
	    "localityName", \
	    "\x55\x04\x07") \
	X(OID_ST, "2.5.4.8", "ST", \
	    "stateOrProvinceName", \
	    "\x55\x04\x08") \
	X(OID_STREET, "2.5.4.9", "street", \
	    "streetAddress", \
	    "\x55\x04\x09") \
	X(OID_O, "2.5.4.10", "O", \
	    "organizationName", \
	    "\x55\x04\x0a") \
	X(OID_OU, "2.5.4.11", "OU", \
	    "organizationalUnitName", \
	    "\x55\x04\x0b") \
	X(OID_TITLE, "2.5.4.12", "title", \
	    "title", \
	    "\x55\x04\x0c") \
	X(OID_POSTAL_CODE, "2.5.4.17", "postalCode", \
	    "postalCode", \
	    "\x55\x04\x11") \
	X(OID_GN, "2.5.4.42", "GN", \
	    "givenName", \
	    "\x55\x04\x2a") \
	X(OID_DC, "0.9.2342.19200300.100.1.25", "DC", \
	    "domainComponent", \
	    "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19") \
	X(OID_EMAIL, "1.2.840.113549.1.9.1", "E", \
	    "emailAddress", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01") \
	X(OID_UNSTRUCTURED_NAME, "1.2.840.113549.1.9.2", "UN", \
	    "unstructuredName", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02") \
	X(OID_OGRN, "1.2.643.100.1", "OGRN", \
	    "OGRN", \
	    "\x2a\x85\x03\x64\x01") \
	X(OID_SNILS, "1.2.643.100.3", "SNILS", \
	    "SNILS", \
	    "\x2a\x85\x03\x64\x03") \
	X(OID_INNLE, "1.2.643.100.4", "INNLE", \
	    "INNLE", \
	    "\x2a\x85\x03\x64\x04") \
	X(OID_OGRNIP, "1.2.643.100.5", "OGRNIP", \
	    "OGRNIP", \
	    "\x2a\x85\x03\x64\x05") \
	X(OID_INN, "1.2.643.3.131.1.1", "INN", \
	    "INN", \
	    "\x2a\x85\x03\x03\x81\x03\x01\x01") \
	X(OID_RNS_FSS, "1.2.643.3.141.1.1", "RNSFSS", \
	    "rnsFss", \
	    "\x2a\x85\x03\x03\x81\x0d\x01\x01") \
	X(OID_KP_FSS, "1.2.643.3.141.1.2", "KPFSS", \
	    "kpFss", \
	    "\x2a\x85\x03\x03\x81\x0d\x01\x02") \
	/* extensions */ \
	X(OID_SKI, "2.5.29.14", "SKI", \
	    "subjectKeyIdentifier", \
	    "\x55\x1d\x0e") \
	X(OID_KEY_USAGE, "2.5.29.15", "KU", \
	    "keyUsage", \
	    "\x55\x1d\x0f") \
	X(OID_PRIVATE_KEY_PERIOD, "2.5.29.16", "PKUP", \
	    "privateKeyUsagePeriod", \
	    "\x55\x1d\x10") \
	X(OID_SAN, "2.5.29.17", "SAN", \
	    "subjectAltName", \
	    "\x55\x1d\x11") \
	X(OID_IAN, "2.5.29.18", "IAN", \
	    "issuerAltName", \
	    "\x55\x1d\x12") \
	X(OID_BASIC_CONSTRAINTS, "2.5.29.19", "BC", \
	    "basicConstraints", \
	    "\x55\x1d\x13") \
	X(OID_CRL_NUMBER, "2.5.29.20", "crlNumber", \
	    "cRLNumber", \
	    "\x55\x1d\x14") \
	X(OID_REASON_CODE, "2.5.29.21", "reason", \
	    "reasonCode", \
	    "\x55\x1d\x15") \
	X(OID_INVALIDITY_DATE, "2.5.29.24", "invalidityDate", \
	    "invalidityDate", \
	    "\x55\x1d\x18") \
	X(OID_DELTA_CRL, "2.5.29.27", "deltaCRL", \
	    "deltaCRLIndicator", \
	    "\x55\x1d\x1b") \
	X(OID_IDP, "2.5.29.28", "IDP", \
	    "issuingDistributionPoint", \
	    "\x55\x1d\x1c") \
	X(OID_CERT_ISSUER, "2.5.29.29", "certIssuer", \
	    "certificateIssuer", \
	    "\x55\x1d\x1d") \
	X(OID_NAME_CONSTRAINTS, "2.5.29.30", "NC", \
	    "nameConstraints", \
	    "\x55\x1d\x1e") \
	X(OID_CRL_POINTS, "2.5.29.31", "CDP", \
	    "cRLDistributionPoints", \
	    "\x55\x1d\x1f") \
	X(OID_POLICIES, "2.5.29.32", "CP", \
	    "certificatePolicies", \
	    "\x55\x1d\x20") \
	X(OID_ANY_POLICY, "2.5.29.32.0", "anyPolicy", \
	    "anyPolicy", \
	    "\x55\x1d\x20\x00") \
	X(OID_POLICY_MAPPINGS, "2.5.29.33", "PM", \
	    "policyMappings", \
	    "\x55\x1d\x21") \
	X(OID_AKI, "2.5.29.35", "AKI", \
	    "authorityKeyIdentifier", \
	    "\x55\x1d\x23") \
	X(OID_POLICY_CONSTRAINTS, "2.5.29.36", "PC", \
	    "policyConstraints", \
	    "\x55\x1d\x24") \
	X(OID_EXT_KEY_USAGE, "2.5.29.37", "EKU", \
	    "extKeyUsage", \
	    "\x55\x1d\x25") \
	X(OID_INHIBIT_ANY_POLICY, "2.5.29.54", "IAP", \
	    "inhibitAnyPolicy", \
	    "\x55\x1d\x36") \
	X(OID_FRESHEST_CRL, "2.5.29.46", "freshestCRL", \
	    "freshestCRL", \
	    "\x55\x1d\x2e") \
	X(OID_AIA, "1.3.6.1.5.5.7.1.1", "AIA", \
	    "authorityInfoAccess", \
	    "\x2b\x06\x01\x05\x05\x07\x01\x01") \
	X(OID_SUBJECT_SIGN_TOOL, "1.2.643.100.111", "subjectSignTool", \
	    "subjectSignTool", \
	    "\x2a\x85\x03\x64\x6f") \
	X(OID_ISSUER_SIGN_TOOL, "1.2.643.100.112", "issuerSignTool", \
	    "issuerSignTool", \
	    "\x2a\x85\x03\x64\x70") \
	X(OID_IDENTIFICATION_KIND, "1.2.643.100.114", "identificationKind", \
	    "identificationKind", \
	    "\x2a\x85\x03\x64\x72") \
	X(OID_POLICY_KC1, "1.2.643.100.113.1", "KC1", \
	    "classKC1", \
	    "\x2a\x85\x03\x64\x71\x01") \
	X(OID_POLICY_KC2, "1.2.643.100.113.2", "KC2", \
	    "classKC2", \
	    "\x2a\x85\x03\x64\x71\x02") \
	X(OID_POLICY_KC3, "1.2.643.100.113.3", "KC3", \
	    "classKC3", \
	    "\x2a\x85\x03\x64\x71\x03") \
	X(OID_POLICY_KB1, "1.2.643.100.113.4", "KB1", \
	    "classKB1", \
	    "\x2a\x85\x03\x64\x71\x04") \
	X(OID_POLICY_KB2, "1.2.643.100.113.5", "KB2", \
	    "classKB2", \
	    "\x2a\x85\x03\x64\x71\x05") \
	X(OID_POLICY_KA1, "1.2.643.100.113.6", "KA1", \
	    "classKA1", \
	    "\x2a\x85\x03\x64\x71\x06") \
	X(OID_QT_CPS, "1.3.6.1.5.5.7.2.1", "cps", \
	    "id-qt-cps", \
	    "\x2b\x06\x01\x05\x05\x07\x02\x01") \
	X(OID_QT_UNOTICE, "1.3.6.1.5.5.7.2.2", "unotice", \
	    "id-qt-unotice", \
	    "\x2b\x06\x01\x05\x05\x07\x02\x02") \
	/* purposes and access methods */ \
	X(OID_KP_SERVER, "1.3.6.1.5.5.7.3.1", "serverAuth", \
	    "serverAuth", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x01") \
	X(OID_KP_CLIENT, "1.3.6.1.5.5.7.3.2", "clientAuth", \
	    "clientAuth", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x02") \
	X(OID_KP_CODE, "1.3.6.1.5.5.7.3.3", "codeSigning", \
	    "codeSigning", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x03") \
	X(OID_KP_EMAIL, "1.3.6.1.5.5.7.3.4", "emailProtection", \
	    "emailProtection", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x04") \
	X(OID_KP_TIMESTAMP, "1.3.6.1.5.5.7.3.8", "timeStamping", \
	    "timeStamping", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x08") \
	X(OID_KP_OCSP, "1.3.6.1.5.5.7.3.9", "OCSPSigning", \
	    "OCSPSigning", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x09") \
	X(OID_KP_IPSEC_END, "1.3.6.1.5.5.7.3.5", \
	    "ipsecEndSystem", "ipsecEndSystem", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x05") \
	X(OID_KP_IPSEC_TUNNEL, "1.3.6.1.5.5.7.3.6", \
	    "ipsecTunnel", "ipsecTunnel", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x06") \
	X(OID_KP_IPSEC_USER, "1.3.6.1.5.5.7.3.7", \
	    "ipsecUser", "ipsecUser", \
	    "\x2b\x06\x01\x05\x05\x07\x03\x07") \
	X(OID_KP_IKE, "1.3.6.1.5.5.8.2.2", \
	    "ipsecIKEIntermediate", "ipsecIKEIntermediate", \
	    "\x2b\x06\x01\x05\x05\x08\x02\x02") \
	X(OID_KP_EFS, "1.3.6.1.4.1.311.10.3.4", \
	    "encryptedFileSystem", "szOID_KP_EFS", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x04") \
	X(OID_KP_DOCUMENT, "1.3.6.1.4.1.311.10.3.12", \
	    "documentSigning", "szOID_KP_DOCUMENT_SIGNING", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x0c") \
	X(OID_KP_RA_USER, "1.2.643.2.2.34.6", "raUser", \
	    "registrationCentreUser", \
	    "\x2a\x85\x03\x02\x02\x22\x06") \
	X(OID_ANY_EKU, "2.5.29.37.0", "anyEKU", \
	    "anyExtendedKeyUsage", \
	    "\x55\x1d\x25\x00") \
	X(OID_AD_OCSP, "1.3.6.1.5.5.7.48.1", "OCSP", \
	    "ocsp", \
	    "\x2b\x06\x01\x05\x05\x07\x30\x01") \
	X(OID_AD_CA_ISSUERS, "1.3.6.1.5.5.7.48.2", "caIssuers", \
	    "caIssuers", \
	    "\x2b\x06\x01\x05\x05\x07\x30\x02") \
	X(OID_OCSP_BASIC, "1.3.6.1.5.5.7.48.1.1", "ocspBasic", \
	    "ocspBasicResponse", \
	    "\x2b\x06\x01\x05\x05\x07\x30\x01\x01") \
	X(OID_OCSP_NONCE, "1.3.6.1.5.5.7.48.1.2", "ocspNonce", \
	    "ocspNonce", \
	    "\x2b\x06\x01\x05\x05\x07\x30\x01\x02") \
	X(OID_OCSP_NO_CHECK, "1.3.6.1.5.5.7.48.1.5", "noCheck", \
	    "ocspNoCheck", \
	    "\x2b\x06\x01\x05\x05\x07\x30\x01\x05") \
	/* keys */ \
	X(OID_RSA, "1.2.840.113549.1.1.1", "RSA", \
	    "rsaEncryption", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01") \
	X(OID_RSA_PSS, "1.2.840.113549.1.1.10", "RSA-PSS", \
	    "rsassaPss", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a") \
	X(OID_EC, "1.2.840.10045.2.1", "EC", \
	    "ecPublicKey", \
	    "\x2a\x86\x48\xce\x3d\x02\x01") \
	X(OID_P256, "1.2.840.10045.3.1.7", "P-256", \
	    "prime256v1", \
	    "\x2a\x86\x48\xce\x3d\x03\x01\x07") \
	X(OID_P384, "1.3.132.0.34", "P-384", \
	    "secp384r1", \
	    "\x2b\x81\x04\x00\x22") \
	X(OID_P521, "1.3.132.0.35", "P-521", \
	    "secp521r1", \
	    "\x2b\x81\x04\x00\x23") \
	X(OID_ED25519, "1.3.101.112", "Ed25519", \
	    "ed25519", \
	    "\x2b\x65\x70") \
	X(OID_GOST2001, "1.2.643.2.2.19", "GOST2001", \
	    "gost2001", \
	    "\x2a\x85\x03\x02\x02\x13") \
	X(OID_GOST256, "1.2.643.7.1.1.1.1", "GOST-2012-256", \
	    "gost2012_256", \
	    "\x2a\x85\x03\x07\x01\x01\x01\x01") \
	X(OID_GOST512, "1.2.643.7.1.1.1.2", "GOST-2012-512", \
	    "gost2012_512", \
	    "\x2a\x85\x03\x07\x01\x01\x01\x02") \
	X(OID_GOST2001_DH, "1.2.643.2.2.98", "GOST2001-DH", \
	    "id-GostR3410-2001DH", \
	    "\x2a\x85\x03\x02\x02\x62") \
	X(OID_GOST256_DH, "1.2.643.7.1.1.6.1", "GOST-2012-256-DH", \
	    "id-tc26-agreement-gost-3410-12-256", \
	    "\x2a\x85\x03\x07\x01\x01\x06\x01") \
	X(OID_GOST512_DH, "1.2.643.7.1.1.6.2", "GOST-2012-512-DH", \
	    "id-tc26-agreement-gost-3410-12-512", \
	    "\x2a\x85\x03\x07\x01\x01\x06\x02") \
	X(OID_CP_CONTAINER, "1.2.643.2.2.37.2.1", "CryptoPro-Container", \
	    "id-CryptoPro-GostPrivateKeys-V2-Full", \
	    "\x2a\x85\x03\x02\x02\x25\x02\x01") \
	X(OID_GOST_CP_TEST, "1.2.643.2.2.35.0", "CryptoPro-Test", \
	    "id-GostR3410-2001-TestParamSet", \
	    "\x2a\x85\x03\x02\x02\x23\x00") \
	X(OID_GOST_CP_A, "1.2.643.2.2.35.1", "CryptoPro-A", \
	    "id-GostR3410-2001-CryptoPro-A-ParamSet", \
	    "\x2a\x85\x03\x02\x02\x23\x01") \
	X(OID_GOST_CP_B, "1.2.643.2.2.35.2", "CryptoPro-B", \
	    "id-GostR3410-2001-CryptoPro-B-ParamSet", \
	    "\x2a\x85\x03\x02\x02\x23\x02") \
	X(OID_GOST_CP_C, "1.2.643.2.2.35.3", "CryptoPro-C", \
	    "id-GostR3410-2001-CryptoPro-C-ParamSet", \
	    "\x2a\x85\x03\x02\x02\x23\x03") \
	X(OID_GOST_CP_XA, "1.2.643.2.2.36.0", "CryptoPro-XchA", \
	    "id-GostR3410-2001-CryptoPro-XchA-ParamSet", \
	    "\x2a\x85\x03\x02\x02\x24\x00") \
	X(OID_GOST_CP_XB, "1.2.643.2.2.36.1", "CryptoPro-XchB", \
	    "id-GostR3410-2001-CryptoPro-XchB-ParamSet", \
	    "\x2a\x85\x03\x02\x02\x24\x01") \
	X(OID_GOST_TC_256A, "1.2.643.7.1.2.1.1.1", "TC26-256-A", \
	    "id-tc26-gost-3410-2012-256-paramSetA", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x01\x01") \
	X(OID_GOST_TC_256B, "1.2.643.7.1.2.1.1.2", "TC26-256-B", \
	    "id-tc26-gost-3410-2012-256-paramSetB", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x01\x02") \
	X(OID_GOST_TC_256C, "1.2.643.7.1.2.1.1.3", "TC26-256-C", \
	    "id-tc26-gost-3410-2012-256-paramSetC", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x01\x03") \
	X(OID_GOST_TC_256D, "1.2.643.7.1.2.1.1.4", "TC26-256-D", \
	    "id-tc26-gost-3410-2012-256-paramSetD", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x01\x04") \
	X(OID_GOST_TC_512_TEST, "1.2.643.7.1.2.1.2.0", "TC26-512-Test", \
	    "id-tc26-gost-3410-2012-512-paramSetTest", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x02\x00") \
	X(OID_GOST_TC_512A, "1.2.643.7.1.2.1.2.1", "TC26-512-A", \
	    "id-tc26-gost-3410-2012-512-paramSetA", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x02\x01") \
	X(OID_GOST_TC_512B, "1.2.643.7.1.2.1.2.2", "TC26-512-B", \
	    "id-tc26-gost-3410-2012-512-paramSetB", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x02\x02") \
	X(OID_GOST_TC_512C, "1.2.643.7.1.2.1.2.3", "TC26-512-C", \
	    "id-tc26-gost-3410-2012-512-paramSetC", \
	    "\x2a\x85\x03\x07\x01\x02\x01\x02\x03") \
	/* digests and signatures */ \
	X(OID_SHA1, "1.3.14.3.2.26", "SHA1", \
	    "sha1", \
	    "\x2b\x0e\x03\x02\x1a") \
	X(OID_SHA256, "2.16.840.1.101.3.4.2.1", "SHA256", \
	    "sha256", \
	    "\x60\x86\x48\x01\x65\x03\x04\x02\x01") \
	X(OID_SHA384, "2.16.840.1.101.3.4.2.2", "SHA384", \
	    "sha384", \
	    "\x60\x86\x48\x01\x65\x03\x04\x02\x02") \
	X(OID_SHA512, "2.16.840.1.101.3.4.2.3", "SHA512", \
	    "sha512", \
	    "\x60\x86\x48\x01\x65\x03\x04\x02\x03") \
	X(OID_GOST94, "1.2.643.2.2.9", "GOST94", \
	    "gostR3411-94", \
	    "\x2a\x85\x03\x02\x02\x09") \
	X(OID_STREEBOG256, "1.2.643.7.1.1.2.2", "Streebog-256", \
	    "gostR3411-2012-256", \
	    "\x2a\x85\x03\x07\x01\x01\x02\x02") \
	X(OID_STREEBOG512, "1.2.643.7.1.1.2.3", "Streebog-512", \
	    "gostR3411-2012-512", \
	    "\x2a\x85\x03\x07\x01\x01\x02\x03") \
	X(OID_SIG_RSA_SHA256, "1.2.840.113549.1.1.11", "RSA-SHA256", \
	    "sha256WithRSAEncryption", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b") \
	X(OID_SIG_RSA_SHA384, "1.2.840.113549.1.1.12", "RSA-SHA384", \
	    "sha384WithRSAEncryption", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c") \
	X(OID_SIG_RSA_SHA512, "1.2.840.113549.1.1.13", "RSA-SHA512", \
	    "sha512WithRSAEncryption", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d") \
	X(OID_SIG_RSA_SHA1, "1.2.840.113549.1.1.5", "RSA-SHA1", \
	    "sha1WithRSAEncryption", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05") \
	X(OID_SIG_ECDSA_SHA256, "1.2.840.10045.4.3.2", "ECDSA-SHA256", \
	    "ecdsa-with-SHA256", \
	    "\x2a\x86\x48\xce\x3d\x04\x03\x02") \
	X(OID_SIG_ECDSA_SHA384, "1.2.840.10045.4.3.3", "ECDSA-SHA384", \
	    "ecdsa-with-SHA384", \
	    "\x2a\x86\x48\xce\x3d\x04\x03\x03") \
	X(OID_SIG_GOST2001, "1.2.643.2.2.3", "GOST2001-SIG", \
	    "gostR3411-94-with-gostR3410-2001", \
	    "\x2a\x85\x03\x02\x02\x03") \
	X(OID_SIG_GOST256, "1.2.643.7.1.1.3.2", "GOST-256-SIG", \
	    "gost3410-2012-256-with-gost3411-2012-256", \
	    "\x2a\x85\x03\x07\x01\x01\x03\x02") \
	X(OID_SIG_GOST512, "1.2.643.7.1.1.3.3", "GOST-512-SIG", \
	    "gost3410-2012-512-with-gost3411-2012-512", \
	    "\x2a\x85\x03\x07\x01\x01\x03\x03") \
	/* PKCS#7, CMS, PKCS#9, PKCS#10 */ \
	X(OID_CMS_DATA, "1.2.840.113549.1.7.1", "data", \
	    "id-data", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01") \
	X(OID_CMS_SIGNED, "1.2.840.113549.1.7.2", "signedData", \
	    "id-signedData", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02") \
	X(OID_CMS_ENVELOPED, "1.2.840.113549.1.7.3", "envelopedData", \
	    "id-envelopedData", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03") \
	X(OID_CONTENT_TYPE, "1.2.840.113549.1.9.3", "contentType", \
	    "contentType", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x03") \
	X(OID_MESSAGE_DIGEST, "1.2.840.113549.1.9.4", "messageDigest", \
	    "messageDigest", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04") \
	X(OID_SIGNING_TIME, "1.2.840.113549.1.9.5", "signingTime", \
	    "signingTime", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05") \
	X(OID_SIGNING_CERT_V2, "1.2.840.113549.1.9.16.2.47", "signingCertV2", \
	    "id-aa-signingCertificateV2", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f") \
	X(OID_CHALLENGE_PASSWORD, "1.2.840.113549.1.9.7", "challengePassword", \
	    "challengePassword", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07") \
	X(OID_EXTENSION_REQUEST, "1.2.840.113549.1.9.14", "extReq", \
	    "extensionRequest", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x0e") \
	X(OID_MS_TEMPLATE_NAME, "1.3.6.1.4.1.311.20.2", "msTemplate", \
	    "microsoftCertTemplateName", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x14\x02") \
	X(OID_MS_TEMPLATE, "1.3.6.1.4.1.311.21.7", "msTemplateV2", \
	    "microsoftCertTemplate", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x15\x07") \
	X(OID_MS_CA_VERSION, "1.3.6.1.4.1.311.21.1", "msCaVersion", \
	    "microsoftCaVersion", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x15\x01") \
	/* encrypted keys: PKCS#5, RFC 9337 */ \
	X(OID_PBE_SHA1_3DES, "1.2.840.113549.1.12.1.3", "PBE-SHA1-3DES", \
	    "pbeWithSHA1And3-KeyTripleDES-CBC", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03") \
	X(OID_PBES2, "1.2.840.113549.1.5.13", "PBES2", \
	    "pbes2", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d") \
	X(OID_PBKDF2, "1.2.840.113549.1.5.12", "PBKDF2", \
	    "pbkdf2", \
	    "\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c") \
	X(OID_HMAC_SHA1, "1.2.840.113549.2.7", "hmacSHA1", \
	    "hmacWithSHA1", \
	    "\x2a\x86\x48\x86\xf7\x0d\x02\x07") \
	X(OID_HMAC_SHA256, "1.2.840.113549.2.9", "hmacSHA256", \
	    "hmacWithSHA256", \
	    "\x2a\x86\x48\x86\xf7\x0d\x02\x09") \
	X(OID_HMAC_SHA512, "1.2.840.113549.2.11", "hmacSHA512", \
	    "hmacWithSHA512", \
	    "\x2a\x86\x48\x86\xf7\x0d\x02\x0b") \
	X(OID_HMAC_STREEBOG256, "1.2.643.7.1.1.4.1", "hmacStreebog256", \
	    "hmacGostR3411-2012-256", \
	    "\x2a\x85\x03\x07\x01\x01\x04\x01") \
	X(OID_HMAC_STREEBOG512, "1.2.643.7.1.1.4.2", "hmacStreebog512", \
	    "hmacGostR3411-2012-512", \
	    "\x2a\x85\x03\x07\x01\x01\x04\x02") \
	X(OID_AES128_CBC, "2.16.840.1.101.3.4.1.2", "AES-128-CBC", \
	    "aes128-CBC", \
	    "\x60\x86\x48\x01\x65\x03\x04\x01\x02") \
	X(OID_AES256_CBC, "2.16.840.1.101.3.4.1.42", "AES-256-CBC", \
	    "aes256-CBC", \
	    "\x60\x86\x48\x01\x65\x03\x04\x01\x2a") \
	X(OID_GOST89, "1.2.643.2.2.21", "GOST89", \
	    "gost28147-89", \
	    "\x2a\x85\x03\x02\x02\x15") \
	X(OID_GOST89_SET_Z, "1.2.643.7.1.2.5.1.1", "GOST89-Z", \
	    "id-tc26-gost-28147-param-Z", \
	    "\x2a\x85\x03\x07\x01\x02\x05\x01\x01") \
	X(OID_GOST89_SET_CP_A, "1.2.643.2.2.31.1", "GOST89-CryptoPro-A", \
	    "id-Gost28147-89-CryptoPro-A-ParamSet", \
	    "\x2a\x85\x03\x02\x02\x1f\x01") \
	X(OID_MAGMA_CTR_ACPKM, "1.2.643.7.1.1.5.1.1", "magma-ctr-acpkm", \
	    "magma-ctr-acpkm", \
	    "\x2a\x85\x03\x07\x01\x01\x05\x01\x01") \
	X(OID_KUZNYECHIK_CTR_ACPKM, "1.2.643.7.1.1.5.2.1", \
	    "kuznyechik-ctr-acpkm", "kuznyechik-ctr-acpkm", \
	    "\x2a\x85\x03\x07\x01\x01\x05\x02\x01") \
	/* Microsoft's lists of roots */ \
	X(OID_CTL, "1.3.6.1.4.1.311.10.1", \
	    "CTL", "szOID_CTL", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x01") \
	X(OID_CTL_SIGNING, "1.3.6.1.4.1.311.10.3.1", \
	    "ctlSigning", "szOID_KP_CTL_USAGE_SIGNING", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x01") \
	X(OID_ROOT_LIST_SIGNER, "1.3.6.1.4.1.311.10.3.9", \
	    "rootListSigner", "szOID_ROOT_LIST_SIGNER", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x09") \
	X(OID_DISALLOWED_LIST, "1.3.6.1.4.1.311.10.3.30", \
	    "disallowedList", "szOID_DISALLOWED_LIST", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x1e") \
	X(OID_PIN_RULES, "1.3.6.1.4.1.311.10.3.32", \
	    "pinRules", "szOID_PIN_RULES_CTL", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x20") \
	X(OID_PIN_RULES_DOMAIN, "1.3.6.1.4.1.311.10.3.34", \
	    "pinRulesDomain", "szOID_PIN_RULES_DOMAIN_NAME", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x22") \
	X(OID_CERT_SIGNATURE_HASH, "1.3.6.1.4.1.311.10.11.15", \
	    "signatureHash", "szOID_CERT_SIGNATURE_HASH_PROP", \
	    "\x2b\x06\x01\x04\x01\x82\x37\x0a\x0b\x0f") \
	/* our own, under a UUID (X.667): docs/agent-protocol.md */ \
	X(OID_PAGE_ORDER, \
	    "2.25.280417731895918175733154108829280588601.1", \
	    "pageOrder", "surguchPageOrder", \
	    "\x69\x83\xa5\xf6\xbe\xe7\xa5\xcc\xe2\xa1\xfb\xb2\xbf\x8f\xb2\x89\x85\xe5\xa6\x39\x01") \
	X(OID_KP_PAGE_ORDER, \
	    "2.25.280417731895918175733154108829280588601.2", \
	    "pageOrderSigning", "surguchPageOrderSigning", \
	    "\x69\x83\xa5\xf6\xbe\xe7\xa5\xcc\xe2\xa1\xfb\xb2\xbf\x8f\xb2\x89\x85\xe5\xa6\x39\x02")
/* clang-format on */

#endif
