// SPDX-License-Identifier: Apache-2.0
// A root of our own with Fedora's store of trust, which p11-kit's own trust
// module and `trust extract` read and write, as Fedora's update-ca-trust has
// them do.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync,
	readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exec } from '../../run/exec.mjs';
import { BUILD, scratch } from './scratch.mjs';

export const ANCHORS = 'etc/pki/ca-trust/source/anchors';
const BUNDLE = 'etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem';
export const SERVER_OWN = 5; // that the distribution brings here

export const pems = (file) => (readFileSync(file, 'latin1')
	.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g) ?? [])
	.map((p) => p.replace(/\s/g, ''));

export class FedoraRoot {
	constructor(t, blocklist = 'blocklist') {
		this.dir = scratch(t);
		this.root = join(this.dir, 'root');
		this.blocked = `etc/pki/ca-trust/source/${blocklist}`;
		for (const d of ['usr/bin', 'usr/lib', 'usr/lib64',
			'usr/share/p11-kit/modules', 'usr/share/pki/ca-trust-source/anchors',
			ANCHORS, this.blocked, 'etc/pki/ca-trust/extracted/pem']) {
			mkdirSync(join(this.root, d), { recursive: true });
		}
		for (const d of ['bin', 'lib', 'lib64']) {
			symlinkSync(`usr/${d}`, join(this.root, d));
		}
		copyFileSync('/bin/sh', this.at('usr/bin/sh'));
		copyFileSync('/usr/bin/trust', this.at('usr/bin/trust'));
		// Where Fedora's build of p11-kit looks by itself.
		writeFileSync(this.at('usr/share/p11-kit/modules/p11-kit-trust.module'),
			'module: p11-kit-trust.so\npriority: 1\ntrust-policy: yes\n' +
			"x-init-reserved: paths='/etc/pki/ca-trust/source:" +
			"/usr/share/pki/ca-trust-source'\n");
		this.program('trust extract --format=pem-bundle --filter=ca-anchors ' +
			'--overwrite --purpose server-auth ' + `/${BUNDLE}`);
		this.own = readdirSync('/usr/share/ca-certificates/mozilla')
			.slice(0, SERVER_OWN)
			.map((f) => join('/usr/share/ca-certificates/mozilla', f));
		this.own.forEach((f, i) => copyFileSync(f,
			this.at(`usr/share/pki/ca-trust-source/anchors/own-${i}.pem`)));
		this.args = ['--state', join(this.dir, 'state')];
	}

	at(path) {
		return join(this.root, path);
	}

	program(text) {
		writeFileSync(this.at('usr/bin/update-ca-trust'), `#!/bin/sh\n${text}\n`);
		chmodSync(this.at('usr/bin/update-ca-trust'), 0o755);
	}

	// Where its programs find this machine's libraries.
	within(...command) {
		return ['unshare', '-m', 'sh', '-euc',
			'for d in lib lib64; do mount --bind /usr/$d "$1/usr/$d"; done; ' +
			'shift; exec "$@"', 'sh', this.root, ...command];
	}

	trust(verb, ...words) {
		const [program, ...args] = this.within(join(BUILD, 'src/cli/surguch'),
			'--json', 'trust', verb, ...words, ...this.args);
		return exec(program, args, { timeoutSec: 120 });
	}

	store() {
		return `fedora:${this.root}`;
	}

	bundle() {
		return new Set(existsSync(this.at(BUNDLE)) ? pems(this.at(BUNDLE)) : []);
	}

	files(path) {
		return readdirSync(this.at(path));
	}
}
