/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_DER_OID_LIST_H
#define SURGUCH_DER_OID_LIST_H
/* X(symbol, dotted, short name, long name) */
#define OID_LIST(X) \
	/* names: X.520, PKCS#9, order 795 */ \
	X(OID_CN, "2.5.4.3", "CN", "commonName") \
	X(OID_SN, "2.5.4.4", "SN", "surname") \
	X(OID_SERIAL_NUMBER, "2.5.4.5", "serialNumber", "serialNumber") \
	X(OID_C, "2.5.4.6", "C", "countryName") \
	X(OID_L, "2.5.4.7", "L", "localityName") \
	X(OID_ST, "2.5.4.8", "ST", "stateOrProvinceName") \
	X(OID_STREET, "2.5.4.9", "street", "streetAddress") \
	X(OID_O, "2.5.4.10", "O", "organizationName") \
	X(OID_OU, "2.5.4.11", "OU", "organizationalUnitName") \
	X(OID_TITLE, "2.5.4.12", "title", "title") \
	X(OID_POSTAL_CODE, "2.5.4.17", "postalCode", "postalCode") \
	X(OID_GN, "2.5.4.42", "GN", "givenName") \
	X(OID_DC, "0.9.2342.19200300.100.1.25", "DC", "domainComponent") \
	X(OID_EMAIL, "1.2.840.113549.1.9.1", "E", "emailAddress") \
	X(OID_UNSTRUCTURED_NAME, "1.2.840.113549.1.9.2", "UN", \
	    "unstructuredName") \
	X(OID_OGRN, "1.2.643.100.1", "OGRN", "OGRN") \
	X(OID_SNILS, "1.2.643.100.3", "SNILS", "SNILS") \
	X(OID_INNLE, "1.2.643.100.4", "INNLE", "INNLE") \
	X(OID_OGRNIP, "1.2.643.100.5", "OGRNIP", "OGRNIP") \
	X(OID_INN, "1.2.643.3.131.1.1", "INN", "INN") \
	X(OID_RNS_FSS, "1.2.643.3.141.1.1", "RNSFSS", "rnsFss") \
	X(OID_KP_FSS, "1.2.643.3.141.1.2", "KPFSS", "kpFss") \
	/* extensions */ \
	X(OID_SKI, "2.5.29.14", "SKI", "subjectKeyIdentifier") \
	X(OID_KEY_USAGE, "2.5.29.15", "KU", "keyUsage") \
	X(OID_PRIVATE_KEY_PERIOD, "2.5.29.16", "PKUP", \
	    "privateKeyUsagePeriod") \
	X(OID_SAN, "2.5.29.17", "SAN", "subjectAltName") \
	X(OID_IAN, "2.5.29.18", "IAN", "issuerAltName") \
	X(OID_BASIC_CONSTRAINTS, "2.5.29.19", "BC", "basicConstraints") \
	X(OID_CRL_NUMBER, "2.5.29.20", "crlNumber", "cRLNumber") \
	X(OID_REASON_CODE, "2.5.29.21", "reason", "reasonCode") \
	X(OID_INVALIDITY_DATE, "2.5.29.24", "invalidityDate", \
	    "invalidityDate") \
	X(OID_DELTA_CRL, "2.5.29.27", "deltaCRL", "deltaCRLIndicator") \
	X(OID_IDP, "2.5.29.28", "IDP", "issuingDistributionPoint") \
	X(OID_CERT_ISSUER, "2.5.29.29", "certIssuer", "certificateIssuer") \
	X(OID_NAME_CONSTRAINTS, "2.5.29.30", "NC", "nameConstraints") \
	X(OID_CRL_POINTS, "2.5.29.31", "CDP", "cRLDistributionPoints") \
	X(OID_POLICIES, "2.5.29.32", "CP", "certificatePolicies") \
	X(OID_ANY_POLICY, "2.5.29.32.0", "anyPolicy", "anyPolicy") \
	X(OID_AKI, "2.5.29.35", "AKI", "authorityKeyIdentifier") \
	X(OID_EXT_KEY_USAGE, "2.5.29.37", "EKU", "extKeyUsage") \
	X(OID_FRESHEST_CRL, "2.5.29.46", "freshestCRL", "freshestCRL") \
	X(OID_AIA, "1.3.6.1.5.5.7.1.1", "AIA", "authorityInfoAccess") \
	X(OID_SUBJECT_SIGN_TOOL, "1.2.643.100.111", "subjectSignTool", \
	    "subjectSignTool") \
	X(OID_ISSUER_SIGN_TOOL, "1.2.643.100.112", "issuerSignTool", \
	    "issuerSignTool") \
	X(OID_IDENTIFICATION_KIND, "1.2.643.100.114", \
	    "identificationKind", "identificationKind") \
	X(OID_POLICY_KC1, "1.2.643.100.113.1", "KC1", "classKC1") \
	X(OID_POLICY_KC2, "1.2.643.100.113.2", "KC2", "classKC2") \
	X(OID_POLICY_KC3, "1.2.643.100.113.3", "KC3", "classKC3") \
	X(OID_POLICY_KB1, "1.2.643.100.113.4", "KB1", "classKB1") \
	X(OID_POLICY_KB2, "1.2.643.100.113.5", "KB2", "classKB2") \
	X(OID_POLICY_KA1, "1.2.643.100.113.6", "KA1", "classKA1") \
	X(OID_QT_CPS, "1.3.6.1.5.5.7.2.1", "cps", "id-qt-cps") \
	X(OID_QT_UNOTICE, "1.3.6.1.5.5.7.2.2", "unotice", "id-qt-unotice") \
	/* purposes and access methods */ \
	X(OID_KP_SERVER, "1.3.6.1.5.5.7.3.1", "serverAuth", "serverAuth") \
	X(OID_KP_CLIENT, "1.3.6.1.5.5.7.3.2", "clientAuth", "clientAuth") \
	X(OID_KP_CODE, "1.3.6.1.5.5.7.3.3", "codeSigning", "codeSigning") \
	X(OID_KP_EMAIL, "1.3.6.1.5.5.7.3.4", "emailProtection", \
	    "emailProtection") \
	X(OID_KP_TIMESTAMP, "1.3.6.1.5.5.7.3.8", "timeStamping", \
	    "timeStamping") \
	X(OID_KP_OCSP, "1.3.6.1.5.5.7.3.9", "OCSPSigning", "OCSPSigning") \
	X(OID_KP_RA_USER, "1.2.643.2.2.34.6", "raUser", \
	    "registrationCentreUser") \
	X(OID_ANY_EKU, "2.5.29.37.0", "anyEKU", "anyExtendedKeyUsage") \
	X(OID_AD_OCSP, "1.3.6.1.5.5.7.48.1", "OCSP", "ocsp") \
	X(OID_AD_CA_ISSUERS, "1.3.6.1.5.5.7.48.2", "caIssuers", \
	    "caIssuers") \
	X(OID_OCSP_BASIC, "1.3.6.1.5.5.7.48.1.1", "ocspBasic", \
	    "ocspBasicResponse") \
	X(OID_OCSP_NONCE, "1.3.6.1.5.5.7.48.1.2", "ocspNonce", \
	    "ocspNonce") \
	X(OID_OCSP_NO_CHECK, "1.3.6.1.5.5.7.48.1.5", "noCheck", \
	    "ocspNoCheck") \
	/* keys */ \
	X(OID_RSA, "1.2.840.113549.1.1.1", "RSA", "rsaEncryption") \
	X(OID_RSA_PSS, "1.2.840.113549.1.1.10", "RSA-PSS", "rsassaPss") \
	X(OID_EC, "1.2.840.10045.2.1", "EC", "ecPublicKey") \
	X(OID_P256, "1.2.840.10045.3.1.7", "P-256", "prime256v1") \
	X(OID_P384, "1.3.132.0.34", "P-384", "secp384r1") \
	X(OID_P521, "1.3.132.0.35", "P-521", "secp521r1") \
	X(OID_ED25519, "1.3.101.112", "Ed25519", "ed25519") \
	X(OID_GOST2001, "1.2.643.2.2.19", "GOST2001", "gost2001") \
	X(OID_GOST256, "1.2.643.7.1.1.1.1", "GOST-2012-256", \
	    "gost2012_256") \
	X(OID_GOST512, "1.2.643.7.1.1.1.2", "GOST-2012-512", \
	    "gost2012_512") \
	X(OID_GOST_CP_TEST, "1.2.643.2.2.35.0", "CryptoPro-Test", \
	    "id-GostR3410-2001-TestParamSet") \
	X(OID_GOST_CP_A, "1.2.643.2.2.35.1", "CryptoPro-A", \
	    "id-GostR3410-2001-CryptoPro-A-ParamSet") \
	X(OID_GOST_CP_B, "1.2.643.2.2.35.2", "CryptoPro-B", \
	    "id-GostR3410-2001-CryptoPro-B-ParamSet") \
	X(OID_GOST_CP_C, "1.2.643.2.2.35.3", "CryptoPro-C", \
	    "id-GostR3410-2001-CryptoPro-C-ParamSet") \
	X(OID_GOST_CP_XA, "1.2.643.2.2.36.0", "CryptoPro-XchA", \
	    "id-GostR3410-2001-CryptoPro-XchA-ParamSet") \
	X(OID_GOST_CP_XB, "1.2.643.2.2.36.1", "CryptoPro-XchB", \
	    "id-GostR3410-2001-CryptoPro-XchB-ParamSet") \
	X(OID_GOST_TC_256A, "1.2.643.7.1.2.1.1.1", "TC26-256-A", \
	    "id-tc26-gost-3410-2012-256-paramSetA") \
	X(OID_GOST_TC_256B, "1.2.643.7.1.2.1.1.2", "TC26-256-B", \
	    "id-tc26-gost-3410-2012-256-paramSetB") \
	X(OID_GOST_TC_256C, "1.2.643.7.1.2.1.1.3", "TC26-256-C", \
	    "id-tc26-gost-3410-2012-256-paramSetC") \
	X(OID_GOST_TC_256D, "1.2.643.7.1.2.1.1.4", "TC26-256-D", \
	    "id-tc26-gost-3410-2012-256-paramSetD") \
	X(OID_GOST_TC_512_TEST, "1.2.643.7.1.2.1.2.0", "TC26-512-Test", \
	    "id-tc26-gost-3410-2012-512-paramSetTest") \
	X(OID_GOST_TC_512A, "1.2.643.7.1.2.1.2.1", "TC26-512-A", \
	    "id-tc26-gost-3410-2012-512-paramSetA") \
	X(OID_GOST_TC_512B, "1.2.643.7.1.2.1.2.2", "TC26-512-B", \
	    "id-tc26-gost-3410-2012-512-paramSetB") \
	X(OID_GOST_TC_512C, "1.2.643.7.1.2.1.2.3", "TC26-512-C", \
	    "id-tc26-gost-3410-2012-512-paramSetC") \
	/* digests and signatures */ \
	X(OID_SHA1, "1.3.14.3.2.26", "SHA1", "sha1") \
	X(OID_SHA256, "2.16.840.1.101.3.4.2.1", "SHA256", "sha256") \
	X(OID_SHA384, "2.16.840.1.101.3.4.2.2", "SHA384", "sha384") \
	X(OID_SHA512, "2.16.840.1.101.3.4.2.3", "SHA512", "sha512") \
	X(OID_GOST94, "1.2.643.2.2.9", "GOST94", "gostR3411-94") \
	X(OID_STREEBOG256, "1.2.643.7.1.1.2.2", "Streebog-256", \
	    "gostR3411-2012-256") \
	X(OID_STREEBOG512, "1.2.643.7.1.1.2.3", "Streebog-512", \
	    "gostR3411-2012-512") \
	X(OID_SIG_RSA_SHA256, "1.2.840.113549.1.1.11", "RSA-SHA256", \
	    "sha256WithRSAEncryption") \
	X(OID_SIG_RSA_SHA384, "1.2.840.113549.1.1.12", "RSA-SHA384", \
	    "sha384WithRSAEncryption") \
	X(OID_SIG_RSA_SHA512, "1.2.840.113549.1.1.13", "RSA-SHA512", \
	    "sha512WithRSAEncryption") \
	X(OID_SIG_RSA_SHA1, "1.2.840.113549.1.1.5", "RSA-SHA1", \
	    "sha1WithRSAEncryption") \
	X(OID_SIG_ECDSA_SHA256, "1.2.840.10045.4.3.2", "ECDSA-SHA256", \
	    "ecdsa-with-SHA256") \
	X(OID_SIG_ECDSA_SHA384, "1.2.840.10045.4.3.3", "ECDSA-SHA384", \
	    "ecdsa-with-SHA384") \
	X(OID_SIG_GOST2001, "1.2.643.2.2.3", "GOST2001-SIG", \
	    "gostR3411-94-with-gostR3410-2001") \
	X(OID_SIG_GOST256, "1.2.643.7.1.1.3.2", "GOST-256-SIG", \
	    "gost3410-2012-256-with-gost3411-2012-256") \
	X(OID_SIG_GOST512, "1.2.643.7.1.1.3.3", "GOST-512-SIG", \
	    "gost3410-2012-512-with-gost3411-2012-512") \
	/* PKCS#7, CMS, PKCS#9, PKCS#10 */ \
	X(OID_CMS_DATA, "1.2.840.113549.1.7.1", "data", "id-data") \
	X(OID_CMS_SIGNED, "1.2.840.113549.1.7.2", "signedData", \
	    "id-signedData") \
	X(OID_CONTENT_TYPE, "1.2.840.113549.1.9.3", "contentType", \
	    "contentType") \
	X(OID_MESSAGE_DIGEST, "1.2.840.113549.1.9.4", "messageDigest", \
	    "messageDigest") \
	X(OID_SIGNING_TIME, "1.2.840.113549.1.9.5", "signingTime", \
	    "signingTime") \
	X(OID_SIGNING_CERT_V2, "1.2.840.113549.1.9.16.2.47", \
	    "signingCertV2", "id-aa-signingCertificateV2") \
	X(OID_CHALLENGE_PASSWORD, "1.2.840.113549.1.9.7", \
	    "challengePassword", "challengePassword") \
	X(OID_EXTENSION_REQUEST, "1.2.840.113549.1.9.14", "extReq", \
	    "extensionRequest") \
	X(OID_MS_TEMPLATE_NAME, "1.3.6.1.4.1.311.20.2", "msTemplate", \
	    "microsoftCertTemplateName") \
	X(OID_MS_TEMPLATE, "1.3.6.1.4.1.311.21.7", "msTemplateV2", \
	    "microsoftCertTemplate") \
	X(OID_MS_CA_VERSION, "1.3.6.1.4.1.311.21.1", "msCaVersion", \
	    "microsoftCaVersion") \
	/* encrypted keys: PKCS#5, RFC 9337 */ \
	X(OID_PBES2, "1.2.840.113549.1.5.13", "PBES2", "pbes2") \
	X(OID_PBKDF2, "1.2.840.113549.1.5.12", "PBKDF2", "pbkdf2") \
	X(OID_HMAC_SHA1, "1.2.840.113549.2.7", "hmacSHA1", \
	    "hmacWithSHA1") \
	X(OID_HMAC_SHA256, "1.2.840.113549.2.9", "hmacSHA256", \
	    "hmacWithSHA256") \
	X(OID_HMAC_SHA512, "1.2.840.113549.2.11", "hmacSHA512", \
	    "hmacWithSHA512") \
	X(OID_HMAC_STREEBOG256, "1.2.643.7.1.1.4.1", "hmacStreebog256", \
	    "hmacGostR3411-2012-256") \
	X(OID_HMAC_STREEBOG512, "1.2.643.7.1.1.4.2", "hmacStreebog512", \
	    "hmacGostR3411-2012-512") \
	X(OID_AES128_CBC, "2.16.840.1.101.3.4.1.2", "AES-128-CBC", \
	    "aes128-CBC") \
	X(OID_AES256_CBC, "2.16.840.1.101.3.4.1.42", "AES-256-CBC", \
	    "aes256-CBC") \
	X(OID_GOST89, "1.2.643.2.2.21", "GOST89", "gost28147-89") \
	X(OID_GOST89_SET_Z, "1.2.643.7.1.2.5.1.1", "GOST89-Z", \
	    "id-tc26-gost-28147-param-Z") \
	X(OID_MAGMA_CTR_ACPKM, "1.2.643.7.1.1.5.1.1", \
	    "magma-ctr-acpkm", "magma-ctr-acpkm") \
	X(OID_KUZNYECHIK_CTR_ACPKM, "1.2.643.7.1.1.5.2.1", \
	    "kuznyechik-ctr-acpkm", "kuznyechik-ctr-acpkm")

#endif
