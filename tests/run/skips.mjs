// SPDX-License-Identifier: Apache-2.0
// tests/skips: the tests that may be skipped where skips are judged, one a
// line, each with its reason behind two spaces or a tab; a trailing * stands
// for any ending.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export function readAllowed(root) {
	const file = join(root, 'tests/skips');
	if (!existsSync(file)) {
		return [];
	}
	return readFileSync(file, 'utf8').split('\n')
		.filter((line) => line.trim() !== '' && !line.startsWith('#'))
		.map((line) => {
			const [test, reason] = line.split(/\t+| {2,}/);
			if (!reason) {
				throw new Error(`tests/skips: no reason given: ${line}`);
			}
			return test;
		});
}

// Those skips that no line allows.
export function unlisted(skips, allowed) {
	return skips.filter(({ test }) => !allowed.some((a) => a.endsWith('*')
		? test.startsWith(a.slice(0, -1)) : test === a));
}
