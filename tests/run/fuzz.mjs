// SPDX-License-Identifier: Apache-2.0
// libFuzzer programs of build-fuzz, each for some seconds.
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ended, exec, pool, tail } from './exec.mjs';
import { Results } from './results.mjs';

export const FUZZ_BUILD = 'build-fuzz';

export function fuzzers(root) {
	const dir = join(root, FUZZ_BUILD, 'tests/fuzz');
	return (existsSync(dir) ? readdirSync(dir) : []).sort()
		.filter((f) => f.endsWith('_fuzz'))
		.map((f) => f.slice(0, -'_fuzz'.length));
}

// What went wrong where, and the input itself (Base64), so that a finding can be
// repeated from the report alone; not libFuzzer's thousand lines of progress.
export function findingOf(all) {
	const lines = all.split('\n').filter((l) =>
		/ERROR|SUMMARY|runtime error|^Base64:|^\s+#\d+ .*\/(src|tests)\//
			.test(l));
	return lines.length > 0 ? lines.slice(0, 60).join('\n') : tail(all, 60);
}

// grown: keep what the run found for the next one (long runs), or start from
// the tree's corpus each time (the test command, which has to repeat itself).
export async function runFuzzers(root, names, seconds, grown = false) {
	const results = new Results();
	await pool(names, 2, async (name) => {
		const work = join(root, FUZZ_BUILD, 'grown', name);
		const finds = join(root, FUZZ_BUILD, 'found', name);
		const corpus = join(root, 'tests/fuzz/corpus', name);
		if (!grown) {
			rmSync(work, { recursive: true, force: true });
		}
		mkdirSync(work, { recursive: true });
		mkdirSync(finds, { recursive: true });
		if (!fuzzers(root).includes(name)) {
			results.fail(`fuzz/${name}`, 'there is no such target');
			return;
		}
		if (!existsSync(corpus) || readdirSync(corpus).length === 0) {
			results.fail(`fuzz/${name}`,
				`tests/fuzz/corpus/${name} is missing or empty`);
			return;
		}
		const r = await exec(join(root, FUZZ_BUILD, 'tests/fuzz',
			`${name}_fuzz`),
		[`-max_total_time=${seconds}`, '-timeout=10', '-rss_limit_mb=2048',
			'-print_final_stats=1', `-artifact_prefix=${finds}/`, work,
			corpus],
		{ cwd: root, timeoutSec: seconds * 2 + 60, env: {
			SURGUCH_SOURCE_ROOT: root,
			LSAN_OPTIONS: 'print_suppressions=0:suppressions=' +
				join(root, 'tests/lsan.supp'),
			UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1' } });
		if (r.code === 0) {
			results.pass();
		} else {
			results.fail(`fuzz/${name}`,
				`${ended(r)}; the input is in ${FUZZ_BUILD}/found/${name}/\n` +
				findingOf(r.all));
		}
	});
	return results;
}
