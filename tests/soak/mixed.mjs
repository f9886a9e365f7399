// SPDX-License-Identifier: Apache-2.0
// ./soak mixed [MINUTES [--engine sqlite|postgresql] [--rate ACTS-A-SECOND]]:
// a centre in ordinary use (e2e/lib/mixed.mjs).  At the end memory has to be
// flat, the descriptors those of the beginning, every certificate accounted
// for.
//
// Flat: a line laid through a role's anonymous memory over the last third of
// the run (SQLite's caches take twenty minutes to fill, so a run of less than
// 25 is shown and not judged) rises by less than 1 MiB or 4 %
// over that time, whichever is more, and by what is kept on purpose: a signer's
// index of issued certificates, and the entries of revocation lists, which front
// keeps encoded beside the lists.  (The pages of files are counted in PSS by how
// many other processes have them.)
import assert from 'node:assert/strict';
import { parseArgs } from 'node:util';
import { Mixed } from '../e2e/lib/mixed.mjs';
import { RELEASE } from '../e2e/lib/scratch.mjs';

const WARM_UP_SEC = 20;
const JUDGED_FROM_MINUTES = 25;
const SLACK_KIB = 1024;
const SLACK_PART = 0.04;
const INDEX_KIB = 0.15; // a certificate: two hash tables that double, a tally
const ENTRY_KIB = 0.2; // a revocation: 50 bytes in the run, the list, the next

const { values, positionals } = parseArgs({ allowPositionals: true,
	options: { engine: { type: 'string', default: 'sqlite' },
		rate: { type: 'string', default: '16' } } });
const MINUTES = Number(positionals[0] ?? 30);

// Rise of the least squares' line over the samples' time, and their mean.  A
// table that doubles once is a step, of which such a line makes half as much
// again: it rises no more than the last samples stand above the first ones.
function line(points) {
	const average = (a) => a.reduce((x, y) => x + y, 0) / a.length;
	const x = average(points.map((p) => p[0]));
	const y = average(points.map((p) => p[1]));
	const slope = points.reduce((s, p) => s + (p[0] - x) * (p[1] - y), 0) /
		points.reduce((s, p) => s + (p[0] - x) ** 2, 0);
	const few = Math.ceil(points.length / 10);
	const ends = average(points.slice(-few).map((p) => p[1])) -
		average(points.slice(0, few).map((p) => p[1]));
	return { rise: Math.min(slope * (points.at(-1)[0] - points[0][0]), ends),
		mean: y };
}

function judgeMemory(samples) {
	const third = Math.floor(samples.length / 3);
	const late = samples.slice(2 * third);
	const issued = late.at(-1).issued - late[0].issued;
	const revoked = late.at(-1).revoked - late[0].revoked;
	const wrong = [];
	console.log(`\nanonymous memory in KiB; the last ${late.length} of ` +
		`${samples.length} samples, ${issued} certificates and ${revoked} ` +
		'revocations in their time');
	for (const name of Object.keys(late[0].roles)) {
		const { rise, mean } = line(
			late.map((s) => [s.at, s.roles[name].anonymous]));
		const bar = Math.max(SLACK_KIB, SLACK_PART * mean) +
			(name.includes('signer') ? INDEX_KIB * issued : 0) +
			(name.includes('front') ? ENTRY_KIB * revoked : 0);
		const row = `${name.padEnd(30)} first ` +
			`${samples[0].roles[name].anonymous}, after a third ` +
			`${samples[third].roles[name].anonymous}, after two ` +
			`${late[0].roles[name].anonymous}, last ` +
			`${late.at(-1).roles[name].anonymous}; rise ` +
			`${rise.toFixed(0)} (at most ${bar.toFixed(0)}); PSS at the end ` +
			`${late.at(-1).roles[name].pss}`;
		console.log(row);
		if (!(rise < bar)) {
			wrong.push(row);
		}
	}
	if (MINUTES >= JUDGED_FROM_MINUTES) {
		assert.deepEqual(wrong, [], 'memory is not flat');
	} else {
		console.log('too short a run for a judgement of memory');
	}
}

const ends = [];
const t = { after: (f) => ends.unshift(f), diagnostic: console.log };
try {
	const m = await Mixed.start(t, { build: RELEASE,
		rate: Number(values.rate), database: values.engine });
	console.log(`${MINUTES} minutes on ${values.engine}, ${m.rate} acts/s`);
	await m.run(WARM_UP_SEC);
	const before = await m.descriptors();
	const start = Date.now();
	await m.run(MINUTES * 60 - WARM_UP_SEC);
	console.log(`${m.acts} acts in ` +
		`${((Date.now() - start) / 60000 + WARM_UP_SEC / 60).toFixed(1)} min ` +
		`(${m.late} began late, ${m.again} asked again on a new connection): ` +
		JSON.stringify(m.counts));
	const after = await m.descriptors();
	console.log(`descriptors: ${JSON.stringify(after)}`);
	assert.deepEqual(after, before, 'descriptors before and after');
	await m.account();
	console.log(`${m.serials.size} certificates and ${m.revoked.size} ` +
		'revocations: journal, database, audit and CRL tell the same');
	judgeMemory(m.samples);
	console.log('held');
} catch (e) {
	console.error(e.stack ?? e);
	process.exitCode = 1;
} finally {
	for (const end of ends) {
		await end();
	}
}
process.exit();
