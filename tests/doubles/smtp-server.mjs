#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A double of a mail server that takes submissions (RFC 6409) on the loopback,
// with STARTTLS (RFC 3207) and AUTH PLAIN and LOGIN (RFC 4954).  What it took
// it appends to a file, one JSON object a line:
//   {"from": "ca@...", "to": ["a@..."], "user": "ca", "tls": true,
//    "hello": "...", "data": "From: ...\r\n..."}
// and every command that it heard, with the secrets of AUTH, to another.
//
//   node smtp-server.mjs --key F --cert F [--port N] [--file F] [--heard F]
//                        [--user U --password P] [--tls now|no|start]
//                        [--behave-file F] [--url-file F]
//
// --behave-file names a file with HOW, read anew for each connection:
//   ok       take it               refuse   550 to RCPT
//   defer    451 to RCPT           spam     554 to the mail
//   late     452 to the mail       shut     554 instead of a greeting
//   cut      take DATA and hang up in the middle, nothing taken
//   mute     take the mail, hang up without an answer
//   hang     take the connection, say nothing
//   slow     take the mail, never answer
//   quitless take it, and do not answer QUIT
//   relay    550 to MAIL
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { parseArgs } from 'node:util';

const LINE_MAX = 64 * 1024;

const { values: options } = parseArgs({
	options: {
		port: { type: 'string', default: '0' },
		key: { type: 'string' },
		cert: { type: 'string' },
		file: { type: 'string' },
		heard: { type: 'string' },
		user: { type: 'string' },
		password: { type: 'string' },
		tls: { type: 'string', default: 'start' },
		'behave-file': { type: 'string' },
		'url-file': { type: 'string' },
	},
});

function behaviour() {
	try {
		return readFileSync(options['behave-file'], 'utf8').trim();
	} catch {
		return 'ok';
	}
}

const note = (path, value) => {
	if (path) {
		appendFileSync(path, `${JSON.stringify(value)}\n`);
	}
};

const address = (line) => /<([^>]*)>/.exec(line)?.[1] ?? '';
const unbase64 = (text) => Buffer.from(text, 'base64').toString('utf8');

class Talk {
	constructor(socket) {
		this.how = behaviour();
		this.user = null;
		this.listen(socket, options.tls === 'now');
		if (this.how === 'hang') {
			return;
		}
		if (this.how === 'shut') {
			this.say('554 5.3.2 this server takes no mail');
			return;
		}
		this.say('220 mail.example.ru ESMTP double');
	}

	// Everything said before is forgotten (RFC 3207 4.2).
	listen(raw, secure) {
		this.socket?.removeAllListeners('data');
		this.tls = secure;
		this.socket = secure ? new TLSSocket(raw, { isServer: true,
			key: readFileSync(options.key), cert: readFileSync(options.cert) })
			: raw;
		this.held = '';
		this.hello = null;
		this.next = null;
		this.clear();
		this.socket.on('error', () => this.socket.destroy());
		this.socket.on('data', (bytes) => this.take(bytes));
	}

	clear() {
		this.from = null;
		this.to = [];
		this.data = null;
	}

	say(line) {
		this.socket.write(`${line}\r\n`);
	}

	take(bytes) {
		this.held += bytes.toString('utf8');
		if (this.held.length > LINE_MAX) {
			this.socket.destroy();
		}
		if (this.data !== null && this.how === 'cut') {
			this.socket.destroy();
			return;
		}
		for (let end; (end = this.held.indexOf('\r\n')) >= 0;) {
			const line = this.held.slice(0, end);
			this.held = this.held.slice(end + 2);
			if (this.data !== null) {
				this.dataLine(line);
			} else {
				note(options.heard, { line, tls: this.tls });
				this.command(line);
			}
		}
	}

	dataLine(line) {
		if (line !== '.') {
			this.data += `${line.replace(/^\./, '')}\r\n`;
			return;
		}
		if (this.how === 'spam') {
			this.say('554-5.7.1 we take no');
			this.say('554 5.7.1 such mail');
		} else if (this.how === 'late') {
			this.say('452 4.3.1 no room now');
		} else {
			note(options.file, { from: this.from, to: this.to,
				user: this.user, tls: this.tls, hello: this.hello,
				data: this.data });
			if (this.how === 'mute') {
				this.socket.destroy();
				return;
			}
			if (this.how !== 'slow') {
				this.say('250 2.0.0 taken');
			}
		}
		this.clear();
	}

	login(text) {
		const [, user, password] = text;
		if (user === options.user && password === options.password) {
			this.user = user;
			this.say('235 2.7.0 welcome');
		} else {
			this.say('535 5.7.8 wrong user or password');
		}
	}

	command(line) {
		const verb = line.slice(0, 4).toUpperCase();
		if (this.next) {
			const next = this.next;
			this.next = null;
			next(unbase64(line));
		} else if (this.how === 'hang') {
			// not a word
		} else if (verb === 'EHLO') {
			this.hello = line.slice(5);
			const more = [...(options.tls === 'start' && !this.tls ?
				['STARTTLS'] : []),
			...(options.user ? ['AUTH PLAIN LOGIN'] : []), '8BITMIME'];
			this.say('250-mail.example.ru');
			more.forEach((m, i) =>
				this.say(`250${i + 1 < more.length ? '-' : ' '}${m}`));
		} else if (verb === 'STAR' && options.tls === 'start') {
			this.say('220 go on');
			this.listen(this.socket, true);
		} else if (verb === 'AUTH') {
			const [, how, first] = line.split(' ');
			if (how === 'PLAIN') {
				const plain = (t) => this.login(t.split('\0'));
				if (first) {
					plain(unbase64(first));
				} else {
					this.next = plain;
					this.say('334 ');
				}
			} else {
				this.next = (user) => {
					this.next = (password) =>
						this.login([null, user, password]);
					this.say('334 UGFzc3dvcmQ6');
				};
				this.say('334 VXNlcm5hbWU6');
			}
		} else if (options.user && !this.user && /MAIL|RCPT|DATA/.test(verb)) {
			this.say('530 5.7.0 log in first');
		} else if (verb === 'MAIL') {
			this.from = address(line);
			this.say(this.how === 'relay' ? '550 5.7.1 not for you' :
				'250 2.1.0 ok');
		} else if (verb === 'RCPT') {
			if (this.how === 'refuse') {
				const to = address(line);
				this.say(`550-5.1.1 <${to}>: Recipient address rejected:`);
				this.say(`550 5.1.1 no such user ${to.split('@')[0]} here`);
			} else if (this.how === 'defer') {
				this.say('451 4.7.1 come again later');
			} else {
				this.to.push(address(line));
				this.say('250 2.1.5 ok');
			}
		} else if (verb === 'DATA') {
			this.data = '';
			this.say('354 go on');
		} else if (verb === 'QUIT') {
			if (this.how !== 'quitless') {
				this.say('221 bye');
				this.socket.end();
			}
		} else if (verb === 'RSET' || verb === 'NOOP') {
			this.say('250 ok');
		} else {
			this.say('502 5.5.1 unknown');
		}
	}
}

const server = createServer((socket) => new Talk(socket));
server.on('error', (error) => {
	console.error(`smtp-server: ${error.message}`);
	process.exit(1);
});
server.listen(Number(options.port), '127.0.0.1', () => {
	if (options['url-file']) {
		writeFileSync(options['url-file'], `${options.tls === 'now' ?
			'smtps' : 'smtp'}://127.0.0.1:${server.address().port}\n`);
	}
});
for (const signal of ['SIGTERM', 'SIGINT']) {
	process.on(signal, () => process.exit(0));
}
