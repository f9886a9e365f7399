// SPDX-License-Identifier: Apache-2.0
// An order under way: what the agent does, and what it waits for.
import { t } from '../i18n';
import type { Operation } from '../agent/agent';
import { stepText } from '../agent/order';
import { Plain } from '../kit/button';
import { Busy } from '../kit/icon';
import { Status } from '../kit/notice';

export function OrderSteps(props: { now: Operation | 'order' | 'send';
	medium: string; onCancel(): void }) {
	const asking = typeof props.now === 'object' && props.now.state === 'asking';
	return (
		<>
			<Status>
				<div class={asking ? 'notice need' : 'notice wait'}>
					<Busy /><div><p>{stepText(props.now, props.medium)}</p></div>
				</div>
			</Status>
			{asking && <div class="actions">
				<Plain onPress={props.onCancel}>{t('op.cancel')}</Plain></div>}
		</>
	);
}
