// SPDX-License-Identifier: Apache-2.0
// ./bench trust: a list of trusted roots, read and verified in one process beside
// OpenSSL hashing and verifying the same octets; and whole commands.
import { join } from 'node:path';
import { exec, must } from '../run/exec.mjs';
import { REFERENCE_DATA, RELEASE } from '../e2e/lib/scratch.mjs';
import { show, verdict } from './lib/figures.mjs';

const RUNS = 9;
const COMMANDS = 40;
const TIMES = 500; // of each, in one process
const RATIO_MAX = 5;
const COMMAND_MAX_MS = 50;

const at = (path) => join(REFERENCE_DATA, 'trust', path);
const LIST = at('stl/authroot-20260422.stl');

const ours = [];
const peer = [];
for (let i = 0; i < RUNS; i++) {
	const out = await must(join(process.env.SURGUCH_BUILD,
		'tests/bench/loop_trust'), [LIST, String(TIMES)]);
	const [, a, b] = /^ours ([\d.]+) peer ([\d.]+)$/m.exec(out);
	ours.push(Number(a));
	peer.push(Number(b));
}
const ratios = ours.map((v, i) => v / peer[i]);
console.log(`The list of 2026-04-22, ${RUNS} processes of ${TIMES} each:`);
show('read and verified, us of CPU', ours, 1);
show('hashed and verified by OpenSSL alone, us of CPU', peer, 1);
show('ratio', ratios, 2);
console.log(`at most ${RATIO_MAX}: ${verdict(ratios, RATIO_MAX,
	{ atMost: true })}`);

for (const [name, path] of [['list of 2026', LIST],
	['store of 2020', at('sst/roots-20200518.sst')],
	['mirror of 2021', at('mirror-20210126')]]) {
	const ms = [];
	for (let i = 0; i < COMMANDS; i++) {
		const start = process.hrtime.bigint();
		const r = await exec(join(RELEASE, 'src/cli/surguch'),
			['trust', 'show', path, '--old']);
		ms.push(Number(process.hrtime.bigint() - start) / 1e6);
		if (r.code !== 0) {
			throw new Error(r.all);
		}
	}
	show(`surguch trust show, ${name}, ms`, ms, 1);
	console.log(`at most ${COMMAND_MAX_MS}: ${verdict(ms, COMMAND_MAX_MS,
		{ atMost: true })}`);
}
