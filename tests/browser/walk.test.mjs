// SPDX-License-Identifier: Apache-2.0
// A person in the cabinet, in Chromium: each page as it is reached, in both
// languages and themes, wide and narrow.  What the agent does is done here by
// another computer of the same person: openssl and the API.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, ORGANISATION, startDesk, writeSql } from '../e2e/lib/desk.mjs';
import { expectStatus } from '../e2e/lib/http.mjs';
import { ACT_CODE, addForm, approve, gostRequest, Person, PHONE,
	SIGN_IN_CODE } from '../e2e/lib/person.mjs';
import { fetched, launch, look, lookInEnglish, lookPrinted, noFaults,
	openPage } from './lib/browser.mjs';
import { acquaint, heading, press, withPages, WEB } from './lib/centre.mjs';

const SCRIPT_MAX = 40 * 1024;

// A browser loads the dictionary of one language.
test('the script is small', (t) => {
	const size = (pattern) => readdirSync(WEB)
		.filter((f) => f.endsWith('.js.gz') && pattern.test(f))
		.reduce((n, f) => n + readFileSync(join(WEB, f)).length, 0);
	const [ru, en] = [size(/^ru-/), size(/^en-/)];
	assert.ok(ru > 0 && en > 0);
	const bytes = size(/./) - Math.min(ru, en);
	t.diagnostic(`${bytes} bytes`);
	assert.ok(bytes <= SCRIPT_MAX, `${bytes} bytes`);
});

test('from the phone number to the certificate', async (t) => {
	const centre = await startDesk(t, { configure: withPages });
	const organisation = (await call(centre, 'POST', '/v1/organisations',
		ORGANISATION)).json.id;
	const form = await addForm(centre, { owner_kind: 'organisation_person',
		organisation, position: 'директор', support_manager: 'Ольга Белова',
		support_hours: 'по будням с 9 до 18' });
	const browser = await launch(t, centre);
	const page = await openPage(browser, centre);
	const at = (step) => `${centre.api}/my/forms/${form}${step}`;

	await t.test('a phone number, in any form', async () => {
		await page.goto('/');
		await heading(page, 'Вход');
		await press(page, 'Получить пароль');
		await page.getByRole('link', { name: 'Введите номер телефона' })
			.waitFor();
		assert.match(await page.title(), /^Ошибка: /);
		await look(page, 'sign-in-empty');
		await page.getByLabel('Номер телефона').fill('8 (916) 123-45-67');
		await look(page, 'sign-in');
		await press(page, 'Получить пароль');
		await heading(page, 'Введите пароль из смс');
	});

	await t.test('the password: wrong, after a reload, right', async () => {
		const [, code] = await centre.sms(SIGN_IN_CODE, { to: PHONE });
		await page.reload();
		await heading(page, 'Введите пароль из смс');
		await look(page, 'sign-in-code');
		await lookInEnglish(page, 'sign-in-code');
		await page.getByLabel('Пароль из смс').fill('1');
		await press(page, 'Войти');
		await page.getByRole('link', { name: 'Пароль состоит из восьми цифр' })
			.waitFor();
		const bad = (code[0] === '9' ? '1' : '9') + code.slice(1);
		await page.getByLabel('Пароль из смс').fill(bad);
		await press(page, 'Войти');
		await page.getByRole('link', { name: 'Пароль не подошёл. Проверьте ' +
			'цифры в последнем смс. Осталось 4 попытки' }).waitFor();
		assert.equal(await page.getByText('Не получается войти').count(), 0);
		await press(page, 'Войти');
		await page.getByText('Осталось 3 попытки').first().waitFor();
		await page.getByText('Не получается войти? Позвоните, вам помогут: ' +
			'8 800 500-50-80, по будням с 9 до 18').waitFor();
		await look(page, 'sign-in-code-wrong');
		await lookInEnglish(page, 'sign-in-code-wrong');
		await page.getByLabel('Пароль из смс').fill(code);
		await press(page, 'Войти');
		await heading(page, 'Мои сертификаты');
	});

	await t.test('the list, and the data', async () => {
		await look(page, 'list');
		await lookInEnglish(page, 'list');
		const row = page.getByRole('link', { name: 'запросить' });
		assert.match(await row.innerText(), /Иванов Иван Иванович/);
		await row.click();
		await heading(page, 'Данные сертификата');
		assert.equal(page.url(), at(''));
		const shown = await page.locator('dl').innerText();
		for (const [label, value] of [['ФИО', 'Иванов Иван Иванович'],
			['Город', 'Екатеринбург'], ['Регион', '66 Свердловская область'],
			['Страна', 'RU'], ['Эл. почта', 'direktor@e.ru'],
			['ИНН-КПП', '6688242590'], ['ОГРН', '1234567890127'],
			['Название организации', 'ООО «АвтоСпор»'],
			['Должность', 'директор']]) {
			assert.match(shown, new RegExp(`^${label}\\n+${value}$`, 'm'));
		}
		assert.match(shown, /Тип сертификата\n+Неквалифицированный/);
		assert.match(await page.locator('main').innerText(),
			/Обратитесь в ваш сервисный центр по телефону: 8\s800\s500‑50‑80/);
		assert.match(await page.locator('main').innerText(),
			/Личность владельца установлена .* Данные сверены с документами/);
		assert.match(shown, /директор\nформа запроса/);
		assert.match(shown, /Екатеринбург\nсведения об организации из заявления/);
		await look(page, 'data');
		await lookInEnglish(page, 'data');
		await lookPrinted(page, 'data');
	});

	await t.test('data that change while they are looked at', async () => {
		await writeSql(centre, 'update person set patronymic = \'Ильич\', ' +
			'version = version + 1');
		await press(page, 'Данные верны');
		await page.getByText('сервисный центр изменил данные').waitFor();
		await page.getByText('Иванов Иван Ильич').waitFor();
		await approve(centre, form);
		await page.reload();
		await press(page, 'Данные верны');
		await heading(page, 'Рабочее место');
		assert.equal(page.url(), at('/workplace'));
	});

	await t.test('no agent at this workplace', async () => {
		await page.getByText('Приложение не отвечает').waitFor();
		await page.getByText('Как установить и запустить').click();
		await page.getByText(`surguch agent trust ${centre.api}`).waitFor();
		await look(page, 'workplace-no-agent');
		await lookInEnglish(page, 'workplace-no-agent');
		await page.reload();
		await page.getByText('Приложение не отвечает').waitFor();
		// The steps behind it wait for it too, whatever the address.
		await page.goto(at('/medium'));
		await page.getByText('Приложение не отвечает').waitFor();
		await page.goto(at('/done'));
		await heading(page, 'Рабочее место');
	});

	const elsewhere = await new Person(centre).signIn();
	const { key, der } = await gostRequest(centre.dir, 'elsewhere');

	await t.test('the key comes from another computer', async () => {
		await elsewhere.apply(form);
		expectStatus(await elsewhere.request(der), 200);
		await centre.sms(ACT_CODE, { to: PHONE });
		await heading(page, 'Подтверждение'); // by itself
		assert.equal(page.url(), at('/confirm'));
		await look(page, 'confirm');
		await lookInEnglish(page, 'confirm');
	});

	await t.test('the code: this browser\'s own, wrong, right', async () => {
		await press(page, 'Получить смс повторно');
		await page.getByText('Новый код отправлен').waitFor();
		const [, code] = await centre.sms(ACT_CODE, { to: PHONE });
		const digits = code.replace(/ /g, '');
		await page.getByLabel('Код из смс').fill(
			(digits[0] === '9' ? '1' : '9') + digits.slice(1));
		await press(page, 'Отправить');
		await page.getByRole('link', { name: 'Код не подошёл. Проверьте цифры ' +
			'в последнем смс. Осталось 4 попытки' }).waitFor();
		await look(page, 'confirm-wrong');
		await page.getByLabel('Код из смс').fill(code);
		await press(page, 'Отправить');
		await heading(page, 'Ознакомление'); // within seconds, by itself
	});

	await t.test('what was issued', async () => {
		await page.goto(at('/issue'));
		await page.getByText('Сертификат записан и выдан').first().waitFor();
		await look(page, 'issue-done');
		await page.goto(at(''));
		await heading(page, 'Ознакомление');
		await page.locator('pre').getByText('Иванов').waitFor();
		await look(page, 'acquaint');
		await lookInEnglish(page, 'acquaint');
	});

	await t.test('signed and installed elsewhere, seen here', async () => {
		expectStatus(await acquaint(centre, elsewhere, key), 200);
		await heading(page, 'Установка');
		await look(page, 'install');
		expectStatus(await elsewhere.post(elsewhere.at('installed')), 200);
		await heading(page, 'Сертификат получен');
		await page.locator('.paper dl').waitFor();
		await look(page, 'done');
		await lookInEnglish(page, 'done');
		for (const format of ['cer', 'pem', 'p7b']) {
			const coming = page.waitForEvent('download');
			await page.getByRole('link', { name: `.${format}` }).click();
			assert.ok((await coming).suggestedFilename()
				.endsWith(`.${format}`));
		}
		await lookPrinted(page, 'done');
		await page.getByRole('link', { name: 'Что делать с этими файлами' })
			.click();
		await heading(page, 'Файлы сертификата');
		await look(page, 'download');
		await lookInEnglish(page, 'download');
		await page.goBack();
	});

	await t.test('anybody asks for its status: by file, by serial', async () => {
		const anybody = await openPage(browser, centre);
		await anybody.goto('/check');
		await heading(anybody, 'Проверить сертификат');
		await press(anybody, 'Проверить');
		await anybody.getByRole('link', { name: 'Введите серийный номер' })
			.waitFor();
		await look(anybody, 'any');
		await lookInEnglish(anybody, 'any');
		for (const format of ['der', 'pem']) {
			await anybody.getByLabel('Файл сертификата').setInputFiles({
				name: `ivanov-${format}.cer`, mimeType: 'application/x-x509',
				buffer: await elsewhere.certificate(format) });
			await anybody.getByText(`ivanov-${format}.cer`).waitFor();
			await anybody.getByText('Сертификат действует').waitFor();
		}
		await look(anybody, 'any-good');
		await anybody.getByLabel('Или серийный номер').fill('01:02:0A');
		await press(anybody, 'Проверить');
		await anybody.getByText('такого сертификата не выдавал').waitFor();
		await anybody.getByLabel('Файл сертификата').setInputFiles({
			name: 'letter.cer', mimeType: 'text/plain',
			buffer: Buffer.from('no certificate') });
		await anybody.getByRole('link', { name: 'Это не файл сертификата' })
			.waitFor();
		await look(anybody, 'any-wrong');
		await anybody.context().close();
	});

	await t.test('all certificates; one is stopped at once, by a code',
		async () => {
			await page.goto('/my');
			await page.getByRole('link', { name: 'Все сертификаты' }).click();
			await heading(page, 'Все сертификаты, и прежние');
			await page.getByText('Действует').waitFor();
			await look(page, 'kept');
			await lookInEnglish(page, 'kept');
			await page.getByRole('link', { name: 'Остановить' }).first().click();
			await page.getByText('снова включить нельзя').waitFor();
			await look(page, 'halt');
			await lookInEnglish(page, 'halt');
			await press(page, 'Получить код');
			const [, code] = await centre.sms(ACT_CODE, { to: PHONE });
			await page.getByLabel('Код из смс').fill(
				code.replace(/^./, (d) => d === '9' ? '1' : '9'));
			await press(page, 'Остановить сертификат');
			await page.getByText('Осталось 4 попытки').first().waitFor();
			await look(page, 'halt-code');
			await page.getByLabel('Код из смс').fill(code);
			await press(page, 'Остановить сертификат');
			await page.getByText('Сертификат остановлен').waitFor();
			await page.getByText('Отозван').waitFor();
			await look(page, 'halted');
		});

	await t.test('their history, in words', async () => {
		await page.goto('/my');
		await page.getByRole('link', { name: 'История' }).click();
		await heading(page, 'История');
		for (const [did, by] of [['Сертификат остановлен', 'вы, по номеру'],
			['Запрос подтверждён кодом', 'вы, по номеру'],
			['Данные сверены и одобрены', 'сервисный центр']]) {
			await page.getByRole('listitem').filter({ hasText: did })
				.filter({ hasText: by }).first().waitFor();
		}
		await look(page, 'history');
		await lookInEnglish(page, 'history');
		for (const title of await page.locator('.row .title').allInnerTexts()) {
			assert.doesNotMatch(title, /\w\.\w/, 'an action without words');
		}
	});

	await t.test('signing out; an inner address comes back after it',
		async () => {
			await press(page, 'Выйти');
			await heading(page, 'Вход');
			assert.equal((await fetched(page, '/v1/session')).status, 401);
			await page.goto(at('/done'));
			await heading(page, 'Вход');
			await noFaults(page);
		});
	t.diagnostic('proves: A2 A3 A4 A5 A10 A11 A12 A14 A21');
});
