// SPDX-License-Identifier: Apache-2.0
// The documents keep up with the tree: every link to a file leads to one, and
// docs/architecture.md has a line for each folder of src/ and each program.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Finding, programs, readLines, readText, treeFiles }
	from './files.mjs';

const ARCHITECTURE = 'docs/architecture.md';

function checkLinks(root, path, findings) {
	readLines(root, path).forEach((line, i) => {
		for (const [, target] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
			const file = target.replace(/#.*/, '');
			if (file !== '' && !/^[a-z]+:/.test(file) &&
			    !existsSync(join(root, dirname(path), file))) {
				findings.push(new Finding(path, i + 1,
					`a link to nothing: ${target}`));
			}
		}
	});
}

function checkFolders(root, findings) {
	const text = readText(root, ARCHITECTURE);
	const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
		.filter((e) => e.isDirectory() &&
			readdirSync(join(root, 'src', e.name)).length > 0);
	for (const { name } of folders) {
		if (!text.includes(`\`${name}\``)) {
			findings.push(new Finding(ARCHITECTURE, 0,
				`no word of src/${name}`));
		}
	}
}

function checkPrograms(root, findings) {
	const text = readText(root, ARCHITECTURE);
	for (const { name } of programs(root)) {
		if (!text.includes(`\`${name}\``)) {
			findings.push(new Finding(ARCHITECTURE, 0, `no word of ${name}`));
		}
	}
}

export function check(root) {
	const findings = [];
	for (const path of treeFiles(root).filter((f) => f.endsWith('.md'))) {
		checkLinks(root, path, findings);
	}
	checkFolders(root, findings);
	checkPrograms(root, findings);
	return findings;
}
