// SPDX-License-Identifier: Apache-2.0
// The text format that Prometheus reads, version 0.0.4, taken strictly: what
// its own parser would let pass but its linter would not is wrong here too.
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const NUMBER = /^-?(?:\d+(?:\.\d+)?|\+?Inf)$/;
const SUFFIXES = ['_bucket', '_sum', '_count'];

class Reader {
	constructor(line) {
		this.line = line;
		this.at = 0;
	}

	take(re) {
		re.lastIndex = this.at;
		const m = re.exec(this.line);
		if (!m || m.index !== this.at) {
			throw new Error(`at ${this.at}: ${this.line}`);
		}
		this.at += m[0].length;
		return m[0];
	}

	is(c) {
		return this.line[this.at] === c;
	}
}

function readLabels(r) {
	const labels = {};
	r.take(/\{/y);
	for (;;) {
		const name = r.take(/[a-zA-Z_][a-zA-Z0-9_]*/y);
		if (!LABEL.test(name) || name in labels) {
			throw new Error(`label ${name}: ${r.line}`);
		}
		const value = r.take(/="(?:[^"\\\n]|\\["\\n])*"/y).slice(2, -1);
		labels[name] = value.replace(/\\(.)/g, (_, c) => c === 'n' ? '\n' : c);
		if (r.is('}')) {
			break;
		}
		r.take(/,/y);
	}
	r.take(/\}/y);
	return labels;
}

function readSample(line) {
	const r = new Reader(line);
	const name = r.take(/[a-zA-Z_:][a-zA-Z0-9_:]*/y);
	const labels = r.is('{') ? readLabels(r) : {};
	const text = r.take(/ .+/y).slice(1);
	if (!NUMBER.test(text)) {
		throw new Error(`no number: ${line}`);
	}
	return { name, labels, value: Number(text) };
}

// Buckets rise, end with +Inf, and agree with _count.
function checkHistogram(name, samples) {
	const groups = new Map();
	for (const s of samples) {
		const { le, ...rest } = s.labels;
		const key = JSON.stringify(Object.entries(rest).sort());
		const g = groups.get(key) ?? { buckets: [] };
		if (s.name === `${name}_bucket`) {
			g.buckets.push([le === '+Inf' ? Infinity : Number(le), s.value]);
		} else {
			g[s.name.slice(name.length + 1)] = s.value;
		}
		groups.set(key, g);
	}
	for (const [key, g] of groups) {
		const rises = g.buckets.every(([le, n], i) => i === 0 ||
			(le > g.buckets[i - 1][0] && n >= g.buckets[i - 1][1]));
		const [last, count] = g.buckets.at(-1) ?? [];
		if (!rises || last !== Infinity || count !== g.count ||
		    g.sum === undefined) {
			throw new Error(`histogram ${name}${key}`);
		}
	}
}

// {name: {type, help, samples: [{name, labels, value}]}}; throws at what is
// wrong.
export function parseMetrics(text) {
	if (!text.endsWith('\n')) {
		throw new Error('no end of line at the end');
	}
	const found = {};
	let current = null;
	for (const line of text.slice(0, -1).split('\n')) {
		const [, word, name, rest] =
			/^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
		if (word === 'HELP') {
			if (!NAME.test(name) || name in found) {
				throw new Error(`twice, or no name: ${line}`);
			}
			current = { name, help: rest, samples: [] };
			found[name] = current;
		} else if (word === 'TYPE') {
			if (current?.name !== name || current.type ||
			    !['counter', 'gauge', 'histogram'].includes(rest) ||
			    (rest === 'counter') !== name.endsWith('_total')) {
				throw new Error(`a type out of place: ${line}`);
			}
			current.type = rest;
		} else {
			const s = readSample(line);
			const own = current?.type === 'histogram'
				? SUFFIXES.map((x) => current.name + x) : [current?.name];
			if (!current?.type || !own.includes(s.name) ||
			    current.samples.some((o) => o.name === s.name &&
				JSON.stringify(o.labels) === JSON.stringify(s.labels))) {
				throw new Error(`a sample out of place: ${line}`);
			}
			if (current.type === 'counter' && !(s.value >= 0)) {
				throw new Error(`a counter below 0: ${line}`);
			}
			current.samples.push(s);
		}
	}
	for (const m of Object.values(found)) {
		if (m.type === 'histogram') {
			checkHistogram(m.name, m.samples);
		}
	}
	return found;
}
