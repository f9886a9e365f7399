// SPDX-License-Identifier: Apache-2.0
// A full disk under the signer's journal, and one under the database: issuing
// stops with a problem that says so, nothing is half done, and it goes on when
// there is room again.
import assert from 'node:assert/strict';
import { chmodSync, chownSync, cpSync, readdirSync, rmSync, statfsSync, statSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { must } from '../run/exec.mjs';
import { call, newKey, stateDir } from './lib/desk.mjs';
import { Power } from './lib/power.mjs';
import { AS_ROOT, until } from './lib/scratch.mjs';

const SIZE = '12m';
const ORDERS_MAX = 400; // until a full disk shows, over what lies in pages
const TRIES = 20;
const CALM_MS = 3000; // the centre tries again by itself meanwhile

// Give a role's directory a small file system of its own.
async function mountSmall(t, dir) {
	const aside = `${dir}.aside`;
	const { uid, gid, mode } = statSync(dir);
	cpSync(dir, aside, { recursive: true, preserveTimestamps: true });
	await must('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'none',
		dir]);
	t.after(() => must('umount', ['-l', dir]));
	await must('cp', ['-a', `${aside}/.`, dir]);
	rmSync(aside, { recursive: true });
	for (const name of ['.', ...readdirSync(dir, { recursive: true })]) {
		chownSync(join(dir, name), uid, gid);
	}
	chmodSync(dir, mode & 0o7777);
}

// Take all the room that is left.
function fill(dir) {
	const filler = join(dir, 'filler');
	const { bavail, bsize } = statfsSync(dir);
	try {
		writeFileSync(filler, Buffer.alloc(bavail * bsize));
	} catch (e) {
		assert.equal(e.code, 'ENOSPC');
	}
	assert.equal(statfsSync(dir).bavail, 0);
	return filler;
}

// Order until one is refused; what is not answered is asked for again later.
async function orderUntilFull(power) {
	for (let i = 0; i < ORDERS_MAX; i++) {
		const key = newKey();
		const r = await power.ask(key);
		if (r.status !== 201) {
			return { key, r };
		}
		power.answers.set(key, r.text);
	}
	throw new Error(`${ORDERS_MAX} orders, and the disk is not full`);
}

// The certificate exists, and there is no room to say so: the order stays open
// and is completed, with the same certificate, when there is.
async function fullBeforeCommit(power, dir) {
	let filler, key, before, r;
	const pid = power.pid('signer');
	// Signers write lists down too: the first sync with a certificate.
	const fillThen = () => {
		if (power.numIssued() > before) {
			filler = fill(dir);
		} else {
			power.centre.steps.once('signer.journal_synced', fillThen, pid);
		}
	};
	// What still fits into pages that the log has already is committed.
	for (let i = 0; i < TRIES && (i === 0 || r.status === 201); i++) {
		if (filler) {
			power.answers.set(key, r.text);
			rmSync(filler);
		}
		key = newKey();
		before = power.numIssued();
		power.centre.steps.once('signer.journal_synced', fillThen, pid);
		r = await power.ask(key);
	}
	assert.equal(r.status, 503, r.text);
	assert.equal(r.json.rule, 'store.full', r.text);
	assert.equal(power.numIssued(), before + 1);
	const pending = await power.ask(key);
	assert.equal(pending.status, 503, pending.text);
	assert.equal(pending.json.rule, 'idem.pending', pending.text);
	rmSync(filler);
	await power.issue(key);
	await power.check();
}

const CASES = [
	['signer-issuing-p256', 'the signer\'s journal', 'journal.full'],
	['front', 'the database', 'store.full'],
];

for (const [name, what, rule] of CASES) {
	test(`a full disk under ${what}`, { skip: AS_ROOT ? false
		: 'only root can mount a small file system' }, async (t) => {
		const power = await Power.start(t, { database: 'sqlite',
			configure: (centre) => mountSmall(t, stateDir(centre, name)) });
		const filler = fill(stateDir(power.centre, name));
		const { key, r } = await orderUntilFull(power);

		await t.test('the problem says so', () => {
			assert.equal(r.status, 503, r.text);
			assert.equal(r.json.rule, rule, r.text);
			assert.ok(Number(r.headers['retry-after']) > 0);
		});
		if (name === 'front') {
			await t.test('and it is not ready', async () => {
				const client = power.centre.client();
				const no = await until(async () => {
					const r = await client.get('/readyz');
					return r.status === 503 ? r : null;
				}, 'it to say that it is not ready');
				client.close();
				assert.match(no.json.reasons.join(), /disk of .* is full/);
			});
		}

		await t.test('and goes on saying so, and nothing dies', async () => {
			const before = power.centre.roles().map((p) => p.pid).sort();
			await sleep(CALM_MS);
			for (let i = 0; i < 3; i++) {
				const again = await power.ask(newKey());
				assert.equal(again.status, 503, again.text);
			}
			assert.deepEqual(power.centre.roles().map((p) => p.pid).sort(),
				before, power.centre.log.slice(-3000));
		});
		await t.test('reading works', async () => {
			for (const text of power.answers.values()) {
				const { id } = JSON.parse(text);
				const got = await call(power.centre, 'GET',
					`/v1/certificates/${id}`);
				assert.equal(got.status, 200, got.text);
			}
		});
		await t.test('with room again it goes on by itself', async () => {
			rmSync(filler);
			await power.issue(key);
			await power.issue(newKey());
			await power.checkReplays();
			await power.check();
		});
		if (name === 'front') {
			await t.test('full between the signer\'s answer and the commit',
				() => fullBeforeCommit(power, stateDir(power.centre, name)));
		}
		await t.test('a restart while it is full ends well too', async () => {
			const again = fill(stateDir(power.centre, name));
			const { key: late } = await orderUntilFull(power);
			const back = power.centre.killRole(name === 'front'
				? 'surguch-front' : 'surguch-signer');
			await back.catch(() => {});
			await sleep(1000);
			rmSync(again);
			await power.settle();
			await power.issue(late);
			await power.checkReplays();
			await power.check();
		});
	});
}
