// SPDX-License-Identifier: Apache-2.0
// «Рабочее место»: each point with its state and at most one action.  What is
// mended is noticed without a reload.
import { t } from '../i18n';
import * as agent from '../agent/agent';
import { isReady, useWorkplace, type Watch } from '../agent/watch';
import { Button } from '../kit/button';
import { Points, type Point } from '../kit/list';
import { Notice, Status } from '../kit/notice';
import { StepPage, type Job } from './form';
import { DeviceNotice } from './support';

export function Workplace({ job }: { job: Job }) {
	const w = useWorkplace();
	const state = job.app?.state ?? 'checked';
	const on = () => job.to(state === 'issued' ? 'acquaint'
		: state === 'acquainted' ? 'install' : 'medium');
	return (
		<StepPage step="workplace" heading={t('work.h')}>
			<DeviceNotice />
			<p>{t('work.lead')}</p>
			<WorkplacePoints watch={w} />
			<Status>{isReady(w) && <Notice tone="ok">
				<p>{t('work.ready')}</p></Notice>}</Status>
			{isReady(w) && <div class="actions">
				<Button onPress={on}>{t('work.next')}</Button>
			</div>}
			<details class="no-print">
				<summary>{t('work.report')}</summary>
				<pre class="document">{report(w)}</pre>
			</details>
		</StepPage>
	);
}

// For support: what was found, nothing of the person.
function report(w: Watch): string {
	return [navigator.userAgent, `permission: ${w.permission ?? '-'}`,
		`agent: ${w.found ? `port ${w.found.port}, protocol ${w.found.protocol}`
			: '-'}`,
		`place: ${w.place === null ? '-' : JSON.stringify(w.place, null, 1)}`,
	].join('\n');
}

export function WorkplacePoints({ watch: w }: { watch: Watch }) {
	const points = [permissionPoint(w), agentPoint(w), pairPoint(w), mediaPoint(w)];
	// What stands behind something that is not there cannot be looked at.
	const first = points.findIndex((p) => p.state !== 'ok');
	return <Points points={[...points.map((p, i) => first >= 0 && i > first
		? { id: p.id, title: p.title, state: 'later' as const,
			text: t('work.later') } : p), ...modulePoint(w)]} />;
}

// Only tokens need one: nothing waits for it.
function modulePoint(w: Watch): Point[] {
	const modules = w.place?.modules ?? [];
	const found = modules.find((m) => m.found && !m.problem) ??
		modules.find((m) => m.found);
	return modules[0] === undefined ? [] : [{ id: 'module',
		title: t('work.module'),
		state: !found ? 'later' : found.problem ? 'need' : 'ok',
		text: found ? t(found.problem ? 'work.module.silent'
			: 'work.module.ok', found.name)
			: t('work.module.none', modules[0].name) }];
}

function permissionPoint(w: Watch): Point {
	const about = { id: 'permission', title: t('work.permission') };
	switch (w.permission) {
	case 'granted': return { ...about, state: 'ok', text: t('work.permission.ok') };
	case 'denied': return { ...about, state: 'need',
		text: t('work.permission.denied') };
	case 'asking': return { ...about, state: 'now',
		text: t('work.permission.waiting') };
	case 'prompt': return { ...about, state: 'need', text: <>
		<p>{t('work.permission.prompt')}</p>
		<Button onPress={w.ask}>{t('work.permission.ask')}</Button>
	</> };
	default: return { ...about, state: 'now', text: t('work.checking') };
	}
}

function agentPoint(w: Watch): Point {
	const about = { id: 'agent', title: t('work.agent') };
	if (w.found === undefined) {
		return { ...about, state: 'now', text: t('work.checking') };
	}
	if (w.found === null) {
		return { ...about, state: 'need', text: <>
			<p>{t('work.agent.none')}</p><HowTo title={t('work.agent.how')} /></> };
	}
	if (w.found.protocol < agent.PROTOCOL) {
		return { ...about, state: 'need', text: <>
			<p>{t('work.agent.old', w.found.protocol, agent.PROTOCOL)}</p>
			<HowTo title={t('work.agent.update')} /></> };
	}
	return { ...about, state: 'ok',
		text: t('work.agent.ok', w.place?.agent.version ?? '') };
}

function HowTo({ title }: { title: string }) {
	return (
		<details>
			<summary>{title}</summary>
			<div>
				<p>{t('work.agent.how_1')}</p>
				<p>{t('work.agent.how_2')}</p>
				<pre class="document">surguch agent trust {location.origin}</pre>
				<p>{t('work.agent.how_root')}</p>
				<p>{t('work.agent.how_3')}</p>
				<pre class="document">surguch-agent</pre>
			</div>
		</details>
	);
}

function pairPoint(w: Watch): Point {
	const about = { id: 'pair', title: t('work.pair') };
	const p = w.pairing;
	if (agent.paired() !== null && p === null) {
		return { ...about, state: 'ok', text: t('work.pair.ok') };
	}
	if (p !== null && 'code' in p) {
		return { ...about, state: 'now', text: <>
			<p>{t('work.pair.compare')}</p>
			<p class="pairing">{p.code.slice(0, 3)}{'\u00a0'}{p.code.slice(3)}</p>
		</> };
	}
	const why = p === null ? t('work.pair.need')
		: p.why === 'refused' ? t('work.pair.refused')
			: p.why === 'open' ? t('work.pair.open') : t('work.pair.expired');
	return { ...about, state: 'need', text: <>
		<p>{why}</p>
		<Button onPress={w.pair}>{t('work.pair.start')}</Button>
	</> };
}

function mediaPoint(w: Watch): Point {
	if (w.place === null) {
		return { id: 'media', title: t('work.media'), state: 'now',
			text: t('work.checking') };
	}
	if (w.place.agent.window === 'none') {
		return { id: 'window', title: t('work.window'), state: 'need',
			text: t('work.window.none') };
	}
	const n = w.place.media.length;
	return { id: 'media', title: t('work.media'), state: n > 0 ? 'ok' : 'need',
		text: n > 0 ? t('work.media.ok', n) : t('work.media.none') };
}
