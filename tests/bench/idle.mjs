// SPDX-License-Identifier: Apache-2.0
// ./bench idle [SECONDS]: what a centre with one CA and its OCSP key holds in
// memory when it has done a little of everything and then nothing for so long
// (600 s).  PSS shares a library's pages among all who have them, strangers
// too; RSS counts them for each, so the truth for a centre that is alone on
// its machine lies between the two.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addPerson, call, ctl, newKey, p256Request, startDesk, stateDir }
	from '../e2e/lib/desk.mjs';
import { Client } from '../e2e/lib/http.mjs';
import { Ocsp } from '../e2e/lib/ocsp.mjs';
import { toPem } from '../e2e/lib/openssl.mjs';
import { memoryOf } from '../e2e/lib/processes.mjs';
import { RELEASE } from '../e2e/lib/scratch.mjs';

const SECONDS = Number(process.argv[2] ?? 600);
const CA = 'issuing-p256';
const GOAL_MIB = 96;

const ends = [];
const t = { after: (f) => ends.unshift(f), diagnostic: console.log };

function oneCa(centre) {
	const conf = join(centre.dir, 'etc/surguch/surguch.conf');
	const text = readFileSync(conf, 'utf8');
	const one = text.split('\n').find((l) => l.includes(`name = "${CA}"`));
	writeFileSync(conf,
		text.replace(/^signers = \([^]*?^\);/m, `signers = (\n${one}\n);`));
}

async function work(centre) {
	const order = { profile: 'tls-client', person: await addPerson(centre),
		pkcs10: await p256Request(centre.dir) };
	const { json } = await call(centre, 'POST', '/v1/certificates', order,
		{ key: newKey() });
	const issuer = await toPem('x509', join(stateDir(centre, 'public'),
		`${CA}.cer`), join(centre.dir, 'issuer.pem'));
	const ocsp = await Ocsp.of(centre, { name: CA, issuer, dir: centre.dir,
		trusted: centre.apiCa });
	const status = [await ocsp.ask(json.serial)];
	await call(centre, 'POST', `/v1/certificates/${json.id}/revocation`,
		{ reason: 'superseded' }, { key: newKey() });
	status.push(await ocsp.ask(json.serial));
	ocsp.close();
	const http = new Client(centre.public);
	const crl = await http.get(`/crl/${CA}.crl`);
	http.close();
	const audit = await ctl(centre, 'audit', 'verify');
	if (String(status) !== 'good,revoked' || crl.status !== 200 ||
	    audit.code !== 0) {
		throw new Error(`${status} ${crl.status} ${audit.all}`);
	}
}

try {
	const centre = await startDesk(t, { build: RELEASE, configure: oneCa });
	await work(centre);
	await sleep(SECONDS * 1000);
	const rows = [{ pid: centre.parent.pid, name: 'surguchd' },
		...centre.roles()].map((p) => ({ name: p.name, ...memoryOf(p.pid) }));
	const sum = (key) => rows.reduce((a, r) => a + r[key], 0);
	rows.push({ name: 'in all', pss: sum('pss'), anonymous: sum('anonymous'),
		rss: sum('rss') });
	console.log(`after ${SECONDS} s, KiB${' '.repeat(12)}PSS  of it ` +
		'anonymous       RSS');
	for (const { name, pss, anonymous, rss } of rows) {
		console.log(name.padEnd(20) + [pss, anonymous, rss]
			.map((n, i) => String(n).padStart([10, 17, 10][i])).join(''));
	}
	for (const key of ['pss', 'rss']) {
		console.log(`${key.toUpperCase()} of all <= ${GOAL_MIB} MiB: ` +
			(sum(key) <= GOAL_MIB * 1024 ? 'met' : 'NOT met'));
	}
} finally {
	for (const end of ends) {
		await end();
	}
}
process.exit(0);
