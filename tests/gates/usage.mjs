// SPDX-License-Identifier: Apache-2.0
// The manual knows the words that the programs know, and no others.  Commands
// and their options are read from the tables in src/cli, the options of the
// other programs from those in src/roles; a page has each in its synopsis or
// its list of commands, and says of each what it does.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Finding, programs, readText, treeFiles } from './files.mjs';

const MAN = 'docs/man';
const COMMANDS = 'GROUP COMMAND [ARGUMENT ...]'; // any command of a table

// C's string constants, side by side, as one: ['a', 'b'] for "a", "b".
function strings(text) {
	return [...text.matchAll(/(?:"(?:[^"\\]|\\.)*"\s*)+|,/g)]
		.map((m) => m[0]).filter((s) => s !== ',')
		.map((s) => s.trim().slice(1, -1).replace(/"\s*"/g, ''));
}

// --- the manual --------------------------------------------------------------

// A line of mdoc as a person reads it: "Fl -code Ar code" is --code CODE.
function plain(line) {
	const out = [];
	let macro = '';
	let open = 0; // .Op reaches to the end of its line
	for (const word of line.trim().split(/\s+/)) {
		if (['Cm', 'Ar', 'Fl', 'Nm'].includes(word)) {
			macro = word;
		} else if (word === 'Oo' || word === 'Op') {
			out.push('[');
			open += word === 'Op' ? 1 : 0;
		} else if (word === 'Oc') {
			out.push(']');
		} else if (macro === 'Fl' && word !== '|') {
			out.push(`-${word}`);
			macro = '';
		} else {
			out.push(macro === 'Ar' ? word.toUpperCase() : word);
		}
	}
	return [...out, ...Array(open).fill(']')].join(' ')
		.replace(/\[ /g, '[').replace(/ \]/g, ']');
}

class Page {
	constructor(root, path) {
		this.path = path;
		const text = readText(root, path).replace(/\\\n/g, '')
			.replace(/\\-/g, '-');
		const [, synopsis = '', rest = ''] =
			/^\.Sh SYNOPSIS\n([^]*?)(^\.Sh [^]*)/m.exec(text) ?? [];
		// Each way to call it.
		this.ways = synopsis.split(/^\.Nm /m).slice(1).map((way) => way.trim()
			.split('\n').map((l) => plain(l.replace(/^\./, ''))).join(' '));
		this.rest = rest;
		this.items = [...rest.matchAll(/^\.It (Cm [^\n]*)/gm)]
			.map((m) => plain(m[1]));
	}

	says(option) {
		return new RegExp(`Fl ${option.slice(1)}\\b`).test(this.rest);
	}
}

// {program: Page}, from the names that head the pages.
function pagesOf(root) {
	const found = {};
	for (const file of readdirSync(join(root, MAN)).filter((f) =>
		/\.[18]$/.test(f))) {
		const page = new Page(root, `${MAN}/${file}`);
		const [head] = readText(root, page.path).split(/^\.Nd /m);
		for (const [, name] of head.matchAll(/^\.Nm ([a-z-]+)/gm)) {
			found[name] = page;
		}
	}
	return found;
}

// --- programs with commands ---------------------------------------------------

// {--name: takes a value} of a usage and of a table in C.
const optionsOfUsage = (usage) => Object.fromEntries(
	[...usage.matchAll(/(--[a-z-]+)(?:[= ]([^\s|[\]-]))?/g)]
		.map((m) => [m[1], m[2] !== undefined]));
const optionsOfTable = (code) => Object.fromEntries(
	[...code.matchAll(/\{"(--[a-z-]+)",\s*(NULL|&)/g)]
		.map((m) => [m[1], m[2] === '&']));

const same = (a, b) => JSON.stringify(Object.entries(a).sort()) ===
	JSON.stringify(Object.entries(b).sort());

// The command table of a file: [{group, name, usage, run}]
function commandsOf(code) {
	const [, table = ''] =
		/struct cli_command commands\[\] = \{([^]*?)^\};/m.exec(code) ?? [];
	return [...table.matchAll(/\{("[^{}]*?),\s*(\w+)\}/g)].map((m) => {
		const [group, name, usage] = strings(m[1]);
		return { group, name, usage, run: m[2] };
	});
}

function checkCli(root, file, pages, add) {
	const code = readText(root, file);
	const all = treeFiles(root).filter((f) => /^src\/cli\/.*\.c$/.test(f))
		.map((f) => readText(root, f)).join('\n');
	const [, program = ''] = /\.name = "([a-z-]+)"/.exec(code) ?? [];
	const [, usage = ''] = /\.usage = "([^"]*)"/.exec(code) ?? [];
	const [, own = ''] =
		/struct cli_option options\[\] = \{([^]*?)\};/.exec(code) ?? [];
	const page = pages[program];
	if (!page) {
		add(file, `no page of ${program}`);
		return;
	}
	const way = `${program} ${usage} ${COMMANDS}`;
	if (!page.ways.includes(way)) {
		add(page.path, `no synopsis "${way}"; there is "${page.ways}"`);
	}
	if (!same(optionsOfUsage(usage), optionsOfTable(own))) {
		add(file, `its usage "${usage}" is not its table of options`);
	}
	Object.keys(optionsOfTable(own)).filter((o) => !page.says(o)).forEach(
		(o) => add(page.path, `${o} is not described`));
	const commands = commandsOf(code);
	const bodyOf = (name) => (new RegExp(`^${name}\\([^]*?^\\}`, 'm')
		.exec(all) ?? [''])[0];
	for (const c of commands) {
		let body = bodyOf(c.run);
		// Commands may share a function that fills in options.
		for (const [, shared] of body.matchAll(/(\w+_options)\(/g)) {
			body += bodyOf(shared);
		}
		if (!same(optionsOfUsage(c.usage), optionsOfTable(body))) {
			add(file, `${c.group} ${c.name}: its usage "${c.usage}" is not ` +
				`its table of options`);
		}
	}
	const line = (text) => text.trim().replace(/\s+/g, ' ').toUpperCase();
	const wanted = new Map(commands.map((c) =>
		[line([c.group, c.name, c.usage].filter(Boolean).join(' ')),
			`${c.group} ${c.name}`]));
	const found = new Set(page.items.map(line));
	wanted.forEach((name, text) => found.has(text) ||
		add(page.path, `${name}: no entry "${text}"`));
	found.forEach((text) => wanted.has(text) ||
		add(page.path, `no such command: ${text}`));
	if (commands.length === 0) {
		add(file, 'no table of commands was found');
	}
}

// --- the others ---------------------------------------------------------------

// {option: how it stands in a synopsis} of a table and of a page.
function rolesTable(code) {
	const table = [...code.matchAll(
		/\{'(\w)', (true|false), (?:NULL|"([A-Z]+)"),/g)]
		.map(([, letter, required, word]) => [`-${letter}`,
			`${word ? 'value' : 'switch'}, ` +
			`${required === 'true' ? 'needed' : 'optional'}`]);
	const long = [...code.matchAll(/"(--[a-z-]+)"/g)]
		.map((m) => [m[1], 'a way of its own']);
	return Object.fromEntries([...table, ...long]);
}

function rolesPage(page) {
	const found = [];
	for (const way of page.ways) {
		for (const [, open, letter, word] of way.matchAll(
			/(\[?)(?<=[ [])-(\w+)(?: ([A-Z]+))?/g)) {
			found.push(...[...letter].map((l) => [`-${l}`,
				`${word ? 'value' : 'switch'}, ` +
				`${open ? 'optional' : 'needed'}`]));
		}
		found.push(...[...way.matchAll(/ (--[a-z-]+)/g)]
			.map((m) => [m[1], 'a way of its own']));
	}
	return Object.fromEntries(found);
}

function checkRole(root, program, file, pages, add) {
	const page = pages[program];
	if (!page) {
		add(file, `no page of ${program}`);
		return;
	}
	const has = rolesTable(readText(root, file));
	const told = rolesPage(page);
	for (const [option, how] of Object.entries(has)) {
		if (told[option] !== how) {
			add(page.path, `${program} ${option} (${how}): the synopsis has ` +
				(told[option] ? `it as ${told[option]}` : 'it not'));
		} else if (!page.says(option)) {
			add(page.path, `${program} ${option} is not described`);
		}
	}
	Object.keys(told).filter((o) => !(o in has)).forEach((o) =>
		add(page.path, `${program} has no option ${o}`));
	if (Object.keys(has).length === 0) {
		add(file, 'no table of options was found');
	}
}

export function check(root) {
	const findings = [];
	const add = (path, text) => findings.push(new Finding(path, 0, text));
	const pages = pagesOf(root);
	treeFiles(root).filter((f) => /^src\/cli\/.*\.c$/.test(f) &&
		/struct cli_program \w+ =/.test(readText(root, f))).forEach((f) =>
		checkCli(root, f, pages, add));
	programs(root).filter(({ file }) => file.startsWith('src/roles/')).forEach(
		({ name, file }) => checkRole(root, name, file, pages, add));
	return findings;
}
