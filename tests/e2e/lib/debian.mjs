// SPDX-License-Identifier: Apache-2.0
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// Debian's tree as a package leaves it, with (at most so many of) its own
// certificates.
export function debianRoot(dir, most = Infinity) {
	const root = join(dir, 'root');
	for (const d of ['etc/ssl/certs', 'usr/share',
		'usr/local/share/ca-certificates']) {
		mkdirSync(join(root, d), { recursive: true });
	}
	cpSync('/usr/share/ca-certificates', join(root, 'usr/share/ca-certificates'),
		{ recursive: true });
	const conf = readFileSync('/etc/ca-certificates.conf', 'utf8').split('\n')
		.filter((l) => /^!?mozilla\//.test(l)).slice(0, most);
	writeFileSync(join(root, 'etc/ca-certificates.conf'),
		`# of this test\n${conf.join('\n')}\n`);
	const bundle = () => new Set(readFileSync(
		join(root, 'etc/ssl/certs/ca-certificates.crt'), 'latin1')
		.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g)
		.map((p) => p.replace(/\s/g, '')));
	return { root, bundle, store: `debian:${root}`, state: join(dir, 'state'),
		conf: () => readFileSync(join(root, 'etc/ca-certificates.conf'), 'utf8'),
		pem: (f) => readFileSync(f, 'latin1')
			.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/)[0]
			.replace(/\s/g, '') };
}
