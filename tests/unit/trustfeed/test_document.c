/* SPDX-License-Identifier: Apache-2.0 */
/* A mirror's feed: written, read again, and read in every bad form. */
#include "unit.h"

#include "base/bounds.h"
#include "base/clock.h"
#include "crypto/init.h"
#include "trustfeed/changes.h"
#include "trustfeed/document.h"
#include "json/writer.h"

#define ONE                                                                    \
	"{\"name\":\"a.crt\",\"bytes\":1,\"sha256\":"                          \
	"\"1111111111111111111111111111111111111111111111111111111111111111"   \
	"\"}"
#define TWO                                                                    \
	"{\"name\":\"b.cab\",\"bytes\":2,\"sha256\":"                          \
	"\"2222222222222222222222222222222222222222222222222222222222222222"   \
	"\"}"
#define COUNTS                                                                 \
	"{\"came\":1,\"went\":0,\"disabled\":1,\"enabled\":0,\"limited\":0,"   \
	"\"freed\":0,\"uses\":0,\"renamed\":0}"
#define CAME                                                                   \
	"{\"change\":\"came\",\"sha1\":"                                       \
	"\"3333333333333333333333333333333333333333\",\"name\":\"Root\","      \
	"\"text\":\"\"}"
#define DISABLED                                                               \
	"{\"change\":\"disabled\",\"sha1\":"                                   \
	"\"4444444444444444444444444444444444444444\",\"name\":\"\","          \
	"\"text\":\"disabled since 2024-01-01\","                              \
	"\"at\":\"2024-01-01T00:00:00Z\"}"
#define GOOD                                                                   \
	"{\"format\":1,\"mirror\":\"pilot\",\"number\":7,"                     \
	"\"since\":\"2026-11-20T00:00:00Z\","                                  \
	"\"signed\":\"2026-11-24T00:00:00Z\","                                 \
	"\"valid_until\":\"2026-11-25T00:00:00Z\","                            \
	"\"files\":[" ONE "," TWO "],"                                         \
	"\"changes\":{\"since\":6,\"came\":[\"a.crt\"],\"went\":[\"c.sst\"],"  \
	"\"changed\":[\"b.cab\"],\"roots\":{\"counts\":" COUNTS                \
	",\"list\":[" CAME "," DISABLED "]}}}"

static int64_t
moment(const char *text)
{
	int64_t at = 0;

	assert_true(time_from_text(slice_str(text), &at));
	return at;
}

static void
everything_that_it_says(void **state)
{
	struct feed_document d;
	struct errinfo ei;

	(void)state;
	assert_ok(feed_document_parse(slice_str(GOOD), &d, &ei), &ei);
	assert_string_equal(d.head.mirror, "pilot");
	assert_int_equal(d.head.number, 7);
	assert_int_equal(d.head.since, moment("2026-11-20T00:00:00Z"));
	assert_int_equal(d.head.signed_at, moment("2026-11-24T00:00:00Z"));
	assert_int_equal(d.head.valid_until, moment("2026-11-25T00:00:00Z"));
	assert_int_equal(d.files.num, 2);
	assert_string_equal(d.files.at[1].name, "b.cab");
	assert_int_equal(d.files.at[1].bytes, 2);
	assert_int_equal(d.files.at[1].sha256[31], 0x22);
	assert_ptr_equal(feed_files_find(&d.files, "A.CRT"), &d.files.at[0]);
	assert_null(feed_files_find(&d.files, "c.sst"));
	assert_int_equal(d.before, 6);
	assert_int_equal(d.came.num, 1);
	assert_string_equal(d.came.at[0], "a.crt");
	assert_string_equal(d.went.at[0], "c.sst");
	assert_string_equal(d.changed.at[0], "b.cab");
	assert_true(d.knows_roots);
	assert_int_equal(d.num_roots, 2);
	assert_int_equal(d.roots[0].change, TRUST_CAME);
	assert_string_equal(d.roots[0].name, "Root");
	assert_null(d.roots[0].text);
	assert_int_equal(d.roots[1].change, TRUST_DISABLED);
	assert_int_equal(d.roots[1].sha1[19], 0x44);
	assert_null(d.roots[1].name);
	assert_string_equal(d.roots[1].text, "disabled since 2024-01-01");
	assert_int_equal(d.counts[TRUST_CAME], 1);
	feed_document_clear(&d);
}

/* The first place of one text, with another there. */
static void
replaced(const char *from, const char *to, struct buf *out)
{
	const char *at = strstr(GOOD, from);

	assert_non_null(at);
	buf_reset(out);
	buf_add(out, slice_make(GOOD, (size_t)(at - GOOD)));
	buf_add_str(out, to);
	buf_add_str(out, at + strlen(from));
	assert_int_equal(out->err, ERR_OK);
}

static void
every_bad_form(void **state)
{
	static const struct {
		const char *from;
		const char *to;
		const char *rule;
	} cases[] = {
	    {"{\"format\"", "[\"format\"", "json.syntax"},
	    {"\"format\":1", "\"format\":2", "feed.format"},
	    {"\"format\":1", "\"format\":\"1\"", "json.field.type"},
	    {"\"format\":1,", "", "json.field.missing"},
	    {"\"format\":1,", "\"format\":1,\"more\":1,", "json.field.unknown"},
	    {"\"format\":1,", "\"format\":1,\"format\":1,", "json.duplicate"},
	    {"\"mirror\":\"pilot\",", "", "json.field.missing"},
	    {"\"pilot\"", "null", "json.field.missing"},
	    {"\"pilot\"", "5", "json.field.type"},
	    {"pilot", "pi\\u001b[lot", "json.field.text"},
	    {"\"number\":7", "\"number\":0", "json.field.range"},
	    {"\"number\":7", "\"number\":-7", "json.field.range"},
	    {"\"number\":7", "\"number\":7.5", "json.field.type"},
	    {"\"number\":7", "\"number\":6", "feed.changes"},
	    {"2026-11-24T00:00:00Z", "2026-11-24 00:00:00", "feed.time"},
	    {"2026-11-24T00:00:00Z", "2026-11-31T00:00:00Z", "feed.time"},
	    {"2026-11-25T00:00:00Z", "2026-11-24T00:00:00Z", "feed.time"},
	    {"2026-11-20T00:00:00Z", "yesterday", "feed.time"},
	    {"\"a.crt\"", "\"../a.crt\"", "feed.name"},
	    {"\"a.crt\"", "\".lock\"", "feed.name"},
	    {"\"a.crt\"", "\"A.crt\"", "feed.name"},
	    {"\"a.crt\"", "\"\"", "json.field.length"},
	    {"\"a.crt\"",
		"\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
		"json.field.length"},
	    {"\"a.crt\"", "\"c.crt\"", "feed.order"},
	    {"\"a.crt\"", "\"b.cab\"", "feed.order"},
	    {"\"bytes\":1", "\"bytes\":-1", "json.field.range"},
	    {"\"bytes\":1", "\"bytes\":999999999999", "json.field.range"},
	    {"\"bytes\":1,", "", "json.field.missing"},
	    {"1111\"}", "111\"}", "feed.sha"},
	    {"1111\"}", "11111\"}", "json.field.length"},
	    {"1111\"}", "111A\"}", "feed.sha"},
	    {"1111\"}", "111g\"}", "feed.sha"},
	    {"1111\"}", "1111\",\"x\":1}", "json.field.unknown"},
	    {ONE, "1", "json.field.type"},
	    {"\"since\":6", "\"since\":7", "feed.changes"},
	    {"\"since\":6", "\"since\":0", "json.field.range"},
	    {"[\"a.crt\"]", "[\"x.crt\"]", "feed.changes"},
	    {"[\"a.crt\"]", "[5]", "json.field.type"},
	    {"[\"a.crt\"]", "[null]", "json.field.missing"},
	    {"[\"a.crt\"]", "{}", "json.field.type"},
	    {"[\"c.sst\"]", "[\"a.crt\"]", "feed.changes"},
	    {"[\"c.sst\"]", "[\"/etc\"]", "feed.name"},
	    {"[\"b.cab\"]", "[\"c.sst\"]", "feed.changes"},
	    {"\"came\":1", "\"came\":2", "feed.roots"},
	    {"\"came\":1,", "", "json.field.missing"},
	    {"\"came\":1,", "\"came\":1,\"left\":0,", "json.field.unknown"},
	    {"\"change\":\"came\"", "\"change\":\"lost\"", "feed.roots"},
	    {"\"change\":\"came\"", "\"change\":\"went\"", "feed.roots"},
	    {"\"Root\"", "\"Ro\\not\"", "json.field.text"},
	    {"\"2024-01-01T00:00:00Z\"", "\"2024\"", "feed.time"},
	    {"\"2024-01-01T00:00:00Z\"", "1", "json.field.type"},
	    {"," DISABLED, "", "feed.roots"},
	    {"\"counts\"", "\"count\"", "json.field.unknown"},
	};
	struct buf text = BUF_INIT(8192);
	struct feed_document d;
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		replaced(cases[i].from, cases[i].to, &text);
		if (feed_document_parse(buf_slice(&text), &d, &ei) == ERR_OK ||
		    strcmp(ei.rule, cases[i].rule) != 0) {
			fail_msg("%s for %s: %s, not %s", cases[i].to,
			    cases[i].from, ei.rule, cases[i].rule);
		}
		assert_null(d.tree);
	}
	/* Cut anywhere. */
	for (size_t i = 0; i < strlen(GOOD); i++) {
		assert_int_not_equal(
		    feed_document_parse(slice_make(GOOD, i), &d, &ei), ERR_OK);
	}
	buf_clear(&text);
}

static void
what_may_be_left_out(void **state)
{
	static const char *const cases[][2] = {
	    {"\"pilot\"", "\"\""},
	    {"\"at\":\"2024-01-01T00:00:00Z\"", "\"uses\":\"server\""},
	    {"\"roots\":{\"counts\":" COUNTS ",\"list\":[" CAME "," DISABLED
	     "]}",
		"\"roots\":null"},
	};
	struct buf text = BUF_INIT(8192);
	struct feed_document d;
	struct errinfo ei;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		replaced(cases[i][0], cases[i][1], &text);
		assert_ok(feed_document_parse(buf_slice(&text), &d, &ei), &ei);
		feed_document_clear(&d);
	}
	buf_clear(&text);
}

static void
when_and_of_whom_it_speaks(void **state)
{
	struct feed_document d;
	struct errinfo ei;
	int64_t from, to;

	(void)state;
	assert_ok(feed_document_parse(slice_str(GOOD), &d, &ei), &ei);
	from = d.head.signed_at - FEED_SKEW_SEC;
	to = d.head.valid_until + FEED_SKEW_SEC;
	assert_ok(feed_document_check(&d, NULL, from, &ei), &ei);
	assert_ok(feed_document_check(&d, "Pilot", to, &ei), &ei);
	assert_rule(feed_document_check(&d, NULL, from - 1, &ei), ERR_POLICY,
	    "feed.early", &ei);
	assert_rule(feed_document_check(&d, NULL, to + 1, &ei), ERR_POLICY,
	    "feed.expired", &ei);
	assert_rule(feed_document_check(&d, "all", to, &ei), ERR_POLICY,
	    "feed.mirror", &ei);
	assert_rule(feed_document_check(&d, "", to, &ei), ERR_POLICY,
	    "feed.mirror", &ei);
	feed_document_clear(&d);
}

static void
written_and_read_again(void **state)
{
	struct feed_file before[] = {{.name = "a.crt"}, {.name = "b.cab"}},
			 after[] = {{.name = "b.cab"}, {.name = "c.sst"}};
	const struct feed_files was = {before, 2}, is = {after, 2};
	const struct feed_state old = {1, &was, SLICE_EMPTY},
				new = {2, &is, SLICE_EMPTY},
				none = {0, &was, SLICE_EMPTY};
	const struct feed_head head = {"x/y", 2, 100, 200, 300};
	struct buf changes = BUF_INIT(4096), text = BUF_INIT(4096);
	struct json_writer w;
	struct feed_document d;
	struct errinfo ei;

	(void)state;
	after[0].sha256[0] = 1;
	after[0].bytes = 17;
	assert_ok(feed_changes_put(&none, &new, &changes, &ei), &ei);
	assert_string_equal(buf_cstr(&changes), "null");
	buf_reset(&changes);
	assert_ok(feed_changes_put(&old, &new, &changes, &ei), &ei);
	json_writer_init(&w, &text);
	feed_document_put(&w, &head, &is, buf_slice(&changes));
	assert_ok(json_writer_end(&w, &ei), &ei);
	assert_ok(feed_document_parse(buf_slice(&text), &d, &ei), &ei);
	assert_memory_equal(&d.head.number, &head.number, sizeof(int64_t));
	assert_string_equal(d.head.mirror, "x/y");
	assert_int_equal(d.head.valid_until, 300);
	assert_int_equal(d.files.at[0].bytes, 17);
	assert_int_equal(d.files.at[0].sha256[0], 1);
	assert_string_equal(d.came.at[0], "c.sst");
	assert_string_equal(d.went.at[0], "a.crt");
	assert_string_equal(d.changed.at[0], "b.cab");
	assert_false(d.knows_roots);
	feed_document_clear(&d);
	buf_clear(&changes);
	buf_clear(&text);
}

static void
the_digest_of_a_state(void **state)
{
	struct feed_file at[] = {{.name = "ab"}, {.name = "c"}};
	const struct feed_files f = {at, 2};
	uint8_t one[SHA256_SIZE], two[SHA256_SIZE];
	struct errinfo ei;

	(void)state;
	assert_ok(feed_files_digest(&f, one, &ei), &ei);
	at[0].bytes = 5; /* says what the content says */
	assert_ok(feed_files_digest(&f, two, &ei), &ei);
	assert_memory_equal(one, two, SHA256_SIZE);
	at[1].sha256[31] = 1;
	assert_ok(feed_files_digest(&f, two, &ei), &ei);
	assert_memory_not_equal(one, two, SHA256_SIZE);
	at[1].sha256[31] = 0;
	at[1].name[0] = 'd';
	assert_ok(feed_files_digest(&f, two, &ei), &ei);
	assert_memory_not_equal(one, two, SHA256_SIZE);
}

static int
set_up(void **state)
{
	(void)state;
	return crypto_init(NULL) == ERR_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(everything_that_it_says),
	    cmocka_unit_test(every_bad_form),
	    cmocka_unit_test(what_may_be_left_out),
	    cmocka_unit_test(when_and_of_whom_it_speaks),
	    cmocka_unit_test(written_and_read_again),
	    cmocka_unit_test(the_digest_of_a_state),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
