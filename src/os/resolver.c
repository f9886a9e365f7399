/* SPDX-License-Identifier: Apache-2.0 */
#include "os/resolver.h"

#include <nss.h>

enum err
resolver_plain(struct errinfo *ei)
{
	if (__nss_configure_lookup("hosts", "files dns") != 0) {
		return err_sys(ei, "resolver.plain",
		    "the resolver cannot be confined to files and DNS");
	}
	return ERR_OK;
}
