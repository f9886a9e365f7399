// SPDX-License-Identifier: Apache-2.0
// A mirror as one file, for a network that only a medium reaches: what comes
// out is what went in, tar opens it, and nothing but that file is taken.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync,
	truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = existsSync(DATA) ? false : 'no reference data';
const at = (path) => join(DATA, path);
const REAL = at('mirror-20210126');
const NEWER = '2020-10-12T21:49:04Z';

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 60 });
const trust = (verb, ...args) => surguch('trust', verb, ...args, '--old');

function good(r) {
	assert.equal(r.code, 0, r.all);
	return r;
}

function refused(r, rule, code = 1) {
	assert.equal(r.code, code, r.all);
	assert.ok(r.err.includes(`rule ${rule}`), r.err);
}

const sha256 = (b) => createHash('sha256').update(b).digest('hex');

// What a client sees, by content.
const seen = (dir) => Object.fromEntries(readdirSync(dir)
	.filter((f) => !f.startsWith('.')).sort()
	.map((f) => [f, sha256(readFileSync(join(dir, f)))]));

async function mirrorOf(source, dir) {
	mkdirSync(dir);
	good(await trust('mirror', source, dir));
	return dir;
}

// The list of May 2020 with its certificates.
async function oldMirror(dir) {
	const from = `${dir}.from`;
	mkdirSync(from);
	copyFileSync(at('cab/authrootstl-20200518.cab'),
		join(from, 'authrootstl.cab'));
	const last = '7991e834f7e2eedd08950152e9552d14e958d57e.crt';
	copyFileSync(at(`sst/${last}`), join(from, last));
	for (const f of readdirSync(REAL).filter((n) => n.endsWith('.crt'))) {
		copyFileSync(join(REAL, f), join(from, f));
	}
	return mirrorOf(from, dir);
}

// --- files of a stranger's making ---------------------------------------------

function tarHeader(name, size) {
	const b = Buffer.alloc(512);
	b.write(name, 0);
	b.write('0000644\0', 100);
	b.write('0000000\0', 108);
	b.write('0000000\0', 116);
	b.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
	b.write('00000000000\0', 136);
	b.write('        ', 148);
	b.write('0', 156);
	b.write('ustar\x0000', 257);
	const sum = b.reduce((a, v) => a + v, 0);
	b.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
	return b;
}

const padded = (b) => Buffer.concat([b, Buffer.alloc((512 - b.length % 512) %
	512)]);

// A file as ours are, whatever is in it: [[name, content]]
function made(files, title = 'surguch mirror 1') {
	let text = `${title}\nmade 2020-10-12T21:49:04Z\n`;
	const parts = [];
	for (const [name, content] of files) {
		text += `file 0644 0 0 ${content.length} ${sha256(content)} ${name}\n`;
		parts.push(tarHeader(name, content.length), padded(content));
	}
	text += `end ${sha256(text)}\n`;
	const manifest = Buffer.from(text);
	return Buffer.concat([...parts, tarHeader('MANIFEST', manifest.length),
		padded(manifest), Buffer.alloc(1024)]);
}

// --- tests -----------------------------------------------------------------------

test('out, carried, in: the same directory', { skip }, async () => {
	const dir = scratch();
	const [from, to, out] = ['from', 'to', 'out'].map((n) => join(dir, n));
	const files = ['one.tar', 'two.tar', 'three.tar'].map((n) => join(dir, n));
	await mirrorOf(REAL, from);
	mkdirSync(to);
	mkdirSync(out);
	const r = good(await trust('mirror-export', from, '--output', files[0]));
	assert.match(r.out, /authrootstl\.cab +2020-10-12T21:49:04Z, 417 entries/);
	const fingerprint = /^surguch: fingerprint ([0-9a-f]{64})$/m.exec(r.err)[1];
	good(await trust('mirror-import', files[0], to, '--fingerprint',
		fingerprint));
	assert.equal(Object.keys(seen(from)).length, 417 + 3 + 2);
	assert.deepEqual(seen(to), seen(from));
	// Byte for byte the same, from whichever of them and whenever.
	good(await trust('mirror-export', from, '--output', files[1]));
	good(await trust('mirror-export', to, '--output', files[2]));
	assert.ok(readFileSync(files[0]).equals(readFileSync(files[1])));
	assert.ok(readFileSync(files[0]).equals(readFileSync(files[2])));
	// Any tar opens it, and the manifest is what sha256sum says.
	await must('tar', ['-xf', files[0], '-C', out]);
	const manifest = readFileSync(join(out, 'MANIFEST'), 'utf8');
	assert.equal(sha256(manifest), fingerprint);
	const listed = Object.fromEntries([...manifest.matchAll(
		/^file 0644 0 0 \d+ ([0-9a-f]{64}) (\S+)$/gm)].map((m) => [m[2], m[1]]));
	assert.deepEqual(Object.fromEntries(Object.entries(listed).sort()),
		seen(from));
	const unpacked = seen(out);
	delete unpacked.MANIFEST;
	assert.deepEqual(unpacked, seen(from));
	// Again: as before.
	const again = good(await trust('mirror-import', files[0], to));
	assert.match(again.out, /417 entries, as before/);
});

test('never back, unless it is said', { skip }, async () => {
	const dir = scratch();
	const older = await oldMirror(join(dir, 'older'));
	const to = await mirrorOf(REAL, join(dir, 'to'));
	const file = join(dir, 'older.tar');
	good(await trust('mirror-export', older, '--output', file));
	const before = seen(to);
	refused(await trust('mirror-import', file, to), 'mirror.older');
	refused(await trust('mirror-import', file, to, '--new'), 'mirror.exists');
	refused(await surguch('trust', 'mirror-import', file, to, '--strict'),
		'chain.expired');
	assert.deepEqual(seen(to), before);
	good(await trust('mirror-import', file, to, '--older'));
	good(await trust('mirror-back', to));
	const r = await surguch('--json', 'trust', 'show', to, '--old');
	assert.equal(JSON.parse(r.out).parts.find((p) => p.kind === 'roots')
		.this_update, NEWER);
});

test('cut, changed, or somebody else\'s', { skip }, async () => {
	const dir = scratch();
	const from = await mirrorOf(REAL, join(dir, 'from'));
	const to = await oldMirror(join(dir, 'to'));
	const before = seen(to);
	const [file, bad] = ['good.tar', 'bad.tar'].map((n) => join(dir, n));
	good(await trust('mirror-export', from, '--output', file));
	const whole = readFileSync(file);
	const unchanged = async (bytes, rule, name) => {
		writeFileSync(bad, bytes);
		const r = await trust('mirror-import', bad, to);
		assert.equal(r.code, 1, `${name}: ${r.all}`);
		assert.match(r.err, rule, `${name}: ${r.err}`);
		assert.deepEqual(seen(to), before, name);
	};
	// Each end, and a sample of all lengths and of all bytes: headers, names,
	// contents, what fills up blocks, the manifest, the end.
	for (let i = 0; i < 60; i++) {
		const len = i < 6 ? [0, 1, 511, 512, whole.length - 1024,
			whole.length - 1][i] : Math.floor(whole.length * i / 60);
		await unchanged(whole.subarray(0, len), /rule (archive|tar)\./,
			`cut to ${len}`);
	}
	for (let i = 0; i < 160; i++) {
		const b = Buffer.from(whole);
		const where = i < 100 ? Math.floor(b.length * i / 100) + i
			: i < 130 ? (i - 100) * 17 : b.length - 1 - (i - 130) * 1999;
		b[where] ^= 1 << i % 8;
		await unchanged(b, /rule (archive|tar)\./, `byte ${where}`);
	}
	await unchanged(Buffer.concat([whole, Buffer.alloc(512)]),
		/rule archive\.trailing/, 'more behind');

	// Well made, and still not what Microsoft signed.
	const files = readdirSync(from).filter((f) => !f.startsWith('.'))
		.map((f) => [f, readFileSync(join(from, f))]);
	const swap = (name, content) => made(files.map(([n, c]) =>
		[n, n === name ? content(c) : c]));
	const flip = (c) => {
		const b = Buffer.from(c);
		b[b.length >> 1] ^= 1;
		return b;
	};
	const some = files.find(([n]) => n.endsWith('.crt') && !(n in before))[0];
	await unchanged(swap(some, flip), /rule mirror\.certificate/,
		'another certificate');
	await unchanged(made(files.filter(([n]) => n !== some)),
		/rule mirror\.certificate/, 'a certificate less');
	await unchanged(swap('authrootstl.cab', flip), /rule cab\./, 'a list');
	await unchanged(swap('disallowedcert.sst', () =>
		readFileSync(at('sst/rootsupd-2013-04/roots.sst'))),
	/rule mirror\.store/, 'a stranger disallowed');
	await unchanged(made(files.filter(([n]) => n !== 'authrootstl.cab')),
		/rule mirror\.list/, 'no list');
	await unchanged(swap('authrootstl.cab', () => Buffer.alloc(33 << 20)),
		/rule mirror\.size/, 'a list that is too large');
	await unchanged(made(files, 'surguch backup 1'), /rule archive\.manifest/,
		'a backup');
	await unchanged(made([['../authrootstl.cab', Buffer.from('x')]]),
		/rule tar\.name/, 'a way out');
	// The test's own files are good as such.
	writeFileSync(bad, made(files));
	refused(await trust('mirror-import', bad, to, '--fingerprint',
		'0'.repeat(64)), 'mirror.fingerprint');
	refused(await trust('mirror-import', bad, to, '--fingerprint', 'abc'),
		'cli.fingerprint', 2);
	assert.deepEqual(seen(to), before);
	good(await trust('mirror-import', bad, to, '--remove-stale'));
	assert.deepEqual(seen(to), seen(from));
});

test('files that are none, and mirrors that are not whole', { skip },
	async () => {
		const dir = scratch();
		const to = await mirrorOf(REAL, join(dir, 'to'));
		const large = join(dir, 'large.tar');
		writeFileSync(large, '');
		truncateSync(large, (256 << 20) + 1);
		refused(await trust('mirror-import', large, to), 'mirror.size');
		refused(await trust('mirror-import', join(dir, 'none'), to),
			'file.open');
		refused(await trust('mirror-import', dir, to), 'file.kind');
		await must('mkfifo', [join(dir, 'fifo')]);
		refused(await trust('mirror-import', join(dir, 'fifo'), to),
			'file.kind');
		// What cannot be verified is not carried.
		const file = join(dir, 'file.tar');
		refused(await trust('mirror-export', to), 'cli.option', 2);
		refused(await surguch('trust', 'mirror-export', to, '--output', file),
			'stl.old');
		const some = readdirSync(to).find((f) => f.endsWith('.crt'));
		writeFileSync(join(to, some), 'changed');
		refused(await trust('mirror-export', to, '--output', file),
			'mirror.certificate');
		assert.deepEqual(readdirSync(dir).filter((f) => /file|tmp/.test(f)),
			[]);
	});
