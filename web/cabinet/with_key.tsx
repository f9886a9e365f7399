// SPDX-License-Identifier: Apache-2.0
// Steps that need the key again: the workplace first if it is not ready, then
// the medium if it is not there, and which key when that is not certain.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { AgentProblem, containers, type Container } from '../agent/agent';
import { candidates, keptKey } from '../agent/keys';
import { isReady, useWorkplace, type Watch } from '../agent/watch';
import { Choices } from '../kit/field';
import { Token } from '../kit/icon';
import { Notice } from '../kit/notice';
import type { Job } from './form';
import { Device } from './data';
import { WorkplacePoints } from './workplace';

export interface ChosenKey {
	watch: Watch;
	all: Container[] | null;     // null: not known yet
	container: Container | null; // null: none is there
	wanted: string;              // the medium's name
	choose(id: string): void;
}

export function useKey(job: Job): ChosenKey {
	const app = job.app?.id ?? '';
	const watch = useWorkplace();
	const [all, setAll] = useState<Container[] | null>(null);
	const [id, setId] = useState('');
	const place = watch.place;
	// Media that came or went show in the workplace; then look again.
	useEffect(() => {
		if (place === null) {
			setAll(null);
			return;
		}
		containers().then((found) => setAll(
			candidates(found, app, job.form.key_spec ?? '')),
		(e: unknown) => {
			if (!(e instanceof AgentProblem)) {
				throw e;
			}
			setAll(null);
		});
	}, [JSON.stringify(place?.media), app]);
	return { watch, all, wanted: keptKey(app)?.name ?? '', choose: setId,
		container: all?.find((c) => c.id === id) ?? all?.[0] ?? null };
}

export function WithKey({ chosen, children }: { chosen: ChosenKey;
	children: ComponentChildren }) {
	const { watch, all, container } = chosen;
	if (!isReady(watch)) {
		return <>
			<Device />
			<p>{t('install.need')}</p>
			<WorkplacePoints watch={watch} />
		</>;
	}
	if (all === null) {
		return <p role="status">{t('work.checking')}</p>;
	}
	if (container === null) {
		return <Notice tone="need"><p>{chosen.wanted === '' ? t('install.missing')
			: t('op.medium', chosen.wanted)}</p></Notice>;
	}
	return (
		<>
			{all.length > 1 && <Choices label={t('install.which')}
				value={container.id} onChange={chosen.choose}
				choices={all.map((c) => ({ value: c.id, title: c.label,
					about: `${c.spec} · ${c.created}`, icon: <Token /> }))} />}
			{children}
		</>
	);
}
