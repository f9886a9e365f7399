// SPDX-License-Identifier: Apache-2.0
// What the page says, in its own words: the dictionaries that its build made.
import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scratch } from '../../e2e/lib/scratch.mjs';
import { WEB } from './centre.mjs';

// words(t, 'en') → say('list.h'), say('install.where', 'FLASH')
export async function words(t, lang) {
	const dir = scratch(t);
	const scripts = readdirSync(WEB).filter((f) => f.endsWith('.js'));
	// They are modules, which node believes when told so.
	writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
	scripts.forEach((f) => copyFileSync(join(WEB, f), join(dir, f)));
	const file = scripts.find((f) => f.startsWith(`${lang}-`));
	const texts = (await import(pathToFileURL(join(dir, file)).href))[lang];
	return (key, ...args) => {
		const text = texts[key];
		if (text === undefined) {
			throw new Error(`the page has no words for ${key}`);
		}
		return typeof text === 'string' ? text : text(...args);
	};
}
