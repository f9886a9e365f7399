// SPDX-License-Identifier: Apache-2.0
// A centre that serves the page that the build of web/ left in the build
// directory, and what a person does there.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { opensslMust } from '../../e2e/lib/openssl.mjs';
import { PHONE, SIGN_IN_CODE } from '../../e2e/lib/person.mjs';
import { BUILD } from '../../e2e/lib/scratch.mjs';

export const WEB = join(BUILD, 'web');

export function withPages(centre) {
	appendFileSync(join(centre.dir, 'etc/surguch/surguch.conf'),
		`web = "${WEB}";\n`);
}

export const heading = (page, name) =>
	page.getByRole('heading', { name, level: 1 }).waitFor();
export const press = (page, name) => page.getByRole('button', { name }).click();

// The owner's signature over what the page shows of the certificate, with a
// key that openssl made.
export async function acquaint(centre, person, key) {
	const file = (name) => join(centre.dir, name);
	const shown = await person.get(person.at('acquaintance'));
	writeFileSync(file('read.txt'), shown.json.text);
	writeFileSync(file('read.pem'), await person.certificate('pem'));
	await opensslMust(['cms', '-sign', '-binary', '-cades', '-in',
		file('read.txt'), '-signer', file('read.pem'), '-inkey', key,
		'-outform', 'DER', '-out', file('read.p7s')]);
	return person.post(person.at('acquaintance'),
		{ signature: readFileSync(file('read.p7s')).toString('base64') });
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
