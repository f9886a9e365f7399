/* SPDX-License-Identifier: Apache-2.0 */
#include "trustfeed/difference.h"

#include "trust/report.h"
#include "json/writer.h"

enum {
	WORDS_MAX = 65536,
};

void
difference_words_init(struct difference_words *w)
{
	buf_init(&w->name, WORDS_MAX);
	buf_init(&w->text, WORDS_MAX);
}

void
difference_words_clear(struct difference_words *w)
{
	buf_clear(&w->name);
	buf_clear(&w->text);
}

void
difference_words_of(
    struct difference_words *w, const struct trust_difference *d)
{
	buf_reset(&w->name);
	buf_reset(&w->text);
	trust_row_name(difference_row(d), &w->name);
	trust_difference_text(d, &w->text);
}

const struct trust_row *
difference_row(const struct trust_difference *d)
{
	return d->after != NULL ? d->after : d->before;
}

char
difference_mark(enum trust_change c)
{
	static const char marks[TRUST_CHANGE_MAX_] = {
	    [TRUST_CAME] = '+',
	    [TRUST_WENT] = '-',
	    [TRUST_DISABLED] = '!',
	    [TRUST_ENABLED] = '~',
	    [TRUST_LIMITED] = '!',
	    [TRUST_FREED] = '~',
	    [TRUST_USES] = '~',
	    [TRUST_RENAMED] = '~',
	};

	return marks[c];
}

/* What the words are made of, for whoever has other words.  The text was
 * written already. */
static void
put_parts(
    struct json_writer *out, const struct trust_difference *d, struct buf *text)
{
	const struct root *now;

	if (d->before == NULL || d->after == NULL) {
		return; /* came, or went */
	}
	now = &d->after->root;
	buf_reset(text);
	if (d->change == TRUST_DISABLED) {
		json_put_time(out, "at", now->disabled.at);
	} else if (d->change == TRUST_LIMITED) {
		trust_put_purposes(text, now->not_before_for, ", ");
		json_put_time(out, "at", now->not_before.at);
		json_put_slice(out, "uses", buf_slice(text));
	} else if (d->change == TRUST_RENAMED) {
		trust_row_name(d->before, text);
		json_put_slice(out, "before", buf_slice(text));
	}
}

void
difference_put(struct json_writer *out, const struct trust_difference *d,
    struct difference_words *words, bool parts)
{
	json_open_object(out, NULL);
	json_put_text(out, "change", trust_change_name(d->change));
	json_put_hex(out, "sha1", difference_row(d)->root.sha1);
	json_put_slice(out, "name", buf_slice(&words->name));
	json_put_slice(out, "text", buf_slice(&words->text));
	if (parts) {
		put_parts(out, d, &words->text);
	}
	json_close(out);
}

void
difference_put_list(struct json_writer *out, const char *field,
    const struct trust_diff *d, bool parts)
{
	struct difference_words words;

	difference_words_init(&words);
	json_open_array(out, field);
	for (size_t i = 0; i < d->num; i++) {
		difference_words_of(&words, &d->at[i]);
		difference_put(out, &d->at[i], &words, parts);
	}
	json_close(out);
	difference_words_clear(&words);
}

void
difference_put_counts(struct json_writer *out, const struct trust_diff *d)
{
	json_open_object(out, "counts");
	for (unsigned i = 0; i < TRUST_CHANGE_MAX_; i++) {
		json_put_int(out, trust_change_name((enum trust_change)i),
		    (int64_t)d->counts[i]);
	}
	json_close(out);
}
