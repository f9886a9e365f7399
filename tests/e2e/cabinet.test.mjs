// SPDX-License-Identifier: Apache-2.0
// The person's way from the form to the installed certificate, and what
// happens when a step is taken wrongly, too early, by another, or when the
// data change underneath.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { addPerson, call, PERSON, startDesk, writeSql } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, approve, gostRequest, pay, Person, SIGN_IN_CODE,
	surguch } from './lib/person.mjs';

const PAGE = 50;
const FORMS = 52;
const CODE_TRIES = 5;

function refused(r, status, rule, about = {}) {
	assert.equal(r.status, status, r.text);
	assert.equal(r.json.rule, rule, r.text);
	for (const [name, value] of Object.entries(about)) {
		assert.equal(r.json[name], value, r.text);
	}
}

const wrong = (code) => (code[0] === '9' ? '1' : '9') + code.slice(1);

test('the cabinet', async (t) => {
	const centre = await startDesk(t);
	let num = 0;

	// Somebody of their own, signed in, with a form and its application.
	async function owner({ surname = 'Иванов', ...options } = {}) {
		num += 1;
		const phone = `+7916100${1000 + num}`;
		const person = await addPerson(centre, { ...PERSON, surname });
		const form = await addForm(centre, { phone, person, ...options });
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		p.der = (await request(`key-${num}`)).der;
		return p;
	}
	const request = (name) => gostRequest(centre.dir, name);

	// Change the registry under the centre's feet, as an operator's
	// correction will.
	function marry(from, to) {
		return writeSql(centre, `update person set surname = '${to}',
			version = version + 1 where surname = '${from}'`);
	}

	await t.test('each step in its order only', async () => {
		const p = await owner();
		const steps = {
			check: () => p.check(),
			request: () => p.request(p.der),
			code: () => p.post(p.at('code')),
			confirmation: () => p.confirm('123456'),
			text: () => p.get(p.at('acquaintance')),
			acquaintance: () => p.post(p.at('acquaintance'),
				{ signature: 'MAA=' }),
			installed: () => p.post(p.at('installed')),
			download: () => p.get(p.at('certificate/der')),
		};
		const not = async (state, ...names) => {
			assert.equal(await p.state(), state);
			for (const name of names) {
				const r = await steps[name]();
				refused(r, 409, 'application.step', { state });
				assert.ok(r.json.detail.includes(state), r.text);
			}
			assert.equal(await p.state(), state);
		};
		const certified = ['text', 'acquaintance', 'installed', 'download'];
		await not('ready', 'request', 'code', 'confirmation', ...certified);
		expectStatus(await steps.check(), 200);
		await not('checked', 'code', 'confirmation', ...certified);
		expectStatus(await steps.request(), 200);
		await not('keyed', 'check', ...certified);
		const code = await p.code(ACT_CODE);
		expectStatus(await p.confirm(code), 200);
		await p.reaches('issued');
		await not('issued', 'check', 'request', 'code', 'confirmation',
			'installed');
		// Asking for the application again goes on with the one there is.
		const again = await p.post(`/v1/my/forms/${p.form}/application`);
		expectStatus(again, 200);
		assert.equal(again.json.id, p.application);
	});

	await t.test('an unpaid form waits for its payment', async () => {
		const p = await owner({ paid: false, approved: false });
		assert.equal(await p.state(), 'unpaid');
		const shown = (await p.get('/v1/my/forms')).json.forms[0];
		assert.equal(shown.next, 'pay');
		refused(await p.check(), 409, 'application.step', { state: 'unpaid' });
		await pay(centre, p.form);
		assert.equal(await p.state(), 'ready');
		expectStatus(await p.check(), 200);
	});

	await t.test('another person\'s form is not there', async () => {
		const a = await owner();
		const b = await owner();
		const forms = (await b.get('/v1/my/forms')).json.forms;
		assert.deepEqual(forms.map((f) => f.id), [b.form]);
		const paths = ['', '/certificate/der', '/acquaintance'];
		for (const path of paths) {
			refused(await b.get(a.at() + path), 404, 'application.none');
		}
		for (const [what, body] of [['check', { data_hash: '0'.repeat(64) }],
			['request', { pkcs10: b.der.toString('base64') }],
			['confirmation', { code: '123456' }], ['code', undefined],
			['installed', undefined], ['acquaintance', { signature: '' }]]) {
			refused(await b.post(a.at(what), body), 404, 'application.none');
		}
		refused(await b.get(`/v1/my/forms/${a.form}`), 404, 'form.none');
		refused(await b.post(`/v1/my/forms/${a.form}/application`), 404,
			'form.none');
		// Exactly as what never was.
		const never = 'app_00000000000000000000000000';
		const x = (await b.get(`/v1/my/applications/${never}`)).json;
		const y = (await b.get(a.at())).json;
		assert.deepEqual({ ...x, request: '' }, { ...y, request: '' });
		assert.equal(await a.state(), 'ready');
	});

	await t.test('data that change between showing and checking',
		async () => {
			const p = await owner({ surname: 'Первова' });
			const shown = (await p.get(`/v1/my/forms/${p.form}`)).json;
			await marry('Первова', 'Вторая');
			refused(await p.post(p.at('check'),
				{ data_hash: shown.data_hash }), 409, 'form.changed');
			assert.equal(await p.state(), 'ready');
			expectStatus(await p.check(), 200);
			await marry('Вторая', 'Третья');
			refused(await p.request(p.der), 409, 'application.changed');
			assert.equal(await p.state(), 'ready');
		});

	await t.test('data that change after the request was sent', async () => {
		const p = await owner({ surname: 'Синицына' });
		expectStatus(await p.check(), 200);
		expectStatus(await p.request(p.der), 200);
		const code = await p.code(ACT_CODE);
		await marry('Синицына', 'Воробьёва');
		refused(await p.confirm(code), 409, 'application.changed');
		assert.equal(await p.state(), 'ready');
	});

	await t.test('data that change after the approval go to review',
		async () => {
			const p = await owner({ surname: 'Петухова' });
			await marry('Петухова', 'Курочкина');
			expectStatus(await p.check(), 200);
			expectStatus(await p.request(p.der), 200);
			const r = await p.confirm(await p.code(ACT_CODE));
			expectStatus(r, 200);
			assert.equal(r.json.state, 'review');
			assert.equal(r.json.next, 'wait');
			// An unapproved form does the same.
			const q = await owner({ approved: false });
			expectStatus(await q.check(), 200);
			expectStatus(await q.request(q.der), 200);
			const s = await q.confirm(await q.code(ACT_CODE));
			assert.equal(s.json.state, 'review', s.text);
			refused(await q.get(q.at('certificate/der')), 409,
				'application.step', { state: 'review' });
		});

	await t.test('approving what was changed a moment ago', async () => {
		const p = await owner({ surname: 'Рыбина', approved: false });
		const path = `/v1/forms/${p.form}`;
		refused(await call(centre, 'POST', `${path}/approval`,
			{ data_hash: '0'.repeat(64) }), 409, 'form.identification');
		const { data_hash } = (await call(centre, 'GET', path)).json;
		await marry('Рыбина', 'Ракова');
		expectStatus(await call(centre, 'POST', `${path}/identification`,
			{ kind: 'in_person', document: 'Паспорт', originals_seen: true }),
		200);
		refused(await call(centre, 'POST', `${path}/approval`, { data_hash }),
			409, 'form.changed');
		await approve(centre, p.form);
	});

	await t.test('a code is bound to what it confirms', async () => {
		const p = await owner();
		expectStatus(await p.check(), 200);
		expectStatus(await p.request(p.der), 200);
		const first = await p.code(ACT_CODE);
		refused(await p.post(p.at('code')), 429, 'otp.too_soon');
		// Another key: another code, and the first one confirms nothing.
		expectStatus(await p.request((await request('second')).der), 200);
		const second = await p.code(ACT_CODE);
		refused(await p.confirm(first), 403, 'otp.wrong');
		// Another session of the same phone has no code at all.
		const elsewhere = await new Person(centre, p.phone).signIn();
		refused(await elsewhere.post(p.at('confirmation'), { code: second }),
			403, 'otp.challenge');
		for (let i = 1; i < CODE_TRIES; i += 1) {
			const r = await p.confirm(wrong(second));
			refused(r, 403, 'otp.wrong');
			assert.equal(r.json.tries_left, CODE_TRIES - 1 - i);
		}
		refused(await p.confirm(second), 403, 'otp.spent');
		assert.equal(await p.state(), 'keyed');
	});

	await t.test('what is shown before one says that it is right: whence, ' +
		'since when, what for, until when', async () => {
		const p = await owner();
		const shown = (await p.get(`/v1/my/forms/${p.form}`)).json;
		assert.deepEqual([...new Set(shown.rows.filter((r) =>
			r.label !== 'type').map((r) => r.source))], ['operator']);
		assert.equal(shown.rows.find((r) => r.label === 'type').source,
			'profile');
		const since = Date.parse(shown.identified_at);
		assert.ok(Date.parse(shown.created_at) <= since, shown.identified_at);
		assert.ok(since <= Date.parse(shown.approved_at), shown.approved_at);
		assert.ok(Date.parse(shown.approved_at) <= Date.now() + 1000);
		assert.equal(shown.validity_days, 365);
		assert.deepEqual(shown.purposes.map((w) => w.ru),
			['Электронная подпись', 'Шифрование', 'Вход на сайты и в системы',
				'Защищённая электронная почта']);
		const unseen = await owner({ approved: false });
		const other = (await unseen.get(`/v1/my/forms/${unseen.form}`)).json;
		assert.ok(!('approved_at' in other), JSON.stringify(other));
		// The certificate says the same of itself.
		await p.obtain(p.form, p.der);
		const cert = (await p.get(p.at('certificate'))).json;
		assert.deepEqual(cert.purposes, shown.purposes);
		const days = (Date.parse(cert.not_after) -
			Date.parse(cert.not_before)) / 86400000;
		assert.equal(Math.round(days), shown.validity_days);
	});

	await t.test('where the key lies: told once, known to any computer',
		async () => {
			const p = await owner();
			const medium = { kind: 'token', name: 'Актив Rutoken lite 0',
				container: '00112233445566778899aabbccddeeff' };
			expectStatus(await p.check(), 200);
			for (const bad of [{ ...medium, kind: 'floppy' },
				{ ...medium, name: '' }, { ...medium, name: 'a\u0007' },
				{ ...medium, name: 'ы'.repeat(129) }, 'FLASH', [],
				{ ...medium, container: 'zz' }, { kind: 'disk' },
				{ ...medium, path: '/media/FLASH' }]) {
				const r = await p.request(p.der, bad);
				assert.equal(r.status, 422, `${JSON.stringify(bad)}: ${r.text}`);
				assert.match(r.json.field, /^medium/, r.text);
			}
			assert.equal(await p.state(), 'checked');
			const r = await p.request(p.der, medium);
			expectStatus(r, 200);
			assert.deepEqual(r.json.medium, medium);
			const code = await p.code(ACT_CODE);
			const elsewhere = await new Person(centre, p.phone).signIn();
			assert.deepEqual((await elsewhere.get(p.at())).json.medium, medium);
			expectStatus(await p.confirm(code), 200);
			await p.reaches('issued');
			assert.deepEqual((await p.get(p.at())).json.medium, medium);
		});

	await t.test('the acquaintance is signed by the new key only',
		async () => {
			const p = await owner();
			const mine = await request('mine');
			const other = await request('other');
			const at = (name) => join(centre.dir, name);
			writeFileSync(at('mine.der'), await p.obtain(p.form, mine.der));
			await opensslMust(['x509', '-inform', 'DER', '-in', at('mine.der'),
				'-out', at('mine.pem')]);
			await opensslMust(['req', '-x509', '-new', '-key', other.key,
				'-subj', '/CN=x', '-out', at('other.pem')]);
			const { text, sha256 } = (await p.get(p.at('acquaintance'))).json;
			assert.match(sha256, /^[0-9a-f]{64}$/);
			const sign = async (what, signer, key) => {
				writeFileSync(at('text'), what);
				await opensslMust(['cms', '-sign', '-binary', '-cades',
					'-nosmimecap', '-in', at('text'), '-signer', signer,
					'-inkey', key, '-outform', 'DER', '-out', at('cms')]);
				return p.post(p.at('acquaintance'),
					{ signature: readFileSync(at('cms')).toString('base64') });
			};
			for (const r of [
				await sign(text, at('other.pem'), other.key),
				await sign(`${text} `, at('mine.pem'), mine.key),
				await p.post(p.at('acquaintance'), { signature: 'MAA=' })]) {
				assert.equal(r.status, 422, r.text);
				assert.equal(r.json.field, 'signature', r.text);
				assert.equal(await p.state(), 'issued');
			}
			const good = await sign(text, at('mine.pem'), mine.key);
			expectStatus(good, 200);
			assert.equal(good.json.state, 'acquainted');
			refused(await sign(text, at('mine.pem'), mine.key), 409,
				'application.step', { state: 'acquainted' });
			expectStatus(await p.post(p.at('installed')), 200);
			// Again on another computer (A19).
			expectStatus(await p.post(p.at('installed')), 200);
			for (const [format, type] of [['der', 'application/pkix-cert'],
				['pem', 'application/x-pem-file'],
				['p7b', 'application/x-pkcs7-certificates']]) {
				const r = await p.get(p.at(`certificate/${format}`));
				expectStatus(r, 200);
				assert.equal(r.headers['content-type'], type);
				assert.match(r.headers['content-disposition'], /^attachment; /);
			}
			refused(await p.get(p.at('certificate/pfx')), 404,
				'certificate.format');
		});

	await t.test('more forms than a page', async () => {
		const person = await addPerson(centre);
		const phone = '+79161009999';
		const ids = [];
		for (let i = 0; i < FORMS; i += 1) {
			ids.push(await addForm(centre, { person, phone, paid: i % 2 === 0,
				approved: false }));
		}
		const p = await new Person(centre, phone).signIn();
		const one = (await p.get('/v1/my/forms')).json.forms;
		const last = one.at(-1).id;
		const two = (await p.get(`/v1/my/forms?after=${last}`)).json.forms;
		assert.equal(one.length, PAGE);
		assert.equal(two.length, FORMS - PAGE);
		assert.deepEqual([...one, ...two].map((f) => f.id).sort(), ids.sort());
		const end = await p.get(`/v1/my/forms?after=${two.at(-1).id}`);
		assert.deepEqual(end.json.forms, []);
		refused(await p.get('/v1/my/forms?after=x'), 422, 'query.after',
			{ field: 'after' });
		// The operators' list goes on past it too, and names each once.
		const seen = [];
		for (let after = '';;) {
			const r = await call(centre, 'GET', `/v1/forms${after}`);
			if (r.json.forms.length === 0) {
				break;
			}
			assert.ok(r.json.forms.length <= PAGE);
			seen.push(...r.json.forms.map((f) => f.id));
			after = `?after=${seen.at(-1)}`;
		}
		assert.equal(new Set(seen).size, seen.length);
		assert.ok(ids.every((id) => seen.includes(id)));
		// And the program shows all of them.
		const home = surguch(centre, join(centre.dir, 'home-of-many'));
		await home('cabinet', 'use', centre.api, '--ca', centre.apiCa);
		await home('cabinet', 'login', phone);
		await home('cabinet', 'login', phone, '--code',
			(await centre.sms(SIGN_IN_CODE))[1]);
		const listed = (await home('cabinet', 'forms')).out;
		assert.equal(listed.trim().split('\n').length, FORMS, listed);
	});

	await t.test('with the program surguch', async () => {
		const phone = '+79161008888';
		const form = await addForm(centre, { phone,
			person: await addPerson(centre) });
		const run = surguch(centre, join(centre.dir, 'home'));
		const fails = async (rule, ...args) => {
			const r = await run(...args);
			assert.ok(r.code > 0, `${args.join(' ')}: ${r.all}`);
			assert.ok(r.err.includes(rule), `${args.join(' ')}: ${r.all}`);
		};
		const runs = async (...args) => {
			const r = await run(...args);
			assert.equal(r.code, 0, `${args.join(' ')}: ${r.all}`);
			return r.out.trim();
		};
		const code = async (pattern) =>
			(await centre.sms(pattern))[1].replace(/ /g, '');
		await fails('cabinet.none', 'cabinet', 'forms');
		// Chosen in one directory, used in another.
		const there = surguch(centre, join(centre.dir, 'home'), centre.dir);
		assert.equal((await there('cabinet', 'use', centre.api, '--ca',
			relative(centre.dir, centre.apiCa))).code, 0);
		await fails('session.none', 'cabinet', 'forms');
		await runs('cabinet', 'login', phone);
		const first = await code(SIGN_IN_CODE);
		await fails('otp.wrong', 'cabinet', 'login', phone, '--code',
			wrong(first));
		await fails('otp.too_soon', 'cabinet', 'login', phone, '--again');
		await runs('cabinet', 'login', phone, '--code', first);
		const app = await runs('cabinet', 'apply', form);
		assert.equal(await runs('cabinet', 'apply', form), app);
		await fails('form.changed', 'cabinet', 'check', app, '--data',
			'0'.repeat(64));
		const hash = /These data are: (\S+)/
			.exec(await runs('cabinet', 'show', form))[1];
		await runs('cabinet', 'check', app, '--data', hash);
		const at = (name) => join(centre.dir, name);
		const own = join(at('home'), 'containers', 'own'); // the registry
		mkdirSync(join(at('home'), 'containers'), { mode: 0o700 });
		writeFileSync(at('password'), 'пароль 1\n', { mode: 0o600 });
		writeFileSync(at('not-password'), 'пароль 2\n', { mode: 0o600 });
		const key = ['--password-file', at('password')];
		await fails('cli.option', 'container', 'new', own, ...key,
			'--insecure-no-password');
		await runs('container', 'new', own, ...key);
		await runs('container', 'new', at('stranger'), '--spec', 'p256', ...key);
		await fails('container.password', 'cabinet', 'request', app,
			own, '--password-file', at('not-password'));
		await runs('cabinet', 'request', app, own, ...key);
		await fails('application.step', 'cabinet', 'acquaint', app,
			own, '--yes', ...key);
		const { medium } = JSON.parse(await runs('--json', 'cabinet', 'status',
			app));
		assert.equal(medium.kind, 'registry');
		assert.equal(medium.container,
			JSON.parse(readFileSync(join(own, 'meta.json'), 'utf8')).id);
		const act = await code(ACT_CODE);
		await fails('otp.wrong', 'cabinet', 'confirm', app, '--code',
			wrong(act));
		await runs('cabinet', 'confirm', app, '--code', act);
		assert.equal(await runs('cabinet', 'wait', app), 'issued');
		await fails('cms.key', 'cabinet', 'acquaint', app, at('stranger'),
			'--yes', ...key);
		assert.equal(await runs('cabinet', 'status', app), 'issued');
		await runs('cabinet', 'acquaint', app, own, '--yes', ...key);
		// A certificate of another key is not put into a container.
		await fails('container.cert.key', 'cabinet', 'install', app, at('stranger'),
			...key);
		assert.equal(await runs('cabinet', 'status', app), 'acquainted');
		await runs('cabinet', 'install', app, own, ...key);
		assert.equal(await runs('cabinet', 'status', app), 'installed');
		const file = at('cert.pem');
		await runs('cabinet', 'download', app, '--format', 'pem', '--output',
			file);
		const all = await runs('show', 'file', file);
		assert.match(all, /^certificate, version 3/);
		assert.equal(await runs('show', 'file', file, '--type', 'cert'), all);
		await fails('show.kind', 'show', 'file', file, '--type', 'crl');
		// How it stands, to anybody; then its end, in both ways.
		const { serial } = JSON.parse(await runs('--json', 'cabinet',
			'certificates')).certificates[0];
		const [line] = (await runs('cabinet', 'certificates')).split('\n');
		const [id, status] = line.split(/ +/);
		assert.equal(status, 'good');
		assert.ok(line.includes(serial), line);
		assert.match(await runs('certificate', 'status', file),
			/^status +good$/m);
		assert.equal(JSON.parse(await runs('--json', 'certificate', 'status',
			'--serial', serial)).status, 'good');
		await fails('cli.words', 'certificate', 'status');
		await fails('certificate.none', 'certificate', 'status', '--serial',
			'0102030405060708');
		await runs('cabinet', 'stop', id);
		const end = await code(ACT_CODE);
		await fails('otp.wrong', 'cabinet', 'stop', id, '--code', wrong(end));
		await fails('container.cert.none', 'certificate', 'stop',
			at('stranger'), '--yes', ...key);
		await fails('terminal.', 'certificate', 'stop', own, ...key);
		assert.match(await runs('certificate', 'status', file), /good/);
		assert.match(await runs('certificate', 'stop', own, '--reason',
			'superseded', '--yes', ...key), /^status +revoked$/m);
		const r = await run('certificate', 'status', file);
		assert.equal(r.code, 1, r.all);
		assert.match(r.out, /^status +revoked$/m);
		assert.match(r.out, /^reason +superseded$/m);
		assert.match(r.err, /certificate\.not_good/);
		// Asked again, the same answer.
		assert.match(await runs('cabinet', 'stop', id, '--code', end),
			/^status +revoked$/m);
		await runs('cabinet', 'logout');
		await fails('session.none', 'cabinet', 'status', app);
	});
	console.log('proves: A4');
});
