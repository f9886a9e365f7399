// SPDX-License-Identifier: Apache-2.0
// ./bench stored measures on a centre that a program has filled: what that
// program leaves has to be what ordering by the API leaves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filledCentre, CA, PROFILE } from '../bench/lib/stored.mjs';
import { call, ctl, newKey, newRequest, PERSON, snils, sql }
	from './lib/desk.mjs';
import { BUILD } from './lib/scratch.mjs';

const NUM = 500;
const TABLES = ['person', 'certificate', 'idem', 'audit', 'word'];

test('a filled centre is an ordinary one', async (t) => {
	const centre = await filledCentre(t, NUM, { build: BUILD });
	const last = {};
	for (const table of TABLES) {
		[[last[table]]] = await sql(centre, `SELECT max(rowid) FROM ${table}`);
	}
	await centre.up();
	centre.token = await centre.operator('test', 'administrator');
	const person = await call(centre, 'POST', '/v1/persons', { ...PERSON,
		inn: '', email: '', snils: snils(NUM) }, { key: newKey() });
	assert.equal(person.status, 201, person.text);
	const cert = await call(centre, 'POST', '/v1/certificates',
		{ profile: PROFILE, person: person.json.id,
			pkcs10: await newRequest(centre.dir, 'one') }, { key: newKey() });
	assert.equal(cert.status, 201, cert.text);

	// What kinds of values stand in the rows of a person and its certificate.
	const shape = async (table, where) => {
		const columns = (await sql(centre,
			`SELECT name FROM pragma_table_info('${table}')`)).flat();
		return (await sql(centre, 'SELECT DISTINCT ' + columns.map((c) =>
			['answer', 'body_sha256', 'hash', 'sha256', 'serial'].includes(c)
				? `typeof(${c}), length(${c}) BETWEEN 1 AND 4000`
				: `typeof(${c})`).join(', ') +
			` FROM ${table} WHERE ${where}`)).map(String).sort();
	};
	for (const [table, only] of [['person', 'true'],
		['certificate', `ca = '${CA}' AND profile = '${PROFILE}'`],
		['idem', "operation = 'POST /v1/certificates'"], ['word', 'true'],
		['audit', "action IN ('person.create', 'certificate.issue')"]]) {
		const filled = await shape(table, `${only} AND rowid <= ${last[table]}`);
		assert.ok(filled.length > 0, table);
		assert.deepEqual(
			await shape(table, `${only} AND rowid > ${last[table]}`), filled,
			table);
	}
	assert.deepEqual(await sql(centre, 'SELECT count(*) FROM idem ' +
		"WHERE operation = 'POST /v1/certificates'"), [[String(NUM + 1)]]);

	// They are found, and all agree about them.
	const found = await call(centre, 'GET', `/v1/persons?search=${snils(7)}`);
	assert.equal(found.json.persons.length, 1, found.text);
	const certs = await call(centre, 'GET',
		`/v1/certificates?person=${found.json.persons[0].id}`);
	assert.equal(certs.json.certificates.length, 1, certs.text);
	const audit = await ctl(centre, 'audit', 'verify');
	assert.equal(audit.code, 0, audit.err);
	assert.match((await ctl(centre, 'reconcile')).out, /nothing to reconcile/);
});
