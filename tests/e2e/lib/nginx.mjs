// SPDX-License-Identifier: Apache-2.0
// An nginx of our own, in a scratch directory.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Running } from './processes.mjs';

// Starts one with this text inside of http {}.  Ends with the test.
export function startNginx(t, dir, http, { workers = 1 } = {}) {
	const conf = join(dir, 'nginx.conf');
	writeFileSync(conf, `daemon off;
${process.getuid() === 0 ? 'user root;' : ''}
worker_processes ${workers};
pid ${join(dir, 'nginx.pid')};
error_log stderr info;
events { worker_connections 1024; }
http {
	access_log off;
${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) =>
		`\t${name}_temp_path ${join(dir, 'nginx-temp')};`).join('\n')}
${http}
}
`);
	return new Running(t, 'nginx', ['-c', conf, '-p', dir, '-e', 'stderr']);
}
