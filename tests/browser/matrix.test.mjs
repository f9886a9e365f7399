// SPDX-License-Identifier: Apache-2.0
// Rows A1 to A21 on each of the four media: without a break, in Russian, with
// the agent's windows and the real pinentry; and in English, the browser closed
// after every step and the way gone on with another profile.  Each case has a
// mount namespace, a loopback and homes of its own (lib/case.mjs runs in them).
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { AS_ROOT, ROOT } from '../e2e/lib/scratch.mjs';
import { MEDIA } from './lib/media.mjs';

const CASE = join(ROOT, 'tests/browser/lib/case.mjs');
const AT_ONCE = 2;

test('every row on every medium', { concurrency: AT_ONCE,
	skip: AS_ROOT ? false : 'only root gives a mount namespace' },
async (t) => {
	await Promise.all(Object.keys(MEDIA).flatMap((medium) =>
		['ru', 'en'].map((lang) => t.test(`${medium}, ${lang}`, async (tt) => {
			const r = await exec('unshare', ['-mn', 'sh', '-c',
				'ip link set lo up && exec "$@"', 'sh', process.execPath,
				'--test', '--test-reporter=spec', CASE], { timeoutSec: 420,
				env: { ...process.env, CASE: `${medium},${lang}`,
					NODE_TEST_CONTEXT: undefined } });
			assert.equal(r.code, 0, r.all.slice(-8000));
			r.out.match(/\w+: \d+ ms/g)
				.forEach((step) => tt.diagnostic(step));
		}))));
	t.diagnostic('proves: A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 ' +
		'A15 A16 A17 A18 A19 A20 A21');
});
