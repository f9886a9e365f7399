// SPDX-License-Identifier: Apache-2.0
// Running a program with a deadline; what it printed comes back as text.
import { spawn } from 'node:child_process';

const OUTPUT_MAX = 64 * 1024 * 1024;

// Programs under way, which must not outlive us.
const alive = new Set();

function endGroup(child) {
	try {
		process.kill(-child.pid, 'SIGKILL');
	} catch {
		// it ended by itself in this very moment
	}
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
	process.once(signal, () => {
		alive.forEach(endGroup);
		process.kill(process.pid, signal);
	});
}

// Resolves to {code, signal, timedOut, out, err, all}; rejects only when the
// program cannot be started.  A program past its deadline is ended with all
// that it started.
export function exec(cmd, args, options = {}) {
	const { cwd, env, timeoutSec = 600, input = null, uid, gid } = options;
	return new Promise((resolve, reject) => {
		const child = spawn(cmd, args, {
			cwd,
			uid,
			gid,
			env: { ...process.env, ...env },
			stdio: [input === null ? 'ignore' : 'pipe', 'pipe', 'pipe'],
			detached: true,
		});
		alive.add(child);
		const r = { code: null, signal: null, timedOut: false,
			out: '', err: '', all: '' };
		const keep = (which) => (data) => {
			if (r.all.length < OUTPUT_MAX) {
				r[which] += data;
				r.all += data;
			}
		};
		const timer = setTimeout(() => {
			r.timedOut = true;
			endGroup(child);
		}, timeoutSec * 1000);
		child.stdout.setEncoding('utf8').on('data', keep('out'));
		child.stderr.setEncoding('utf8').on('data', keep('err'));
		child.on('error', (e) => {
			clearTimeout(timer);
			alive.delete(child);
			reject(e);
		});
		child.on('close', (code, signal) => {
			clearTimeout(timer);
			alive.delete(child);
			resolve({ ...r, code, signal });
		});
		if (input !== null) {
			child.stdin.end(input);
		}
	});
}

// The same for a program that has to succeed: resolves to its output.
export async function must(cmd, args, options) {
	const r = await exec(cmd, args, options);
	if (r.code !== 0) {
		throw new Error(`${cmd} ${args.join(' ')} ${ended(r)}\n` +
			tail(r.all, 40));
	}
	return r.out;
}

export function ended(r) {
	if (r.timedOut) {
		return 'ran past its deadline';
	}
	return r.signal ? `was ended by ${r.signal}` : `exited ${r.code}`;
}

export function tail(text, lines) {
	return text.trimEnd().split('\n').slice(-lines).join('\n');
}

// Calls work(item) for each item, `width` at a time.
export async function pool(items, width, work) {
	const queue = items.slice();
	const lane = async () => {
		while (queue.length > 0) {
			await work(queue.shift());
		}
	};
	await Promise.all(Array.from({ length: width }, lane));
}
