// SPDX-License-Identifier: Apache-2.0
// A CryptoPro container that already lies on a removable disk (written by npm
// node-gost-crypto): the agent lists it, and signs, installs, checks and copies
// with it as with one of ours.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from './lib/agent.mjs';
import * as package_ from './lib/cryptopro.mjs';
import { expiredKey, keyOf } from './lib/cryptopro.mjs';
import { addPerson, PERSON, sha256, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, Person } from './lib/person.mjs';
import { AS_ROOT, scratch } from './lib/scratch.mjs';

const PASSWORD = 'Пароль 1';
const b64 = (bytes) => Buffer.from(bytes).toString('base64');

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
	const [expired, second, third] = await Promise.all(
		['expired', 'second', 'third'].map((name) => expiredKey(dir, name)));
	await package_.write(join(flash, 'old02020.000'), { p8: expired.p8,
		cert: expired.cert, password: 'own', name: 'old-2020' });
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
	assert.deepEqual([disk.kind, disk.containers], ['disk', 3]);
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

	let found, old;
	await t.test('it is listed, with its form', async () => {
		const there = await containers(disk.id);
		assert.equal(there.length, 3);
		found = there[0];
		old = there[2];
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
		// Said before anybody is asked anything.
		const { operation } = expectStatus(await page.start(
			await order(p, 'copy'), { container: one.id, medium: 'registry' }),
		202);
		assert.equal((await page.ends(operation)).problem.rule,
			'container.cryptopro.not_exportable');
		const yes = await page.run(await order(p, 'check'),
			{ container: one.id });
		assert.deepEqual(yes.result, { signature: true, decryption: true });
	});

	const own = async (path, body, ...words) => {
		const { operation } = expectStatus(await page.post(path, body), 202);
		const text = await agent.answer('yes');
		for (const word of words) {
			assert.ok(text.includes(word), text);
		}
		return page.ends(operation);
	};

	await t.test('imported without an order, whosever certificate', async () => {
		agent.passwords('own', 'imported', 'imported');
		const made = await own('/v1/import',
			{ container: old.id, medium: 'registry' }, 'old-2020', 'FLASH');
		assert.equal(made.state, 'done', JSON.stringify(made));
		assert.equal(made.kind, 'import');
		assert.equal(made.result.container.certificate.der, b64(expired.cert));
		assert.equal(made.result.container.label, 'old-2020');
		// Away with it, so that there is something to keep.
		const folder = readdirSync(join(agent.home, 'containers')).find((n) =>
			JSON.parse(readFileSync(join(agent.home, 'containers', n,
				'meta.json'))).id === made.result.container.id);
		rmSync(join(agent.home, 'containers', folder), { recursive: true });
	});

	await t.test('a refusal leaves everything as it was', async () => {
		const { operation } = expectStatus(
			await page.post('/v1/archive', {}), 202);
		await agent.answer('no');
		assert.equal((await page.ends(operation)).problem.rule,
			'agent.refused');
		assert.ok(!(await containers('registry'))
			.some((c) => c.label === 'old-2020'));
	});

	await t.test('all that has expired is kept, once, and tried', async () => {
		agent.passwords('kept', 'kept', 'own');
		const first = await own('/v1/archive', {}, 'old-2020', 'FLASH');
		assert.equal(first.state, 'done', JSON.stringify(first));
		assert.deepEqual(first.result.containers, [{ label: 'old-2020',
			medium: disk.id, certificate: sha256(expired.cert),
			result: 'copied', decryption: true, problem: null }]);
		const copy = (await containers('registry'))
			.find((c) => c.certificate?.der === b64(expired.cert));
		assert.deepEqual([copy.form, copy.has_password, copy.label],
			['surguch', true, 'old-2020']);
		// Nothing is due any more, and so nothing is asked.
		const { operation } = expectStatus(
			await page.post('/v1/archive', {}), 202);
		assert.deepEqual((await page.ends(operation)).result,
			{ containers: [] });
	});

	await t.test('what cannot be kept is told, and the rest goes on', async () => {
		await package_.write(join(agent.inside(), 'another0.000'),
			{ p8: second.p8, cert: second.cert, password: 'own',
				name: 'another' });
		await package_.write(join(agent.inside(), 'another1.000'),
			{ p8: third.p8, cert: third.cert, name: 'third' });
		agent.passwords('kept', 'kept', 'no', 'no', 'no');
		const kept = await own('/v1/archive', {}, 'another', 'third');
		assert.deepEqual(kept.result.containers
			.map((c) => [c.label, c.result, c.problem]),
		[['another', 'failed', 'container.password'],
			['third', 'copied', null]]);
	});

	await t.test('a PFX file on the disk is copied', async () => {
		const file = (name) => join(dir, name);
		await opensslMust(['req', '-x509', '-newkey', 'rsa:2048', '-nodes',
			'-keyout', file('rsa.pem'), '-subj', '/CN=pfx', '-out',
			file('rsa.crt')]);
		await opensslMust(['pkcs12', '-export', '-inkey', file('rsa.pem'),
			'-in', file('rsa.crt'), '-name', 'Петров', '-passout',
			'pass:theirs', '-out', file('petrov.PFX')]);
		const der = new X509Certificate(readFileSync(file('rsa.crt'))).raw;
		cpSync(file('petrov.PFX'), join(agent.inside(), 'petrov.PFX'));
		writeFileSync(join(agent.inside(), 'letter.p12'), 'nothing');
		writeFileSync(join(agent.inside(), 'big.pfx'), Buffer.alloc(600000, 48));
		const there = await containers(disk.id);
		const pfx = there.find((c) => c.form === 'pfx');
		assert.deepEqual(there.map((c) => c.problem).filter((r) => r !== null)
			.sort(), ['container.damaged', 'file.size', 'pfx.form']);
		assert.deepEqual({ ...pfx, id: '' }, { id: '', medium: disk.id,
			label: 'petrov', form: 'pfx', spec: '', created: null,
			has_password: true, copyable: true, certificate: null,
			problem: null });
		agent.passwords('wrong', 'theirs', 'ours', 'ours');
		const made = await own('/v1/import',
			{ container: pfx.id, medium: 'registry' }, 'petrov', 'FLASH');
		assert.equal(made.state, 'done', JSON.stringify(made));
		assert.match(agent.asked(), /SETERROR Пароль не подошёл/);
		const copy = made.result.container;
		assert.deepEqual([copy.form, copy.spec, copy.label,
			copy.certificate.der], ['surguch', 'rsa:2048', 'Петров', b64(der)]);
		// It is read and never written.
		const no = await page.post('/v1/password', { container: pfx.id });
		assert.equal((await page.ends(no.json.operation)).problem.rule,
			'container.pfx.password');
		assert.ok(readFileSync(join(agent.inside(), 'petrov.PFX'))
			.equals(readFileSync(file('petrov.PFX'))));
		for (const name of ['petrov.PFX', 'letter.p12', 'big.pfx']) {
			rmSync(join(agent.inside(), name));
		}
	});

	await t.test('another password, in its place', async () => {
		const [box] = (await containers('registry'))
			.filter((c) => c.label === 'old-2020');
		agent.passwords('kept', 'second', 'third', 'second', 'second');
		const done = await own('/v1/password', { container: box.id },
			'Сменить пароль', 'old-2020', 'Реестр');
		assert.equal(done.state, 'done', JSON.stringify(done));
		assert.equal(done.result.container.id, box.id);
		agent.passwords('kept', 'kept', 'kept');
		const no = await own('/v1/password', { container: box.id });
		assert.equal(no.problem.rule, 'container.password');
		agent.passwords('second', 'fourth', 'fourth');
		assert.equal((await own('/v1/password', { container: box.id })).state,
			'done');
		// Not of one that another program keeps, nor of a form of no sense.
		const { operation } = expectStatus(await page.post('/v1/password',
			{ container: found.id }), 202);
		assert.equal((await page.ends(operation)).problem.rule,
			'container.cryptopro.password');
		const bad = await page.post('/v1/import', { container: box.id });
		assert.deepEqual([bad.status, bad.json.rule],
			[422, 'json.field.missing']);
		const log = readFileSync(join(agent.home, 'agent.log'), 'utf8');
		assert.match(log, /event=agent\.operation .*kind=archive /);
		for (const secret of ['kept', 'fourth', PASSWORD]) {
			assert.ok(!log.includes(secret));
		}
	});
	await agent.stop();
	console.log('proves: A13 A15 A16 A19 A21');
});

function passwordFile(dir) {
	const file = join(dir, 'password');
	writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
	return file;
}
