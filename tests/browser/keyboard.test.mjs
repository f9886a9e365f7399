// SPDX-License-Identifier: Apache-2.0
// The whole way without a mouse: Tab, arrows, Space, Enter and typing, as
// somebody goes it who has nothing else.  Wherever the focus stops it must be
// seen, and each new page takes it to its heading.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent } from '../e2e/lib/agent.mjs';
import { startDesk } from '../e2e/lib/desk.mjs';
import { ACT_CODE, addForm, PHONE, SIGN_IN_CODE } from '../e2e/lib/person.mjs';
import { launch, noFaults, openPage } from './lib/browser.mjs';
import { withPages } from './lib/centre.mjs';

const PASSWORD = 'bez myshi';
const STOPS_MAX = 60; // of a page, forwards

// What is wrong with the place where the focus is now; '' when it is seen.
const unseen = (page) => page.evaluate(() => {
	const e = document.activeElement;
	const name = `${e.tagName} ${e.textContent.slice(0, 40)}`;
	// A radio button or a tick is drawn by the card around it.
	const drawn = [e, e.closest('label'), e.parentElement].filter(Boolean);
	const r = e.getBoundingClientRect();
	if (r.bottom <= 0 || r.top >= innerHeight || r.right <= 0 ||
	    r.left >= innerWidth) {
		return `${name}: outside the window`;
	}
	const marked = drawn.some((x) => {
		const s = getComputedStyle(x);
		// No shadow: a card has one whether it is focused or not.
		return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
	});
	if (!marked) {
		return `${name}: no ring around it`;
	}
	const top = document.elementFromPoint((r.left + r.right) / 2,
		Math.max(0, Math.min(innerHeight - 1, (r.top + r.bottom) / 2)));
	return top === null || drawn.some((x) => x.contains(top) || top.contains(x))
		? '' : `${name}: something lies over it`;
});

// Forwards to this element; every stop on the way is seen.
async function tabTo(page, target) {
	const there = target.and(page.locator(':focus'));
	await target.first().waitFor();
	for (let i = 0; i < STOPS_MAX; i += 1) {
		await page.keyboard.press('Tab');
		if (await page.evaluate(() => document.activeElement !== document.body)) {
			assert.equal(await unseen(page), '');
		}
		if (await there.count() > 0) {
			return;
		}
	}
	throw new Error(`${target} is not reached by Tab`);
}

test('without a mouse', async (t) => {
	const centre = await startDesk(t, { configure: withPages });
	await addForm(centre);
	const agent = await Agent.start(t, centre, { port: 0 });
	await agent.trust();
	const page = await openPage(await launch(t, centre), centre);
	const button = (name) => page.getByRole('button', { name, exact: true });
	const press = async (target) => {
		await tabTo(page, target);
		await page.keyboard.press('Enter');
	};
	// A new page: its heading has the focus, so that it is read out and Tab
	// goes on from there.
	const arrive = async (name) => {
		await page.getByRole('heading', { name, level: 1, exact: true })
			.and(page.locator(':focus')).waitFor();
	};
	const type = async (label, text) => {
		await tabTo(page, page.getByLabel(label));
		await page.keyboard.type(text);
		await page.keyboard.press('Enter');
	};

	await t.test('signed in', async () => {
		await page.goto('/');
		await page.getByRole('heading', { name: 'Вход', level: 1 }).waitFor();
		// A ring that is not there is told of.
		await tabTo(page, page.getByLabel('Номер телефона'));
		await page.evaluate(() => {
			document.activeElement.style.outline = 'none';
		});
		assert.match(await unseen(page), /no ring/);
		await page.reload();
		await page.getByRole('heading', { name: 'Вход', level: 1 }).waitFor();
		await type('Номер телефона', PHONE.slice(2));
		await arrive('Введите пароль из смс');
		const [, code] = await centre.sms(SIGN_IN_CODE, { to: PHONE });
		await type('Пароль из смс', code.replace(' ', ''));
		await arrive('Мои сертификаты');
	});

	await t.test('data, workplace, introduction', async () => {
		await press(page.locator('a[href^="/my/forms/"]'));
		await arrive('Данные сертификата');
		await press(button('Данные верны'));
		await arrive('Рабочее место');
		await press(button('Показать код'));
		await agent.answer('yes');
		await page.getByText('Рабочее место готово').waitFor();
		await press(button('Продолжить'));
		await arrive('Носитель');
	});

	await t.test('medium, sensor, key', async () => {
		const registry = page.getByRole('radio', { name: 'Реестр' });
		await tabTo(page, page.getByRole('radio'));
		for (let i = 0; i < 5 && !await registry.isChecked(); i += 1) {
			await page.keyboard.press('ArrowDown');
		}
		assert.ok(await registry.isChecked());
		await press(button('Получить сертификат'));
		await arrive('Датчик случайных чисел');
		await tabTo(page, page.locator('.sensor'));
		agent.passwords(PASSWORD, PASSWORD);
		for (let i = 0; i < 64; i += 1) {
			await page.keyboard.press('a');
		}
		await agent.answer('yes');
		await arrive('Подтверждение');
	});

	await t.test('confirmed, read, signed, installed', async () => {
		const [, code] = await centre.sms(ACT_CODE, { to: PHONE });
		await type('Код из смс', code.replace(' ', ''));
		await arrive('Ознакомление');
		await tabTo(page, page.getByRole('checkbox'));
		await page.keyboard.press('Space');
		agent.passwords(PASSWORD);
		await press(button('Подписать'));
		await agent.answer('yes');
		await arrive('Установка');
		agent.passwords(PASSWORD);
		await press(button('Установить'));
		await agent.answer('yes');
		await arrive('Сертификат получен');
	});

	await t.test('downloaded, tried, left', async () => {
		await tabTo(page, page.getByRole('link', { name: '.pem' }));
		const [download] = await Promise.all([page.waitForEvent('download'),
			page.keyboard.press('Enter')]);
		assert.match(download.suggestedFilename(), /\.pem$/);
		await press(button('Проверить'));
		await page.getByText('Ещё не проверялось').waitFor();
		agent.passwords(PASSWORD);
		await press(button('Проверить'));
		await agent.answer('yes');
		await page.getByText('Сертификат работает').waitFor();
		await press(button('Выйти'));
		await arrive('Вход');
		await noFaults(page);
	});
	t.diagnostic('proves: A2 A4 A6 A7 A10 A12 A13 A14 A18 A21');
});
