// SPDX-License-Identifier: Apache-2.0
// The test command: runs the stages, goes on after a failure, and ends with
// one line that counts everything.  ./test, ./fuzz, ./bench and ./soak install
// what is missing and call this.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { fuzzers, FUZZ_BUILD, runFuzzers } from './fuzz.mjs';
import { build } from './meson.mjs';
import { Results } from './results.mjs';
import { readAllowed, unlisted } from './skips.mjs';
import { STAGES } from './stages.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const inCi = process.env.CI === 'true' || process.env.SURGUCH_CI === '1';
const MINUTES_MAX = 60;

const USAGE = `usage: ./test [-y] [--list] [STAGE...]

  ./test          all stages
  ./test STAGE    only these (what compares all of them is left out)
  --list          names of the stages
  -y              install missing packages without asking
Stages: ${STAGES.map((s) => s.name).join(' ')}
`;

function say(text) {
	process.stdout.write(`${text}\n`);
}

function minutes(since) {
	return (Date.now() - since) / 60000;
}

function indent(text) {
	return text.split('\n').map((l) => `      ${l}`).join('\n');
}

async function runStage(stage, total) {
	const results = new Results();
	const start = Date.now();
	say(`== ${stage.name}`);
	try {
		await stage.run({ root, results, total, say:
			(text) => say(`   ${text}`) });
	} catch (e) {
		results.fail(`stage ${stage.name}`, e.stack ?? String(e));
	}
	for (const { test, detail } of results.failures) {
		say(`   FAILED ${test}${detail ? `\n${indent(detail)}` : ''}`);
	}
	total.add(results);
	const took = minutes(start);
	say(`   ${results.counts()} · ${took.toFixed(1)} min`);
	return { name: stage.name, took, results };
}

// Every skip, with its reason; where skips are judged, those that tests/skips
// does not name are failures.
function judgeSkips(total) {
	const wrong = unlisted(total.skips, readAllowed(root));
	if (total.skips.length > 0) {
		say('== skipped');
		for (const { test, reason } of total.skips) {
			say(`   ${test}: ${reason}`);
		}
	}
	if (inCi) {
		for (const { test } of wrong) {
			total.fail(`${test}: skipped, and tests/skips does not name it`);
			say(`   FAILED ${test}: tests/skips does not name it`);
		}
	}
}

function summary(stages, total, start) {
	say('== minutes');
	for (const { name, took, results } of stages) {
		say(`   ${name.padEnd(14)} ${took.toFixed(1).padStart(5)}  ` +
			results.counts());
	}
	const all = minutes(start);
	say(`   ${'in all'.padEnd(14)} ${all.toFixed(1).padStart(5)}`);
	if (all > MINUTES_MAX) {
		total.fail(`the test command took more than ${MINUTES_MAX} minutes`);
		say(`   FAILED more than ${MINUTES_MAX} minutes`);
	}
	if (total.failures.length > 0) {
		say('== failed');
		total.failures.forEach(({ test }) => say(`   ${test}`));
	}
	const { passed, failures, skips } = total;
	say(`\n${passed} passed, ${failures.length} failed` +
		(skips.length > 0 ? `, ${skips.length} skipped` : ''));
}

async function runAll(names) {
	const unknown = names.filter((n) => !STAGES.some((s) => s.name === n));
	if (unknown.length > 0) {
		process.stderr.write(`no such stage: ${unknown.join(' ')}\n${USAGE}`);
		return 2;
	}
	const whole = STAGES.filter((s) => s.whole && names.includes(s.name));
	if (whole.length > 0) {
		process.stderr.write(`${whole[0].name} compares what all stages ` +
			`said: run ./test without names\n`);
		return 2;
	}
	const start = Date.now();
	const total = new Results();
	const stages = [];
	const wanted = STAGES.filter((s) =>
		names.length === 0 ? true : names.includes(s.name));
	process.env.SURGUCH_REFERENCE_DATA ??= resolve(root, '../shared/data');
	if (!existsSync(process.env.SURGUCH_REFERENCE_DATA)) {
		say(`No reference data at SURGUCH_REFERENCE_DATA: ` +
			`tests that read them are skipped.`);
	}
	for (const stage of wanted) {
		stages.push(await runStage(stage, total));
	}
	if (names.length === 0) {
		keepProofs(total);
	}
	judgeSkips(total);
	summary(stages, total, start);
	return total.failures.length === 0 && total.passed > 0 ? 0 : 1;
}

// For tests/gates/requirements.mjs --write.
function keepProofs(total) {
	const dir = join(root, 'build-test');
	const proofs = Object.fromEntries([...total.proofs]
		.map(([id, tests]) => [id, [...tests].sort()]));
	mkdirSync(dir, { recursive: true });
	writeFileSync(join(dir, 'proofs.json'), JSON.stringify(proofs, null, 1));
}

async function runFuzz([seconds = '600', ...names]) {
	if (!(Number(seconds) > 0)) {
		process.stderr.write('usage: ./fuzz [-y] [SECONDS-A-TARGET ' +
			`[TARGET...]]: ${seconds} is no number of seconds\n`);
		return 2;
	}
	const wrong = await build(root, FUZZ_BUILD, ['fuzzers']);
	if (wrong) {
		say(wrong);
		return 1;
	}
	const all = fuzzers(root);
	const results = await runFuzzers(root, names.length > 0 ? names : all,
		Number(seconds), true);
	results.failures.forEach(({ test, detail }) => say(`${test}\n${detail}`));
	say(results.counts());
	return results.failures.length === 0 ? 0 : 1;
}

async function runTool([tool, ...args]) {
	for (const name of ['build-release', 'build-test']) {
		const wrong = await build(root, name);
		if (wrong) {
			say(wrong);
			return 1;
		}
	}
	const r = spawnSync(process.execPath, [tool, ...args], { cwd: root,
		stdio: 'inherit', env: { ...process.env,
			SURGUCH_BUILD: join(root, 'build-test'),
			SURGUCH_RELEASE: join(root, 'build-release') } });
	return r.status ?? 1;
}

async function main(args) {
	if (args[0] === '--tool') {
		return runTool(args.slice(1));
	}
	if (args[0] === '--fuzz') {
		return runFuzz(args.slice(1));
	}
	if (args[0] === '--list') {
		STAGES.forEach((s) => say(s.name));
		return 0;
	}
	if (args.some((a) => a.startsWith('-'))) {
		process.stdout.write(USAGE);
		return args[0] === '-h' || args[0] === '--help' ? 0 : 2;
	}
	return runAll(args);
}

process.exitCode = await main(process.argv.slice(2));
