// SPDX-License-Identifier: Apache-2.0
// clang-tidy over src/ with the flags of a clang build.  A file that was clean
// is not read again while nothing that went into it has changed: its text, the
// text of every header it includes, its flags, .clang-tidy and the program.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { exec, pool } from '../run/exec.mjs';
import { Finding } from './files.mjs';

// build: a configured build directory with compile_commands.json.
export async function check(root, build) {
	const dir = join(root, build);
	const commands = JSON.parse(
		readFileSync(join(dir, 'compile_commands.json'), 'utf8'));
	const cache = join(dir, 'tidy-clean');
	mkdirSync(cache, { recursive: true });
	const version = (await exec('clang-tidy', ['--version'])).out;
	const rules = readFileSync(join(root, '.clang-tidy'), 'utf8');
	const findings = [];
	await pool(commands, 2, async (entry) => {
		const file = resolve(entry.directory, entry.file);
		const path = relative(root, file);
		if (!path.startsWith('src/')) {
			return;
		}
		const key = await hashOf(entry, file, version + rules);
		if (key && existsSync(join(cache, key))) {
			return;
		}
		const r = await exec('clang-tidy', ['--quiet', '-p', dir, file],
			{ cwd: root });
		const found = warnings(root, r.out);
		if (r.code !== 0 && found.length === 0) {
			found.push(new Finding(path, 0, r.all.trim()));
		}
		findings.push(...found);
		if (found.length === 0 && key) {
			writeFileSync(join(cache, key), '');
		}
	});
	return unique(findings);
}

function warnings(root, out) {
	return out.split('\n').map((line) =>
		/^(.+?):(\d+):\d+: (?:error|warning): (.*)$/.exec(line))
		.filter(Boolean)
		.map((m) => new Finding(relative(root, m[1]), m[2], m[3]));
}

// A finding in a header is reported once for each file that includes it.
function unique(findings) {
	const byText = new Map(findings.map((f) => [String(f), f]));
	return [...byText.values()].sort((a, b) =>
		String(a) < String(b) ? -1 : 1);
}

async function hashOf(entry, file, rest) {
	const args = entry.command.split(/\s+/);
	const keep = args.slice(1).filter((a, i, all) =>
		!['-o', '-MF', '-MQ', '-c', '-MD'].includes(a) &&
		!['-o', '-MF', '-MQ', '-c'].includes(all[i - 1]));
	const r = await exec(args[0], [...keep, '-M', file],
		{ cwd: entry.directory });
	if (r.code !== 0) {
		return null;
	}
	const hash = createHash('sha256').update(rest).update(keep.join(' '));
	const files = r.out.replace(/^[^:]*:/, '').split(/[\s\\]+/)
		.filter(Boolean).sort();
	for (const f of files) {
		hash.update(f).update(readFileSync(resolve(entry.directory, f)));
	}
	return hash.digest('hex');
}

// Files of these folders of src/ that are compiled without a flag.
export function withoutFlag(root, build, folders, flag) {
	const dir = join(root, build);
	const commands = JSON.parse(
		readFileSync(join(dir, 'compile_commands.json'), 'utf8'));
	return commands
		.map((entry) => ({ ...entry, path:
			relative(root, resolve(entry.directory, entry.file)) }))
		.filter(({ path }) => folders.some((f) => path.startsWith(`src/${f}/`)))
		.filter(({ command }) => !command.split(/\s+/).includes(flag))
		.map(({ path }) => new Finding(path, 0, `compiled without ${flag}`));
}
