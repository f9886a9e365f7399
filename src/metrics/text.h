/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SURGUCH_METRICS_TEXT_H
#define SURGUCH_METRICS_TEXT_H
/*
 * The text that Prometheus reads (its exposition format 0.0.4): for each
 * metric a line of help and one of its type, then its samples.  Write the head
 * of a metric, then all of its samples, each metric once.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "metrics/family.h"
#include "metrics/histogram.h"

#define METRICS_MEDIA_TYPE "text/plain; version=0.0.4; charset=utf-8"

enum metrics_type {
	METRICS_COUNTER,
	METRICS_GAUGE,
	METRICS_HISTOGRAM
};

/* Static names; values are escaped.  A list ends with a NULL name. */
struct metrics_label {
	const char *name;
	const char *value;
};

void metrics_head(struct buf *out, const char *name, enum metrics_type type,
    const char *help);
/* labels may be NULL */
void metrics_int(struct buf *out, const char *name,
    const struct metrics_label *labels, int64_t value);
/* Thousandths, micro...: value / scale, scale a power of ten. */
void metrics_scaled(struct buf *out, const char *name,
    const struct metrics_label *labels, int64_t value, int64_t scale);
/* The head too.  a, b: the labels' names; b NULL where there is one only. */
void metrics_family(struct buf *out, const char *name, const char *help,
    const struct family *f, const char *a, const char *b);
/* The samples of one histogram, values divided by scale. */
void metrics_histogram(struct buf *out, const char *name,
    const struct metrics_label *labels, const struct histogram *h,
    int64_t scale);

#endif
