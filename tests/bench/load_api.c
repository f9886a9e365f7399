/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The load of `./bench issue`: threads that order certificates from a running
 * centre over HTTPS with kept connections, each order with a key of its own.
 *
 *	load_api URL CA_FILE TOKEN_FILE BODY_FILE THREADS SECONDS
 *
 * Prints "issued N failed N seconds S cpu S" (its own CPU).
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include <curl/curl.h>

#include "base/buf.h"
#include "base/clock.h"
#include "os/file.h"
#include "os/random.h"
#include "os/systime.h"

enum {
	THREADS_MAX = 256,
	FILE_MAX = 65536
};

struct load {
	const char *url;
	const char *ca;
	struct buf token;
	struct buf body;
	int64_t until_ms;
	struct clock clock;
	atomic_ulong issued;
	atomic_ulong failed;
};

static size_t
drop(char *p, size_t size, size_t num, void *arg)
{
	(void)p;
	(void)arg;
	return size * num;
}

static bool
order(struct load *l, CURL *curl)
{
	struct curl_slist *headers = NULL;
	char token[256], key[64];
	uint64_t random[2];
	long status = 0;
	bool done;

	if (random_bytes(random, sizeof(random), NULL) != ERR_OK) {
		return false;
	}
	(void)snprintf(token, sizeof(token), "Authorization: Bearer %.*s",
	    (int)l->token.len, (const char *)l->token.p);
	(void)snprintf(key, sizeof(key), "Idempotency-Key: %016llx%016llx",
	    (unsigned long long)random[0], (unsigned long long)random[1]);
	headers = curl_slist_append(headers, "Content-Type: application/json");
	headers = curl_slist_append(headers, token);
	headers = curl_slist_append(headers, key);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	done = curl_easy_perform(curl) == CURLE_OK &&
	       curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status) ==
		   CURLE_OK &&
	       status == 201;
	curl_slist_free_all(headers);
	return done;
}

static void *
work(void *arg)
{
	struct load *l = arg;
	CURL *curl = curl_easy_init();

	curl_easy_setopt(curl, CURLOPT_URL, l->url);
	curl_easy_setopt(curl, CURLOPT_CAINFO, l->ca);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
	curl_easy_setopt(
	    curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)l->body.len);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, l->body.p);
	while (clock_mono_ms(&l->clock) < l->until_ms) {
		if (order(l, curl)) {
			atomic_fetch_add(&l->issued, 1);
		} else {
			atomic_fetch_add(&l->failed, 1);
		}
	}
	curl_easy_cleanup(curl);
	return NULL;
}

static double
own_cpu(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

int
main(int argc, char **argv)
{
	static pthread_t threads[THREADS_MAX];
	static struct load l;
	int64_t start;
	long num, sec;

	if (argc != 7) {
		(void)fprintf(stderr,
		    "usage: load_api URL CA_FILE TOKEN_FILE BODY_FILE "
		    "THREADS SECONDS\n");
		return 2;
	}
	l.url = argv[1];
	l.ca = argv[2];
	buf_init(&l.token, FILE_MAX);
	buf_init(&l.body, FILE_MAX);
	if (file_read(argv[3], FILE_MAX, &l.token, NULL) != ERR_OK ||
	    file_read(argv[4], FILE_MAX, &l.body, NULL) != ERR_OK) {
		return 1;
	}
	while (l.token.len > 0 && l.token.p[l.token.len - 1] == '\n') {
		l.token.len--;
	}
	num = strtol(argv[5], NULL, 10);
	sec = strtol(argv[6], NULL, 10);
	if (num < 1 || num > THREADS_MAX || sec < 1) {
		return 2;
	}
	curl_global_init(CURL_GLOBAL_DEFAULT);
	l.clock = system_clock();
	start = clock_mono_ms(&l.clock);
	l.until_ms = start + sec * 1000;
	for (long i = 0; i < num; i++) {
		if (pthread_create(&threads[i], NULL, work, &l) != 0) {
			return 1;
		}
	}
	for (long i = 0; i < num; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	(void)printf("issued %lu failed %lu seconds %.3f cpu %.3f\n",
	    atomic_load(&l.issued), atomic_load(&l.failed),
	    (double)(clock_mono_ms(&l.clock) - start) / 1000, own_cpu());
	return 0;
}
