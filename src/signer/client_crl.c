/* SPDX-License-Identifier: Apache-2.0 */
/* Lists in one piece, for those who make small ones. */
#include <string.h>

#include "os/file.h"
#include "os/memfd.h"
#include "signer/client.h"

enum err
signer_crl_whole(struct signer_client *c, const struct signer_crl *order,
    struct slice entries, struct buf *crl, uint8_t sha256[32],
    struct errinfo *ei)
{
	struct signer_crl_made made = SIGNER_CRL_MADE_INIT;
	enum err err;
	int fd = -1;

	err = memfd_of("crl-entries", entries, &fd, ei);
	if (err == ERR_OK) {
		err = signer_crl(c, order, fd, NULL, &made, ei);
	}
	if (err == ERR_OK) {
		buf_reset(crl);
		buf_add(crl, buf_slice(&made.front));
		buf_add(
		    crl, order->shard.delta ? buf_slice(&made.delta) : entries);
		buf_add(crl, buf_slice(&made.back));
		err = buf_err(crl, ei);
	}
	if (err == ERR_OK && sha256 != NULL) {
		memcpy(sha256, made.sha256, sizeof(made.sha256));
	}
	fd_close(fd);
	signer_crl_made_clear(&made);
	return err;
}

void
signer_crl_made_clear(struct signer_crl_made *m)
{
	buf_clear(&m->front);
	buf_clear(&m->delta);
	buf_clear(&m->back);
}
