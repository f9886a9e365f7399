// SPDX-License-Identifier: Apache-2.0
// Places that a test may use and that are gone afterwards.
import { createSocket } from 'node:dgram';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
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

// Where ports are taken from.  The kernel gives none of them to an outgoing
// connection, as it would one that it found free for us (unless it is set to
// give away nearly all of them); `surguchctl centre init` picks from above.
// tests/unit/roles/test_parent.c does the same.
const [FIRST_PORT, LAST_PORT] = quietPorts();

function quietPorts() {
	const [first, last] = readFileSync(
		'/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s+/)
		.map(Number);
	return [[12000, Math.min(28000, first - 1)], [last + 1, 65535],
		[12000, 28000]].find(([from, to]) => to - from >= 1000);
}

// Does bind() succeed?  What it was done with, or null when the port is taken.
function bound(socket, bind) {
	return new Promise((done, fail) => {
		socket.once('error', (e) => e.code === 'EADDRINUSE' ? done(null)
			: fail(e));
		bind(() => done(socket));
	});
}

// Ports of the loopback, for TCP, that nobody listens on and that no other run
// of tests is given while this process lives: it holds the UDP port of the same
// number, which nothing here speaks on.  The kernel sees to it that one process
// has it, and takes it back whatever becomes of that process.
export async function freePorts(num) {
	const ports = [];
	for (let tries = 0; ports.length < num; tries += 1) {
		if (tries > 10000) {
			throw new Error(`no free port in ${FIRST_PORT}..${LAST_PORT}`);
		}
		const port = FIRST_PORT +
			Math.floor(Math.random() * (LAST_PORT - FIRST_PORT + 1));
		const held = createSocket('udp4');
		if (!await bound(held, (then) =>
			held.bind({ port, address: '127.0.0.1', exclusive: true }, then))) {
			continue;
		}
		const probe = createServer();
		if (!await bound(probe, (then) => probe.listen(port, '127.0.0.1', then))) {
			held.close();
			continue;
		}
		await new Promise((done) => probe.close(done));
		held.unref();
		ports.push(port);
	}
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
