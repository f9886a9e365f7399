// SPDX-License-Identifier: Apache-2.0
// «Носитель»: where the key will be made and kept.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Medium as AnyMedium } from '../agent/agent';
import { keepKey, keptKey } from '../agent/keys';
import { isReady, useWorkplace } from '../agent/watch';
import { Button } from '../kit/button';
import { Choices, type Choice } from '../kit/field';
import { Computer, FlashDrive, Token } from '../kit/icon';
import type { Fault } from '../kit/notice';
import { StepPage, type Job } from './form';
import { WorkplacePoints } from './workplace';

const order = { token: 0, disk: 1, registry: 2 };

function about(m: AnyMedium): string {
	const kind = m.kind === 'token' && m.active ? t('medium.token_active')
		: t(`medium.${m.kind}`);
	return [m.pin?.state === 'locked' ? t('medium.locked')
		: !m.writable ? t('medium.readonly') : kind,
	m.pin?.state === 'last' ? t('medium.last') : '',
	m.pin?.factory ? t('medium.factory') : '',
	m.containers > 0 ? t('medium.has', m.containers) : '',
	].filter(Boolean).join(' ');
}

const usable = (m: AnyMedium) => m.writable && m.pin?.state !== 'locked';

export function Medium({ job }: { job: Job }) {
	const w = useWorkplace();
	const app = job.app?.id ?? '';
	const [chosen, setChosen] = useState(keptKey(app)?.medium ?? '');
	const [faults, setFaults] = useState<Fault[]>([]);
	if (!isReady(w)) {
		return (
			<StepPage step="key" heading={t('medium.h')}>
				<WorkplacePoints watch={w} />
			</StepPage>
		);
	}
	const media = [...w.place.media].sort((a, b) => order[a.kind] - order[b.kind]);
	const here = media.find((m) => m.id === chosen && usable(m)) ??
		media.find(usable);
	const choices: Choice[] = media.map((m) => ({
		value: m.id, title: m.name, about: about(m), disabled: !usable(m),
		icon: m.kind === 'token' ? <Token /> : m.kind === 'disk'
			? <FlashDrive /> : <Computer /> }));
	return (
		<StepPage step="key" heading={t('medium.h')} faults={faults}>
			<p>{t('medium.choose')}</p>
			<Choices label={t('medium.choose')} value={here?.id ?? ''}
				choices={choices} onChange={setChosen} />
			<p class="quiet">{t('medium.watch')}</p>
			<div class="actions">
				{media.some((m) => m.kind === 'token') && <span>{t('medium.lead')}</span>}
				<Button onPress={() => {
					if (here === undefined) {
						setFaults([{ text: t('medium.none') }]);
						return;
					}
					keepKey(app, { medium: here.id, name: here.name });
					job.to('key');
				}}>{t('medium.get')}</Button>
			</div>
		</StepPage>
	);
}
