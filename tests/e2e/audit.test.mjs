// SPDX-License-Identifier: Apache-2.0
// The audit chain against what the signers remember of it: a database that
// was rolled back or written anew shows, although its own chain is whole.
import assert from 'node:assert/strict';
import { chownSync, cpSync, mkdirSync, readdirSync, rmSync, statSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must } from '../run/exec.mjs';
import { addPerson, call, ctl, newKey, p256Request, sha256, startDesk,
	stateDir } from './lib/desk.mjs';
import { until } from './lib/scratch.mjs';

const length = (n) => {
	const b = Buffer.alloc(4);
	b.writeUInt32BE(n);
	return b;
};
const big = (n) => {
	const b = Buffer.alloc(8);
	b.writeBigInt64BE(BigInt(n));
	return b;
};

// Change the first record of each writer and rebuild its chain, as
// src/store/audit.h describes it.
async function forge(db) {
	const run = (script) => must('sqlite3', ['-cmd', '.timeout 10000', '-separator', '|', db],
		{ input: `${script};\n` });
	const rows = (await run('SELECT hex(writer), number, at, hex(actor), ' +
		'hex(action), hex(object), detail IS NULL, hex(detail) FROM audit ' +
		'ORDER BY writer, number')).trim().split('\n').map((l) => l.split('|'));
	let previous = null;
	const changes = [];
	for (const [writer, number, at, ...texts] of rows) {
		const [actor, action, object, none, detail] = texts;
		const first = number === '1';
		const who = first ? Buffer.from('somebody else') : Buffer.from(actor, 'hex');
		const text = (hex) => {
			const b = Buffer.from(hex, 'hex');
			return [length(b.length), b];
		};
		previous = Buffer.from(sha256(Buffer.concat([
			Buffer.from('surguch audit 1'), first ? Buffer.alloc(32) : previous,
			Buffer.from(writer, 'hex'), big(number), big(at),
			length(who.length), who, ...text(action), ...text(object),
			...(none === '1' ? [Buffer.from([0])]
				: [Buffer.from([1]), ...text(detail)]),
		])), 'hex');
		changes.push(`UPDATE audit SET hash = x'${previous.toString('hex')}', ` +
			`actor = CAST(x'${who.toString('hex')}' AS TEXT) ` +
			`WHERE writer = x'${writer}' AND number = ${number}`);
	}
	await run(['BEGIN', ...changes, 'COMMIT'].join(';\n'));
}

test('the audit and the journals', async (t) => {
	// Its file is what is written anew and put back.
	const centre = await startDesk(t, { database: 'sqlite' });
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const front = stateDir(centre, 'front');
	const old = join(centre.dir, 'old');
	const issue = async () => {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
	};
	const database = (from) => readdirSync(from).filter((f) =>
		f.startsWith('surguch.db'));

	await issue();
	await t.test('agree in a centre that was left alone', async () => {
		const r = await ctl(centre, 'audit', 'verify');
		assert.equal(r.code, 0, r.err);
		const [, remembered] = /the signers remember (\d+)/.exec(r.out);
		assert.ok(Number(remembered) >= 1, r.out);
	});

	await centre.down();
	mkdirSync(old);
	for (const f of database(front)) {
		cpSync(join(front, f), join(old, f), { preserveTimestamps: true });
	}
	await centre.up();
	await issue();
	await issue();

	// Starts it where it must refuse.
	async function refuses() {
		centre.up().catch(() => {});
		await until(() => /rule=ca\.rolled_back/.test(centre.log),
			() => `a refusal:\n${centre.log}`);
		await centre.down();
	}

	await t.test('a chain that was written anew shows', async () => {
		// Whoever holds the database can hash everything anew; the signers
		// remember what stood there.
		await forge(join(front, 'surguch.db'));
		const r = await ctl(centre, 'audit', 'verify');
		assert.notEqual(r.code, 0, r.out);
		assert.match(r.err, /the first: replaced/);
		await centre.down();
	});
	await t.test('and is not started on', refuses);
	await t.test('nor is an older database', async () => {
		for (const f of database(front)) {
			rmSync(join(front, f));
		}
		const { uid, gid } = statSync(front);
		for (const f of readdirSync(old)) {
			cpSync(join(old, f), join(front, f));
			chownSync(join(front, f), uid, gid);
		}
		await refuses();
	});
});
