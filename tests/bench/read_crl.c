/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How many entries GnuTLS counts in a CRL, once it has verified the signature:
 *
 *	read_crl CRL_FILE CA_FILE
 *
 * Both DER.  certtool asks for each entry by its number, and GnuTLS looks for
 * that from the first one each time: a million would take a day.
 */
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <stdio.h>

int
main(int argc, char **argv)
{
	gnutls_x509_crl_t crl;
	gnutls_x509_crt_t ca;
	gnutls_datum_t bytes[2];
	unsigned wrong = 1;

	if (argc != 3 || gnutls_load_file(argv[1], &bytes[0]) != 0 ||
	    gnutls_load_file(argv[2], &bytes[1]) != 0 ||
	    gnutls_x509_crl_init(&crl) != 0 || gnutls_x509_crt_init(&ca) != 0 ||
	    gnutls_x509_crl_import(crl, &bytes[0], GNUTLS_X509_FMT_DER) != 0 ||
	    gnutls_x509_crt_import(ca, &bytes[1], GNUTLS_X509_FMT_DER) != 0 ||
	    gnutls_x509_crl_verify(crl, &ca, 1, 0, &wrong) != 0 || wrong != 0) {
		(void)fprintf(stderr, "read_crl: not read, or not verified\n");
		return 1;
	}
	(void)printf("%d\n", gnutls_x509_crl_get_crt_count(crl));
	gnutls_x509_crl_deinit(crl);
	gnutls_x509_crt_deinit(ca);
	gnutls_free(bytes[0].data);
	gnutls_free(bytes[1].data);
	return 0;
}
