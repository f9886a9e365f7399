// SPDX-License-Identifier: Apache-2.0
// surguch trust install, remove, distrust, undo with Java's stores of trust, of
// each form, as Java's own keytool lists them afterwards.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync,
	symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { FORMS, HAS_KEYTOOL, javaList, javaStore, keytool, PASSWORD }
	from './lib/java.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = !existsSync(DATA) ? 'no reference data'
	: HAS_KEYTOOL ? false : 'no Java here';
const MIRROR = join(DATA, 'mirror-20210126');
const MOZILLA = '/usr/share/ca-certificates/mozilla';
const own = readdirSync(MOZILLA).map((f) => join(MOZILLA, f));

function maker(t) {
	const dir = scratch(t);
	const state = join(dir, 'state');
	const trust = (verb, ...words) => exec(join(BUILD, 'src/cli/surguch'),
		['--json', 'trust', verb, ...words, '--state', state],
		{ timeoutSec: 120 });
	return { dir, trust };
}

function counts(r) {
	assert.equal(r.code, 0, r.all);
	const { added, there, removed, absent } = JSON.parse(r.out);
	return [added, there, removed, absent];
}

function refused(r, rule, code = 1) {
	assert.equal(r.code, code, r.all);
	assert.ok(r.err.includes(`rule ${rule}`), r.err);
}

for (const [form, { magic }] of Object.entries(FORMS)) {
	test(`a list into a store (${form}), and back`, { skip }, async (t) => {
		const { dir, trust } = maker(t);
		const path = await javaStore(dir, form, { 'mine': own[0],
			'ещё один': own[1], 'the same again': own[1] });
		chmodSync(path, 0o640);
		const store = `java:${path}`;
		const before = await javaList(path);
		assert.equal(Object.keys(before).length, 3);
		const args = [MIRROR, store, '--old', '--name', 'DigiCert Global'];
		const dry = await trust('install', ...args, '--dry-run');
		const [wanted] = counts(dry);
		assert.ok(wanted > 1, `${wanted}`);
		assert.deepEqual(await javaList(path), before);

		assert.deepEqual(counts(await trust('install', ...args)),
			[wanted, 0, 0, 0]);
		const after = await javaList(path);
		const fresh = Object.keys(after).filter((a) => !(a in before));
		assert.equal(fresh.length, wanted);
		for (const alias of fresh) {
			assert.match(alias, /^surguch-[0-9a-f]{40}$/);
			assert.ok(existsSync(join(MIRROR, `${alias.slice(8)}.crt`)));
		}
		assert.match(readFileSync(path).subarray(0, 4).toString('hex'), magic);
		assert.equal(statSync(path).mode & 0o777, 0o640);
		if (form === 'open') {
			assert.deepEqual(await javaList(path, null), after);
		}
		assert.deepEqual(counts(await trust('install', ...args)),
			[0, wanted, 0, 0]);
		assert.deepEqual(counts(await trust('undo', store)), [0, 0, wanted, 0]);
		assert.deepEqual(await javaList(path), before);

		// Out by its bytes, under whatever names; and back under them.
		const r = await trust('distrust', own[1], store);
		assert.deepEqual(counts(r), [0, 0, 1, 0]);
		assert.match(r.err, /anchors\.distrust/);
		assert.deepEqual(Object.keys(await javaList(path)), ['mine']);
		counts(await trust('undo', store));
		assert.deepEqual(await javaList(path), before);
		assert.deepEqual(readdirSync(dir).sort(), ['cacerts', 'state']);
		assert.deepEqual(readdirSync(join(dir, 'state')), ['lock']);
		t.diagnostic('proves: F4');
	});
}

test('a store with a password of its own, and with a key', { skip },
	async (t) => {
		const { dir, trust } = maker(t);
		const path = await javaStore(dir, 'pkcs12', { mine: own[0] },
			'secret 7');
		const store = `java:${path}`;
		await keytool('-genkeypair', '-alias', 'key', '-keyalg', 'EC', '-dname',
			'CN=Me', '-keystore', path, '-storepass', 'secret 7');
		const bytes = readFileSync(path);
		refused(await trust('install', own[2], store), 'anchors.password', 3);
		const file = join(dir, 'password');
		writeFileSync(file, 'wrong\n', { mode: 0o600 });
		const words = ['--password-file', file];
		refused(await trust('install', own[2], store, ...words),
			'anchors.password', 3);
		assert.ok(readFileSync(path).equals(bytes));
		writeFileSync(file, 'secret 7\n');
		assert.equal(counts(await trust('install', own[2], store, ...words))[0],
			1);
		const listed = await keytool('-list', '-keystore', path, '-storepass',
			'secret 7');
		assert.match(listed, /key, .*PrivateKeyEntry/);
		assert.equal(Object.keys(await javaList(path, 'secret 7')).length, 2);
		assert.equal(counts(await trust('remove', own[2], store, ...words))[2],
			1);
		refused(await trust('install', own[2], `dir:${dir}`, ...words),
			'cli.option', 2);
		chmodSync(file, 0o644);
		refused(await trust('install', own[2], store, ...words),
			'file.secret_mode', 3);
	});

test('stores that are refused', { skip }, async (t) => {
	const { dir, trust } = maker(t);
	refused(await trust('install', own[2], `java:${dir}/nothing`),
		'anchors.store');
	refused(await trust('install', own[2], 'java'), 'cli.words', 2);
	const other = join(dir, 'other');
	writeFileSync(other, 'no store');
	refused(await trust('install', own[2], `java:${other}`), 'anchors.keytool');
	assert.equal(readFileSync(other, 'utf8'), 'no store');

	const path = await javaStore(dir, 'jks', { mine: own[0] });
	// The name that would be its own means another certificate.
	const sha1 = (await opensslMust(['x509', '-in', own[2], '-noout',
		'-fingerprint', '-sha1'])).split('=')[1].trim().replaceAll(':', '')
		.toLowerCase();
	await keytool('-importcert', '-noprompt', '-alias', `SURGUCH-${sha1}`,
		'-file', own[3], '-keystore', path, '-storepass', PASSWORD);
	const bytes = readFileSync(path);
	refused(await trust('install', own[2], `java:${path}`), 'anchors.name');
	assert.ok(readFileSync(path).equals(bytes));
	counts(await trust('undo', `java:${path}`));
	assert.ok(readFileSync(path).equals(bytes));
	// A link, as JDKs of a distribution have, stays one.
	mkdirSync(join(dir, 'jdk'));
	const link = join(dir, 'jdk/cacerts');
	symlinkSync(path, link);
	assert.equal(counts(await trust('install', own[4], `java:${link}`))[0], 1);
	assert.equal(Object.keys(await javaList(path)).length, 3);
	assert.ok((await exec('test', ['-L', link])).code === 0);
	chmodSync(path, 0o666);
	refused(await trust('install', own[2], `java:${path}`),
		'file.trusted_mode', 3);
});
