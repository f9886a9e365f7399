// SPDX-License-Identifier: Apache-2.0
// The cabinet's page as front serves it: any directory of files will do here,
// a browser looks at the real one in tests/browser.
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, existsSync, mkdirSync, writeFileSync }
	from 'node:fs';
import { connect } from 'node:tls';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Centre } from './lib/centre.mjs';
import { until } from './lib/scratch.mjs';

const PAGE = '<!doctype html><title>page</title>';
const SCRIPT = `// ${'x'.repeat(2000)}`;

function pagesIn(dir) {
	mkdirSync(dir);
	for (const [name, text] of [['index.html', PAGE], ['main-1.js', SCRIPT],
		['seal-1.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>']]) {
		writeFileSync(join(dir, name), text);
		writeFileSync(join(dir, `${name}.gz`), gzipSync(text));
	}
	writeFileSync(join(dir, 'letters-1.woff2'), 'letters');
}

function setWeb(centre, dir) {
	appendFileSync(join(centre.dir, 'etc/surguch/surguch.conf'),
		`web = "${dir}";\n`);
}

// A path exactly as it stands here, which HTTP clients would tidy up.
function raw(centre, target) {
	return new Promise((done, fail) => {
		const { hostname, port, host } = new URL(centre.api);
		let text = '';
		const socket = connect({ host: hostname, port, rejectUnauthorized:
			false }, () => socket.write(`GET ${target} HTTP/1.1\r\n` +
			`Host: ${host}\r\nConnection: close\r\n\r\n`));
		socket.setEncoding('latin1').on('data', (d) => { text += d; });
		socket.on('end', () => done(text)).on('error', fail);
	});
}

test('the page', async (t) => {
	const centre = await Centre.start(t, { configure: (c) => {
		const dir = join(c.dir, '../pages');
		pagesIn(dir);
		setWeb(c, dir);
	} });
	const client = centre.client();
	t.after(() => client.close());
	const get = (path, headers = {}) => client.get(path, { headers });

	await t.test('one document at every address of it', async () => {
		for (const path of ['/', '/sign-in', '/sign-in/code', '/my',
			'/my/forms/form_0/issue']) {
			const r = await get(path);
			assert.equal(r.status, 200, path);
			assert.equal(r.text, PAGE);
			assert.equal(r.headers['content-type'],
				'text/html; charset=utf-8');
		}
		assert.equal((await get('/elsewhere')).status, 404);
	});

	await t.test('under a strict policy, asked for anew each time', async () => {
		const { headers } = await get('/');
		const csp = headers['content-security-policy'].split('; ');
		for (const rule of ['default-src \'none\'', 'script-src \'self\'',
			'style-src \'self\'', 'base-uri \'none\'',
			'frame-ancestors \'none\'', 'trusted-types \'none\'',
			'require-trusted-types-for \'script\'']) {
			assert.ok(csp.includes(rule), rule);
		}
		assert.doesNotMatch(csp.join(), /unsafe|data:|blob:|\*/);
		assert.equal(headers['cache-control'], 'no-cache');
		assert.equal(headers['x-content-type-options'], 'nosniff');
		assert.equal(headers['referrer-policy'], 'no-referrer');
		assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
		assert.match(headers['strict-transport-security'], /^max-age=\d{7}/);
	});

	await t.test('its files, kept for ever, compressed when asked', async () => {
		const plain = await get('/assets/main-1.js');
		assert.equal(plain.text, SCRIPT);
		assert.equal(plain.headers['cache-control'],
			'public, max-age=31536000, immutable');
		assert.equal(plain.headers['content-encoding'], undefined);
		assert.equal(plain.headers.vary, 'Accept-Encoding');
		const zip = await get('/assets/main-1.js',
			{ 'accept-encoding': 'br, gzip' });
		assert.equal(zip.headers['content-encoding'], 'gzip');
		assert.equal(gunzipSync(zip.body).toString(), SCRIPT);
		assert.notEqual(zip.headers.etag, plain.headers.etag);
		const font = await get('/assets/letters-1.woff2',
			{ 'accept-encoding': 'gzip' });
		assert.equal(font.headers['content-encoding'], undefined);
		assert.equal(font.headers['content-type'], 'font/woff2');
	});

	await t.test('what is known is not sent again, HEAD sends nothing',
		async () => {
			const { headers } = await get('/');
			const again = await get('/', { 'if-none-match': headers.etag });
			assert.equal(again.status, 304);
			assert.equal(again.body.length, 0);
			assert.equal((await get('/', { 'if-none-match': '"other"' })).status,
				200);
			const head = await client.request('HEAD', '/assets/main-1.js');
			assert.equal(head.status, 200);
			assert.equal(head.body.length, 0);
			assert.equal(head.headers['content-length'], `${SCRIPT.length}`);
			const post = await client.post('/', {});
			assert.equal(post.status, 405);
		});

	await t.test('no way out of the directory', async () => {
		assert.ok(existsSync(join(centre.dir, 'demo.env')));
		for (const target of ['/assets/../demo.env', '/assets/..%2fdemo.env',
			'/assets/%2e%2e%2fcentre%2fdemo.env', '/assets/..\\demo.env',
			'/assets//etc/passwd', '/assets/%2fetc%2fpasswd', '/assets/.',
			'/assets/main-1.js%00', '/assets/main-1.js/', '/assets/MAIN-1.JS',
			'/assets/main-1.js.gz', '/assets/']) {
			assert.match(await raw(centre, target), /^HTTP\/1\.1 40[04] /,
				target);
		}
	});
});

test('no page, and one that is not there', async (t) => {
	const centre = await Centre.start(t);
	const client = centre.client();
	t.after(() => client.close());
	const r = await client.get('/');
	assert.equal(r.status, 404);
	assert.equal(r.json.rule, 'page.none');
	await centre.down();

	setWeb(centre, join(centre.dir, 'nowhere'));
	await assert.rejects(centre.up());
	assert.match(centre.log, /nowhere/);
});

test('a page that front\'s user could not read', async (t) => {
	if (process.getuid() !== 0) {
		t.skip('only root can give front another user');
		return;
	}
	const centre = await Centre.start(t, { configure: (c) => {
		const dir = join(c.dir, '../pages');
		pagesIn(dir);
		chmodSync(dir, 0o700);
		setWeb(c, dir);
	} });
	const client = centre.client();
	t.after(() => client.close());
	await until(async () => (await client.get('/')).status === 200, 'the page');
});
