// SPDX-License-Identifier: Apache-2.0
// Every header compiles by itself (without banned.h, which would lend it the
// system headers that it includes) and its guard is named after its path.
import { exec, pool } from '../run/exec.mjs';
import { Finding, readText, treeFiles } from './files.mjs';

const LIBRARIES = ['libcrypto', 'sqlite3', 'libmicrohttpd', 'jansson',
	'libconfig', 'libcurl', 'libseccomp', 'gnutls', 'libpq',
	'p11-kit-1'];

// Lists that their one header includes more than once: no guard.
const LISTS = /^src\/store\/statements_[a-z]+\.h$/;

export function guardOf(path) {
	return `SURGUCH_${path.replace(/^src\//, '').toUpperCase()
		.replace(/[^A-Z0-9]/g, '_')}`;
}

export async function check(root) {
	const headers = treeFiles(root).filter((f) => /^src\/.*\.h$/.test(f));
	const flags = await exec('pkg-config', ['--cflags', ...LIBRARIES]);
	const cflags = flags.code === 0 ? flags.out.trim().split(/\s+/)
		.filter(Boolean) : [];
	const findings = [];
	await pool(headers, 2, async (path) => {
		const r = await exec('gcc', ['-std=c17', '-D_POSIX_C_SOURCE=200809L',
			'-Isrc', ...cflags, '-Wall', '-Wextra', '-Werror',
			'-fsyntax-only', '-x', 'c', '-include', path, '/dev/null'],
		{ cwd: root });
		if (r.code !== 0) {
			findings.push(new Finding(path, 1,
				`does not compile alone:\n${r.err.trim()}`));
		}
		if (!LISTS.test(path) && !readText(root, path)
		    .includes(`#ifndef ${guardOf(path)}\n`)) {
			findings.push(new Finding(path, 1,
				`its guard is not ${guardOf(path)}`));
		}
	});
	return findings;
}
