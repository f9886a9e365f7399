// SPDX-License-Identifier: Apache-2.0
// A certificate's owner ends it at once: by a code in the session, and without
// a session or a phone by a signature of its own key.  Anybody who has a
// certificate is told its status.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from './lib/agent.mjs';
import { addPerson, call, ctl, PERSON, sha256, snils, sql, startDesk }
	from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { openssl, opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, gostRequest, Person } from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

const TRIES = 5;
const TEXT_LIFE_SEC = 900;
const ORDERS_PER_MIN = 5; // API_ORDER_RATE_PER_MIN in src/api/api.h
const PER_MIN = 60;
const PASSWORD = 'пароль person 2';

function refused(r, status, rule) {
	assert.equal(r.status, status, r.text);
	assert.equal(r.json.rule, rule, r.text);
}
const wrong = (code) => (code[0] === '9' ? '1' : '9') + code.slice(1);
const b64 = (bytes) => Buffer.from(bytes).toString('base64');

test('stopping one\'s own certificate', async (t) => {
	const centre = await startDesk(t, { seams: true });
	let num = 0;
	let clock = 0;
	const at = (name) => join(centre.dir, name);
	const anybody = centre.client({ headers: { 'x-surguch-request': '1' } });
	t.after(() => anybody.close());

	// Somebody with a certificate: p.cert (DER), p.key and p.pem (files).
	async function owner() {
		num += 1;
		const phone = `+7916600${1000 + num}`;
		const person = await addPerson(centre,
			{ ...PERSON, snils: snils(num), surname: `Стопова${'аеи'[num % 3]}` });
		const form = await addForm(centre, { phone, person });
		const p = await new Person(centre, phone).signIn();
		const { key, der } = await gostRequest(centre.dir, `stop-${num}`);
		p.cert = await p.obtain(form, der);
		p.key = key;
		p.pem = at(`stop-${num}.pem`);
		writeFileSync(at('one.der'), p.cert);
		await opensslMust(['x509', '-inform', 'DER', '-in', at('one.der'),
			'-out', p.pem]);
		p.id = expectStatus(await p.get('/v1/my/certificates'), 200)
			.certificates[0].id;
		return p;
	}
	const status = async (p) => expectStatus(await anybody.post('/v1/status',
		{ certificate: b64(p.cert) }), 200);
	const stop = (p, body, id = p.id) =>
		p.post(`/v1/my/certificates/${id}/stop`, body);
	async function code(p) {
		expectStatus(await p.post(`/v1/my/certificates/${p.id}/stop/code`), 200);
		const found = await centre.sms(
			/(\d{3} \d{3}) прекращает действие сертификата: Стопов/,
			{ to: p.phone });
		return found[1].replace(/ /g, '');
	}
	async function sign(p, text, key = p.key, signer = p.pem) {
		writeFileSync(at('text'), text);
		await opensslMust(['cms', '-sign', '-binary', '-cades', '-nosmimecap',
			'-in', at('text'), '-signer', signer, '-inkey', key,
			'-outform', 'DER', '-out', at('cms')]);
		return b64(readFileSync(at('cms')));
	}
	const challenge = async (p, reason) => expectStatus(await anybody.post(
		'/v1/stop/challenge', { certificate: b64(p.cert), reason }), 200);

	await t.test('what an operator does to it is told to its owner',
		async () => {
			const p = await owner();
			const told = (text) => centre.sms(
				new RegExp(`Действие сертификата ${text}: Стопов`),
				{ to: p.phone });
			const act = (name, body) => call(centre, 'POST',
				`/v1/certificates/${p.id}/${name}`, body);
			expectStatus(await act('hold', {}), 200);
			await told('приостановлено');
			expectStatus(await act('release', {}), 200);
			await told('возобновлено');
			// What is refused tells nothing.
			refused(await act('release', {}), 409, 'certificate.not_held');
			// From the command line as over the API.
			await ctl(centre, 'certificate', 'revoke', p.id,
				'--reason', 'superseded');
			await told('прекращено');
			assert.equal((await status(p)).status, 'revoked');
			assert.deepEqual(await sql(centre, `SELECT purpose, count(*)
				FROM outbox WHERE purpose IN ('certificate.held',
				'certificate.released', 'certificate.revoked')
				GROUP BY purpose ORDER BY purpose`), [
				['certificate.held', '1'], ['certificate.released', '1'],
				['certificate.revoked', '1']]);
		});

	await t.test('by a code for this act and this certificate', async () => {
		const p = await owner();
		const other = await owner();
		assert.equal((await status(p)).status, 'good');
		const right = await code(p);
		// Another person's certificate is not there, with any code.
		refused(await stop(p, { code: right }, other.id), 404,
			'certificate.none');
		refused(await p.post(`/v1/my/certificates/${other.id}/stop/code`), 404,
			'certificate.none');
		refused(await p.get(`/v1/my/certificates/${other.id}/der`), 404,
			'certificate.none');
		const r = await stop(p, { code: wrong(right) });
		refused(r, 403, 'otp.wrong');
		assert.equal(r.json.tries_left, TRIES - 1);
		refused(await stop(p, { code: right, reason: 'x' }), 422,
			'revocation.reason');
		assert.equal((await status(p)).status, 'good');

		const done = expectStatus(await stop(p, { code: right,
			reason: 'key_compromise' }), 200);
		assert.equal(done.status, 'revoked');
		// Again, with a spent code or none: the same, and nothing is done twice.
		assert.deepEqual(expectStatus(await stop(p, { code: right }), 200), done);
		assert.deepEqual(expectStatus(await stop(p, { code: '000000' }), 200),
			done);
		refused(await p.post(`/v1/my/certificates/${p.id}/stop/code`), 409,
			'certificate.revoked');
		const now = await status(p);
		assert.deepEqual([now.status, now.reason, now.since],
			['revoked', 'key_compromise', done.revoked_at]);
		assert.equal((await status(other)).status, 'good');
		await centre.sms(/Действие сертификата прекращено: Стопов/,
			{ to: p.phone });
		const audit = (await call(centre, 'GET',
			`/v1/audit?object=${p.id}`)).json.records;
		const rows = audit.filter((x) => x.action === 'certificate.revoke');
		assert.equal(rows.length, 1);
		assert.match(rows[0].actor, /^person:ses_/);
		// It is kept, and can still be had.
		const list = (await p.get('/v1/my/certificates')).json.certificates;
		assert.deepEqual(list.map((c) => [c.id, c.status]), [[p.id, 'revoked']]);
		const file = await p.get(`/v1/my/certificates/${p.id}/der`);
		assert.ok(file.body.equals(p.cert));
	});

	await t.test('a code of another step does not do', async () => {
		const p = await owner();
		const form = await addForm(centre, { phone: p.phone,
			person: (await call(centre, 'GET', `/v1/forms/${p.form}`)).json.person });
		await p.apply(form);
		expectStatus(await p.check(), 200);
		const { der } = await gostRequest(centre.dir, 'again');
		expectStatus(await p.request(der), 200);
		const confirms = await p.code(ACT_CODE);
		const stops = await code(p);
		refused(await stop(p, { code: confirms }), 403, 'otp.wrong');
		refused(await p.confirm(stops), 403, 'otp.wrong');
		// Another session of the same phone has no code.
		const elsewhere = await new Person(centre, p.phone).signIn();
		refused(await stop(elsewhere, { code: stops }, p.id), 403,
			'otp.challenge');
		assert.equal((await status(p)).status, 'good');
		expectStatus(await p.confirm(confirms), 200);
		expectStatus(await stop(p, { code: stops }), 200);
	});

	await t.test('by a signature, without a session', async () => {
		const p = await owner();
		const other = await owner();
		const { text, made_at, sha256: sum, expires_at } =
			await challenge(p, 'key_compromise');
		assert.equal(sha256(text), sum);
		assert.equal(Date.parse(expires_at) - Date.parse(made_at),
			TEXT_LIFE_SEC * 1000);
		assert.ok(text.includes(sha256(p.cert)));
		assert.ok(text.includes('key_compromise'));
		assert.ok(text.startsWith('Прошу немедленно прекратить'));
		const send = (change) => anybody.post('/v1/stop', {
			certificate: b64(p.cert), reason: 'key_compromise', made_at,
			...change });
		const signature = await sign(p, text);
		for (const change of [
			{ signature: await sign(other, text) },
			{ signature: await sign(p, `${text} `) },
			{ signature: b64('x') },
			{ signature, reason: 'superseded' },
			{ signature, made_at: new Date(Date.parse(made_at) - 1000)
				.toISOString().replace('.000', '') },
			{ signature, certificate: b64(other.cert) }]) {
			const r = await send(change);
			assert.equal(r.status, 422, r.text);
			assert.equal(r.json.field, 'signature', r.text);
		}
		assert.equal((await status(p)).status, 'good');
		const done = expectStatus(await send({ signature }), 200);
		assert.equal(done.status, 'revoked');
		assert.deepEqual(expectStatus(await send({ signature }), 200), done);
		assert.equal((await status(p)).since, done.revoked_at);
		await centre.sms(/Действие сертификата прекращено: Стопов/,
			{ to: p.phone });
		const kept = await sql(centre, 'select text_version from statement ' +
			"where kind = 'stop'");
		assert.deepEqual(kept, [['stop-1']]);
		const audit = (await call(centre, 'GET',
			`/v1/audit?object=${p.id}`)).json.records;
		assert.ok(audit.some((x) => x.actor === `owner:${p.id}` &&
			x.action === 'certificate.revoke'));
	});

	await t.test('OCSP and the list say it', async () => {
		const p = await owner();
		expectStatus(await stop(p, { code: await code(p) }), 200);
		const issuer = at('issuer.p7b');
		writeFileSync(issuer, await p.certificate('p7b'));
		await opensslMust(['pkcs7', '-inform', 'DER', '-in', issuer,
			'-print_certs', '-out', at('chain.pem')]);
		const ca = readFileSync(at('chain.pem'), 'utf8')
			.match(/-----BEGIN[^]*?END CERTIFICATE-----/g)[1];
		writeFileSync(at('issuer.pem'), `${ca}\n`);
		const url = (await opensslMust(['x509', '-in', p.pem, '-noout',
			'-ocsp_uri'])).trim();
		const said = await openssl(['ocsp', '-issuer', at('issuer.pem'), '-cert',
			p.pem, '-url', url, '-noverify', '-no_nonce']);
		assert.match(said.all, /(^|: )revoked/m);
		const crl = (await opensslMust(['x509', '-in', p.pem, '-noout',
			'-text'])).match(/URI:(http\S+\.crl)/)[1];
		const serial = (await opensslMust(['x509', '-in', p.pem, '-noout',
			'-serial'])).trim().split('=')[1];
		await until(async () => {
			const r = await fetch(crl);
			writeFileSync(at('now.crl'), Buffer.from(await r.arrayBuffer()));
			const list = await opensslMust(['crl', '-inform', 'DER', '-in',
				at('now.crl'), '-noout', '-text']);
			return list.includes(serial);
		}, 'the list with it');
	});

	await t.test('in the agent, without signing in', async () => {
		const agent = await Agent.start(t, centre);
		await agent.trust();
		const page = agent.page();
		await page.pair();
		const phone = '+79166009999';
		const form = await addForm(centre, { phone, person: await addPerson(
			centre, { ...PERSON, snils: snils(99), surname: 'Агентова' }) });
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		expectStatus(await p.check(), 200);
		agent.passwords(PASSWORD, PASSWORD);
		const made = await page.run(expectStatus(await p.post(p.at('orders'),
			{ agent: page.agentId, operation: 'make_key' }), 201),
		{ medium: 'registry' });
		assert.equal(made.state, 'done', JSON.stringify(made));
		expectStatus(await p.request(
			Buffer.from(made.result.pkcs10, 'base64')), 200);
		expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		await p.reaches('issued');
		p.cert = await p.certificate();
		expectStatus(await p.client.request('DELETE', '/v1/session'), 204);

		const certificate = b64(p.cert);
		const { text, made_at } = await challenge(p);
		const input = { container: made.result.container.id, certificate };
		const order = async () => expectStatus(await anybody.post(
			'/v1/stop/orders', { certificate, made_at,
				agent: page.agentId }), 201);
		refused(await anybody.post('/v1/stop/orders', { certificate, made_at,
			agent: 'x' }), 422, 'json.field.id');
		// It is good for this text and nothing else, in this agent.
		const ordered = await order();
		refused(await page.start(ordered, { ...input, text: 'another text' }),
			422, 'order.input');
		agent.passwords(PASSWORD);
		const signed = await page.run(ordered, { ...input, text });
		assert.equal(signed.state, 'done', JSON.stringify(signed));
		assert.ok(signed.text.includes('Прошу немедленно прекратить'),
			signed.text);
		assert.ok(signed.text.includes('Агентова'), signed.text);
		// Who asks for more and more keeps nobody else from it.
		const ask = (of) => of.post('/v1/stop/orders', { certificate, made_at,
			agent: page.agentId });
		let got;
		for (let i = 0; i <= 2 * ORDERS_PER_MIN; i += 1) {
			got = await ask(anybody);
			if (got.status !== 201) {
				break;
			}
		}
		refused(got, 429, 'limit.public');
		const neighbour = centre.client({ localAddress: '127.0.0.2',
			headers: { 'x-surguch-request': '1' } });
		t.after(() => neighbour.close());
		expectStatus(await ask(neighbour), 201);
		expectStatus(await anybody.post('/v1/stop', { certificate, made_at,
			signature: signed.result.signature }), 200);
		assert.equal((await status(p)).status, 'revoked');
	});

	await t.test('a text is of its time', async () => {
		const p = await owner();
		const { text, made_at } = await challenge(p);
		const signature = await sign(p, text);
		centre.clock.set(clock += TEXT_LIFE_SEC + 5);
		const send = (time) => anybody.post('/v1/stop', {
			certificate: b64(p.cert), made_at: time, signature });
		refused(await send(made_at), 403, 'stop.expired');
		refused(await send('2030-01-01T00:00:00Z'), 403, 'stop.expired');
		refused(await send('yesterday'), 422, 'json.field.time');
		assert.equal((await status(p)).status, 'good');
	});

	await t.test('the status of any certificate', async () => {
		const p = await owner();
		const one = await status(p);
		const ask = async (body) => expectStatus(
			await anybody.post('/v1/status', body), 200);
		assert.deepEqual(Object.keys(one).sort(),
			['ca', 'checked_at', 'not_after', 'not_before', 'purposes', 'status']);
		assert.deepEqual(one.purposes.map((w) => w.ru), ['Электронная подпись',
			'Шифрование', 'Вход на сайты и в системы',
			'Защищённая электронная почта']);
		assert.deepEqual(one.purposes.map((w) => w.en), ['Electronic signature',
			'Encryption', 'Signing in to sites and systems', 'Secure e-mail']);
		const { serial, ca } = (await p.get('/v1/my/certificates'))
			.json.certificates[0];
		for (const body of [{ certificate: readFileSync(p.pem, 'utf8') },
			{ serial }, { serial, ca },
			{ serial: serial.toUpperCase().match(/../g).join(':') }]) {
			const got = await ask(body);
			assert.deepEqual({ ...got, checked_at: '' },
				{ ...one, checked_at: '' }, JSON.stringify(body));
		}
		// One that is nobody's of ours: nothing is told of it.
		await opensslMust(['req', '-x509', '-new', '-newkey', 'rsa:2048',
			'-nodes', '-keyout', at('alien.key'), '-subj', '/CN=alien',
			'-out', at('alien.pem')]);
		for (const body of [{ serial: 'ff00' }, { serial, ca: 'no such' },
			{ certificate: readFileSync(at('alien.pem'), 'utf8') }]) {
			assert.deepEqual(Object.keys(await ask(body)).sort(),
				['checked_at', 'status']);
		}
		const { certificates } = (await anybody.get('/v1/authorities')).json;
		const file = await anybody.get(
			`/v1/authorities/${certificates[0].sha256}/der`);
		const theirs = await ask({ certificate: b64(file.body) });
		assert.equal(theirs.status, 'good');
		for (const a of certificates) {
			assert.deepEqual(a.purposes, [
				{ ru: 'Выпуск сертификатов', en: 'Issuing certificates' },
				{ ru: 'Списки отозванных сертификатов',
					en: 'Lists of revoked certificates' }]);
			assert.ok(!('revoked_at' in a));
		}
		assert.deepEqual(theirs.purposes, certificates[0].purposes);
		expectStatus(await call(centre, 'POST',
			`/v1/certificates/${p.id}/hold`, {}), 200);
		assert.equal((await ask({ serial })).status, 'hold');
		for (const body of [{}, { serial: 'xyz' }, { serial: '' },
			{ certificate: 'MAA=' }, { serial, certificate: 'x' }]) {
			const r = await anybody.post('/v1/status', body);
			assert.ok(r.status === 422 || r.status === 400, r.text);
		}
		centre.clock.set(clock += 20 * 366 * 86400);
		assert.equal((await status({ cert: p.cert })).status, 'hold');
		centre.clock.set(clock -= 20 * 366 * 86400);
	});

	await t.test('who asks too often waits', async () => {
		let r;
		for (let i = 0; i <= 2 * PER_MIN; i += 1) {
			r = await anybody.post('/v1/status', { serial: 'ff' });
			if (r.status !== 200) {
				break;
			}
		}
		refused(r, 429, 'limit.public');
		assert.ok(Number(r.headers['retry-after']) > 0);
		assert.equal(await (await owner()).state(), 'issued');
	});
	console.log('proves: A16 A21');
});
