// SPDX-License-Identifier: Apache-2.0
// Delta CRLs: what was revoked or released is on the delta of its list within
// a second, the list itself waits for its time, and openssl reads the two as
// one.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir }
	from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { opensslMust, toPem, verify } from './lib/openssl.mjs';
import { until } from './lib/scratch.mjs';

const RIGHT_MS = 1000;
const REVOKED = 23; // X509_V_ERR_CERT_REVOKED

test('delta lists', async (t) => {
	const conf = (c) => join(c.dir, 'etc/surguch/ca/issuing-p256.conf');
	const centre = await startDesk(t, { seams: true,
		configure: (c) => appendFileSync(conf(c), 'crl_delta_hours = 1;\n') });
	const http = new Client(centre.public);
	t.after(() => http.close());
	const at = (name) => join(centre.dir, name);
	const issuing = await toPem('x509',
		join(stateDir(centre, 'public'), 'issuing-p256.cer'), at('i.pem'));
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
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
	// {number, base, entries, text, pem} of a list, as openssl reads it
	async function list(path) {
		const r = await http.get(path);
		expectStatus(r, 200);
		const der = at('list.der');
		const pem = at(`list${num += 1}.pem`);
		writeFileSync(der, r.body);
		const text = await opensslMust(['crl', '-inform', 'DER', '-in', der,
			'-noout', '-text', '-crlnumber']);
		await opensslMust(['crl', '-inform', 'DER', '-in', der, '-out', pem]);
		const base = /Delta CRL Indicator: critical\s+([0-9]+)/.exec(text);
		const entries = new Map(text.split('Serial Number: ').slice(1)
			.map((e) => [/^[0-9A-F]+/.exec(e)[0].toLowerCase(),
				/Reason Code:\s*\n\s*(.+)/.exec(e)?.[1] ?? '']));
		return { text, pem, entries,
			number: BigInt(/crlNumber=(0x[0-9A-F]+)/.exec(text)[1]),
			base: base && BigInt(base[1]) };
	}
	const full = '/crl/issuing-p256.crl';
	const delta = '/crl/issuing-p256.delta.crl';
	const check = (cert, crl, deltas) => verify({ cert: cert.file,
		root: centre.apiCa, issuing, crl: crl.pem,
		args: ['-extended_crl', '-use_deltas',
			...deltas.flatMap((d) => ['-CRLfile', d.pem])] });

	await t.test('a list and its delta name each other', async () => {
		const f = await list(full);
		const d = await list(delta);
		assert.ok(f.text.includes(`URI:${centre.public}${delta}`), f.text);
		assert.match(f.text, /X509v3 Freshest CRL/);
		assert.equal(f.base, null);
		assert.ok(d.base !== null && d.base <= f.number, d.text);
		assert.ok(d.number > f.number, d.text);
	});

	await t.test('a revocation is on the delta at once', async () => {
		const cert = await issue();
		const other = await issue();
		const before = await list(full);
		const started = Date.now();
		await revoke(cert);
		const d = await until(async () => {
			const now = await list(delta);
			return now.entries.has(cert.serial) ? now : null;
		}, 'the delta with the serial');
		assert.ok(Date.now() - started <= RIGHT_MS);
		const f = await list(full);
		assert.equal(f.number, before.number);
		assert.equal(f.entries.size, 0);
		assert.deepEqual((await check(cert, f, [])).errors, []);
		assert.deepEqual((await check(cert, f, [d])).errors, [REVOKED]);
		assert.deepEqual((await check(other, f, [d])).errors, []);
	});
	t.diagnostic('proves: I3');
});
