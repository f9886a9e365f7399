// SPDX-License-Identifier: Apache-2.0
// The page's own texts; those of the kit come from the cabinet's dictionary.
import { lang } from '../i18n';
import { Problem } from '../cabinet/api';
import { en } from './en';
import { ru, type Texts } from './ru';

type Args<K extends keyof Texts> = Texts[K] extends
	(...args: infer A) => string ? A : [];

export function m<K extends keyof Texts>(key: K, ...args: Args<K>): string {
	const entry = (lang() === 'ru' ? ru : en)[key] as string |
		((...a: unknown[]) => string);
	return typeof entry === 'string' ? entry : entry(...args);
}

// In the page's words where there are some, else in the server's.
export function sayRule(rule: string, text: string): string {
	const own = (lang() === 'ru' ? ru : en)[rule as keyof Texts];
	return typeof own === 'string' ? own : text;
}

export function sayProblem(e: unknown): string {
	if (!(e instanceof Problem)) {
		throw e;
	}
	return sayRule(e.rule, e.status === 0 ? m('error.network')
		: m('error.other', e.request));
}
