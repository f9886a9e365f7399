// SPDX-License-Identifier: Apache-2.0
// surguchctl profile replay: what a changed profile would have made of the
// last issues of a running centre.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, call, ctl, journal, newKey, p256Request, startDesk }
	from './lib/desk.mjs';
import { ROOT, scratch } from './lib/scratch.mjs';

const ISSUED = 3;

test('profile replay', async (t) => {
	const centre = await startDesk(t);
	const dir = scratch(t);
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const serials = [];
	for (let i = 0; i < ISSUED; i++) {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
		serials.unshift(r.json.serial);
	}
	const records = journal(centre, 'issuing-p256').length;
	const plain = readFileSync(join(ROOT, 'profiles/tls-client.conf'), 'utf8');
	let num = 0;
	const replay = async (from, to, ...more) => {
		const file = join(dir, `changed-${num++}.conf`);
		assert.ok(plain.includes(from), from);
		writeFileSync(file, plain.replace(from, to));
		return ctl(centre, 'profile', 'replay', file, ...more);
	};
	const json = async (...args) => {
		const r = await replay(...args, '--json');
		assert.equal(r.code, 0, r.err);
		return JSON.parse(r.out).certificates;
	};

	await t.test('the same profile makes the same bytes', async () => {
		const r = await replay('# CN is', '# CN is');
		assert.equal(r.code, 0, r.err);
		assert.match(r.out, /3 certificates of issuing-p256: 3 the same, 0 changed, 0 refused; .* of 0 as issued/);
		assert.equal(r.out.match(/^ {2}the same bytes$/gm).length, ISSUED);
		assert.equal(r.out.match(/lint of the \w+ bytes: nothing/g).length,
			2 * ISSUED);
	});
	await t.test('the newest first, as many as asked for', async () => {
		const two = await json('# CN is', '# CN is', '--last', '2');
		assert.deepEqual(two.map((c) => c.serial), serials.slice(0, 2));
		assert.ok(two.every((c) => c.equal && c.differences.length === 0));
	});
	await t.test('a change is shown by path with both values', async () => {
		const all = await json('bits = ["digitalSignature"]',
			'bits = ["digitalSignature", "nonRepudiation"]');
		assert.equal(all.length, ISSUED);
		for (const c of all) {
			assert.deepEqual(c.differences, [{
				path: 'extensions.keyUsage',
				issued: 'BIT STRING 0780', rebuilt: 'BIT STRING 06c0' }]);
			assert.deepEqual(c.issued.map((f) => f.rule),
				['lint.key_usage.value']);
			assert.deepEqual(c.rebuilt, []);
		}
	});
	await t.test('a shorter life', async () => {
		const r = await replay('days = 365', 'days = 30', '--last', '1');
		assert.match(r.out, /^ {2}validity\.1\n {4}issued: {2}UTCTime \d{12}Z\n {4}rebuilt: UTCTime \d{12}Z$/m);
		assert.match(r.out, /1 certificates of issuing-p256: 0 the same, 1 changed, 0 refused/);
	});
	await t.test('what would be refused', async () => {
		const [c] = await json('{ attribute = "OU"; need = "optional"; ',
			'{ attribute = "OU"; ', '--last', '1');
		assert.equal(c.refused.rule, 'profile.attr.missing');
		assert.ok(c.issued.some((f) => f.rule === 'lint.subject.required'));
	});
	await t.test('nothing was signed', () => {
		assert.equal(journal(centre, 'issuing-p256').length, records);
	});
	await t.test('what it cannot do it says', async () => {
		for (const [more, rule, code] of [
			[['--last', '0'], 'certificate.last', 1],
			[['--last', '1001'], 'certificate.last', 1],
			[['--ca', 'none'], 'certificate.ca', 1],
		]) {
			const r = await replay('# CN is', '# CN is', ...more);
			assert.equal(r.code, code, r.all);
			assert.ok(r.err.includes(rule), r.err);
		}
		const broken = await replay('days = 365', 'days = 0');
		assert.notEqual(broken.code, 0);
		assert.match(broken.err, /validity\.days/);
		// A CA that has issued none.
		const other = await replay('# CN is', '# CN is', '--ca', 'issuing-gost');
		assert.match(other.out, /^0 certificates of issuing-gost:/);
	});
	t.diagnostic('proves: I1');
});
