// SPDX-License-Identifier: Apache-2.0
// Every C file looks as .clang-format says.
import { exec, pool } from '../run/exec.mjs';
import { Finding, treeFiles } from './files.mjs';

const BATCH = 20;

export async function check(root) {
	const files = treeFiles(root).filter((f) => /^(src|tests)\/.*\.[ch]$/.test(f));
	const batches = [];
	for (let i = 0; i < files.length; i += BATCH) {
		batches.push(files.slice(i, i + BATCH));
	}
	const findings = [];
	await pool(batches, 2, async (batch) => {
		const r = await exec('clang-format',
			['--dry-run', '-Werror', '--style=file', ...batch], { cwd: root });
		for (const line of r.err.split('\n')) {
			const m = /^(.+?):(\d+):\d+: (?:error|warning): (.*)$/.exec(line);
			if (m) {
				findings.push(new Finding(m[1], m[2], m[3]));
			}
		}
		if (r.code !== 0 && findings.length === 0) {
			findings.push(new Finding('clang-format', 0, r.all.trim()));
		}
	});
	return findings;
}
