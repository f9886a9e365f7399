// SPDX-License-Identifier: Apache-2.0
// Java's own keytool, and stores of trust that it made.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { must } from '../../run/exec.mjs';

export const KEYTOOL = '/usr/bin/keytool';
export const HAS_KEYTOOL = existsSync(KEYTOOL);
export const PASSWORD = 'changeit';

export const keytool = (...args) => must(KEYTOOL,
	['-J-Duser.language=en', '-J-Dfile.encoding=UTF-8', ...args],
	{ timeoutSec: 60, env: { LC_ALL: 'C.UTF-8' } });

// The forms that a store has: that of old, today's, and that which JDKs come
// with since 18, whose certificates are read without a password.
export const FORMS = {
	jks: { options: ['-storetype', 'JKS'], magic: /^feedfeed/ },
	pkcs12: { options: ['-storetype', 'PKCS12'], magic: /^30/ },
	open: { options: ['-storetype', 'PKCS12',
		'-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE',
		'-J-Dkeystore.pkcs12.macAlgorithm=NONE'], magic: /^30/ },
};

export async function javaStore(dir, form, certs, password = PASSWORD) {
	const path = join(dir, 'cacerts');
	for (const [alias, file] of Object.entries(certs)) {
		await keytool('-importcert', '-noprompt', '-alias', alias, '-file', file,
			'-keystore', path, '-storepass', password, ...FORMS[form].options);
	}
	return path;
}

// {alias: SHA-256} of what is trusted.
export async function javaList(path, password = PASSWORD) {
	const out = await keytool('-list', '-v', '-keystore', path,
		...(password === null ? [] : ['-storepass', password]));
	return Object.fromEntries([...out.matchAll(
		/^Alias name: (.*)\n[^]*?^Entry type: (\w+)\n[^]*?SHA256: ([0-9A-F:]+)/gm)]
		.filter(([, , type]) => type === 'trustedCertEntry')
		.map(([, alias, , sha]) => [alias, sha]));
}
