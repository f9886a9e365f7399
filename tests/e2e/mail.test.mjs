// SPDX-License-Identifier: Apache-2.0
// Notices by mail: what a person reads, who may never hear of it, and what
// becomes of a mail when the server is away, refuses or breaks off.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, call, ctl, PERSON, snils, sql, startDesk } from
	'./lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { FROM, FROM_NAME, MailServer, PASSWORD, readMail, USER } from
	'./lib/mailserver.mjs';
import { ACT_CODE, addForm, gostRequest, Person } from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

const RETRY_SEC = 20; // the first pause

test('notices by mail', async (t) => {
	const server = await MailServer.make(t);
	await server.start();
	const centre = await startDesk(t, { seams: true,
		configure: (c) => server.configure(c) });
	let clock = 0;
	let num = 0;

	const later = (sec) => centre.clock.set(clock += sec);
	// Courier with other settings, or the server with another certificate.
	const anew = () => centre.killRole('surguch-courier');
	async function owner(more = {}) {
		num += 1;
		const phone = `+7916700${1000 + num}`;
		const person = await addPerson(centre,
			{ ...PERSON, snils: snils(num), ...more });
		const form = await addForm(centre, { phone, person });
		return { phone, form, person, email: more.email ?? PERSON.email };
	}
	// Something that a notice tells of: {phone, email, form}
	async function event() {
		const p = await owner({ email: `someone-${num}@e.ru` });
		const path = `/v1/forms/${p.form}`;
		const { version } = expectStatus(await call(centre, 'GET', path), 200);
		expectStatus(await call(centre, 'PUT', path, { owner_kind: 'person',
			person: p.person, support_phone: '88005005080', version,
			phone: `+7916799${1000 + num}` }), 200);
		return p;
	}
	const mailsTo = (address) =>
		server.mails().filter((m) => m.to.includes(address));
	// The newest mail in the outbox, once it is like `state`.
	async function ends(state, match = /^/) {
		let row;
		await until(async () => {
			[row] = await sql(centre, 'select state, failure, attempts, tried ' +
				'from outbox where kind = \'mail\' ' +
				'order by created_at desc, id desc limit 1');
			return row?.[0] === state && match.test(row[1] ?? '');
		}, () => `${state}; it is ${row}\n${server.program.log}\n` +
			`${JSON.stringify(server.heard().slice(-12))}`);
		return { state: row[0], failure: row[1], attempts: Number(row[2]),
			tried: row[3] };
	}
	// The newest one arrives, by the pauses between its tries.
	async function delivered() {
		await until(async () => {
			later(RETRY_SEC + 1);
			const [row] = await sql(centre, 'select state from outbox ' +
				'where kind = \'mail\' order by created_at desc, id desc limit 1');
			return row[0] === 'delivered';
		}, () => `it to arrive\n${server.program.log}\n` +
			JSON.stringify(server.heard().slice(-12)), { everyMs: 400 });
	}
	const finding = async () => JSON.parse((await ctl(centre, 'doctor',
		'--json')).out).findings.find((f) => f.what === 'mail');

	await t.test('an issue in a walk is told by SMS and by mail', async () => {
		const p = await owner({ email: 'direktor+uc@e.ru' });
		const person = await new Person(centre, p.phone).signIn();
		const { der } = await gostRequest(centre.dir, 'walk');
		await person.obtain(p.form, der);
		await centre.sms(/Сертификат выпущен/, { to: p.phone });
		await until(() => server.mails().length > 0, 'the mail');
		const [mail] = server.mails();
		assert.equal(mail.from, FROM);
		assert.deepEqual(mail.to, ['direktor+uc@e.ru']);
		assert.equal(mail.user, USER);
		assert.equal(mail.tls, true);
		assert.equal(mail.hello, 'uc.example.ru');
		assert.doesNotMatch(mail.data, /[^\r\n\x20-\x7e]/); // lines, in ASCII
		for (const line of mail.data.split('\r\n')) {
			assert.ok(line.length <= 78 && !/[\r\n]/.test(line), line);
		}
		const read = await readMail(mail.data);
		assert.deepEqual(read.defects, []);
		assert.equal(read.from, FROM);
		assert.equal(read.from_name, FROM_NAME);
		assert.deepEqual(read.to, ['direktor+uc@e.ru']);
		assert.equal(read.header('subject'), 'Сертификат выпущен');
		assert.equal(read.header('auto-submitted'), 'auto-generated');
		assert.equal(read.type, 'text/plain');
		assert.equal(read.charset, 'utf-8');
		assert.match(read.text, /^Сертификат выпущен: Иванов Иван Иванович/);
		assert.match(read.text, /Кодов удостоверяющий центр по почте не присы/);
		const message = read.header('message-id');
		assert.match(message, /^<msg_[0-9a-z]{26}@uc\.example\.ru>$/);
		assert.ok(Math.abs(read.date * 1000 - Date.now()) < 600000);
		const listed = (await ctl(centre, 'message', 'list')).out;
		assert.match(listed, new RegExp(`${message.slice(1, 31)}  mail  ` +
			'certificate\\.issued +sent '));
		// What is sent is wiped, and was one of the two.
		assert.deepEqual(await sql(centre, 'select kind, state from outbox ' +
			'where purpose = \'certificate.issued\' and body is null ' +
			'order by kind'), [['mail', 'delivered'], ['sms', 'delivered']]);

		// The owner stops it.
		const cert = expectStatus(await person.get('/v1/my/certificates'), 200)
			.certificates[0].id;
		expectStatus(await person.post(
			`/v1/my/certificates/${cert}/stop/code`), 200);
		expectStatus(await person.post(`/v1/my/certificates/${cert}/stop`, {
			code: await person.code(ACT_CODE),
			reason: 'key_compromise' }), 200);
		await until(() => server.mails().length > 1, 'the second mail');
		const second = await readMail(server.mails()[1].data);
		assert.equal(second.header('subject'),
			'Действие сертификата прекращено');
		assert.notEqual(second.header('message-id'), message);
	});

	await t.test('nobody without an address, no code by mail', async () => {
		const before = server.mails().length;
		const form = await owner({ email: '' });
		const r = await call(centre, 'GET', `/v1/forms/${form.form}`);
		assert.equal(r.status, 200);
		await (await new Person(centre, form.phone).signIn()).get('/v1/my');
		assert.equal(server.mails().length, before);
		assert.deepEqual(await sql(centre, 'select count(*) from outbox ' +
			'where kind = \'mail\' and code_id is not null'), [['0']]);
		// Every code that a phone got, in every mail.
		const codes = centre.messages().map((m) =>
			/(\d{3,4} \d{3,4})(?! *\d)/.exec(m.text)?.[1]).filter(Boolean);
		assert.ok(codes.length >= 4);
		for (const mail of server.mails()) {
			const { text } = await readMail(mail.data);
			for (const code of codes) {
				assert.ok(!text.includes(code) &&
					!text.includes(code.replace(' ', '')), text);
			}
		}
	});

	await t.test('the server is down: sent once it is up', async () => {
		await server.stop();
		const p = await event();
		const row = await ends('due', /the mail was not given/);
		assert.equal(row.tried, 'mail retry');
		await centre.sms(/указан другой телефон/, { to: p.phone }); // at once
		assert.match((await finding()).text, /1 mails wait after a failure/);
		await server.start();
		await delivered();
		assert.equal(mailsTo(p.email).length, 1);
		assert.equal(await finding(), undefined);
	});

	await t.test('it asks to come later: so we do', async () => {
		for (const how of ['defer', 'late']) {
			server.behave(how);
			const p = await event();
			const { failure } = await ends('due', /come later/);
			assert.match(failure, how === 'defer' ?
				/451 4\.7\.1 come again later/ : /452 4\.3\.1 no room now/);
			server.behave('ok');
			await delivered();
			assert.equal(mailsTo(p.email).length, 1);
		}
	});

	await t.test('it refuses for good: said, and not tried again', async () => {
		for (const [how, words] of [
			['refuse', '550-5.1.1 * Recipient address rejected: ' +
				'5.1.1 no such user * here'],
			['spam', '554-5.7.1 we take no 5.7.1 such mail']]) {
			server.behave(how);
			const p = await event();
			const { failure, attempts } = await ends('failed');
			assert.equal(failure, `the mail server refused it: ${words}`);
			assert.equal(attempts, 1);
			server.behave('ok');
			later(700);
			assert.equal(mailsTo(p.email).length, 0);
			assert.ok((await ctl(centre, 'message', 'list')).out.includes(words));
		}
		assert.match((await finding()).text, /2 were given up within a day/);
		const { out } = await ctl(centre, 'metrics');
		assert.match(out, /_tries_total\{route="mail",outcome="refused"\} 2/);
	});

	await t.test('it breaks off in the mail: the whole one follows', async () => {
		server.behave('cut');
		const p = await event();
		await ends('due', /was given and has no answer/);
		assert.equal(mailsTo(p.email).length, 0);
		server.behave('ok');
		await delivered();
		assert.equal(mailsTo(p.email).length, 1);
	});

	await t.test('it takes it and never says so: the same mail', async () => {
		server.behave('mute');
		const p = await event();
		await ends('due', /was given and has no answer/);
		server.behave('ok');
		await delivered();
		const [one, two] = mailsTo(p.email);
		assert.equal(mailsTo(p.email).length, 2);
		assert.equal(one.data, two.data); // Message-ID and Date too
	});

	await t.test('courier dies before the answer: the same mail', async () => {
		server.behave('slow');
		const p = await event();
		await until(() => mailsTo(p.email).length === 1, 'it to be taken');
		server.behave('ok');
		await anew();
		await ends('delivered');
		const [one, two] = mailsTo(p.email);
		assert.equal(mailsTo(p.email).length, 2);
		assert.equal(one.data, two.data);
	});

	await t.test('a mail server that hangs holds up no code', async () => {
		server.behave('hang');
		const hung = [];
		for (let i = 0; i < 3; i++) { // courier has two threads
			hung.push(await event());
		}
		const q = await owner();
		await new Person(centre, q.phone).signIn(); // within its limits
		server.behave('ok');
		await until(async () => {
			later(RETRY_SEC + 1);
			return hung.every((p) => mailsTo(p.email).length === 1);
		}, 'all of them', { timeoutMs: 30000, everyMs: 500 });
	});

	await t.test('a QUIT without an answer is no failure', async () => {
		server.behave('quitless');
		const p = await event();
		await ends('delivered');
		assert.equal(mailsTo(p.email).length, 1);
		server.behave('ok');
	});

	// Neither a mail nor an address nor a password is told to it.
	async function nothing(why, start) {
		const taken = server.mails().length;
		await server.stop();
		await start();
		const heard = server.heard().length;
		const p = await event();
		await ends('due', why);
		for (const { line } of server.heard().slice(heard)) {
			assert.match(line, /^(EHLO|HELO|STARTTLS|QUIT)/);
		}
		assert.equal(server.mails().length, taken);
		await server.stop();
		await server.certify('IP:127.0.0.1');
		await server.start();
		await delivered();
		assert.equal(mailsTo(p.email).length, 1);
	}

	await t.test('a server without STARTTLS gets nothing', () =>
		nothing(/STARTTLS|SSL/, () => server.start({ tls: 'no' })));

	await t.test('nor one with another\'s name', () =>
		nothing(/the mail was not given: SSL: no alternative/, async () => {
			await server.certify('DNS:mail.example.org');
			await server.start();
		}));

	await t.test('nor one of another root', () =>
		nothing(/the mail was not given: SSL certificate problem/, async () => {
			await server.certify('IP:127.0.0.1', { stranger: true });
			await server.start();
		}));

	await t.test('TLS from the first byte does too', async () => {
		await server.stop();
		await server.start({ tls: 'now' });
		server.configure(centre, '', `smtps://127.0.0.1:${server.port}`);
		await anew();
		const p = await event();
		await ends('delivered');
		assert.equal(mailsTo(p.email).length, 1);
	});

	await t.test('without TLS where the settings say so', async () => {
		await server.stop();
		await server.start({ tls: 'no' });
		server.configure(centre, 'insecure_plain = true;');
		await anew();
		const p = await event();
		await delivered();
		assert.equal(mailsTo(p.email)[0].tls, false);
		await server.stop();
		await server.start({ tls: 'now' });
	});

	await t.test('a wrong password: said, tried again', async () => {
		server.configure(centre, '', `smtps://127.0.0.1:${server.port}`);
		writeFileSync(join(centre.dir, 'etc/surguch/mail.secret'), 'wrong\n');
		await anew();
		await event();
		await ends('due', /takes no mail from us: 535 5\.7\.8 wrong user/);
		server.configure(centre, '', `smtps://127.0.0.1:${server.port}`);
		await anew();
		await delivered();
	});

	await t.test('settings without a mail server: none is written', async () => {
		writeFileSync(join(centre.dir, 'etc/surguch/courier.conf'),
			server.gateway);
		await anew();
		const before = await sql(centre, 'select count(*) from outbox ' +
			'where kind = \'mail\'');
		const p = await event();
		await centre.sms(/указан другой телефон/, { to: p.phone });
		assert.deepEqual(await sql(centre, 'select count(*) from outbox ' +
			'where kind = \'mail\''), before);
	});

	await t.test('the password and the addresses are in no log', async () => {
		const base64 = (text) => Buffer.from(text).toString('base64');
		for (const secret of [PASSWORD, base64(PASSWORD),
			base64(`\0${USER}\0${PASSWORD}`), '@e.ru', 'someone-']) {
			assert.ok(!centre.log.includes(secret), secret);
		}
		const { out } = await ctl(centre, 'message', 'list');
		assert.ok(!/@e\.ru|someone-/.test(out), out);
		assert.ok(readFileSync(join(centre.dir, 'etc/surguch/mail.secret'),
			'utf8').includes(PASSWORD)); // the one that was looked for
	});
	t.diagnostic('proves: A12');
});
