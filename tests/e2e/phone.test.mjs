// SPDX-License-Identifier: Apache-2.0
// A lost or changed phone: an operator asks with evidence, the old number is
// told and may object, and after the cooling time the new one signs in.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { addPerson, call, ctl, PERSON, snils, sql, startDesk, writeSql }
	from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { addForm, gostRequest, Person } from './lib/person.mjs';
import { until } from './lib/scratch.mjs';

const HOUR = 3600;

function refused(r, status, rule) {
	assert.equal(r.status, status, r.text);
	assert.equal(r.json.rule, rule, r.text);
}

test('a lost or changed phone', async (t) => {
	console.log('proves: A1 A10');
	const centre = await startDesk(t, { seams: true });
	const anybody = centre.client({ headers: { 'x-surguch-request': '1' } });
	t.after(() => anybody.close());
	let num = 0;
	const evidence = (kind = 'signed_statement') => ({ kind,
		reference: 'заявление № 17, дело 3', date: '2026-01-15' });
	const ask = (form, phone, kind, options) => call(centre, 'POST',
		`/v1/forms/${form}/phone`, { phone, evidence: evidence(kind) }, options);
	const list = async (state) => expectStatus(await call(centre, 'GET',
		`/v1/phone-changes?state=${state}`), 200).changes;
	const object = (code) => anybody.post('/v1/phone/objection', { code });
	const CODE = /введите код (\w{4}-\w{4}-\w{4}-\w{4})/;
	const code = async (p) => (await centre.sms(CODE, { to: p.phone }))[1];
	const phoneOf = async (form) => expectStatus(await call(centre, 'GET',
		`/v1/forms/${form}`), 200).phone;

	// Somebody with an application that waits for its code.
	async function owner() {
		num += 1;
		const phone = `+7916611${1000 + num}`;
		const person = await addPerson(centre, { ...PERSON, snils: snils(num) });
		const form = await addForm(centre, { phone, person });
		const p = await new Person(centre, phone).signIn();
		p.form = form;
		p.fresh = `+7916612${1000 + num}`;
		return p;
	}
	async function begun() {
		const p = await owner();
		p.app = expectStatus(await p.post(`/v1/my/forms/${p.form}/application`),
			201).id;
		const f = expectStatus(await p.get(`/v1/my/forms/${p.form}`), 200);
		expectStatus(await p.post(`/v1/my/applications/${p.app}/check`,
			{ data_hash: f.data_hash }), 200);
		const { der } = await gostRequest(centre.dir, `phone-${num}`);
		expectStatus(await p.post(`/v1/my/applications/${p.app}/request`,
			{ pkcs10: Buffer.from(der).toString('base64') }), 200);
		p.code = (await centre.sms(/(\d{3} \d{3}) подтверждает запрос/,
			{ to: phone(p) }))[1].replace(' ', '');
		return p;
	}
	const phone = (p) => p.phone;
	// As time does it: the change's own times move, and front looks again.
	async function pass(id, hours) {
		const [[asked]] = await sql(centre, `SELECT count(*) FROM phone_change
			WHERE state = 'waiting'`);
		assert.equal(asked, '1', id);
		await writeSql(centre, `UPDATE phone_change SET
			effect_at = effect_at - ${hours * HOUR},
			remind_at = remind_at - ${hours * HOUR} WHERE state = 'waiting'`);
		await centre.killRole('surguch-front');
	}

	await t.test('is corrected at once where nobody has begun', async () => {
		const p = await owner();
		refused(await ask(p.form, p.fresh), 409, 'phone.at_once');
	});

	await t.test('holds after the cooling time, once', async () => {
		const p = await begun();
		const r = expectStatus(await ask(p.form, p.fresh), 201);
		assert.match(r.id, /^phc_/);
		const left = (Date.parse(r.effect_at) - Date.now()) / 1000 / HOUR;
		assert.ok(left > 71.9 && left <= 72.1, r.effect_at);
		// Nothing goes beside it, and nobody asks twice.
		refused(await ask(p.form, '+79166139999'), 409, 'phone.waiting');
		const shown = expectStatus(await call(centre, 'GET',
			`/v1/forms/${p.form}`), 200);
		refused(await call(centre, 'PUT', `/v1/forms/${p.form}`, {
			owner_kind: 'person', person: shown.person, phone: p.fresh,
			version: shown.version }), 409, 'form.phone.cooling');
		// The old number signs in and sees it; no code confirms.
		const mine = expectStatus(await p.get(`/v1/my/forms/${p.form}`), 200);
		assert.equal(mine.phone_changes_at, r.effect_at);
		refused(await p.post(`/v1/my/applications/${p.app}/confirmation`,
			{ code: p.code }), 409, 'phone.changing');
		refused(await p.post(`/v1/my/applications/${p.app}/code`), 409,
			'phone.changing');
		await code(p);
		assert.deepEqual((await list('waiting')).map((c) => [c.id, c.old_phone,
			c.new_phone, c.evidence.kind, c.evidence.date]), [[r.id, p.phone,
			p.fresh, 'signed_statement', '2026-01-15T00:00:00Z']]);

		await pass(r.id, 60);
		await centre.sms(/Напоминание: номер входа/, { to: p.phone });
		await centre.sms(/Напоминание: номер входа/, { to: p.fresh });
		assert.equal(await phoneOf(p.form), p.phone);
		await pass(r.id, 12);
		await centre.sms(/теперь по этому номеру/, { to: p.fresh });
		await centre.sms(/указан другой телефон/, { to: p.phone });
		assert.equal(await phoneOf(p.form), p.fresh);
		refused(await p.get(`/v1/my/forms/${p.form}`), 404, 'form.none');
		const after = await new Person(centre, p.fresh).signIn();
		expectStatus(await after.get(`/v1/my/forms/${p.form}`), 200);
		// Another sweep finds nothing to do.
		await centre.killRole('surguch-front');
		await until(async () => (await call(centre, 'GET', '/readyz'))
			.status === 200, 'front again');
		const { records } = expectStatus(await call(centre, 'GET',
			`/v1/audit?object=${p.form}`), 200);
		assert.deepEqual(records.map((x) => x.action)
			.filter((a) => a.startsWith('phone.')).sort(),
		['phone.ask', 'phone.change']);
	});

	await t.test('is refused by the old number\'s holder', async () => {
		const p = await begun();
		const r = expectStatus(await ask(p.form, p.fresh), 201);
		const right = await code(p);
		// Guesses, other steps' codes and ids are one and the same answer.
		const said = new Set();
		for (const wrong of [randomBytes(10).toString('hex').slice(0, 16),
			p.code, r.id, '', right.slice(1), `${right}0`]) {
			const x = await object(wrong);
			if (wrong !== '') {
				refused(x, 403, 'phone.code');
				said.add(x.json.detail);
			}
		}
		assert.equal(said.size, 1);
		// It is no code of another step.
		refused(await p.post(`/v1/my/applications/${p.app}/confirmation`,
			{ code: right }), 409, 'phone.changing');
		assert.equal((await list('waiting')).length, 1);
		expectStatus(await object(right.toUpperCase().replaceAll('-', ' ')), 200);
		expectStatus(await object(right), 200);
		assert.deepEqual((await list('refused')).map((c) => c.id), [r.id]);
		assert.equal(await phoneOf(p.form), p.phone);
		// Now the owner has to come, and to another operator.
		refused(await ask(p.form, p.fresh), 422, 'phone.evidence');
		refused(await ask(p.form, p.fresh, 'in_person'), 422, 'phone.second');
		const other = await centre.operator('other', 'operator');
		const again = expectStatus(await ask(p.form, p.fresh, 'in_person',
			{ token: other }), 201);
		await centre.sms(/владелец явился лично/, { to: p.phone });
		refused(await object(randomBytes(8).toString('hex')), 403, 'phone.code');
		// Withdrawn, it lets the code through again.
		expectStatus(await call(centre, 'POST',
			`/v1/phone-changes/${again.id}/withdrawal`, { reason: 'ошибка' }), 200);
		refused(await call(centre, 'POST',
			`/v1/phone-changes/${again.id}/withdrawal`, { reason: 'ещё' }), 409,
		'phone.ended');
		expectStatus(await p.post(`/v1/my/applications/${p.app}/confirmation`,
			{ code: p.code }), 200);
	});

	await t.test('one that cannot be done holds no other up', async () => {
		const [gone, moved, due] = [await begun(), await begun(), await begun()];
		for (const p of [gone, moved, due]) {
			expectStatus(await ask(p.form, p.fresh), 201);
		}
		// A withdrawn form's change ends now, not in three days.
		expectStatus(await call(centre, 'POST',
			`/v1/forms/${gone.form}/withdrawal`, { reason: 'передумал' }), 200);
		// What no door lets happen; and it is the first in the list.
		await writeSql(centre, `UPDATE form SET phone = '+79160000001'
			WHERE phone = '${moved.phone}'`);
		await writeSql(centre, `UPDATE phone_change SET
			effect_at = effect_at - ${73 * HOUR} WHERE state = 'waiting'
			AND old_phone <> '${gone.phone}'`);
		await centre.killRole('surguch-front');
		await centre.sms(/теперь по этому номеру/, { to: due.fresh });
		assert.equal(await phoneOf(due.form), due.fresh);
		assert.equal(await phoneOf(moved.form), '+79160000001');
		assert.deepEqual(await list('waiting'), []);
		const ended = await list('withdrawn');
		for (const [p, reason] of [[gone, 'The form was withdrawn.'],
			[moved, 'The form has another number by now.']]) {
			const c = ended.find((x) => x.old_phone === p.phone);
			assert.equal(c.reason, reason);
		}
	});

	await t.test('is asked by those who may, and rightly', async () => {
		const p = await begun();
		const auditor = await centre.operator('eyes', 'auditor');
		refused(await ask(p.form, p.fresh, 'in_person', { token: auditor }), 403,
			'operator.scope');
		refused(await ask(p.form, p.fresh, 'by_word'), 422, 'phone.kind');
		refused(await ask(p.form, p.phone), 409, 'phone.same');
		refused(await ask(p.form, '84951234567'), 422, 'form.phone.sms');
		const late = { ...evidence(), date: '2999-01-01' };
		refused(await call(centre, 'POST', `/v1/forms/${p.form}/phone`,
			{ phone: p.fresh, evidence: late }), 422, 'phone.date');
		// A misspelt filter is no list of everything.
		for (const list of ['phone-changes?staet=done', 'forms?phone=1',
			'applications?stat=review', 'persons?q=x',
			'organisations?searh=x']) {
			refused(await call(centre, 'GET', `/v1/${list}`), 422,
				'query.unknown');
		}
		refused(await call(centre, 'POST', '/v1/phone-changes/x/withdrawal',
			{ reason: 'нет' }), 404, 'phone_change.none');
		assert.equal((await list('waiting')).length, 0);
	});

	await t.test('an administrator sees them, and ends one', async () => {
		const p = await begun();
		const { id } = expectStatus(await ask(p.form, p.fresh), 201);
		const listed = await ctl(centre, 'phone-change', 'list');
		assert.equal(listed.out.trim().split('\n').length, 1, listed.all);
		assert.match(listed.out, new RegExp(`^${id}  waiting  .*${p.form}`));
		assert.ok(listed.out.includes(`${p.phone}  ${p.fresh}`
			), listed.out);
		const json = JSON.parse((await ctl(centre, 'phone-change', 'list',
			'--json')).out);
		assert.deepEqual(json.changes, await list('waiting'));
		const no = async (rule, ...words) => {
			const r = await ctl(centre, 'phone-change', ...words);
			assert.ok(r.code > 0 && r.err.includes(rule), r.all);
		};
		await no('query.state', 'list', '--state', 'lost');
		await no('control.words', 'withdraw', id);
		await no('phone_change.none', 'withdraw', 'phc_1', '--reason', 'x');
		const done = await ctl(centre, 'phone-change', 'withdraw', id,
			'--reason', 'не тот человек');
		assert.equal(done.code, 0, done.all);
		await no('phone.ended', 'withdraw', id, '--reason', 'x');
		assert.equal((await ctl(centre, 'phone-change', 'list')).out, '');
		assert.match((await ctl(centre, 'phone-change', 'list', '--state',
			'withdrawn')).out, /не тот человек/);
		assert.equal(await phoneOf(p.form), p.phone);
	});
});
