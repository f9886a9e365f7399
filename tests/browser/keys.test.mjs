// SPDX-License-Identifier: Apache-2.0
// «Ключи на этом компьютере»: containers that were there before, CryptoPro's
// among them; copied, all expired ones kept, another password, from the page.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from '../e2e/lib/agent.mjs';
import { expiredKey, write } from '../e2e/lib/cryptopro.mjs';
import { startDesk } from '../e2e/lib/desk.mjs';
import { addForm } from '../e2e/lib/person.mjs';
import { AS_ROOT, scratch } from '../e2e/lib/scratch.mjs';
import { launch, look, lookInEnglish, noFaults, openPage }
	from './lib/browser.mjs';
import { heading, press, signIn, withPages } from './lib/centre.mjs';

// What opens and writes keys: a password costs what it should, and more on a
// busy machine.
const SLOW = { timeout: 90000 };

test('keys on this computer', { skip: !AS_ROOT && 'mounting is root\'s' },
	async (t) => {
		const centre = await startDesk(t, { configure: withPages });
		await addForm(centre);
		const dir = scratch(t);
		const flash = join(dir, 'flash');
		mkdirSync(flash);
		const old = await expiredKey(dir, 'old');
		await write(join(flash, 'petrova0.000'), { p8: old.p8, cert: old.cert,
			password: 'own', name: 'Petrova 2020' });
		const agent = await Agent.start(t, centre,
			{ port: 0, disk: 'FLASH', diskFrom: flash });
		await agent.trust();
		const page = await openPage(await launch(t, centre), centre);
		await signIn(page, centre);
		await page.getByText('Ключи на этом компьютере').click();
		await heading(page, 'Ключи на этом компьютере');
		await press(page, 'Показать код');
		await agent.answer('yes');

		await t.test('listed with its form and medium', async () => {
			await page.getByText('Petrova 2020').waitFor();
			await page.getByText(/FLASH · Контейнер КриптоПро · по /).waitFor();
			// Its own program changes its password.
			assert.equal(await page.getByRole('button',
				{ name: 'Сменить пароль' }).count(), 0);
			await look(page, 'keys');
			await lookInEnglish(page, 'keys');
		});

		await t.test('all that has expired is kept and tried', async () => {
			agent.passwords('kept', 'kept', 'own');
			await press(page, 'Скопировать все истёкшие');
			await page.getByText('Прочтите и подтвердите').waitFor();
			const text = await agent.answer('yes');
			assert.match(text, /Petrova 2020[^]*FLASH[^]*Реестр/);
			await page.getByText('Скопировано и проверено: 1.').waitFor(SLOW);
			await look(page, 'keys-kept');
			await press(page, 'Скопировать все истёкшие');
			await page.getByText('Копировать нечего').waitFor();
		});

		await t.test('another password for the copy', async () => {
			await page.locator('label', { hasText: 'Реестр' }).first().click();
			agent.passwords('kept', 'new', 'new');
			await press(page, 'Сменить пароль');
			await agent.answer('yes');
			await page.getByText('Готово: Petrova 2020.').waitFor(SLOW);
		});

		await t.test('copied to the other medium, under its own', async () => {
			agent.passwords('wrong', 'new', 'second', 'second');
			await page.locator('label', { hasText: 'Реестр' }).first().click();
			await page.getByRole('button', { name: 'Скопировать', exact: true })
				.click();
			await agent.answer('yes');
			await page.getByText('Готово: Petrova 2020.').waitFor(SLOW);
			await page.locator('label', { hasText: 'FLASH' }).nth(1).waitFor();
		});
		await noFaults(page);
		console.log('proves: A16');
	});
