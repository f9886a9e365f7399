// SPDX-License-Identifier: Apache-2.0
// Each thing broken in turn: doctor names it, mends what it can, and says the
// command for the rest; the centre renews its own certificates in time.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync,
	renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from 'node:https';
import { connect } from 'node:tls';
import { must } from '../run/exec.mjs';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir,
	writeSql } from './lib/desk.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { Running } from './lib/processes.mjs';
import { parseMetrics } from './lib/prometheus.mjs';
import { AS_ROOT, until } from './lib/scratch.mjs';

const DAY = 86400;
const OK = 0;
const WARNING = 1;
const CRITICAL = 2;

// doctor, under the centre's clock: {code, status, findings}
async function doctor(centre, ...args) {
	const run = new Running({ after() {} }, centre.program('surguchctl'),
		['--centre', centre.dir, 'doctor', '--json', ...args],
		centre.clock ? { fds: [centre.clock.fd],
			env: { SURGUCH_CLOCK_FD: '3' } } : {});
	const { code } = await run.ended;
	assert.ok(run.log.startsWith('{'), run.log);
	return { code, ...JSON.parse(run.log) };
}

const named = (r, what, text) => {
	const found = r.findings.find((f) => what.test(f.what) &&
		text.test(f.text));
	assert.ok(found, `${what} ${text} in ${JSON.stringify(r, null, 1)}`);
	return found;
};

// When the certificate that the API shows ends, in ms.
const apiEnds = (centre) => new Promise((done, fail) => {
	const { hostname, port } = new URL(centre.api);
	const s = connect({ host: hostname, port: Number(port),
		rejectUnauthorized: false }, () => {
		done(Date.parse(s.getPeerCertificate().valid_to));
		s.end();
	});
	s.on('error', fail);
});

async function ends(file) {
	const out = await opensslMust(['x509', '-inform', 'DER', '-noout',
		'-enddate', '-in', file]);
	return Date.parse(out.trim().slice('notAfter='.length));
}

test('doctor names what is wrong', async (t) => {
	const centre = await startDesk(t, { seams: true });
	const front = stateDir(centre, 'front');
	const signer = stateDir(centre, 'signer-issuing-p256');
	const crl = join(stateDir(centre, 'public'), 'issuing-p256.crl');
	const healthy = async () => {
		const r = await doctor(centre);
		assert.deepEqual(r.findings, []);
		assert.equal(r.code, OK);
		assert.equal(r.status, 'ok');
	};

	await t.test('a healthy centre', healthy);

	await t.test('file modes, and mends them', async () => {
		const key = join(signer, 'key.p8');
		chmodSync(key, 0o440);
		chmodSync(front, 0o755);
		chmodSync(join(centre.dir, 'etc/surguch/surguch.conf'), 0o666);
		const r = await doctor(centre);
		assert.equal(r.code, CRITICAL);
		assert.match(named(r, /key\.p8$/, /mode 0440/).command,
			/^chmod 0400 '.*key\.p8'$/);
		named(r, /\/front$/, /mode 0755/);
		named(r, /surguch\.conf$/, /mode 0666/);
		const fixed = await doctor(centre, '--fix');
		assert.equal(fixed.code, OK, JSON.stringify(fixed));
		assert.ok(fixed.findings.every((f) => f.mended));
		assert.equal(statSync(key).mode & 0o777, 0o400);
		assert.equal(statSync(front).mode & 0o777, 0o700);
		await healthy();
	});

	await t.test('file owners, and mends them',
		{ skip: AS_ROOT ? false : 'needs root' }, async () => {
			const key = join(signer, 'key.p8');
			const { uid, gid } = statSync(key);
			chownSync(key, uid + 1, gid);
			named(await doctor(centre), /key\.p8$/, /belongs to uid/);
			assert.equal((await doctor(centre, '--fix')).code, OK);
			assert.equal(statSync(key).uid, uid);
		});

	await t.test('a secret among the settings is its role\'s',
		{ skip: AS_ROOT ? false : 'needs root' }, async () => {
			const secret = join(centre.dir, 'etc/surguch/other.pass');
			writeFileSync(secret, 'x', { mode: 0o600 });
			const { uid } = statSync(front);
			chownSync(secret, uid, 0);
			await healthy();
			assert.equal((await doctor(centre, '--fix')).code, OK);
			assert.equal(statSync(secret).uid, uid);
			chmodSync(secret, 0o640);
			named(await doctor(centre), /other\.pass$/, /has mode/);
			chmodSync(secret, 0o600);
			chownSync(secret, uid + 900, 0);
			named(await doctor(centre), /other\.pass$/, /belongs to uid/);
			rmSync(secret);
			await healthy();
		});

	await t.test('a damaged list, and mends it', async () => {
		writeFileSync(crl, 'no list');
		named(await doctor(centre), /issuing-p256\.crl$/, /is no CRL/);
		assert.equal((await doctor(centre, '--fix')).code, OK);
		await until(() => readFileSync(crl)[0] === 0x30, 'a list');
		await healthy();
	});

	await t.test('a list that the centre makes, from one that it does not',
		async () => {
			const made = {
				'issuing-p256-1-of-2.crl': 'surguchctl doctor --fix',
				'bank-of-x.crl': 'surguchctl doctor --fix',
				'bank-of-x-1-of-2.crl': 'surguchctl doctor --fix',
				'root-of-all.crl': 'surguchctl ca ceremony crl FILE at the ' +
					'root\'s machine, then surguchctl ca crl root.crl',
			};
			const place = (name) => join(stateDir(centre, 'public'), name);
			mkdirSync(stateDir(centre, 'signer-bank-of-x'), { mode: 0o700 });
			Object.keys(made).forEach((name) =>
				writeFileSync(place(name), 'no list'));
			const r = await doctor(centre);
			for (const [name, command] of Object.entries(made)) {
				const found = r.findings.find((f) => f.what === place(name) &&
					f.text === 'is no CRL');
				assert.equal(found?.command, command, name);
			}
			Object.keys(made).forEach((name) => rmSync(place(name)));
			rmSync(stateDir(centre, 'signer-bank-of-x'), { recursive: true });
			await healthy();
		});

	await t.test('a signer that does not come back', async () => {
		const settings = join(centre.dir, 'etc/surguch/ca/issuing-p256.conf');
		renameSync(settings, `${settings}.away`);
		const [{ pid }] = centre.roles('surguch-signer').filter((p) =>
			p.args.includes('issuing-p256'));
		process.kill(pid, 'SIGKILL');
		const since = Date.now();
		const r = await doctor(centre);
		named(r, /signer of issuing-p256/, /does not answer/);
		assert.ok(Date.now() - since < 20000, 'nobody waits for it long');
		assert.equal(r.code, CRITICAL);
		renameSync(`${settings}.away`, settings);
		await until(async () => (await doctor(centre)).code === OK, 'the signer again',
			{ timeoutMs: 30000, everyMs: 500 });
	});

	await t.test('a queue that does not move', async () => {
		centre.gateway.child.kill('SIGKILL');
		await centre.gateway.ended;
		const courier = centre.roles('surguch-courier')[0].pid;
		process.kill(courier, 'SIGSTOP');
		const now = Math.floor(Date.now() / 1000);
		const blob = (hex) => (centre.postgres ? `'\\x${hex}'` : `x'${hex}'`);
		await writeSql(centre, `INSERT INTO outbox (id, kind, purpose,
			recipient, body, next_at, expires_at, created_at, state, attempts)
			VALUES (${blob('01'.repeat(16))}, 'sms', 'x', '+79990000000',
			${blob('00')}, ${now - 700}, ${now + 9000}, ${now - 700}, 'due',
			0)`);
		// Handed over to a courier that stands still, it is not due; the
		// look is quicker, or the row is put back.
		let r;
		await until(async () => {
			await writeSql(centre, `UPDATE outbox SET state = 'due',
				next_at = ${now - 700} WHERE purpose = 'x'`);
			r = await doctor(centre);
			return r.findings.some((f) => f.what === 'courier');
		}, 'the queue');
		assert.equal(r.code, WARNING);
		process.kill(courier, 'SIGCONT');
		await writeSql(centre, 'DELETE FROM outbox WHERE purpose = \'x\'');
	});

	await t.test('a clock behind the journal', async () => {
		centre.clock.set(-2 * 3600);
		const r = await doctor(centre);
		named(r, /^clock$/, /behind the journal/);
		assert.equal(r.code, CRITICAL);
		centre.clock.set(0);
	});

	await t.test('a centre that is down', async () => {
		await centre.down();
		const r = await doctor(centre);
		named(r, /surguchd/, /no centre answers/);
		assert.equal(r.code, CRITICAL);
		await centre.up();
	});

	// e2e/postgres puts one of the other engine back.
	await t.test('a database that was put back',
		{ skip: centre.postgres ? 'its file is moved away' : false },
		async () => {
			await centre.down();
			readdirSync(front).filter((f) => f.startsWith('surguch.db'))
				.forEach((f) => renameSync(join(front, f),
					join(centre.dir, f)));
			await centre.up();
			const held = await doctor(centre);
			assert.equal(named(held, /^database$/, /older than the journal/)
				.command, 'surguchctl reconcile');
			assert.equal((await ctl(centre, 'reconcile')).code, 0);
		});
});

test('a full disk', { skip: AS_ROOT ? false : 'needs root to mount' },
	async (t) => {
		const centre = await startDesk(t);
		const dir = stateDir(centre, 'sealed');
		await must('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0700', 'x',
			dir]);
		try {
			const r = await doctor(centre);
			named(r, /\/sealed$/, /the disk is full/);
			assert.equal(r.code, CRITICAL);
		} finally {
			await must('umount', [dir]);
		}
	});

test('the centre renews its own certificates', async (t) => {
	const centre = await startDesk(t, { seams: true });
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const responders = ['gost', 'p256'].map((h) => join(stateDir(centre,
		`signer-ocsp-${h}`), 'cert.der'));

	await t.test('before two thirds of their life nothing happens', async () => {
		centre.clock.set(19 * DAY);
		const before = await Promise.all(responders.map(ends));
		await centre.killRole('surguch-front');
		await centre.ready();
		assert.deepEqual(await Promise.all(responders.map(ends)), before);
	});

	await t.test('the responders\', by themselves', async () => {
		const before = await Promise.all(responders.map(ends));
		centre.clock.set(21 * DAY);
		const r = await doctor(centre);
		named(r, /signer-ocsp-p256\/cert\.der$/, /two thirds of its life/);
		named(r, /signer-ocsp-gost\/cert\.der$/, /two thirds of its life/);
		const pids = centre.roles('surguch-ocsp').map((p) => p.pid).sort();
		await centre.killRole('surguch-front');
		await until(async () => (await Promise.all(responders.map(ends)))
			.every((e, i) => e > before[i]), 'new certificates');
		// They went on under their new certificates.
		assert.deepEqual(centre.roles('surguch-ocsp').map((p) => p.pid)
			.sort(), pids);
		await centre.ready();
		const now = await doctor(centre, '--fix');
		assert.equal(now.code, OK, JSON.stringify(now));
	});

	await t.test('the API\'s, on the listener that it has', async () => {
		const before = await apiEnds(centre);
		centre.clock.set(61 * DAY);
		named(await doctor(centre), /tls-chain\.pem$/, /two thirds of its life/);
		const [{ pid }] = centre.roles('surguch-front');
		const fixed = await doctor(centre, '--fix');
		assert.equal(fixed.code, OK, JSON.stringify(fixed));
		assert.ok(await apiEnds(centre) > before);
		// Front was not started anew, works, and tells of the new one.
		assert.equal(centre.roles('surguch-front')[0].pid, pid);
		const told = await ctl(centre, 'metrics');
		const days = parseMetrics(told.out).surguch_certificate_days_left
			.samples.find((s) => s.labels.kind === 'tls').value;
		assert.ok(days > 80 && days <= 90, `${days} days`);
		// It begins in a time that ours has not come to.
		const agent = new Agent({ rejectUnauthorized: false });
		const r = await call(centre, 'GET', '/v1/service', undefined,
			{ agent });
		assert.equal(r.status, 200, r.text);
		const issued = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 },
			{ key: newKey(), agent });
		agent.destroy();
		assert.equal(issued.status, 201, issued.text);
		const audit = await ctl(centre, 'audit', 'verify');
		assert.equal(audit.code, 0, audit.all);
	});

	await t.test('a CA\'s is somebody\'s to make', async () => {
		centre.clock.set(20 * 365 * DAY);
		const found = named(await doctor(centre), /root-p256\.cer$/, /expired/);
		assert.match(found.command, /renew it where it was made/);
	});
	t.diagnostic('proves: I5');
});
