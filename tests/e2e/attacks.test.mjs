// SPDX-License-Identifier: Apache-2.0
// What somebody tries who is not the owner: guessing one phone's code, trying
// many phones a little each, having the centre send SMS, telling known phones
// from unknown ones by the answer or its time, and orders for what is another
// person's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { addPerson, call, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { ACT_CODE, addForm, gostRequest, Person, SIGN_IN_CODE }
	from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

// src/identity/otp.h
const TRIES_CODE = 5;
const TRIES_DAY = 15;
const TRIES_KEPT = 5; // of them, for browsers that were signed in before
const SENDS_HOUR = 8;
const SENDS_KEPT = 3;
const DIGITS = 8;

const HOUR_SEC = 3600;
const DAY_SEC = 24 * HOUR_SEC;
const SPRAYED_PHONES = 100000;
const HITS_MAX = 0.1;
const TIMED = 240; // of each kind
// How far two samples of one distribution lie apart by chance, as unlike() has
// it: the standard deviation of the rank sum (Mann and Whitney) for so many.
const CHANCE = 2 * Math.sqrt((2 * TIMED + 1) / (12 * TIMED * TIMED));
const SIGMAS = 4.5; // once in 150,000 runs by chance
const AGENT = '0123456789abcdef0123456789abcdef';

function refused(r, status, rule) {
	assert.equal(r.status, status, r.text);
	assert.equal(r.json.rule, rule, r.text);
}
const wrong = (code, i) => code.slice(0, 4) +
	String((Number(code.slice(4)) + 1 + i) % 10000).padStart(4, '0');
const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, share) => sorted(list)[Math.floor(list.length * share)];

// How unlike two samples are, 0 to 1: the chance that one of `a` is greater
// than one of `b`, less one half, doubled.
function unlike(a, b) {
	let greater = 0;
	for (const x of a) {
		for (const y of b) {
			greater += x > y ? 1 : x === y ? 0.5 : 0;
		}
	}
	return Math.abs(2 * greater / (a.length * b.length) - 1);
}

test('somebody who is not the owner', async (t) => {
	const centre = await startDesk(t, { seams: true });
	const who = await addPerson(centre);
	let num = 0;
	let clock = 0;
	const later = (sec) => centre.clock.set(clock += sec);
	const newPhone = () => `+7916${String(8000000 + (num += 1))}`;
	async function owner() {
		const phone = newPhone();
		const form = await addForm(centre, { phone, person: who });
		const p = new Person(centre, phone);
		p.form = form;
		return p;
	}
	// SMS that went out to this phone.
	const messages = (phone) => readFileSync(centre.phone, 'utf8')
		.split('\n').filter((l) => l.includes(phone));
	const sent = (phone) => messages(phone).length;
	// The code that comes now, others having come before.
	async function enterNow(p) {
		const before = sent(p.phone);
		expectStatus(await p.ask(), 202);
		await until(() => sent(p.phone) > before, 'an SMS');
		const code = messages(p.phone).at(-1).match(SIGN_IN_CODE)[1];
		expectStatus(await p.enter(code.replace(' ', '')), 200);
	}

	await t.test('has few guesses at one phone in a day', async () => {
		const p = await owner();
		const thief = new Person(centre, p.phone);
		let guesses = 0;
		let last;
		for (let round = 0; round < 10; round += 1) {
			expectStatus(await thief.ask(), 202);
			for (let i = 0; i < TRIES_CODE + 1; i += 1) {
				last = await thief.enter(wrong('00000000', guesses));
				if (last.json.rule !== 'otp.wrong') {
					break;
				}
				guesses += 1;
			}
		}
		refused(last, 429, 'otp.day');
		assert.equal(guesses, TRIES_DAY - TRIES_KEPT);
		// However the day is cut, there are no more in 24 hours.
		for (let i = 0; i < 3; i += 1) {
			later(6 * HOUR_SEC - 60);
			const r = await thief.ask();
			assert.equal(r.status, 202, r.text);
			refused(await thief.enter('12345678'), 429, 'otp.day');
		}
		// The owner, from a browser that has been here before, has theirs.
		later(DAY_SEC + 1);
		await enterNow(p);
		const again = new Person(centre, p.phone);
		for (const [name, value] of p.client.cookies) {
			if (name !== 'surguch_session') {
				again.client.cookies.set(name, value);
			}
		}
		for (let round = 0; round < 3; round += 1) {
			expectStatus(await thief.ask(), 202);
			for (let i = 0; i < TRIES_CODE; i += 1) {
				await thief.enter(wrong('00000000', i));
			}
		}
		refused(await thief.enter('12345678'), 429, 'otp.day');
		later(HOUR_SEC); // sendings of this hour
		await enterNow(again);
	});

	await t.test('spraying hits nothing, by computation', () => {
		// Each try is at one of 10^8, and no code lives through more tries.
		const hits = SPRAYED_PHONES * TRIES_DAY / 10 ** DIGITS;
		assert.ok(hits <= HITS_MAX, `${hits}`);
		const header = readFileSync(new URL('../../src/identity/otp.h',
			import.meta.url), 'utf8');
		for (const [name, value] of [['OTP_SIGNIN_DIGITS', DIGITS],
			['OTP_TRIES_CODE', TRIES_CODE], ['OTP_TRIES_DAY', TRIES_DAY],
			['OTP_TRIES_KEPT', TRIES_KEPT]]) {
			assert.match(header, new RegExp(`\\b${name} = ${value},`));
		}
		t.diagnostic(`${SPRAYED_PHONES} phones for a day: ${hits} hits expected`);
	});

	await t.test('cannot have SMS sent without end', async () => {
		const p = await owner();
		const pump = new Person(centre, p.phone);
		const before = sent(p.phone);
		for (let i = 0; i < 3 * SENDS_HOUR; i += 1) {
			// The answer does not say when nothing is sent any more.
			expectStatus(await pump.ask(), 202);
		}
		const stranger = newPhone();
		for (let i = 0; i < SENDS_HOUR; i += 1) {
			expectStatus(await new Person(centre, stranger).ask(), 202);
		}
		// What is asked for after them goes out after them.
		await (await owner()).signIn();
		const went = sent(p.phone) - before;
		assert.ok(went >= 1 && went <= SENDS_HOUR - SENDS_KEPT, `${went}`);
		assert.equal(sent(stranger), 0);
	});

	await t.test('cannot tell a known phone by the answer or its time',
		async () => {
			const known = [];
			while (known.length < TIMED) {
				// Few at once: an address has only so many connections.
				known.push(...await Promise.all(
					Array.from({ length: 10 }, () => owner())));
			}
			const unknown = known.map(() => new Person(centre, newPhone()));
			const client = centre.client(
				{ headers: { 'x-surguch-request': '1' } });
			t.after(() => client.close());
			[...known, ...unknown].forEach((p) => { p.client = client; });
			const times = { known: [], unknown: [], again: [] };
			const timed = async (list, p, act) => {
				const from = process.hrtime.bigint();
				const r = await act(p);
				list.push(Number(process.hrtime.bigint() - from) / 1000);
				return r;
			};
			// In turn, over one connection: both see the same load.
			for (let i = 0; i < TIMED; i += 1) {
				// Neither is always the one behind the other.
				const one = () => timed(times.known, known[i], (p) => p.ask());
				const two = () =>
					timed(times.unknown, unknown[i], (p) => p.ask());
				const first = await (i % 2 === 0 ? one() : two());
				const second = await (i % 2 === 0 ? two() : one());
				const [a, b] = i % 2 === 0 ? [first, second] : [second, first];
				assert.equal(a.status, 202);
				assert.equal(b.status, 202);
				assert.equal(a.text.length, b.text.length);
				assert.deepEqual(Object.keys(a.headers), Object.keys(b.headers));
			}
			// What the same thing differs from itself by.
			const halves = [[], []];
			times.known.forEach((x, i) => halves[i % 2].push(x));
			const noise = unlike(halves[0], halves[1]);
			const seen = unlike(times.known, times.unknown);
			const shown = Object.entries({ known: times.known,
				unknown: times.unknown }).map(([name, list]) =>
				`${name} ${[0.1, 0.5, 0.9].map((q) =>
					at(list, q).toFixed(0)).join('/')} us`).join(', ');
			t.diagnostic(`${shown} (10/50/90 %); unlike ${seen.toFixed(2)}, ` +
				`noise ${noise.toFixed(2)}`);
			assert.ok(seen < SIGMAS * CHANCE, shown);
			// So a difference of half of what the middle half of the answers
			// differ by would have been seen.
			const spread = at(times.known, 0.75) - at(times.known, 0.25);
			assert.ok(unlike(times.known, times.unknown.map((x) =>
				x + spread / 2)) > SIGMAS * CHANCE, shown);
			// And a wrong code.
			for (let i = 0; i < TRIES_CODE; i += 1) {
				const a = await known[0].enter('00000000');
				const b = await unknown[0].enter('00000000');
				assert.deepEqual({ ...a.json, request: '' },
					{ ...b.json, request: '' });
			}
		});

	await t.test('cannot have a phone changed unheard', async () => {
		// Somebody talked an operator into it.
		const p = await owner();
		await p.signIn();
		const path = `/v1/forms/${p.form}`;
		const shown = expectStatus(await call(centre, 'GET', path), 200);
		const body = { owner_kind: 'person', person: who,
			support_phone: '88005005080', version: shown.version };
		const before = sent(p.phone);
		expectStatus(await call(centre, 'PUT', path,
			{ ...body, phone: p.phone }), 200);
		const thief = new Person(centre, newPhone());
		expectStatus(await call(centre, 'PUT', path, { ...body,
			phone: thief.phone, version: shown.version + 1 }), 200);
		await until(() => sent(p.phone) > before, 'an SMS to the old phone');
		assert.match(messages(p.phone).at(-1), /указан другой телефон/);
		assert.equal(sent(p.phone), before + 1);
		const { records } = (await call(centre, 'GET',
			`/v1/audit?object=${p.form}`)).json;
		assert.deepEqual(records.filter((x) => x.action === 'form.update')
			.map((x) => x.detail?.phone), ['changed', undefined]);
		// The session of the old phone sees the form no more.
		refused(await p.get(`/v1/my/forms/${p.form}`), 404, 'form.none');
	});

	await t.test('gets no order for another person\'s application',
		async () => {
			const p = await owner();
			await p.signIn();
			await p.apply(p.form);
			expectStatus(await p.check(), 200);
			const q = await owner();
			await q.signIn();
			const body = { agent: AGENT, operation: 'make_key' };
			refused(await q.post(p.at('orders'), body), 404, 'application.none');
			expectStatus(await p.post(p.at('orders'), body), 201);
			for (const path of ['', '/acquaintance', '/certificate']) {
				const r = await q.get(p.at() + path);
				refused(r, 404, 'application.none');
			}
			const { der } = await gostRequest(centre.dir, 'attack');
			q.application = p.application;
			refused(await q.request(der), 404, 'application.none');
			refused(await q.confirm('000000'), 404, 'application.none');
			const nobody = new Person(centre, newPhone());
			nobody.application = p.application;
			refused(await nobody.post(p.at('orders'), body), 401,
				'session.none');
		});

	await t.test('a sign-in code confirms nothing, nor the other way',
		async () => {
			const p = await owner();
			await p.signIn();
			await p.apply(p.form);
			expectStatus(await p.check(), 200);
			const { der } = await gostRequest(centre.dir, 'steps');
			expectStatus(await p.request(der), 200);
			const act = await p.code(ACT_CODE);
			const again = new Person(centre, p.phone);
			expectStatus(await again.ask(), 202);
			const enter = await again.code(SIGN_IN_CODE);
			refused(await again.enter(act), 400, 'otp.form');
			refused(await again.enter(`${act}00`), 403, 'otp.wrong');
			refused(await p.confirm(enter), 400, 'otp.form');
			refused(await p.confirm(enter.slice(0, 6)), 403, 'otp.wrong');
			assert.equal(await p.state(), 'keyed');
		});
	console.log('proves: A1 A2');
});
