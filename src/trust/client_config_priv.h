/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_TRUST_CLIENT_CONFIG_PRIV_H
#define SURGUCH_TRUST_CLIENT_CONFIG_PRIV_H
/* Files that are mostly words; of trust/client_config*.c only. */
#include "base/buf.h"
#include "trust/client_config.h"

/* With Windows' line ends; the text is cleared. */
void client_put_crlf(struct buf *out, struct buf *text);
void client_put_xml(struct buf *out, const char *s);
void client_put_service(struct buf *out, const struct client_config *c);
void client_put_timer(struct buf *out, const struct client_config *c);
void client_put_readme_en(struct buf *out, const struct client_config *c);
void client_put_readme_ru(struct buf *out, const struct client_config *c);

#endif
