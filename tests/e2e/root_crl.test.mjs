// SPDX-License-Identifier: Apache-2.0
// CAs that end before their time: revoked at a root whose key is elsewhere, by
// a reviewed file; the list is carried to the centre, which obeys and serves it.
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, renameSync, rmSync, statSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { Ceremony, uid } from './lib/ceremony.mjs';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir }
	from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { openssl, opensslMust, toPem } from './lib/openssl.mjs';
import { ACT_CODE, addForm, gostRequest, Person } from './lib/person.mjs';
import { Running } from './lib/processes.mjs';
import { parseMetrics } from './lib/prometheus.mjs';
import { scratch, until } from './lib/scratch.mjs';
import { ClockOffset } from './lib/seams.mjs';

const DAY = 86400;
const REVOKED = 23; // X509_V_ERR_CERT_REVOKED

const ca = (name, n, profiles, key = 'p256') => `name = "${name}"; key = "${key}";
	user = "${uid(n)}"; common_name = "Издающий ${name}"; profiles = ${profiles};
	ocsp = { name = "ocsp-${name}"; key = "${key}"; user = "${uid(n + 1)}";
		common_name = "OCSP ${name}"; };`;

// What import printed, into surguch.conf.
function addSigners(centre, printed) {
	const path = join(centre.dir, 'etc/surguch/surguch.conf');
	const entries = printed.match(/\{ name = .*\}/g).join(',\n\t');
	writeFileSync(path, readFileSync(path, 'utf8').replace(
		/\n\);/, `,\n\t${entries}\n);`));
}

// Let a CA of the demo issue less.
function withoutProfile(centre, name, profile) {
	const path = join(centre.dir, `etc/surguch/ca/${name}.conf`);
	const text = readFileSync(path, 'utf8');
	assert.ok(text.includes(`, "${profile}"`) || text.includes(`"${profile}", `));
	writeFileSync(path, text.replace(`, "${profile}"`, '')
		.replace(`"${profile}", `, ''));
}

const serialOf = async (file) => (await opensslMust(['x509', '-inform', 'DER',
	'-in', file, '-noout', '-serial'])).trim().split('=')[1];
const crlText = (file) => opensslMust(['crl', '-inform', 'DER', '-in', file,
	'-noout', '-text']);

// A centre with its own tools: what it says, and what openssl makes of it.
class Desk {
	constructor(t, centre, rite) {
		Object.assign(this, { t, centre, rite, dir: scratch(t) });
		this.http = new Client(centre.public);
		t.after(() => this.http.close());
		this.files = 0;
	}

	async start() {
		this.person = await addPerson(this.centre);
		this.pkcs10 = await p256Request(this.centre.dir);
	}

	issue() {
		return call(this.centre, 'POST', '/v1/certificates', { profile:
			'tls-client', person: this.person, pkcs10: this.pkcs10 },
		{ key: newKey() });
	}

	async issued() {
		const r = await this.issue();
		assert.equal(r.status, 201, r.text);
		return r.json;
	}

	file(content) {
		const path = join(this.dir, `f${this.files++}`);
		writeFileSync(path, content);
		return path;
	}

	async served(path) {
		const r = await this.http.get(path);
		expectStatus(r, 200);
		return r.body;
	}

	async pem(kind, path) {
		const der = this.file(await this.served(path));
		return readFileSync(await toPem(kind, der, `${der}.pem`), 'utf8');
	}

	// openssl verify with the lists as they are served: the errors' numbers.
	async verify(leaf, root) {
		const lists = this.file((await this.pem('crl', `/crl/${root}.crl`)) +
			await this.pem('crl', `/crl/${leaf.ca}.crl`));
		const r = await openssl(['verify', '-no-CAfile', '-no-CApath',
			'-no-CAstore', '-crl_check_all', '-CAfile',
			this.file(await this.pem('x509', `/ca/${root}.cer`)), '-untrusted',
			this.file(await this.pem('x509', `/ca/${leaf.ca}.cer`)), '-CRLfile',
			lists, this.file(leaf.pem)]);
		const errors = [...r.all.matchAll(/^error (\d+) at /gm)]
			.map((m) => Number(m[1]));
		assert.equal(r.code === 0, errors.length === 0, r.all);
		return errors;
	}

	async take(file) {
		const r = await ctl(this.centre, 'ca', 'crl', file);
		assert.equal(r.code, 0, r.err);
		return r.out;
	}

	async refused(rule, file) {
		const r = await ctl(this.centre, 'ca', 'crl', file);
		assert.equal(r.code, 1, r.out);
		assert.match(r.err, new RegExp(`rule ${rule.replace('.', '\\.')}\\b`));
	}

	async doctor(clock = null) {
		const run = new Running({ after() {} }, this.centre.program('surguchctl'),
			['--centre', this.centre.dir, 'doctor', '--json'], clock === null ? {}
				: { fds: [clock.fd], env: { SURGUCH_CLOCK_FD: '3' } });
		await run.ended;
		return JSON.parse(run.log).findings;
	}

	async metric(name, label, value) {
		const found = parseMetrics((await ctl(this.centre, 'metrics')).out);
		return found[name].samples.find((s) => s.labels[label] === value)?.value;
	}

	ready() {
		return call(this.centre, 'GET', '/readyz');
	}
}

test('a CA is revoked at its root', async (t) => {
	const centre = await startDesk(t, { configure: (c) =>
		withoutProfile(c, 'issuing-p256', 'tls-client') });
	const rite = new Ceremony(t, centre, { name: '2027', issuing:
		`${ca('one-2027', 1, '["tls-client"]')} }, { ` +
		ca('two-2027', 3, '["tls-client"]') });
	const desk = new Desk(t, centre, rite);
	const root = 'root-2027';
	const list = rite.sent('root.crl');
	const publicList = join(stateDir(centre, 'public'), `${root}.crl`);
	const signer = join(rite.machine, `var/lib/surguch/signer-${root}`);
	const revoke = (...entries) => {
		rite.around = `crl = { days = 30; revoked = (${entries.map((e) =>
			`{ ${e} }`).join(', ')}); };`;
		rite.write();
	};
	const printed = await rite.all();
	await centre.down();
	addSigners(centre, printed);
	await centre.up();
	await desk.start();
	const first = await desk.issued(); // by the one that takes over
	const other = first.ca === 'one-2027' ? 'two-2027' : 'one-2027';
	const cer = (name) => rite.sent(`${name}.cer`);

	await t.test('the list that a ceremony leaves revokes nobody', async () => {
		assert.deepEqual(await desk.verify(first, root), []);
		assert.equal(await desk.metric('surguch_ca_revoked', 'ca', first.ca), 0);
		assert.ok(!(await desk.doctor()).some((f) =>
			/\.crl$|-2027$|^API$/.test(f.what)));
	});
	await t.test('the file is checked against what the root has issued',
		async () => {
			const before = readFileSync(list);
			const reason = 'reason = "ca_compromise";';
			const at = (days) => new Date(Date.now() + days * DAY * 1000)
				.toISOString().replace(/\.\d+Z/, 'Z');
			const serial = await serialOf(cer(first.ca));
			for (const [rule, entry] of [
				['conf.values', `serial = "${serial}"; reason = "bored";`],
				['conf.values', `serial = "xyz"; ${reason}`],
				['conf.values', `serial = "${serial}"; ${reason} at = "today";`],
				['conf.values', reason],
				['conf.values', `${reason} serial = "${serial}"; ` +
					`certificate = "${cer(other)}";`],
				['ceremony.serial', `serial = "0102030405"; ${reason}`],
				['ceremony.serial', `certificate = "${join(stateDir(centre,
					'public'), 'issuing-p256.cer')}"; ${reason}`],
				['ceremony.missing', `certificate = "nowhere.cer"; ${reason}`],
				['ceremony.self', `certificate = "exchange/root.cer"; ${reason}`],
				['ceremony.future',
					`serial = "${serial}"; ${reason} at = "${at(1)}";`],
			]) {
				revoke(entry);
				await rite.refused(rule, 'crl', rite.machine);
			}
			assert.deepEqual(readFileSync(list), before, 'nothing was signed');
		});

	const old = desk.file(readFileSync(list));
	await t.test('its next list says who, when and why', async () => {
		const serial = (await serialOf(cer(first.ca))).replace(/..(?=.)/g, '$&:');
		revoke(`serial = "${serial}"; reason = "ca_compromise";
			at = "2026-11-01T10:00:00Z"; invalid_from = "2026-10-30T00:00:00Z";`);
		assert.match(await rite.must('crl', rite.machine),
			/revoked since 2026-11-01T10:00:00Z \(ca_compromise\)/);
		const said = await crlText(list);
		for (const what of [/CRL Number:\s+2\b/, /CA Compromise/,
			/Revocation Date: Nov +1 10:00:00 2026/,
			/Invalidity Date:\s+Oct 30 00:00:00 2026/]) {
			assert.match(said, what);
		}
		assert.match(readFileSync(rite.sent('ceremony.log'), 'utf8'),
			/crl: root-2027: CRL 2, 1 revoked, SHA-256/);
	});
	await t.test('is believed only if it is the root\'s, and whole', async () => {
		const bytes = readFileSync(list);
		bytes[bytes.length - 1] ^= 1;
		await desk.refused('signature', desk.file(bytes));
		await desk.refused('der.length.overrun',
			desk.file(readFileSync(list).subarray(0, 100)));
		await desk.refused('root_crl.issuer', desk.file(
			await desk.served(`/crl/${other}.crl`)));
		assert.equal((await desk.issued()).ca, first.ca);
	});
	await t.test('ends the CA at once, and another takes over', async () => {
		const said = await desk.take(list);
		assert.match(said, /CRL number 2 is in force/);
		assert.match(said, new RegExp(`${first.ca} was revoked at its root`));
		assert.deepEqual(await desk.served(`/crl/${root}.crl`), readFileSync(list));
		assert.deepEqual(readFileSync(publicList), readFileSync(list));
		assert.match((await ctl(centre, 'ca', 'list')).out,
			new RegExp(`${first.ca} .* revoked `));
		assert.match((await ctl(centre, 'ca', 'show', first.ca)).out,
			/revoked +since 2026-11-01T10:00:00Z, ca_compromise, by number 2 of/);
		const next = await desk.issued();
		assert.equal(next.ca, other);
		assert.deepEqual(await desk.verify(next, root), []);
		assert.deepEqual(await desk.verify(first, root), [REVOKED]);
	});
	await t.test('and is told of', async () => {
		const found = (await desk.doctor()).find((f) => f.what === first.ca);
		assert.equal(found?.level, 'warning');
		assert.match(found.text, /revoked at its root .*ca_compromise.*others issue/);
		assert.equal(await desk.metric('surguch_ca_revoked', 'ca', first.ca), 1);
		assert.equal(await desk.metric('surguch_ca_revoked', 'ca', other), 0);
		const left = await desk.metric('surguch_root_crl_left_seconds', 'file',
			`${root}.crl`);
		assert.ok(left > 29 * DAY && left <= 30 * DAY, `${left}`);
		assert.equal((await desk.ready()).status, 200);
		// Nobody is offered its certificate any more.
		const { certificates } = (await centre.client().get('/v1/authorities'))
			.json;
		assert.deepEqual(certificates.filter((a) => a.revoked_at !== undefined)
			.map((a) => [a.root, a.revoked_at, a.reason]),
		[[false, '2026-11-01T10:00:00Z', 'ca_compromise']]);
		assert.ok(certificates.filter((a) => !a.root).length > 1);
		const shown = (await ctl(centre, 'audit', 'show', '--action',
			'root_crl.take')).out;
		assert.match(shown, new RegExp(`"revoked":\\["${first.ca}"\\]`));
		assert.match((await ctl(centre, 'audit', 'show', '--object', first.ca)).out,
			/ca\.revoked .*surguchctl uid .*"reason":"ca_compromise"/);
	});
	await t.test('its own list goes on', async () => {
		const r = await ctl(centre, 'certificate', 'revoke', first.id, '--reason',
			'superseded');
		assert.equal(r.code, 0, r.err);
		const serial = first.serial.toUpperCase();
		await until(async () => (await crlText(desk.file(await desk.served(
			`/crl/${first.ca}.crl`)))).includes(serial), 'the list with it');
	});
	await t.test('no older list comes back', async () => {
		await desk.refused('crl_next.older', old);
		assert.match(await desk.take(list), /CRL number 2 was there/);
		assert.equal((await desk.issued()).ca, other);
	});

	await t.test('what is on the list stays, with new entries or none', async () => {
		revoke(`certificate = "exchange/${other}.cer"; reason = "superseded";`);
		await rite.must('crl', rite.machine);
		const said = await crlText(list);
		assert.match(said, /CRL Number:\s+3\b/);
		assert.equal(said.match(/Serial Number:/g).length, 2);
		assert.match(said, /Invalidity Date/);
		revoke(`certificate = "exchange/${other}.cer"; reason = "superseded";
			at = "2026-11-01T00:00:00Z";`);
		await rite.refused('ceremony.revoked', 'crl', rite.machine);
		rite.around = '';
		rite.write();
		await rite.must('crl', rite.machine);
		assert.equal((await crlText(list)).match(/Serial Number:/g).length, 2);
		await rite.must('sign', rite.machine);
		const signed = await crlText(list);
		assert.equal(signed.match(/Serial Number:/g).length, 2);
		assert.match(signed, /CRL Number:\s+5\b/);
	});
	await t.test('the root\'s signer lets nobody forget it', async () => {
		const kept = join(signer, 'crl.der');
		const { uid: owner } = statSync(kept);
		const last = desk.file(readFileSync(kept));
		writeFileSync(kept, readFileSync(old)); // number 1, nobody on it
		await rite.refused('crl.dropped', 'crl', rite.machine);
		rmSync(kept);
		await rite.refused('ceremony.last_crl', 'crl', rite.machine);
		copyFileSync(last, kept);
		assert.equal(owner, uid(0));
	});
	await t.test('when the last is revoked nothing is issued', async () => {
		await desk.take(list);
		const r = await desk.issue();
		assert.equal(r.status, 409, r.text);
		assert.equal(r.json.rule, 'ca.revoked');
		const found = (await desk.doctor()).filter((f) => /-2027$/.test(f.what));
		assert.deepEqual(found.map((f) => f.level), ['critical', 'critical']);
		// It is looked at once a second.
		const no = await until(async () => {
			const ready = await desk.ready();
			return ready.status === 503 ? ready : null;
		}, 'a centre that is not ready');
		assert.match(no.text, /revoked at its root/);
		assert.ok(await desk.metric('surguch_refusals_total', 'rule',
			'ca.revoked') > 0);
	});
	await t.test('a restart keeps that, and an old file is put right', async () => {
		await centre.down();
		copyFileSync(old, publicList);
		await centre.up();
		assert.match(centre.log, /event=ca\.revoked .*rule=ca\.revoked/);
		assert.match(centre.log, /event=root_crl\.trouble file=root-2027\.crl/);
		const r = await desk.issue();
		assert.equal(r.status, 409, r.text);
		assert.equal(r.json.rule, 'ca.revoked');
		assert.deepEqual(readFileSync(publicList), readFileSync(list));
		assert.deepEqual(await desk.served(`/crl/${root}.crl`), readFileSync(list));
		await desk.refused('crl_next.older', old);
	});
	await t.test('a newer file that a ceremony left is taken over', async () => {
		await rite.must('crl', rite.machine);
		await centre.down();
		copyFileSync(list, publicList);
		await centre.up();
		assert.match((await ctl(centre, 'audit', 'show', '--action',
			'root_crl.take')).out, /"number":6\b/);
		assert.deepEqual(await desk.served(`/crl/${root}.crl`), readFileSync(list));
	});
	await t.test('doctor says in time when the next list is due', async () => {
		const clock = new ClockOffset(t, desk.dir);
		const look = async (days) => {
			clock.set(days * DAY);
			return (await desk.doctor(clock)).find((f) => f.what === publicList);
		};
		rite.around = 'crl = { days = 30; };';
		rite.write();
		await rite.must('crl', rite.machine);
		await desk.take(list);
		assert.equal(await look(19), undefined);
		const soon = await look(21);
		assert.equal(soon?.level, 'warning');
		assert.match(soon.command, /ca ceremony crl FILE .*ca crl root\.crl/);
		assert.equal((await look(31))?.level, 'critical');
	});
	t.diagnostic('proves: I3, I5');
});

// The roots of a demo were sealed away on the same machine: one comes back,
// revokes the CA of its hierarchy, and is sealed again.  The list's file.
async function revokeInDemo(centre, desk, hierarchy, reason) {
	const sealed = join(stateDir(centre, 'sealed'), `root-${hierarchy}`);
	const state = stateDir(centre, `signer-root-${hierarchy}`);
	const file = join(desk.dir, 'crl.conf');
	writeFileSync(file, `exchange = "exchange"; public = "${centre.public}";
organization = "Учебный центр";
root = { name = "root-${hierarchy}"; key = "p256"; common_name = "Корневой";
	user = "${statSync(sealed).uid}"; };
crl = { revoked = ({ certificate = "${join(stateDir(centre, 'public'),
		`issuing-${hierarchy}.cer`)}"; reason = "${reason}"; }); };
`);
	const step = (name) => centre.ctl('--centre', centre.dir, 'ca', 'ceremony',
		name, file, '--libexec', join(centre.build, 'src/roles'));
	assert.match((await step('sign')).err, /ceremony\.issuing/);
	renameSync(sealed, state);
	const r = await step('crl');
	renameSync(state, sealed);
	assert.equal(r.code, 0, r.err);
	return join(desk.dir, 'exchange/root.crl');
}

// Who signed the certificate that the API shows.
const apiIssuer = (centre) => new Promise((done, fail) => {
	const { hostname, port } = new URL(centre.api);
	const s = connect({ host: hostname, port: Number(port),
		rejectUnauthorized: false }, () => {
		done(s.getPeerCertificate().issuer.CN);
		s.end();
	});
	s.on('error', fail);
});

test('the CA that the centre\'s own API stands on', async (t) => {
	const centre = await startDesk(t);
	const rite = new Ceremony(t, centre, { name: 'new',
		issuing: ca('issuing-new', 1, '["tls-client", "tls-server"]') });
	const desk = new Desk(t, centre, rite);
	const printed = await rite.all();
	await centre.down();
	addSigners(centre, printed);
	await centre.up();
	await desk.start();
	assert.match(await apiIssuer(centre), /ECDSA P-256/);

	await t.test('a root that comes back for its list', async () => {
		const list = await revokeInDemo(centre, desk, 'p256', 'key_compromise');
		assert.match(await crlText(list), /Key Compromise/);
	});
	await t.test('its successor certifies the API anew, at once', async () => {
		await desk.take(join(desk.dir, 'exchange/root.crl'));
		// By the command, or by the sweep after the start, if that is quicker.
		await until(async () => /issuing-new/.test(await apiIssuer(centre)),
			'another certificate');
		assert.ok(!(await desk.doctor()).some((f) => f.what === 'API'));
	});
	t.diagnostic('proves: I3, I5');
});

test('people wait for the CA that takes over', async (t) => {
	const centre = await startDesk(t);
	const rite = new Ceremony(t, centre, { name: 'gost-new',
		key: 'gost2012-256:A', issuing: ca('issuing-gost-new', 1,
			'["qualified-person"]', 'gost2012-256:A') });
	const desk = new Desk(t, centre, rite);
	await desk.start();
	const holder = async (n) => {
		const phone = `+7916300000${n}`;
		const form = await addForm(centre, { phone, person: desk.person });
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		expectStatus(await p.check(), 200);
		expectStatus(await p.request(
			(await gostRequest(desk.dir, `key-${n}`)).der), 200);
		expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		return p;
	};
	const first = await holder(1);
	await first.reaches('issued');
	const leaf = { ca: 'issuing-gost', pem: await first.certificate('pem') };
	assert.deepEqual(await desk.verify(leaf, 'root-gost'), []);
	await desk.take(await revokeInDemo(centre, desk, 'gost', 'ca_compromise'));
	assert.deepEqual(await desk.verify(leaf, 'root-gost'), [REVOKED]);

	const second = await holder(2);
	await until(() => /rule=ca\.revoked/.test(centre.log), 'the refusal');
	await second.reaches('approved');
	const printed = await rite.all();
	await centre.down();
	addSigners(centre, printed);
	await centre.up();
	await second.reaches('issued');
	assert.deepEqual(await desk.verify({ ca: 'issuing-gost-new',
		pem: await second.certificate('pem') }, 'root-gost-new'), []);
	t.diagnostic('proves: I3');
});
