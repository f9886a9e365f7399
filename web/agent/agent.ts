// SPDX-License-Identifier: Apache-2.0
// The person's agent, as docs/agent-protocol.md describes it.  It is found on
// the loopback, paired with once a tab, and carries out the centre's orders.

const PORTS = [21751, 21752, 21753];
export const PROTOCOL = 1;
const HELLO_MS = 3000;
const PROMPT_MS = 60000; // the browser holds a request until it is answered
const CALL_MS = 15000;

export type Permission = 'granted' | 'prompt' | 'denied';

export type MediumKind = 'registry' | 'disk' | 'token';
export interface Medium {
	id: string;
	kind: MediumKind;
	name: string;
	serial?: string;
	active?: boolean; // a token whose keys never leave it
	writable: boolean;
	containers: number;
	pin?: { state: 'ok' | 'low' | 'last' | 'locked' | 'unset'; factory: boolean };
}
export interface Place {
	agent: { id: string; version: string; protocol: number; system: string;
		window: 'terminal' | 'gtk' | 'none' };
	modules: { name: string; found: boolean; problem?: string }[];
	media: Medium[];
}
export interface Container {
	id: string;
	medium: string;
	label: string;
	form: 'surguch' | 'cryptopro' | 'token' | 'pfx';
	spec: string;
	created: string | null;
	copyable: boolean;
	certificate: { sha256: string; subject: string; not_after: string;
		der: string } | null;
	problem: string | null;
}
export interface Operation {
	operation: string;
	state: 'asking' | 'working' | 'done' | 'failed';
	step: string;
	result: Record<string, unknown> | null;
	problem: { rule?: string } | null;
}

export class AgentProblem extends Error {
	constructor(readonly status: number, readonly rule: string) {
		super(rule);
	}
}

// May this page speak to this computer?  Asking does not make the browser ask.
export async function permission(): Promise<Permission> {
	if (/^(127\.|localhost$|\[::1\]$)/.test(location.hostname)) {
		return 'granted'; // from here to here: browsers do not ask
	}
	for (const name of ['loopback-network', 'local-network-access']) {
		try {
			return (await navigator.permissions.query(
				{ name: name as PermissionName })).state;
		} catch {
			// a browser that does not know the name
		}
	}
	return 'granted'; // one that has no such permission
}

const at = (port: number, path: string) => `http://127.0.0.1:${port}/v1/${path}`;

export interface Found {
	port: number;
	protocol: number;
}

// The first port with an agent that trusts us; null when there is none.
export async function find(asks = false): Promise<Found | null> {
	for (const port of PORTS) {
		try {
			const r = await fetch(at(port, 'hello'), { signal:
				AbortSignal.timeout(asks ? PROMPT_MS : HELLO_MS) });
			const hello = await r.json() as { name?: string; protocol?: number };
			if (r.ok && hello.name === 'surguch-agent' &&
			    typeof hello.protocol === 'number') {
				return { port, protocol: hello.protocol };
			}
		} catch {
			// nobody there, or one that may not speak to us
		}
	}
	return null;
}

// --- the token of this tab ---------------------------------------------------

interface Paired {
	port: number;
	token: string;
	agent: string;
}
const KEPT = 'surguch.agent';

export function paired(): Paired | null {
	const text = sessionStorage.getItem(KEPT);
	return text === null ? null : JSON.parse(text) as Paired;
}

function forgetToken(): void {
	sessionStorage.removeItem(KEPT);
}

// An agent that was started anew may listen elsewhere, and knows no token.
export function forgetOthers(port: number): void {
	if (paired() !== null && paired()?.port !== port) {
		forgetToken();
	}
}

async function send<T>(port: number, path: string, body: unknown,
	token?: string): Promise<T> {
	let r: Response;
	try {
		r = await fetch(at(port, path), { method: 'POST',
			signal: AbortSignal.timeout(CALL_MS), body: JSON.stringify(body),
			headers: { 'Content-Type': 'application/json',
				...(token === undefined ? {}
					: { Authorization: `Bearer ${token}` }) } });
	} catch {
		throw new AgentProblem(0, 'agent.gone');
	}
	// 204 has no body, and some other program on the port may send anything.
	const json = await r.json().catch(() => ({})) as { rule?: string };
	if (!r.ok) {
		if (r.status === 401) {
			forgetToken();
		}
		throw new AgentProblem(r.status, json.rule ?? '');
	}
	return json as T;
}

function call<T>(path: string, body: unknown): Promise<T> {
	const p = paired();
	return p === null ? Promise.reject(new AgentProblem(401, 'agent.token'))
		: send<T>(p.port, path, body, p.token);
}

// --- calls ---------------------------------------------------------------------

export interface Pairing {
	pairing: string;
	code: string;
}
export const pair = (port: number) => send<Pairing>(port, 'pairing', {});

// What became of it; the token is kept when the person agreed.
export async function pairingState(port: number, pairing: string) {
	const r = await send<{ state: 'waiting' | 'refused' | 'expired' | 'paired';
		token?: string; agent?: string }>(port, 'pairing/state', { pairing });
	if (r.state === 'paired' && r.token && r.agent) {
		sessionStorage.setItem(KEPT, JSON.stringify(
			{ port, token: r.token, agent: r.agent } satisfies Paired));
	}
	return r.state;
}

// The person leaves: the agent is to forget the token too.
export function endPairing(): void {
	if (paired() !== null) {
		call<unknown>('pairing/end', {}).catch(() => undefined);
		forgetToken();
	}
}

export const place = () => call<Place>('workplace', {});
export const containers = async () =>
	(await call<{ containers: Container[] }>('containers', {})).containers;
// The key that was made last, when it was made for this application.
export const request = (application: string) => call<{ container: string;
	medium: string; pkcs10: string }>('request', { application });
export const start = (order: { order: string; chain: string[] },
	input: Record<string, unknown>) => call<{ operation: string }>(
	'operation/start', { order: order.order, chain: order.chain, input });
// The centre's own certificates (base64 DER), each root as the person confirms.
export const installAuthorities = (certificates: string[]) =>
	call<{ operation: string }>('authorities', { certificates });
// What a person does with their own containers: `archive`, `import`, `password`.
export const own = (path: string, input: Record<string, unknown>) =>
	call<{ operation: string }>(path, input);
export const operation = (id: string) =>
	call<Operation>('operation/state', { operation: id });
export const cancel = (id: string) =>
	call<unknown>('operation/cancel', { operation: id });
