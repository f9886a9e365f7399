// SPDX-License-Identifier: Apache-2.0
// Revocation lists cut into shards: each certificate names its own, and that
// one is right within a second.
import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, readFileSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir }
	from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { opensslMust, toPem, verify } from './lib/openssl.mjs';
import { until } from './lib/scratch.mjs';

const RIGHT_MS = 1000;
const HOURS = 3600;

test('lists in shards', async (t) => {
	const conf = (c) => join(c.dir, 'etc/surguch/ca/issuing-p256.conf');
	const centre = await startDesk(t, { seams: true,
		configure: (c) => appendFileSync(conf(c), 'crl_shards = 4;\n') });
	const http = new Client(centre.public);
	t.after(() => http.close());
	const at = (name) => join(centre.dir, name);
	const issuing = await toPem('x509',
		join(stateDir(centre, 'public'), 'issuing-p256.cer'), at('i.pem'));
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	let num = 0;
	let ahead = 0; // the centre's clock

	async function issue() {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
		const file = at(`c${num += 1}.pem`);
		writeFileSync(file, r.json.pem);
		const text = await opensslMust(['x509', '-in', file, '-noout', '-ext',
			'crlDistributionPoints']);
		const [, url] = /URI:(\S+)/.exec(text);
		return { ...r.json, file, url, path: new URL(url).pathname };
	}
	async function revoke(cert) {
		const r = await call(centre, 'POST',
			`/v1/certificates/${cert.id}/revocation`,
			{ reason: 'superseded' }, { key: newKey() });
		assert.equal(r.status, 200, r.text);
	}
	// {number, serials, text} of a list, as openssl reads it
	async function list(path) {
		const r = await http.get(path);
		expectStatus(r, 200);
		assert.equal(r.headers['content-type'], 'application/pkix-crl');
		writeFileSync(at('list.der'), r.body);
		const text = await opensslMust(['crl', '-inform', 'DER', '-in',
			at('list.der'), '-noout', '-text', '-crlnumber']);
		return { text, number: BigInt(/crlNumber=(0x[0-9A-F]+)/.exec(text)[1]),
			serials: [...text.matchAll(/Serial Number: ([0-9A-F]+)/g)]
				.map((m) => m[1].toLowerCase()) };
	}
	const check = async (cert) => {
		await list(cert.path);
		await opensslMust(['crl', '-inform', 'DER', '-in', at('list.der'),
			'-out', at('list.pem')]);
		return verify({ cert: cert.file, root: centre.apiCa, issuing,
			crl: at('list.pem'), args: ['-attime',
				String(Math.floor(Date.now() / 1000) + ahead)] });
	};
	const certs = [];
	const pathOf4 = ({ serial }) => {
		const k = Math.floor((parseInt(serial.slice(0, 4), 16) - 0x4000) *
			4 / 0x4000);
		return `/crl/issuing-p256-${k}-of-4.crl`;
	};

	await t.test('a certificate names the list of its serial', async () => {
		for (let i = 0; i < 12; i += 1) {
			const cert = await issue();
			assert.equal(cert.path, pathOf4(cert));
			certs.push(cert);
		}
		assert.ok(new Set(certs.map((c) => c.path)).size > 1);
	});

	await t.test('each list says at which address it is', async () => {
		for (let k = 0; k < 4; k += 1) {
			const path = `/crl/issuing-p256-${k}-of-4.crl`;
			const { text, serials } = await list(path);
			assert.match(text, /Issuing Distribution Point: critical/);
			assert.ok(text.includes(`URI:${centre.public}${path}`), text);
			assert.deepEqual(serials, []);
			const gnutls = await exec('certtool', ['--crl-info', '--inder',
				'--infile', at('list.der')], { timeoutSec: 60 });
			assert.match(gnutls.all, /No revoked certificates/, gnutls.all);
		}
		assert.doesNotMatch((await list('/crl/issuing-p256.crl')).text,
			/Issuing Distribution Point/);
		for (const name of ['4-of-4', '0-of-3', '00-of-4', '0-of-1']) {
			const r = await http.get(`/crl/issuing-p256-${name}.crl`);
			assert.equal(r.status, 404, name);
		}
	});

	await t.test('the list that is named is right at once', async () => {
		const [cert] = certs;
		const other = certs.find((c) => c.path !== cert.path);
		const before = await list(other.path);
		assert.deepEqual((await check(cert)).errors, []);
		const started = Date.now();
		await revoke(cert);
		await until(async () => (await list(cert.path)).serials
			.includes(cert.serial), 'the list with the serial');
		const took = Date.now() - started;
		assert.ok(took <= RIGHT_MS, `${took} ms`);
		assert.ok((await check(cert)).errors.includes(23));
		assert.deepEqual((await check(other)).errors, []);
		assert.equal((await list(other.path)).number, before.number);
		const file = readFileSync(join(stateDir(centre, 'public'),
			cert.path.split('/').at(-1)));
		const served = await http.get(cert.path);
		assert.deepEqual(served.body, file);
	});

	await t.test('a hold comes and goes', async () => {
		const cert = certs.at(-1);
		for (const verb of ['hold', 'release', 'hold', 'release']) {
			const r = await ctl(centre, 'certificate', verb, cert.id);
			assert.equal(r.code, 0, r.all);
			await until(async () => (await list(cert.path)).serials
				.includes(cert.serial) === (verb === 'hold'), verb);
			assert.equal((await check(cert)).errors.includes(23),
				verb === 'hold');
		}
	});

	await t.test('with time all lists are made anew', async () => {
		const before = await Promise.all(certs.map((c) => c.path)
			.concat('/crl/issuing-p256.crl').map((path) =>
				http.get(path).then((r) => [path, r.body])));
		ahead = 13 * HOURS;
		centre.clock.set(ahead);
		await revoke(certs[1]);
		await until(async () => {
			const now = await Promise.all(before.map(([path]) => http.get(path)));
			return now.every((r, i) => !r.body.equals(before[i][1]));
		}, 'new lists');
		// The full one holds what was revoked meanwhile, whichever the shard.
		const { serials } = await list('/crl/issuing-p256.crl');
		assert.ok(serials.includes(certs[0].serial));
		assert.ok(serials.includes(certs[1].serial));
	});

	await t.test('another number of shards leaves the old ones', async () => {
		await centre.down();
		writeFileSync(conf(centre), readFileSync(conf(centre), 'utf8')
			.replace('crl_shards = 4;', 'crl_shards = 10;'));
		await centre.up();
		const cert = await issue();
		assert.match(cert.path, /^\/crl\/issuing-p256-\d\d-of-10\.crl$/);
		assert.deepEqual((await check(cert)).errors, []);
		// An old list that covers the new one's serial has to list it, too.
		const old = certs.slice(2).find((c) => c.path === pathOf4(cert)) ??
			certs[2];
		for (const one of [cert, old]) {
			await revoke(one);
			await until(async () => (await list(one.path)).serials
				.includes(one.serial), `the list ${one.path}`);
			assert.ok((await check(one)).errors.includes(23));
		}
		// What an older shard revoked stands in the new ones too.
		const all = await Promise.all(Array.from({ length: 10 }, (_, k) =>
			http.get(`/crl/issuing-p256-0${k}-of-10.crl`)));
		const hex = all.map((r) => r.body.toString('hex')).join(' ');
		for (const one of certs.slice(0, 2)) {
			assert.ok(hex.includes(one.serial), one.serial);
		}
	});

	await t.test('a damaged list is made anew, however many there are', async () => {
		await centre.down();
		writeFileSync(conf(centre), readFileSync(conf(centre), 'utf8')
			.replace('crl_shards = 10;', 'crl_shards = 100;'));
		await centre.up();
		const dir = stateDir(centre, 'public');
		const [name] = await until(async () => {
			const names = readdirSync(dir).filter((n) =>
				/^issuing-p256-\d+-of-100\.crl$/.test(n));
			return names.length === 100 ? names : null;
		}, 'a hundred lists');
		writeFileSync(join(dir, name), 'no list');
		const fixed = await ctl(centre, 'doctor', '--fix');
		assert.match(fixed.all, /is no CRL/);
		await until(async () => readFileSync(join(dir, name))[0] === 0x30,
			'a list in its place');
	});
	t.diagnostic('proves: I3');
});
