// SPDX-License-Identifier: Apache-2.0
// A CryptoPro container that already lies on a removable disk (written by npm
// node-gost-crypto): the agent lists it, and signs, installs, checks and copies
// with it as with one of ours.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from './lib/agent.mjs';
import * as package_ from './lib/cryptopro.mjs';
import { addPerson, PERSON, sha256, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, Person } from './lib/person.mjs';
import { AS_ROOT, scratch } from './lib/scratch.mjs';

const PASSWORD = 'Пароль 1';
const b64 = (bytes) => Buffer.from(bytes).toString('base64');

// A key by openssl: {p8, csr}.
async function keyOf(dir, name) {
	const at = (end) => join(dir, `${name}.${end}`);
	await opensslMust(['genpkey', '-algorithm', 'gost2012_256', '-pkeyopt',
		'paramset:A', '-out', at('pem')]);
	await opensslMust(['pkcs8', '-topk8', '-nocrypt', '-in', at('pem'),
		'-outform', 'DER', '-out', at('p8')]);
	await opensslMust(['req', '-new', '-key', at('pem'), '-subj', '/CN=x',
		'-outform', 'DER', '-out', at('csr')]);
	return { p8: readFileSync(at('p8')), csr: readFileSync(at('csr')) };
}

test('CryptoPro containers on a disk', { skip: !AS_ROOT && 'mounting is ' +
	'root\'s' }, async (t) => {
	const centre = await startDesk(t);
	const dir = scratch(t);
	const flash = join(dir, 'flash');
	mkdirSync(flash);
	const mine = await keyOf(dir, 'mine');
	const shut = await keyOf(dir, 'shut');
	await package_.write(join(flash, 'ivanov00.000'),
		{ p8: mine.p8, password: PASSWORD, name: 'ivanova-2026' });
	// Folders that look alike, and one that is damaged.
	mkdirSync(join(flash, 'photos.000'));
	await package_.write(join(flash, 'ivanov00.001'), { p8: shut.p8 });
	writeFileSync(join(flash, 'ivanov00.001/header.key'), 'nothing');

	const agent = await Agent.start(t, centre,
		{ disk: 'FLASH', diskFrom: flash });
	await agent.trust();
	const page = agent.page();
	await page.pair();
	const order = async (p, operation) => expectStatus(
		await p.post(p.at('orders'), { agent: page.agentId, operation }), 201);
	const { media } = expectStatus(await page.post('/v1/workplace'), 200);
	const disk = media.find((m) => m.name === 'FLASH');
	assert.deepEqual([disk.kind, disk.containers], ['disk', 2]);
	const containers = async (medium) => expectStatus(await page.post(
		'/v1/containers', { medium }), 200).containers;

	const person = await addPerson(centre, { ...PERSON, surname: 'Иванова' });
	const form = await addForm(centre, { phone: '+79163009901', person });
	const p = await new Person(centre, '+79163009901').signIn();
	await p.apply(form);
	expectStatus(await p.check(), 200);
	expectStatus(await p.request(mine.csr), 200);
	expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
	await p.reaches('issued');
	const cert = await p.certificate();

	let found;
	await t.test('it is listed, with its form', async () => {
		const there = await containers(disk.id);
		assert.equal(there.length, 2);
		[found] = there;
		assert.deepEqual({ ...found, id: '' }, { id: '',
			medium: disk.id, label: 'ivanova-2026', form: 'cryptopro',
			spec: 'gost2012-256:A', created: null, has_password: true,
			copyable: true, certificate: null, problem: null });
		assert.match(found.id, /^[0-9a-f]{32}$/);
		assert.equal(there[1].problem, 'container.damaged');
	});

	await t.test('it signs the acquaintance, by its own password', async () => {
		const text = (await p.get(p.at('acquaintance'))).json.text;
		agent.passwords('wrong', PASSWORD);
		const signed = await page.run(await order(p, 'acquaint'),
			{ container: found.id, text, certificate: b64(cert) });
		assert.equal(signed.state, 'done', JSON.stringify(signed));
		assert.ok(signed.text.includes('ivanova-2026'), signed.text);
		assert.match(agent.asked(), /SETERROR Пароль не подошёл/);
		expectStatus(await p.post(p.at('acquaintance'),
			{ signature: signed.result.signature }), 200);
	});

	await t.test('the certificate goes into it, and the package reads both',
		async () => {
			agent.passwords(PASSWORD);
			const put = await page.run(await order(p, 'install'),
				{ container: found.id, certificate: b64(cert), chain: [] });
			assert.equal(put.state, 'done', JSON.stringify(put));
			assert.equal(put.result.container.certificate.sha256,
				sha256(cert));
			assert.equal(put.result.container.id, found.id);
			expectStatus(await p.post(p.at('installed')), 200);
			rmSync(flash, { recursive: true });
			cpSync(agent.inside(), flash, { recursive: true });
			const read = await package_.read(join(flash, 'ivanov00.000'),
				PASSWORD);
			assert.deepEqual(read.cert, cert);
			assert.ok(mine.p8.subarray(-32).equals(read.scalar));
			const [again] = await containers(disk.id);
			assert.equal(again.certificate.der, b64(cert));
		});

	await t.test('«Проверить», and a copy of our own form', async () => {
		agent.passwords(PASSWORD);
		const tried = await page.run(await order(p, 'check'),
			{ container: found.id });
		assert.deepEqual(tried.result, { signature: true, decryption: true });
		agent.passwords(PASSWORD, 'second', 'second');
		const copied = await page.run(await order(p, 'copy'),
			{ container: found.id, medium: 'registry' });
		assert.equal(copied.state, 'done', JSON.stringify(copied));
		const twin = copied.result.container;
		assert.equal(twin.form, 'surguch');
		assert.equal(twin.label, 'ivanova-2026');
		agent.passwords('second');
		const again = await page.run(await order(p, 'check'),
			{ container: twin.id });
		assert.deepEqual(again.result, { signature: true, decryption: true });
	});

	await t.test('on another computer it is installed from what it holds',
		async (t2) => {
			const other = await Agent.start(t2, centre,
				{ disk: 'FLASH', diskFrom: flash });
			await other.trust();
			const there = other.page();
			await there.pair();
			const { containers: seen } = expectStatus(
				await there.post('/v1/containers'), 200);
			const whole = seen.find((c) => c.certificate?.der === b64(cert));
			assert.equal(whole.id, found.id);
			const to = expectStatus(await p.post(p.at('orders'),
				{ agent: there.agentId, operation: 'install' }), 201);
			other.passwords(PASSWORD);
			const put = await there.run(to, { container: whole.id,
				certificate: b64(cert), chain: [] });
			assert.equal(put.state, 'done', JSON.stringify(put));
			assert.equal(put.result.stores[0].personal, 1);
			await other.stop();
		});

	await t.test('a key that may not leave signs where it lies', async () => {
		const bare = await agent.surguch('container', 'export',
			join(flash, 'ivanov00.000'), '--cryptopro',
			join(agent.inside(), 'shutshut.000'), '--password-file',
			passwordFile(dir), '--insecure-no-password', '--not-exportable');
		assert.equal(bare.code, 0, bare.all);
		const one = (await containers(disk.id))
			.find((c) => !c.copyable && c.problem === null);
		assert.equal(one.has_password, false);
		agent.passwords('x', 'x');
		const no = await page.run(await order(p, 'copy'),
			{ container: one.id, medium: 'registry' });
		assert.equal(no.problem?.rule, 'container.cryptopro.not_exportable');
		const yes = await page.run(await order(p, 'check'),
			{ container: one.id });
		assert.deepEqual(yes.result, { signature: true, decryption: true });
	});
	await agent.stop();
	console.log('proves: A13 A15 A19 A21');
});

function passwordFile(dir) {
	const file = join(dir, 'password');
	writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
	return file;
}
