// SPDX-License-Identifier: Apache-2.0
// «Установка»: into the key's container and the person's stores.
import { useState } from 'preact/hooks';
import { t } from '../i18n';
import { base64, certificatesOf, keptKey } from '../agent/keys';
import { orderText, useOrder } from '../agent/order';
import { Button } from '../kit/button';
import type { Fault } from '../kit/notice';
import { application, bytes, post, type Step } from './api';
import { Files, Paper } from './done';
import { StepPage, type Job } from './form';
import { OrderSteps } from './steps';
import { useKey, WithKey } from './with_key';

export function Install({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const key = useKey(job);
	const order = useOrder(app);
	const [faults, setFaults] = useState<Fault[]>([]);

	const install = async () => {
		if (key.container === null) {
			return;
		}
		try {
			setFaults([]);
			const certificate = base64(await bytes(
				application(app, 'certificate/der')));
			const chain = certificatesOf(await bytes(
				application(app, 'certificate/p7b'))).map(base64)
				.filter((c) => c !== certificate);
			await order.run('install', { container: key.container.id,
				certificate, chain });
			await post<Step>(application(app, 'installed'));
			await job.look();
		} catch (e) {
			setFaults([{ text: orderText(e) }]);
		}
		order.end();
	};
	return (
		<StepPage step="install" heading={t('install.h')} faults={faults}>
			<Paper job={job} />
			<p>{t('install.lead')}</p>
			{order.now !== null
				? <OrderSteps now={order.now} medium={keptKey(app)?.name ?? ''}
					onCancel={order.cancel} />
				: <WithKey chosen={key}>
					<div class="actions">
						<Button onPress={() => void install()}>{t('install.do')}</Button>
					</div>
				</WithKey>}
			<Files job={job} />
		</StepPage>
	);
}
