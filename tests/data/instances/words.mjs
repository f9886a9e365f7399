// SPDX-License-Identifier: Apache-2.0
// What an instance's settings say of the place where it stands.
import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SETTINGS = /\.(conf|env|json|sql)$/;

// Replace each [text or /pattern/, by] in every file of settings under dir;
// owners and modes stay.
export function replaceIn(dir, pairs) {
	for (const name of readdirSync(dir)) {
		const path = join(dir, name);
		const about = lstatSync(path);
		if (about.isDirectory()) {
			replaceIn(path, pairs);
		} else if (about.isFile() && SETTINGS.test(name)) {
			const before = readFileSync(path, 'utf8');
			const after = pairs.reduce(
				(text, [from, to]) => typeof from === 'string'
					? text.replaceAll(from, to) : text.replace(from, to), before);
			if (after !== before) {
				writeFileSync(path, after);
			}
		}
	}
}
