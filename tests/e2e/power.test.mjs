// SPDX-License-Identifier: Apache-2.0
// Power: each role killed at each named step of issuing.
import { test } from 'node:test';
import { Power, ROLES, STEPS } from './lib/power.mjs';

const EACH = 2;
const MANY = 4; // orders in flight, every second time

test('kill -9 at every step of issuing', async (t) => {
	const power = await Power.start(t);

	for (const step of STEPS) {
		await t.test(`every role killed at ${step}`, async () => {
			for (let i = 0; i < EACH; i++) {
				for (const role of ROLES) {
					await power.hit(role, step, i % 2 === 0 ? 1 : MANY);
				}
			}
			await power.check();
		});
	}
	await t.test('every cell of the table, every key once more', async () => {
		const { median, p95, max } = power.recovery();
		for (const line of [...power.table(), `recovery: median ${median} ms, ` +
			`95 % ${p95} ms, worst ${max} ms`]) {
			console.log(`shows: ${line}`);
		}
		power.demandAllCells(EACH);
		await power.checkReplays();
		await power.check();
	});
});
