// SPDX-License-Identifier: Apache-2.0
// What the page shows where the main way is left: forms in every state, a
// phone that nobody knows, a browser that forbids, a centre that is away, a
// phone in place of a computer.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { addPerson, call, PERSON, sha256, startDesk } from '../e2e/lib/desk.mjs';
import { expectStatus } from '../e2e/lib/http.mjs';
import { opensslMust } from '../e2e/lib/openssl.mjs';
import { ACT_CODE, addForm, gostRequest, pay, Person, PHONE }
	from '../e2e/lib/person.mjs';
import { fetched, launch, look, lookInEnglish, NARROW, noFaults, openPage, OUTSIDE }
	from './lib/browser.mjs';
import { heading, press, signIn, withPages } from './lib/centre.mjs';

const NEVER = '+79990000000';
const AGENTS = {
	phone: 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 ' +
		'(KHTML, like Gecko) Chrome/156.0 Mobile Safari/537.36',
	windows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) ' +
		'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36',
};

const cookies = async (page) => (await page.context().cookies())
	.map((c) => `${c.name}=${c.value}`).join('; ');

test('off the main way', async (t) => {
	const centre = await startDesk(t, { configure: withPages });
	const browser = await launch(t, centre);
	const formOf = async (surname, options) => addForm(centre, {
		person: await addPerson(centre, { ...PERSON, surname }), ...options });
	const unpaid = await formOf('Иванов', { paid: false, approved: false });
	const ready = await formOf('Орлов', { support_phone: '' });
	const withdrawn = await formOf('Сидоров');
	await call(centre, 'POST', `/v1/forms/${withdrawn}/withdrawal`,
		{ reason: 'заявление отозвано владельцем' });
	const review = await formOf('Петров', { approved: false });
	const petrov = await new Person(centre).signIn();
	await petrov.apply(review);
	expectStatus(await petrov.check(), 200);
	expectStatus(await petrov.request(
		(await gostRequest(centre.dir, 'petrov')).der), 200);
	expectStatus(await petrov.confirm(await petrov.code(ACT_CODE)), 200);
	const page = await openPage(browser, centre);
	const at = (form, step = '') => `${centre.api}/my/forms/${form}${step}`;

	await t.test('a phone that nobody knows: the same page', async () => {
		const stranger = await openPage(browser, centre, { viewport: NARROW });
		const words = async (phone) => {
			await stranger.goto('/sign-in');
			await stranger.getByLabel('Номер телефона').fill(phone);
			await press(stranger, 'Получить пароль');
			await heading(stranger, 'Введите пароль из смс');
			return (await stranger.locator('main').innerText())
				.replace(/[\d\u00a0\u2011:]/g, '');
		};
		assert.equal(await words(NEVER), await words('+79160000001'));
		await stranger.getByText('Нет доступа к телефону').click();
		await look(stranger, 'sign-in-no-phone');
		await stranger.context().close();
	});

	await t.test('the list: what needs the person is first', async () => {
		await signIn(page, centre);
		const titles = await page.getByRole('heading', { level: 2 })
			.allInnerTexts();
		assert.deepEqual(titles, ['Нужно ваше действие', 'В работе']);
		assert.deepEqual(await page.getByRole('listitem').allInnerTexts()
			.then((all) => all.map((x) => x.split(' ')[0]).sort()),
		['Иванов', 'Орлов', 'Петров']);
		await look(page, 'list-many');
	});

	await t.test('not paid: told, and gone on by itself', async () => {
		await page.goto(at(unpaid));
		await heading(page, 'Ожидаем оплату');
		assert.equal(page.url(), at(unpaid, '/pay'));
		await page.getByText('Оплатите счет на выпуск сертификата ' +
			'(Иванов Иван Иванович) и вернитесь, чтобы отправить заявку.')
			.waitFor();
		await look(page, 'pay');
		await lookInEnglish(page, 'pay');
		await pay(centre, unpaid);
		await heading(page, 'Данные сертификата');
		assert.equal(page.url(), at(unpaid));
	});

	await t.test('an operator looks, and has the data corrected', async () => {
		await page.goto(at(review));
		await heading(page, 'Выпуск сертификата');
		await page.getByText('Запрос смотрит оператор').first().waitFor();
		await look(page, 'review');
		const desk = async (what, body) => expectStatus(await call(centre,
			'POST', `/v1/applications/${petrov.application}/${what}`, body), 200);
		await desk('correction', { reason: 'в адресе опечатка' });
		await heading(page, 'Сервисный центр исправляет данные');
		await page.getByText('Причина: в адресе опечатка').waitFor();
		await look(page, 'to-correct');
		await lookInEnglish(page, 'to-correct');
		await desk('corrected');
		await heading(page, 'Данные сертификата'); // by itself
		await desk('withdrawal', { reason: 'отозвано владельцем' });
		await page.goto(at(withdrawn));
		await heading(page, 'Такой страницы нет');
	});

	await t.test('addresses of nothing', async () => {
		await page.goto(at('form_0000000000000000000000zzzz'));
		await heading(page, 'Такой страницы нет');
		await look(page, 'no-page');
		await page.goto('/my/nothing');
		await heading(page, 'Такой страницы нет');
	});

	await t.test('a centre that is away, and back', async () => {
		await page.goto(at(ready));
		await heading(page, 'Данные сертификата');
		await page.getByText('где оформляли заявление').waitFor();
		await page.context().setOffline(true);
		await press(page, 'Данные верны');
		await page.getByText('Не удалось связаться').waitFor();
		await look(page, 'offline');
		await page.context().setOffline(false);
		await press(page, 'Данные верны');
		await heading(page, 'Рабочее место');
	});

	await t.test('a public site: asked first, then told of the refusal',
		async () => {
			const out = await openPage(browser, centre,
				{ public: true, host: OUTSIDE });
			await signIn(out, centre);
			await out.goto(`/my/forms/${ready}/workplace`);
			await out.getByText('Браузер спросит разрешение').waitFor();
			await look(out, 'workplace-prompt');
			await lookInEnglish(out, 'workplace-prompt');
			// Nobody answers a browser without a window: it refuses.
			await press(out, 'Спросить разрешение');
			await out.getByText('Браузер запретил').waitFor();
			await look(out, 'workplace-denied');
			await out.context().grantPermissions(['local-network-access'],
				{ origin: out.baseURL });
			await out.getByText('Браузер разрешает').waitFor();
			await out.getByText('Приложение не отвечает').waitFor();
			await out.context().close();
		});

	for (const [name, userAgent] of Object.entries(AGENTS)) {
		await t.test(`on ${name}: told what works there`, async () => {
			const other = await openPage(browser, centre, { userAgent,
				viewport: NARROW, storageState:
				await page.context().storageState() });
			await other.goto(at(unpaid));
			await heading(other, 'Данные сертификата');
			await other.getByText(name === 'phone'
				? 'Ключ создаётся только на компьютере'
				: 'Приложение для Windows ещё не готово').waitFor();
			await look(other, `data-on-${name}`);
			await other.context().close();
		});
	}

	await t.test('whom the centre rests on, shown to anybody', async () => {
		const anybody = await openPage(browser, centre);
		await anybody.goto('/sign-in');
		await anybody.getByRole('link', { name: 'Сертификаты центра' }).click();
		await heading(anybody, 'Сертификаты удостоверяющего центра');
		const { certificates } = JSON.parse((await fetched(anybody,
			'/v1/authorities')).body);
		assert.equal(certificates.filter((c) => c.root).length, 2);
		assert.equal(certificates.length, 4);
		for (const c of certificates) {
			const at = `/v1/authorities/${c.sha256}`;
			const der = (await fetched(anybody, `${at}/der`)).body;
			assert.equal(sha256(der), c.sha256);
			assert.equal(der.length, c.size);
			await anybody.getByText(c.sha256.toUpperCase()
				.match(/..../g).join(' ')).waitFor();
		}
		const leaf = certificates.find((c) => !c.root);
		writeFileSync(join(centre.dir, 'ca.p7b'), (await fetched(anybody,
			`/v1/authorities/${leaf.sha256}/p7b`)).body);
		const bag = await opensslMust(['pkcs7', '-inform', 'DER', '-in',
			join(centre.dir, 'ca.p7b'), '-print_certs', '-noout']);
		assert.equal(bag.match(/^subject=/gm).length, 2);
		for (const path of ['0'.repeat(64), 'x', certificates[0].sha256]) {
			assert.equal((await fetched(anybody,
				`/v1/authorities/${path}/exe`)).status, 404);
		}
		await look(anybody, 'trust');
		await lookInEnglish(anybody, 'trust');
		await anybody.context().close();
	});

	await t.test('another number is asked for: whoever has the old one ends it',
		async () => {
			const r = await call(centre, 'POST', `/v1/forms/${ready}/phone`, {
				phone: '+79167654321', evidence: { kind: 'signed_statement',
					reference: 'заявление 17', date: '2026-01-15' } });
			assert.equal(r.status, 201, r.text);
			const [, code] = await centre.sms(/введите код ([\w-]{19})/,
				{ to: PHONE });
			const holder = await openPage(browser, centre);
			await holder.goto('/sign-in');
			await holder.getByLabel('Номер телефона').fill('+79160000003');
			await press(holder, 'Получить пароль');
			await holder.getByText('Нет доступа к телефону').click();
			await holder.getByRole('link', { name: 'Номер телефона меняется' })
				.click();
			await heading(holder, 'Номер телефона меняется');
			await look(holder, 'phone');
			await lookInEnglish(holder, 'phone');
			await press(holder, 'Отказаться от смены номера');
			await holder.getByText('В коде шестнадцать букв и цифр').first()
				.waitFor();
			await holder.getByLabel('Код из смс').fill('0000-0000-0000-0000');
			await press(holder, 'Отказаться от смены номера');
			await holder.getByText('Код не подошёл').first().waitFor();
			await look(holder, 'phone-wrong');
			await holder.getByLabel('Код из смс').fill(code.toUpperCase());
			await press(holder, 'Отказаться от смены номера');
			await holder.getByText('Номер не сменится').waitFor();
			await look(holder, 'phone-ended');
			await holder.context().close();
		});

	await t.test('by keyboard alone', async () => {
		const keys = await openPage(browser, centre);
		await keys.goto('/sign-in');
		await heading(keys, 'Вход');
		await keys.keyboard.press('Tab');
		assert.equal(await keys.evaluate(() =>
			document.activeElement.textContent), 'Перейти к содержанию');
		await keys.keyboard.press('Enter');
		await keys.keyboard.press('Tab');
		await keys.keyboard.type('9160000002');
		await keys.keyboard.press('Enter');
		await heading(keys, 'Введите пароль из смс');
		assert.equal(await keys.evaluate(() => document.activeElement.tagName),
			'H1');
		await noFaults(keys);
		await keys.context().close();
	});

	await t.test('forced colours: nothing is told by colour alone', async () => {
		await page.emulateMedia({ forcedColors: 'active' });
		await page.goto('/my');
		await page.getByText('Нужно ваше действие').waitFor();
		// Colours are the system's own then: nothing of ours to audit.
		await look(page, 'list-forced', { audit: false });
		await page.emulateMedia({ forcedColors: 'none' });
	});

	await t.test('a session about to end: told ahead, and one key to stay',
		async () => {
			await page.route('**/v1/session', async (route) => {
				const { json } = await call(centre, 'GET', '/v1/session',
					undefined, { token: null, cookie: await cookies(page) });
				await route.fulfill({ json: { ...json, life_ends_at:
					new Date(Date.now() + 100e3).toISOString() } });
			}, { times: 1 });
			await page.goto('/my');
			await page.getByText('вход скоро завершится').waitFor();
			await look(page, 'session-ends');
			await lookInEnglish(page, 'session-ends');
			await press(page, 'Остаться в кабинете');
			await page.getByText('вход скоро завершится')
				.waitFor({ state: 'detached' });
		});

	await t.test('a session that ended: signed in again, and on from there',
		async () => {
			await page.goto(at(ready, '/workplace'));
			await heading(page, 'Рабочее место');
			expectStatus(await call(centre, 'DELETE', '/v1/session', undefined, {
				token: null, cookie: await cookies(page),
				headers: { 'x-surguch-request': '1' } }), 204);
			await heading(page, 'Вход');
			await page.getByText('Вход завершён').waitFor();
			await page.getByLabel('Номер телефона').fill(PHONE);
			await noFaults(page);
		});
	t.diagnostic('proves: A1 A5 A17 A20');
});
