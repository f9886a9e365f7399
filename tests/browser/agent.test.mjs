// SPDX-License-Identifier: Apache-2.0
// The whole way with the person's own agent: the page in Chromium, the agent
// at a terminal, the keys in the person's profile and on a disk.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent } from '../e2e/lib/agent.mjs';
import { startDesk } from '../e2e/lib/desk.mjs';
import { ACT_CODE, addForm, PHONE } from '../e2e/lib/person.mjs';
import { fetched, launch, look, lookInEnglish, noFaults, openPage }
	from './lib/browser.mjs';
import { heading, press, signIn, withPages } from './lib/centre.mjs';

const PASSWORD = 'tishe edesh';

test('with the agent', async (t) => {
	const centre = await startDesk(t, { configure: withPages });
	const form = await addForm(centre);
	const page = await openPage(await launch(t, centre), centre, { public: true });
	await signIn(page, centre);
	await page.goto(`/my/forms/${form}`);
	await press(page, 'Данные верны');
	await page.getByText('Приложение не отвечает').waitFor();
	let agent;

	await t.test('started and introduced: noticed by itself', async () => {
		agent = await Agent.start(t, centre, { port: 0, disk: 'FLASH' });
		await agent.trust();
		// A public site's page: as long as the browser has not been allowed
		// to, nothing of it comes to the agent.
		await page.waitForTimeout(3000);
		assert.equal(await page.getByText('Приложение отвечает').count(), 0);
		assert.doesNotMatch(agent.seen, /hello|http\.answer/);
		await page.context().grantPermissions(['local-network-access'],
			{ origin: page.baseURL });
		await page.getByText('Приложение отвечает').waitFor();
		page.faults.splice(0); // the browser told of what it stopped
	});

	await t.test('paired: refused first, then the same digits', async () => {
		await press(page, 'Показать код');
		await page.locator('.pairing').waitFor();
		await agent.answer('no');
		await page.getByText('вы отказались').waitFor();
		await press(page, 'Показать код');
		const code = (await page.locator('.pairing').innerText())
			.replace(/\D/g, '');
		await look(page, 'workplace-pairing');
		const text = await agent.answer('yes');
		assert.ok(text.replace(/[ \u00a0]/g, '').includes(code), text);
		assert.ok(text.includes(centre.api), text);
		await page.getByText('Рабочее место готово').waitFor();
		await look(page, 'workplace-ready');
		await press(page, 'Продолжить');
	});

	await t.test('where the key will be, and the sensor', async () => {
		await heading(page, 'Носитель');
		await page.getByText('FLASH').waitFor();
		assert.equal(await page.getByText('Вставьте Рутокен').count(), 0);
		await look(page, 'medium');
		await lookInEnglish(page, 'medium');
		await page.getByText('Реестр').click();
		await press(page, 'Получить сертификат');
		await heading(page, 'Датчик случайных чисел');
		const box = await page.locator('.sensor').boundingBox();
		for (let i = 0; i < 60; i += 1) {
			await page.mouse.move(box.x + 20 + i * 9,
				box.y + 120 + 80 * Math.sin(i / 5));
			await page.waitForTimeout(17);
		}
		await look(page, 'sensor');
		await lookInEnglish(page, 'sensor');
	});

	await t.test('the key: refused in the window, then made', async () => {
		await press(page, 'Продолжить без движений');
		await heading(page, 'Создание ключа');
		await page.getByText('Прочтите и подтвердите').waitFor();
		await look(page, 'key-consent');
		await agent.answer('no');
		await page.getByText('Вы отказались в окне приложения').waitFor();
		await look(page, 'key-refused');
	});

	await t.test('a reload while the window asks, a centre that is away: ' +
		'no second key', async () => {
		agent.passwords(PASSWORD, PASSWORD);
		await page.locator('.sensor').focus();
		for (let i = 0; i < 64; i += 1) {
			await page.keyboard.press('a');
		}
		await page.getByText('Прочтите и подтвердите').waitFor();
		await page.reload();
		await page.getByText('Прочтите и подтвердите').waitFor();
		let away = true;
		await page.route('**/request', (route) =>
			away ? route.abort() : route.fallback());
		const text = await agent.answer('yes');
		assert.match(text, /Иванов/);
		await page.getByText('Не удалось связаться').waitFor();
		await page.getByText('осталось отправить запрос').waitFor();
		await look(page, 'key-unsent');
		away = false;
		await press(page, 'Отправить запрос');
		await heading(page, 'Подтверждение');
		await page.getByText('Получить смс повторно можно через').waitFor();
		assert.match(await page.locator('dl').innerText(),
			/Ключ лежит на носителе\s+Реестр/);
		assert.equal(agent.seen.match(/kind=make_key/g).length, 1);
	});

	await t.test('confirmed, read, signed', async () => {
		const [, code] = await centre.sms(ACT_CODE, { to: PHONE });
		await page.getByLabel('Код из смс').fill(code);
		await press(page, 'Отправить');
		await heading(page, 'Ознакомление');
		await page.getByRole('checkbox').waitFor();
		await press(page, 'Подписать');
		await page.getByRole('link', { name: 'Отметьте' }).waitFor();
		await look(page, 'acquaint-unread');
		await page.getByRole('checkbox').check();
		agent.passwords(PASSWORD);
		await press(page, 'Подписать');
		const text = await agent.answer('yes');
		assert.match(text, /Ознакомление с содержанием сертификата/);
		await heading(page, 'Установка');
	});

	await t.test('installed; listed where it now is', async () => {
		await page.getByRole('button', { name: 'Установить' }).waitFor();
		await look(page, 'install-ready');
		agent.passwords(PASSWORD);
		await press(page, 'Установить');
		await agent.answer('yes');
		await heading(page, 'Сертификат получен');
		await page.locator('.paper dl').waitFor();
		await look(page, 'done-just-now');
		await noFaults(page);
	});

	await t.test('a copy on the disk, listed back', async () => {
		await press(page, 'Сделать резервную копию');
		await page.getByText('Ключ найден на носителе «Реестр»').waitFor();
		await look(page, 'backup');
		await lookInEnglish(page, 'backup');
		agent.passwords(PASSWORD, 'drugoi parol', 'drugoi parol');
		await press(page, 'Сделать резервную копию');
		const text = await agent.answer('yes');
		assert.match(text, /Скопировать ключ/);
		assert.match(text, /FLASH/);
		await page.getByText('Сертификат скопирован').waitFor();
		assert.match(await page.locator('dl').innerText(), /FLASH/);
		await look(page, 'backup-done');
	});

	await t.test('tried: refused first, then a signature that is right',
		async () => {
			await page.getByRole('link', { name: 'Вернуться к сертификату' })
				.click();
			await heading(page, 'Сертификат получен');
			await press(page, 'Проверить');
			await page.getByText('Ещё не проверялось').waitFor();
			await page.getByText('FLASH').waitFor(); // the copy is one too
			await look(page, 'check');
			await press(page, 'Проверить');
			await agent.answer('no');
			await page.getByText('Вы отказались в окне').waitFor();
			agent.passwords(PASSWORD);
			await press(page, 'Проверить');
			assert.match(await agent.answer('yes'), /пробной подписью/);
			await page.getByText('Сертификат работает').waitFor();
			await look(page, 'check-done');
			await lookInEnglish(page, 'check-done');
		});

	await t.test('the centre\'s own certificates: each root as confirmed',
		async () => {
			await page.getByRole('link', { name: 'Сертификаты центра' }).click();
			await press(page, 'Установить');
			await page.getByRole('button', { name: 'Установить сертификаты' })
				.waitFor();
			await look(page, 'trust-install');
			await press(page, 'Установить сертификаты центра');
			await agent.answer('yes'); // the intermediates, together
			await agent.answer('yes');
			await agent.answer('no');
			await page.getByText('Установлено: корневых 1, промежуточных 2. ' +
				'Вы отказались от 1.').waitFor();
			await page.getByText('Хранилище приложения').waitFor();
			assert.doesNotMatch(await page.locator('main').innerText(),
				/certstores/, 'a note without words');
			await look(page, 'trust-installed');
			await lookInEnglish(page, 'trust-installed');
		});

	await t.test('stopped without a phone: by the key itself', async () => {
		const { serial } = JSON.parse((await fetched(page,
			'/v1/my/certificates')).body).certificates[0];
		await press(page, 'Выйти');
		await heading(page, 'Вход');
		await page.getByRole('link', { name: 'Остановить сертификат' }).click();
		await heading(page, 'Остановить сертификат');
		await look(page, 'stop');
		await lookInEnglish(page, 'stop');
		await press(page, 'Остановить ключом');
		await press(page, 'Показать код'); // it was forgotten at the way out
		await agent.answer('yes');
		await page.getByRole('radio', { name: 'Иванов' }).first().waitFor();
		await look(page, 'stop-key');
		agent.passwords(PASSWORD);
		await press(page, 'Остановить сертификат');
		assert.ok((await agent.answer('yes')).includes(serial));
		await page.getByText('Сертификат остановлен').waitFor();
		await look(page, 'stopped');
		await page.getByRole('link', { name: 'Проверить сертификат' }).click();
		await page.getByLabel('Или серийный номер').fill(serial);
		await press(page, 'Проверить');
		await page.getByText('Сертификат отозван').waitFor();
		await page.getByText('Есть новый сертификат').waitFor();
		await look(page, 'any-revoked');
	});

	await t.test('a browser that was closed before the centre had the ' +
		'request: another profile goes on with the same key', async (u) => {
		const phone = '+79161234599';
		const form = await addForm(centre, { phone });
		const come = async () => {
			const browser = await launch(u, centre);
			const one = await openPage(browser, centre, { public: true });
			await one.context().grantPermissions(['local-network-access'],
				{ origin: one.baseURL });
			await signIn(one, centre, phone);
			await one.locator(`a[href^="/my/forms/${form}"]`).click();
			return { browser, one };
		};
		const pair = async (one) => {
			await press(one, 'Показать код');
			await agent.answer('yes');
			await one.getByText('Рабочее место готово').waitFor();
			await press(one, 'Продолжить');
		};
		const keys = () => agent.log.match(/kind=make_key/g).length;
		const before = keys();
		const { browser, one } = await come();
		await press(one, 'Данные верны');
		await pair(one);
		await one.getByText('Реестр').click();
		await press(one, 'Получить сертификат');
		await one.route('**/request', (route) => route.request().url()
			.startsWith(one.baseURL) ? route.abort() : route.fallback());
		agent.passwords(PASSWORD, PASSWORD);
		await press(one, 'Продолжить без движений');
		await agent.answer('yes');
		await one.getByText('осталось отправить запрос').waitFor();
		await browser.close();
		const { one: other } = await come();
		await pair(other);
		await heading(other, 'Подтверждение');
		assert.match(await other.locator('dl').innerText(),
			/Ключ лежит на носителе\s+Реестр/);
		assert.equal(keys(), before + 1);
		await noFaults(other);
	});
	t.diagnostic('proves: A5 A6 A7 A11 A13 A15 A18 A20 A21');
});
