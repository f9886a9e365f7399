// SPDX-License-Identifier: Apache-2.0
// «Носитель»: where the key will be made and kept.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { AgentProblem, containers, request, type Container, type Place }
	from '../agent/agent';
import { keepKey, keptKey, type Kept } from '../agent/keys';
import { isReady, useWorkplace } from '../agent/watch';
import { Button } from '../kit/button';
import { Notice } from '../kit/notice';
import type { Fault } from '../kit/notice';
import { StepPage, type Job } from './form';
import { advised, byKind, MediumChoices, nameOf, usable } from './media';
import { ownerOf } from './paper';
import { placeOfKey } from './with_key';
import { WorkplacePoints } from './workplace';

// The media with the newest certificate of the same owner: of a key and of its
// copies.
function oldMedia(all: Container[], owner: string): string[] {
	// Surname, name and patronymic stand in attributes of their own.
	const words = owner.split(' ').filter(Boolean);
	const until = (c: Container) => c.certificate?.not_after ?? '';
	const own = all.filter((c) => words.length > 0 &&
		words.every((w) => c.certificate?.subject.includes(w)));
	const newest = own.map(until).sort().at(-1);
	return own.filter((c) => until(c) === newest).map((c) => c.medium);
}

// A key that another browser of this computer had made, and whose request the
// centre never got: to be gone on with.
async function leftKey(app: string, place: Place): Promise<Kept | null> {
	try {
		const { container, medium, pkcs10 } = await request(app);
		if (container === keptKey(app)?.container) {
			return null; // this browser has sent it, and it was not taken
		}
		const m = place.media.find((one) => one.id === medium);
		return { medium, name: m ? nameOf(m) : '', container, pkcs10,
			...(m && { kind: m.kind }) };
	} catch (e) {
		if (e instanceof AgentProblem) {
			return null; // there is none, as nearly always
		}
		throw e;
	}
}

export function Medium({ job }: { job: Job }) {
	const w = useWorkplace();
	const app = job.app?.id ?? '';
	const kept = keptKey(app);
	const lies = placeOfKey(job.app);
	const made = lies.container === undefined ? '' : lies.name;
	const [chosen, setChosen] = useState(kept?.medium);
	const [old, setOld] = useState<string[]>([]);
	const [faults, setFaults] = useState<Fault[]>([]);
	const there = JSON.stringify(w.place?.media);
	useEffect(() => {
		let now = true; // the person has not gone on meanwhile
		if (w.place !== null) {
			if (job.app?.state === 'checked') {
				void leftKey(app, w.place).then((left) => {
					if (now && left !== null) {
						keepKey(app, left);
						job.to('key');
					}
				});
			}
			// Without it the choice is only less well advised.
			containers().then((all) => setOld(oldMedia(all, ownerOf(job))),
				() => undefined);
		}
		return () => {
			now = false;
		};
	}, [there]);
	if (!isReady(w)) {
		return (
			<StepPage step="key" heading={t('medium.h')}>
				<WorkplacePoints watch={w} />
			</StepPage>
		);
	}
	const media = [...w.place.media].sort(byKind);
	const here = media.find((m) => m.id === chosen && usable(m)) ??
		media.find((m) => old.includes(m.id) && usable(m)) ??
		media.find(advised);
	const token = media.some((m) => m.kind === 'token');
	return (
		<StepPage step="key" heading={t('medium.h')} faults={faults}>
			{made !== '' && <Notice tone="wait">
				<p>{t('medium.made', made)}</p></Notice>}
			<p>{t('medium.choose')}</p>
			<MediumChoices label={t('medium.choose')} media={media}
				value={here?.id ?? ''} onChange={setChosen} />
			{here !== undefined && old.includes(here.id) && <p class="quiet">
				{t('medium.old')}</p>}
			<p class="quiet">{t('medium.watch')}</p>
			<div class="actions">
				{!token && here?.kind !== 'disk' && chosen === undefined && <span>{t('medium.lead')}</span>}
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
