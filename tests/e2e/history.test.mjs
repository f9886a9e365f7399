// SPDX-License-Identifier: Apache-2.0
// A person's own history: all that was done with what is theirs, by whom, page
// by page, and nothing of anybody else's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPerson, call, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { ACT_CODE, addForm, gostRequest, Person } from './lib/person.mjs';

const PAGE = 50;

test('a person\'s own history', async (t) => {
	const centre = await startDesk(t);
	const who = await addPerson(centre);
	let num = 0;
	async function owner() {
		num += 1;
		const phone = `+7916700${1000 + num}`;
		const form = await addForm(centre, { phone, person: who });
		const p = await new Person(centre, phone).signIn();
		p.form = form;
		return p;
	}
	const history = async (p, query = '') => expectStatus(
		await p.get(`/v1/my/history${query}`), 200);

	const p = await owner();
	const other = await owner();
	await other.apply(other.form);
	const { der } = await gostRequest(centre.dir, 'history');
	await p.obtain(p.form, der);

	await t.test('every step, the newest first, and by whom', async () => {
		const { events, next } = await history(p);
		assert.equal(next, undefined);
		const seen = events.map((e) => [e.action, e.by]);
		for (const [action, by] of [['form.create', 'operator'],
			['form.identify', 'operator'], ['form.approve', 'operator'],
			['session.open', 'person'], ['application.create', 'person'],
			['application.check', 'person'], ['application.confirm', 'person'],
			['application.issued', 'centre']]) {
			assert.ok(seen.some(([a, b]) => a === action && b === by),
				`${action} by ${by} in ${JSON.stringify(seen)}`);
		}
		for (let i = 1; i < events.length; i += 1) {
			assert.ok(events[i - 1].at >= events[i].at);
		}
		const { actor } = (await call(centre, 'GET',
			`/v1/audit?object=${p.form}`)).json.records[0];
		assert.match(actor, /^operator:op_/);
		const text = JSON.stringify(events);
		assert.ok(!text.includes('op_') && !text.includes(actor));
		// In this session, and which phone it was, masked.
		const mine = events.find((e) => e.action === 'application.check');
		assert.equal(mine.here, true);
		assert.ok(mine.phone.includes('*') && !mine.phone.includes(p.phone));
		const elsewhere = await new Person(centre, p.phone).signIn();
		const there = (await history(elsewhere)).events;
		assert.equal(there.find((e) => e.record === mine.record).here, false);
		assert.equal(there.filter((e) => e.action === 'session.open').length, 2);
	});

	await t.test('nothing of anybody else\'s', async () => {
		const mine = (await history(p)).events.map((e) => e.object);
		const theirs = (await history(other)).events.map((e) => e.object);
		assert.deepEqual(mine.filter((o) => theirs.includes(o)), []);
		assert.ok(theirs.includes(other.form));
		const r = await p.get(`/v1/my/history?form=${other.form}`);
		assert.equal(r.status, 404, r.text);
		assert.equal((await p.get('/v1/my/history?form=x')).status, 404);
		assert.equal((await p.get('/v1/my/history?after=x')).status, 422);
		const nobody = new Person(centre, '+79167009999');
		assert.equal((await nobody.get('/v1/my/history')).status, 401);
		const one = (await history(p, `?form=${p.form}`)).events;
		assert.ok(one.every((e) => !e.object.startsWith('ses_')));
		assert.ok(one.length > 5);
	});

	await t.test('page by page, each record once', async () => {
		const q = await owner();
		const { der: csr } = await gostRequest(centre.dir, 'pages');
		await q.apply(q.form);
		expectStatus(await q.check(), 200);
		for (let i = 0; i < PAGE; i += 1) {
			expectStatus(await q.check(), 200);
		}
		expectStatus(await q.request(csr), 200);
		expectStatus(await q.confirm(await q.code(ACT_CODE)), 200);
		await q.reaches('issued');
		const all = [];
		for (let query = ''; ;) {
			const { events, next } = await history(q, query);
			assert.ok(events.length <= PAGE);
			all.push(...events);
			if (next === undefined) {
				break;
			}
			query = `?after=${next}`;
		}
		assert.equal(new Set(all.map((e) => e.record)).size, all.length);
		assert.equal(all.filter((e) => e.action === 'application.check').length,
			PAGE + 1);
		assert.equal(all.at(-1).action, 'form.create');
	});
});
