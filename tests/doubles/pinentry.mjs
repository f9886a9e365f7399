#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Stands in for the desktop's password window (pinentry): answers the Assuan
// protocol with the lines of a file, one a question, and keeps what it was
// told.  SURGUCH_PINENTRY names a directory: answers (a line each; "!cancel"
// closes the window; "!wait" leaves it open; "!yes" and "!no" press a button), asked (what was shown), signals (which it was started
// with blocked).
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const dir = process.env.SURGUCH_PINENTRY;
const CANCELLED = 83886179; // GPG_ERR_SOURCE_PINENTRY, GPG_ERR_CANCELED
const NOT_CONFIRMED = 83886194; // GPG_ERR_NOT_CONFIRMED

function nextAnswer() {
	const file = join(dir, 'answers');
	const [first, ...rest] = readFileSync(file, 'utf8').split('\n');
	writeFileSync(file, rest.join('\n'));
	return first ?? '!cancel';
}

const say = (line) => process.stdout.write(`${line}\n`);
const escape = (s) => s.replace(/[%\r\n]/g, (c) =>
	`%${c.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);

const [, blocked] = /^SigBlk:\s*(\w+)$/m.exec(
	readFileSync('/proc/self/status', 'utf8'));
writeFileSync(join(dir, 'signals'), blocked);

say('OK Pleased to meet you');
for await (const line of createInterface({ input: process.stdin })) {
	appendFileSync(join(dir, 'asked'), `${line}\n`);
	if (line === 'GETPIN') {
		const answer = nextAnswer();
		if (answer === '!wait') {
			writeFileSync(join(dir, 'waits'), String(process.pid));
			continue;
		}
		if (answer === '!cancel') {
			say(`ERR ${CANCELLED} Operation cancelled <Pinentry>`);
			continue;
		}
		if (answer !== '') {
			say(`D ${escape(answer)}`);
		}
	}
	if (line === 'CONFIRM' && nextAnswer() !== '!yes') {
		say(`ERR ${NOT_CONFIRMED} Not confirmed <Pinentry>`);
		continue;
	}
	say('OK');
	if (line === 'BYE') {
		break;
	}
}
