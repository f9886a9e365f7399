// SPDX-License-Identifier: Apache-2.0
// Operators find people and organisations by the beginnings of words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addPerson, call, ctl, ORGANISATION, PERSON, snils, startDesk }
	from './lib/desk.mjs';

const PAGE = 50;
const MANY = 60;

test('search in the registry', async (t) => {
	const centre = await startDesk(t);
	const find = (what, text, after) => call(centre, 'GET',
		`/v1/${what}?search=${encodeURIComponent(text)}` +
		(after ? `&after=${after}` : ''));
	const names = async (text) => {
		const r = await find('persons', text);
		assert.equal(r.status, 200, r.text);
		return r.json.persons.map((p) => `${p.surname} ${p.given_name}`);
	};
	await addPerson(centre);
	await addPerson(centre, { ...PERSON, surname: 'Семёнова',
		given_name: 'Алёна', patronymic: 'Петровна', snils: snils(0) });

	await t.test('by any word, any case, ё as е', async () => {
		assert.deepEqual(await names('СЕМЕН'), ['Семёнова Алёна']);
		assert.deepEqual(await names(' семЁнова   алена'), ['Семёнова Алёна']);
		assert.deepEqual(await names('петр'), ['Семёнова Алёна']);
		assert.deepEqual(await names('иван'), ['Иванов Иван']);
		assert.deepEqual(await names('семенова иван'), []);
	});
	await t.test('by СНИЛС, as people write it', async () => {
		assert.deepEqual(await names('075-001-221 05'), ['Иванов Иван']);
		assert.deepEqual(await names('07500'), ['Иванов Иван']);
	});
	await t.test('organisations by name and number', async () => {
		const made = await call(centre, 'POST', '/v1/organisations', ORGANISATION);
		assert.equal(made.status, 201, made.text);
		for (const text of ['автоспор', 'ооо авто', '6688', '1234567890127']) {
			const r = await find('organisations', text);
			assert.deepEqual(r.json.organisations.map((o) => o.id),
				[made.json.id], text);
		}
	});
	await t.test('page by page', async () => {
		for (let n = 1; n <= MANY; n++) {
			await addPerson(centre, { ...PERSON, surname: 'Ястребов',
				snils: snils(n) });
		}
		const first = (await find('persons', 'ястреб')).json.persons;
		assert.equal(first.length, PAGE);
		const second = (await find('persons', 'ястреб', first.at(-1).id))
			.json.persons;
		assert.equal(second.length, MANY - PAGE);
		assert.equal(new Set([...first, ...second].map((p) => p.id)).size, MANY);
	});
	await t.test('from the command line', async () => {
		const json = async (...args) => {
			const r = await ctl(centre, ...args, '--json');
			assert.equal(r.code, 0, r.all);
			return JSON.parse(r.out);
		};
		const { persons } = await json('person', 'find', 'алена семен');
		assert.deepEqual(persons,
			(await find('persons', 'семенова')).json.persons);
		const line = await ctl(centre, 'person', 'find', 'семенова');
		assert.equal(line.out, `${persons[0].id}  Семёнова Алёна Петровна ${
			persons[0].snils}\n`);
		const page = await ctl(centre, 'person', 'find', 'ястреб');
		const [, after] = /\nmore: --after (\S+)\n$/.exec(page.out);
		assert.equal(page.out.trim().split('\n').length, PAGE + 1);
		const rest = await ctl(centre, 'person', 'find', 'ястреб', '--after',
			after);
		assert.equal(rest.out.trim().split('\n').length, MANY - PAGE);
		const { organisations } = await json('organisation', 'find', '6688');
		assert.deepEqual(organisations,
			(await find('organisations', '6688')).json.organisations);
		const nothing = await ctl(centre, 'person', 'find', '«»');
		assert.match(nothing.err, /rule search\.words/);
	});
	await t.test('what is nothing to search for', async () => {
		for (const [text, after, field] of [['', null, 'search'],
			['«»', null, 'search'],
			['ястреб', 'per_00000000000000000000000000', 'after']]) {
			const r = await find('persons', text, after);
			assert.equal(r.status, 422, r.text);
			assert.equal(r.json.field, field, r.text);
		}
	});
	await t.test('a changed name is found, the old one not', async () => {
		const { persons: [p] } = (await find('persons', 'семен')).json;
		const { id, version, created_at: created, ...texts } = p;
		const r = await call(centre, 'PUT', `/v1/persons/${id}`,
			{ ...texts, surname: 'Щукина', version });
		assert.equal(r.status, 200, `${r.text} ${created}`);
		assert.deepEqual(await names('щук'), ['Щукина Алёна']);
		assert.deepEqual(await names('семен'), []);
	});
});
