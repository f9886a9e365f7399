// SPDX-License-Identifier: Apache-2.0
// Applications that an operator decides on: those that wait for one, those
// that the centre could not issue, and what a database that was put back
// finds in the journal.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPerson, call, newKey, ORGANISATION, PERSON, sql, startDesk,
	writeSql } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { ACT_CODE, addForm, approve, gostRequest, identify, Person }
	from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

function refused(r, status, rule) {
	assert.equal(r.status, status, r.text);
	assert.equal(r.json.rule, rule, r.text);
}

test('what operators decide', async (t) => {
	const centre = await startDesk(t);
	const request = async (name) => (await gostRequest(centre.dir, name)).der;
	let num = 0;

	const write = (text) => writeSql(centre, text);

	// Somebody whose request is confirmed, under a form that is not approved.
	async function waiting({ surname = 'Иванов', approved = false } = {}) {
		num += 1;
		const phone = `+7916200${1000 + num}`;
		const person = await addPerson(centre, { ...PERSON, surname });
		const form = await addForm(centre, { phone, person, approved });
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		expectStatus(await p.check(), 200);
		expectStatus(await p.request(await request(`key-${num}`)), 200);
		expectStatus(await p.confirm(await p.code(ACT_CODE)), 200);
		return p;
	}
	const desk = (p, what, body, options) => call(centre, 'POST',
		`/v1/applications/${p.application}/${what}`, body, options);
	const get = (path) => call(centre, 'GET', path);
	const put = (path, body) => call(centre, 'PUT', path, body);
	const shown = async (p) => (await call(centre, 'GET',
		`/v1/applications/${p.application}`)).json;
	const listed = async (query = '') => (await call(centre, 'GET',
		`/v1/applications${query}`)).json.applications.map((a) => a.id);

	await t.test('approving', async () => {
		const p = await waiting();
		assert.equal((await shown(p)).state, 'review');
		assert.deepEqual(await listed(), [p.application]);
		assert.deepEqual(await listed(`?after=${p.application}`), []);
		assert.deepEqual(await listed('?state=issued'), []);
		refused(await call(centre, 'GET', '/v1/applications?state=x'), 422,
			'query.state');
		refused(await desk(p, 'approval'), 409, 'form.approval');
		await approve(centre, p.form);
		const key = newKey();
		const r = await desk(p, 'approval', undefined, { key });
		expectStatus(r, 200);
		assert.equal(r.json.state, 'approved');
		await p.reaches('issued');
		assert.equal((await desk(p, 'approval', undefined, { key })).text,
			r.text);
		refused(await desk(p, 'approval'), 409, 'application.step');
		refused(await desk(p, 'withdrawal', { reason: 'поздно' }), 409,
			'application.step');
		assert.deepEqual(await listed('?state=issued'), [p.application]);
	});

	await t.test('refusing, asking to correct, withdrawing', async () => {
		const p = await waiting();
		refused(await desk(p, 'refusal', { reason: '' }), 422,
			'json.field.length');
		refused(await desk(p, 'refusal', { reason: 'я'.repeat(501) }), 422,
			'registry.reason');
		expectStatus(await desk(p, 'correction', { reason: 'Адрес' }), 200);
		const seen = (await p.get(p.at())).json;
		assert.equal(seen.state, 'to_correct');
		assert.equal(seen.reason, 'Адрес');
		expectStatus(await desk(p, 'corrected'), 200);
		const again = (await p.get(p.at())).json;
		assert.equal(again.state, 'ready');
		assert.equal(again.reason, undefined);
		expectStatus(await desk(p, 'withdrawal', { reason: 'Передумал' }), 200);
		assert.equal((await p.get(p.at())).json.reason, 'Передумал');

		const q = await waiting();
		expectStatus(await desk(q, 'refusal', { reason: 'Не тот' }), 200);
		assert.equal(await q.state(), 'refused');
		const first = q.application;
		assert.notEqual(await q.apply(q.form), first);
	});

	await t.test('whom these steps are not for', async () => {
		const p = await waiting();
		const token = await centre.operator('centre', 'service-centre');
		for (const what of ['approval', 'refusal', 'correction', 'withdrawal']) {
			refused(await desk(p, what, what === 'approval' ? undefined
				: { reason: 'нет' }, { token }), 403, 'operator.scope');
		}
		assert.ok((await listed()).includes(p.application));
		refused(await call(centre, 'GET',
			'/v1/applications/app_00000000000000000000000000'), 404,
		'application.none');
	});

	await t.test('what is refused for good is not tried again', async () => {
		const p = await waiting();
		await write(`update application set csr = x'3000'
			where state = 'review'`);
		await approve(centre, p.form);
		expectStatus(await desk(p, 'approval'), 200);
		await p.reaches('review');
		// The person waits; the operator reads why.
		const { reason } = await shown(p);
		assert.match(reason, /^[a-z_.]+: ./);
		assert.equal((await p.get(p.at())).json.reason, undefined);
		const acts = await sql(centre, `select action from audit
			where object = '${p.application}' order by number`);
		assert.deepEqual(acts.flat().slice(-2),
			['application.issue', 'application.issue_refuse']);
		expectStatus(await desk(p, 'refusal', { reason: 'Запрос' }), 200);
		assert.equal((await p.get(p.at())).json.reason, 'Запрос');
	});

	await t.test('data are corrected, and what was approved is not any more',
		async () => {
			const p = await waiting({ surname: 'Ошибкина', approved: true });
			await p.reaches('issued');
			const q = await waiting({ surname: 'Ошыбкина' });
			expectStatus(await desk(q, 'correction', { reason: 'Ы' }), 200);
			const form = (await get(`/v1/forms/${q.form}`)).json;
			const path = `/v1/persons/${form.person}`;
			const right = { ...PERSON, surname: 'Ошибкина', version: 1 };
			refused(await put(path, { ...PERSON }), 422, 'json.field.missing');
			expectStatus(await put(path, right), 200);
			refused(await put(path, right), 409, 'registry.version');
			refused(await put('/v1/persons/per_00000000000000000000000000',
				right), 404, 'person.none');
			const seen = (await get(path)).json;
			assert.equal(seen.surname, 'Ошибкина');
			assert.equal(seen.version, 2);
			expectStatus(await desk(q, 'corrected'), 200);
			expectStatus(await q.check(), 200);

			const change = { version: form.version, owner_kind: 'person',
				person: form.person, phone: form.phone,
				support_phone: '88005005081' };
			expectStatus(await put(`/v1/forms/${q.form}`, change), 200);
			refused(await put(`/v1/forms/${q.form}`, change), 409,
				'registry.version');
			refused(await put(`/v1/forms/${p.form}`, change), 409,
				'form.state');
		});

	await t.test('data that no certificate can hold', async () => {
		const person = await addPerson(centre, { ...PERSON, surname: 'Длин' });
		const phone = '+79162009999';
		const form = await addForm(centre, { phone, person, approved: false });
		// Longer than X.520 lets a surname be; the API would not take it.
		await write(`update person set surname = '${'Длин'.repeat(30)}',
			version = version + 1 where surname = 'Длин'`);
		const p = await new Person(centre, phone).signIn();
		await p.apply(form);
		expectStatus(await p.check(), 200);
		const r = await p.request(await request('long'));
		refused(r, 422, 'subject.surname.long');
		assert.equal(r.json.field, 'surname');
	});

	await t.test('an organisation is changed', async () => {
		const org = (await call(centre, 'POST', '/v1/organisations',
			ORGANISATION)).json.id;
		const path = `/v1/organisations/${org}`;
		expectStatus(await put(path, { ...ORGANISATION, version: 1,
			street: 'ул. Мира, 2' }), 200);
		assert.equal((await get(path)).json.street, 'ул. Мира, 2');
		refused(await put(path, { ...ORGANISATION, version: 2, street: '' }),
			422, 'registry.missing');
		assert.ok((await get('/v1/organisations')).json.organisations
			.some((o) => o.id === org && o.version === 2));
	});

	await t.test('the document is read by who approves; a form is withdrawn',
		async () => {
			const p = await waiting();
			const at = `/v1/forms/${p.form}`;
			refused(await get(`${at}/identification`), 404,
				'form.identification');
			await identify(centre, p.form);
			assert.equal((await get(`${at}/identification`)).json.document,
				'Паспорт РФ 6512 123456');
			const token = await centre.operator('desk', 'service-centre');
			refused(await call(centre, 'GET', `${at}/identification`,
				undefined, { token }), 403, 'operator.scope');
			expectStatus(await call(centre, 'POST', `${at}/withdrawal`,
				{ reason: 'Ошибка' }), 200);
			assert.equal((await shown(p)).state, 'withdrawn');
			refused(await p.get(p.at()), 404, 'application.none');
		});

	await t.test('only what was approved is signed, however late', async () => {
		const p = await waiting();
		await write(`update application set state = 'issuing'
			where state = 'review'`);
		await until(async () => (await sql(centre, `select count(*) from audit
			where object = '${p.application}'
			and action = 'application.changed'`))[0][0] === '1',
		'the application to come back');
		assert.equal(await p.state(), 'review');
	});

	await t.test('a database that was put back takes its certificate over',
		async () => {
			const p = await waiting({ approved: true });
			await p.reaches('issued');
			const certificate = await p.certificate();
			await centre.down();
			await write(`delete from certificate
				where application_id is not null;
				update application set state = 'review', certificate_id = null
				where state = 'issued'; delete from meta
				where name like 'adopted.%'`);
			await centre.up();
			await p.reaches('issued');
			assert.deepEqual(await p.certificate(), certificate);
		});
});
