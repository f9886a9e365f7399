// SPDX-License-Identifier: Apache-2.0
// surguchctl profile: files are judged, told in words and compared, with no
// centre running.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { BUILD, ROOT, scratch } from './lib/scratch.mjs';

const PROFILES = join(ROOT, 'profiles');
const of = (name) => join(PROFILES, `${name}.conf`);
const run = (...args) => exec(join(BUILD, 'src/cli/surguchctl'), args);

// A changed copy of a profile.
function edited(dir, name, from, to, as = `${name}.conf`) {
	const text = readFileSync(of(name), 'utf8');
	const file = join(dir, as);
	assert.ok(text.includes(from), from);
	writeFileSync(file, text.replace(from, to));
	return file;
}

test('check', async (t) => {
	const dir = scratch(t);
	await t.test('every profile of the product is right', async () => {
		const files = readdirSync(PROFILES).map((f) => join(PROFILES, f));
		const r = await run('profile', 'check', ...files);
		assert.equal(r.code, 0, r.all);
		assert.equal(r.out.trim().split('\n').length, files.length);
	});
	await t.test('every mistake is told, with its line', async () => {
		const file = edited(dir, 'tls-client', 'days = 365',
			'days = 0;\n\tdais = 1');
		const r = await run('profile', 'check', file, of('tls-server'));
		assert.equal(r.code, 1, r.all);
		assert.match(r.err, /tls-client\.conf:\d+: validity\.days: is 0/);
		assert.match(r.err, /tls-client\.conf:\d+: validity\.dais: /);
		assert.match(r.err, /1 of 2 files/);
		assert.match(r.out, /tls-server\.conf: right/);
	});
	await t.test('a claim is refused, and told why', async () => {
		const file = edited(dir, 'qualified-person', '	crl_points = true;',
			'	policies = ["KC1"];\n	crl_points = true;');
		const r = await run('profile', 'check', file);
		assert.notEqual(r.code, 0);
		assert.match(r.err, /1\.2\.643\.100\.113/);
		assert.match(r.err, /profile\.qualified/);
	});
	await t.test('a file is called after its profile', async () => {
		const r = await run('profile', 'check',
			edited(dir, 'ocsp', 'kind', 'kind', 'other.conf'));
		assert.equal(r.code, 1, r.all);
		assert.match(r.err, /ocsp\.conf/);
		assert.match(r.err, /profile\.file/);
	});
	await t.test('what is not there', async () => {
		const r = await run('profile', 'check', join(dir, 'none.conf'));
		assert.equal(r.code, 1, r.all);
	});
	t.diagnostic('proves: I1');
});

test('show', async (t) => {
	const text = await run('profile', 'show', of('time-stamping'));
	assert.equal(text.code, 0, text.all);
	assert.match(text.out,
		/^extensions\.ext_key_usage +timeStamping \(critical\)$/m);
	const json = await run('profile', 'show', '--json', of('time-stamping'));
	const facts = JSON.parse(json.out);
	assert.equal(facts['extensions.ext_key_usage'],
		'timeStamping (critical)');
	assert.equal(Object.keys(facts).length,
		text.out.trim().split('\n').length);

	// By name: of the centre that --centre says.
	const centre = scratch(t);
	const dir = join(centre, 'etc/surguch/profiles');
	mkdirSync(dir, { recursive: true });
	edited(dir, 'ocsp', 'days = 30', 'days = 7');
	const named = await run('--centre', centre, 'profile', 'show', 'ocsp');
	assert.match(named.out, /^validity\.days +7 days$/m);
	const none = await run('--centre', centre, 'profile', 'show', 'tls');
	assert.equal(none.code, 1, none.all);
	assert.match(none.err, /tls\.conf/);
	t.diagnostic('proves: I1');
});

test('diff', async (t) => {
	const dir = scratch(t);
	const same = edited(dir, 'tls-client', '# CN is', '# C N is');
	const other = edited(dir, 'tls-client', 'days = 365', 'days = 30',
		'other.conf');
	assert.equal((await run('profile', 'diff', of('tls-client'), same)).out,
		'they say the same\n');
	assert.equal((await run('profile', 'diff', of('tls-client'), other)).out,
		'validity.days was: 365 days\n               is: 30 days\n');
	const json = await run('profile', 'diff', of('tls-client'), other,
		'--json');
	assert.deepEqual(JSON.parse(json.out), { differences: [
		{ rule: 'validity.days', a: '365 days', b: '30 days' }] });
	const removed = await run('profile', 'diff', of('tls-client'),
		of('tls-server'));
	assert.match(removed.out, /^subject\.OU is gone; it was: optional, up to 4/m);
	t.diagnostic('proves: I1');
});

test('an accreditation in the configuration counts', async (t) => {
	const centre = scratch(t);
	const etc = join(centre, 'etc/surguch');
	mkdirSync(etc, { recursive: true });
	const file = join(etc, 'tls-client.conf');
	writeFileSync(file, readFileSync(of('tls-client')));
	const check = (text) => {
		writeFileSync(join(etc, 'surguch.conf'), text);
		return run('--centre', centre, 'profile', 'check', file);
	};
	assert.equal((await check('# none\n')).code, 0);
	const half = await check('accreditation = { number = "1"; };\n');
	assert.notEqual(half.code, 0);
	assert.match(half.err, /accreditation/);
	t.diagnostic('proves: I1');
});

test('rules', async () => {
	const r = await run('profile', 'rules');
	assert.equal(r.code, 0, r.all);
	assert.match(r.out, /^lint\.ext_key_usage\.time_stamping +RFC 3161 2\.3$/m);
	assert.ok(r.out.split('\n').length > 90);
});
