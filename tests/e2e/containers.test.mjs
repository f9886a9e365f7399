// SPDX-License-Identifier: Apache-2.0
// surguch container: keys that move to and from the tools people have.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync,
	renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import * as package_ from './lib/cryptopro.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { BUILD, scratch } from './lib/scratch.mjs';

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 60 });

async function must(...args) {
	const r = await surguch(...args);
	assert.equal(r.code, 0, r.all);
	return r;
}

const json = async (...args) => JSON.parse((await must('--json', ...args)).out);

async function refused(rule, ...args) {
	const r = await surguch(...args);
	assert.notEqual(r.code, 0, r.all);
	assert.match(r.err, new RegExp(`rule ${rule.replaceAll('.', '\\.')}\\b`),
		r.all);
	return r;
}

// A place with a key by openssl, its certificate, and files of passwords.  One
// of no days has ended when the next second begins.
const EXPIRED = 'expired';
async function place(t, algorithm, ...options) {
	const expired = options.includes(EXPIRED);
	options = options.filter((o) => o !== EXPIRED);
	const dir = scratch(t);
	const at = (name) => join(dir, name);
	await opensslMust(['genpkey', '-algorithm', algorithm,
		...options.flatMap((o) => ['-pkeyopt', o]), '-out', at('key.pem')]);
	await opensslMust(['req', '-x509', '-new', '-key', at('key.pem'), '-subj',
		'/CN=Иванов Иван/O=Ромашка', '-utf8', '-days', '30', '-addext',
		'keyUsage=digitalSignature,keyEncipherment,keyAgreement', '-out',
		at('cert.pem')]);
	if (expired) {
		await opensslMust(['x509', '-in', at('cert.pem'), '-signkey',
			at('key.pem'), '-days', '0', '-out', at('cert0.pem')]);
		renameSync(at('cert0.pem'), at('cert.pem'));
	}
	await opensslMust(['x509', '-in', at('cert.pem'), '-outform', 'DER', '-out',
		at('cert.der')]);
	await opensslMust(['pkcs8', '-topk8', '-nocrypt', '-in', at('key.pem'),
		'-outform', 'DER', '-out', at('key.der')]);
	const password = (name, text) => {
		writeFileSync(at(name), `${text}\n`);
		chmodSync(at(name), 0o600);
		return at(name);
	};
	return { at, password, cert: readFileSync(at('cert.der')),
		p8: readFileSync(at('key.der')),
		spki: await opensslMust(['pkey', '-in', at('key.pem'), '-pubout']) };
}

const publicOf = (file) => opensslMust(['pkey', '-inform', 'DER', '-in', file,
	'-pubout']);

async function nssImports(db, pfx, password) {
	mkdirSync(db);
	writeFileSync(`${db}/none`, '');
	for (const [cmd, args] of [
		['certutil', ['-N', '-d', `sql:${db}`, '--empty-password']],
		['pk12util', ['-i', pfx, '-d', `sql:${db}`, '-w', password, '-k',
			`${db}/none`]],
		['certutil', ['-K', '-d', `sql:${db}`, '-f', `${db}/none`]]]) {
		const r = await exec(cmd, args, { timeoutSec: 60 });
		assert.equal(r.code, 0, `${cmd}: ${r.all}`);
	}
}

const KEYS = [
	['gost2012-256:A', 'gost2012_256', 'paramset:A', 'secret'],
	['gost2012-256:XA', 'gost2012_256', 'paramset:XA', 'Пароль'],
	['gost2012-512:A', 'gost2012_512', 'paramset:A', 'secret'],
	['gost2012-256:A', 'gost2012_256', 'paramset:A', undefined],
];

for (const [spec, algorithm, set, password] of KEYS) {
	test(`a CryptoPro container with ${spec}, ${password ?? 'no password'}: ` +
		'from the package to us and back', async (t) => {
		const p = await place(t, algorithm, set);
		await package_.write(p.at('theirs.000'),
			{ p8: p.p8, cert: p.cert, password, name: 'theirs' });

		const shown = await json('container', 'show', p.at('theirs.000'));
		assert.equal(shown.form, 'cryptopro');
		assert.equal(shown.key, spec);
		assert.equal(shown.label, 'theirs');
		assert.equal(shown.password, password !== undefined);
		assert.match(shown.subject, /Иванов Иван/);
		const theirs = password === undefined ? [] :
			['--password-file', p.password('old', password)];
		const made = await json('container', 'import', p.at('theirs.000'),
			p.at('ours'), ...theirs, '--insecure-no-password');
		assert.equal(made.certificate, true);
		assert.equal(made.from, 'cryptopro');
		assert.equal(await publicOf(p.at('ours/key.p8')), p.spki);
		assert.deepEqual(readFileSync(p.at('ours/cert.der')), p.cert);

		const back = password === undefined ? ['--insecure-no-password'] :
			['--new-password-file', p.password('new', `${password}2`)];
		await must('container', 'export', p.at('ours'), '--cryptopro',
			p.at('back.000'), '--label', 'Иванов', ...back);
		assert.equal(statSync(p.at('back.000')).mode & 0o777, 0o700);
		const read = await package_.read(p.at('back.000'),
			password && `${password}2`);
		assert.ok(p.p8.subarray(-read.scalar.length).equals(read.scalar));
		assert.deepEqual(read.cert, p.cert);
		if (password !== undefined) {
			await assert.rejects(package_.read(p.at('back.000'), password));
			await refused('container.password', 'container', 'import',
				p.at('back.000'), p.at('x'), '--password-file', p.at('old'),
				'--insecure-no-password');
		}
		assert.equal((await json('container', 'show', p.at('back.000'))).label,
			'Иванов');
		const list = await json('container', 'list', p.at('.'));
		assert.deepEqual(list.containers.map((c) => [c.name, c.form]),
			[['back.000', 'cryptopro'], ['ours', 'folder'],
				['theirs.000', 'cryptopro']]);
	});
}

test('a damaged CryptoPro container: the reserve is used and said aloud; a key ' +
	'that may not leave stays', async (t) => {
	const p = await place(t, 'gost2012_256', 'paramset:A');
	const old = p.password('old', 'secret');
	await package_.write(p.at('one.000'), { p8: p.p8, password: 'secret' });
	const primary = readFileSync(p.at('one.000/primary.key'));
	primary[10] ^= 1;
	writeFileSync(p.at('one.000/primary.key'), primary);
	const r = await must('container', 'import', p.at('one.000'), p.at('ours'),
		'--password-file', old, '--insecure-no-password');
	assert.match(r.err, /primary\.key .*damaged.*reserve/);
	assert.match(r.err, /no certificate/);
	assert.equal(await publicOf(p.at('ours/key.p8')), p.spki);

	const header = readFileSync(p.at('one.000/header.key'));
	header[header.length - 20] ^= 1;
	writeFileSync(p.at('one.000/header.key'), header);
	assert.match((await refused('container.damaged', 'container', 'import',
		p.at('one.000'), p.at('x'), '--password-file', old,
		'--insecure-no-password')).err, /header\.key/);

	await must('container', 'export', p.at('ours'), '--cryptopro',
		p.at('shut.000'), '--insecure-no-password', '--not-exportable');
	await refused('container.cryptopro.not_exportable', 'container', 'import',
		p.at('shut.000'), p.at('y'), '--insecure-no-password');
	assert.equal(existsSync(p.at('y')), false);
	assert.equal((await json('container', 'show', p.at('shut.000'))).exportable,
		false);
	await refused('container.exists', 'container', 'export', p.at('ours'),
		'--cryptopro', p.at('shut.000'), '--insecure-no-password');
	rmSync(p.at('shut.000/header.key'));
	await refused('container.none', 'container', 'import', p.at('shut.000'),
		p.at('z'), '--insecure-no-password');
});

const PFX = [
	['gost2012_256', 'paramset:A', 'gost2012-256:A'],
	['gost2012_512', 'paramset:B', 'gost2012-512:B'],
	['EC', 'ec_paramgen_curve:P-256', 'p256'],
	['RSA', 'rsa_keygen_bits:2048', 'rsa:2048'],
];

for (const [algorithm, option, spec] of PFX) {
	test(`a PFX file with ${spec}, from openssl to us and back`, async (t) => {
		const p = await place(t, algorithm, option);
		const password = p.password('pw', 'Пароль 1');
		await opensslMust(['pkcs12', '-export', '-inkey', p.at('key.pem'),
			'-in', p.at('cert.pem'), '-passout', `file:${password}`, '-name',
			'Имя', '-out', p.at('theirs.p12')]);
		await must('container', 'import', p.at('theirs.p12'), p.at('ours'),
			'--password-file', password, '--new-password-file', password);
		const shown = await json('container', 'show', p.at('ours'));
		assert.equal(shown.key, spec);
		assert.equal(shown.label, 'Имя');
		assert.match(shown.subject, /Иванов Иван/);

		const back = p.password('back', 'ещё один');
		await must('container', 'export', p.at('ours'), '--pfx',
			p.at('ours.pfx'), '--password-file', password,
			'--new-password-file', back);
		assert.equal(statSync(p.at('ours.pfx')).mode & 0o777, 0o600);
		await opensslMust(['pkcs12', '-in', p.at('ours.pfx'), '-noenc',
			'-passin', `file:${back}`, '-out', p.at('back.pem')]);
		assert.equal(await opensslMust(['pkey', '-in', p.at('back.pem'),
			'-pubout']), p.spki);
		assert.equal(await opensslMust(['x509', '-in', p.at('back.pem')]),
			readFileSync(p.at('cert.pem'), 'utf8'));
		if (spec !== 'p256') {
			return; // the rest is the same for all, and GOST is slow
		}
		// NSS is what browsers import with.
		await nssImports(p.at('nss'), p.at('ours.pfx'), back);

		await refused('pfx.password', 'container', 'import', p.at('ours.pfx'),
			p.at('x'), '--password-file', password,
			'--insecure-no-password');
		await refused('file.exists', 'container', 'export', p.at('ours'),
			'--pfx', p.at('ours.pfx'), '--password-file', password,
			'--new-password-file', back);
		const der = readFileSync(p.at('ours.pfx'));
		writeFileSync(p.at('short.pfx'), der.subarray(0, der.length - 1));
		await refused('pfx.form', 'container', 'import', p.at('short.pfx'),
			p.at('x'), '--password-file', back, '--insecure-no-password');
		// The last bytes are the MAC's salt and count.
		der[der.length - 6] ^= 1;
		writeFileSync(p.at('turned.pfx'), der);
		await refused('pfx.damaged', 'container', 'import',
			p.at('turned.pfx'), p.at('x'), '--password-file', back,
			'--insecure-no-password');
		assert.equal(existsSync(p.at('x')), false);
	});
}

test('what is no GOST key has no CryptoPro container', async (t) => {
	const dir = scratch(t);
	await must('container', 'new', join(dir, 'ec'), '--spec', 'p256',
		'--insecure-no-password');
	await refused('key.algorithm', 'container', 'export', join(dir, 'ec'),
		'--cryptopro', join(dir, 'x.000'), '--insecure-no-password');
	assert.equal(existsSync(join(dir, 'x.000')), false);
});

test('check tries a signature and a decryption', async (t) => {
	const p = await place(t, 'gost2012_256', 'paramset:A');
	await package_.write(p.at('gost.000'), { p8: p.p8, cert: p.cert });
	assert.deepEqual(await json('container', 'check', p.at('gost.000')),
		{ signature: true, decryption: true });
	const ed = await place(t, 'ED25519');
	await opensslMust(['pkcs12', '-export', '-inkey', ed.at('key.pem'), '-in',
		ed.at('cert.pem'), '-passout', 'pass:x', '-out', ed.at('ed.p12')]);
	assert.deepEqual(await json('container', 'check', ed.at('ed.p12'),
		'--password-file', ed.password('x', 'x')),
	{ signature: true, decryption: null });
	await must('container', 'new', p.at('none'), '--insecure-no-password');
	await refused('container.cert.none', 'container', 'check', p.at('none'));
	console.log('proves: A21');
});

test('archive keeps what has expired in the profile, once, and tries each copy',
	async (t) => {
		const home = join(scratch(t), 'home');
		const run = (...args) => exec(join(BUILD, 'src/cli/surguch'),
			['--json', 'container', 'archive', ...args],
			{ timeoutSec: 60, env: { SURGUCH_HOME: home } });
		const medium = scratch(t);
		const old = await place(t, 'gost2012_256', 'paramset:A', EXPIRED);
		const password = old.password('pw', 'secret');
		await package_.write(join(medium, 'old.000'),
			{ p8: old.p8, cert: old.cert, password: 'secret' });
		const other = await place(t, 'gost2012_256', 'paramset:A', EXPIRED);
		await package_.write(join(medium, 'shut.000'),
			{ p8: other.p8, cert: other.cert, password: 'another' });
		const now = await place(t, 'gost2012_256', 'paramset:A');
		await package_.write(join(medium, 'now.000'),
			{ p8: now.p8, cert: now.cert });
		await new Promise((done) => setTimeout(done, 2000));

		const r = await run(medium, '--password-file', password);
		assert.equal(r.code, 1, r.all);
		assert.match(r.err, /rule container\.archive/);
		assert.deepEqual(JSON.parse(r.out).containers, [
			{ name: 'old.000', result: 'copied, signs and decrypts' },
			{ name: 'shut.000', result: 'not copied',
				problem: 'container.password' }]);
		rmSync(join(medium, 'shut.000'), { recursive: true });
		const again = await run(medium, '--password-file', password);
		assert.equal(again.code, 0, again.all);
		assert.deepEqual(JSON.parse(again.out).containers,
			[{ name: 'old.000', result: 'kept already' }]);
		console.log('proves: A16');
	});

test('delete says what is lost, and wants the id', async (t) => {
	const dir = scratch(t);
	const at = (name) => join(dir, name);
	await must('container', 'new', at('c'), '--spec', 'p256', '--label', 'Мой',
		'--insecure-no-password');
	const { id } = await json('container', 'show', at('c'));
	// script(1) gives it a terminal.
	const typed = (word) => exec('script', ['-qefc',
		`${join(BUILD, 'src/cli/surguch')} container delete ${at('c')}`,
		'/dev/null'], { timeoutSec: 60, input: `${word}\n` });
	const no = await typed('yes');
	assert.equal(no.code, 3, no.all);
	assert.match(no.all, /"Мой"[^]*can never be read again/);
	assert.ok(existsSync(at('c/key.p8')));
	assert.equal((await typed(id)).code, 0);
	assert.equal(existsSync(at('c')), false);

	const p = await place(t, 'gost2012_256', 'paramset:A');
	await package_.write(p.at('x.000'), { p8: p.p8, cert: p.cert });
	writeFileSync(p.at('x.000/else'), '');
	const r = await must('container', 'delete', p.at('x.000'), '--yes');
	assert.match(r.err, /Иванов Иван/);
	assert.deepEqual(readdirSync(p.at('x.000')), ['else']);
	await refused('container.none', 'container', 'delete', p.at('x.000'),
		'--yes');
});

// Runs it, and kills it at this step (src/os/seam.h); false: it never got
// there, and ended.
function killedAt(step, ...args) {
	return new Promise((done) => {
		const child = spawn(join(BUILD, 'src/cli/surguch'), args, {
			stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
			env: { ...process.env, SURGUCH_SEAM_FD: '3' } });
		let told = '';
		let killed = false;
		child.stdio[3].on('error', () => {}).setEncoding('latin1')
			.on('data', (text) => {
				told += text;
				for (let end; (end = told.indexOf('\n')) >= 0;) {
					const [name, pid] = told.slice(0, end).split(' ');
					told = told.slice(end + 1);
					killed ||= name === step && child.kill('SIGKILL');
					child.stdio[3].write(pid.padEnd(12));
				}
			});
		child.on('close', () => done(killed));
	});
}

test('another password in its place, and killed at every step', async (t) => {
	const p = await place(t, 'gost2012_256', 'paramset:A');
	const [a, b] = [p.password('a', 'first'), p.password('b', 'второй')];
	await must('container', 'new', p.at('box'), '--password-file', a);
	const { id } = await json('container', 'show', p.at('box'));
	const change = (from, to) => ['container', 'password', p.at('box'),
		'--password-file', from, '--new-password-file', to];
	const opens = async (file) => (await surguch('container', 'export',
		p.at('box'), '--pfx', p.at(`${Math.random()}.pfx`),
		'--password-file', file, '--new-password-file', a)).code === 0;
	await refused('container.password', ...change(b, b));
	await must(...change(a, b));
	assert.deepEqual([await opens(a), await opens(b)], [false, true]);
	await must(...change(b, a));
	for (const [step, now] of [['begin', a], ['key', a], ['meta', b],
		['settled', b]]) {
		assert.equal(await killedAt(`container.password.${step}`,
			...change(a, b)), true, step);
		assert.equal(await opens(now), true, step);
		assert.equal(await opens(now === a ? b : a), false, step);
		await must(...change(now, a));
		assert.equal((await json('container', 'show', p.at('box'))).id, id);
		assert.deepEqual(readdirSync(p.at('box')).sort(),
			['key.p8', 'meta.json']);
	}
	await must('container', 'password', p.at('box'), '--password-file', a,
		'--insecure-no-password');
	assert.equal((await json('container', 'show', p.at('box'))).password,
		false);

	await package_.write(p.at('theirs.000'), { p8: p.p8 });
	await refused('container.cryptopro.password', 'container', 'password',
		p.at('theirs.000'), '--new-password-file', a);
});
