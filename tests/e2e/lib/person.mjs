// SPDX-License-Identifier: Apache-2.0
// A person in the cabinet, by HTTP as the page does it, and the operator's
// part that comes before.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exec } from '../../run/exec.mjs';
import { expectStatus } from './http.mjs';
import { addPerson, call } from './desk.mjs';
import { opensslMust } from './openssl.mjs';
import { until } from './scratch.mjs';

export const PHONE = '+79161234567';
export const SIGN_IN_CODE = /(\d{4} \d{4})/;
export const ACT_CODE = /(\d{3} \d{3})(?! *\d)/;

const ok = (r) => {
	if (r.status >= 300) {
		throw new Error(`${r.status}: ${r.text}`);
	}
	return r.json;
};

// A form for a person of the qualified form: paid, identified and approved
// unless options say otherwise; options also replace the form's fields.
export async function addForm(centre, { person, paid = true, approved = true,
	...fields } = {}) {
	const form = ok(await call(centre, 'POST', '/v1/forms', {
		owner_kind: 'person', person: person ?? await addPerson(centre),
		phone: PHONE, support_phone: '88005005080', ...fields })).id;
	if (paid) {
		await pay(centre, form);
	}
	if (approved) {
		await approve(centre, form);
	}
	return form;
}

export async function pay(centre, form) {
	ok(await call(centre, 'POST', `/v1/forms/${form}/payment`));
}

export async function identify(centre, form) {
	ok(await call(centre, 'POST', `/v1/forms/${form}/identification`, {
		kind: 'in_person', document: 'Паспорт РФ 6512 123456',
		originals_seen: true }));
}

export async function approve(centre, form) {
	await identify(centre, form);
	const { data_hash } = ok(await call(centre, 'GET', `/v1/forms/${form}`));
	ok(await call(centre, 'POST', `/v1/forms/${form}/approval`, { data_hash }));
}

// A GOST key with its request, made by openssl: {key (file), der (Buffer)}
export async function gostRequest(dir, name, { paramset = 'A',
	algorithm = 'gost2012_256' } = {}) {
	const key = join(dir, `${name}.key`);
	const csr = join(dir, `${name}.csr.der`);
	await opensslMust(['genpkey', '-algorithm', algorithm, '-pkeyopt',
		`paramset:${paramset}`, '-out', key]);
	await opensslMust(['req', '-new', '-key', key, '-utf8', '-subj',
		'/CN=Кто угодно', '-outform', 'DER', '-out', csr]);
	return { key, der: readFileSync(csr) };
}

export class Person {
	constructor(centre, phone = PHONE) {
		this.centre = centre;
		this.phone = phone;
		this.client = centre.client(
			{ headers: { 'x-surguch-request': '1' } });
		centre.t.after(() => this.client.close());
	}

	get(path) {
		return this.client.get(path);
	}

	post(path, json, options) {
		return this.client.post(path, json, options);
	}

	// The answer of asking for a sign-in code; .challenge is kept.
	async ask(again = false) {
		const r = await this.post('/v1/sign-in/code', { phone: this.phone,
			...(again ? { challenge: this.challenge } : {}) });
		this.challenge = r.json?.challenge ?? this.challenge;
		return r;
	}

	async code(pattern) {
		const found = await this.centre.sms(pattern, { to: this.phone });
		return found[1].replace(/ /g, '');
	}

	enter(code) {
		return this.post('/v1/sign-in', { phone: this.phone,
			challenge: this.challenge, code });
	}

	async signIn() {
		expectStatus(await this.ask(), 202);
		expectStatus(await this.enter(await this.code(SIGN_IN_CODE)), 200);
		return this;
	}

	async apply(form) {
		const r = await this.post(`/v1/my/forms/${form}/application`);
		if (r.status !== 201 && r.status !== 200) {
			throw new Error(r.text);
		}
		this.form = form;
		this.application = r.json.id;
		return this.application;
	}

	at(what) {
		return `/v1/my/applications/${this.application}` +
			(what ? `/${what}` : '');
	}

	async check() {
		const shown = await this.get(`/v1/my/forms/${this.form}`);
		return this.post(this.at('check'),
			{ data_hash: shown.json.data_hash });
	}

	// medium: where the key lies, as an agent would tell it
	request(der, medium) {
		return this.post(this.at('request'),
			{ pkcs10: der.toString('base64'), medium });
	}

	confirm(code) {
		return this.post(this.at('confirmation'), { code });
	}

	async state() {
		return (await this.get(this.at())).json.state;
	}

	async reaches(state) {
		let seen;
		await until(async () => (seen = await this.state()) === state,
			() => `the state ${state}; it is ${seen}`);
	}

	// From the form to the issued certificate (DER).
	async obtain(form, der, medium) {
		await this.apply(form);
		expectStatus(await this.check(), 200);
		expectStatus(await this.request(der, medium), 200);
		expectStatus(await this.confirm(await this.code(ACT_CODE)), 200);
		await this.reaches('issued');
		return this.certificate();
	}

	async certificate(format = 'der') {
		const r = await this.get(this.at(`certificate/${format}`));
		expectStatus(r, 200);
		return r.body;
	}
}

// The same person with the program `surguch`: surguch(centre, home)(…args)
// resolves to {code, out, err, all}.
export function surguch(centre, home, cwd = undefined) {
	return (...args) => exec(centre.program('surguch'), args, { timeoutSec: 60,
		cwd, env: { SURGUCH_HOME: home, LANG: 'C.UTF-8',
			HOME: dirname(home) } });
}
