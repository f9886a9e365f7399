// SPDX-License-Identifier: Apache-2.0
// A screen in memory (Xvfb), hands (xdotool) and pictures of what is on it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { exec } from '../../run/exec.mjs';
import { Running } from './processes.mjs';
import { BUILD, scratch, until } from './scratch.mjs';

export const PICTURES = join(BUILD, 'browser');

// node 18 and the first releases of 20 have no zlib.crc32.
const TABLE = Array.from({ length: 256 }, (_, n) => {
	let c = n;
	for (let k = 0; k < 8; k++) {
		c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
	}
	return c >>> 0;
});
const checksum = zlib.crc32 ?? ((bytes) => {
	let c = 0xffffffff;
	for (const b of bytes) {
		c = TABLE[(c ^ b) & 0xff] ^ (c >>> 8);
	}
	return (c ^ 0xffffffff) >>> 0;
});

function chunk(type, data) {
	const body = Buffer.concat([Buffer.from(type), data]);
	const out = Buffer.alloc(body.length + 8);
	out.writeUInt32BE(data.length, 0);
	body.copy(out, 4);
	out.writeUInt32BE(checksum(body), body.length + 4);
	return out;
}

// What Xvfb keeps of its screen (an X window dump, 32 bits a pixel) as PNG.
export function pngOfDump(dump) {
	const word = (n) => dump.readUInt32BE(4 * n);
	const [head, width, height, bits, line, colors] =
		[word(0), word(4), word(5), word(11), word(12), word(19)];
	if (bits !== 32) {
		throw new Error(`${bits} bits a pixel`);
	}
	const little = word(7) === 0;
	const from = head + colors * 12;
	const raw = Buffer.alloc(height * (1 + 3 * width));
	for (let y = 0; y < height; y++) {
		for (let x = 0; x < width; x++) {
			const at = from + y * line + 4 * x;
			const to = y * (1 + 3 * width) + 1 + 3 * x;
			const px = little ? dump.readUInt32LE(at) : dump.readUInt32BE(at);
			raw[to] = px >>> 16 & 0xff;
			raw[to + 1] = px >>> 8 & 0xff;
			raw[to + 2] = px & 0xff;
		}
	}
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	return Buffer.concat([
		Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
		chunk('IHDR', header), chunk('IDAT', zlib.deflateSync(raw)),
		chunk('IEND', Buffer.alloc(0))]);
}

export class Display {
	static async start(t, size = '1024x768') {
		const d = new Display();
		d.dir = scratch(t);
		d.x = new Running(t, 'Xvfb', ['-displayfd', '3', '-screen', '0',
			`${size}x24`, '-fbdir', d.dir, '-nolisten', 'tcp', '-noreset'],
		{ fds: ['pipe'] });
		let said = '';
		d.x.child.stdio[3].setEncoding('utf8').on('data', (s) => {
			said += s;
		});
		await until(() => /^\d+\n/.test(said) || d.x.exit,
			() => `Xvfb to start:\n${d.x.log}`);
		d.name = `:${said.trim()}`;
		d.env = { DISPLAY: d.name, XAUTHORITY: '/dev/null',
			GDK_BACKEND: 'x11', WAYLAND_DISPLAY: '', NO_AT_BRIDGE: '1' };
		return d;
	}

	async hands(...args) {
		const r = await exec('xdotool', args,
			{ env: { ...process.env, ...this.env }, timeoutSec: 20 });
		return r.out.trim();
	}

	// Ids of the windows that are to be seen and bear this title.
	async windows(title) {
		const out = await this.hands('search', '--onlyvisible', '--name',
			title);
		return out.split('\n').filter(Boolean);
	}

	// The window, once it is there; it has the keyboard then (there is no
	// window manager to give it).
	async window(title = '^surguch-agent$') {
		let found = [];
		await until(async () => {
			found = await this.windows(title);
			return found.length > 0;
		}, `a window ${title}`, { everyMs: 100 });
		await this.hands('windowfocus', '--sync', found[0]);
		return found[0];
	}

	// Whose window it is: numbers of windows are given out again.
	owner(id) {
		return this.hands('getwindowpid', id);
	}

	// Whether this window of that process has closed, within a while.
	async closes(id, owner, timeoutMs) {
		return until(async () => !(await this.windows(''))
			.includes(id) || await this.owner(id) !== owner,
		'', { timeoutMs, everyMs: 50 }).catch(() => false);
	}

	async gone(title = '^surguch-agent$') {
		await until(async () => (await this.windows(title)).length === 0,
			`no window ${title}`, { everyMs: 100 });
	}

	key(...keys) {
		return this.hands('key', '--clearmodifiers', ...keys);
	}

	type(text) {
		return this.hands('type', '--delay', '15', text);
	}

	png() {
		return pngOfDump(readFileSync(join(this.dir, 'Xvfb_screen0')));
	}

	// Kept beside the pictures of the pages.
	async picture(name) {
		mkdirSync(PICTURES, { recursive: true });
		// Drawing goes on for a moment after a window is there.
		await new Promise((done) => setTimeout(done, 300));
		writeFileSync(join(PICTURES, `${name}.png`), this.png());
	}
}
