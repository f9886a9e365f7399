// SPDX-License-Identifier: Apache-2.0
// Rules of the sources that a search can check: no product of two numbers as
// an allocation's size, no conditional compilation outside os/, no lengthy
// files, a licence line in each, no path of somebody's machine.
import { codeOnly, Finding, readText, treeFiles } from './files.mjs';

const LINES_MAX = 800;
const SOURCE = /\.(c|h|mjs|js|ts|tsx|sh)$/;
const C_FILE = /^(src|tests)\/.*\.[ch]$/;
// Text that people or programs read; data of tests may say what they like.
const NO_PATHS_IN = /^tests\/(data|fuzz\/corpus)\//;

// What may stand behind #if and #ifdef outside os/.  (STATEMENT: the lists of
// statements are included twice, see store/statement.h.)
const CONDITION = new RegExp('^\\s*#\\s*if(n?def)?\\s+' +
	'(defined\\()?(SURGUCH_[A-Z0-9_]+_H|SURGUCH_TEST_SEAMS|STATEMENT|' +
	'FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION)\\)?\\s*$');

// Files that have to ask the compiler something: is this a sanitizer's build?
const ASKS_COMPILER = ['src/x509/pool.c'];

const HOME = ['ho' + 'me', 'ro' + 'ot', 'Us' + 'ers', 'wo' + 'rk', 'fa' + 'rm'];
const MACHINE_PATH = new RegExp(
	`(^|[\\s"'\`(=:,])/(${HOME.join('|')})/[A-Za-z0-9_.]`);

// Where packages come from is the machine's business.
const PACKAGE_HOST = new RegExp(['deb\\.deb' + 'ian', 'registry\\.np' + 'mjs',
	'py' + 'pi\\.org', 'security\\.deb' + 'ian'].join('|'));

function checkC(path, text, findings) {
	const lines = codeOnly(text).split('\n');
	lines.forEach((line, i) => {
		const at = (text) => findings.push(new Finding(path, i + 1, text));
		// malloc(n * m) wraps where calloc refuses.
		if (/\bmalloc\s*\([^;]*[\w)\]]\s*\*\s*[\w(]/.test(line)) {
			at('a product as the size of an allocation: use calloc');
		}
		if (/^\s*#\s*(el)?if/.test(line) && !path.startsWith('src/os/') &&
		    path.startsWith('src/') && !ASKS_COMPILER.includes(path) &&
		    !CONDITION.test(line)) {
			at('conditional compilation outside os/');
		}
		if (/\btypedef\s+(struct|union)\b/.test(line)) {
			at('a struct behind a typedef');
		}
		if (/\balloca\s*\(/.test(line)) {
			at('alloca');
		}
	});
}

function checkAny(path, text, findings) {
	const lines = text.split('\n');
	if (SOURCE.test(path) && !/SPDX-License-Identifier: Apache-2\.0/
		.test(lines.slice(0, 2).join('\n'))) {
		findings.push(new Finding(path, 1, 'no SPDX licence line on top'));
	}
	if (SOURCE.test(path) && lines.length > LINES_MAX) {
		findings.push(new Finding(path, lines.length,
			`more than ${LINES_MAX} lines: which noun should move out?`));
	}
	lines.forEach((line, i) => {
		if (MACHINE_PATH.test(line)) {
			findings.push(new Finding(path, i + 1,
				'a path of somebody\'s machine'));
		}
		if (PACKAGE_HOST.test(line)) {
			findings.push(new Finding(path, i + 1, 'a host of packages'));
		}
		if (/^(<{7} |={7}$|>{7} )/.test(line)) {
			findings.push(new Finding(path, i + 1, 'a merge left open'));
		}
	});
}

export function check(root) {
	const findings = [];
	for (const path of treeFiles(root)) {
		if (NO_PATHS_IN.test(path)) {
			continue;
		}
		const text = readText(root, path);
		if (text.includes('\0')) {
			continue; // a picture
		}
		checkAny(path, text, findings);
		if (C_FILE.test(path)) {
			checkC(path, text, findings);
		}
	}
	return findings;
}
