/* SPDX-License-Identifier: Apache-2.0 */
#include "metrics/text.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"

enum {
	NUMBER_SIZE = 48,
	NAME_SIZE = 128
};

static const char *
type_name(enum metrics_type type)
{
	return type == METRICS_COUNTER ? "counter"
	       : type == METRICS_GAUGE ? "gauge"
				       : "histogram";
}

void
metrics_head(
    struct buf *out, const char *name, enum metrics_type type, const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    type_name(type));
}

/* Inside the quotes of a label's value. */
static void
put_value(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '\\':
			buf_add_str(out, "\\\\");
			break;
		case '"':
			buf_add_str(out, "\\\"");
			break;
		case '\n':
			buf_add_str(out, "\\n");
			break;
		default:
			buf_add_u8(out, (uint8_t)*text);
		}
	}
}

static void
put_label(struct buf *out, const char *name, const char *value, bool first)
{
	buf_printf(out, "%s%s=\"", first ? "{" : ",", name);
	put_value(out, value);
	buf_add_u8(out, '"');
}

/* name{labels} number; bound: of a histogram's range, or NULL. */
static void
put_sample(struct buf *out, const char *name,
    const struct metrics_label *labels, const char *bound, const char *number)
{
	bool first = true;

	buf_add_str(out, name);
	for (; labels != NULL && labels->name != NULL; labels++) {
		put_label(out, labels->name, labels->value, first);
		first = false;
	}
	if (bound != NULL) {
		put_label(out, "le", bound, first);
		first = false;
	}
	buf_printf(out, "%s %s\n", first ? "" : "}", number);
}

/* As a decimal fraction, without zeros at its end. */
static void
scaled_text(int64_t value, int64_t scale, char out[NUMBER_SIZE])
{
	uint64_t whole = (uint64_t)(value < 0 ? -value : value);
	uint64_t rest = whole % (uint64_t)scale;
	int digits = 0, len;

	for (int64_t s = scale; s > 1; s /= 10) {
		digits++;
	}
	whole /= (uint64_t)scale;
	len = snprintf(out, NUMBER_SIZE, "%s%llu", value < 0 ? "-" : "",
	    (unsigned long long)whole);
	if (rest == 0) {
		return;
	}
	len += snprintf(out + len, NUMBER_SIZE - (size_t)len, ".%0*llu", digits,
	    (unsigned long long)rest);
	while (out[len - 1] == '0') {
		out[--len] = '\0';
	}
}

void
metrics_scaled(struct buf *out, const char *name,
    const struct metrics_label *labels, int64_t value, int64_t scale)
{
	char number[NUMBER_SIZE];

	scaled_text(value, scale, number);
	put_sample(out, name, labels, NULL, number);
}

void
metrics_int(struct buf *out, const char *name,
    const struct metrics_label *labels, int64_t value)
{
	metrics_scaled(out, name, labels, value, 1);
}

void
metrics_family(struct buf *out, const char *name, const char *help,
    const struct family *f, const char *a, const char *b)
{
	size_t num = atomic_load_explicit(&f->num, memory_order_acquire);
	int64_t other = (int64_t)atomic_load(&f->other);

	metrics_head(out, name, METRICS_COUNTER, help);
	for (size_t i = 0; i < num; i++) {
		const struct metrics_label labels[] = {
		    {a, f->at[i].words[0]},
		    {b, f->at[i].words[1]},
		    {NULL, NULL},
		};

		metrics_int(
		    out, name, labels, (int64_t)atomic_load(&f->at[i].count));
	}
	if (other > 0) {
		const struct metrics_label labels[] = {
		    {a, "other"}, {b, "other"}, {NULL, NULL}};

		metrics_int(out, name, labels, other);
	}
}

void
metrics_histogram(struct buf *out, const char *name,
    const struct metrics_label *labels, const struct histogram *h,
    int64_t scale)
{
	char full[NAME_SIZE], bound[NUMBER_SIZE], number[NUMBER_SIZE];
	uint64_t count = 0;

	(void)snprintf(full, sizeof(full), "%s_bucket", name);
	for (size_t i = 0; i <= h->num; i++) {
		count += atomic_load(&h->counts[i]);
		if (i < h->num) {
			scaled_text(h->bounds[i], scale, bound);
		}
		scaled_text((int64_t)count, 1, number);
		put_sample(
		    out, full, labels, i < h->num ? bound : "+Inf", number);
	}
	(void)snprintf(full, sizeof(full), "%s_sum", name);
	metrics_scaled(out, full, labels, (int64_t)atomic_load(&h->sum), scale);
	(void)snprintf(full, sizeof(full), "%s_count", name);
	metrics_int(out, full, labels, (int64_t)count);
}
