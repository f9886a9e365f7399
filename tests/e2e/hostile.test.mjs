// SPDX-License-Identifier: Apache-2.0
// Hostile requests (tests/data/csr-hostile) sent to a running centre, as an
// operator's order and as a person's request: each is refused by its rule,
// nothing crashes and nothing is half done.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, call, newKey, p256Request, sql, startDesk }
	from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { addForm, gostRequest, Person } from './lib/person.mjs';
import { ROOT } from './lib/scratch.mjs';

const DIR = join(ROOT, 'tests/data/csr-hostile');
const FILES_MIN = 100;

// [{file, order: rule, request: rule}], as MANIFEST says.
function manifest() {
	return readFileSync(join(DIR, 'MANIFEST'), 'utf8').split('\n')
		.filter((line) => line !== '' && !line.startsWith('#'))
		.map((line) => line.split('\t'))
		.map(([file, , order, , request]) => ({ file, order: inJson(order),
			request: inJson(request) }));
}

// What is too long for a request is too long for its field already.
function inJson(rule) {
	return rule === 'csr.length' ? 'json.field.length' : rule;
}

// What must be the same before and after.
async function picture(centre) {
	return {
		pids: centre.roles().map((p) => `${p.name} ${p.pid}`).sort(),
		rows: await sql(centre, `select
			(select count(*) from certificate), (select count(*) from otp),
			(select count(*) from outbox), (select count(*) from idem),
			(select count(*) from application where state = 'issued'),
			(select count(*) from application where csr is not null)`),
	};
}

function assertRefused(r, rule, what) {
	assert.equal(r.status, 422, `${what}: ${r.status} ${r.text}`);
	assert.equal(r.json.rule, rule, `${what}: ${r.text}`);
	assert.equal(r.json.field, 'pkcs10', `${what}: ${r.text}`);
	assert.ok(r.json.detail.length > 0, what);
}

test('hostile requests', async (t) => {
	const centre = await startDesk(t);
	const person = await addPerson(centre);
	const order = (pkcs10, key = newKey()) => call(centre, 'POST',
		'/v1/certificates', { profile: 'tls-client', person, pkcs10 }, { key });
	const form = await addForm(centre, { person });
	const owner = await new Person(centre).signIn();
	await owner.apply(form);
	expectStatus(await owner.check(), 200);
	const before = await picture(centre);
	const files = manifest();
	assert.ok(files.length >= FILES_MIN, `${files.length}`);

	await t.test('as orders', async (st) => {
		for (const { file, order: rule } of files) {
			const der = readFileSync(join(DIR, file));
			assertRefused(await order(der.toString('base64')), rule, file);
		}
		st.diagnostic(`${files.length} refused`);
	});

	await t.test('as a person\'s request', async (st) => {
		for (const { file, request: rule } of files) {
			const der = readFileSync(join(DIR, file));
			assertRefused(await owner.request(der), rule, file);
		}
		st.diagnostic(`${files.length} refused`);
	});

	await t.test('what is no request at all', async () => {
		const cases = [
			['', /^(csr|der|json)\./],
			['AAA', 'json.field.base64'],
			['@@@@', 'json.field.base64'],
			['MA==MA==', 'json.field.base64'],
			[7, 'json.field.type'],
			[null, /^json\.field\./],
			[['MAA='], 'json.field.type'],
			['A'.repeat(40000), 'json.field.length'],
			['A'.repeat(1000000), 'json.field.length'],
		];
		for (const [pkcs10, rule] of cases) {
			const what = JSON.stringify(pkcs10).slice(0, 20);
			for (const r of [await order(pkcs10),
				await owner.post(owner.at('request'), { pkcs10 })]) {
				assert.equal(r.status, 422, `${what}: ${r.text}`);
				if (rule instanceof RegExp) {
					assert.match(r.json.rule, rule, what);
				} else {
					assert.equal(r.json.rule, rule, what);
				}
				assert.equal(r.json.field, 'pkcs10', what);
			}
		}
	});

	await t.test('an id longer than any, with an Idempotency-Key',
		async () => {
			for (const len of [60, 100, 200, 1000]) {
				const r = await call(centre, 'POST',
					`/v1/forms/${'a'.repeat(len)}/payment`, undefined,
					{ key: newKey() });
				assert.equal(r.status, 404, r.text);
			}
		});

	await t.test('nothing crashed, nothing is half done', async () => {
		assert.deepEqual(await picture(centre), before);
		assert.equal(await owner.state(), 'checked');
	});

	await t.test('a refused order leaves its Idempotency-Key free',
		async () => {
			const key = newKey();
			const der = readFileSync(join(DIR, 'signature-flipped.der'));
			assertRefused(await order(der.toString('base64'), key),
				'csr.signature', 'first');
			const r = await order(await p256Request(centre.dir), key);
			assert.equal(r.status, 201, r.text);
		});

	await t.test('and the right ones are taken afterwards', async () => {
		const { der } = await gostRequest(centre.dir, 'owner');
		const cert = await owner.obtain(form, der);
		assert.ok(cert.length > 500);
	});
});
