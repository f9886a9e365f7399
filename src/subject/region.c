/* SPDX-License-Identifier: Apache-2.0 */
#include "subject/region.h"

#include <string.h>

#include "base/bounds.h"
#include "base/text.h"

/*
 * Codes of the tax service for the federal subjects, with the names as the
 * state's own certificates spell them.
 */
static const struct region {
	char code[3];
	const char *name;
} regions[] = {
    {"01", "Республика Адыгея"},
    {"02", "Республика Башкортостан"},
    {"03", "Республика Бурятия"},
    {"04", "Республика Алтай"},
    {"05", "Республика Дагестан"},
    {"06", "Республика Ингушетия"},
    {"07", "Кабардино-Балкарская Республика"},
    {"08", "Республика Калмыкия"},
    {"09", "Карачаево-Черкесская Республика"},
    {"10", "Республика Карелия"},
    {"11", "Республика Коми"},
    {"12", "Республика Марий Эл"},
    {"13", "Республика Мордовия"},
    {"14", "Республика Саха (Якутия)"},
    {"15", "Республика Северная Осетия - Алания"},
    {"16", "Республика Татарстан"},
    {"17", "Республика Тыва"},
    {"18", "Удмуртская Республика"},
    {"19", "Республика Хакасия"},
    {"20", "Чеченская Республика"},
    {"21", "Чувашская Республика - Чувашия"},
    {"22", "Алтайский край"},
    {"23", "Краснодарский край"},
    {"24", "Красноярский край"},
    {"25", "Приморский край"},
    {"26", "Ставропольский край"},
    {"27", "Хабаровский край"},
    {"28", "Амурская область"},
    {"29", "Архангельская область"},
    {"30", "Астраханская область"},
    {"31", "Белгородская область"},
    {"32", "Брянская область"},
    {"33", "Владимирская область"},
    {"34", "Волгоградская область"},
    {"35", "Вологодская область"},
    {"36", "Воронежская область"},
    {"37", "Ивановская область"},
    {"38", "Иркутская область"},
    {"39", "Калининградская область"},
    {"40", "Калужская область"},
    {"41", "Камчатский край"},
    {"42", "Кемеровская область - Кузбасс"},
    {"43", "Кировская область"},
    {"44", "Костромская область"},
    {"45", "Курганская область"},
    {"46", "Курская область"},
    {"47", "Ленинградская область"},
    {"48", "Липецкая область"},
    {"49", "Магаданская область"},
    {"50", "Московская область"},
    {"51", "Мурманская область"},
    {"52", "Нижегородская область"},
    {"53", "Новгородская область"},
    {"54", "Новосибирская область"},
    {"55", "Омская область"},
    {"56", "Оренбургская область"},
    {"57", "Орловская область"},
    {"58", "Пензенская область"},
    {"59", "Пермский край"},
    {"60", "Псковская область"},
    {"61", "Ростовская область"},
    {"62", "Рязанская область"},
    {"63", "Самарская область"},
    {"64", "Саратовская область"},
    {"65", "Сахалинская область"},
    {"66", "Свердловская область"},
    {"67", "Смоленская область"},
    {"68", "Тамбовская область"},
    {"69", "Тверская область"},
    {"70", "Томская область"},
    {"71", "Тульская область"},
    {"72", "Тюменская область"},
    {"73", "Ульяновская область"},
    {"74", "Челябинская область"},
    {"75", "Забайкальский край"},
    {"76", "Ярославская область"},
    {"77", "г. Москва"},
    {"78", "г. Санкт-Петербург"},
    {"79", "Еврейская автономная область"},
    {"83", "Ненецкий автономный округ"},
    {"86", "Ханты-Мансийский автономный округ - Югра"},
    {"87", "Чукотский автономный округ"},
    {"89", "Ямало-Ненецкий автономный округ"},
    {"91", "Республика Крым"},
    {"92", "г. Севастополь"},
};

enum {
	REGION_CHARS_MAX = 100
};

/* NULL when the code is not in our table. */
static const struct region *
region_by_code(struct slice code)
{
	for (size_t i = 0; i < ARRAY_LEN(regions); i++) {
		if (slice_eq_str(code, regions[i].code)) {
			return &regions[i];
		}
	}
	return NULL;
}

static enum err
wrong(struct errinfo *ei, enum err kind, const char *rule, const char *text)
{
	(void)err_set(ei, kind, rule, NULL, "region: %s", text);
	return err_object(ei, kind, "region");
}

/* Names are compared without regard to case, ё, spaces and the kind of dash
 * that a keyboard gave. */
static enum err
fold_name(struct slice name, struct buf *out, struct errinfo *ei)
{
	struct buf plain = BUF_INIT(SUBJECT_TEXT_MAX);
	uint32_t c;
	enum err e;

	while (text_get_char(&name, &c)) {
		text_put_char(&plain,
		    c == 0x2010 || c == 0x2011 || c == 0x2013 || c == 0x2014
			? '-'
			: (c == 0xa0 ? ' ' : c));
	}
	text_fold(out, buf_slice(&plain));
	e = buf_err(&plain, ei);
	buf_clear(&plain);
	return e == ERR_OK ? buf_err(out, ei) : e;
}

/* "Москва" for "г. Москва" is how people write it. */
static enum err
same_name(
    struct slice given, const char *ours, bool *out_same, struct errinfo *ei)
{
	struct buf a = BUF_INIT(SUBJECT_TEXT_MAX);
	struct buf b = BUF_INIT(SUBJECT_TEXT_MAX);
	struct slice city;
	enum err e = fold_name(given, &a, ei);

	if (e == ERR_OK) {
		e = fold_name(slice_str(ours), &b, ei);
	}
	city = buf_slice(&b);
	if (slice_starts(city, slice_str("г. "))) {
		struct slice skipped;

		(void)slice_get_bytes(&city, strlen("г. "), &skipped);
	}
	*out_same = slice_eq(buf_slice(&a), buf_slice(&b)) ||
		    slice_eq(buf_slice(&a), city);
	buf_clear(&a);
	buf_clear(&b);
	return e;
}

static struct slice
trim(struct slice s)
{
	while (s.len > 0 && s.p[0] == ' ') {
		s.p++;
		s.len--;
	}
	while (s.len > 0 && s.p[s.len - 1] == ' ') {
		s.len--;
	}
	return s;
}

static enum err
put_unknown(
    struct slice code, struct slice name, struct buf *out, struct errinfo *ei)
{
	if (name.len == 0) {
		return wrong(ei, ERR_FORMAT, "subject.region.name",
		    "the code is not in our table, so its name must be given");
	}
	buf_add(out, code);
	buf_add_u8(out, ' ');
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] != ' ' || name.p[i - 1] != ' ') {
			buf_add_u8(out, name.p[i]);
		}
	}
	return buf_err(out, ei);
}

enum err
region_normalise(struct slice in, struct buf *out, struct errinfo *ei)
{
	const struct region *region;
	struct slice code;
	struct slice name;
	bool same = true;
	enum err e;

	if (!text_is_clean(in)) {
		return wrong(ei, ERR_FORMAT, "subject.region.form",
		    "it is empty or holds characters that are not text");
	}
	name = trim(in);
	if (text_num_chars(name) > REGION_CHARS_MAX) {
		return wrong(ei, ERR_LIMIT, "subject.region.long",
		    "it is longer than any region's name");
	}
	if (!slice_get_bytes(&name, 2, &code) || !text_is_digits(code) ||
	    slice_eq_str(code, "00") || (name.len > 0 && name.p[0] != ' ')) {
		return wrong(ei, ERR_FORMAT, "subject.region.form",
		    "it is written as two digits, a space and the name, as in "
		    "\"66 Свердловская область\"");
	}
	name = trim(name);
	region = region_by_code(code);
	if (region == NULL) {
		return put_unknown(code, name, out, ei);
	}
	if (name.len > 0) {
		e = same_name(name, region->name, &same, ei);
		if (e != ERR_OK) {
			return e;
		}
	}
	if (!same) {
		(void)err_set(ei, ERR_FORMAT, "subject.region.name", NULL,
		    "region: %s is \"%s\"; the name given is another",
		    region->code, region->name);
		return err_object(ei, ERR_FORMAT, "region");
	}
	buf_add_str(out, region->code);
	buf_add_u8(out, ' ');
	buf_add_str(out, region->name);
	return buf_err(out, ei);
}

bool
region_valid(struct slice text)
{
	struct buf normal = BUF_INIT(SUBJECT_TEXT_MAX);
	struct slice name = text;
	struct slice code, space;
	const struct region *region;
	bool valid;

	if (slice_get_bytes(&name, 2, &code) &&
	    slice_get_bytes(&name, 1, &space) && space.p[0] == ' ') {
		region = region_by_code(code);
		if (region != NULL) {
			return slice_eq_str(name, region->name);
		}
	}
	valid = region_normalise(text, &normal, NULL) == ERR_OK &&
		slice_eq(buf_slice(&normal), text);
	buf_clear(&normal);
	return valid;
}
