/* SPDX-License-Identifier: Apache-2.0 */
/* Apart from the steps that call the centre: an agent makes requests and calls
 * nobody. */
#include "container/container.h"
#include "der/der.h"
#include "workstation/enrol.h"
#include "x509/csr.h"
#include "x509/name.h"

enum err
enrol_make_request(struct container *k, const char *common_name,
    struct buf *out_der, struct errinfo *ei)
{
	struct name *subject = name_new();
	enum err e = subject == NULL
			 ? err_nomem(ei)
			 : name_add(subject, OID_CN, DER_UTF8_STRING,
			       slice_str(common_name), ei);

	if (e == ERR_OK) {
		e = csr_create(
		    container_privkey(k), subject, SLICE_EMPTY, out_der, ei);
	}
	name_free(subject);
	return e;
}
