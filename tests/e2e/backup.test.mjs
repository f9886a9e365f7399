// SPDX-License-Identifier: Apache-2.0
// The restore drill: a backup that was taken while certificates were issued,
// ten more certificates, and then the database, or everything, is lost.
import assert from 'node:assert/strict';
import { chownSync, copyFileSync, existsSync, mkdirSync, readdirSync,
	readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { Centre } from './lib/centre.mjs';
import { addPerson, call, ctl, newKey, p256Request, sha256, sql, startDesk,
	stateDir } from './lib/desk.mjs';
import { openssl, opensslMust } from './lib/openssl.mjs';
import { AS_ROOT, until } from './lib/scratch.mjs';

const ISSUING = 'issuing-p256';
const SIGNERS = ['issuing-gost', 'issuing-p256'];
const BLOCK = 512;

async function inventory(centre) {
	return {
		certificates: (await sql(centre, 'SELECT hex(sha256) FROM ' +
			'certificate ORDER BY 1')).flat(),
		revoked: (await sql(centre, 'SELECT hex(serial), reason, revoked_at ' +
			'FROM revocation ORDER BY 1')).map((r) => r.join(' ')),
		people: (await sql(centre, 'SELECT hex(id) FROM person ORDER BY 1'))
			.flat(),
	};
}

async function crlNumber(centre) {
	const out = await opensslMust(['crl', '-inform', 'DER', '-noout',
		'-crlnumber', '-in', join(stateDir(centre, 'public'),
			`${ISSUING}.crl`)]);
	return parseInt(/crlNumber=0x([0-9A-F]+)/i.exec(out)[1], 16);
}

const isOk = async (centre) => (await call(centre, 'GET', '/readyz')
	.catch(() => null))?.status === 200;

async function isHeld(centre, rule) {
	const r = await call(centre, 'GET', '/readyz');
	assert.equal(r.status, 503);
	assert.ok(r.text.includes(`held: ${rule}`), r.text);
}

// A file over another's, with the owner of its directory.
function put(from, to) {
	const { uid, gid } = statSync(join(to, '..'));
	rmSync(to, { force: true });
	copyFileSync(from, to);
	chownSync(to, uid, gid);
}

test('the restore drill', async (t) => {
	// e2e/postgres takes and restores one of the other engine.
	const centre = await startDesk(t, { database: 'sqlite' });
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const place = join(centre.dir, '..');
	const at = (name) => join(place, name);
	const file = at('backup.tar');
	const issue = async (of = centre, request = pkcs10) => {
		const r = await call(of, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10: request },
			{ key: newKey() });
		assert.equal(r.status, 201, r.text);
		return r.json;
	};
	const restore = (...args) => exec(centre.program('surguchctl'),
		['restore', ...args], { timeoutSec: 60 });
	// A centre in another directory, with the same addresses.
	const centreIn = (dir) => Object.assign(new Centre(t), { dir,
		api: centre.api, apiCa: centre.apiCa, public: centre.public,
		token: centre.token });

	for (const [name, ...algorithm] of [['rsa', 'rsa:2048'],
		['ec', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
		['other', 'rsa:2048'], ['gost', 'gost2012_256', '-pkeyopt',
			'paramset:A']]) {
		await opensslMust(['req', '-x509', '-newkey', ...algorithm, '-nodes',
			'-keyout', at(`${name}.key`), '-out', at(`${name}.pem`), '-subj',
			`/CN=${name}`]);
	}
	await issue();

	await t.test('a backup is taken while certificates are issued',
		async () => {
			let stop = false;
			let num = 0;
			const working = Array.from({ length: 4 }, async () => {
				while (!stop) {
					await issue();
					num += 1;
				}
			});
			await until(() => num > 10, 'some certificates');
			const before = num;
			const r = await ctl(centre, 'backup', file, '--with-keys',
				'--recipient', at('rsa.pem'));
			stop = true;
			await Promise.all(working);
			assert.equal(r.code, 0, r.all);
			assert.match(r.out, /keys sealed to the recipient/);
			assert.ok(num > before, 'nothing was issued meanwhile');
			assert.equal(statSync(file).mode & 0o777, 0o600);
			assert.ok(!existsSync(join(stateDir(centre, 'front'),
				'backup.db')));
		});

	await t.test('any tar reads it, and the manifest tells every file',
		async () => {
			const dir = at('unpacked');
			mkdirSync(dir);
			await must('tar', ['-xf', file, '-C', dir, '--no-same-owner']);
			const manifest = readFileSync(join(dir, 'MANIFEST'), 'utf8');
			const files = [...manifest.matchAll(
				/^file \d{4} \d+ \d+ (\d+) ([0-9a-f]{64}) (.+)$/gm)];
			assert.ok(files.length > 40);
			for (const [, size, hash, name] of files) {
				const bytes = readFileSync(join(dir, name));
				assert.equal(sha256(bytes), hash, name);
				assert.equal(bytes.length, Number(size), name);
			}
			for (const name of ['etc/surguch/surguch.conf',
				'etc/surguch/profiles/tls-client.conf',
				'var/lib/surguch/front/surguch.db',
				`var/lib/surguch/signer-${ISSUING}/journal`,
				`var/lib/surguch/public/${ISSUING}.crl`]) {
				assert.ok(files.some((f) => f[3] === name), name);
			}
			assert.ok(!files.some((f) => /key\.p8|key\.pass|\.key$|\.lock$/
				.test(f[3])), manifest);
			assert.equal(await must('sqlite3', [join(dir,
				'var/lib/surguch/front/surguch.db'),
			'PRAGMA integrity_check']), 'ok\n');
			// The keys: openssl and the recipient's key open them.
			await opensslMust(['cms', '-decrypt', '-inform', 'DER', '-in',
				join(dir, 'keys.p7m'), '-recip', at('rsa.pem'), '-inkey',
				at('rsa.key'), '-out', at('keys.tar')]);
			const names = await must('tar', ['-tf', at('keys.tar')]);
			for (const key of ['front/data.key', 'front/tls-key.pem',
				'courier/seal.key', `signer-${ISSUING}/key.p8`,
				`signer-${ISSUING}/key.pass`, 'sealed/root-gost/key.p8']) {
				assert.ok(names.includes(key), names);
			}
			const stranger = await openssl(['cms', '-decrypt', '-inform',
				'DER', '-in', join(dir, 'keys.p7m'), '-recip',
				at('other.pem'), '-inkey', at('other.key'), '-out',
				at('none.tar')]);
			assert.notEqual(stranger.code, 0);
		});

	await t.test('keys leave sealed only', async () => {
		for (const [args, rule] of [
			[['--with-keys'], 'cli.option'],
			[['--recipient', at('rsa.pem')], 'cli.option'],
			[['--with-keys', '--recipient', at('gost.pem')],
				'envelope.recipient'],
		]) {
			const r = await ctl(centre, 'backup', at('none.tar'), ...args);
			assert.notEqual(r.code, 0);
			assert.ok(r.err.includes(rule), r.all);
			assert.ok(!existsSync(at('none.tar')) ||
				statSync(at('none.tar')).size === 0);
			assert.ok(!existsSync(at('none.tar.part')));
		}
		const r = await ctl(centre, 'backup', at('plain.tar'));
		assert.equal(r.code, 0, r.all);
		assert.match(r.out, /keys are not in it/);
		const back = await restore(at('plain.tar'), '--into', at('plain'));
		assert.equal(back.code, 0, back.all);
		assert.match(back.out,
			/missing, put it in place: .*\/front\/data\.key/);
		assert.ok(!existsSync(join(at('plain'),
			'var/lib/surguch/front/data.key')));
		const ec = await ctl(centre, 'backup', at('ec.tar'), '--with-keys',
			'--recipient', at('ec.pem'));
		assert.equal(ec.code, 0, ec.all);
		const opened = await restore(at('ec.tar'), '--into', at('ec'),
			'--recipient', at('ec.pem'), '--key', at('ec.key'));
		assert.equal(opened.code, 0, opened.all);
		for (const name of ['front/data.key', 'courier/seal.key']) {
			assert.deepEqual(readFileSync(join(at('ec'),
				'var/lib/surguch', name)),
			readFileSync(stateDir(centre, name)), name);
		}
		assert.equal(statSync(join(at('ec'),
			'var/lib/surguch/front/data.key')).mode & 0o777, 0o400);
	});

	await t.test('a truncated or edited one is refused before anything is ' +
		'made', async () => {
		const whole = readFileSync(file);
		const into = at('refused');
		const refused = async (bytes, what, ...args) => {
			writeFileSync(at('bad.tar'), bytes);
			const r = await restore(at('bad.tar'), '--into', into, ...args);
			assert.equal(r.code, 1, `${what}: ${r.all}`);
			assert.match(r.err, /rule (archive|tar)\./, what);
			assert.ok(!existsSync(into), what);
			assert.ok(!existsSync(`${into}.part`), what);
		};
		for (const len of [0, 1, BLOCK, Math.floor(whole.length / 2),
			whole.length - 2 * BLOCK, whole.length - BLOCK,
			whole.length - 1]) {
			await refused(whole.subarray(0, len), `cut to ${len}`);
		}
		for (let i = 0; i < 40; i++) {
			const at0 = Math.floor(whole.length * i / 40) + i;
			const bytes = Buffer.from(whole);
			bytes[at0] ^= 1;
			// A bit of the padding between members means nothing.
			if (whole.subarray(at0 - at0 % BLOCK, at0 - at0 % BLOCK + BLOCK)
				.subarray(at0 % BLOCK).every((b) => b === 0)) {
				continue;
			}
			await refused(bytes, `bit at ${at0}`);
		}
		await refused(Buffer.concat([whole, Buffer.alloc(BLOCK)]),
			'something behind');
		await refused(whole, 'another digest', '--digest', '00'.repeat(32));
		const wrong = await restore(file, '--into', into, '--recipient',
			at('other.pem'), '--key', at('other.key'));
		assert.match(wrong.err, /rule envelope\.open/);
		assert.ok(!existsSync(into));
		const over = await restore(file, '--into', centre.dir);
		assert.match(over.err, /rule restore\.exists/);
	});

	// Ten more, and one revoked.
	const before = await crlNumber(centre);
	const more = [];
	for (let i = 0; i < 10; i++) {
		more.push(await issue());
	}
	const r = await call(centre, 'POST',
		`/v1/certificates/${more[4].id}/revocation`,
		{ reason: 'key_compromise' }, { key: newKey() });
	assert.equal(r.status, 200, r.text);
	await until(async () => (await crlNumber(centre)) > before, 'a CRL');
	const want = await inventory(centre);
	const number = await crlNumber(centre);
	await centre.down();

	await t.test('everything lost but the journals and what was published: ' +
		'0 lost', async () => {
		const dir = at('other place');
		const made = await restore(file, '--into', dir, '--recipient',
			at('rsa.pem'), '--key', at('rsa.key'));
		assert.equal(made.code, 0, made.all);
		const other = centreIn(dir);
		if (AS_ROOT) {
			assert.equal(statSync(stateDir(other, 'front')).uid,
				statSync(stateDir(centre, 'front')).uid);
		}
		for (const name of SIGNERS) {
			put(stateDir(centre, `signer-${name}/journal`),
				stateDir(other, `signer-${name}/journal`));
			put(stateDir(centre, `public/${name}.crl`),
				stateDir(other, `public/${name}.crl`));
		}
		await other.up();
		await isHeld(other, 'ca.restored');
		const said = await ctl(other, 'reconcile');
		assert.equal(said.code, 0, said.all);
		assert.match(said.out,
			/issuing-p256: adopted [1-9]\d+ certificates and 1 revocations/);
		await until(() => isOk(other), 'the restored centre');
		assert.deepEqual(await inventory(other), want);
		await until(async () => (await crlNumber(other)) > number,
			'a CRL of a higher number');
		const audit = await ctl(other, 'audit', 'verify');
		assert.equal(audit.code, 0, audit.all);
		assert.match(audit.out, /an epoch began/);
		// Whose the old key is, the journals do not tell.
		await opensslMust(['req', '-new', '-newkey', 'ec', '-pkeyopt',
			'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('new.key'),
			'-outform', 'DER', '-out', at('new.csr'), '-subj', '/CN=test']);
		await issue(other, readFileSync(at('new.csr')).toString('base64'));
		assert.match((await ctl(other, 'reconcile')).out,
			/nothing to reconcile/);
		await other.down();
	});

	await t.test('the database lost: 0 lost', async () => {
		const front = stateDir(centre, 'front');
		readdirSync(front).filter((f) => f.startsWith('surguch.db'))
			.forEach((f) => rmSync(join(front, f)));
		const made = await restore(file, '--into', at('for database'));
		assert.equal(made.code, 0, made.all);
		put(join(at('for database'), 'var/lib/surguch/front/surguch.db'),
			join(front, 'surguch.db'));
		await centre.up();
		await isHeld(centre, 'ca.rolled_back');
		const said = await ctl(centre, 'reconcile');
		assert.equal(said.code, 0, said.all);
		await until(() => isOk(centre), 'the centre');
		assert.deepEqual(await inventory(centre), want);
		await until(async () => (await crlNumber(centre)) > number,
			'a CRL of a higher number');
		const audit = await ctl(centre, 'audit', 'verify');
		assert.equal(audit.code, 0, audit.all);
		assert.match(audit.out, /an epoch began/);
	});

	await t.test('a centre that is down is backed up from its files',
		async () => {
			await centre.down();
			const made = await ctl(centre, 'backup', at('down.tar'));
			assert.equal(made.code, 0, made.all);
			const [, digest] = /manifest: ([0-9a-f]{64})/.exec(made.out);
			const back = await restore(at('down.tar'), '--into', at('down'),
				'--digest', digest);
			assert.equal(back.code, 0, back.all);
			assert.deepEqual(await inventory(centreIn(at('down'))), want);
			await centre.up();
		});
	t.diagnostic('proves: I4');
	t.diagnostic('proves: I5');
});
