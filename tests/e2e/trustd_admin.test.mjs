// SPDX-License-Identifier: Apache-2.0
// The administrator's door of surguch-trustd: who gets in, what is told of
// mirrors, one mirror's state taken over by another, the way back; and the same
// as an attacker would.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync,
	writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { Client } from './lib/http.mjs';
import { scratch, until } from './lib/scratch.mjs';
import { AdminServer, LIST, mirror, MIRROR_DATA, oldSource, realMirror,
	surguch, TRUSTD } from './lib/trustd.mjs';

const skip = existsSync(MIRROR_DATA) ? false : 'no reference data';
const ALL = { all: 'takes_from = "test";' };

const filesOf = (dir) => readdirSync(dir).filter((f) => !f.startsWith('.'));
// test: the state of January 2021; all: that of May 2020, and may take it over
async function rings(t) {
	const dir = scratch();
	const all = join(dir, 'all');
	mkdirSync(all);
	await mirror(oldSource(join(dir, 'source')), all);
	const s = await AdminServer.withDoor(t, dir, {
		test: await realMirror(join(dir, 'test')), all }, ALL);
	return { dir, s, all };
}

async function mirrorsOf(c) {
	const r = await c.get('/v1/mirrors');
	assert.equal(r.status, 200, r.text);
	return Object.fromEntries(r.json.mirrors.map((m) => [m.prefix, m]));
}

test('what waits is shown, taken over, served, and given back', { skip },
	async (t) => {
		const { s, all } = await rings(t);
		const c = await s.signedIn(t);
		assert.equal((await c.get('/v1/session')).json.name, 'anna');
		const before = readFileSync(join(all, LIST));
		const m = await mirrorsOf(c);
		assert.deepEqual(Object.keys(m), ['test', 'all']);
		assert.equal(m.test.waiting, null);
		assert.equal(m.test.problem, null);
		assert.equal(m.all.changes, null);
		assert.equal(m.all.has_previous, false);
		const roots = m.all.lists.find((l) => l.kind === 'roots');
		assert.match(roots.date, /^2020-05-/);
		assert.equal(roots.problem, null);
		assert.equal(m.all.served.date, roots.date);
		assert.equal(m.all.certificates, roots.entries);

		// What waits is what the command line says of the two.
		const diff = JSON.parse((await surguch('--json', 'trust', 'diff',
			all, join(all, '../test'), '--old')).out);
		const { waiting } = m.all;
		assert.equal(waiting.from, 'test');
		assert.equal(waiting.age, 1);
		assert.deepEqual(waiting.changes.counts, diff.counts);
		assert.deepEqual(waiting.changes.list.map(({ change, sha1, name, text }) =>
			({ change, sha1, name, text })), diff.changes);
		const limited = waiting.changes.list.find((x) => x.change === 'limited');
		assert.match(limited.at, /^20\d\d-\d\d-\d\dT/);
		assert.ok(limited.text.includes(limited.uses));
		assert.ok(waiting.changes.counts.came > 0);

		const r = await c.post('/v1/mirrors/1/take-over',
			{ number: waiting.number });
		assert.equal(r.status, 200, r.text + s.log);
		assert.equal(r.json.changed, true);
		const want = readFileSync(join(all, '../test', LIST));
		assert.ok(readFileSync(join(all, LIST)).equals(want));
		await until(async () => (await s.get(`/all/${LIST}`)).body.equals(want),
			() => 'not served');
		assert.match(s.log, /event=admin\.take_over admin=anna/);
		const now = await mirrorsOf(c);
		assert.equal(now.all.waiting.age, 0);
		assert.equal(now.all.has_previous, true);
		assert.equal(now.all.changes.since, roots.date);
		assert.deepEqual(now.all.changes.counts, diff.counts);

		const back = await c.post('/v1/mirrors/1/back');
		assert.equal(back.status, 200, back.text);
		assert.ok(readFileSync(join(all, LIST)).equals(before));
		await until(async () => (await s.get(`/all/${LIST}`)).body.equals(before),
			() => 'not served');
		t.diagnostic('proves: F3');
	});

test('who fetched what', { skip }, async (t) => {
	const { s } = await rings(t);
	const c = await s.signedIn(t);
	assert.deepEqual((await c.get('/v1/clients')).json.clients, []);
	const other = new Client(s.url, { localAddress: '127.0.0.7' });
	t.after(() => other.close());
	await other.get(`/all/${LIST}?0123`);
	await s.get(`/test/${LIST}`);
	await s.get('/nowhere/x');
	await s.get('/all/%3Cb%3E"');
	await s.get(`/TEST/${LIST}`, { 'if-none-match': '*' });
	const seen = (await c.get('/v1/clients')).json.clients
		.map(({ at, ...x }) => {
			assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60000, at);
			return x;
		}).sort((a, b) => (a.address + a.mirror < b.address + b.mirror
			? -1 : 1));
	assert.deepEqual(seen, [
		{ address: '127.0.0.1', mirror: 'all', file: '%3Cb%3E%22', times: 1,
			status: 404 },
		{ address: '127.0.0.1', mirror: 'test', file: LIST, times: 2,
			status: 304 },
		{ address: '127.0.0.7', mirror: 'all', file: LIST, times: 1,
			status: 200 },
	]);
});

test('nothing else is taken over than was shown', { skip }, async (t) => {
	const { dir, s, all } = await rings(t);
	const c = await s.signedIn(t);
	const before = filesOf(all);
	const cases = [
		['/v1/mirrors/1/take-over', { number: '00' }, 409, 'mirror.changed'],
		...['0', 'zz', '0'.repeat(63)].map((number) =>
			['/v1/mirrors/1/take-over', { number }, 400,
				'mirror.number_form']),
		...['', '00'.repeat(65)].map((number) =>
			['/v1/mirrors/1/take-over', { number }, 422,
				'json.field.length']),
		['/v1/mirrors/1/take-over', {}, 422, 'json.field.missing'],
		['/v1/mirrors/1/take-over', { number: 1 }, 422, 'json.field.type'],
		['/v1/mirrors/1/take-over', { number: '00', more: 1 }, 422,
			'json.field.unknown'],
		['/v1/mirrors/0/take-over', { number: '00' }, 422, 'mirror.source'],
		['/v1/mirrors/2/take-over', { number: '00' }, 404, 'mirror.none'],
		['/v1/mirrors/01/take-over', { number: '00' }, 404, 'mirror.none'],
		['/v1/mirrors/-1/back', undefined, 404, 'mirror.none'],
		['/v1/mirrors/1/back', undefined, 404, 'mirror.previous'],
	];
	for (const [path, body, status, rule] of cases) {
		const r = await c.post(path, body);
		assert.deepEqual([r.status, r.json.rule], [status, rule],
			`${path} ${JSON.stringify(body)}: ${r.text}`);
	}
	// The source is broken meanwhile: verified again, nothing is replaced.
	const { waiting } = (await mirrorsOf(c)).all;
	const cert = filesOf(join(dir, 'test')).filter((f) => f.endsWith('.crt') &&
		!existsSync(join(all, f)))[0];
	writeFileSync(join(dir, 'test', cert), 'no certificate');
	const r = await c.post('/v1/mirrors/1/take-over',
		{ number: waiting.number });
	assert.equal(r.json.rule, 'mirror.certificate', r.text);
	assert.match(r.json.field, new RegExp(cert));
	assert.deepEqual(filesOf(all), before);
	const broken = (await mirrorsOf(c)).test;
	assert.ok(broken.problem !== null || broken.missing > 0);
	// What was served before is served on, and told so.
	assert.ok(broken.served.date > waiting.changes.since);
});

test('who gets in, and for how long', { skip }, async (t) => {
	const { s, dir } = await rings(t);
	// Nothing without a session.
	const c = s.client(t);
	for (const path of ['/v1/session', '/v1/mirrors', '/v1/clients']) {
		const r = await c.get(path);
		assert.deepEqual([r.status, r.json.rule], [401, 'session.none'], path);
	}
	for (const path of ['/v1/mirrors/1/take-over', '/v1/mirrors/1/back']) {
		const r = await c.post(path, path.endsWith('back') ? undefined
			: { number: '00' });
		assert.equal(r.status, 401, r.text);
	}
	// A cookie that is none, and one that was made up.
	c.cookies.set('surguch_trustd', 'A'.repeat(43));
	assert.equal((await c.get('/v1/mirrors')).status, 401);
	c.cookies.clear();

	const boris = await s.addAdmin('boris');
	const b = await s.signedIn(t, boris);
	const cookie = (await s.signedIn(t)).cookies.get('surguch_trustd');
	assert.equal(cookie.length, 43);
	// The cookie's shape, by the header itself.
	const r = await c.post('/v1/session', { key: s.anna });
	assert.match(String(r.headers['set-cookie']), /HttpOnly/i);
	assert.match(String(r.headers['set-cookie']), /Secure/i);
	assert.match(String(r.headers['set-cookie']), /SameSite=/i);
	assert.equal(r.headers['cache-control'], 'no-store');

	// Another site's page, and what says nothing of where it comes from.
	for (const headers of [{ origin: 'https://evil.example' },
		{ origin: 'null' }, { origin: s.api.replace('https', 'http') }]) {
		const x = await c.post('/v1/mirrors/1/back', undefined, { headers });
		assert.deepEqual([x.status, x.json.rule], [403, 'request.origin']);
	}
	const bare = new Client(s.api, { ca: s.apiCa });
	t.after(() => bare.close());
	assert.equal((await bare.post('/v1/session', { key: s.anna })).json.rule,
		'request.origin');

	// Signed out, and taken out of the file.
	assert.equal((await c.request('DELETE', '/v1/session')).status, 204);
	assert.equal((await c.get('/v1/mirrors')).status, 401);
	assert.equal((await b.get('/v1/mirrors')).status, 200);
	assert.equal((await exec(TRUSTD, ['-c', s.conf, '-d', 'boris'])).code, 0);
	assert.equal((await b.get('/v1/mirrors')).status, 401);
	assert.equal((await c.post('/v1/session', { key: boris })).status, 401);
	// Nor does the log know a key.
	assert.doesNotMatch(s.log, new RegExp(`${s.anna}|${boris}|${cookie}`));

	// Guessing is slowed down, also for the right key.
	const answers = [];
	for (let i = 0; i < 15; i++) {
		answers.push((await c.post('/v1/session',
			{ key: `${i}`.padStart(43, 'A') })).status);
	}
	assert.ok(answers.includes(429), String(answers));
	assert.equal((await c.post('/v1/session', { key: s.anna })).status, 429);
	// The door is for TLS, and clients' door knows nothing of it.
	assert.equal((await s.get('/v1/mirrors')).status, 404);
	assert.equal((await s.get('/v1/session')).status, 404);
	assert.ok(existsSync(dir));
});

test('a file of administrators that others could read lets nobody in',
	{ skip }, async (t) => {
		const { s } = await rings(t);
		const c = await s.signedIn(t);
		chmodSync(s.admins, 0o644);
		const r = await s.client(t).post('/v1/session', { key: s.anna });
		assert.deepEqual([r.status, r.json.rule], [403, 'file.secret_mode']);
		assert.notEqual((await c.get('/v1/mirrors')).status, 200);
		chmodSync(s.admins, 0o600);
		assert.equal((await c.get('/v1/mirrors')).status, 200);
	});

test('settings that cannot be are told', { skip }, async () => {
	const dir = scratch();
	const conf = join(dir, 'x.conf');
	for (const [text, want] of [
		['admin = { address = "127.0.0.1"; };', /certificate.*is needed/],
		['admin = { address = "127.0.0.1"; certificate = "/a"; };',
			/key.*is needed/],
	]) {
		writeFileSync(conf, `${text}\nmirrors = ({ directory = "/x"; });`);
		const r = await exec(TRUSTD, ['-n', '-c', conf]);
		assert.equal(r.code, 1);
		assert.match(r.all, want);
	}
	writeFileSync(conf, 'mirrors = ({ prefix = "a"; directory = "/x"; ' +
		'takes_from = "a"; });');
	assert.match((await exec(TRUSTD, ['-n', '-c', conf])).all,
		/takes_from.*no other mirror/);
	writeFileSync(conf, 'mirrors = ({ directory = "/x"; });\n' +
		`admin = { administrators = "${join(dir, 'a')}"; };`);
	const bad = await exec(TRUSTD, ['-c', conf, '-a', 'a b']);
	assert.equal(bad.code, 1);
	assert.match(bad.all, /admin\.name/);
});

// The process that answers cannot write to mirrors; the one that can hears
// nothing from outside, and its end is told.
test('who writes, and what when it is gone', { skip }, async (t) => {
	const { s } = await rings(t);
	const c = await s.signedIn(t);
	const children = (await exec('pgrep', ['-P', String(s.pid)])).out.trim()
		.split('\n');
	assert.equal(children.length, 1);
	const sockets = (pid) => readdirSync(`/proc/${pid}/fd`).length;
	assert.ok(sockets(children[0]) <= 8, String(sockets(children[0])));
	process.kill(Number(children[0]), 'SIGKILL');
	const { waiting } = (await mirrorsOf(c)).all;
	const r = await c.post('/v1/mirrors/1/take-over',
		{ number: waiting.number });
	assert.equal(r.status, 500, r.text);
	await until(() => /promoter\.gone/.test(s.log), () => s.log);
	assert.equal((await s.get(`/all/${LIST}`)).status, 200);
});
