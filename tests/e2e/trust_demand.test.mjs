// SPDX-License-Identifier: Apache-2.0
// surguch verify --roots: a chain whose root is on the list and not at hand gets
// it from the mirror, that one alone, and only if the list trusts it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync,
	rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { openssl } from './lib/openssl.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = existsSync(DATA) ? false : 'no reference data';
const at = (path) => join(DATA, path);
const MIRROR = at('mirror-20210126');
const ROOT = '3b1efd3a66ea28b16697394703a72ca340a05bd5';
const WHEN = '2020-10-13T00:00:00Z';

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 60 });
const verify = (...args) => surguch('--json', 'verify', ...args);

// The signer of the list of 2020 and its issuer: their root is on that list.
async function signerChain(dir) {
	const r = await openssl(['pkcs7', '-inform', 'DER', '-print_certs', '-in',
		at('mirror-20210126/authroot.stl')]);
	const certs = r.out.match(
		/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
	assert.equal(certs.length, 2);
	const subject = async (pem) => {
		writeFileSync(join(dir, 'one.pem'), pem);
		return (await openssl(['x509', '-in', join(dir, 'one.pem'), '-noout',
			'-subject'])).out;
	};
	const leafFirst = /Publisher/.test(await subject(certs[0]));
	writeFileSync(join(dir, 'leaf.pem'), certs[leafFirst ? 0 : 1]);
	writeFileSync(join(dir, 'other.pem'), certs[leafFirst ? 1 : 0]);
	return [join(dir, 'leaf.pem'), '--other', join(dir, 'other.pem'), '--rules',
		'path', '--at', WHEN];
}

async function served(t, dir, lie = () => null) {
	const asked = [];
	const server = createServer((q, r) => {
		const name = q.url.slice(1);
		asked.push(name);
		const path = lie(name) ?? join(dir, name);
		if (existsSync(path)) {
			r.end(readFileSync(path));
		} else {
			r.writeHead(404).end();
		}
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => server.close());
	return { asked, url: `http://127.0.0.1:${server.address().port}` };
}

test('the one root that is wanted, checked and told', { skip }, async (t) => {
	const chain = await signerChain(scratch());
	const s = await served(t, MIRROR);
	const r = await verify(...chain, '--roots', s.url);
	assert.equal(r.code, 0, r.all);
	const v = JSON.parse(r.out);
	assert.equal(v.status, 'good');
	assert.equal(v.chain.length, 3);
	assert.match(v.chain[2].subject, /Microsoft Root Certificate Authority 2010/);
	assert.match(r.err, new RegExp('Успешное автоматическое обновление ' +
		'стороннего корневого сертификата:: субъект: ‹.*CN=Microsoft Root ' +
		`Certificate Authority 2010› ; отпечаток SHA1: ‹${ROOT}›`));
	assert.deepEqual(s.asked.filter((n) => n.endsWith('.crt')),
		[`${ROOT}.crt`]);
	// From a directory as well, and without the mirror not at all.
	assert.equal((await verify(...chain, '--roots', MIRROR)).code, 0);
	const alone = await verify(...chain, '--ca', chain[2]);
	assert.notEqual(JSON.parse(alone.out).chain.length, 3);
	t.diagnostic('proves: F5');
});

test('a root that is another, or that the source has not', { skip },
	async (t) => {
		const chain = await signerChain(scratch());
		const wrong = await served(t, MIRROR, (n) => n === `${ROOT}.crt`
			? join(MIRROR, readdirSync(MIRROR).find((f) => f.endsWith('.crt')))
			: null);
		const r = await verify(...chain, '--roots', wrong.url);
		assert.equal(r.code, 1);
		assert.match(r.err, /rule mirror\.certificate/);
		const lacking = await served(t, MIRROR, (n) => n === `${ROOT}.crt`
			? '/nonexistent' : null);
		assert.match((await verify(...chain, '--roots', lacking.url)).err,
			/rule mirror\.certificate/);
		const dir = scratch();
		cpSync(MIRROR, join(dir, 'm'), { recursive: true });
		const cab = join(dir, 'm/authrootstl.cab');
		const changed = Buffer.from(readFileSync(cab));
		changed[9000] ^= 1;
		rmSync(cab);
		writeFileSync(cab, changed);
		assert.match((await verify(...chain, '--roots', join(dir, 'm'))).err,
			/rule cab\.checksum/);
		assert.match((await verify(...chain, '--roots', scratch())).err,
			/rule mirror\.list/);
	});

test('what the list has disabled or limited', { skip }, async () => {
	const dir = scratch();
	const mirror = join(dir, 'mirror');
	mkdirSync(mirror);
	cpSync(at('crt-pem-20250616'), mirror, { recursive: true });
	copyFileSync(at('stl/authroot-20250616.stl'), join(mirror, 'authroot.stl'));
	const show = JSON.parse((await surguch('--json', 'trust', 'show',
		mirror)).out).parts[0].roots;
	// A root's own certificate, judged before and after its day.
	const judge = (root, when, ...more) => verify(join(mirror,
		`${root.sha1.toUpperCase()}.crt`), '--roots', mirror, '--rules',
	'path', '--at', when, ...more);
	const valid = (r, when) => r.valid_from < when && r.valid_until > when &&
		r.valid_from !== undefined;
	// (Old ones have keys that no chain may have any more.)
	let disabled = null;
	for (const root of show.filter((r) => r.disabled && !r.not_before &&
		r.disabled > '2015' && valid(r, '2014-01-01'))) {
		if ((await judge(root, '2014-06-01T00:00:00Z')).code === 0) {
			disabled = root;
			break;
		}
	}
	assert.ok(disabled);
	const after = await judge(disabled, disabled.disabled);
	assert.equal(JSON.parse(after.out).status, 'bad');
	assert.match(after.err, /\d roots of this name are on the list, and disabled/);
	// Certificates of before a day count on: the root's own is older.
	const older = [];
	for (const root of show.filter((r) => r.not_before && !r.disabled &&
		r.not_before < '2025-06-17' && r.not_before > r.valid_from &&
		valid(r, '2025-06-17'))) {
		older.push((await judge(root, '2025-06-17T00:00:00Z')).code);
	}
	assert.ok(older.filter((code) => code === 0).length > 10, `${older}`);
	// Not for every purpose.
	const narrow = show.find((r) => !r.disabled && !r.not_before &&
		!r.all_uses && !r.uses.includes('serverAuth') &&
		valid(r, '2025-06-17'));
	assert.ok(narrow);
	const server = await judge(narrow, '2025-06-17T00:00:00Z', '--purpose',
		'server');
	assert.equal(JSON.parse(server.out).status, 'bad');
	assert.match(server.err, /not for this purpose/);
});

test('what is disallowed is bad under a root that is trusted', { skip },
	async () => {
		const dir = scratch();
		const r = await surguch('trust', 'crt',
			at('sst/disallowedcert-20190813.sst'), '--name',
			'DarkMatter Assured CA', '--output', dir);
		assert.equal(r.code, 0, r.all);
		let disallowed = 0;
		for (const f of readdirSync(dir)) {
			const v = await verify(join(dir, f), '--roots', MIRROR, '--rules',
				'path', '--at', '2019-01-01T00:00:00Z');
			const { status, rule } = JSON.parse(v.out);
			assert.equal(status, 'bad');
			if (rule === 'trust.disallowed') {
				assert.match(v.err, /QuoVadis/);
				disallowed++;
			}
		}
		assert.ok(disallowed >= 1);
	});
