// SPDX-License-Identifier: Apache-2.0
// Processes, seen through /proc.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { exec } from '../../run/exec.mjs';
import { until } from './scratch.mjs';

// The uids of a test centre when root makes it (no such users exist).
export const FIRST_UID = 64001;
// Somebody who may read nothing of the centre.
export const STRANGER = { uid: 64099, gid: 64099 };

// exec() under another uid; only root can.
export function execAs({ uid, gid }, cmd, args, options = {}) {
	return process.getuid() === 0
		? exec(cmd, args, { ...options, uid, gid })
		: exec(cmd, args, options);
}

function read(path) {
	try {
		return readFileSync(path, 'utf8');
	} catch {
		return ''; // it has ended meanwhile
	}
}

// {Uid: "64001 64001 …", NoNewPrivs: "1", Seccomp: "2", …}, or null.
export function statusOf(pid) {
	const text = read(`/proc/${pid}/status`);
	return text === '' ? null : Object.fromEntries(text.trim().split('\n')
		.map((line) => line.split(/:\s*/, 2)));
}

export function argsOf(pid) {
	return read(`/proc/${pid}/cmdline`).split('\0').slice(0, -1);
}

// What it holds in memory, in KiB: {pss, rss, anonymous}.  PSS: pages that
// several processes share count for each in part.
export function memoryOf(pid) {
	const text = read(`/proc/${pid}/smaps_rollup`);
	const kib = (name) =>
		Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? NaN);
	return { pss: kib('Pss'), rss: kib('Rss'), anonymous: kib('Pss_Anon') };
}

// What its descriptors are: ["socket:[1]", "/dev/null", …]
export function descriptorsOf(pid) {
	const dir = `/proc/${pid}/fd`;
	return readdirSync(dir).map((n) => {
		try {
			return readlinkSync(`${dir}/${n}`);
		} catch {
			return null; // closed meanwhile
		}
	}).filter((what) => what !== null);
}

// Is it there, and not only waiting to be reaped?  (A killed process is called
// a zombie before its last thread has closed what it had open.)
export function lives(pid) {
	const status = statusOf(pid);
	return status !== null &&
		(!/^[ZX]/.test(status.State) || Number(status.Threads) > 1);
}

// All that a process has started, directly or not: [{pid, name, args}].
export function descendants(pid) {
	const all = readdirSync('/proc').filter((d) => /^\d+$/.test(d))
		.map((d) => ({ pid: Number(d), status: statusOf(d) }))
		.filter((p) => p.status !== null)
		.map((p) => ({ pid: p.pid, parent: Number(p.status.PPid),
			name: p.status.Name, args: argsOf(p.pid) }));
	const found = [];
	const queue = [pid];
	while (queue.length > 0) {
		const at = queue.shift();
		for (const p of all.filter((q) => q.parent === at)) {
			found.push(p);
			queue.push(p.pid);
		}
	}
	return found;
}

export async function killAndWait(pid, signal = 'SIGKILL') {
	process.kill(pid, signal);
	await until(() => !lives(pid), `process ${pid} to end`);
}

// A program that runs on.  Its output is kept in .log; it ends with the test.
export class Running {
	// options: uid, gid, cwd, env (added to ours), stdio of descriptors 3…
	constructor(t, cmd, args, options = {}) {
		const { env, fds = [], ...rest } = options;
		this.log = '';
		this.exit = null;
		this.child = spawn(cmd, args, { ...rest,
			env: { ...process.env, ...env },
			stdio: ['ignore', 'pipe', 'pipe', ...fds] });
		this.pid = this.child.pid;
		for (const stream of [this.child.stdout, this.child.stderr]) {
			stream.setEncoding('utf8').on('data', (d) => {
				this.log += d;
			});
		}
		this.ended = new Promise((done) => {
			this.child.on('error', (e) => {
				this.log += `${e}\n`;
				this.exit = { code: null, signal: null };
				done(this.exit);
			});
			this.child.on('close', (code, signal) => {
				this.exit = { code, signal };
				done(this.exit);
			});
		});
		t.after(() => this.stop());
	}

	// Waits until its output matches; throws if it ends before.
	async says(pattern, timeoutMs) {
		await until(() => pattern.test(this.log) || this.exit,
			() => `${pattern} in:\n${this.log}`, { timeoutMs });
		if (!pattern.test(this.log)) {
			throw new Error(`ended before saying ${pattern}:\n${this.log}`);
		}
		return pattern.exec(this.log);
	}

	// Asks it to end, and makes it after ten seconds; resolves to {code,
	// signal}.
	async stop(signal = 'SIGTERM') {
		if (this.exit === null) {
			this.child.kill(signal);
			const timer = setTimeout(() => this.child.kill('SIGKILL'), 10000);
			await this.ended;
			clearTimeout(timer);
		}
		return this.exit;
	}
}
