// SPDX-License-Identifier: Apache-2.0
// The same step taken many times at once: it happens once, and the others are
// told why in words of the step, never of the database.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPerson, call, sql, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { ACT_CODE, addForm, gostRequest, identify, Person, SIGN_IN_CODE }
	from './lib/person.mjs';

const TWINS = 8;
const ROUNDS = 8;

const many = (act) => Promise.all(Array.from({ length: TWINS }, act));

// How many had which answer; none may speak of statements.
function tally(answers) {
	const seen = {};
	for (const r of answers) {
		assert.ok(r.status < 500, r.text);
		assert.ok(!/store\.|statement/i.test(r.text), r.text);
		const what = r.status < 300 ? r.status : `${r.status} ${r.json.rule}`;
		seen[what] = (seen[what] ?? 0) + 1;
	}
	return seen;
}

// One was taken; each other was refused by one of these.
function once(answers, status, ...rules) {
	const { [status]: taken, ...others } = tally(answers);
	assert.equal(taken, 1, JSON.stringify({ taken, ...others }));
	for (const what of Object.keys(others)) {
		assert.ok(rules.includes(what), JSON.stringify(others));
	}
}

test('races', async (t) => {
	const centre = await startDesk(t);
	const person = await addPerson(centre);
	const { der } = await gostRequest(centre.dir, 'key');
	let num = 0;
	// Only the last one's connections stay open: an address has 200.
	const open = [];
	async function owner(options = {}) {
		const phone = `+7916200${1000 + (num += 1)}`;
		open.splice(0).forEach((p) => p.client.close());
		const p = new Person(centre, phone);
		open.push(p);
		p.form = await addForm(centre, { phone, person, ...options });
		return p;
	}

	await t.test('one sign-in code, many browsers', async () => {
		for (let i = 0; i < ROUNDS; i += 1) {
			const p = await owner({ approved: false });
			expectStatus(await p.ask(), 202);
			const code = await p.code(SIGN_IN_CODE);
			// Each may be counted as a try of the code before it is known
			// to be the right one.
			once(await many(() => p.enter(code)), 200, '403 otp.spent',
				'503 otp.busy');
		}
	});

	await t.test('one form, many applications', async () => {
		for (let i = 0; i < ROUNDS; i += 1) {
			const p = await (await owner()).signIn();
			const all = await many(() =>
				p.post(`/v1/my/forms/${p.form}/application`));
			const seen = tally(all);
			assert.equal(seen[201], 1, JSON.stringify(seen));
			const ids = new Set(all.map((r) => r.json.id).filter(Boolean));
			assert.equal(ids.size, 1, JSON.stringify(seen));
		}
	});

	await t.test('one act code, many confirmations', async () => {
		for (let i = 0; i < ROUNDS; i += 1) {
			const p = await (await owner()).signIn();
			await p.apply(p.form);
			expectStatus(await p.check(), 200);
			expectStatus(await p.request(der), 200);
			const code = await p.code(ACT_CODE);
			once(await many(() => p.confirm(code)), 200, '403 otp.spent',
				'409 application.step', '503 otp.busy');
			await p.reaches('issued');
			// Each form has one certificate, however many asked.
			const [[certificates]] = await sql(centre,
				'select count(*) from certificate where application_id is not null');
			assert.equal(Number(certificates), i + 1);
		}
	});

	await t.test('many checks and requests at once', async () => {
		const p = await (await owner()).signIn();
		await p.apply(p.form);
		const { data_hash } = (await p.get(`/v1/my/forms/${p.form}`)).json;
		const checks = tally(await many(() =>
			p.post(p.at('check'), { data_hash })));
		assert.ok(checks[200] >= 1, JSON.stringify(checks));
		const requests = tally(await many(() => p.request(der)));
		assert.ok(requests[200] >= 1, JSON.stringify(requests));
		assert.equal(await p.state(), 'keyed');
	});

	await t.test('many operators at one form', async () => {
		const p = await owner({ paid: false, approved: false });
		const path = `/v1/forms/${p.form}`;
		const post = (what, body) => many(() =>
			call(centre, 'POST', `${path}/${what}`, body));
		once(await post('payment'), 200, '409 form.paid',
			'409 registry.version');
		const identified = tally(await post('identification',
			{ kind: 'in_person', document: 'Паспорт', originals_seen: true }));
		assert.ok(identified[200] >= 1, JSON.stringify(identified));
		await identify(centre, p.form);
		const { data_hash } = (await call(centre, 'GET', path)).json;
		const approved = tally(await post('approval', { data_hash }));
		assert.ok(approved[200] >= 1, JSON.stringify(approved));
		assert.equal((await call(centre, 'GET', path)).json.approved, true);
	});
});
