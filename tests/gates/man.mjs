// SPDX-License-Identifier: Apache-2.0
// Manual pages: no complaint of mandoc, the sections that every page of ours
// has, and a page for each program that the build installs.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../run/exec.mjs';
import { Finding, programs, readText } from './files.mjs';

const SECTIONS = ['NAME', 'DESCRIPTION', 'FILES', 'EXAMPLES', 'SECURITY'];

export async function check(root) {
	const dir = join(root, 'docs/man');
	const pages = readdirSync(dir).filter((f) => /\.\d$/.test(f)).sort();
	const findings = [];
	const named = new Set();
	for (const page of pages) {
		const path = `docs/man/${page}`;
		// -W style: also what is not wrong but could be read otherwise.
		// Which other pages this machine has is nothing to us.
		const r = await exec('mandoc', ['-T', 'lint', '-W', 'style', path],
			{ cwd: root });
		for (const line of r.all.split('\n').filter(Boolean)) {
			if (!/referenced manual not found|mandoc\.db lacks/.test(line)) {
				findings.push(new Finding(path, 0, line));
			}
		}
		const text = readText(root, path);
		// One page may be of several programs: .Nm lines under NAME.
		for (const [, name] of text.replace(/^\.Sh DESC[^]*$/m, '')
			.matchAll(/^\.Nm ([a-z-]+)/gm)) {
			named.add(name);
		}
		const want = page.endsWith('.5') ? SECTIONS
			: [...SECTIONS, 'EXIT STATUS'];
		for (const section of want) {
			if (!new RegExp(`^\\.Sh ${section}$`, 'm').test(text)) {
				findings.push(new Finding(path, 0, `no section ${section}`));
			}
		}
	}
	for (const { name } of programs(root)) {
		if (!named.has(name)) {
			findings.push(new Finding('docs/man', 0, `no page of ${name}`));
		}
	}
	return findings;
}
