/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A load of requests over HTTPS with kept connections.  Each line of a file is
 * sent once, by whichever thread is free: a body is POSTed to URL; what begins
 * with "/" is a path that is added to URL, and a body behind a space, without
 * which it is a GET.  "@COOKIE " before that: as the page of the person whose
 * session this is.
 *
 *	load_api URL CA_FILE TOKEN_FILE LINES THREADS SECONDS [ANSWERS]
 *
 * TOKEN_FILE "-": no bearer token.  SECONDS 0: until the bodies are used up.
 * ANSWERS gets, on the line of each body, what was answered to it (an empty
 * line for what was not sent), a refusal behind "!STATUS ", "!-1 " without any.
 *Each thread's first request makes its connection; counting begins when all
 *have theirs.  Prints "done N failed N seconds S cpu S server S p50 US p99 US":
 *its own CPU, and that of the processes that LOAD_PIDS ("PID PID ...") in the
 *environment names.  LOAD_RATE: lines begin at this many a second, whether
 *those before have been answered or not, as far as there are threads; then
 *latency counts from when a line was due.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <curl/curl.h>

#include "cpu.h"

#include "base/buf.h"
#include "base/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "os/systime.h"

enum {
	THREADS_MAX = 256,
	TOKEN_MAX = 256,
	HEADER_MAX = 1024,
	ANSWER_MAX = 65536,
	BODIES_MAX = 1 << 30
};

struct answer {
	uint32_t us;  /* 0: not sent, or not answered */
	long refused; /* the status, when it is not a good one; -1: no answer */
	struct buf text;
};

struct load {
	const char *url;
	const char *ca;
	struct buf token;
	struct buf text; /* of all lines */
	struct line {
		char *url; /* NULL: the load's */
		struct slice cookie;
		struct slice body;
		bool get;
	} * lines;
	struct answer *answers;
	size_t num;
	bool keep;
	int64_t until_ms; /* 0: no end */
	struct clock clock;
	int64_t sec;
	long num_threads;
	pthread_mutex_t lock;
	pthread_cond_t all; /* have their connections */
	long num_connected;
	bool begun;
	int64_t start_ms;
	uint64_t start_us;
	uint64_t rate; /* 0: as fast as they are answered */
	size_t first;  /* the first line that is counted */
	double own_start;
	double servers_start;
	atomic_ulong next;
	atomic_ulong done;
	atomic_ulong failed;
};

static size_t
take(char *p, size_t size, size_t num, void *arg)
{
	struct buf *b = arg;

	if (b != NULL) {
		buf_add(b, slice_make(p, size * num));
	}
	return size * num;
}

static uint64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static struct curl_slist *
headers_of(const struct load *l, struct slice cookie)
{
	struct curl_slist *headers =
	    curl_slist_append(NULL, "Content-Type: application/json");
	char text[HEADER_MAX];
	uint64_t random[2];

	if (l->token.len > 0) {
		(void)snprintf(text, sizeof(text), "Authorization: Bearer %.*s",
		    (int)l->token.len, (const char *)l->token.p);
		headers = curl_slist_append(headers, text);
	}
	if (cookie.len > 0) {
		(void)snprintf(text, sizeof(text), "Cookie: %.*s",
		    (int)cookie.len, (const char *)cookie.p);
		headers = curl_slist_append(headers, text);
		headers = curl_slist_append(headers, "X-Surguch-Request: 1");
	}
	if (random_bytes(random, sizeof(random), NULL) == ERR_OK) {
		(void)snprintf(text, sizeof(text),
		    "Idempotency-Key: %016llx%016llx",
		    (unsigned long long)random[0],
		    (unsigned long long)random[1]);
		headers = curl_slist_append(headers, text);
	}
	return headers;
}

/* When line i is sent: now, or when the rate wants it. */
static uint64_t
due(const struct load *l, size_t i)
{
	uint64_t at = now_us();

	if (l->rate > 0 && l->begun) {
		uint64_t when =
		    l->start_us + (uint64_t)(i - l->first) * 1000000 / l->rate;

		while (at < when) {
			const struct timespec t = {
			    .tv_nsec =
				(long)(when - at < 999999 ? (when - at) * 1000
							  : 999999000)};

			(void)nanosleep(&t, NULL);
			at = now_us();
		}
		at = when;
	}
	return at;
}

static bool
send_one(struct load *l, CURL *curl, size_t i)
{
	struct curl_slist *headers = headers_of(l, l->lines[i].cookie);
	struct answer *a = &l->answers[i];
	uint64_t start = due(l, i);
	long status = 0;
	const struct line *line = &l->lines[i];
	bool answered;

	buf_init(&a->text, ANSWER_MAX);
	curl_easy_setopt(
	    curl, CURLOPT_URL, line->url != NULL ? line->url : l->url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, l->keep ? &a->text : NULL);
	if (line->get) {
		curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
	} else {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)line->body.len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, line->body.p);
	}
	answered = curl_easy_perform(curl) == CURLE_OK &&
		   curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) ==
		       CURLE_OK;
	curl_slist_free_all(headers);
	if (answered) { /* a refusal takes its time too */
		a->us = (uint32_t)(now_us() - start);
	}
	a->refused = !answered ? -1 : status / 100 != 2 ? status : 0;
	return a->refused == 0;
}

/* User and system time of one process (proc(5): the 14th and 15th field). */
static double
cpu_of(long pid)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	const char *at;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "r");
	if (f == NULL) {
		return 0;
	}
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	(void)fclose(f);
	at = strrchr(text, ')');
	if (at == NULL ||
	    sscanf(at + 1,
		" %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		&system) != 2) {
		return 0;
	}
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double
servers_cpu(void)
{
	const char *at = getenv("LOAD_PIDS");
	double sum = 0;

	while (at != NULL && *at != '\0') {
		char *end;
		long pid = strtol(at, &end, 10);

		if (end == at) {
			break;
		}
		sum += cpu_of(pid);
		at = end;
	}
	return sum;
}

/* Under the lock; all have their connections. */
static void
begin(struct load *l)
{
	l->own_start = own_cpu();
	l->servers_start = servers_cpu();
	l->start_ms = clock_mono_ms(&l->clock);
	l->start_us = now_us();
	l->first = atomic_load(&l->next);
	l->until_ms = l->sec > 0 ? l->start_ms + l->sec * 1000 : 0;
	l->begun = true;
	(void)pthread_cond_broadcast(&l->all);
}

/* One request makes the connection and is not counted. */
static void
meet(struct load *l, CURL *curl)
{
	size_t i = atomic_fetch_add(&l->next, 1);

	if (i < l->num) {
		if (!send_one(l, curl, i)) {
			atomic_fetch_add(&l->failed, 1);
		}
		l->answers[i].us = 0;
	}
	(void)pthread_mutex_lock(&l->lock);
	if (++l->num_connected == l->num_threads) {
		begin(l);
	}
	while (!l->begun) {
		(void)pthread_cond_wait(&l->all, &l->lock);
	}
	(void)pthread_mutex_unlock(&l->lock);
}

static void *
work(void *arg)
{
	struct load *l = arg;
	CURL *curl = curl_easy_init();
	size_t i;

	curl_easy_setopt(curl, CURLOPT_CAINFO, l->ca);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	meet(l, curl);
	while ((l->until_ms == 0 || clock_mono_ms(&l->clock) < l->until_ms) &&
	       (i = atomic_fetch_add(&l->next, 1)) < l->num) {
		atomic_fetch_add(
		    send_one(l, curl, i) ? &l->done : &l->failed, 1);
	}
	curl_easy_cleanup(curl);
	return NULL;
}

static bool
read_line(const struct load *l, struct slice text, struct line *out)
{
	const uint8_t *space;
	size_t path;

	if (text.len > 0 && text.p[0] == '@') {
		space = memchr(text.p, ' ', text.len);
		if (space == NULL) {
			return false;
		}
		out->cookie =
		    slice_make(text.p + 1, (size_t)(space - text.p) - 1);
		text = slice_make(
		    space + 1, text.len - (size_t)(space - text.p) - 1);
	}
	if (text.len == 0 || text.p[0] != '/') {
		out->body = text;
		return true;
	}
	space = memchr(text.p, ' ', text.len);
	out->get = space == NULL;
	path = space == NULL ? text.len : (size_t)(space - text.p);
	if (space != NULL) {
		out->body = slice_make(space + 1, text.len - path - 1);
	}
	out->url = malloc(strlen(l->url) + path + 1);
	if (out->url == NULL) {
		return false;
	}
	(void)snprintf(out->url, strlen(l->url) + path + 1, "%s%.*s", l->url,
	    (int)path, (const char *)text.p);
	return true;
}

static bool
read_lines(struct load *l, const char *path)
{
	struct slice rest;

	buf_init(&l->text, BODIES_MAX);
	if (file_read(path, BODIES_MAX, &l->text, NULL) != ERR_OK) {
		return false;
	}
	for (size_t i = 0; i < l->text.len; i++) {
		l->num += l->text.p[i] == '\n';
	}
	l->lines = calloc(l->num + 1, sizeof(*l->lines));
	l->answers = calloc(l->num + 1, sizeof(*l->answers));
	if (l->lines == NULL || l->answers == NULL) {
		return false;
	}
	rest = buf_slice(&l->text);
	for (size_t i = 0; i < l->num; i++) {
		const uint8_t *end = memchr(rest.p, '\n', rest.len);
		size_t len = (size_t)(end - rest.p);

		if (!read_line(l, slice_make(rest.p, len), &l->lines[i])) {
			return false;
		}
		rest = slice_make(end + 1, rest.len - len - 1);
	}
	return l->num > 0;
}

static int
by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
print_latency(const struct load *l)
{
	uint32_t *us = calloc(l->num, sizeof(*us));
	size_t num = 0;

	if (us == NULL) {
		return;
	}
	for (size_t i = 0; i < l->num; i++) {
		if (l->answers[i].us > 0) {
			us[num++] = l->answers[i].us;
		}
	}
	qsort(us, num, sizeof(*us), by_value);
	if (num > 0) {
		(void)printf(" p50 %u p99 %u", us[num / 2], us[num * 99 / 100]);
	}
	free(us);
}

static bool
write_answers(const struct load *l, const char *path)
{
	FILE *f = fopen(path, "w");
	bool good = f != NULL;

	for (size_t i = 0; good && i < l->num; i++) {
		const struct buf *b = &l->answers[i].text;
		size_t len = b->len;

		while (len > 0 && b->p[len - 1] == '\n') {
			len--;
		}
		if (l->answers[i].refused != 0) {
			good = fprintf(f, "!%ld ", l->answers[i].refused) > 0;
		}
		good = good && (len == 0 || fwrite(b->p, 1, len, f) == len) &&
		       fputc('\n', f) != EOF;
	}
	return f != NULL && fclose(f) == 0 && good;
}

int
main(int argc, char **argv)
{
	static pthread_t threads[THREADS_MAX];
	static struct load l;
	double sec, own, servers;

	if (argc < 7 || argc > 8) {
		(void)fprintf(stderr,
		    "usage: load_api URL CA_FILE TOKEN_FILE LINES THREADS "
		    "SECONDS [ANSWERS]\n");
		return 2;
	}
	l.url = argv[1];
	l.ca = argv[2];
	l.keep = argc == 8;
	l.rate = getenv("LOAD_RATE") != NULL
		     ? strtoull(getenv("LOAD_RATE"), NULL, 10)
		     : 0;
	buf_init(&l.token, TOKEN_MAX);
	if ((strcmp(argv[3], "-") != 0 &&
		file_read(argv[3], TOKEN_MAX, &l.token, NULL) != ERR_OK) ||
	    !read_lines(&l, argv[4])) {
		return 1;
	}
	while (l.token.len > 0 && l.token.p[l.token.len - 1] == '\n') {
		l.token.len--;
	}
	l.num_threads = strtol(argv[5], NULL, 10);
	l.sec = strtol(argv[6], NULL, 10);
	if (l.num_threads < 1 || l.num_threads > THREADS_MAX || l.sec < 0) {
		return 2;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	l.clock = system_clock();
	(void)pthread_mutex_init(&l.lock, NULL);
	(void)pthread_cond_init(&l.all, NULL);
	for (long i = 0; i < l.num_threads; i++) {
		if (pthread_create(&threads[i], NULL, work, &l) != 0) {
			return 1;
		}
	}
	for (long i = 0; i < l.num_threads; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	sec = (double)(clock_mono_ms(&l.clock) - l.start_ms) / 1000;
	own = own_cpu() - l.own_start;
	servers = servers_cpu() - l.servers_start;
	(void)printf("done %lu failed %lu seconds %.3f cpu %.3f server %.2f",
	    atomic_load(&l.done), atomic_load(&l.failed), sec, own, servers);
	print_latency(&l);
	(void)printf("\n");
	return l.keep && !write_answers(&l, argv[7]) ? 1 : 0;
}
