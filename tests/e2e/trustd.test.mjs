// SPDX-License-Identifier: Apache-2.0
// surguch-trustd: what Windows and Linux clients get of a mirror, by which
// names; what nobody gets; mirrors that are broken, and mirrors that are
// replaced while clients load.  Every answer is of one whole, verified state.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync,
	readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { Client } from './lib/http.mjs';
import { memoryOf, Running, statusOf } from './lib/processes.mjs';
import { scratch, until } from './lib/scratch.mjs';
import { Steps } from './lib/seams.mjs';
import { certsOf, DATA, LIST, mirror, MIRROR_DATA, oldSource, realMirror, Server,
	SURGUCH, surguch, TRUSTD } from './lib/trustd.mjs';

const skip = existsSync(MIRROR_DATA) ? false : 'no reference data';
const NAMES = ['authrootstl.cab', 'disallowedcertstl.cab', 'pinrulesstl.cab',
	'disallowedcert.sst', 'pinrules.sst'];

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// A page for people under a good status is what Windows reports as damaged data.
function noPage(r) {
	assert.notEqual(r.status, 200);
	assert.doesNotMatch(r.headers['content-type'] ?? '', /html/);
	assert.doesNotMatch(r.text, /<html/i);
}

test('every file, as it is, by whatever letters it is asked for', { skip },
	async (t) => {
		const dir = scratch();
		const real = await realMirror(join(dir, 'all'));
		const s = await Server.start(t, dir, { '': real, 'rings/Pilot': real });
		const files = readdirSync(real).filter((f) => !f.startsWith('.'));
		assert.equal(files.length, 417 + 5);
		for (const f of files) {
			const want = readFileSync(join(real, f));
			const r = await s.get(`/${f}`);
			assert.equal(r.status, 200, f);
			assert.ok(r.body.equals(want), f);
			assert.equal(Number(r.headers['content-length']), want.length);
			assert.equal(r.headers.etag, `"${sha256(want).slice(0, 32)}"`);
			assert.ok(Date.parse(r.headers['last-modified']) <= Date.now());
			assert.match(r.headers['content-type'],
				/^application\/(vnd\.ms-cab-compressed|x-x509-ca-cert|vnd\.ms-pki\.certstore)$/);
		}
		const cert = certsOf(real)[7];
		for (const path of [`/${LIST}?0123456789abcdef`, `/AuthRootStl.CAB?a&a&=&%`,
			`/rings/pilot/${LIST}`, `/RINGS/PILOT/${LIST.toUpperCase()}?x`,
			`/rings/Pilot/%61uthrootstl.cab`, `/rings/Pilot//${LIST}`]) {
			const r = await s.get(path);
			assert.equal(r.status, 200, path);
			assert.ok(r.body.equals(readFileSync(join(real, LIST))), path);
		}
		for (const path of [cert.toUpperCase(), cert.replace('.crt', '.CRT')]) {
			assert.ok((await s.get(`/${path}`)).body.equals(
				readFileSync(join(real, cert))));
		}
		// The address was set with a slash at its end.
		assert.match(await s.raw(`GET //${LIST} HTTP/1.1\r\nHost: x\r\n\r\n`),
			/^HTTP\/1\.1 200 [^]*\r\n\r\nMSCF/);
		// As Windows asks, on one connection.
		const head = await s.raw(`GET /${LIST}?8f2a9c0000d41be7 HTTP/1.1\r\n` +
			'Connection: Keep-Alive\r\nAccept: */*\r\n' +
			'User-Agent: Microsoft-CryptoAPI/10.0\r\nHost: roots.corp\r\n\r\n');
		assert.match(head, /^HTTP\/1\.1 200 OK\r\n/);
		assert.doesNotMatch(head, /^Connection: close/mi);
		const log = await s.says(
			new RegExp(`event=http\\.answer client=127\\.0\\.0\\.1 method=GET ` +
				`path=/${cert.toUpperCase()} status=200 bytes=\\d+ us=\\d+`));
		assert.ok(log);
		t.diagnostic('proves: F3');
	});

test('only what has changed, only the head, only a part', { skip }, async (t) => {
	const dir = scratch();
	const real = await realMirror(join(dir, 'all'));
	const s = await Server.start(t, dir, { '': real });
	const whole = readFileSync(join(real, LIST));
	const { headers: { etag, 'last-modified': date } } = await s.get(`/${LIST}`);
	const earlier = new Date(Date.parse(date) - 1000).toUTCString();
	const later = new Date(Date.parse(date) + 1000).toUTCString();
	for (const [headers, status] of [
		[{ 'if-none-match': etag }, 304],
		[{ 'if-none-match': `"x", W/${etag}` }, 304],
		[{ 'if-none-match': '*' }, 304],
		[{ 'if-none-match': '"x"' }, 200],
		[{ 'if-modified-since': date }, 304],
		[{ 'if-modified-since': later }, 304],
		[{ 'if-modified-since': earlier }, 200],
		[{ 'if-modified-since': 'yesterday' }, 200],
		// The tag is the better word.
		[{ 'if-none-match': '"x"', 'if-modified-since': later }, 200],
		[{ 'if-none-match': etag, 'if-modified-since': earlier }, 304],
		[{ range: 'bytes=0-9', 'if-none-match': etag }, 304],
	]) {
		const r = await s.get(`/${LIST}`, headers);
		assert.equal(r.status, status, JSON.stringify(headers));
		assert.equal(r.headers.etag, etag);
		assert.equal(r.body.length, status === 304 ? 0 : whole.length);
	}
	const head = await s.http.request('HEAD', `/${LIST}`,
		{ headers: { range: 'bytes=0-9' } });
	assert.equal(head.status, 200);
	assert.equal(Number(head.headers['content-length']), whole.length);
	assert.equal(head.body.length, 0);
	const n = whole.length;
	for (const [headers, first, last] of [
		[{ range: 'bytes=0-9' }, 0, 9],
		[{ range: 'bytes=10-' }, 10, n - 1],
		[{ range: 'bytes=-1' }, n - 1, n - 1],
		[{ range: `bytes=-${n + 5}` }, 0, n - 1],
		[{ range: `Bytes=${n - 1}-99999999999999999999999` }, n - 1, n - 1],
		[{ range: 'bytes=5-5', 'if-range': etag }, 5, 5],
		[{ range: 'bytes=5-5', 'if-range': date }, 5, 5],
	]) {
		const r = await s.get(`/${LIST}`, headers);
		assert.equal(r.status, 206, JSON.stringify(headers));
		assert.equal(r.headers['content-range'], `bytes ${first}-${last}/${n}`);
		assert.equal(r.headers.etag, etag);
		assert.ok(r.body.equals(whole.subarray(first, last + 1)));
	}
	for (const headers of [{ range: 'bytes=9-8' }, { range: 'lines=1-2' },
		{ range: 'bytes=0-1,5-6' }, { range: 'bytes=x' }, { range: 'bytes=' },
		{ range: 'bytes=0-9', 'if-range': '"x"' },
		{ range: 'bytes=0-9', 'if-range': `W/${etag}` },
		{ range: 'bytes=0-9', 'if-range': later }]) {
		const r = await s.get(`/${LIST}`, headers);
		assert.equal(r.status, 200, JSON.stringify(headers));
		assert.ok(r.body.equals(whole));
	}
	for (const range of [`bytes=${n}-`, `bytes=${n}-${n + 9}`, 'bytes=-0',
		'bytes=99999999999999999999999-']) {
		const r = await s.get(`/${LIST}`, { range });
		assert.equal(r.status, 416, range);
		assert.equal(r.headers['content-range'], `bytes */${n}`);
		noPage(r);
	}
	// Broken off, and gone on with.
	const out = join(dir, 'part.cab');
	writeFileSync(out, whole.subarray(0, 20000));
	await must('curl', ['-sS', '-f', '-C', '-', '-o', out, `${s.url}/${LIST}`]);
	assert.ok(readFileSync(out).equals(whole));
	const spelled = await must('curl', ['-sS', '-o', join(dir, 'again'), '-w',
		'%{http_code}', '-z', out, '-R', `${s.url}/${LIST}`]);
	assert.equal(spelled.trim(), '304');
});

test('what an attacker asks for', { skip }, async (t) => {
	const dir = scratch();
	const real = await realMirror(join(dir, 'all'));
	// Something to come back with .previous and a lock.
	await mirror(oldSource(join(dir, 'source')), real, '--older');
	await mirror(MIRROR_DATA, real);
	writeFileSync(join(real, 'notes.txt'), 'a secret');
	writeFileSync(join(dir, 'secret.cab'), 'a secret');
	const s = await Server.start(t, dir, { '': real, 'pilot': real });
	const all = () => must('find', [dir, '-printf', '%p %s %T@ %C@\\n']);
	const before = await all();
	assert.ok(existsSync(join(real, '.previous', LIST)));
	assert.ok(existsSync(join(real, '.lock')));
	const get = (path) =>
		s.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
	for (const path of ['/', '//', '/.', '/..', '/pilot', '/pilot/', '/pilot//',
		'/.lock', '/.previous', `/.previous/${LIST}`, `/pilot/.previous/${LIST}`,
		'/notes.txt', '/../secret.cab', '/pilot/../../secret.cab',
		'/%2e%2e/secret.cab', '/%2E%2E%2Fsecret.cab', '/..%2fsecret.cab',
		'/pilot%2f..%2f..%2fsecret.cab', '/..\\secret.cab', '/%5c..%5csecret.cab',
		'/..%c0%afsecret.cab', '/%00', `/${LIST}%00`, `/${LIST}%00.txt`,
		`/x/${LIST}`, `/pilot/x/${LIST}`, `/pilot/${LIST}/`, `/${LIST}/`,
		`/${LIST}%20`, `/${LIST}.`, `/${LIST}::$DATA`, '/authrootstl', '/%',
		'/%zz', '/etc/passwd', `/${dir.slice(1)}/all/${LIST}`,
		`/${'a'.repeat(40)}.crt`, `/${'0'.repeat(7000)}`, '/authroot.stl',
		`file:///${LIST}`, `http://127.0.0.1/${LIST}`]) {
		const text = await get(path);
		assert.match(text, /^HTTP\/1\.1 4\d\d /, `${path}: ${text.slice(0, 300)}`);
		assert.doesNotMatch(text, /a secret|<html|MSCF/, path);
	}
	assert.match(await get(`/${'0'.repeat(9000)}`), /^(HTTP\/1\.1 4\d\d |$)/);
	// Whatever is made of an octet that no target may have, it is no other file.
	for (const path of [`/${LIST}\0`, '/notes.txt\0.cab', `/notes.txt\0${LIST}`]) {
		const text = await get(path);
		assert.doesNotMatch(text, /a secret|<html/);
		assert.equal(/^HTTP\/1\.1 200/.test(text), path.startsWith(`/${LIST}`));
	}
	for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE',
		'PROPFIND', 'CONNECT']) {
		const text = await s.raw(`${method} /${LIST} HTTP/1.1\r\nHost: x\r\n` +
			'Content-Length: 4\r\nConnection: close\r\n\r\nbody');
		assert.match(text, /^HTTP\/1\.1 405 [^]*\r\nAllow: GET, HEAD\r\n/,
			`${method}: ${text.slice(0, 300)}`);
	}
	const body = await s.raw(`GET /${LIST} HTTP/1.1\r\nHost: x\r\n` +
		'Content-Length: 4\r\nConnection: close\r\n\r\nbody');
	assert.match(body, /^HTTP\/1\.1 400 /);
	// What was refused is in the log on one line, and made none of its own.
	await get('/%0alevel=info%20event=forged');
	assert.doesNotMatch(s.log, /^level=info event=forged/m);
	assert.equal((await s.get(`/${LIST}`)).status, 200);
	assert.equal(await all(), before);
});

test('its walls', { skip }, async (t) => {
	const dir = scratch();
	const real = await realMirror(join(dir, 'all'));
	const s = await Server.start(t, dir, { '': real });
	const status = statusOf(s.pid);
	assert.equal(status.Seccomp, '2');
	assert.equal(status.NoNewPrivs, '1');
	for (const f of [...NAMES, ...certsOf(real)]) {
		assert.equal((await s.get(`/${f}`)).status, 200);
	}
	// Where nobody reads what it says, as a unit may have it.
	await s.stop();
	const mute = spawn(TRUSTD, ['-c', join(dir, `trustd-${s.port}.conf`)],
		{ stdio: 'ignore',
			env: { ...process.env, NOTIFY_SOCKET: join(dir, 'nobody') } });
	t.after(() => mute.kill());
	await until(() => s.get(`/${LIST}`).then((r) => r.status === 200)
		.catch(() => false), 'one that nobody listens to');
	for (const f of [...NAMES, ...certsOf(real)]) {
		assert.equal((await s.get(`/${f}`)).status, 200);
	}
	const { rss } = memoryOf(mute.pid);
	t.diagnostic(`${rss} KiB resident`);
	assert.ok(rss <= 16 * 1024, `${rss} KiB`);
});

test('a mirror that is broken is not served', { skip }, async (t) => {
	const dir = scratch();
	const real = await realMirror(join(dir, 'all'));
	const good = join(dir, 'good');
	cpSync(real, good, { recursive: true });
	const one = certsOf(real)[3];
	const other = certsOf(real)[4];
	const cab = (change) => () => {
		const b = Buffer.from(readFileSync(join(good, LIST)));
		writeFileSync(join(real, LIST), change(b) ?? b);
	};
	const s = await Server.start(t, dir, { '': real });
	for (const [name, act, rule] of [
		['a changed list', cab((b) => {
			b[5000] ^= 1;
		}), 'cab.checksum'],
		['half a list', cab((b) => b.subarray(0, b.length / 2)), 'cab.form'],
		['another list', () => copyFileSync(join(good, NAMES[1]),
			join(real, LIST)), 'mirror.kind'],
		['no list', () => rmSync(join(real, LIST)), 'mirror.list'],
		['a list signed over SHA-1 by nobody known', () =>
			copyFileSync(join(DATA, 'cab/authrootstl-20061129.cab'), join(real, LIST)),
		null],
		['a certificate under another name', () => copyFileSync(
			join(good, one), join(real, other)), 'mirror.certificate'],
		['no certificate', () => rmSync(join(real, one)), 'mirror.certificate'],
		['two files of one name', () => copyFileSync(join(good, one),
			join(real, one.toUpperCase())), 'trustd.twice'],
		['a store with strangers', () => copyFileSync(
			join(DATA, 'sst/rootsupd-2013-04/roots.sst'), join(real, NAMES[3])),
		'mirror.store'],
	]) {
		if (rule === null && !existsSync(join(DATA, 'cab/authrootstl-20061129.cab'))) {
			continue;
		}
		const refused = s.logs(rule === null ? /event=mirror\.why/
			: new RegExp(`event=mirror\\.why [^\\n]*rule=${rule.replace('.',
				'\\.')}`));
		act();
		await refused;
		for (const f of [LIST, NAMES[3], one, other]) {
			const r = await s.get(`/${f}`);
			assert.equal(r.status, 200, name);
			assert.ok(r.body.equals(readFileSync(join(good, f))), name);
		}
		// Said once, and not again while it stays.
		const from = s.log.length;
		s.child.kill('SIGHUP');
		await sleep(1300);
		assert.doesNotMatch(s.log.slice(from), /event=mirror\.why/, name);
		const again = s.logs(/event=mirror\.good_again/);
		readdirSync(real).filter((f) => !f.startsWith('.') &&
			!existsSync(join(good, f))).forEach((f) => rmSync(join(real, f)));
		for (const f of readdirSync(good).filter((g) => !g.startsWith('.'))) {
			const [a, b] = [real, good].map((d) => join(d, f));
			if (!existsSync(a) || !readFileSync(a).equals(readFileSync(b))) {
				copyFileSync(b, a);
			}
		}
		await again;
	}
});

test('never a good state: nothing is served, and that is said', { skip },
	async (t) => {
		const dir = scratch();
		const empty = join(dir, 'empty');
		mkdirSync(empty);
		const real = await realMirror(join(dir, 'all'));
		const s = await Server.start(t, dir, { '': real, 'test': empty });
		const r = await s.get(`/test/${LIST}`);
		assert.equal(r.status, 503);
		assert.ok(Number(r.headers['retry-after']) > 0);
		noPage(r);
		assert.equal((await s.get(`/${LIST}`)).status, 200);
		await mirror(MIRROR_DATA, empty);
		await s.says(/event=mirror\.serves mirror=test/);
		assert.equal((await s.get(`/test/${LIST}`)).status, 200);
		// A directory that others may write to, and settings with mistakes.
		chmodSync(empty, 0o777);
		const conf = join(dir, `trustd-${s.port}.conf`);
		const open = await exec(TRUSTD, ['-n', '-c', conf]);
		assert.equal(open.code, 1);
		assert.match(open.all, /rule=file\.trusted_mode/);
		chmodSync(empty, 0o755);
		assert.equal((await exec(TRUSTD, ['-n', '-c', conf])).code, 0);
		writeFileSync(conf, 'port = 0;\nmirror = ();\nmirrors = (\n' +
			`{ prefix = "a/../b"; directory = "x"; },\n` +
			`{ prefix = "A"; directory = "/x"; }, ` +
			'{ prefix = "a"; directory = "/x"; });\n');
		const bad = await exec(TRUSTD, ['-n', '-c', conf]);
		assert.equal(bad.code, 1);
		for (const line of [/:1: port/, /:2: mirror/, /:4: .*prefix/,
			/:4: .*directory/]) {
			assert.match(bad.all, line);
		}
	});

test('replaced while clients load', { skip }, async (t) => {
	const dir = scratch();
	const source = oldSource(join(dir, 'source'));
	const to = join(dir, 'all');
	mkdirSync(to);
	await mirror(source, to);
	// What each name may hold.
	const known = new Map();
	const learn = () => readdirSync(to).filter((f) => !f.startsWith('.'))
		.forEach((f) => known.set(f, (known.get(f) ?? new Set())
			.add(sha256(readFileSync(join(to, f))))));
	learn();
	await mirror(MIRROR_DATA, to);
	learn();
	assert.equal(known.get(LIST).size, 2);
	const s = await Server.start(t, dir, { '': to });
	const certs = certsOf(MIRROR_DATA);
	const seen = new Map();
	let over = false;
	let loads = 0;
	async function load(number) {
		const client = new Client(s.url);
		for (let i = number; !over; i += 7) {
			const f = i % 3 === 0 ? LIST : [...NAMES, ...certs][i % 422];
			const r = await client.get(`/${f}?${i}`);
			if (r.status === 404) {
				// Of 2020 there was the list of roots alone.
				assert.ok(NAMES.slice(1).includes(f), f);
				continue;
			}
			assert.equal(r.status, 200, f);
			const hash = sha256(r.body);
			assert.ok(known.get(f).has(hash), f);
			assert.equal(r.headers.etag, `"${hash.slice(0, 32)}"`);
			assert.equal(Number(r.headers['content-length']), r.body.length);
			seen.set(f, (seen.get(f) ?? new Map()).set(hash,
				r.headers['last-modified']));
			loads += 1;
		}
		client.close();
	}
	const clients = Array.from({ length: 8 }, (_, i) => load(i));
	const dates = [];
	for (let i = 0; i < 3; i += 1) {
		for (const [from, ...more] of [[source, '--older'], [MIRROR_DATA]]) {
			const news = s.logs(/event=mirror\.serves/);
			await mirror(from, to, ...more);
			s.child.kill('SIGHUP');
			await news;
			const r = await s.get(`/${LIST}`);
			assert.equal(sha256(r.body), sha256(readFileSync(join(to, LIST))));
			dates.push(Date.parse(r.headers['last-modified']));
			// Who has what was served before is never told that it is this.
			const before = dates.at(-2);
			if (before !== undefined) {
				const again = await s.get(`/${LIST}`, { 'if-modified-since':
					new Date(before).toUTCString() });
				assert.equal(again.status, 200, `${dates}`);
			}
		}
	}
	over = true;
	await Promise.all(clients);
	assert.equal(seen.get(LIST).size, 2);
	assert.ok(loads > 500, `${loads}`);
	assert.doesNotMatch(s.log, /level=error/);
	t.diagnostic(`${loads} files, ${dates.length} replacements`);
});

test('a mirror that is between two of its files is not served', { skip },
	async (t) => {
		const dir = scratch();
		const source = oldSource(join(dir, 'source'));
		const to = join(dir, 'all');
		mkdirSync(to);
		await mirror(source, to);
		const s = await Server.start(t, dir, { '': to });
		const old = readFileSync(join(to, LIST));
		const lists = () => Promise.all(NAMES.map(async (f) => {
			const r = await s.get(`/${f}`);
			return r.status === 200 ? sha256(r.body) : r.status;
		}));
		const before = await lists();
		const steps = new Steps();
		const held = new Promise((come) => {
			steps.once('mirror.list', async () => {
				// One of three lists is there; it is looked at again and again.
				const half = NAMES.filter((f) => existsSync(join(to, f)) &&
					!readFileSync(join(to, f)).equals(old));
				for (let i = 0; i < 4; i += 1) {
					s.child.kill('SIGHUP');
					await sleep(300);
				}
				come([half, await lists()]);
			});
		});
		const run = new Running(t, SURGUCH, ['trust', 'mirror', MIRROR_DATA, to,
			'--old'], { env: { SURGUCH_SEAM_FD: '3' }, fds: ['pipe'] });
		steps.attach(run.child.stdio[3]);
		const [half, meanwhile] = await held;
		assert.ok(half.length > 0 && half.length < NAMES.length, `${half}`);
		assert.deepEqual(meanwhile, before);
		assert.equal((await run.ended).code, 0, run.log);
		const want = NAMES.map((f) => sha256(readFileSync(join(to, f))));
		await until(async () => (await lists()).join() === want.join(),
			() => s.log);
		assert.doesNotMatch(s.log, /level=error/);
	});

test('who reads slowly, and who says nothing', { skip }, async (t) => {
	const dir = scratch();
	const source = oldSource(join(dir, 'source'));
	const to = join(dir, 'all');
	mkdirSync(to);
	await mirror(source, to);
	const s = await Server.start(t, dir, { '': to });
	const old = readFileSync(join(to, LIST));
	// Asks four hundred times for 50 KiB, and reads nothing for now.
	const slow = connect(s.port, '127.0.0.1').pause().on('error', () => {});
	t.after(() => slow.destroy());
	slow.write(`GET /${LIST} HTTP/1.1\r\nHost: x\r\n\r\n`.repeat(400));
	// A hundred and fifty that never end their requests.
	const mute = Array.from({ length: 150 }, () => {
		const c = connect(s.port, '127.0.0.1').on('error', () => {});
		c.write(`GET /${LIST} HTTP/1.1\r\nHo`);
		return c;
	});
	t.after(() => mute.forEach((c) => c.destroy()));
	await sleep(300);
	const news = s.logs(/event=mirror\.serves/);
	await mirror(MIRROR_DATA, to);
	s.child.kill('SIGHUP');
	await news;
	const from = Date.now();
	const now = readFileSync(join(to, LIST));
	for (let i = 0; i < 50; i += 1) {
		assert.ok((await s.get(`/${LIST}`)).body.equals(now));
	}
	assert.ok(Date.now() - from < 2000);
	// What had begun comes to its end, and then the new list, each whole.
	const parts = [];
	let len = 0;
	const want = () => len >= 400 * Math.min(old.length, now.length);
	slow.on('data', (d) => {
		parts.push(d);
		len += d.length;
	}).resume();
	await until(want, () => `${len} bytes`);
	await sleep(200);
	let rest = Buffer.concat(parts);
	const counts = [0, 0];
	while (rest.length > 0) {
		const end = rest.indexOf('\r\n\r\n') + 4;
		const head = rest.subarray(0, end).toString('latin1');
		const size = Number(/^Content-Length: (\d+)/mi.exec(head)[1]);
		const body = rest.subarray(end, end + size);
		const which = [old, now].findIndex((b) => b.equals(body));
		assert.notEqual(which, -1);
		counts[which] += 1;
		rest = rest.subarray(end + size);
	}
	assert.equal(counts[0] + counts[1], 400);
	assert.ok(counts[0] > 0 && counts[1] > 0, `${counts}`);
});

test('another mirror, from it', { skip }, async (t) => {
	const dir = scratch();
	const real = await realMirror(join(dir, 'all'));
	const s = await Server.start(t, dir, { 'rings/all': real });
	const to = join(dir, 'copy');
	mkdirSync(to);
	await mirror(`${s.url}/rings/all`, to);
	const seen = (d) => Object.fromEntries(readdirSync(d)
		.filter((f) => !f.startsWith('.')).sort()
		.map((f) => [f, sha256(readFileSync(join(d, f)))]));
	assert.deepEqual(seen(to), seen(real));
	assert.equal((await s.stop()).code, 0);
});

test('what has changed, signed', { skip }, async (t) => {
	const dir = scratch();
	const source = oldSource(join(dir, 'source'));
	const to = join(dir, 'all');
	const own = join(dir, 'own');
	mkdirSync(to);
	mkdirSync(own, { mode: 0o700 });
	await mirror(source, to);
	const old = join(dir, 'old');
	cpSync(to, old, { recursive: true });
	const settings = `feed = "${own}";`;
	let s = await Server.start(t, dir, { 'rings/all': to }, settings);
	const fingerprint = /event=feed\.key sha256=([0-9a-f]{64})/.exec(s.log)[1];
	const verify = async (text, signature) => {
		writeFileSync(join(dir, 'c.json'), text);
		writeFileSync(join(dir, 'c.sig'), signature);
		return exec('openssl', ['dgst', '-sha256', '-verify',
			join(own, 'feed.pub'), '-signature', join(dir, 'c.sig'),
			join(dir, 'c.json')]);
	};
	async function feed() {
		const [text, signature] = [await s.get('/rings/all/changes.json'),
			await s.get('/rings/all/changes.json.sig')];
		assert.equal(text.headers['content-type'], 'application/json');
		assert.equal((await verify(text.body, signature.body)).code, 0);
		// A changed octet, and another state's signature.
		const bent = Buffer.from(text.body);
		bent[bent.length >> 1] ^= 1;
		assert.notEqual((await verify(bent, signature.body)).code, 0);
		const said = JSON.parse(text.text);
		assert.equal(said.mirror, 'rings/all');
		assert.equal(Date.parse(said.valid_until) - Date.parse(said.signed),
			24 * 3600 * 1000);
		assert.ok(Math.abs(Date.parse(said.signed) - Date.now()) < 60000);
		for (const f of said.files) {
			const r = await s.get(`/rings/all/${f.name}`);
			assert.equal(sha256(r.body), f.sha256, f.name);
			assert.equal(r.body.length, f.bytes);
		}
		return said;
	}
	const der = await exec('openssl', ['pkey', '-pubin', '-in',
		join(own, 'feed.pub'), '-outform', 'DER', '-out', join(dir, 'pub.der')]);
	assert.equal(der.code, 0, der.all);
	assert.equal(sha256(readFileSync(join(dir, 'pub.der'))), fingerprint);
	// Large answers lie in files of its own directory that have no name.
	const unnamed = readdirSync(`/proc/${s.pid}/fd`).map((fd) => {
		try {
			return readlinkSync(`/proc/${s.pid}/fd/${fd}`);
		} catch {
			return '';
		}
	}).filter((to) => to.startsWith(`${own}/`) && to.endsWith(' (deleted)'));
	assert.equal(unnamed.length, 1, `${unnamed}`); // its only list
	const first = await feed();
	assert.equal(first.number, 1);
	assert.equal(first.changes, null);
	assert.equal(first.files.length, certsOf(to).length + 1);
	assert.equal((await s.get('/changes.json')).status, 404);
	assert.equal((await s.get('/rings/all/feed.key')).status, 404);

	const news = s.logs(/event=mirror\.serves/);
	await mirror(MIRROR_DATA, to);
	s.child.kill('SIGHUP');
	await news;
	const second = await feed();
	assert.equal(second.number, 2);
	assert.equal(second.changes.since, 1);
	const names = (doc) => doc.files.map((f) => f.name);
	assert.deepEqual(second.changes.came.sort(), names(second)
		.filter((n) => !names(first).includes(n)).sort());
	assert.deepEqual(second.changes.went, []);
	assert.deepEqual(second.changes.changed, [LIST]);
	const r = await surguch('--json', 'trust', 'diff', join(old, LIST),
		join(to, LIST), '--old');
	assert.equal(r.code, 5, r.all);
	const diff = JSON.parse(r.out);
	const brief = (list) => list.map((c) => `${c.change} ${c.sha1}`).sort();
	assert.ok(diff.changes.length > 0);
	assert.deepEqual(brief(second.changes.roots.list), brief(diff.changes));

	// Numbers go on, and nothing is told anew, after a restart.
	await s.stop();
	s = await Server.start(t, dir, { 'rings/all': to }, settings);
	assert.ok(s.log.includes(fingerprint));
	const third = await feed();
	assert.deepEqual({ ...third, signed: 0, valid_until: 0 },
		{ ...second, signed: 0, valid_until: 0 });
	await s.stop();
	await mirror(source, to, '--older');
	s = await Server.start(t, dir, { 'rings/all': to }, settings);
	const fourth = await feed();
	assert.equal(fourth.number, 3);
	assert.deepEqual(fourth.changes.changed, [LIST]);
	assert.equal(fourth.changes.roots.counts.came,
		second.changes.roots.counts.went);

	// Its disk cannot be written to: the lists are served all the same.
	const trouble = s.logs(/event=feed\.why/);
	rmSync(own, { recursive: true });
	await mirror(MIRROR_DATA, to);
	s.child.kill('SIGHUP');
	await trouble;
	assert.ok((await s.get(`/rings/all/${LIST}`)).body.equals(
		readFileSync(join(to, LIST))));
	assert.equal((await s.get('/rings/all/changes.json')).status, 404);
	await s.stop();

	// A key that others can read, and a record that is damaged.
	mkdirSync(own, { mode: 0o700 });
	const again = await Server.start(t, dir, { 'rings/all': to }, settings);
	await again.stop();
	const conf = join(dir, `trustd-${again.port}.conf`);
	chmodSync(join(own, 'feed.key'), 0o644);
	const open = await exec(TRUSTD, ['-c', conf]);
	assert.equal(open.code, 1);
	assert.match(open.all, /rule=file\.secret_mode/);
	chmodSync(join(own, 'feed.key'), 0o600);
	writeFileSync(join(own, 'feed-rings+all.json'), '{"number":0}');
	const bad = await exec(TRUSTD, ['-c', conf]);
	assert.equal(bad.code, 1);
	assert.match(bad.all, /rule=json\./);
});
