// SPDX-License-Identifier: Apache-2.0
// Policies for managed browsers: with the file in its place a page of the named
// origin reaches the loopback without the browser's question, and no other does.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { AS_ROOT, BUILD, scratch } from './lib/scratch.mjs';

const PROGRAM = join(BUILD, 'src/cli/surguch');

test('surguch agent policy', async (t) => {
	const home = scratch(t);
	const env = { ...process.env, HOME: home, LANG: 'C.UTF-8',
		SURGUCH_HOME: join(home, 'surguch') };
	const policy = (...args) => exec(PROGRAM, ['agent', 'policy', ...args],
		{ env, timeoutSec: 30 });
	const json = (...path) => JSON.parse(
		readFileSync(join(home, ...path), 'utf8'));

	await t.test('printed, and written where browsers look', async () => {
		const two = ['https://ca.example.ru', 'https://ca.example:8443'];
		const shown = await policy(...two);
		assert.equal(shown.code, 0, shown.all);
		assert.match(shown.out, /"LoopbackNetworkAllowedForUrls":/);
		const put = await policy(...two, '--install', home);
		assert.equal(put.code, 0, put.all);
		assert.deepEqual(
			json('etc/chromium/policies/managed/surguch.json'),
			{ LoopbackNetworkAllowedForUrls: two });
		assert.deepEqual(json('etc/firefox/policies/policies.json'),
			{ policies: { LocalNetworkAccess: {
				SkipDomains: ['ca.example.ru', 'ca.example'] } } });
		// Again is no fault; what another has written stays.
		assert.equal((await policy(...two, '--install', home)).code, 0);
		const theirs = join(home, 'etc/firefox/policies/policies.json');
		writeFileSync(theirs, '{"policies":{"DisableTelemetry":true}}');
		const kept = await policy(...two, '--install', home);
		assert.match(kept.err, /agent\.policy\.exists/);
		assert.match(readFileSync(theirs, 'utf8'), /DisableTelemetry/);
		const bad = await policy('http://ca.example.ru');
		assert.match(bad.err, /agent\.origin/);
	});

	await t.test('Chromium lets that origin through, without a question', {
		skip: !AS_ROOT && 'a place of one\'s own for /etc is root\'s' },
	async () => {
		const at = (name) => join(home, name);
		await opensslMust(['req', '-x509', '-newkey', 'ec', '-pkeyopt',
			'ec_paramgen_curve:P-256', '-nodes', '-keyout', at('key'),
			'-out', at('cert'), '-subj', '/CN=localhost', '-days', '9',
			'-addext', 'subjectAltName=DNS:localhost']);
		const agent = createHttp((q, a) => {
			asked.push(q.headers.origin);
			a.setHeader('Access-Control-Allow-Origin', q.headers.origin);
			a.end('reached');
		});
		const asked = [];
		const portal = createServer({ key: readFileSync(at('key')),
			cert: readFileSync(at('cert')) }, (q, a) => {
			a.setHeader('Content-Security-Policy', 'treat-as-public-address');
			a.setHeader('Content-Type', 'text/html');
			a.end('<body><script>' +
				`fetch("http://127.0.0.1:${agent.address().port}/v1/hello")` +
				'.then((r) => r.text(), (e) => `refused: ${e}`)' +
				'.then((s) => { document.body.textContent = s; })</script>');
		});
		for (const s of [agent, portal]) {
			await new Promise((done) => s.listen(0, '127.0.0.1', done));
			t.after(() => s.close());
		}
		const origin = `https://localhost:${portal.address().port}`;
		const browse = async (...origins) => {
			const place = scratch(t);
			if (origins.length > 0) {
				const r = await policy(...origins, '--install', place);
				assert.equal(r.code, 0, r.all);
			} else {
				mkdirSync(join(place, 'etc/chromium/policies/managed'),
					{ recursive: true });
			}
			const from = join(place, 'etc/chromium/policies');
			const r = await exec('unshare', ['-m', 'sh', '-ec',
				'mount -t tmpfs none /etc/chromium; ' +
				'mkdir /etc/chromium/policies; ' +
				`mount --bind ${from} /etc/chromium/policies; ` +
				'exec chromium --headless --no-sandbox --disable-gpu ' +
				'--disable-background-networking --ignore-certificate-errors ' +
				`--virtual-time-budget=3000 --dump-dom ${origin}/`],
			{ env, timeoutSec: 60 });
			return r.out;
		};
		assert.match(await browse(), /refused: /);
		assert.match(await browse('https://other.example'), /refused: /);
		assert.deepEqual(asked, []);
		assert.match(await browse(origin), /<body>reached<\/body>/);
		assert.deepEqual(asked, [origin]);
	});
	t.diagnostic('proves: A5');
});
