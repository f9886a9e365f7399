// SPDX-License-Identifier: Apache-2.0
// A mirror that tells by mail or to a web address when its lists change, age, or
// when it could not be brought up: one message each, and none is lost.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync,
	utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTls } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { MailServer, PASSWORD, readMail, USER } from './lib/mailserver.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const DATA = join(REFERENCE_DATA, 'trust');
const skip = existsSync(DATA) ? false : 'no reference data';
const at = (path) => join(DATA, path);
const REAL = at('mirror-20210126');
const TO = 'admin@corp.example.ru';

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 60 });
const mirror = (...args) => surguch('trust', 'mirror', ...args, '--old');

function good(r) {
	assert.equal(r.code, 0, r.all);
	return r;
}

function refused(r, rule) {
	assert.notEqual(r.code, 0, r.all);
	assert.ok(r.err.includes(`rule ${rule}`), r.err);
}

// The list of May 2020 with its certificates.
function older(dir) {
	mkdirSync(dir);
	copyFileSync(at('cab/authrootstl-20200518.cab'),
		join(dir, 'authrootstl.cab'));
	const last = '7991e834f7e2eedd08950152e9552d14e958d57e.crt';
	copyFileSync(at(`sst/${last}`), join(dir, last));
	for (const f of readdirSync(REAL).filter((n) => n.endsWith('.crt'))) {
		copyFileSync(join(REAL, f), join(dir, f));
	}
	return dir;
}

function places() {
	const dir = scratch();
	const to = join(dir, 'roots');
	mkdirSync(to);
	return { dir, to, from: older(join(dir, 'older')) };
}

// Somebody who listens: {messages, url, answer}
async function listener(t, tls = null) {
	const l = { messages: [], status: 200 };
	const take = (q, r) => {
		let body = '';
		q.setEncoding('utf8').on('data', (d) => {
			body += d;
		}).on('end', () => {
			if (l.status === 200) {
				l.messages.push({ method: q.method, type:
					q.headers['content-type'], ...JSON.parse(body) });
			}
			r.writeHead(l.status).end('ok');
		});
	};
	const server = (tls ? createTls(tls, take) : createServer(take))
		.listen(0, '127.0.0.1');
	await once(server, 'listening');
	t.after(() => server.close());
	l.url = `http${tls ? 's' : ''}://127.0.0.1:${server.address().port}/hook`;
	return l;
}

test('by mail: what came, what went, what is disabled', { skip }, async (t) => {
	const { dir, to, from } = places();
	const server = await MailServer.make(t);
	await server.start();
	const secret = join(dir, 'secret');
	writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
	const notify = ['--notify', `mailto:${TO}`, '--smtp',
		`smtp://127.0.0.1:${server.port}`, '--smtp-user', USER,
		'--smtp-password-file', secret, '--notify-ca', server.ca, '--from',
		'roots@corp.example.ru'];
	good(await mirror(from, to, ...notify));
	assert.equal(server.mails().length, 1);
	// As before: nothing to tell.
	good(await mirror(from, to, ...notify));
	assert.equal(server.mails().length, 1);
	good(await mirror(REAL, to, ...notify));
	assert.equal(server.mails().length, 2);
	const [first, second] = await Promise.all(server.mails()
		.map((m) => readMail(m.data)));
	assert.ok(server.mails().every((m) => m.tls && m.user === USER &&
		m.from === 'roots@corp.example.ru'));
	for (const m of [first, second]) {
		assert.deepEqual(m.to, [TO]);
		assert.deepEqual(m.defects, []);
		assert.match(m.header('subject'), /^surguch, .+: lists have changed$/);
	}
	assert.match(first.text, /411 entries; none was told of before/);
	assert.match(second.text, /authrootstl\.cab is of 2020-10-12T21:49:04Z, 417 entries; that of 2020-05-18T02:29:03Z had 411: 7 came, 1 went/);
	assert.match(second.text, /disallowedcertstl\.cab .*73 entries/);
	// In the words of trust diff, root for root.
	const diff = JSON.parse((await surguch('--json', 'trust', 'diff', from,
		REAL, '--old')).out);
	assert.ok(diff.changes.length > 8 && diff.changes.length <= 100,
		`${diff.changes.length}`);
	for (const c of diff.changes) {
		assert.ok(second.text.includes(c.sha1), c.sha1);
		assert.ok(second.text.includes(c.text), c.text);
	}
});

test('to a web address: each event once', { skip }, async (t) => {
	const { dir, to, from } = places();
	const l = await listener(t);
	const events = () => l.messages.map((m) => m.event);
	const notify = ['--notify', l.url];
	good(await mirror(from, to, ...notify));
	const [m] = l.messages;
	assert.deepEqual([m.method, m.event, m.mirror], ['POST', 'changed', to]);
	assert.match(m.type, /^application\/json/);
	assert.deepEqual(m.lists.map((x) => [x.file, x.entries]),
		[['authrootstl.cab', 411]]);

	// Aged: once, and again after a week, not each night.
	const aged = [...notify, '--age', '90'];
	good(await mirror(from, to, ...aged));
	good(await mirror(from, to, ...aged));
	assert.deepEqual(events(), ['changed', 'aged']);
	assert.equal(l.messages[1].of, '2020-05-18T02:29:03Z');
	assert.ok(l.messages[1].days > 365 * 6);
	const week = Date.now() / 1000 - 8 * 86400;
	utimesSync(join(to, '.told/aged'), week, week);
	good(await mirror(from, to, ...aged));
	assert.deepEqual(events(), ['changed', 'aged', 'aged']);
	good(await mirror(from, to, ...notify, '--age', '3660'));
	assert.ok(!existsSync(join(to, '.told/aged')));

	// Failed: the reason, once; another reason is another event.
	const broken = join(dir, 'broken');
	mkdirSync(broken);
	refused(await mirror(broken, to, ...notify), 'mirror.list');
	refused(await mirror(broken, to, ...notify), 'mirror.list');
	copyFileSync(join(REAL, 'disallowedcertstl.cab'),
		join(broken, 'authrootstl.cab'));
	refused(await mirror(broken, to, ...notify), 'mirror.kind');
	assert.deepEqual(events().slice(3), ['failed', 'failed']);
	assert.equal(l.messages[3].rule, 'mirror.list');
	assert.match(l.messages[3].text, /the source has no list of roots/);
	assert.equal(l.messages[4].rule, 'mirror.kind');
	good(await mirror(REAL, to, ...notify));
	assert.deepEqual(events().slice(5), ['recovered', 'changed']);
	const diff = JSON.parse((await surguch('--json', 'trust', 'diff', from,
		REAL, '--old')).out);
	const roots = l.messages[6].lists.find((x) => x.file === 'authrootstl.cab');
	assert.deepEqual(roots.changes, diff.changes);
	assert.deepEqual([roots.came, roots.went], [7, 1]);
	assert.deepEqual(l.messages[6].lists.map((x) => x.file),
		['authrootstl.cab', 'disallowedcertstl.cab', 'pinrulesstl.cab']);
	good(await mirror(REAL, to, ...notify));
	assert.equal(l.messages.length, 7);
	// Of a mirror that is not there nothing can be remembered, and all is told.
	rmSync(to, { recursive: true });
	refused(await mirror(REAL, to, ...notify), 'mirror.directory');
	refused(await mirror(REAL, to, ...notify), 'mirror.directory');
	assert.deepEqual(events().slice(7), ['failed', 'failed']);
});

test('a mail has an end, and says what it leaves out', { skip }, async (t) => {
	const { dir, to } = places();
	const server = await MailServer.make(t);
	await server.start({ tls: 'no' });
	const secret = join(dir, 'secret');
	writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
	const notify = ['--notify', `mailto:${TO}`, '--smtp',
		`smtp://127.0.0.1:${server.port}`, '--insecure-plain', '--smtp-user',
		USER, '--smtp-password-file', secret];
	const newest = join(dir, 'newest');
	mkdirSync(newest);
	copyFileSync(at('cab/authrootstl-20250616.cab'),
		join(newest, 'authrootstl.cab'));
	for (const f of readdirSync(at('crt-pem-20250616'))) {
		copyFileSync(at(`crt-pem-20250616/${f}`), join(newest, f));
	}
	good(await mirror(REAL, to, ...notify));
	good(await mirror(newest, to, ...notify));
	const diff = JSON.parse((await surguch('--json', 'trust', 'diff', REAL,
		newest, '--old')).out);
	const { text } = await readMail(server.mails()[1].data);
	const [, more] = /and (\d+) more: surguch trust diff/.exec(text);
	const told = diff.changes.filter((c) => text.includes(c.sha1));
	assert.ok(diff.changes.length > 300, `${diff.changes.length}`);
	assert.ok([...text.matchAll(/^ {4}[0-9a-f]{40}$/gm)].length + Number(more)
		=== diff.changes.length);
	assert.ok(told.length >= 90);
});

test('nobody there: the mirror is brought up, and it is told later', { skip },
	async (t) => {
		const { to, from } = places();
		const l = await listener(t);
		l.status = 503;
		const r = await mirror(from, to, '--notify', l.url);
		refused(r, 'notify.answer');
		assert.match(r.out, /411 entries, new/);
		refused(await mirror(join(to, 'none'), to, '--notify', l.url),
			'file.open');
		// What changed meanwhile is in the one message that gets through.
		refused(await mirror(REAL, to, '--notify', l.url), 'notify.answer');
		l.status = 200;
		good(await mirror(REAL, to, '--notify', l.url));
		assert.deepEqual(l.messages.map((m) => m.event), ['changed']);
		assert.equal(l.messages[0].lists[0].entries, 417);
		assert.equal(l.messages[0].lists.length, 3);
	});

test('over TLS only to whom it should be', { skip }, async (t) => {
	const { dir, to, from } = places();
	const server = await MailServer.make(t);
	const l = await listener(t, {
		key: readFileSync(join(server.dir, 'server.key')),
		cert: readFileSync(join(server.dir, 'server.pem')) });
	const stranger = await mirror(from, to, '--notify', l.url);
	refused(stranger, 'fetch.connect');
	assert.equal(l.messages.length, 0);
	good(await mirror(from, to, '--notify', l.url, '--notify-ca', server.ca));
	assert.equal(l.messages.length, 1);
	// A mail server without TLS is told nothing, unless it is on the loopback
	// and that was said.
	await server.start({ tls: 'no' });
	const mail = ['--notify', `mailto:${TO}`, '--smtp',
		`smtp://127.0.0.1:${server.port}`];
	rmSync(join(to, '.told'), { recursive: true });
	refused(await mirror(from, to, ...mail), 'smtp.connect');
	assert.equal(server.mails().length, 0);
	const secret = join(dir, 'secret');
	writeFileSync(secret, `${PASSWORD}\n`, { mode: 0o600 });
	good(await mirror(from, to, ...mail, '--insecure-plain', '--smtp-user',
		USER, '--smtp-password-file', secret));
	assert.equal(server.mails().length, 1);
	assert.equal(server.mails()[0].from, TO);
});

test('words that do not fit are told before anything is done', { skip },
	async () => {
		const { to, from } = places();
		const smtp = ['--smtp', 'smtps://mail.example.ru'];
		for (const words of [
			['--notify', 'admin@corp.example.ru'],
			['--notify', 'mailto:nobody', ...smtp],
			['--notify', `mailto:${TO}`],
			['--notify', `mailto:${TO}`, '--smtp', 'https://mail.example.ru'],
			['--notify', `mailto:${TO}`, ...smtp, '--from', 'x'],
			['--notify', `mailto:${TO}`, ...smtp, '--insecure-plain'],
			['--notify', `mailto:${TO}`, ...smtp, '--smtp-user', 'x'],
			['--notify', 'https://hook.example.ru', '--age', '0'],
			['--age', '10'],
			[...smtp],
		]) {
			const r = await mirror(from, to, ...words);
			assert.equal(r.code, 2, r.all);
			assert.match(r.err, /rule cli\.option/, r.err);
		}
		assert.deepEqual(readdirSync(to), []);
	});
