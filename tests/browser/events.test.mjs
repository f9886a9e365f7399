// SPDX-License-Identifier: Apache-2.0
// What changes is told to every tab by one stream a browser; where no stream
// comes, pages ask.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startDesk } from '../e2e/lib/desk.mjs';
import { until } from '../e2e/lib/scratch.mjs';
import { addForm, pay } from '../e2e/lib/person.mjs';
import { launch, noFaults, openPage } from './lib/browser.mjs';
import { heading, press, signIn, withPages } from './lib/centre.mjs';

const TABS = 8;
const QUIET_MS = 9000; // twice as long as a page waits that has to ask

test('told, not asked', async (t) => {
	const centre = await startDesk(t, { configure: withPages });
	const browser = await launch(t, centre);
	const unpaid = await addForm(centre, { paid: false, approved: false });
	const page = await openPage(browser, centre);
	const context = page.context();
	const asked = [];
	let streams = 0;
	context.on('request', (r) => {
		const { pathname } = new URL(r.url());
		if (pathname === '/v1/my/events') {
			streams += 1;
		} else if (pathname.startsWith('/v1/my/')) {
			asked.push(pathname);
		}
	});
	await signIn(page, centre);
	const tabs = [page];

	await t.test('eight tabs, one stream; nobody asks in between',
		async () => {
			for (let i = 1; i < TABS; i += 1) {
				const tab = await context.newPage();
				await tab.goto(i === 1 ? `/my/forms/${unpaid}` : '/my');
				tabs.push(tab);
			}
			await heading(tabs[1], 'Ожидаем оплату');
			await Promise.all(tabs.filter((_, i) => i !== 1)
				.map((tab) => tab.getByText('Не оплачено').waitFor()));
			assert.equal(streams, 1);
			await page.waitForTimeout(1000); // what was begun comes to its end
			asked.splice(0);
			await page.waitForTimeout(QUIET_MS);
			assert.deepEqual(asked, []);
		});

	await t.test('a change is seen in all of them', async () => {
		await pay(centre, unpaid);
		await heading(tabs[1], 'Данные сертификата');
		await Promise.all(tabs.filter((_, i) => i !== 1)
			.map((tab) => tab.getByText('Можно запросить').waitFor()));
		assert.equal(streams, 1);
	});

	await t.test('the tab that listened is closed: another does', async () => {
		await tabs.shift().close();
		await until(() => streams === 2, () => `${streams} streams`);
		const second = await addForm(centre, { paid: false, approved: false });
		await Promise.all(tabs.slice(1).map((tab) =>
			tab.getByText('Не оплачено').waitFor()));
		await pay(centre, second);
		await Promise.all(tabs.slice(1).map((tab) =>
			tab.getByText('Не оплачено').waitFor({ state: 'detached' })));
	});

	await t.test('the centre stops and starts: told again', async () => {
		await centre.down();
		await centre.up();
		const third = await addForm(centre, { paid: false, approved: false });
		await Promise.all(tabs.slice(1).map((tab) =>
			tab.getByText('Не оплачено').waitFor()));
		await pay(centre, third);
		await Promise.all(tabs.slice(1).map((tab) =>
			tab.getByText('Не оплачено').waitFor({ state: 'detached' })));
	});

	await t.test('no stream: pages ask', async () => {
		const poor = await openPage(browser, centre,
			{ storageState: await context.storageState() });
		await poor.context().route('**/v1/my/events', (r) => r.fulfill(
			{ status: 503, json: { rule: 'events.many' } }));
		const fourth = await addForm(centre, { paid: false, approved: false });
		await poor.goto('/my');
		await poor.getByText('Не оплачено').waitFor();
		await pay(centre, fourth);
		await poor.getByText('Не оплачено').waitFor({ state: 'detached' });
		await noFaults(poor);
	});

	await t.test('signed out in one tab: out in all', async () => {
		await press(tabs[0], 'Выйти');
		await Promise.all(tabs.map((tab) => heading(tab, 'Вход')));
	});
	t.diagnostic('proves: A11 A12 A17');
});
