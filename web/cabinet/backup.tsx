// SPDX-License-Identifier: Apache-2.0
// «Сделать резервную копию»: the key with its certificate, on another medium,
// and what is there afterwards.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import type { Container, Medium } from '../agent/agent';
import { useOrder } from '../agent/order';
import { isReady } from '../agent/watch';
import { Button } from '../kit/button';
import { date } from '../kit/format';
import { SummaryList } from '../kit/list';
import { Notice } from '../kit/notice';
import { KeyPage, type Job } from './form';
import { byKind, MediumChoices, nameOf, takesCopies } from './media';
import { OrderSteps } from './order_steps';
import { useKey, WithKey } from './with_key';

export function Backup({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const key = useKey(job);
	const [to, setTo] = useState('');
	const [copy, setCopy] = useState<Container | null>(null);
	const order = useOrder(app, 'copy', async (result) =>
		setCopy(result.container as Container));
	const from = key.container;
	const media = !isReady(key.watch) || from === null ? []
		: key.watch.place.media.filter((m) => takesCopies(m, from))
			.sort(byKind);
	const target = media.find((m) => m.id === to) ?? media[0];
	// Named as long as this is shown, also when it was taken out since.
	const [on, setOn] = useState<Medium | null>(null);
	const holds = isReady(key.watch)
		? key.watch.place.media.find((m) => m.id === copy?.medium) : undefined;
	useEffect(() => {
		if (holds !== undefined) {
			setOn(holds);
		}
	}, [holds?.id]);

	if (copy !== null) {
		return (
			<KeyPage job={job} heading={t('copy.h')}>
				<Copied copy={copy} on={on} />
			</KeyPage>
		);
	}
	return (
		<KeyPage job={job} heading={t('copy.h')} faults={order.faults}>
			<p>{t('copy.why')}</p>
			{order.doing !== null
				? <OrderSteps doing={order.doing} medium={key.place.name}
					onCancel={order.cancel} />
				: <WithKey chosen={key}>
					{from !== null && !from.copyable
						? <Notice tone="need"><p>{t(from.form === 'token'
							? 'copy.never' : 'copy.stays')}</p></Notice>
						: target === undefined
							? <Notice tone="need"><p>{t('copy.insert')}</p></Notice>
							: <>
								<MediumChoices label={t('copy.where')} media={media}
									value={target.id} onChange={setTo} />
								<div class="actions">
									<Button onPress={() => order.run(
										() => Promise.resolve({
											container: key.id, medium: target.id }))}>
										{t('copy.do')}</Button>
								</div>
							</>}
				</WithKey>}
		</KeyPage>
	);
}

function Copied({ copy, on }: { copy: Container; on: Medium | null }) {
	return (
		<>
			<Notice tone="ok"><p>{t('copy.done')}</p></Notice>
			<SummaryList rows={[
				{ label: t('copy.medium'), value: on === null ? '' : nameOf(on) },
				{ label: t('install.which'), value: copy.label },
				...(copy.certificate === null ? [] : [{ label: t('done.until'),
					value: t('copy.until', date(copy.certificate.not_after)) }]),
			]} />
			<p>{t(on?.kind === 'registry' ? 'copy.here' : 'copy.apart')}</p>
		</>
	);
}
