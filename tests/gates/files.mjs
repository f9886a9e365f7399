// SPDX-License-Identifier: Apache-2.0
// What gates share: the tree's own files, and findings about them.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// Never ours, in a tree that git does not know (an unpacked archive).
const FOREIGN = /^(\.git|var|node_modules|build.*)$/;

// Paths of the tree's files relative to root, sorted: what git tracks or
// would track, or all when there is no git.
export function treeFiles(root) {
	if (existsSync(join(root, '.git'))) {
		const r = spawnSync('git', ['-c', 'safe.directory=*', '-C', root,
			'ls-files', '-z', '-co', '--exclude-standard'],
		{ encoding: 'utf8', maxBuffer: 1 << 26 });
		if (r.status !== 0) {
			throw new Error(`git ls-files: ${r.stderr}`);
		}
		return [...new Set(r.stdout.split('\0'))]
			.filter((f) => f !== '' && existsSync(join(root, f))).sort();
	}
	return walk(root, '').sort();
}

function walk(root, folder) {
	const found = [];
	for (const e of readdirSync(join(root, folder), { withFileTypes: true })) {
		const path = folder === '' ? e.name : `${folder}/${e.name}`;
		if (e.isFile()) {
			found.push(path);
		} else if (e.isDirectory() && !FOREIGN.test(e.name)) {
			found.push(...walk(root, path));
		}
	}
	return found;
}

export function readText(root, path) {
	return readFileSync(join(root, path), 'utf8');
}

// Programs that the build makes: [{name, file}].
export function programs(root) {
	return treeFiles(root).filter((f) => /^src\/.*meson\.build$/.test(f))
		.flatMap((f) => [...readText(root, f).matchAll(
			/executable\(\s*'(surguch[a-z-]*)',\s*'(\w+\.c)'/g)]
			.map(([, name, file]) => ({ name, file: `${dirname(f)}/${file}` })));
}

export function readLines(root, path) {
	return readText(root, path).split('\n');
}

// A finding prints as compilers do, so that editors can follow it.
export class Finding {
	constructor(path, line, text) {
		Object.assign(this, { path, line, text });
	}

	toString() {
		return this.line ? `${this.path}:${this.line}: ${this.text}`
			: `${this.path}: ${this.text}`;
	}
}

// C text with comments and strings blanked out, line numbers kept.
export function codeOnly(text) {
	const blank = (s) => s.replace(/[^\n]/g, ' ');
	return text.replace(
		/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g,
		blank);
}
