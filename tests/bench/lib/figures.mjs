// SPDX-License-Identifier: Apache-2.0
// What the benchmarks share: CPU of processes, and how figures are printed.
import { readFileSync } from 'node:fs';

const TICKS = 100; // USER_HZ

// Seconds of CPU that these processes have had.
export function cpuOf(pids) {
	return pids.reduce((sum, pid) => {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
			.split(') ')[1].split(' ');
		return sum + (Number(stat[11]) + Number(stat[12])) / TICKS;
	}, 0);
}

export const median = (a) =>
	[...a].sort((x, y) => x - y)[Math.floor(a.length / 2)];

// "NAME  median  least … most"
export const show = (name, a, digits = 0) => console.log(`${name.padEnd(48)} ` +
	`${median(a).toFixed(digits).padStart(8)}   ` +
	`${Math.min(...a).toFixed(digits)} … ${Math.max(...a).toFixed(digits)}`);

// Is the median on the right side of a bar, and is the spread too?
export function verdict(a, bar, { atMost = false } = {}) {
	const met = atMost ? median(a) <= bar : median(a) >= bar;
	const tie = Math.min(...a) < bar && Math.max(...a) > bar;
	return (met ? 'met' : 'NOT met') +
		(tie ? ' (a tie: the bar lies inside the spread)' : '');
}
