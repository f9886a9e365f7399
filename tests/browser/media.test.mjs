// SPDX-License-Identifier: Apache-2.0
// What the page says of media and agents as they come: an old agent, tokens
// in every state, none, one put in; a key that cannot be copied.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentDouble } from '../doubles/agent.mjs';
import { startDesk, writeSql } from '../e2e/lib/desk.mjs';
import { expectStatus } from '../e2e/lib/http.mjs';
import { addForm, gostRequest, Person } from '../e2e/lib/person.mjs';
import { launch, look, lookInEnglish, noFaults, openPage }
	from './lib/browser.mjs';
import { acquaint, heading, press, signIn, withPages } from './lib/centre.mjs';

const REGISTRY = { id: 'registry', kind: 'registry', name: 'Реестр',
	writable: true, containers: 0 };
const LITE = { id: 'token:1', kind: 'token', name: 'Актив Rutoken lite 0',
	model: 'Rutoken lite', serial: '2ce0d8a1', active: false, writable: true,
	containers: 0, pin: { state: 'ok', factory: true } };
const ACTIVE = { ...LITE, id: 'token:2', name: 'Rutoken ECP Иванов',
	model: 'Rutoken ECP', serial: '3a07f1c2', active: true, containers: 1,
	pin: { state: 'low', factory: false } };
const container = (medium, more = {}) => ({ id: '1'.repeat(32), medium,
	label: 'Иванов Иван Иванович', form: 'surguch', spec: 'gost2012-256:A',
	created: '2026-01-10T10:00:00Z', has_password: true, copyable: true,
	certificate: null, problem: null, ...more });

test('media', async (t) => {
	const centre = await startDesk(t, { configure: withPages });
	const form = await addForm(centre);
	const page = await openPage(await launch(t, centre), centre);
	const at = (step) => `${centre.api}/my/forms/${form}${step}`;
	await signIn(page, centre);
	await page.goto(at(''));
	await press(page, 'Данные верны');
	await heading(page, 'Рабочее место');

	await t.test('an old agent: which version is needed', async () => {
		const old = await AgentDouble.start(t, { protocol: 0 });
		await page.getByText('Приложение устарело: его протокол 0, нужен 1')
			.waitFor();
		await page.getByText('Обновить компоненты').click();
		await look(page, 'workplace-old');
		await lookInEnglish(page, 'workplace-old');
		old.stop();
		await page.getByText('Приложение не отвечает').waitFor();
	});

	const agent = await AgentDouble.start(t);

	await t.test('no medium: what to put in, noticed by itself', async () => {
		await press(page, 'Показать код');
		await page.getByText('Носитель не найден').waitFor();
		await look(page, 'workplace-no-medium');
		agent.media = [REGISTRY];
		await page.getByText('Рабочее место готово').waitFor();
		await press(page, 'Продолжить');
		await heading(page, 'Носитель');
		await page.getByText('Вставьте Рутокен и нажмите:').waitFor();
		await look(page, 'medium-none');
		agent.media = [REGISTRY, LITE];
		await page.getByRole('radio', { name: 'Актив Rutoken lite 0' })
			.waitFor();
		assert.ok(await page.getByRole('radio', { name: 'Rutoken lite' })
			.isChecked());
		await page.getByText('На токене заводской PIN. Рекомендуем сменить')
			.waitFor();
	});

	await t.test('tokens in every state', async () => {
		const pin = (state) => ({ ...LITE, id: `token:${state}`,
			name: `Rutoken ${state}`, pin: { state, factory: false } });
		agent.media = [REGISTRY, ACTIVE, pin('last'), pin('locked'),
			pin('unset'), { ...LITE, id: 'token:r', name: 'Rutoken RO',
				writable: false }];
		for (const words of ['Осталось мало попыток', 'Осталась последняя ' +
			'попытка', 'Пин-код заблокирован', 'Пин-код ещё не задан',
		'Защищён от записи', 'не может быть скопирован']) {
			await page.getByText(words).waitFor();
		}
		assert.ok(await page.getByRole('radio', { name: 'Rutoken locked' })
			.isDisabled());
		await look(page, 'medium-tokens');
		await lookInEnglish(page, 'medium-tokens');
	});

	await t.test('the medium of the old certificate is the one chosen',
		async () => {
			agent.containers = [container('registry', { certificate: {
				sha256: '0'.repeat(64), der: '', not_after:
					'2026-12-01T00:00:00Z', subject:
					'CN=Иванов Иван Иванович, SURNAME=Иванов' } })];
			agent.media = [LITE, { ...REGISTRY, containers: 1 }];
			await page.getByText('На этом носителе ваш прежний сертификат')
				.waitFor();
			assert.ok(await page.getByRole('radio', { name: 'Реестр' })
				.isChecked());
			await page.getByText('Rutoken lite').click();
			assert.ok(await page.getByRole('radio', { name: 'Rutoken lite' })
				.isChecked());
		});

	await t.test('a key that cannot be copied, on another computer',
		async () => {
			const person = await new Person(centre).signIn();
			const { key, der } = await gostRequest(centre.dir, 'elsewhere');
			const id = '2'.repeat(32);
			const cert = await person.obtain(form, der, { kind: 'token',
				name: 'Rutoken ECP Петров', container: id });
			expectStatus(await acquaint(centre, person, key), 200);
			// A key that could be it, but is not the one that was told.
			agent.containers = [container('registry')];
			agent.media = [REGISTRY, LITE];
			await heading(page, 'Установка');
			await page.getByText('Ключ лежит на «Rutoken ECP Петров»')
				.waitFor();
			assert.ok(!await page.getByRole('radio').first().isChecked());
			await page.getByRole('button', { name: 'Установить' }).waitFor();
			await look(page, 'install-lies');
			await lookInEnglish(page, 'install-lies');
			// That token is put in, before it has its certificate.
			agent.containers = [container(ACTIVE.id, { id })];
			agent.media = [REGISTRY, ACTIVE];
			await page.getByText('Ключ найден на носителе «Rutoken ECP')
				.waitFor();
			agent.media = [REGISTRY, LITE];
			agent.containers = [];
			// In a registry, which nobody carries here; and a key of which
			// nothing is known.
			await writeSql(centre, 'update application set ' +
				'medium_kind = \'registry\'');
			await page.reload();
			await page.getByText('в реестре компьютера, где он создан')
				.waitFor();
			await writeSql(centre, 'update application set medium_kind = null, ' +
				'medium_name = null, medium_container = null');
			await page.reload();
			await page.getByText('Ключа этой заявки нет среди').waitFor();
			await look(page, 'install-medium');
			await lookInEnglish(page, 'install-medium');
			// Found by its certificate.
			agent.containers = [container(ACTIVE.id, { copyable: false, form: 'token',
				certificate: { sha256: '', subject: '', not_after: '',
					der: cert.toString('base64') } })];
			agent.media = [REGISTRY, ACTIVE];
			await page.getByText('Ключ найден на носителе «Rutoken ECP')
				.waitFor();
			await page.getByRole('button', { name: 'Установить' }).waitFor();
			expectStatus(await person.post(person.at('installed')), 200);
			await heading(page, 'Сертификат получен');
			await press(page, 'Сделать резервную копию');
			await page.getByText('Ключ на этом токене нельзя скопировать. ' +
				'Получите второй сертификат на запасной носитель').waitFor();
			await look(page, 'backup-never');
			await lookInEnglish(page, 'backup-never');
			agent.containers = [{ ...agent.containers[0], copyable: true,
				medium: LITE.id }];
			agent.media = [LITE];
			await page.getByText('Вставьте флешку или второй токен').waitFor();
			await noFaults(page);
		});
	t.diagnostic('proves: A5 A6 A11 A13 A15 A19');
});
