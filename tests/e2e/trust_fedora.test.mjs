// SPDX-License-Identifier: Apache-2.0
// surguch trust install, remove, distrust, undo with the system store of Fedora
// and RHEL.  The root is one of our own, what it means is p11-kit's word.
import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, existsSync, readFileSync, renameSync, rmSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ANCHORS, FedoraRoot, pems, SERVER_OWN } from './lib/fedora.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { AS_ROOT, REFERENCE_DATA } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = !existsSync(DATA) ? 'no reference data'
	: AS_ROOT ? false : 'another root is entered by root alone';
const LIST = join(DATA, 'stl/authroot-20250616.stl');
const CERTS = join(DATA, 'crt-pem-20250616');

function counts(r) {
	assert.equal(r.code, 0, r.all);
	const { added, there, removed, absent, still } = JSON.parse(r.out);
	return [added, there, removed, absent, still];
}

function refused(r, rule) {
	assert.ok([1, 3].includes(r.code), r.all);
	assert.ok(r.err.includes(`rule ${rule}`), r.err);
}

test('a list into Fedora’s store, and back', { skip }, async (t) => {
	const f = new FedoraRoot(t);
	writeFileSync(f.at(`${ANCHORS}/administrators.pem`), readFileSync(f.own[0]));
	const args = [LIST, f.store(), '--certs', CERTS];
	const dry = await f.trust('install', ...args, '--dry-run');
	const [wanted] = counts(dry);
	assert.ok(wanted > 150 && wanted < 250, `${wanted}`);
	assert.match(dry.err, /trusted for this use now; left out/);
	assert.equal(f.bundle().size, 0);
	assert.deepEqual(f.files(ANCHORS), ['administrators.pem']);

	assert.deepEqual(counts(await f.trust('install', ...args)),
		[wanted, 0, 0, 0, 0]);
	const ours = f.files(ANCHORS).filter((n) => n.startsWith('surguch-'));
	assert.equal(ours.length, wanted);
	const bundle = f.bundle();
	for (const name of ours) {
		assert.ok(bundle.has(pems(f.at(`${ANCHORS}/${name}`))[0]), name);
		assert.ok(existsSync(join(CERTS,
			`${name.slice(8, 48).toUpperCase()}.crt`)), name);
	}
	assert.deepEqual(counts(await f.trust('install', ...args)),
		[0, wanted, 0, 0, 0]);
	const out = counts(await f.trust('remove', ...args));
	assert.deepEqual(out.slice(0, 4), [0, 0, wanted, 514 - wanted]);
	assert.deepEqual(f.files(ANCHORS), ['administrators.pem']);
	assert.equal(f.bundle().size, SERVER_OWN);
	assert.deepEqual(counts(await f.trust('undo', f.store())).slice(0, 3),
		[wanted, 0, 0]);
	assert.deepEqual([...f.bundle()].sort(), [...bundle].sort());
	t.diagnostic('proves: F4');
});

test('what is distrusted, whoever brings it', { skip }, async (t) => {
	const f = new FedoraRoot(t);
	const [own, ours] = [f.own[0], join(f.dir, 'ours.pem')];
	await opensslMust(['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout',
		join(f.dir, 'key'), '-out', ours, '-days', '9', '-subj', '/CN=Ours']);
	assert.equal(counts(await f.trust('install', ours, f.store()))[0], 1);
	assert.equal(f.bundle().size, SERVER_OWN + 1);
	// Removing does not reach what the distribution brings, and says so.
	assert.deepEqual(counts(await f.trust('remove', own, f.store())),
		[0, 0, 0, 1, 1]);
	for (const [file, anchors] of [[own, 0], [ours, 1]]) {
		const r = await f.trust('distrust', file, f.store());
		assert.equal(counts(r)[2], 1 + anchors, r.all);
		assert.ok(!/anchors\.distrust/.test(r.err), r.err);
		assert.ok(!f.bundle().has(pems(file)[0]), file);
		assert.equal(f.files(f.blocked).length, 1);
		// An anchor beside it changes nothing.
		copyFileSync(file, f.at(`${ANCHORS}/again.pem`));
		refused(await f.trust('install', file, f.store()), 'anchors.missing');
		assert.ok(!f.bundle().has(pems(file)[0]), file);
		counts(await f.trust('remove', file, f.store()));
		rmSync(f.at(`${ANCHORS}/again.pem`));
		counts(await f.trust('undo', f.store()));
		assert.deepEqual(f.files(f.blocked), []);
	}
	// A whole list of what is disallowed, by the certificates themselves.
	const list = join(DATA, 'stl/disallowedcert-20190813.stl');
	const store = join(DATA, 'sst/disallowedcert-20190813.sst');
	const r = await f.trust('distrust', list, f.store(), '--certs', store,
		'--old');
	const [, , removed] = counts(r);
	assert.ok(removed > 70, `${removed}`);
	assert.equal(f.files(f.blocked).length, removed);
	assert.deepEqual(counts(await f.trust('undo', f.store())).slice(0, 1),
		[removed]);
	assert.deepEqual(f.files(f.blocked), []);
});

test('the blocklist of older systems', { skip }, async (t) => {
	const f = new FedoraRoot(t, 'blacklist');
	// This p11-kit reads the new name alone: what is not distrusted after all
	// is an error, and nothing is left of it after the undo.
	refused(await f.trust('distrust', f.own[0], f.store()), 'anchors.trusted');
	assert.equal(f.files(f.blocked).length, 1);
	counts(await f.trust('undo', f.store()));
	assert.deepEqual(f.files(f.blocked), []);
	assert.ok(!existsSync(f.at('etc/pki/ca-trust/source/blocklist')));
});

test('systems that are of another make', { skip }, async (t) => {
	const f = new FedoraRoot(t);
	const file = f.own[0];
	renameSync(f.at('etc/pki'), f.at('etc/other'));
	refused(await f.trust('install', file, f.store()), 'anchors.layout');
	assert.ok(!existsSync(f.at('etc/pki')));
	renameSync(f.at('etc/other'), f.at('etc/pki'));
	f.program('echo this machine has no trust today >&2; exit 3');
	const r = await f.trust('install', file, f.store());
	refused(r, 'anchors.update');
	assert.match(r.err, /no trust today/);
	rmSync(f.at('usr/bin/update-ca-trust'));
	refused(await f.trust('install', file, f.store()), 'anchors.program');
	chmodSync(f.at(ANCHORS), 0o777);
	refused(await f.trust('install', file, f.store()), 'file.trusted_mode');
});
