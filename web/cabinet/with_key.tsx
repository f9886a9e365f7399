// SPDX-License-Identifier: Apache-2.0
// Steps that need the key again: the workplace first if it is not ready, then
// the medium if it is not there, and which key when that is not certain.
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { AgentProblem, containers, type Container, type Medium, type Place }
	from '../agent/agent';
import { base64, candidates, keptKey, type Kept } from '../agent/keys';
import { isReady, useWorkplace, type Watch } from '../agent/watch';
import { Choices } from '../kit/field';
import { MediumIcon } from '../kit/icon';
import { date, moment } from '../kit/format';
import { Notice } from '../kit/notice';
import { application, bytes, type Application } from './api';
import type { Job } from './form';
import { useLoad } from './hooks';
import { nameOf } from './media';
import { DeviceNotice } from './support';
import { WorkplacePoints } from './workplace';

// Where the key lies: as the computer that made it last told the centre, or as
// this one knows it.
export interface KeyPlace {
	name: string; // of the medium; '': nobody knows
	container?: string | undefined;
	// In the registry of another computer: nothing can be put in here.
	elsewhere: boolean;
}
export function placeOfKey(app: Application | null): KeyPlace {
	const kept: Kept | null = app === null ? null : keptKey(app.id);
	const told = app?.medium;
	const own = kept?.container;
	return told === undefined || (own !== undefined &&
		[undefined, own].includes(told.container))
		? { name: kept?.name ?? '', container: own, elsewhere: false }
		: { name: nameOf(told), container: told.container,
			elsewhere: told.kind === 'registry' };
}

export interface ChosenKey {
	watch: Watch;
	all: Container[] | null;     // null: not known yet
	container: Container | null; // null: its medium is not there
	id: string | null;           // of that container, there or not
	place: KeyPlace;
	certificate: string | null;  // base64 DER, of an issued application
	choose(id: string): void;
}

// Those on all media that are in; null: not known yet.
export function useContainers(place: Place | null): Container[] | null {
	const [found, setFound] = useState<Container[] | null>(null);
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
	return found;
}

export function useKey(job: Job): ChosenKey {
	const app = job.app?.id ?? '';
	const watch = useWorkplace();
	const [id, setId] = useState('');
	const certificate = useLoad(async () => base64(await bytes(
		application(app, 'certificate/der'))), app).value;
	const found = useContainers(watch.place);
	const lies = placeOfKey(job.app);
	const all = found === null || certificate === null ? null
		: candidates(found, lies.container, job.form.key_spec ?? '', certificate);
	const known = lies.container === undefined || all?.some((c) =>
		c.id === lies.container || c.certificate !== null);
	// Another that could be it is taken only when the person says so.
	const container = all?.find((c) => c.id === id) ??
		(known ? all?.[0] : undefined) ?? null;
	return { watch, all, container, certificate, choose: setId, place: lies,
		id: container?.id ?? lies.container ?? null };
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
	const medium = watch.place.media.find((m) => m.id === container?.medium);
	return (
		<>
			{container === null && <Notice tone="need">
				<p>{missingText(chosen.place)}</p></Notice>}
			{all.length > (container === null ? 0 : 1) && <ContainerChoices
				label={t(container === null ? 'install.other' : 'install.which')}
				all={all} media={watch.place.media} value={container?.id ?? ''}
				onChange={chosen.choose} />}
			{all.length === 1 && container !== null && <p class="quiet">{t('install.where',
				medium === undefined ? '' : nameOf(medium))}</p>}
			{chosen.id !== null && children}
		</>
	);
}

const missingText = ({ name, elsewhere }: KeyPlace): string =>
	elsewhere ? t('install.elsewhere')
		: name === '' ? t('install.missing') : t('install.lies', name);

export function ContainerChoices(props: { label: string; all: Container[];
	media: Medium[]; value: string; onChange(id: string): void }) {
	return (
		<Choices label={props.label} value={props.value} onChange={props.onChange}
			choices={props.all.map((c) => {
				const medium = props.media.find((m) => m.id === c.medium);
				return { value: c.id,
					title: c.problem === null ? c.label : t('keys.damaged'),
					disabled: c.problem !== null,
					about: [medium && nameOf(medium),
						c.form !== 'surguch' && t(`container.${c.form}`),
						c.certificate ? t('copy.until', date(c.certificate.not_after))
							: c.created && moment(c.created)]
						.filter(Boolean).join(' · '),
					icon: <MediumIcon kind={medium?.kind ?? 'token'} /> };
			})} />
	);
}
