// SPDX-License-Identifier: Apache-2.0
// ./soak power [RUNS [SEED]]: roles killed at steps of issuing, both by
// chance, under one to eight orders at a time; on three centres in turn: as it
// is, with what was not synced lost, and with some of it lost.  Then a signer
// that is silent for longer than anybody waits.
import assert from 'node:assert/strict';
import { newKey } from '../e2e/lib/desk.mjs';
import { Power, ROLES, STEPS } from '../e2e/lib/power.mjs';

const RUNS = Number(process.argv[2] ?? 1000);
const SEED = Number(process.argv[3] ?? Date.now() % 1e9);
const MANY = 8;
const SILENCE_MS = 120000;
const CHECK_EVERY = 25;
const MODES = [null, 'all', 'some'];

// Small, and the same for the same seed (mulberry32).
let state = SEED;
function chance(below) {
	state = (state + 0x6d2b79f5) | 0;
	let x = Math.imul(state ^ (state >>> 15), state | 1);
	x = (x + Math.imul(x ^ (x >>> 7), x | 61)) ^ x;
	return ((x ^ (x >>> 14)) >>> 0) % below;
}

// Every cell once at first, in any order, then whatever comes.
function* cells() {
	const all = ROLES.flatMap((role) => STEPS.map((step) => [role, step]));
	while (all.length > 0) {
		yield all.splice(chance(all.length), 1)[0];
	}
	for (;;) {
		yield [ROLES[chance(ROLES.length)], STEPS[chance(STEPS.length)]];
	}
}

async function soak(power, runs) {
	const next = cells();
	for (let i = 1; i <= runs; i += 1) {
		const [role, step] = next.next().value;
		const num = 1 + chance(MANY);
		try {
			await power.hit(role, step, num);
			if (i % CHECK_EVERY === 0 || i === runs) {
				await power.check();
			}
		} catch (e) {
			e.message = `run ${i}, ${role} at ${step}, ${num} orders: ` +
				e.message;
			throw e;
		}
	}
	await power.checkReplays();
	await power.check();
}

// It is not dead, so nobody starts it anew: the order's outcome is unknown, and
// is found out when it speaks again.
async function silence(power) {
	const key = newKey();
	const pid = power.pid('signer');
	power.centre.steps.once('front.sent', () => {
		process.kill(pid, 'SIGSTOP');
	}, power.pid('front'));
	const r = await power.ask(key, SILENCE_MS);
	assert.equal(r.status, 504, r.text);
	assert.equal(r.json.rule, 'ca.unknown', r.text);
	const again = await power.ask(key, SILENCE_MS);
	assert.equal(again.status, 503, again.text);
	assert.equal(again.json.rule, 'idem.pending', again.text);
	process.kill(pid, 'SIGCONT');
	await power.issue(key);
	await power.check();
	console.log('a silent signer: unknown, pending, then the one certificate');
}

const total = new Map(ROLES.map((r) => [r, new Map(STEPS.map((s) => [s, 0]))]));
const ends = [];
const t = { after: (f) => ends.unshift(f), diagnostic: console.log };
console.log(`${RUNS} runs, seed ${SEED}`);
try {
	let left = RUNS;
	let issued = 0;
	const recoveries = [];
	for (const [i, mode] of MODES.entries()) {
		const runs = Math.round(left / (MODES.length - i));
		left -= runs;
		const power = await Power.start(t, { env: mode === null ? {}
			: { SURGUCH_TEST_SYNCED: mode } });
		await soak(power, runs);
		if (i === MODES.length - 1) {
			await silence(power);
		}
		await power.centre.down();
		console.log(`lost: ${mode ?? 'nothing'}; ${runs} runs, ` +
			`${power.answers.size} certificates`);
		issued += power.answers.size;
		recoveries.push(...power.recoveries);
		for (const [role, row] of power.hits) {
			for (const [step, num] of row) {
				total.get(role).set(step, total.get(role).get(step) + num);
			}
		}
		if (i === MODES.length - 1) {
			Object.assign(power, { hits: total, recoveries });
			const { median, p95, max } = power.recovery();
			console.log([...power.table(), `${issued} certificates; ` +
				`recovery: median ${median} ms, 95 % ${p95} ms, ` +
				`worst ${max} ms`].join('\n'));
			if (RUNS >= MODES.length * ROLES.length * STEPS.length) {
				power.demandAllCells(MODES.length);
			}
			assert.equal(recoveries.length, RUNS);
		}
	}
} catch (e) {
	console.error(`seed ${SEED}: ${e.stack ?? e}`);
	process.exitCode = 1;
} finally {
	for (const end of ends) {
		await end();
	}
}
