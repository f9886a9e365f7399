// SPDX-License-Identifier: Apache-2.0
// surguch trust client-config: each file read back by a reader of its form; what
// comes out is the address that went in.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { exec, must } from '../run/exec.mjs';
import { BUILD, scratch } from './lib/scratch.mjs';

const config = (...args) => exec(join(BUILD, 'src/cli/surguch'),
	['trust', 'client-config', ...args], { timeoutSec: 60 });

const KEY = 'SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate';
const ADDRESSES = [
	['http://roots.corp.example/trusted', 'http://roots.corp.example/trusted'],
	['http://roots:8080/a&b(1)%20c/', 'http://roots:8080/a&b(1)%20c'],
	['https://roots.corp.example', 'https://roots.corp.example'],
	['\\\\server\\share\\roots', 'file://\\\\server\\share\\roots'],
	['file://\\\\server\\share$\\', 'file://\\\\server\\share$'],
];

// A file of regedit: {key: {name: value}}.
function readReg(path) {
	const bytes = readFileSync(path);
	assert.deepEqual([...bytes.subarray(0, 2)], [0xff, 0xfe]);
	const lines = bytes.subarray(2).toString('utf16le').split('\r\n');
	assert.equal(lines.shift(), 'Windows Registry Editor Version 5.00');
	assert.equal(lines.pop(), '');
	const keys = {};
	let at = null;
	for (const line of lines.filter(Boolean)) {
		const key = /^\[HKEY_LOCAL_MACHINE\\(.*)\]$/.exec(line)?.[1];
		const [, name, value] = /^"(\w+)"=(.*)$/.exec(line) ?? [];
		if (key) {
			at = keys[key] = {};
		} else {
			at[name] = value.startsWith('"')
				? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
		}
	}
	return keys;
}

// Attributes and text of an XML file, by another's parser.
async function readXml(path) {
	const script = 'import json,sys,xml.etree.ElementTree as e\n' +
		'print(json.dumps([[x.tag.split("}")[-1],x.attrib,x.text] ' +
		'for x in e.parse(sys.argv[1]).iter()]))';
	const out = await must('python3', ['-c', script, path]);
	const all = JSON.parse(out);
	return (tag) => all.filter(([t]) => t === tag)
		.map(([, attributes, text]) => ({ ...attributes, text }));
}

test('each form holds the address', async (t) => {
	for (const [given, address] of ADDRESSES) {
		const dir = join(scratch(), 'out');
		const r = await config(given, '--output', dir, '--computer', 'PC-7');
		assert.equal(r.code, 0, r.all);
		assert.equal(r.out.trim().split('\n').length, 12);
		const at = (name) => join(dir, name);
		assert.deepEqual(readReg(at('surguch-roots.reg'))[KEY],
			{ RootDirURL: address, SyncFromDirUrl: address });
		assert.deepEqual(readReg(at('surguch-roots-undo.reg'))[KEY],
			{ RootDirURL: '-', SyncFromDirUrl: '-' });
		const untrusted = readReg(at('surguch-untrusted-only.reg'));
		assert.equal(untrusted[KEY].RootDirURL, address);
		assert.deepEqual(untrusted['SOFTWARE\\Policies\\Microsoft\\' +
			'SystemCertificates\\AuthRoot'], {
			DisableRootAutoUpdate: 'dword:00000001',
			EnableDisallowedCertAutoUpdate: 'dword:00000001' });

		const adm = readFileSync(at('surguch-roots.adm'), 'latin1');
		assert.ok(adm.includes(`KEYNAME "${KEY}"\r\n`));
		assert.ok(adm.includes(`DEFAULT "${address}"\r\n`));
		assert.match(adm, /^[\x20-\x7e\r\n]+$/);

		const admx = await readXml(at('surguch-roots.admx'));
		const [policy] = admx('policy');
		assert.equal(policy.key, KEY);
		assert.equal(policy.class, 'Machine');
		assert.equal(admx('text')[0].valueName, 'RootDirURL');
		for (const lang of ['en-US', 'ru-RU']) {
			const adml = await readXml(at(`${lang}/surguch-roots.adml`));
			assert.equal(adml('defaultValue')[0].text, address);
			const ids = adml('string').map((s) => s.id).sort();
			assert.deepEqual(ids, ['Category', 'RootDirURL',
				'RootDirURL_help']);
			assert.equal(adml('presentation')[0].id, 'RootDirURL');
		}
		const preference = await readXml(at('Registry.xml'));
		assert.deepEqual({ ...preference('Properties')[0], text: null }, {
			action: 'U', displayDecimal: '0', default: '0',
			hive: 'HKEY_LOCAL_MACHINE', key: KEY, name: 'RootDirURL',
			type: 'REG_SZ', value: address, text: null });
		assert.equal(preference('FilterComputer')[0].name, 'PC-7');

		const service = readFileSync(at('surguch-roots.service'), 'utf8');
		const [, source] = /^ExecStart=\/usr\/bin\/surguch trust mirror (\S+) \/var\/lib\/surguch-roots$/m
			.exec(service);
		assert.equal(source.replaceAll('%%', '%'), address.startsWith('file:')
			? '/mnt/surguch-roots' : address);
		for (const name of ['README.txt', 'README.ru.txt']) {
			const text = readFileSync(at(name), 'utf8');
			assert.ok(text.includes(address), name);
			for (const word of ['Turn off', 'gpupdate /force', '4097',
				'certutil -verifyCTL AuthRoot', 'RootDirURL',
				'REG_SZ', 'surguch-roots.timer']) {
				assert.ok(text.includes(word), `${name}: ${word}`);
			}
			assert.ok(!/[^\r]\n/.test(text), name);
		}
		assert.equal(readdirSync(dir).length, 12); // two of them folders
	}
	t.diagnostic('proves: F6');
});

test('one file, and for all computers', async () => {
	const dir = scratch();
	const r = await config('http://roots/x', '--only', 'Registry.xml');
	assert.equal(r.code, 0, r.all);
	writeFileSync(join(dir, 'r.xml'), r.out);
	const xml = await readXml(join(dir, 'r.xml'));
	assert.equal(xml('Filters').length, 0);
	// The same policy again is the same item.
	const again = await config('http://roots/x', '--only', 'Registry.xml');
	const uid = (text) => /uid="(\{[0-9A-F-]{36}\})"/.exec(text)[1];
	assert.equal(uid(again.out), uid(r.out));
	const other = await config('http://roots/y', '--only', 'Registry.xml');
	assert.notEqual(uid(other.out), uid(r.out));
	const list = await config('http://roots/x');
	assert.match(list.out, /^surguch-roots\.reg +for one Windows computer$/m);
});

test('addresses that are none', async () => {
	for (const address of ['', 'roots', 'http://', 'http://a b', 'ftp://a/x',
		'http://user@host/x', 'http://host/x?y', 'http://host/x#y',
		'http://host/"x', "http://host/'x", 'http://host/<x>', '\\\\server',
		'\\\\server\\', 'file:///etc', 'file://server/x', 'http://host\\x',
		'http://host/x\ny']) {
		const r = await config(address);
		assert.equal(r.code, 1, address);
		assert.match(r.err, /rule config\.address/, address);
	}
	assert.match((await config(`http://h/${'x'.repeat(1100)}`)).err,
		/rule config\.address/);
	for (const computer of ['a b', 'a/b', 'a&b', 'x'.repeat(300)]) {
		const r = await config('http://roots/x', '--computer', computer);
		assert.match(r.err, /rule config\.computer/, computer);
	}
	assert.equal((await config('http://roots/x', '--only', 'x')).code, 2);
});

test('the key of a feed in the service', async () => {
	const service = (...args) => config(...args, '--only',
		'surguch-roots.service');
	const web = 'http://roots.corp:8088/all';
	const r = await service(web, '--feed-key', '/etc/surguch/feed%1.pub');
	assert.equal(r.code, 0, r.all);
	assert.match(r.out, /^ExecStart=\/usr\/bin\/surguch trust mirror http:\/\/roots\.corp:8088\/all \/var\/lib\/surguch-roots --feed-key \/etc\/surguch\/feed%%1\.pub$/m);
	for (const [address, key] of [[web, 'feed.pub'], [web, '/a b'], [web, '/a"b'],
		[web, `/${'a'.repeat(5000)}`], ['file://\\\\s\\roots', '/feed.pub']]) {
		const bad = await service(address, '--feed-key', key);
		assert.equal(bad.code, 1, bad.all);
		assert.match(bad.err, /rule config\.feed_key/);
	}
});
