// SPDX-License-Identifier: Apache-2.0
// A centre in ordinary use: people registered, certificates issued, renewed,
// revoked, asked for by OCSP and CRL, all mixed, at a set rate.  Every answer
// is judged at once; what the roles hold is looked at on the way; afterwards
// every certificate is accounted for.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../../run/exec.mjs';
import { call, ctl, journal, JOURNAL_ISSUE, newKey, PERSON, snils, sql,
	startDesk, stateDir } from './desk.mjs';
import { expectStatus } from './http.mjs';
import { Ocsp } from './ocsp.mjs';
import { openssl, toPem } from './openssl.mjs';
import { readIssue } from './power.mjs';
import { descriptorsOf, memoryOf } from './processes.mjs';
import { BUILD, until } from './scratch.mjs';

const CA = 'issuing-p256';
const PROFILE = 'tls-client';
const KEYS = 200; // made at a time
const IN_FLIGHT_MAX = 32;
const REPLAYED = 500; // of the last answers, any may be asked for again
const ON_CRL_MS = 150000; // after the revocation's answer (src/ca/pace.h)
const QUIET_MS = 20000;
const CONNECTIONS = 8;

// What is done, in parts of all that is done.
const PARTS = { issue: 24, renew: 10, revoke: 12, good: 18, revoked: 10,
	unknown: 8, crl: 4, again: 4, find: 10 };
const SURNAMES = ['Иванов', 'Петров', 'Сидоров', 'Кузнецов', 'Орлова',
	'Щукина', 'Семёнова', 'Ястребов', 'Зайцева', 'Ильин'];

const pick = (a) => a[Math.floor(Math.random() * a.length)];

// The name of a role among its like: "surguch-signer issuing-p256".
function roleName(p) {
	const at = p.args.indexOf('-n');
	return at < 0 ? p.name : `${p.name} ${p.args[at + 1]}`;
}

export class Mixed {
	// options: those of a centre; rate: acts a second
	static async start(t, { rate = 16, ...options } = {}) {
		const m = new Mixed();
		Object.assign(m, { rate, acts: 0, late: 0, again: 0, failures: [], people: [],
			surnames: new Set(), numPeople: 0, good: [], revoked: new Map(), serials: new Map(),
			answers: [], requests: [], samples: [], inFlight: new Set(),
			counts: Object.fromEntries(Object.keys(PARTS).map((k) => [k, 0])) });
		m.centre = await startDesk(t, { ...options, configure: (c) => {
			// The usual ceiling of a day would end a long run.
			const conf = join(c.dir, `etc/surguch/ca/${CA}.conf`);
			writeFileSync(conf, `${readFileSync(conf, 'utf8')}
ceilings = ({ profile = "${PROFILE}"; per_day = 10000000; });\n`);
			// So small that it is full long before the end: what is kept has
			// to make room, and memory that grows on is seen.
			const main = join(c.dir, 'etc/surguch/surguch.conf');
			writeFileSync(main, readFileSync(main, 'utf8').replace(
				/^public = \{/m, 'public = { ocsp_cache_mib = 1;'));
		} });
		m.at = (name) => join(m.centre.dir, name);
		const issuer = await toPem('x509',
			join(stateDir(m.centre, 'public'), `${CA}.cer`), m.at('issuer.pem'));
		m.ocsp = await Ocsp.of(m.centre, { name: CA, issuer,
			dir: m.centre.dir, trusted: m.centre.apiCa });
		m.agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
		m.pids = m.roles().map((r) => r.pid);
		await m.act('issue');
		await m.act('issue');
		await m.act('revoke');
		m.noFailures();
		return m;
	}

	roles() {
		return [{ name: 'surguchd', pid: this.centre.parent.pid },
			...this.centre.roles().map((p) => ({ name: roleName(p), pid: p.pid }))];
	}

	async call(method, path, body, options = {}) {
		const r = await this.#patiently(() => call(this.centre, method, path,
			body, { agent: this.agent, ...options }));
		if (r.status >= 300) {
			throw new Error(`${method} ${path}: ${r.status} ${r.text}`);
		}
		return r;
	}

	// A kept connection may be closed in the moment in which we use it again;
	// then whoever asks asks once more.
	async #patiently(ask) {
		try {
			return await ask();
		} catch (e) {
			if (e.code !== 'ECONNRESET') {
				throw e;
			}
			this.again += 1;
			return ask();
		}
	}

	// --- what is done --------------------------------------------------------

	ask(serial, options) {
		return this.#patiently(() => this.ocsp.ask(serial, options));
	}

	async pkcs10() {
		while (this.requests.length === 0) {
			this.making ??= must(join(BUILD, 'tests/bench/make_requests'),
				['p256', String(KEYS)]).then((out) => {
				this.requests.push(...out.trim().split('\n'));
				this.making = null;
			});
			await this.making;
		}
		return this.requests.pop();
	}

	async addPerson() {
		const n = this.numPeople++;
		const surname = pick(SURNAMES);
		const r = await this.call('POST', '/v1/persons', { ...PERSON,
			surname, snils: snils(n), inn: '' }, { key: newKey() });
		this.people.push(r.json.id);
		this.surnames.add(surname);
		return r.json.id;
	}

	async order(person) {
		const key = newKey();
		const order = { profile: PROFILE, person, pkcs10: await this.pkcs10() };
		const { text, json } = await this.call('POST', '/v1/certificates', order,
			{ key });
		assert.ok(!this.serials.has(json.serial), 'a serial a second time');
		this.serials.set(json.serial, json.id);
		this.answers.push({ key, order, text });
		this.answers.splice(0, this.answers.length - REPLAYED);
		const cert = { id: json.id, serial: json.serial, person };
		// Known as good from the answer on.
		assert.equal(await this.ask(cert.serial), 'good', cert.serial);
		this.good.push(cert);
	}

	takeGood() {
		return this.good.splice(Math.floor(Math.random() * this.good.length),
			1)[0];
	}

	async end(cert, reason) {
		const key = newKey();
		const path = `/v1/certificates/${cert.id}/revocation`;
		const { text } = await this.call('POST', path, { reason }, { key });
		// From the answer on nobody hears "good".
		assert.equal(await this.ask(cert.serial), 'revoked', cert.serial);
		this.revoked.set(cert.serial, { id: cert.id, at: Date.now() });
		if (Math.random() < 0.05) {
			const again = await this.call('POST', path, { reason }, { key });
			assert.equal(again.text, text, 'a replay gave other bytes');
		}
	}

	// One of those who have one gets another, for a new key; half of the old
	// ones are then superseded.
	async renew() {
		const cert = this.takeGood();
		await this.order(cert.person);
		if (Math.random() < 0.5) {
			await this.end(cert, 'superseded');
		} else {
			this.good.push(cert);
		}
	}

	async fetchCrl() {
		const asked = Date.now();
		const r = await this.#patiently(() =>
			this.ocsp.http.get(`/crl/${CA}.crl`));
		expectStatus(r, 200);
		const file = this.at(`crl-${newKey()}.der`);
		writeFileSync(file, r.body);
		const { out: text, err } = await openssl(['crl', '-inform', 'DER', '-in',
			file, '-noout', '-text', '-CAfile', this.at('issuer.pem')]);
		rmSync(file);
		// openssl ends well either way.
		assert.match(err, /^verify OK$/m);
		const on = new Set([...text.matchAll(/Serial Number: ([0-9A-F]+)/g)]
			.map((x) => x[1].toLowerCase()));
		for (const [serial, { at }] of this.revoked) {
			assert.ok(at > asked - ON_CRL_MS || on.has(serial),
				`${serial} is not on the CRL`);
		}
		for (const { serial } of this.good) {
			assert.ok(!on.has(serial), `${serial} is good and on the CRL`);
		}
		return on;
	}

	async find() {
		const surname = pick(SURNAMES);
		const known = this.surnames.has(surname);
		const { json } = await this.call('GET', '/v1/persons?search=' +
			encodeURIComponent(surname.slice(0, 4)));
		assert.ok(json.persons.length > 0 || !known, surname);
		for (const p of json.persons) {
			assert.ok([p.surname, p.given_name, p.patronymic].some((w) =>
				w.startsWith(surname.slice(0, 4))), JSON.stringify(p));
		}
		const cert = pick(this.good);
		const one = await this.call('GET', `/v1/certificates/${cert.id}`);
		assert.equal(one.json.serial, cert.serial);
	}

	async replay() {
		const { key, order, text } = pick(this.answers);
		const r = await this.call('POST', '/v1/certificates', order, { key });
		assert.equal(r.text, text, 'a replay gave other bytes');
	}

	async #do(what) {
		switch (what) {
		case 'issue':
			return this.order(this.people.length > 0 && Math.random() < 0.3
				? pick(this.people) : await this.addPerson());
		case 'renew':
			return this.renew();
		case 'revoke':
			return this.end(this.takeGood(), pick(['key_compromise',
				'superseded', 'cessation_of_operation']));
		case 'good': {
			const cert = pick(this.good);
			const status = await this.ask(cert.serial,
				{ get: Math.random() < 0.8 });
			assert.ok(status === 'good' || !this.good.includes(cert), status);
			return null;
		}
		case 'revoked':
			assert.equal(await this.ask(pick([...this.revoked.keys()])),
				'revoked');
			return null;
		case 'unknown':
			// Never good for what was not issued.
			assert.equal(await this.ask(`3${newKey()}00000`), 'unknown');
			return null;
		case 'crl':
			return this.fetchCrl();
		case 'again':
			return this.replay();
		default:
			return this.find();
		}
	}

	async act(what) {
		try {
			await this.#do(what);
			this.counts[what] += 1;
		} catch (e) {
			this.failures.push(`${what}: ${e.stack ?? e}`);
		}
		this.acts += 1;
	}

	#next() {
		let n = Math.random() * Object.values(PARTS).reduce((a, b) => a + b);
		const what = Object.keys(PARTS).find((k) => (n -= PARTS[k]) < 0);
		// Something has to be left to renew, to revoke and to ask about.
		return this.good.length < IN_FLIGHT_MAX ? 'issue' : what;
	}

	// Work for so long, looking at memory and descriptors every so often.
	async run(seconds, everySec = 10) {
		const end = Date.now() + seconds * 1000;
		const timer = setInterval(() => this.sample(), everySec * 1000);
		const start = Date.now();
		for (let n = 0; Date.now() < end && this.failures.length === 0; n += 1) {
			const due = start + n * 1000 / this.rate;
			if (Date.now() < due) {
				await sleep(due - Date.now());
			}
			if (this.inFlight.size >= IN_FLIGHT_MAX) {
				this.late += 1;
				await Promise.race(this.inFlight);
			}
			const act = this.act(this.#next())
				.then(() => this.inFlight.delete(act));
			this.inFlight.add(act);
		}
		await Promise.all(this.inFlight);
		clearInterval(timer);
		this.noFailures();
	}

	noFailures() {
		assert.equal(this.failures.length, 0,
			`${this.failures.length} acts failed; the first: ` +
			`${this.failures[0]}\n${this.centre.log.slice(-4000)}`);
	}

	// --- what the roles hold -------------------------------------------------

	sample() {
		const roles = this.roles();
		this.samples.push({ at: Date.now(), issued: this.serials.size,
			revoked: this.revoked.size,
			roles: Object.fromEntries(roles.map((r) => [r.name, {
				...memoryOf(r.pid), fds: descriptorsOf(r.pid).length }])) });
	}

	// Without a client: {role: number of descriptors}, once nothing changes.
	async descriptors() {
		this.agent.destroy();
		this.ocsp.close();
		let last = null;
		await until(async () => {
			const now = JSON.stringify(this.roles()
				.map((r) => [r.name, descriptorsOf(r.pid).length]));
			const same = now === last;
			last = now;
			await sleep(500);
			return same && !this.roles().some((r) => this.#connections(r.pid) > 0);
		}, 'connections to be closed', { timeoutMs: QUIET_MS });
		return Object.fromEntries(JSON.parse(last));
	}

	// TCP connections that a process has, listeners left out; PostgreSQL is
	// spoken to by a local socket.
	#connections(pid) {
		const inodes = new Set(readFileSync('/proc/net/tcp', 'utf8').split('\n')
			.slice(1).map((l) => l.trim().split(/\s+/))
			.filter((f) => f[3] === '01').map((f) => f[9]));
		return descriptorsOf(pid).filter((d) =>
			inodes.has(/^socket:\[(\d+)\]$/.exec(d)?.[1])).length;
	}

	// --- afterwards ----------------------------------------------------------

	// Journal, database, audit and what was answered tell the same.
	async account() {
		const { centre } = this;
		assert.deepEqual(this.roles().map((r) => r.pid), this.pids,
			`a role was started anew:\n${centre.log.slice(-4000)}`);
		const inJournal = journal(centre, CA).filter((r) =>
			r.type === JOURNAL_ISSUE).map(readIssue)
			.filter((r) => r.profile === PROFILE);
		const inBase = await sql(centre, 'SELECT journal, lower(hex(sha256)), ' +
			'lower(hex(serial)), status FROM certificate ' +
			`WHERE ca = '${CA}' AND profile = '${PROFILE}' ORDER BY journal`);
		assert.deepEqual(inBase.map((r) => r.slice(0, 3)), inJournal.map((r) =>
			[String(r.number), r.sha256, r.serial]),
		'journal and database differ');
		assert.deepEqual(inBase.map((r) => r[2]).sort(),
			[...this.serials.keys()].sort(), 'what was answered, and what is there');
		assert.deepEqual(inBase.filter((r) => r[3] === 'revoked')
			.map((r) => r[2]).sort(), [...this.revoked.keys()].sort(),
		'what was revoked');
		for (const [action, ids] of [
			['certificate.issue', [...this.serials.values()]],
			['certificate.revoke', [...this.revoked.values()].map((r) => r.id)]]) {
			const told = (await sql(centre, 'SELECT object FROM audit ' +
				`WHERE action = '${action}'`)).flat();
			assert.equal(new Set(told).size, told.length, `${action} told twice`);
			const known = new Set(told);
			assert.deepEqual(ids.filter((id) => !known.has(id)), [],
				`${action} without an audit record`);
		}
		const crl = await until(async () => {
			const on = await this.fetchCrl();
			return on.size >= this.revoked.size ? on : null;
		}, 'a CRL with all', { timeoutMs: ON_CRL_MS, everyMs: 500 });
		assert.deepEqual([...crl].filter((s) => this.serials.has(s)).sort(),
			[...this.revoked.keys()].sort(), 'the CRL');
		const audit = await ctl(centre, 'audit', 'verify');
		assert.equal(audit.code, 0, audit.err);
		const reconcile = await ctl(centre, 'reconcile');
		assert.match(reconcile.out, /nothing to reconcile/, reconcile.err);
		for (const [serial, want] of [[pick(this.good).serial, 'good'],
			[pick([...this.revoked.keys()]), 'revoked']]) {
			assert.equal(await this.ocsp.verify(serial), want);
		}
	}
}
