/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text of a profile file.  One that loads must keep what the loader
 * promises whoever uses it: names, an order, sane times, and no claim of
 * being qualified.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "conf/conf.h"
#include "crypto/init.h"
#include "profile/profile_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(const struct profile *p)
{
	const struct profile_exts *x = &p->exts;
	bool ca = p->kind == PROFILE_CA || p->kind == PROFILE_ROOT;

	ensure(p->name[0] != '\0' && p->title_ru[0] != '\0');
	ensure(p->num_attrs > 0 && p->num_keys > 0);
	ensure(p->days > 0 && p->days <= p->max_days);
	ensure(p->private_key_days <= p->max_days);
	ensure(x->ca == ca && ((x->key_usage & KU_CERT_SIGN) != 0) == ca);
	ensure(!claims_qualified(p->title_ru));
	ensure(!claims_qualified(p->type_text));
	for (size_t i = 0; i < x->policies.num; i++) {
		ensure(!claims_class(x->policies.slices[i]));
	}
	if (x->need[EXT_SUBJECT_SIGN_TOOL] == EXT_REQUIRED) {
		ensure(claims_not_certified(slice_str(x->subject_tool)));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	struct conf_report report;
	struct profile *p = NULL;
	struct errinfo ei = {0};
	enum err err;

	if (!ready) {
		ensure(crypto_init(&ei) == ERR_OK);
		ready = true;
	}
	conf_report_init(&report);
	err = profile_parse(
	    slice_make(data, size), "fuzz", NULL, &report, &p, &ei);
	ensure((err == ERR_OK) == (p != NULL));
	if (p != NULL) {
		ensure(report.num_lines == 0);
		check(p);
	} else {
		ensure(ei.rule[0] != '\0');
	}
	profile_free(p);
	conf_report_clear(&report);
	return 0;
}
