// SPDX-License-Identifier: Apache-2.0
// The word "qualified" in a running centre: without accreditation a profile
// that claims it stops the centre; with one it certifies what the accreditation
// names; with one that has ended it certifies nothing.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { call, journal, JOURNAL_ISSUE, startDesk } from './lib/desk.mjs';
import { expectStatus } from './lib/http.mjs';
import { opensslMust } from './lib/openssl.mjs';
import { ACT_CODE, addForm, gostRequest, Person } from './lib/person.mjs';
import { scratch } from './lib/scratch.mjs';

const accreditation = (until) => `
accreditation = {
	number = "1024"; from = "2020-02-01"; until = "${until}";
	class = "КС2";
	tool = "СКЗИ «Печать»"; tool_document = "СФ/124-0001";
	ca = "ПК «Центр»"; ca_document = "СФ/128-0002";
	owner_tools = ["Рутокен"];
};
`;

function replaceOnce(text, from, to) {
	assert.ok(text.includes(from), from);
	return text.replace(from, to);
}

// A made centre whose qualified-person claims.
function claim(centre) {
	const file = join(centre.dir, 'etc/surguch/profiles/qualified-person.conf');
	writeFileSync(file, [
		['Неквалифицированный (по форме приказа ФСБ № 795)', 'Квалифицированный'],
		['"surguch (не сертифицировано)"', '"Рутокен"'],
		['"surguch {version} (не сертифицировано)"', '"СКЗИ «Печать»"'],
		['"surguch {version} (не сертифицировано)"', '"ПК «Центр»"'],
		['"отсутствует"', '"СФ/124-0001"'],
		['"отсутствует"', '"СФ/128-0002"'],
		['	crl_points = true;',
			'	policies = ["KC1", "KC2"];\n	crl_points = true;'],
	].reduce((text, [from, to]) => replaceOnce(text, from, to),
		readFileSync(file, 'utf8')));
}

const start = (t, until) => startDesk(t, { configure: (centre) => {
	claim(centre);
	if (until) {
		appendFileSync(join(centre.dir, 'etc/surguch/surguch.conf'),
			accreditation(until));
	}
} });

const notice = async (centre) =>
	(await call(centre, 'GET', '/v1/service')).json.notice_ru;

test('without accreditation a profile that claims stops the centre',
	async (t) => {
		await assert.rejects(start(t, null), /rule=profile\.qualified/);
		t.diagnostic('proves: I1');
	});

test('with accreditation what it names is certified', async (t) => {
	const centre = await start(t, '2099-01-31');
	const form = await addForm(centre);
	const person = await new Person(centre).signIn();
	const { der } = await gostRequest(scratch(t), 'owner');
	const file = join(scratch(t), 'cert.der');
	writeFileSync(file, await person.obtain(form, der));
	const text = await opensslMust(['x509', '-inform', 'DER', '-in', file,
		'-noout', '-text']);
	assert.match(text, /Policy: Class of Signing Tool KC1/);
	assert.match(text, /Policy: Class of Signing Tool KC2/);
	assert.doesNotMatch(text, /Signing Tool KC3/);
	const bytes = readFileSync(file);
	for (const said of ['СКЗИ «Печать»', 'СФ/124-0001', 'ПК «Центр»',
		'СФ/128-0002', 'Рутокен']) {
		assert.ok(bytes.includes(Buffer.from(said)), said);
	}
	assert.ok(!bytes.includes(Buffer.from('не сертифицировано')));
	assert.match(await notice(centre),
		/^Аккредитация № 1024 действует по 2099-01-31\./);
	t.diagnostic('proves: I1');
});

test('when it has ended nothing is certified that claims', async (t) => {
	const centre = await start(t, '2021-01-31');
	const form = await addForm(centre);
	const person = await new Person(centre).signIn();
	const { der } = await gostRequest(scratch(t), 'owner');
	const before = journal(centre, 'issuing-gost')
		.filter((r) => r.type === JOURNAL_ISSUE).length;
	await person.apply(form);
	expectStatus(await person.check(), 200);
	expectStatus(await person.request(der), 200);
	expectStatus(await person.confirm(await person.code(ACT_CODE)), 200);
	await person.reaches('review');
	assert.match(centre.log, /lint\.accreditation/);
	assert.equal(journal(centre, 'issuing-gost')
		.filter((r) => r.type === JOURNAL_ISSUE).length, before);
	assert.match(await notice(centre), /сейчас не действует/);
	t.diagnostic('proves: I1');
});
