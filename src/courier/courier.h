/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_COURIER_COURIER_H
#define SURGUCH_COURIER_COURIER_H
/*
 * The role that calls out: takes COURIER_DELIVER from front over its
 * socketpair, opens the sealed body, sends it through the gateway or to the
 *mail server and answers COURIER_RESULT.  Each way out is tried once here, up
 *to the first that took it or may have; front decides what to do with a RETRY,
 *and nobody repeats an UNCLEAR unasked.
 *
 * State directory (0700, the role's own): seal.key, 32 bytes, 0400; seal.pub
 * beside it for the curious.  The configuration is a file of its own:
 *	gateway : { ... };		see courier/gateway.h; may be absent
 *	gateways : ( {...}, {...} );	or several; see courier/route.h
 *	mail : { ... };			see courier/mailer.h; may be absent
 */
#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "conf/conf.h"

struct courier;

/* Make the key pair if there is none; keeps an existing one. */
ATTR_MUST_USE enum err courier_make_key(
    const char *state_dir, struct errinfo *ei);

/* Everything that needs files.  report: see conf_read(). */
ATTR_MUST_USE enum err courier_open(const char *conf_path,
    const char *state_dir, const struct clock *clock, struct courier **out,
    struct conf_report *report, struct errinfo *ei);
void courier_free(struct courier *courier);
/* Gateways; 0: no SMS can be sent. */
size_t courier_num_routes(const struct courier *courier);
/* Is a mail server configured? */
bool courier_has_mail(const struct courier *courier);

/*
 * Say hello on the channel and work until the peer closes it or a stop signal
 * comes (both ERR_OK; what has been taken and not begun is answered RETRY,
 * what is under way is finished), or until the peer says something that is no
 * message of this channel (FORMAT, UNSUPPORTED: the caller exits).
 * signals_catch() comes first, and fetch_init().  Mails have threads of their
 * own: a slow mail server holds up no code.
 */
ATTR_MUST_USE enum err courier_run(const struct courier *courier, int channel,
    unsigned num_threads, unsigned num_mail_threads, struct errinfo *ei);

#endif
