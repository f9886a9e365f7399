// SPDX-License-Identifier: Apache-2.0
// One gate by hand: node tests/gates/check.mjs GATE [ROOT [ARGUMENT...]]
// prints what it finds and exits 1 if that is anything.
import { resolve } from 'node:path';

const [gate, root = '.', ...rest] = process.argv.slice(2);
const where = gate === 'layers' ? '../layers/check.mjs' : `./${gate}.mjs`;
const { check } = await import(where);
const findings = await check(resolve(root), ...rest);
for (const finding of findings) {
	console.log(String(finding));
}
process.exitCode = findings.length === 0 ? 0 : 1;
