// SPDX-License-Identifier: Apache-2.0
// ./bench delta [NUMBER... (10 100000 1000000)]: from a revocation's request to
// the published delta of a list of so many entries.  The centre is a day older
// than its first, empty list, or the delta would have to bring all of them to
// whoever holds that one.
import { appendFileSync, chownSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../run/exec.mjs';
import { addPerson, call, newKey, p256Request, startDesk, stateDir }
	from '../e2e/lib/desk.mjs';
import { opensslMust } from '../e2e/lib/openssl.mjs';
import { scratch, until } from '../e2e/lib/scratch.mjs';
import { cpuOf, show } from './lib/figures.mjs';

const NUMBERS = process.argv.length > 2 ? process.argv.slice(2).map(Number)
	: [10, 100000, 1000000];
const TIMES = 9;
const CA = 'issuing-p256';
const DAY_AND_MORE = 25 * 3600;
const LONG = { timeoutSec: 1800 };

const ends = [];
const t = { after: (f) => ends.push(f), diagnostic: console.log };
const dir = scratch(t);

async function centreWith(num) {
	const centre = await startDesk(t, { seams: true,
		configure: (c) => appendFileSync(
			join(c.dir, `etc/surguch/ca/${CA}.conf`),
			`crl_delta_hours = 1;\ncrl_unknown_max = ${num + 1};\n`) });
	centre.person = await addPerson(centre);
	centre.pkcs10 = await p256Request(centre.dir);
	await centre.down();
	const front = stateDir(centre, 'front');
	const owner = statSync(join(front, 'surguch.db'));
	await must(join(process.env.SURGUCH_BUILD, 'tests/bench/make_revoked'),
		[join(front, 'surguch.db'), CA, String(num), join(dir, 'index.txt')],
		LONG);
	readdirSync(front).forEach((name) =>
		chownSync(join(front, name), owner.uid, owner.gid));
	centre.clock.set(DAY_AND_MORE);
	await centre.up();
	centre.list = join(stateDir(centre, 'public'), `${CA}.crl`);
	centre.delta = join(stateDir(centre, 'public'), `${CA}.delta.crl`);
	centre.pids = ['front', `signer-${CA}`].map((name) => Number([...centre.log
		.matchAll(new RegExp(`role\\.start name=${name} pid=(\\d+)`, 'g'))]
		.at(-1)[1]));
	return centre;
}

// Milliseconds.
async function revokeOne(centre) {
	const made = await call(centre, 'POST', '/v1/certificates',
		{ profile: 'tls-client', person: centre.person,
			pkcs10: centre.pkcs10 }, { key: newKey() });
	const before = statSync(centre.delta).ino;
	const start = process.hrtime.bigint();
	const r = await call(centre, 'POST',
		`/v1/certificates/${made.json.id}/revocation`,
		{ reason: 'superseded' }, { key: newKey() });
	if (r.status !== 200) {
		throw new Error(r.text);
	}
	await until(() => statSync(centre.delta).ino !== before,
		() => `a new delta:\n${centre.log.slice(-2000)}`,
		{ timeoutMs: 120000, everyMs: 1 });
	return Number(process.hrtime.bigint() - start) / 1e6;
}

try {
	for (const num of NUMBERS) {
		const centre = await centreWith(num);
		const list = statSync(centre.list);
		const took = [];
		const cpu = [];
		for (let i = 0; i < TIMES; i += 1) {
			const before = cpuOf(centre.pids);
			took.push(await revokeOne(centre));
			cpu.push((cpuOf(centre.pids) - before) * 1000);
		}
		const text = await opensslMust(['crl', '-inform', 'DER', '-in',
			centre.delta, '-noout', '-text']);
		const entries = [...text.matchAll(/Serial Number:/g)].length;
		if (entries !== TIMES || statSync(centre.list).ino !== list.ino) {
			throw new Error(`${entries} entries on the delta`);
		}
		console.log(`\n${num} entries on the list, ${list.size} bytes; ` +
			`${entries} on the delta, ${statSync(centre.delta).size} bytes; ` +
			`${TIMES} times, median and spread`);
		show('from the request to the published delta, ms', took, 1);
		show('CPU of front and signer, ms', cpu);
		await centre.down();
	}
} finally {
	for (const end of ends.reverse()) {
		await end();
	}
}
process.exit(0);
