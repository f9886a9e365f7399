/* SPDX-License-Identifier: Apache-2.0 */
/* The text of surguch.conf as the reader of its accreditation sees it: one that
 * is taken is whole, or there is none. */
#include <stddef.h>
#include <stdint.h>

#include "profile/accreditation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct accreditation a;
	struct errinfo ei = {0};

	if (accreditation_parse(slice_make(data, size), "fuzz", &a, &ei) !=
	    ERR_OK) {
		ensure(ei.rule[0] != '\0');
		return 0;
	}
	ensure(!accreditation_given(&a) ||
	       (a.from <= a.until && a.class >= 1 && a.class <= 6 &&
		   a.tool[0] != '\0' && a.tool_document[0] != '\0' &&
		   a.ca[0] != '\0' && a.ca_document[0] != '\0' &&
		   a.num_owner_tools > 0));
	return 0;
}
