// SPDX-License-Identifier: Apache-2.0
// Writes by cookie come from our own pages: those of the origin that the
// settings name, or without one of the host that the browser asked.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, startDesk } from './lib/desk.mjs';

const OUTSIDE = 'https://ca.example.ru';

function signIn(centre, headers) {
	return call(centre, 'POST', '/v1/sign-in/code', { phone: '+79000000000' },
		{ token: null, headers });
}

for (const origin of ['', OUTSIDE]) {
	const name = origin === '' ? 'without a setting' : 'with a setting';
	test(`the origin of a write, ${name}`, async (t) => {
		const centre = await startDesk(t, { configure: ({ dir }) => {
			const path = join(dir, 'etc/surguch/surguch.conf');
			writeFileSync(path, readFileSync(path, 'utf8').replace('api = { ',
				origin === '' ? 'api = { ' : `api = { origin = "${origin}"; `));
		} });
		const cases = [
			[{ Origin: centre.api }, origin === ''],
			[{ Origin: OUTSIDE }, origin !== ''],
			[{ Origin: 'https://evil.example' }, false],
			[{ Origin: 'null' }, false],
			[{ Origin: centre.api.replace('https', 'http') }, false],
			[{}, false],
			[{ 'X-Surguch-Request': '1' }, true],
		];
		for (const [headers, passes] of cases) {
			const r = await signIn(centre, headers);
			const label = `${JSON.stringify(headers)}: ${r.text}`;
			assert.equal(r.status, passes ? 202 : 403, label);
			assert.equal(r.json.rule, passes ? undefined : 'request.origin', label);
		}
	});
}
