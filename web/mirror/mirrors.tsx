// SPDX-License-Identifier: Apache-2.0
// What lies in each mirror, what changed, what waits, and the two acts.
import { useState } from 'preact/hooks';
import { get, post } from '../cabinet/api';
import { useAct, useLoad } from '../cabinet/hooks';
import { Button, Plain } from '../kit/button';
import { date, groups, moment } from '../kit/format';
import { SummaryList } from '../kit/list';
import { ErrorSummary, Notice, StatusTag } from '../kit/notice';
import { Clients } from './clients';
import { ChangeList, type Changes } from './changes';
import { m, sayProblem, sayRule } from './texts';

interface Why {
	rule: string;
	text: string;
	object?: string;
}
interface List {
	file: string;
	kind: 'roots' | 'disallowed' | 'pins';
	number: string;
	date: string;
	entries: number;
	signer_ends?: string;
	signer_expired: boolean;
	problem: Why | null;
}
interface Mirror {
	id: number;
	prefix: string;
	directory: string;
	served: { files: number; bytes: number; left_out: number;
		date?: string } | null;
	problem: Why | null;
	lists: List[];
	certificates: number;
	missing: number;
	has_previous: boolean;
	changes: Changes | null;
	waiting: { from: string; number?: string; date?: string; age?: number;
		changes: Changes | null } | null;
}

const nameOf = (prefix: string): string =>
	prefix === '' ? m('mirror.all') : m('mirror.of', prefix);

export function Mirrors() {
	const { value, faults, look } = useLoad(async () =>
		(await get<{ mirrors: Mirror[] }>('/v1/mirrors')).mirrors, '',
	sayProblem);
	return (
		<>
			<h1>{m('title')}</h1>
			<ErrorSummary faults={faults} />
			{value === null && faults.length === 0 &&
				<p role="status">{m('loading')}</p>}
			{(value ?? []).map((x) =>
				<One key={x.id} what={x} onDone={look} />)}
			{value !== null && <Clients />}
			{value !== null && <div class="actions">
				<Button second onPress={look}>{m('again')}</Button></div>}
		</>
	);
}

function listText(l: List): string {
	const signer = l.signer_ends === undefined ? '' : l.signer_expired
		? m('list.signer_expired', date(l.signer_ends))
		: m('list.signer', date(l.signer_ends));
	return [m('list.of', moment(l.date), l.entries),
		l.problem === null ? '' : `${m('list.refused')}: ` +
			sayRule(l.problem.rule, l.problem.text),
		signer].filter(Boolean).join('; ');
}

// Is what clients get what lies there?
function standing(x: Mirror): 'served' | 'served.older' | 'served.none' {
	const roots = x.lists.find((l) => l.kind === 'roots');
	return x.served === null ? 'served.none'
		: x.problem !== null || roots?.date !== x.served.date
			? 'served.older' : 'served';
}

function One({ what, onDone }: { what: Mirror; onDone(): void }) {
	const stands = standing(what);
	const roots = what.lists.find((l) => l.kind === 'roots');
	const [done, setDone] = useState('');
	const act = (path: string, body: unknown, said: string) => async () => {
		await post(`/v1/mirrors/${what.id}/${path}`, body);
		setDone(said);
		onDone();
	};
	return (
		<article class="paper">
			<h2>{nameOf(what.prefix)}{' '}
				<StatusTag tone={stands === 'served' ? 'ok' : 'need'}>
					{m(stands)}</StatusTag></h2>
			{stands !== 'served' && <Notice tone="need">
				<p>{m(`${stands}_text`)}</p></Notice>}
			{what.problem !== null && <Notice tone="wrong">
				<p>{m('problem')}: {sayRule(what.problem.rule,
					what.problem.text)}{' '}{what.problem.object}</p></Notice>}
			<div role="status">{done !== '' &&
				<Notice tone="ok"><p>{done}</p></Notice>}</div>
			<SummaryList rows={[
				{ label: m('directory'), value: what.directory },
				{ label: m('address'), value: `/${what.prefix}` },
				...what.lists.map((l) => ({ label: m(`kind.${l.kind}`),
					value: listText(l) })),
				...(roots === undefined ? [] : [{ label: m('list.number'),
					value: groups(roots.number, 4) }]),
				{ label: m('certificates'), value: m('certificates.of',
					what.certificates, what.missing) },
				...(what.served === null ? [] : [{ label: m('files'),
					value: [m('files.of', what.served.files,
						Math.ceil(what.served.bytes / 1024)),
					what.served.left_out > 0
						? m('left_out', what.served.left_out) : '']
						.filter(Boolean).join('. ') }]),
			]} />
			{what.waiting !== null && <Waiting what={what}
				onTake={act('take-over', { number: what.waiting.number },
					m('take.done'))} />}
			<section class="group">
				<h3>{m('changes.h')}</h3>
				{what.changes === null ? <p>{m('changes.unknown')}</p> : <>
					<p>{m('changes.since', moment(what.changes.since))}</p>
					<ChangeList changes={what.changes} /></>}
				{what.has_previous && <Sure label={m('back')}
					text={m('back.sure')}
					onYes={act('back', undefined, m('back.done'))} />}
			</section>
		</article>
	);
}

function Waiting({ what, onTake }: { what: Mirror; onTake(): Promise<void> }) {
	const w = what.waiting;
	if (w === null) {
		return null;
	}
	const newer = w.date !== undefined && (w.age ?? 0) > 0;
	return (
		<section class="group">
			<h3>{m('waiting.h', w.from)}</h3>
			<p>{w.date === undefined ? m('waiting.none')
				: newer ? m(w.changes === null ? 'waiting.first'
					: 'waiting.newer', moment(w.date))
					: w.age === 0 ? m('waiting.same') : m('waiting.older')}</p>
			{newer && w.changes !== null && <ChangeList changes={w.changes} />}
			{newer && <Sure label={m('take')} first
				text={m('take.sure', what.prefix)} onYes={onTake} />}
		</section>
	);
}

// An act that many computers will follow is asked about once more.
function Sure(props: { label: string; text: string; first?: boolean;
	onYes(): Promise<void> }) {
	const [asked, setAsked] = useState(false);
	const { busy, faults, run } = useAct((e) => ({ text: sayProblem(e) }));
	return (
		<>
			<ErrorSummary faults={faults} />
			{asked ? <Notice tone="need">
				<p>{props.text}</p>
				<div class="actions">
					<Button busy={busy} onPress={() => void run(async () => {
						await props.onYes();
						setAsked(false);
					})}>{m('yes')}</Button>
					<Button second onPress={() => setAsked(false)}>
						{m('no')}</Button>
				</div>
			</Notice> : <div class="actions">
				{props.first ? <Button onPress={() => setAsked(true)}>
					{props.label}</Button>
					: <Plain onPress={() => setAsked(true)}>{props.label}</Plain>}
			</div>}
		</>
	);
}
