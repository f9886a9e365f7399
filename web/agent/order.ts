// SPDX-License-Identifier: Apache-2.0
// One order of the centre, carried out by the agent: asked for, handed on,
// watched until it has ended.
import { useRef, useState } from 'preact/hooks';
import { application, post, Problem, problemText, type Order }
	from '../cabinet/api';
import { t } from '../i18n';
import * as agent from './agent';

const LOOK_MS = 500;

type Kind = 'make_key' | 'acquaint' | 'install';
type Result = Record<string, unknown>;

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

// Why it was not done, in words.
export function orderText(e: unknown): string {
	if (e instanceof Problem) {
		return e.status === 404 ? t('op.no_orders') : problemText(e);
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
		'order.early': t('op.clock'),
		'order.expired': t('op.clock'),
	};
	return known[e.rule] ?? (e.rule.startsWith('order.')
		|| e.rule.startsWith('chain.') ? t('op.order_refused')
		: t('op.failed', e.rule));
}

// What to say while it runs.
export function stepText(op: agent.Operation | 'order' | 'send',
	medium: string): string {
	if (op === 'order' || op === 'send') {
		return t(`op.${op}`);
	}
	switch (op.step) {
	case 'consent': case 'password': case 'pin': case 'key': case 'request':
	case 'sign': case 'certificate': case 'stores': case 'copy':
		return t(`op.${op.step}`);
	case 'medium': return t('op.medium', medium);
	default: return t('page.loading');
	}
}

export function useOrder(app: string) {
	const [now, setNow] = useState<agent.Operation | 'order' | 'send' | null>(null);
	const running = useRef<string | null>(null);

	// Resolves with the result; rejects with what orderText() tells.
	async function run(kind: Kind, input: Result): Promise<Result> {
		const paired = agent.paired();
		if (paired === null) {
			throw new agent.AgentProblem(401, 'agent.token');
		}
		setNow('order');
		try {
			const order = await post<Order>(application(app, 'orders'),
				{ agent: paired.agent, operation: kind });
			const { operation } = await agent.start(order, input);
			running.current = operation;
			for (;;) {
				const op = await agent.operation(operation);
				setNow(op);
				if (op.state === 'failed') {
					throw new agent.AgentProblem(0, op.problem?.rule ?? '');
				}
				if (op.state === 'done') {
					setNow('send');
					return op.result ?? {};
				}
				await sleep(LOOK_MS);
			}
		} catch (e) {
			setNow(null);
			throw e;
		} finally {
			running.current = null;
		}
	}
	const cancel = () => {
		if (running.current !== null) {
			agent.cancel(running.current).catch(() => undefined);
		}
	};
	return { now, run, cancel, end: () => setNow(null) };
}
