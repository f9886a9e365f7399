/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Windows' own calls, as Wine has them, make of our files: built with
 * mingw and run by scripts/check-wine.sh.
 *
 *	check ctl FILE            a list: how many entries
 *	check p7b FILE            a bag: how many certificates, their
 *thumbprints check cab FILE OUTPUT     a cabinet's only file, unpacked check
 *get URL OUTPUT      fetched as chains are built (cryptnet.dll) check crt FILE
 *a certificate: its thumbprint check save OUTPUT FILE... certificates as a
 *store of its own making
 */
#include <windows.h>

#include <setupapi.h>
#include <stdio.h>
#include <string.h>
#include <wincrypt.h>

enum {
	FETCH_MS = 20000,
};

static BYTE content[32 << 20]; /* more than any file here */

static int
failed(const char *what)
{
	printf("%s: error %lx\n", what, (unsigned long)GetLastError());
	return 1;
}

static DWORD
load(const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t len = f != NULL ? fread(content, 1, sizeof(content), f) : 0;

	if (f != NULL) {
		fclose(f);
	}
	return (DWORD)len;
}

static int
store_bytes(const char *path, const BYTE *bytes, DWORD len)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(bytes, 1, len, f) != len || fclose(f) != 0) {
		return failed(path);
	}
	return 0;
}

static void
print_thumbprint(PCCERT_CONTEXT cert)
{
	BYTE sha1[20];
	DWORD len = sizeof(sha1);

	if (!CertGetCertificateContextProperty(
		cert, CERT_SHA1_HASH_PROP_ID, sha1, &len)) {
		printf("no thumbprint\n");
		return;
	}
	for (DWORD i = 0; i < len; i++) {
		printf("%02x", sha1[i]);
	}
	printf("\n");
}

static int
check_ctl(const char *path)
{
	PCCTL_CONTEXT ctl = CertCreateCTLContext(
	    X509_ASN_ENCODING | PKCS_7_ASN_ENCODING, content, load(path));

	if (ctl == NULL) {
		return failed("CertCreateCTLContext");
	}
	printf("%lu\n", (unsigned long)ctl->pCtlInfo->cCTLEntry);
	CertFreeCTLContext(ctl);
	return 0;
}

static int
check_p7b(const char *path)
{
	CRYPT_DATA_BLOB blob = {load(path), content};
	HCERTSTORE store = NULL;
	PCCERT_CONTEXT cert = NULL;
	DWORD content_type = 0;

	if (!CryptQueryObject(CERT_QUERY_OBJECT_BLOB, &blob,
		CERT_QUERY_CONTENT_FLAG_PKCS7_SIGNED,
		CERT_QUERY_FORMAT_FLAG_BINARY, 0, NULL, &content_type, NULL,
		&store, NULL, NULL)) {
		return failed("CryptQueryObject");
	}
	while ((cert = CertEnumCertificatesInStore(store, cert)) != NULL) {
		print_thumbprint(cert);
	}
	CertCloseStore(store, 0);
	return 0;
}

static UINT CALLBACK
on_member(void *context, UINT notification, UINT_PTR first, UINT_PTR second)
{
	(void)second;
	if (notification == SPFILENOTIFY_FILEINCABINET) {
		FILE_IN_CABINET_INFO_A *info = (FILE_IN_CABINET_INFO_A *)first;

		snprintf(info->FullTargetName, sizeof(info->FullTargetName),
		    "%s", (const char *)context);
		return FILEOP_DOIT;
	}
	return NO_ERROR;
}

static int
check_cab(char *path, char *output)
{
	return SetupIterateCabinetA(path, 0, on_member, output)
		   ? 0
		   : failed("SetupIterateCabinet");
}

static int
check_get(const char *url, const char *output)
{
	CRYPT_BLOB_ARRAY *all = NULL;
	int result;

	if (!CryptRetrieveObjectByUrlA(url, NULL, CRYPT_WIRE_ONLY_RETRIEVAL,
		FETCH_MS, (void **)&all, NULL, NULL, NULL, NULL)) {
		return failed("CryptRetrieveObjectByUrl");
	}
	result = all->cBlob == 1 ? store_bytes(output, all->rgBlob[0].pbData,
				       all->rgBlob[0].cbData)
				 : failed("not one object");
	CryptMemFree(all);
	return result;
}

static int
check_crt(const char *path)
{
	PCCERT_CONTEXT cert = CertCreateCertificateContext(
	    X509_ASN_ENCODING, content, load(path));

	if (cert == NULL) {
		return failed("CertCreateCertificateContext");
	}
	print_thumbprint(cert);
	CertFreeCertificateContext(cert);
	return 0;
}

static int
check_save(const char *output, char **files, int num)
{
	static BYTE out[1 << 20];
	CRYPT_DATA_BLOB blob = {0, NULL};
	HCERTSTORE store = CertOpenStore(
	    CERT_STORE_PROV_MEMORY, 0, 0, CERT_STORE_CREATE_NEW_FLAG, NULL);

	for (int i = 0; i < num; i++) {
		if (!CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING,
			content, load(files[i]), CERT_STORE_ADD_ALWAYS, NULL)) {
			return failed(files[i]);
		}
	}
	/* It tells the length only when it is asked for that alone. */
	if (!CertSaveStore(store, X509_ASN_ENCODING, CERT_STORE_SAVE_AS_STORE,
		CERT_STORE_SAVE_TO_MEMORY, &blob, 0) ||
	    blob.cbData > sizeof(out)) {
		return failed("CertSaveStore");
	}
	blob.pbData = out;
	if (!CertSaveStore(store, X509_ASN_ENCODING, CERT_STORE_SAVE_AS_STORE,
		CERT_STORE_SAVE_TO_MEMORY, &blob, 0)) {
		return failed("CertSaveStore");
	}
	CertCloseStore(store, 0);
	return store_bytes(output, out, blob.cbData);
}

int
main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";

	if (strcmp(what, "ctl") == 0) {
		return check_ctl(argv[2]);
	}
	if (strcmp(what, "p7b") == 0) {
		return check_p7b(argv[2]);
	}
	if (strcmp(what, "crt") == 0) {
		return check_crt(argv[2]);
	}
	if (strcmp(what, "cab") == 0 && argc == 4) {
		return check_cab(argv[2], argv[3]);
	}
	if (strcmp(what, "get") == 0 && argc == 4) {
		return check_get(argv[2], argv[3]);
	}
	if (strcmp(what, "save") == 0 && argc > 3) {
		return check_save(argv[2], argv + 3, argc - 3);
	}
	printf("usage: see the head of check.c\n");
	return 2;
}
