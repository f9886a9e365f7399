// SPDX-License-Identifier: Apache-2.0
// surguch trust on Microsoft's real lists, beside what others made of them.
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { openssl } from './lib/openssl.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = existsSync(DATA) ? false : 'no reference data';
const at = (path) => join(DATA, path);

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 60 });
const trust = (...args) => surguch('trust', ...args);

async function shown(...args) {
	const r = await surguch('--json', 'trust', 'show', ...args);
	assert.notEqual(r.out, '', r.all);
	return { ...r, json: JSON.parse(r.out) };
}

function good(r) {
	assert.equal(r.code, 0, r.all);
	return r;
}

test('the list of 2025 as another program decoded it', { skip }, async (t) => {
	const { json } = good(await shown(at('stl/authroot-20250616.stl'),
		'--certs', at('crt-pem-20250616')));
	const roots = json.parts[0].roots;
	const [head, ...lines] = readFileSync(at('reference/authroot-20250616.tsv'),
		'utf8').split('\n').filter(Boolean).map((l) => l.split('\t'));
	assert.equal(lines.length, 514);
	assert.equal(roots.length, 514);
	const sha256 = new Map(roots.map((r) => [r.sha1, r.sha256]));
	const column = (re) => head.findIndex((h) => re.test(h));
	const sha1At = column(/sha-?1/i);
	const sha256At = column(/sha-?256/i);
	assert.ok(sha1At >= 0 && sha256At >= 0, head.join());
	for (const l of lines) {
		assert.equal(sha256.get(l[sha1At].toLowerCase()),
			l[sha256At].toLowerCase());
	}
	assert.equal(roots.filter((r) => !r.at_hand).length, 0);
	t.diagnostic('proves: F1');
});

test('disabled roots of 2026 are those that CCADB does not include',
	{ skip }, async () => {
		const { json } = good(await shown(at('stl/authroot-20260422.stl')));
		const report = readFileSync(at('reference/ccadb-microsoft-20260503.yaml'),
			'utf8');
		const part = (name) => new Set([...(new RegExp(
			`^${name}:\\n([^]*?)(?=^\\w|$(?![^]))`, 'm').exec(report)?.[1] ?? '')
			.matchAll(/[0-9a-f]{64}/gi)].map((m) => m[0].toLowerCase()));
		const blocked = part('blocked_certificates');
		assert.ok(blocked.size > 100, `${blocked.size} blocked`);
		const disabled = json.parts[0].roots.filter((r) => r.disabled);
		assert.equal(disabled.length, 203);
		assert.deepEqual(disabled.filter((r) => !blocked.has(r.sha256)), []);
	});

test('verdicts and their exit codes', { skip }, async () => {
	const list = at('stl/authroot-20260422.stl');
	const r = good(await trust('show', list));
	assert.match(r.out, /signature\s+good\n/);
	assert.match(r.err, /warning: the list: its signer's certificate ended/);
	const strict = await trust('show', list, '--strict');
	assert.equal(strict.code, 1);
	assert.match(strict.err, /chain\.expired/);
	const old = await trust('show', at('cab/authrootstl-20191029.cab'));
	assert.equal(old.code, 1);
	assert.match(old.out, /good, over SHA-1: counts only with --old/);
	assert.match(old.err, /stl\.old/);
	good(await trust('show', at('cab/authrootstl-20191029.cab'), '--old'));
	const dir = scratch();
	const changed = Buffer.from(readFileSync(list));
	changed[5000] ^= 1;
	writeFileSync(join(dir, 'changed.stl'), changed);
	const refused = await trust('show', join(dir, 'changed.stl'));
	assert.equal(refused.code, 1);
	assert.match(refused.out, /signature\s+REFUSED/);
	assert.match(refused.err, /cms\.digest/);
	// What is refused is not written for others either.
	const out = await trust('pem', join(dir, 'changed.stl'), '--certs',
		at('crt-pem-20250616'), '--skip-missing', '--output',
		join(dir, 'out.pem'));
	assert.equal(out.code, 1);
	assert.equal(existsSync(join(dir, 'out.pem')), false);
});

test('a store of a whole list, octet for octet certutil’s', { skip },
	async (t) => {
		const dir = scratch();
		const certs = join(dir, 'certs');
		mkdirSync(certs);
		for (const f of readdirSync(at('mirror-20210126'))
			.filter((n) => n.endsWith('.crt'))) {
			copyFileSync(at(`mirror-20210126/${f}`), join(certs, f));
		}
		const out = join(dir, 'roots.sst');
		const missing = await trust('sst', at('stl/authroot-20200518.stl'),
			'--certs', certs, '--output', out);
		assert.equal(missing.code, 1);
		assert.match(missing.err, /1 of 411 .* 7991e834f7e2.*OpenTrust/);
		assert.equal(existsSync(out), false);
		const last = '7991e834f7e2eedd08950152e9552d14e958d57e.crt';
		copyFileSync(at(`sst/${last}`), join(certs, last));
		good(await trust('sst', at('cab/authrootstl-20200518.cab'), '--certs',
			certs, '--output', out));
		assert.ok(readFileSync(out).equals(
			readFileSync(at('sst/roots-20200518.sst'))));
		t.diagnostic('proves: F2');
	});

test('a chosen subset, in each form, read by others', { skip }, async () => {
	const dir = scratch();
	const choice = ['--use', 'code', '--trusted-at', '2021-01-26'];
	const source = at('mirror-20210126');
	const { json } = good(await shown(source, '--old', ...choice));
	const wanted = json.parts[0].roots.map((r) => r.sha256).sort();
	assert.ok(wanted.length > 50 && wanted.length < 300, `${wanted.length}`);
	const prints = async (file, args) => {
		const r = good(await openssl([...args, '-in', file]));
		const blocks = r.out.match(
			/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
		const found = [];
		for (const b of blocks) {
			writeFileSync(join(dir, 'one.pem'), b);
			found.push(good(await openssl(['x509', '-in',
				join(dir, 'one.pem'), '-noout', '-fingerprint', '-sha256']))
				.out.split('=')[1].trim().replaceAll(':', '').toLowerCase());
		}
		return found.sort();
	};
	const p7b = join(dir, 'some.p7b');
	const said = good(await trust('p7b', source, '--old', ...choice,
		'--output', p7b));
	assert.match(said.err, /PKCS#7 bag cannot hold uses and dates/);
	assert.deepEqual(await prints(p7b, ['pkcs7', '-inform', 'DER',
		'-print_certs']), wanted);
	const pem = join(dir, 'some.pem');
	good(await trust('pem', source, '--old', ...choice, '--output', pem));
	assert.equal(readFileSync(pem, 'utf8').match(/^# \S/gm).length,
		wanted.length);
	const crt = join(dir, 'crt');
	good(await trust('crt', source, '--old', ...choice, '--output', crt));
	const files = readdirSync(crt);
	assert.equal(files.length, wanted.length);
	for (const f of files) {
		assert.ok(readFileSync(join(crt, f)).equals(
			readFileSync(join(source, f))), f);
	}
	const sst = join(dir, 'some.sst');
	good(await trust('sst', source, '--old', ...choice, '--output', sst));
	for (const file of [sst, pem, p7b, crt]) {
		const again = good(await shown(file)).json.parts[0].roots;
		assert.deepEqual(again.map((r) => r.sha256).sort(), wanted);
	}
	const one = good(await trust('sst', source, '--old', '--thumbprint',
		'90:5F:94:2F:D9:F2:8F:67:9B:37:81:80:FD:4F:84:63:47:F6:45:C1',
		'--output', sst));
	assert.match(one.err, /1 of 1 roots written/);
});

test('what changed in words', { skip }, async () => {
	const r = await trust('diff', at('stl/authroot-20250616.stl'),
		at('stl/authroot-20260422.stl'));
	assert.equal(r.code, 5);
	assert.match(r.out, /^8 came, 7 went, 40 disabled, 54 limited, 1 uses$/m);
	assert.match(r.out, /^! f48b11bf\S+ {2}TW Government.*: disabled since 2025-09-15$/m);
	assert.match(r.out, /^~ 9ff1718d\S+ {2}Hellenic.*: now for timeStamping$/m);
	const same = await trust('diff', at('stl/authroot-20200518.stl'),
		at('sst/roots-20200518.sst'));
	assert.equal(same.code, 0, same.all);
	assert.equal(same.out, 'no difference\n');
	const json = JSON.parse((await surguch('--json', 'trust', 'diff',
		at('stl/authroot-20250616.stl'), at('stl/authroot-20260422.stl'))).out);
	assert.equal(json.counts.disabled, 40);
	assert.equal(json.changes.length, 8 + 7 + 40 + 54 + 1);
});

test('files that are none, and words that are wrong', async () => {
	const dir = scratch();
	const file = join(dir, 'file');
	for (const [content, rule] of [['', 'trust.form'], ['hello', 'trust.form'],
		['MSCF', 'cab.form'], [Buffer.from([0x30, 0x80]), 'trust.certificate'],
		[Buffer.from('0000000043455254', 'hex'), null],
		['MZ no cabinet', 'trust.form']]) {
		writeFileSync(file, content);
		const r = await trust('show', file);
		assert.equal(r.code, rule === null ? 0 : 1, r.all);
		if (rule !== null) {
			assert.ok(r.err.includes(`rule ${rule}`), r.err);
			assert.ok(r.err.includes(file), r.err);
		}
	}
	const empty = join(dir, 'empty');
	mkdirSync(empty);
	assert.match((await trust('show', empty)).err, /rule trust\.empty/);
	for (const [option, word] of [['--use', 'everything'],
		['--trusted-at', 'yesterday'], ['--thumbprint', '12'],
		['--format', 'xml']]) {
		const r = await trust('show', file, option, word);
		assert.equal(r.code, 2, r.all);
		assert.ok(r.err.includes(`${option} wants`), r.err);
	}
	const crt = await trust('crt', file);
	assert.equal(crt.code, 2);
});
