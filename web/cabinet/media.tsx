// SPDX-License-Identifier: Apache-2.0
// Media as people know them: by picture and name, with what to know of each.
import { t } from '../i18n';
import type { Container, Medium } from '../agent/agent';
import { Choices } from '../kit/field';
import { MediumIcon } from '../kit/icon';

const order = { token: 0, disk: 1, registry: 2 };
export const byKind = (a: Medium, b: Medium) => order[a.kind] - order[b.kind];

// As it stands on the thing itself; the profile has a word of our own.
export const nameOf = (m: Pick<Medium, 'kind' | 'name'>) =>
	m.kind === 'registry' ? t('medium.registry_name') : m.name;

export const usable = (m: Medium) => m.writable && m.pin?.state !== 'locked';
// A token that makes its keys itself takes none from outside.
export const takesCopies = (m: Medium, from: Container) =>
	usable(m) && m.active !== true && m.id !== from.medium;
// One that may be chosen unasked: never the last try of a PIN.
export const advised = (m: Medium) => usable(m) && m.pin?.state !== 'last';

function about(m: Medium): string {
	const kind = m.kind === 'token' && m.active ? t('medium.token_active')
		: t(`medium.${m.kind}`);
	return [usable(m) ? kind : '',
		m.containers > 0 ? t('medium.has', m.containers) : '',
		m.serial && m.kind === 'token' ? t('medium.serial', m.serial) : '',
	].filter(Boolean).join(' ');
}

// What to know before it is too late.
function warning(m: Medium): string {
	const pin = m.pin?.state ?? 'ok';
	return [m.writable ? '' : t('medium.readonly'),
		pin === 'ok' ? '' : t(`medium.${pin}`),
		m.pin?.factory ? t('medium.factory') : '',
	].filter(Boolean).join(' ');
}

export function MediumChoices(props: { label: string; media: Medium[];
	value: string; onChange(id: string): void }) {
	return (
		<Choices label={props.label} value={props.value}
			onChange={props.onChange} choices={props.media.map((m) => ({
				value: m.id, title: nameOf(m), about: about(m),
				warning: warning(m), disabled: !usable(m), icon: <MediumIcon kind={m.kind} /> }))} />
	);
}
