// SPDX-License-Identifier: Apache-2.0
// The OCSP responder as its users see it: openssl, GnuTLS, curl with every way
// to write a path, nginx that staples; and what is kept of its answers.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { addPerson, call, newKey, p256Request, startDesk, stateDir }
	from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { startNginx } from './lib/nginx.mjs';
import { tlv } from './lib/ocsp.mjs';
import { ocsp, openssl, opensslMust, toPem } from './lib/openssl.mjs';
import { freePorts, until } from './lib/scratch.mjs';

const LIFE_SEC = 600; // src/protocol/ocsp/responder.h
const KEPT_SEC = 300;

// 1.3.6.1.5.5.7.48.1.2
const NONCE_OID = Buffer.from('06092b0601050507300102', 'hex');

const inner = (der) => der.subarray(der[1] < 0x80 ? 2 : 2 + (der[1] & 0x7f));

test('OCSP for those who ask', async (t) => {
	const centre = await startDesk(t, { seams: true });
	const http = new Client(centre.public);
	t.after(() => http.close());
	const at = (name) => join(centre.dir, name);
	const from = (name) => join(stateDir(centre, 'public'), name);
	const issuing = await toPem('x509', from('issuing-p256.cer'), at('i.pem'));
	const gost = await toPem('x509', from('issuing-gost.cer'), at('g.pem'));
	writeFileSync(at('trusted.pem'), readFileSync(issuing, 'utf8') +
		readFileSync(centre.apiCa, 'utf8'));
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const path = '/ocsp/issuing-p256';
	let num = 0;

	async function issue() {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
		const file = at(`c${num += 1}.pem`);
		writeFileSync(file, r.json.pem);
		return { ...r.json, file };
	}
	async function revoke(cert) {
		const r = await call(centre, 'POST',
			`/v1/certificates/${cert.id}/revocation`,
			{ reason: 'superseded' }, { key: newKey() });
		assert.equal(r.status, 200, r.text);
	}
	async function request(args) {
		await opensslMust(['ocsp', ...args, '-reqout', at('req.der')]);
		return readFileSync(at('req.der'));
	}
	const about = (cert) => ['-issuer', issuing, '-cert', cert.file];
	const plain = (cert) => request([...about(cert), '-no_nonce']);
	const escaped = (der) => encodeURIComponent(der.toString('base64'));
	const get = (der, options) => http.get(`${path}/${escaped(der)}`, options);
	const post = (der) => http.request('POST', path, { body: der,
		headers: { 'content-type': 'application/ocsp-request' } });
	async function read(body) {
		writeFileSync(at('resp.der'), body);
		const r = await openssl(['ocsp', '-respin', at('resp.der'), '-CAfile',
			centre.apiCa, '-verify_other', issuing, '-resp_text']);
		return { status: /Cert Status: (\w+)/.exec(r.all)?.[1],
			verified: /Response verify OK/.test(r.all), text: r.all };
	}

	await t.test('openssl asks with every hash, and for several at once',
		async () => {
			const one = await issue();
			const two = await issue();
			await revoke(two);
			const ask = (args, ca = issuing, where = path) => openssl(['ocsp',
				'-url', centre.public + where, '-issuer', ca,
				'-CAfile', centre.apiCa, '-verify_other', ca, ...args]);
			for (const hash of ['-sha1', '-sha256', '-sha384', '-sha512',
				'-md_gost12_256', '-md_gost12_512']) {
				const r = await ask([hash, '-cert', one.file,
					hash, '-cert', two.file]);
				assert.equal(r.code, 0, hash + r.all);
				assert.match(r.all, /c\d+\.pem: good/, hash);
				assert.match(r.all, /c\d+\.pem: revoked/, hash);
				assert.match(r.all, /Response verify OK/, hash);
				assert.doesNotMatch(r.all, /WARNING/, hash);
			}
			const r = await openssl(['ocsp', '-url',
				`${centre.public}/ocsp/issuing-gost`, '-issuer', gost,
				'-CAfile', join(stateDir(centre, 'public'), 'root-gost.pem'),
				'-verify_other', gost, '-md_gost12_256', '-serial', '0x1234']);
			assert.match(r.all, /0x1234: unknown/, r.all);
		});

	await t.test('GnuTLS asks', async () => {
		const cert = await issue();
		const ask = () => exec('ocsptool', [`--ask=${centre.public}${path}`,
			'--load-issuer', issuing, '--load-cert', cert.file,
			'--load-trust', at('trusted.pem')], { timeoutSec: 60 });
		const good = await ask();
		assert.match(good.all, /Certificate Status: good/, good.all);
		assert.match(good.all, /Verifying OCSP Response: Success/, good.all);
		await revoke(cert);
		const bad = await ask();
		assert.match(bad.all, /Certificate Status: revoked/, bad.all);
	});

	await t.test('GET with every escaping', async () => {
		// A request in whose base64 all three characters stand.
		let der, text, cert;
		const special = ['+', '/', '='];
		await until(async () => {
			cert = await issue();
			for (const hash of ['-sha1', '-sha256', '-sha384', '-sha512']) {
				der = await request([hash, ...about(cert), '-no_nonce']);
				text = der.toString('base64');
				if (special.every((c) => text.includes(c))) {
					return true;
				}
			}
			return false;
		}, 'a request with +, / and =', { timeoutMs: 60000 });
		const want = (await post(der)).body;
		const forms = new Set();
		for (let bits = 0; bits < 8; bits += 1) {
			for (const lower of [false, true]) {
				forms.add(text.replace(/[+/=]/g, (c) => {
					if ((bits >> special.indexOf(c) & 1) === 0) {
						return c;
					}
					const hex = `%${c.charCodeAt(0).toString(16)}`;
					return lower ? hex : hex.toUpperCase();
				}));
			}
		}
		// All of it escaped, which nobody does and which is the same address.
		forms.add([...text].map((c) => `%${c.charCodeAt(0).toString(16)}`)
			.join(''));
		for (const form of forms) {
			const r = await exec('curl', ['-sS', '--path-as-is', '-f', '-o',
				at('curl.der'), `${centre.public}${path}/${form}`]);
			assert.equal(r.code, 0, form + r.all);
			assert.deepEqual(readFileSync(at('curl.der')), want, form);
		}
		assert.equal((await read(want)).status, 'good');
		// Slashes side by side are part of it as well.
		const serial = 'ff'.repeat(15);
		const slashes = await request(['-issuer', issuing, '-serial',
			`0x7f${serial}`, '-no_nonce']);
		assert.match(slashes.toString('base64'), /\/\//);
		const r = await http.get(`${path}/${slashes.toString('base64')}`);
		assert.equal((await read(r.body)).status, 'unknown');
	});

	await t.test('a kept answer has its headers, others are not to be kept',
		async () => {
			const cert = await issue();
			const der = await plain(cert);
			const first = await get(der);
			expectStatus(first, 200);
			const h = first.headers;
			assert.equal(h['content-type'], 'application/ocsp-response');
			assert.equal(h['cache-control'], `max-age=${LIFE_SEC - KEPT_SEC}, ` +
				'public, no-transform, must-revalidate');
			assert.match(h.etag, /^"[0-9a-f]{32}"$/);
			const life = Date.parse(h.expires) - Date.parse(h['last-modified']);
			assert.equal(life, LIFE_SEC * 1000);
			const { text } = await read(first.body);
			for (const [label, header] of [['This Update', 'last-modified'],
				['Next Update', 'expires']]) {
				const said = new RegExp(`${label}: (.*)`).exec(text)[1];
				assert.equal(Date.parse(said), Date.parse(h[header]), label);
			}
			// The same for others, whichever way they ask.
			assert.deepEqual((await get(der)).body, first.body);
			assert.deepEqual((await post(der)).body, first.body);
			const known = await get(der, { headers: { 'if-none-match': h.etag } });
			assert.equal(known.status, 304);
			assert.equal(known.body.length, 0);
			assert.equal(known.headers.etag, h.etag);
			// One's own nonce is for nobody else.
			const nonce = await request(about(cert));
			const [a, b] = [await get(nonce), await get(nonce)];
			assert.equal(a.headers['cache-control'], 'no-store');
			assert.match((await read(a.body)).text, /OCSP Nonce/);
			assert.equal((await read(b.body)).status, 'good');
			// What was not issued may be in a moment.
			const never = await request(['-issuer', issuing, '-serial',
				'0x1234567890', '-no_nonce']);
			const none = await get(never);
			assert.equal(none.headers['cache-control'], 'no-store');
			assert.equal((await read(none.body)).status, 'unknown');
		});

	await t.test('a nonce of 1 to 128 octets comes back, no other is read',
		async () => {
			const der = await plain(await issue());
			// SEQUENCE { SEQUENCE { list, [2] { SEQUENCE { nonce } } } }
			const list = inner(inner(der));
			for (const [len, good] of [[0, false], [1, true], [32, true],
				[128, true], [129, false]]) {
				const octets = randomBytes(len);
				const nonce = tlv(0x04, tlv(0x04, octets));
				const r = await post(tlv(0x30, tlv(0x30, list, tlv(0xa2,
					tlv(0x30, tlv(0x30, NONCE_OID, nonce))))));
				expectStatus(r, 200);
				assert.equal(r.body.includes(Buffer.concat([NONCE_OID, nonce])),
					good, `${len} octets`);
				if (!good) { // malformedRequest
					assert.equal(r.body.toString('hex'), '30030a0101');
				}
			}
		});

	await t.test('an old answer is made anew', async () => {
		const der = await plain(await issue());
		const first = await get(der);
		centre.clock.set(KEPT_SEC - 30);
		assert.deepEqual((await get(der)).body, first.body);
		centre.clock.set(KEPT_SEC + 30);
		const second = await get(der);
		assert.notDeepEqual(second.body, first.body);
		assert.equal((await read(second.body)).status, 'good');
		// The clock was wrong, and goes back.
		centre.clock.set(0);
		const third = await get(der);
		assert.ok(Date.parse(third.headers['last-modified']) <
			Date.parse(second.headers['last-modified']));
	});

	await t.test('right at once: issued, and revoked', async () => {
		for (let i = 0; i < 5; i += 1) {
			const cert = await issue();
			const der = await plain(cert);
			assert.equal((await read((await get(der)).body)).status, 'good');
			assert.equal((await read((await get(der)).body)).status, 'good');
			await revoke(cert);
			for (const answer of [await get(der), await post(der)]) {
				const said = await read(answer.body);
				assert.equal(said.status, 'revoked', said.text);
				assert.ok(said.verified);
			}
		}
	});

	await t.test('an answer that was slow to sign is not kept', async () => {
		const cert = await issue();
		const der = await plain(cert);
		const [signer] = centre.roles('surguch-ocsp')
			.filter((p) => p.args.some((a) => a.includes('ocsp-p256')));
		process.kill(signer.pid, 'SIGSTOP');
		try {
			const slow = get(der);
			// Long enough to have read the status, which nobody can see.
			await new Promise((done) => setTimeout(done, 500));
			await revoke(cert);
			process.kill(signer.pid, 'SIGCONT');
			assert.equal((await read((await slow).body)).status, 'good');
		} finally {
			process.kill(signer.pid, 'SIGCONT');
		}
		for (let i = 0; i < 3; i += 1) {
			assert.equal((await read((await get(der)).body)).status, 'revoked');
		}
	});

	await t.test('nginx staples', async (t) => {
		const front = (name) => join(stateDir(centre, 'front'), name);
		const [port] = await freePorts(1);
		const nginx = startNginx(t, centre.dir, `server {
	listen 127.0.0.1:${port} ssl;
	ssl_certificate ${front('tls-chain.pem')};
	ssl_certificate_key ${front('tls-key.pem')};
	ssl_stapling on;
	ssl_stapling_verify on;
	ssl_trusted_certificate ${at('trusted.pem')};
}`);
		// Its first client gets nothing and makes it ask.
		const stapled = await until(async () => {
			const r = await openssl(['s_client', '-connect',
				`127.0.0.1:${port}`, '-status', '-CAfile', centre.apiCa],
			{ input: '' });
			return /OCSP Response Status: successful/.test(r.all) ? r.all : null;
		}, () => `a stapled answer:\n${nginx.log}`);
		assert.match(stapled, /Cert Status: good/);
		assert.match(stapled, /Verify return code: 0/);
		assert.doesNotMatch(nginx.log, /OCSP.*(error|fail)/i, nginx.log);
	});

	await t.test('asks by the addresses that certificates name', async () => {
		const cert = await issue();
		const said = await ocsp({ cert: cert.file, issuing, root: centre.apiCa });
		assert.equal(said.status, 'good', said.all);
		assert.ok(said.verified, said.all);
	});
	t.diagnostic('proves: I3');
});
