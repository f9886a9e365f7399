// SPDX-License-Identifier: Apache-2.0
// «Ключи на этом компьютере»: every container that the agent sees, whoever made
// it; copied elsewhere, given another password, or all that are over kept.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { own, type Container } from '../agent/agent';
import { useOrder, type Result } from '../agent/order';
import { isReady, useWorkplace } from '../agent/watch';
import { Button, Plain } from '../kit/button';
import { date } from '../kit/format';
import { ErrorSummary, Notice, Status } from '../kit/notice';
import { Heading } from '../kit/page';
import { BackToList } from './form';
import { byKind, MediumChoices, nameOf, takesCopies } from './media';
import { OrderSteps } from './order_steps';
import { ContainerChoices, useContainers } from './with_key';
import { WorkplacePoints } from './workplace';

interface Archived {
	label: string;
	result: 'copied' | 'failed' | 'stays';
	problem: string | null;
}

export function Keys() {
	const watch = useWorkplace();
	const all = useContainers(watch.place);
	const [id, setId] = useState('');
	const [to, setTo] = useState('');
	const [result, setResult] = useState<Result | null>(null);
	const order = useOrder('keys', 'own', async (told) => setResult(told),
		(_, { path, ...input }) => own(path as string, input));
	const run = (path: string, input: Result = {}) => {
		setResult(null);
		order.run(() => Promise.resolve({ path, ...input }));
	};
	const whole = all?.filter((c) => c.problem === null);
	const chosen = whole?.find((c) => c.id === id) ?? whole?.[0];
	const media = watch.place?.media ?? [];
	const targets = chosen === undefined || !chosen.copyable ? []
		: media.filter((m) => takesCopies(m, chosen)).sort(byKind);
	const target = targets.find((m) => m.id === to) ?? targets[0];
	const where = media.find((m) => m.id === chosen?.medium);

	return (
		<>
			<BackToList />
			<Heading>{t('keys.h')}</Heading>
			<ErrorSummary faults={order.faults} />
			<p>{t('keys.lead')}</p>
			<Status>{result !== null && <Told result={result} />}</Status>
			{!isReady(watch) ? <WorkplacePoints watch={watch} />
				: order.doing !== null ? <OrderSteps doing={order.doing}
					medium={where === undefined ? '' : nameOf(where)}
					onCancel={order.cancel} />
					: chosen === undefined ? <p role="status">{all === null
						? t('work.checking') : t('keys.none')}</p>
						: <>
							<ContainerChoices label={t('install.which')} all={all ?? []}
								media={media} value={chosen.id} onChange={setId} />
							{target !== undefined && <>
								<h2>{t('copy.where')}</h2>
								<MediumChoices label={t('copy.where')} media={targets}
									value={target.id} onChange={setTo} />
							</>}
							<div class="actions">
								{target !== undefined && <Button onPress={() =>
									run('import', { container: chosen.id,
										medium: target.id })}>{t('keys.copy')}</Button>}
								{chosen.form === 'surguch' && where?.kind !== 'token' &&
									<Plain onPress={() => run('password',
										{ container: chosen.id })}>
										{t('keys.password')}</Plain>}
							</div>
							<h2>{t('keys.old')}</h2>
							<p>{t('keys.old_why')}</p>
							<div class="actions"><Plain onPress={() => run('archive')}>
								{t('keys.archive')}</Plain></div>
						</>}
		</>
	);
}

function Told({ result }: { result: Result }) {
	const kept = result.containers as Archived[] | undefined;
	if (kept === undefined) {
		const c = result.container as Container;
		return <Notice tone="ok"><p>{t('keys.done', c.label)}{' '}
			{c.certificate !== null &&
				t('copy.until', date(c.certificate.not_after))}</p></Notice>;
	}
	const copied = kept.filter((c) => c.result === 'copied');
	return (
		<>
			{(kept.length === 0 || copied.length > 0) && <Notice tone="ok"><p>
				{kept.length === 0 ? t('keys.kept_none')
					: t('keys.kept', copied.length)}</p></Notice>}
			{kept.length > copied.length && <Notice tone="need">
				{kept.filter((c) => c.result !== 'copied').map((c) => (
					<p key={c.label}>{c.result === 'stays'
						? t('keys.stays', c.label)
						: t('keys.failed', c.label, c.problem ?? '')}</p>))}
			</Notice>}
		</>
	);
}
