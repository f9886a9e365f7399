// SPDX-License-Identifier: Apache-2.0
// An order under way: what the agent does, and what it waits for.
import { t } from '../i18n';
import { stepText, type Doing } from '../agent/order';
import { Plain } from '../kit/button';
import { Busy } from '../kit/icon';
import { Status } from '../kit/notice';

// medium: the name of the one that may have to be put in
export function OrderSteps(props: { doing: Doing; medium: string;
	onCancel(): void }) {
	const asking = typeof props.doing === 'object' &&
		props.doing.state === 'asking';
	return (
		<>
			<Status>
				<div class={asking ? 'notice need' : 'notice wait'}>
					<Busy /><div><p>{stepText(props.doing, props.medium)}</p></div>
				</div>
			</Status>
			{asking && <div class="actions">
				<Plain onPress={props.onCancel}>{t('op.cancel')}</Plain></div>}
		</>
	);
}
