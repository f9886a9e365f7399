// SPDX-License-Identifier: Apache-2.0
// surguch trust install, distrust, remove and undo, killed at each of their
// steps, in each kind of store: undo restores what was, and the next change does so first.
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { debianRoot } from './lib/debian.mjs';
import { ANCHORS, FedoraRoot } from './lib/fedora.mjs';
import { HAS_KEYTOOL, javaList, javaStore } from './lib/java.mjs';
import { killedAt } from './lib/seams.mjs';
import { AS_ROOT, BUILD, scratch } from './lib/scratch.mjs';

const SURGUCH = join(BUILD, 'src/cli/surguch');
const MOZILLA = '/usr/share/ca-certificates/mozilla';
const own = readdirSync(MOZILLA).map((f) => join(MOZILLA, f));

// {name: content} of the files below.
const tree = (dir) => !existsSync(dir) ? {} : Object.fromEntries(
	readdirSync(dir, { recursive: true, withFileTypes: true })
		.filter((f) => f.isFile())
		.map((f) => join(f.path, f.name))
		.map((f) => [f, readFileSync(f, 'latin1')]).sort());

// What is put in, and of each kind how it is made with the first two in it.
const MORE = own.slice(2, 5);
const KINDS = {
	dir: {
		async make(t, dir) {
			const to = join(dir, 'store');
			mkdirSync(to);
			return { store: `pem:${to}`, look: () => tree(to) };
		},
	},
	debian: {
		async make(t, dir) {
			const d = debianRoot(dir, 10);
			return { store: d.store, look: () => ({ ...tree(join(d.root,
				'usr/local')), conf: d.conf(),
			bundle: existsSync(join(d.root, 'etc/ssl/certs/ca-certificates.crt'))
				? [...d.bundle()].sort() : [] }) };
		},
	},
	fedora: {
		skip: AS_ROOT ? false : 'another root is entered by root alone',
		async make(t) {
			const f = new FedoraRoot(t);
			return { store: f.store(), within: (...c) => f.within(...c),
				look: () => ({ ...tree(f.at(ANCHORS)), ...tree(f.at(f.blocked)),
					bundle: [...f.bundle()].sort() }) };
		},
	},
	java: {
		skip: HAS_KEYTOOL ? false : 'no Java here',
		more: MORE.slice(0, 1),
		async make(t, dir) {
			mkdirSync(join(dir, 'java'));
			const path = await javaStore(join(dir, 'java'), 'jks',
				{ 'ещё': own[0] });
			return { store: `java:${path}`, look: () => javaList(path) };
		},
	},
	nss: {
		async make(t, dir) {
			const db = `sql:${join(dir, 'nss')}`;
			mkdirSync(join(dir, 'nss'));
			await must('certutil', ['-N', '-d', db, '--empty-password']);
			// A name of the administrator's, trusted for more than servers.
			await must('certutil', ['-A', '-d', db, '-n', 'Давно здесь', '-t',
				'C,C,C', '-a', '-i', own[0]]);
			return { store: `nss:${join(dir, 'nss')}`,
				look: async () => (await must('certutil', ['-L', '-d', db]))
					.split('\n').sort() };
		},
	},
};

for (const [name, kind] of Object.entries(KINDS)) {
	test(`killed at every step: ${name}`, { skip: kind.skip }, async (t) => {
		const dir = scratch(t);
		const more = join(dir, 'more');
		mkdirSync(more);
		(kind.more ?? MORE).forEach((f) => cpSync(f, join(more,
			f.split('/').at(-1))));
		const s = await kind.make(t, dir);
		const command = (verb, ...words) => {
			const all = [SURGUCH, 'trust', verb, ...words, '--state',
				join(dir, 'state')];
			return s.within ? s.within(...all) : all;
		};
		const run = async (...words) => {
			const [program, ...args] = command(...words);
			const r = await exec(program, args, { timeoutSec: 60 });
			assert.equal(r.code, 0, r.all);
		};
		// A first change, so that programs of the system have run once.
		await run('install', own[0], s.store);

		const before = await s.look();
		await run('install', more, s.store);
		const whole = await s.look();
		assert.notDeepEqual(whole, before);
		await run('undo', s.store);
		assert.deepEqual(await s.look(), before);

		const killed = (verb, ...words) => async (step) => {
			const [program, ...args] = command(verb, ...words, s.store);
			return killedAt(t, step, program, args);
		};
		const everyStep = async (name_, attempt, mend) => {
			const steps = new Set();
			for (let step = 0; ; step++) {
				const r = await attempt(step);
				r.names.forEach((n) => steps.add(n));
				if (r.signal === null) {
					assert.equal(r.code, 0, r.log);
					return steps;
				}
				await mend(step, r);
				assert.deepEqual(await s.look(), before,
					`${name_} killed at ${r.names.at(-1)} (${step})`);
			}
		};
		const JAVA = name === 'java' ? ['anchors.java.made'] : [];
		for (const [verb, what] of [['install', more], ['distrust', own[0]],
			['remove', own[0]]]) {
			const steps = await everyStep(verb, killed(verb, what),
				async (step, r) => {
					// The next change restores first, and is undone alone; but
					// one that was through is a change to be undone itself.
					if (verb === 'install' && step % 2 === 1 &&
						!r.names.includes('anchors.done')) {
						await run('install', more, s.store);
						assert.deepEqual(await s.look(), whole);
					}
					await run('undo', s.store);
				});
			for (const n of ['anchors.noted', 'anchors.set', 'anchors.finished',
				'anchors.done', ...JAVA]) {
				assert.ok(steps.has(n), `${verb}: ${n} of ${[...steps]}`);
			}
			await run('undo', s.store);
			assert.deepEqual(await s.look(), before);
		}
		// An undo that is cut short is gone on with.
		const steps = await everyStep('undo', async (step) => {
			await run('install', more, s.store);
			return killed('undo')(step);
		}, () => run('undo', s.store));
		for (const n of ['anchors.set', 'anchors.finished', ...JAVA]) {
			assert.ok(steps.has(n), `undo: ${n} of ${[...steps]}`);
		}
		assert.deepEqual(await s.look(), before);
		t.diagnostic('proves: F4');
	});
}
