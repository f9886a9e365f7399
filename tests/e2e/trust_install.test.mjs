// SPDX-License-Identifier: Apache-2.0
// surguch trust install, remove, distrust, undo: Microsoft's roots in Debian's
// store (below a root of our own), an NSS database and plain directories, beside
// what update-ca-certificates, certutil and openssl find there.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { debianRoot } from './lib/debian.mjs';
import { openssl } from './lib/openssl.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = existsSync(DATA) ? false : 'no reference data';
const at = (path) => join(DATA, path);
const LIST = at('stl/authroot-20250616.stl');
const CERTS = at('crt-pem-20250616');
const MIRROR = at('mirror-20210126');

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 120 });
const trust = (...args) => surguch('--json', 'trust', ...args);

function told(r) {
	assert.equal(r.code, 0, r.all);
	return JSON.parse(r.out);
}

const counts = (r) => {
	const { added, there, removed, absent } = told(r);
	return [added, there, removed, absent];
};

test('a whole list into Debian’s store, and back', { skip }, async (t) => {
	const d = debianRoot(scratch());
	const args = [LIST, d.store, '--certs', CERTS, '--state', d.state];
	const dry = await trust('install', ...args, '--dry-run');
	const [wanted] = counts(dry);
	assert.ok(wanted > 150 && wanted < 250, `${wanted}`);
	assert.match(dry.err, new RegExp(`${wanted} of 514 roots are trusted for ` +
		'this use now; left out.* 168 disabled'));
	assert.equal(existsSync(join(d.root, 'etc/ssl/certs/ca-certificates.crt')),
		false);
	const r = await trust('install', ...args);
	assert.deepEqual(counts(r), [wanted, 0, 0, 0]);
	assert.ok(!/rehash|duplicate/.test(r.err), r.err);
	// N of N, by the bytes in the bundle that every program reads.
	const chosen = JSON.parse((await surguch('--json', 'trust', 'show', LIST,
		'--certs', CERTS, '--use', 'server', '--trusted-at', 'now')).out)
		.parts[0].roots.map((x) => x.sha1.toUpperCase());
	assert.equal(chosen.length, wanted);
	const after = d.bundle();
	for (const sha1 of chosen) {
		assert.ok(after.has(d.pem(join(CERTS, `${sha1}.crt`))), sha1);
	}
	assert.deepEqual(counts(await trust('install', ...args)),
		[0, wanted, 0, 0]);
	// All of them, which is a weaker thing and asked for by name.
	const [more, there] = counts(await trust('install', ...args, '--all'));
	assert.equal(more + there, 514);
	assert.equal(there, wanted);
	assert.deepEqual(counts(await trust('undo', d.store, '--state', d.state)),
		[0, 0, more, 0]);
	assert.deepEqual([...d.bundle()].sort(), [...after].sort());
	// Out again, by certificates and not by names.
	const out = told(await trust('remove', ...args));
	assert.equal(out.removed, wanted);
	assert.ok(out.still > 50, 'the distribution has many of them too');
	assert.deepEqual(readdirSync(join(d.root,
		'usr/local/share/ca-certificates/surguch')), []);
	t.diagnostic('proves: F4');
});

test('what is disallowed, the distribution’s own too', { skip }, async () => {
	const dir = scratch();
	const d = debianRoot(dir);
	// Nothing that Debian has today is on the list of 2019.
	const list = at('stl/disallowedcert-20190813.stl');
	const none = await trust('distrust', list, d.store, '--state', d.state,
		'--old');
	assert.equal(told(none).removed, 0);
	// A certificate of ours that it does mean, put there by hand.
	const store = at('sst/disallowedcert-20190813.sst');
	const bad = join(dir, 'bad');
	assert.equal((await surguch('trust', 'crt', store, '--output', bad)).code,
		0);
	assert.equal(readdirSync(bad).length, 79);
	assert.equal(told(await trust('install', store, d.store, '--all', '--name',
		'DarkMatter Assured CA', '--state', d.state)).added, 2);
	const r = told(await trust('distrust', list, d.store, '--old', '--state',
		d.state));
	assert.equal(r.removed, 2);
	// One of Debian's own, by the certificate itself; and back.
	const before = d.conf();
	const own = join(d.root, 'usr/share/ca-certificates',
		before.split('\n').find((l) => /^mozilla\//.test(l)));
	const first = told(await trust('distrust', own, d.store, '--state',
		d.state));
	assert.equal(first.removed, 1);
	assert.match(d.conf(), /^!mozilla\//m);
	assert.ok(!d.bundle().has(d.pem(own)));
	told(await trust('undo', d.store, '--state', d.state));
	assert.equal(d.conf(), before);
	assert.ok(d.bundle().has(d.pem(own)));
});

test('a database of NSS, names shared by several roots too', { skip },
	async () => {
		const dir = scratch();
		const db = join(dir, 'nss');
		mkdirSync(db);
		await must('certutil', ['-N', '-d', `sql:${db}`, '--empty-password']);
		const args = [LIST, `nss:${db}`, '--certs', CERTS, '--state',
			join(dir, 'state')];
		const [added] = counts(await trust('install', ...args));
		const trusted = async () => (await must('certutil', ['-L', '-d',
			`sql:${db}`])).split('\n').filter((l) => / C,,\s*$/.test(l));
		assert.equal((await trusted()).length, added);
		assert.deepEqual(counts(await trust('install', ...args)),
			[0, added, 0, 0]);
		// A list of roots is hardly meant as a whole.
		const whole = await surguch('trust', 'distrust', ...args);
		assert.equal(whole.code, 1, whole.all);
		assert.match(whole.err, /rule trust\.meant/);
		assert.equal((await trusted()).length, added);
		const out = await trust('distrust', ...args, '--all');
		assert.match(out.err, /anchors\.distrust/);
		assert.equal(told(out).removed, added);
		assert.equal((await trusted()).length, 0);
		told(await trust('undo', `nss:${db}`, '--state', join(dir, 'state')));
		assert.equal((await trusted()).length, added);
	});

test('directories, and openssl with one', { skip }, async () => {
	const dir = scratch();
	for (const kind of ['dir', 'pem']) {
		const to = join(dir, kind);
		mkdirSync(to);
		const args = [MIRROR, `${kind}:${to}`, '--old', '--state',
			join(dir, 'state')];
		const [added] = counts(await trust('install', ...args));
		assert.equal(readdirSync(to).length, added);
		for (const f of readdirSync(to)) {
			const r = await openssl(['x509', '-in', join(to, f), '-inform',
				kind === 'pem' ? 'PEM' : 'DER', '-noout', '-fingerprint']);
			assert.equal(r.out.split('=')[1].trim().replaceAll(':', '')
				.toLowerCase(), f.slice(0, 40), r.all);
		}
		// Somebody else's file stays.
		writeFileSync(join(to, 'mine.crt'), 'mine');
		const out = told(await trust('remove', ...args));
		assert.equal(out.removed, added);
		assert.deepEqual(readdirSync(to), ['mine.crt']);
	}
});

test('words and lists that are refused', { skip }, async () => {
	const dir = scratch();
	const d = debianRoot(dir);
	for (const store of ['windows', 'nss', 'dir', 'dir:', 'debians:/x']) {
		const r = await trust('install', LIST, store, '--certs', CERTS);
		assert.equal(r.code, 2, r.all);
		assert.match(r.err, /STORE is debian or fedora/);
	}
	const refused = async (rule, ...args) => {
		const r = await trust(...args, '--state', d.state);
		assert.equal(r.code, 1, r.all);
		assert.ok(r.err.includes(`rule ${rule}`), r.err);
		const ours = join(d.root, 'usr/local/share/ca-certificates/surguch');
		assert.deepEqual(existsSync(ours) ? readdirSync(ours) : [], []);
	};
	await refused('trust.missing', 'install', LIST, d.store);
	await refused('stl.old', 'install', at('cab/authrootstl-20191029.cab'),
		d.store, '--certs', CERTS);
	const changed = Buffer.from(readFileSync(LIST));
	changed[5000] ^= 1;
	writeFileSync(join(dir, 'changed.stl'), changed);
	await refused('cms.digest', 'install', join(dir, 'changed.stl'), d.store,
		'--certs', CERTS);
	await refused('trust.none', 'install', LIST, d.store, '--certs', CERTS,
		'--name', 'nobody of this name');
	await refused('anchors.undo', 'undo', d.store);
});
