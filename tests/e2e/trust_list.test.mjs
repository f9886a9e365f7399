// SPDX-License-Identifier: Apache-2.0
// surguch trust list: an organisation's own list of roots and of what it
// disallows, signed by itself; read back by every reader of ours and opened by
// openssl and cabextract.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync,
	readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { openssl, opensslMust } from './lib/openssl.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = existsSync(DATA) ? false : 'no reference data';
const at = (path) => join(DATA, path);
const REAL = at('mirror-20210126');
const CTL_SIGNING = '1.3.6.1.4.1.311.10.3.1';
const NEW_KEY = {
	rsa: ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'],
	p256: ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'],
	gost: ['-algorithm', 'gost2012_256', '-pkeyopt', 'paramset:A'],
};

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 60 });
const list = (...args) => surguch('trust', 'list', ...args);

function good(r) {
	assert.equal(r.code, 0, r.all);
	return r;
}

function refused(r, rule) {
	assert.notEqual(r.code, 0, r.all);
	assert.ok(r.err.includes(`rule ${rule}`), r.err);
}

async function shown(path, ...args) {
	const r = await surguch('--json', 'trust', 'show', path, ...args);
	return { code: r.code, err: r.err, parts: JSON.parse(r.out).parts };
}

const sha1 = (pem) => createHash('sha1').update(Buffer.from(
	pem.replace(/-----[^-]*-----|\s/g, ''), 'base64')).digest('hex');

// A small PKI by openssl: a root, and what is issued under it.
class Pki {
	static async make(dir, kind = 'p256', cn = 'Организация Root') {
		const p = new Pki();
		p.dir = dir;
		p.kind = kind;
		p.count = 0;
		p.root = join(dir, `${kind}-root.pem`);
		p.rootKey = await p.key();
		await opensslMust(['req', '-x509', '-new', '-utf8', '-key', p.rootKey,
			'-out', p.root, '-days', '3650', '-subj', `/O=Org/CN=${cn}`,
			'-addext', 'basicConstraints=critical,CA:TRUE',
			'-addext', 'keyUsage=critical,keyCertSign,cRLSign']);
		p.sha1 = sha1(readFileSync(p.root, 'utf8'));
		return p;
	}

	async key() {
		const path = join(this.dir, `${this.kind}-${this.count++}.key`);
		await opensslMust(['genpkey', ...NEW_KEY[this.kind], '-out', path]);
		chmodSync(path, 0o600);
		return path;
	}

	// {key, cert}
	async issue(cn, exts, key = null) {
		const out = { key: key ?? await this.key() };
		const csr = join(this.dir, `${this.kind}-${this.count++}.csr`);
		const cfg = `${csr}.cnf`;
		out.cert = `${csr}.pem`;
		writeFileSync(cfg, exts.join('\n'));
		await opensslMust(['req', '-new', '-key', out.key, '-out', csr,
			'-subj', `/O=Org/CN=${cn}`]);
		await opensslMust(['x509', '-req', '-in', csr, '-CA', this.root,
			'-CAkey', this.rootKey, '-CAcreateserial', '-days', '300',
			'-extfile', cfg, '-out', out.cert]);
		return out;
	}

	signer(purposes = CTL_SIGNING) {
		return this.issue('List signer', ['basicConstraints=CA:FALSE',
			'keyUsage=critical,digitalSignature',
			...(purposes ? [`extendedKeyUsage=${purposes}`] : [])]);
	}
}

const signedBy = (s) => ['--key', s.key, '--cert', s.cert];

// What openssl says of the list's signature, given the octets that it is over:
// those of the list without its tag and length.
async function opensslVerifies(stl, root, dir) {
	const parsed = await opensslMust(['asn1parse', '-inform', 'DER', '-in',
		stl]);
	const lines = parsed.split('\n');
	const type = lines.findIndex((l) =>
		/:(Microsoft CTL|1\.3\.6\.1\.4\.1\.311\.10\.1)$/.test(l) ||
		/OBJECT +:.*(Certificate Trust List|311\.10\.1)\s*$/.test(l));
	assert.ok(type > 0, parsed.slice(0, 800));
	const m = /^ *(\d+):d=\d+ +hl=(\d+) +l= *(\d+) cons: SEQUENCE/.exec(
		lines[type + 2]);
	assert.ok(m, lines[type + 2]);
	const [from, head, len] = m.slice(1).map(Number);
	const value = join(dir, 'value.bin');
	writeFileSync(value, readFileSync(stl).subarray(from + head,
		from + head + len));
	const run = () => openssl(['smime', '-verify', '-binary', '-inform', 'der',
		'-in', stl, '-content', value, '-CAfile', root, '-no-CApath',
		'-purpose', 'any', '-out', '/dev/null']);
	const r = await run();
	assert.equal(r.code, 0, r.all);
	assert.match(r.all, /Verification successful/);
	const changed = readFileSync(value);
	changed[100] ^= 1;
	writeFileSync(value, changed);
	assert.notEqual((await run()).code, 0);
}

test('an own root among Microsoft\'s', { skip }, async (t) => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const s = await pki.signer();
	const [out, mirror, cab] = ['out', 'mirror', 'cab'].map((n) => join(dir, n));
	[out, mirror, cab].forEach((d) => mkdirSync(d));
	const r = good(await list(REAL, pki.root, '--old', '--for',
		'server,email', ...signedBy(s), '--anchor', pki.root, '--days', '30',
		'--identifier', 'Наш список', '--output', out));
	assert.match(r.err, /a list of 418 entries/);

	// Every root says what Microsoft's list says of it; ours is one of them.
	refused(await surguch('trust', 'show', out), 'chain.issuer');
	const mine = await shown(out, '--anchor', pki.root);
	assert.equal(mine.code, 0, mine.err);
	const [part] = mine.parts;
	assert.equal(part.kind, 'roots');
	const real = (await shown(REAL, '--old')).parts
		.find((p) => p.kind === 'roots');
	assert.deepEqual(part.roots.slice(0, 417), real.roots);
	const own = part.roots[417];
	assert.equal(own.sha1, pki.sha1);
	assert.equal(own.name, 'Организация Root');
	assert.ok(own.at_hand);
	assert.deepEqual(readdirSync(out).filter((f) => f.endsWith('.crt')).length,
		418);

	// Outside: openssl has the same digest and signature, cabextract the list.
	await opensslVerifies(join(out, 'authroot.stl'), pki.root, dir);
	await must('cabextract', ['-q', '-d', cab, join(out, 'authrootstl.cab')]);
	assert.ok(readFileSync(join(cab, 'authroot.stl'))
		.equals(readFileSync(join(out, 'authroot.stl'))));

	// A mirror of it, and a chain that ends there.
	refused(await surguch('trust', 'mirror', out, mirror), 'chain.issuer');
	assert.deepEqual(readdirSync(mirror).filter((f) => !f.startsWith('.')), []);
	good(await surguch('trust', 'mirror', out, mirror, '--anchor', pki.root));
	const site = await pki.issue('site.example', [
		'subjectAltName=DNS:site.example', 'extendedKeyUsage=serverAuth']);
	const verify = (...args) => surguch('verify', site.cert, '--roots', mirror,
		'--rules', 'path', ...args);
	refused(await verify(), 'chain.issuer');
	const v = await verify('--anchor', pki.root, '--purpose', 'server');
	good(v);
	assert.match(v.err, /CN=Организация Root/);
	assert.ok(v.err.includes(pki.sha1));
	const code = await verify('--anchor', pki.root, '--purpose', 'code');
	assert.equal(code.code, 1, code.all);
	t.diagnostic('proves: F7');
});

test('stores and bags for group policy, unsigned', { skip }, async () => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const [sst, p7b] = ['own.sst', 'own.p7b'].map((n) => join(dir, n));
	const from = [REAL, pki.root, '--old', '--use', 'server', '--trusted-at',
		'2020-12-01'];
	good(await list(...from, '--output', sst));
	good(await list(...from, '--output', p7b));
	// The choice is one among Microsoft's; the own root was named.
	const chosen = (await shown(REAL, '--old', ...from.slice(3))).parts
		.find((p) => p.kind === 'roots').roots.length;
	assert.ok(chosen > 100 && chosen < 417, `${chosen}`);
	const store = (await shown(sst)).parts[0];
	assert.equal(store.roots.length, chosen + 1);
	assert.ok(store.roots.some((x) => x.sha1 === pki.sha1));
	const bag = await opensslMust(['pkcs7', '-inform', 'DER', '-print_certs',
		'-in', p7b]);
	assert.equal(bag.match(/BEGIN CERTIFICATE/g).length, chosen + 1);
	// The list of that store says of each root what the store does.
	const s = await pki.signer();
	const back = join(dir, 'back.stl');
	good(await list(sst, ...signedBy(s), '--output', back));
	const again = (await shown(back, '--anchor', pki.root, '--certs', sst))
		.parts[0];
	const sorted = (x) => [...x].sort((a, b) => a.sha1 < b.sha1 ? -1 : 1);
	assert.deepEqual(sorted(again.roots), sorted(store.roots));
});

test('signed by keys of every kind', async () => {
	const dir = scratch();
	for (const kind of Object.keys(NEW_KEY)) {
		const pki = await Pki.make(dir, kind);
		const s = await pki.signer();
		const [stl, cab, third] = ['own.stl', 'own.cab', 'third.stl']
			.map((n) => join(dir, `${kind}-${n}`));
		good(await list(pki.root, ...signedBy(s), '--output', stl, '--anchor',
			pki.root));
		good(await list(pki.root, ...signedBy(s), '--output', cab));
		for (const f of [stl, cab]) {
			const r = await shown(f, '--anchor', pki.root, '--strict');
			assert.equal(r.code, 0, r.err);
		}
		await opensslVerifies(stl, pki.root, dir);
		// The same key with a password on it.
		const sealed = join(dir, `${kind}-sealed.key`);
		const password = join(dir, 'password');
		writeFileSync(password, 'секрет\n', { mode: 0o600 });
		await opensslMust(['pkcs8', '-topk8', '-in', s.key, '-out', sealed,
			'-v2', 'aes-256-cbc', '-passout', `file:${password}`]);
		chmodSync(sealed, 0o600);
		good(await list(pki.root, '--key', sealed, '--cert', s.cert,
			'--password-file', password, '--output', third));
	}
});

test('a root that breaks a rule of form is passed over, and said', async () => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const s = await pki.signer();
	const site = await pki.issue('site.example', [
		'subjectAltName=DNS:site.example', 'extendedKeyUsage=serverAuth']);
	// Of the same name and key, with a serial number below zero.
	const bad = join(dir, 'bad.pem');
	await opensslMust(['req', '-x509', '-new', '-utf8', '-key', pki.rootKey,
		'-out', bad, '-days', '3650', '-subj', '/O=Org/CN=Организация Root',
		'-set_serial', '-77', '-addext', 'basicConstraints=critical,CA:TRUE']);
	for (const [roots, found] of [[[bad], false], [[bad, pki.root], true]]) {
		const out = join(dir, `${found}`);
		mkdirSync(out);
		good(await list(...roots, ...signedBy(s), '--output', out));
		const r = await surguch('verify', site.cert, '--roots', out,
			'--anchor', pki.root, '--rules', 'path');
		assert.match(r.err, new RegExp(`warning: the root ${sha1(readFileSync(
			bad, 'utf8'))} of the list is passed over: .*serial`));
		assert.equal(r.code, found ? 0 : 1, r.all);
		assert.match(r.out, found ? /^good/ : /^bad/);
	}
});

test('what is disallowed', async () => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const s = await pki.signer();
	const bad = await pki.issue('Sub CA', ['basicConstraints=critical,CA:TRUE',
		'keyUsage=critical,keyCertSign']);
	const site = await pki.issue('site.example', [
		'subjectAltName=DNS:site.example', 'extendedKeyUsage=serverAuth']);
	const twin = await pki.issue('twin.example', [
		'subjectAltName=DNS:twin.example', 'extendedKeyUsage=serverAuth'],
	site.key);
	const [out, mirror] = ['out', 'mirror'].map((n) => join(dir, n));
	[out, mirror].forEach((d) => mkdirSync(d));
	good(await list(pki.root, ...signedBy(s), '--output', out));
	good(await list(bad.cert, site.cert, '--disallowed', ...signedBy(s),
		'--output', out));
	const sync = (...args) => surguch('trust', 'mirror', out, mirror,
		'--anchor', pki.root, ...args);
	const r = good(await sync());
	assert.match(r.out, /disallowedcertstl\.cab .* 2 entries, new/);
	assert.ok(existsSync(join(mirror, 'disallowedcert.sst')));
	const verify = (c) => surguch('verify', c.cert, '--roots', mirror,
		'--anchor', pki.root, '--rules', 'path');
	refused(await verify(site), 'trust.disallowed');
	refused(await verify(twin), 'trust.disallowed'); // of the same key
	const store = (await shown(join(out, 'disallowedcert.sst'))).parts[0];
	assert.equal(store.roots.length, 2);

	// By the certificate alone, out of the list that is there.
	good(await list(join(out, 'disallowedcert.stl'), '--disallowed',
		'--certs', join(out, 'disallowedcert.sst'), '--anchor', pki.root,
		'--remove', site.cert, ...signedBy(s), '--output', out));
	good(await sync());
	good(await verify(site));
	const left = (await shown(join(mirror, 'disallowedcert.sst'))).parts[0];
	assert.deepEqual(left.roots.map((x) => x.sha1),
		[sha1(readFileSync(bad.cert, 'utf8'))]);
	good(await list(join(out, 'disallowedcert.stl'), twin.cert, '--disallowed',
		'--by', 'certificate', '--anchor', pki.root, ...signedBy(s),
		'--output', out));
	good(await sync());
	good(await verify(site));
	refused(await verify(twin), 'trust.disallowed');
});

test('Microsoft\'s disallowed list, and one more', { skip }, async () => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const s = await pki.signer();
	const bad = await pki.issue('Bad CA', ['basicConstraints=CA:TRUE']);
	const out = join(dir, 'out');
	mkdirSync(out);
	// A mirror has 417 roots beside: none of them is disallowed.
	good(await list(REAL, bad.cert, '--disallowed', '--old', ...signedBy(s),
		'--anchor', pki.root, '--output', out));
	const r = await shown(join(out, 'disallowedcert.stl'), '--anchor', pki.root);
	assert.equal(r.code, 0, r.err);
	assert.equal(r.parts[0].entries.length, 74);
	const store = (await shown(join(out, 'disallowedcert.sst'))).parts[0];
	assert.equal(store.roots.length, 81);
});

test('neither its number nor its date goes back', async () => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const other = await Pki.make(dir, 'rsa', 'Other Root');
	const s = await pki.signer();
	const [out, mirror] = ['out', 'mirror'].map((n) => join(dir, n));
	[out, mirror].forEach((d) => mkdirSync(d));
	const sync = (...args) => surguch('trust', 'mirror', out, mirror,
		'--anchor', pki.root, ...args);
	let before = '';
	for (let i = 0; i < 4; i++) {
		// As fast as it goes, so that some are of the same second.
		good(await list(i % 2 ? other.root : pki.root, ...signedBy(s),
			'--anchor', pki.root, '--output', out));
		const part = (await shown(join(out, 'authrootstl.cab'), '--anchor',
			pki.root)).parts[0];
		assert.ok(part.sequence > before, `${part.sequence} ${before}`);
		assert.match(part.sequence, /^14[0-9a-f]{16}$/);
		before = part.sequence;
		good(await sync());
	}
	// One that is there and cannot be trusted is not passed over.
	refused(await list(pki.root, ...signedBy(s), '--output', out),
		'chain.issuer');
	// Elsewhere the list that it replaces is named.
	const stl = join(dir, 'own.stl');
	good(await list(pki.root, ...signedBy(s), '--anchor', pki.root, '--after',
		join(out, 'authroot.stl'), '--output', stl));
	assert.ok((await shown(stl, '--anchor', pki.root)).parts[0].sequence >
		before);
	refused(await list(pki.root, '--disallowed', ...signedBy(s), '--anchor',
		pki.root, '--after', stl, '--output', join(dir, 'other.stl')),
	'stl.kind');
	assert.ok(!existsSync(join(dir, 'other.stl')));
});

test('what is refused, and writes nothing', async () => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const other = await Pki.make(dir, 'rsa', 'Other Root');
	const s = await pki.signer();
	const to = join(dir, 'own.stl');
	const out = ['--output', to];
	const two = await pki.signer(`${CTL_SIGNING},serverAuth`);
	const none = await pki.signer(null);
	const stranger = await other.signer();
	const open = join(dir, 'open.key');
	copyFileSync(s.key, open);
	chmodSync(open, 0o644);
	const cases = [
		['another purpose beside', [pki.root, ...signedBy(two), ...out],
			'stl.signer', 1],
		['no purpose', [pki.root, ...signedBy(none), ...out], 'stl.signer', 1],
		['another key\'s certificate', [pki.root, '--key', s.key, '--cert',
			stranger.cert, ...out], 'list.certificate', 1],
		['under another root', [pki.root, ...signedBy(stranger), '--anchor',
			pki.root, ...out], 'chain.issuer', 1],
		['no certificate', [pki.root, '--key', s.key, ...out],
			'list.certificate', 1],
		['a key that others may read', [pki.root, '--key', open, '--cert',
			s.cert, ...out], 'file.secret_mode', 3],
		['no key', [pki.root, ...out], 'cli.option', 2],
		['no place', [pki.root, ...signedBy(s)], 'cli.option', 2],
		['a place of no form', [pki.root, ...signedBy(s), '--output',
			join(dir, 'own.txt')], 'cli.option', 2],
		['somebody who is no CA', [s.cert, ...signedBy(s), ...out],
			'trust.leaf', 1],
		['a removal of nothing', [pki.root, '--remove', other.root,
			...signedBy(s), ...out], 'trust.none', 1],
		['nothing left', [pki.root, '--remove', pki.sha1, ...signedBy(s),
			...out], 'trust.none', 1],
		['purposes that there are not', [pki.root, '--for', 'server,,x',
			...signedBy(s), ...out], 'cli.option', 2],
		['no number of days', [pki.root, '--days', '0', ...signedBy(s),
			...out], 'cli.option', 2],
	];
	for (const [name, args, rule, code] of cases) {
		const r = await list(...args);
		assert.equal(r.code, code, `${name}: ${r.all}`);
		assert.ok(r.err.includes(`rule ${rule}`), `${name}: ${r.err}`);
		assert.ok(!existsSync(to), name);
	}
});

test('lists that say different things of a root', { skip }, async () => {
	const dir = scratch();
	const pki = await Pki.make(dir);
	const s = await pki.signer();
	const stls = ['20200518', '20250616'].map((d) =>
		at(`stl/authroot-${d}.stl`));
	refused(await list(...stls, ...signedBy(s), '--output',
		join(dir, 'own.stl')), 'trust.twice');
	// A list of which no certificate is at hand is a list all the same, and no
	// source of a mirror.
	good(await list(stls[1], ...signedBy(s), '--output', join(dir, 'own.stl')));
	mkdirSync(join(dir, 'out'));
	refused(await list(stls[1], ...signedBy(s), '--output', join(dir, 'out')),
		'trust.missing');
	good(await list(stls[1], '--certs', at('crt-pem-20250616'), ...signedBy(s),
		'--output', join(dir, 'out')));
	assert.equal(readdirSync(join(dir, 'out')).length, 514 + 2);
});
