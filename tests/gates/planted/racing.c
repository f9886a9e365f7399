/* SPDX-License-Identifier: Apache-2.0 */
/* Two threads and one number without a lock. */
#include <pthread.h>

static int shared;

static void *
count(void *arg)
{
	for (int i = 0; i < 1000; i++) {
		shared++;
	}
	return arg;
}

int
main(void)
{
	pthread_t a;
	pthread_t b;

	if (pthread_create(&a, NULL, count, NULL) != 0 ||
	    pthread_create(&b, NULL, count, NULL) != 0) {
		return 1;
	}
	(void)pthread_join(a, NULL);
	(void)pthread_join(b, NULL);
	return 0;
}
