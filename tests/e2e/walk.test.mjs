// SPDX-License-Identifier: Apache-2.0
// The walk that README shows, on the release build, by a stranger's command.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, ended, tail } from '../run/exec.mjs';
import { RELEASE, ROOT } from './lib/scratch.mjs';

const SECONDS_MAX = 60;

test('the walk ends well, in under a minute', async () => {
	const start = Date.now();
	const r = await exec(join(ROOT, 'scripts/demo.sh'), ['--walk'],
		{ env: { SURGUCH_BUILD: RELEASE }, timeoutSec: 300 });
	assert.equal(r.code, 0, `it ${ended(r)}\n${tail(r.all, 80)}`);
	assert.ok((Date.now() - start) / 1000 < SECONDS_MAX, 'too slow');
	// What it says that it proves is proved by this test.
	for (const line of r.out.split('\n')) {
		if (/^\s*proves: /.test(line)) {
			console.log(line.trim());
		}
	}
});
