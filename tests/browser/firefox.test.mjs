// SPDX-License-Identifier: Apache-2.0
// The whole way in Debian's own Firefox, on a workplace that `surguch` has made
// ready: the centre's root in the person's profile, the managed policy that
// lets the centre's page reach the agent without a question.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { firefox } from 'playwright-core';
import { Agent } from '../e2e/lib/agent.mjs';
import { startDesk } from '../e2e/lib/desk.mjs';
import { ACT_CODE, addForm, PHONE, surguch } from '../e2e/lib/person.mjs';
import { AS_ROOT, scratch } from '../e2e/lib/scratch.mjs';
import { must } from '../run/exec.mjs';
import { OUTSIDE, PICTURES, WIDE } from './lib/browser.mjs';
import { heading, press, signIn, withPages } from './lib/centre.mjs';

const PROGRAM = '/usr/bin/firefox-esr';
const PASSWORD = 'tishe edesh';

// A home with one profile of Firefox, as a first start leaves it.
async function makeHome(t) {
	const home = scratch(t);
	const at = join(home, '.mozilla/firefox');
	const profile = join(at, 'own.default');
	mkdirSync(profile, { recursive: true });
	mkdirSync(join(home, 'etc/firefox'), { recursive: true });
	writeFileSync(join(at, 'profiles.ini'),
		'[Profile0]\nName=default\nIsRelative=1\nPath=own.default\n');
	await must('certutil', ['-N', '-d', `sql:${profile}`, '--empty-password']);
	return { home, profile };
}

// A program that is Firefox in the person's own profile, and whose /etc/firefox is
// in this home: the driver wants to give a profile of its own, whose settings are
// taken over.
function wrapped({ home, profile }) {
	const file = join(home, 'firefox');
	writeFileSync(file, `#!/bin/sh
for arg in "$@"; do
	shift
	case $last in
	--profile) cp "$arg/user.js" '${profile}/user.js'; arg='${profile}' ;;
	esac
	last=$arg
	set -- "$@" "$arg"
done
exec unshare -m sh -ec '
	mkdir -p /etc/firefox
	mount --bind "$0/etc/firefox" /etc/firefox
	exec ${PROGRAM} "$@"' '${home}' "$@"
`);
	chmodSync(file, 0o700);
	return file;
}

function picture(page, name) {
	mkdirSync(PICTURES, { recursive: true });
	return page.screenshot({ fullPage: true,
		path: join(PICTURES, `firefox-${name}.png`) });
}

async function launch(t, place, centre) {
	const browser = await firefox.launch({
		executablePath: wrapped(place), channel: 'moz-firefox',
		env: { ...process.env, HOME: place.home }, firefoxUserPrefs: {
			'network.lna.enabled': true, 'network.lna.blocking': true,
			// The centre's page is as if from the internet.
			'network.lna.address_space.public.override':
				new URL(centre.api).host,
			'network.dns.localDomains': OUTSIDE } });
	t.after(() => browser.close());
	const context = await browser.newContext({ baseURL: centre.api,
		viewport: WIDE, locale: 'ru-RU' });
	context.setDefaultTimeout(20000);
	const page = await context.newPage();
	page.faults = [];
	page.on('console', (m) => {
		// A port where somebody else's program answers, or nobody, is no fault.
		if (m.type() === 'error' &&
		    !/^Cross-Origin Request Blocked: .* at http:\/\/127/s
			.test(m.text())) {
			page.faults.push(m.text());
		}
	});
	page.on('pageerror', (e) => page.faults.push(e.stack));
	return { browser, page };
}

test('in Firefox', { skip: !AS_ROOT && 'an /etc of its own is root\'s to give' },
	async (t) => {
		const centre = await startDesk(t, { configure: withPages });
		const form = await addForm(centre);
		const place = await makeHome(t);
		const program = surguch(centre, join(place.home, 'surguch'));
		let agent, browser, page;

		await t.test('a centre that the browser does not know', async () => {
			({ browser, page } = await launch(t, place, centre));
			await assert.rejects(page.goto('/'), /SEC_ERROR_UNKNOWN_ISSUER/);
			await browser.close();
		});

		await t.test('its root put in by surguch: the page is there', async () => {
			const r = await program('store', 'install', centre.apiCa,
				'--fingerprint', new X509Certificate(readFileSync(centre.apiCa))
					.fingerprint256);
			assert.equal(r.code, 0, r.all);
			({ browser, page } = await launch(t, place, centre));
			await signIn(page, centre);
			await picture(page, 'list');
		});

		await t.test('without the policy the browser asks first', async () => {
			agent = await Agent.start(t, centre, { port: 0, disk: 'FLASH' });
			await agent.trust();
			await page.goto(`/my/forms/${form}`);
			await press(page, 'Данные верны');
			await page.getByText('Приложение не отвечает').waitFor();
			await page.waitForTimeout(2000);
			assert.doesNotMatch(agent.seen, /hello|http\.answer/);
			// And by a name that is not this computer's the page knows of it.
			const out = await (await browser.newContext({ viewport: WIDE,
				ignoreHTTPSErrors: true, locale: 'ru-RU',
				baseURL: centre.api.replace('127.0.0.1', OUTSIDE) })).newPage();
			await signIn(out, centre);
			await out.goto(`/my/forms/${form}/workplace`);
			await out.getByText('Браузер спросит разрешение').waitFor();
			await picture(out, 'workplace');
			await browser.close();
		});

		await t.test('with it nothing stands in the way', async () => {
			const r = await program('agent', 'policy', centre.api, '--install',
				place.home);
			assert.equal(r.code, 0, r.all);
			({ browser, page } = await launch(t, place, centre));
			await signIn(page, centre);
			await page.goto(`/my/forms/${form}/workplace`);
			await page.getByText('Приложение отвечает').waitFor();
			await press(page, 'Показать код');
			await agent.answer('yes');
			await page.getByText('Рабочее место готово').waitFor();
			await press(page, 'Продолжить');
		});

		await t.test('a key on the disk, by keys of the keyboard', async () => {
			await heading(page, 'Носитель');
			await page.getByText('FLASH').click();
			await press(page, 'Получить сертификат');
			await heading(page, 'Датчик случайных чисел');
			agent.passwords(PASSWORD, PASSWORD);
			await page.locator('.sensor').focus();
			for (let i = 0; i < 64; i += 1) {
				await page.keyboard.press('a');
			}
			await page.getByText('Прочтите и подтвердите').waitFor();
			await agent.answer('yes');
			await heading(page, 'Подтверждение');
		});

		await t.test('confirmed, read, signed, installed', async () => {
			const [, code] = await centre.sms(ACT_CODE, { to: PHONE });
			await page.getByLabel('Код из смс').fill(code);
			await press(page, 'Отправить');
			await heading(page, 'Ознакомление');
			await page.getByRole('checkbox').check();
			agent.passwords(PASSWORD, PASSWORD);
			await press(page, 'Подписать');
			await agent.answer('yes');
			await heading(page, 'Установка');
			await press(page, 'Установить');
			await agent.answer('yes');
			await heading(page, 'Сертификат получен');
			// Before the picture, for which the driver tries a style of its own.
			assert.deepEqual(page.faults, []);
			await picture(page, 'done');
		});
		t.diagnostic('proves: A5 A11 A13 A20');
	});
