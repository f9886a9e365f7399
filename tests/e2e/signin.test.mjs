// SPDX-License-Identifier: Apache-2.0
// Entering the cabinet by phone, and every way in which it fails: codes that
// are wrong, old, spent or expired, phones that nobody knows, sessions that
// ended, and writes that another site's page has made.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { addPerson, sql, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { addForm, Person, SIGN_IN_CODE } from './lib/person.mjs';

const CODE_TRIES = 5;
const RESEND_SEC = 120;
const CODE_LIFE_SEC = 1200;
const IDLE_SEC = 3600;

function refused(r, status, rule) {
	assert.equal(r.status, status, r.text);
	assert.equal(r.json.rule, rule, r.text);
	assert.match(r.headers['content-type'], /^application\/problem\+json/);
}

// Another code than this one.
const wrong = (code) => (code[0] === '9' ? '1' : '9') + code.slice(1);

// Rows of every table: {table: number}
async function counts(centre) {
	const tables = await sql(centre, centre.postgres
		? "select tablename from pg_tables where schemaname = 'public'"
		: "select name from sqlite_master where type = 'table'");
	const rows = await sql(centre, tables.map(([name]) =>
		`select '${name}', count(*) from "${name}"`).join(' union all '));
	return Object.fromEntries(rows.map(([name, num]) => [name, Number(num)]));
}

const grown = (before, after) => Object.fromEntries(Object.keys(after)
	.map((name) => [name, after[name] - before[name]])
	.filter(([, num]) => num !== 0));

test('signing in', async (t) => {
	const centre = await startDesk(t, { seams: true });
	const person = await addPerson(centre);
	let last = 1000;
	let clock = 0;
	const later = (sec) => centre.clock.set(clock += sec);
	// Somebody with a phone and a form of their own.
	async function owner() {
		const phone = `+7916000${last += 1}`;
		await addForm(centre, { phone, person, approved: false });
		return new Person(centre, phone);
	}

	await t.test('an unknown phone looks like a known one', async () => {
		const yes = await owner();
		const no = new Person(centre, '+79169999999');
		const start = await counts(centre);
		const a = await yes.ask();
		const middle = await counts(centre);
		const b = await no.ask();
		const end = await counts(centre);

		assert.equal(a.status, 202, a.text);
		assert.equal(b.status, 202, b.text);
		assert.deepEqual(Object.keys(b.json), Object.keys(a.json));
		assert.equal(b.text.length, a.text.length);
		assert.deepEqual(Object.keys(b.headers), Object.keys(a.headers));
		assert.deepEqual(grown(middle, end), grown(start, middle));
		assert.ok(Object.keys(grown(start, middle)).length > 0);
		const own = { challenge: '', expires_at: '', resend_at: '' };
		assert.deepEqual({ ...b.json, ...own }, { ...a.json, ...own });
		const { support } = (await yes.get('/v1/service')).json;
		assert.deepEqual(a.json.support, support);
		assert.ok(a.json.text_ru.includes(`позвоните ${support.phone}`));

		const code = await yes.code(SIGN_IN_CODE);
		for (let i = 0; i < CODE_TRIES; i += 1) {
			const x = await yes.enter(wrong(code));
			const y = await no.enter(wrong(code));
			refused(x, 403, 'otp.wrong');
			refused(y, 403, 'otp.wrong');
			assert.equal(y.json.detail, x.json.detail);
			assert.equal(x.json.tries_left, CODE_TRIES - 1 - i);
			assert.deepEqual({ ...y.json, request: '' },
				{ ...x.json, request: '' });
		}
		refused(await yes.enter(code), 403, 'otp.spent');
		refused(await no.enter(code), 403, 'otp.spent');
		// What was sent after that is all that was sent.
		await (await owner()).signIn();
		assert.ok(!readFileSync(centre.phone, 'utf8').includes(no.phone));
	});

	await t.test('a code is used once', async () => {
		const p = await owner();
		expectStatus(await p.ask(), 202);
		const code = await p.code(SIGN_IN_CODE);
		refused(await p.enter('12'), 400, 'otp.form');
		expectStatus(await p.enter(code), 200);
		refused(await p.enter(code), 403, 'otp.spent');
	});

	await t.test('only the last code counts after a resend', async () => {
		const p = await owner();
		expectStatus(await p.ask(), 202);
		const old = await p.code(SIGN_IN_CODE);
		refused(await p.ask(true), 429, 'otp.too_soon');
		later(RESEND_SEC + 1);
		expectStatus(await p.ask(true), 202);
		const now = await p.code(SIGN_IN_CODE);
		refused(await p.enter(old), 403, 'otp.wrong');
		expectStatus(await p.enter(now), 200);
	});

	await t.test('beginning anew ends the code before', async () => {
		const p = await owner();
		expectStatus(await p.ask(), 202);
		const first = { challenge: p.challenge,
			code: await p.code(SIGN_IN_CODE) };
		expectStatus(await p.ask(), 202);
		const code = await p.code(SIGN_IN_CODE);
		refused(await p.post('/v1/sign-in', { phone: p.phone, ...first }),
			403, 'otp.old');
		expectStatus(await p.enter(code), 200);
	});

	await t.test('a code expires', async () => {
		const p = await owner();
		expectStatus(await p.ask(), 202);
		const code = await p.code(SIGN_IN_CODE);
		later(CODE_LIFE_SEC + 1);
		refused(await p.enter(code), 403, 'otp.expired');
	});

	await t.test('a code is for its phone and its challenge', async () => {
		const p = await owner();
		const q = await owner();
		expectStatus(await p.ask(), 202);
		const code = await p.code(SIGN_IN_CODE);
		expectStatus(await q.ask(), 202);
		await q.code(SIGN_IN_CODE);
		refused(await q.enter(code), 403, 'otp.wrong');
		q.challenge = p.challenge;
		refused(await q.enter(code), 403, 'otp.challenge');
		p.challenge = 'A'.repeat(p.challenge.length);
		refused(await p.enter(code), 403, 'otp.challenge');
	});

	await t.test('a wrong phone names the field', async () => {
		for (const phone of ['', '12', 'abc', '+1 202 555 0100 0000 000']) {
			const r = await new Person(centre, phone).ask();
			assert.equal(r.status, 422, `${phone}: ${r.text}`);
			assert.equal(r.json.field, 'phone', r.text);
		}
	});

	await t.test('a session ends by signing out', async () => {
		const p = await (await owner()).signIn();
		const cookie = [...p.client.cookies].map((c) => c.join('=')).join('; ');
		const again = (path) => p.client.get(path, { headers: { cookie } });
		expectStatus(await again('/v1/session'), 200);
		expectStatus(await p.client.request('DELETE', '/v1/session'), 204);
		assert.ok(!p.client.cookies.has('surguch_session'));
		for (const path of ['/v1/session', '/v1/my/forms']) {
			const r = await again(path);
			refused(r, 401, 'session.none');
			assert.ok(r.headers['www-authenticate']);
		}
	});

	await t.test('a session ends when nobody uses it', async () => {
		const p = await (await owner()).signIn();
		later(IDLE_SEC - 60);
		expectStatus(await p.get('/v1/session'), 200);
		later(IDLE_SEC - 60);
		expectStatus(await p.get('/v1/session'), 200);
		later(IDLE_SEC + 1);
		refused(await p.get('/v1/session'), 401, 'session.none');
	});

	await t.test('the cookie is the browser\'s alone', async () => {
		const p = await owner();
		expectStatus(await p.ask(), 202);
		const r = await p.enter(await p.code(SIGN_IN_CODE));
		for (const line of r.headers['set-cookie']) {
			for (const word of ['HttpOnly', 'Secure', 'SameSite', 'Path=/']) {
				assert.ok(line.includes(word), line);
			}
		}
		for (const cookie of ['surguch_session=', 'surguch_session=x',
			'surguch_session=a; surguch_session=b']) {
			refused(await p.client.get('/v1/session',
				{ headers: { cookie } }), 401, 'session.none');
		}
	});

	await t.test('another site\'s page cannot write', async () => {
		const p = await (await owner()).signIn();
		const { forms } = (await p.get('/v1/my/forms')).json;
		const path = `/v1/my/forms/${forms[0].id}/application`;
		const own = new URL(centre.api).origin;
		const plain = centre.client();
		t.after(() => plain.close());
		plain.cookies = p.client.cookies;
		const write = (headers) => plain.post(path, undefined, { headers });

		for (const headers of [{}, { origin: 'https://evil.example' },
			{ origin: 'null' }, { origin: own.replace('https', 'http') },
			{ origin: `${own}.evil.example` },
			{ origin: 'https://evil.example', 'x-surguch-request': '1' }]) {
			refused(await write(headers), 403, 'request.origin');
		}
		assert.equal((await p.get('/v1/my/forms')).json.forms[0].application,
			undefined);
		for (const headers of [{}, { origin: 'https://evil.example' }]) {
			refused(await plain.post('/v1/sign-in/code', { phone: p.phone },
				{ headers }), 403, 'request.origin');
			refused(await plain.request('DELETE', '/v1/session', { headers }),
				403, 'request.origin');
		}
		expectStatus(await write({ origin: own }), 201);
	});
});
