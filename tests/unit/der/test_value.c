/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "der/der.h"

enum kind {
	BOOL,
	INTEGER,
	U63,
	OID,
	BITS,
	NULL_,
	TIME,
};

static enum err
read_value(enum kind kind, struct slice *s, struct errinfo *ei)
{
	struct slice out;
	uint64_t u;
	int64_t sec;
	unsigned unused;
	uint8_t tag;
	bool b;

	switch (kind) {
	case BOOL:
		return der_get_bool(s, &b, ei);
	case INTEGER:
		return der_get_integer(s, &out, ei);
	case U63:
		return der_get_u63(s, DER_INTEGER, &u, ei);
	case OID:
		return der_get_oid(s, &out, ei);
	case BITS:
		return der_get_bits(s, &out, &unused, ei);
	case NULL_:
		return der_get_null(s, ei);
	case TIME:
		return der_get_time(s, &sec, &tag, ei);
	}
	fail();
	return ERR_INTERNAL;
}

#define IN(s)                                                                  \
	{                                                                      \
		(const uint8_t *)(s), sizeof(s) - 1                            \
	}

static const struct {
	const char *name;
	enum kind kind;
	struct slice in;
	const char *rule; /* NULL: accepted */
} cases[] = {
    {"true", BOOL, IN("\x01\x01\xff"), NULL},
    {"false", BOOL, IN("\x01\x01\x00"), NULL},
    {"BER true", BOOL, IN("\x01\x01\x01"), "der.boolean"},
    {"empty", BOOL, IN("\x01\x00"), "der.boolean"},
    {"two octets", BOOL, IN("\x01\x02\xff\xff"), "der.boolean"},

    {"0", INTEGER, IN("\x02\x01\x00"), NULL},
    {"128", INTEGER, IN("\x02\x02\x00\x80"), NULL},
    {"-128", INTEGER, IN("\x02\x01\x80"), NULL},
    {"-129", INTEGER, IN("\x02\x02\xff\x7f"), NULL},
    {"no content", INTEGER, IN("\x02\x00"), "der.integer.empty"},
    {"padded 0", INTEGER, IN("\x02\x02\x00\x00"), "der.integer.minimal"},
    {"padded 127", INTEGER, IN("\x02\x02\x00\x7f"), "der.integer.minimal"},
    {"padded -1", INTEGER, IN("\x02\x02\xff\xff"), "der.integer.minimal"},
    {"other tag", INTEGER, IN("\x0a\x01\x00"), "der.tag"},

    {"largest", U63, IN("\x02\x08\x7f\xff\xff\xff\xff\xff\xff\xff"), NULL},
    {"2^63", U63, IN("\x02\x09\x00\x80\x00\x00\x00\x00\x00\x00\x00"),
	"der.integer.large"},
    {"-1", U63, IN("\x02\x01\xff"), "der.integer.negative"},
    {"padded", U63, IN("\x02\x02\x00\x01"), "der.integer.minimal"},

    {"2.5.4.3", OID, IN("\x06\x03\x55\x04\x03"), NULL},
    {"no content", OID, IN("\x06\x00"), "der.oid"},
    {"cut arc", OID, IN("\x06\x02\x55\x84"), "der.oid"},
    {"padded arc", OID, IN("\x06\x03\x55\x80\x04"), "der.oid"},
    {"padded first", OID, IN("\x06\x02\x80\x01"), "der.oid"},
    {"longest", OID,
	IN("\x06\x27\x2a\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
	   "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"),
	NULL},
    {"too long", OID,
	IN("\x06\x28\x2a\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"
	   "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1"),
	"der.oid"},

    {"whole octets", BITS, IN("\x03\x02\x00\xff"), NULL},
    {"no bits", BITS, IN("\x03\x01\x00"), NULL},
    {"six bits", BITS, IN("\x03\x02\x02\xfc"), NULL},
    {"dirty padding", BITS, IN("\x03\x02\x02\xfe"), "der.bits.padding"},
    {"no count", BITS, IN("\x03\x00"), "der.bits"},
    {"count 8", BITS, IN("\x03\x02\x08\x00"), "der.bits"},
    {"count without bits", BITS, IN("\x03\x01\x01"), "der.bits"},

    {"null", NULL_, IN("\x05\x00"), NULL},
    {"full null", NULL_, IN("\x05\x01\x00"), "der.null"},

    {"UTCTime", TIME,
	IN("\x17\x0d"
	   "491231235959Z"),
	NULL},
    {"GeneralizedTime", TIME,
	IN("\x18\x0f"
	   "20500101000000Z"),
	NULL},
    {"leap day", TIME,
	IN("\x17\x0d"
	   "240229000000Z"),
	NULL},
    {"no leap day", TIME,
	IN("\x17\x0d"
	   "230229000000Z"),
	"der.time"},
    {"month 13", TIME,
	IN("\x17\x0d"
	   "231301000000Z"),
	"der.time"},
    {"hour 24", TIME,
	IN("\x17\x0d"
	   "230101240000Z"),
	"der.time"},
    {"second 60", TIME,
	IN("\x17\x0d"
	   "230101235960Z"),
	"der.time"},
    {"no seconds", TIME,
	IN("\x17\x0b"
	   "2301010000Z"),
	"der.time"},
    {"zone", TIME,
	IN("\x17\x11"
	   "230101000000+0300"),
	"der.time"},
    {"no zone", TIME,
	IN("\x17\x0c"
	   "230101000000"),
	"der.time"},
    {"lower z", TIME,
	IN("\x17\x0d"
	   "230101000000z"),
	"der.time"},
    {"blank", TIME,
	IN("\x17\x0d"
	   "2301010000 0Z"),
	"der.time"},
    {"fraction", TIME,
	IN("\x18\x11"
	   "20500101000000.5Z"),
	"der.time"},
    {"year 0", TIME,
	IN("\x18\x0f"
	   "00000101000000Z"),
	"der.time"},
    {"not a time", TIME, IN("\x04\x00"), "der.tag"},
};

static void
test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct slice s = cases[i].in;
		struct errinfo ei = {0};
		enum err err = read_value(cases[i].kind, &s, &ei);

		print_message("%s\n", cases[i].name);
		if (cases[i].rule == NULL) {
			assert_ok(err, &ei);
			assert_int_equal(s.len, 0);
		} else {
			assert_int_equal(err, ERR_FORMAT);
			assert_string_equal(ei.rule, cases[i].rule);
			assert_ptr_equal(s.p, cases[i].in.p);
			assert_int_equal(s.len, cases[i].in.len);
		}
	}
}

static int64_t
time_of(const char *in, size_t len)
{
	struct slice s = slice_make(in, len);
	struct errinfo ei = {0};
	int64_t sec = 0;
	uint8_t tag;

	assert_ok(der_get_time(&s, &sec, &tag, &ei), &ei);
	assert_int_equal(tag, in[0]);
	return sec;
}

/* RFC 5280 4.1.2.5.1: 50 is 1950, 49 is 2049. */
static void
test_centuries(void **state)
{
	(void)state;
	assert_int_equal(time_of("\x17\x0d"
				 "700101000000Z",
			     15),
	    0);
	assert_int_equal(time_of("\x17\x0d"
				 "491231235959Z",
			     15),
	    2524607999);
	assert_int_equal(time_of("\x18\x0f"
				 "20500101000000Z",
			     17),
	    2524608000);
	assert_int_equal(time_of("\x17\x0d"
				 "500101000000Z",
			     15),
	    -631152000);
}

static void
test_numbers(void **state)
{
	struct slice s = SLICE_LIT("\x0a\x02\x01\x02");
	struct errinfo ei = {0};
	struct slice bits = SLICE_EMPTY;
	unsigned unused = 9;
	uint64_t v = 0;

	(void)state;
	assert_ok(der_get_u63(&s, DER_ENUMERATED, &v, &ei), &ei);
	assert_int_equal(v, 258);
	s = SLICE_LIT("\x03\x02\x01\x06");
	assert_ok(der_get_bits(&s, &bits, &unused, &ei), &ei);
	assert_int_equal(unused, 1);
	assert_true(slice_eq(bits, SLICE_LIT("\x06")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_values),
	    cmocka_unit_test(test_centuries),
	    cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
