// SPDX-License-Identifier: Apache-2.0
// A centre that serves the page that the build of web/ left in the build
// directory.
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { PHONE, SIGN_IN_CODE } from '../../e2e/lib/person.mjs';
import { BUILD } from '../../e2e/lib/scratch.mjs';

export const WEB = join(BUILD, 'web');

export function withPages(centre) {
	appendFileSync(join(centre.dir, 'etc/surguch/surguch.conf'),
		`web = "${WEB}";\n`);
}

// Through the page, as anybody does.
export async function signIn(page, centre, phone = PHONE) {
	await page.goto('/');
	await page.getByLabel('Номер телефона').fill(phone);
	await page.getByRole('button', { name: 'Получить пароль' }).click();
	const [, code] = await centre.sms(SIGN_IN_CODE, { to: phone });
	await page.getByLabel('Пароль из смс').fill(code);
	await page.getByRole('button', { name: 'Войти' }).click();
	await page.getByRole('heading', { name: 'Мои сертификаты' }).waitFor();
}
