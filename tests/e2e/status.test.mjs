// SPDX-License-Identifier: Apache-2.0
// Ending certificates, and what CRL and OCSP say of them.
import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir }
	from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { openssl, opensslMust, toPem } from './lib/openssl.mjs';
import { until } from './lib/scratch.mjs';

const COMMENT_MAX = 500;
const PACE_AT_ONCE = 100; // src/ca/pace.h
const OCSP_REQUEST = 'application/ocsp-request';
const OCSP_RESPONSE = 'application/ocsp-response';

test('revocation, CRL and OCSP', async (t) => {
	const centre = await startDesk(t);
	const http = new Client(centre.public);
	t.after(() => http.close());
	const at = (name) => join(centre.dir, name);
	const from = (name) => join(stateDir(centre, 'public'), name);
	const issuing = await toPem('x509', from('issuing-p256.cer'), at('i.pem'));
	const gost = await toPem('x509', from('issuing-gost.cer'), at('g.pem'));
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);

	async function issue(name) {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		assert.equal(r.status, 201, r.text);
		writeFileSync(at(`${name}.pem`), r.json.pem);
		return { ...r.json, file: at(`${name}.pem`) };
	}
	const revoke = (id, body, key = newKey()) => call(centre, 'POST',
		`/v1/certificates/${id}/revocation`, body, { key });

	// {number: 0x…, serials: [HEX]} of the CRL that stands there now
	async function crl() {
		const r = await http.get('/crl/issuing-p256.crl');
		expectStatus(r, 200);
		assert.equal(r.headers['content-type'], 'application/pkix-crl');
		writeFileSync(at('crl.der'), r.body);
		const text = await opensslMust(['crl', '-inform', 'DER', '-in',
			at('crl.der'), '-noout', '-text', '-crlnumber']);
		return { number: BigInt(/crlNumber=(0x[0-9A-F]+)/.exec(text)[1]),
			serials: [...text.matchAll(/Serial Number: ([0-9A-F]+)/g)]
				.map((m) => m[1].toLowerCase()) };
	}

	// A request by openssl, sent by us; what openssl reads in the answer.
	async function ask(args, { method = 'POST', path = '/ocsp/issuing-p256',
		nonce = true } = {}) {
		await opensslMust(['ocsp', ...args, '-reqout', at('req.der'),
			...(nonce ? [] : ['-no_nonce'])]);
		const req = readFileSync(at('req.der'));
		const r = method === 'POST'
			? await http.request('POST', path, { body: req,
				headers: { 'content-type': OCSP_REQUEST } })
			: await http.get(`${path}/` +
				encodeURIComponent(req.toString('base64')));
		expectStatus(r, 200);
		assert.equal(r.headers['content-type'], OCSP_RESPONSE);
		writeFileSync(at('resp.der'), r.body);
		return (await openssl(['ocsp', '-reqin', at('req.der'), '-respin',
			at('resp.der'), '-CAfile', centre.apiCa, '-verify_other', issuing,
			'-resp_text'])).all;
	}
	const about = (cert) => ['-issuer', issuing, '-cert', cert.file];
	const status = (text) => /Cert Status: (\w+)/.exec(text)?.[1];

	await t.test('a wrong reason names the field', async () => {
		const { id } = await issue('kept');
		const cases = [
			[{ reason: 'boredom' }, 'revocation.reason', 'reason'],
			[{ reason: 'ca_compromise' }, 'revocation.reason', 'reason'],
			[{ reason: 'certificate_hold' }, 'revocation.reason', 'reason'],
			[{ reason: 4 }, 'json.field.type', 'reason'],
			[{}, 'json.field.missing', 'reason'],
			[{ reason: 'superseded', comment: 'x'.repeat(COMMENT_MAX + 1) },
				'json.field.length', 'comment'],
			[{ reason: 'superseded', when: 1 }, 'json.field.unknown', 'when'],
		];
		for (const [body, rule, field] of cases) {
			const r = await revoke(id, body);
			assert.equal(r.status, 422, r.text);
			assert.equal(r.json.rule, rule, r.text);
			assert.equal(r.json.field, field, r.text);
		}
		const none = await revoke('crt_00000000000000000000000000',
			{ reason: 'superseded' });
		assert.equal(none.status, 404, none.text);
		assert.equal(none.json.rule, 'certificate.none');
		const clerk = await centre.operator('auditor', 'auditor');
		const r = await call(centre, 'POST', `/v1/certificates/${id}/revocation`,
			{ reason: 'superseded' }, { token: clerk });
		assert.equal(r.status, 403, r.text);
		const shown = await call(centre, 'GET', `/v1/certificates/${id}`);
		assert.equal(shown.json.status, 'good');
	});

	await t.test('once, whoever asks again', async () => {
		const cert = await issue('ended');
		const before = await crl();
		assert.ok(!before.serials.includes(cert.serial));
		assert.equal(status(await ask(about(cert))), 'good');
		const key = newKey();
		const body = { reason: 'key_compromise', comment: 'украден' };
		const first = await revoke(cert.id, body, key);
		assert.equal(first.status, 200, first.text);
		// OCSP knows at once, the CRL within a moment, with a higher number.
		const text = await ask(about(cert));
		assert.equal(status(text), 'revoked', text);
		assert.match(text, /keyCompromise/);
		const after = await until(async () => {
			const now = await crl();
			return now.serials.includes(cert.serial) ? now : null;
		}, 'a CRL with the serial');
		assert.ok(after.number > before.number);
		assert.ok(before.serials.every((s) => after.serials.includes(s)));
		// The same order again is the same answer; another is refused.
		assert.equal((await revoke(cert.id, body, key)).text, first.text);
		const twice = await revoke(cert.id, body);
		assert.equal(twice.status, 409, twice.text);
		assert.equal(twice.json.rule, 'certificate.revoked');
	});

	await t.test('twins in a race revoke once', async () => {
		const cert = await issue('raced');
		const all = await Promise.all(Array.from({ length: 8 }, () =>
			revoke(cert.id, { reason: 'superseded' })));
		const by = (s) => all.filter((r) => r.status === s);
		assert.equal(by(200).length, 1, all.map((r) => r.text).join('\n'));
		assert.equal(by(409).length, 7, all.map((r) => r.text).join('\n'));
		for (const r of by(409)) {
			assert.match(r.json.rule, /^certificate\.(revoked|changed)$/,
				r.text);
		}
	});

	// The reason of a serial on the list that stands there; null: it does not.
	async function listed({ serial }) {
		await crl();
		const text = await opensslMust(['crl', '-inform', 'DER', '-in',
			at('crl.der'), '-noout', '-text']);
		const i = text.toLowerCase().indexOf(`serial number: ${serial}`);
		return i < 0 ? null : (/Reason Code:\s+([^\n]+)/.exec(text.slice(i)
			.split(/\n {4}Serial Number/)[0])?.[1] ?? '').trim();
	}
	const change = (id, what, body = {}, key = newKey()) => call(centre,
		'POST', `/v1/certificates/${id}/${what}`, body, { key });

	await t.test('a hold is released, or becomes final', async () => {
		const cert = await issue('held');
		const early = await change(cert.id, 'release');
		assert.equal(early.json.rule, 'certificate.not_held', early.text);
		for (let i = 0; i < 2; i += 1) {
			const key = newKey();
			const held = await change(cert.id, 'hold', { comment: 'ищем' },
				key);
			assert.equal(held.status, 200, held.text);
			assert.equal(held.json.status, 'hold');
			const text = await ask(about(cert));
			assert.equal(status(text), 'revoked', text);
			assert.match(text, /certificateHold/);
			await until(async () => await listed(cert) ===
				'Certificate Hold', 'the hold on the list');
			assert.equal((await change(cert.id, 'hold', { comment: 'ищем' },
				key)).text, held.text);
			const twice = await change(cert.id, 'hold');
			assert.equal(twice.json.rule, 'certificate.hold', twice.text);
			const free = await change(cert.id, 'release');
			assert.equal(free.status, 200, free.text);
			assert.equal(free.json.status, 'good');
			assert.equal(status(await ask(about(cert))), 'good');
			await until(async () => await listed(cert) === null,
				'a list without the serial');
		}
		// The same by surguchctl, to its end.
		for (const [verb, said] of [['hold', 'hold'], ['release', 'good'],
			['hold', 'hold']]) {
			const r = await ctl(centre, 'certificate', verb, cert.id);
			assert.match(r.all, new RegExp(`^${cert.id}  ${said}  `), r.all);
		}
		// What was signed on hold stays bad: the end is where it began.
		const since = async () => /Revocation Time: ([^\n]+)/
			.exec(await ask(about(cert)))[1];
		const heldSince = await since();
		await delay(1100);
		const ended = await revoke(cert.id, { reason: 'unspecified' });
		assert.equal(ended.status, 200, ended.text);
		await until(async () => await listed(cert) === '',
			'it on the list, without a reason');
		const text = await ask(about(cert));
		assert.equal(status(text), 'revoked', text);
		assert.doesNotMatch(text, /certificateHold/);
		assert.equal(await since(), heldSince);
		for (const what of ['hold', 'release']) {
			const r = await change(cert.id, what);
			assert.equal(r.status, 409, r.text);
			assert.equal(r.json.rule, 'certificate.revoked');
		}
		const { all } = await ctl(centre, 'audit', 'show', '--object',
			cert.id);
		assert.deepEqual([...all.matchAll(/certificate\.(\w+)/g)]
			.map((m) => m[1]), ['revoke', 'hold', 'release', 'hold',
			'release', 'hold', 'release', 'hold', 'issue']);
		await centre.down();
		await centre.up();
		assert.equal(status(await ask(about(cert))), 'revoked');
	});

	await t.test('a profile without hold: none is put on, one may be released',
		async () => {
			const held = await issue('held before');
			const cert = await issue('never held');
			assert.equal((await change(held.id, 'hold')).status, 200);
			const file = join(centre.dir,
				'etc/surguch/profiles/tls-client.conf');
			const text = readFileSync(file, 'utf8');
			const without = text.replace(/^hold = true;/m, 'hold = false;');
			assert.notEqual(without, text);
			await centre.down();
			writeFileSync(file, without);
			await centre.up();
			const r = await change(cert.id, 'hold');
			assert.equal(r.status, 422, r.text);
			assert.equal(r.json.rule, 'certificate.no_hold', r.text);
			const told = await ctl(centre, 'certificate', 'hold', cert.id);
			assert.equal(told.code, 1, told.all);
			assert.match(told.err, /rule certificate\.no_hold/);
			assert.equal(status(await ask(about(cert))), 'good');
			assert.equal((await change(held.id, 'release')).status, 200);
			assert.equal(status(await ask(about(held))), 'good');
			await centre.down();
			writeFileSync(file, text);
			await centre.up();
		});

	await t.test('OCSP by GET and by POST', async () => {
		const cert = await issue('asked');
		for (const method of ['GET', 'POST']) {
			for (const nonce of [true, false]) {
				const text = await ask(about(cert), { method, nonce });
				assert.equal(status(text), 'good', text);
				assert.match(text, /Response verify OK/);
				assert.equal(/OCSP Nonce/.test(text), nonce, text);
				// openssl says so when it is another one or none.
				assert.doesNotMatch(text, /nonce in|Nonce Verify/, text);
			}
			const sha256 = await ask(['-sha256', ...about(cert)], { method });
			assert.equal(status(sha256), 'good', sha256);
		}
	});

	await t.test('OCSP says what it does not know', async () => {
		const never = await ask(['-issuer', issuing, '-serial', '0x1234567890']);
		assert.equal(status(never), 'unknown', never);
		assert.match(never, /Response verify OK/);
		const other = await ask(['-issuer', gost, '-serial', '0x1234']);
		assert.match(other, /unauthorized/i);
		assert.equal(status(other), undefined, other);
	});

	await t.test('OCSP refuses what is no request', async () => {
		const bad = async (method, path, body, type = OCSP_REQUEST) =>
			http.request(method, path, { body, headers:
				body ? { 'content-type': type } : {} });
		const malformed = Buffer.from('30030a0101', 'hex');
		for (const body of ['x', Buffer.from('3000', 'hex'),
			Buffer.alloc(4000, 0x30)]) {
			const r = await bad('POST', '/ocsp/issuing-p256', body);
			expectStatus(r, 200);
			assert.deepEqual(r.body, malformed);
		}
		const get = await bad('GET', '/ocsp/issuing-p256/%%%');
		assert.ok([200, 400].includes(get.status), get.text);
		const garbage = await bad('GET', '/ocsp/issuing-p256/AAAA');
		assert.deepEqual(garbage.body, malformed);
		assert.equal((await bad('POST', '/ocsp/issuing-p256', 'x',
			'text/plain')).status, 415);
		assert.equal((await bad('POST', '/ocsp/nobody', 'x')).status, 404);
		assert.equal((await bad('POST', '/ocsp/issuing-p256',
			Buffer.alloc(1 << 20))).status, 413);
	});

	await t.test('files are kept by their tags, and not for long', async () => {
		const get = (path, tag) => http.request('GET', path,
			{ headers: tag ? { 'if-none-match': tag } : {} });
		const path = '/crl/issuing-p256.crl';
		const tags = [];
		for (const [file, most] of [[path, 300], ['/crl/root-p256.crl', 300],
			['/ca/issuing-p256.cer', 3600], ['/ca/issuing-p256.p7b', 3600]]) {
			const r = await get(file);
			expectStatus(r, 200);
			const h = r.headers;
			const age = Number(/^public, max-age=(\d+)$/
				.exec(h['cache-control'])[1]);
			assert.ok(age > 0 && age <= most, h['cache-control']);
			const left = (Date.parse(h.expires) - Date.parse(h.date)) / 1000;
			assert.ok(Math.abs(left - age) <= 1, `${left} ${age}`);
			assert.match(h.etag, /^"[0-9a-f]{32}"$/);
			assert.equal('last-modified' in h, file.endsWith('.crl'));
			const again = await get(file, h.etag);
			assert.equal(again.status, 304);
			assert.equal(again.body.length, 0);
			assert.equal(again.headers.etag, h.etag);
			tags.push(h.etag);
		}
		assert.equal(new Set(tags).size, tags.length);
		const cert = await issue('tagged');
		await revoke(cert.id, { reason: 'superseded' });
		const now = await until(async () => {
			const r = await get(path, tags[0]);
			return r.status === 200 ? r : null;
		}, 'another tag');
		assert.notEqual(now.headers.etag, tags[0]);
	});

	await t.test('many revocations share a list', async () => {
		await centre.down();
		await centre.up(); // what was made before is forgotten
		const place = () => statSync(from('issuing-p256.crl')).ino;
		let made = 0;
		let cert;
		for (let i = 0; i < PACE_AT_ONCE + 10 && made === i; i += 1) {
			cert = await issue('paced');
			const before = place();
			assert.equal((await revoke(cert.id,
				{ reason: 'superseded' })).status, 200);
			made += await until(() => place() !== before, 'a list',
				{ timeoutMs: 3000 }).then(() => 1, () => 0);
		}
		// The last one is on no list yet, and revoked all the same.
		assert.equal(status(await ask(about(cert))), 'revoked');
		// One more for the minute that may have gone by.
		assert.ok(made >= PACE_AT_ONCE - 1 && made <= PACE_AT_ONCE + 1,
			`${made} lists`);
	});

	await t.test('nothing but its files is public', async () => {
		for (const path of ['/ca/nobody.cer', '/crl/../surguch.db',
			'/ca/%2e%2e%2fsurguch.db', '/ca/', '/', '/v1/forms',
			'/crl/.crl', '/ca/root-p256.pem%00']) {
			const r = await http.get(path).catch(() => ({ status: 400 }));
			assert.ok([400, 404].includes(r.status), `${path}: ${r.status}`);
		}
		for (const [path, type] of [
			['/ca/issuing-gost.cer', 'application/pkix-cert'],
			['/ca/issuing-gost.p7b', 'application/x-pkcs7-certificates'],
			['/crl/root-gost.crl', 'application/pkix-crl']]) {
			const r = await http.get(path);
			expectStatus(r, 200);
			assert.equal(r.headers['content-type'], type);
		}
	});
});
