// SPDX-License-Identifier: Apache-2.0
// The page of a mirror's administrator in Chromium: signing in, what waits,
// taking it over, the way back; with pictures, axe and the page's own CSP.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch, until } from '../e2e/lib/scratch.mjs';
import { AdminServer, LIST, mirror, MIRROR_DATA, oldSource, realMirror }
	from '../e2e/lib/trustd.mjs';
import { launch, look, lookInEnglish, openPage } from './lib/browser.mjs';

const skip = existsSync(MIRROR_DATA) ? false : 'no reference data';

async function start(t) {
	const dir = scratch();
	const pilot = join(dir, 'pilot');
	mkdirSync(pilot);
	await mirror(oldSource(join(dir, 'source')), pilot);
	mkdirSync(join(dir, 'all'));
	const s = await AdminServer.withDoor(t, dir, {
		test: await realMirror(join(dir, 'test')), pilot,
		all: join(dir, 'all') },
	{ pilot: 'takes_from = "test";', all: 'takes_from = "pilot";' });
	const browser = await launch(t, s);
	return { s, page: await openPage(browser, s) };
}

const press = (on, name) =>
	on.getByRole('button', { name, exact: true }).click();

async function signIn(page, key) {
	await page.goto('/');
	await page.getByLabel('Ключ администратора').fill(key);
	await press(page, 'Войти');
}

test('an administrator promotes a list and takes it back', { skip },
	async (t) => {
		const { s, page } = await start(t);
		await page.goto('/');
		await page.getByRole('heading', { name: 'Вход администратора' })
			.waitFor();
		await look(page, 'mirror-sign-in');
		await press(page, 'Войти');
		await page.getByText('Введите ключ', { exact: true }).first().waitFor();
		await signIn(page, 'A'.repeat(43));
		await page.getByText('Такого ключа нет').first().waitFor();
		await look(page, 'mirror-wrong-key');
		await lookInEnglish(page, 'mirror-wrong-key');

		await s.get(`/test/${LIST}`);
		await signIn(page, s.anna);
		await page.getByText('Вошёл администратор anna').waitFor();
		const pilot = page.locator('article',
			{ has: page.getByRole('heading', { name: /Зеркало pilot/ }) });
		await pilot.getByText('Ждёт в зеркале test').waitFor();
		await pilot.getByText('Отдаётся', { exact: true }).waitFor();
		const all = page.locator('article',
			{ has: page.getByRole('heading', { name: /Зеркало all/ }) });
		await all.getByText('Не отдаётся', { exact: true }).waitFor();
		await look(page, 'mirror');
		await lookInEnglish(page, 'mirror');

		// Asked twice, and no means no.
		const before = await s.get(`/pilot/${LIST}`);
		await press(pilot, 'Взять сюда');
		await look(page, 'mirror-sure');
		await press(pilot, 'Нет');
		await press(pilot, 'Взять сюда');
		await press(pilot, 'Да');
		await pilot.getByText('Список взят').waitFor();
		await pilot.getByText('Там тот же список').waitFor();
		const now = (await s.get(`/test/${LIST}`)).body;
		await until(async () => (await s.get(`/pilot/${LIST}`)).body.equals(now),
			() => 'not served');
		await look(page, 'mirror-taken');
		await press(pilot, 'Вернуть прошлое состояние');
		await press(pilot, 'Да');
		await pilot.getByText('Прошлое состояние возвращено').waitFor();
		await until(async () => (await s.get(`/pilot/${LIST}`)).body
			.equals(before.body), () => 'not served');

		// A session that ended says so, and the key opens it again.
		await page.context().clearCookies();
		await press(page, 'Обновить');
		await page.getByText('Сеанс закончился').waitFor();
		await look(page, 'mirror-ended');
		await page.getByLabel('Ключ администратора').fill(s.anna);
		await press(page, 'Войти');
		await page.getByText('Ждёт в зеркале test').waitFor();
		await press(page, 'Выйти');
		await page.getByRole('heading', { name: 'Вход администратора' })
			.waitFor();
		assert.doesNotMatch(await page.locator('main').innerText(),
			/Сеанс закончился/);
	});
