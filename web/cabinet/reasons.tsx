// SPDX-License-Identifier: Apache-2.0
// Why a certificate ends, in people's words (RFC 5280 5.3.1).
import { t, textOf } from '../i18n';
import { Choices } from '../kit/field';
import { Attention, Over } from '../kit/icon';

// Those that an owner can have.
const own = ['key_compromise', 'superseded', 'cessation_of_operation'] as const;
export type Reason = typeof own[number];

export const reasonText = (name: string): string =>
	textOf('reason', name) || name;

export function Reasons({ value, onChange }: { value: Reason;
	onChange(reason: Reason): void }) {
	return (
		<section class="group">
			<h2>{t('halt.why')}</h2>
			<Choices label={t('halt.why')} value={value}
				onChange={(v) => onChange(v as Reason)} choices={own.map((r) => ({
					value: r, title: t(`reason.${r}`), about: t(`reason.${r}_about`),
					icon: r === 'key_compromise' ? <Attention /> : <Over /> }))} />
		</section>
	);
}
