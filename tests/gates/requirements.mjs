// SPDX-License-Identifier: Apache-2.0
// docs/requirements.md maps each requirement id to the tests that prove it.
// A test says so by printing "proves: ID..."; the table and what was said in a
// whole run have to agree.
//   node tests/gates/requirements.mjs --write   take over the last whole run
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Finding, readLines, readText } from './files.mjs';

const FILE = 'docs/requirements.md';
const HEAD = '| id | proved by |';

// Prefixes of stages that run the same programs once more.
const AGAIN = /^(asan|tsan|valgrind)\//;

function testsOf(proofs) {
	const table = new Map();
	for (const [id, tests] of proofs) {
		const own = [...tests].filter((t) => !AGAIN.test(t)).sort();
		if (own.length > 0) {
			table.set(id, own.join(', '));
		}
	}
	return table;
}

// id -> {tests, line} of the table under HEAD.
function listed(root) {
	const rows = new Map();
	let inside = false;
	readLines(root, FILE).forEach((line, i) => {
		if (line.trim() === HEAD) {
			inside = true;
		} else if (inside && !line.startsWith('|')) {
			inside = false;
		} else if (inside && /^\|\s*[A-I]\d+\s*\|/.test(line)) {
			const [, id, tests] = line.split('|').map((c) => c.trim());
			rows.set(id, { tests, line: i + 1 });
		}
	});
	return rows;
}

// proofs: Map of id -> Set of tests, from a whole run.
export function check(root, proofs) {
	const findings = [];
	const rows = listed(root);
	const seen = testsOf(proofs);
	for (const [id, tests] of seen) {
		const row = rows.get(id);
		if (!row) {
			findings.push(new Finding(FILE, 0,
				`${id} is proved by ${tests} and not listed`));
		} else if (row.tests !== tests) {
			findings.push(new Finding(FILE, row.line,
				`${id} is proved by ${tests}; listed: ${row.tests}`));
		}
	}
	for (const [id, { line }] of rows) {
		if (!seen.has(id)) {
			findings.push(new Finding(FILE, line, `${id}: no test proved it`));
		}
	}
	return findings;
}

function idOrder(a, b) {
	return a[0] === b[0] ? Number(a.slice(1)) - Number(b.slice(1))
		: a < b ? -1 : 1;
}

function write(root) {
	const proofs = JSON.parse(
		readFileSync(join(root, 'build-test/proofs.json'), 'utf8'));
	const table = testsOf(new Map(Object.entries(proofs)));
	const rows = [...table.keys()].sort(idOrder)
		.map((id) => `| ${id} | ${table.get(id)} |`);
	const text = readText(root, FILE);
	const start = text.indexOf(`${HEAD}\n`);
	if (start < 0) {
		throw new Error(`${FILE} has no table "${HEAD}"`);
	}
	const rest = text.slice(start).split('\n');
	const end = rest.findIndex((line) => !line.startsWith('|'));
	writeFileSync(join(root, FILE), text.slice(0, start) +
		[HEAD, '|---|---|', ...rows, ...rest.slice(end)].join('\n'));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href &&
    process.argv[2] === '--write') {
	write(resolve('.'));
}
