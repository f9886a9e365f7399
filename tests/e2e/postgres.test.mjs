// SPDX-License-Identifier: Apache-2.0
// A centre on PostgreSQL: the same tests pass on it, and a server that ends
// under load loses nothing that was acknowledged.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ended, exec, tail } from '../run/exec.mjs';
import { newKey } from './lib/desk.mjs';
import { Power } from './lib/power.mjs';
import { ROOT, until } from './lib/scratch.mjs';

test('what other tests demand of a centre', async (t) => {
	for (const name of ['issue', 'cabinet']) {
		await t.test(name, async () => {
			const r = await exec(process.execPath,
				[join(ROOT, `tests/e2e/${name}.test.mjs`)],
				{ timeoutSec: 300, env: { SURGUCH_TEST_STORE: 'postgresql',
					NODE_TEST_CONTEXT: '' } });
			assert.equal(r.code, 0, `it ${ended(r)}\n${tail(r.all, 60)}`);
			assert.match(r.out, /^# fail 0$/m);
			assert.doesNotMatch(r.out, /^# pass 0$/m);
		});
	}
});

// --- restarted under load ---------------------------------------------------

const CLIENTS = 12;
const CRASHES = ['SIGKILL', 'SIGQUIT', 'SIGKILL', 'SIGQUIT'];
const BETWEEN_MS = 1000;

test('PostgreSQL restarted under load: 0 acknowledged lost', async (t) => {
	const power = await Power.start(t,
		{ database: 'postgresql-tcp' });
	const { postgres } = power.centre;
	const front = power.pid('front');
	const first = power.answers.size;
	let stop = false;
	const clients = Array.from({ length: CLIENTS }, async () => {
		while (!stop) {
			await power.issue(newKey());
		}
	});

	for (const signal of CRASHES) {
		await t.test(`ended by ${signal}`, async () => {
			const before = power.answers.size;
			await until(() => power.answers.size > before + CLIENTS,
				'certificates');
			await postgres.crash(signal);
			await sleep(Math.random() * BETWEEN_MS);
			await postgres.up();
			const after = power.answers.size;
			await until(() => power.answers.size > after + CLIENTS,
				() => `issuing to go on:\n${power.centre.log.slice(-4000)}`,
				{ timeoutMs: 30000 });
		});
	}
	stop = true;
	await Promise.all(clients);
	assert.equal(power.pid('front'), front, 'front was not restarted');
	// Journal, database and answers tell the same; the audit verifies.
	await power.check();
	await power.checkReplays();
	console.log(`shows: PostgreSQL ended ${CRASHES.length} times under ` +
		`${CLIENTS} clients; ${power.answers.size - first} certificates were ` +
		'acknowledged and 0 are lost');
	console.log('proves: I2, I4');
});
