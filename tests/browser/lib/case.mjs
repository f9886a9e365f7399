// SPDX-License-Identifier: Apache-2.0
// One case of ../matrix.test.mjs, named by CASE ("disk,en"), in a mount and a
// network namespace that it has to itself.
import { join } from 'node:path';
import { test } from 'node:test';
import { PICTURES } from './browser.mjs';
import { Journey } from './journey.mjs';

const STEPS = ['signIn', 'list', 'data', 'workplace', 'chooseMedium', 'makeKey',
	'confirm', 'read', 'install', 'files', 'backup', 'check', 'trust',
	'renewal', 'anotherComputer', 'oldKeys', 'end'];
const [medium, lang] = process.env.CASE.split(',');

process.setMaxListeners(0); // places of tests, each removed at the end

test(process.env.CASE, async (t) => {
	const journey = await Journey.start(t, medium, lang,
		lang === 'en' ? { interrupted: true } : { windows: true });
	for (const step of STEPS) {
		const start = Date.now();
		try {
			await journey[step]();
		} catch (e) {
			await journey.page.screenshot({ fullPage: true, path: join(PICTURES,
				`${medium}-${lang}-failed.png`) }).catch(() => {});
			const shown = await journey.page.locator('main').innerText()
				.catch(() => '');
			t.diagnostic(`${step}, the page:\n${shown}\nthe agent:\n` +
				`${journey.agent?.log.slice(-3000)}`);
			throw e;
		}
		t.diagnostic(`${step}: ${Date.now() - start} ms`);
	}
});
