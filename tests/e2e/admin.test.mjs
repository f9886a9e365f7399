// SPDX-License-Identifier: Apache-2.0
// Administration: certificates and the audit as lists, issuing and ending on
// the command line, over the control socket and over the API.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { addPerson, call, ctl, newKey, newRequest, p256Request, PERSON,
	startDesk } from './lib/desk.mjs';
import { opensslMust } from './lib/openssl.mjs';

// Uids that no role has.
const AUDITOR = 64900;
const STRANGER = 64901;
const isRoot = process.getuid() === 0;

const lines = (text) => text.trim().split('\n').filter(Boolean);

test('certificates and the audit for those who run the centre', async (t) => {
	const centre = await startDesk(t, { configure: (c) => appendFileSync(
		join(c.dir, 'etc/surguch/surguch.conf'),
		`control = ({ user = "${AUDITOR}"; role = "auditor"; });\n`) });
	const at = (name) => join(centre.dir, name);
	const person = await addPerson(centre);
	const other = await addPerson(centre,
		{ ...PERSON, surname: 'Петров', snils: '11223344595' });
	const pkcs10 = await p256Request(centre.dir);
	writeFileSync(at('r.der'), Buffer.from(pkcs10, 'base64'));
	await opensslMust(['req', '-inform', 'DER', '-in', at('r.der'), '-out',
		at('r.pem')]);
	writeFileSync(at('other.der'), Buffer.from(
		await newRequest(centre.dir, 'other'), 'base64'));

	// A key is one person's.
	await opensslMust(['req', '-new', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('o.key'), '-out',
		at('o.pem'), '-subj', '/CN=other']);

	const json = async (...args) => {
		const r = await ctl(centre, ...args, '--json');
		assert.equal(r.code, 0, r.all);
		return JSON.parse(r.out);
	};
	const says = async (code, rule, ...args) => {
		const r = await ctl(centre, ...args);
		assert.equal(r.code, code, r.all);
		assert.match(r.err, new RegExp(`rule ${rule.replaceAll('.', '\\.')}\\b`));
		return r;
	};
	const order = (csr, who, ...more) => ['certificate', 'issue', at(csr),
		'--profile', 'tls-client', '--person', who, ...more];

	await t.test('issued for a registered person, once', async () => {
		const key = newKey();
		const first = await ctl(centre, ...order('r.pem', person, '--key', key));
		assert.equal(first.code, 0, first.all);
		writeFileSync(at('c.pem'), first.out);
		const text = await opensslMust(['x509', '-in', at('c.pem'), '-noout',
			'-subject', '-nameopt', 'utf8,-esc_msb']);
		// From the registry; the request said CN=test.
		assert.match(text, /CN ?= ?Иванов Иван Иванович/);
		const again = await ctl(centre, ...order('r.der', person, '--key', key));
		assert.equal(again.out, first.out);
		await says(1, 'idem.body', ...order('o.pem', other, '--key', key));
		await says(1, 'key.shared', ...order('r.pem', other));
		// A key of its own each time: another certificate.
		const made = await json(...order('other.der', other));
		assert.match(made.id, /^crt_/);
		const r = await ctl(centre, ...order('other.der', other, '--out',
			at('out.pem')));
		assert.equal(r.code, 0, r.all);
		assert.equal(r.out, '');
		assert.match(readFileSync(at('out.pem'), 'utf8'), /BEGIN CERTIFICATE/);
	});

	await t.test('only as the profile allows it', async () => {
		const base = ['certificate', 'issue', at('r.pem')];
		await says(1, 'profile.direct', ...base, '--profile',
			'qualified-person', '--person', person);
		await says(1, 'ca.profile', ...base, '--profile', 'nothing',
			'--person', person);
		await says(1, 'person.none', ...base, '--profile', 'tls-client',
			'--person', 'per_00000000000000000000000000');
		await says(1, 'control.words', ...base, '--profile', 'tls-client');
		await says(2, 'cli.option', ...base, '--subject', 'CN=me');
		writeFileSync(at('bad.der'), 'no request');
		const r = await ctl(centre, ...order('bad.der', person));
		assert.equal(r.code, 1, r.all);
	});

	await t.test('lists and their filters', async () => {
		for (let i = 0; i < 3; i++) {
			const r = await call(centre, 'POST', '/v1/certificates',
				{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
			assert.equal(r.status, 201, r.text);
		}
		const all = (await json('certificate', 'list')).certificates;
		const mine = (await json('certificate', 'list', '--person', person))
			.certificates;
		assert.equal(mine.length, 4);
		assert.deepEqual(mine, all.filter((c) => c.person === person));
		assert.ok(mine.every((c) => /CN=Иванов Иван Иванович/.test(c.subject)));
		const table = await ctl(centre, 'certificate', 'list', '--person',
			person);
		assert.deepEqual(lines(table.out).map((l) => l.split(/\s+/)[0]),
			mine.map((c) => c.id));
		const rest = await json('certificate', 'list', '--after', mine[0].id);
		assert.deepEqual(rest.certificates,
			all.filter((c) => c.id > mine[0].id));
		assert.deepEqual((await json('certificate', 'list', '--ca',
			'issuing-p256', '--profile', 'tls-client')).certificates,
		all.filter((c) => c.profile === 'tls-client'));
		assert.deepEqual((await json('certificate', 'list', '--ends-before',
			mine[0].issued_at)).certificates, []);
		// The API gives the same.
		const api = await call(centre, 'GET',
			`/v1/certificates?person=${person}`);
		assert.equal(api.status, 200, api.text);
		assert.deepEqual(api.json.certificates, mine);
		const one = mine[1];
		for (const query of [`sha256=${one.sha256}`,
			`serial=${one.serial}&ca=${one.ca}`]) {
			const r = await call(centre, 'GET', `/v1/certificates?${query}`);
			assert.deepEqual(r.json.certificates, [one], r.text);
		}
		for (const [query, rule] of [['person=x', 'query.id'],
			['ends_before=today', 'query.time'], ['staus=good', 'query.unknown'],
			['status=bad', 'list.status'], ['serial=00', 'query.serial'],
			['sha256=00', 'query.sha256'], ['after=x', 'query.after']]) {
			const r = await call(centre, 'GET', `/v1/certificates?${query}`);
			assert.equal(r.status, 422, r.text);
			assert.equal(r.json.rule, rule, r.text);
		}
		await says(1, 'list.status', 'certificate', 'list', '--status', 'bad');
		await says(1, 'control.id', 'certificate', 'list', '--person', 'x');
		await says(1, 'control.time', 'certificate', 'list', '--ends-after',
			'today');
	});

	await t.test('found and shown', async () => {
		const [one] = (await json('certificate', 'list')).certificates;
		const colons = one.serial.toUpperCase().match(/../g).join(':');
		for (const name of [one.serial, colons, one.sha256]) {
			assert.deepEqual((await json('certificate', 'find', name))
				.certificates, [one]);
		}
		for (const name of [one.id, one.serial, one.sha256]) {
			const r = await ctl(centre, 'certificate', 'show', name);
			assert.equal(r.code, 0, r.all);
			writeFileSync(at('shown.pem'), r.out);
			const text = await opensslMust(['x509', '-in', at('shown.pem'),
				'-noout', '-serial']);
			assert.equal(text.trim().toLowerCase(), `serial=${one.serial}`);
		}
		assert.deepEqual((await json('certificate', 'find', '0123')).certificates,
			[]);
		await says(1, 'certificate.none', 'certificate', 'show', '0123');
		await says(1, 'certificate.name', 'certificate', 'find', 'Иванов?');
	});

	await t.test('ended for good, once', async () => {
		const [one, two] = (await json('certificate', 'list', '--person', other))
			.certificates;
		await says(1, 'control.words', 'certificate', 'revoke', one.id);
		await says(1, 'revocation.reason', 'certificate', 'revoke', one.id,
			'--reason', 'boredom');
		const r = await ctl(centre, 'certificate', 'revoke', one.id,
			'--reason', 'superseded', '--comment', 'заменён');
		assert.equal(r.code, 0, r.all);
		await says(1, 'certificate.revoked', 'certificate', 'revoke', one.id,
			'--reason', 'superseded');
		const ended = await json('certificate', 'revoke', two.serial,
			'--reason', 'key_compromise');
		assert.equal(ended.id, two.id);
		const revoked = (await json('certificate', 'list', '--status', 'revoked'))
			.certificates;
		assert.deepEqual(revoked.map((c) => c.id), [one.id, two.id]);
	});

	await t.test('the audit', async () => {
		const [one] = (await json('certificate', 'list', '--status', 'revoked'))
			.certificates;
		const about = (await json('audit', 'show', '--object', one.id)).records;
		assert.deepEqual(about.map((r) => r.action),
			['certificate.revoke', 'certificate.issue']);
		assert.match(about[0].actor, /^system:.*surguchctl uid \d+/);
		assert.equal(about[0].detail.reason, 'superseded');
		const since = await json('audit', 'show', '--since', about[0].at);
		assert.ok(since.records.every((r) => r.at >= about[0].at));
		const after = await json('audit', 'show', '--after', about[0].record);
		assert.ok(!after.records.some((r) => r.record === about[0].record));
		const table = await ctl(centre, 'audit', 'show', '--action',
			'certificate.revoke');
		assert.equal(lines(table.out).length, 2, table.all);
		const token = await centre.operator('reader', 'auditor');
		const api = await call(centre, 'GET', `/v1/audit?object=${one.id}`,
			undefined, { token });
		assert.equal(api.status, 200, api.text);
		assert.deepEqual(api.json.records, about);
		const clerk = await centre.operator('clerk', 'operator');
		const no = await call(centre, 'GET', '/v1/audit', undefined,
			{ token: clerk });
		assert.equal(no.status, 403, no.text);
		await says(1, 'control.after', 'audit', 'show', '--after', 'x');
	});

	await t.test('a list is read page by page', async () => {
		// More than a page of records stand in the audit by now.
		for (let i = 0; i < 60; i++) {
			await addPerson(centre, { ...PERSON, given_name: 'Пётр' });
		}
		const seen = [];
		let page = await json('audit', 'show');
		assert.equal(page.records.length, 50);
		for (;;) {
			seen.push(...page.records.map((r) => r.record));
			if (page.next === undefined) {
				break;
			}
			page = await json('audit', 'show', '--after', page.next);
		}
		assert.equal(new Set(seen).size, seen.length);
		const whole = await ctl(centre, 'audit', 'verify');
		assert.equal(Number(/^(\d+) records/.exec(whole.out)[1]), seen.length);
		t.diagnostic('proves: I2, I4');
	});

	await t.test('who may use the control socket, and for what',
		{ skip: !isRoot && 'only root can become another user' }, async () => {
			chmodSync(join(centre.dir, '..'), 0o755);
			const as = (uid, ...args) => exec(centre.program('surguchctl'),
				['--centre', centre.dir, ...args],
				{ uid, gid: uid, timeoutSec: 60 });
			const [one] = (await json('certificate', 'list')).certificates;
			const list = await as(AUDITOR, 'certificate', 'list');
			assert.equal(list.code, 0, list.all);
			assert.equal((await as(AUDITOR, 'audit', 'verify')).code, 0);
			for (const args of [
				['certificate', 'revoke', one.id, '--reason', 'superseded'],
				order('r.pem', person),
				['operator', 'add', 'me', 'administrator']]) {
				const r = await as(AUDITOR, ...args);
				assert.equal(r.code, 3, r.all);
				assert.match(r.err, /rule control\.role/);
			}
			const stranger = await as(STRANGER, 'ca', 'list');
			assert.notEqual(stranger.code, 0);
			assert.equal(stranger.out, '');
		});
});
