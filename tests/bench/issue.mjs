// SPDX-License-Identifier: Apache-2.0
// ./bench issue [SECONDS [PAIRS]]: P-256 certificates through the API (TLS,
// confinement, journal, database, audit all on), and beside it, in turn, the
// bare loop of the same verification and signature.  CPU of the server's
// processes is read from /proc before and after.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../run/exec.mjs';
import { addPerson, p256Request, startDesk } from '../e2e/lib/desk.mjs';
import { RELEASE } from '../e2e/lib/scratch.mjs';

const SECONDS = Number(process.argv[2] ?? 5);
const PAIRS = Number(process.argv[3] ?? 9);
const THREADS = 32;
const TICKS = 100; // USER_HZ

function cpuOf(pids) {
	return pids.reduce((sum, pid) => {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.split(') ')[1].split(' ');
		return sum + (Number(stat[11]) + Number(stat[12])) / TICKS;
	}, 0);
}
const median = (a) => [...a].sort((x, y) => x - y)[Math.floor(a.length / 2)];
const spread = (a) => `${Math.min(...a).toFixed(1)} … ${Math.max(...a).toFixed(1)}`;

const ends = [];
const t = { after: (f) => ends.push(f), diagnostic: console.log };
// The usual ceiling of 20,000 a day would end the run.
const centre = await startDesk(t, { build: RELEASE,
	configure: (c) => appendFileSync(
		join(c.dir, 'etc/surguch/ca/issuing-p256.conf'),
		'ceilings = ({ profile = "tls-client"; per_day = 10000000; });\n') });
try {
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const file = (name, text) => {
		writeFileSync(join(centre.dir, name), text, { mode: 0o600 });
		return join(centre.dir, name);
	};
	const body = file('body.json', JSON.stringify({ profile: 'tls-client',
		person, pkcs10 }));
	const token = file('token', centre.token);
	const request = file('request.der', Buffer.from(pkcs10, 'base64'));
	const tool = (name) => join(process.env.SURGUCH_BUILD, 'tests/bench', name);

	const rows = [];
	for (let i = 0; i < PAIRS; i += 1) {
		const pids = [centre.parent.pid, ...centre.roles().map((p) => p.pid)];
		const before = cpuOf(pids);
		const out = await must(tool('load_api'), [`${centre.api}/v1/certificates`,
			centre.apiCa, token, body, String(THREADS), String(SECONDS)],
		{ timeoutSec: SECONDS * 4 + 30 });
		const cpu = cpuOf(pids) - before;
		const [, issued, failed, seconds] =
			/issued (\d+) failed (\d+) seconds ([\d.]+)/.exec(out).map(Number);
		if (failed > 0 || issued === 0) {
			throw new Error(`${out}${centre.log.slice(-2000)}`);
		}
		const loop = await must(tool('loop_issue'), [request, '1'],
			{ timeoutSec: 60 });
		const [, loops, loopCpu] = /loops (\d+) cpu ([\d.]+)/.exec(loop).map(Number);
		rows.push({ rate: issued / seconds, us: cpu / issued * 1e6,
			floor: loopCpu / loops * 1e6 });
		const r = rows.at(-1);
		console.log(`${i + 1}: ${r.rate.toFixed(0)}/s, ${r.us.toFixed(0)} us CPU ` +
			`each; bare loop ${r.floor.toFixed(0)} us; ` +
			`ratio ${(r.us / r.floor).toFixed(2)}`);
	}
	const ratio = rows.map((r) => r.us / r.floor);
	console.log(`\n${THREADS} connections, ${PAIRS} pairs of ${SECONDS} s`);
	console.log(`certificates/s      median ${median(rows.map((r) => r.rate))
		.toFixed(0)}   ${spread(rows.map((r) => r.rate))}`);
	console.log(`CPU us/certificate  median ${median(rows.map((r) => r.us))
		.toFixed(1)}   ${spread(rows.map((r) => r.us))}`);
	console.log(`bare loop, CPU us   median ${median(rows.map((r) => r.floor))
		.toFixed(1)}   ${spread(rows.map((r) => r.floor))}`);
	console.log(`ratio               median ${median(ratio).toFixed(2)}   ` +
		spread(ratio));
} finally {
	for (const end of ends.reverse()) {
		await end();
	}
}
process.exit(0);
