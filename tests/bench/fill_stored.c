/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills a centre that does not run with people and their certificates, for
 * `./bench stored`:
 *
 *	fill_stored CENTRE SIGNER_PROGRAM FIRST NUMBER
 *
 * It is front without its doors: the same registry, the same issuing, the
 * centre's own signer.  So every row, journal record and audit record is what
 * ordering by the API leaves.  Only this process's syncs are left out; the
 * file systems are synced once, at the end.
 *
 * Names are spread as in life: few are frequent, many are rare.  The n-th
 * person, of those from FIRST on, has the n-th СНИЛС.  Prints its progress.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "ca/authority.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "identity/notice.h"
#include "os/file.h"
#include "os/random.h"
#include "os/systime.h"
#include "profile/values.h"
#include "registry/direct.h"
#include "registry/idem.h"
#include "registry/issuing.h"
#include "registry/person.h"
#include "registry/registry.h"
#include "request.h"
#include "signer/client.h"
#include "store/store.h"

#define CA      "issuing-p256"
#define PROFILE "tls-client"

enum {
	THREADS = 64,
	SNILS_FIRST = 100000000,
	SNILS_DIGITS = 9,
	SNILS_SIZE = 24,
	KEY_BYTES = 16,
	ANSWER_MAX = 65536,
	USER_SIZE = 32,
	SAY_EVERY = 10000,
};

/* A commit here need not outlive the machine: the filler ends with a sync. */
__attribute__((visibility("default"))) int
fsync(int fd)
{
	(void)fd;
	return 0;
}

__attribute__((visibility("default"))) int
fdatasync(int fd)
{
	(void)fd;
	return 0;
}

static struct {
	struct clock clock;
	struct store *store;
	struct signer_client *signer; /* ca owns it */
	pid_t signer_pid;
	struct ca *ca;
	struct registry registry;
	struct notices *notices;
	struct idem *idem;
	struct issuing *issuing;
	struct actor operator;
	long end;
	atomic_long next;
} fill;

static void
must(enum err e, const char *what, const struct errinfo *ei)
{
	if (e != ERR_OK) {
		(void)fprintf(stderr, "fill_stored: %s: %s: %s\n", what,
		    ei->rule, ei->text);
		exit(1);
	}
}

/* --- people ----------------------------------------------------------------
 */

static const char *const surnames[] = {"Иван", "Смирн", "Кузнец", "Поп",
    "Соколь", "Лебед", "Козл", "Новик", "Мороз", "Петр", "Волк", "Солов",
    "Васильк", "Зайц", "Павл", "Семён", "Голуб", "Виноград", "Богдан", "Воробь",
    "Фёдор", "Михайл", "Беляш", "Тарас", "Белик", "Комар", "Орл", "Кисел",
    "Макар", "Андре", "Ковал", "Ильич", "Гус", "Тит", "Кузьм", "Кудряш",
    "Баран", "Кулик", "Алексеич", "Степан", "Яковл", "Сорок", "Сергуш", "Роман",
    "Захар", "Борис", "Корол", "Герасим", "Пономар", "Григор"};
static const char *const endings[] = {
    "ов", "ин", "енко", "ский", "евич", "чук", "ян", "ых", "овский", "кин"};
static const char *const middles[] = {"", "ч", "ш", "н", "л", "к", "т", "р",
    "в", "д", "з", "б", "м", "г", "х", "п"};
static const char *const given[] = {"Александр", "Сергей", "Елена", "Андрей",
    "Татьяна", "Алексей", "Ольга", "Дмитрий", "Наталья", "Иван", "Ирина",
    "Владимир", "Светлана", "Николай", "Анна", "Михаил", "Людмила", "Евгений",
    "Марина", "Юрий", "Галина", "Пётр", "Виктор", "Зоя", "Алёна", "Ярослав"};
static const char *const patronymics[] = {"Александрович", "Сергеевна",
    "Николаевич", "Владимировна", "Иванович", "Петровна", "Андреевич",
    "Алексеевна", "Викторович", "Михайловна", "Юрьевич", "Дмитриевна",
    "Фёдорович", "Григорьевна", "Павлович", "Ильинична"};

/* Below `num`, the small ones more often: n decides, well mixed. */
static size_t
spread(uint64_t *state, size_t num)
{
	double x;

	*state = *state * UINT64_C(6364136223846793005) +
		 UINT64_C(1442695040888963407);
	x = (double)(*state >> 11) / (double)(UINT64_C(1) << 53);
	return (size_t)(x * x * (double)num);
}

static void
snils_of(long n, char out[SNILS_SIZE])
{
	long nine = SNILS_FIRST + n;
	unsigned sum = 0;

	(void)snprintf(out, SNILS_SIZE, "%09ld", nine);
	for (unsigned i = 0; i < SNILS_DIGITS; i++) {
		sum += (unsigned)(out[i] - '0') * (SNILS_DIGITS - i);
	}
	sum %= 101;
	(void)snprintf(out + SNILS_DIGITS, 3, "%02u", sum == 100 ? 0 : sum);
}

static void
add_person(long n, const struct id *id, const struct act *act)
{
	uint64_t state = (uint64_t)n * UINT64_C(0x9e3779b97f4a7c15);
	char surname[64], snils[SNILS_SIZE];
	struct errinfo ei = {0};
	struct person_data p = {.surname = surname, .snils = snils};

	(void)spread(&state, 2);
	(void)snprintf(surname, sizeof(surname), "%s%s%s",
	    surnames[spread(&state, ARRAY_LEN(surnames))],
	    middles[spread(&state, ARRAY_LEN(middles))],
	    endings[spread(&state, ARRAY_LEN(endings))]);
	p.given_name = given[spread(&state, ARRAY_LEN(given))];
	p.patronymic = patronymics[spread(&state, ARRAY_LEN(patronymics))];
	snils_of(n, snils);
	must(record_create(&person_kind, &fill.registry, act, id, &p, &ei),
	    "person", &ei);
}

/* --- certificates ----------------------------------------------------------
 */

static struct idem_ticket *
new_ticket(const char *account, struct slice request)
{
	struct idem_request r = {
	    .account = account, .operation = "POST /v1/certificates"};
	uint8_t random[KEY_BYTES], hash[HASH_SIZE_MAX];
	struct buf key = BUF_INIT((size_t)4 * KEY_BYTES);
	struct idem_stored stored = {0};
	struct idem_ticket *ticket = NULL;
	struct errinfo ei = {0};

	must(random_bytes(random, sizeof(random), &ei), "random", &ei);
	text_hex(&key, slice_make(random, sizeof(random)));
	must(hash_of(HASH_SHA256, request, hash, &ei), "hash", &ei);
	memcpy(r.body_sha256, hash, sizeof(r.body_sha256));
	r.key = buf_slice(&key);
	must(idem_begin(fill.idem, &r, &ticket, &stored, &ei), "idem", &ei);
	buf_clear(&key);
	return ticket;
}

static void
issue(long n, const struct id *person)
{
	struct buf request = BUF_INIT(CSR_BYTES_MAX);
	struct buf answer = BUF_INIT(ANSWER_MAX);
	struct direct_order order = {.profile = PROFILE, .person = *person};
	struct idem_ticket *ticket;
	struct issue_values values;
	char account[ID_TEXT_SIZE];
	struct errinfo ei = {0};

	id_text(&fill.operator.id, OPERATOR_PREFIX, account);
	must(request_make("p256", n, &request, &ei), "request", &ei);
	order.pkcs10 = buf_slice(&request);
	ticket = new_ticket(account, order.pkcs10);
	values_init(&values);
	must(direct_values(&fill.registry, fill.ca, &order, &values, &ei),
	    "values", &ei);
	must(issuing_direct(fill.issuing, &fill.operator, & ticket, person,
		 &values, &answer, &ei),
	    "issue", &ei);
	idem_end(ticket);
	values_clear(&values);
	buf_clear(&answer);
	buf_clear(&request);
}

static void *
work(void *arg)
{
	const struct act act = {.actor = fill.operator};
	struct errinfo ei = {0};
	struct id person;
	long n;

	(void)arg;
	while ((n = atomic_fetch_add(&fill.next, 1)) < fill.end) {
		must(id_new(&fill.clock, &person, &ei), "id", &ei);
		add_person(n, &person, &act);
		issue(n, &person);
		if ((n + 1) % SAY_EVERY == 0) {
			(void)printf("%ld\n", n + 1);
			(void)fflush(stdout);
		}
	}
	return NULL;
}

/* --- the centre ------------------------------------------------------------
 */

static const char *
in_centre(const char *centre, const char *path, char out[PATH_TEXT_SIZE])
{
	struct errinfo ei = {0};

	must(path_join(out, centre, path, &ei), path, &ei);
	return out;
}

static void
start_signer(const char *centre, const char *program)
{
	char state[PATH_TEXT_SIZE], settings[PATH_TEXT_SIZE];
	char profiles[PATH_TEXT_SIZE], user[USER_SIZE];
	struct signer_spawn s = {
	    .program = program,
	    .name = CA,
	    .state_dir = in_centre(centre, "var/lib/surguch/signer-" CA, state),
	    .settings =
		in_centre(centre, "etc/surguch/ca/" CA ".conf", settings),
	    .profile_dir = in_centre(centre, "etc/surguch/profiles", profiles),
	    .clock = fill.clock,
	};
	struct errinfo ei = {0};
	struct stat st;

	if (geteuid() == 0 && stat(state, &st) == 0) {
		(void)snprintf(
		    user, sizeof(user), "%u:%u", st.st_uid, st.st_gid);
		s.user = user;
	}
	must(signer_client_spawn(&s, &fill.signer, &fill.signer_pid, &ei),
	    "signer", &ei);
}

static void
open_centre(const char *centre, const char *program)
{
	char public[PATH_TEXT_SIZE], profiles[PATH_TEXT_SIZE];
	char path[PATH_TEXT_SIZE];
	struct ca_options ca = {.clock = &fill.clock,
	    .public_dir = in_centre(centre, "var/lib/surguch/public", public),
	    .profile_dir = in_centre(centre, "etc/surguch/profiles", profiles)};
	const struct store_options options = {.must_exist = true};
	/* Papers are sealed with it, and there are none here. */
	static const uint8_t no_key[REGISTRY_KEY_SIZE];
	struct errinfo ei = {0};

	fill.clock = system_clock();
	must(store_open(
		 in_centre(centre, "var/lib/surguch/front/surguch.db", path),
		 &options, &fill.store, &ei),
	    path, &ei);
	start_signer(centre, program);
	ca.store = fill.store;
	must(ca_new(&ca, &fill.ca, &ei), "profiles", &ei);
	must(ca_add(fill.ca, fill.signer, NULL, &ei), CA, &ei);
	must(registry_init(&fill.registry, fill.store, &fill.clock,
		 slice_make(no_key, sizeof(no_key)), &ei),
	    "registry", &ei);
	must(notices_new(&fill.clock, "", &fill.notices, &ei), "notices", &ei);
	must(idem_new(fill.store, &fill.clock, &fill.idem, &ei), "idem", &ei);
}

static void
start_issuing(void)
{
	const struct issuing_options o = {.registry = &fill.registry,
	    .ca = fill.ca,
	    .notices = fill.notices,
	    .idem = fill.idem};
	struct errinfo ei = {0};
	struct id id;
	size_t adopted;

	must(issuing_start(&o, &fill.issuing, &adopted, &ei), "issuing", &ei);
	must(id_new(&fill.clock, &id, &ei), "id", &ei);
	actor_operator(&fill.operator, & id, "fill_stored");
}

static void
close_centre(void)
{
	issuing_stop(fill.issuing);
	idem_free(fill.idem);
	notices_free(fill.notices);
	registry_clear(&fill.registry);
	ca_free(fill.ca); /* and its channel, upon which the signer ends */
	(void)waitpid(fill.signer_pid, NULL, 0);
	store_close(fill.store);
	sync();
}

int
main(int argc, char **argv)
{
	pthread_t threads[THREADS];
	struct errinfo ei = {0};
	long num;

	if (argc != 5 || (num = strtol(argv[4], NULL, 10)) < 1) {
		(void)fprintf(stderr, "usage: fill_stored CENTRE "
				      "SIGNER_PROGRAM FIRST NUMBER\n");
		return 2;
	}
	atomic_store(&fill.next, strtol(argv[3], NULL, 10));
	fill.end = atomic_load(&fill.next) + num;
	must(crypto_init(&ei), "crypto", &ei);
	open_centre(argv[1], argv[2]);
	start_issuing();
	for (size_t i = 0; i < THREADS; i++) {
		if (pthread_create(&threads[i], NULL, work, NULL) != 0) {
			return 1;
		}
	}
	for (size_t i = 0; i < THREADS; i++) {
		(void)pthread_join(threads[i], NULL);
	}
	close_centre();
	return 0;
}
