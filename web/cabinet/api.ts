// SPDX-License-Identifier: Apache-2.0
// The centre's JSON API (docs/api/openapi.json), as far as the cabinet uses it.
import type { KeptMedium } from '../agent/keys';
import { lang, t, textOf } from '../i18n';

export type State = 'unpaid' | 'ready' | 'checked' | 'keyed' | 'confirmed' |
	'review' | 'approved' | 'issuing' | 'issued' | 'acquainted' | 'installed' |
	'refused' | 'withdrawn' | 'to_correct';
export type Next = 'pay' | 'request' | 'continue' | 'wait' | 'acquaint' |
	'install' | 'download' | 'contact';

// Whom to call who cannot enter.
export interface Contact {
	phone: string;
	hours: string;
}
export interface Service {
	name: string;
	support?: Contact;
	notice_ru: string;
	notice_en: string;
}
export interface Purpose {
	ru: string;
	en: string;
}
// «Назначение» in one line.
export const purposeText = (all: Purpose[] | undefined): string =>
	(all ?? []).map((p) => p[lang()]).join(' · ');

export interface Authority {
	sha256: string;
	name?: string;
	subject: string;
	root: boolean;
	not_before: string;
	not_after: string;
	size: number;
	purposes: Purpose[];
	revoked_at?: string; // by its root
}
export interface Challenge {
	challenge: string;
	expires_at: string;
	resend_at: string;
}
export interface Session {
	phone: string;
	expires_at: string;
	life_ends_at: string; // whatever is done
	idle_seconds: number; // it ends so long after the last call
}
export interface FormRow {
	id: string;
	owner_kind: string;
	surname: string;
	given_name: string;
	patronymic: string;
	organisation_name: string;
	state: State;
	next: Next;
	application?: string;
	created_at: string;
}
export interface Form {
	id: string;
	phone: string;
	phone_changes_at?: string; // nothing is confirmed by a code until then
	data_hash: string;
	state: State;
	next: Next;
	application?: string;
	rows: { label: string; value: string; source: 'operator' | 'profile' }[];
	identified_at?: string;
	approved_at?: string;
	support: { phone: string; manager: string; hours: string };
	key_spec?: string;
	usual_seconds?: number;
	limit_seconds?: number;
	validity_days?: number;
	purposes?: Purpose[];
}
export interface Application {
	id: string;
	form: string;
	state: State;
	next: Next;
	reason?: string;
	medium?: KeptMedium; // where its key was made, as the person's agent told
	updated_at: string;
	code?: { expires_at: string; resend_at: string };
}
export interface Step {
	id: string;
	state: State;
	next: Next;
}
export interface Acquaintance {
	version: string;
	sha256: string;
	text: string;
}
export interface Certificate {
	id: string;
	serial: string;
	not_before: string;
	not_after: string;
	status: 'good' | 'hold' | 'revoked';
	purposes?: Purpose[]; // of one, not of a list
}
export interface KeptCertificate extends Certificate {
	subject: string;
}
export interface Order {
	order: string;
	chain: string[];
	expires_at: string;
}

const TIMEOUT_MS = 30000;
export const SESSION = '/v1/session';
// The centre knows the session no more.
export const SIGNED_OUT = 'surguch-signed-out';

// An answer that is none of the good ones.  status 0: there was no answer.
export class Problem extends Error {
	constructor(readonly status: number, readonly rule: string,
		readonly request: string, readonly triesLeft?: number,
		readonly field?: string) {
		super(rule);
	}
}

// When this tab last used its session.
let used = Date.now();
export const lastUse = (): number => used;

async function ask(method: string, path: string, body?: unknown) {
	let r: Response;
	try {
		r = await fetch(path, {
			method, cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS),
			headers: {
				'Accept-Language': lang(),
				...(body === undefined ? {}
					: { 'Content-Type': 'application/json' }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
	} catch {
		throw new Problem(0, 'network', '');
	}
	if (!r.ok) {
		if (r.status === 401 && path !== SESSION) {
			dispatchEvent(new Event(SIGNED_OUT));
		}
		const p = await r.json().catch(() => ({})) as
			{ rule?: string; request?: string; tries_left?: number;
				field?: string };
		throw new Problem(r.status, p.rule ?? '', p.request ?? '',
			p.tries_left, p.field);
	}
	if (path === SESSION || path.startsWith('/v1/my/')) {
		used = Date.now();
	}
	return r;
}

export async function get<T>(path: string): Promise<T> {
	return (await ask('GET', path)).json() as Promise<T>;
}

export async function post<T>(path: string, body?: unknown): Promise<T> {
	return (await ask('POST', path, body)).json() as Promise<T>;
}

export async function bytes(path: string): Promise<Uint8Array> {
	return new Uint8Array(await (await ask('GET', path)).arrayBuffer());
}

export async function signOut(): Promise<void> {
	await ask('DELETE', SESSION);
}

export const application = (id: string, what = '') =>
	`/v1/my/applications/${id}${what === '' ? '' : `/${what}`}`;

// What to tell a person.  codes: the prefix of the texts about codes.
export function problemText(e: unknown, codes: 'in.code' | 'confirm.code' =
	'in.code'): string {
	if (!(e instanceof Problem)) {
		throw e;
	}
	const known: Record<string, string> = {
		'otp.wrong': [textOf(codes, 'bad'), e.triesLeft === undefined ? ''
			: t('in.code.tries', e.triesLeft)].join(' ').trim(),
		'otp.form': textOf(codes, 'form'),
		'otp.challenge': textOf(codes, 'spent'),
		'otp.spent': textOf(codes, 'spent'),
		'otp.old': textOf(codes, 'old'),
		'otp.expired': textOf(codes, 'expired'),
		'otp.day': t('in.code.day'),
		'otp.too_soon': t('in.code.soon'),
		'application.step': t('error.step'),
		'phone.code': t('phone.bad'),
		'phone.changing': t('phone.withheld'),
		'application.changed': t('error.changed'),
		'form.changed': t('error.changed'),
	};
	return known[e.rule] || (e.field === 'certificate' ? t('any.no_file')
		: e.status === 0 ? t('error.network')
		: e.status === 401 ? t('error.session')
			: e.status === 429 ? t('error.busy')
				: e.status >= 500 ? t('error.server', e.request)
					: t('error.other', e.request));
}
