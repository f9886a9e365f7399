/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_CLI_CA_CEREMONY_H
#define SURGUCH_CLI_CA_CEREMONY_H
/*
 * A key ceremony by a reviewed file (ca_plan.h), in steps:
 *
 *	root     at the root's machine: its key, its own certificate
 *	request  at the centre: the keys of the CAs, a request for each
 *	sign     at the root's machine: a certificate for each request, a CRL
 *	import   at the centre: take them over, certify the OCSP keys, publish
 *	centre   at the centre: what there is besides the CAs (ca_centre.h)
 *	crl      at the root's machine, whenever its list is to be made anew:
 *	         what the file revokes (ca_crl.h)
 *
 * Each may be run again: what is done stays as it is, and what is half done,
 * or not as the file says, stops it.  Whatever is made is printed with its
 * SHA-256 and written to PREFIX/var/lib/surguch/ceremony.log and to
 * ceremony.log in the exchange directory.
 *
 * Rules: "ceremony.changed" (the disk has other settings than the file),
 * "ceremony.half" (a key was begun and not finished), "ceremony.other" (there
 * is another certificate, request or key already), "ceremony.root" (this is
 * not the root whose SHA-256 the file has), "ceremony.missing" (a step before
 * was not done), "ceremony.user" (this machine does not know a user),
 * "ceremony.public" (the centre has no directory for what it serves),
 * "ceremony.centre" (the file says nothing of one), "ceremony.issuing" (nor of
 * a CA); those of ca_crl.h.
 */
#include "base/err.h"

enum err ca_ceremony_cmd(
    int argc, char **argv, const char *usage, struct errinfo *ei);

#endif
