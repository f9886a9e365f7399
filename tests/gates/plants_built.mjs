// SPDX-License-Identifier: Apache-2.0
// Faults for the gates that build and run: a small copy of the tree (the real
// build files, src/base, and the faulty programs of planted/) goes through the
// same functions as the tree itself.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { FUZZ_BUILD, runFuzzers } from '../run/fuzz.mjs';
import { build, runTests } from '../run/meson.mjs';
import { runNodeTests } from '../run/nodetests.mjs';
import { Results } from '../run/results.mjs';
import { unlisted } from '../run/skips.mjs';
import { readText } from './files.mjs';
import * as linkage from './linkage.mjs';
import * as tidy from './tidy.mjs';

const KEPT = ['meson.build', 'meson_options.txt', '.clang-tidy', 'scripts',
	'src/meson.build', 'src/base', 'tests/valgrind.supp', 'tests/lsan.supp',
	'tests/unit/meson.build', 'tests/fuzz/meson.build', 'tests/fuzz/driver.c',
	'tests/run'];
const UNIT = ['fine', 'failing', 'crashing', 'stopping', 'skipping', 'leaking',
	'reading_past', 'overflowing'];

function meson(names, folder) {
	return names.map((n) => `test('${folder}/${n}', executable('${n}', ` +
		`'${n}.c', dependencies: [dep_base, dep_threads]))\n`).join('');
}

function makeTree(root) {
	const tree = mkdtempSync(join(tmpdir(), 'surguch-plant-'));
	const planted = (name, to) => {
		mkdirSync(dirname(join(tree, to)), { recursive: true });
		cpSync(join(root, 'tests/gates/planted', name), join(tree, to));
	};
	const text = (path, body) => {
		mkdirSync(dirname(join(tree, path)), { recursive: true });
		writeFileSync(join(tree, path), body);
	};
	for (const path of KEPT) {
		mkdirSync(dirname(join(tree, path)), { recursive: true });
		cpSync(join(root, path), join(tree, path), { recursive: true });
	}
	// The real environment of tests; of its folders, those that are here.
	text('tests/meson.build', readText(root, 'tests/meson.build')
		.replace(/^subdir\('(?!unit'|fuzz').*\n/gm, ''));
	UNIT.forEach((n) => planted(`${n}.c`, `tests/unit/base/${n}.c`));
	text('tests/unit/base/meson.build', meson(UNIT, 'base'));
	planted('racing.c', 'tests/unit/store/racing.c');
	text('tests/unit/store/meson.build', meson(['racing'], 'store'));
	for (const name of ['crash', 'fine']) {
		planted(`${name}_fuzz.c`, `tests/fuzz/base/${name}_fuzz.c`);
		text(`tests/fuzz/corpus/${name}/seed`, 'a');
	}
	mkdirSync(join(tree, 'tests/fuzz/corpus/empty'));
	text('tests/fuzz/base/meson.build', ['crash', 'fine', 'empty'].map((n) =>
		`fuzz_targets += {'${n}': {'src': files('` +
		`${n === 'empty' ? 'fine' : n}_fuzz.c'), 'deps': [dep_base]}}\n`)
		.join(''));
	planted('recursive.c', 'src/os/recursive.c');
	planted('file_leak.c', 'src/os/file_leak.c');
	text('src/os/meson.build', "lib_os = static_library('os', " +
		"'recursive.c', 'file_leak.c', c_args: analyze_args, " +
		'include_directories: src_inc)\n');
	return { tree, planted, text };
}

class Judge {
	constructor() {
		this.results = new Results();
	}

	that(name, holds, detail) {
		if (holds) {
			this.results.pass();
		} else {
			this.results.fail(`gates/${name}`, String(detail));
		}
	}

	// Exactly these programs failed.
	failed(gate, results, want) {
		const have = [...new Set(results.failures.map(({ test }) =>
			test.split(':')[0].split('/').at(-1)))].sort();
		const list = results.failures
			.map((f) => `${f.test}\n${f.detail}`).join('\n');
		this.that(`${gate}: ${want.join(', ')} and nothing else fail`,
			have.join() === [...want].sort().join(),
			`failed: ${have.join(', ')}\n${list}`);
	}
}

async function unitPlants({ tree }, judge) {
	const wrong = await build(tree, 'build-test');
	judge.that('build: a tree without a fault builds', !wrong, wrong);
	const { results } = await runTests(tree, 'build-test');
	judge.failed('unit', results,
		['failing', 'crashing', 'stopping', 'empty']);
	judge.that('unit: passing tests are counted',
		results.passed === 11, `${results.passed} passed`);
	judge.that('unit: a skipped test is told with its reason',
		results.skips.length === 1 &&
		results.skips[0].reason === 'no such data',
		JSON.stringify(results.skips));
	judge.that('unit: only a program without a failure proves',
		[...results.proofs.keys()].join() === 'A1',
		[...results.proofs.keys()]);
	judge.that('skips: a skip that is not listed is told',
		unlisted(results.skips, ['base/other: *']).length === 1 &&
		unlisted(results.skips, ['base/skipping: *']).length === 0,
		JSON.stringify(results.skips));
	const names = ['fine', 'leaking', 'reading_past'].map((n) => `base/${n}`);
	const valgrind = await runTests(tree, 'build-test',
		{ setup: 'valgrind', names });
	judge.failed('valgrind', valgrind.results, ['leaking', 'reading_past']);
}

async function sanitizerPlants({ tree }, judge) {
	const programs = ['fine', 'reading_past', 'overflowing', 'leaking'];
	let wrong = await build(tree, 'build-asan',
		programs.map((n) => `tests/unit/base/${n}`));
	judge.that('asan: the tree builds', !wrong, wrong);
	const asan = await runTests(tree, 'build-asan',
		{ names: programs.map((n) => `base/${n}`) });
	judge.failed('asan', asan.results,
		['reading_past', 'overflowing', 'leaking']);
	wrong = await build(tree, 'build-tsan',
		['tests/unit/store/racing', 'tests/unit/base/fine']);
	judge.that('tsan: the tree builds', !wrong, wrong);
	const tsan = await runTests(tree, 'build-tsan',
		{ names: ['store/racing', 'base/fine'] });
	judge.failed('tsan', tsan.results, ['racing']);
}

async function fuzzPlants({ tree }, judge) {
	const wrong = await build(tree, FUZZ_BUILD, ['fuzzers']);
	judge.that('fuzz: the tree builds', !wrong, wrong);
	const results = await runFuzzers(tree, ['crash', 'fine', 'empty'], 5);
	judge.failed('fuzz', results, ['crash', 'empty']);
	const findings = (await tidy.check(tree, FUZZ_BUILD)).map(String);
	judge.that('tidy: recursion', findings.some((f) =>
		/recursive\.c.*misc-no-recursion/.test(f)), findings.join('\n'));
}

async function compilerPlants({ tree, planted }, judge) {
	const analyzed = await build(tree, 'build-analyze', ['src/os/libos.a']);
	judge.that('analyze: a leaked file', /file_leak\.c.*\n?.*analyzer-file-leak/
		.test(analyzed ?? ''), analyzed);
	for (const [name, says] of [['warned', /recursive\.c.*Werror=shadow/],
		['banned', /surguch_does_not_use_strcpy/]]) {
		planted(`${name}.c`, 'src/os/recursive.c');
		const words = await build(tree, 'build-test', ['src/os/libos.a']);
		judge.that(`build: ${name}`, says.test(words ?? ''), words);
	}
}

const NODE_TESTS = {
	fine: "test('a', () => console.log('proves: A1')); " +
		"test('b', async (t) => { await t.test('c', () => {}); });",
	failing: "test('a', () => { console.log('proves: A2'); throw new Error(); });",
	empty: '',
	exiting: "test('a', () => {}); process.on('exit', () => " +
		'{ process.exitCode = 3; });',
	skipping: "test('a', { skip: 'no such data' }, () => {});",
};

async function nodePlants({ tree, text }, judge) {
	const files = Object.keys(NODE_TESTS).map((n) => `tests/e2e/${n}.test.mjs`);
	for (const [name, body] of Object.entries(NODE_TESTS)) {
		text(`tests/e2e/${name}.test.mjs`,
			`import { test } from 'node:test';\n${body}\n`);
	}
	const results = await runNodeTests(tree, files);
	judge.failed('e2e', results, ['failing', 'empty', 'exiting']);
	judge.that('e2e: skips and proofs are told', results.skips.length === 1 &&
		results.skips[0].reason === 'no such data' &&
		[...results.proofs.keys()].join() === 'A1',
	JSON.stringify([results.skips, [...results.proofs]]));
}

function linkagePlants({ tree, text }, judge) {
	const compile = (dir, body, ...libs) => {
		text('x.c', body);
		mkdirSync(join(tree, dir, 'src'), { recursive: true });
		const r = spawnSync('gcc', ['-Wl,--no-as-needed', '-o',
			join(tree, dir, 'src/surguch-signer'), join(tree, 'x.c'), ...libs]);
		return r.status === 0;
	};
	text('tests/layers/libraries', 'surguch-signer: libc\n');
	const findings = (dir) => linkage.check(tree, dir).map(String).join('\n');
	judge.that('linkage: nothing wrong',
		compile('l1', 'int main(void) { return 0; }\n') &&
		findings('l1') === '', 'control');
	judge.that('linkage: a library too many',
		compile('l2', 'int main(void) { return 0; }\n', '-lsqlite3') &&
		/surguch-signer loads libsqlite3/.test(findings('l2')), 'not found');
	judge.that('linkage: a hook of tests',
		compile('l3', 'const char *s = "SURGUCH_CLOCK_FD";\n' +
			'int main(void) { return 0; }\n') &&
		/a hook of tests/.test(findings('l3')), 'not found');
}

export async function runBuiltPlants(root) {
	const judge = new Judge();
	const made = makeTree(root);
	try {
		for (const plants of [unitPlants, sanitizerPlants, fuzzPlants,
			compilerPlants, nodePlants, linkagePlants]) {
			try {
				await plants(made, judge);
			} catch (e) {
				judge.that(plants.name, false, e.stack);
			}
		}
	} finally {
		rmSync(made.tree, { recursive: true, force: true });
	}
	return judge.results;
}
