// SPDX-License-Identifier: Apache-2.0
// Issuing over the API: exactly once, and every wrong order by name.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { opensslMust, verify } from './lib/openssl.mjs';
import { addPerson, call, ctl, newKey, newRequest, ORGANISATION, p256Request,
	PERSON, startDesk, stateDir } from './lib/desk.mjs';

const TWINS = 16;

// The profile's own word, in the centre's copy.
function setRequestSubject(dir, word) {
	const file = join(dir, 'etc/surguch/profiles/tls-client.conf');
	const text = readFileSync(file, 'utf8');
	const changed = text.replace('request_subject = "ignore"',
		`request_subject = "${word}"`);
	assert.notEqual(changed, text);
	writeFileSync(file, changed);
}

test('orders of certificates', async (t) => {
	const centre = await startDesk(t);
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const order = { profile: 'tls-client', person, pkcs10 };

	await t.test('a certificate that openssl verifies', async () => {
		const r = await call(centre, 'POST', '/v1/certificates', order,
			{ key: newKey() });
		assert.equal(r.status, 201, r.text);
		assert.equal(r.json.profile, 'tls-client');
		const file = (name) => join(centre.dir, name);
		writeFileSync(file('c.pem'), r.json.pem);
		await opensslMust(['x509', '-inform', 'DER', '-in',
			join(stateDir(centre, 'public'), 'issuing-p256.cer'), '-out', file('i.pem')]);
		await opensslMust(['crl', '-inform', 'DER', '-in',
			join(stateDir(centre, 'public'), 'issuing-p256.crl'), '-out', file('crl.pem')]);
		const v = await verify({ cert: file('c.pem'), root: centre.apiCa,
			issuing: file('i.pem'), crl: file('crl.pem') });
		assert.ok(v.ok, v.all);
		const text = await opensslMust(['x509', '-in', file('c.pem'), '-noout',
			'-subject', '-nameopt', 'utf8']);
		// Design rule 1: the name is the registry's, not the request's.
		assert.match(text, /CN *= *Иванов Иван Иванович/);
	});

	await t.test('a key of one person is not certified for another',
		async () => {
			const other = await addPerson(centre,
				{ ...PERSON, given_name: 'Пётр' });
			const to = (body) => call(centre, 'POST', '/v1/certificates',
				{ ...order, person: other, ...body }, { key: newKey() });
			const r = await to({});
			assert.equal(r.status, 422, r.text);
			assert.equal(r.json.rule, 'key.shared');
			assert.equal(r.json.field, 'pkcs10');
			const own = await to(
				{ pkcs10: await newRequest(centre.dir, 'other') });
			assert.equal(own.status, 201, own.text);
		});

	await t.test('concurrent twins get the same bytes, another body 409',
		async () => {
			const key = newKey();
			const all = await Promise.all(Array.from({ length: TWINS }, () =>
				call(centre, 'POST', '/v1/certificates', order, { key })));
			for (const r of all) {
				assert.equal(r.status, 201, r.text);
				assert.equal(r.text, all[0].text);
			}
			const other = await call(centre, 'POST', '/v1/certificates',
				{ ...order, profile: 'tls-server' }, { key });
			assert.equal(other.status, 409, other.text);
			assert.equal(other.json.rule, 'idem.body');
		});

	await t.test('wrong orders are refused by rule and field', async () => {
		const flipped = Buffer.from(pkcs10, 'base64');
		flipped[flipped.length - 8] ^= 1;
		const cases = [
			[{ ...order, profile: 'no-such' }, 404, 'ca.profile', 'profile'],
			[{ ...order, profile: 'qualified-person' }, 422, 'profile.direct', 'profile'],
			[{ ...order, profile: 'tls-server' }, 422, 'profile.direct', 'profile'],
			[{ ...order, pkcs10: 'AAAA' }, 422, /^(csr|der)\./, 'pkcs10'],
			[{ ...order, pkcs10: flipped.toString('base64') }, 422,
				/^(csr\.signature|signature)/, 'pkcs10'],
			[{ ...order, pkcs10: '###' }, 422, 'json.field.base64', 'pkcs10'],
			[{ ...order, person: 'per_1' }, 422, 'json.field.id', 'person'],
			[{ ...order, extra: 1 }, 422, 'json.field.unknown', 'extra'],
			[{ profile: 'tls-client' }, 422, 'json.field.missing', 'person'],
		];
		for (const [body, status, rule, field] of cases) {
			const r = await call(centre, 'POST', '/v1/certificates', body,
				{ key: newKey() });
			assert.equal(r.status, status, r.text);
			if (rule instanceof RegExp) {
				assert.match(r.json.rule, rule, r.text);
			} else {
				assert.equal(r.json.rule, rule, r.text);
			}
			assert.equal(r.json.field, field, r.text);
		}
		const none = await call(centre, 'POST', '/v1/certificates', order);
		assert.equal(none.json.rule, 'idem.required');
		const text = await call(centre, 'POST', '/v1/certificates', '{"a":1,',
			{ key: newKey() });
		assert.equal(text.status, 400);
		assert.equal(text.json.rule, 'json.syntax');
	});

	await t.test('nobody without a token or scope', async () => {
		for (const token of [null, 'sgo_wrong']) {
			const r = await call(centre, 'POST', '/v1/certificates', order,
				{ token, key: newKey() });
			assert.equal(r.status, 401, r.text);
		}
		const token = await centre.operator('clerk', 'operator');
		const r = await call(centre, 'POST', '/v1/certificates', order,
			{ token, key: newKey() });
		assert.equal(r.status, 403, r.text);
		assert.equal(r.json.rule, 'operator.scope');
	});

	await t.test('a wrong field of a form names the field', async () => {
		const cases = [
			['/v1/persons', { ...PERSON, snils: '07500122106' }, 'snils'],
			['/v1/persons', { ...PERSON, inn: '500100732250' }, 'inn'],
			['/v1/persons', { ...PERSON, email: 'nobody' }, 'email'],
			['/v1/persons', { ...PERSON, surname: 'Ива\u0007нов' }, 'surname'],
			['/v1/persons', { ...PERSON, surname: undefined }, 'surname'],
			['/v1/organisations', { ...ORGANISATION, organisation_inn: '6688242591' },
				'organisation_inn'],
			['/v1/organisations', { ...ORGANISATION, ogrn: '1234567890128' }, 'ogrn'],
			['/v1/organisations', { ...ORGANISATION, region: '66 Пермский край' },
				'region'],
			['/v1/forms', { owner_kind: 'person', phone: '88005005080' }, 'phone'],
		];
		for (const [path, body, field] of cases) {
			const r = await call(centre, 'POST', path, body);
			assert.ok([409, 422].includes(r.status), r.text);
			assert.equal(r.json.field, field, `${path}: ${r.text}`);
		}
	});

	await t.test('the audit is whole afterwards', async () => {
		const r = await ctl(centre, 'audit', 'verify');
		assert.equal(r.code, 0, r.err);
	});
});

test('a profile that compares the subject of a request', async (t) => {
	const centre = await startDesk(t,
		{ configure: (c) => setRequestSubject(c.dir, 'compare') });
	const order = { profile: 'tls-client', person: await addPerson(centre) };
	const own = join(centre.dir, 'own.csr');
	await opensslMust(['req', '-new', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(centre.dir, 'own.key'),
		'-outform', 'DER', '-out', own, '-utf8', '-subj',
		'/CN=Иванов Иван Иванович']);

	const other = await call(centre, 'POST', '/v1/certificates',
		{ ...order, pkcs10: await p256Request(centre.dir) }, { key: newKey() });
	assert.equal(other.status, 422, other.text);
	assert.equal(other.json.rule, 'profile.request_subject');
	assert.equal(other.json.field, 'pkcs10');
	const same = await call(centre, 'POST', '/v1/certificates',
		{ ...order, pkcs10: readFileSync(own).toString('base64') },
		{ key: newKey() });
	assert.equal(same.status, 201, same.text);
});
