/* SPDX-License-Identifier: Apache-2.0 */
#include "ca/recent.h"

#include <string.h>

#include "ca/authority.h"
#include "signer/client.h"

struct walk {
	const char *profile;
	size_t left;
	ca_recent_fn *fn;
	void *arg;
};

static enum err
take(void *arg, const struct signer_journal_entry *entry, struct errinfo *ei)
{
	struct walk *w = arg;

	if (entry->type != JOURNAL_ISSUE ||
	    strcmp(entry->profile, w->profile) != 0) {
		return ERR_OK;
	}
	w->left--;
	return w->fn(w->arg, entry->cert, ei);
}

static enum err
last_number(struct signer_client *signer, uint64_t *out, struct errinfo *ei)
{
	struct signer_info info;
	enum err e;

	signer_info_init(&info);
	e = signer_info(signer, &info, ei);
	*out = info.journal_number;
	signer_info_clear(&info);
	return e;
}

enum err
ca_recent(const struct authority *a, const char *profile, size_t num,
    ca_recent_fn *fn, void *arg, struct errinfo *ei)
{
	struct signer_client *signer = authority_signer(a);
	struct walk w = {profile, num, fn, arg};
	uint64_t last = 0, end;
	enum err e = last_number(signer, &last, ei);

	end = last > CA_RECENT_LOOK ? last - CA_RECENT_LOOK : 0;
	while (e == ERR_OK && w.left > 0 && last > end) {
		e = signer_journal_one(signer, last--, take, &w, ei);
	}
	return e;
}
