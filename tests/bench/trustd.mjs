// SPDX-License-Identifier: Apache-2.0
// ./bench trustd [SECONDS [PAIRS]]: files of a mirror by surguch-trustd, in turn
// with nginx that serves the same directory (as Debian sets it up, with its log;
// and without a log and with its files kept open).  Both log each answer: ours
// at the level "info", and in the last row at "warn".  The list of roots (59
// KB), certificates (1 KB), and what has not changed (304).  CPU of the servers'
// processes is read from /proc before and after; ours' memory too.
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync,
	writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { must } from '../run/exec.mjs';
import { Client } from '../e2e/lib/http.mjs';
import { startNginx } from '../e2e/lib/nginx.mjs';
import { descendants, memoryOf } from '../e2e/lib/processes.mjs';
import { BUILD, freePorts, REFERENCE_DATA, RELEASE, scratch, until }
	from '../e2e/lib/scratch.mjs';
import { cpuOf, show, verdict } from './lib/figures.mjs';

const SECONDS = Number(process.argv[2] ?? 3);
const PAIRS = Number(process.argv[3] ?? 9);
const CONNECTIONS = 32;
const REAL = join(REFERENCE_DATA, 'trust/mirror-20210126');
const LIST = 'authrootstl.cab';

const ends = [];
const t = { after: (f) => ends.push(f), diagnostic: console.log };
const dir = scratch(t);
const at = (name) => join(dir, name);

// Each server is asked for the same names, and told the tag that it gave.
async function requestsOf(name, port, files, tags) {
	const lines = [];
	const client = new Client(`http://127.0.0.1:${port}`);
	for (const f of files) {
		const { headers } = await client.get(`/${f}`);
		lines.push(`GET /${f}?0123456789abcdef HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
			'Accept: */*\r\nUser-Agent: Microsoft-CryptoAPI/10.0\r\n' +
			`${tags ? `If-None-Match: ${headers.etag}\r\n` : ''}\r\n`);
	}
	client.close();
	writeFileSync(at(name), lines.map((l) =>
		`${Buffer.from(l, 'latin1').toString('base64')}\n`).join(''));
	return at(name);
}

async function load(server, kind) {
	const before = cpuOf(server.pids());
	const out = await must(join(BUILD, 'tests/bench/load_http'),
		[String(server.port), server.requests[kind], String(CONNECTIONS),
			String(SECONDS), kind === 'same' ? 'same' : 'keep'],
		{ timeoutSec: SECONDS * 2 + 30 });
	const cpu = cpuOf(server.pids()) - before;
	const [, done, failed, sec] = /done (\d+) failed (\d+) seconds ([\d.]+)/
		.exec(out).map(Number);
	if (failed > 0 || done === 0) {
		throw new Error(out);
	}
	return { rate: done / sec, us: cpu / done * 1e6 };
}

async function pairs(name, kind, ours, theirs) {
	const rows = [];
	for (let i = 0; i < PAIRS; i += 1) {
		rows.push({ a: await load(ours, kind), b: await load(theirs, kind) });
	}
	console.log(`\n${name}: ${PAIRS} pairs of ${SECONDS} s, median and spread`);
	for (const [who, key] of [['ours', 'a'], ['theirs', 'b']]) {
		show(`${who}: answers/s`, rows.map((r) => r[key].rate));
		show(`${who}: CPU us an answer`, rows.map((r) => r[key].us), 2);
	}
	const cpu = rows.map((r) => r.a.us / r.b.us);
	show('ratio of CPU', cpu, 2);
	return cpu;
}

const files = () => readdirSync(at('mirror')).filter((f) => f.endsWith('.crt'));

async function ready(name, port, pids) {
	const client = new Client(`http://127.0.0.1:${port}`);
	await until(() => client.get(`/${LIST}`).then((r) => r.status === 200)
		.catch(() => false), name);
	client.close();
	return { port, pids, requests: {
		list: await requestsOf(`${name}-list`, port, [LIST], false),
		certs: await requestsOf(`${name}-certs`, port, files(), false),
		same: await requestsOf(`${name}-same`, port, [LIST], true),
	} };
}

// Its log goes to a file, as nginx's does.
async function startOurs(name, level) {
	const [port] = await freePorts(1);
	mkdirSync(at(`${name}.feed`), { mode: 0o700 });
	writeFileSync(at(`${name}.conf`), `address = "127.0.0.1"; port = ${port};
old = true; feed = "${at(`${name}.feed`)}"; log_level = "${level}";
mirrors = ( { directory = "${at('mirror')}"; } );\n`);
	const log = openSync(at(`${name}.log`), 'a');
	const child = spawn(join(RELEASE, 'src/roles/surguch-trustd'),
		['-c', at(`${name}.conf`)], { stdio: ['ignore', 'ignore', log] });
	ends.push(() => child.kill());
	return ready(name, port, () => [child.pid]);
}

async function startPeer(name, settings) {
	const [port] = await freePorts(1);
	mkdirSync(at(name));
	const nginx = startNginx(t, at(name), `	sendfile on;
	tcp_nopush on;
	types { application/vnd.ms-cab-compressed cab;
		application/x-x509-ca-cert crt; }
	keepalive_requests 1000000000;
	${settings}
	server { listen 127.0.0.1:${port}; root ${at('mirror')};
		add_header Cache-Control no-cache; }`);
	return ready(name, port,
		() => [nginx.pid, ...descendants(nginx.pid).map((p) => p.pid)]);
}

try {
	if (!existsSync(REAL)) {
		throw new Error('no reference data');
	}
	mkdirSync(at('mirror'));
	await must(join(BUILD, 'src/cli/surguch'), ['trust', 'mirror', REAL,
		at('mirror'), '--old']);
	const ours = await startOurs('ours', 'info');
	const quiet = await startOurs('quiet', 'warn');
	const usual = await startPeer('usual', `access_log ${at('access.log')};`);
	const bare = await startPeer('bare',
		'access_log off; open_file_cache max=1000;');
	const at0 = memoryOf(ours.pids()[0]).rss;
	console.log(`${files().length} certificates and ${LIST} of ` +
		`${readFileSync(at(`mirror/${LIST}`)).length} bytes, ${CONNECTIONS} ` +
		'connections');
	const verdicts = [];
	for (const [kind, what] of [['list', 'the list of roots'],
		['certs', 'certificates'], ['same', 'the list, not changed']]) {
		verdicts.push([what, await pairs(`${what}; nginx as Debian sets it up, ` +
			'both with their logs', kind, ours, usual)]);
		verdicts.push([`${what}, without logs`, await pairs(`${what}; without ` +
			'logs, nginx with its files kept open', kind, quiet, bare)]);
	}
	console.log('');
	for (const [what, cpu] of verdicts) {
		console.log(`CPU an answer <= 1.0 x nginx, ${what}: ` +
			verdict(cpu, 1, { atMost: true }));
	}
	console.log(`KiB resident: ${at0} before, ` +
		`${memoryOf(ours.pids()[0]).rss} after the load (bar 16384)`);
} finally {
	for (const end of ends.reverse()) {
		await end();
	}
}
process.exit(0);
