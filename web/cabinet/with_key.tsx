// SPDX-License-Identifier: Apache-2.0
// Steps that need the key again: the workplace first if it is not ready, then
// the medium if it is not there, and which key when that is not certain.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { AgentProblem, containers, type Container } from '../agent/agent';
import { base64, candidates, keptKey } from '../agent/keys';
import { isReady, useWorkplace, type Watch } from '../agent/watch';
import { Choices } from '../kit/field';
import { MediumIcon } from '../kit/icon';
import { moment } from '../kit/format';
import { Notice } from '../kit/notice';
import { application, bytes } from './api';
import type { Job } from './form';
import { useLoad } from './hooks';
import { nameOf } from './media';
import { DeviceNotice } from './support';
import { WorkplacePoints } from './workplace';

export interface ChosenKey {
	watch: Watch;
	all: Container[] | null;     // null: not known yet
	container: Container | null; // null: its medium is not there
	id: string | null;           // of that container, there or not
	wanted: string;              // the medium's name
	certificate: string | null;  // base64 DER, of an issued application
	choose(id: string): void;
}

export function useKey(job: Job): ChosenKey {
	const app = job.app?.id ?? '';
	const watch = useWorkplace();
	const [found, setFound] = useState<Container[] | null>(null);
	const [id, setId] = useState('');
	const certificate = useLoad(async () => base64(await bytes(
		application(app, 'certificate/der'))), app).value;
	const place = watch.place;
	// Media that came or went show in the workplace; then look again.
	useEffect(() => {
		let now = true; // no later look has begun
		if (place === null) {
			setFound(null);
			return undefined;
		}
		containers().then((all) => now && setFound(all), (e: unknown) => {
			if (!(e instanceof AgentProblem)) {
				throw e;
			}
			if (now) {
				setFound(null);
			}
		});
		return () => {
			now = false;
		};
	}, [JSON.stringify(place?.media)]);
	const kept = keptKey(app);
	const all = found === null || certificate === null ? null
		: candidates(found, app, job.form.key_spec ?? '', certificate);
	const container = all?.find((c) => c.id === id) ?? all?.[0] ?? null;
	return { watch, all, container, certificate, choose: setId,
		wanted: kept?.name ?? '', id: container?.id ?? kept?.container ?? null };
}

export function WithKey({ chosen, children }: { chosen: ChosenKey;
	children: ComponentChildren }) {
	const { watch, all, container } = chosen;
	if (!isReady(watch)) {
		return <>
			<DeviceNotice />
			<p>{t('install.need')}</p>
			<WorkplacePoints watch={watch} />
		</>;
	}
	if (all === null) {
		return <p role="status">{t('work.checking')}</p>;
	}
	if (container === null) {
		return <>
			<Notice tone="need"><p>{chosen.wanted === '' ? t('install.missing')
				: t('op.medium', chosen.wanted)}</p></Notice>
			{chosen.id !== null && children}
		</>;
	}
	const medium = (of: string) => watch.place.media.find((m) => m.id === of);
	const name = (of: string) => {
		const m = medium(of);
		return m === undefined ? '' : nameOf(m);
	};
	return (
		<>
			{all.length > 1 && <Choices label={t('install.which')}
				value={container.id} onChange={chosen.choose}
				choices={all.map((c) => ({ value: c.id, title: c.label,
					about: [name(c.medium),
						c.created === null ? t(`container.${c.form}`) : moment(c.created)]
						.filter(Boolean).join(' · '),
					icon: <MediumIcon kind={medium(c.medium)?.kind ?? 'token'} />
				}))} />}
			{all.length === 1 && <p class="quiet">{t('install.where',
				name(container.medium))}</p>}
			{children}
		</>
	);
}
