// SPDX-License-Identifier: Apache-2.0
// CA certificates in the person's stores and browsers: put in, listed back,
// believed by a real Chromium, taken out again.
import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { Agent } from './lib/agent.mjs';
import { startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { BUILD, scratch } from './lib/scratch.mjs';

const PROGRAM = join(BUILD, 'src/cli/surguch');
const sha256 = (der) => createHash('sha256').update(der).digest('hex');
const derOf = (pem) => new X509Certificate(readFileSync(pem)).raw;

// A root, an authority under it and a web server under that, P-256.
async function hierarchy(dir) {
	mkdirSync(dir, { recursive: true });
	const at = (name) => join(dir, name);
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
		'-nodes'];
	writeFileSync(at('ca.ext'), 'basicConstraints=critical,CA:true\n' +
		'keyUsage=critical,keyCertSign,cRLSign\n');
	writeFileSync(at('root.cnf'), '[req]\nprompt=no\nutf8=yes\n' +
		'string_mask=utf8only\ndistinguished_name=dn\n' +
		'x509_extensions=ca\n[dn]\nCN=Корень\n[ca]\n' +
		`${readFileSync(at('ca.ext'), 'utf8')}subjectKeyIdentifier=hash\n`);
	writeFileSync(at('leaf.ext'), 'subjectAltName=DNS:localhost\n' +
		'extendedKeyUsage=serverAuth\n');
	await opensslMust(['req', '-x509', ...key, '-keyout', at('root.key'),
		'-out', at('root.pem'), '-config', at('root.cnf'), '-days', '300']);
	for (const [name, issuer, ext, subject] of [
		['sub', 'root', 'ca.ext', '/CN=Sub'],
		['leaf', 'sub', 'leaf.ext', '/CN=localhost']]) {
		await opensslMust(['req', '-new', ...key, '-keyout', at(`${name}.key`),
			'-out', at(`${name}.csr`), '-subj', subject]);
		await opensslMust(['x509', '-req', '-in', at(`${name}.csr`), '-CA',
			at(`${issuer}.pem`), '-CAkey', at(`${issuer}.key`),
			'-CAcreateserial', '-days', '90', '-extfile', at(ext), '-out',
			at(`${name}.pem`)]);
	}
	return at;
}

class Home {
	constructor(t) {
		this.dir = scratch(t);
		this.env = { ...process.env, HOME: this.dir, LANG: 'C.UTF-8',
			SURGUCH_HOME: join(this.dir, 'surguch') };
	}

	surguch(...args) {
		return exec(PROGRAM, args, { env: this.env, timeoutSec: 60 });
	}

	async certutil(db, ...args) {
		const r = await exec('certutil', [...args, '-d', `sql:${db}`],
			{ env: this.env, timeoutSec: 30 });
		assert.equal(r.code, 0, r.all);
		return r.out;
	}

	async database(path, password = '') {
		const db = join(this.dir, path);
		mkdirSync(db, { recursive: true });
		if (password) {
			const file = join(this.dir, 'password');
			writeFileSync(file, `${password}\n`);
			await this.certutil(db, '-N', '-f', file);
		} else {
			await this.certutil(db, '-N', '--empty-password');
		}
		return db;
	}
}

// {CN or nickname: trust} as NSS's own tool lists them.
async function listed(home, db) {
	const out = await home.certutil(db, '-L');
	return Object.fromEntries(out.split('\n')
		.map((l) => /^(\S.*?)\s+([a-zA-Z]*,[a-zA-Z]*,[a-zA-Z]*)\s*$/.exec(l))
		.filter(Boolean).map(([, name, trust]) => [name, trust]));
}

test('surguch store', async (t) => {
	const home = new Home(t);
	const at = await hierarchy(join(home.dir, 'pki'));
	const root = derOf(at('root.pem'));
	const sub = derOf(at('sub.pem'));
	const nick = (der) => `surguch ${sha256(der).slice(0, 16)}`;
	const chromium = await home.database('.pki/nssdb');
	const firefox = await home.database('.config/mozilla/firefox/a.default');
	const locked = await home.database('elsewhere/locked', 'master');
	writeFileSync(join(home.dir, '.config/mozilla/firefox/profiles.ini'),
		'[General]\r\nVersion=2\r\n\r\n[Profile0]\r\nName=обычный\r\n' +
		'IsRelative=1\r\nPath=a.default\r\n\r\n[Profile1]\r\nName=locked\r\n' +
		`IsRelative=0\r\nPath=${locked}\r\n\r\n[Profile2]\r\nName=gone\r\n` +
		'IsRelative=1\r\nPath=gone\r\n');

	await t.test('a root goes in by its fingerprint alone', async () => {
		const wrong = await home.surguch('store', 'install', at('root.pem'),
			'--fingerprint', '0'.repeat(64));
		assert.equal(wrong.code, 3, wrong.all);
		assert.match(wrong.err, /certstores\.fingerprint/);
		// Nobody is there to be asked.
		const none = await home.surguch('store', 'install', at('root.pem'));
		assert.notEqual(none.code, 0);
		assert.deepEqual(await listed(home, chromium), {});
		assert.equal((await home.surguch('store', 'list')).out, '');
	});

	await t.test('put in, and each store says what it has', async () => {
		const r = await home.surguch('store', 'install', at('root.pem'),
			at('sub.pem'), '--fingerprint', sha256(root));
		// The profile with a password of its own takes no trust from us.
		assert.equal(r.code, 1, r.all);
		const lines = r.out.trim().split('\n');
		assert.deepEqual(lines.slice(0, 3), [
			'surguch: 1 roots, 1 authorities',
			'chromium Chromium: 1 roots, 1 authorities',
			'firefox Firefox: обычный: 1 roots, 1 authorities']);
		assert.match(lines[3],
			/^firefox Firefox: locked: 0 roots, .*certstores\.password/);
		assert.equal(lines.length, 4);
		for (const db of [chromium, firefox]) {
			assert.deepEqual(await listed(home, db),
				{ [nick(root)]: 'C,,', [nick(sub)]: ',,' });
		}
		const list = await home.surguch('store', 'list');
		for (const store of ['surguch', 'chromium Chromium',
			'firefox Firefox: обычный']) {
			assert.ok(list.out.includes(`${store} ${sha256(root)} root `),
				list.out);
			assert.ok(list.out.includes(
				`${store} ${sha256(sub)} authority CN=Sub`), list.out);
		}
	});

	await t.test('Chromium believes it', async () => {
		const server = createServer({ key: readFileSync(at('leaf.key')),
			cert: Buffer.concat([readFileSync(at('leaf.pem')),
				readFileSync(at('sub.pem'))]) },
		(q, a) => a.end('<p>believed</p>'));
		await new Promise((done) => server.listen(0, '127.0.0.1', done));
		t.after(() => server.close());
		const page = () => exec('chromium', ['--headless', '--no-sandbox',
			'--disable-gpu', '--disable-background-networking', '--dump-dom',
			'--virtual-time-budget=2000',
			`https://localhost:${server.address().port}/`],
		{ env: home.env, timeoutSec: 60 });
		const good = await page();
		assert.match(good.out, /<p>believed<\/p>/, good.all);
		const out = await home.surguch('store', 'remove', sha256(root));
		assert.equal(out.code, 0, out.all);
		const bad = await page();
		assert.doesNotMatch(bad.out, /believed/);
		server.closeAllConnections();
	});

	await t.test('taking back leaves what was there', async () => {
		assert.deepEqual(await listed(home, chromium), { [nick(sub)]: ',,' });
		// Somebody put the root there without trust; a twin has its subject.
		await home.certutil(chromium, '-A', '-n', 'theirs', '-t', ',,', '-i',
			at('root.pem'));
		const twin = await hierarchy(join(home.dir, 'twin'));
		const put = await home.surguch('store', 'install', at('root.pem'),
			'--fingerprint', sha256(root));
		assert.match(put.out, /chromium Chromium: 1 roots/);
		const other = derOf(twin('root.pem'));
		const both = await home.surguch('store', 'install', twin('root.pem'),
			'--fingerprint', sha256(other));
		assert.match(both.out, /chromium Chromium: 1 roots/);
		for (const der of [root, other, sub]) {
			const r = await home.surguch('store', 'remove', sha256(der));
			assert.equal(r.code, 0, r.all);
		}
		assert.deepEqual(await listed(home, chromium), { theirs: ',,' });
		assert.deepEqual(await listed(home, firefox), {});
		const own = join(home.dir, 'surguch/certificates');
		assert.ok(!existsSync(join(own, 'roots', `${sha256(root)}.cer`)));
		const again = await home.surguch('store', 'remove', sha256(root));
		assert.match(again.err, /certstores\.none/);
	});

	await t.test('what is no certificate is refused whole', async () => {
		const file = join(home.dir, 'junk');
		writeFileSync(file, 'junk');
		const r = await home.surguch('store', 'install', at('sub.pem'), file);
		assert.equal(r.code, 1, r.all);
		assert.deepEqual(await listed(home, chromium), { theirs: ',,' });
	});
	t.diagnostic('proves: A20');
});

test('the agent and a trust page', async (t) => {
	const centre = await startDesk(t);
	const agent = await Agent.start(t, centre);
	await agent.trust();
	const page = agent.page();
	await page.pair();
	const home = { dir: agent.place, env: { ...process.env,
		HOME: agent.place } };
	home.certutil = Home.prototype.certutil;
	home.database = Home.prototype.database;
	const db = await home.database('.pki/nssdb');
	const at = await hierarchy(join(agent.place, 'pki'));
	const [root, sub, leaf] = ['root', 'sub', 'leaf'].map((n) =>
		derOf(at(`${n}.pem`)));
	const b64 = (der) => der.toString('base64');
	const send = (...ders) => page.post('/v1/authorities',
		{ certificates: ders.map(b64) });
	const shown = sha256(root).toUpperCase().match(/../g).join(' ');

	await t.test('only authorities, and something of them', async () => {
		const r = await send(sub, leaf);
		assert.deepEqual([r.status, r.json.rule], [422, 'authorities.ca']);
		const none = await send();
		assert.deepEqual([none.status, none.json.rule],
			[422, 'json.field.missing']);
		const junk = await send(Buffer.from('junk'));
		assert.equal(junk.status, 422, junk.text);
		const without = agent.page();
		assert.equal((await without.post('/v1/authorities',
			{ certificates: [b64(root)] })).status, 401);
	});

	await t.test('refused: nothing is there', async () => {
		const { operation } = expectStatus(await send(root, sub), 202);
		const first = await agent.answer('no');
		assert.ok(first.includes(centre.api), first);
		assert.ok(first.includes('CN=Sub'), first);
		const second = await agent.answer('no');
		assert.ok(second.includes(shown), second);
		const end = await page.ends(operation);
		assert.equal(end.kind, 'authorities');
		assert.equal(end.problem.rule, 'agent.refused');
		assert.deepEqual(await listed(home, db), {});
		assert.ok(!existsSync(join(agent.home, 'certificates/roots')));
	});

	await t.test('each root by its fingerprint, the rest together', async () => {
		const { operation } = expectStatus(await send(root, sub), 202);
		await agent.answer('yes');
		await agent.answer('да');
		const end = await page.ends(operation);
		assert.equal(end.state, 'done', JSON.stringify(end));
		const { stores, ...counted } = end.result;
		assert.deepEqual(counted, { roots: 1, intermediates: 1, refused: 0 });
		assert.deepEqual(stores.map((s) => [s.store, s.roots, s.authorities,
			s.problem]), [['surguch', 1, 1, null], ['chromium', 1, 1, null]]);
		assert.deepEqual(Object.values(await listed(home, db)).sort(),
			[',,', 'C,,']);
	});

	await t.test('what was confirmed is not asked again', async () => {
		const { operation } = expectStatus(await send(root), 202);
		const end = await page.ends(operation);
		assert.deepEqual([end.state, end.result.roots], ['done', 1]);
		assert.match(agent.seen, /event=agent\.operation .*kind=authorities/);
	});

	await t.test('a GOST root: ours, and said why no browser has it',
		async () => {
			const { certificates } = expectStatus(
				await centre.client().get('/v1/authorities'), 200);
			const ders = await Promise.all(certificates.map(async (a) =>
				(await centre.client().get(
					`/v1/authorities/${a.sha256}/der`)).body));
			const oid = Buffer.from('06082a85030701010101', 'hex');
			const gost = ders.find((der) => {
				const c = new X509Certificate(der);
				return c.issuer === c.subject && der.includes(oid);
			});
			assert.ok(gost, 'a GOST root of the demo');
			const { operation } = expectStatus(await send(gost), 202);
			await agent.answer('yes');
			const end = await page.ends(operation);
			assert.equal(end.state, 'done', JSON.stringify(end));
			const [own, browser] = end.result.stores;
			assert.equal(own.roots, 1);
			assert.deepEqual([browser.roots, browser.authorities,
				browser.notes], [0, 0, ['certstores.gost']]);
		});
	t.diagnostic('proves: A13 A20');
});
