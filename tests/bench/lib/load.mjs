// SPDX-License-Identifier: Apache-2.0
// The load of ./bench issue, stored and steps.
import { join } from 'node:path';
import { must } from '../../run/exec.mjs';
import { BUILD } from '../../e2e/lib/scratch.mjs';

export const tool = (name) => join(BUILD, 'tests/bench', name);
export const lines = (a) => `${a.join('\n')}\n`;

// Requests with new keys, base64 of DER.
export async function requests(spec, num) {
	return (await must(tool('make_requests'), [spec, String(num)],
		{ timeoutSec: 300 })).trim().split('\n');
}

// load_api.c, which counts from when all clients have their connections; pids:
// of those whose CPU is counted.  bodies: the file of lines.
// refusals: they are counted, and are no failure.  rate: lines a second, however
// long the answers take.
// {done, failed, rate a second, us of CPU each, p50 and p99 in us}
export async function load({ url, ca, token = '-', bodies, pids, seconds,
	clients, answers = [], refusals = false, rate = 0 }) {
	const out = await must(tool('load_api'), [url, ca, token, bodies,
		String(clients), String(seconds), ...answers],
	{ timeoutSec: seconds * 4 + 300, env: { LOAD_PIDS: pids.join(' '),
		LOAD_RATE: String(rate) } });
	const [, done, failed, sec, cpu, p50 = 0, p99 = 0] = new RegExp(
		'done (\\d+) failed (\\d+) seconds ([\\d.]+) cpu [\\d.]+ ' +
		'server (-?[\\d.]+)(?: p50 (\\d+) p99 (\\d+))?').exec(out).map(Number);
	if (failed > 0 && !refusals) {
		throw new Error(out);
	}
	return { done, failed, rate: done / sec,
		us: cpu / (done + failed) * 1e6, p50, p99 };
}
