// SPDX-License-Identifier: Apache-2.0
// Kills at the named steps of issuing, and what has to be true afterwards.
// Any role may be killed when somebody comes to a step; the client, who knows
// nothing of it, asks again with the same Idempotency-Key until it is answered.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { addPerson, call, ctl, journal, JOURNAL_ISSUE, newKey, p256Request,
	sql, startDesk } from './desk.mjs';
import { killAndWait, lives } from './processes.mjs';
import { until } from './scratch.mjs';

export const STEPS = ['front.accepted', 'front.sent',
	'signer.built', 'signer.journal_written', 'signer.journal_synced',
	'signer.answered', 'front.committed', 'front.replied'];
// An application is noted in the database before the signer is asked.
export const APPLICATION_STEPS = ['front.reserved', ...STEPS];
export const ROLES = ['parent', 'front', 'signer', 'ocsp', 'courier'];

const CA = 'issuing-p256';
const PROFILE = 'tls-client';
const PROGRAM = {
	front: () => ['surguch-front'],
	signer: (ca) => ['surguch-signer', ca],
	ocsp: (ca) => ['surguch-ocsp', ca.split('-')[1]],
	courier: () => ['surguch-courier'],
};
const ANSWER_MS = 30000; // until a client that keeps asking has its answer
const AGAIN_MS = 50;
const CTL_LATER = 4; // surguchctl: the other side cannot be reached now

// A journal's record of a certificate (src/signer/record.c, record_issue).
export function readIssue({ number, payload }) {
	let at = 64; // idem, request
	const bytes = () => {
		const len = payload.readUInt32BE(at);
		at += 4 + len;
		return payload.subarray(at - len, at);
	};
	const idem = payload.toString('hex', 0, 32);
	const profile = bytes().toString();
	at += 16 + 8 + 32 + 8; // audit position, notAfter
	const serial = bytes().toString('hex');
	const sha256 = createHash('sha256').update(bytes()).digest('hex');
	return { number, idem, profile, serial, sha256 };
}

export class Power {
	// options: of the centre, and ca: whose signer is meant
	static async start(t, { ca = CA, ...options } = {}) {
		const p = new Power();
		p.ca = ca;
		p.centre = await startDesk(t, { ...options, seams: true });
		p.order = { profile: PROFILE, person: await addPerson(p.centre),
			pkcs10: await p256Request(p.centre.dir) };
		p.answers = new Map(); // client's key -> its answer's text
		p.hits = new Map(ROLES.map((r) =>
			[r, new Map(STEPS.map((s) => [s, 0]))]));
		p.recoveries = []; // ms from a kill to the last answer
		await p.issue(newKey());
		return p;
	}

	pid(role) {
		if (role === 'parent') {
			return this.centre.parent.pid;
		}
		const [program, ...words] = PROGRAM[role](this.ca);
		return this.centre.roles(program).find((r) => words.every((w) =>
			r.args.some((a) => a.includes(w))))?.pid;
	}

	// All roles are there and front answers.
	async settle() {
		await until(async () => ROLES.every((r) => this.pid(r)) &&
			(await call(this.centre, 'GET', '/healthz', undefined,
				{ timeoutMs: 5000 }).catch(() => null))?.status === 200,
		() => `the centre to be whole again:\n${this.centre.log.slice(-4000)}`,
		{ timeoutMs: ANSWER_MS });
	}

	// Ask once.
	async ask(key, timeoutMs = 20000) {
		await this.back;
		return call(this.centre, 'POST', '/v1/certificates', this.order,
			{ key, timeoutMs });
	}

	// One certificate for one key, whatever happens meanwhile.
	async issue(key) {
		const deadline = Date.now() + ANSWER_MS;
		for (;;) {
			const r = await this.ask(key).catch((e) => e);
			if (r.status === 201) {
				this.answers.set(key, r.text);
				return r;
			}
			const last = r.text ?? String(r);
			assert.ok(r instanceof Error || r.status >= 500, last);
			assert.ok(Date.now() < deadline, `no answer to ${key}: ${last}\n` +
				this.centre.log.slice(-6000));
			await sleep(AGAIN_MS);
		}
	}

	// Kill it now, and with the parent everybody, as the kernel does.
	async kill(role) {
		if (role !== 'parent') {
			await killAndWait(this.pid(role));
			return;
		}
		const all = this.centre.roles().map((r) => r.pid);
		// Nobody may knock meanwhile: where nobody listens a client can be
		// connected to itself, and keep the port.
		this.back = new Promise((done) => {
			this.up = () => this.centre.up().then(done);
		});
		await killAndWait(this.pid(role));
		await until(() => !all.some(lives), 'the roles to follow the parent');
	}

	// Kill a role when the step is reached under `num` orders.
	async hit(role, step, num = 1) {
		const answers = await this.hitUnder(role, step, () =>
			Promise.all(Array.from({ length: num }, () =>
				this.issue(newKey()))));
		const row = this.hits.get(role);
		row.set(step, row.get(step) + 1);
		await this.checkOrders(answers);
	}

	// Kill a role when work() brings somebody to the step; what work() gives.
	async hitUnder(role, step, work) {
		await this.settle();
		await sleep(20); // until the answer of settle() is out of the way
		const asker = this.pid(step.startsWith('front.') ? 'front' : 'signer');
		let since = 0;
		const killed = new Promise((done, fail) => {
			this.centre.steps.once(step, () => {
				since = Date.now();
				return this.kill(role).then(done, fail);
			}, asker);
		});
		const working = work();
		working.catch(() => {}); // looked at below
		await Promise.race([killed, working.then(() => sleep(2000)).then(() => {
			assert.ok(since > 0, `nobody came to ${step}`);
		})]);
		await killed;
		if (role === 'parent') {
			await this.up();
		}
		const result = await working;
		this.recoveries.push(Date.now() - since);
		return result;
	}

	// What was acknowledged is there, and is what a replay gives.
	async checkOrders(answers) {
		for (const r of answers) {
			const got = await call(this.centre, 'GET',
				`/v1/certificates/${r.json.id}`);
			assert.equal(got.status, 200, got.text);
			assert.equal(got.json.serial, r.json.serial);
		}
		for (const [key, text] of [...this.answers].slice(-answers.length)) {
			assert.equal((await this.issue(key)).text, text,
				'a replay gave other bytes');
		}
	}

	// What the signer's journal holds.
	journal(profile = PROFILE) {
		return journal(this.centre, this.ca)
			.filter((r) => r.type === JOURNAL_ISSUE).map(readIssue)
			.filter((r) => r.profile === profile);
	}

	numIssued() {
		return this.journal().length;
	}

	// Journal and database tell the same, and neither tells of a twin.
	async check() {
		await this.settle();
		const inJournal = this.journal();
		const inBase = (await sql(this.centre, 'SELECT journal, ' +
			`lower(hex(sha256)), lower(hex(serial)) FROM certificate WHERE ca = '${CA}' ` +
			`AND profile = '${PROFILE}' ORDER BY journal`));
		assert.deepEqual(inBase, inJournal.map((r) =>
			[String(r.number), r.sha256, r.serial]),
		'journal and database differ');
		for (const what of ['idem', 'serial', 'sha256']) {
			assert.equal(new Set(inJournal.map((r) => r[what])).size,
				inJournal.length, `two records of one ${what}`);
		}
		assert.equal(inBase.length, this.answers.size,
			'certificates beside keys that were acknowledged');
		const serials = new Set(inBase.map((r) => r[2]));
		for (const text of this.answers.values()) {
			assert.ok(serials.has(JSON.parse(text).serial.toLowerCase()),
				'an acknowledged certificate is lost');
		}
		const nobodys = await sql(this.centre, 'SELECT count(*) FROM ' +
			`certificate WHERE profile = '${PROFILE}' AND person_id IS NULL`);
		assert.deepEqual(nobodys, [['0']], 'a certificate is nobody\'s');
		// A signer that is only just starting cannot be asked yet.
		const audit = await until(async () => {
			const r = await ctl(this.centre, 'audit', 'verify');
			return r.code === CTL_LATER ? null : r;
		}, 'the signers to tell what they remember');
		assert.equal(audit.code, 0, audit.err);
	}

	// Every acknowledged key once more.
	async checkReplays() {
		for (const [key, text] of [...this.answers]) {
			assert.equal((await this.issue(key)).text, text,
				'a replay gave other bytes');
		}
	}

	// The hits, role by step, for people.
	table() {
		const width = Math.max(...STEPS.map((s) => s.length));
		return [`${''.padEnd(width)}  ${ROLES.map((r) => r.padStart(7)).join(' ')}`,
			...STEPS.map((s) => `${s.padEnd(width)}  ${ROLES.map((r) =>
				String(this.hits.get(r).get(s)).padStart(7)).join(' ')}`)];
	}

	recovery() {
		const sorted = [...this.recoveries].sort((a, b) => a - b);
		const at = (part) => sorted[Math.floor((sorted.length - 1) * part)];
		return { median: at(0.5), p95: at(0.95), max: at(1) };
	}

	demandAllCells(least) {
		for (const [role, row] of this.hits) {
			for (const [step, num] of row) {
				assert.ok(num >= least, `${role} was killed at ${step} ` +
					`${num} times, not ${least}`);
			}
		}
	}
}
