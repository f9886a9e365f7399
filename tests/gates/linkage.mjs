// SPDX-License-Identifier: Apache-2.0
// What each program loads, and what release binaries must not hold.
// tests/layers/libraries lists, for each program of the build, the libraries
// that it may ask the loader for; hooks of tests have no place in a release.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Finding, readLines } from './files.mjs';

const LIST = 'tests/layers/libraries';
const SEAM = /\bSURGUCH_(CLOCK_FD|SEAM_FD|TEST_[A-Z_]+)\b/;

// program -> [library], "name" standing for "name.so.N".
function allowed(root) {
	const list = new Map();
	for (const raw of readLines(root, LIST)) {
		const m = /^([a-z-]+):\s*(.*)$/.exec(raw.replace(/#.*/, '').trim());
		if (m) {
			list.set(m[1], m[2].split(/\s+/).filter(Boolean));
		}
	}
	return list;
}

function run(cmd, args) {
	const r = spawnSync(cmd, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
	if (r.status !== 0) {
		throw new Error(`${cmd} ${args.join(' ')}: ${r.stderr}`);
	}
	return r.stdout;
}

// Executables named surguch… below a build directory.
export function programsOf(dir) {
	const found = [];
	const queue = [join(dir, 'src')];
	while (queue.length > 0) {
		const at = queue.pop();
		for (const name of existsSync(at) ? readdirSync(at) : []) {
			const path = join(at, name);
			const st = statSync(path);
			if (st.isDirectory() && !name.endsWith('.p')) {
				queue.push(path);
			} else if (/^surguch[a-z-]*$/.test(name) && st.isFile() &&
			    (st.mode & 0o111)) {
				found.push({ name, path });
			}
		}
	}
	return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function check(root, build = 'build-release') {
	const findings = [];
	const list = allowed(root);
	const programs = programsOf(join(root, build));
	for (const name of list.keys()) {
		if (!programs.some((p) => p.name === name)) {
			findings.push(new Finding(LIST, 0, `${name} was not built`));
		}
	}
	for (const { name, path } of programs) {
		const needed = [...run('readelf', ['-dW', path])
			.matchAll(/\(NEEDED\).*\[(.*?)\.so[.\d]*\]/g)].map((m) => m[1]);
		const may = list.get(name);
		if (!may) {
			findings.push(new Finding(LIST, 0, `${name} is not listed`));
			continue;
		}
		for (const lib of needed.filter((l) => !may.includes(l))) {
			findings.push(new Finding(LIST, 0, `${name} loads ${lib}`));
		}
		const hook = SEAM.exec(run('strings', ['-d', path]));
		if (hook) {
			findings.push(new Finding(path, 0,
				`a hook of tests in a release: ${hook[0]}`));
		}
	}
	return findings;
}
