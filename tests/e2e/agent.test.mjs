// SPDX-License-Identifier: Apache-2.0
// surguch-agent, a real one beside a real centre: who may speak to it, what it
// obeys, and the way from the key to the installed certificate as a page goes
// it.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from './lib/agent.mjs';
import { addPerson, call, ctl, PERSON, sha256, startDesk } from './lib/desk.mjs';
import { Client, expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, Person } from './lib/person.mjs';
import { AS_ROOT, until } from './lib/scratch.mjs';

const PASSWORD = 'пароль person 1';

function refused(r, status, rule) {
	assert.equal(r.status, status, r.text);
	assert.equal(r.json.rule, rule, r.text);
}

const b64 = (bytes) => Buffer.from(bytes).toString('base64');

test('the agent and its centre', async (t) => {
	const centre = await startDesk(t);
	const agent = await Agent.start(t, centre);
	let num = 0;

	// Somebody with an application whose data are checked.
	async function owner() {
		num += 1;
		const phone = `+7916300${1000 + num}`;
		const person = await addPerson(centre,
			{ ...PERSON, surname: 'Агентова' });
		const form = await addForm(centre, { phone, person });
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		expectStatus(await p.check(), 200);
		return p;
	}
	const order = async (p, page, operation) => expectStatus(
		await p.post(p.at('orders'), { agent: page.agentId, operation }), 201);
	const wait = (ms) => new Promise((done) => setTimeout(done, ms));

	await t.test('hello says what it is, and no more', async () => {
		const client = new Client(`http://127.0.0.1:${agent.port}`);
		const r = await client.get('/v1/hello');
		assert.deepEqual(expectStatus(r, 200),
			{ name: 'surguch-agent', protocol: 1 });
		assert.equal(r.headers['access-control-allow-origin'], undefined);
		assert.equal(r.headers['cross-origin-resource-policy'],
			'same-origin');
		assert.equal(r.headers['cache-control'], 'no-store');
		assert.equal(r.headers['set-cookie'], undefined);
		client.close();
	});

	await t.test('nobody is trusted before the person said so', async () => {
		refused(await agent.page().post('/v1/pairing'), 403, 'agent.origin');
		const list = await agent.surguch('agent', 'list');
		assert.equal(list.out, '');
	});

	let said;
	await t.test('the person trusts a centre by its fingerprint', async () => {
		const wrong = await agent.surguch('agent', 'trust', centre.api,
			'--ca-file', centre.apiCa, '--fingerprint', '0'.repeat(64));
		assert.equal(wrong.code !== 0, true, wrong.all);
		refused(await agent.page().post('/v1/pairing'), 403, 'agent.origin');
		said = await agent.trust();
		assert.equal(said.sha256, sha256(Buffer.from(said.ca, 'base64')));
		const list = await agent.surguch('agent', 'list');
		assert.ok(list.out.startsWith(`${said.sha256} ${centre.api} `),
			list.out);
		const file = join(agent.home, 'centres.json');
		assert.equal(statSync(file).mode & 0o777, 0o600);
	});

	await t.test('who may not ask', async () => {
		const page = agent.page();
		const cases = [
			[{ origin: 'https://evil.example' }, 403, 'agent.origin'],
			[{ origin: 'null' }, 403, 'agent.origin'],
			[{ origin: `${centre.api}0` }, 403, 'agent.origin'],
			[{ origin: centre.api.replace('https', 'http') }, 403,
				'agent.origin'],
			[{ origin: undefined }, 403, 'agent.origin.missing'],
			[{ host: 'evil.example' }, 421, 'agent.host'],
			[{ host: `evil.example:${agent.port}` }, 421, 'agent.host'],
			[{ host: `127.0.0.1:${agent.port + 1}` }, 421, 'agent.host'],
			[{ 'sec-fetch-site': 'none' }, 403, 'agent.fetch'],
			[{ 'sec-fetch-mode': 'no-cors' }, 403, 'agent.fetch'],
			[{ 'sec-fetch-dest': 'image' }, 403, 'agent.fetch'],
			[{ 'content-type': 'text/plain' }, 415, 'agent.type'],
			[{ 'content-type': 'application/x-www-form-urlencoded' }, 415,
				'agent.type'],
		];
		for (const [headers, status, rule] of cases) {
			const r = await page.post('/v1/pairing', {}, headers);
			refused(r, status, rule);
			const reads = r.headers['access-control-allow-origin'];
			assert.equal(reads, undefined, JSON.stringify(headers));
			await wait(110);
		}
		refused(await page.client.get('/v1/workplace',
			{ headers: page.headers() }), 405, 'http.method');
		refused(await page.post('/v1/workplace'), 401, 'agent.token');
		await wait(300);
		page.token = 'A'.repeat(43);
		refused(await page.post('/v1/workplace'), 401, 'agent.token');
	});

	await t.test('a trusted page reads the server\'s own refusals',
		async () => {
			const page = agent.page();
			const large = { x: 'A'.repeat(1024 * 1024 + 1) };
			const r = await page.post('/v1/pairing', large);
			refused(r, 413, 'http.size');
			assert.equal(r.headers['access-control-allow-origin'],
				centre.api);
			assert.equal(r.headers.vary, 'Origin');
			for (const headers of [{ origin: 'https://evil.example' },
				{ host: 'evil.example' }]) {
				await wait(110);
				const evil = await page.post('/v1/pairing', large, headers);
				refused(evil, 413, 'http.size');
				assert.equal(evil.headers['access-control-allow-origin'],
					undefined);
			}
		});

	await t.test('a preflight answers its own pages only', async () => {
		const page = agent.page();
		const good = await page.client.request('OPTIONS', '/v1/workplace',
			{ headers: page.headers() });
		assert.equal(good.status, 204);
		assert.equal(good.headers['access-control-allow-origin'], centre.api);
		assert.equal(good.headers.vary, 'Origin');
		assert.equal(good.headers['access-control-allow-credentials'],
			undefined);
		const evil = await page.client.request('OPTIONS', '/v1/workplace',
			{ headers: page.headers({ origin: 'https://evil.example' }) });
		refused(evil, 403, 'agent.origin');
		assert.equal(evil.headers['access-control-allow-origin'], undefined);
	});

	const page = agent.page();
	await t.test('pairing: one code in both places', async () => {
		const no = await agent.page().pair('no');
		assert.equal(no.ended.state, 'refused');
		assert.equal(no.ended.token, undefined);
		const { begun, ended, text } = await page.pair();
		assert.match(begun.code, /^\d{6}$/);
		const shown = `${begun.code.slice(0, 3)} ${begun.code.slice(3)}`;
		assert.ok(text.includes(shown), text);
		assert.ok(text.includes(centre.api), text);
		assert.equal(ended.state, 'paired');
		assert.match(ended.token, /^[\w-]{43}$/);
		// Told once.
		refused(await page.post('/v1/pairing/state',
			{ pairing: begun.pairing }), 404, 'agent.pairing');
		await wait(500);
	});

	await t.test('pairing: a page that was loaded again asks anew', async () => {
		const left = expectStatus(await agent.page().post('/v1/pairing'), 201);
		await agent.shows(/yes \/ да: /);
		const { begun, ended, text } = await agent.page().pair();
		assert.notEqual(begun.code, left.code);
		assert.ok(text.includes(`${begun.code.slice(0, 3)} ` +
			begun.code.slice(3)), text);
		assert.equal(ended.state, 'paired');
		refused(await agent.page().post('/v1/pairing/state',
			{ pairing: left.pairing }), 404, 'agent.pairing');
		await wait(500);
	});

	await t.test('the workplace', async () => {
		const r = expectStatus(await page.post('/v1/workplace'), 200);
		assert.equal(r.agent.id, page.agentId);
		const registry = r.media.find((m) => m.kind === 'registry');
		assert.deepEqual([registry.id, registry.containers], ['registry', 0]);
		refused(await page.post('/v1/workplace', { more: 1 }), 422,
			'json.field.unknown');
	});

	await t.test('too many requests wait', async () => {
		const late = [];
		await Promise.all(Array.from({ length: 6 }, async () => {
			const other = agent.page();
			for (let i = 0; i < 40 && late.length === 0; i++) {
				const r = await other.post('/v1/nothing');
				if (r.status === 429) {
					late.push(r);
				}
			}
			other.client.close();
		}));
		assert.ok(late.length > 0, 'nobody was told to wait');
		assert.equal(late[0].json.rule, 'agent.rate');
		assert.ok(Number(late[0].headers['retry-after']) > 0);
		await wait(2500);
	});

	await t.test('an order that is not the centre\'s is not obeyed', async () => {
		const p = await owner();
		const good = await order(p, page, 'make_key');
		const input = { medium: 'registry' };
		const send = async (change, status, rule) => {
			const r = await page.start({ ...good, ...change }, input);
			refused(r, status, rule);
			await wait(110);
		};
		const der = Buffer.from(good.order, 'base64');
		// A byte of what was signed; of the signature.
		const spec = der.indexOf('gost2012-256:A');
		assert.ok(spec > 0);
		const altered = Buffer.from(der);
		altered[spec + 13] = 'B'.charCodeAt(0);
		await send({ order: b64(altered) }, 422, 'order.signature');
		const signature = Buffer.from(der);
		signature[der.length - 1] ^= 1;
		await send({ order: b64(signature) }, 422, 'order.signature');
		await send({ order: b64(Buffer.concat([der, Buffer.from([0])])) },
			422, 'der.trailing');
		// A certificate of the same CA that is for something else.
		const tls = new X509Certificate(readFileSync(join(centre.dir,
			'var/lib/surguch/front/tls-chain.pem')));
		await send({ chain: [b64(tls.raw), ...good.chain.slice(1)] }, 422,
			'order.purpose');
		await send({ chain: good.chain.slice(0, 1) }, 422, 'chain.issuer');
		// Each that was given stands in the audit; the agent's id is in it.
		const shown = await ctl(centre, 'audit', 'show', '--json', '--action',
			'application.order');
		const given = JSON.parse(shown.out).records;
		assert.ok(given.every((r) => /^person:ses_/.test(r.actor)));
		const { operation, agent: whose } = given.at(-1).detail;
		assert.deepEqual([operation, whose], ['make_key', page.agentId]);
		// For another agent.
		const other = expectStatus(await p.post(p.at('orders'),
			{ agent: '0'.repeat(32), operation: 'make_key' }), 201);
		await send({ order: other.order }, 422, 'order.agent');
		refused(await page.start(good, { ...input, text: 'x' }), 422,
			'json.field.unknown');
		await wait(300);
		// None of that has used the order up.  The person says no, and that
		// does.
		const r = await page.run(good, input, 'no');
		assert.equal(r.state, 'failed');
		assert.equal(r.problem.rule, 'agent.refused');
		refused(await page.start(good, input), 409, 'order.replayed');
		// Nor after a restart.
		await agent.stop();
		await agent.up();
		const after = agent.page();
		await after.pair();
		assert.equal(after.agentId, page.agentId);
		refused(await after.start(good, input), 409, 'order.replayed');
		refused(await page.post('/v1/workplace'), 401, 'agent.token');
		page.token = after.token;
		assert.deepEqual(readdirSync(agent.home).includes('containers'), false);
	});

	await t.test('an order for a step that is not now', async () => {
		const p = await owner();
		for (const operation of ['acquaint', 'install', 'copy', 'check']) {
			refused(await p.post(p.at('orders'),
				{ agent: page.agentId, operation }), 409, 'application.step');
		}
		refused(await p.post(p.at('orders'),
			{ agent: page.agentId, operation: 'sign_anything' }), 422,
		'order.operation');
		refused(await p.post(p.at('orders'),
			{ agent: 'zz', operation: 'make_key' }), 422, 'json.field.id');
		// Somebody else's application.
		const q = await owner();
		refused(await q.client.post(p.at('orders'),
			{ agent: page.agentId, operation: 'make_key' }), 404,
		'application.none');
	});

	await t.test('from the key to the installed certificate', async () => {
		const p = await owner();
		agent.passwords(PASSWORD, 'other', PASSWORD, PASSWORD);
		const made = await page.run(await order(p, page, 'make_key'),
			{ medium: 'registry', entropy: b64(Buffer.alloc(1024)) });
		assert.equal(made.state, 'done', JSON.stringify(made));
		for (const words of [centre.api, 'Агентова',
			'ГОСТ Р 34.10-2012, 256 бит',
			'Реестр']) {
			assert.ok(made.text.includes(words), made.text);
		}
		// A browser that was closed meanwhile asks for it again, and nobody
		// gets another application's.
		const left = (who, application) =>
			who.post('/v1/request', { application });
		assert.deepEqual(expectStatus(await left(page, p.application), 200),
			{ container: made.result.container.id, medium: 'registry',
				pkcs10: made.result.pkcs10 });
		refused(await left(page, (await owner()).application), 404,
			'agent.request');
		refused(await left(page, 'app_1'), 422, 'json.field.id');
		refused(await page.post('/v1/request'), 422, 'json.field.missing');
		// The password window can be ended by any signal.
		assert.match(readFileSync(join(agent.pinentry, 'signals'), 'utf8'),
			/^0+$/);
		// One without a window knows the agent's own terminal.
		assert.match(agent.asked(), /^OPTION ttyname=\/dev\/pts\/\d+$/m);
		// Typed differently, it was asked again.
		assert.match(agent.asked(), /SETERROR Пароли не совпали/);
		const { container, pkcs10 } = made.result;
		assert.equal(container.has_password, true);
		assert.equal(container.medium, 'registry');

		expectStatus(await p.request(Buffer.from(pkcs10, 'base64')), 200);
		expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		await p.reaches('issued');
		const cert = await p.certificate();

		// The acquaintance: the text itself stands in the window.
		const text = (await p.get(p.at('acquaintance'))).json.text;
		agent.passwords('wrong', PASSWORD);
		const acquaint = await order(p, page, 'acquaint');
		refused(await page.start(acquaint, { container: container.id,
			text: `${text}x`, certificate: b64(cert) }), 422, 'order.input');
		const signed = await page.run(acquaint, { container: container.id,
			text, certificate: b64(cert) });
		assert.equal(signed.state, 'done', JSON.stringify(signed));
		assert.ok(signed.text.includes(sha256(text)), signed.text);
		for (const line of text.split('\n').filter(Boolean).slice(0, 5)) {
			assert.ok(signed.text.includes(line.trim()), line);
		}
		assert.match(agent.asked(), /SETERROR Пароль не подошёл/);
		expectStatus(await p.post(p.at('acquaintance'),
			{ signature: signed.result.signature }), 200);
		assert.equal(await p.state(), 'acquainted');

		// Installing: certificate and chain.
		const p7b = join(agent.place, 'chain.p7b');
		writeFileSync(p7b, await p.certificate('p7b'));
		const pems = (await opensslMust(['pkcs7', '-inform', 'DER', '-in', p7b,
			'-print_certs']))
			.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g);
		const chain = pems.map((pem) => new X509Certificate(pem).raw)
			.filter((der) => !der.equals(cert));
		assert.ok(chain.length >= 2, `${chain.length} in the chain`);
		agent.passwords(PASSWORD);
		const put = await page.run(await order(p, page, 'install'),
			{ container: container.id, certificate: b64(cert),
				chain: chain.map(b64) });
		assert.equal(put.state, 'done', JSON.stringify(put));
		assert.equal(put.result.container.certificate.sha256, sha256(cert));
		assert.deepEqual(put.result.stores[0], { store: 'surguch', name: '',
			personal: 1, authorities: chain.length, roots: 0, notes: [],
			problem: null });
		// A browser, where there is one, takes none with a GOST key.
		for (const s of put.result.stores.slice(1)) {
			assert.deepEqual([s.personal, s.notes, s.problem],
				[0, ['certstores.gost'], null], s.name);
		}
		expectStatus(await p.post(p.at('installed')), 200);
		assert.equal(await p.state(), 'installed');

		// Listed back, and openssl finds a whole chain in the store.
		const { containers } = expectStatus(
			await page.post('/v1/containers', { medium: 'registry' }), 200);
		assert.deepEqual(containers.map((c) => c.id), [container.id]);
		const store = join(agent.home, 'certificates');
		const personal = join(store, 'personal', `${sha256(cert)}.cer`);
		assert.ok(existsSync(personal));
		const pem = (der) => new X509Certificate(der).toString();
		const bag = join(agent.place, 'bag.pem');
		const root = join(agent.place, 'root.pem');
		const isRoot = (der) => {
			const c = new X509Certificate(der);
			return c.issuer === c.subject;
		};
		const stored = readdirSync(join(store, 'authorities'))
			.map((f) => readFileSync(join(store, 'authorities', f)));
		writeFileSync(root, stored.filter(isRoot).map(pem).join(''));
		writeFileSync(bag, stored.filter((d) => !isRoot(d)).map(pem).join(''));
		const leaf = join(agent.place, 'leaf.pem');
		writeFileSync(leaf, pem(readFileSync(personal)));
		await opensslMust(['verify', '-CAfile', root, '-untrusted', bag, leaf]);

		// «Проверить».
		agent.passwords(PASSWORD);
		const tried = await page.run(await order(p, page, 'check'),
			{ container: container.id });
		assert.deepEqual(tried.result,
			{ signature: true, decryption: true });

		// A copy, under a password of its own, is listed back and signs.
		agent.passwords(PASSWORD, 'second', 'second');
		const copied = await page.run(await order(p, page, 'copy'),
			{ container: container.id, medium: 'registry' });
		assert.equal(copied.state, 'done', JSON.stringify(copied));
		const twin = copied.result.container;
		assert.notEqual(twin.id, container.id);
		assert.equal(twin.certificate.sha256, sha256(cert));
		agent.passwords(PASSWORD, 'second');
		const again = await page.run(await order(p, page, 'check'),
			{ container: twin.id });
		assert.deepEqual(again.result,
			{ signature: true, decryption: true });

		// What nobody may find anywhere: the password, in what was logged or
		// written.
		const log = readFileSync(join(agent.home, 'agent.log'), 'utf8');
		assert.match(log,
			/^time=\S+Z level=info .*event=agent\.operation .*kind=install /m);
		const everything = log + agent.seen + made.text + signed.text + put.text +
			readFileSync(join(agent.home, 'orders-used.json'), 'utf8');
		assert.ok(!everything.includes(PASSWORD));
	});

	await t.test('no password: only when said twice', async () => {
		const p = await owner();
		agent.passwords('', '', '', '');
		const first = await order(p, page, 'make_key');
		const { operation } = expectStatus(
			await page.start(first, { medium: 'registry' }), 202);
		await agent.answer('yes');
		const warned = await agent.answer('no');
		assert.match(warned, /без пароля/);
		const no = await page.ends(operation);
		assert.equal(no.problem.rule, 'agent.refused');
	});

	await t.test('one at a time, and it can be taken back', async () => {
		const p = await owner();
		const input = { medium: 'registry' };
		const { operation } = expectStatus(await page.start(
			await order(p, page, 'make_key'), input), 202);
		const next = await order(p, page, 'make_key');
		refused(await page.start(next, input), 409, 'agent.busy');
		expectStatus(await page.post('/v1/operation/cancel', { operation }),
			204);
		const ended = await page.ends(operation);
		assert.equal(ended.problem.rule, 'agent.cancelled');
		// A medium that is not there is waited for.
		const absent = expectStatus(await page.start(next,
			{ medium: 'disk:NOT-HERE' }), 202).operation;
		await wait(300);
		assert.equal((await page.state(absent)).step, 'medium');
		expectStatus(await page.post('/v1/operation/cancel',
			{ operation: absent }), 204);
		assert.equal((await page.ends(absent)).problem.rule,
			'agent.cancelled');
	});

	await t.test('taken back, the password window closes', async () => {
		const p = await owner();
		agent.passwords('!wait');
		const { operation } = expectStatus(await page.start(
			await order(p, page, 'make_key'), { medium: 'registry' }), 202);
		await agent.answer('yes');
		const waits = join(agent.pinentry, 'waits');
		await until(() => existsSync(waits), 'the password window');
		const pid = readFileSync(waits, 'utf8');
		assert.ok(existsSync(`/proc/${pid}`));
		expectStatus(await page.post('/v1/operation/cancel', { operation }),
			204);
		assert.equal((await page.ends(operation)).problem.rule,
			'agent.cancelled');
		await until(() => !existsSync(`/proc/${pid}`), 'its end');
	});

	await t.test('a key on a removable disk', { skip: !AS_ROOT && 'mounting ' +
		'is root\'s' }, async (t2) => {
		const other = await Agent.start(t2, centre, { disk: 'FLASH' });
		await other.trust();
		const there = other.page();
		await there.pair();
		const disk = expectStatus(await there.post('/v1/workplace'), 200)
			.media.find((m) => m.kind === 'disk' && m.name === 'FLASH');
		assert.equal(disk.id, 'disk:FLASH');
		assert.equal(disk.writable, true);
		assert.ok(disk.free_bytes > 0);
		// An order for one agent is none for another.
		const p = await owner();
		const first = await order(p, page, 'make_key');
		refused(await there.start(first, { medium: disk.id }), 422,
			'order.agent');
		other.passwords(PASSWORD, PASSWORD);
		const made = await there.run(await order(p, there, 'make_key'),
			{ medium: disk.id });
		assert.equal(made.state, 'done', JSON.stringify(made));
		assert.ok(made.text.includes('FLASH'), made.text);
		assert.equal(made.result.container.medium, disk.id);
		const { containers } = expectStatus(
			await there.post('/v1/containers'), 200);
		assert.deepEqual(containers.map((c) => [c.medium, c.id]),
			[[disk.id, made.result.container.id]]);
		expectStatus(await p.request(
			Buffer.from(made.result.pkcs10, 'base64')), 200);
		await other.stop();
	});

	await t.test('a disk that keeps no modes (FAT) wants a password', {
		skip: !AS_ROOT && 'mounting is root\'s' }, async (t2) => {
		const other = await Agent.start(t2, centre,
			{ disk: 'FLASH', plain: true });
		await other.trust();
		const there = other.page();
		await there.pair();
		const medium = 'disk:FLASH';
		const p = await owner();
		other.passwords('', '');
		const { operation } = expectStatus(await there.start(
			await order(p, there, 'make_key'), { medium }), 202);
		await other.answer('yes');
		await other.answer('yes');
		assert.equal((await there.ends(operation)).problem.rule,
			'container.disk.modes');
		other.passwords(PASSWORD, PASSWORD);
		const made = await there.run(await order(p, there, 'make_key'),
			{ medium });
		assert.equal(made.state, 'done', JSON.stringify(made));
		const [folder] = readdirSync(join(other.inside(), 'surguch'));
		const mode = statSync(join(other.inside(), 'surguch', folder,
			'key.p8')).mode & 0o777;
		assert.equal(mode, 0o644);
		expectStatus(await p.request(
			Buffer.from(made.result.pkcs10, 'base64')), 200);
		expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		await p.reaches('issued');
		const cert = await p.certificate();
		other.passwords(PASSWORD);
		const text = (await p.get(p.at('acquaintance'))).json.text;
		const signed = await there.run(await order(p, there, 'acquaint'),
			{ container: made.result.container.id, text,
				certificate: b64(cert) });
		assert.equal(signed.state, 'done', JSON.stringify(signed));
		await other.stop();
	});

	await t.test('whom the person trusts no more has no token', async () => {
		expectStatus(await page.post('/v1/workplace'), 200);
		const r = await agent.surguch('agent', 'revoke', centre.api);
		assert.equal(r.code, 0, r.all);
		refused(await page.post('/v1/workplace'), 403, 'agent.origin');
		await agent.trust();
		refused(await page.post('/v1/workplace'), 401, 'agent.token');
	});

	await t.test('the centre orders nothing with a certificate that is revoked',
		async () => {
			const p = await owner();
			const found = () => ctl(centre, 'doctor', '--json').then((r) =>
				JSON.parse(r.out).findings.filter((f) => f.what === 'page orders'));
			assert.deepEqual(await found(), []);
			const { chain } = await order(p, page, 'make_key');
			const { certificates } = expectStatus(await call(centre, 'GET',
				`/v1/certificates?sha256=${sha256(
					Buffer.from(chain[0], 'base64'))}`), 200);
			assert.equal(certificates.length, 1);
			const r = await ctl(centre, 'certificate', 'revoke',
				certificates[0].id, '--reason', 'key_compromise');
			assert.equal(r.code, 0, r.all);
			refused(await p.post(p.at('orders'), { agent: page.agentId,
				operation: 'make_key' }), 409, 'orders.revoked');
			const [said] = await found();
			assert.equal(said?.level, 'critical');
			assert.match(said.text, /was revoked on .*orders nothing more/);
		});

	console.log('proves: A8 A9 A13 A15');
});
