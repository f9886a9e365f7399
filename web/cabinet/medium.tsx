// SPDX-License-Identifier: Apache-2.0
// «Носитель»: where the key will be made and kept.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { containers, type Container } from '../agent/agent';
import { keepKey, keptKey } from '../agent/keys';
import { isReady, useWorkplace } from '../agent/watch';
import { Button } from '../kit/button';
import { Notice } from '../kit/notice';
import type { Fault } from '../kit/notice';
import { StepPage, type Job } from './form';
import { advised, byKind, MediumChoices, nameOf, usable } from './media';
import { ownerOf } from './paper';
import { placeOfKey } from './with_key';
import { WorkplacePoints } from './workplace';

// The medium of the newest certificate of the same owner, if it is here.
function oldMedium(all: Container[], owner: string): string | undefined {
	// Surname, name and patronymic stand in attributes of their own.
	const words = owner.split(' ').filter(Boolean);
	return all.filter((c) => c.certificate !== null && words.length > 0 &&
		words.every((w) => c.certificate?.subject.includes(w)))
		.sort((a, b) => (b.certificate?.not_after ?? '')
			.localeCompare(a.certificate?.not_after ?? ''))[0]?.medium;
}

export function Medium({ job }: { job: Job }) {
	const w = useWorkplace();
	const app = job.app?.id ?? '';
	const kept = keptKey(app);
	const lies = placeOfKey(job.app);
	const made = lies.container === undefined ? '' : lies.name;
	const [chosen, setChosen] = useState(kept?.medium);
	const [old, setOld] = useState<string>();
	const [faults, setFaults] = useState<Fault[]>([]);
	const there = JSON.stringify(w.place?.media);
	useEffect(() => {
		if (w.place !== null) {
			// Without it the choice is only less well advised.
			containers().then((all) => setOld(oldMedium(all, ownerOf(job))),
				() => undefined);
		}
	}, [there]);
	if (!isReady(w)) {
		return (
			<StepPage step="key" heading={t('medium.h')}>
				<WorkplacePoints watch={w} />
			</StepPage>
		);
	}
	const media = [...w.place.media].sort(byKind);
	const here = [chosen, old].map((id) =>
		media.find((m) => m.id === id && usable(m))).find(Boolean) ??
		media.find(advised);
	const token = media.some((m) => m.kind === 'token');
	return (
		<StepPage step="key" heading={t('medium.h')} faults={faults}>
			{made !== '' && <Notice tone="wait">
				<p>{t('medium.made', made)}</p></Notice>}
			<p>{t('medium.choose')}</p>
			<MediumChoices label={t('medium.choose')} media={media}
				value={here?.id ?? ''} onChange={setChosen} />
			{here !== undefined && here.id === old && <p class="quiet">
				{t('medium.old')}</p>}
			<p class="quiet">{t('medium.watch')}</p>
			<div class="actions">
				{!token && chosen === undefined && <span>{t('medium.lead')}</span>}
				<Button onPress={() => {
					if (here === undefined) {
						setFaults([{ text: t('medium.none') }]);
						return;
					}
					keepKey(app, { medium: here.id, name: nameOf(here),
						kind: here.kind });
					job.to('key');
				}}>{t('medium.get')}</Button>
			</div>
		</StepPage>
	);
}
