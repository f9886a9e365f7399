// SPDX-License-Identifier: Apache-2.0
// A mirror of Microsoft's lists: beside one that certutil -syncWithWU made, out
// of loose files, over HTTP; from sources that lie; killed at every step; on a
// full disk.  Whoever looks at it finds it whole, verified, and not older.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync,
	readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { exec, must } from '../run/exec.mjs';
import { Running } from './lib/processes.mjs';
import { AS_ROOT, BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';
import { killedAt, Steps } from './lib/seams.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = existsSync(DATA) ? false : 'no reference data';
const at = (path) => join(DATA, path);
const REAL = at('mirror-20210126');
const LISTS = ['authrootstl.cab', 'disallowedcertstl.cab', 'pinrulesstl.cab'];
const STORES = ['disallowedcert.sst', 'pinrules.sst'];
const SURGUCH = join(BUILD, 'src/cli/surguch');

const surguch = (...args) => exec(SURGUCH, args, { timeoutSec: 60 });
const mirror = (...args) => surguch('trust', 'mirror', ...args, '--old');
const certsOf = (dir) => readdirSync(dir).filter((f) => f.endsWith('.crt'));

function good(r) {
	assert.equal(r.code, 0, r.all);
	return r;
}

function refused(r, rule) {
	assert.equal(r.code, rule === 'mirror.answer' ? 4 : 1, r.all);
	assert.ok(r.err.includes(`rule ${rule}`), r.err);
}

// What a client sees, by content.
function seen(dir) {
	return Object.fromEntries(readdirSync(dir)
		.filter((f) => !f.startsWith('.')).sort().map((f) => [f,
			createHash('sha256').update(readFileSync(join(dir, f)))
				.digest('hex')]));
}

async function shown(dir) {
	const r = await surguch('--json', 'trust', 'show', dir, '--old');
	assert.equal(r.code, 0, r.all);
	return JSON.parse(r.out).parts.find((p) => p.kind === 'roots');
}

// Whole: the list of roots is good, and each certificate it names is there.
async function whole(dir) {
	const part = await shown(dir);
	assert.deepEqual(part.roots.filter((r) => !r.at_hand), []);
	return part.this_update;
}

// The state of May 2020: its list, its certificates, no more.
function old(dir) {
	mkdirSync(dir);
	copyFileSync(at('cab/authrootstl-20200518.cab'),
		join(dir, 'authrootstl.cab'));
	for (const f of certsOf(REAL)) {
		copyFileSync(join(REAL, f), join(dir, f));
	}
	const last = '7991e834f7e2eedd08950152e9552d14e958d57e.crt';
	copyFileSync(at(`sst/${last}`), join(dir, last));
	return dir;
}

async function oldMirror(dir) {
	const source = old(`${dir}.source`);
	mkdirSync(dir);
	good(await mirror(source, dir));
	return dir;
}

test('the directory that certutil -syncWithWU made', { skip }, async (t) => {
	const dir = scratch();
	const to = join(dir, 'mirror');
	refused(await mirror(REAL, to), 'mirror.directory');
	mkdirSync(to);
	const r = good(await mirror(REAL, to));
	assert.match(r.out, /authrootstl\.cab +2020-10-12T21:49:04Z, 417 entries, new/);
	const real = seen(REAL);
	// Beside it somebody has unpacked the lists.
	for (const f of ['authroot', 'disallowedcert', 'pinrules']) {
		delete real[`${f}.stl`];
	}
	assert.equal(Object.keys(real).length, 417 + 3 + 2);
	assert.deepEqual(seen(to), real);
	const again = good(await mirror(REAL, to));
	assert.match(again.out, /417 entries, as before/);
	assert.match(again.out, /certificates +417, 0 of them new/);
	refused(await mirror(REAL, to, '--new'), 'mirror.exists');
	const strict = await surguch('trust', 'mirror', REAL, to, '--old',
		'--strict');
	refused(strict, 'chain.expired');
	refused(await surguch('trust', 'mirror', REAL, to), 'stl.old');
	t.diagnostic('proves: F3');
});

test('loose files: cabinets of our own, opened by others', { skip },
	async () => {
		const dir = scratch();
		const [from, to, out] = ['from', 'to', 'out'].map((n) => join(dir, n));
		for (const d of [from, to, out]) {
			mkdirSync(d);
		}
		// Capitals and PEM, as people keep them.
		cpSync(at('crt-pem-20250616'), from, { recursive: true });
		copyFileSync(at('stl/authroot-20250616.stl'), join(from, 'AuthRoot.stl'));
		copyFileSync(at('stl/disallowedcert-20190813.stl'),
			join(from, 'disallowedcert.stl'));
		good(await mirror(from, to));
		await whole(to);
		assert.equal(certsOf(to).length, 514);
		for (const f of certsOf(to)) {
			assert.match(f, /^[0-9a-f]{40}\.crt$/);
			assert.equal(createHash('sha1').update(readFileSync(join(to, f)))
				.digest('hex'), f.slice(0, 40));
		}
		const content = readFileSync(at('stl/authroot-20250616.stl'));
		await must('cabextract', ['-q', '-d', out, join(to, 'authrootstl.cab')]);
		assert.ok(readFileSync(join(out, 'authroot.stl')).equals(content));
		rmSync(join(out, 'authroot.stl'));
		await must('gcab', ['-x', '-C', out, join(to, 'authrootstl.cab')]);
		assert.ok(readFileSync(join(out, 'authroot.stl')).equals(content));
		// The same again gives the same octets.
		const second = join(dir, 'second');
		mkdirSync(second);
		good(await mirror(from, second));
		assert.deepEqual(seen(second), seen(to));
	});

test('forward, back, and what is stale', { skip }, async () => {
	const dir = scratch();
	const to = await oldMirror(join(dir, 'mirror'));
	const before = seen(to);
	assert.equal(await whole(to), '2020-05-18T02:29:03Z');
	const r = good(await mirror(REAL, to));
	assert.match(r.out, /stale +\d+, which no list names any more/);
	assert.equal(await whole(to), '2020-10-12T21:49:04Z');
	const forward = seen(to);
	// Not back by a source, nor by the same number with other content.
	refused(await mirror(`${to}.source`, to), 'mirror.older');
	assert.deepEqual(seen(to), forward);
	good(await surguch('trust', 'mirror-back', to, '--old'));
	assert.equal(await whole(to), '2020-05-18T02:29:03Z');
	assert.equal(seen(to)['authrootstl.cab'], before['authrootstl.cab']);
	good(await surguch('trust', 'mirror-back', to, '--old'));
	assert.equal(await whole(to), '2020-10-12T21:49:04Z');
	const moved = good(await mirror(REAL, to, '--remove-stale'));
	assert.match(moved.out, /removed +\d+, moved to \.previous/);
	assert.equal(certsOf(to).length, 417);
	// Those come back too.
	good(await surguch('trust', 'mirror-back', to, '--old'));
	assert.equal(await whole(to), '2020-05-18T02:29:03Z');
	good(await mirror(`${to}.source`, to, '--older'));
	refused(await surguch('trust', 'mirror-back', `${to}.source`, '--old'),
		'mirror.previous');
});

test('a store that is gone, or is not its list\'s, comes back', { skip },
	async () => {
		const to = join(scratch(), 'mirror');
		mkdirSync(to);
		good(await mirror(REAL, to));
		const whole = seen(to);
		const [lost, other] = STORES.map((f) => join(to, f));
		rmSync(lost);
		writeFileSync(other, 'changed');
		const r = good(await mirror(REAL, to));
		assert.equal([...r.out.matchAll(/as before, its store restored$/gm)]
			.length, 2);
		assert.deepEqual(seen(to), whole);
		assert.doesNotMatch(good(await mirror(REAL, to)).out, /restored/);
		// A stranger among what is disallowed.
		copyFileSync(at('sst/rootsupd-2013-04/roots.sst'), lost);
		good(await mirror(REAL, to));
		assert.deepEqual(seen(to), whole);
	});

test('back to nothing but certificates that were moved away', { skip },
	async () => {
		const to = join(scratch(), 'mirror');
		mkdirSync(to);
		good(await mirror(REAL, to));
		rmSync(join(to, '.previous'), { recursive: true, force: true });
		const stale = '7991e834f7e2eedd08950152e9552d14e958d57e.crt';
		copyFileSync(at(`sst/${stale}`), join(to, stale));
		const r = await mirror(REAL, to, '--remove-stale');
		assert.match(good(r).out, /removed +1, moved/);
		const before = seen(to);
		const back = await surguch('trust', 'mirror-back', to, '--old');
		refused(back, 'mirror.previous');
		assert.match(back.err, /no earlier list of this mirror is kept/);
		assert.deepEqual(seen(to), before);
	});

test('a ring after the other', { skip }, async () => {
	const dir = scratch();
	const ring = ['test', 'pilot', 'all'].map((n) => join(dir, n));
	ring.forEach((d) => mkdirSync(d));
	good(await mirror(REAL, ring[0]));
	good(await mirror(ring[0], ring[1]));
	good(await mirror(ring[1], ring[2]));
	assert.deepEqual(seen(ring[2]), seen(ring[0]));
});

test('who else may write there, and two at once', { skip }, async (t) => {
	const dir = scratch();
	const to = join(dir, 'mirror');
	mkdirSync(to);
	chmodSync(to, 0o777);
	const r = await mirror(REAL, to);
	assert.equal(r.code, 3, r.all);
	assert.match(r.err, /rule file\./);
	assert.deepEqual(readdirSync(to), []);
	chmodSync(to, 0o755);
	const steps = new Steps();
	const first = new Running(t, SURGUCH, ['trust', 'mirror', REAL, to, '--old'],
		{ env: { SURGUCH_SEAM_FD: '3' }, fds: ['pipe'] });
	let second = null;
	steps.once('mirror.list', async () => {
		second = await mirror(REAL, to);
	});
	steps.attach(first.child.stdio[3]);
	assert.equal((await first.ended).code, 0, first.log);
	refused(second, 'file.locked');
});

// --- over HTTP ----------------------------------------------------------------

class Source {
	static async make(t, dir) {
		const s = new Source();
		s.dir = dir;
		s.asked = [];
		s.lie = () => false; // (name, response) -> answered
		s.server = createServer((q, r) => {
			const name = q.url.split('/').pop();
			s.asked.push(q.url);
			if (s.lie(name, r)) {
				return;
			}
			const path = join(s.dir, name);
			if (!existsSync(path)) {
				r.writeHead(404).end('none');
			} else {
				r.writeHead(200).end(readFileSync(path));
			}
		}).listen(0, '127.0.0.1');
		await once(s.server, 'listening');
		t.after(() => s.server.close());
		s.url = `http://127.0.0.1:${s.server.address().port}/msdownload/en`;
		return s;
	}
}

test('over HTTP, and through a proxy with sign-in', { skip }, async (t) => {
	const dir = scratch();
	const s = await Source.make(t, REAL);
	const to = join(dir, 'mirror');
	mkdirSync(to);
	good(await mirror(`${s.url}/`, to));
	assert.equal(await whole(to), '2020-10-12T21:49:04Z');
	assert.equal(s.asked.length, 417 + 3 + 2);
	// What is there already is not fetched again.
	s.asked = [];
	good(await mirror(s.url, to));
	assert.equal(s.asked.length, 3 + 2);
	const asked = [];
	const proxy = createServer((q, r) => {
		asked.push(q.headers['proxy-authorization']);
		if (q.headers['proxy-authorization'] !==
			`Basic ${Buffer.from('clerk:pass').toString('base64')}`) {
			r.writeHead(407).end();
			return;
		}
		request(q.url, (a) => {
			r.writeHead(a.statusCode);
			a.pipe(r);
		}).end();
	}).listen(0, '127.0.0.1');
	await once(proxy, 'listening');
	t.after(() => proxy.close());
	const port = proxy.address().port;
	good(await mirror(s.url, to, '--proxy', `http://clerk:pass@127.0.0.1:${port}`));
	assert.ok(asked.length >= 5);
	refused(await mirror(s.url, to, '--proxy',
		`http://clerk:wrong@127.0.0.1:${port}`), 'mirror.answer');
});

// A cabinet of a few KiB that says it becomes 30 MiB, and one that becomes more
// than it says.
function bomb() {
	const block = Buffer.concat([Buffer.from('CK'),
		deflateRawSync(Buffer.alloc(32768))]);
	const num = 1100;
	const head = Buffer.alloc(36 + 8 + 16 + 13);
	head.write('MSCF');
	head.writeUInt32LE(head.length + num * (8 + block.length), 8);
	head.writeUInt32LE(44, 16);
	head.set([3, 1, 1, 0, 1, 0], 24);
	head.writeUInt32LE(head.length, 36);
	head.writeUInt16LE(num, 40);
	head.writeUInt16LE(1, 42);
	head.writeUInt32LE(num * 32768, 44);
	head.write('authroot.stl', 60);
	const b = Buffer.alloc(8);
	b.writeUInt16LE(block.length, 4);
	b.writeUInt16LE(32768, 6);
	return Buffer.concat([head, ...Array(num).fill(Buffer.concat([b, block]))]);
}

test('sources that lie', { skip }, async (t) => {
	const dir = scratch();
	const to = await oldMirror(join(dir, 'mirror'));
	const before = seen(to);
	const s = await Source.make(t, REAL);
	const only = (name, act) => (n, r) => n === name && (act(r), true);
	const body = (name, change) => only(name, (r) => {
		const b = Buffer.from(readFileSync(join(REAL, name)));
		r.writeHead(200).end(change(b) ?? b);
	});
	const cut = (b) => b.subarray(0, b.length / 2);
	const some = certsOf(REAL).find((f) => f in before);
	const lies = [
		['a changed cabinet', body(LISTS[0], (b) => {
			b[5000] ^= 1;
		}), 'cab.checksum'],
		['a cut cabinet', body(LISTS[0], cut), 'cab.form'],
		['another kind of list', only(LISTS[0], (r) => r.writeHead(200)
			.end(readFileSync(join(REAL, LISTS[1])))), 'mirror.kind'],
		['an older list', only(LISTS[0], (r) => r.writeHead(200)
			.end(readFileSync(at('cab/authrootstl-20191029.cab')))),
		'mirror.older'],
		['a page with 200', only(LISTS[0], (r) => r.writeHead(200)
			.end('<html>sign in</html>')), 'cab.form'],
		['nothing with 200', only(LISTS[0], (r) => r.writeHead(200).end()),
			'cab.form'],
		['no list at all', (n, r) => (r.writeHead(404).end(), true),
			'mirror.list'],
		['a way elsewhere', (n, r) => (r.writeHead(302, {
			location: `${s.url}/${n}` }).end(), true), 'mirror.redirect'],
		['an ailing server', (n, r) => (r.writeHead(503).end(), true),
			'mirror.answer'],
		['a bomb', only(LISTS[0], (r) => r.writeHead(200).end(bomb())),
			'cab.plain'],
		['a file without end', only(LISTS[0], (r) => {
			r.writeHead(200);
			const more = () => r.destroyed || r.write(Buffer.alloc(1 << 20),
				more);
			more();
		}), 'fetch.size'],
		['a store with a stranger', only(STORES[0], (r) => r.writeHead(200)
			.end(readFileSync(at('sst/rootsupd-2013-04/roots.sst')))),
		'mirror.store'],
		['a cut store', body(STORES[0], cut), 'sst.form'],
	];
	for (const [name, lie, rule] of lies) {
		s.lie = lie;
		const r = await mirror(s.url, to);
		assert.ok(r.err.includes(`rule ${rule}`), `${name}: ${r.all}`);
		assert.notEqual(r.code, 0, name);
		assert.deepEqual(seen(to), before, name);
	}
	// Certificates: the mirror lacks one, and is lied to about it.
	rmSync(join(to, some));
	const lacking = seen(to);
	for (const [name, lie, rule] of [
		['a swapped certificate', only(some, (r) => r.writeHead(200)
			.end(readFileSync(join(REAL, certsOf(REAL)[200])))),
		'mirror.certificate'],
		['a cut certificate', body(some, cut), 'mirror.certificate'],
		['no certificate', only(some, (r) => r.writeHead(404).end()),
			'mirror.certificate'],
		['a page', only(some, (r) => r.writeHead(200).end('<html>')),
			'mirror.certificate'],
	]) {
		s.lie = lie;
		refused(await mirror(s.url, to), rule);
		assert.deepEqual(seen(to), lacking, name);
	}
	s.lie = () => false;
	good(await mirror(s.url, to));
	assert.equal(await whole(to), '2020-10-12T21:49:04Z');
});

// --- killed, and no room --------------------------------------------------------

test('killed at every step', { skip }, async (t) => {
	const dir = scratch();
	const from = await oldMirror(join(dir, 'mirror'));
	const news = certsOf(REAL).slice(0, 12);
	for (const f of news.slice(0, 6)) {
		rmSync(join(from, f)); // so that there are some to write
	}
	const names = new Set();
	let killed = 0;
	for (let step = 0; ; step++) {
		const to = join(dir, `at-${step}`);
		cpSync(from, to, { recursive: true });
		const run = await killedAt(t, step, SURGUCH, ['trust', 'mirror', REAL,
			to, '--old', '--remove-stale']);
		run.names.forEach((name) => names.add(name));
		const part = await shown(to);
		// The old list lacked six certificates from the start.
		const missing = part.roots.filter((r) => !r.at_hand).length;
		if (part.this_update === '2020-10-12T21:49:04Z') {
			assert.equal(missing, 0, `step ${step}`);
		} else {
			assert.ok(missing <= 6, `step ${step}`);
		}
		good(await mirror(REAL, to, '--remove-stale'));
		assert.equal(await whole(to), '2020-10-12T21:49:04Z');
		assert.equal(certsOf(to).length, 417);
		rmSync(to, { recursive: true });
		if (run.signal === null) {
			assert.equal(run.code, 0, run.log);
			break;
		}
		killed++;
	}
	assert.deepEqual([...names].sort(), ['mirror.certificate', 'mirror.list',
		'mirror.saved', 'mirror.stale', 'mirror.store']);
	assert.ok(killed >= 6 + 1 + 3 + 2, `${killed}`);
});

test('a full disk', { skip: skip || (AS_ROOT ? false : 'mounts as root') },
	async (t) => {
		const dir = scratch();
		const old = await oldMirror(join(dir, 'mirror'));
		const to = join(dir, 'small');
		mkdirSync(to);
		await must('mount', ['-t', 'tmpfs', '-o', 'size=2500k,mode=0755', 'none',
			to]);
		t.after(() => must('umount', ['-l', to]));
		cpSync(old, to, { recursive: true });
		const before = seen(to);
		// Room for less and less, until there is none at all.
		let failed = 0;
		for (let kib = 0; kib < 2500; kib += 8) {
			const filler = join(to, '.filler');
			try {
				writeFileSync(filler, Buffer.alloc((kib + 8) * 1024));
			} catch {
				writeFileSync(filler, Buffer.alloc(0), { flag: 'a' });
				const r = await mirror(REAL, to);
				assert.equal(r.code, 1, r.all);
				assert.match(r.err, /rule file\.full/);
				await whole(to);
				failed++;
				break;
			}
		}
		assert.equal(failed, 1);
		assert.equal(seen(to)['authrootstl.cab'], before['authrootstl.cab']);
		rmSync(join(to, '.filler'));
		good(await mirror(REAL, to));
		assert.equal(await whole(to), '2020-10-12T21:49:04Z');
	});
