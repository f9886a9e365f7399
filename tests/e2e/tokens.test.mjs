// SPDX-License-Identifier: Apache-2.0
// Tokens: a real agent and a real centre with our own PKCS#11 module between
// (tests/token), which has what SoftHSM has not: GOST, tries that run out, and
// that it can be pulled out at any moment.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync }
	from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { exec } from '../run/exec.mjs';
import { Agent } from './lib/agent.mjs';
import { addPerson, call, PERSON, sha256, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, identify, Person } from './lib/person.mjs';
import { scratch, until } from './lib/scratch.mjs';
import { CKA, CKO, classOf, FACTORY_PIN, flag, TOKEN_MODULE, Tokens }
	from './lib/tokens.mjs';

const PIN = 'own-pin-77';
const readName = (pid) => {
	try {
		return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
	} catch {
		return ''; // it ended just now
	}
};
const b64 = (bytes) => Buffer.from(bytes).toString('base64');

// Profiles for people by the centre's CA that is of no GOST.
function withOtherKeys(centre) {
	const etc = (file) => join(centre.dir, 'etc/surguch', file);
	const gost = readFileSync(etc('profiles/qualified-person.conf'), 'utf8');
	for (const [name, keys, bits] of [['person-p256', '{ algorithm = "p256"; }',
		''], ['person-rsa', '{ algorithm = "rsa"; min_bits = 2048; ' +
			'max_bits = 4096; }', ', "keyEncipherment"']]) {
		writeFileSync(etc(`profiles/${name}.conf`), gost
			.replace('"qualified-person"', `"${name}"`)
			.replace(/^qualified_form.*\n/m, '')
			.replace(/^keys = [^]*?\n\);/m, `keys = ( ${keys} );`)
			.replace(/^signatures.*$/m, 'signatures = ["ecdsa-sha256"];')
			.replace(/\bbits = \[[^]*?\];/,
				`bits = ["digitalSignature", "nonRepudiation"${bits}];`)
			.replace(/^\tsubject_sign_tool[^]*?^\t};\n/m, '')
			.replace(/^\t# How[^]*?\];\n/m, ''));
	}
	const ca = etc('ca/issuing-p256.conf');
	writeFileSync(ca, readFileSync(ca, 'utf8').replace('"tls-client"',
		'"tls-client", "person-p256", "person-rsa"'));
}

test('tokens', async (t) => {
	const centre = await startDesk(t, { configure: withOtherKeys });
	const tokens = new Tokens(join(scratch(t), 'tokens'));
	const active = tokens.insert('0', { pin: PIN });
	const passive = tokens.insert('1', { kind: 'lite', pin: PIN,
		label: 'Rutoken lite' });
	const agent = await Agent.start(t, centre, { tokens });
	await agent.trust();
	const page = agent.page();
	await page.pair();
	let num = 0;

	async function owner(fields = {}) {
		num += 1;
		const phone = `+7916500${1000 + num}`;
		const person = await addPerson(centre,
			{ ...PERSON, surname: 'Токенова' });
		const form = await addForm(centre, { phone, person, ...fields });
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		expectStatus(await p.check(), 200);
		return p;
	}
	const order = async (p, operation) => expectStatus(
		await p.post(p.at('orders'), { agent: page.agentId, operation }), 201);
	const workplace = async () => expectStatus(
		await page.post('/v1/workplace'), 200);
	const medium = async (id) => (await workplace()).media
		.find((m) => m.id === id);

	// From the key to the installed certificate; what each step gave.
	async function walk(p, where, hooks = {}) {
		agent.passwords(PIN, PIN); // a password is typed twice
		const made = await page.run(await order(p, 'make_key'),
			{ medium: where.id, entropy: b64(Buffer.alloc(1024)) });
		assert.equal(made.state, 'done', JSON.stringify(made));
		const { container, pkcs10 } = made.result;
		assert.equal(container.medium, where.id);
		expectStatus(await p.request(Buffer.from(pkcs10, 'base64')), 200);
		expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		await p.reaches('issued');
		const cert = await p.certificate();
		const text = (await p.get(p.at('acquaintance'))).json.text;
		agent.passwords(PIN, PIN);
		await hooks.beforeSigning?.();
		const started = expectStatus(await page.start(
			await order(p, 'acquaint'), { container: container.id, text,
				certificate: b64(cert) }), 202);
		await agent.answer('yes');
		await hooks.whileSigning?.(started.operation);
		const signed = await page.ends(started.operation);
		assert.equal(signed.state, 'done', JSON.stringify(signed));
		expectStatus(await p.post(p.at('acquaintance'),
			{ signature: signed.result.signature }), 200);
		agent.passwords(PIN);
		const put = await page.run(await order(p, 'install'),
			{ container: container.id, certificate: b64(cert), chain: [] });
		assert.equal(put.state, 'done', JSON.stringify(put));
		assert.equal(put.result.container.certificate.sha256, sha256(cert));
		expectStatus(await p.post(p.at('installed')), 200);
		agent.passwords(PIN);
		const tried = await page.run(await order(p, 'check'),
			{ container: container.id });
		// A key in the token stays there, and nothing tries it.
		assert.deepEqual(tried.result, { signature: true,
			decryption: container.copyable ? true : null });
		return { container, cert, made, pkcs10: Buffer.from(pkcs10, 'base64') };
	}

	await t.test('the workplace shows them', async () => {
		const w = await workplace();
		assert.deepEqual(w.modules[0],
			{ name: 'surguch-test-token.so', found: true });
		const one = w.media.find((m) => m.id === active.id);
		assert.deepEqual({ ...one }, { id: active.id, kind: 'token',
			name: 'Rutoken ECP <no label>', serial: '2ce0d8a0',
			model: 'Rutoken ECP', active: true,
			pin: { state: 'ok', factory: false }, writable: true,
			containers: 0 });
		const other = w.media.find((m) => m.id === passive.id);
		assert.deepEqual([other.name, other.model, other.active],
			['Rutoken lite', 'Rutoken lite', false]);
		// Out and in again, noticed by whoever looks.
		tokens.pull('1');
		assert.equal(await medium(passive.id), undefined);
		tokens.putBack('1');
		assert.equal((await medium(passive.id)).id, passive.id);
	});

	await t.test('keys of no GOST: in a token, in the registry', async () => {
		for (const where of [active, { id: 'registry' }]) {
			for (const [profile, spec, type] of [['person-p256', 'p256', 'ec'],
				['person-rsa', 'rsa:2048', 'rsa']]) {
				const p = await owner({ profile });
				const { cert, container } = await walk(p, where);
				assert.equal(container.spec, spec);
				assert.equal(new X509Certificate(cert).publicKey
					.asymmetricKeyType, type);
			}
		}
		tokens.empty('0');
	});

	await t.test('a form that its profile will not certify is not approved',
		async () => {
			const person = await addPerson(centre, PERSON);
			const form = await addForm(centre, { profile: 'tls-client', person,
				phone: '+79165009999', approved: false });
			await identify(centre, form);
			const { data_hash } = expectStatus(await call(centre, 'GET',
				`/v1/forms/${form}`), 200);
			const r = await call(centre, 'POST', `/v1/forms/${form}/approval`,
				{ data_hash });
			assert.equal(r.status, 422, r.text);
			assert.equal(r.json.rule, 'profile.attr.forbidden');
			assert.match(r.json.detail, /^SN: /);
		});

	let first;
	await t.test('an active token, pulled out in mid-signature', async () => {
		const p = await owner();
		first = await walk(p, active, {
			beforeSigning: () => tokens.fail('0', 'C_Sign pull'),
			whileSigning: async (operation) => {
				let state;
				await until(async () => {
					state = await page.state(operation);
					return tokens.isOut('0') && state.step === 'medium';
				}, () => JSON.stringify(state));
				assert.equal(state.state, 'asking');
				tokens.putBack('0');
			},
		});
		assert.equal(first.container.copyable, false);
		assert.equal(first.container.spec, 'gost2012-256:A');
		// openssl reads the request and its signature.
		const file = join(agent.place, 'token.csr');
		writeFileSync(file, first.pkcs10);
		await opensslMust(['req', '-inform', 'DER', '-in', file, '-verify',
			'-noout']);
	});

	await t.test('its key never leaves it', async () => {
		const objects = tokens.objects('0');
		const keys = objects.filter((o) => classOf(o) === CKO.PRIVATE_KEY);
		assert.equal(keys.length, 1);
		const [key] = keys;
		for (const [name, wanted] of Object.entries({ TOKEN: true,
			PRIVATE: true, SENSITIVE: true, ALWAYS_SENSITIVE: true,
			EXTRACTABLE: false, NEVER_EXTRACTABLE: true, LOCAL: true })) {
			assert.equal(flag(key, CKA[name]), wanted, name);
		}
		// The certificate stands beside it under the same id.
		const [cert] = objects.filter((o) => classOf(o) === CKO.CERTIFICATE);
		assert.deepEqual(cert.get(CKA.ID), key.get(CKA.ID));
		assert.deepEqual(new X509Certificate(cert.get(CKA.VALUE)).raw,
			first.cert);
		assert.equal(flag(cert, CKA.PRIVATE), false);
	});

	await t.test('a copy of it: no, and why', async () => {
		const p = await owner();
		const made = await walk(p, active);
		const r = await page.start(await order(p, 'copy'),
			{ container: made.container.id, medium: 'registry' });
		const ended = await page.ends(expectStatus(r, 202).operation);
		assert.equal(ended.state, 'failed');
		assert.equal(ended.problem.rule, 'key.not_exportable');
	});

	await t.test('a passive token: private objects, and a copy', async () => {
		const p = await owner();
		const made = await walk(p, passive);
		assert.equal(made.container.copyable, true);
		const objects = tokens.objects('1');
		assert.ok(objects.every((o) => classOf(o) === CKO.DATA));
		const key = objects.find((o) =>
			o.get(CKA.LABEL).toString() === 'key.p8');
		assert.equal(flag(key, CKA.PRIVATE), true);
		agent.passwords(PIN, 'copy pass', 'copy pass');
		const copied = await page.run(await order(p, 'copy'),
			{ container: made.container.id, medium: 'registry' });
		assert.equal(copied.state, 'done', JSON.stringify(copied));
		assert.equal(copied.result.container.certificate.sha256,
			sha256(made.cert));
		agent.passwords('copy pass');
		const tried = await page.run(await order(p, 'check'),
			{ container: copied.result.container.id });
		assert.deepEqual(tried.result,
			{ signature: true, decryption: true });
		// And back from there onto the token.
		agent.passwords('copy pass', PIN);
		const back = await page.run(await order(p, 'copy'),
			{ container: copied.result.container.id, medium: passive.id });
		assert.equal(back.state, 'done', JSON.stringify(back));
		assert.equal((await medium(passive.id)).containers, 2);
		assert.equal((await medium(passive.id)).active, false);
	});

	await t.test('pulled out while the key is made', async () => {
		for (const [slot, where, fault] of [
			['0', active, 'after:C_GenerateKeyPair pull'],
			['1', passive, 'C_CreateObject pull']]) {
			const p = await owner();
			const before = tokens.objects(slot).length;
			agent.passwords(PIN, PIN);
			tokens.fail(slot, fault);
			const { operation } = expectStatus(await page.start(
				await order(p, 'make_key'), { medium: where.id }), 202);
			await agent.answer('yes');
			await until(() => tokens.isOut(slot), 'the token to be out');
			await until(async () =>
				(await page.state(operation)).step === 'medium', 'waiting');
			tokens.putBack(slot);
			const made = await page.ends(operation);
			assert.equal(made.state, 'done', JSON.stringify(made));
			// One pair, or one container's two files, and nothing beside.
			assert.equal(tokens.objects(slot).length, before + 2);
		}
	});

	await t.test('wrong PINs to the last but one; never the last unasked',
		async () => {
			const p = await owner();
			tokens.insert('0', { tries: 3, left: 3 });
			agent.passwords('wrong-1', 'wrong-2', '!no');
			const no = await page.run(await order(p, 'make_key'),
				{ medium: active.id });
			assert.equal(no.problem.rule, 'agent.refused');
			assert.match(agent.asked(), /Осталось попыток: 2\./);
			assert.match(agent.asked(), /SETOK Ввести PIN/);
			assert.equal(tokens.describe('0').left, '1');
			assert.equal((await medium(active.id)).pin.state, 'last');
			// Agreed to, and right.
			agent.passwords('!yes', PIN);
			const yes = await page.run(await order(p, 'make_key'),
				{ medium: active.id });
			assert.equal(yes.state, 'done', JSON.stringify(yes));
			assert.equal((await medium(active.id)).pin.state, 'ok');
		});

	await t.test('locked: said, and nothing is asked', async () => {
		const p = await owner();
		tokens.insert('0', { left: 1 });
		agent.passwords('!yes', 'wrong-3');
		const spent = await page.run(await order(p, 'make_key'),
			{ medium: active.id });
		assert.equal(spent.problem.rule, 'token.pin.locked');
		assert.equal((await medium(active.id)).pin.state, 'locked');
		const before = agent.asked();
		agent.passwords(PIN);
		const again = await page.run(await order(p, 'make_key'),
			{ medium: active.id });
		assert.equal(again.problem.rule, 'token.pin.locked');
		assert.equal(agent.asked(), before);
		tokens.insert('0', { tries: 10, left: 10 });
	});

	await t.test('the factory PIN: spoken of, changed', async () => {
		tokens.insert('2', { serial: '55aa' });
		const p = await owner();
		assert.deepEqual((await medium('token:55aa')).pin,
			{ state: 'ok', factory: true });
		agent.passwords(FACTORY_PIN, '!yes', 'short', 'short', 'mine-123',
			'other', 'mine-123', 'mine-123');
		const made = await page.run(await order(p, 'make_key'),
			{ medium: 'token:55aa' });
		assert.equal(made.state, 'done', JSON.stringify(made));
		const asked = agent.asked();
		assert.match(asked, /Заводской PIN: 12345678/);
		assert.match(asked, /SETDESC На токене заводской PIN\. Рекомендуем/);
		assert.match(asked, /SETOK Сменить\nSETCANCEL Позже/);
		assert.match(asked, /Восстановить утерянный пароль невозможно/);
		assert.equal(tokens.describe('2').pin, 'mine-123');
		assert.equal((await medium('token:55aa')).pin.factory, false);
		// «Позже» is said once.
		tokens.insert('2', { pin: FACTORY_PIN });
		for (const answers of [[FACTORY_PIN, '!no'], [FACTORY_PIN]]) {
			agent.passwords(...answers);
			const r = await page.run(await order(p, 'make_key'),
				{ medium: 'token:55aa' });
			assert.equal(r.state, 'done', JSON.stringify(r));
		}
	});

	await t.test('the same on the command line', async () => {
		tokens.insert('3', { serial: 'c0de', label: 'Token Cyrillic Ё' });
		const at = { module: ['--module', TOKEN_MODULE],
			pin: (pin) => {
				const file = join(agent.place, 'pin');
				writeFileSync(file, `${pin}\n`, { mode: 0o600 });
				return ['--password-file', file];
			} };
		const run = (...args) => exec(centre.program('surguch'), args, { env:
			{ ...process.env, SURGUCH_HOME: agent.home, ...tokens.env } });
		const made = await run('media', 'make', 'token:c0de', ...at.module,
			...at.pin(FACTORY_PIN), '--label', 'Из терминала');
		assert.equal(made.code, 0, made.all);
		const id = made.out.split(' ')[0];
		const list = await run('media', 'list', ...at.module);
		assert.match(list.out, /token:c0de .*Token Cyrillic Ё {2}\(makes keys/);
		assert.match(list.out, new RegExp(`${id} .*Из терминала`));
		assert.match(list.out, /registry/);
		const tried = await run('media', 'check', id, ...at.module,
			...at.pin(FACTORY_PIN));
		assert.equal(tried.out, `${id}  its key signs\n`, tried.all);
		// Wrong, and then the last try, which is not spent.
		tokens.insert('3', { left: 2 });
		const wrong = await run('media', 'check', id, ...at.module,
			...at.pin('wrong-9'));
		assert.match(wrong.all, /PIN is wrong/);
		const kept = await run('media', 'check', id, ...at.module,
			...at.pin(FACTORY_PIN));
		assert.notEqual(kept.code, 0);
		assert.equal(tokens.describe('3').left, '1');
	});

	await t.test('looking does not cost the token a session each time',
		async () => {
			await workplace(); // and counts, if it has to
			const before = tokens.sessions('0');
			for (let i = 0; i < 5; i++) {
				await workplace();
			}
			assert.equal(tokens.sessions('0'), before);
			const had = (await medium(passive.id)).containers;
			agent.passwords(PIN);
			const p = await owner();
			const made = await page.run(await order(p, 'make_key'),
				{ medium: passive.id, entropy: b64(Buffer.alloc(1024)) });
			assert.equal(made.state, 'done', JSON.stringify(made));
			assert.equal((await medium(passive.id)).containers, had + 1);
		});

	await t.test('its memory is its own, and locked', () => {
		// script(1), sh, and the agent: whose name it is.
		const pids = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid)
			&& readName(pid) === 'surguch-agent' &&
			readFileSync(`/proc/${pid}/cmdline`, 'utf8')
				.includes(`\0${agent.port}\0`));
		assert.equal(pids.length, 1);
		const status = readFileSync(`/proc/${pids[0]}/status`, 'utf8');
		assert.ok(Number(/^VmLck:\s+(\d+) kB/m.exec(status)[1]) > 0, status);
		assert.match(readFileSync(`/proc/${pids[0]}/limits`, 'utf8'),
			/^Max core file size +0 +0 /m);
	});

	await t.test('no PIN anywhere it should not be', () => {
		assert.ok(!agent.seen.includes(PIN));
		assert.ok(!agent.seen.includes('mine-123'));
	});

	console.log('proves: A5 A6 A8 A9 A13 A15 A19 A21');
});

test('a module that comes late, or hangs', async (t) => {
	const centre = await startDesk(t);
	const tokens = new Tokens(join(scratch(t), 'tokens'));
	const { id } = tokens.insert('0', { pin: PIN });
	const module = join(scratch(t), 'late.so');
	const agent = await Agent.start(t, centre, { tokens, modules: [module] });
	await agent.trust();
	const page = agent.page();
	await page.pair();
	const workplace = async () => expectStatus(
		await page.post('/v1/workplace'), 200);
	const has = (w) => w.media.some((m) => m.id === id);

	await t.test('installed while the agent runs', async () => {
		const before = await workplace();
		assert.deepEqual(before.modules[0],
			{ name: 'late.so', found: false, problem: 'library.load' });
		assert.equal(has(before), false);
		// As a package does it: the whole file, or none.
		copyFileSync(TOKEN_MODULE, `${module}.new`);
		renameSync(`${module}.new`, module);
		const after = await workplace();
		assert.deepEqual(after.modules[0], { name: 'late.so', found: true });
		assert.equal(has(after), true);
	});

	await t.test('one that hangs as it starts holds nobody', async () => {
		await agent.stop();
		tokens.fail('0', 'C_Initialize hang 20000');
		const from = Date.now();
		await agent.up(); // it says that it has started
		const other = agent.page();
		await other.pair();
		assert.ok(Date.now() - from < 8000, 'the start waited for the module');
		const look = async () => expectStatus(
			await other.post('/v1/workplace'), 200);
		const w = await look();
		assert.deepEqual(w.modules[0],
			{ name: 'late.so', found: true, problem: 'key.hung' });
		assert.ok(w.media.some((m) => m.id === 'registry'));
		// What is known of it costs nobody the wait again.
		const again = Date.now();
		await look();
		assert.ok(Date.now() - again < 4000, 'each look waits for it');
		// It answers after all.
		await until(async () => {
			await sleep(500); // no faster than a page asks
			return has(await look());
		}, () => 'the token is back');
		assert.equal((await look()).modules[0].problem, undefined);
	});

	await t.test('and the others work meanwhile', async () => {
		await agent.stop();
		agent.modules = [module, TOKEN_MODULE];
		// Once: the first of them that is initialised, and it is looked at first.
		tokens.fail('0', 'C_Initialize hang 60000');
		await agent.up();
		const other = agent.page();
		await other.pair();
		const w = expectStatus(await other.post('/v1/workplace'), 200);
		assert.deepEqual(w.modules.slice(0, 2), [
			{ name: 'late.so', found: true, problem: 'key.hung' },
			{ name: basename(TOKEN_MODULE), found: true }]);
		assert.ok(has(w));
		const before = tokens.sessions('0');
		expectStatus(await other.post('/v1/containers', { medium: id }), 200);
		assert.ok(tokens.sessions('0') > before, 'the token was not asked');
	});
});
