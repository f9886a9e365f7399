/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Search: what is found and in which order, the same on both engines (design
 * rule 13).  The answers are compared with each other, and with what a walk
 * over the generated names gives, which knows no folding.
 */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "os/systime.h"
#include "registry/org.h"
#include "registry/person.h"
#include "registry/search.h"
#include "store/cluster.h"
#include "store/store.h"
#include "store/util.h"

enum {
	NUM_PEOPLE = 400,
	NAME_SIZE = 128,
	ENGINES = 2
};

/* Folded; as people write them is made from these by chance. */
static const char *const surnames[] = {"иванов", "иванова", "петров", "семенов",
    "семеновский", "королев", "римский-корсаков", "о'нил", "ан", "яковлев",
    "ельцин", "smith"};
static const char *const given[] = {
    "иван", "петр", "анна", "алена", "федор", "яна", "john"};
static const char *const patronymics[] = {
    "иванович", "петрович", "федоровна", "семеновна", ""};

struct person {
	struct id id;
	const char *words[3]; /* folded */
	char texts[3][NAME_SIZE];
	char snils[12];
};

static struct person people[NUM_PEOPLE];
static struct place places[ENGINES];
static struct store *stores[ENGINES];
static struct registry registries[ENGINES];
static struct clock test_clock;

/* --- names by chance, the same each time ------------------------------------
 */

static unsigned
chance(unsigned below)
{
	static uint32_t x = 1;

	x = x * 1664525 + 1013904223;
	return (x >> 16) % below;
}

/* A Cyrillic or Latin letter's capital; ё or Ё for some е. */
static void
put_varied(char *out, const char *folded, bool capitals)
{
	const unsigned char *p = (const unsigned char *)folded;
	char *o = out;
	bool first = true;

	while (*p != '\0') {
		bool upper = capitals || first;

		first = !(p[0] >= 0x80) && (p[0] == '-' || p[0] == ' ');
		if (p[0] < 0x80) {
			*o++ = (char)(upper && p[0] >= 'a' && p[0] <= 'z'
					  ? p[0] - 32
					  : p[0]);
			p++;
			continue;
		}
		/* а..п are d0 b0..bf, р..я d1 80..8f; capitals d0 90..af */
		unsigned c = (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);

		if (c == 0x435 && chance(2) == 0) {
			c = 0x451;
		}
		if (upper) {
			c = c == 0x451 ? 0x401 : c - 32;
		}
		*o++ = (char)(0xc0 | c >> 6);
		*o++ = (char)(0x80 | (c & 0x3f));
		p += 2;
	}
	*o = '\0';
}

static void
make_snils(unsigned n, char out[12])
{
	unsigned sum = 0;

	(void)snprintf(out, 10, "%09u", 100200300 + n * 7919);
	for (unsigned i = 0; i < 9; i++) {
		sum += (unsigned)(out[i] - '0') * (9 - i);
	}
	sum %= 101;
	(void)snprintf(out + 9, 3, "%02u", sum == 100 ? 0 : sum);
}

static void
make_people(void)
{
	for (unsigned n = 0; n < NUM_PEOPLE; n++) {
		struct person *p = &people[n];

		p->id = nth_id(n + 1);
		p->words[0] = surnames[chance(ARRAY_LEN(surnames))];
		p->words[1] = given[chance(ARRAY_LEN(given))];
		p->words[2] = patronymics[chance(ARRAY_LEN(patronymics))];
		for (size_t i = 0; i < 3; i++) {
			put_varied(p->texts[i], p->words[i], false);
		}
		make_snils(n, p->snils);
	}
}

/* --- two engines -------------------------------------------------------------
 */

static const struct act by_test = {
    .actor = {.kind = ACTOR_SYSTEM},
};

static void
put_person(struct registry *r, const struct person *p)
{
	const struct person_data data = {
	    .surname = p->texts[0],
	    .given_name = p->texts[1],
	    .patronymic = p->texts[2],
	    .snils = p->snils,
	};
	struct errinfo ei = {0};

	assert_ok(
	    record_create(&person_kind, r, &by_test, &p->id, &data, &ei), &ei);
}

static int
set_up(void **state)
{
	static const uint8_t key[REGISTRY_KEY_SIZE] = {1};
	struct errinfo ei = {0};

	(void)state;
	(void)store_test_start(state);
	test_clock = system_clock();
	make_people();
	place_new(&places[0]);
	(void)snprintf(places[0].path, sizeof(places[0].path),
	    "%.400s/centre.db", places[0].dir);
	place_new(&places[1]);
	for (size_t e = 0; e < ENGINES; e++) {
		assert_ok(
		    store_open(places[e].path, NULL, &stores[e], &ei), &ei);
		assert_ok(registry_init(&registries[e], stores[e], &test_clock,
			      slice_make(key, sizeof(key)), &ei),
		    &ei);
		for (unsigned n = 0; n < NUM_PEOPLE; n++) {
			put_person(&registries[e], &people[n]);
		}
	}
	return 0;
}

static int
tear_down(void **state)
{
	for (size_t e = 0; e < ENGINES; e++) {
		registry_clear(&registries[e]);
		store_close(stores[e]);
		place_free(&places[e]);
	}
	return store_test_end(state);
}

/* --- one question, asked of both ---------------------------------------------
 */

struct answer {
	struct id ids[NUM_PEOPLE + 1];
	size_t num;
};

static void
ask(size_t engine, const char *text, struct answer *out)
{
	struct record_matches m;
	struct person_data data;
	struct errinfo ei = {0};
	struct record row;
	size_t num;

	out->num = 0;
	do {
		assert_ok(
		    record_search(&person_kind, &registries[engine], text,
			out->num > 0 ? &out->ids[out->num - 1] : NULL, &m, &ei),
		    &ei);
		num = m.num;
		assert_true(out->num + num <= NUM_PEOPLE);
		for (size_t i = 0; i < num; i++) {
			record_matches_at(&m, i, &row, &data);
			out->ids[out->num++] = row.id;
		}
		record_matches_clear(&m);
	} while (num == PAGE_ROWS_MAX);
}

static bool
begins(const char *word, const char *prefix)
{
	return strncmp(word, prefix, strlen(prefix)) == 0;
}

/* Does a word of this person begin so?  The hyphen and the apostrophe part
 * words. */
static bool
has_word(const struct person *p, const char *prefix)
{
	for (size_t i = 0; i < 3; i++) {
		const char *at = p->words[i];

		while (at != NULL && *at != '\0') {
			if (begins(at, prefix)) {
				return true;
			}
			at = strpbrk(at, "-'");
			at = at != NULL ? at + 1 : NULL;
		}
	}
	return begins(p->snils, prefix);
}

static size_t
num_expected(const char *a, const char *b)
{
	size_t num = 0;

	for (unsigned n = 0; n < NUM_PEOPLE; n++) {
		num += has_word(&people[n], a) &&
		       (b == NULL || has_word(&people[n], b));
	}
	return num;
}

static bool
is_in(const struct answer *a, const struct id *id)
{
	for (size_t i = 0; i < a->num; i++) {
		if (id_eq(&a->ids[i], id)) {
			return true;
		}
	}
	return false;
}

/* `text` is what is asked; a and b (or NULL) are its words, folded. */
static void
check(const char *text, const char *a, const char *b)
{
	static struct answer got[ENGINES];

	for (size_t e = 0; e < ENGINES; e++) {
		ask(e, text, &got[e]);
	}
	if (got[0].num != num_expected(a, b)) {
		fail_msg(
		    "%s: %zu, not %zu", text, got[0].num, num_expected(a, b));
	}
	assert_int_equal(got[0].num, got[1].num);
	assert_memory_equal(
	    got[0].ids, got[1].ids, got[0].num * sizeof(got[0].ids[0]));
	for (unsigned n = 0; n < NUM_PEOPLE; n++) {
		assert_int_equal(is_in(&got[0], &people[n].id),
		    has_word(&people[n], a) &&
			(b == NULL || has_word(&people[n], b)));
	}
}

/* The first `num` letters. */
static void
cut(char *out, const char *word, unsigned num)
{
	const char *at = word;

	for (; num > 0 && *at != '\0'; num--) {
		at += (unsigned char)*at >= 0x80 ? 2 : 1;
	}
	memcpy(out, word, (size_t)(at - word));
	out[at - word] = '\0';
}

static void
check_varied(const char *prefix)
{
	char text[NAME_SIZE], spaced[NAME_SIZE + 16];

	check(prefix, prefix, NULL);
	put_varied(text, prefix, true);
	check(text, prefix, NULL);
	put_varied(text, prefix, false);
	(void)snprintf(spaced, sizeof(spaced), "  \xc2\xa0%s \t", text);
	check(spaced, prefix, NULL);
}

static void
test_prefixes(void **state)
{
	char prefix[NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(surnames); i++) {
		if (strpbrk(surnames[i], "-'") != NULL) {
			continue;
		}
		for (unsigned len = 1; len <= 9; len += 2) {
			cut(prefix, surnames[i], len);
			check_varied(prefix);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(given); i++) {
		for (unsigned len = 1; len <= 4; len++) {
			cut(prefix, given[i], len);
			check_varied(prefix);
		}
	}
	check("Корс", "корс", NULL);
	check("нил", "нил", NULL);
	check("никого", "никого", NULL);
}

static void
test_several_words(void **state)
{
	(void)state;
	check("ива пет", "ива", "пет");
	check("Пётр ИВАНОВ", "петр", "иванов");
	check("Римский-Корсаков", "римский", "корсаков");
	check("и фЁдор", "и", "федор");
	check("иван никто", "иван", "никто");
}

static void
test_numbers(void **state)
{
	char text[32], prefix[12];
	const char *s;

	(void)state;
	for (unsigned n = 0; n < NUM_PEOPLE; n += 37) {
		s = people[n].snils;
		check(s, s, NULL);
		(void)snprintf(text, sizeof(text), "%.3s-%.3s-%.3s %s", s,
		    s + 3, s + 6, s + 9);
		check(text, s, NULL);
		(void)snprintf(prefix, sizeof(prefix), "%.5s", s);
		check(prefix, prefix, NULL);
	}
}

static void
assert_refused(const char *text, const struct id *after, const char *rule,
    const char *object)
{
	struct record_matches m;
	struct errinfo ei = {0};

	for (size_t e = 0; e < ENGINES; e++) {
		assert_true(record_search(&person_kind, &registries[e], text,
				after, &m, &ei) != ERR_OK);
		assert_string_equal(ei.rule, rule);
		assert_string_equal(ei.object, object);
	}
}

static void
test_refused(void **state)
{
	const struct id nobody = nth_id(NUM_PEOPLE + 100);

	(void)state;
	assert_refused("", NULL, "search.words", "search");
	assert_refused(" «-» № ", NULL, "search.words", "search");
	assert_refused("ив", &nobody, "search.after", "after");
	assert_refused("никого", &people[0].id, "search.after", "after");
}

/* A new name is found, the old one no more; organisations are apart. */
static void
test_change(void **state)
{
	const struct id id = nth_id(NUM_PEOPLE + 1);
	const struct person_data before = {
	    .surname = "Жукова", .given_name = "Ольга", .snils = "07500122105"};
	const struct person_data after = {
	    .surname = "Щукина", .given_name = "Ольга", .snils = "07500122105"};
	const struct org_data org = {.name = "ООО «Жуков и Щукин»",
	    .inn = "6688242590",
	    .ogrn = "1234567890127",
	    .region = "66 Свердловская область",
	    .locality = "Екатеринбург",
	    .street = "ул. Ленина, 1"};
	struct record_matches m;
	struct errinfo ei = {0};

	(void)state;
	for (size_t e = 0; e < ENGINES; e++) {
		struct registry *r = &registries[e];

		assert_ok(
		    record_create(&person_kind, r, &by_test, &id, &before, &ei),
		    &ei);
		assert_ok(
		    record_create(&org_kind, r, &by_test, &id, &org, &ei), &ei);
		assert_ok(
		    record_search(&person_kind, r, "жук", NULL, &m, &ei), &ei);
		assert_int_equal(m.num, 1);
		record_matches_clear(&m);
		assert_ok(record_update(
			      &person_kind, r, &by_test, &id, 1, &after, &ei),
		    &ei);
		assert_ok(
		    record_search(&person_kind, r, "жук", NULL, &m, &ei), &ei);
		assert_int_equal(m.num, 0);
		assert_ok(
		    record_search(&person_kind, r, "щук ольга", NULL, &m, &ei),
		    &ei);
		assert_int_equal(m.num, 1);
		record_matches_clear(&m);
		/* Somebody has each of these; nobody has all four. */
		assert_ok(record_search(&person_kind, r, "щук 075 ольга яна",
			      NULL, &m, &ei),
		    &ei);
		assert_int_equal(m.num, 0);
		assert_ok(record_search(
			      &org_kind, r, "щукин ооо 6688", NULL, &m, &ei),
		    &ei);
		assert_int_equal(m.num, 1);
		record_matches_clear(&m);
	}
}

/* Two words that more rows begin with than are walked, and no row has both:
 * that is said, and not that nobody is found. */
static void
test_wide(void **state)
{
	static const char *const octets[ENGINES] = {"BLOB", "bytea"};
	char sql[512];

	(void)state;
	for (size_t e = 0; e < ENGINES; e++) {
		(void)snprintf(sql, sizeof(sql),
		    "INSERT INTO word (kind, word, owner_id) "
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL "
		    "SELECT i + 1 FROM n WHERE i <= %d) "
		    "SELECT '%s', CAST(CASE WHEN k <= %d THEN 'qqq' ELSE "
		    "'zzz' END || i AS %s), id FROM n, (SELECT id, "
		    "row_number() OVER (ORDER BY id) AS k FROM person) AS p",
		    SEARCH_ROWS_MAX / (NUM_PEOPLE / 2), person_kind.prefix,
		    NUM_PEOPLE / 2, octets[e]);
		run_sql(places[e].path, sql);
	}
	assert_refused("qqq zzz", NULL, "search.wide", "search");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_prefixes),
	    cmocka_unit_test(test_several_words),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_change),
	    cmocka_unit_test(test_wide),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
