// SPDX-License-Identifier: Apache-2.0
// The floors of src/: every include is one that tests/layers/rules allows.
//   node tests/layers/check.mjs [ROOT]
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Finding, readLines, treeFiles } from '../gates/files.mjs';

const RULES = 'tests/layers/rules';

// {floor: Map who -> [what], never: Map, library: Map prefix -> [who]}
function parseRules(root) {
	const rules = { floor: new Map(), never: new Map(), library: new Map() };
	readLines(root, RULES).forEach((raw, i) => {
		const line = raw.replace(/#.*/, '').trim();
		if (line === '') {
			return;
		}
		const m = /^(floor|never|library)\s+([^\s:]+):\s*(.*)$/.exec(line);
		if (!m) {
			throw new Error(`${RULES}:${i + 1}: not a rule: ${line}`);
		}
		const [, kind, who, what] = m;
		const known = rules[kind].get(who) ?? [];
		rules[kind].set(who,
			[...known, ...what.split(/\s+/).filter(Boolean)]);
	});
	return rules;
}

// Does the path lie in (or begin with) who?
function within(path, who) {
	return path.startsWith(`${who}/`) || (who.includes('/') &&
		path.startsWith(who));
}

// The rule whose WHO fits a path best, or null.
function ruleFor(rules, path) {
	let best = null;
	for (const who of rules.keys()) {
		if (within(path, who) && (!best || who.length > best.length)) {
			best = who;
		}
	}
	return best;
}

// [{path, includes: [{line, name, system}]}], paths relative to src/.
function readIncludes(root) {
	const files = treeFiles(root).filter((f) => /^src\/.*\.[ch]$/.test(f));
	return files.map((file) => {
		const includes = [];
		readLines(root, file).forEach((text, i) => {
			const m = /^\s*#\s*include\s*([<"])([^>"]+)[>"]/.exec(text);
			if (m) {
				includes.push({ line: i + 1, name: m[2],
					system: m[1] === '<' });
			} else if (/^\s*#\s*include\b/.test(text)) {
				includes.push({ line: i + 1, name: text.trim(),
					system: false });
			}
		});
		return { path: file.slice('src/'.length), includes };
	});
}

function checkOwn(rules, file, include, at) {
	const who = ruleFor(rules.floor, file.path);
	const home = file.path.split('/')[0];
	const allowed = who ? rules.floor.get(who) : [];
	// A folder's own headers; a program's main has only its own beginning.
	const own = within(include.name, who ?? home);
	if (!own && !allowed.some((what) => within(include.name, what))) {
		at(`"${include.name}" is not among what ` +
			`${who ?? `${home} (no rule)`} may include`);
	}
}

function checkLibrary(rules, file, include, at) {
	for (const [prefix, who] of rules.library) {
		if (include.name.startsWith(prefix) &&
		    !who.some((w) => within(file.path, w))) {
			at(`<${include.name}> is for ${who.join(', ')} alone`);
		}
	}
}

// Headers that a file reaches, each with the way to it.
function reach(byPath, start) {
	const ways = new Map();
	const queue = [[start, start]];
	while (queue.length > 0) {
		const [path, way] = queue.shift();
		for (const { name, system } of byPath.get(path)?.includes ?? []) {
			if (!system && !ways.has(name)) {
				ways.set(name, `${way} -> ${name}`);
				queue.push([name, `${way} -> ${name}`]);
			}
		}
	}
	return ways;
}

function checkNever(rules, files, findings) {
	const byPath = new Map(files.map((f) => [f.path, f]));
	for (const [who, walls] of rules.never) {
		for (const { path } of files.filter((f) => within(f.path, who))) {
			for (const [name, way] of reach(byPath, path)) {
				const wall = walls.find((w) => within(name, w));
				if (wall) {
					findings.push(new Finding(`src/${path}`, 1,
						`${who} never reaches ${wall}: ${way}`));
				}
			}
		}
	}
}

export function check(root) {
	const rules = parseRules(root);
	const files = readIncludes(root);
	const findings = [];
	for (const file of files) {
		for (const include of file.includes) {
			const at = (text) => findings.push(
				new Finding(`src/${file.path}`, include.line, text));
			if (include.system) {
				checkLibrary(rules, file, include, at);
			} else {
				checkOwn(rules, file, include, at);
			}
		}
	}
	checkNever(rules, files, findings);
	return findings;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const findings = check(resolve(process.argv[2] ?? '.'));
	findings.forEach((f) => console.log(String(f)));
	process.exitCode = findings.length === 0 ? 0 : 1;
}
