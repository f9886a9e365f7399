// SPDX-License-Identifier: Apache-2.0
// The limits of HTTP on a running centre, on its TLS and its plain side: what
// is refused, by which status, and that the centre goes on.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as net from 'node:net';
import * as tls from 'node:tls';
import { call, newKey, startDesk } from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { until } from './lib/scratch.mjs';

const BODY_MAX = 1024 * 1024;
const TARGET_MAX = 8192;
const CONNECTIONS_PER_IP = 200;

function assertProblem(r, status, rule) {
	assert.equal(r.status, status, r.text);
	assert.match(r.headers['content-type'], /^application\/problem\+json/);
	assert.equal(r.json.rule, rule, r.text);
	assert.equal(r.json.status, status);
	assert.match(r.json.request, /^r/);
	assert.ok(r.json.title.length > 0);
}

// Bytes as they are over TLS; resolves to all that came back.
function raw(centre, bytes) {
	const { hostname, port } = new URL(centre.api);
	return new Promise((done, fail) => {
		let got = '';
		const socket = tls.connect({ host: hostname, port,
			ca: readFileSync(centre.apiCa) }, () => socket.write(bytes));
		socket.setEncoding('latin1').setTimeout(20000, () => socket.destroy());
		socket.on('data', (d) => {
			got += d;
		});
		socket.on('error', () => done(got));
		socket.on('close', () => done(got));
		socket.on('timeout', () => fail(new Error(`no end: ${got}`)));
	});
}

// The head of a request.
const start = (line, ...headers) =>
	`${[line, ...headers].join('\r\n')}\r\n\r\n`;

test('limits of HTTP', async (t) => {
	const centre = await startDesk(t);
	const pids = () => centre.roles().map((p) => p.pid).sort();
	const before = pids();
	const { host } = new URL(centre.api);
	const client = new Client(centre.api,
		{ ca: centre.apiCa, token: centre.token });
	t.after(() => client.close());
	const post = (path, body, type = 'application/json') =>
		client.request('POST', path, { body,
			headers: { ...(type ? { 'content-type': type } : {}) } });

	await t.test('addresses', async () => {
		for (const path of ['/v1', '/v2/forms', '/v1/forms/',
			'/v1/forms/x/y/z', '/healthz/x']) {
			assertProblem(await client.get(path), 404, 'http.path');
		}
		// This centre has no web pages.
		assertProblem(await client.get('/'), 404, 'page.none');
		// As no client of ours would write them.
		for (const [target, status] of [['//', 404], ['/v1/../healthz', 400],
			['/v1/%2e%2e/healthz', 400], ['/%00', 400], ['/\xd0', 400],
			['/a\\b', 400], ['/%zz', 400], ['*', 400],
			['http://other.example/healthz', 400],
			[`/${'x'.repeat(TARGET_MAX)}`, 414]]) {
			const got = await raw(centre, start(`GET ${target} HTTP/1.1`,
				`Host: ${host}`, 'Connection: close'));
			assert.match(got, new RegExp(`^HTTP/1.1 ${status} `),
				`${target.slice(0, 40)}: ${got.slice(0, 300)}`);
		}
		assertProblem(await client.get('/v1/forms?after=a&after=b'), 400,
			'http.query');
		assertProblem(await client.get('/v1/forms?%zz=1'), 400, 'http.query');
		assertProblem(await client.get('/v1/forms/form_1'), 404, 'form.none');
	});

	await t.test('methods', async () => {
		for (const [method, path, allow] of [
			['DELETE', '/v1/forms', 'GET, HEAD, POST'],
			['PUT', '/v1/persons', 'GET, HEAD, POST'],
			['PUT', '/v1/certificates', 'GET, HEAD, POST'],
			['POST', '/healthz', 'GET, HEAD'],
			['GET', '/v1/sign-in', 'POST'],
			['PATCH', '/v1/session', 'GET, HEAD, DELETE']]) {
			const r = await client.request(method, path);
			assertProblem(r, 405, 'http.method');
			assert.deepEqual(r.headers.allow.split(', ').sort(),
				allow.split(', ').sort(), path);
		}
		const head = await raw(centre, start('HEAD /healthz HTTP/1.1',
			`Host: ${host}`, 'Connection: close'));
		assert.match(head, /^HTTP\/1\.1 200 /);
		assert.ok(head.endsWith('\r\n\r\n'), head);
	});

	await t.test('bodies', async () => {
		for (const len of [BODY_MAX + 1, Number.MAX_SAFE_INTEGER]) {
			const got = await raw(centre, start('POST /v1/persons HTTP/1.1',
				`Host: ${host}`, 'Content-Type: application/json',
				`Content-Length: ${len}`));
			assert.match(got, /^HTTP\/1\.1 413 /);
		}
		for (const type of ['text/plain', 'application/x-www-form-urlencoded',
			'multipart/form-data; boundary=x', 'application/jsonp', '']) {
			assertProblem(await post('/v1/persons', '{}', type), 415,
				'http.type');
		}
		// A media type's parameters and case are nobody's business.
		assertProblem(await post('/v1/persons', '{}',
			'Application/JSON; charset=utf-8'), 422, 'registry.missing');
		assertProblem(await client.request('GET', '/v1/persons',
			{ body: '{}', headers: { 'content-type': 'application/json' } }),
		400, 'http.body');
		assertProblem(await client.request('POST', '/v1/persons',
			{ headers: { 'content-length': '0' } }), 400, 'json.missing');
		const deep = '['.repeat(5000) + ']'.repeat(5000);
		for (const [body, rule] of [['{', 'json.syntax'],
			['[]', /^json\./], ['"x"', /^json\./], ['{"a":1,"a":2}', /^json\./],
			['{"surname":"\\ud800"}', /^json\./],
			[Buffer.from('{"surname":"\xff"}', 'latin1'), /^json\./], [deep, /^json\./],
			['{"surname":"x"} y', /^json\./], ['\ufeff{}', /^json\./]]) {
			const r = await post('/v1/persons', body);
			assert.ok([400, 413, 422].includes(r.status), r.text);
			assert.match(r.json.rule, rule instanceof RegExp ? rule
				: new RegExp(`^${rule}$`), r.text);
		}
	});

	await t.test('framing', async () => {
		const get = 'GET /healthz HTTP/1.1';
		for (const [bytes, status] of [
			[start(get), 400],
			[start(get, `Host: ${host}`, `Host: ${host}`), 400],
			[start('POST /v1/sign-in HTTP/1.1', `Host: ${host}`,
				'Content-Length: 2', 'Transfer-Encoding: chunked') + '{}', 400],
			[start('POST /v1/sign-in HTTP/1.1', `Host: ${host}`,
				'Content-Length: 2', 'Content-Length: 3') + '{}x', 400],
			[start('GET /healthz HTTP/3.0', `Host: ${host}`), '(400|505)'],
			[start(get, `Host: ${host}`, ...Array.from({ length: 70 },
				(_, i) => `X-${i}: 1`)), 431],
			[start(get, `Host: ${host}`, `X: ${'x'.repeat(64 * 1024)}`),
				'(400|413|431)'],
			['\x16\x03\x01 nonsense\r\n\r\n', '400'],
		]) {
			const got = await raw(centre, bytes);
			assert.ok(got === '' || new RegExp(`^HTTP/1\\.[01] ${status} `)
				.test(got), `${bytes.slice(0, 80)}: ${got.slice(0, 200)}`);
		}
	});

	await t.test('connections of one address', async () => {
		const { hostname, port } = new URL(centre.public);
		const sockets = Array.from({ length: CONNECTIONS_PER_IP + 30 },
			() => net.connect(port, hostname));
		sockets.forEach((s) => s.on('error', () => {}));
		const closed = () => sockets.filter((s) => s.closed).length;
		await until(() => closed() >= 30, () => `${closed()} were closed`);
		assert.equal(closed(), 30);
		sockets.forEach((s) => s.destroy());
		const http = new Client(centre.public);
		await until(() => http.get('/ca/root-gost.cer')
			.then((r) => r.status === 200, () => false), 'room again');
		http.close();
	});

	await t.test('keys of idempotency', async () => {
		const order = (key) => call(centre, 'POST', '/v1/certificates', {},
			{ key });
		for (const key of ['short', 'x'.repeat(65), 'x'.repeat(15)]) {
			const r = await order(key);
			assert.ok([400, 422].includes(r.status), r.text);
			assert.match(r.json.rule, /^idem\./, r.text);
		}
		assert.equal((await order(newKey())).json.rule, 'json.field.missing');
	});

	await t.test('the answer tells browsers to be careful', async () => {
		for (const path of ['/v1/session', '/nothing', '/v1/service']) {
			const { headers } = await centre.client().get(path);
			assert.equal(headers['x-content-type-options'], 'nosniff');
			assert.match(headers['cache-control'], /no-store/);
			assert.ok(headers['strict-transport-security'], path);
		}
	});

	await t.test('the centre goes on', async () => {
		expectStatus(await client.get('/healthz'), 200);
		assert.deepEqual(pids(), before);
	});
});
