// SPDX-License-Identifier: Apache-2.0
// «Датчик случайных чисел», then the key itself: made by the agent on the
// chosen medium by the centre's order, its request sent on.
import { useEffect, useState } from 'preact/hooks';
import { t } from '../i18n';
import { base64, keepKey, keptKey } from '../agent/keys';
import { orderText, useOrder } from '../agent/order';
import type { Fault } from '../kit/notice';
import { application, post, type Application } from './api';
import { keepCode } from './confirm';
import { StepPage, type Job } from './form';
import { Sensor } from './sensor';
import { OrderSteps } from './steps';

export function Key({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const kept = keptKey(app);
	const order = useOrder(app);
	const [faults, setFaults] = useState<Fault[]>([]);

	useEffect(() => {
		if (kept === null) {
			job.to('medium');
		}
	}, []);
	const make = async (entropy: Uint8Array | null) => {
		if (kept === null) {
			return;
		}
		try {
			setFaults([]);
			const result = await order.run('make_key', { medium: kept.medium,
				...(entropy === null ? {} : { entropy: base64(entropy) }) });
			const container = result.container as { id: string };
			keepKey(app, { ...kept, container: container.id });
			keepCode(await post<Application>(application(app, 'request'),
				{ pkcs10: result.pkcs10 }));
			await job.look();
		} catch (e) {
			setFaults([{ text: orderText(e) }]);
			order.end();
		}
	};
	return order.now === null ? (
		<StepPage step="key" heading={t('sensor.h')} faults={faults}>
			<p>{t('sensor.lead')}</p>
			<Sensor onDone={(bytes) => void make(bytes)}
				onSkip={() => void make(null)} />
		</StepPage>
	) : (
		<StepPage step="key" heading={t('op.h')}>
			<OrderSteps now={order.now} medium={kept?.name ?? ''}
				onCancel={order.cancel} />
		</StepPage>
	);
}

