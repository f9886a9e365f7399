/* SPDX-License-Identifier: Apache-2.0 */
#include "identity/known.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
	SLOTS = 64 /* by the hash's first byte; another's is overwritten */
};

struct slot {
	uint8_t hash[TOKEN_HASH_SIZE];
	int64_t at; /* the second; 0: nothing is here */
	struct operator_session session;
};

struct known {
	pthread_mutex_t lock;
	uint64_t ended; /* how often known_forget() was called */
	struct slot slots[SLOTS];
};

enum err
known_new(struct known **out, struct errinfo *ei)
{
	struct known *k = calloc(1, sizeof(*k));

	if (k == NULL) {
		return err_nomem(ei);
	}
	ensure(pthread_mutex_init(&k->lock, NULL) == 0);
	*out = k;
	return ERR_OK;
}

void
known_free(struct known *k)
{
	if (k != NULL) {
		(void)pthread_mutex_destroy(&k->lock);
		free(k);
	}
}

bool
known_get(struct known *k, const uint8_t hash[TOKEN_HASH_SIZE], int64_t now_sec,
    struct operator_session *out, uint64_t *out_ticket)
{
	const struct slot *s = &k->slots[hash[0] % SLOTS];
	bool found;

	ensure(pthread_mutex_lock(&k->lock) == 0);
	found = s->at != 0 && s->at == now_sec &&
		memcmp(s->hash, hash, sizeof(s->hash)) == 0;
	if (found) {
		*out = s->session;
	}
	*out_ticket = k->ended;
	ensure(pthread_mutex_unlock(&k->lock) == 0);
	return found;
}

void
known_put(struct known *k, uint64_t ticket, const uint8_t hash[TOKEN_HASH_SIZE],
    int64_t now_sec, const struct operator_session *session)
{
	struct slot *s = &k->slots[hash[0] % SLOTS];

	ensure(pthread_mutex_lock(&k->lock) == 0);
	if (ticket == k->ended) {
		memcpy(s->hash, hash, sizeof(s->hash));
		s->at = now_sec;
		s->session = *session;
	}
	ensure(pthread_mutex_unlock(&k->lock) == 0);
}

void
known_forget(struct known *k)
{
	ensure(pthread_mutex_lock(&k->lock) == 0);
	k->ended++;
	for (size_t i = 0; i < SLOTS; i++) {
		k->slots[i].at = 0;
	}
	ensure(pthread_mutex_unlock(&k->lock) == 0);
}
