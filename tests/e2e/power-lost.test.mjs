// SPDX-License-Identifier: Apache-2.0
// Power, with what was not synced gone: the database opens as its last syncs
// left it (src/store/seam_vfs.h), the signer's journal is cut to what was
// durable (src/os/seam.h).  Each place that syncs, switched off, must make this
// fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newKey } from './lib/desk.mjs';
import { Power, STEPS } from './lib/power.mjs';

// Those who write; "some": a part of what was not synced is there all the same.
const WRITERS = ['parent', 'front', 'signer'];
const MODES = ['all', 'some'];
const MANY = 4;

async function loseEverywhere(power, t) {
	for (const role of WRITERS) {
		await t.test(`${role} killed at every step`, async () => {
			for (const [i, step] of STEPS.entries()) {
				await power.hit(role, step, i % 2 === 0 ? MANY : 1);
			}
			await power.check();
		});
	}
	await t.test('after an orderly end too', async () => {
		await power.centre.down();
		await power.centre.up();
		await power.checkReplays();
		await power.check();
	});
}

for (const mode of MODES) {
	test(`what was not synced is lost: ${mode}`, async (t) => {
		const power = await Power.start(t,
			{ env: { SURGUCH_TEST_SYNCED: mode } });
		await loseEverywhere(power, t);
	});
}

// The planted failures.  What the centre says of it is the product's own
// finding; without it the comparison of journal and database would fail.
const PLANTS = [
	['journal', /ca\.journal_behind/, (power) => power.hit('parent',
		'front.replied')],
	['wal', /ca\.rolled_back/, (power) => power.hit('parent',
		'front.replied')],
	['db', /ca\.rolled_back|store\./, async (power) => {
		await power.centre.down(); // the log goes into the database
		await power.centre.up();
	}],
];

for (const [site, finding, lose] of PLANTS) {
	test(`without the sync of ${site} it fails`, async (t) => {
		const power = await Power.start(t, { database: 'sqlite', env: {
			SURGUCH_TEST_SYNCED: 'all', SURGUCH_TEST_SYNC_OFF: site } });
		for (let i = 0; i < MANY; i++) {
			await power.issue(newKey());
		}
		await assert.rejects(async () => {
			await lose(power);
			await power.checkReplays();
			await power.check();
		}, (e) => {
			const complaints = power.centre.log.split('\n')
				.filter((line) => /level=(error|warn)/.test(line));
			assert.match([e.message, ...complaints].join('\n'), finding);
			return true;
		});
	});
}
