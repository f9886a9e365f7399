// SPDX-License-Identifier: Apache-2.0
// Build directories and the tests that meson runs in them.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ended, exec, tail } from './exec.mjs';
import { Results } from './results.mjs';
import { resultsOfProgram } from './tap.mjs';

export const JOBS = '2';

// The build directories of the test command, by name.  Those of sanitizers
// leave -D_FORTIFY_SOURCE out (meson.build), which would hide what they see.
export const BUILDS = {
	'build-release': { options: ['-Dtests=false'] },
	'build-test': { options: ['-Dtest_seams=true'] },
	'build-asan': { options: ['-Dtest_seams=true',
		'-Db_sanitize=address,undefined', '-Doptimization=1'] },
	'build-tsan': { options: ['-Dtest_seams=true', '-Db_sanitize=thread',
		'-Doptimization=1'] },
	'build-analyze': { options: ['-Dtests=false', '-Danalyze=true'] },
	'build-fuzz': { cc: 'clang', options: ['-Dfuzz=true',
		'-Dtest_seams=true', '-Db_sanitize=address,undefined',
		'-Db_lundef=false', '-Doptimization=1'] },
};

// Set up, through scripts/lib.sh, which ./run uses too.
export async function setUp(root, name) {
	const { cc = 'gcc', options } = BUILDS[name];
	const script = 'root=$1 assume_yes=1; . "$1/scripts/lib.sh"; shift; ' +
		'build_dir "$@"';
	const r = await exec('sh', ['-euc', script, 'sh', root, name, ...options],
		{ cwd: root, env: { CC: cc } });
	return r.code === 0 ? null : `meson ${ended(r)}\n${tail(r.all, 30)}`;
}

// Build targets (all when none are named); null, or what went wrong.
export async function build(root, name, targets = []) {
	const wrong = await setUp(root, name);
	if (wrong) {
		return wrong;
	}
	const r = await exec('ninja',
		['-C', name, '-j', JOBS, '-k', '0', ...targets],
		{ cwd: root, timeoutSec: 1800 });
	return r.code === 0 ? null : `ninja ${ended(r)}\n${compilerWords(r.all)}`;
}

// What compilers said, without ninja's progress and command lines.
function compilerWords(all) {
	const lines = all.split('\n').filter((l) => !/^\[\d+\/\d+\]/.test(l) &&
		!/^(cc|gcc|clang|ccache) /.test(l));
	return lines.slice(0, 120).join('\n');
}

// Meson's list of tests: [{name, suite, cmd}].
export async function listTests(root, name) {
	const r = await exec('meson', ['introspect', '--tests', name],
		{ cwd: root });
	return JSON.parse(r.out);
}

// What these tests need built, by ninja's names: their programs, and what those
// load or start.
export async function targetsOf(root, name, tests) {
	const r = await exec('meson', ['introspect', '--targets', name],
		{ cwd: root });
	const files = new Map(JSON.parse(r.out).map((t) => [t.id, t.filename]));
	const wanted = new Set(tests.flatMap((t) => t.depends)
		.flatMap((id) => files.get(id) ?? []));
	return [...wanted].map((f) => f.slice(join(root, name).length + 1));
}

// Run tests that are built already.  names: exact names of tests, or [] for
// all; setup: a name from tests/meson.build; prefix goes before each test's
// name in what is reported.
export async function runTests(root, name, options = {}) {
	const { setup = 'plain', names = [], prefix = '', timeoutSec = 1800,
		skipSuite = null } = options;
	const results = new Results();
	const base = `run-${setup}`;
	const args = ['test', '-C', name, '--no-rebuild', '--setup', setup,
		'--num-processes', JOBS, '--logbase', base];
	if (skipSuite) {
		args.push('--no-suite', skipSuite);
	}
	for (const suffix of ['', `-${setup}`]) {
		rmSync(join(root, name, 'meson-logs', `${base}${suffix}.json`),
			{ force: true });
	}
	const r = await exec('meson', [...args, ...names],
		{ cwd: root, timeoutSec });
	const programs = logged(join(root, name, 'meson-logs'), base, setup);
	for (const program of programs) {
		results.add(resultsOfProgram(
			{ ...program, name: prefix + plainName(program.name) }));
	}
	if (programs.length === 0 || r.timedOut ||
	    (r.code !== 0 && results.failures.length === 0)) {
		results.fail(`${prefix}meson test`, `${ended(r)}, ` +
			`${programs.length} programs ran\n${tail(r.all, 30)}`);
	}
	return { results, programs };
}

// Meson may write "suite / name" or "project:suite / name".
function plainName(name) {
	return name.split(' / ').at(-1);
}

function logged(dir, base, setup) {
	const file = [`${base}-${setup}.json`, `${base}.json`]
		.map((f) => join(dir, f)).find((f) => existsSync(f));
	if (!file) {
		return [];
	}
	return readFileSync(file, 'utf8').split('\n').filter(Boolean)
		.map((line) => JSON.parse(line))
		.map((t) => ({ name: t.name, result: t.result,
			seconds: t.duration,
			stdout: `${t.stdout ?? ''}${t.stderr ? `\n${t.stderr}` : ''}` }));
}
