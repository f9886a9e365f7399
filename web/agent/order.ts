// SPDX-License-Identifier: Apache-2.0
// One order of the centre, carried out by the agent: asked for, handed on,
// watched until it has ended, also after a reload of the page.
import { useEffect, useRef, useState } from 'preact/hooks';
import { application, post, Problem, problemText, type Order }
	from '../cabinet/api';
import { t } from '../i18n';
import type { Fault } from '../kit/notice';
import * as agent from './agent';

const LOOK_MS = 500;

export type Kind = 'make_key' | 'acquaint' | 'install' | 'copy' | 'check' |
	'authorities' | 'own';
export type Result = Record<string, unknown>;
// What is under way: the order is asked for, the agent is at work, what it
// made goes to the centre.
export type Doing = agent.Operation | 'order' | 'send';

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

// The operation that this tab has begun; the agent keeps its result for a
// while.
interface Begun {
	app: string;
	kind: Kind;
	operation: string;
}
const KEPT = 'surguch.operation';

function begun(app: string, kind: Kind): string | null {
	const text = sessionStorage.getItem(KEPT);
	const b = text === null ? null : JSON.parse(text) as Begun;
	return b?.app === app && b.kind === kind ? b.operation : null;
}

// Why it was not done, in words.
export function orderText(e: unknown): string {
	if (e instanceof Problem) {
		return e.rule === 'orders.none' ? t('op.no_orders') : problemText(e);
	}
	if (!(e instanceof agent.AgentProblem)) {
		throw e;
	}
	const known: Record<string, string> = {
		'agent.refused': t('op.refused'),
		'agent.cancelled': t('op.cancelled'),
		'agent.timeout': t('op.timeout'),
		'agent.medium': t('op.gone'),
		'agent.window': t('work.window.none'),
		'agent.busy': t('op.busy'),
		'agent.gone': t('work.agent.none'),
		'agent.token': t('work.pair.need'),
		'container.password': t('op.bad_password'),
		'container.disk.modes': t('op.disk_modes'),
		'order.early': t('op.clock'),
		'order.expired': t('op.clock'),
		'order.input': t('op.other_key'),
		'token.pin.locked': t('medium.locked'),
		'agent.pinentry': t('op.pinentry'),
		'token.pin.unset': t('op.pin_unset'),
		'token.full': t('op.full'),
		'key.spec': t('op.spec'),
		'key.module': t('op.module'),
		'key.hung': t('op.module'),
		'key.not_exportable': t('copy.never'),
		'container.damaged': t('keys.damaged'),
		'container.cryptopro.not_exportable': t('copy.stays'),
	};
	return known[e.rule] ?? (e.rule.startsWith('order.')
		|| e.rule.startsWith('chain.') ? t('op.order_refused')
		: t('op.failed', e.rule));
}

// What to say while it runs.
export function stepText(doing: Doing, medium: string): string {
	if (doing === 'order' || doing === 'send') {
		return t(`op.${doing}`);
	}
	switch (doing.step) {
	case 'consent': case 'password': case 'pin': case 'key': case 'request':
	case 'sign': case 'certificate': case 'stores': case 'copy':
		return t(`op.${doing.step}`);
	case 'medium': return t('op.medium', medium);
	default: return t('page.loading');
	}
}

// done() gets the result and ends the step; what went wrong, there too, is in
// `faults`.  start() has the agent whose id it gets begin, by an order of the
// centre unless said otherwise.
export function useOrder(app: string, kind: Kind,
	done: (result: Result) => Promise<void>,
	start = async (by: string, input: Result) => agent.start(
		await post<Order>(application(app, 'orders'),
			{ agent: by, operation: kind }), input)) {
	const [doing, setDoing] = useState<Doing | null>(null);
	const [faults, setFaults] = useState<Fault[]>([]);
	const running = useRef<string | null>(null);
	const left = useRef(false); // this page is shown no more

	// null: this page was left meanwhile; the next that is shown goes on.
	async function watch(operation: string): Promise<Result | null> {
		running.current = operation;
		try {
			for (;;) {
				const op = await agent.operation(operation);
				if (left.current) {
					return null;
				}
				setDoing(op);
				if (op.state === 'failed') {
					throw new agent.AgentProblem(0, op.problem?.rule ?? '');
				}
				if (op.state === 'done') {
					return op.result ?? {};
				}
				await sleep(LOOK_MS);
			}
		} finally {
			running.current = null;
			if (!left.current) {
				sessionStorage.removeItem(KEPT);
			}
		}
	}
	async function begin(input: Result): Promise<string> {
		const paired = agent.paired();
		if (paired === null) {
			throw new agent.AgentProblem(401, 'agent.token');
		}
		const { operation } = await start(paired.agent, input);
		sessionStorage.setItem(KEPT, JSON.stringify(
			{ app, kind, operation } satisfies Begun));
		return operation;
	}
	async function act(work: () => Promise<Result | null>) {
		setFaults([]);
		setDoing('order');
		try {
			const result = await work();
			if (result !== null) {
				setDoing('send');
				await done(result);
			}
		} catch (e) {
			setFaults([{ text: orderText(e) }]);
		}
		setDoing(null);
	}
	useEffect(() => {
		const operation = begun(app, kind);
		left.current = false;
		if (operation !== null) {
			void act(() => watch(operation));
		}
		return () => {
			left.current = true;
		};
	}, [app, kind]);

	return { doing, faults, setFaults,
		// input: what the page adds to the order
		run: (input: () => Promise<Result>) => void act(
			async () => watch(await begin(await input()))),
		// The agent has given its part: hand it in (again).
		send: (result: Result) => void act(() => Promise.resolve(result)),
		cancel: () => {
			if (running.current !== null) {
				agent.cancel(running.current).catch(() => undefined);
			}
		} };
}
