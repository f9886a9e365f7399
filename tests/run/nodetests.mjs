// SPDX-License-Identifier: Apache-2.0
// Tests from outside: files of node:test.
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ended, exec, pool, tail } from './exec.mjs';
import { idsProved, Results } from './results.mjs';

export function testFiles(root, folder) {
	return readdirSync(join(root, folder)).sort()
		.filter((f) => f.endsWith('.test.mjs')).map((f) => join(folder, f));
}

// Runs each file as a program of its own, so that what is printed and what fails
// belongs to it for certain: two at a time, and those of `alone`, which measure
// time or load the machine, one after the other behind them.  say: takes the
// lines that a test prints for people, which begin with "shows: ".  apart: each
// has mounts and a loopback of its own, where we may give it such.
export async function runNodeTests(root, files, options = {}) {
	const { env, timeoutSec = 900, say = () => {}, alone = [],
		apart = false } = options;
	const results = new Results();
	const one = async (file) => {
		const [first, ...rest] = [...apart && process.getuid() === 0
			? APART : [], process.execPath];
		const r = await exec(first, [...rest, '--test',
			`--test-reporter=${join(root, 'tests/run/reporter.mjs')}`,
			'--test-reporter-destination=stdout', file],
		{ cwd: root, env, timeoutSec });
		results.add(resultsOfFile(file, r));
		linesSaid(eventsOf(r)).map((l) => /^shows: (.*)/.exec(l))
			.filter(Boolean).forEach((m) => say(m[1]));
	};
	const isAlone = (file) => alone.includes(nameOf(file));
	await pool(files.filter((f) => !isAlone(f)), 2, one);
	await pool(files.filter(isAlone), 1, one);
	return results;
}

const APART = ['unshare', '-mn', 'sh', '-c',
	'ip link set lo up && exec "$@"', 'sh'];

function nameOf(file) {
	return basename(file, '.test.mjs');
}

function eventsOf(r) {
	return r.out.split('\n').filter((l) => l.startsWith('{'))
		.map((l) => JSON.parse(l));
}

function linesSaid(events) {
	return events.flatMap((e) => (e.message ?? '').split('\n'));
}

export function resultsOfFile(file, r) {
	const results = new Results();
	const label = `${basename(dirname(file))}/${nameOf(file)}`;
	const events = eventsOf(r);
	const said = linesSaid(events);
	let deeper = -1; // nesting of the test reported just before
	for (const event of events) {
		if (!/^test:(pass|fail)$/.test(event.type)) {
			continue;
		}
		// A test that is reported right after deeper ones holds them.
		const holds = deeper > event.nesting;
		deeper = event.nesting;
		count(results, label, event, holds, said);
	}
	const num = results.passed + results.failures.length +
		results.skips.length;
	if (num === 0 || (r.code !== 0 && results.failures.length === 0)) {
		results.fail(label, `${ended(r)}, ${num} tests\n${tail(r.all, 60)}`);
	}
	if (results.failures.length === 0) {
		results.proves(said.flatMap(idsProved), label);
	}
	return results;
}

function count(results, label, event, holds, said) {
	const test = `${label}: ${event.name}`;
	if (event.type === 'test:fail') {
		if (event.failure !== 'subtestsFailed') {
			results.fail(test, `${event.error ?? ''}\n${said.slice(-40)
				.join('\n')}`);
		}
	} else if (event.skip !== undefined && event.skip !== false) {
		results.skip(test, typeof event.skip === 'string' ? event.skip : '');
	} else if (event.todo !== undefined && event.todo !== false) {
		results.skip(test, `todo ${event.todo}`);
	} else if (!holds && !event.name.endsWith('.test.mjs')) {
		// (Node reports a file without tests as a test that passed.)
		results.pass();
	}
}
