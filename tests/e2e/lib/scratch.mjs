// SPDX-License-Identifier: Apache-2.0
// Places that a test may use and that are gone afterwards.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const BUILD = process.env.SURGUCH_BUILD ?? join(ROOT, 'build-test');
export const RELEASE = process.env.SURGUCH_RELEASE ??
	join(ROOT, 'build-release');
export const REFERENCE_DATA = process.env.SURGUCH_REFERENCE_DATA ??
	resolve(ROOT, '../shared/data');
export const AS_ROOT = process.getuid() === 0;

// A directory of its own for a test, removed when the test file's process ends
// (after whatever still runs in it).  Others may pass through it, because roles
// have uids of their own, but not list it.  SURGUCH_KEEP=1 keeps it and says
// where it is.
// under: another place than the usual one.
export function scratch(t, under = tmpdir()) {
	const dir = mkdtempSync(join(under, 'surguch-e2e-'));
	chmodSync(dir, 0o711);
	if (process.env.SURGUCH_KEEP === '1') {
		t.diagnostic(`kept: ${dir}`);
	} else {
		process.on('exit', () =>
			rmSync(dir, { recursive: true, force: true }));
	}
	return dir;
}

// Ports of the loopback that nobody listens on at this moment.
export async function freePorts(num) {
	const servers = await Promise.all(Array.from({ length: num }, () =>
		new Promise((done, fail) => {
			const s = createServer().on('error', fail);
			s.listen(0, '127.0.0.1', () => done(s));
		})));
	const ports = servers.map((s) => s.address().port);
	await Promise.all(servers.map((s) => new Promise((done) => s.close(done))));
	return ports;
}

// Resolves to the first truthy value of look(), asked again and again; throws
// in the words of what() when it does not come in time.
export async function until(look, what, { timeoutMs = 15000, everyMs = 20 } = {}) {
	const deadline = Date.now() + timeoutMs;
	for (;;) {
		const seen = await look();
		if (seen) {
			return seen;
		}
		if (Date.now() > deadline) {
			throw new Error(`waited ${timeoutMs} ms for ` +
				(typeof what === 'function' ? what() : what));
		}
		await new Promise((done) => setTimeout(done, everyMs));
	}
}
