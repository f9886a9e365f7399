// SPDX-License-Identifier: Apache-2.0
// ./bench issue [SECONDS [PAIRS]]: certificates through the API (TLS, kept
// connections, confinement, journal, database and audit all on; a new person
// and a new key for each), in turn with `cfssl serve` under the same load and
// with the bare loop of the same verification and signature.  Then GOST, and
// P-256 again with a millisecond added to every sync.  Counting begins when all
// clients have their connections; CPU of the servers' processes is read from
// /proc then and at the end.
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec, must } from '../run/exec.mjs';
import { Running } from '../e2e/lib/processes.mjs';
import { snils, startDesk } from '../e2e/lib/desk.mjs';
import { freePorts, RELEASE, ROOT, scratch, until } from '../e2e/lib/scratch.mjs';
import { show } from './lib/figures.mjs';
import { lines, load, requests, tool } from './lib/load.mjs';

const SECONDS = Number(process.argv[2] ?? 4);
const PAIRS = Number(process.argv[3] ?? 9);
const CLIENTS = 64;
const RATE_MAX = 4000; // certificates a second that bodies are prepared for

const ends = [];
const t = { after: (f) => ends.push(f), diagnostic: console.log };
const dir = scratch(t);
const file = (name, text) => {
	writeFileSync(join(dir, name), text, { mode: 0o600 });
	return join(dir, name);
};

// --- what is sent ------------------------------------------------------------

const person = (n) => JSON.stringify({ surname: `Иванов${'абвгдежзик'[n % 10]}`,
	given_name: 'Иван', patronymic: 'Иванович', snils: snils(n) });

const pem = (base64) => '-----BEGIN CERTIFICATE REQUEST-----\n' +
	`${base64.match(/.{1,64}/g).join('\n')}\n-----END CERTIFICATE REQUEST-----\n`;

// --- one run -----------------------------------------------------------------

// A centre with its own persons and the bodies of orders under a profile.
async function centreFor(options, profile, issuer, spec) {
	const profiles = join(scratch(t), 'profiles');
	cpSync(join(ROOT, 'profiles'), profiles, { recursive: true });
	writeFileSync(join(profiles, 'tls-client-gost.conf'),
		readFileSync(join(profiles, 'tls-client.conf'), 'utf8')
			.replace('"tls-client"', '"tls-client-gost"')
			.replace(/^keys = \([^;]*;[^)]*\);/m, 'keys = ( { ' +
				'algorithm = "gost2012-256"; parameters = ["CryptoPro-A"]; } );'));
	const centre = await startDesk(t, { ...options, profiles,
		// The usual ceiling of 20,000 a day would end the run.
		configure: (c) => {
			const conf = join(c.dir, `etc/surguch/ca/${issuer}.conf`);
			const text = readFileSync(conf, 'utf8');
			writeFileSync(conf, `${text.includes(`"${profile}"`) ? text
				: text.replace('profiles = [', `profiles = ["${profile}", `)}
ceilings = ({ profile = "${profile}"; per_day = 10000000; });\n`);
		} });
	centre.tokenFile = file(`token-${issuer}-${ends.length}`, centre.token);
	centre.pids = () => [centre.parent.pid, ...centre.roles().map((p) => p.pid)];
	const to = (path, bodies, more) => load({ url: `${centre.api}${path}`,
		seconds: SECONDS, clients: CLIENTS,
		ca: centre.apiCa, token: centre.tokenFile, bodies,
		pids: centre.pids(), ...more });
	// Registered before the run that is measured; none is used twice.
	let people = 0;
	const register = async (num) => {
		const ids = join(dir, 'persons.out');
		await to('/v1/persons', file('persons', lines(
			Array.from({ length: num }, () => person(people++)))),
		{ seconds: 0, answers: [ids] });
		return readFileSync(ids, 'utf8').trim().split('\n')
			.map((l) => JSON.parse(l).id);
	};
	centre.bodies = async (num) => {
		const persons = await register(num);
		const keys = await requests(spec, num);
		return file('orders', lines(persons.map((who, i) => JSON.stringify(
			{ profile, person: who, pkcs10: keys[i] }))));
	};
	centre.issue = async (more = {}) => to('/v1/certificates',
		await centre.bodies(RATE_MAX * SECONDS), more);
	return centre;
}

async function startCfssl() {
	if ((await exec('cfssl', ['version'], {}).catch(() => ({ code: 1 }))).code) {
		throw new Error('cfssl is missing (package golang-cfssl)');
	}
	const [port] = await freePorts(1);
	const usual = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
		'-nodes', '-days', '30'];
	for (const [name, ...more] of [['ca', '-subj', '/CN=peer CA'],
		['tls', '-subj', '/CN=127.0.0.1', '-addext',
			'subjectAltName=IP:127.0.0.1']]) {
		await must('openssl', ['req', '-x509', ...usual, '-keyout',
			join(dir, `peer-${name}.key`), '-out',
			join(dir, `peer-${name}.pem`), ...more]);
	}
	const config = file('peer.json', JSON.stringify({ signing: { default: {
		usages: ['digital signature', 'client auth'], expiry: '8760h',
		crl_url: 'http://127.0.0.1/crl', ocsp_url: 'http://127.0.0.1/ocsp',
		issuer_urls: ['http://127.0.0.1/ca'] } } }));
	const server = new Running(t, 'cfssl', ['serve', '-loglevel', '5',
		'-address', '127.0.0.1', '-port', String(port),
		'-ca', join(dir, 'peer-ca.pem'), '-ca-key', join(dir, 'peer-ca.key'),
		'-config', config, '-tls-cert', join(dir, 'peer-tls.pem'),
		'-tls-key', join(dir, 'peer-tls.key')]);
	const url = `https://127.0.0.1:${port}/api/v1/cfssl/sign`;
	await until(async () => (await exec('curl', ['-s', '-o', '/dev/null',
		'--cacert', join(dir, 'peer-tls.pem'), url], {})).code === 0,
	() => `cfssl to listen: ${server.log}`);
	const keys = await requests('p256', RATE_MAX * SECONDS);
	const bodies = file('peer-orders', lines(keys.map((k) => JSON.stringify({
		certificate_request: pem(k) }))));
	return { issue: () => load({ url, ca: join(dir, 'peer-tls.pem'), bodies,
		seconds: SECONDS, clients: CLIENTS,
		pids: [server.pid] }) };
}

async function bareLoop(request) {
	const loop = await must(tool('loop_issue'), [request, '1'],
		{ timeoutSec: 60 });
	const [, loops, cpu] = /loops (\d+) cpu ([\d.]+)/.exec(loop).map(Number);
	return cpu / loops * 1e6;
}

try {
	const [one] = await requests('p256', 1);
	const request = file('request.der', Buffer.from(one, 'base64'));
	const centre = await centreFor({ build: RELEASE }, 'tls-client',
		'issuing-p256', 'p256');
	const peer = await startCfssl();
	const rows = [];
	for (let i = 0; i < PAIRS; i += 1) {
		const ours = await centre.issue();
		const theirs = await peer.issue();
		const floor = await bareLoop(request);
		rows.push({ ours, theirs, floor });
		console.log(`${i + 1}: ${ours.rate.toFixed(0)}/s, ` +
			`${ours.us.toFixed(0)} us CPU each, p99 ` +
			`${(ours.p99 / 1000).toFixed(1)} ms; cfssl ` +
			`${theirs.rate.toFixed(0)}/s, ${theirs.us.toFixed(0)} us; ` +
			`bare loop ${floor.toFixed(0)} us`);
	}
	console.log(`\n${CLIENTS} clients, ${PAIRS} pairs of ${SECONDS} s, P-256; ` +
		'median and spread');
	show('certificates/s', rows.map((r) => r.ours.rate));
	show('certificates/s, cfssl serve', rows.map((r) => r.theirs.rate));
	show('  ratio (goal >= 1.2)', rows.map((r) => r.ours.rate / r.theirs.rate), 2);
	show('CPU us a certificate', rows.map((r) => r.ours.us));
	show('CPU us a certificate, cfssl serve', rows.map((r) => r.theirs.us));
	show('  ratio (goal <= 0.75)', rows.map((r) => r.ours.us / r.theirs.us), 2);
	show('CPU us, bare loop', rows.map((r) => r.floor));
	show('  ratio (goal <= 2)', rows.map((r) => r.ours.us / r.floor), 2);
	show('p50, ms', rows.map((r) => r.ours.p50 / 1000), 1);
	show('p99, ms (goal <= 50)', rows.map((r) => r.ours.p99 / 1000), 1);

	const gost = await centreFor({ build: RELEASE }, 'tls-client-gost',
		'issuing-gost', 'gost2012-256:A');
	const turns = [];
	for (let i = 0; i < Math.ceil(PAIRS / 3); i += 1) {
		const p256 = await centre.issue();
		turns.push({ p256, gost: await gost.issue() });
	}
	show('certificates/s, GOST', turns.map((r) => r.gost.rate));
	show('  of the P-256 rate (goal >= 0.5)',
		turns.map((r) => r.gost.rate / r.p256.rate), 2);
	await gost.down();

	// The release build takes no LD_PRELOAD; the one with seams does.
	const plain = await centreFor({}, 'tls-client', 'issuing-p256', 'p256');
	const slow = await centreFor({ env: { LD_PRELOAD: tool('slow_sync.so') } },
		'tls-client', 'issuing-p256', 'p256');
	for (const pid of slow.pids().slice(1)) {
		if (!readFileSync(`/proc/${pid}/maps`, 'utf8').includes('slow_sync')) {
			throw new Error(`process ${pid} has quick syncs`);
		}
	}
	const slowed = [];
	for (let i = 0; i < Math.ceil(PAIRS / 3); i += 1) {
		const p256 = await plain.issue();
		slowed.push({ p256, slow: await slow.issue() });
	}
	show('certificates/s, 1 ms more a sync', slowed.map((r) => r.slow.rate));
	show('  of the usual rate (goal >= 0.5)',
		slowed.map((r) => r.slow.rate / r.p256.rate), 2);
} finally {
	for (const end of ends.reverse()) {
		await end();
	}
}
process.exit(0);
