// SPDX-License-Identifier: Apache-2.0
// The stages of the test command, in order: first what a change breaks most
// often and what is quick to tell.  Each takes {root, results, total, say} and adds
// to results; throwing is a failure of the stage.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as docs from '../gates/docs.mjs';
import * as format from '../gates/format.mjs';
import * as headers from '../gates/headers.mjs';
import * as linkage from '../gates/linkage.mjs';
import * as man from '../gates/man.mjs';
import * as openapi from '../gates/openapi.mjs';
import * as requirements from '../gates/requirements.mjs';
import * as sources from '../gates/sources.mjs';
import * as tidy from '../gates/tidy.mjs';
import * as usage from '../gates/usage.mjs';
import * as layers from '../layers/check.mjs';
import { ended, exec, tail } from './exec.mjs';
import { runPlants } from '../gates/selftest.mjs';
import { fuzzers, FUZZ_BUILD, runFuzzers } from './fuzz.mjs';
import { build, listTests, targetsOf, runTests, setUp } from './meson.mjs';
import { runNodeTests, testFiles } from './nodetests.mjs';

// Seconds of fuzzing: per target, and in all with two at a time.
const FUZZ_SECONDS = 10;
const FUZZ_SECONDS_IN_ALL = 240;

// Programs that take minutes under valgrind, most of them in libcrypto, in
// syncs of the disk or in waiting for a server; the sanitizers run them all the same.  os/confine would
// only show that valgrind lets through what the kernel's walls forbid.
const NOT_UNDER_VALGRIND = ['crypto/cms', 'crypto/p8', 'crypto/pfx',
	'crypto/pkcs11', 'crypto/privkey', 'crypto/weak_key', 'fault/api',
	'http/server', 'os/confine', 'store/audit', 'store/disk', 'store/postgres',
	'store/store', 'store/store-postgresql', 'store/tables-postgresql',
	'registry/search'];

// Programs with threads of ours, for the thread sanitizer; not those that only
// start other programs, which it would not see into.
const THREADED =
	/^((store|http|ipc|fetch|ca|identity|registry)\/|(signer\/client|crypto\/token)$)/;

// Tests from outside that compare times or use up what an address may ask for.
const TIMED = ['attacks', 'limits', 'pumping'];

// Folders whose code gcc -fanalyzer has to find nothing in.
const ANALYZED = ['base', 'der', 'x509', 'ipc'];

function gate(name, check) {
	return async ({ root, results }) => results.gate(name, await check(root));
}

async function buildOne({ root, results }, name, targets) {
	const wrong = await build(root, name, targets);
	if (wrong) {
		results.fail(`build of ${name}`, wrong);
	} else {
		results.pass();
	}
	return !wrong;
}

async function buildStage(ctx) {
	await buildOne(ctx, 'build-release');
	await buildOne(ctx, 'build-test');
	ctx.results.gate('linkage', linkage.check(ctx.root));
}

async function tidyStage({ root, results }) {
	const wrong = await setUp(root, FUZZ_BUILD);
	if (wrong) {
		throw new Error(wrong);
	}
	results.gate('clang-tidy', await tidy.check(root, FUZZ_BUILD));
}

async function analyzeStage(ctx) {
	const targets = ANALYZED
		.filter((f) => existsSync(join(ctx.root, 'src', f, 'meson.build')))
		.map((f) => `src/${f}/lib${f}.a`);
	const wrong = await build(ctx.root, 'build-analyze', targets);
	const findings = wrong ? [wrong]
		: tidy.withoutFlag(ctx.root, 'build-analyze', ANALYZED, '-fanalyzer');
	ctx.results.gate('gcc -fanalyzer', findings);
}

// For stages that use what an earlier one has built; quick if it has.
async function needBuild(root, ...names) {
	for (const name of names) {
		const wrong = await build(root, name);
		if (wrong) {
			throw new Error(`${name}: ${wrong}`);
		}
	}
}

async function unitStage({ root, results }) {
	await needBuild(root, 'build-test');
	const run = await runTests(root, 'build-test', { prefix: 'unit/' });
	results.add(run.results);
}

async function asanStage(ctx) {
	if (await buildOne(ctx, 'build-asan')) {
		const run = await runTests(ctx.root, 'build-asan',
			{ prefix: 'asan/', timeoutSec: 2400 });
		ctx.results.add(run.results);
	}
}

async function valgrindStage({ root, results, say }) {
	await needBuild(root, 'build-test');
	const names = (await listTests(root, 'build-test')).map((t) => t.name)
		.filter((name) => !name.startsWith('fuzz/') &&
			!NOT_UNDER_VALGRIND.includes(name));
	say(`without ${NOT_UNDER_VALGRIND.join(' ')}`);
	const run = await runTests(root, 'build-test',
		{ setup: 'valgrind', names, prefix: 'valgrind/' });
	results.add(run.results);
}

async function fuzzStage(ctx) {
	const { root, results } = ctx;
	if (await buildOne(ctx, FUZZ_BUILD, ['fuzzers'])) {
		const names = fuzzers(root);
		const seconds = Math.max(1, Math.min(FUZZ_SECONDS,
			Math.floor(FUZZ_SECONDS_IN_ALL * 2 / names.length)));
		results.add(await runFuzzers(root, names, seconds));
	}
}

async function tsanStage({ root, results }) {
	const wrong = await setUp(root, 'build-tsan');
	if (wrong) {
		throw new Error(wrong);
	}
	const tests = (await listTests(root, 'build-tsan'))
		.filter((t) => THREADED.test(t.name));
	if (tests.length === 0) {
		throw new Error('no test of a threaded floor was found');
	}
	const failed = await build(root, 'build-tsan',
		await targetsOf(root, 'build-tsan', tests));
	if (failed) {
		results.fail('build of build-tsan', failed);
		return;
	}
	results.pass();
	const run = await runTests(root, 'build-tsan', { prefix: 'tsan/',
		names: tests.map((t) => t.name) });
	results.add(run.results);
}

async function e2eStage({ root, results, say }) {
	await needBuild(root, 'build-test', 'build-release');
	const files = testFiles(root, 'tests/e2e');
	if (files.length === 0) {
		throw new Error('tests/e2e holds no test');
	}
	results.add(await runNodeTests(root, files, { say, alone: TIMED, env: {
		SURGUCH_BUILD: join(root, 'build-test'),
		SURGUCH_RELEASE: join(root, 'build-release') } }));
}

// The page in Chromium.  Pictures of it stay in build-test/browser.
async function browserStage({ root, results, say }) {
	await needBuild(root, 'build-test', 'build-release');
	for (const [script, dir] of [['build-web.sh', 'build-test/web'],
		['npm-ci.sh', 'tests/browser']]) {
		const r = await exec('sh', [join('scripts', script), dir],
			{ cwd: root, timeoutSec: 600 });
		if (r.code !== 0) {
			throw new Error(`${script} ${ended(r)}\n${tail(r.all, 40)}`);
		}
	}
	const files = testFiles(root, 'tests/browser');
	if (files.length === 0) {
		throw new Error('tests/browser holds no test');
	}
	// Apart, since pages look for agents at the same few ports; the matrix
	// runs two cases at a time by itself.
	results.add(await runNodeTests(root, files, { say, apart: true,
		alone: ['matrix'], env: {
			SURGUCH_BUILD: join(root, 'build-test'),
			SURGUCH_RELEASE: join(root, 'build-release') } }));
}

async function debStage({ root, results }) {
	const r = await exec('sh', ['scripts/check-deb.sh', '-s', '-b',
		join(root, 'build-deb')], { cwd: root, timeoutSec: 1800 });
	if (r.code === 0) {
		results.pass();
	} else {
		results.fail(`scripts/check-deb.sh ${ended(r)}`, tail(r.all, 40));
	}
}

async function requirementsStage({ root, results, total }) {
	results.gate('docs/requirements.md lists what tests prove',
		requirements.check(root, total.proofs));
}

export const STAGES = [
	{ name: 'build', run: buildStage },
	{ name: 'layers', run: gate('layers', layers.check) },
	{ name: 'format', run: gate('clang-format', format.check) },
	{ name: 'sources', run: gate('sources', sources.check) },
	{ name: 'headers', run: gate('headers', headers.check) },
	{ name: 'man', run: gate('man pages', man.check) },
	{ name: 'usage', run: gate('usage', usage.check) },
	{ name: 'docs', run: gate('docs', docs.check) },
	{ name: 'openapi', run: gate('OpenAPI', openapi.check) },
	{ name: 'gates', run: async ({ root, results }) =>
		results.add(await runPlants(root)) },
	{ name: 'unit', run: unitStage },
	{ name: 'e2e', run: e2eStage },
	{ name: 'browser', run: browserStage },
	{ name: 'deb', run: debStage },
	{ name: 'asan', run: asanStage },
	{ name: 'tsan', run: tsanStage },
	{ name: 'fuzz', run: fuzzStage },
	{ name: 'analyze', run: analyzeStage },
	{ name: 'tidy', run: tidyStage },
	{ name: 'valgrind', run: valgrindStage },
	{ name: 'requirements', whole: true, run: requirementsStage },
];
