/* SPDX-License-Identifier: Apache-2.0 */
/* Lists that would hide a revocation. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/file.h"
#include "os/memfd.h"
#include "os/wait.h"
#include "rogue.h"
#include "x509/crl.h"

enum {
	DAY = 86400,
	HOUR = 3600,
	NEXT_SECOND_MS = 1100,
};

/* A list that may be, which each attempt spoils in one way. */
struct list {
	struct signer_crl m;
	struct buf entries;
};

struct setting {
	struct rogue *r;
	struct channel *c;
	struct buf low; /* two serials that were issued, in order */
	struct buf high;
	uint64_t number; /* of the last list that was made */
	int64_t made_at;
};

static void
put(struct setting *s, struct buf *to, const struct buf *serial)
{
	crl_entry_put(to, buf_slice(serial), rogue_now(s->r), CRL_REASON_NONE);
}

static void
begin(struct setting *s, struct list *l)
{
	int64_t now = rogue_now(s->r);

	*l = (struct list){.m = {.number = s->number + 1,
			       .this_update = now,
			       .next_update = now + DAY}};
	buf_init(&l->entries, FRAME_BODY_MAX);
	put(s, &l->entries, &s->low);
	put(s, &l->entries, &s->high);
}

static struct outcome
send_fd(struct channel *c, const struct signer_crl *m, int fd)
{
	struct buf body = BUF_INIT(FRAME_BODY_MAX);
	struct outcome o;

	signer_crl_pack(&body, m);
	ensure(buf_err(&body, NULL) == ERR_OK);
	o = ask(c, SIGNER_CRL, buf_slice(&body), fd);
	buf_clear(&body);
	return o;
}

static struct outcome
send_list(struct channel *c, const struct list *l)
{
	struct outcome o;
	int fd = -1;

	ensure(memfd_of("crl", buf_slice(&l->entries), &fd, NULL) == ERR_OK);
	o = send_fd(c, &l->m, fd);
	fd_close(fd);
	return o;
}

/* --- one list, spoiled -------------------------------------------------- */

static void
nothing(struct setting *s, struct list *l)
{
	(void)s;
	(void)l;
}

static void
drop_all(struct setting *s, struct list *l)
{
	(void)s;
	buf_reset(&l->entries);
}

static void
drop_first(struct setting *s, struct list *l)
{
	buf_reset(&l->entries);
	put(s, &l->entries, &s->high);
}

static void
drop_last(struct setting *s, struct list *l)
{
	buf_reset(&l->entries);
	put(s, &l->entries, &s->low);
}

static void
equal_number(struct setting *s, struct list *l)
{
	l->m.number = s->number;
}

static void
lower_number(struct setting *s, struct list *l)
{
	l->m.number = s->number - 1;
}

static void
last_number(struct setting *s, struct list *l)
{
	(void)s;
	l->m.number = UINT64_MAX;
}

static void
back_dated(struct setting *s, struct list *l)
{
	(void)s;
	l->m.this_update -= 310;
}

static void
post_dated(struct setting *s, struct list *l)
{
	(void)s;
	l->m.this_update += 310;
}

static void
beyond_times(struct setting *s, struct list *l)
{
	(void)s;
	l->m.this_update = INT64_MIN;
	l->m.next_update = INT64_MAX;
}

static void
too_long(struct setting *s, struct list *l)
{
	(void)s;
	l->m.next_update += (int64_t)2 * DAY;
}

static void
ended(struct setting *s, struct list *l)
{
	(void)s;
	l->m.next_update = l->m.this_update;
}

static void
unsorted(struct setting *s, struct list *l)
{
	buf_reset(&l->entries);
	put(s, &l->entries, &s->high);
	put(s, &l->entries, &s->low);
}

static void
duplicate(struct setting *s, struct list *l)
{
	put(s, &l->entries, &s->high);
}

static void
garbage(struct setting *s, struct list *l)
{
	(void)s;
	buf_add_str(&l->entries, "these are no entries");
}

static void
cut(struct setting *s, struct list *l)
{
	(void)s;
	l->entries.len--;
}

/* An entry with an invalidityDate (RFC 5280 5.3.2), which the signer did not
 * write: what it does not know it does not sign. */
static void
with_extension(struct setting *s, struct list *l)
{
	/* holdInstructionCode; a reason and an invalidityDate are taken */
	static const uint8_t ext[] = {0x30, 0x1a, 0x30, 0x18, 0x06, 0x03, 0x55,
	    0x1d, 0x17, 0x04, 0x11, 0x18, 0x0f, '2', '0', '2', '6', '0', '1',
	    '0', '1', '0', '0', '0', '0', '0', '0', 'Z'};
	struct buf one = BUF_INIT(200);

	put(s, &one, &s->high);
	ensure(one.p[1] + sizeof(ext) < 0x80);
	one.p[1] = (uint8_t)(one.p[1] + sizeof(ext));
	buf_add(&one, slice_make(ext, sizeof(ext)));
	drop_last(s, l);
	buf_add(&l->entries, buf_slice(&one));
	buf_clear(&one);
}

static void
taken_back(struct setting *s, struct list *l)
{
	drop_last(s, l);
	crl_entry_put(&l->entries, buf_slice(&s->high), rogue_now(s->r),
	    CRL_REASON_REMOVE_FROM_CRL);
}

static void
in_future(struct setting *s, struct list *l)
{
	drop_last(s, l);
	crl_entry_put(&l->entries, buf_slice(&s->high), rogue_now(s->r) + DAY,
	    CRL_REASON_NONE);
}

/* Short ones, which come before those that were issued. */
static void
of_nobody(struct setting *s, struct list *l)
{
	buf_reset(&l->entries);
	for (int i = 0; i <= SIGNER_CRL_UNKNOWN_DEFAULT; i++) {
		uint8_t foreign[2] = {
		    (uint8_t)(1 + i / 256), (uint8_t)(i % 256)};

		crl_entry_put(&l->entries, slice_make(foreign, sizeof(foreign)),
		    rogue_now(s->r), CRL_REASON_NONE);
	}
	put(s, &l->entries, &s->low);
	put(s, &l->entries, &s->high);
}

/* --- deltas: what the whole list says is sent with them too --------------- */

static void
delta_at(struct list *l, int64_t at)
{
	l->m.shard.delta = true;
	l->m.this_update = at;
	l->m.next_update = at + HOUR;
}

/* After its list. */
static void
delta(struct setting *s, struct list *l)
{
	delta_at(l, rogue_now(s->r) + 1);
}

static void
delta_drops_all(struct setting *s, struct list *l)
{
	drop_all(s, l);
	delta(s, l);
}

static void
delta_drops_first(struct setting *s, struct list *l)
{
	drop_first(s, l);
	delta(s, l);
}

static void
delta_takes_back(struct setting *s, struct list *l)
{
	taken_back(s, l);
	delta(s, l);
}

static void
delta_holds(struct setting *s, struct list *l)
{
	drop_last(s, l);
	crl_entry_put(
	    &l->entries, buf_slice(&s->high), rogue_now(s->r), CRL_REASON_HOLD);
	delta(s, l);
}

static void
delta_of_no_list(struct setting *s, struct list *l)
{
	buf_reset(&l->entries);
	delta(s, l);
	l->m.shard.count = 7;
}

static void
delta_too_long(struct setting *s, struct list *l)
{
	delta(s, l);
	l->m.next_update++;
}

static void
delta_in_its_second(struct setting *s, struct list *l)
{
	delta_at(l, s->made_at);
}

static void
delta_equal_number(struct setting *s, struct list *l)
{
	delta(s, l);
	l->m.number = s->number;
}

static void
delta_itself(struct setting *s, struct list *l)
{
	sleep_ms(NEXT_SECOND_MS);
	delta_at(l, rogue_now(s->r));
}

static const struct {
	const char *name;
	void (*spoil)(struct setting *s, struct list *l);
} attempts[] = {
    {"drops all that it revoked", drop_all},
    {"drops the first that it revoked", drop_first},
    {"drops the last that it revoked", drop_last},
    {"equal number", equal_number},
    {"lower number", lower_number},
    {"the last number of all", last_number},
    {"back-dated", back_dated},
    {"post-dated", post_dated},
    {"times beyond all times", beyond_times},
    {"valid too long", too_long},
    {"ended already", ended},
    {"entries unsorted", unsorted},
    {"entry twice", duplicate},
    {"entries malformed", garbage},
    {"entries cut short", cut},
    {"entry with an extension", with_extension},
    {"entry that takes back", taken_back},
    {"revoked in the future", in_future},
    {"full of serials that nobody issued", of_nobody},
    {"the same list as it should be", nothing},
    {"delta that drops all", delta_drops_all},
    {"delta that drops the first", delta_drops_first},
    {"delta that takes back", delta_takes_back},
    {"delta that makes a hold of it", delta_holds},
    {"delta of no list", delta_of_no_list},
    {"delta valid too long", delta_too_long},
    {"delta in its list's second", delta_in_its_second},
    {"delta of an equal number", delta_equal_number},
    {"delta as it should be", delta_itself},
};

static void
try_lists(struct setting *s)
{
	for (size_t i = 0; i < ARRAY_LEN(attempts); i++) {
		struct list l;
		struct outcome o;

		begin(s, &l);
		attempts[i].spoil(s, &l);
		o = send_list(s->c, &l);
		report(s->r, attempts[i].name, s->c->name, o.got, o.rule);
		if (strcmp(o.got, "answered") == 0) {
			s->number++;
			s->made_at = l.m.this_update;
		}
		buf_clear(&l.entries);
	}
	/* What comes is a list of a later second than the delta. */
	sleep_ms(NEXT_SECOND_MS);
}

/* --- the memory file ---------------------------------------------------- */

static void
report_errno(struct setting *s, const char *probe, bool done)
{
	report(s->r, probe, s->c->name,
	    done             ? "done"
	    : errno == EPERM ? "EPERM"
	    : errno == EBUSY ? "EBUSY"
			     : "another error",
	    "");
}

/* What we could still do to a list that the signer would take. */
static void
try_to_change(struct setting *s, const struct list *l)
{
	int fd = -1, open_fd = -1;
	void *p;

	ensure(memfd_of("crl", buf_slice(&l->entries), &fd, NULL) == ERR_OK);
	report_errno(
	    s, "writing into what was sent", pwrite(fd, "x", 1, 0) == 1);
	report_errno(s, "cutting what was sent", ftruncate(fd, 1) == 0);
	report_errno(s, "mapping what was sent for writing",
	    mmap(NULL, 1, PROT_WRITE, MAP_SHARED, fd, 0) != MAP_FAILED);
	fd_close(fd);
	/* A mapping from before the seal would do; the kernel looks. */
	ensure(memfd_new("crl", &open_fd, NULL) == ERR_OK);
	ensure(fd_write_all(open_fd, buf_slice(&l->entries), NULL) == ERR_OK);
	p = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, open_fd, 0);
	ensure(p != MAP_FAILED);
	report_errno(s, "sealing what stays mapped for writing",
	    memfd_seal(open_fd, NULL) == ERR_OK);
	(void)munmap(p, 1);
	fd_close(open_fd);
}

static void
try_memory(struct setting *s)
{
	static const struct {
		const char *name;
		int seals;
	} halves[] = {
	    {"memory file without seals", 0},
	    {"memory file that may be written",
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW},
	    {"memory file that may shrink",
		F_SEAL_SEAL | F_SEAL_WRITE | F_SEAL_GROW},
	};
	struct outcome o;
	struct list l;
	int fd;

	begin(s, &l);
	try_to_change(s, &l);
	for (size_t i = 0; i < ARRAY_LEN(halves); i++) {
		ensure(memfd_new("crl", &fd, NULL) == ERR_OK);
		ensure(fd_write_all(fd, buf_slice(&l.entries), NULL) == ERR_OK);
		ensure(fcntl(fd, F_ADD_SEALS, halves[i].seals) == 0);
		o = send_fd(s->c, &l.m, fd);
		report(s->r, halves[i].name, s->c->name, o.got, o.rule);
		fd_close(fd);
	}
	fd = open("rogue.tmp", O_RDONLY | O_CLOEXEC);
	o = send_fd(s->c, &l.m, fd);
	report(s->r, "a plain file", s->c->name, o.got, o.rule);
	fd_close(fd);
	/* Whoever has started anew knows all that it has revoked. */
	buf_reset(&l.entries);
	o = send_list(s->c, &l);
	report(s->r, "drops all, after its restart", s->c->name, o.got, o.rule);
	buf_clear(&l.entries);
}

static void
open_setting(struct rogue *r, struct setting *s)
{
	struct signer_info info;

	*s = (struct setting){.r = r, .c = channel_of(r, "issuing-p256")};
	ask_info(s->c, &info);
	s->number = info.crl_number;
	signer_info_clear(&info);
	buf_init(&s->low, SERIAL_BYTES_MAX + 1);
	buf_init(&s->high, SERIAL_BYTES_MAX + 1);
	issue_one(r, s->c, &s->low);
	issue_one(r, s->c, &s->high);
	if (crl_serial_cmp(buf_slice(&s->low), buf_slice(&s->high)) > 0) {
		struct buf swap = s->low;

		s->low = s->high;
		s->high = swap;
	}
}

void
try_crl(struct rogue *r)
{
	struct setting s;
	struct outcome o;
	struct list l;

	open_setting(r, &s);
	begin(&s, &l);
	o = send_list(s.c, &l);
	report(r, "allowed list", s.c->name, o.got, o.rule);
	s.number += strcmp(o.got, "answered") == 0;
	o = send_list(channel_of(r, "ocsp-p256"), &l);
	report(r, "a list by an OCSP key", "ocsp-p256", o.got, o.rule);
	buf_clear(&l.entries);
	try_lists(&s);
	try_memory(&s);
	buf_clear(&s.low);
	buf_clear(&s.high);
}

/* On the other CA, which has revoked nothing. */
void
try_crl_ceiling(struct rogue *r)
{
	struct channel *c = channel_of(r, "issuing-gost");
	struct signer_info info;
	struct outcome o;
	int num = 0;

	ask_info(c, &info);
	do {
		int64_t now = rogue_now(r);
		struct list l = {.m = {.number = ++info.crl_number,
				     .this_update = now,
				     .next_update = now + DAY}};

		buf_init(&l.entries, 1);
		o = send_list(c, &l);
		buf_clear(&l.entries);
	} while (strcmp(o.got, "answered") == 0 && ++num < 1000);
	report(r, "more lists than the ceiling", c->name, o.got, o.rule);
	signer_info_clear(&info);
}
