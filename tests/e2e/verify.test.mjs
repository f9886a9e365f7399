// SPDX-License-Identifier: Apache-2.0
// surguch verify beside openssl verify: the chains of x509-limbo, those of the
// state's centres, and what the command says and refuses.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync }
	from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec } from '../run/exec.mjs';
import { openssl } from './lib/openssl.mjs';
import { BUILD, REFERENCE_DATA, scratch } from './lib/scratch.mjs';

const LIMBO = join(REFERENCE_DATA, 'limbo/limbo.json');
const CENTRES = join(REFERENCE_DATA, 'gost/ca');
const NUM_CASES = 208;
const NUM_SAME = 174;
// What a case without a time is judged at.
const NOW = '2026-11-22T00:00:00Z';
const AT_A_TIME = 2;

// Where path validation alone is content and openssl 3.0 is not, and why.
const USAGE = 'openssl wants a key usage for TLS of a server; asked by --rules ' +
	'web here';
const FORM = 'openssl does not know the extension as critical; it is processed ' +
	'here, and refused by --rules pkix';
const OTHER_WAY = 'openssl does not go back for another path; limbo wants it';
const EDGE = 'openssl ends a second early; notAfter is inclusive (RFC 5280 ' +
	'4.1.2.5)';
const KINDER = new Map([
	['pathlen::validation-ignores-pathlen-in-leaf', USAGE],
	['rfc5280::ca-as-leaf', USAGE],
	['webpki::ca-as-leaf', USAGE],
	['rfc5280::aki::critical-aki', FORM],
	['rfc5280::ski::critical-ski', FORM],
	['rfc5280::ee-critical-aia-invalid', FORM],
	['rfc5280::nc::nc-forbids-alternate-chain-ica', OTHER_WAY],
	['rfc5280::nc::nc-forbids-same-chain-ica', OTHER_WAY],
	['rfc5280::validity::notafter-exact', EDGE],
	['rfc5280::validity::notafter-fractional', EDGE],
]);

const surguch = (...args) => exec(join(BUILD, 'src/cli/surguch'), args,
	{ timeoutSec: 60 });

async function ours(args) {
	const r = await surguch('--json', 'verify', ...args);
	if (r.out === '') { // a file that cannot be read
		return { good: false, rule: /rule ([\w.]+)/.exec(r.err)?.[1] ?? r.all };
	}
	const v = JSON.parse(r.out);
	assert.equal(r.code === 0, v.status === 'good', r.all);
	return { good: v.status === 'good', rule: v.rule, chain: v.chain };
}

async function theirs({ files, at, args }) {
	const r = await openssl(['verify', '-no-CAfile', '-no-CApath',
		'-no-CAstore', '-partial_chain', '-CAfile', files.anchors,
		...(files.others ? ['-untrusted', files.others] : []), '-attime', `${Date.parse(at) / 1000}`, ...args, files.leaf]);
	return { good: r.code === 0, all: r.all };
}

// One case as files, and both questions.
function pose(c, dir, num) {
	const file = (name, list) => {
		if (list.length === 0) {
			return null;
		}
		const path = join(dir, `${num}-${name}.pem`);
		writeFileSync(path, list.join(''));
		return path;
	};
	const files = { leaf: file('leaf', [c.peer_certificate]),
		anchors: file('anchors', c.trusted_certs),
		others: file('others', c.untrusted_intermediates) };
	const at = `${(c.validation_time ?? NOW).slice(0, 19)}Z`;
	const server = c.validation_kind === 'SERVER';
	const name = c.expected_peer_name ?? c.expected_peer_names[0];
	const option = { DNS: '-verify_hostname', IP: '-verify_ip',
		RFC822: '-verify_email' };
	const crl = file('crls', c.crls ?? []);
	return {
		ours: [files.leaf, '--ca', files.anchors, '--rules', 'path', '--at', at,
			'--purpose', server ? 'server' : 'client',
			...(name ? ['--name', name.value] : []),
			...(files.others ? ['--other', files.others] : []),
			...(crl ? ['--crl', crl] : [])],
		theirs: { files, at, args: [
			'-purpose', server ? 'sslserver' : 'sslclient',
			...(name ? [option[name.kind], name.value] : []),
			...(crl ? ['-crl_check', '-CRLfile', crl] : [])] },
	};
}

test('x509-limbo, beside openssl',
	{ skip: existsSync(LIMBO) ? false : 'no reference data' }, async (t) => {
		const dir = scratch(t);
		const cases = JSON.parse(readFileSync(LIMBO, 'utf8')).testcases;
		assert.equal(cases.length, NUM_CASES);
		const kinder = [];
		let same = 0;
		const queue = cases.entries();
		const work = async () => {
			for (const [num, c] of queue) {
				const q = pose(c, dir, num);
				const [we, they] = [await ours(q.ours), await theirs(q.theirs)];
				same += we.good === they.good ? 1 : 0;
				if (we.good && !they.good) {
					kinder.push(c.id);
					if (!KINDER.has(c.id)) {
						t.diagnostic(`${c.id}: ${they.all}`);
					}
				}
			}
		};
		await Promise.all(Array.from({ length: AT_A_TIME }, work));
		t.diagnostic(`${same} of ${NUM_CASES} verdicts are openssl's too`);
		assert.ok(same >= NUM_SAME, 'stricter than it was');
		assert.deepEqual(kinder.sort(), [...KINDER.keys()].sort());
	});

test('the state\'s centres, beside openssl',
	{ skip: existsSync(CENTRES) ? false : 'no reference data' }, async (t) => {
		const dir = scratch(t);
		const at = '2026-07-23T00:00:00Z';
		const names = readdirSync(CENTRES);
		const anchors = join(dir, 'roots.pem');
		writeFileSync(anchors, names.filter((n) => n.startsWith('root-'))
			.map((n) => readFileSync(join(CENTRES, n), 'utf8')).join(''));
		const centres = names.filter((n) => !n.startsWith('root-'));
		assert.equal(centres.length, 10);
		let good = 0;
		for (const name of centres) {
			const leaf = join(CENTRES, name);
			const we = await ours([leaf, '--ca', anchors, '--at', at]);
			const they = await theirs(
				{ files: { leaf, anchors, others: null }, at, args: [] });
			assert.equal(we.good, they.good, `${name}: ${they.all}`);
			good += we.good ? 1 : 0;
			if (we.good) {
				assert.equal(we.chain.length, 2);
				assert.match(we.chain[0].sha256, /^[0-9a-f]{64}$/);
			}
		}
		assert.equal(good, 9);

		await t.test('in words', async () => {
			const leaf = join(CENTRES, 'uc-fns-2024.pem');
			const base = ['verify', leaf, '--ca', anchors];
			const right = await surguch(...base, '--at', at);
			assert.equal(right.code, 0, right.all);
			assert.match(right.out, /^good\n0 .*налоговая.*\n1 .*Минцифры/);
			const late = await surguch(...base, '--at', '2050-01-01T00:00:00Z');
			assert.equal(late.code, 1);
			assert.match(late.out, /^bad\n0 /);
			assert.match(late.err, /rule chain\.expired, RFC 5280 4\.1\.2\.5/);
			const alone = await surguch(...base, '--at', at, '--crl', leaf);
			assert.equal(alone.code, 1);
			assert.match(alone.out, /^unknown\n0 .*\n1 /);
			assert.match(alone.err, /rule chain\.revocation\.unknown/);
			for (const [args, rule] of [
				[['verify', leaf], 'cli.option'],
				[[...base, '--at', 'yesterday'], 'cli.option'],
				[[...base, '--purpose', 'everything'], 'cli.option'],
				[[...base, '--rules', 'none'], 'cli.option'],
				[['verify', anchors + '.none', '--ca', anchors], 'file'],
			]) {
				const r = await surguch(...args);
				assert.notEqual(r.code, 0, args.join(' '));
				assert.match(r.err, new RegExp(`rule ${rule}`), r.all);
			}
		});
	});
