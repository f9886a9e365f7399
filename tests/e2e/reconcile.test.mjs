// SPDX-License-Identifier: Apache-2.0
// A database or a journal that was put back: it is found, nothing is issued
// or said of certificates meanwhile, and `surguchctl reconcile` brings the two
// together again without loss.
import assert from 'node:assert/strict';
import { appendFileSync, chownSync, copyFileSync, cpSync, mkdirSync,
	readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must } from '../run/exec.mjs';
import { addPerson, call, ctl, newKey, newRequest, p256Request, sql,
	startDesk, stateDir } from './lib/desk.mjs';
import { ocsp, opensslMust } from './lib/openssl.mjs';
import { until } from './lib/scratch.mjs';

const ISSUING = 'issuing-p256';

// A copy of files with their owners: put(from, to, names).
function put(from, to, names) {
	const { uid, gid } = statSync(to);
	for (const name of names) {
		rmSync(join(to, name), { force: true });
		copyFileSync(join(from, name), join(to, name));
		chownSync(join(to, name), uid, gid);
	}
}

// What has to come back: certificates, who of them is revoked, CRL numbers.
async function inventory(centre) {
	return {
		certificates: (await sql(centre, 'SELECT hex(sha256) FROM ' +
			'certificate ORDER BY 1')).flat(),
		revoked: (await sql(centre, 'SELECT hex(serial), reason, revoked_at ' +
			'FROM revocation ORDER BY 1')).map((r) => r.join(' ')),
	};
}

async function crlNumber(centre) {
	const out = await opensslMust(['crl', '-inform', 'DER', '-noout',
		'-crlnumber', '-in', join(stateDir(centre, 'public'),
			`${ISSUING}.crl`)]);
	return parseInt(/crlNumber=0x([0-9A-F]+)/i.exec(out)[1], 16);
}

test('a database that was put back', async (t) => {
	const centre = await startDesk(t, { database: 'sqlite' });
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const front = stateDir(centre, 'front');
	const signer = stateDir(centre, `signer-${ISSUING}`);
	const old = join(centre.dir, 'old');
	const newer = join(centre.dir, 'newer');
	const databases = (dir) => readdirSync(dir).filter((f) =>
		f.startsWith('surguch.db'));
	// Whom the adopted ones are for is not known, so each has a new key.
	let num = 0;
	const issue = async () => {
		const pkcs10 = await newRequest(centre.dir, `key-${num += 1}`);
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
		return r.json;
	};
	const revoke = async (id) => {
		const r = await call(centre, 'POST', `/v1/certificates/${id}/revocation`,
			{ reason: 'key_compromise' }, { key: newKey() });
		assert.equal(r.status, 200, r.text);
	};
	const tells = async (rule) => {
		const r = await call(centre, 'GET', '/readyz');
		assert.equal(r.status, 503);
		assert.ok(r.text.includes(`held: ${rule}`), r.text);
	};
	const held = async (rule) => {
		await tells(rule);
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 503, r.text);
		assert.equal(r.json.rule, rule);
		assert.match(r.json.detail, /surguchctl reconcile/);
	};
	const reconcile = async (...args) => {
		const r = await ctl(centre, 'reconcile', ...args);
		assert.equal(r.code, 0, r.all);
		// Front is started anew.
		await until(async () => (await call(centre, 'GET', '/readyz')
			.catch(() => null))?.status === 200, 'the centre');
		return r.out;
	};

	const first = await issue();
	await centre.down();
	mkdirSync(old);
	cpSync(front, old, { recursive: true });
	cpSync(signer, join(old, 'signer'), { recursive: true });
	await centre.up();
	assert.match((await ctl(centre, 'reconcile')).out, /nothing to reconcile/);

	const issued = [];
	for (let i = 0; i < 10; i++) {
		issued.push(await issue());
	}
	const unrevoked = await crlNumber(centre);
	await revoke(first.id);
	await until(async () => (await crlNumber(centre)) > unrevoked,
		'a CRL with the first');
	const one = await crlNumber(centre);
	await revoke(issued[3].id);
	await until(async () => (await crlNumber(centre)) > one,
		'a CRL with both');
	const two = await crlNumber(centre);
	assert.equal((await ctl(centre, 'certificate', 'hold', issued[5].id)).code,
		0);
	await until(async () => (await crlNumber(centre)) > two,
		'a CRL with the hold');
	const want = await inventory(centre);
	assert.equal(want.revoked.length, 3);
	const numberBefore = await crlNumber(centre);
	await centre.down();
	mkdirSync(newer);
	cpSync(front, newer, { recursive: true });
	cpSync(signer, join(newer, 'signer'), { recursive: true });

	await t.test('is found; nothing is issued and nothing is said of ' +
		'certificates', async () => {
		databases(front).forEach((f) => rmSync(join(front, f)));
		put(old, front, databases(old));
		await centre.up();
		await held('ca.rolled_back');
		const pem = join(centre.dir, 'first.pem');
		await must('sh', ['-euc', 'cat > "$1"', 'sh', pem],
			{ input: first.pem });
		const ca = join(centre.dir, 'issuing.pem');
		await opensslMust(['x509', '-inform', 'DER', '-in',
			join(stateDir(centre, 'public'), `${ISSUING}.cer`), '-out', ca]);
		const status = await ocsp({ cert: pem, issuing: ca,
			root: centre.apiCa });
		assert.match(status.all, /trylater/i);
		const verify = await ctl(centre, 'audit', 'verify');
		assert.equal(verify.code, 1);
		assert.match(verify.err, /the first: lost/);
	});

	await t.test('is reconciled: 0 lost, and CRL numbers rise', async () => {
		const said = await reconcile();
		assert.match(said, new RegExp(`${ISSUING}: adopted 10 certificates ` +
			'and 3 revocations'));
		assert.deepEqual(await inventory(centre), want);
		await until(async () => (await crlNumber(centre)) > numberBefore,
			'a CRL of a higher number');
		const text = await opensslMust(['crl', '-inform', 'DER', '-noout',
			'-text', '-in', join(stateDir(centre, 'public'),
				`${ISSUING}.crl`)]);
		assert.equal([...text.matchAll(/Serial Number:/g)].length, 3);
		assert.equal([...text.matchAll(/Certificate Hold/g)].length, 1);
		const out = await ctl(centre, 'certificate', 'list', '--status',
			'hold');
		assert.equal([...out.out.matchAll(/^crt_/gm)].length, 1, out.all);
		assert.match((await ctl(centre, 'reconcile')).out,
			/nothing to reconcile/);
		await issue();
	});

	await t.test('and the audit verifies, and shows the epoch', async () => {
		const r = await ctl(centre, 'audit', 'verify');
		assert.equal(r.code, 0, r.all);
		assert.match(r.out, /of 2 writers: whole and in order/);
		assert.match(r.out, /an epoch began .*, after record \d+ of aud_/);
		assert.match(r.out, /\d+ that they remember besides went with/);
	});

	await t.test('twice from the same copy: still 0 lost', async () => {
		const now = await inventory(centre);
		await centre.down();
		databases(front).forEach((f) => rmSync(join(front, f)));
		put(old, front, databases(old));
		await centre.up();
		await held('ca.rolled_back');
		await reconcile();
		assert.deepEqual(await inventory(centre), now);
		const r = await ctl(centre, 'audit', 'verify');
		assert.equal(r.code, 0, r.all);
	});

	await t.test('an empty one: the certificates and revocations are there',
		async () => {
			const now = await inventory(centre);
			await centre.down();
			databases(front).forEach((f) => rmSync(join(front, f)));
			await centre.up();
			await tells('ca.rolled_back');
			await reconcile();
			assert.deepEqual(await inventory(centre), now);
			assert.equal((await ctl(centre, 'audit', 'verify')).code, 0);
		});

	await t.test('a row of the audit, edited or deleted, still shows',
		async () => {
			const db = join(front, 'surguch.db');
			const change = (text) => must('sqlite3', ['-cmd',
				'.timeout 10000', db, text]);
			const [[actor]] = await sql(centre, 'SELECT actor FROM audit ' +
				'WHERE number = 2 LIMIT 1');
			await change('UPDATE audit SET actor = \'x\' WHERE number = 2');
			let r = await ctl(centre, 'audit', 'verify');
			assert.match(r.err, /the first: edited/);
			await change(`UPDATE audit SET actor = '${actor}' WHERE number = 2`);
			assert.equal((await ctl(centre, 'audit', 'verify')).code, 0);
			await change('DELETE FROM audit WHERE number = 2');
			r = await ctl(centre, 'audit', 'verify');
			assert.match(r.err, /the first: gap/);
		});
	t.diagnostic('proves: I4');
});

test('a database that was put back, of a CA with deltas', async (t) => {
	const centre = await startDesk(t, { seams: true, configure: (c) =>
		appendFileSync(join(c.dir, `etc/surguch/ca/${ISSUING}.conf`),
			'crl_delta_hours = 1;\n') });
	const person = await addPerson(centre);
	const front = stateDir(centre, 'front');
	const old = join(centre.dir, 'old');
	const databases = (dir) => readdirSync(dir).filter((f) =>
		f.startsWith('surguch.db'));
	let num = 0;
	const issue = async () => {
		const pkcs10 = await newRequest(centre.dir, `key-${num += 1}`);
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
		return r.json;
	};
	const change = async (verb, cert, ...args) => {
		const r = await ctl(centre, 'certificate', verb, cert.id, ...args);
		assert.equal(r.code, 0, r.all);
	};
	// {entries: Map serial -> reason, number} of a file.
	const list = async (name) => {
		const text = await opensslMust(['crl', '-inform', 'DER', '-noout',
			'-text', '-crlnumber', '-in', join(stateDir(centre, 'public'),
				`${ISSUING}${name}.crl`)]);
		return { number: parseInt(/crlNumber=0x([0-9A-F]+)/i.exec(text)[1], 16),
			entries: new Map(text.split('Serial Number: ').slice(1)
				.map((e) => [/^[0-9A-F]+/.exec(e)[0].toLowerCase(),
					/Reason Code:\s*\n\s*(.+)/.exec(e)?.[1] ?? ''])) };
	};
	const says = (name, cert, reason) => until(async () =>
		(await list(name)).entries.get(cert.serial) === reason,
	`${reason} on ${name}`);

	const [revoked, released, held] = [await issue(), await issue(),
		await issue()];
	await centre.down();
	mkdirSync(old);
	cpSync(front, old, { recursive: true });
	await centre.up();
	// What the whole list says, what only deltas say, and what one takes back.
	await change('hold', released);
	await says('.delta', released, 'Certificate Hold');
	centre.clock.set(13 * 3600);
	await change('hold', held);
	await says('', held, 'Certificate Hold');
	await says('', released, 'Certificate Hold');
	await change('release', released);
	await change('revoke', revoked, '--reason', 'superseded');
	await says('.delta', released, 'Remove From CRL');
	await says('.delta', revoked, 'Superseded');
	assert.ok(!(await list('')).entries.has(revoked.serial));
	const last = (await list('.delta')).number;
	await centre.down();

	await t.test('what only a delta says is taken over', async () => {
		databases(front).forEach((f) => rmSync(join(front, f)));
		put(old, front, databases(old));
		await centre.up();
		const r = await ctl(centre, 'reconcile');
		assert.equal(r.code, 0, r.all);
		assert.match(r.out, new RegExp(`${ISSUING}: adopted 0 certificates ` +
			'and 2 revocations'));
		await until(async () => (await call(centre, 'GET', '/readyz')
			.catch(() => null))?.status === 200, 'the centre');
		const { number, entries } = await until(async () => {
			const l = await list('');
			return l.number > last ? l : null;
		}, 'a list of a higher number');
		assert.ok(number > last);
		assert.deepEqual(Object.fromEntries(entries), {
			[revoked.serial]: 'Superseded', [held.serial]: 'Certificate Hold' });
	});
	t.diagnostic('proves: I3, I4');
});

test('a journal that was put back', async (t) => {
	const centre = await startDesk(t, { database: 'sqlite' });
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const signer = stateDir(centre, `signer-${ISSUING}`);
	const old = join(centre.dir, 'old');
	const newer = join(centre.dir, 'newer');
	const issue = async () => {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
	};
	await issue();
	await centre.down();
	cpSync(signer, old, { recursive: true });
	await centre.up();
	await issue();
	const want = await inventory(centre);
	await centre.down();
	cpSync(signer, newer, { recursive: true });

	await t.test('is found, named, and not reconciled by itself', async () => {
		put(old, signer, ['journal']);
		await centre.up();
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 503, r.text);
		assert.equal(r.json.rule, 'ca.journal_behind');
		const refused = await ctl(centre, 'reconcile');
		assert.equal(refused.code, 1);
		assert.match(refused.err, /journal of issuing-p256 has lost record/);
		assert.match(refused.err, /--journal-lost issuing-p256/);
		const unknown = await ctl(centre, 'reconcile', '--journal-lost', 'x');
		assert.match(unknown.err, /ca\.name/);
	});
	await t.test('put back in turn, all is well', async () => {
		await centre.down();
		put(newer, signer, ['journal']);
		await centre.up();
		await issue();
	});
	await t.test('lost for good, the centre goes on without it', async () => {
		await centre.down();
		const before = readFileSync(join(signer, 'journal'));
		put(old, signer, ['journal']);
		assert.ok(statSync(join(signer, 'journal')).size < before.length);
		await centre.up();
		const r = await ctl(centre, 'reconcile', '--journal-lost', ISSUING);
		assert.equal(r.code, 0, r.all);
		await until(async () => (await call(centre, 'GET', '/readyz')
			.catch(() => null))?.status === 200, 'the centre');
		const now = await inventory(centre);
		assert.ok(want.certificates.every((c) =>
			now.certificates.includes(c)));
		await issue();
		assert.equal((await ctl(centre, 'audit', 'verify')).code, 0);
	});
	t.diagnostic('proves: I4');
});
