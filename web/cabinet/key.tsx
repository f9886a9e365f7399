// SPDX-License-Identifier: Apache-2.0
// «Датчик случайных чисел», then the key itself: made by the agent on the
// chosen medium by the centre's order, its request sent on.
import { useEffect } from 'preact/hooks';
import { t } from '../i18n';
import { base64, keepKey, keptKey, mediumToKeep, type Kept } from '../agent/keys';
import { useOrder } from '../agent/order';
import { isReady, useWorkplace } from '../agent/watch';
import { Button } from '../kit/button';
import { application, post, Problem, type Application } from './api';
import { keepCode } from './confirm';
import { StepPage, type Job } from './form';
import { Sensor } from './sensor';
import { OrderSteps } from './order_steps';
import { WorkplacePoints } from './workplace';

export function Key({ job }: { job: Job }) {
	const app = job.app?.id ?? '';
	const kept = keptKey(app);
	const order = useOrder(app, 'make_key', async (made) => {
		const { id } = made.container as { id: string };
		const { pkcs10 } = made as { pkcs10: string };
		const here: Kept = { medium: '', name: '', ...keptKey(app), container: id };
		delete here.pkcs10;
		const medium = mediumToKeep(here);
		// The key is there: a centre that is away must not cost it.
		keepKey(app, { ...here, pkcs10 });
		try {
			keepCode(await post<Application>(application(app, 'request'),
				{ pkcs10, ...(medium === null ? {} : { medium }) }));
			keepKey(app, here);
		} catch (e) {
			if (e instanceof Problem && [409, 422].includes(e.status)) {
				keepKey(app, here); // it will not take this one
			}
			throw e;
		}
		await job.look();
	});
	// An agent that was started anew wants to be paired again, here as well.
	const watch = useWorkplace();
	const unsent = kept?.pkcs10 === undefined ? null
		: { container: { id: kept.container }, pkcs10: kept.pkcs10 };

	useEffect(() => {
		if (kept === null) {
			job.to('medium');
		} else if (unsent !== null) {
			order.send(unsent);
		}
	}, []);
	const make = (entropy: Uint8Array | null) =>
		order.run(() => Promise.resolve({ medium: kept?.medium,
			...(entropy === null ? {} : { entropy: base64(entropy) }) }));

	if (order.doing !== null) {
		return (
			<StepPage step="key" heading={t('op.h')}>
				<OrderSteps doing={order.doing} medium={kept?.name ?? ''}
					onCancel={order.cancel} />
			</StepPage>
		);
	}
	if (unsent !== null) {
		return (
			<StepPage step="key" heading={t('op.h')} faults={order.faults}>
				<p>{t('op.unsent', kept?.name ?? '')}</p>
				<div class="actions">
					<Button onPress={() => order.send(unsent)}>
						{t('op.send_again')}</Button>
				</div>
			</StepPage>
		);
	}
	return (
		<StepPage step="key" heading={t('sensor.h')} faults={order.faults}>
			{order.faults.length > 0 && !isReady(watch) &&
				<WorkplacePoints watch={watch} />}
			<p>{t('sensor.lead')}</p>
			<Sensor onDone={make} onSkip={() => make(null)} />
		</StepPage>
	);
}
