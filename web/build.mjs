// SPDX-License-Identifier: Apache-2.0
// Make the pages, each in a directory of its own: the cabinet's, and that of a
// mirror's administrator.  Types checked, one script and a dictionary a
// language, one stylesheet, fonts.
//   node build.mjs OUT       (OUT, OUT-mirror)
// Every file but index.html bears its hash in its name, and what gains by it
// lies beside itself as .gz.  OUT is replaced only when all of it was made.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync,
	writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const FONTS = '/usr/share/fonts/truetype/paratype';
// Latin and Cyrillic, and the signs that the texts use.
const LETTERS = 'U+0020-007E,U+00A0,U+00AB,U+00B7,U+00BB,U+0400-045F,' +
	'U+2010-2015,U+2018-201E,U+2022,U+2026,U+2116,U+2192';
const PAGES = [{ from: '.', suffix: '' }, { from: 'mirror', suffix: '-mirror' }];
const COMPRESSED = /\.(html|js|css|svg)$/;

class Failed extends Error {}

function checkTypes() {
	const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
	const r = spawnSync(process.execPath, [tsc, '-p', here],
		{ encoding: 'utf8' });
	if (r.status !== 0) {
		throw new Failed(r.stdout + r.stderr);
	}
}

function subset(file, scratch) {
	const source = join(FONTS, file);
	if (!existsSync(source)) {
		throw new Failed(`there is no ${source}: install fonts-paratype`);
	}
	const out = join(scratch, 'font.woff2');
	// Debian's own: the packages are its.
	execFileSync('/usr/bin/python3', ['-m', 'fontTools.subset', source,
		`--unicodes=${LETTERS}`, '--flavor=woff2', '--layout-features=*',
		'--no-hinting', `--output-file=${out}`],
	{ stdio: ['ignore', 'ignore', 'inherit'] });
	return readFileSync(out);
}

// {name: bytes}; names in the texts of others are replaced by hashed ones.
function make(from, scratch) {
	const made = new Map();
	const named = new Map();
	const put = (name, bytes) => {
		const hash = createHash('sha256').update(bytes).digest('hex');
		const to = name.replace(/\.(\w+)$/, `-${hash.slice(0, 12)}.$1`);
		named.set(name, to);
		made.set(to, Buffer.from(bytes));
	};
	// As src="NAME", href="NAME" and url("NAME"), which esbuild unquotes.
	const rename = (text) => [...named].reduce((t, [from, to]) =>
		t.replaceAll(`"${from}"`, `"/assets/${to}"`)
			.replaceAll(`(${from})`, `(/assets/${to})`), text);

	put('pt-sans.woff2', subset('PTS55F.ttf', scratch));
	put('pt-sans-bold.woff2', subset('PTS75F.ttf', scratch));
	put('favicon.svg', readFileSync(join(here, 'favicon.svg')));
	for (const file of bundle('kit/style.css', { external: ['*.woff2'] })) {
		put('style.css', rename(file.text));
	}
	// They name each other, so esbuild gives the hashes.
	for (const file of bundle(join(from, 'main.tsx'), { format: 'esm', target: 'es2020',
		splitting: true, entryNames: '[name]-[hash]',
		chunkNames: '[name]-[hash]', jsx: 'automatic',
		jsxImportSource: 'preact' })) {
		made.set(basename(file.path), Buffer.from(file.contents));
		if (basename(file.path).startsWith('main-')) {
			named.set('main.js', basename(file.path));
		}
	}
	made.set('index.html', Buffer.from(
		rename(readFileSync(join(here, from, 'index.html'), 'utf8'))));
	return made;
}

function bundle(entry, options) {
	return buildSync({ absWorkingDir: here, entryPoints: [entry],
		bundle: true, minify: true, write: false, outdir: here,
		legalComments: 'none', charset: 'utf8', logLevel: 'warning',
		...options }).outputFiles;
}

function write(made, out) {
	const next = `${out}.next`;
	mkdirSync(dirname(out), { recursive: true });
	rmSync(next, { recursive: true, force: true });
	mkdirSync(next, { recursive: true });
	for (const [name, bytes] of made) {
		writeFileSync(join(next, name), bytes);
		if (COMPRESSED.test(name)) {
			writeFileSync(join(next, `${name}.gz`),
				gzipSync(bytes, { level: 9 }));
		}
	}
	rmSync(out, { recursive: true, force: true });
	renameSync(next, out);
}

const out = process.argv[2];
if (!out) {
	process.stderr.write('usage: node build.mjs OUT\n');
	process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), 'surguch-web-'));
try {
	checkTypes();
	for (const { from, suffix } of PAGES) {
		write(make(from, scratch), resolve(`${out}${suffix}`));
	}
} catch (e) {
	process.stderr.write(e instanceof Failed ? `${e.message}\n` : `${e.stack}\n`);
	process.exitCode = 1;
} finally {
	rmSync(scratch, { recursive: true, force: true });
}
