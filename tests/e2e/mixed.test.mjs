// SPDX-License-Identifier: Apache-2.0
// A short piece of ./soak mixed: everything at once, every answer judged,
// every certificate accounted for, no descriptor left behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mixed } from './lib/mixed.mjs';

const SECONDS = 12;
const WARM_UP_SEC = 2;
const RATE = 25;

test('in ordinary use', async (t) => {
	const m = await Mixed.start(t, { rate: RATE });
	await m.run(WARM_UP_SEC);
	const before = await m.descriptors();
	await m.run(SECONDS);
	assert.deepEqual(await m.descriptors(), before, 'descriptors');
	for (const [what, num] of Object.entries(m.counts)) {
		assert.ok(num > 0, `nothing of "${what}" was done`);
	}
	await m.account();
	t.diagnostic('proves: I2 I3');
});
