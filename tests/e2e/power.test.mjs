// SPDX-License-Identifier: Apache-2.0
// Power: each role killed at each named step of issuing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newKey, sql } from './lib/desk.mjs';
import { ACT_CODE, addForm, gostRequest, Person } from './lib/person.mjs';
import { APPLICATION_STEPS, Power, ROLES, STEPS } from './lib/power.mjs';
import { until } from './lib/scratch.mjs';

const EACH = 2;
const MANY = 4; // orders in flight, every second time

test('kill -9 at every step of issuing', async (t) => {
	const power = await Power.start(t);

	for (const step of STEPS) {
		await t.test(`every role killed at ${step}`, async () => {
			for (let i = 0; i < EACH; i++) {
				for (const role of ROLES) {
					await power.hit(role, step, i % 2 === 0 ? 1 : MANY);
				}
			}
			await power.check();
		});
	}
	await t.test('every cell of the table, every key once more', async () => {
		const { median, p95, max } = power.recovery();
		for (const line of [...power.table(), `recovery: median ${median} ms, ` +
			`95 % ${p95} ms, worst ${max} ms`]) {
			console.log(`shows: ${line}`);
		}
		power.demandAllCells(EACH);
		await power.checkReplays();
		await power.check();
	});
});

test('a twin would be seen', async (t) => {
	const power = await Power.start(t);

	// The planted failure: a client that takes a new key for its retry.
	await power.hitUnder('front', 'front.committed', async () => {
		await power.ask(newKey()).catch(() => {});
		await power.issue(newKey());
	});
	await assert.rejects(() => power.check(),
		/certificates beside keys that were acknowledged/);
});

// --- a person's application: nobody asks again for what issues it ----------

// From the form to the request that waits for its code.
async function ready(power, num, der) {
	const { centre } = power;
	const phone = `+7916123${String(4000 + num)}`;
	const form = await addForm(centre, { person: power.order.person, phone });
	const person = await new Person(centre, phone).signIn();
	await person.apply(form);
	assert.equal((await person.check()).status, 200);
	assert.equal((await person.request(der)).status, 200);
	return { person, code: await person.code(ACT_CODE) };
}

// The person confirms until the centre says that it is confirmed.
async function confirm(power, { person, code }) {
	await until(async () => {
		await power.back;
		const r = await person.confirm(code).catch(() => null);
		if (r === null || r.status >= 500) {
			await sleep(50);
			return false;
		}
		const state = await person.state().catch(() => null);
		assert.ok(r.status === 200 || state !== 'keyed', r.text);
		return state !== null && state !== 'keyed';
	}, 'the confirmation', { timeoutMs: 30000 });
}

const KILLED = ['parent', 'front', 'signer'];

test('kill -9 on the way of an application', async (t) => {
	const power = await Power.start(t, { ca: 'issuing-gost' });
	const { der } = await gostRequest(power.centre.dir, 'person');
	const done = [];

	for (const [i, step] of APPLICATION_STEPS.entries()) {
		const role = KILLED[i % KILLED.length];
		await t.test(`${role} killed at ${step}`, async () => {
			const one = await ready(power, i, der);
			await power.hitUnder(role, step, () => confirm(power, one));
			await until(async () => await one.person.state()
				.catch(() => null) === 'issued', 'the certificate');
			done.push(one.person.application);
		});
	}
	await t.test('each has one certificate', async () => {
		await power.settle();
		const inBase = await sql(power.centre, 'SELECT count(*), ' +
			'count(DISTINCT application_id) FROM certificate ' +
			'WHERE application_id IS NOT NULL');
		assert.deepEqual(inBase, [[`${done.length}`, `${done.length}`]]);
		assert.equal(power.journal('qualified-person').length, done.length);
		const told = await sql(power.centre, 'SELECT state, count(*) ' +
			'FROM application GROUP BY state');
		assert.deepEqual(told, [['issued', `${done.length}`]]);
	});
});
