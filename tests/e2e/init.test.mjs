// SPDX-License-Identifier: Apache-2.0
// Making a centre: where it may lie, what it tells, and what it leaves alone.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { Centre } from './lib/centre.mjs';
import { Running } from './lib/processes.mjs';
import { BUILD, ROOT, scratch } from './lib/scratch.mjs';

const init = (dir, ...more) => exec(join(BUILD, 'src/cli/surguchctl'),
	['centre', 'init', dir, '--profiles', join(ROOT, 'profiles'), '--libexec',
		join(BUILD, 'src/roles'), '--api-port', '0', '--public-port', '0',
		'--sms-port', '0', ...more], { timeoutSec: 120 });

test('a centre is made where it was asked for, once', async (t) => {
	const place = scratch(t);
	const dir = join(place, 'a centre');
	const made = await init(dir, '--demo');
	assert.equal(made.code, 0, made.all);
	// What the shell reads of it.
	const root = await must('sh', ['-euc', '. "$1"; cat "$DEMO_API_CA"', 'sh',
		join(dir, 'demo.env')]);
	assert.match(root, /^-----BEGIN CERTIFICATE-----/);

	const conf = join(dir, 'etc/surguch/surguch.conf');
	const before = readFileSync(conf, 'utf8');
	const again = await init(dir, '--demo');
	assert.equal(again.code, 1, again.all);
	assert.match(again.err, /centre\.exists/);
	assert.equal(readFileSync(conf, 'utf8'), before);
	const started = await must(join(BUILD, 'src/roles/surguchd'),
		['-n', '-c', conf]);
	assert.equal(started, '');
});

test('ports that it picks last, and one that is taken is told of', async (t) => {
	const dir = join(scratch(t), 'centre');
	const made = await init(dir, '--demo');
	assert.equal(made.code, 0, made.all);
	const conf = join(dir, 'etc/surguch/surguch.conf');
	const [first] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range',
		'utf8').split(/\s/).map(Number);
	const ports = [...readFileSync(conf, 'utf8').matchAll(/ port = (\d+);/g)]
		.map((m) => Number(m[1]));
	assert.equal(ports.length, 2);
	assert.notEqual(ports[0], ports[1]);
	if (first >= 8192) { // else the kernel picks
		assert.ok(ports.every((p) => p < first && p >= first - 4096),
			`${ports}`);
	}

	for (const [i, name] of ['api', 'public'].entries()) {
		const other = createServer();
		await once(other.listen(ports[i], '127.0.0.1'), 'listening');
		const r = await exec(join(BUILD, 'src/roles/surguchd'), ['-c', conf],
			{ timeoutSec: 20 });
		other.close();
		assert.equal(r.code, 1, r.all);
		for (const word of ['socket.listen', `port ${ports[i]}`,
			'Address already in use', '`ss -lntp`', `${name} in surguch.conf`]) {
			assert.ok(r.all.includes(word), r.all);
		}
	}
});

test('a front that starts again has the settings of its parent', async (t) => {
	const centre = await Centre.start(t);
	// For the next start of the whole.
	writeFileSync(join(centre.dir, 'etc/surguch/surguch.conf'), 'ports = 1;\n');
	await centre.killRole('surguch-front');
	await centre.ready();
});

test('a kernel without Landlock is refused, unless that is allowed', async (t) => {
	const centre = new Centre(t);
	await centre.init();
	const conf = join(centre.dir, 'etc/surguch/surguch.conf');
	const run = [join(BUILD, 'tests/fault/no-landlock'),
		[centre.program('surguchd'), '-c', conf]];
	const refused = await exec(...run, { timeoutSec: 20 });
	assert.equal(refused.code, 1, refused.all);
	for (const word of ['confine.landlock', 'lsm=landlock',
		'insecure_no_landlock']) {
		assert.ok(refused.all.includes(word), refused.all);
	}
	appendFileSync(conf, 'insecure_no_landlock = true;\n');
	centre.parent = new Running(t, ...run);
	await centre.ready();
	assert.match(centre.log, /event=walls\.landlock/);
});

test('what it cannot make it does not begin', async (t) => {
	const place = scratch(t);
	for (const [name, rule, ...more] of [
		['plain', 'cli.option'], // not a demo
		['it\'s', 'cli.path', '--demo'],
		['"it"', 'cli.path', '--demo'],
		['plain', 'cli.port', '--demo', '--api-port', '65536'],
		['plain', 'cli.path', '--demo', '--libexec', 'a\\b'],
	]) {
		const r = await init(join(place, name), ...more);
		assert.equal(r.code, 2, r.all);
		assert.ok(r.err.includes(rule), r.all);
		assert.ok(!existsSync(join(place, name)), name);
	}
});
