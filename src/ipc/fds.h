/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_IPC_FDS_H
#define SURGUCH_IPC_FDS_H
/*
 * The descriptors that a role is started with, by number.  0 and 1 are
 * /dev/null, 2 is the log; nothing else is open.
 */
enum role_fd {
	ROLE_FD_READY = 3,     /* write ROLE_READY once, then close */
	ROLE_FD_CHANNEL = 4,   /* signer, ocsp, courier: to front */
	ROLE_FD_SETTINGS = 11, /* front, signer: surguch.conf as the parent has
				* read it, a sealed memory file */
	/* signer, ocsp */
	ROLE_FD_SECRET = 5, /* a file: the credential that opens the key */
	ROLE_FD_UNLOCK = 6, /* listener: SOCK_SEQPACKET for surguchctl */
	/* front only */
	ROLE_FD_API = 5,     /* listener: HTTPS */
	ROLE_FD_PUBLIC = 6,  /* listener: HTTP for CRL, AIA, OCSP */
	ROLE_FD_CONTROL = 7, /* listener: SOCK_SEQPACKET for surguchctl */
	ROLE_FD_COURIER = 8,
	ROLE_FD_METRICS = 12, /* listener: HTTP for Prometheus, if wanted */
	/* builds with test_seams, any role: SURGUCH_CLOCK_FD and
	 * SURGUCH_SEAM_FD name them */
	ROLE_FD_CLOCK = 9,
	ROLE_FD_SEAM = 10,
	/* front: which channel is whose, settings_channel() tells */
	ROLE_FD_SIGNERS = 16,
};

#define ROLE_READY "ready\n"

#endif
