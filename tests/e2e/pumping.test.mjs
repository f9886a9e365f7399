// SPDX-License-Identifier: Apache-2.0
// Pumping: somebody has codes sent that nobody will type, to earn by them or
// to empty the centre's purse.  It stops, the page says what it always says,
// and people known here go on.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { addPerson, ctl, sql, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { addForm, Person, SIGN_IN_CODE } from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

const BREAKER_CODES = 5;
const PARTS_HOUR = 40;
const HOUR_SEC = 3600;
const RESEND_SEC = 120;
const LOOK_MS = 1100; // how old what the guard knows may be

function configure(centre) {
	const path = join(centre.dir, 'etc/surguch/surguch.conf');
	writeFileSync(path, `${readFileSync(path, 'utf8')}
messages = { prefixes = ["+7916", "+7926"]; parts_hour = ${PARTS_HOUR};
	breaker_codes = ${BREAKER_CODES}; breaker_percent = 50; };\n`);
	const courier = join(centre.dir, 'etc/surguch/courier.conf');
	writeFileSync(courier, readFileSync(courier, 'utf8')
		.replace(/\};\s*$/, 'price_part = 350; };\n'));
}

test('pumping SMS', async (t) => {
	const centre = await startDesk(t, { seams: true, configure });
	const person = await addPerson(centre);
	let clock = 0;
	let last = 1000;
	const later = (sec) => centre.clock.set(clock += sec);
	async function newcomer(area) {
		const phone = `${area}000${last += 1}`;
		await addForm(centre, { phone, person, approved: false });
		return new Person(centre, phone);
	}
	let answer = null;
	// What the page hears is the same for everybody, but for the times.
	async function asks(p, again = false) {
		const r = await p.ask(again);
		expectStatus(r, 202);
		const fields = Object.keys(r.json).sort().join();
		answer ??= fields;
		assert.equal(fields, answer);
	}
	const newest = async () => (await sql(centre, 'select state, failure, ' +
		'purpose from outbox order by created_at desc, id desc limit 1'))[0];
	async function becomes(state, failure = null) {
		let row;
		await until(async () => {
			row = await newest();
			return row[0] === state && (failure === null || row[1] === failure);
		}, () => `${state} ${failure}; it is ${row}`);
	}
	const sent = (p) => centre.messages().filter((m) => m.to === p.phone).length;
	const findings = async () => JSON.parse((await ctl(centre, 'doctor',
		'--json')).out).findings.filter((f) => f.what === 'messages');

	const known = await newcomer('+7926');
	await asks(known);
	expectStatus(await known.enter(await known.code(SIGN_IN_CODE)), 200);

	await t.test('numbers beyond the prefixes get nothing', async () => {
		const p = await newcomer('+7999');
		await asks(p);
		await becomes('failed', 'guard.prefix');
		assert.equal(sent(p), 0);
	});

	await t.test('codes that nobody types stop in their area', async () => {
		for (let i = 0; i < BREAKER_CODES; i += 1) {
			const p = await newcomer('+7926');
			await asks(p);
			await becomes('delivered');
			assert.equal(sent(p), 1);
		}
		later(RESEND_SEC + 1);
		await delay(LOOK_MS);
		const p = await newcomer('+7926');
		await asks(p);
		await becomes('due', 'guard.breaker');
		assert.equal(sent(p), 0);
		// Elsewhere they go on,
		const q = await newcomer('+7916');
		await asks(q);
		await becomes('delivered');
		assert.equal(sent(q), 1);
		// and here for who is known.
		await asks(known);
		await becomes('delivered');
		assert.equal(sent(known), 2);
		assert.match(centre.log, /messages\.breaker area=\+7926 state=open/);
		assert.match((await findings())[0].text, /codes to \+7926/);
		assert.match((await ctl(centre, 'metrics')).out,
			/message_breaker_open\{area="\+7926"\} 1/);
	});

	await t.test('after an hour it begins anew', async () => {
		later(HOUR_SEC);
		const p = await newcomer('+7926');
		await until(async () => { // what is known may be a second old
			await asks(p);
			later(RESEND_SEC + 1);
			return sent(p) > 0;
		}, 'a code', { everyMs: 500 });
		assert.match(centre.log, /messages\.breaker area=\+7926 state=closed/);
	});

	await t.test('a budget is kept for who is known', async () => {
		later(HOUR_SEC);
		let held = null;
		for (let i = 0; i < PARTS_HOUR && !held; i += 1) {
			const p = await newcomer('+7916');
			await asks(p);
			await until(async () => (await newest())[0] !== 'sending' &&
				((await newest())[0] === 'delivered' ||
				(await newest())[1] === 'guard.budget'), 'its end');
			held = (await newest())[1] === 'guard.budget' ? p : null;
		}
		assert.ok(held, 'never held');
		assert.equal(sent(held), 0);
		const before = sent(known);
		await asks(known);
		await until(() => sent(known) > before, 'the code of who is known');
		const [[parts]] = await sql(centre, 'select sum(parts) from outbox ' +
			`where sent_at > (select max(sent_at) from outbox) - ${HOUR_SEC}`);
		assert.ok(Number(parts) <= PARTS_HOUR, `${parts} parts`);
		const { out } = await ctl(centre, 'metrics');
		assert.match(out, /messages_held_total\{why="guard\.budget"\}/);
		assert.match(out, /surguch_message_cost_day [1-9]/);
	});
	t.diagnostic('proves: A2 A10');
});
