// SPDX-License-Identifier: Apache-2.0
// One test program's output in TAP, as cmocka writes it: one plan a group,
// no nesting.
import { idsProved, Results } from './results.mjs';

// program: {name, stdout, result} where result is meson's word ("OK").  The
// ids in front of a test's line are proved by it, if it passed and nothing in
// the same program failed.
export function resultsOfProgram(program) {
	const results = new Results();
	const proved = [];
	let planned = 0;
	let seen = 0;
	let said = [];
	for (const line of program.stdout.split('\n')) {
		const plan = /^1\.\.(\d+)/.exec(line);
		const test = /^(ok|not ok)\b(?: \d+)?(?: - )?(.*)$/.exec(line);
		if (plan) {
			planned += Number(plan[1]);
		} else if (test) {
			seen++;
			judge(results, proved, program.name, test, said);
			said = [];
		} else {
			said.push(line);
		}
	}
	settle(results, program, { planned, seen, said });
	if (results.failures.length === 0) {
		results.proves(proved, program.name);
	}
	return results;
}

function judge(results, proved, program, [, verdict, rest], said) {
	const skip = /^\s*# SKIP ?(.*)$/i.exec(rest);
	const words = said.map((l) => l.trim()).filter(Boolean);
	if (skip) {
		results.skip(`${program}: ${skip[1]}`, words.at(-1));
	} else if (verdict === 'ok') {
		results.pass();
		proved.push(...said.flatMap(idsProved));
	} else {
		results.fail(`${program}: ${rest}`, words.slice(-40).join('\n'));
	}
}

// A program counts as one test when it printed no TAP; one that printed TAP
// and still ended badly, or stopped short of its plan, adds a failure.
function settle(results, program, { planned, seen, said }) {
	const { name, result } = program;
	const ok = result === 'OK';
	const last = said.slice(-40).join('\n').trim();
	if (seen === 0 && planned === 0) {
		if (ok) {
			results.pass();
			results.proves(said.flatMap(idsProved), name);
		} else if (result === 'SKIP') {
			results.skip(name, last.split('\n').at(-1));
		} else {
			results.fail(name, `${result}\n${last}`);
		}
	} else if (seen !== planned) {
		results.fail(name, `${seen} tests ran, ${planned} were planned ` +
			`(${result})\n${last}`);
	} else if (!ok && results.failures.length === 0) {
		results.fail(name, `${result} after its tests\n${last}`);
	}
}
