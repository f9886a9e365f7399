// SPDX-License-Identifier: Apache-2.0
// Every gate can fail: a fault is planted in a tree of its own, and the gate
// has to name it.  By hand: node tests/gates/selftest.mjs
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Results } from '../run/results.mjs';
import { runBuiltPlants } from './plants_built.mjs';
import { PLANTS } from './plants.mjs';

function plantTree(root, files) {
	const tree = mkdtempSync(join(tmpdir(), 'surguch-plant-'));
	for (const [path, text] of Object.entries(files)) {
		mkdirSync(dirname(join(tree, path)), { recursive: true });
		if (text === null) {
			cpSync(join(root, path), join(tree, path));
		} else {
			writeFileSync(join(tree, path), text);
		}
	}
	return tree;
}

async function tryPlant(root, plant, results) {
	const name = `gates/${plant.gate}: ${plant.fault}`;
	const tree = plantTree(root, plant.files);
	try {
		const findings = (await plant.check(tree)).map(String);
		if (findings.some((f) => plant.find.test(f))) {
			results.pass();
		} else {
			results.fail(name, `not found; the gate said:\n` +
				findings.join('\n'));
		}
	} finally {
		rmSync(tree, { recursive: true, force: true });
	}
}

export async function runPlants(root) {
	const results = new Results();
	for (const plant of PLANTS) {
		await tryPlant(root, plant, results);
	}
	results.add(await runBuiltPlants(root));
	return results;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
	const results = await runPlants(resolve('.'));
	results.failures.forEach(({ test, detail }) =>
		console.log(`FAILED ${test}\n${detail}`));
	console.log(results.counts());
	process.exitCode = results.failures.length === 0 ? 0 : 1;
}
