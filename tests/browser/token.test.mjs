// SPDX-License-Identifier: Apache-2.0
// The whole way with the person's own agent and a token (tests/token): one
// that makes its keys itself, and one that is memory behind a PIN.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Agent } from '../e2e/lib/agent.mjs';
import { startDesk } from '../e2e/lib/desk.mjs';
import { ACT_CODE, addForm, PHONE } from '../e2e/lib/person.mjs';
import { scratch } from '../e2e/lib/scratch.mjs';
import { FACTORY_PIN, Tokens } from '../e2e/lib/tokens.mjs';
import { launch, look, noFaults, openPage } from './lib/browser.mjs';
import { heading, press, signIn, withPages } from './lib/centre.mjs';

const PIN = 'own-pin-77';

test('with a token', async (t) => {
	const centre = await startDesk(t, { configure: withPages });
	const tokens = new Tokens(join(scratch(t), 'tokens'));
	const agent = await Agent.start(t, centre, { port: 0, tokens });
	await agent.trust();
	const forms = [await addForm(centre), await addForm(centre)];
	const page = await openPage(await launch(t, centre), centre);
	await signIn(page, centre);

	// A form's whole way with the medium of this name; the page stands at
	// what is done.
	async function walk(name, pins) {
		await page.goto(`/my/forms/${forms.shift()}`);
		await press(page, 'Данные верны');
		await heading(page, 'Рабочее место');
		if (pins.pair) {
			await press(page, 'Показать код');
			await agent.answer('yes');
		}
		await page.getByText('Рабочее место готово').waitFor();
		await look(page, `token-workplace-${pins.name}`);
		await press(page, 'Продолжить');
		await heading(page, 'Носитель');
		await page.getByRole('radio', { name }).check();
		await look(page, `token-medium-${pins.name}`);
		await press(page, 'Получить сертификат');
		await heading(page, 'Датчик случайных чисел');
		agent.passwords(...pins.make);
		await press(page, 'Продолжить без движений');
		assert.ok((await agent.answer('yes')).includes(name));
		await heading(page, 'Подтверждение');
		await page.getByText('Получить смс повторно можно через').waitFor();
		const [, code] = await centre.sms(ACT_CODE, { to: PHONE });
		await page.getByLabel('Код из смс').fill(code);
		await press(page, 'Отправить');
		await heading(page, 'Ознакомление');
		await page.getByRole('checkbox').check();
		await pins.beforeSigning?.();
		agent.passwords(PIN, PIN);
		await press(page, 'Подписать');
		await agent.answer('yes');
		await pins.whileSigning?.();
		await heading(page, 'Установка');
		agent.passwords(PIN);
		await press(page, 'Установить');
		await agent.answer('yes');
		await heading(page, 'Сертификат получен');
		await page.locator('.paper dl').waitFor();
		await look(page, `token-done-${pins.name}`);
	}

	await t.test('an active one: its factory PIN changed, pulled out while ' +
		'it signs', async () => {
		tokens.insert('0', { label: 'Rutoken ECP Иванов' });
		await walk('Rutoken ECP Иванов', { name: 'active', pair: true,
			make: [FACTORY_PIN, '!yes', PIN, PIN],
			beforeSigning: () => tokens.fail('0', 'C_Sign pull'),
			whileSigning: async () => {
				await page.getByText('Вставьте', { exact: false }).first()
					.waitFor();
				await look(page, 'token-pulled-out');
				tokens.putBack('0');
			} });
		assert.equal(tokens.describe('0').pin, PIN);
	});

	await t.test('it cannot be copied, and the page says what to do', async () => {
		await press(page, 'Сделать резервную копию');
		await page.getByText('Ключ на этом токене нельзя скопировать. ' +
			'Получите второй сертификат на запасной носитель').waitFor();
		await look(page, 'token-no-copy');
	});

	await t.test('a passive one', async () => {
		tokens.insert('1', { kind: 'lite', label: 'Актив Rutoken lite 0',
			pin: PIN });
		await walk('Актив Rutoken lite 0', { name: 'passive', make: [PIN] });
	});

	await noFaults(page);
	t.diagnostic('proves: A6 A8 A9 A13 A15');
});
