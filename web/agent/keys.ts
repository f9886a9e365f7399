// SPDX-License-Identifier: Apache-2.0
// Which container holds the key of an application, and bytes as the agent
// takes them.
import type { Container, MediumKind } from './agent';

// Chosen on the way to the key; remembered on this computer, because the
// steps behind it need the same.
export interface Kept {
	medium: string;
	name: string;       // of the medium
	kind?: MediumKind;
	container?: string; // once there is a key
	pkcs10?: string;    // until the centre has it
	stores?: Store[];   // what the agent listed back after installing
}
export interface Store {
	store: string;
	name?: string; // of a browser; '': our own
	personal: number;
	authorities: number;
	roots?: number;
	notes?: string[];
	problem?: string | null;
}
const KEPT = 'surguch.key.';

export function keptKey(app: string): Kept | null {
	const text = localStorage.getItem(KEPT + app);
	return text === null ? null : JSON.parse(text) as Kept;
}

export function keepKey(app: string, kept: Kept): void {
	localStorage.setItem(KEPT + app, JSON.stringify(kept));
}

// What the centre keeps of it, for the other computers of the same person.
export interface KeptMedium {
	kind: MediumKind;
	name: string;
	container?: string;
}
// null: too little is known.  A name that the centre would refuse must not
// cost the key.
export function mediumToKeep(kept: Kept): KeptMedium | null {
	const name = [...kept.name.replace(/\p{Cc}/gu, ' ').trim()]
		.slice(0, 64).join('');
	return kept.kind === undefined || name === '' ? null : { kind: kept.kind,
		name, ...(kept.container === undefined ? {}
			: { container: kept.container }) };
}

// Those that hold the application's key: with its certificate (base64 DER),
// or the container that was made for it; else those that could be it, newest
// first: of the right kind, without a certificate so far.
export function candidates(all: Container[], made: string | undefined,
	spec: string, certificate: string | null): Container[] {
	const own = all.filter((c) => c.id === made ||
		(certificate !== null && c.certificate?.der === certificate));
	// The key itself before its copies.
	own.sort((a, b) => Number(b.id === made) - Number(a.id === made));
	return own.length > 0 ? own : all
		.filter((c) => c.certificate === null && c.spec === spec)
		.sort((a, b) => (b.created ?? '').localeCompare(a.created ?? ''));
}

export function base64(bytes: Uint8Array): string {
	let text = '';
	bytes.forEach((b) => { text += String.fromCharCode(b); });
	return btoa(text);
}

// --- certificates of a PKCS#7 file (RFC 2315 9.1) ---------------------------

interface Element {
	tag: number;
	start: number; // of its contents
	end: number;
}

// The element at `at`, which has to end by `limit`.
function element(b: Uint8Array, at: number, limit: number): Element {
	let length = b[at + 1] ?? 0;
	let start = at + 2;
	if (length === 0x80) {
		throw new Error('not DER');
	}
	if (length > 0x80) {
		const octets = length - 0x80;
		length = 0;
		for (let i = 0; i < octets; i += 1) {
			length = length * 256 + (b[start + i] ?? 0);
		}
		start += octets;
	}
	if (start + length > limit) {
		throw new Error('not DER');
	}
	return { tag: b[at] ?? 0, start, end: start + length };
}

function children(b: Uint8Array, parent: Element): Element[] {
	const found: Element[] = [];
	for (let at = parent.start; at < parent.end;) {
		const e = element(b, at, parent.end);
		found.push(e);
		at = e.end;
	}
	return found;
}

// ContentInfo { type, [0] SignedData { …, [0] certificates, … } }
export function certificatesOf(p7b: Uint8Array): Uint8Array[] {
	const info = children(p7b, element(p7b, 0, p7b.length));
	const explicit = info.find((e) => e.tag === 0xa0);
	const data = explicit && children(p7b, explicit)[0];
	const certs = data && children(p7b, data).find((e) => e.tag === 0xa0);
	let at = certs?.start ?? 0;
	return certs === undefined ? [] : children(p7b, certs).map((e) => {
		const bytes = p7b.slice(at, e.end);
		at = e.end;
		return bytes;
	});
}
