// SPDX-License-Identifier: Apache-2.0
// Real input: what others made is shown and judged by us, and what we issue
// for it is judged by OpenSSL and GnuTLS.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { addPerson, call, newKey, startDesk, stateDir } from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { ocsp, openssl, opensslMust, toPem, verify } from './lib/openssl.mjs';
import { addForm, gostRequest, Person } from './lib/person.mjs';
import { BUILD, REFERENCE_DATA, ROOT, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'gost');
const WITHOUT = existsSync(DATA) ? false
	: `no reference data in ${REFERENCE_DATA}`;
const NUM_SHOWN = 26; // 3 requests, 20 certificates, 3 CRLs
const RFC9215 = ['rfc9215-256-test-paramset', 'rfc9215-256a-paramset',
	'rfc9215-512-test-paramset'];
const FIRST_WORD = { req: 'request', x509: 'certificate',
	crl: 'revocation list' };
const vector = (name) => readFileSync(join(DATA, 'vectors', name));

// [path, openssl's name for its kind]
function toShow() {
	const files = (dir, pattern) => readdirSync(join(DATA, dir)).sort()
		.filter((f) => pattern.test(f)).map((f) => join(DATA, dir, f));
	return [
		...files('vectors', /\.req\.der$/).map((f) => [f, 'req']),
		...files('vectors', /\.crt\.der$/).map((f) => [f, 'x509']),
		...files('ca', /\.pem$/).map((f) => [f, 'x509']),
		...files('vectors', /\.crl\.der$/).map((f) => [f, 'crl']),
	];
}

test('every certificate, request and CRL is shown', { skip: WITHOUT },
	async () => {
		const surguch = join(BUILD, 'src/cli/surguch');
		const files = toShow();
		assert.equal(files.length, NUM_SHOWN);
		for (const [file, kind] of files) {
			const r = await exec(surguch, ['show', 'file', file]);
			assert.equal(r.code, 0, `${file}: ${r.all}`);
			// What openssl reads of it stands in ours too.
			const form = file.endsWith('.pem') ? 'PEM' : 'DER';
			const text = await opensslMust([kind, '-inform', form, '-in', file,
				'-noout', '-text']);
			const number = /Serial Number:\s*(\S+)/.exec(text)?.[1];
			if (number?.includes(':')) {
				assert.ok(r.out.toLowerCase().replace(/[^0-9a-f]/g, '')
					.includes(number.replace(/:/g, '')), `${file}: ${r.out}`);
			}
			assert.ok(r.out.startsWith(FIRST_WORD[kind]), r.out);
			assert.match(r.out, /signature: /);
		}
		// Whatever else lies there is refused in words.
		for (const f of readdirSync(join(DATA, 'vectors'))) {
			const r = await exec(surguch, ['show', 'file',
				join(DATA, 'vectors', f)]);
			assert.ok(r.code === 0 || (r.code > 0 && r.err !== ''),
				`${f}: ${r.code} ${r.all}`);
		}
	});

// A centre that knows the profile of tests/data/profiles too.
async function startWithTestProfile(t) {
	const profiles = join(scratch(t), 'profiles');
	mkdirSync(profiles);
	cpSync(join(ROOT, 'profiles'), profiles, { recursive: true });
	writeFileSync(join(profiles, 'rfc9215.conf'),
		readFileSync(join(ROOT, 'tests/data/profiles/rfc9215.conf')) +
		'direct = true;\n');
	return startDesk(t, { profiles, configure: (centre) => {
		const file = join(centre.dir, 'etc/surguch/ca/issuing-gost.conf');
		writeFileSync(file, readFileSync(file, 'utf8')
			.replace('"qualified-person"', '"rfc9215", "qualified-person"'));
	} });
}

async function download(centre, path) {
	const client = new Client(centre.public);
	const r = await client.get(path);
	client.close();
	expectStatus(r, 200);
	return r.body;
}

// Files of the GOST hierarchy in PEM: {root, issuing, crl}
async function chain(centre) {
	const at = (name) => join(centre.dir, name);
	const from = (name) => join(stateDir(centre, 'public'), name);
	writeFileSync(at('crl.der'), await download(centre, '/crl/issuing-gost.crl'));
	return { root: centre.demo.DEMO_GOST_ROOT,
		issuing: await toPem('x509', from('issuing-gost.cer'), at('i.pem')),
		crl: await toPem('crl', at('crl.der'), at('crl.pem')) };
}

test('the requests of RFC 9215', { skip: WITHOUT }, async (t) => {
	const centre = await startWithTestProfile(t);
	const person = await addPerson(centre);
	const order = (profile, name) => call(centre, 'POST', '/v1/certificates',
		{ profile, person,
			pkcs10: vector(`${name}.req.der`).toString('base64') },
		{ key: newKey() });

	await t.test('real profiles refuse their parameter sets', async (st) => {
		const form = await addForm(centre, { person });
		const owner = await new Person(centre).signIn();
		await owner.apply(form);
		expectStatus(await owner.check(), 200);
		for (const name of RFC9215) {
			const answers = [await order('tls-client', name),
				await owner.request(vector(`${name}.req.der`))];
			for (const r of answers) {
				assert.equal(r.status, 422, r.text);
				assert.equal(r.json.rule, 'profile.key');
				assert.equal(r.json.field, 'pkcs10');
			}
			st.diagnostic(answers[1].json.detail);
		}
		assert.equal(await owner.state(), 'checked');
	});

	await t.test('the test profile takes them, and openssl what it issues',
		async () => {
			const files = await chain(centre);
			for (const name of RFC9215) {
				const r = await order('rfc9215', name);
				assert.equal(r.status, 201, `${name}: ${r.text}`);
				const pem = join(centre.dir, `${name}.pem`);
				writeFileSync(pem, r.json.pem);
				const v = await verify({ cert: pem, ...files });
				assert.ok(v.ok, v.all);
				assert.deepEqual(await publicKey('x509', pem, 'PEM'),
					await publicKey('req',
						join(DATA, 'vectors', `${name}.req.der`), 'DER'));
			}
		});

	await t.test('one changed bit, and it is refused', async () => {
		const der = vector('rfc9215-256a-paramset.req.der');
		der[der.length - 5] ^= 1;
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'rfc9215', person, pkcs10: der.toString('base64') },
			{ key: newKey() });
		assert.equal(r.status, 422, r.text);
		assert.equal(r.json.rule, 'csr.signature');
	});
});

function publicKey(kind, file, form) {
	return opensslMust([kind, '-inform', form, '-in', file, '-noout',
		'-pubkey']);
}

// --- CryptoPro-A: GnuTLS computes with it too --------------------------------

// Bytes of the issuing CA's signature, changed: nobody may take that.
function flipped(der) {
	const bad = Buffer.from(der);
	bad[bad.length - 10] ^= 1;
	return bad;
}

async function certtoolVerify({ cert, issuing, root, crl, dir }) {
	const bundle = join(dir, 'chain.pem');
	writeFileSync(bundle, [cert, issuing, root]
		.map((f) => readFileSync(f, 'utf8')).join(''));
	return exec('certtool', ['--verify', '--infile', bundle,
		'--load-ca-certificate', root,
		...(crl ? ['--load-crl', crl] : [])]);
}

test('a certificate of the qualified form', async (t) => {
	const centre = await startDesk(t);
	const form = await addForm(centre);
	const owner = await new Person(centre).signIn();
	const { der: csr } = await gostRequest(centre.dir, 'owner');
	const der = await owner.obtain(form, csr);
	const at = (name) => join(centre.dir, name);
	writeFileSync(at('c.der'), der);
	writeFileSync(at('f.der'), flipped(der));
	const cert = await toPem('x509', at('c.der'), at('c.pem'));
	const bad = await toPem('x509', at('f.der'), at('f.pem'));
	const files = await chain(centre);

	await t.test('OpenSSL verifies it, and not with a changed bit', async () => {
		const v = await verify({ cert, ...files });
		assert.ok(v.ok, v.all);
		const o = await ocsp({ cert, ...files });
		assert.equal(o.status, 'good', o.all);
		assert.ok(o.verified, o.all);
		assert.deepEqual((await verify({ cert: bad, ...files })).errors, [7]);
	});

	await t.test('GnuTLS verifies it, and not with a changed bit', async () => {
		const text = await must('certtool', ['-i', '--infile', cert]);
		assert.match(text, /GOST R 34\.10-2012-256/);
		assert.match(text, /CryptoPro-A/);
		const good = await certtoolVerify({ cert, ...files, dir: centre.dir });
		assert.equal(good.code, 0, good.all);
		assert.match(good.all, /Chain verification output: Verified\./);
		const not = await certtoolVerify(
			{ cert: bad, ...files, dir: centre.dir });
		assert.notEqual(not.code, 0, not.all);
	});

	await t.test('GnuTLS verifies the CRL', async () => {
		const args = (crl, ca) => ['--verify-crl', '--infile', crl,
			'--load-ca-certificate', ca];
		const good = await exec('certtool', args(files.crl, files.issuing));
		assert.equal(good.code, 0, good.all);
		assert.match(good.all, /Verified\./);
		const wrong = await exec('certtool', args(files.crl, files.root));
		assert.doesNotMatch(wrong.all, /output: Verified/);
	});

	await t.test('both see it revoked', async () => {
		const { certificate } = (await owner.get(owner.at())).json;
		const r = await call(centre, 'POST',
			`/v1/certificates/${certificate}/revocation`,
			{ reason: 'superseded' }, { key: newKey() });
		assert.equal(r.status, 200, r.text);
		const now = await chainWith(centre, files.crl);
		assert.deepEqual((await verify({ cert, ...now })).errors, [23]);
		const g = await certtoolVerify({ cert, ...now, dir: centre.dir });
		assert.notEqual(g.code, 0, g.all);
		assert.match(g.all, /revoked/i);
	});
});

// The chain with a CRL that is newer than the file's.
async function chainWith(centre, crl) {
	const before = readFileSync(crl, 'utf8');
	for (let i = 0; i < 100; i += 1) {
		const files = await chain(centre);
		if (readFileSync(files.crl, 'utf8') !== before) {
			return files;
		}
		await new Promise((done) => setTimeout(done, 50));
	}
	throw new Error('no new CRL in five seconds');
}

test('openssl checks the requests too', { skip: WITHOUT }, async () => {
	for (const name of RFC9215) {
		const r = await openssl(['req', '-inform', 'DER', '-in',
			join(DATA, 'vectors', `${name}.req.der`), '-noout', '-verify']);
		assert.equal(r.code, 0, r.all);
	}
});
