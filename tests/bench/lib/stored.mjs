// SPDX-License-Identifier: Apache-2.0
// Centres with many certificates, for ./bench stored and its test.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../run/exec.mjs';
import { Centre } from '../../e2e/lib/centre.mjs';
import { sql } from '../../e2e/lib/desk.mjs';
import { BUILD } from '../../e2e/lib/scratch.mjs';

export const CA = 'issuing-p256';
export const PROFILE = 'tls-client';

const FILL_SEC = 4 * 3600;

// The usual ceiling of 20,000 a day would end everything.
function raiseCeiling(centre) {
	const conf = join(centre.dir, `etc/surguch/ca/${CA}.conf`);
	writeFileSync(conf, `${readFileSync(conf, 'utf8')}
ceilings = ({ profile = "${PROFILE}"; per_day = 10000000; });\n`);
}

// A centre with `num` people who have a certificate each, not running.  In
// `dir` (left out: a scratch directory) it stays, and is filled up only when
// it has fewer.
export async function filledCentre(t, num, { build, dir = null }) {
	if (dir !== null) {
		mkdirSync(dir, { recursive: true, mode: 0o711 });
	}
	const centre = new Centre(t, { build, configure: raiseCeiling,
		database: 'sqlite', dir: dir === null ? null : join(dir, 'centre') });
	await centre.init();
	await centre.startPhone();
	if (!existsSync(join(centre.dir, 'var/lib/surguch/front/surguch.db'))) {
		await centre.up(); // makes the database
		await centre.down();
	}
	const [[there]] = await sql(centre, 'SELECT count(*) FROM person');
	if (Number(there) < num) {
		await must(join(BUILD, 'tests/bench/fill_stored'), [centre.dir,
			centre.program('surguch-signer'), there, `${num - there}`],
		{ timeoutSec: FILL_SEC });
	}
	return centre;
}
