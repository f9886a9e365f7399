// SPDX-License-Identifier: Apache-2.0
// The walls between the roles: what a front that was taken over gets (nothing
// that it should not), what each wall alone holds, and that each of these
// tests notices when that wall is taken away (docs/security.md).
import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync,
	readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { must } from '../run/exec.mjs';
import { Centre } from './lib/centre.mjs';
import { killAndWait, statusOf, STRANGER } from './lib/processes.mjs';
import { RogueCentre } from './lib/rogue.mjs';
import { AS_ROOT, BUILD, freePorts, scratch, until } from './lib/scratch.mjs';

const NEEDS_ROOT = AS_ROOT ? false : 'roles have uids of their own only when root starts them';
const CEILING = 12;

// {probe: {on, got, rule}} of a group; a probe that is tried on several is
// under "ON: PROBE".
function byName(lines, group, withOn = false) {
	return Object.fromEntries(lines.filter((l) => l.group === group)
		.map((l) => [withOn ? `${l.on}: ${l.probe}` : l.probe,
			l.rule ? `${l.got} ${l.rule}` : l.got]));
}

// --- what it can ask for ----------------------------------------------------

const ISSUE = {
	'allowed tls-client': 'answered',
	'allowed qualified-person': 'answered',
	'unknown profile': 'refused signer.profile',
	'profile of another CA': 'refused signer.profile',
	'profile of another CA, the other way': 'refused signer.profile',
	'profile of the root: a CA': 'refused signer.profile',
	'profile of the root: a root': 'refused signer.profile',
	'a responder of our own': 'refused signer.service_key',
	'attribute not in the profile': 'refused profile.attr.forbidden',
	'attribute twice': 'refused profile.attr.many',
	'attribute missing': 'refused profile.attr.missing',
	'attribute against its pattern': 'refused profile.attr.pattern',
	'number with a wrong checksum': 'refused profile.attr.pattern',
	'key of another algorithm': 'refused profile.key',
	'key of another parameter set': 'refused profile.key',
	'key off its curve': 'refused key.point',
	'alternative name of a kind not allowed': 'refused profile.san.kind',
	'alternative name missing': 'refused profile.san.missing',
	'common name not among the alternative names': 'refused profile.san.common_name',
	'identification not in the profile': 'refused profile.identification_kind',
	'identification missing': 'refused profile.identification_kind',
	'back-dated': 'refused profile.not_before',
	'post-dated': 'refused profile.not_before',
	'longer than the profile': 'refused profile.not_after',
	'longer than the CA': 'refused profile.not_after',
	'ended already': 'refused profile.not_after',
	'times beyond all times': 'refused profile.not_before',
	'certificate from an OCSP key': 'refused signer.kind',
	'the same key and content again': 'same bytes',
	'the same key and other content': 'refused signer.idem',
};

const CRL = {
	'allowed list': 'answered',
	'a list by an OCSP key': 'refused signer.kind',
	'drops all that it revoked': 'refused crl.dropped',
	'drops the first that it revoked': 'refused crl.dropped',
	'drops the last that it revoked': 'refused crl.dropped',
	'equal number': 'refused crl.number',
	'lower number': 'refused crl.number',
	'the last number of all': 'refused crl.number_step',
	'back-dated': 'refused crl.this_update',
	'post-dated': 'refused crl.this_update',
	'times beyond all times': 'refused crl.this_update',
	'valid too long': 'refused crl.next_update',
	'ended already': 'refused crl.next_update',
	'entries unsorted': 'refused crl.entries.order',
	'entry twice': 'refused crl.entries.order',
	'entries malformed': 'refused der.',
	'entries cut short': 'refused der.',
	'entry with an extension': 'refused crl.entry.extensions',
	'entry that takes back': 'refused crl.entry',
	'revoked in the future': 'refused crl.entry',
	'full of serials that nobody issued': 'refused crl.unknown',
	'the same list as it should be': 'answered',
	'delta that drops all': 'refused crl.dropped',
	'delta that drops the first': 'refused crl.dropped',
	'delta that takes back': 'refused crl.entry',
	'delta that makes a hold of it': 'refused crl.final',
	'delta of no list': 'refused crl.base',
	'delta valid too long': 'refused crl.next_update',
	'delta in its list\'s second': 'refused crl.this_update',
	'delta of an equal number': 'refused crl.number',
	'delta as it should be': 'answered',
	'writing into what was sent': 'EPERM',
	'cutting what was sent': 'EPERM',
	'mapping what was sent for writing': 'EPERM',
	'sealing what stays mapped for writing': 'EBUSY',
	'memory file without seals': 'restarted',
	'memory file that may be written': 'restarted',
	'memory file that may shrink': 'restarted',
	'a plain file': 'restarted',
	'drops all, after its restart': 'refused crl.dropped',
};

const OCSP = {
	'allowed answer': 'answered',
	"another issuer's name": 'refused ocsp.issuer',
	"another issuer's key": 'refused ocsp.issuer',
	'another CA of the centre': 'refused ocsp.issuer',
	'hashes under another algorithm': 'refused ocsp.issuer',
	'valid too long': 'refused ocsp.next_update',
	'ended already': 'refused ocsp.next_update',
	'back-dated': 'refused ocsp.this_update',
	'post-dated': 'refused ocsp.this_update',
	'times beyond all times': 'refused ocsp.this_update',
	'revoked in the future': 'refused ocsp.revoked_at',
	'revoked before all times': 'refused ocsp.revoked_at',
	"an OCSP answer by the CA's key": 'refused signer.kind',
};

const FRAMES = Object.fromEntries([
	...['chosen bytes instead of an order', 'chosen bytes under type zero',
		'chosen bytes under an unknown type', 'an answer instead of a question',
		'an order with a serial of its own', 'an order cut short',
		'an order with a descriptor', 'a list without entries',
		'a frame of another version', 'a frame of a wrong length',
		'a frame too large', 'half a header'].map((name) => [name, 'restarted']),
	['signed meanwhile', 'nothing'],
]);

// --- what it can reach ------------------------------------------------------

// What stops an attempt behind front's walls, and what its uid alone stops.
const FILES = /^(read|write|list|create|replace|remove) /;
const OWN = 'front: create own';
const CALLS = 'SIGSYS';

function expectedBehindWalls(name) {
	return name === OWN ? 'done'
		: FILES.test(name.split(': ')[1]) ? 'EACCES' : CALLS;
}

function expectedOfUid(name) {
	return FILES.test(name.split(': ')[1]) ? 'EACCES' : 'EPERM';
}

const SIGNERS = ['issuing-gost', 'ocsp-gost', 'issuing-p256', 'ocsp-p256',
	'centre'];
const SECRETS = [...SIGNERS.flatMap((s) => ['key.p8', 'key.pass', 'journal']
	.map((f) => `${s}: read ${f}`)), 'courier: read seal.key'];
const PROCESSES = [...SIGNERS, 'courier', 'parent'].flatMap((on) =>
	['read mem', 'read environ', 'list fd', 'read maps', 'ptrace it',
		'vm-read it', 'signal it'].map((p) => `${on}: ${p}`));
const SWAPS = ['profiles: write tls-client.conf',
	'profiles: replace tls-client.conf', 'profiles: create mine.conf',
	'settings: write ca/issuing-p256.conf',
	'settings: replace ca/issuing-p256.conf', 'settings: write surguch.conf'];
// Everybody may read or do it: of all walls only one stands before it.
const LANDLOCK_ALONE = ['front: read passwd', 'front: list proc',
	'front: create surguch-rogue'];
const SECCOMP_ALONE = ['front: socket itself', 'front: local-socket itself',
	'front: fork itself', 'front: dumpable itself', 'front: code itself'];

test('a front that was taken over', { skip: NEEDS_ROOT }, async (t) => {
	const centre = await RogueCentre.make(t, {});
	centre.append('ca/issuing-p256.conf', 'ceilings = ({ profile = ' +
		`"tls-client"; per_day = ${CEILING}; });\ncrl_delta_hours = 1;\n`);
	centre.append('ca/issuing-gost.conf', 'crl_per_day = 5;\n');

	// Compare by the table, in both directions: an attempt that was not made
	// proves nothing.
	function judge(got, wanted) {
		assert.deepEqual(Object.keys(got).sort(), Object.keys(wanted).sort());
		for (const [name, want] of Object.entries(wanted)) {
			const fits = want.endsWith('.') ? got[name].startsWith(want)
				: got[name] === want;
			assert.ok(fits, `${name}: ${got[name]}, not ${want}`);
		}
	}

	await t.test('gets no certificate outside a profile', async () => {
		judge(byName(await centre.attempt('issue'), 'issue'), ISSUE);
	});
	await t.test('gets no CRL that hides a revocation', async () => {
		judge(byName(await centre.attempt('crl'), 'crl'), CRL);
	});
	await t.test('gets no OCSP answer for others', async () => {
		judge(byName(await centre.attempt('ocsp'), 'ocsp'), OCSP);
	});
	await t.test('gets no signature over chosen bytes', async () => {
		judge(byName(await centre.attempt('frames'), 'frames'), FRAMES);
	});
	await t.test('gets no more than the ceilings', async () => {
		const lines = await centre.attempt('ceiling', 'crl-ceiling');
		judge(byName(lines, 'ceiling'), {
			'more than the ceiling': 'refused signer.ceiling',
			'counted against the ceiling': `${CEILING} of ${CEILING}`,
		});
		judge(byName(lines, 'crl-ceiling'),
			{ 'more lists than the ceiling': 'refused crl.ceiling' });
	});

	await t.test('reaches nothing behind its walls', async () => {
		const got = byName(await centre.attempt('reach'), 'reach', true);
		for (const name of [...SECRETS, ...PROCESSES, ...SWAPS,
			...LANDLOCK_ALONE, ...SECCOMP_ALONE, OWN]) {
			assert.ok(name in got, `not tried: ${name}`);
		}
		for (const [name, result] of Object.entries(got)) {
			assert.equal(result, expectedBehindWalls(name), name);
		}
	});
	await t.test('its uid alone keeps it from the others', async () => {
		const got = byName(await centre.attempt('reach-bare'), 'reach-bare', true);
		for (const name of [...SECRETS, ...PROCESSES, ...SWAPS,
			'front: root itself']) {
			assert.equal(got[name], expectedOfUid(name), name);
		}
	});

	await t.test('without Landlock, only Landlock\'s part falls', async () => {
		const got = byName(await centre.attempt('reach', 'off=landlock'),
			'reach', true);
		for (const [name, result] of Object.entries(got)) {
			assert.equal(result, LANDLOCK_ALONE.includes(name) ? 'done'
				: expectedBehindWalls(name), name);
		}
	});
	await t.test('without seccomp, only seccomp\'s part falls', async () => {
		const got = byName(await centre.attempt('reach', 'off=seccomp'),
			'reach', true);
		for (const [name, result] of Object.entries(got)) {
			if (SECCOMP_ALONE.includes(name)) {
				assert.equal(result, 'done', name);
			} else if (expectedBehindWalls(name) === CALLS) {
				assert.match(result, /^(EPERM|EACCES)$/, name);
			} else {
				assert.equal(result, expectedBehindWalls(name), name);
			}
		}
	});
	// The last: what succeeds here destroys the centre.
	await t.test('without uids, the uids\' part falls', async () => {
		const got = byName(await centre.attempt('reach-bare', 'off=uid'),
			'reach-bare', true);
		for (const name of [...SECRETS, ...PROCESSES, ...SWAPS,
			'front: root itself']) {
			assert.equal(got[name], 'done', name);
		}
	});
});

// --- started without root ---------------------------------------------------

// All roles have one uid: files are behind Landlock alone, and processes
// behind being hidden.
test('a centre without root', async (t) => {
	const as = AS_ROOT ? STRANGER : {};
	const memory = SIGNERS.flatMap((s) => ['read mem', 'read environ',
		'list fd', 'read maps', 'ptrace it', 'vm-read it'].map((p) => `${s}: ${p}`));

	await t.test('says at its start that it is weaker', async (t2) => {
		const centre = await RogueCentre.make(t2, { as });
		const got = byName(await centre.attempt('reach'), 'reach', true);
		assert.match(centre.log, /walls\.uid/);
		for (const name of [...SECRETS, ...PROCESSES, ...SWAPS]) {
			assert.equal(got[name], expectedBehindWalls(name), name);
		}
		const bare = byName(await centre.attempt('reach-bare'), 'reach-bare', true);
		for (const name of memory) {
			assert.match(bare[name], /^(EACCES|EPERM)$/, name);
		}
	});
	await t.test('without hiding, a process is looked into', async (t2) => {
		const centre = await RogueCentre.make(t2,
			{ as, env: { SURGUCH_TEST_WALL_OFF: 'dumpable' } });
		const bare = byName(await centre.attempt('reach-bare'), 'reach-bare', true);
		for (const name of memory) {
			assert.equal(bare[name], 'done', name);
		}
	});
	await t.test('without Landlock, the keys are read', async (t2) => {
		const centre = await RogueCentre.make(t2, { as });
		const got = byName(await centre.attempt('reach', 'off=landlock'),
			'reach', true);
		for (const name of [...SECRETS, ...SWAPS]) {
			assert.equal(got[name], 'done', name);
		}
	});
});

// --- profiles on the disk ---------------------------------------------------

test('a profile that is changed on the disk', { skip: NEEDS_ROOT }, async (t) => {
	const centre = await RogueCentre.make(t, {});
	const file = 'profiles/tls-client.conf';
	const profiles = async () => byName(await centre.attempt('profiles'),
		'profiles', true);
	const signer = () => centre.roles('surguch-signer').find((p) =>
		p.args.includes('issuing-p256'));
	const first = await profiles();
	const num = (pattern) => [...centre.log.matchAll(pattern)].length;
	const refusals = () => num(/file\.trusted_mode/g);
	const starts = () => num(/role\.ready name=signer-issuing-p256/g);

	async function restart(meanwhile = () => {}) {
		const before = starts();
		await killAndWait(signer().pid);
		await meanwhile();
		await until(() => starts() > before,
			() => `the signer to start again:\n${centre.log.slice(-3000)}`,
			{ timeoutMs: 30000 });
	}

	// The signer's next start fails until mend() is called.
	async function refusesToStart(mend) {
		const before = refusals();
		await restart(async () => {
			await until(() => refusals() > before,
				() => `a refusal:\n${centre.log.slice(-3000)}`,
				{ timeoutMs: 30000 });
			mend();
		});
	}

	await t.test('has no effect on a signer that runs', async () => {
		centre.edit(file, (text) => text.replace('max_days = 398', 'max_days = 3980'));
		assert.deepEqual(await profiles(), first);
	});
	await t.test('counts after a restart by the parent', async () => {
		await restart();
		const next = await profiles();
		assert.notEqual(next['issuing-p256: tls-client'],
			first['issuing-p256: tls-client']);
		assert.equal(next['issuing-p256: tls-server'],
			first['issuing-p256: tls-server']);
	});
	await t.test('is refused when it is front\'s', async () => {
		const { uid } = statSync(`/proc/${centre.rogue()}/cwd/rogue.out`);
		assert.notEqual(uid, 0);
		chownSync(centre.etc(file), uid, uid);
		await refusesToStart(() => chownSync(centre.etc(file), 0, 0));
	});
	await t.test('is refused when others may write it', async () => {
		chmodSync(centre.etc(file), 0o666);
		await refusesToStart(() => chmodSync(centre.etc(file), 0o644));
	});
	await t.test('is refused when others may write beside it', async () => {
		chmodSync(centre.etc('profiles'), 0o777);
		await refusesToStart(() => chmodSync(centre.etc('profiles'), 0o755));
	});
	await t.test('settings of others are refused, too', async () => {
		chmodSync(centre.etc('ca/issuing-p256.conf'), 0o646);
		await refusesToStart(() =>
			chmodSync(centre.etc('ca/issuing-p256.conf'), 0o644));
	});
});

// --- each role's own table --------------------------------------------------

// [role, probe, what, got, the one wall that stops it]; with that wall away
// it is done.  Each table is that which the role itself applies.
const WALLED = [
	['signer', 'create', 'own', 'done'],
	['signer', 'read', '/etc/passwd', 'EACCES', 'landlock'],
	['signer', 'list', '/proc', 'EACCES', 'landlock'],
	['signer', 'create', 'OUT', 'EACCES', 'landlock'],
	['signer', 'socket', '', 'SIGSYS', 'seccomp'],
	['signer', 'local-socket', '', 'SIGSYS', 'seccomp'],
	['signer', 'connect', 'LISTENER', 'SIGSYS'],
	['signer', 'bind', 'FREE', 'SIGSYS'],
	['signer', 'fork', '', 'SIGSYS', 'seccomp'],
	['signer', 'exec', '', 'SIGSYS'],
	['signer', 'root', '', 'SIGSYS', 'seccomp'],
	['signer', 'dumpable', '', 'SIGSYS', 'seccomp'],
	['signer', 'code', '', 'SIGSYS', 'seccomp'],
	['signer', 'ptrace', '1', 'SIGSYS'],
	['signer', 'signal', '1', 'SIGSYS'],

	// With the listener at which it is unlocked it has no more than that.
	['locked', 'create', 'own2', 'done'],
	['locked', 'read', '/etc/passwd', 'EACCES', 'landlock'],
	['locked', 'socket', '', 'SIGSYS', 'seccomp'],
	['locked', 'local-socket', '', 'SIGSYS', 'seccomp'],
	['locked', 'fork', '', 'SIGSYS', 'seccomp'],
	['locked', 'code', '', 'SIGSYS', 'seccomp'],

	// A key behind a module: the paths and sockets that its settings name.
	['module', 'create', 'own3', 'done'],
	['module', 'read', '../profiles/one', 'done'],
	['module', 'write', '../profiles/one', 'EACCES', 'landlock'],
	['module', 'create', '../public/token', 'done'],
	['module', 'read', '/etc/passwd', 'EACCES', 'landlock'],
	['module', 'local-socket', '', 'done'],
	['module', 'socket', '', 'SIGSYS', 'seccomp'],
	['module', 'connect', 'LISTENER', 'SIGSYS'],
	['module', 'bind', 'FREE', 'SIGSYS'],
	['module', 'fork', '', 'SIGSYS', 'seccomp'],
	['module', 'exec', '', 'SIGSYS'],
	['module', 'root', '', 'SIGSYS', 'seccomp'],
	['module', 'code', '', 'SIGSYS', 'seccomp'],
	['module', 'ptrace', '1', 'SIGSYS'],

	['front', 'create', 'own', 'done'],
	['front', 'create', '../public/own', 'done'],
	['front', 'read', '../profiles/one', 'done'],
	['front', 'write', '../profiles/one', 'EACCES', 'landlock'],
	['front', 'create', '../profiles/two', 'EACCES', 'landlock'],
	['front', 'connect', 'LISTENER', 'SIGSYS'],
	// With a database server, what leads there and nothing else.
	['front-local', 'local-socket', '', 'done'],
	['front-local', 'connect', 'LISTENER', 'SIGSYS'],
	['front-tcp:LISTENER', 'connect', 'LISTENER', 'done'],
	['front-tcp:LISTENER', 'connect', 'OTHER', 'EACCES', 'landlock'],
	['front-tcp:LISTENER', 'local-socket', '', 'SIGSYS', 'seccomp'],
	['front-tcp:LISTENER', 'bind', 'FREE', 'SIGSYS'],

	['courier', 'connect', 'LISTENER', 'done'],
	['courier', 'read', '/etc/hosts', 'done'],
	['courier', 'bind', 'FREE', 'EACCES', 'landlock'],
	['courier', 'read', 'seal.key', 'EACCES', 'landlock'],
	['courier', 'create', 'own', 'EACCES', 'landlock'],
	['courier', 'read', '/etc/passwd', 'EACCES', 'landlock'],
	['courier', 'local-socket', '', 'SIGSYS', 'seccomp'],
	['courier', 'fork', '', 'SIGSYS', 'seccomp'],
	['courier', 'exec', '', 'SIGSYS'],
	['courier', 'code', '', 'SIGSYS', 'seccomp'],
	['courier', 'signal', '1', 'SIGSYS'],

	// What faces the network reads mirrors, and writes to none.
	['trustd', 'create', 'own4', 'done'],
	['trustd', 'read', '../public/list', 'done'],
	['trustd', 'write', '../public/list', 'EACCES', 'landlock'],
	['trustd', 'create', '../public/mine', 'EACCES', 'landlock'],
	['trustd', 'replace', '../public/list', 'EACCES'],
	['trustd', 'remove', '../public/list', 'EACCES'],
	['trustd', 'read', '../profiles/one', 'done'],
	['trustd', 'write', '../profiles/one', 'EACCES', 'landlock'],
	['trustd', 'read', '/etc/passwd', 'EACCES', 'landlock'],
	['trustd', 'socket', '', 'SIGSYS', 'seccomp'],
	['trustd', 'local-socket', '', 'SIGSYS', 'seccomp'],
	['trustd', 'connect', 'LISTENER', 'SIGSYS'],
	['trustd', 'bind', 'FREE', 'SIGSYS'],
	['trustd', 'fork', '', 'SIGSYS', 'seccomp'],
	['trustd', 'exec', '', 'SIGSYS'],
	['trustd', 'code', '', 'SIGSYS', 'seccomp'],
	['trustd', 'signal', '1', 'SIGSYS'],

	// What writes to mirrors speaks to nobody else, and sees no secret.
	['trustd-writer', 'create', '../public/mine', 'done'],
	['trustd-writer', 'read', 'seal.key', 'EACCES', 'landlock'],
	['trustd-writer', 'read', '../profiles/one', 'EACCES', 'landlock'],
	['trustd-writer', 'create', 'own5', 'EACCES', 'landlock'],
	['trustd-writer', 'create', 'OUT', 'EACCES', 'landlock'],
	['trustd-writer', 'socket', '', 'SIGSYS', 'seccomp'],
	['trustd-writer', 'local-socket', '', 'SIGSYS', 'seccomp'],
	['trustd-writer', 'connect', 'LISTENER', 'SIGSYS'],
	['trustd-writer', 'bind', 'FREE', 'SIGSYS'],
	['trustd-writer', 'fork', '', 'SIGSYS', 'seccomp'],
	['trustd-writer', 'exec', '', 'SIGSYS'],
	['trustd-writer', 'code', '', 'SIGSYS', 'seccomp'],
	['trustd-writer', 'signal', '1', 'SIGSYS'],
];

test('what each role may still do', async (t) => {
	const place = scratch(t);
	const dir = join(place, 'role');
	for (const d of [dir, join(place, 'public'), join(place, 'profiles')]) {
		mkdirSync(d);
	}
	writeFileSync(join(place, 'profiles/one'), 'x');
	writeFileSync(join(place, 'public/list'), 'x');
	writeFileSync(join(dir, 'seal.key'), 'x');
	const { createServer } = await import('node:net');
	const listen = async () => {
		const server = createServer((s) => s.destroy());
		await new Promise((done) => server.listen(0, '127.0.0.1', done));
		t.after(() => server.close());
		return `${server.address().port}`;
	};
	const [free] = await freePorts(1);
	const words = { OUT: join(place, 'out'), FREE: `${free}`,
		LISTENER: await listen(), OTHER: await listen() };
	const walled = async (role, probe, what, off = '') => (await must(
		join(BUILD, 'tests/fault/walled'),
		[role.replace('LISTENER', words.LISTENER), dir, probe, words[what] ?? what],
		{ env: { SURGUCH_TEST_WALL_OFF: off } })).trim();

	for (const [role, probe, what, want, wall] of WALLED) {
		const name = `${role}: ${probe} ${what}`;
		assert.equal(await walled(role, probe, what), want, name);
		if (wall) {
			const other = wall === 'seccomp' ? 'landlock' : 'seccomp';
			assert.equal(await walled(role, probe, what, wall), 'done',
				`${name} without ${wall}`);
			assert.equal(await walled(role, probe, what, other), want,
				`${name} without ${other}`);
		}
	}
});

// --- the running roles ------------------------------------------------------

test('how the roles of a centre run', { skip: NEEDS_ROOT }, async (t) => {
	const centre = await Centre.start(t);
	const roles = centre.roles();
	assert.equal(roles.length, 2 + SIGNERS.length);
	const uids = new Set();
	for (const { pid, name, args } of roles) {
		const label = `${name} ${args.join(' ')}`;
		const s = statusOf(pid);
		const ids = s.Uid.split(/\s+/);
		assert.equal(new Set([...ids, ...s.Gid.split(/\s+/)]).size, 1, label);
		assert.notEqual(ids[0], '0', label);
		assert.equal((s.Groups ?? '').trim(), '', label);
		for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) {
			assert.match(s[set], /^0+$/, `${label} ${set}`);
		}
		assert.equal(s.NoNewPrivs, '1', label);
		assert.equal(s.Seccomp, '2', label);
		// The kernel gives the files of a hidden process to root.
		assert.equal(statSync(`/proc/${pid}/environ`).uid, 0, label);
		const limits = readFileSync(`/proc/${pid}/limits`, 'utf8');
		assert.match(limits, /^Max core file size\s+0\s+0\s/m, label);
		uids.add(ids[0]);
	}
	assert.equal(uids.size, roles.length, 'each role has its own uid');
	// And, a signer, the listener at which its key is unlocked.
	await t.test('a role has one socket, its channel', () => {
		for (const { pid, name } of roles.filter((r) =>
			r.name !== 'surguch-front')) {
			const open = readdirSync(`/proc/${pid}/fd`).map((fd) =>
				[Number(fd), readlinkSync(`/proc/${pid}/fd/${fd}`)]);
			const sockets = open.filter(([fd, to]) => fd > 2 &&
				to.startsWith('socket:')).map(([fd]) => fd);
			assert.deepEqual(sockets, name === 'surguch-courier' ? [4] : [4, 6]);
		}
	});
});
