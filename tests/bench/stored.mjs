// SPDX-License-Identifier: Apache-2.0
// ./bench stored [COUNT [--dir DIR] [--seconds N] [--pairs N]]: a centre on
// SQLite with COUNT certificates (1,000,000), each of a person of its own, put
// there by the product's own issuing (fill_stored.c), beside one with hardly
// any: issuing in turn on both, and the CPU of the database's writer thread
// beside that of a bare row in an empty table (loop_row.c); searches and
// revocations by the API, one after another.  DIR keeps the filled centre for
// the next time.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { must } from '../run/exec.mjs';
import { snils, sql, stateDir } from '../e2e/lib/desk.mjs';
import { memoryOf } from '../e2e/lib/processes.mjs';
import { RELEASE, scratch } from '../e2e/lib/scratch.mjs';
import { median, show, verdict } from './lib/figures.mjs';
import { lines, load, requests, tool } from './lib/load.mjs';
import { CA, filledCentre, PROFILE } from './lib/stored.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true,
	options: { dir: { type: 'string' }, seconds: { type: 'string', default: '3' },
		pairs: { type: 'string', default: '9' } } });
const COUNT = Number(positionals[0] ?? 1000000);
const SECONDS = Number(values.seconds);
const PAIRS = Number(values.pairs);
const EMPTY = 64;
const CLIENTS = 64;
const RATE_MAX = 4000;
const ASKED = 500; // of each kind of question
const REVOKED = 300;
const BAR_MS = 5;

const ends = [];
const t = { after: (f) => ends.unshift(f), diagnostic: console.log };
const dir = scratch(t);
const file = (name, text) => {
	writeFileSync(join(dir, name), text, { mode: 0o600 });
	return join(dir, name);
};

// --- a centre ----------------------------------------------------------------

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

// As src/base/id.h writes them; hex of 16 bytes.
function idText(prefix, hex) {
	const bits = [...hex].map((c) => parseInt(c, 16).toString(2)
		.padStart(4, '0')).join('').padEnd(130, '0');
	return `${prefix}_${bits.match(/.{5}/g)
		.map((b) => CROCKFORD[parseInt(b, 2)]).join('')}`;
}

// Some rows of a table, from all over it.
async function someRows(centre, table, columns, num) {
	const [[last]] = await sql(centre, `SELECT max(rowid) FROM ${table}`);
	const ids = Array.from({ length: num }, () =>
		1 + Math.floor(Math.random() * Number(last)));
	return sql(centre, `SELECT ${columns} FROM ${table} ` +
		`WHERE rowid IN (${ids.join(',')})`);
}

async function start(num, keptIn) {
	const centre = await filledCentre(t, num, { build: RELEASE, dir: keptIn });
	const since = Date.now();
	await centre.up();
	centre.startMs = Date.now() - since;
	centre.tokenFile = file(`token-${num}`,
		await centre.operator(`bench-${since}`, 'administrator'));
	centre.pids = () => [centre.parent.pid, ...centre.roles().map((p) => p.pid)];
	centre.load = (path, text, more) => load({ url: `${centre.api}${path}`,
		ca: centre.apiCa, token: centre.tokenFile,
		bodies: file('lines', text), pids: centre.pids(), seconds: SECONDS,
		clients: CLIENTS, ...more });
	// As after some weeks of running: what is on the disk is in memory too.
	await must('dd', [`if=${join(stateDir(centre, 'front'), 'surguch.db')}`,
		'of=/dev/null', 'bs=1M', 'status=none'], { timeoutSec: 600 });
	centre.persons = (await someRows(centre, 'person', 'lower(hex(id))',
		RATE_MAX)).map(([id]) => idText('per', id));
	return centre;
}

// Nanoseconds that the database's writer thread has had.
function writerNs(centre) {
	const tasks = `/proc/${centre.roles('surguch-front')[0].pid}/task`;
	const id = readdirSync(tasks).find((task) => readFileSync(
		`${tasks}/${task}/comm`, 'utf8').trim() === 'store-writer');
	return Number(readFileSync(`${tasks}/${id}/schedstat`, 'utf8')
		.split(' ')[0]);
}

async function issue(centre) {
	const keys = await requests('p256', RATE_MAX * SECONDS);
	const text = lines(keys.map((pkcs10, i) => JSON.stringify({ pkcs10,
		profile: PROFILE, person: centre.persons[i % centre.persons.length] })));
	const before = writerNs(centre);
	const r = await centre.load('/v1/certificates', text);
	// Each connection's first order is not among those that are counted.
	return { ...r,
		writer: (writerNs(centre) - before) / 1000 / (r.done + CLIENTS) };
}

async function bareRow() {
	const db = join(dir, 'bare.db');
	const out = await must(tool('loop_row'), [db, '1'], { timeoutSec: 60 });
	['', '-wal', '-shm'].forEach((end) => rmSync(db + end, { force: true }));
	const [, rows, cpu] = /rows (\d+) cpu ([\d.]+)/.exec(out).map(Number);
	return cpu / rows * 1e6;
}

// --- questions ---------------------------------------------------------------

const search = (text) => `/v1/persons?search=${encodeURIComponent(text)}`;

// {name: paths}
async function questions(centre) {
	const certs = await someRows(centre, 'certificate', 'lower(hex(serial))',
		ASKED);
	const people = await someRows(centre, 'person',
		'surname, given_name, patronymic', ASKED);
	const num = Number((await sql(centre, 'SELECT max(rowid) FROM person'))[0][0]);
	const many = (f) => Array.from({ length: ASKED }, f);
	return {
		'serial': certs.map(([serial]) =>
			`/v1/certificates?ca=${CA}&serial=${serial}`),
		'СНИЛС': many(() => search(snils(Math.floor(Math.random() * num)))),
		'the first half of a surname': people.map(([s]) =>
			search(s.slice(0, Math.ceil(s.length / 2)))),
		'a prefix that very many have': many(() => search('ив')),
		'one letter': many(() => search('а')),
		'a prefix that nobody has': many(() => search('ъъъ')),
		'surname and given name': people.map(([s, g]) => search(`${s} ${g}`)),
		'all three names': people.map((names) => search(names.join(' '))),
	};
}

const one = { seconds: 0, clients: 1, refusals: true };
const ms = (us) => (us / 1000).toFixed(2).padStart(8);

// Beside the empty centre: what the machine's other work does to both.
function tell(name, x, y) {
	console.log(`${name.padEnd(44)}${ms(x.p50)}${ms(x.p99)}${ms(x.us)}` +
		`   ${ms(y.p50)}${ms(y.p99)}${ms(y.us)}  ` +
		`p50 <= ${BAR_MS}: ${x.p50 <= BAR_MS * 1000 ? 'met' : 'NOT met'}, ` +
		`p99: ${x.p99 <= BAR_MS * 1000 ? 'met' : 'NOT met'}` +
		(x.failed > 0 ? `; ${x.failed} of ${x.done + x.failed} refused` : ''));
}

async function ask(full, empty) {
	const [a, b] = [await questions(full), await questions(empty)];
	console.log(`\none after another, ms: p50, p99, CPU of the centre; the ` +
		`same with ${EMPTY} stored`);
	for (const name of Object.keys(a)) {
		tell(`search: ${name}`, await full.load('', lines(a[name]), one),
			await empty.load('', lines(b[name]), one));
	}
}

async function revoke(centre) {
	const certs = await someRows(centre, 'certificate',
		'lower(hex(id)), status, profile', REVOKED);
	return centre.load('', lines(certs
		.filter(([, status, profile]) => status === 'good' && profile === PROFILE)
		.map(([id]) => `/v1/certificates/${idText('crt', id)}/revocation ` +
			JSON.stringify({ reason: 'superseded' }))), one);
}

// --- all of it ---------------------------------------------------------------

try {
	const empty = await start(EMPTY, null);
	const full = await start(COUNT, values.dir ?? null);
	const [[stored]] = await sql(full, 'SELECT count(*) FROM certificate');
	console.log(`${stored} certificates; ready after ${full.startMs} ms ` +
		`(empty: ${empty.startMs} ms); load of the machine ` +
		loadavg().map((x) => x.toFixed(1)).join(' '));
	for (const { name, pid } of full.roles()) {
		const { pss, anonymous } = memoryOf(pid);
		console.log(`${name.padEnd(20)} PSS ${(pss / 1024).toFixed(1)} MiB, ` +
			`anonymous ${(anonymous / 1024).toFixed(1)}`);
	}
	await ask(full, empty);
	tell('revocation', await revoke(full), await revoke(empty));

	const rows = [];
	for (let i = 0; i < PAIRS; i += 1) {
		const some = await issue(empty);
		rows.push({ some, many: await issue(full), bare: await bareRow() });
	}
	console.log(`\nissuing, ${CLIENTS} clients, ${PAIRS} pairs of ${SECONDS} s; ` +
		'median and spread');
	const each = (f) => rows.map(f);
	show('certificates/s, empty', each((r) => r.some.rate));
	show(`certificates/s, ${COUNT} stored`, each((r) => r.many.rate));
	const rate = each((r) => r.many.rate / r.some.rate);
	show('  ratio (goal >= 0.8)', rate, 2);
	show('CPU us a certificate, empty', each((r) => r.some.us));
	show(`CPU us a certificate, ${COUNT} stored`, each((r) => r.many.us));
	show('writer thread, CPU us a certificate, empty',
		each((r) => r.some.writer), 1);
	show(`writer thread, CPU us a certificate, ${COUNT} stored`,
		each((r) => r.many.writer), 1);
	show('bare row, CPU us', each((r) => r.bare), 1);
	const cpu = each((r) => r.many.writer / r.bare);
	show('  ratio (goal <= 2.5)', cpu, 2);
	show('  ratio of the empty centre', each((r) => r.some.writer / r.bare), 2);
	console.log(`rate >= 0.8 of the empty one: ${verdict(rate, 0.8)}; writer ` +
		`<= 2.5 bare rows: ${verdict(cpu, 2.5, { atMost: true })}; bare ` +
		`row ${median(each((r) => r.bare)).toFixed(1)} us`);
} finally {
	for (const end of ends) {
		await end();
	}
}
process.exit(0);
