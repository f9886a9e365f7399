// SPDX-License-Identifier: Apache-2.0
// ./bench ocsp [SECONDS [PAIRS]]: kept OCSP answers by GET, in turn with nginx
// that serves the same bytes as static files (as Debian sets it up, with its
// log; and without a log and with its files kept open); and by POST in turn
// with `openssl ocsp`, which signs each answer.  Ours logs kept answers at the
// level "debug" only.  CPU of the servers' processes is read from /proc before
// and after.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../run/exec.mjs';
import { addPerson, call, newKey, p256Request, startDesk, stateDir }
	from '../e2e/lib/desk.mjs';
import { Client, expectStatus } from '../e2e/lib/http.mjs';
import { startNginx } from '../e2e/lib/nginx.mjs';
import { opensslMust, toPem } from '../e2e/lib/openssl.mjs';
import { descendants, Running } from '../e2e/lib/processes.mjs';
import { freePorts, RELEASE, scratch, until } from '../e2e/lib/scratch.mjs';
import { cpuOf, show, verdict } from './lib/figures.mjs';

const SECONDS = Number(process.argv[2] ?? 3);
const PAIRS = Number(process.argv[3] ?? 9);
const CERTIFICATES = 64;
const CONNECTIONS = 32;
const TYPE = 'application/ocsp-request';

const ends = [];
const t = { after: (f) => ends.push(f), diagnostic: console.log };
const dir = scratch(t);
const at = (name) => join(dir, name);
const port = (url) => new URL(url).port;
const base64 = (lines) => lines.map((l) =>
	`${Buffer.from(l, 'latin1').toString('base64')}\n`).join('');

const meanSize = (a) => a.reduce((sum, b) => sum + b.length, 0) / a.length;

const HEAD = 'HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n';
const get = (path) => `GET ${path} ${HEAD}\r\n`;
const post = (path, der) => `POST ${path} ${HEAD}Content-Type: ${TYPE}\r\n` +
	`Content-Length: ${der.length}\r\n\r\n${der.toString('latin1')}`;

async function load(server, { how = 'keep', requests = server.requests } = {}) {
	const pids = server.pids();
	const before = cpuOf(pids);
	const out = await must(join(process.env.SURGUCH_BUILD,
		'tests/bench/load_http'), [server.port, requests, String(CONNECTIONS),
		String(SECONDS), how], { timeoutSec: SECONDS * 2 + 30 });
	const cpu = cpuOf(pids) - before;
	const [, done, failed, sec, , bytes] = new RegExp('done (\\d+) failed ' +
		'(\\d+) seconds ([\\d.]+) cpu ([\\d.]+) bytes (\\d+)').exec(out)
		.map(Number);
	if (failed > 0 || done === 0) {
		throw new Error(out + server.log());
	}
	// A refusal (RFC 6960 4.2.1: 5 octets) is a 200 too.
	if (Math.abs(bytes / done - server.size) > server.size / 50) {
		throw new Error(`answers of ${bytes / done} bytes, not ${server.size}`);
	}
	return { rate: done / sec, us: cpu / done * 1e6 };
}

async function pairs(name, ours, theirs) {
	const rows = [];
	for (let i = 0; i < PAIRS; i += 1) {
		const a = await ours();
		const b = await theirs();
		rows.push({ a, b });
	}
	console.log(`\n${name}: ${PAIRS} pairs of ${SECONDS} s, median and spread`);
	for (const [who, key] of [['ours', 'a'], ['theirs', 'b']]) {
		show(`${who}: answers/s`, rows.map((r) => r[key].rate));
		show(`${who}: CPU us an answer`, rows.map((r) => r[key].us), 2);
	}
	const cpu = rows.map((r) => r.a.us / r.b.us);
	const rate = rows.map((r) => r.a.rate / r.b.rate);
	show('ratio of CPU', cpu, 2);
	show('ratio of answers/s', rate, 2);
	return { cpu, rate };
}

async function startOurs() {
	const centre = await startDesk(t, { build: RELEASE });
	const person = await addPerson(centre);
	const pkcs10 = await p256Request(centre.dir);
	const issuing = await toPem('x509',
		join(stateDir(centre, 'public'), 'issuing-p256.cer'), at('issuing.pem'));
	const path = '/ocsp/issuing-p256';
	const asked = [];
	for (let i = 0; i < CERTIFICATES; i += 1) {
		const r = await call(centre, 'POST', '/v1/certificates',
			{ profile: 'tls-client', person, pkcs10 }, { key: newKey() });
		writeFileSync(at('cert.pem'), r.json.pem);
		await opensslMust(['ocsp', '-issuer', issuing, '-cert', at('cert.pem'),
			'-no_nonce', '-reqout', at('req.der')]);
		asked.push(readFileSync(at('req.der')));
	}
	writeFileSync(at('get'), base64(asked.map((der) =>
		get(`${path}/${encodeURIComponent(der.toString('base64'))}`))));
	writeFileSync(at('post'), base64(asked.map((der) => post(path, der))));
	const http = new Client(centre.public);
	const answers = [];
	for (const der of asked) {
		const r = await http.get(
			`${path}/${encodeURIComponent(der.toString('base64'))}`);
		expectStatus(r, 200);
		answers.push(r.body);
	}
	http.close();
	return { port: port(centre.public), requests: at('get'), answers,
		size: meanSize(answers),
		log: () => centre.log.slice(-2000),
		pids: () => [centre.parent.pid, ...centre.roles().map((p) => p.pid)] };
}

async function startPeer(name, answers, settings) {
	const [number] = await freePorts(1);
	mkdirSync(at(name));
	answers.forEach((body, i) => writeFileSync(at(`${name}/${i}.ors`), body));
	writeFileSync(at(`${name}-get`),
		base64(answers.map((_, i) => get(`/${i}.ors`))));
	const nginx = startNginx(t, at(name), `	sendfile on;
	tcp_nopush on;
	types { application/ocsp-response ors; }
	keepalive_requests 1000000000;
	${settings}
	server { listen 127.0.0.1:${number}; root ${at(name)};
		add_header Cache-Control "max-age=300, public, no-transform"; }`);
	const client = new Client(`http://127.0.0.1:${number}`);
	await until(() => client.get('/0.ors').then((r) => r.status === 200)
		.catch(() => false), () => `nginx:\n${nginx.log}`);
	client.close();
	return { port: String(number), requests: at(`${name}-get`),
		size: meanSize(answers),
		log: () => nginx.log.slice(-2000),
		pids: () => [nginx.pid, ...descendants(nginx.pid).map((p) => p.pid)] };
}

async function startOpenssl() {
	const [number] = await freePorts(1);
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	await opensslMust(['req', '-x509', ...key, '-days', '30', '-keyout',
		at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=peer CA']);
	await opensslMust(['req', '-x509', ...key, '-days', '30', '-keyout',
		at('rs.key'), '-out', at('rs.pem'), '-subj', '/CN=peer OCSP', '-CA',
		at('ca.pem'), '-CAkey', at('ca.key'),
		'-addext', 'extendedKeyUsage=OCSPSigning']);
	const serials = Array.from({ length: CERTIFICATES }, (_, i) =>
		`7F${String(i).padStart(36, '0')}`);
	writeFileSync(at('index.txt'), serials.map((s) =>
		`V\t401231235959Z\t\t${s}\tunknown\t/CN=${s}\n`).join(''));
	const asked = [];
	for (const s of serials) {
		await opensslMust(['ocsp', '-issuer', at('ca.pem'), '-serial', `0x${s}`,
			'-no_nonce', '-reqout', at('req.der')]);
		asked.push(post('/', readFileSync(at('req.der'))));
	}
	writeFileSync(at('openssl-post'), base64(asked));
	const peer = new Running(t, 'openssl', ['ocsp', '-index', at('index.txt'),
		'-port', String(number), '-rsigner', at('rs.pem'), '-rkey', at('rs.key'),
		'-CA', at('ca.pem'), '-nmin', '10', '-ignore_err']);
	await until(() => /waiting for OCSP client/i.test(peer.log), () => peer.log);
	const client = new Client(`http://127.0.0.1:${number}`);
	const { body } = await client.request('POST', '/', { body: readFileSync(
		at('req.der')), headers: { 'content-type': TYPE } });
	client.close();
	writeFileSync(at('openssl.ors'), body);
	const said = await opensslMust(['ocsp', '-respin', at('openssl.ors'),
		'-noverify', '-resp_text']);
	if (!/Cert Status: good/.test(said)) {
		throw new Error(said);
	}
	return { port: String(number), requests: at('openssl-post'),
		size: body.length,
		log: () => peer.log.slice(-2000), pids: () => [peer.pid] };
}

try {
	const ours = await startOurs();
	console.log(`${CERTIFICATES} certificates, ${CONNECTIONS} connections, ` +
		`answers of ${ours.answers[0].length} bytes`);
	const log = `access_log ${at('access.log')};`;
	const usual = await startPeer('usual', ours.answers, log);
	const bare = await startPeer('bare', ours.answers,
		'access_log off; open_file_cache max=1000;');
	const a = await pairs('GET, kept connections; nginx as Debian sets it up',
		() => load(ours), () => load(usual));
	const b = await pairs('the same; nginx without a log, its files kept open',
		() => load(ours), () => load(bare));
	const e = await pairs('GET, a connection each for both; nginx as Debian ' +
		'sets it up', () => load(ours, { how: 'close' }),
	() => load(usual, { how: 'close' }));
	const openssl = await startOpenssl();
	const c = await pairs('POST, ours on kept connections; openssl ocsp, ' +
		'which closes each',
	() => load(ours, { requests: at('post') }),
	() => load(openssl, { how: 'close' }));
	const d = await pairs('POST, a connection each for both',
		() => load(ours, { how: 'close', requests: at('post') }),
		() => load(openssl, { how: 'close' }));
	const most = { atMost: true };
	console.log(`\nCPU an answer <= 1.0 x nginx: ${verdict(a.cpu, 1, most)}; ` +
		`nginx without its log: ${verdict(b.cpu, 1, most)}; ` +
		`a connection each: ${verdict(e.cpu, 1, most)}`);
	console.log(`answers/s >= 5 x openssl ocsp: ${verdict(c.rate, 5)}; ` +
		`a connection each: ${verdict(d.rate, 5)}`);
} finally {
	for (const end of ends.reverse()) {
		await end();
	}
}
process.exit(0);
