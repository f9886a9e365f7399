// SPDX-License-Identifier: Apache-2.0
// Makes an instance: a centre as an older commit leaves it behind, with people
// left at every step, for e2e/upgrade to open with today's programs.
//
//	node make.mjs CHECKOUT BUILD sqlite|postgresql OUT.tar.xz
//
// CHECKOUT is that commit's tree, BUILD where it was built with
// -Dtest_seams=true; as root, so that each role has a uid of its own.  What is
// of this place alone stands in the archive as @WORDS@ (words.mjs).
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { replaceIn } from './words.mjs';

const [checkout, build] = process.argv.slice(2, 4).map((p) => resolve(p));
const database = process.argv[4];
const out = resolve(process.argv[5]);
process.env.SURGUCH_BUILD = build;
const load = (file) => import(pathToFileURL(join(checkout, 'tests/e2e/lib', file)));
const { addPerson, call, newKey, p256Request, PERSON, snils, startDesk } =
	await load('desk.mjs');
const { addForm, gostRequest, Person, surguch, ACT_CODE, SIGN_IN_CODE } =
	await load('person.mjs');

const place = mkdtempSync(join(tmpdir(), 'surguch-instance-'));
execFileSync('chmod', ['711', place]);
const t = { after: () => {}, diagnostic: () => {} };
const centre = await startDesk(t, { dir: join(place, 'centre'), database });

function ok(r) {
	if (r.status >= 300) {
		throw new Error(`${r.status}: ${r.text}`);
	}
	return r.json;
}

// --- people, each left at another step ---------------------------------------

let num = 0;
async function owner(surname, options = {}) {
	num += 1;
	const phone = `+7916200${1000 + num}`;
	const person = await addPerson(centre, { ...PERSON, surname,
		snils: snils(num) });
	const form = await addForm(centre, { phone, person, ...options });
	const p = await new Person(centre, phone).signIn();
	await p.apply(form);
	return Object.assign(p, { surname, person });
}

const steps = {
	unpaid: async () => owner('Неоплаченный', { paid: false, approved: false }),
	ready: async () => owner('Готовый'),
	checked: async () => {
		const p = await owner('Проверивший');
		ok(await p.check());
		return p;
	},
	keyed: async () => {
		const p = await owner('Ключев');
		ok(await p.check());
		ok(await p.request((await gostRequest(place, 'keyed')).der));
		await p.code(ACT_CODE);
		return p;
	},
	issued: async () => {
		const p = await owner('Выданный');
		await p.obtain(p.form, (await gostRequest(place, 'issued')).der);
		return p;
	},
	installed: () => withContainer(),
};

// All of it by the command line: home/container holds key and certificate.
async function withContainer() {
	const home = join(place, 'home');
	const phone = '+79162001999';
	const person = await addPerson(centre, { ...PERSON, surname: 'Владелец',
		snils: snils(999) });
	const form = await addForm(centre, { phone, person });
	const run = async (...args) => {
		const r = await surguch(centre, home)(...args);
		if (r.code !== 0) {
			throw new Error(`surguch ${args.join(' ')}: ${r.all}`);
		}
		return r.out.trim();
	};
	const code = async (like) =>
		(await centre.sms(like, { to: phone }))[1].replace(/ /g, '');
	const container = join(home, 'container');
	const key = ['--password-file', join(home, 'password')];
	await run('cabinet', 'use', centre.api, '--ca', centre.apiCa);
	writeFileSync(join(home, 'password'), 'instance\n', { mode: 0o600 });
	await run('cabinet', 'login', phone);
	await run('cabinet', 'login', phone, '--code', await code(SIGN_IN_CODE));
	const shown = await run('cabinet', 'show', form);
	const application = await run('cabinet', 'apply', form);
	await run('cabinet', 'check', application, '--data',
		/These data are: ([0-9a-f]{64})/.exec(shown)[1]);
	await run('container', 'new', container, '--spec', 'gost2012-256:A', ...key);
	await run('cabinet', 'request', application, container, ...key,
		'--name', 'Владелец');
	await run('cabinet', 'confirm', application, '--code', await code(ACT_CODE));
	await run('cabinet', 'wait', application);
	await run('cabinet', 'acquaint', application, container, ...key, '--yes');
	await run('cabinet', 'install', application, container, ...key);
	return { surname: 'Владелец', phone, form, application, person };
}

const people = [];
for (const [state, make] of Object.entries(steps)) {
	const { surname, phone, form, application, person } = await make();
	people.push({ surname, phone, form, application, person, state });
}

// --- certificates that a program ordered --------------------------------------

const pkcs10 = await p256Request(place);
const ordered = [];
const acts = { good: null, revoked: ['revocation', { reason: 'superseded' }],
	hold: ['hold', {}] };
for (const [status, act] of Object.entries(acts)) {
	const key = newKey();
	const body = { profile: 'tls-client', person: people[0].person, pkcs10 };
	const answer = ok(await call(centre, 'POST', '/v1/certificates', body, { key }));
	if (act !== null) {
		ok(await call(centre, 'POST', `/v1/certificates/${answer.id}/${act[0]}`,
			act[1]));
	}
	ordered.push({ key, body, answer, status });
}

// --- put away ---------------------------------------------------------------

await centre.down();
centre.gateway.child.kill();
if (centre.postgres) {
	// The tests' own word, which each server of theirs gets.
	await centre.postgres.ask('centre', 'DROP FUNCTION hex(bytea)');
	writeFileSync(join(place, 'centre.sql'), execFileSync('pg_dump',
		['-h', centre.postgres.dir, '-p', `${centre.postgres.port}`, '-U',
			'surguch', '--no-owner', '--no-privileges', 'centre'],
		{ env: { ...process.env, PGPASSWORD: centre.postgres.root } }));
	await centre.postgres.down();
}
writeFileSync(join(place, 'expect.json'), JSON.stringify({
	commit: execFileSync('git', ['-C', checkout, 'rev-parse', 'HEAD'],
		{ encoding: 'utf8' }).trim(),
	database, token: centre.token, people, ordered }, null, '\t'));
const port = (url) => new URL(url).port;
replaceIn(place, [[/^database = .*\n/m, ''],
	[join(build, 'src/roles'), '@LIBEXEC@'], [place, '@PLACE@'],
	...Object.entries({ API: port(centre.api), OPEN: port(centre.public),
		SMS: centre.smsPort }).map(([word, number]) =>
		[new RegExp(`(127\\.0\\.0\\.1:|port = |PORT=)${number}\\b`, 'g'),
			`$1@${word}@`])]);
execFileSync('tar', ['--numeric-owner', '--sort=name', '-C', place,
	'--exclude=*.jsonl', '--exclude=*.url', '-cJf', out, 'centre', 'home',
	'expect.json', ...(centre.postgres ? ['centre.sql'] : [])]);
rmSync(place, { recursive: true });
console.log(`${out}: ${people.length} people, ${ordered.length} orders, ` +
	`${readFileSync(out).length} bytes`);
process.exit(0);
