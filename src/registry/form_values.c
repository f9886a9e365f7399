/* SPDX-License-Identifier: Apache-2.0 */
/* What a form has certified of its owner, and whether its profile does that. */
#include "profile/profile.h"
#include "profile/values.h"
#include "registry/form.h"

enum err
form_put_values(const struct form *f, const struct profile *p,
    struct issue_values *v, struct errinfo *ei)
{
	enum err e;

	if (p == NULL) {
		return err_set(ei, ERR_STATE, "form.profile", NULL,
		    "this centre has no profile %s any more", f->data.profile);
	}
	e = values_set_profile(v, slice_str(f->data.profile), ei);
	if (profile_certifies_identification(p)) {
		v->identification_kind = f->identification_kind;
	}
	return e != ERR_OK ? e
			   : subject_build(
				 f->data.owner_kind, &f->fields, &v->attrs, ei);
}

enum err
form_check_values(
    const struct form *f, const struct profile *p, struct errinfo *ei)
{
	struct issue_values v;
	enum err e;

	values_init(&v);
	e = form_put_values(f, p, &v, ei);
	if (e == ERR_OK) {
		e = profile_check_names(p, &v, ei);
	}
	values_clear(&v);
	return e;
}
