// SPDX-License-Identifier: Apache-2.0
// «Проверить»: a test signature by the key, verified under the certificate,
// and what the centre says of the certificate.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { useOrder } from '../agent/order';
import { Button } from '../kit/button';
import { Points, type Point } from '../kit/list';
import { Notice, Status } from '../kit/notice';
import { application, get, type Certificate } from './api';
import { KeyPage, type Job } from './form';
import { useLoad } from './hooks';
import { OrderSteps } from './order_steps';
import { useKey, WithKey } from './with_key';

export function Check({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const key = useKey(job);
	const [tried, setTried] = useState<Record<string, unknown> | null>(null);
	const order = useOrder(app, 'check', async (result) => setTried(result));
	const cert = useLoad(() => get<Certificate>(
		application(app, 'certificate')), app).value;

	return (
		<KeyPage job={job} heading={t('check.h')} faults={order.faults}>
			<p>{t('check.lead')}</p>
			<Points points={points(cert, tried)} />
			<Status>{tried?.signature === true && cert?.status === 'good' &&
				<Notice tone="ok"><p>{t('check.works')}</p></Notice>}</Status>
			{order.doing !== null
				? <OrderSteps doing={order.doing} medium={key.place.name}
					onCancel={order.cancel} />
				: tried === null && <WithKey chosen={key}>
					<div class="actions">
						<Button onPress={() => order.run(() =>
							Promise.resolve({ container: key.id }))}>
							{t('check.do')}</Button>
					</div>
				</WithKey>}
		</KeyPage>
	);
}

function points(cert: Certificate | null, tried: Record<string, unknown> | null):
	Point[] {
	const of = (name: 'signature' | 'decryption'): Point => ({
		id: name, title: t(`check.${name}`),
		state: tried === null ? 'later' : tried[name] === true ? 'ok' : 'need',
		text: tried === null ? t('check.later') : tried[name] === true
			? t(`check.${name}_ok`) : t(`check.${name}_not`) });
	return [
		{ id: 'status', title: t('check.status'), state: cert === null ? 'now'
			: cert.status === 'good' ? 'ok' : 'need',
		text: cert === null ? t('work.checking') : t(`done.${cert.status}`) },
		of('signature'),
		// Keys for signatures alone, and those on a token, are not tried so.
		...(typeof tried?.decryption === 'boolean' ? [of('decryption')] : []),
	];
}
