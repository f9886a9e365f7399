// SPDX-License-Identifier: Apache-2.0
// Keys by ceremony: a root on a machine of its own, a CA with a locked key that
// takes over from another, a CA whose key is on a token.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync,
	rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must } from '../run/exec.mjs';
import { Centre } from './lib/centre.mjs';
import { Ceremony, PASS, uid } from './lib/ceremony.mjs';
import { addPerson, call, ctl, newKey, newRequest, p256Request, sha256, startDesk,
	stateDir } from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { opensslMust, toPem } from './lib/openssl.mjs';
import { AS_ROOT, BUILD, freePorts, scratch, until } from './lib/scratch.mjs';

const PIN = '12345678';

// What import printed, into surguch.conf; the newest first or last.
function addSigners(centre, printed) {
	const path = join(centre.dir, 'etc/surguch/surguch.conf');
	const entry = /\{ name = .*\}/.exec(printed)[0];
	writeFileSync(path, readFileSync(path, 'utf8').replace(
		/\n\);/, `,\n\t${entry}\n);`));
}

async function issueClient(centre, person, pkcs10, more = {}) {
	return call(centre, 'POST', '/v1/certificates',
		{ profile: 'tls-client', person, pkcs10 }, { key: newKey(), ...more });
}

const text = async (pem, ...what) => {
	const file = join(scratchDir, `c${Math.random()}.pem`);
	writeFileSync(file, pem);
	return opensslMust(['x509', '-in', file, '-noout', ...what]);
};
let scratchDir;

test('a ceremony by a reviewed file, and a new key that takes over', async (t) => {
	scratchDir = scratch(t);
	const centre = await startDesk(t);
	const http = new Client(centre.public);
	t.after(() => http.close());
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const before = await issueClient(centre, person, pkcs10);
	assert.equal(before.status, 201, before.text);
	assert.equal(before.json.ca, 'issuing-p256');

	const rite = new Ceremony(t, centre, { name: '2026',
		root: 'secret = "unlock";',
		issuing: `name = "issuing-2026"; key = "p256"; user = "${uid(1)}";
	common_name = "Издающий 2026"; secret = "unlock"; profiles = ["tls-client"];
	ocsp = { name = "ocsp-2026"; key = "p256"; user = "${uid(2)}";
		common_name = "OCSP 2026"; };` });
	let printed = '';

	await t.test('does its steps in order, each again without harm', async () => {
		await rite.refused('ceremony.missing', 'sign', rite.machine);
		await rite.must('root', rite.machine);
		const root = readFileSync(rite.sent('root.cer'));
		assert.match(await rite.must('root', rite.machine), /was there root: .*certificate/);
		assert.deepEqual(readFileSync(rite.sent('root.cer')), root);
		await rite.refused('ceremony.missing', 'sign', rite.machine);
		await rite.must('request');
		assert.match(await rite.must('request'), /was there request: issuing-2026/);
		await rite.refused('ceremony.root', 'import');
		await rite.must('sign', rite.machine);
		const cert = readFileSync(rite.sent('issuing-2026.cer'));
		await rite.must('sign', rite.machine);
		assert.deepEqual(readFileSync(rite.sent('issuing-2026.cer')), cert);
	});
	await t.test('believes no root that the file does not name', async () => {
		await rite.refused('ceremony.root', 'import');
		rite.trust('0'.repeat(64));
		await rite.refused('ceremony.root', 'import');
		rite.trust();
		printed = await rite.must('import');
		assert.match(await rite.must('import'), /was there import: issuing-2026/);
	});
	await t.test('refuses what is half done or has been changed', async () => {
		const cer = rite.sent('issuing-2026.cer');
		const good = readFileSync(cer);
		writeFileSync(cer, readFileSync(join(stateDir(centre, 'public'),
			'issuing-p256.cer')));
		assert.notEqual((await rite.step('import')).code, 0);
		writeFileSync(cer, good);
		rite.issuing = rite.issuing.replace('["tls-client"]', '["tls-server"]');
		rite.write();
		await rite.refused('ceremony.changed', 'request');
		rite.issuing = rite.issuing.replace('["tls-server"]', '["tls-client"]');
		rite.issuing = rite.issuing.replace('"issuing-2026"', '"issuing-half"')
			.replace('"ocsp-2026"', '"ocsp-half"');
		rite.write();
		const half = stateDir(centre, 'signer-issuing-half');
		mkdirSync(half);
		writeFileSync(join(half, 'key.p8'), 'x');
		await rite.refused('ceremony.half', 'request');
	});
	await t.test('has a record of all of it, with fingerprints', async () => {
		const log = readFileSync(rite.sent('ceremony.log'), 'utf8');
		for (const [what, file] of [['root certificate', 'root.cer'],
			['CA certificate', 'issuing-2026.cer']]) {
			assert.ok(log.includes(`${what}, SHA-256 ` +
				sha256(readFileSync(rite.sent(file)))), log);
		}
		assert.match(log, /^\S+Z request: issuing-2026: public key, SHA-256/m);
		assert.equal(log.split('\n').filter((l) =>
			/root certificate/.test(l)).length, 1);
	});
	await t.test('leaves no root key at the centre', async () => {
		assert.ok(!existsSync(stateDir(centre, 'signer-root-2026')));
		assert.ok(existsSync(join(rite.machine,
			'var/lib/surguch/signer-root-2026/key.p8')));
	});

	// --- the new key takes over ------------------------------------------
	await centre.down();
	addSigners(centre, printed);
	await centre.up();
	const state = async () => (await ctl(centre, 'ca', 'list')).out;

	await t.test('a locked key says so, and the rest goes on', async () => {
		assert.match(centre.log, /event=signer\.key .*rule=key\.locked/);
		const r = await issueClient(centre, person, pkcs10);
		assert.equal(r.status, 503, r.text);
		assert.equal(r.json.rule, 'key.locked');
		assert.match(await state(), /issuing-2026 .*key\.locked/);
		const gost = await http.get('/crl/issuing-p256.crl');
		expectStatus(gost, 200);
	});
	await t.test('is opened over its own socket, by the right words', async () => {
		const wrong = join(scratchDir, 'wrong');
		writeFileSync(wrong, 'wrong horse battery\n', { mode: 0o600 });
		const no = await ctl(centre, 'unlock', 'issuing-2026',
			'--password-file', wrong);
		assert.equal(no.code, 1, no.err);
		assert.match(no.err, /key\.passphrase/);
		assert.equal((await issueClient(centre, person, pkcs10)).status, 503);
		const yes = await ctl(centre, 'unlock', 'issuing-2026',
			'--password-file', rite.pass);
		assert.equal(yes.code, 0, yes.err);
		const twice = await ctl(centre, 'unlock', 'issuing-2026',
			'--password-file', rite.pass);
		assert.match(twice.err, /key\.open/);
		const none = await ctl(centre, 'unlock', 'issuing-p256',
			'--password-file', rite.pass);
		assert.equal(none.code, 1, none.err);
		assert.match(none.err, /key\.open/);
		const nobody = await ctl(centre, 'unlock', 'issuing-none',
			'--password-file', rite.pass);
		assert.equal(nobody.code, 4, nobody.err);
		assert.match(nobody.err, /unlock\.connect/);
	});

	let after;
	await t.test('new certificates come from the new key', async () => {
		after = await issueClient(centre, person, pkcs10);
		assert.equal(after.status, 201, after.text);
		assert.equal(after.json.ca, 'issuing-2026');
		assert.doesNotMatch(await state(), /key\.locked/);
		const issuing = await toPem('x509', join(stateDir(centre, 'public'),
			'issuing-2026.cer'), join(scratchDir, 'issuing.pem'));
		const root = await toPem('x509', rite.sent('root.cer'),
			join(scratchDir, 'root.pem'));
		const leaf = join(scratchDir, 'leaf.pem');
		writeFileSync(leaf, after.json.pem);
		await opensslMust(['verify', '-CAfile', root, '-untrusted', issuing, leaf]);
		const shown = await text(after.json.pem, '-ext',
			'crlDistributionPoints,authorityInfoAccess,authorityKeyIdentifier');
		for (const path of ['/crl/issuing-2026.crl', '/ca/issuing-2026.cer',
			'/ocsp/issuing-2026']) {
			assert.ok(shown.includes(`${centre.public}${path}`), shown);
		}
		const ski = await opensslMust(['x509', '-in', issuing, '-noout', '-ext',
			'subjectKeyIdentifier']);
		assert.ok(shown.includes(ski.trim().split('\n').at(-1).trim()), shown);
	});
	await t.test('no certificate outlives its CA', async () => {
		const end = async (pem) => Date.parse((await text(pem, '-enddate'))
			.split('=')[1]);
		const ca = readFileSync(join(scratchDir, 'issuing.pem'), 'utf8');
		assert.ok(await end(after.json.pem) <= await end(ca));
	});
	// The publisher looks again every half minute.
	await t.test('a key that was opened publishes its CRL', async () => {
		await until(async () => (await http.get('/crl/issuing-2026.crl'))
			.status === 200, 'its first CRL', { timeoutMs: 45000 });
	});
	await t.test('the old key goes on with CRL and OCSP', async () => {
		const old = await text(before.json.pem, '-ext', 'crlDistributionPoints');
		assert.ok(old.includes(`${centre.public}/crl/issuing-p256.crl`), old);
		const revoked = await call(centre, 'POST',
			`/v1/certificates/${before.json.id}/revocation`,
			{ reason: 'superseded' }, { key: newKey() });
		assert.equal(revoked.status, 200, revoked.text);
		const listed = async (name) => {
			const r = await http.get(`/crl/${name}.crl`);
			expectStatus(r, 200);
			const file = join(scratchDir, 'crl.der');
			writeFileSync(file, r.body);
			return (await opensslMust(['crl', '-inform', 'DER', '-in', file,
				'-noout', '-text'])).toLowerCase();
		};
		await until(async () => (await listed('issuing-p256'))
			.includes(before.json.serial), 'the old key\'s CRL with it');
		assert.ok(!(await listed('issuing-2026')).includes(before.json.serial));
		for (const [name, certificate, want] of [
			['issuing-p256', before, 'revoked'], ['issuing-2026', after, 'good']]) {
			const issuer = await toPem('x509', join(stateDir(centre, 'public'),
				`${name}.cer`), join(scratchDir, `${name}.pem`));
			const leaf = join(scratchDir, 'one.pem');
			writeFileSync(leaf, certificate.json.pem);
			const said = await opensslMust(['ocsp', '-issuer', issuer, '-cert',
				leaf, '-url', `${centre.public}/ocsp/${name}`, '-noverify']);
			assert.match(said, new RegExp(`: ${want}`));
		}
	});
	t.diagnostic('proves: I3, I5');
});

// --- a centre from nothing ---------------------------------------------------

test('a centre of one\'s own, made by the ceremony\'s file', async (t) => {
	const centre = new Centre(t);
	const [api, open] = await freePorts(2);
	const as = (n) => (AS_ROOT ? `${uid(n)}` : '');
	Object.assign(centre, { api: `https://127.0.0.1:${api}`,
		public: `http://localhost:${open}`,
		apiCa: join(centre.dir, 'var/lib/surguch/public/root-own.pem') });
	const around = (tls, front = as(8)) => `centre = {
	name = "Центр «Своё дело»"; host = "127.0.0.1"; address = "127.0.0.1";
	port = ${api}; public_address = "127.0.0.1"; public_port = ${open};
	tls = "${tls}"; front = "${front}"; courier = "${as(9)}"; };`;
	const rite = new Ceremony(t, centre, { name: 'own',
		issuing: `name = "issuing-own"; key = "p256"; user = "${as(1)}";
	common_name = "Издающий"; profiles = ["tls-client", "tls-server"];
	secret = "credential";
	ocsp = { name = "ocsp-own"; key = "p256"; user = "${as(2)}";
		common_name = "OCSP"; };
	orders = { name = "orders-own"; key = "p256"; user = "${as(3)}";
		common_name = "Поручения"; };`, around: '' });
	// What systemd gives the unit, by LoadCredentialEncrypted.
	const given = scratch(t);
	writeFileSync(join(given, 'issuing-own'), PASS, { mode: 0o400 });
	centre.env = { CREDENTIALS_DIRECTORY: given };
	const path = (name) => join(centre.dir, name);
	const conf = path('etc/surguch/surguch.conf');

	await t.test('wants a CA of the file for the API, and users that there are',
		async () => {
			// Orders are of pages, which are a centre's.
			await rite.refused('conf.values', 'request');
			rite.around = around('issuing-none');
			rite.write();
			await rite.refused('conf.values', 'request');
			assert.ok(!existsSync(centre.dir));
			rite.around = around('issuing-own', 'nobody-of-this-name');
			rite.write();
			await rite.refused('ceremony.user', 'centre');
			rite.around = around('issuing-own');
			rite.write();
		});
	await t.test('comes after the CAs', async () => {
		await rite.refused('ceremony.missing', 'centre');
		assert.ok(!existsSync(conf));
		for (const step of ['root', 'request', 'sign']) {
			await rite.must(step);
		}
		rite.trust();
		assert.doesNotMatch(await rite.must('import'), /surguch\.conf/);
		await rite.must('centre');
	});
	await t.test('works, and the doctor misses a gateway alone', async () => {
		await centre.up();
		centre.token = await centre.operator('first', 'administrator');
		const r = await issueClient(centre, await addPerson(centre),
			await newRequest(rite.dir, 'client'));
		assert.equal(r.status, 201, r.text);
		assert.equal(r.json.ca, 'issuing-own');
		const service = await call(centre, 'GET', '/v1/service');
		assert.equal(service.json.public_url, rite.centre.public);
		const doctor = await ctl(centre, 'doctor', '--json');
		assert.equal(doctor.code, 1, doctor.all);
		assert.deepEqual(JSON.parse(doctor.out).findings.map((f) =>
			[f.level, f.what]), [['warning', 'courier']]);
		// What an agent is to trust for its pages' orders.
		const trusted = await call(centre, 'GET', '/v1/agent/centre');
		assert.equal(trusted.json.name, 'Центр «Своё дело»');
		assert.equal(trusted.json.sha256, sha256(readFileSync(
			rite.sent('root.cer'))));
		assert.match(readFileSync(path('etc/surguch/ca/orders-own.conf'), 'utf8'),
			new RegExp(`^origin = "${rite.centre.api}";$`, 'm'));
		await centre.down();
	});
	await t.test('is locked without the credential', async () => {
		centre.env = {};
		await centre.up();
		assert.match((await ctl(centre, 'ca', 'list')).out, /key\.locked/);
		await centre.down();
		centre.env = { CREDENTIALS_DIRECTORY: given };
	});
	await t.test('stays as it is when the step is run again', async () => {
		const names = [conf, ...['otp.key', 'data.key', 'tls-key.pem',
			'tls-chain.pem'].map((n) => path(`var/lib/surguch/front/${n}`))];
		const before = names.map((n) => readFileSync(n));
		assert.match(await rite.must('centre'), /stays as it is/);
		assert.deepEqual(names.map((n) => readFileSync(n)), before);
		await centre.up();
	});
	t.diagnostic('proves: I3, I5');
});

// --- a key on a token --------------------------------------------------------

const SOFTHSM = '/usr/bin/softhsm2-util';
const FAULTY = join(BUILD, 'tests/fault/faulty-module.so');

test('a CA on a token, which is lost in mid-work and comes back',
	{ skip: existsSync(SOFTHSM) ? false : 'no softhsm2' }, async (t) => {
		scratchDir = scratch(t);
		const centre = await startDesk(t);
		const person = await addPerson(centre);
		const pkcs10 = await p256Request(centre.dir);
		const hsm = scratch(t);
		const at = (name) => join(hsm, name);
		mkdirSync(at('tokens'), { mode: 0o700 });
		writeFileSync(at('conf'), `directories.tokendir = ${at('tokens')}\n` +
			'objectstore.backend = file\nlog.level = ERROR\n');
		writeFileSync(at('do'), '');
		writeFileSync(at('log'), '');
		await must(SOFTHSM, ['--init-token', '--free', '--label', 'ca',
			'--so-pin', '87654321', '--pin', PIN],
		{ env: { SOFTHSM2_CONF: at('conf') } });
		chmodSync(hsm, 0o755);
		const own = (dir) => {
			for (const e of readdirSync(dir, { withFileTypes: true })) {
				chownSync(join(dir, e.name), uid(1), uid(1));
				if (e.isDirectory()) {
					own(join(dir, e.name));
				}
			}
		};
		if (AS_ROOT) {
			chownSync(at('tokens'), uid(1), uid(1));
			chownSync(at('log'), uid(1), uid(1));
			own(at('tokens'));
		}
		const key = `kind = \\"module\\"; module = \\"${FAULTY}\\"; ` +
			'token = \\"ca\\"; label = \\"issuing\\"; environment = [' +
			`\\"SOFTHSM2_CONF=${at('conf')}\\", \\"FAULTY_DO=${at('do')}\\", ` +
			`\\"FAULTY_LOG=${at('log')}\\"]; read = [\\"${hsm}\\"]; ` +
			`write = [\\"${at('tokens')}\\", \\"${at('log')}\\"];`;
		const rite = new Ceremony(t, centre, { name: 'hsm',
			issuing: `name = "issuing-hsm"; key = "rsa:2048";
	user = "${uid(1)}"; common_name = "Издающий на токене";
	profiles = ["tls-client"]; key_at = "key = { ${key} };";` });
		const ocsp = ` ocsp = { name = "ocsp-hsm"; key = "p256"; user = "${uid(2)}";
		common_name = "OCSP на токене"; };`;
		// Whoever sets it up leaves the PIN where only the signer reads it.
		const state = stateDir(centre, 'signer-issuing-hsm');
		mkdirSync(state, { mode: 0o700 });
		writeFileSync(join(state, 'key.pin'), `${PIN}\n`, { mode: 0o400 });
		if (AS_ROOT) {
			chownSync(state, uid(1), uid(1));
			chownSync(join(state, 'key.pin'), uid(1), uid(1));
		}
		await rite.must('root', rite.machine);
		await t.test('a CA whose signer would not start is not taken', async () => {
			const bare = new Ceremony(t, centre, { name: 'bare',
				issuing: `name = "issuing-bare"; key = "p256";
	user = "${uid(3)}"; common_name = "Без OCSP"; profiles = ["tls-client"];` });
			await bare.must('root', bare.machine);
			await bare.must('request');
			await bare.must('sign', bare.machine);
			bare.trust();
			const r = await bare.step('import');
			assert.equal(r.code, 1, r.out);
			assert.match(r.err, /template\.urls/);
		});
		rite.issuing += ocsp;
		rite.write();
		const printed = await rite.all();
		await centre.down();
		addSigners(centre, printed);
		await centre.up();
		const pids = () => centre.roles().map((r) => `${r.name} ${r.pid}`).sort();
		const running = pids();
		const issue = () => issueClient(centre, person, pkcs10);

		const first = await issue();
		assert.equal(first.status, 201, first.text);
		assert.equal(first.json.ca, 'issuing-hsm');
		for (const [what, rule] of [['removed', 'key.token'],
			['failed', 'key.module'], ['wrong', 'signer.signature'],
			['hang', 'key.hung']]) {
			await t.test(`${what}: a named error, then work again`, async () => {
				writeFileSync(at('do'), what);
				const r = await issue();
				assert.equal(r.status, 503, r.text);
				assert.equal(r.json.rule, rule);
				assert.match((await ctl(centre, 'ca', 'list')).out,
					new RegExp(`issuing-hsm .*${rule.replace('.', '\\.')}`));
				writeFileSync(at('do'), '');
				await until(async () => (await issue()).status === 201,
					`work after ${what}`);
				assert.deepEqual(pids(), running, 'nothing was restarted');
			});
		}
		await t.test('what was refused is nowhere', async () => {
			const list = await ctl(centre, 'certificate', 'list', '--ca',
				'issuing-hsm');
			assert.equal(list.out.split('\n').filter((l) =>
				/tls-client/.test(l)).length, 5, list.out);
			const audit = await ctl(centre, 'audit', 'verify');
			assert.equal(audit.code, 0, audit.err);
		});
		rmSync(at('do'));
		t.diagnostic('proves: I5, faults');
	});
