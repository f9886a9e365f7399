// SPDX-License-Identifier: Apache-2.0
// What the centre tells Prometheus, and what it says of its health.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir }
	from './lib/desk.mjs';
import { Client } from './lib/http.mjs';
import { opensslMust, toPem } from './lib/openssl.mjs';
import { parseMetrics } from './lib/prometheus.mjs';
import { freePorts, until } from './lib/scratch.mjs';

test('the parser of metrics is strict', () => {
	const good = '# HELP a_total x\n# TYPE a_total counter\na_total{b="c"} 1\n';
	assert.equal(parseMetrics(good).a_total.samples[0].value, 1);
	for (const bad of [good.slice(0, -1), good + good,
		good.replace('counter', 'gauge'), good.replace('} 1', '} x'),
		good.replace('b="c"', 'b="c",b="c"'), good.replace('"c"', '"c'),
		good.replace('# TYPE', '# TIPE'), good.replace('} 1', '} -1'),
		'# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 2\n' +
			'h_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
		'# HELP h x\n# TYPE h histogram\nh_bucket{le="1"} 1\n' +
			'h_sum 1\nh_count 1\n']) {
		assert.throws(() => parseMetrics(bad), undefined, bad);
	}
});

test('metrics and health', async (t) => {
	const [port] = await freePorts(1);
	const centre = await startDesk(t, { configure: (c) => appendFileSync(
		join(c.dir, 'etc/surguch/surguch.conf'),
		`metrics = { port = ${port}; };\n`) });
	const http = new Client(`http://127.0.0.1:${port}`);
	t.after(() => http.close());
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const order = (body) => call(centre, 'POST', '/v1/certificates', body,
		{ key: newKey() });
	const read = async () => {
		const r = await http.get('/metrics');
		assert.equal(r.status, 200, r.text);
		assert.match(r.headers['content-type'], /^text\/plain; version=0\.0\.4/);
		return parseMetrics(r.text);
	};
	const value = (all, name, labels = {}) => all[name]?.samples.find((s) =>
		s.name === name && Object.entries(labels).every(([k, v]) =>
			s.labels[k] === v))?.value;
	const count = (all, name, labels = {}) => all[name].samples
		.filter((s) => s.name === `${name}_count` && Object.entries(labels)
			.every(([k, v]) => s.labels[k] === v))
		.reduce((sum, s) => sum + s.value, 0);

	await t.test('it counts what is issued and refused', async () => {
		const before = await read();
		for (let i = 0; i < 3; i++) {
			const r = await order({ profile: 'tls-client', person, pkcs10 });
			assert.equal(r.status, 201, r.text);
		}
		for (let i = 0; i < 2; i++) {
			const r = await order({ profile: 'qualified-person', person,
				pkcs10 });
			assert.equal(r.json.rule, 'profile.direct', r.text);
		}
		// An answer is counted when it is out, and we may be faster.
		const refused = { server: 'api', status: '4xx' };
		const refusals = (all) =>
			value(all, 'surguch_http_answers_total', refused) ?? 0;
		const after = await until(async () => {
			const all = await read();
			return refusals(all) - refusals(before) >= 2 ? all : null;
		}, 'the last answer to be counted');
		const rose = (name, labels) => value(after, name, labels) -
			(value(before, name, labels) ?? 0);
		const issued = { ca: 'issuing-p256', profile: 'tls-client' };
		assert.equal(rose('surguch_certificates_issued_total', issued), 3);
		assert.equal(rose('surguch_refusals_total',
			{ rule: 'profile.direct' }), 2);
		const calls = { signer: 'issuing-p256', call: 'issue' };
		assert.equal(count(after, 'surguch_signer_call_seconds', calls) -
			count(before, 'surguch_signer_call_seconds', calls), 3);
		// A unit of work a certificate, at the least.
		assert.ok(count(after, 'surguch_store_commit_seconds') -
			count(before, 'surguch_store_commit_seconds') >= 3);
		assert.ok(rose('surguch_http_answers_total',
			{ server: 'api', status: '2xx' }) >= 3);
		assert.equal(refusals(after) - refusals(before), 2);
	});

	await t.test('OCSP, CRLs and our own certificates', async () => {
		const issuing = await toPem('x509',
			join(stateDir(centre, 'public'), 'issuing-p256.cer'),
			join(centre.dir, 'i.pem'));
		const made = await order({ profile: 'tls-client', person, pkcs10 });
		const pem = join(centre.dir, 'c.pem');
		writeFileSync(pem, made.json.pem);
		for (let i = 0; i < 3; i++) {
			await opensslMust(['ocsp', '-no_nonce', '-issuer', issuing, '-cert',
				pem, '-CAfile', centre.apiCa, '-verify_other', issuing, '-url',
				`${centre.public}/ocsp/issuing-p256`]);
		}
		const all = await read();
		assert.equal(value(all, 'surguch_ocsp_answers_total',
			{ how: 'signed' }), 1);
		assert.equal(value(all, 'surguch_ocsp_answers_total',
			{ how: 'kept' }), 2);
		assert.equal(value(all, 'surguch_ocsp_cache_answers'), 1);
		for (const ca of ['issuing-p256', 'issuing-gost']) {
			assert.ok(value(all, 'surguch_crl_number', { ca }) >= 1);
			assert.ok(value(all, 'surguch_crl_age_seconds', { ca }) < 3600);
			assert.ok(value(all, 'surguch_crl_left_seconds', { ca }) > 0);
		}
		const days = all.surguch_certificate_days_left.samples;
		for (const kind of ['ca', 'root', 'ocsp', 'tls']) {
			assert.ok(days.some((s) => s.labels.kind === kind && s.value > 1),
				kind);
		}
		assert.equal(value(all, 'surguch_ready'), 1);
	});

	await t.test('the same from surguchctl, with and without a listener',
		async () => {
			const r = await ctl(centre, 'metrics');
			assert.equal(r.code, 0, r.all);
			const names = Object.keys(parseMetrics(r.out)).sort();
			assert.deepEqual(names, Object.keys(await read()).sort());
			// Nothing personal is a label.
			assert.doesNotMatch(r.out, /Иванов|CN=|per_|crt_|\d{11}/);
		});

	await t.test('not on the doors that others use', async () => {
		const api = await call(centre, 'GET', '/metrics');
		assert.equal(api.status, 404);
		const open = new Client(centre.public);
		assert.equal((await open.get('/metrics')).status, 404);
		open.close();
	});

	await t.test('ready, until a signer is down', async () => {
		const client = centre.client();
		t.after(() => client.close());
		const ok = await client.get('/readyz');
		assert.equal(ok.status, 200, ok.text);
		assert.deepEqual(ok.json, { status: 'ready' });
		const signer = centre.roles('surguch-signer')[0];
		process.kill(signer.pid, 'SIGSTOP');
		try {
			const no = await until(async () => {
				const r = await client.get('/readyz');
				return r.status === 503 ? r : null;
			}, 'the silent signer to be noticed');
			assert.equal(no.json.status, 'not ready');
			assert.match(no.json.reasons.join(), /signer of issuing-\w+ does not/);
			assert.equal(value(await read(), 'surguch_ready'), 0);
			// It lives, though.
			assert.equal((await client.get('/healthz')).status, 200);
			assert.equal((await http.get('/readyz')).status, 503);
		} finally {
			process.kill(signer.pid, 'SIGCONT');
		}
		await until(async () => (await client.get('/readyz')).status === 200,
			'it to be ready again');
	});
});
