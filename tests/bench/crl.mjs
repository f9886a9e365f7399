// SPDX-License-Identifier: Apache-2.0
// ./bench crl [NUMBER... (10 100000 1000000)]: from a revocation's request to
// the published file of a list of so many entries, beside the time to hash,
// sign and write the same bytes, and `openssl ca -gencrl` over the same serials.
// The file is then read by OpenSSL, GnuTLS and NSS, which must agree.
import { appendFileSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../run/exec.mjs';
import { addPerson, call, newKey, p256Request, startDesk, stateDir }
	from '../e2e/lib/desk.mjs';
import { opensslMust, toPem } from '../e2e/lib/openssl.mjs';
import { RELEASE, scratch, until } from '../e2e/lib/scratch.mjs';
import { cpuOf, show, verdict } from './lib/figures.mjs';

const NUMBERS = process.argv.length > 2 ? process.argv.slice(2).map(Number)
	: [10, 100000, 1000000];
const TIMES = 5;
// Its decoder looks for the place of each entry from the first one: a million
// take it many minutes, whoever made the list.
const GNUTLS_MAX = 100000;
const CA = 'issuing-p256';

const ends = [];
const t = { after: (f) => ends.push(f), diagnostic: console.log };
const dir = scratch(t);
const at = (name) => join(dir, name);
const tool = (name) => join(process.env.SURGUCH_BUILD, 'tests/bench', name);
const seconds = async (work) => {
	const start = process.hrtime.bigint();
	await work();
	return Number(process.hrtime.bigint() - start) / 1e9;
};
const LONG = { timeoutSec: 1800 };

// A centre in which so many are revoked already.
async function centreWith(num) {
	const centre = await startDesk(t, { build: RELEASE,
		configure: (c) => appendFileSync(
			join(c.dir, `etc/surguch/ca/${CA}.conf`),
			`crl_unknown_max = ${num + 1};\n`) });
	centre.person = await addPerson(centre);
	centre.pkcs10 = await p256Request(centre.dir);
	await centre.down();
	const front = stateDir(centre, 'front');
	const owner = statSync(join(front, 'surguch.db'));
	await must(tool('make_revoked'), [join(front, 'surguch.db'), CA,
		String(num), at('index.txt')], LONG);
	readdirSync(front).forEach((name) =>
		chownSync(join(front, name), owner.uid, owner.gid));
	// The first list is the long way: every entry is new to the signer.
	centre.first = await seconds(() => centre.up());
	centre.file = join(stateDir(centre, 'public'), `${CA}.crl`);
	return centre;
}

async function revokeOne(centre) {
	const made = await call(centre, 'POST', '/v1/certificates',
		{ profile: 'tls-client', person: centre.person,
			pkcs10: centre.pkcs10 }, { key: newKey() });
	if (made.status !== 201) {
		throw new Error(made.text);
	}
	const before = statSync(centre.file).ino;
	return seconds(async () => {
		const r = await call(centre, 'POST',
			`/v1/certificates/${made.json.id}/revocation`,
			{ reason: 'superseded' }, { key: newKey() });
		if (r.status !== 200) {
			throw new Error(r.text);
		}
		await until(() => statSync(centre.file).ino !== before,
			() => `a new list:\n${centre.log.slice(-2000)}`,
			{ timeoutMs: 120000, everyMs: 1 });
	});
}

async function settled(centre) {
	const pids = pidsOf(centre);
	let last = -1;
	await until(() => {
		const now = cpuOf(pids);
		const same = now === last;
		last = now;
		return same;
	}, 'rest', { timeoutMs: 60000, everyMs: 300 });
}

async function floor(centre) {
	const out = await must(tool('loop_crl'), [centre.file,
		stateDir(centre, 'public')], LONG);
	const [, sign, write, cpu] = /sign ([\d.]+) write ([\d.]+) cpu ([\d.]+)/
		.exec(out).map(Number);
	return { wall: sign + write, cpu };
}

// Of the two that make the list.
function pidsOf(centre) {
	return ['front', `signer-${CA}`].map((name) => Number([...centre.log
		.matchAll(new RegExp(`role\\.start name=${name} pid=(\\d+)`, 'g'))]
		.at(-1)[1]));
}

async function gencrl(centre) {
	writeFileSync(at('ca.cnf'), `[ca]
default_ca = one
[one]
database = ${at('index.txt')}
certificate = ${at('peer.pem')}
private_key = ${at('peer.key')}
default_md = sha256
default_crl_days = 1
crlnumber = ${at('crlnumber')}
crl_extensions = ext
[ext]
authorityKeyIdentifier = keyid
`);
	writeFileSync(at('crlnumber'), '01\n');
	await opensslMust(['req', '-x509', '-newkey', 'ec', '-pkeyopt',
		'ec_paramgen_curve:P-256', '-nodes', '-days', '9', '-subj', '/CN=peer',
		'-addext', 'subjectKeyIdentifier=hash',
		'-keyout', at('peer.key'), '-out', at('peer.pem')]);
	return seconds(() => must('openssl', ['ca', '-gencrl', '-config',
		at('ca.cnf'), '-out', at('peer.crl')], LONG));
}

// How many entries each reads, having verified the signature.
async function read(centre, num) {
	const cer = join(stateDir(centre, 'public'), `${CA}.cer`);
	const issuing = await toPem('x509', cer, at('issuing.pem'));
	const sh = (script) => must('sh', ['-c', script], LONG);
	const readers = {
		openssl: () => sh(`openssl crl -inform DER -in ${centre.file} ` +
			`-CAfile ${issuing} -noout 2>&1 | grep -q 'verify OK' && ` +
			`openssl crl -inform DER -in ${centre.file} -noout -text | ` +
			"grep -c 'Serial Number:'"),
		nss: async () => {
			const db = at(`nss-${num}`);
			mkdirSync(db);
			await sh(`certutil -N -d ${db} --empty-password && ` +
				`certutil -A -d ${db} -n ca -t CT,C,C -i ${issuing} && ` +
				`crlutil -I -d ${db} -i ${centre.file} -t 1`);
			return sh(`crlutil -L -d ${db} -n ca | grep -c 'Serial Number'`);
		},
		...(num <= GNUTLS_MAX ? { gnutls: () =>
			must(tool('read_crl'), [centre.file, cer], LONG) } : {}),
	};
	const all = {};
	for (const [name, reader] of Object.entries(readers)) {
		const took = await seconds(async () => {
			all[name] = Number(await reader());
		});
		console.log(`${name} reads ${all[name]} in ${took.toFixed(1)} s`);
	}
	return all;
}

try {
	for (const num of NUMBERS) {
		const centre = await centreWith(num);
		const ours = [];
		const least = [];
		const cpu = [];
		const leastCpu = [];
		for (let i = 0; i < TIMES; i += 1) {
			const before = cpuOf(pidsOf(centre));
			ours.push(await revokeOne(centre));
			// The signer's own copy is written after the answer.
			await settled(centre);
			cpu.push(cpuOf(pidsOf(centre)) - before);
			const one = await floor(centre);
			least.push(one.wall);
			leastCpu.push(one.cpu);
		}
		const peer = await gencrl(centre);
		const bytes = statSync(centre.file).size;
		const entries = num + TIMES;
		console.log(`\n${entries} entries, ${bytes} bytes; ${TIMES} times, ` +
			'median and spread, ms');
		show('first list, all entries new (start of the centre)',
			[centre.first * 1000]);
		show('from the request to the published file',
			ours.map((s) => s * 1000), 1);
		show('hash, sign and write the bytes', least.map((s) => s * 1000), 1);
		const ratio = ours.map((s, i) => s / least[i]);
		show('  ratio (goal <= 4)', ratio, 1);
		show('CPU of front and signer', cpu.map((s) => s * 1000));
		show('CPU of hash, sign and write', leastCpu.map((s) => s * 1000), 1);
		show('  ratio of CPU', cpu.map((s, i) => s / leastCpu[i]), 1);
		show('openssl ca -gencrl', [peer * 1000], 1);
		const gain = ours.map((s) => peer / s);
		show('  ratio (goal >= 30)', gain, 1);
		if (num >= 1000000) {
			console.log(`<= 4 x the bytes: ` +
				`${verdict(ratio, 4, { atMost: true })}; ` +
				`>= 30 x openssl: ${verdict(gain, 30)}`);
		}
		const seen = await read(centre, num);
		if (!Object.values(seen).every((n) => n === entries)) {
			throw new Error(`not all of them read ${entries}`);
		}
		await centre.down();
	}
} finally {
	for (const end of ends.reverse()) {
		await end();
	}
}
process.exit(0);
