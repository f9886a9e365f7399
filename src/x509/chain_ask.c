/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/host.h"
#include "der/oid.h"
#include "x509/chain.h"

bool
chain_purpose_find(const char *name, struct slice *out)
{
	static const struct {
		const char *name;
		enum oid purpose;
	} words[] = {
	    {"server", OID_KP_SERVER},
	    {"client", OID_KP_CLIENT},
	    {"email", OID_KP_EMAIL},
	    {"code", OID_KP_CODE},
	    {"ocsp", OID_KP_OCSP},
	    {"timestamp", OID_KP_TIMESTAMP},
	};
	enum oid purpose = oid_by_name(name);

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(words[i].name, name) == 0) {
			purpose = words[i].purpose;
		}
	}
	if (purpose == OID_UNKNOWN) {
		return false;
	}
	*out = oid_bytes(purpose);
	return true;
}

void
chain_name_read(
    const char *text, uint8_t octets[IP_OCTETS_MAX], struct chain_name *out)
{
	struct slice s = slice_str(text);
	size_t len = ip_parse(s, octets);

	if (len > 0) {
		*out = (struct chain_name){GN_IP, slice_make(octets, len)};
	} else {
		*out = (struct chain_name){
		    strchr(text, '@') != NULL ? GN_EMAIL : GN_DNS, s};
	}
}
