// SPDX-License-Identifier: Apache-2.0
// One form and its application: which page belongs to its state.  An address
// of a step that is over, or not yet due, leads to the one that is.
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { t } from '../i18n';
import { go, Link } from '../kit/link';
import { ErrorSummary, Notice, Status, type Fault } from '../kit/notice';
import { Heading, Steps } from '../kit/page';
import { Button } from '../kit/button';
import { application, get, Problem, type Application, type Form,
	type State } from './api';
import { useAct } from './hooks';
import { Acquaint } from './acquaint';
import { Backup } from './backup';
import { Check } from './check';
import { Confirm } from './confirm';
import { Data } from './data';
import { Ended } from './done';
import { Download } from './download';
import { useLook, useSaid } from './events';
import { Install } from './install';
import { Issue } from './issue';
import { Key } from './key';
import { Medium } from './medium';
import { Unpaid, Stopped } from './stopped';
import { Workplace } from './workplace';

export type Page = '' | 'pay' | 'workplace' | 'medium' | 'key' | 'confirm' |
	'issue' | 'acquaint' | 'install' | 'done' | 'backup' | 'check' |
	'download' | 'stopped';

// The pages of each state; the first is where it leads.
const pages: Record<State, Page[]> = {
	unpaid: ['pay'],
	ready: [''],
	checked: ['workplace', '', 'medium', 'key'],
	keyed: ['confirm', 'workplace', 'medium', 'key'],
	confirmed: ['issue'],
	review: ['issue'],
	approved: ['issue'],
	issuing: ['issue'],
	issued: ['acquaint', 'issue', 'workplace', 'download'],
	acquainted: ['install', 'workplace', 'download'],
	installed: ['done', 'install', 'backup', 'check', 'download'],
	refused: ['stopped'],
	withdrawn: ['stopped'],
	to_correct: ['stopped'],
};

const LOOK_MS = 3000;
const QUICK_MS = 700;
const quick: State[] = ['confirmed', 'approved', 'issuing'];

export interface Job {
	form: Form;
	app: Application | null;
	to(page: Page): void;
	look(): Promise<void>; // at the state anew, at once
}

export const rowOf = (job: Job, label: string): string =>
	job.form.rows.find((r) => r.label === label)?.value ?? '';

export function addressOf(form: string, page: Page): string {
	return `/my/forms/${form}${page === '' ? '' : `/${page}`}`;
}

async function load(id: string) {
	const form = await get<Form>(`/v1/my/forms/${id}`);
	const app = form.application === undefined ? null
		: await get<Application>(application(form.application));
	return { form, app };
}

export function FormPages({ id, page }: { id: string; page: string }) {
	const [both, setBoth] = useState<{ form: Form;
		app: Application | null } | null>(null);
	const [none, setNone] = useState(false);
	const { faults, run } = useAct();
	// Answers may overtake each other: only a later look's counts.
	const looks = useRef({ begun: 0, shown: 0 });
	const look = () => run(async () => {
		looks.current.begun += 1;
		const mine = looks.current.begun;
		const later = () => mine < looks.current.shown;
		try {
			const loaded = await load(id);
			if (!later()) {
				looks.current.shown = mine;
				setBoth(loaded);
			}
		} catch (e) {
			if (later()) {
				return;
			}
			if (!(e instanceof Problem) || e.status !== 404) {
				throw e;
			}
			setNone(true);
		}
	});
	const state = both?.app?.state ?? both?.form.state;
	// What has moved on, here or elsewhere, takes the page along.
	const before = useRef(state);
	const moved = before.current !== undefined && before.current !== state;
	const here = state === undefined ? undefined
		: pages[state].find((p) => p === page && !moved) ?? pages[state][0];

	useEffect(() => {
		looks.current.shown = looks.current.begun + 1; // of another form
		setBoth(null);
		setNone(false);
		void look();
	}, [id]);
	useLook(state !== undefined && quick.includes(state) ? QUICK_MS : LOOK_MS,
		() => void look(), both !== null);
	useSaid((said) => {
		if (said.kind === 'anything' ||
		    (said.kind === 'form' && said.row.id === id)) {
			void look();
		}
	});
	useEffect(() => {
		before.current = state;
	}, [state, page]);
	useEffect(() => {
		if (here !== undefined && here !== page) {
			go(addressOf(id, here), true);
		}
	}, [here, page]);

	if (none) {
		return <NoPage />;
	}
	if (both === null || here !== page) {
		return faults.length === 0 ? <p role="status">{t('page.loading')}</p> : (
			<>
				<Heading>{t('page.error_title')}</Heading>
				<ErrorSummary faults={faults} />
				<Button onPress={() => void look()}>{t('page.again')}</Button>
			</>
		);
	}
	const job: Job = { ...both, look,
		to: (p) => go(addressOf(id, p)) };
	return (
		<>
			<Shown job={job} page={here} />
			<Status>{faults.length > 0 && <Notice tone="need">
				<p>{t('error.stale')}</p></Notice>}</Status>
		</>
	);
}

function Shown({ job, page }: { job: Job; page: Page }) {
	switch (page) {
	case '': return <Data job={job} />;
	case 'pay': return <Unpaid job={job} />;
	case 'workplace': return <Workplace job={job} />;
	case 'medium': return <Medium job={job} />;
	case 'key': return <Key job={job} />;
	case 'confirm': return <Confirm job={job} />;
	case 'issue': return <Issue job={job} />;
	case 'acquaint': return <Acquaint job={job} />;
	case 'install': return <Install job={job} />;
	case 'done': return <Ended job={job} />;
	case 'backup': return <Backup job={job} />;
	case 'check': return <Check job={job} />;
	case 'download': return <Download job={job} />;
	default: return <Stopped job={job} />;
	}
}

export function NoPage() {
	return (
		<>
			<Heading>{t('page.none.h')}</Heading>
			<p>{t('page.none.text')}</p>
			<p><Link to="/">{t('page.list')}</Link></p>
		</>
	);
}

const steps = ['data', 'workplace', 'key', 'confirm', 'issue', 'install'] as const;
export type StepName = typeof steps[number];

export const BackToList = () =>
	<div class="back"><Link class="plain" to="/my">{t('page.back')}</Link></div>;

// The frame of a page about one certificate, behind its steps.
export function KeyPage(props: { job: Job; heading: string;
	faults?: Fault[]; children: ComponentChildren }) {
	const faults = props.faults ?? [];
	return (
		<>
			<div class="back"><Link class="plain"
				to={addressOf(props.job.form.id, '')}>{t('page.certificate')}</Link>
			</div>
			<Heading wrong={faults.length > 0}>{props.heading}</Heading>
			<ErrorSummary faults={faults} />
			{props.children}
		</>
	);
}

// The frame of a step: the way back, the steps, the heading, the faults.
export function StepPage(props: { step: StepName; heading: string;
	faults?: Fault[]; children: ComponentChildren }) {
	const faults = props.faults ?? [];
	return (
		<>
			<BackToList />
			<Steps steps={steps.map((s) => t(`step.${s}`))}
				now={steps.indexOf(props.step)} />
			<Heading wrong={faults.length > 0}>{props.heading}</Heading>
			<ErrorSummary faults={faults} />
			{props.children}
		</>
	);
}
