// SPDX-License-Identifier: Apache-2.0
// What a run has seen: tests passed, failed and skipped, and the requirement
// ids that passing tests say they prove.

export class Results {
	constructor() {
		this.passed = 0;
		this.failures = []; // {test, detail}
		this.skips = []; // {test, reason}
		this.proofs = new Map(); // id -> Set of tests
	}

	pass() {
		this.passed++;
	}

	fail(test, detail = '') {
		this.failures.push({ test, detail });
	}

	skip(test, reason) {
		this.skips.push({ test, reason: reason || 'no reason given' });
	}

	// A gate: its findings are one test.
	gate(name, findings) {
		if (findings.length === 0) {
			this.pass();
		} else {
			this.fail(name, findings.map(String).join('\n'));
		}
	}

	proves(ids, test) {
		for (const id of ids) {
			const tests = this.proofs.get(id) ?? new Set();
			tests.add(test);
			this.proofs.set(id, tests);
		}
	}

	add(other) {
		this.passed += other.passed;
		this.failures.push(...other.failures);
		this.skips.push(...other.skips);
		for (const [id, tests] of other.proofs) {
			for (const test of tests) {
				this.proves([id], test);
			}
		}
	}

	counts() {
		const { passed, failures, skips } = this;
		return `${passed} passed, ${failures.length} failed` +
			(skips.length > 0 ? `, ${skips.length} skipped` : '');
	}
}

// "proves: I2 A4" anywhere behind white space or "#"; the ids, or none.
export function idsProved(line) {
	const m = /^[\s#]*proves:\s*(.*)$/.exec(line);
	return m ? m[1].split(/[\s,]+/).filter((w) => /^[A-I]\d+$/.test(w)) : [];
}
