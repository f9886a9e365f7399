// SPDX-License-Identifier: Apache-2.0
// Each profile under a CA of each algorithm, issued by the real signer to keys
// of every kind: OpenSSL, GnuTLS and NSS read and verify the certificates and
// the CRLs, and find the revoked one.  What a tool does not know is said here
// and must stay so: a tool that passed over something would fail the test.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { CENTRE_NAME, Hierarchy } from './lib/hierarchy.mjs';
import { openssl, opensslMust } from './lib/openssl.mjs';
import { scratch } from './lib/scratch.mjs';

// Owners' keys: how openssl makes them, and whether NSS 3.87 knows them.
const KEYS = {
	'gost256': ['gost2012_256', 'paramset:A'],
	'gost256-XA': ['gost2012_256', 'paramset:XA'],
	'gost256-TCB': ['gost2012_256', 'paramset:TCB'],
	'gost512': ['gost2012_512', 'paramset:A'],
	'p256': ['EC', 'ec_paramgen_curve:P-256'],
	'p384': ['EC', 'ec_paramgen_curve:P-384'],
	'rsa2048': ['RSA', 'rsa_keygen_bits:2048'],
	'rsa4096': ['RSA', 'rsa_keygen_bits:4096'],
	'ed25519': ['ED25519'],
};
const QUALIFIED = Object.keys(KEYS).filter((k) => k.startsWith('gost'));
const TLS = Object.keys(KEYS).filter((k) => !k.startsWith('gost'));

// CAs: what --make-key is told, and the kind of owner's key that is like it.
const CAS = {
	'gost256': 'gost2012-256:A',
	'gost512': 'gost2012-512:A',
	'p256': 'p256',
	'p384': 'p384',
	'rsa2048': 'rsa:2048',
	'rsa4096': 'rsa:4096',
	'ed25519': 'ed25519',
};

// What NSS knows, of CAs and of keys alike: neither GOST nor Ed25519.
const nssKnows = (name) => /^(p|rsa)\d/.test(name);

const PERSON = ['CN=Иванов Иван Иванович', 'SN=Иванов', 'GN=Иван Иванович',
	'SNILS=07500122105', 'INN=500100732259', 'C=RU', 'E=direktor@e.ru'];
const ADDRESS = ['C=RU', 'ST=66 Свердловская область', 'L=Екатеринбург',
	'street=ул. Ленина, 1'];
const ORGANISATION = ['CN=ООО «Ромашка»', 'O=ООО «Ромашка»', ...ADDRESS,
	'OGRN=1234567890127', 'INNLE=6688242590'];
// Profile: its keys, what is certified, openssl's purpose, GnuTLS' purpose,
// NSS' usage.
const PROFILES = {
	'qualified-person': { keys: QUALIFIED, words: PERSON,
		purpose: 'smimesign', oid: '1.3.6.1.5.5.7.3.4', identified: true },
	'qualified-sole-proprietor': { keys: QUALIFIED, words: [...PERSON,
		'OGRNIP=304500116000157'], purpose: 'sslclient',
	oid: '1.3.6.1.5.5.7.3.2', identified: true },
	'qualified-org-person': { keys: QUALIFIED, words: [...ORGANISATION,
		...PERSON.slice(1, 5), 'title=Директор'], purpose: 'smimesign',
	oid: '1.3.6.1.5.5.7.3.4', identified: true },
	'qualified-org': { keys: QUALIFIED, words: ORGANISATION,
		purpose: 'sslclient', oid: '1.3.6.1.5.5.7.3.2', identified: true },
	'tls-client': { keys: TLS, words: ['CN=ivanov', 'O=Ромашка'],
		purpose: 'sslclient', oid: '1.3.6.1.5.5.7.3.2', nss: 'C' },
	'tls-server': { keys: TLS, words: ['CN=www.example.ru',
		'dns=www.example.ru', 'ip=192.0.2.1'], purpose: 'sslserver',
	oid: '1.3.6.1.5.5.7.3.1', nss: 'V' },
	// Issued to keys like the CA's.
	'time-stamping': { keys: null, words: ['CN=Метки времени', ...CENTRE_NAME],
		purpose: 'timestampsign', oid: '1.3.6.1.5.5.7.3.8' },
};
const isGost = (name) => name.startsWith('gost');

// Which profiles a CA issues: a GOST centre certifies people and services, but
// what browsers and NSS read is issued by it as well.
const profilesOf = (ca) => Object.keys(PROFILES).filter((p) =>
	!PROFILES[p].identified || isGost(ca));

async function makeRequests(dir) {
	await Promise.all(Object.entries(KEYS).map(async ([name, [alg, opt]]) => {
		const key = join(dir, `${name}.key`);
		await opensslMust(['genpkey', '-algorithm', alg,
			...(opt ? ['-pkeyopt', opt] : []), '-out', key]);
		await opensslMust(['req', '-new', '-key', key, '-subj', '/CN=anybody',
			'-outform', 'DER', '-out', join(dir, `${name}.csr`)]);
	}));
}

const spkiOf = async (dir, name) => {
	const out = join(dir, `${name}.spki`);
	await opensslMust(['pkey', '-in', join(dir, `${name}.key`), '-pubout',
		'-outform', 'DER', '-out', out]);
	return readFileSync(out);
};

// Everything that one CA issues: [{profile, key, name, revoked}]
async function issueAll(h, ca, requests) {
	const certs = profilesOf(ca).flatMap((profile) =>
		(PROFILES[profile].keys ?? [ca]).map((key) =>
			({ profile, key, name: `${profile}-${key}` })));
	certs.push({ ...certs[0], name: 'revoked', revoked: true });
	const orders = certs.map(({ profile, key, name, revoked }) =>
		['issue', profile, join(requests, `${key}.csr`), h.at(`${name}.der`),
			...PROFILES[profile].words,
			...(PROFILES[profile].identified
				? [`identification=${revoked ? 1 : 0}`]
				: revoked ? ['OU=revoked'] : [])]);
	await h.mustOrder('issuing', orders);
	for (const { name } of certs) {
		await h.pem('x509', name);
	}
	const serialOf = async (name) => (await opensslMust(['x509', '-in',
		h.at(`${name}.pem`), '-noout', '-serial'])).trim().split('=')[1]
		.toLowerCase();
	// The delta has the first one, too.
	const serial = await serialOf('revoked');
	const both = [serial, await serialOf(certs[0].name)].sort();
	await h.mustOrder('issuing', [
		['crl', '1', h.at('issuing.crl.der'), serial],
		['delta', '2', h.at('delta.crl.der'), ...both]]);
	await h.pem('crl', 'issuing.crl');
	await h.pem('crl', 'delta.crl');
	await h.mustOrder('ocsp', [['ocsp', h.at(`${certs[0].name}.der`),
		h.at('issuing.der'), h.at('ocsp.answer')]], 'surguch-ocsp');
	writeFileSync(h.at('crls.pem'), ['root', 'issuing'].map((n) =>
		readFileSync(h.at(`${n}.crl.pem`), 'utf8')).join(''));
	return certs;
}

// --- the tools: each verdict is "good", "revoked", or what was said ----------

async function byOpenssl(h, { profile, name }, ...args) {
	const r = await openssl(['verify', ...args, '-x509_strict', '-no-CAfile',
		'-no-CApath', '-no-CAstore', '-CAfile', h.at('root.pem'), '-untrusted',
		h.at('issuing.pem'), '-crl_check_all', '-CRLfile', h.at('crls.pem'),
		'-purpose', PROFILES[profile].purpose, h.at(`${name}.pem`)]);
	return r.code === 0 ? 'good'
		: /certificate revoked/.test(r.all) ? 'revoked' : r.all;
}

async function byGnutls(h, { profile, name }) {
	const chain = h.at(`${name}.chain.pem`);
	writeFileSync(chain, [name, 'issuing', 'root'].map((n) =>
		readFileSync(h.at(`${n}.pem`), 'utf8')).join(''));
	const r = await exec('certtool', ['--verify', '--infile', chain,
		'--load-ca-certificate', h.at('root.pem'), '--load-crl',
		h.at('crls.pem'), '--verify-purpose', PROFILES[profile].oid]);
	return r.code === 0 && /Chain verification output: Verified/.test(r.all)
		? 'good' : /revoked/.test(r.all) ? 'revoked' : r.all;
}

class Nss {
	constructor(dir) {
		this.dir = dir;
		this.db = `sql:${dir}`;
	}

	// Whether it takes the CAs and the CRLs.
	async take(h) {
		mkdirSync(this.dir);
		await must('certutil', ['-N', '-d', this.db, '--empty-password']);
		const add = (name, trust) => exec('certutil', ['-A', '-d', this.db,
			'-n', name, '-t', trust, '-i', h.at(`${name}.pem`)]);
		const crl = (name) => exec('crlutil', ['-I', '-d', this.db, '-i',
			h.at(`${name}.crl.der`)]);
		const results = [await add('root', 'CT,C,C'), await add('issuing', ',,'),
			await crl('root'), await crl('issuing')];
		const good = results.filter((r) => r.code === 0).length;
		assert.ok(good === 0 || good === results.length,
			results.map((r) => r.all).join('\n'));
		return good > 0;
	}

	async verdict(h, { name }, usage) {
		const added = await exec('certutil', ['-A', '-d', this.db, '-n', name,
			'-t', ',,', '-i', h.at(`${name}.pem`)]);
		if (added.code !== 0) {
			return 'unread';
		}
		const r = await exec('certutil', ['-V', '-e', '-d', this.db, '-n', name,
			'-u', usage]);
		return /certificate is valid/.test(r.all) ? 'good'
			: /revoked/i.test(r.all) ? 'revoked' : r.all;
	}
}

// --- the matrix --------------------------------------------------------------

async function checkCa(t, ca, h, certs) {
	const rows = { openssl: 0, gnutls: 0, nss: 0, 'nss unread': 0 };
	const tell = (who, cert, verdict) => {
		const want = cert.revoked ? 'revoked' : 'good';
		assert.equal(verdict, want, `${who}: ${ca} ${cert.name}`);
		rows[who]++;
	};
	for (const cert of certs) {
		tell('openssl', cert, await byOpenssl(h, cert));
		tell('gnutls', cert, await byGnutls(h, cert));
		// Read whole, not only verified.
		await must('certtool', ['-i', '--infile', h.at(`${cert.name}.pem`)]);
	}
	const nss = new Nss(h.at('nss'));
	assert.equal(await nss.take(h), nssKnows(ca), `NSS and the CA ${ca}`);
	for (const cert of certs.filter((c) => PROFILES[c.profile].nss)) {
		const verdict = await nss.verdict(h, cert, PROFILES[cert.profile].nss);
		if (nssKnows(ca) && nssKnows(cert.key)) {
			tell('nss', cert, verdict);
		} else {
			assert.notEqual(verdict, 'good', `nss: ${ca} ${cert.name}`);
			rows['nss unread']++;
		}
	}
	if (nssKnows(ca)) {
		assert.equal(await nss.verdict(h, { name: 'ocsp' }, 'O'), 'good');
		assert.equal(await nss.verdict(h, { name: 'issuing' }, 'L'), 'good');
	}
	return rows;
}

// The CRLs and the OCSP answer by themselves.
async function checkStatus(h, certs) {
	for (const [name, issuer] of [['root', 'root'], ['issuing', 'issuing'],
		['delta', 'issuing']]) {
		const r = await openssl(['crl', '-in', h.at(`${name}.crl.pem`), '-noout',
			'-CAfile', h.at(`${issuer}.pem`)]);
		assert.match(r.all, /verify OK/, r.all);
		await must('certtool', ['--verify-crl', '--load-ca-certificate',
			h.at(`${issuer}.pem`), '--infile', h.at(`${name}.crl.pem`)]);
	}
	const deltas = ['-extended_crl', '-use_deltas', '-CRLfile',
		h.at('delta.crl.pem')];
	const verdicts = await Promise.all([certs[0], certs[1], certs.at(-1)]
		.map((c) => byOpenssl(h, c, ...deltas)));
	assert.deepEqual(verdicts, ['revoked', 'good', 'revoked']);
	const answer = await openssl(['ocsp', '-respin', h.at('ocsp.answer'),
		'-issuer', h.at('issuing.pem'), '-cert', h.at(`${certs[0].name}.pem`),
		'-CAfile', h.at('root.pem'), '-verify_other', h.at('issuing.pem'),
		'-no_nonce']);
	assert.match(answer.all, /Response verify OK/, answer.all);
	assert.match(answer.all, /: good/, answer.all);
	const told = await exec('ocsptool', ['--verify-response', '--load-response',
		h.at('ocsp.answer'), '--load-signer', h.at('ocsp.pem')]);
	assert.equal(told.code, 0, told.all);
}

test('every profile under a CA of every algorithm', { timeout: 600000 },
	async (t) => {
		const dir = scratch(t);
		await makeRequests(dir);
		const made = await Promise.all(Object.keys(CAS).map(async (ca) => {
			const h = new Hierarchy(join(dir, `ca-${ca}`), CAS[ca]);
			await h.make(profilesOf(ca).filter((p) => p !== 'time-stamping'),
				[await spkiOf(dir, ca)]);
			return { ca, h, certs: await issueAll(h, ca, dir) };
		}));
		const all = [];
		for (const { ca, h, certs } of made) {
			await t.test(`CA ${ca}`, async () => {
				const rows = await checkCa(t, ca, h, certs);
				await checkStatus(h, certs);
				all.push({ ca, issued: certs.length, ...rows });
				t.diagnostic(`shows: CA ${ca}: ${certs.length} certificates ` +
					`and 1 revoked among them; OpenSSL ${rows.openssl}, GnuTLS ` +
					`${rows.gnutls}, NSS ${rows.nss} right, ` +
					`${rows['nss unread']} that NSS does not know`);
			});
		}
		// Nothing fell out of the table.
		assert.deepEqual(all.map((r) => [r.ca, r.issued, r.openssl, r.gnutls,
			r.nss, r['nss unread']]), [
			['gost256', 28, 28, 28, 0, 10],
			['gost512', 28, 28, 28, 0, 10],
			['p256', 12, 12, 12, 9, 2],
			['p384', 12, 12, 12, 9, 2],
			['rsa2048', 12, 12, 12, 9, 2],
			['rsa4096', 12, 12, 12, 9, 2],
			['ed25519', 12, 12, 12, 0, 11],
		]);
		t.diagnostic('proves: I1, I3');
	});
